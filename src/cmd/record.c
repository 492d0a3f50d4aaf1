/* SPDX-License-Identifier: MIT */
/* What a check and a timeline read, redacted, as one file: shown before anybody shares it. */
#include "cmd/cmd.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cmd/look.h"
#include "cmd/options.h"
#include "collect/timeline/timeline.h"
#include "recording/recording.h"
#include "recording/redact.h"

struct options {
	const char *host; /* a recording; NULL: this machine */
	const char *file; /* NULL: named after the time */
	struct look_for look;
	bool force, verbose;
};

#define IN(member, name, letter, kind) OPTION_IN(struct options, member, name, letter, kind)

static const struct cmd_option takes[] = {
	IN(file, "output", 'o', TEXT),
	IN(force, "force", 0, FLAG),
	IN(verbose, "verbose", 'v', FLAG),
	IN(look.display, "display", 0, FLAG),
	IN(host, "host", 0, TEXT),
	OPTION_BY(struct options, look, "gpu", look_for_gpu),
	{ 0 },
};

static int parse(struct options *o, int argc, char *argv[], struct err *e)
{
	int at = options_parse("record", takes, o, argc, argv, e);

	if (at >= 0 && at < argc)
		return usage(e, "record", "no argument '%s'; -o FILE says where to", argv[at]);
	if (at >= 0 && o->file && !*o->file)
		return usage(e, "record", "-o needs a name");
	return at < 0 ? at : 0;
}

/* Without the host's name, which is private. */
static const char *name_by_time(struct arena *a)
{
	char text[32];
	struct tm tm;
	time_t now = time(NULL);

	if (!localtime_r(&now, &tm) || !strftime(text, sizeof(text), "%Y%m%d-%H%M%S", &tm))
		return "egpu-recording.tar.zst";
	return arena_printf(a, "egpu-recording-%s.tar.zst", text);
}

/* An empty directory is as good as none. */
static int check_free(const struct options *o, const char *file, struct arena *a, struct err *e)
{
	const char *there = str_ends(file, "/") ? arena_printf(a, "%segpu-recording", file) : file;

	if (o->force || access(there, F_OK) < 0)
		return 0;
	return err_set(e, -EEXIST, "%s is left as it is (--force replaces it)", file);
}

/* "tree/etc", "answers/docker", "tree/sys/bus": enough of a name to tell what it is about. */
static size_t group_size(const char *name)
{
	unsigned parts = str_starts(name, "tree/sys/") ? 3 : 2;
	size_t n = 0;

	for (; name[n]; n++)
		if (name[n] == '/' && --parts == 0)
			return n;
	const char *slash = strrchr(name, '/');
	return slash ? (size_t)(slash - name) : n;
}

static void show_groups(const struct names *n)
{
	for (size_t i = 0, next; i < n->count; i = next) {
		size_t size = group_size(n->name[i]);
		for (next = i + 1; next < n->count; next++)
			if (group_size(n->name[next]) != size ||
			    strncmp(n->name[i], n->name[next], size) != 0)
				break;
		printf("  %6zu  %.*s\n", next - i, (int)size, n->name[i]);
	}
}

static void show_names(struct arena *a, const struct names *n)
{
	for (size_t i = 0; i < n->count; i++)
		printf("  %s\n", str_clean(a, n->name[i], strlen(n->name[i]), 4096));
}

static const char *plural(size_t n)
{
	return n == 1 ? "" : "s";
}

static void show_stand_ins(const struct host *recorder)
{
	const struct redactor *r = recording_redactor(recorder);
	bool any = false;

	for (enum redact_kind k = 0; k < REDACT_KINDS; k++) {
		size_t n = redactor_count(r, k);
		if (n == 0)
			continue;
		printf("%s  %6zu  %s\n", any ? "" : "\nReplaced by stand-ins, place by place:\n", n,
		       redact_kind_name(k));
		any = true;
	}
	if (!any)
		puts("\nNothing in it had to be replaced by a stand-in.");
}

static void show(struct arena *a, const struct host *recorder, const struct options *o,
		 const char *file)
{
	struct recording_sum sum = recording_sum(recorder);
	struct names names = recording_names(recorder, a);

	printf("%s holds %zu file%s and %zu answer%s, %llu KiB:\n", file, sum.file_count,
	       plural(sum.file_count), sum.answer_count, plural(sum.answer_count),
	       (unsigned long long)(sum.bytes + 1023) / 1024);
	if (o->verbose)
		show_names(a, &names);
	else
		show_groups(&names);
	if (sum.error_count)
		printf("  %6zu  could not be read; that is kept too\n", sum.error_count);
	show_stand_ins(recorder);
}

static void show_how_to_read(const char *file)
{
	printf("\nNothing has been sent anywhere. What is a secret only to you no program can\n"
	       "know: read it before you share it.\n");
	if (str_ends(file, "/"))
		printf("  ls -R %s\n", file);
	else
		printf("  tar --zstd -tf %s\n"
		       "  zstd -dc %s | tar -xOf - | less\n",
		       file, file);
	printf("  egpu check --host %s\n", file);
}

static void show_verdict(struct arena *a, const struct report *r)
{
	static const char *const said[] = { "ok", "a warning", "broken", "unknown",
					    "no external GPU here" };
	int status = report_exit_status(r);

	printf("\nThe check says: %s (exit status %d)", said[status], status);
	if (r->root)
		printf(", %s: %s", r->root->link,
		       str_clean(a, r->root->text, strlen(r->root->text), 400));
	puts(".");
}

static int record(const struct options *o, struct host *h, const char *file, struct err *e)
{
	ARENA arena = { 0 };
	struct look *l = look_at(h, &arena, &o->look);
	struct timeline boot;
	/* what a check does not ask */
	collect_timeline(&l->facts, h, &boot);
	collect_release(&l->facts, h);
	int r = recording_save(h, file, o->force, e);

	if (r < 0)
		return r;
	show(&arena, h, o, file);
	show_verdict(&arena, l->report);
	show_how_to_read(file);
	return 0;
}

static int run(struct env *env, int argc, char *argv[], struct err *e)
{
	ARENA arena = { 0 };
	struct options o = { 0 };
	int r = parse(&o, argc, argv, e);
	if (r < 0)
		return r;
	const char *file = o.file ? o.file : name_by_time(&arena);
	r = check_free(&o, file, &arena, e);
	if (r < 0)
		return r;
	struct host *inner = o.host ? host_replay(o.host, e) : host_live(&env->host, e);
	HOST *h = inner ? host_record(inner, e) : NULL;
	return h ? record(&o, h, file, e) : e->code;
}

const struct cmd cmd_record = {
	.name = "record",
	.args = "[-o FILE] [--force] [--verbose] [--gpu BDF] [--display] [--host RECORDING]",
	.help = "write down what a check reads, redacted, to be checked again elsewhere",
	.options =
	    "  -o, --output FILE  where to; \"DIR/\": a directory instead of a .tar.zst\n"
	    "                     (default: egpu-recording-DATE-TIME.tar.zst, here)\n"
	    "  --force            replace FILE, if it is there\n"
	    "  -v, --verbose      name every file and answer that is in it\n"
	    "  --gpu BDF          this GPU, also an internal one; \"any\": the first there is\n"
	    "  --display          the GPU drives a monitor too\n"
	    "  --host RECORDING   record a recording: makes one out of several, redacts again\n",
	.run = run,
};
