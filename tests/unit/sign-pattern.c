/* SPDX-License-Identifier: MIT */
#include "sign/pattern.h"
#include "tap.h"

static bool says(const char *pattern, const char *line)
{
	return pattern_matches(pattern, bytes_of(line), 0);
}

TEST(a_pattern_is_found_anywhere_whatever_the_case)
{
	CHECK(says("fallen off", "NVRM: GPU has FALLEN OFF the bus"));
	CHECK(!says("fallen off", "fallen of the bus"));
}

TEST(a_star_is_anything_in_that_order)
{
	CHECK(says("DMAR: *Request device [*fault addr",
		   "DMAR: [DMA Write] Request device [04:00.0] fault addr 0xf7"));
	CHECK(!says("fault addr*Request device", "Request device [04:00.0] fault addr"));
	CHECK(says("a*", "xa"));
}

TEST(a_hash_is_a_whole_number)
{
	CHECK(says("BAR# is #M @ 0x0", "NVRM: BAR1 is 0M @ 0x0 (PCI:0000:0a:00.0)"));
	CHECK(!says("BAR # is", "BAR  is"));
	CHECK(says("^nvidia_drm # #$", "nvidia_drm             45056  3"));
	CHECK(!says("^nvidia_drm # #$", "nvidia_drm 45056 3 i915"));
}

TEST(a_blank_is_any_run_of_blanks)
{
	CHECK(says("status: connected", "status:\t     connected"));
	CHECK(!says("status: connected", "status:connected"));
}

TEST(anchors_are_those_of_the_message)
{
	CHECK(pattern_matches("^pci *: BAR", bytes_of("[ 1.0] pci 0000:04:00.0: BAR 1"), 7));
	CHECK(!pattern_matches("^pci *: BAR", bytes_of("[ 1.0] xpci 0000:04:00.0: BAR 1"), 7));
	CHECK(!pattern_matches("^pci", bytes_of("pci"), 99));
	CHECK(says("done$", "all done  "));
	CHECK(!says("done$", "done so far"));
}

TEST(a_match_is_tried_at_every_place)
{
	CHECK(says("aab", "aaab"));
	CHECK(says("x *y", "x xx  y"));
	CHECK(says("12$", "1212"));
}

static bool word_is(const char *pattern, const char *word)
{
	struct bytes got = pattern_word(pattern);
	return got.size == strlen(word) && memcmp(got.data, word, got.size) == 0;
}

TEST(the_word_to_search_for_is_long_and_not_who_speaks)
{
	CHECK(word_is("^NVRM: *unexpected WPR2 already up *#$", "unexpected WPR2 already up"));
	CHECK(word_is("ends here$", "ends here"));
	CHECK(word_is("thunderbolt *D3cold", "D3cold"));
	CHECK(word_is("thunderbolt #-#:", "thunderbolt"));
	CHECK(word_is("a very long beginning of it *D3cold", "a very long beginning of it"));
	CHECK_INT((long long)pattern_word("**#").size, 0);
}
