/* SPDX-License-Identifier: MIT */
#include "plan/mend.h"

#include <string.h>

#include "plan/made.h"

/* An argument that is no option, or an option's value. */
static bool is_module(const char *w)
{
	static const char *const known[] = { "nvidia", "nvidia_uvm", "nvidia_drm",
					     "nvidia_modeset" };

	for (size_t i = 0; i < COUNT_OF(known); i++)
		if (str_eq(w, known[i]))
			return true;
	return false;
}

static bool is_minor(const char *w)
{
	uint64_t n;
	return str_u64(w, 10, 255, &n);
}

static bool is_release(const char *w)
{
	return mend_plain(w, "._+-");
}

static bool is_subsystem(const char *w)
{
	static const char *const known[] = { "pci", "module", "nvidia", "thunderbolt" };

	for (size_t i = 0; i < COUNT_OF(known); i++)
		if (str_eq(w, known[i]))
			return true;
	return false;
}

/* A file that CDI reads, and no other. CNCF container-device-interface SPEC.md. */
static bool is_cdi_file(const char *w)
{
	static const char *const dirs[] = { "/etc/cdi/", "/var/run/cdi/", "/run/cdi/" };

	if (!str_ends(w, ".yaml") && !str_ends(w, ".json"))
		return false;
	for (size_t i = 0; i < COUNT_OF(dirs); i++)
		if (str_starts(w, dirs[i]))
			return mend_plain(w + strlen(dirs[i]), "._-");
	return false;
}

static bool is_grub_menu(const char *w)
{
	return str_eq(w, "/boot/grub/grub.cfg") || str_eq(w, "/boot/grub2/grub.cfg");
}

/* The toolkit runs some of these values as root, so they are not left to a pattern. */
static bool is_setting(const char *w)
{
	static const char *const known[] = {
		"nvidia-container-cli.no-cgroups=true",
		"nvidia-container-cli.no-cgroups=false",
		"nvidia-container-cli.ldconfig=@/sbin/ldconfig",
		"nvidia-container-cli.ldconfig=@/sbin/ldconfig.real",
		"nvidia-container-runtime.mode=auto",
	};

	for (size_t i = 0; i < COUNT_OF(known); i++)
		if (str_eq(w, known[i]))
			return true;
	return false;
}

/*
 * The commands that egpu runs. Words up to the command's own are as they stand; then options of
 * the list, "--x=" with a value that operand() takes, and operands in any order.
 */
static const struct tool {
	const char *command;
	const char *options; /* blanks between them */
	bool (*operand)(const char *word);
	size_t operands_min;
	const char *what;
	bool names_operands; /* in `what` */
	bool harmless;
	bool at_boot; /* it counts from the next boot on */
	unsigned deadline_sec;
	const char *builds_images; /* the tool's name as facts have it, or NULL */
} tools[] = {
	{ "modprobe thunderbolt", "", NULL, 0, "load the kernel module thunderbolt",
	  .harmless = true },
	{ "modprobe -r", "", is_module, 1, "unload the kernel module", .names_operands = true },
	{ "modprobe", "", is_module, 1, "load the kernel module", .names_operands = true,
	  .harmless = true },
	{ "nvidia-modprobe", "-u -c", is_minor, 0, "make NVIDIA's device nodes", .harmless = true },
	{ "nvidia-ctk cdi generate", "--output=", is_cdi_file, 1, "describe the GPU anew in",
	  .names_operands = true, .harmless = true, .deadline_sec = 120 },
	{ "nvidia-ctk system create-dev-char-symlinks", "--create-all", NULL, 0,
	  "link NVIDIA's device nodes below /dev/char", .harmless = true },
	{ "nvidia-ctk config", "--in-place --set", is_setting, 1,
	  "set for NVIDIA's container toolkit:", .names_operands = true },
	{ "udevadm trigger", "--subsystem-match=", is_subsystem, 1, "let udev look again at",
	  .names_operands = true, .harmless = true },
	{ "udevadm settle", "", NULL, 0, "wait for udev", .harmless = true },
	{ "udevadm control", "--reload", NULL, 0, "let udev read its rules again",
	  .harmless = true },
	{ "mkinitcpio", "-P", NULL, 0, "build the initramfs images anew", .deadline_sec = 900,
	  .builds_images = "mkinitcpio" },
	{ "dracut", "--force --regenerate-all", NULL, 0, "build the initramfs images anew",
	  .deadline_sec = 1800, .builds_images = "dracut" },
	{ "update-initramfs", "-u -c -k", is_release, 0, "build the initramfs images anew",
	  .deadline_sec = 1800, .builds_images = "initramfs-tools" },
	{ "update-grub", "", NULL, 0, "make GRUB's menu anew", .at_boot = true,
	  .deadline_sec = 900 },
	{ "grub-mkconfig", "-o", is_grub_menu, 1, "make GRUB's menu anew", .at_boot = true,
	  .deadline_sec = 900 },
	{ "grub2-mkconfig", "-o", is_grub_menu, 1, "make GRUB's menu anew", .at_boot = true,
	  .deadline_sec = 900 },
	{ "depmod", "-a", is_release, 0, "list the kernel's modules anew", .deadline_sec = 120 },
};

/* How many words are the command's own; 0: it is another one. */
static size_t command_words(const struct mend *a, const char *command)
{
	struct names own = str_split(a->p->arena, command, " ", MEND_WORDS_MAX);

	for (size_t i = 0; i < own.count; i++)
		if (!mend_is(a, i, own.name[i]))
			return 0;
	return own.count;
}

/* The value of an option with one, or NULL: the word is no such option. */
static const char *option_value(const struct names *options, const char *word)
{
	for (size_t i = 0; i < options->count; i++)
		if (str_ends(options->name[i], "=") && str_starts(word, options->name[i]))
			return word + strlen(options->name[i]);
	return NULL;
}

/* The operands, blanks between them; NULL: a word is neither option nor operand. */
static const char *operands(const struct mend *a, const struct tool *t, size_t from, size_t *count)
{
	struct names options = str_split(a->p->arena, t->options, " ", MEND_WORDS_MAX);
	const char *out = "";

	for (size_t i = from; i < a->word.count; i++) {
		const char *word = a->word.name[i], *value = option_value(&options, word);
		if (!value && names_have(&options, word))
			continue;
		value = value ? value : word;
		if (!t->operand || !t->operand(value))
			return NULL;
		out = arena_printf(a->p->arena, "%s%s%s", out, *out ? " " : "", value);
		++*count;
	}
	return out;
}

/* A host with another tool than its family has usually. */
static bool other_builder(struct mend *a, const struct tool *t)
{
	const struct initramfs *i = &a->p->facts->initramfs;

	if (!t->builds_images || i->know != KNOWN || i->tool == INITRAMFS_UNKNOWN ||
	    str_eq(initramfs_tool_name(i->tool), t->builds_images))
		return false;
	a->why_not = arena_printf(a->p->arena, "this host builds its images with %s",
				  initramfs_tool_name(i->tool));
	return true;
}

/* Into the image of the system, or below /boot, these write in vain or not at all. */
static bool is_made_elsewhere(struct mend *a, const struct tool *t)
{
	const char *why = made_why(a->p->facts);

	if (!why || (!t->builds_images && !t->at_boot && !str_eq(t->command, "depmod")))
		return false;
	a->why_not = why;
	return true;
}

/* What modprobe cannot get past: each of the modules needs nvidia itself. */
static bool is_forbidden(struct mend *a, const struct tool *t)
{
	const struct driver *d = &a->p->facts->driver;
	struct maybe_text by = d->nvidia_forbidden;

	if (!str_eq(t->command, "modprobe"))
		return false;
	if (by.know != KNOWN && names_have(&a->word, "nvidia_uvm"))
		by = d->uvm_forbidden;
	if (by.know != KNOWN)
		return false;
	a->why_not = arena_printf(a->p->arena, "%s forbids it: %s", by.from, by.v);
	return true;
}

bool mend_tool(struct mend *a)
{
	for (const struct tool *t = tools; t < tools + COUNT_OF(tools); t++) {
		size_t own = command_words(a, t->command), count = 0;
		const char *given = own ? operands(a, t, own, &count) : NULL;
		if (!given || count < t->operands_min)
			continue;
		if (is_made_elsewhere(a, t) || other_builder(a, t) || is_forbidden(a, t))
			return false;
		struct step *s =
		    planner_add(a->p, STEP_RUN, "%s%s%s", t->what, t->names_operands ? " " : "",
				t->names_operands ? given : "");
		s->run = (struct command){ .argv = a->word, .deadline_sec = t->deadline_sec };
		s->unattended = t->harmless;
		s->when = t->builds_images || t->at_boot ? WHEN_REBOOT : WHEN_NOW;
		return true;
	}
	return false;
}
