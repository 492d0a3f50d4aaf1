/* SPDX-License-Identifier: MIT */
/*
 * What keeps a module from being loaded. The kernel refuses those of module_blacklist=, kmod those
 * whose line `install` runs something else; `blacklist` and modprobe.blacklist= only keep a device
 * from calling for its driver. modprobe.d(5), modprobe(8); Kernel:
 * Documentation/admin-guide/kernel-parameters.rst.
 */
#include "collect/driver/forbidden.h"

#include <string.h>

#include "collect/boot/modprobe.h"
#include "collect/sysfs.h"
#include "facts/cmdline.h"

#define CMDLINE "/proc/cmdline"

enum { BLACKLISTED_MAX = 128 };

/* All that could say so. */
struct sources {
	struct arena *a;
	struct maybe_text cmdline;
	struct modprobe modprobe;
};

/* "a,nvidia,b" */
static bool lists(struct arena *a, const char *value, const char *module)
{
	struct names all = str_split(a, value, ",", BLACKLISTED_MAX);
	return names_have(&all, module);
}

/* A program that does nothing, alone on the line: "/bin/false", "/usr/bin/true", "true # not now".
 */
static bool does_nothing(struct arena *a, const char *command)
{
	struct names word = str_split(a, command, " \t", 2);
	if (!word.count || (word.count > 1 && word.name[1][0] != '#'))
		return false;
	const char *slash = strrchr(word.name[0], '/'), *name = slash ? slash + 1 : word.name[0];
	return str_eq(name, "false") || str_eq(name, "true") || str_eq(name, ":");
}

static struct maybe_text said_by(struct arena *a, const struct modprobe_line *l)
{
	return known_text(
	    arena_printf(a, "%s %s%s%s", l->verb, l->module, *l->rest ? " " : "", l->rest),
	    arena_printf(a, "%s:%zu", l->file, l->line));
}

/* Nobody does, as far as all could be read. */
static struct maybe_text said_by_none(const struct sources *s)
{
	if (s->cmdline.know != KNOWN)
		return unknown_text(s->cmdline.know, CMDLINE);
	return unknown_text(s->modprobe.know == KNOWN ? ABSENT : s->modprobe.know,
			    "/etc/modprobe.d");
}

/* What even `modprobe MODULE` cannot get past. Of several `install` lines kmod takes the first. */
static struct maybe_text forbidden_by(const struct sources *s, const char *module)
{
	const char *kernel =
	    s->cmdline.know == KNOWN ? cmdline_value(s->a, s->cmdline.v, "module_blacklist") : NULL;
	const struct modprobe_line *alias = modprobe_find(&s->modprobe, "alias", module, 0);
	const struct modprobe_line *install = modprobe_find(&s->modprobe, "install", module, 0);

	if (kernel && lists(s->a, kernel, module))
		return known_text(arena_printf(s->a, "module_blacklist=%s", kernel), CMDLINE);
	if (alias && str_eq(alias->rest, "off"))
		return said_by(s->a, alias);
	if (install && does_nothing(s->a, install->rest))
		return said_by(s->a, install);
	return said_by_none(s);
}

/* kmod adds up all modprobe.blacklist= of the line. */
static const char *blacklisted_at_boot(const struct sources *s, const char *module)
{
	static const char name[] = "modprobe.blacklist=";
	struct names all = cmdline_split(s->a, s->cmdline.know == KNOWN ? s->cmdline.v : "");

	for (size_t i = 0; i < all.count; i++)
		if (str_starts(all.name[i], name) &&
		    lists(s->a, all.name[i] + strlen(name), module))
			return all.name[i];
	return NULL;
}

static struct maybe_text blacklisted_by(const struct sources *s, const char *module)
{
	const char *at_boot = blacklisted_at_boot(s, module);
	const struct modprobe_line *l = modprobe_find(&s->modprobe, "blacklist", module, 0);

	if (at_boot)
		return known_text(at_boot, CMDLINE);
	return l ? said_by(s->a, l) : said_by_none(s);
}

void collect_forbidden(struct facts *f, struct host *h)
{
	struct driver *d = &f->driver;
	bool no_nvidia = is_u64(d->nvidia_loaded, 0), no_uvm = is_u64(d->uvm_loaded, 0);

	if (!no_nvidia && !no_uvm)
		return;
	const struct sources s = {
		.a = f->arena,
		.cmdline = read_text(h, f->arena, CMDLINE),
		.modprobe = modprobe_read(h, f->arena),
	};
	if (no_nvidia) {
		d->nvidia_forbidden = forbidden_by(&s, "nvidia");
		d->nvidia_blacklisted = blacklisted_by(&s, "nvidia");
	}
	if (no_uvm) {
		d->uvm_forbidden = forbidden_by(&s, "nvidia_uvm");
		d->uvm_blacklisted = blacklisted_by(&s, "nvidia_uvm");
	}
}
