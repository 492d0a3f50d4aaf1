/* SPDX-License-Identifier: MIT */
/* The way back: a transaction's files byte for byte as they were. */
#include "cmd/cmd.h"

#include <errno.h>
#include <stdio.h>
#include <time.h>

#include "cmd/carry.h"
#include "cmd/options.h"
#include "view/plan.h"

struct options {
	struct carry carry;
	const char *id; /* NULL: the newest that was not taken back */
	bool list;
};

#define IN(member, name, letter, kind) OPTION_IN(struct options, member, name, letter, kind)

static const struct cmd_option takes[] = {
	IN(list, "list", 'l', FLAG),
	IN(carry.dry_run, "dry-run", 'n', FLAG),
	IN(carry.yes, "yes", 'y', FLAG),
	IN(carry.json, "json", 0, FLAG),
	IN(carry.verbose, "verbose", 'v', FLAG),
	{ 0 },
};

static int parse(struct options *o, int argc, char *argv[], struct err *e)
{
	int at = options_parse("undo", takes, o, argc, argv, e);

	if (at < 0)
		return at;
	o->id = at < argc ? argv[at++] : NULL;
	if (at < argc)
		return usage(e, "undo", "one transaction at a time, not '%s' too", argv[at]);
	return 0;
}

static const char *state_name(enum transaction_state s)
{
	switch (s) {
	case TRANSACTION_PREPARED:
		return "cut off";
	case TRANSACTION_WRITTEN:
		return "unfinished";
	case TRANSACTION_DONE:
		return "done";
	case TRANSACTION_UNDONE:
		return "taken back";
	}
	return "";
}

static const char *when(struct arena *a, uint64_t usec)
{
	char text[32];
	struct tm tm;
	time_t sec = (time_t)(usec / 1000000);

	if (!localtime_r(&sec, &tm) || !strftime(text, sizeof(text), "%Y-%m-%d %H:%M", &tm))
		return "";
	return str_dup(a, text);
}

static json_t *row_json(const struct undo_row *r)
{
	json_t *what = json_array();

	for (size_t i = 0; i < r->what.count; i++)
		json_array_append_new(what, json_string(r->what.name[i]));
	return json_pack("{ss ss ss ss so}", "id", r->id, "when", r->when, "command", r->command,
			 "state", r->state, "what", what);
}

static void show_json(const struct undo_row *row, size_t count)
{
	json_t *rows = json_array();

	for (size_t i = 0; i < count; i++)
		json_array_append_new(rows, row_json(&row[i]));
	json_auto_t *j = json_pack("{si so}", "version", 1, "transactions", rows);
	json_dumpf(j, stdout, JSON_INDENT(2));
	putchar('\n');
}

static int list(const struct options *o, struct arena *a, struct err *e)
{
	struct transaction *t = NULL;
	size_t count = 0;
	int r = transaction_list(&o->carry.to, a, &t, &count, e);

	if (r < 0)
		return r;
	if (*e->text)
		fprintf(stderr, "egpu: %s\n", e->text);
	struct undo_row *row = arena_alloc(a, (count + 1) * sizeof(*row));
	for (size_t i = 0; i < count; i++)
		row[i] = (struct undo_row){ t[i].id, when(a, t[i].usec), t[i].command,
					    state_name(t[i].state), t[i].what };
	if (o->carry.json)
		show_json(row, count);
	else
		view_undo_list(stdout, a, row, count);
	return 0;
}

/* The newest that stands, and is no taking back itself. */
static const char *newest(const struct options *o, struct arena *a)
{
	struct transaction *t = NULL;
	size_t count = 0;

	transaction_list(&o->carry.to, a, &t, &count, NULL);
	for (size_t i = 0; i < count; i++)
		if (t[i].state != TRANSACTION_UNDONE && !*t[i].undoes)
			return t[i].id;
	return NULL;
}

/* What somebody has changed since stays, and so does all of the transaction. */
static int refuse(struct arena *a, const struct file_change *edited, size_t count, struct err *e)
{
	struct plan *p = arena_alloc(a, sizeof(*p));

	for (size_t i = 0; i < count && i < STEPS_MAX; i++)
		p->step[p->count++] = (struct step){
			.kind = STEP_FILE,
			.theme = "undo",
			.what = "edited since, beside what egpu left",
			.why = "",
			.file = edited[i],
		};
	view_plan(stdout, a, p, true);
	return err_say(e, -EEXIST, "%s%s edited since: put %s right by hand, then egpu undo again",
		       edited[0].path, count > 1 ? " and others were" : " was",
		       count > 1 ? "them" : "it");
}

static int undo(struct options *o, struct arena *a, struct err *e)
{
	struct plan *p = arena_alloc(a, sizeof(*p));
	struct carry *c = &o->carry;
	struct file_change *edited = NULL;
	size_t edited_count = 0;
	const char *id = o->id ? o->id : newest(o, a);

	if (!id) {
		puts("Nothing to take back: egpu has changed nothing here.");
		return 0;
	}
	int r = transaction_undo(&c->to, a, id, p, &edited, &edited_count, e);
	if (r < 0)
		return r;
	if (edited_count)
		return refuse(a, edited, edited_count, e);
	c->undoes = id;
	r = carry_out(c, a, p, e);
	return r < 0 ? r : r == CARRIED_DECLINED || r == CARRIED_LEFT;
}

static int run(struct env *env, int argc, char *argv[], struct err *e)
{
	ARENA arena = { 0 };
	struct options o = { .carry.command = "undo" };
	int r = parse(&o, argc, argv, e);

	o.carry.dry_run |= o.list;
	if (r == 0)
		r = carry_begin(&o.carry, env, &arena, e);
	if (r == 0)
		r = o.list ? list(&o, &arena, e) : undo(&o, &arena, e);
	carry_end(&o.carry);
	return r;
}

const struct cmd cmd_undo = {
	.name = "undo",
	.args = "[ID] [--list] [--dry-run] [--yes] [--json]",
	.help = "take back what setup or fix has changed, byte for byte",
	.options = "  ID          this transaction (default: the newest that stands)\n"
		   "  --list      what was changed, newest first\n"
		   "  --dry-run   only show what would be taken back\n"
		   "  --yes       do not ask\n"
		   "  --json      the list, or the plan, as JSON\n"
		   "  --verbose   whole files and diffs\n",
	.run = run,
};
