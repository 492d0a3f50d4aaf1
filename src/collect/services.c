/* SPDX-License-Identifier: MIT */
/* The units that the chain stands on. org.freedesktop.systemd1(5). */
#include "collect/collect.h"

#include <errno.h>
#include <string.h>

#include "base/json.h"
#include "collect/environment.h"
#include "collect/udev.h"

enum { COMMAND_MAX = 1024, NAMES_MAX = 32 };

/* `always`: also where nothing of NVIDIA's is on the host. */
static const struct {
	const char *name;
	bool always;
} units[] = {
	{ "docker.service", true },
	{ "docker.socket", true },
	{ "ollama.service", true },
	{ "nvidia-cdi-refresh.path", false },
	{ "nvidia-cdi-refresh.service", false },
	{ "nvidia-hibernate.service", false },
	{ "nvidia-persistenced.service", false },
	{ "nvidia-resume.service", false },
	{ "nvidia-suspend.service", false },
};

static uint64_t count_of(const json_t *v)
{
	json_int_t n = json_integer_value(v);
	return n > 0 ? (uint64_t)n : 0;
}

/* ExecStart is a list of [path, [words], ...]: "a b; c d", cut where it gets long. */
static const char *command_of(struct arena *a, const json_t *commands)
{
	const char *out = "";
	for (size_t i = 0; i < json_array_size(commands); i++) {
		const json_t *words = json_array_get(json_array_get(commands, i), 1);
		const char *gap = *out ? "; " : "";
		for (size_t n = 0; n < json_array_size(words); n++) {
			const char *word = json_text(a, json_array_get(words, n));
			if (strlen(out) + strlen(word) > COMMAND_MAX)
				return out;
			out = arena_printf(a, "%s%s%s", out, gap, word);
			gap = " ";
		}
	}
	return out;
}

static struct names names_of(struct arena *a, const json_t *list)
{
	struct names out = json_texts(a, list);
	out.count = out.count < NAMES_MAX ? out.count : NAMES_MAX;
	return out;
}

/* Listen is a list of [kind, address]: streams are what a client can talk to. */
static struct names streams_of(struct arena *a, const json_t *list)
{
	struct names out = { arena_alloc(a, NAMES_MAX * sizeof(*out.name)), 0 };
	size_t i;
	json_t *v;

	json_array_foreach(list, i, v)
	{
		const char *address = json_text(a, json_array_get(v, 1));
		if (out.count < NAMES_MAX && *address &&
		    str_eq(json_string_value(json_array_get(v, 0)), "Stream"))
			out.name[out.count++] = str_clean(a, address, strlen(address), COMMAND_MAX);
	}
	return out;
}

static void fill(struct arena *a, struct unit *u, const json_t *j)
{
	u->load = json_text(a, json_object_get(j, "LoadState"));
	if (!*u->load || str_eq(u->load, "not-found")) {
		u->know = *u->load ? ABSENT : UNREADABLE;
		return;
	}
	u->know = KNOWN;
	u->active = json_text(a, json_object_get(j, "ActiveState"));
	u->sub = json_text(a, json_object_get(j, "SubState"));
	u->file_state = json_text(a, json_object_get(j, "UnitFileState"));
	u->result = json_text(a, json_object_get(j, "Result"));
	u->exec_start = command_of(a, json_object_get(j, "ExecStart"));
	u->listen = streams_of(a, json_object_get(j, "Listen"));
	u->wanted_by = names_of(a, json_object_get(j, "WantedBy"));
	u->restarts = count_of(json_object_get(j, "NRestarts"));
	/* systemd keeps the time of the last start also while the unit is down. */
	if (str_eq(u->active, "active"))
		u->active_since_usec = count_of(json_object_get(j, "ActiveEnterTimestamp"));
}

/* [path, may be missing], or a pattern of many files. False: what it holds cannot be told. */
static bool add_file(struct facts *f, struct host *h, struct names *to, const json_t *file)
{
	const char *path = json_text(f->arena, json_array_get(file, 0));
	struct bytes text;

	if (*path != '/' || path[strcspn(path, "*?[")])
		return false;
	int r = host_read(h, f->arena, path, &text, NULL);
	if (r == 0)
		environment_put_file(f->arena, to, text);
	return r == 0 || (r == -ENOENT && json_is_true(json_array_get(file, 1)));
}

/* systemd.exec(5): what stands in files comes last, and so has the last word. */
static void read_environment(struct facts *f, struct host *h, struct unit *u, const json_t *j)
{
	const json_t *files = json_object_get(j, "EnvironmentFiles");

	u->environment = environment_new(f->arena);
	environment_put_all(f->arena, &u->environment, json_object_get(j, "Environment"));
	for (size_t i = 0; i < json_array_size(files); i++)
		if (i == NAMES_MAX || !add_file(f, h, &u->environment, json_array_get(files, i))) {
			u->environment.count = 0;
			return;
		}
}

static struct unit unit_named(const char *name, enum know know)
{
	return (struct unit){ .name = name,
			      .know = know,
			      .load = "",
			      .active = "",
			      .sub = "",
			      .file_state = "",
			      .result = "",
			      .exec_start = "" };
}

static const char *question_of(struct arena *a, const char *name)
{
	return arena_printf(a, "unit/%s", name);
}

/* Whether systemd answered, be it that there is no such unit. */
static bool ask_unit(struct facts *f, struct host *h, const char *name, struct unit *ret)
{
	struct bytes answer;
	const char *question = question_of(f->arena, name);
	int r = host_ask(h, f->arena, SOURCE_SYSTEMD, question, &answer, NULL);

	*ret = unit_named(name, r < 0 ? know_of_errno(r) : UNREADABLE);
	if (r < 0)
		return false;
	json_auto_t *json = json_parse(answer, name, NULL);
	fill(f->arena, ret, json);
	read_environment(f, h, ret, json);
	return ret->know != UNREADABLE;
}

static bool has_nvidia(const struct facts *f)
{
	return f->pci.chosen || f->pci.gpu_count > 0 || is_u64(f->driver.nvidia_loaded, 1) ||
	       f->kernel.userland_version.know == KNOWN;
}

void expect_services(struct facts *f, struct host *h)
{
	struct names all = { arena_alloc(f->arena, COUNT_OF(units) * sizeof(*all.name)), 0 };

	for (size_t i = 0; i < COUNT_OF(units); i++)
		if (units[i].always || has_nvidia(f))
			all.name[all.count++] = question_of(f->arena, units[i].name);
	host_expect(h, SOURCE_SYSTEMD, &all);
}

#define PERSISTENCED "nvidia-persistenced"

/* Of a command: "/usr/bin/systemctl --no-block start nvidia-persistenced.service". */
static bool starts_by_command(const char *command)
{
	return strstr(command, PERSISTENCED) && strstr(command, "systemctl") &&
	       strstr(command, "start ");
}

/* udev(7), systemd.device(5): a device that wants the unit, or a command that starts it. */
static bool starts_persistenced(const struct udev_part *p)
{
	if (!udev_assigns(p))
		return false;
	if (str_starts(p->key, "RUN"))
		return starts_by_command(p->value);
	return str_eq(p->key, "ENV{SYSTEMD_WANTS}") && strstr(p->value, PERSISTENCED ".service");
}

/* The rules are many files: they are read only where they are the last that may start it. */
static void look_for_rule(struct facts *f, struct host *h)
{
	struct services *s = &f->services;
	const struct unit *u = services_unit(s, PERSISTENCED ".service");

	if (u && u->know == KNOWN && str_eq(u->active, "active") && unit_starts_by_hand(u))
		s->udev_starts = udev_has(f->arena, h, PERSISTENCED, starts_persistenced);
}

/*
 * Who answered for one unit answers for all: systemd is here. Who refused or
 * was silent once is not asked again, so that a PID 1 that hangs costs one
 * deadline and not eight. Only "not there" is asked on, since a recording may
 * have kept some units and not others.
 */
void collect_services(struct facts *f, struct host *h)
{
	struct services *s = &f->services;
	bool all = has_nvidia(f);
	enum know failed = NOT_LOOKED;

	s->know = ABSENT;
	s->unit = arena_alloc(f->arena, COUNT_OF(units) * sizeof(*s->unit));
	for (size_t i = 0; i < COUNT_OF(units); i++) {
		if (!units[i].always && !all)
			continue;
		struct unit *u = &s->unit[s->unit_count++];
		if (failed != NOT_LOOKED)
			*u = unit_named(units[i].name, failed);
		else if (ask_unit(f, h, units[i].name, u))
			s->know = KNOWN;
		else if (u->know != ABSENT)
			failed = u->know;
	}
	if (s->know != KNOWN && failed != NOT_LOOKED)
		s->know = failed;
	look_for_rule(f, h);
}
