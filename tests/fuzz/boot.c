/* SPDX-License-Identifier: MIT */
/*
 * What is read of kernels, boot loaders and early images. The first byte says
 * by whom: s shell, g grub.cfg, b loader entry, l limine.conf, c command line,
 * m modprobe.d; h: a host whose every file is the next piece of the input,
 * pieces divided by NUL, from the collectors down to the rules' findings.
 */
#include "collect/boot/bls.h"
#include "collect/boot/loader.h"
#include "collect/boot/modprobe.h"
#include "collect/collect.h"
#include "facts/cmdline.h"
#include "format/shell.h"
#include "input-host.h"
#include "rules/verdict.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static void whole_host(struct arena *a, struct bytes text)
{
	static const struct link *const link[] = { &link_kernel, &link_initramfs };
	struct input_host in = { .host = { .ops = &input_ops },
				 .data = text.data,
				 .size = text.size };
	struct pci_gpu gpu = { 0 };
	struct facts f = { .arena = a, .want = { .gpu = "any" }, .pci = { .chosen = &gpu } };

	collect_kernel(&f, &in.host);
	collect_boot(&f, &in.host);
	collect_initramfs(&f, &in.host);
	for (size_t i = 0; i < COUNT_OF(link); i++) {
		struct verdict *v = arena_alloc(a, sizeof(*v));
		v->arena = a;
		v->link = link[i]->id;
		link[i]->judge(&f, v);
		if (!v->count)
			__builtin_trap(); /* every link says something */
	}
}

static void shell(struct arena *a, struct bytes text)
{
	struct shell s = { .arena = a };
	size_t half = text.size / 2;
	const struct shell_piece piece[] = {
		{ "a", { text.data, half } },
		{ "b", { text.data + half, text.size - half } },
	};
	shell_read(&s, piece, 2);
	for (size_t i = 0; i < s.count; i++)
		shell_text(&s, s.variable[i].name);
}

static void grub(struct arena *a, struct bytes text)
{
	struct kernel k = { 0 };
	struct grub_menu m = { .kernel = &k };
	grub_parse(&m, a, text);
	grub_variable(a, text, "saved_entry");
}

static void bls(struct arena *a, struct bytes text)
{
	const char *name = str_ndup(a, text.data, text.size < 64 ? text.size : 64);
	struct bls_entry x = bls_parse(a, text, name), y = bls_parse(a, text, "b.conf");
	int order = bls_compare_versions(name, x.title);

	if (bls_compare(&x, &x) || (order < 0) != (bls_compare_versions(x.title, name) > 0))
		__builtin_trap(); /* no order */
	bls_compare(&x, &y);
}

static void limine(struct arena *a, struct bytes text)
{
	struct kernel k = { 0 };
	limine_parse(&k, a, text, "f");
}

static void cmdline(struct arena *a, struct bytes text)
{
	const char *line = str_ndup(a, text.data, text.size);
	cmdline_value(a, line, "nvidia_drm.modeset");
	if (cmdline_missing(a, line, line).count)
		__builtin_trap(); /* nothing is missing from itself */
}

static void modprobe(struct arena *a, struct bytes text)
{
	struct modprobe m = { .know = KNOWN };
	modprobe_parse(&m, a, text, "f");
	modprobe_option(&m, a, "nvidia", "NVreg_A");
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	static const struct {
		char letter;
		void (*read)(struct arena *a, struct bytes text);
	} readers[] = {
		{ 's', shell },   { 'g', grub },     { 'b', bls },        { 'l', limine },
		{ 'c', cmdline }, { 'm', modprobe }, { 'h', whole_host },
	};
	ARENA arena = { 0 };

	for (size_t i = 0; n && i < COUNT_OF(readers); i++)
		if (readers[i].letter == (char)p[0])
			readers[i].read(&arena, (struct bytes){ (const char *)p + 1, n - 1 });
	return 0;
}
