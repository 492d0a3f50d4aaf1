/* SPDX-License-Identifier: MIT */
#include "cause/cause.h"

#include <string.h>

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

TEST(lines_are_for_several_distributions_or_for_all_but_some)
{
	CHECK_STR(line_for("fedora,ostree|x", "ostree", ""), "x");
	CHECK(!line_for("fedora,ostree|x", "other", ""));
	CHECK_STR(line_for("!ostree,nixos|x", "other", ""), "x");
	CHECK(!line_for("!ostree,nixos|x", "nixos", ""));
	CHECK_STR(line_for("arch,b|x", "arch", ""), "arch,b|x");
	CHECK_STR(line_for("!|x", "arch", ""), "!|x");
	CHECK_STR(line_for("arch", "debian", ""), "arch");
}

/* What only a host with that tool has. */
static bool is_of_other_tool(const struct cause *c)
{
	return str_eq(c->id, "initramfs-config-glued");
}

/* A word of the line, and no part of a path or of a package's name. */
static bool has_tool(const char *line, const char *tool)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789/._-";
	const char *at = line;

	while ((at = strstr(at, tool))) {
		const char *end = at + strlen(tool);
		if ((at == line || !strchr(letters, at[-1])) && (!*end || !strchr(letters, *end)))
			return true;
		at = end;
	}
	return false;
}

static void check_made(const struct cause *c, const char *const *lines, const char *distro)
{
	static const char *const tools[] = {
		"dnf",        "dracut",         "akmods",           "apt",
		"apt-get",    "pacman",         "grubby",           "dkms",
		"mkinitcpio", "grub2-mkconfig", "update-initramfs",
	};
	for (size_t i = 0; lines[i]; i++) {
		const char *line = line_for(lines[i], distro, "x");
		for (size_t n = 0; line && n < COUNT_OF(tools); n++)
			if (has_tool(line, tools[n]) && !is_of_other_tool(c))
				TAP_FAIL("%s on %s: %s", c->id, distro, line);
	}
	arena_done(&arena);
}

TEST(no_image_and_no_nixos_is_told_tools_that_it_does_not_have)
{
	const struct cause *c;
	for (size_t i = 0; (c = cause_at(i)); i++) {
		check_made(c, c->remedy, "ostree");
		check_made(c, c->remedy, "nixos");
		check_made(c, c->lasting, "ostree");
		check_made(c, c->lasting, "nixos");
	}
}

static void check_units(const struct cause *c, const char *const *lines)
{
	for (size_t i = 0; lines[i]; i++) {
		const char *line = line_for(lines[i], "nixos", "x");
		if (line && (strstr(line, "systemctl enable") || strstr(line, "systemctl unmask") ||
			     strstr(line, "systemctl edit")))
			TAP_FAIL("%s on nixos: %s", c->id, line);
	}
	arena_done(&arena);
}

TEST(nixos_is_told_to_enable_no_unit)
{
	const struct cause *c;
	for (size_t i = 0; (c = cause_at(i)); i++) {
		check_units(c, c->remedy);
		check_units(c, c->lasting);
	}
}

static bool has_line_for(const struct cause *c, const char *distro)
{
	bool has = false;

	for (size_t i = 0; c->remedy[i]; i++)
		has |= !line_for(c->remedy[i], "a stranger", "x") &&
		       line_for(c->remedy[i], distro, "x");
	arena_done(&arena);
	return has;
}

TEST(what_fedora_is_told_apart_ostree_and_nixos_are_too)
{
	const struct cause *c;
	for (size_t i = 0; (c = cause_at(i)); i++)
		if (has_line_for(c, "fedora") &&
		    (!has_line_for(c, "ostree") || !has_line_for(c, "nixos")))
			TAP_FAIL("%s: no line for ostree, or none for nixos", c->id);
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
