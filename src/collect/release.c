/* SPDX-License-Identifier: MIT */
/*
 * Who and what holds the GPU. /proc/modules (proc_modules(5)), /proc/PID/cgroup (cgroups(7)), the
 * links of /sys/bus/pci/devices; nothing here opens a node of the driver.
 */
#include "collect/collect.h"

#include <string.h>

#include "collect/pci-hop.h"
#include "collect/sysfs.h"

enum {
	MODULES_MAX = 1024,
	HOLDERS_MAX = 1024,
	NODES_MAX = 32,
	NEIGHBOURS_MAX = 64,
	DEVICES_MAX = 2048,
	ID_DIGITS = 64,
};
enum { CLASS_BRIDGE = 0x06 };

static struct kernel_module module_of(struct arena *a, const struct names *word)
{
	struct kernel_module m = { .name = word->name[0] };

	str_u64(word->name[2], 10, UINT32_MAX, &m.users);
	if (!str_eq(word->name[3], "-"))
		m.used_by = str_split(a, word->name[3], ",", MODULES_MAX);
	return m;
}

/* It becomes a word of a command. */
static bool is_module_name(const char *s)
{
	return *s != '-' && s[strspn(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
					"0123456789_-")] == '\0';
}

/* "nvidia 13500416 84 nvidia_uvm, Live 0x0 (OE)" */
static void collect_modules(struct release *rel, struct host *h, struct arena *a)
{
	struct bytes text;
	int r = host_read(h, a, "/proc/modules", &text, NULL);

	rel->modules_know = r < 0 ? know_of_errno(r) : KNOWN;
	rel->module = arena_alloc(a, MODULES_MAX * sizeof(*rel->module));
	for (struct bytes line;
	     r == 0 && rel->module_count < MODULES_MAX && bytes_line(&text, &line);) {
		struct names word = str_split(a, str_ndup(a, line.data, line.size), " ", 5);
		if (word.count >= 4 && is_module_name(word.name[0]))
			rel->module[rel->module_count++] = module_of(a, &word);
	}
	rel->drm_modeset = read_flag(h, a, "/sys/module/nvidia_drm/parameters/modeset");
}

/* The digits of a container's id: of "/docker/ID", "/system.slice/docker-ID.scope" and their like.
 */
static const char *container_id(struct arena *a, const char *cgroup)
{
	for (size_t n; *cgroup; cgroup += n ? n : 1) {
		n = strspn(cgroup, "0123456789abcdef");
		if (n == ID_DIGITS)
			return str_ndup(a, cgroup, n);
	}
	return "";
}

/* "/system.slice/ollama.service/...": what systemd can stop. What a user started is no unit of it.
 */
static const char *unit_name(struct arena *a, const char *cgroup)
{
	if (!str_starts(cgroup, "/system.slice/"))
		return "";
	struct names part = str_split(a, cgroup, "/", 16);
	for (size_t i = 1; i < part.count; i++)
		if (str_ends(part.name[i], ".service"))
			return str_clean(a, part.name[i], strlen(part.name[i]), 200);
	return "";
}

/* Lines "NUMBER:CONTROLLERS:PATH"; of the old hierarchies the one that systemd keeps. */
static void join_cgroup(struct gpu_holder *h, struct host *host, struct arena *a)
{
	struct bytes text;

	h->container = h->unit = "";
	if (host_read(host, a, arena_printf(a, "/proc/%llu/cgroup", (unsigned long long)h->pid),
		      &text, NULL) < 0)
		return;
	for (struct bytes line; bytes_line(&text, &line);) {
		const char *copy = str_ndup(a, line.data, line.size), *path = strchr(copy, ':');
		path = path ? strchr(path + 1, ':') : NULL;
		if (!path)
			continue;
		if (!*h->container)
			h->container = container_id(a, path + 1);
		if (!*h->unit && (str_starts(copy, "0::") || strstr(copy, ":name=systemd:")))
			h->unit = unit_name(a, path + 1);
	}
}

/* The nodes of a display that are the chosen GPU's: its directory drm/ names them. */
static struct names drm_nodes(const struct facts *f, struct host *h)
{
	struct names out = { 0 };

	host_list(h, f->arena, arena_printf(f->arena, PCI_DEVICES "/%s/drm", f->pci.chosen->bdf),
		  &out, NULL);
	return out;
}

static struct names nodes_that_count(struct arena *a, const char *list, const struct names *drm)
{
	struct names all = str_split(a, list, ",", NODES_MAX), out = { 0 };
	size_t room = 0;

	for (size_t i = 0; i < all.count; i++)
		if (str_starts(all.name[i], "nvidia") ||
		    (str_starts(all.name[i], "dri/") &&
		     names_have(drm, all.name[i] + strlen("dri/"))))
			names_add(a, &out, &room, all.name[i]);
	return out;
}

/* "PID START COMM NODE,NODE" */
static void collect_holders(struct facts *f, struct host *h)
{
	struct release *rel = &f->release;
	struct arena *a = f->arena;
	struct bytes text;
	rel->drm = drm_nodes(f, h);
	int r = host_ask(h, a, SOURCE_PROCESSES, "holders", &text, NULL);

	rel->holders_know = r < 0 ? know_of_errno(r) : KNOWN;
	rel->holder = arena_alloc(a, HOLDERS_MAX * sizeof(*rel->holder));
	for (struct bytes line;
	     r == 0 && rel->holder_count < HOLDERS_MAX && bytes_line(&text, &line);) {
		struct gpu_holder *one = &rel->holder[rel->holder_count];
		const char *copy = str_clean(a, line.data, line.size, line.size);
		struct names word = str_split(a, copy, " ", 5);
		if (word.count != 4 || !str_u64(word.name[0], 10, INT32_MAX, &one->pid) ||
		    one->pid < 2 || !str_u64(word.name[1], 10, UINT64_MAX, &one->start_ticks))
			continue;
		one->name = word.name[2];
		one->nodes = nodes_that_count(a, word.name[3], &rel->drm);
		if (one->nodes.count == 0)
			continue;
		join_cgroup(one, h, a);
		rel->holder_count++;
	}
}

/* The function digit apart: 0000:22:00.1 is a function of 0000:22:00.0. */
static bool is_function_of(const char *bdf, const char *gpu)
{
	size_t n = strlen(gpu);
	return n && strlen(bdf) == n && strncmp(bdf, gpu, n - 1) == 0;
}

/*
 * The upper port of the enclosure's own pair of bridges: what hangs below goes when its cable does.
 * Without an enclosure it is the port that the GPU hangs on.
 */
static const char *top_of(const struct pci_gpu *g)
{
	size_t up = g->reach == REACH_THUNDERBOLT && g->hop_count > 3 ? 3 : 2;
	return g->hop_count >= up ? g->hop[g->hop_count - up].bdf : NULL;
}

static void add_neighbour(struct facts *f, struct host *h, const char *bdf)
{
	struct release *rel = &f->release;
	const char *dev = arena_printf(f->arena, PCI_DEVICES "/%s", bdf);
	struct neighbour n = { bdf, sysfs_u64(h, f->arena, dev, "class", 16),
			       sysfs_link(h, f->arena, dev, "driver") };

	if (rel->neighbour_count < NEIGHBOURS_MAX && u64_or(n.class, 0) >> 16 != CLASS_BRIDGE)
		rel->neighbour[rel->neighbour_count++] = n;
}

/* Whether it hangs below that port; without one, whether it is not built in. False also: not known.
 */
static bool is_behind(struct facts *f, struct host *h, const char *bdf, const char *top)
{
	const char *dev = arena_printf(f->arena, PCI_DEVICES "/%s", bdf);
	struct host_stat st;

	if (!top)
		return is_text(sysfs_text(h, f->arena, dev, "removable"), "removable");
	if (host_stat(h, f->arena, dev, &st, NULL) < 0) {
		f->release.neighbours_know = UNREADABLE;
		return false;
	}
	return strstr(st.target, arena_printf(f->arena, "/%s/", top));
}

/* What hangs behind the enclosure and is not the GPU. */
static void collect_neighbours(struct facts *f, struct host *h)
{
	struct release *rel = &f->release;
	const struct pci_gpu *g = f->pci.chosen;
	const char *top = g ? top_of(g) : NULL;

	rel->neighbours_know = g && !top ? UNREADABLE : rel->devices_know;
	rel->neighbour = arena_alloc(f->arena, NEIGHBOURS_MAX * sizeof(*rel->neighbour));
	for (size_t i = 0; (top || !g) && i < rel->devices.count; i++)
		if (!(g && is_function_of(rel->devices.name[i], g->bdf)) &&
		    is_behind(f, h, rel->devices.name[i], top))
			add_neighbour(f, h, rel->devices.name[i]);
}

static void collect_devices(struct facts *f, struct host *h)
{
	struct release *rel = &f->release;
	struct names found = { 0 };
	size_t room = 0, functions = 0;
	int r = host_list(h, f->arena, PCI_DEVICES, &found, NULL);

	rel->devices_know = r < 0 ? know_of_errno(r) : KNOWN;
	for (size_t i = 0; r == 0 && i < found.count && i < DEVICES_MAX; i++)
		if (pci_is_bdf(found.name[i]))
			names_add(f->arena, &rel->devices, &room, found.name[i]);
	for (size_t i = rel->devices.count; f->pci.chosen && i-- > 0;)
		if (is_function_of(rel->devices.name[i], f->pci.chosen->bdf))
			names_add(f->arena, &rel->functions, &functions, rel->devices.name[i]);
}

void collect_release(struct facts *f, struct host *h)
{
	f->release = (struct release){ 0 };
	collect_devices(f, h);
	collect_modules(&f->release, h, f->arena);
	collect_neighbours(f, h);
	if (f->pci.chosen)
		collect_holders(f, h);
}
