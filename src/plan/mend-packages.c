/* SPDX-License-Identifier: MIT */
#include "plan/mend.h"

#include <string.h>

#include "plan/made.h"

/*
 * Whoever installs packages. What a person pastes asks again; a step has its yes already, so its
 * command says so.
 */
static const struct manager {
	const char *program, *verb;
	const char *options; /* blanks between them */
	const char *run[3];  /* first words of the step's command */
	bool installs;       /* names packages */
} managers[] = {
	{ "pacman", "-S", "--needed", { "pacman", "-S", "--noconfirm" }, true },
	{ "apt", "install", "--only-upgrade --reinstall", { "apt-get", "install", "-y" }, true },
	{ "apt-get",
	  "install",
	  "--only-upgrade --reinstall",
	  { "apt-get", "install", "-y" },
	  true },
	{ "apt", "update", "", { "apt-get", "update", "-q" }, false },
	{ "apt-get", "update", "", { "apt-get", "update", "-q" }, false },
	{ "dnf", "install", "", { "dnf", "install", "-y" }, true },
};

enum { INSTALL_DEADLINE_SEC = 1800 };

/* To apt "name-" means: remove it. */
static bool is_package(const char *w)
{
	return mend_plain(w, ".+_-") && !str_ends(w, "-") && !str_ends(w, "+");
}

/* The names of the packages; NULL: a word is neither option nor package. */
static const char *packages(const struct mend *a, const struct manager *m)
{
	struct names options = str_split(a->p->arena, m->options, " ", MEND_WORDS_MAX);
	const char *out = "";

	for (size_t i = 2; i < a->word.count; i++) {
		const char *w = a->word.name[i];
		if (names_have(&options, w))
			continue;
		if (!m->installs || !is_package(w))
			return NULL;
		out = arena_printf(a->p->arena, "%s%s%s", out, *out ? ", " : "", w);
	}
	return !m->installs == !*out ? out : NULL;
}

static struct names command_of(struct mend *a, const struct manager *m)
{
	struct names out = { 0 };
	size_t room = 0;

	for (size_t i = 0; i < COUNT_OF(m->run); i++)
		names_add(a->p->arena, &out, &room, m->run[i]);
	for (size_t i = 2; i < a->word.count; i++)
		names_add(a->p->arena, &out, &room, a->word.name[i]);
	return out;
}

bool mend_packages(struct mend *a)
{
	for (const struct manager *m = managers; m < managers + COUNT_OF(managers); m++) {
		if (!mend_is(a, 0, m->program) || !mend_is(a, 1, m->verb))
			continue;
		a->why_not = made_why(a->p->facts);
		if (a->why_not)
			return false;
		const char *names = packages(a, m);
		if (!names)
			return false;
		struct step *s =
		    planner_add(a->p, STEP_PACKAGES,
				m->installs ? "install %s" : "ask for newer packages%s", names);
		s->run = (struct command){ .argv = command_of(a, m),
					   .deadline_sec = INSTALL_DEADLINE_SEC };
		s->asks = true;
		return true;
	}
	return false;
}
