/* SPDX-License-Identifier: MIT */
/* The machine itself. os-release(5), proc_uptime(5), proc_stat(5), proc_meminfo(5),
 * Documentation/ABI/testing/sysfs-firmware-dmi-tables. */
#include "collect/collect.h"
#include "collect/sysfs.h"

#include <errno.h>
#include <string.h>
#include <strings.h>

#define DMI "/sys/class/dmi/id"
#define POWER "/sys/power"

enum { WORDS_MAX = 32 };

static const struct {
	const char *id;
	enum distro distro;
} families[] = {
	{ "arch", DISTRO_ARCH },     { "debian", DISTRO_DEBIAN }, { "ubuntu", DISTRO_DEBIAN },
	{ "fedora", DISTRO_FEDORA }, { "rhel", DISTRO_FEDORA },   { "centos", DISTRO_FEDORA },
	{ "nixos", DISTRO_NIXOS },
};

static enum distro family_of(struct arena *a, const char *ids)
{
	struct names word = str_split(a, ids, " ", WORDS_MAX);
	for (size_t i = 0; i < word.count; i++)
		for (size_t n = 0; n < COUNT_OF(families); n++)
			if (str_eq(word.name[i], families[n].id))
				return families[n].distro;
	return DISTRO_UNKNOWN;
}

/* ostree makes the file when it starts such a system, whoever made the image. ostree(1). */
static bool is_ostree(struct host *h, struct arena *a)
{
	struct bytes text;
	return host_read(h, a, "/run/ostree-booted", &text, NULL) == 0;
}

static void collect_os(struct facts *f, struct host *h)
{
	struct arena *a = f->arena;
	const char *from = "/etc/os-release";
	struct bytes text;
	int r = host_read(h, a, from, &text, NULL);

	if (r == -ENOENT) {
		from = "/usr/lib/os-release";
		r = host_read(h, a, from, &text, NULL);
	}
	if (r < 0) {
		f->machine.os_name = unknown_text(know_of_errno(r), from);
		return;
	}
	const char *name = assignment(a, text, "PRETTY_NAME");
	const char *id = assignment(a, text, "ID"), *like = assignment(a, text, "ID_LIKE");
	f->machine.os_name = name ? known_text(name, from) : unknown_text(ABSENT, from);
	f->machine.distro = family_of(a, arena_printf(a, "%s %s", id ? id : "", like ? like : ""));
	if (f->machine.distro == DISTRO_FEDORA && is_ostree(h, a))
		f->machine.distro = DISTRO_OSTREE;
}

/* The rest of the first line that begins with key, or NULL. */
static const char *line_after(struct arena *a, struct bytes text, const char *key)
{
	for (struct bytes line; bytes_line(&text, &line);)
		if (bytes_start(line, key))
			return str_trim(a, line.data + strlen(key), line.size - strlen(key));
	return NULL;
}

/* The n-th number of the line of path that begins with key. */
static struct maybe_u64 number_of_line(struct host *h, struct arena *a, const char *path,
				       const char *key, size_t n)
{
	struct bytes text;
	uint64_t v;
	int r = host_read(h, a, path, &text, NULL);
	if (r < 0)
		return unknown_u64(know_of_errno(r), path);
	const char *rest = line_after(a, text, key);
	struct names word = str_split(a, rest ? rest : "", " \t", WORDS_MAX);
	if (n >= word.count || !str_u64(word.name[n], 10, UINT64_MAX, &v))
		return unknown_u64(UNREADABLE, path);
	return known_u64(v, path);
}

/* "1234.56 ...": hundredths of a second. */
static struct maybe_u64 uptime_usec(struct host *h, struct arena *a)
{
	struct maybe_text text = read_text(h, a, "/proc/uptime");
	uint64_t whole, hundredths;
	if (text.know != KNOWN)
		return unknown_u64(text.know, text.from);
	struct names part = str_split(a, text.v, ". ", 2);
	if (part.count < 2 || !str_u64(part.name[0], 10, UINT32_MAX, &whole) ||
	    !str_u64(part.name[1], 10, 99, &hundredths))
		return unknown_u64(UNREADABLE, text.from);
	return known_u64(whole * 1000000 + hundredths * 10000, text.from);
}

static struct maybe_u64 ram_bytes(struct host *h, struct arena *a)
{
	struct maybe_u64 kib = number_of_line(h, a, "/proc/meminfo", "MemTotal:", 0);
	if (kib.know == KNOWN && kib.v > UINT64_MAX / 1024)
		return unknown_u64(UNREADABLE, kib.from);
	kib.v *= 1024;
	return kib;
}

static struct maybe_u64 boot_usec(struct host *h, struct arena *a)
{
	struct maybe_u64 sec = number_of_line(h, a, "/proc/stat", "btime ", 0);
	if (sec.know == KNOWN && sec.v > UINT32_MAX)
		return unknown_u64(UNREADABLE, sec.from);
	sec.v *= 1000000;
	return sec;
}

/* Microsoft's kernels name themselves: "5.15.167.4-microsoft-standard-WSL2". */
static struct maybe_u64 is_wsl(struct host *h, struct arena *a)
{
	struct maybe_text release = read_text(h, a, "/proc/sys/kernel/osrelease");
	if (release.know != KNOWN)
		release = read_text(h, a, "/proc/version");
	if (release.know != KNOWN)
		return unknown_u64(release.know, release.from);
	return known_u64(strcasestr(release.v, "microsoft") || strstr(release.v, "WSL"),
			 release.from);
}

/*
 * "disk" stands among the states unless the kernel was told nohibernate or is locked down, and
 * "0:0" where neither resume= nor an early image named a device. That systemd finds one only
 * when it is asked to hibernate is not seen here. Documentation/ABI/testing/sysfs-power.
 */
static struct maybe_u64 hibernates(struct host *h, struct arena *a)
{
	struct maybe_text state = sysfs_text(h, a, POWER, "state");
	struct maybe_text from = sysfs_text(h, a, POWER, "resume");

	if (state.know != KNOWN)
		return unknown_u64(state.know, state.from);
	struct names can = str_split(a, state.v, " ", WORDS_MAX);
	if (!names_have(&can, "disk"))
		return known_u64(0, state.from);
	if (from.know != KNOWN)
		return unknown_u64(from.know, from.from);
	return known_u64(!str_eq(from.v, "0:0"), from.from);
}

void collect_machine(struct facts *f, struct host *h)
{
	struct machine *m = &f->machine;
	struct arena *a = f->arena;

	collect_os(f, h);
	m->vendor = sysfs_text(h, a, DMI, "sys_vendor");
	m->product = sysfs_text(h, a, DMI, "product_name");
	m->boot_usec = boot_usec(h, a);
	m->uptime_usec = uptime_usec(h, a);
	/* "Uid: real effective saved filesystem" */
	m->uid = number_of_line(h, a, "/proc/self/status", "Uid:", 1);
	m->ram_bytes = ram_bytes(h, a);
	m->wsl = is_wsl(h, a);
	m->hibernates = hibernates(h, a);
}
