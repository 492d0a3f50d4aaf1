/* SPDX-License-Identifier: MIT */
/*
 * What is known to `egpu explain` is known to `egpu check`: a line is made of
 * each sign, put into a host's log, and must turn up as a finding of the cause's
 * link. The host is one of which nothing else is known, but that CUDA fails.
 */
#include "collect/signs.h"
#include "rules/chain.h"
#include "sign/pattern.h"
#include "tap.h"

enum { SURE = 80 };

static struct arena arena;

/* A text that the pattern matches. */
static const char *line_of(const char *pattern)
{
	const char *out = "";

	pattern += *pattern == '^';
	for (; *pattern; pattern++) {
		if (*pattern == '$' && !pattern[1])
			break;
		out = *pattern == '*'   ? arena_printf(&arena, "%s", out)
		      : *pattern == '#' ? arena_printf(&arena, "%s7", out)
					: arena_printf(&arena, "%s%c", out, *pattern);
	}
	return out;
}

/* Lines that say all of these marks and causes. */
static const char *lines_of(const struct book *b, const char *ids)
{
	struct names id = str_split(&arena, ids ? ids : "", " ", 16);
	const char *out = "";

	for (size_t i = 0; i < id.count; i++)
		for (size_t e = 0, o = book_owner(b, id.name[i]); e < b->xid_entry; e++)
			if (b->entry[e].owner == o) {
				out = arena_printf(&arena, "%s%s\n", out,
						   line_of(b->entry[e].pattern));
				break;
			}
	if (strstr(ids ? ids : "", "layers-split"))
		out = arena_printf(&arena, "%soffloaded 5/29 layers to GPU\n", out);
	if (strstr(ids ? ids : "", "layers-none"))
		out = arena_printf(&arena, "%soffloaded 0/29 layers to GPU\n", out);
	return out;
}

static enum log_kind kind_of(const char *link)
{
	if (str_eq(link, "runtime") || str_eq(link, "workload"))
		return LOG_ENGINE;
	return str_eq(link, "ollama") || str_eq(link, "exposure") ? LOG_SERVER : LOG_KERNEL;
}

static struct facts host(void)
{
	static const struct pci_gpu gpu = { .bdf = "0000:22:00.0" };
	static struct ollama server = { .where = "ollama",
					.container = "",
					.endpoint = "",
					.backend = BACKEND_CPU,
					.backend_why = "" };

	return (struct facts){ .arena = &arena,
			       .want.gpu = "external",
			       .pci = { .chosen = &gpu, .gpu_count = 1 },
			       .gate.why = "",
			       .cuda = { .end = PROBE_ANSWERED, .result = { KNOWN, 999, "" } },
			       .ollama = { KNOWN, &server, 1 } };
}

static bool explains(const struct cause *a, const struct cause *b)
{
	for (size_t i = 0; a && i < COUNT_OF(a->explains) && a->explains[i]; i++)
		if (str_eq(a->explains[i], b->id))
			return true;
	return false;
}

/* The cause is a finding of its link, or a rule has found what it follows from. */
static bool turns_up(const struct facts *f, const struct cause *c)
{
	const struct report *r = chain_judge(f, NULL);

	for (size_t i = 0; i < r->verdict.count; i++) {
		const struct finding *by = &r->verdict.finding[i];
		if ((by->cause == c && str_eq(by->link, c->link)) || explains(by->cause, c))
			return true;
	}
	return false;
}

/* The text names the cause itself, not only what it follows from. */
static bool is_named(const struct facts *f, const struct cause *c)
{
	for (size_t i = 0; i < f->said.sign_count; i++)
		if (str_eq(f->said.sign[i].cause, c->id) && !f->said.sign[i].follows &&
		    f->said.sign[i].sure >= SURE)
			return true;
	return false;
}

static const char *text_of(const struct book *b, const struct sign *s)
{
	return arena_printf(&arena, "%s%s%s\n", lines_of(b, s->after), lines_of(b, s->with),
			    line_of(s->line));
}

/* True: it turns up, or what the text names for sure is another cause. */
static bool is_found(const struct cause *c, const char *text, bool *named)
{
	struct facts f = host();

	signs_read(&f, bytes_of(text), kind_of(c->link), "test", "ollama");
	if (!is_named(&f, c))
		return true;
	*named = true;
	return turns_up(&f, c);
}

TEST(each_sign_in_a_log_is_a_finding_of_its_link)
{
	const struct book *b = book_open(&arena);
	const struct cause *c;
	size_t named_count = 0, causes = 0;

	for (size_t i = 0; (c = cause_at(i)); i++) {
		bool named = false;
		const char *all = "";
		for (const struct sign *s = c->sign; s && s->line; s++) {
			const char *text = text_of(b, s);
			all = arena_printf(&arena, "%s%s", all, text);
			if (!is_found(c, text, &named))
				TAP_FAIL("%s: %s", c->id, s->line);
		}
		if (!named && !is_found(c, all, &named))
			TAP_FAIL("%s: by all of its signs", c->id);
		causes += c->sign != NULL;
		named_count += named;
		if (c->sign && !named)
			printf("# %s is never sure enough\n", c->id);
	}
	printf("# %zu causes of %zu\n", named_count, causes);
	CHECK(named_count * 10 >= causes * 9);
}

TEST(what_is_over_is_no_finding)
{
	struct facts f = host();
	f.cuda.result.v = 0;
	signs_read(&f, bytes_of("could not insert 'nvidia': Key was rejected by service\n"),
		   LOG_KERNEL, "test", "");
	CHECK_INT((long long)f.said.sign_count, 1);
	CHECK(!turns_up(&f, cause_of_id("secure-boot-rejects-module")));
	f.cuda.result.v = 999;
	CHECK(turns_up(&f, cause_of_id("secure-boot-rejects-module")));
}
