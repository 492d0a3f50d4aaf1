/* SPDX-License-Identifier: MIT */
#include "plan/remedy.h"

#include <string.h>

#include "plan/held.h"
#include "plan/mend.h"
#include "plan/person.h"
#include "plan/reader.h"

static const char look_at[] = "look at what this shows";

/* A remedy being read, line by line. */
struct reading {
	struct planner *p;
	const struct cause *cause;
	struct held held;
	size_t from;     /* the first of its steps */
	bool is_persons; /* a person's turn came: the rest may need what is done there */
	bool installs;
	const char *remark;  /* goes with the next step */
	const char *comment; /* the line before, if it was one and became a step */
	bool gathers;        /* the last step takes in lines that look, too */
};

bool mend_is(const struct mend *a, size_t n, const char *word)
{
	return n < a->word.count && str_eq(a->word.name[n], word);
}

bool mend_plain(const char *text, const char *also)
{
	static const char letters[] =
	    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

	if (!*text || !strchr(letters, *text))
		return false;
	while (*text && (strchr(letters, *text) || strchr(also, *text)))
		text++;
	return !*text;
}

/* The words of a command without any shell in it; none where there is some, or too much. */
static struct names plain_words(struct arena *a, const char *command)
{
	struct names words = str_split(a, command, " ", MEND_WORDS_MAX);

	if (words.count == MEND_WORDS_MAX)
		return (struct names){ 0 };
	for (size_t i = 0; i < words.count; i++)
		if (str_quoted(a, words.name[i]) != words.name[i])
			return (struct names){ 0 };
	if (words.count && str_eq(words.name[0], "sudo")) {
		words.name++;
		words.count--;
	}
	return words;
}

static struct step *last_step(const struct reading *r)
{
	struct plan *plan = r->p->plan;
	return plan->count > r->from ? &plan->step[plan->count - 1] : NULL;
}

/* What the steps of one command have in common. */
static bool finish(struct reading *r, size_t from, const char *line, const char **why_not)
{
	struct plan *plan = r->p->plan;

	for (struct step *s = plan->step + from; s < plan->step + plan->count; s++) {
		if (held_back(r->p, &r->held, s)) {
			*why_not = r->held.why;
			return false;
		}
		if (!s->shell.count)
			step_shell(r->p, s, "%s", line);
		s->unattended = s->unattended && !s->asks && r->cause->unattended;
		if (r->remark && !*s->why)
			s->why = r->remark;
		r->installs |= s->kind == STEP_PACKAGES;
	}
	r->remark = NULL;
	return true;
}

static bool one_command(struct reading *r, const char *line, const char **why_not)
{
	struct mend a = { .p = r->p, .line = line, .installs = r->installs };
	size_t from = r->p->plan->count;

	a.word = plain_words(r->p->arena, line);
	bool done = a.word.count && (mend_tool(&a) || mend_packages(&a) || mend_unit(&a) ||
				     mend_container(&a) || mend_enclosure(&a));
	*why_not = a.why_not;
	return done && finish(r, from, line, why_not);
}

/* Commands that follow one another, "a && b": steps do so too. All of them, or none. */
static bool run_line(struct reading *r, const char *line, const char **why_not)
{
	static const char then[] = " && ";
	struct plan *plan = r->p->plan;
	size_t count = plan->count, refusals = plan->refusal_count;
	bool done = true;

	for (const char *end; done && line; line = end ? end + strlen(then) : NULL) {
		end = strstr(line, then);
		size_t size = end ? (size_t)(end - line) : strlen(line);
		done = one_command(r, str_ndup(r->p->arena, line, size), why_not);
	}
	if (!done) {
		plan->count = count;
		plan->refusal_count = refusals;
	}
	return done;
}

/* A comment's text as a sentence: without its mark and its full stop. */
static const char *sentence_of(struct arena *a, const char *comment)
{
	size_t size = strlen(++comment);
	char *out = str_trim(a, comment, size);

	size = strlen(out);
	if (size && !str_ends(out, "...") && strchr(".:", out[size - 1]))
		out[size - 1] = '\0';
	return *out ? out : "see the lines around this one";
}

/* Advice for hosts that are otherwise. */
static bool is_for_others(const struct planner *p, const char *comment)
{
	return str_starts(comment, "# without boltd") && p->facts->thunderbolt.bolt_know == KNOWN;
}

static void take_comment(struct reading *r, const char *line)
{
	struct planner *p = r->p;
	struct step *s = last_step(r);

	if (is_for_others(p, line))
		return;
	if (person_remark(line)) {
		r->remark = sentence_of(p->arena, line);
		return;
	}
	if (s && r->comment && person_goes_on(r->comment, line)) {
		bool colon = str_ends(r->comment, ":");
		s->what = arena_printf(p->arena, "%s%s %s", s->what, colon ? ":" : "",
				       sentence_of(p->arena, line));
	} else {
		s = planner_add(p, STEP_PERSON, "%s", sentence_of(p->arena, line));
	}
	if (person_when(s->what) > s->when)
		s->when = person_when(s->what);
	r->comment = line;
	r->gathers = false;
	r->is_persons = true;
}

/* To the comment that announces it, to other lines that look, or a step of its own. */
static void leave_line(struct reading *r, const char *line, const char *why_not)
{
	struct planner *p = r->p;
	bool look = person_looks(line);
	struct step *s = last_step(r);
	bool is_held = held_line(&r->held, line) || (why_not && why_not == r->held.why);
	bool announced = r->comment && str_ends(r->comment, ":");
	bool joins = s && !is_held && (announced || (look && r->gathers));

	if (!joins) {
		s = planner_add(p, STEP_PERSON, "%s", look ? look_at : person_sentence(line));
		s->what = look ? look_at : s->what;
		s->why = why_not ? why_not : "";
		s->when = look ? WHEN_NOW : person_when(s->what);
	}
	step_shell(p, s, "%s", line);
	if (is_held)
		held_keep(p, &r->held, s);
	r->is_persons |= !look;
	r->gathers = look && !is_held;
	r->comment = NULL;
}

static void take_line(struct reading *r, const char *line)
{
	const char *why_not = NULL;

	if (*line == '#') {
		take_comment(r, line);
		return;
	}
	if (person_looks(line) || r->is_persons || !run_line(r, line, &why_not)) {
		leave_line(r, line, why_not);
		return;
	}
	r->comment = NULL;
	r->gathers = false;
}

static bool only_looks_left(const struct reading *r)
{
	const struct plan *plan = r->p->plan;
	bool acts = false;

	for (size_t i = r->from; i < plan->count; i++) {
		if (plan->step[i].kind == STEP_PERSON && plan->step[i].what != look_at)
			return false;
		acts |= plan->step[i].kind != STEP_PERSON;
	}
	return acts;
}

/* Whoever carries it out looks again afterwards. */
static void drop_looks(struct reading *r)
{
	struct plan *plan = r->p->plan;
	size_t to = r->from;

	for (size_t i = r->from; i < plan->count; i++)
		if (plan->step[i].what != look_at)
			plan->step[to++] = plan->step[i];
	plan->count = to;
}

/* What is done before a reboot counts from then on. */
static void count_from_reboot(struct reading *r)
{
	struct plan *plan = r->p->plan;
	enum step_when when = WHEN_NOW;

	for (size_t i = plan->count; i-- > r->from;) {
		struct step *s = &plan->step[i];
		if (s->kind == STEP_PERSON && s->when > when)
			when = s->when;
		else if (s->kind == STEP_PACKAGES || s->kind == STEP_RUN)
			s->when = when > s->when ? when : s->when;
	}
}

void remedy_plan(struct planner *p, const struct cause *c, const char *subject)
{
	struct reading r = {
		.p = p, .cause = c, .held = held_of(p->facts), .from = p->plan->count
	};
	/* No name of a thing begins so, but an option does. */
	if (*subject == '-')
		subject = "";
	const struct cause_reader to = reader_of(p->arena, p->facts, subject);
	for (size_t i = 0; c->remedy[i]; i++) {
		const char *line = cause_line(p->arena, c->remedy[i], &to);
		if (line && *line)
			take_line(&r, line);
	}
	if (only_looks_left(&r))
		drop_looks(&r);
	count_from_reboot(&r);
	if (p->plan->count > r.from)
		return;
	struct step *s = planner_add(p, STEP_PERSON, "see which one it is about: %s", c->title);
	step_shell(p, s, "egpu check --link %s", c->link);
}
