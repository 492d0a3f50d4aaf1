/* SPDX-License-Identifier: MIT */
#include "plan/plan.h"

#include <errno.h>
#include <string.h>

#include "plan/made.h"

static struct step *file_step(struct planner *p, const char *path)
{
	for (size_t i = 0; i < p->plan->count; i++)
		if (p->plan->step[i].kind == STEP_FILE && str_eq(p->plan->step[i].file.path, path))
			return &p->plan->step[i];
	return NULL;
}

int planner_read(struct planner *p, const char *path, struct bytes *ret, struct err *e)
{
	const struct step *s = file_step(p, path);

	if (!s)
		return host_read(p->host, p->arena, path, ret, e);
	if (s->file.removed)
		return err_set(e, -ENOENT, "read %s", path);
	*ret = s->file.after;
	return 0;
}

bool planner_has(struct planner *p, const char *path)
{
	const struct step *s = file_step(p, path);
	struct host_stat st;

	return s ? !s->file.removed : host_stat(p->host, p->arena, path, &st, NULL) == 0;
}

static struct step *add(struct planner *p, enum step_kind kind, const char *what)
{
	struct plan *plan = p->plan;

	if (plan->count == STEPS_MAX) {
		planner_refuse(p, "more steps than a plan has: %s", what);
		return arena_alloc(p->arena, sizeof(struct step));
	}
	struct step *s = &plan->step[plan->count++];
	*s = (struct step){ .kind = kind, .theme = p->theme, .what = what, .why = "" };
	return s;
}

#define FORMATTED(p, fmt, ret)                                                                     \
	do {                                                                                       \
		va_list ap;                                                                        \
		va_start(ap, fmt);                                                                 \
		ret = arena_vprintf((p)->arena, fmt, ap);                                          \
		va_end(ap);                                                                        \
	} while (0)

struct step *planner_add(struct planner *p, enum step_kind kind, const char *fmt, ...)
{
	const char *what;
	FORMATTED(p, fmt, what);
	return add(p, kind, what);
}

static bool same_bytes(struct bytes a, struct bytes b)
{
	return a.size == b.size && memcmp(a.data, b.data, a.size) == 0;
}

/* The step of that file, new where there is none yet; NULL: the file cannot be read. */
static struct step *change(struct planner *p, const char *path, const char *what)
{
	struct err e = { 0 };
	struct bytes before = { "", 0 };
	struct step *s = file_step(p, path);

	if (s)
		return s;
	int r = host_read(p->host, p->arena, path, &before, &e);
	if (r < 0 && r != -ENOENT) {
		planner_refuse(p, "%s", e.text);
		return NULL;
	}
	s = add(p, STEP_FILE, what);
	s->file = (struct file_change){ .path = path, .existed = r == 0, .before = before };
	return s;
}

/* A step that came to nothing is taken back. */
static struct step *unless_same(struct planner *p, struct step *s)
{
	const struct file_change *f = &s->file;
	bool same = f->removed ? !f->existed : f->existed && same_bytes(f->before, f->after);

	if (!same)
		return s;
	size_t at = (size_t)(s - p->plan->step);
	p->plan->count--;
	memmove(s, s + 1, (p->plan->count - at) * sizeof(*s));
	return NULL;
}

/* What a second change of the same file adds is told, too. */
static void tell(struct planner *p, struct step *s, const char *what)
{
	if (s->what != what && !strstr(s->what, what))
		s->what = arena_printf(p->arena, "%s; %s", s->what, what);
}

struct step *planner_write(struct planner *p, const char *path, const char *text, const char *fmt,
			   ...)
{
	const char *what;
	FORMATTED(p, fmt, what);
	struct step *s = made_file(p, path, text) ? NULL : change(p, path, what);

	if (!s)
		return NULL;
	s->file.removed = false;
	s->file.after = bytes_of(text);
	tell(p, s, what);
	return unless_same(p, s);
}

struct step *planner_remove(struct planner *p, const char *path, const char *fmt, ...)
{
	const char *what;
	FORMATTED(p, fmt, what);
	struct step *s = change(p, path, what);

	if (!s)
		return NULL;
	s->file.removed = true;
	s->file.after = (struct bytes){ "", 0 };
	tell(p, s, what);
	return unless_same(p, s);
}

static struct names words_of(struct arena *a, const char *const *argv)
{
	struct names out = { 0 };
	size_t room = 0;

	for (; *argv; argv++)
		names_add(a, &out, &room, *argv);
	return out;
}

static const char *command_line(struct arena *a, const struct names *argv)
{
	const char *out = "";
	for (size_t i = 0; i < argv->count; i++)
		out = arena_printf(a, "%s%s%s", out, *out ? " " : "", str_quoted(a, argv->name[i]));
	return out;
}

struct step *planner_run(struct planner *p, const char *const *argv, const char *fmt, ...)
{
	struct names words = words_of(p->arena, argv);
	struct plan *plan = p->plan;
	const char *what;
	FORMATTED(p, fmt, what);

	for (size_t i = 0; i < plan->count; i++)
		if (plan->step[i].kind == STEP_RUN && names_eq(&plan->step[i].run.argv, &words)) {
			plan->count--;
			memmove(&plan->step[i], &plan->step[i + 1],
				(plan->count - i) * sizeof(*plan->step));
		}
	struct step *s = add(p, STEP_RUN, what);
	s->run.argv = words;
	step_shell(p, s, "sudo %s", command_line(p->arena, &words));
	return s;
}

/* systemctl would have systemd read all units again, which takes the GPU from containers. */
static bool reloads(const char *verb)
{
	return str_eq(verb, "enable") || str_eq(verb, "disable");
}

const char *container_verb(const struct container_change *c)
{
	return c->verb ? c->verb : "restart";
}

const char *unit_line(struct arena *a, const struct unit_change *u)
{
	return arena_printf(a, "systemctl %s%s%s%s", u->verb,
			    reloads(u->verb) ? " --no-reload" : "", *u->name ? " " : "", u->name);
}

const char *container_line(struct arena *a, const struct container_change *c)
{
	return arena_printf(a, "docker %s %s", container_verb(c),
			    str_quoted(a, c->name ? c->name : c->id));
}

static const struct {
	const char *verb, *path, *value;
} device_verbs[] = {
	{ "remove", "/sys/bus/pci/devices/%s/remove", "1" },
	{ "rescan", "/sys/bus/pci/rescan", "1" },
	{ "deauthorize", "/sys/bus/thunderbolt/devices/%s/authorized", "0" },
	{ "authorize", "/sys/bus/thunderbolt/devices/%s/authorized", "1" },
};

static size_t device_verb(const struct device_change *d)
{
	size_t i = 0;
	while (i < COUNT_OF(device_verbs) && !str_eq(d->verb, device_verbs[i].verb))
		i++;
	return i;
}

/* "0000:22:00.0", "0-1": nothing that leads elsewhere. */
static bool is_device_name(const char *s)
{
	return s && strspn(s, "0123456789abcdef:.-") == strlen(s) && *s && *s != '.';
}

const char *device_path(struct arena *a, const struct device_change *d)
{
	size_t i = device_verb(d);

	if (i == COUNT_OF(device_verbs) || !is_device_name(d->name))
		return NULL;
	const char *path = device_verbs[i].path, *gap = strstr(path, "%s");
	return gap ? arena_printf(a, "%.*s%s%s", (int)(gap - path), path, d->name, gap + 2) : path;
}

const char *device_value(const struct device_change *d)
{
	size_t i = device_verb(d);
	return i < COUNT_OF(device_verbs) ? device_verbs[i].value : "";
}

const char *device_line(struct arena *a, const struct device_change *d)
{
	const char *path = device_path(a, d);
	return arena_printf(a, "echo %s | sudo tee %s", device_value(d), path ? path : "?");
}

struct step *planner_unit(struct planner *p, const char *verb, const char *name, const char *fmt,
			  ...)
{
	const char *what;
	FORMATTED(p, fmt, what);
	struct step *s = add(p, STEP_UNIT, what);

	s->unit = (struct unit_change){ .verb = verb, .name = name };
	step_shell(p, s, "sudo %s", unit_line(p->arena, &s->unit));
	made_unit(p, s);
	return s;
}

void step_shell(struct planner *p, struct step *s, const char *fmt, ...)
{
	const char *line;
	FORMATTED(p, fmt, line);
	size_t room = s->shell.count;
	names_add(p->arena, &s->shell, &room, line);
}

struct refusal *planner_refuse(struct planner *p, const char *fmt, ...)
{
	struct plan *plan = p->plan;
	const char *text;
	FORMATTED(p, fmt, text);

	for (size_t i = 0; i < plan->refusal_count; i++)
		if (str_eq(plan->refusal[i].text, text))
			return &plan->refusal[i];
	if (plan->refusal_count == REFUSALS_MAX)
		return arena_alloc(p->arena, sizeof(struct refusal));
	struct refusal *r = &plan->refusal[plan->refusal_count++];
	*r = (struct refusal){ .theme = p->theme, .text = text };
	return r;
}

void refusal_shell(struct planner *p, struct refusal *r, const char *fmt, ...)
{
	const char *line;
	FORMATTED(p, fmt, line);
	size_t room = r->shell.count;
	names_add(p->arena, &r->shell, &room, line);
}

/* Packages first, files next, then what reads them, and the tools that build from them. */
static unsigned rank(const struct step *s)
{
	switch (s->kind) {
	case STEP_PACKAGES:
		return 0;
	case STEP_FILE:
		return 1;
	case STEP_RUN:
	case STEP_UNIT:
	case STEP_ENCLOSURE:
	case STEP_CONTAINER:
	case STEP_PROCESS:
	case STEP_DEVICE:
		return 2;
	case STEP_PERSON:
		return 3;
	}
	return 3;
}

void plan_order(struct plan *p)
{
	for (size_t i = 1; i < p->count; i++) {
		struct step s = p->step[i];
		size_t n = i;
		for (; n > 0 && rank(&p->step[n - 1]) > rank(&s); n--)
			p->step[n] = p->step[n - 1];
		p->step[n] = s;
	}
}
