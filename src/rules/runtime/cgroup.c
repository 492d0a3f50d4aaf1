/* SPDX-License-Identifier: MIT */
/* The cgroups: do they let a container open the nodes, and go on to. */
#include "rules/runtime/runtime.h"

#include "facts/handout.h"

/* runc and systemd find a node by its link in /dev/char; one that is missing is enough. */
static bool lacks_char_links(const struct driver *d)
{
	for (size_t i = 0; i < d->node_count; i++)
		if (d->node[i].know == KNOWN && is_u64(d->node[i].char_link, 0) &&
		    str_starts(d->node[i].path, "/dev/nvidia"))
			return true;
	return false;
}

void runtime_judge_reload(const struct facts *f, struct verdict *v)
{
	const struct docker *d = &f->docker;
	const char *name = NULL;
	size_t n = 0;

	if (!is_text(d->cgroup_driver, "systemd") || !lacks_char_links(&f->driver))
		return;
	for (size_t i = 0; i < d->container_count; i++)
		if (handout_by_hook(f, &d->container[i])) {
			name = d->container[i].name;
			n++;
		}
	if (n == 1)
		found_warning(v, "devices-lost-at-reload", name,
			      "%s loses the GPU at the next systemctl daemon-reload", name);
	else if (n)
		found_warning(v, "devices-lost-at-reload", name,
			      "%zu containers lose the GPU at the next daemon-reload", n);
}

void runtime_judge_no_cgroups(const struct facts *f, struct verdict *v)
{
	const struct docker *d = &f->docker;
	bool off = is_text(d->toolkit_no_cgroups, "true");
	bool works = false, unread = false, concerned = false;

	if (d->toolkit_no_cgroups.know != KNOWN && d->toolkit_no_cgroups.know != ABSENT)
		return;
	for (size_t i = 0; i < d->container_count; i++) {
		if (!handout_by_hook(f, &d->container[i]))
			continue;
		concerned = true;
		works = works || container_opens_all(&d->container[i]);
		unread = unread || handout_is_unread(&d->container[i]);
	}
	if (works || unread || off == d->rootless)
		return;
	if (!off && concerned)
		found_warning(v, "toolkit-no-cgroups", "true",
			      "a rootless engine needs no-cgroups = true in the toolkit");
	else if (off && concerned)
		found_broken(v, "toolkit-no-cgroups", "false",
			     "the toolkit has no-cgroups = true: no node can be opened");
	else if (off)
		found_warning(v, "toolkit-no-cgroups", "false",
			      "the toolkit has no-cgroups = true, which is for rootless engines");
}
