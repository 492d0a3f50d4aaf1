/* SPDX-License-Identifier: MIT */
#include "plan/docker/override.h"

#include <string.h>

#define OURS "# Written by egpu setup;"

/* NVIDIA's own form, and that of a CDI name: there a count is refused. */
static const char *const reservation[] = {
	[WAY_NONE] = "",
	[WAY_TOOLKIT] = "            - driver: nvidia\n"
			"              count: all\n"
			"              capabilities: [gpu]\n",
	[WAY_CDI] = "            - driver: cdi\n"
		    "              device_ids: [nvidia.com/gpu=all]\n"
		    "              capabilities: [gpu]\n",
};

static const char *environment(struct arena *a, const struct names *env)
{
	const char *out = "    environment:\n";

	for (size_t i = 0; i < env->count; i++) {
		const char *s = env->name[i];
		size_t n = strcspn(s, "=");
		/* A dollar sign is doubled, or Compose takes it for a variable. */
		const char *value = s[n] ? s + n + 1 : "", *kept = "";
		for (; *value; value++)
			kept = arena_printf(a, "%s%s%c", kept, *value == '$' ? "$" : "", *value);
		out = arena_printf(a, "%s      %s: %s\n", out, yaml_quoted(a, str_ndup(a, s, n)),
				   yaml_quoted(a, kept));
	}
	return env->count ? out : "";
}

static const char *part_text(struct arena *a, enum gpu_way way, const struct override_part *part)
{
	const char *env = environment(a, &part->env);
	const char *devices = "";

	if (part->reserves)
		devices = arena_printf(a,
				       "    deploy:\n"
				       "      resources:\n"
				       "        reservations:\n"
				       "          devices:\n%s",
				       reservation[way]);
	if (!*env && !*devices)
		return "";
	return arena_printf(a, "  %s:\n%s%s", yaml_quoted(a, part->service), env, devices);
}

const char *override_text(struct arena *a, const char *of, enum gpu_way way,
			  const struct override_part *part, size_t count)
{
	const char *name = strrchr(of, '/') ? strrchr(of, '/') + 1 : of, *services = "";

	for (size_t i = 0; i < count; i++)
		services = arena_printf(a, "%s%s", services, part_text(a, way, &part[i]));
	if (!*services)
		return "";
	return arena_printf(a,
			    OURS " what you change here is written over.\n"
				 "# Compose merges it into %s, which stays as it is.\n"
				 "services:\n%s",
			    str_clean(a, name, strlen(name), 200), services);
}

bool override_is_ours(struct bytes text)
{
	return bytes_start(text, OURS);
}
