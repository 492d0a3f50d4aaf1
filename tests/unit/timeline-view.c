/* SPDX-License-Identifier: MIT */
#include "view/timeline/part.h"

#include "tap.h"

static struct arena arena;
static struct timeline boot;

static struct moment *add(enum moment_kind kind, const char *who, uint64_t usec)
{
	const struct moment m = { .kind = kind, .who = who, .note = "", .usec = usec, .from = "x" };
	timeline_add(&boot, &arena, &m);
	return &boot.moment[boot.moment_count - 1];
}

static const char *drawn(void (*draw)(FILE *, const struct timeline_view *), unsigned columns)
{
	static char out[1 << 20];
	const struct timeline_view v = { &arena, &boot, "this host", false, columns, "1" };
	FILE *f = fmemopen(out, sizeof(out), "w");

	CHECK(f);
	timeline_finish(&boot, &arena);
	draw(f, &v);
	fclose(f);
	return out;
}

static size_t widest(const char *text)
{
	size_t most = 0;
	for (size_t n; *text; text += n + (text[n] == '\n')) {
		n = strcspn(text, "\n");
		most = n > most ? n : most;
	}
	return most;
}

static struct race race_by(uint64_t by_usec, uint64_t within_usec)
{
	static struct moment early = { .kind = MOMENT_CONTAINER, .who = "ollama", .note = "" };
	static struct moment gpu = { .kind = MOMENT_GPU, .usec = 103455010 };
	return (struct race){
		.early = &early, .needed = &gpu, .by_usec = by_usec, .within_usec = within_usec
	};
}

static void check_race(uint64_t by_usec, uint64_t within_usec, const char *how_long)
{
	struct race r = race_by(by_usec, within_usec);
	CHECK_STR(race_text(&arena, &r),
		  arena_printf(&arena,
			       "ollama started %s before the GPU it needs (ready at 103.455 s)",
			       how_long));
}

TEST(a_race_is_told_in_milliseconds)
{
	check_race(37412000, 0, "37 412 ms");
	check_race(5000, 0, "5 ms");
	check_race(500, 0, "0.500 ms");
	check_race(3600000000, 0, "3 600 000 ms");
	check_race(1000499, 0, "1 000 ms");
}

TEST(what_is_not_that_sure_is_told_in_seconds)
{
	check_race(91332000, 500000, "about 91 s");
}

TEST(long_stretches_of_nothing_are_drawn_short)
{
	add(MOMENT_CONTROLLER, "", 1000000);
	add(MOMENT_PCI, "", 3000000);
	add(MOMENT_DRIVER, "", 7203000000);
	timeline_finish(&boot, &arena);
	struct axis x = axis_of(&arena, &boot);
	CHECK(axis_at(&x, 0) == 0);
	CHECK(axis_at(&x, 7203000000) == 1);
	CHECK(axis_at(&x, 3000000) > 0.7);
	CHECK(axis_at(&x, 2000000) < axis_at(&x, 3000000));
	CHECK_INT(axis_gap(&x, 1000000, 3000000), 0);
	CHECK_INT(axis_gap(&x, 3000000, 7203000000), 7200000000);
}

TEST(no_moment_and_moments_at_the_begin_can_be_drawn)
{
	CHECK(strstr(drawn(timeline_text, 80), "No time of this boot is known."));
	CHECK(strstr(drawn(timeline_svg, 80), "</svg>"));
	add(MOMENT_CONTROLLER, "", 0);
	add(MOMENT_PCI, "", 0);
	CHECK(strstr(drawn(timeline_text, 80), "     0.000  Thunderbolt controller    |\n"));
	CHECK(!strstr(drawn(timeline_svg, 80), "nan"));
}

TEST(no_line_is_wider_than_the_terminal)
{
	for (unsigned columns = 60; columns <= 120; columns += 30) {
		boot = (struct timeline){ 0 };
		add(MOMENT_GPU, "", 50000000)->lasts = true;
		add(MOMENT_CONTAINER, "a-name-of-a-container-that-does-not-fit-into-its-place", 1)
		    ->needs_gpu = true;
		add(MOMENT_CONTAINER, "", 12345678901)->depth = 1;
		timeline_miss(&boot, &arena, MOMENT_NODES, "", "their age could not be read");
		size_t width = widest(drawn(timeline_text, columns));
		if (width > columns)
			TAP_FAIL("%zu of %u columns", width, columns);
	}
}

TEST(names_are_text_in_the_picture)
{
	struct moment *m =
	    add(MOMENT_CONTAINER, "</text><script>x</script>&\"'\033[2J\xef\xbf\xbf\xff", 1);
	m->note = "<b>";
	const char *svg = drawn(timeline_svg, 80);
	CHECK(!strstr(svg, "<script") && !strstr(svg, "<b>"));
	CHECK(!strchr(svg, '\033') && !strchr(svg, '\xff') && !strstr(svg, "\xef\xbf\xbf"));
	CHECK(strstr(svg, "&lt;/text&gt;&lt;script&gt;x&lt;/script&gt;&amp;&quot;"));
}

TEST(the_picture_and_the_text_say_that_something_was_too_early)
{
	add(MOMENT_CONTAINER, "ollama", 11000000)->needs_gpu = true;
	add(MOMENT_GPU, "", 12000000)->lasts = true;
	const char *said = "ollama started 1 000 ms before the GPU it needs";
	CHECK(strstr(drawn(timeline_text, 80), said));
	CHECK(strstr(drawn(timeline_text, 80), "sudo egpu setup --only order"));
	CHECK(strstr(drawn(timeline_svg, 80), said));
	CHECK(strstr(drawn(timeline_svg, 80), "class=\"early\""));
	CHECK_INT(timeline_exit_status(&boot), 1);
}

TEST(where_an_order_is_set_up_it_is_not_asked_for)
{
	add(MOMENT_CONTAINER, "ollama", 11000000)->needs_gpu = true;
	add(MOMENT_WAIT, "", 1000000);
	add(MOMENT_GPU, "", 12000000);
	const char *text = drawn(timeline_text, 80);
	CHECK(strstr(text, "sudo egpu fix"));
	CHECK(!strstr(text, "--only order"));
}

TEST(what_has_the_same_reason_stands_in_one_line)
{
	timeline_miss(&boot, &arena, MOMENT_PCI, "", "x");
	timeline_miss(&boot, &arena, MOMENT_CONTAINER, "a", "y");
	timeline_miss(&boot, &arena, MOMENT_DRIVER, "", "x");
	timeline_miss(&boot, &arena, MOMENT_REQUEST, "b", "y");
	struct names n = timeline_unknown(&arena, &boot);
	CHECK_INT(n.count, 2);
	CHECK_STR(n.name[0], "GPU on the bus, driver loaded: x");
	CHECK_STR(n.name[1], "a, b: first request: y");
}
