/* SPDX-License-Identifier: MIT */
#include "plan/mend.h"

#include <string.h>

#include "plan/made.h"

static const char *const known_units[] = {
	"bolt.service",
	"docker.service",
	"nvidia-cdi-refresh.path",
	"nvidia-cdi-refresh.service",
	"nvidia-fabricmanager.service",
	"nvidia-hibernate.service",
	"nvidia-persistenced.service",
	"nvidia-resume.service",
	"nvidia-suspend.service",
	"ollama.service",
};

/* What `systemctl VERB` does, in steps; "--now" adds a second one. */
static const struct unit_verb {
	const char *verb, *now;
	const char *before, *after; /* the unit's name, for people */
	bool harmless;
} verbs[] = {
	{ "start", NULL, "start", "", true },
	{ "stop", NULL, "stop", "", false },
	{ "restart", NULL, "restart", "", true },
	{ "enable", "start", "start", " at every boot", true },
	{ "disable", "stop", "keep", " from starting at boot", false },
	{ "unmask", NULL, "take the mask off", "", false },
	{ "reset-failed", NULL, "forget the failed starts of", "", true },
};

/* With its suffix; NULL: a unit that egpu leaves alone. */
static const char *unit_name(const struct mend *a, const char *word)
{
	const char *name = strchr(word, '.') ? word : arena_printf(a->p->arena, "%s.service", word);

	for (size_t i = 0; i < COUNT_OF(known_units); i++)
		if (str_eq(name, known_units[i]))
			return known_units[i];
	return NULL;
}

static bool ends_containers(const char *verb, const char *name)
{
	return str_eq(name, "docker.service") && (str_eq(verb, "restart") || str_eq(verb, "stop"));
}

static void tell_what_docker_ends(const struct planner *p, struct step *s)
{
	const char *running = mend_running(p, false, &s->unit.containers);

	if (p->facts->docker.containers_know != KNOWN)
		s->why = "this stops every container that runs";
	else
		s->why = *running ? arena_printf(p->arena, "this stops %s", running)
				  : "no container runs";
}

static void add_unit(struct mend *a, const struct unit_verb *v, const char *verb, const char *name)
{
	struct planner *p = a->p;
	bool second = verb == v->now;
	struct step *s = planner_add(p, STEP_UNIT, "%s %s%s", second ? verb : v->before, name,
				     second ? "" : v->after);

	s->unit = (struct unit_change){ .verb = verb, .name = name };
	s->unattended = v->harmless && !ends_containers(verb, name);
	if (!ends_containers(verb, name))
		return;
	s->asks = true;
	tell_what_docker_ends(p, s);
}

/* systemd takes notice of an unmasked unit only so; device rules of containers are written anew. */
static void add_reload(struct mend *a)
{
	struct planner *p = a->p;
	unsigned count;
	const char *gpu = mend_running(p, true, &count);
	struct step *s = planner_add(p, STEP_UNIT, "let systemd read its units again");

	s->unit = (struct unit_change){ .verb = "daemon-reload", .name = "" };
	if (!*gpu)
		return;
	s->asks = true;
	s->why = arena_printf(p->arena, "may take the GPU away from %s until a restart", gpu);
}

static bool is_masked(const struct planner *p, const char *name)
{
	static const char *const dirs[] = { "/etc/systemd/system", "/run/systemd/system" };
	const struct unit *u = services_unit(&p->facts->services, name);

	if (u && u->know == KNOWN)
		return str_eq(u->load, "masked") || str_eq(u->file_state, "masked");
	for (size_t i = 0; i < COUNT_OF(dirs); i++) {
		const char *path = arena_printf(p->arena, "%s/%s", dirs[i], name);
		struct host_stat st;
		if (host_stat(p->host, p->arena, path, &st, NULL) == 0 && st.type == STAT_LINK &&
		    str_eq(st.target, "/dev/null"))
			return true;
	}
	return false;
}

/* Why systemd cannot be told that of this unit, or NULL. */
static const char *hindrance(const struct mend *a, const char *verb, const char *name)
{
	if (made_by_nixos(a->p->facts) &&
	    (str_eq(verb, "enable") || str_eq(verb, "disable") || str_eq(verb, "unmask")))
		return "NixOS says in its configuration what systemd starts";
	if (str_eq(name, "docker.service") && a->p->facts->docker.rootless)
		return "the engine here is a user's own: systemctl --user knows it";
	if (a->installs || !services_lack(&a->p->facts->services, name))
		return NULL;
	return arena_printf(a->p->arena, "systemd has no %s here", name);
}

static bool one_unit(struct mend *a, const struct unit_verb *v, const char *word, bool now)
{
	const char *name = unit_name(a, word);

	if (!name)
		return false;
	const char *why_not = hindrance(a, v->verb, name);
	if (why_not) {
		/* Of several units those that there are. */
		a->why_not = why_not;
		return a->word.count > 3;
	}
	if (str_eq(v->verb, "unmask") && !is_masked(a->p, name))
		return true;
	add_unit(a, v, v->verb, name);
	if (now)
		add_unit(a, v, v->now, name);
	return true;
}

static const struct unit_verb *verb_of(const struct mend *a)
{
	for (size_t i = 0; i < COUNT_OF(verbs); i++)
		if (mend_is(a, 1, verbs[i].verb))
			return &verbs[i];
	return NULL;
}

/* Takes a flag out of the words. */
static bool take(struct names *words, const char *flag)
{
	for (size_t i = 2; i < words->count; i++)
		if (str_eq(words->name[i], flag)) {
			memmove(&words->name[i], &words->name[i + 1],
				(--words->count - i) * sizeof(*words->name));
			return true;
		}
	return false;
}

/*
 * Without --no-reload systemctl has systemd read all units again after it enabled one. Its D-Bus
 * methods don't, and a unit that was loaded before needs it not.
 */
bool mend_unit(struct mend *a)
{
	if (!mend_is(a, 0, "systemctl"))
		return false;
	if (mend_is(a, 1, "daemon-reload") && a->word.count == 2) {
		add_reload(a);
		return true;
	}
	const struct unit_verb *v = verb_of(a);
	bool now = v && v->now && take(&a->word, "--now");
	bool quiet = v && v->now && take(&a->word, "--no-reload");
	size_t from = a->p->plan->count;
	if (!v || a->word.count < 3)
		return false;
	for (size_t i = 2; i < a->word.count; i++)
		if (!one_unit(a, v, a->word.name[i], now))
			return false;
	if (a->p->plan->count == from && a->why_not)
		return false;
	if (str_eq(v->verb, "unmask") && a->p->plan->count > from)
		add_reload(a);
	if (a->p->plan->count - from < 2)
		return true;
	for (struct step *s = a->p->plan->step + from; s < a->p->plan->step + a->p->plan->count;
	     s++)
		step_shell(a->p, s, "sudo systemctl %s%s%s%s", s->unit.verb,
			   quiet && str_eq(s->unit.verb, "enable") ? " --no-reload" : "",
			   *s->unit.name ? " " : "", s->unit.name);
	return true;
}
