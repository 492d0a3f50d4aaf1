/* SPDX-License-Identifier: MIT */
/* The engine's daemon.json, and the restart that brings it into force. dockerd(8). */
#include "plan/docker/docker.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "format/json-edit.h"

enum { NAMES_SHOWN = 6 };

static bool file_of(struct planner *p, struct bytes *ret, struct err *e)
{
	int r = planner_read(p, p->facts->docker.config.path, ret, e);

	if (r == -ENOENT)
		*ret = bytes_of("{\n}\n");
	return r == 0 || r == -ENOENT;
}

/* Writes what an editor has made of the file, or says why it did not. */
static void write_file(struct planner *p, int r, const struct edit *t, const struct err *e,
		       const char *what)
{
	if (r < 0)
		planner_refuse(p, "%s", e->text);
	else if (r > 0)
		planner_write(p, t->file, str_ndup(p->arena, t->text.data, t->text.size), "%s",
			      what);
}

static void set(struct planner *p, const char *const *path, const char *value, const char *what)
{
	struct err e = { 0 };
	struct edit t = { .arena = p->arena, .file = p->facts->docker.config.path };

	if (!file_of(p, &t.text, &e))
		planner_refuse(p, "%s", e.text);
	else
		write_file(p, json_edit_set(&t, path, value, &e), &t, &e, what);
}

void daemon_set_runtime(struct planner *p)
{
	const struct docker *d = &p->facts->docker;
	bool gone = docker_runtime(d, "nvidia") && is_u64(d->nvidia_runtime_exists, 0);

	if (docker_runtime(d, "nvidia") && !gone)
		return;
	if (d->config.nvidia_path.know != KNOWN)
		set(p, JSON_PATH("runtimes", "nvidia"),
		    "{\"args\": [], \"path\": \"nvidia-container-runtime\"}",
		    "register the runtime nvidia with docker");
	else if (gone && *d->config.nvidia_path.v == '/')
		set(p, JSON_PATH("runtimes", "nvidia", "path"), "\"nvidia-container-runtime\"",
		    "name the runtime nvidia by a program that is there");
	else if (gone && d->toolkit_path.know == KNOWN)
		planner_refuse(p,
			       "the runtime nvidia is registered, but its program %s is not here",
			       d->config.nvidia_path.v);
}

void daemon_set_cdi(struct planner *p)
{
	const struct docker *d = &p->facts->docker;

	if (docker_takes_cdi(d) || is_u64(d->config.cdi_feature, 1))
		return;
	set(p, JSON_PATH("features", "cdi"), "true", "let docker read CDI specifications");
}

/* The options without another cgroup driver, with ours. NULL: there are none, or no such. */
static const char *replaced(struct planner *p, const json_t *options, const char *ours)
{
	json_auto_t *out = json_array();
	bool had = false;
	size_t i;
	json_t *v;

	json_array_foreach(options, i, v)
	{
		bool is = str_starts(json_string_value(v), "native.cgroupdriver=");
		if (!is)
			json_array_append(out, v);
		else if (!had)
			json_array_append_new(out, json_string(ours));
		had = had || is;
	}
	char *text = had ? json_dumps(out, 0) : NULL;
	const char *kept = text ? str_dup(p->arena, text) : NULL;
	free(text);
	return kept;
}

void daemon_set_cgroupfs(struct planner *p)
{
	static const char ours[] = "native.cgroupdriver=cgroupfs";
	static const char what[] = "let docker manage device rules itself (cgroupfs)";
	struct edit t = { .arena = p->arena, .file = p->facts->docker.config.path };
	struct err e = { 0 };

	if (!file_of(p, &t.text, &e)) {
		planner_refuse(p, "%s", e.text);
		return;
	}
	json_auto_t *j = json_parse(t.text, t.file, NULL);
	const char *all = replaced(p, json_object_get(j, "exec-opts"), ours);
	int r = all ? json_edit_set(&t, JSON_PATH("exec-opts"), all, &e)
		    : json_edit_append(&t, JSON_PATH("exec-opts"), ours, &e);
	write_file(p, r, &t, &e, what);
}

static const struct step *file_step(const struct planner *p, const char *path)
{
	for (size_t i = 0; i < p->plan->count; i++)
		if (p->plan->step[i].kind == STEP_FILE && str_eq(p->plan->step[i].file.path, path))
			return &p->plan->step[i];
	return NULL;
}

/* What of the file, as it stood before the plan, does not hold; NULL: nothing that we want. */
static const char *not_in_force(const struct planner *p)
{
	const struct docker *d = &p->facts->docker;
	const struct docker_config *c = &d->config;
	bool cgroupfs = p->facts->want.reload == RELOAD_CGROUPFS &&
			is_text(c->cgroup_driver, "cgroupfs") &&
			!is_text(d->cgroup_driver, "cgroupfs");

	if (c->know != KNOWN)
		return NULL;
	if (p->facts->want.runtime == RUNTIME_KEEP)
		return cgroupfs ? "the cgroup driver cgroupfs" : NULL;
	if (c->nvidia_path.know == KNOWN && !docker_runtime(d, "nvidia"))
		return "the runtime nvidia";
	if (is_u64(c->cdi_feature, 1) && docker_at_least(d, 25, 0) && !docker_takes_cdi(d))
		return "features.cdi";
	return cgroupfs ? "the cgroup driver cgroupfs" : NULL;
}

static bool comes_back(const struct container *c)
{
	return str_eq(c->restart_policy, "always") || str_eq(c->restart_policy, "unless-stopped");
}

/* "2 containers that come back by themselves (ollama, webui)"; "" where there are none. */
static const char *running(const struct planner *p, bool back)
{
	const struct docker *d = &p->facts->docker;
	const char *names = "";
	size_t n = 0;

	for (size_t i = 0; i < d->container_count; i++) {
		const struct container *c = &d->container[i];
		if (!container_runs(c) || comes_back(c) != back)
			continue;
		if (n++ < NAMES_SHOWN)
			names =
			    arena_printf(p->arena, "%s%s%s", names, *names ? ", " : "", c->name);
	}
	if (n == 0)
		return "";
	return arena_printf(p->arena, "%zu container%s that %s by %s (%s%s)", n, n == 1 ? "" : "s",
			    back ? (n == 1 ? "comes back" : "come back")
				 : (n == 1 ? "does not come back" : "do not come back"),
			    n == 1 ? "itself" : "themselves", names,
			    n > NAMES_SHOWN ? ", ..." : "");
}

static bool live_restore(struct planner *p)
{
	struct bytes text;
	struct err e = { 0 };

	if (!file_of(p, &text, &e))
		return false;
	json_auto_t *j = json_parse(text, "daemon.json", NULL);
	return json_is_true(json_object_get(j, "live-restore"));
}

/* What the restart costs. */
static const char *cost(struct planner *p)
{
	const char *back = running(p, true), *gone = running(p, false);

	if (p->facts->docker.containers_know != KNOWN)
		return "stops the containers that run, which could not be listed";
	if (!*back && !*gone)
		return "no container runs now";
	if (live_restore(p))
		return "live-restore is on: the containers run on";
	return arena_printf(p->arena, "stops %s%s%s", back, *back && *gone ? " and " : "", gone);
}

/* The engine has read the file as it stands, so a restart would not help. */
static bool was_read(const struct docker *d)
{
	return d->started_usec.know == KNOWN && d->config.mtime_sec.know == KNOWN &&
	       d->started_usec.v / 1000000 > d->config.mtime_sec.v;
}

void daemon_restart(struct planner *p)
{
	const struct docker *d = &p->facts->docker;
	const char *path = d->config.path, *idle = not_in_force(p);
	bool changes = file_step(p, path);

	if (!changes && !idle)
		return;
	if (!changes && was_read(d)) {
		struct refusal *r = planner_refuse(
		    p, "%s stands in %s, and docker, which started since, does not have it", idle,
		    path);
		refusal_shell(p, r, "systemctl cat docker.service");
		return;
	}
	if (docker_at_least(d, 23, 0))
		planner_run(p, ARGV("dockerd", "--validate", "--config-file", path),
			    "check that docker takes %s", path);
	const char *what = changes
			       ? "restart docker with the new daemon.json"
			       : arena_printf(p->arena, "restart docker: %s is not in force", idle);
	struct step *s = planner_unit(p, "restart", "docker.service", "%s", what);
	s->asks = true;
	s->why = cost(p);
}
