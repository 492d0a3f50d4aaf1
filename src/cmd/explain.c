/* SPDX-License-Identifier: MIT */
#include "cmd/cmd.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/term.h"
#include "cmd/look.h"
#include "cmd/options.h"
#include "cmd/paste.h"
#include "view/explain.h"

enum {
	EXIT_HEALTHY = 0,
	EXIT_POSSIBLE = 1, /* nothing that is at least likely */
	EXIT_CAUSE = 2,
	EXIT_NOT_KNOWN = 3,
	FOLLOWED_MAX = 64,
};

struct options {
	char gpu[BDF_BYTES]; /* "": the text may tell */
	const char *distro;
	bool json, list, follow;
	int first; /* of the arguments that are no options */
};

static bool is_distro(const char *name)
{
	for (int d = 0; d < DISTRO_COUNT; d++)
		if (str_eq(distro_name((enum distro)d), name))
			return true;
	return false;
}

/* "external" and "any" are not known of a text: it may tell itself. */
static int take_gpu(void *to, const char *value, struct err *e)
{
	struct look_for want = { 0 };
	char *bdf = to;
	int r = look_for_gpu(&want, value, e);

	if (r == 0 && !bdf_in(bytes_of(value), bdf))
		*bdf = '\0';
	return r;
}

#define IN(member, name, letter, kind) OPTION_IN(struct options, member, name, letter, kind)

static const struct cmd_option takes[] = {
	IN(json, "json", 0, FLAG),
	IN(list, "list", 0, FLAG),
	IN(follow, "follow", 'f', FLAG),
	IN(distro, "distro", 0, TEXT),
	OPTION_BY(struct options, gpu, "gpu", take_gpu),
	{ 0 },
};

static int parse(struct options *o, int argc, char *argv[], struct err *e)
{
	o->first = options_parse("explain", takes, o, argc, argv, e);
	if (o->first >= 0 && o->distro && !is_distro(o->distro))
		return usage(e, "explain",
			     "--distro takes arch, debian, fedora, ostree, nixos or other, not "
			     "'%s'",
			     o->distro);
	return o->first < 0 ? o->first : 0;
}

/* Whose remedies: of this machine, if nothing else is asked for. */
static const char *distro_here(struct env *env, struct arena *a)
{
	struct facts f = { .arena = a };
	HOST *h = host_live(&env->host, NULL);
	if (h)
		collect_machine(&f, h);
	return distro_name(f.machine.distro);
}

static int show_json(json_t *j, struct err *e)
{
	int r = json_dumpf(j, stdout, JSON_INDENT(2));
	json_decref(j);
	if (r < 0)
		return err_set(e, -EIO, "write the answer");
	putchar('\n');
	return 0;
}

static int list(const struct options *o, struct err *e)
{
	const struct cause *c;
	json_t *all = json_array();

	for (size_t i = 0; (c = cause_at(i)); i++)
		if (o->json)
			json_array_append_new(all, explain_cause_json(c));
		else
			printf("  %-12s %-36s %s\n", c->link, c->id, c->title);
	if (o->json)
		return show_json(json_pack("{ss so}", "schema", "egpu-causes-1", "causes", all), e);
	json_decref(all);
	return 0;
}

/* Following */

struct followed {
	struct reading *reading;
	const struct options *o;
	const char *distro;
	const struct cause *told[FOLLOWED_MAX];
	size_t told_count;
};

static struct explain_view view_of(struct arena *a, const struct reading *r,
				   const struct answer *answer, const char *distro)
{
	return (struct explain_view){
		.arena = a,
		.answer = answer,
		.lines = r->lines,
		.distro = distro,
		.colour = term_colour(stdout),
		.columns = term_columns(stdout),
		.version = EGPU_VERSION,
	};
}

static bool is_told(const struct followed *f, const struct cause *c)
{
	for (size_t i = 0; i < f->told_count; i++)
		if (f->told[i] == c)
			return true;
	return f->told_count == FOLLOWED_MAX;
}

static void tell(struct followed *f, const struct explain_view *v, const struct named *n)
{
	if (f->o->json) {
		struct answer only = { .named = { *n }, .count = 1, .roots = 1 };
		struct explain_view one = *v;
		one.answer = &only;
		json_auto_t *j = explain_json(&one);
		json_dumpf(j, stdout, JSON_COMPACT);
		putchar('\n');
	} else {
		fputs(f->told_count ? "\n" : "", stdout);
		explain_named(stdout, v, n);
	}
	fflush(stdout);
	f->told[f->told_count++] = n->cause;
}

/* What has become certain by the last lines is told at once. */
static void follow(void *with, struct bytes lines)
{
	struct followed *f = with;
	ARENA arena = { 0 };

	f->reading->new_sign = false;
	reading_feed(f->reading, lines);
	if (!f->reading->new_sign)
		return;
	const struct answer *a = answer_of(&arena, f->reading, f->o->gpu);
	struct explain_view v = view_of(&arena, f->reading, a, f->distro);
	for (size_t i = 0; i < a->roots; i++)
		if (sureness(a->named[i].sure) == CERTAIN && !is_told(f, a->named[i].cause))
			tell(f, &v, &a->named[i]);
}

static void feed(void *with, struct bytes lines)
{
	reading_feed(with, lines);
}

/* Input */

static int read_file(const char *name, void (*take)(void *, struct bytes), void *with,
		     struct err *e)
{
	int fd = open(name, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (fd < 0)
		return err_set(e, -errno, "read %s", name);
	struct stat st;
	int r =
	    fstat(fd, &st) < 0 ? err_set(e, -errno, "read %s", name)
	    : S_ISCHR(st.st_mode) && !isatty(fd)
		? err_set(e, -EINVAL,
			  "%s is a device, not a log: pipe what it says into egpu explain", name)
		: paste_read(fd, name, take, with, e);
	close(fd);
	return r;
}

static int read_stdin(void (*take)(void *, struct bytes), void *with, struct err *e)
{
	if (isatty(STDIN_FILENO))
		fputs("Paste the text, then press Ctrl-D.\n", stderr);
	return paste_read(STDIN_FILENO, "the standard input", take, with, e);
}

static bool is_path(const char *s)
{
	struct stat st;
	return stat(s, &st) == 0 || (strchr(s, '/') && !strpbrk(s, " \t\n:"));
}

/* Files, "-" for the standard input, or an error message in one or more words. */
static int read_input(char *const *arg, void (*take)(void *, struct bytes), void *with,
		      struct arena *a, struct err *e)
{
	const char *text = "";
	int r = 0;

	if (!*arg)
		return read_stdin(take, with, e);
	if (!str_eq(*arg, "-") && !is_path(*arg)) {
		for (; *arg; arg++)
			text = arena_printf(a, "%s%s%s", text, *text ? " " : "", *arg);
		take(with, bytes_of(text));
		return 0;
	}
	for (; r == 0 && *arg; arg++)
		r = str_eq(*arg, "-") ? read_stdin(take, with, e) : read_file(*arg, take, with, e);
	return r;
}

static int status_of(const struct answer *a)
{
	if (a->count == 0)
		return a->good_count ? EXIT_HEALTHY : EXIT_NOT_KNOWN;
	return sureness(a->named[0].sure) == POSSIBLE ? EXIT_POSSIBLE : EXIT_CAUSE;
}

static int explain(struct env *env, const struct options *o, char *const *arg, struct err *e)
{
	ARENA arena = { 0 };
	struct reading *reading = reading_new(&arena, book_open(&arena));
	const char *distro = o->distro ? o->distro : distro_here(env, &arena);
	struct followed f = { .reading = reading, .o = o, .distro = distro };
	int r = o->follow ? read_input(arg, follow, &f, &arena, e)
			  : read_input(arg, feed, reading, &arena, e);
	if (r < 0)
		return r;

	const struct answer *a = answer_of(&arena, reading, o->gpu);
	struct explain_view v = view_of(&arena, reading, a, distro);
	if (f.told_count)
		return status_of(a);
	if (o->json)
		r = show_json(explain_json(&v), e);
	else
		explain_text(stdout, &v);
	return r < 0 ? r : status_of(a);
}

static int show_cause(struct env *env, const struct options *o, const struct cause *c)
{
	ARENA arena = { 0 };
	const struct explain_view v = {
		.arena = &arena,
		.distro = o->distro ? o->distro : distro_here(env, &arena),
		.colour = term_colour(stdout),
		.columns = term_columns(stdout),
	};

	explain_cause(stdout, &v, c);
	return 0;
}

static int run(struct env *env, int argc, char *argv[], struct err *e)
{
	struct options o = { 0 };
	int r = parse(&o, argc, argv, e);
	if (r < 0)
		return r;
	if (o.list)
		return o.first < argc ? usage(e, "explain", "--list takes no '%s'", argv[o.first])
				      : list(&o, e);
	const struct cause *c = o.first + 1 == argc ? cause_of_id(argv[o.first]) : NULL;
	if (!c)
		return explain(env, &o, argv + o.first, e);
	if (o.json)
		return show_json(explain_cause_json(c), e);
	return show_cause(env, &o, c);
}

const struct cmd cmd_explain = {
	.name = "explain",
	.args = "[--json] [--follow] [--gpu BDF] [FILE... | MESSAGE | CAUSE]",
	.help = "name the cause in a pasted log or error message",
	.options = "  FILE             a log; without one, the standard input\n"
		   "  MESSAGE          the error message itself\n"
		   "  CAUSE            a cause's id: its entry in the table\n"
		   "  --follow, -f     tell a cause as soon as it is certain, and go on reading\n"
		   "  --gpu BDF        the external GPU: lines about another do not count\n"
		   "  --distro NAME    whose remedies: arch, debian, fedora, ostree, nixos, other\n"
		   "  --list           all causes\n"
		   "  --json           the answer as JSON\n",
	.run = run,
};
