/* SPDX-License-Identifier: MIT */
/* Can programs reach the driver: nvidia_uvm and the device nodes. */
#include "rules/driver/driver.h"

#include <inttypes.h>
#include <string.h>

enum { NVML_NO_PERMISSION = 4 };

bool driver_cuda_starts(const struct facts *f)
{
	return f->cuda.end == PROBE_ANSWERED && is_u64(f->cuda.result, 0);
}

static bool nvml_starts(const struct facts *f)
{
	return f->nvml.end == PROBE_ANSWERED && is_u64(f->nvml.result, 0);
}

static void say_uvm(const struct facts *f, struct verdict *v)
{
	struct maybe_text list = f->driver.uvm_blacklisted;

	if (f->driver.uvm_forbidden.know == KNOWN)
		driver_judge_forbidden(v, f->driver.uvm_forbidden, "nvidia_uvm");
	else if (list.know == KNOWN)
		found_broken(v, "uvm-not-loaded", driver_place(v->arena, list),
			     "nvidia_uvm is not loaded, %s keeps it from loading by itself: %s",
			     driver_place_and_line(v->arena, list), list.v);
	else
		found_broken(v, "uvm-not-loaded", "",
			     "nvidia_uvm is not loaded, so CUDA cannot start");
}

/* CUDA loads it on demand where nvidia-modprobe is installed for that. */
static void judge_uvm(const struct facts *f, struct verdict *v)
{
	struct maybe_u64 loaded = f->driver.uvm_loaded;

	if (is_u64(loaded, 1) || driver_cuda_starts(f))
		return;
	if (loaded.know == KNOWN)
		say_uvm(f, v);
	else
		found_unknown(v, "lsmod | grep nvidia_uvm", "nvidia_uvm: %s",
			      know_why(loaded.know));
}

/* What every CUDA program opens: the GPU's own node, nvidiactl and nvidia-uvm. */
static bool is_needed(const struct facts *f, const struct device_node *n)
{
	if (str_eq(n->path, "/dev/nvidia-uvm"))
		return is_u64(f->driver.uvm_loaded, 1);
	return !str_eq(n->path, "/dev/nvidia-uvm-tools") && !str_eq(n->path, "/dev/nvidia-modeset");
}

static bool is_made_on_demand(const struct facts *f, const struct device_node *n)
{
	return strstr(n->path, "uvm") ? driver_cuda_starts(f) : nvml_starts(f);
}

/*
 * Distributions that give the nodes to a group do so on purpose. It bites when
 * we were refused ourselves, where there is no group, and where a rootless
 * engine has no group to map.
 */
static bool permission_matters(const struct facts *f, const struct device_node *n)
{
	if ((n->mode & 06) == 06)
		return false;
	return is_u64(f->nvml.result, NVML_NO_PERMISSION) || (n->mode & 060) != 060 ||
	       f->docker.rootless;
}

/* True: it leads nowhere. */
static bool judge_leads(const struct facts *f, struct verdict *v, const struct device_node *n)
{
	if (n->know == ABSENT && !is_made_on_demand(f, n))
		found_broken(v, "device-nodes-missing", n->path, "%s is missing", n->path);
	else if (n->know == KNOWN && !n->is_char)
		found_broken(v, "device-nodes-stale", n->path, "%s is no device node", n->path);
	else if (n->know == KNOWN && n->want_major.know == KNOWN && n->major != n->want_major.v)
		found_broken(v, "device-nodes-stale", n->path,
			     "%s has major %" PRIu64 ", the driver has %" PRIu64, n->path, n->major,
			     n->want_major.v);
	else
		return false;
	return true;
}

/* True: it could not be looked at. */
static bool judge_seen(const struct facts *f, struct verdict *v, const struct device_node *n)
{
	(void)f;
	if (n->know == KNOWN || n->know == ABSENT)
		return false;
	found_unknown(v, arena_printf(v->arena, "ls -l %s", n->path), "%s: %s", n->path,
		      know_why(n->know));
	return true;
}

/* True: not everybody may open it. */
static bool judge_permission(const struct facts *f, struct verdict *v, const struct device_node *n)
{
	if (n->know != KNOWN || !permission_matters(f, n))
		return false;
	found_warning(v, "device-permission-denied", n->path,
		      "%s is not open to all users (mode %04" PRIo64 ")", n->path, n->mode);
	return true;
}

/* Of each that can be wrong with nodes, the first that has it: the others mostly share it. */
static void judge_nodes(const struct facts *f, struct verdict *v)
{
	static bool (*const judges[])(const struct facts *, struct verdict *,
				      const struct device_node *) = {
		judge_leads,
		judge_seen,
		judge_permission,
	};
	const struct driver *d = &f->driver;

	for (size_t j = 0; j < COUNT_OF(judges); j++)
		for (size_t i = 0; i < d->node_count; i++)
			if (is_needed(f, &d->node[i]) && judges[j](f, v, &d->node[i]))
				break;
}

void driver_judge_reach(const struct facts *f, struct verdict *v)
{
	judge_uvm(f, v);
	judge_nodes(f, v);
}
