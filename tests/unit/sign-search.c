/* SPDX-License-Identifier: MIT */
#include "sign/search.h"
#include "tap.h"

static struct arena arena;

static const struct found *search(const char *const *word, size_t count, const char *text)
{
	struct bytes w[8];
	for (size_t i = 0; i < count; i++)
		w[i] = bytes_of(word[i]);
	struct search *s = search_for(&arena, w, count);
	struct found *f = found_new(&arena, s);
	search_in(s, bytes_of("fallen another thing"), f);
	search_in(s, bytes_of(text), f);
	return f;
}

static bool finds(const char *word, const char *text)
{
	const char *w[] = { "another thing", word };
	const struct found *f = search(w, 2, text);
	for (size_t i = 0; i < f->count; i++)
		if (f->number[i] == 1)
			return true;
	return false;
}

TEST(a_word_is_found_at_every_place_of_the_text)
{
	char text[64];
	for (int before = 0; before < 20; before++) {
		snprintf(text, sizeof(text), "%.*shas fallen off", before, "....................");
		CHECK(finds("fallen", text));
		CHECK(finds("has fallen off", text));
		CHECK(!finds("has fallen out", text));
	}
}

TEST(upper_and_lower_case_are_the_same)
{
	CHECK(finds("RmInitAdapter", "rminitadapter failed"));
	CHECK(finds("rm_init_adapter", "RM_INIT_ADAPTER"));
}

TEST(short_words_count_with_their_blanks)
{
	CHECK(finds("Xid (P", "NVRM: Xid (PCI:0000:04:00): 79"));
	CHECK(!finds("Xid (P", "an X of 79"));
}

TEST(a_text_shorter_than_a_place_has_nothing)
{
	CHECK(!finds("fallen", ""));
	CHECK(!finds("fallen", "fal"));
}

TEST(a_blank_is_any_run_of_them)
{
	CHECK(finds("status: connected", "status:\t       connected"));
	CHECK(finds("a status of it", "so a   status \t of  it is"));
	CHECK(!finds("status: connected", "status:connected"));
}

TEST(each_is_given_once)
{
	const char *w[] = { "fallen", "GPU has fallen", "fallen off" };
	CHECK_INT((long long)search(w, 3, "GPU has fallen fallen fallen off")->count, 3);
}
