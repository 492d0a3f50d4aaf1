/* SPDX-License-Identifier: MIT */
#include "cause/cause.h"

#include "base/str.h"
#include "rules/chain.h"
#include "tap.h"

TEST(every_cause_is_whole_and_its_id_is_its_own)
{
	const struct cause *c;
	for (size_t i = 0; (c = cause_at(i)); i++) {
		CHECK(cause_of_id(c->id) == c);
		CHECK(chain_link_of_id(c->link));
		CHECK(c->title && *c->title && !str_ends(c->title, "."));
		CHECK(c->why && str_ends(c->why, "."));
		CHECK(c->remedy[0] && !c->remedy[COUNT_OF(c->remedy) - 1] &&
		      !c->lasting[COUNT_OF(c->lasting) - 1]);
		CHECK(str_starts(c->source, "https://"));
	}
}

TEST(what_a_cause_explains_exists)
{
	const struct cause *c;
	for (size_t i = 0; (c = cause_at(i)); i++)
		for (size_t n = 0; c->explains[n]; n++)
			CHECK(cause_of_id(c->explains[n]));
}

/* A circle would leave two breaks waiting for each other, and no root. */
static bool leads_to(const struct cause *from, const struct cause *to, unsigned depth)
{
	for (size_t n = 0; depth && from->explains[n]; n++) {
		const struct cause *next = cause_of_id(from->explains[n]);
		if (next == to || leads_to(next, to, depth - 1))
			return true;
	}
	return false;
}

TEST(nothing_explains_itself)
{
	const struct cause *c;
	for (size_t i = 0; (c = cause_at(i)); i++)
		CHECK(!leads_to(c, c, 8));
}

static struct arena arena;

static const char *line_for(const char *line, const char *distro, const char *subject)
{
	return cause_line(&arena, line, &(struct cause_reader){ distro, subject });
}

TEST(lines_are_for_their_distribution)
{
	CHECK_STR(line_for("arch|sudo pacman -S x", "arch", ""), "sudo pacman -S x");
	CHECK(!line_for("arch|sudo pacman -S x", "debian", ""));
	CHECK_STR(line_for("a | b", "arch", ""), "a | b");
}

TEST(subject_is_quoted_for_the_shell)
{
	CHECK_STR(line_for("docker restart {}", "arch", "ollama"), "docker restart ollama");
	CHECK_STR(line_for("docker restart {}", "arch", "x; rm -rf ~"),
		  "docker restart 'x; rm -rf ~'");
	CHECK_STR(line_for("f {} {}", "arch", "a'b"), "f 'a'\\''b' 'a'\\''b'");
	CHECK_STR(line_for("f {}", "arch", "{}"), "f '{}'");
	CHECK_STR(line_for("# f {} {{x} {", "arch", "a b"), "# f a b {{x} {");
	CHECK(!line_for("f {}", "arch", ""));
}

TEST(a_container_is_made_anew_as_it_was_made)
{
	struct cause_reader to = { "arch", "ollama", MAKER_COMPOSE, "/{}/c.yaml", "docker up {}" };

	CHECK_STR(cause_line(&arena, "compose|# In {file}: {}", &to), "# In /{}/c.yaml: ollama");
	CHECK_STR(cause_line(&arena, "compose|{up}", &to), "docker up {}");
	CHECK(!cause_line(&arena, "bare|# without compose: {}", &to));
	to.maker = MAKER_OTHER;
	CHECK(!cause_line(&arena, "compose|# In {file}", &to));
	CHECK(!cause_line(&arena, "compose|{up}", &to));
	CHECK_STR(cause_line(&arena, "bare|# without compose: {}", &to),
		  "# without compose: ollama");
	to.maker = MAKER_UNKNOWN;
	CHECK_STR(cause_line(&arena, "compose|# In {file}", &to), "# In the compose file");
	CHECK_STR(cause_line(&arena, "compose|{up}", &to),
		  "# then, in the folder of that file: docker compose up -d");
	CHECK_STR(cause_line(&arena, "bare|# without compose: {}", &to),
		  "# without compose: ollama");
}

TEST(every_link_needs_only_earlier_ones)
{
	const struct link *l;
	for (size_t i = 0; (l = chain_link(i)); i++)
		for (size_t n = 0; l->needs[n]; n++) {
			size_t at = 0;
			while (chain_link(at) && !str_eq(chain_link(at)->id, l->needs[n]))
				at++;
			CHECK(at < i);
		}
}
