/* SPDX-License-Identifier: MIT */
#include "plan/boot/boot.h"

#include <string.h>

#include "facts/cmdline.h"

static bool is_named(const struct want *w, const struct kernel_image *k)
{
	return names_have(&w->kernels, k->release) ||
	       (k->package.know == KNOWN && names_have(&w->kernels, k->package.v));
}

bool kernel_gets_driver(const struct facts *f, const struct kernel_image *k)
{
	return k && k->nvidia_module.know == KNOWN &&
	       (!f->want.kernels.count || is_named(&f->want, k));
}

bool any_kernel_gets_driver(const struct facts *f)
{
	for (size_t i = 0; i < f->kernel.image_count; i++)
		if (kernel_gets_driver(f, &f->kernel.image[i]))
			return true;
	return false;
}

const char *kernel_title(const struct kernel_image *k)
{
	return text_or(k->package, k->release);
}

const struct kernel_image *entry_kernel(const struct facts *f, const struct boot_entry *e)
{
	const struct kernel_image *k = kernel_of_release(&f->kernel, e->release);
	return kernel_gets_driver(f, k) ? k : NULL;
}

static bool has_word(struct planner *p, const char *options, const char *word)
{
	size_t n = strcspn(word, "=");
	const char *value = cmdline_value(p->arena, options, str_ndup(p->arena, word, n));
	return value && str_eq(value, word[n] ? word + n + 1 : "");
}

bool all_entries_have(struct planner *p, const struct cmdline_change *c)
{
	const struct kernel *k = &p->facts->kernel;
	size_t count = 0;

	for (size_t i = 0; i < k->entry_count; i++) {
		if (!entry_kernel(p->facts, &k->entry[i]))
			continue;
		count++;
		for (size_t n = 0; n < c->set.count; n++)
			if (!has_word(p, k->entry[i].options, c->set.name[n]))
				return false;
		struct names words = cmdline_split(p->arena, k->entry[i].options);
		for (size_t n = 0; n < c->add.count; n++)
			if (!names_have(&words, c->add.name[n]))
				return false;
	}
	return count > 0;
}
