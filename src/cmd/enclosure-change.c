/* SPDX-License-Identifier: MIT */
/* One device is authorised, enrolled or forgotten, after a person has seen which it is. */
#include "cmd/enclosure.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "apply/apply.h"
#include "base/term.h"

struct change {
	const struct enclosure_options *o;
	struct facts *facts;
	struct enclosure_rows rows;
	const struct enclosure_row *row;
};

static int refuse(const char *text)
{
	fprintf(stderr, "egpu: %s\n", text);
	return EXIT_REFUSED;
}
#define REFUSE(c, ...) refuse(arena_printf((c)->facts->arena, __VA_ARGS__))

static struct enclosure_view view_of(const struct change *c)
{
	return (struct enclosure_view){
		.facts = c->facts,
		.rows = &c->rows,
		.colour = term_colour(stderr),
		.columns = term_columns(stderr),
		.version = EGPU_VERSION,
	};
}

static bool is_uuid(const char *s)
{
	static const char form[] = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";

	for (size_t i = 0; i < sizeof(form); i++)
		if (form[i] == 'x' ? !strchr("0123456789abcdefABCDEF", s[i]) || !s[i]
				   : s[i] != form[i])
			return false;
	return true;
}

/* What looks like a UUID is none of the names: a device may call itself by another's UUID. */
static bool is_meant(const struct enclosure_row *r, const char *what)
{
	if (is_uuid(what))
		return strcasecmp(r->uuid, what) == 0;
	return strcasecmp(r->uuid, what) == 0 || strcasecmp(r->name, what) == 0 ||
	       strcasecmp(r->model, what) == 0;
}

/* Two boxes of one kind have one name: then only the UUID tells. */
static int choose(struct change *c)
{
	const char *what = str_clean(c->facts->arena, c->o->what, strlen(c->o->what), 80);

	for (size_t i = 0; i < c->rows.count; i++) {
		const struct enclosure_row *r = &c->rows.row[i];
		if (!is_meant(r, c->o->what))
			continue;
		if (c->row)
			return REFUSE(c, "'%s' is more than one device: %s and %s; give the UUID",
				      what, c->row->uuid, r->uuid);
		c->row = r;
	}
	if (!c->row)
		return REFUSE(c, "no device '%s' is known here; these are:\n  egpu enclosure list",
			      what);
	if (!is_uuid(c->row->uuid))
		return REFUSE(c, "%s has no UUID that boltd would know", c->row->name);
	return 0;
}

static bool is_forget(const struct change *c)
{
	return str_eq(c->o->verb, "forget");
}

/* What a person needs to know before saying yes. */
static void warn(const struct change *c)
{
	const unsigned columns = term_columns(stderr);
	const char *text =
	    "Whether an IOMMU keeps it from the memory of this computer is not known: "
	    "take it that none does, and that it can read all of it. Only for a device "
	    "that you trust.";

	if (is_forget(c)) {
		term_wrap(stderr,
			  "Forgotten, it stays as it is until it is unplugged, and then has to be "
			  "authorised again.",
			  "", columns);
		return;
	}
	if (is_u64(c->row->iommu, 1))
		text = "The IOMMU keeps it to the memory that its drivers give it. Still only for "
		       "a device "
		       "that you trust.";
	if (is_u64(c->row->iommu, 0))
		text = "No IOMMU protects this computer: it can read and change all of its memory, "
		       "passwords and keys too. Only for a device that you trust.";
	term_wrap(stderr,
		  arena_printf(c->facts->arena,
			       "A Thunderbolt device has direct access to "
			       "memory (DMA). %s",
			       text),
		  "", columns);
	if (str_eq(c->o->policy, "iommu") && is_u64(c->row->iommu, 0))
		term_wrap(stderr,
			  "By the policy iommu boltd authorises only where the IOMMU protects: "
			  "here it will not.",
			  "", columns);
}

static const char *question(const struct change *c)
{
	struct arena *a = c->facts->arena;

	if (is_forget(c))
		return arena_printf(a, "Forget %s?", c->row->name);
	if (str_eq(c->o->verb, "authorize"))
		return arena_printf(a, "Authorise %s until it is unplugged?", c->row->name);
	if (c->o->policy)
		return arena_printf(a, "Enrol %s with the policy %s?", c->row->name, c->o->policy);
	return arena_printf(a, "Enrol %s, to be authorised at every connection?", c->row->name);
}

static int no_terminal(const struct change *c)
{
	const char *policy = c->o->policy;

	return REFUSE(c,
		      "no terminal to ask on, and a name is what a device says of itself; if it is "
		      "this one:\n  egpu enclosure %s %s%s%s",
		      c->o->verb, c->row->uuid, policy ? " --policy " : "", policy ? policy : "");
}

/* A script may say it by the UUID: a name any device can give itself. */
static int agree(const struct change *c)
{
	const struct enclosure_view v = view_of(c);
	bool yes = false;

	enclosure_text_row(stderr, &v, c->row);
	warn(c);
	int r = term_ask(question(c), &yes);
	if (r == -ENOTTY)
		return is_uuid(c->o->what) ? 0 : no_terminal(c);
	return yes ? 0 : REFUSE(c, "nothing was done");
}

/* True: there is nothing to do, and that was said. */
static bool is_done(const struct change *c)
{
	const struct enclosure_row *r = c->row;
	const char *text = NULL;

	if (str_eq(c->o->verb, "authorize") && is_u64(r->authorized, 1))
		text = "is authorised already";
	if (is_forget(c) && !r->stored)
		text = "is not stored: there is nothing to forget";
	if (str_eq(c->o->verb, "enroll") && r->stored &&
	    (is_u64(r->authorized, 1) || !*r->router) &&
	    (!c->o->policy || str_eq(c->o->policy, r->policy)))
		text = arena_printf(c->facts->arena, "is enrolled already, with the policy %s",
				    r->policy);
	if (text)
		printf("%s %s.\n", r->name, text);
	return text;
}

static int act(const struct change *c, struct env *env)
{
	const struct apply_to to = { .docker = env->host.docker, .command = "egpu enclosure" };
	const struct step s = {
		.kind = STEP_ENCLOSURE,
		.what = c->o->verb,
		.enclosure = { c->o->verb, c->row->uuid, c->row->name, c->o->policy },
	};
	struct err said = { 0 };

	return apply_act(&to, c->facts->arena, &s, &said) < 0 ? refuse(said.text) : 0;
}

/* What came of it, by a look of its own. */
static void prove(const struct change *c, struct host *h)
{
	struct facts *f = arena_alloc(c->facts->arena, sizeof(*f));

	f->arena = c->facts->arena;
	const struct enclosure_rows rows = enclosure_look(h, f);
	for (size_t i = 0; i < rows.count; i++)
		if (str_eq(rows.row[i].uuid, c->row->uuid)) {
			printf("%s: %s.\n", rows.row[i].name,
			       enclosure_state(f->arena, &rows.row[i]));
			return;
		}
	printf("%s is not known any more.\n", c->row->name);
}

int enclosure_change(const struct enclosure_options *o, struct env *env, struct host *h,
		     struct err *e)
{
	ARENA arena = { 0 };
	struct change c = { .o = o, .facts = arena_alloc(&arena, sizeof(*c.facts)) };
	int r;

	(void)e;
	c.facts->arena = &arena;
	c.rows = enclosure_look(h, c.facts);
	if (c.facts->thunderbolt.bolt_know != KNOWN) {
		const struct enclosure_view v = view_of(&c);
		enclosure_text_bolt(stderr, &v);
		return REFUSE(&c, "%s needs boltd; nothing was done", o->verb);
	}
	r = choose(&c);
	if (r != 0)
		return r;
	if (is_done(&c))
		return 0;
	if (str_eq(o->verb, "authorize") && !*c.row->router)
		return REFUSE(&c, "%s is not connected", c.row->name);
	r = agree(&c);
	if (r == 0)
		r = act(&c, env);
	if (r == 0)
		prove(&c, h);
	return r;
}
