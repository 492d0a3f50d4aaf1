/* SPDX-License-Identifier: MIT */
/*
 * How a container asks for a GPU: by a device request (`--gpus`, compose's
 * reservations), by the runtime "nvidia" and NVIDIA_VISIBLE_DEVICES, by plain
 * device nodes, be they bound into it or all of them, or by a CDI name. Docker Engine API, GET
 * /containers/{id}/json.
 */
#include "collect/docker/docker.h"

#include <string.h>

#define CDI_PREFIX "nvidia.com/gpu="

enum { REQUESTS_MAX = 16, DEVICES_MAX = 64, TEXT_MAX = 120 };

struct asking {
	struct arena *arena;
	struct container *c;
};

static const char *clean(struct asking *k, const json_t *j)
{
	const char *s = json_text(k->arena, j);
	return str_clean(k->arena, s, strlen(s), TEXT_MAX);
}

static void note(struct asking *k, unsigned how, const char *text)
{
	struct container *c = k->c;
	c->asks |= how;
	c->asks_how = *c->asks_how ? arena_printf(k->arena, "%s, %s", c->asks_how, text) : text;
}

static void note_device(struct asking *k, const char *name)
{
	struct names *n = &k->c->asked_devices;
	if (n->count < DEVICES_MAX && !names_have(n, name))
		n->name[n->count++] = name;
}

static bool has_capability(const json_t *alternatives)
{
	size_t i, n;
	json_t *set, *v;

	json_array_foreach(alternatives, i, set)
	{
		json_array_foreach(set, n, v)
		{
			if (str_eq(json_string_value(v), "gpu") ||
			    str_eq(json_string_value(v), "nvidia"))
				return true;
		}
	}
	return false;
}

static void note_cdi(struct asking *k, const char *name)
{
	if (!str_starts(name, CDI_PREFIX))
		return;
	note(k, ASK_CDI, arena_printf(k->arena, "CDI %s", name));
	note_device(k, name);
}

static void device_request(struct asking *k, const json_t *request)
{
	const json_t *ids = json_object_get(request, "DeviceIDs");
	const char *driver = json_text(k->arena, json_object_get(request, "Driver"));
	json_int_t count = json_integer_value(json_object_get(request, "Count"));
	const char *named = "";
	size_t cdi_count = 0;

	for (size_t i = 0; i < json_array_size(ids) && i < DEVICES_MAX; i++) {
		const char *id = clean(k, json_array_get(ids, i));
		cdi_count += str_starts(id, CDI_PREFIX);
		note_cdi(k, id);
		named = arena_printf(k->arena, "%s%s%s", named, *named ? "," : "", id);
	}
	bool nvidia = str_eq(driver, "nvidia") ||
		      (!*driver && has_capability(json_object_get(request, "Capabilities")));
	if (cdi_count || !nvidia || (count == 0 && !*named))
		return;
	for (size_t i = 0; i < json_array_size(ids) && i < DEVICES_MAX; i++)
		note_device(k, clean(k, json_array_get(ids, i)));
	note(k, ASK_DEVICE_REQUEST,
	     *named ? arena_printf(k->arena, "device request device=%s", named)
		    : arena_printf(k->arena, "device request count=%lld", (long long)count));
}

static void device_requests(struct asking *k, const json_t *requests)
{
	for (size_t i = 0; i < json_array_size(requests) && i < REQUESTS_MAX; i++)
		device_request(k, json_array_get(requests, i));
}

/*
 * The runtime "nvidia" puts in what NVIDIA_VISIBLE_DEVICES of the container or of its image names,
 * and nothing where it names nothing.
 */
static void runtime(struct asking *k, unsigned how)
{
	const char *visible = container_env(k->c, "NVIDIA_VISIBLE_DEVICES");

	if (!visible || !*visible || str_eq(visible, "void") || str_eq(visible, "none"))
		return;
	visible = str_clean(k->arena, visible, strlen(visible), TEXT_MAX);
	note(k, how, arena_printf(k->arena, "runtime nvidia, NVIDIA_VISIBLE_DEVICES=%s", visible));
	struct names each = str_split(k->arena, visible, ", ", DEVICES_MAX);
	for (size_t i = 0; i < each.count; i++) {
		note_cdi(k, each.name[i]);
		if (!str_eq(each.name[i], "all") && !str_starts(each.name[i], CDI_PREFIX))
			note_device(k, each.name[i]);
	}
}

static void devices(struct asking *k, const json_t *list)
{
	size_t i;
	json_t *v;
	const char *all = "";

	json_array_foreach(list, i, v)
	{
		const char *path = clean(k, json_object_get(v, "PathOnHost"));
		const char *inside = clean(k, json_object_get(v, "PathInContainer"));
		note_cdi(k, path);
		if (i == DEVICES_MAX ||
		    (!str_starts(path, "/dev/nvidia") && !str_starts(inside, "/dev/nvidia")))
			continue;
		note_device(k, path);
		all = arena_printf(k->arena, "%s %s", all, path);
	}
	if (*all)
		note(k, ASK_DEVICES, arena_printf(k->arena, "devices%s", all));
}

/* A rule of its cgroup for the nodes of NVIDIA, major 195, or for all: "c 195:* rmw". */
static bool has_rule(const json_t *rules)
{
	size_t i;
	json_t *v;

	json_array_foreach(rules, i, v)
	{
		const char *s = json_string_value(v);
		if (s && (str_starts(s, "c 195:") || str_starts(s, "c *:") || str_starts(s, "a ")))
			return true;
	}
	return false;
}

static const char *bound(struct asking *k, const char *all, const char *path)
{
	if (!str_starts(path, "/dev/nvidia") || names_have(&k->c->asked_devices, path))
		return all;
	note_device(k, path);
	return arena_printf(k->arena, "%s %s", all, path);
}

/* Bound into it as files; without a rule of its cgroup it may not open them. */
static void binds(struct asking *k, const json_t *host, const json_t *mounts)
{
	const char *all = "";
	size_t i;
	json_t *v;

	if (!k->c->privileged && !has_rule(json_object_get(host, "DeviceCgroupRules")))
		return;
	json_array_foreach(json_object_get(host, "Binds"), i, v)
	{
		const char *path = clean(k, v);
		all = bound(k, all, str_ndup(k->arena, path, strcspn(path, ":")));
	}
	json_array_foreach(mounts, i, v)
	{
		all = bound(k, all, clean(k, json_object_get(v, "Source")));
	}
	if (*all)
		note(k, ASK_DEVICES, arena_printf(k->arena, "binds%s", all));
}

/* Who is privileged has all nodes of the host; that an LLM server is to use them is likely. */
static void privileged(struct asking *k)
{
	const struct container *c = k->c;

	if (!c->asks && c->privileged && container_is_llm(c) && !strstr(c->image, "rocm"))
		note(k, ASK_DEVICES, "privileged");
}

/* "cdi.k8s.io/anything": "nvidia.com/gpu=0,nvidia.com/gpu=1" */
static void annotations(struct asking *k, json_t *all)
{
	const char *key;
	json_t *v;

	json_object_foreach(all, key, v)
	{
		if (!str_starts(key, "cdi.k8s.io/"))
			continue;
		struct names each = str_split(k->arena, clean(k, v), ",", DEVICES_MAX);
		for (size_t i = 0; i < each.count; i++)
			note_cdi(k, each.name[i]);
	}
}

void container_asks(struct arena *a, const json_t *inspect, struct container *c)
{
	struct asking k = { a, c };
	const json_t *host = json_object_get(inspect, "HostConfig");

	c->asks = 0;
	c->asks_how = "";
	c->asked_devices.name = arena_alloc(a, DEVICES_MAX * sizeof(*c->asked_devices.name));
	device_requests(&k, json_object_get(host, "DeviceRequests"));
	if (str_eq(c->runtime, "nvidia"))
		runtime(&k, ASK_RUNTIME);
	devices(&k, json_object_get(host, "Devices"));
	annotations(&k, json_object_get(host, "Annotations"));
	binds(&k, host, json_object_get(inspect, "Mounts"));
	privileged(&k);
}

void container_asks_by_default(struct arena *a, struct container *c)
{
	struct asking k = { a, c };

	if (c->asks & ASK_RUNTIME)
		c->asks = (c->asks & ~(unsigned)ASK_RUNTIME) | ASK_ENVIRONMENT;
	else if (!*c->runtime)
		runtime(&k, ASK_ENVIRONMENT);
}
