/* SPDX-License-Identifier: MIT */
/*
 * The NVIDIA driver, by what it and the kernel show in files: nothing here
 * opens a device node. proc_modules(5), Documentation/ABI/testing/procfs-... of
 * the driver: its README, chapter "The /proc File System Interface".
 */
#include "collect/collect.h"
#include "collect/driver/forbidden.h"
#include "collect/sysfs.h"

#include <string.h>

#define PROC "/proc/driver/nvidia"

enum { MODULES_MAX = 1024, PARAMS_MAX = 128, WORDS_MAX = 16, MINOR_MAX = 254 };

/* The first word of every line. */
static struct names module_names(struct arena *a, struct bytes text)
{
	struct names out = { arena_alloc(a, MODULES_MAX * sizeof(*out.name)), 0 };
	for (struct bytes line; out.count < MODULES_MAX && bytes_line(&text, &line);) {
		const char *end = memchr(line.data, ' ', line.size);
		if (end)
			out.name[out.count++] = str_ndup(a, line.data, (size_t)(end - line.data));
	}
	return out;
}

/* What is built in stands in /sys/module only. */
static struct maybe_u64 is_loaded(struct facts *f, struct host *h, const struct names *modules,
				  const char *name)
{
	if (names_have(modules, name))
		return known_u64(1, "/proc/modules");
	return path_exists(h, f->arena, arena_printf(f->arena, "/sys/module/%s", name));
}

static void collect_modules(struct facts *f, struct host *h)
{
	struct driver *d = &f->driver;
	struct names modules = { NULL, 0 };
	struct bytes text;

	if (host_read(h, f->arena, "/proc/modules", &text, NULL) == 0)
		modules = module_names(f->arena, text);
	d->nvidia_loaded = is_loaded(f, h, &modules, "nvidia");
	d->uvm_loaded = is_loaded(f, h, &modules, "nvidia_uvm");
	d->drm_loaded = is_loaded(f, h, &modules, "nvidia_drm");
	d->modeset_loaded = is_loaded(f, h, &modules, "nvidia_modeset");
	d->nouveau_loaded = is_loaded(f, h, &modules, "nouveau");
}

/* "590.48.01", "418.74": digits and at least one dot. */
static bool is_version(const char *word)
{
	return *word >= '0' && *word <= '9' && strchr(word, '.') &&
	       word[strspn(word, "0123456789.")] == '\0';
}

/*
 * "NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  590.48.01  Release
 * Build ..." or "NVRM version: NVIDIA UNIX x86_64 Kernel Module  550.90.07  ..."
 */
static void collect_version(struct facts *f, struct host *h)
{
	const char *from = PROC "/version";
	struct maybe_text line = read_text(h, f->arena, from);
	struct driver *d = &f->driver;

	d->is_open = unknown_u64(line.know, from);
	if (line.know != KNOWN) {
		d->version = read_text(h, f->arena, "/sys/module/nvidia/version");
		return;
	}
	struct names word = str_split(f->arena, line.v, " \t", WORDS_MAX);
	d->is_open = known_u64(strstr(line.v, "Open Kernel Module") != NULL, from);
	d->version = unknown_text(UNREADABLE, from);
	for (size_t i = 0; i < word.count && d->version.know != KNOWN; i++)
		if (is_version(word.name[i]))
			d->version = known_text(word.name[i], from);
}

/* The value of "Name: value" in text, without the quotes around it. */
static struct maybe_text value_of(struct arena *a, struct bytes text, const char *name,
				  const char *from)
{
	size_t n = strlen(name);
	for (struct bytes line; bytes_line(&text, &line);)
		if (bytes_start(line, name) && line.size > n && line.data[n] == ':')
			return known_text(str_trim(a, line.data + n + 1, line.size - n - 1), from);
	return unknown_text(ABSENT, from);
}

static struct maybe_u64 number_of(struct arena *a, struct bytes text, const char *name,
				  const char *from)
{
	struct maybe_text value = value_of(a, text, name, from);
	uint64_t v;
	if (value.know != KNOWN)
		return unknown_u64(value.know, from);
	return str_u64(value.v, 10, UINT32_MAX, &v) ? known_u64(v, from)
						    : unknown_u64(UNREADABLE, from);
}

#define PRESERVE "PreserveVideoMemoryAllocations"

enum { PRESERVE_AUTO = 2 }; /* what it is in 595 and later when nobody sets it */

/* Module options that change how an external GPU behaves, and what they are when nobody sets them.
 */
static const struct {
	const char *name;
	uint64_t normal;
} params[] = {
	{ "DynamicPowerManagement", 3 },
	{ "EnableGpuFirmware", 18 },
	{ "EnableMSI", 1 },
	{ "EnablePCIeGen3", 0 },
	{ "EnableResizableBar", 0 },
	{ "EnableS0ixPowerManagement", 0 },
	{ "ModifyDeviceFiles", 1 },
	{ "DeviceFileMode", 438 },
	{ "DeviceFileUID", 0 },
	{ "DeviceFileGID", 0 },
	{ "OpenRmEnableUnsupportedGpus", 1 },
	{ "UseKernelSuspendNotifiers", 0 },
	{ PRESERVE, 0 },
};

static bool is_normal(size_t i, uint64_t v)
{
	return v == params[i].normal || (v == PRESERVE_AUTO && str_eq(params[i].name, PRESERVE));
}

/* "Name: value, ..." of the options above that somebody has set. */
static const char *deviations(struct arena *a, struct bytes text, const char *from)
{
	const char *out = "";
	for (size_t i = 0; i < COUNT_OF(params); i++) {
		struct maybe_u64 is = number_of(a, text, params[i].name, from);
		if (is.know == KNOWN && !is_normal(i, is.v))
			out = arena_printf(a, "%s%s%s: %u", out, *out ? ", " : "", params[i].name,
					   (unsigned)is.v);
	}
	return out;
}

static struct maybe_u64 flag_of(struct maybe_u64 number)
{
	number.v = number.know == KNOWN && number.v != 0;
	return number;
}

/*
 * The automatic value keeps memory where the kernel's notifiers are in use, and only there.
 * Before there were any, every number but 0 was a yes. nv-reg.h, osinit.c of the open modules.
 */
static struct maybe_u64 is_preserved(struct maybe_u64 option, struct maybe_u64 notifiers)
{
	bool is_auto = is_u64(option, PRESERVE_AUTO) && notifiers.know != ABSENT;
	return is_auto ? notifiers : flag_of(option);
}

static void collect_params(struct facts *f, struct host *h)
{
	const char *from = PROC "/params";
	struct arena *a = f->arena;
	struct driver *d = &f->driver;
	struct bytes text;
	int r = host_read(h, a, from, &text, NULL);
	struct maybe_u64 unknown = unknown_u64(know_of_errno(r), from);

	if (r < 0) {
		d->params = unknown_text(unknown.know, from);
		d->preserve_video_memory = d->suspend_notifiers = unknown;
		d->dynamic_power_management = unknown;
		d->resizable_bar = d->gsp_firmware = unknown;
		return;
	}
	d->params = known_text(deviations(a, text, from), from);
	d->suspend_notifiers = flag_of(number_of(a, text, "UseKernelSuspendNotifiers", from));
	d->preserve_video_memory =
	    is_preserved(number_of(a, text, PRESERVE, from), d->suspend_notifiers);
	d->dynamic_power_management = number_of(a, text, "DynamicPowerManagement", from);
	d->resizable_bar = flag_of(number_of(a, text, "EnableResizableBar", from));
	d->gsp_firmware = number_of(a, text, "EnableGpuFirmware", from);
}

/*
 * Older drivers take a lock of the resource manager for this file, which may
 * never be given back after a GPU was lost: it is left alone then. Returns N of
 * /dev/nvidiaN.
 */
static uint64_t collect_information(struct facts *f, struct host *h)
{
	struct arena *a = f->arena;
	struct driver *d = &f->driver;
	struct bytes text;

	if (driver_down(d) || u64_or(d->stuck_count, 0) > 0)
		return 0;
	const char *from = arena_printf(a, PROC "/gpus/%s/information", f->pci.chosen->bdf);
	int r = host_read(h, a, from, &text, NULL);
	if (r < 0) {
		d->video_bios = unknown_text(know_of_errno(r), from);
		return 0;
	}
	d->video_bios = value_of(a, text, "Video BIOS", from);
	struct maybe_u64 minor = number_of(a, text, "Device Minor", from);
	return minor.know == KNOWN && minor.v <= MINOR_MAX ? minor.v : 0;
}

/* The major that /proc/devices has under that name: "195 nvidia-frontend". */
static struct maybe_u64 major_of(struct arena *a, struct bytes devices, const char *name)
{
	const char *from = "/proc/devices";
	for (struct bytes line; bytes_line(&devices, &line);) {
		uint64_t v;
		struct names word = str_split(a, str_trim(a, line.data, line.size), " ", 2);
		if (word.count > 0 && str_eq(word.name[0], "Block"))
			break;
		if (word.count == 2 && str_eq(word.name[1], name) &&
		    str_u64(word.name[0], 10, 4095, &v))
			return known_u64(v, from);
	}
	return unknown_u64(ABSENT, from);
}

/* All but the uvm nodes share one major; drivers before 555 call it nvidia-frontend. */
static struct maybe_u64 frontend_major(struct arena *a, struct bytes devices)
{
	struct maybe_u64 major = major_of(a, devices, "nvidia");
	return major.know == KNOWN ? major : major_of(a, devices, "nvidia-frontend");
}

static struct device_node node_at(struct facts *f, struct host *h, const char *path,
				  struct maybe_u64 want_major)
{
	struct device_node node = { .path = path, .want_major = want_major };
	struct host_stat st;
	int r = host_stat(h, f->arena, path, &st, NULL);

	if (r < 0) {
		node.know = know_of_errno(r);
		return node;
	}
	node.know = KNOWN;
	node.is_char = st.type == STAT_CHAR;
	node.mode = st.mode & 0777;
	node.uid = st.uid;
	node.gid = st.gid;
	if (node.is_char) {
		node.major = st.major;
		node.minor = st.minor;
		node.char_link = path_exists(
		    h, f->arena, arena_printf(f->arena, "/dev/char/%u:%u", st.major, st.minor));
	}
	return node;
}

static void collect_nodes(struct facts *f, struct host *h, uint64_t minor)
{
	const char *const path[] = {
		arena_printf(f->arena, "/dev/nvidia%u", (unsigned)minor),
		"/dev/nvidiactl",
		"/dev/nvidia-modeset",
		"/dev/nvidia-uvm",
		"/dev/nvidia-uvm-tools",
	};
	struct driver *d = &f->driver;
	struct bytes devices;
	int r = host_read(h, f->arena, "/proc/devices", &devices, NULL);
	struct maybe_u64 unknown = unknown_u64(know_of_errno(r), "/proc/devices");
	struct maybe_u64 frontend = r < 0 ? unknown : frontend_major(f->arena, devices);
	struct maybe_u64 uvm = r < 0 ? unknown : major_of(f->arena, devices, "nvidia-uvm");

	d->node = arena_alloc(f->arena, COUNT_OF(path) * sizeof(*d->node));
	d->node_count = COUNT_OF(path);
	for (size_t i = 0; i < COUNT_OF(path); i++)
		d->node[i] = node_at(f, h, path[i], strstr(path[i], "uvm") ? uvm : frontend);
}

void collect_driver(struct facts *f, struct host *h)
{
	const struct pci_gpu *g = f->pci.chosen;
	struct driver *d = &f->driver;

	collect_modules(f, h);
	collect_forbidden(f, h);
	if (is_u64(d->nvidia_loaded, 1)) {
		collect_version(f, h);
		collect_params(f, h);
	}
	if (!g)
		return;
	if (pci_endpoint(g))
		d->gpu_driver = pci_endpoint(g)->driver;
	collect_nodes(f, h, is_text(d->gpu_driver, "nvidia") ? collect_information(f, h) : 0);
}
