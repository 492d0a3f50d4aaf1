/* SPDX-License-Identifier: MIT */
/* How signs are weighed, on a small table of its own. */
#include "sign/answer.h"
#include "sign/pattern.h"
#include "tap.h"

static const struct cause table[] = {
	{ .id = "cable",
	  .link = "enclosure",
	  .title = "",
	  .why = "",
	  .source = "",
	  .sign = SIGNS({ 95, "cable out" }),
	  .explains = { "lost", "cpu" } },
	{ .id = "lost",
	  .link = "driver",
	  .title = "",
	  .why = "",
	  .source = "",
	  .sign = SIGNS({ 95, "device lost" }),
	  .explains = { "hung" } },
	{ .id = "hung",
	  .link = "driver",
	  .title = "",
	  .why = "",
	  .source = "",
	  .sign = SIGNS({ 50, "driver hung" }, { 50, "no answer from" }) },
	{ .id = "asleep",
	  .link = "driver",
	  .title = "",
	  .why = "",
	  .source = "",
	  .sign = SIGNS({ 70, "cannot wake", .after = "nap" }) },
	{ .id = "cpu",
	  .link = "ollama",
	  .title = "",
	  .why = "",
	  .source = "",
	  .sign =
	      SIGNS({ 90, "on the cpu", .unless = "wanted" }, { 95, "slow run", .with = "wanted" }),
	  .healed_by = "good" },
};

static const struct mark some_marks[] = {
	{ "boot", { "Linux version #" }, NULL },
	{ "nap", { "going to sleep" }, NULL },
	{ "wanted", { "cpu was wanted" }, NULL },
	{ "good", { "on the gpu" }, "it computes" },
	{ "gpu-found", { "found a gpu" }, NULL },
	{ "tunnel-link", { "limited by tunnel" }, NULL },
	{ 0 },
};

static struct arena arena;

static const struct cause *at(size_t n)
{
	return n < COUNT_OF(table) ? &table[n] : NULL;
}

static const struct answer *answer(const char *text)
{
	struct reading *r = reading_new(&arena, book_of(&arena, at, some_marks));
	reading_feed(r, bytes_of(text));
	return answer_of(&arena, r, "");
}

static const char *first(const char *text)
{
	const struct answer *a = answer(text);
	return a->count ? a->named[0].cause->id : "";
}

TEST(a_sign_names_its_cause_and_its_line)
{
	const struct answer *a = answer("one\ntwo\nthe device lost\n");
	CHECK_INT((long long)a->count, 1);
	CHECK_STR(a->named[0].cause->id, "lost");
	CHECK_INT((long long)a->named[0].said->first_line, 3);
	CHECK_INT(a->named[0].sure, 95);
}

TEST(two_signs_are_surer_than_one_and_one_twice_is_not)
{
	CHECK_INT(answer("driver hung\n")->named[0].sure, 50);
	CHECK_INT(answer("driver hung\ndriver hung\n")->named[0].sure, 50);
	CHECK_INT(answer("driver hung\nno answer from it\n")->named[0].sure, 75);
}

TEST(a_consequence_stands_behind_its_root)
{
	const struct answer *a = answer("cable out\ndevice lost\ndriver hung\non the cpu\n");
	CHECK_INT((long long)a->count, 4);
	CHECK_INT((long long)a->roots, 1);
	CHECK_STR(a->named[0].cause->id, "cable");
	CHECK_STR(a->named[1].after->id, "cable");
}

TEST(in_a_kernel_log_what_stands_above_is_no_consequence)
{
	CHECK_STR(first("device lost\ncable out\n"), "cable");
	CHECK_INT((long long)answer("device lost\ncable out\n")->roots, 2);
	CHECK_INT((long long)answer("on the cpu\ncable out\n")->roots, 1);
}

TEST(conditions_hold_or_not)
{
	CHECK_STR(first("on the cpu\n"), "cpu");
	CHECK_STR(first("cpu was wanted\non the cpu\n"), "");
	CHECK_STR(first("slow run\n"), "");
	CHECK_STR(first("slow run\ncpu was wanted\n"), "cpu");
	CHECK_STR(first("cannot wake\ngoing to sleep\n"), "");
	CHECK_STR(first("going to sleep\ncannot wake\n"), "asleep");
}

TEST(what_is_healed_is_not_named)
{
	const struct answer *a = answer("on the cpu\non the gpu\n");
	CHECK_INT((long long)a->count, 0);
	CHECK_STR(a->good[0], "it computes");
	CHECK_STR(first("on the gpu\non the cpu\n"), "cpu");
}

TEST(what_was_before_the_last_boot_is_past_and_behind)
{
	const struct answer *a = answer("cable out\nLinux version 6\ndriver hung\n");
	CHECK_STR(a->named[0].cause->id, "hung");
	CHECK(a->named[1].past);
	CHECK(!a->named[0].past);
}

TEST(a_line_about_another_gpu_does_not_count)
{
	static const char two[] = "found a gpu 0000:01:00.0\nfound a gpu 0000:22:00.0\n"
				  "0000:22:00.0 limited by tunnel\n";
	char text[400];
	snprintf(text, sizeof(text), "%s0000:01:00.0 device lost\n", two);
	CHECK_STR(first(text), "");
	snprintf(text, sizeof(text), "%s0000:22:00.0 device lost\n", two);
	CHECK_STR(first(text), "lost");
	CHECK_STR(first("0000:01:00.0 device lost\n"), "lost");
}

TEST(a_sentence_that_was_wrapped_is_one)
{
	CHECK_STR(first("the program said that it runs quite well today on the\ncpu of it\n"),
		  "cpu");
	CHECK_STR(first("the program said that it runs quite well today and the device\nlost\n"),
		  "lost");
}

TEST(text_may_come_in_parts)
{
	struct reading *r = reading_new(&arena, book_of(&arena, at, some_marks));
	reading_feed(r,
		     bytes_of("the program said that it runs quite well today and the device\n"));
	reading_feed(r, bytes_of("lost\n"));
	CHECK_STR(answer_of(&arena, r, "")->named[0].cause->id, "lost");
	CHECK_INT((long long)r->lines, 2);
}

TEST(xids_are_counted_by_their_number)
{
	const struct book *b = book_open(&arena);
	struct reading *r = reading_new(&arena, b);
	reading_feed(r, bytes_of("NVRM: Xid (PCI:0000:04:00): 13, pid=1, Graphics Exception\n"));
	const struct answer *a = answer_of(&arena, r, "");
	CHECK_STR(a->named[0].cause->id, "xid-13");
	CHECK_STR(a->named[0].said->bdf, "0000:04:00.0");
}

TEST(every_name_in_a_condition_is_one_of_the_table)
{
	const struct book *b = book_open(&arena);
	for (size_t i = 0; i < b->entry_count; i++) {
		const struct sign *s = b->entry[i].sign;
		const char *ids[] = { s ? s->with : NULL, s ? s->unless : NULL, s ? s->after : NULL,
				      b->owner[b->entry[i].owner].cause
					  ? b->owner[b->entry[i].owner].cause->healed_by
					  : NULL };
		for (size_t k = 0; k < COUNT_OF(ids); k++) {
			struct names n = str_split(&arena, ids[k] ? ids[k] : "", " ", 32);
			for (size_t w = 0; w < n.count; w++)
				if (book_owner(b, n.name[w]) == b->owner_count)
					TAP_FAIL("%s of %s", n.name[w],
						 b->owner[b->entry[i].owner].id);
		}
	}
}

TEST(every_pattern_has_a_word_to_search_for)
{
	const struct book *b = book_open(&arena);
	for (size_t i = 0; i < b->xid_entry; i++)
		if (pattern_word(b->entry[i].pattern).size < PIECE_MIN_BYTES)
			TAP_FAIL("%s", b->entry[i].pattern);
}

TEST(what_a_cause_explains_is_in_the_table)
{
	const struct cause *c;
	for (size_t i = 0; (c = cause_at(i)); i++)
		for (size_t k = 0; k < COUNT_OF(c->explains) && c->explains[k]; k++)
			if (!cause_of_id(c->explains[k]))
				TAP_FAIL("%s explains %s", c->id, c->explains[k]);
}
