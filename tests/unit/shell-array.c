/* SPDX-License-Identifier: MIT */
/* What bash(1) makes of each of these texts was asked of it. */
#include "format/shell.h"

#include "tap.h"

static struct arena arena;

/* MODULES after the text: "a|b" for a list, "=a b" for a plain value, "unset", or the trouble. */
static const char *modules_of(const struct shell *s)
{
	const char *trouble = shell_trouble(s, "MODULES"), *out = "";
	const struct shell_variable *v = shell_variable(s, "MODULES");

	if (trouble || !v)
		return trouble ? trouble : "unset";
	for (size_t i = 0; i < v->word.count; i++)
		out = arena_printf(&arena, "%s%s%s", out,
				   i            ? "|"
				   : v->is_list ? ""
						: "=",
				   v->word.name[i]);
	return out;
}

static const char *modules(const char *text)
{
	struct shell s = { .arena = &arena };
	shell_read(&s, &(struct shell_piece){ "f", bytes_of(text) }, 1);
	return modules_of(&s);
}

TEST(a_list_may_go_over_lines_and_hold_comments)
{
	CHECK_STR(modules("MODULES=(vfat btrfs # root\n\t i915 nvidia)\n"),
		  "vfat|btrfs|i915|nvidia");
	CHECK_STR(modules("MODULES=(a \\\n b)"), "a|b");
	CHECK_STR(modules("MODULES=()"), "");
}

TEST(comments_and_longer_names_are_not_the_variable)
{
	CHECK_STR(modules("# MODULES=(a)\n  #MODULES=(b)\nMODULES_DECOMPRESS=\"yes\"\n"), "unset");
}

TEST(later_assignments_replace_and_append)
{
	CHECK_STR(modules("MODULES=(a)\nMODULES=(b)"), "b");
	CHECK_STR(modules("MODULES=(a)\nMODULES+=(b c)"), "a|b|c");
	CHECK_STR(modules("MODULES=\"a b\"\nMODULES+=\" c\""), "=a b c");
}

TEST(text_and_list_mix_as_bash_mixes_them)
{
	CHECK_STR(modules("MODULES=\"a b\"\nMODULES+=(c)"), "a b|c");
	CHECK_STR(modules("MODULES=(a b)\nMODULES+=\" c\""), "a c|b");
}

TEST(braces_and_known_variables_are_opened_out)
{
	CHECK_STR(modules("MODULES=(i915 nvidia{,_uvm,_drm})"),
		  "i915|nvidia|nvidia_uvm|nvidia_drm");
	CHECK_STR(modules("G=nvidia\nMODULES=($G \"${G}_uvm\")"), "nvidia|nvidia_uvm");
	CHECK_STR(modules("MODULES=(a b)\nMODULES=(\"${MODULES[@]}\" c)"), "a|b|c");
	CHECK_STR(modules("MODULES=('a{b,c}' \"d\\\"e\")"), "a{b,c}|d\"e");
}

TEST(what_needs_a_shell_is_never_guessed)
{
	CHECK_STR(modules("\nMODULES=($(lsmod))"), "f:2: needs a shell to be told");
	CHECK_STR(modules("MODULES=(`lsmod`)"), "f:1: needs a shell to be told");
	CHECK_STR(modules("MODULES=($OTHER)"), "f:1: $OTHER is not set in the file");
	CHECK_STR(modules("A='a b'\nMODULES=($A)"), "f:2: a variable that is several words");
	CHECK_STR(modules(". /etc/other\nMODULES=(a)"), "f:1: runs `.`");
}

TEST(a_substitution_with_brackets_in_quotes_ends_where_it_ends)
{
	CHECK_STR(modules("A=$(echo ')')\nMODULES=(a)"), "a");
	CHECK_STR(modules("A=\"$(echo \"(\")\"\nMODULES=(a)"), "a");
}

TEST(what_depends_on_a_condition_is_never_guessed)
{
	CHECK_STR(modules("MODULES=(a)\nif x; then\nMODULES+=(b)\nfi"),
		  "f:3: set under a condition");
	CHECK_STR(modules("[[ -e /x ]] && MODULES=(a)"), "f:1: set under a condition");
	CHECK_STR(modules("x ||\n MODULES=(a)"), "f:2: set under a condition");
	CHECK_STR(modules("case x in\na) MODULES=(a);;\nesac"), "f:2: set under a condition");
	CHECK_STR(modules("MODULES=a | x"), "f:1: set in a shell of its own");
}

TEST(what_the_shell_would_split_or_leave_out_is_not_told_as_a_word)
{
	CHECK_STR(modules("E=\nMODULES=($E a \"$E\")"), "a|");
	CHECK_STR(modules("A='a\tb'\nMODULES=($A)"), "f:2: a variable that is several words");
	CHECK_STR(modules("A=('a b')\nMODULES=(${A[@]})"), "f:2: a variable that is several words");
	CHECK_STR(modules("A=('a b')\nMODULES=(\"${A[@]}\")"), "a b");
	CHECK_STR(modules("MODULES=(${A[@]} b)"), "f:1: $A is not set in the file");
	CHECK_STR(modules("MODULES=({a,'}'b})"), "f:1: braces that are not understood");
	CHECK_STR(modules("MODULES=(\"$1\")"), "f:1: needs a shell to be told");
}

TEST(names_that_are_exported_are_no_commands)
{
	CHECK_STR(modules("export A MODULES=(a)"), "a");
	CHECK_STR(modules("MODULES=(a)\nexport MODULES B"), "a");
	CHECK_STR(modules("declare -i MODULES=1+1"), "f:1: more of the shell than is understood");
	CHECK_STR(modules("MODULES=(a) B=1 x"), "f:1: stands before a command");
}

TEST(one_element_of_a_list_makes_that_list_untold_and_no_other)
{
	CHECK_STR(modules("MODULES=(a)\nMODULES[1]=b"), "f:2: sets one element of a list");
	CHECK_STR(modules("MODULES[1]=b"), "f:1: sets one element of a list");
	CHECK_STR(modules("MODULES[1]=b\nMODULES=(a)"), "a");
	CHECK_STR(modules("C[default]+=\" x\"\nMODULES=(a)"), "a");
	CHECK_STR(modules("for MODULES in a; do x; done"), "f:1: set by a loop");
}

TEST(every_assignment_is_told_with_its_place)
{
	struct shell s = { .arena = &arena };
	shell_read(
	    &s, &(struct shell_piece){ "f", bytes_of("A=1\nexport B+=(x y) #\nif x; then A=; fi") },
	    1);
	CHECK_INT(s.assignment_count, 3);
	CHECK_STR(s.assignment[1].name, "B");
	CHECK_INT(s.assignment[1].at, 11);
	CHECK_INT(s.assignment[1].value, 14);
	CHECK_INT(s.assignment[1].value_size, 5);
	CHECK(s.assignment[1].appends && s.assignment[1].is_list && s.assignment[1].is_certain);
	CHECK_INT(s.assignment[2].value_size, 0);
	CHECK(!s.assignment[2].is_certain);
}

TEST(what_is_unknown_stands_as_it_is_written_where_that_is_asked_for)
{
	struct shell s = { .arena = &arena, .keeps_unknown = true };
	shell_read(&s, &(struct shell_piece){ "f", bytes_of("MODULES=($(x y) \"${X:-1} b\" $Y)") },
		   1);
	CHECK_STR(modules_of(&s), "$(x y)|${X:-1} b|$Y");
	CHECK(shell_variable(&s, "MODULES")->is_open);
}

TEST(what_comes_after_the_condition_is_certain_again)
{
	CHECK_STR(modules("if x; then MODULES=(b); fi\nMODULES=(a)"), "a");
	CHECK_STR(modules("if x; then echo \"MODULES=(b)\"; fi; MODULES=(a)"), "a");
}

TEST(a_value_in_front_of_a_command_is_not_kept)
{
	CHECK_STR(modules("MODULES=i915 nvidia"), "f:1: stands before a command");
}

TEST(broken_text_is_in_trouble_as_a_whole)
{
	CHECK_STR(modules("MODULES=(a"), "f:1: a list is not closed");
	CHECK_STR(modules("MODULES=(a)\nB=\"x"), "f:2: a quote is not closed");
	CHECK_STR(modules("MODULES=(a)MODULES+=(b)"),
		  "f:1: something is glued to the end of a list");
	CHECK_STR(modules("MODULES=(a)\r\n"), "f:1: something is glued to the end of a list");
}

TEST(pieces_are_joined_as_cat_does)
{
	struct shell s = { .arena = &arena };
	const struct shell_piece piece[] = {
		{ "main", bytes_of("A=1\nMODULES=(a)") },
		{ "drop-in", bytes_of("MODULES+=(b)\n") },
	};
	shell_read(&s, piece, 2);
	CHECK_STR(modules_of(&s), "drop-in:1: something is glued to the end of a list");
}

TEST(a_place_is_told_in_its_own_file)
{
	struct shell s = { .arena = &arena };
	const struct shell_piece piece[] = {
		{ "main", bytes_of("A=1\nMODULES=(a)\n") },
		{ "drop-in", bytes_of("\n\nMODULES+=($(x))\n") },
	};
	shell_read(&s, piece, 2);
	CHECK_STR(modules_of(&s), "drop-in:3: needs a shell to be told");
}

TEST(files_read_one_after_the_other_share_their_variables)
{
	struct shell s = { .arena = &arena };
	shell_read(&s, &(struct shell_piece){ "a", bytes_of("MODULES+=\" x \"") }, 1);
	shell_read(&s, &(struct shell_piece){ "b", bytes_of("MODULES+=\" y \"") }, 1);
	CHECK_STR(modules_of(&s), "= x  y ");
	CHECK_STR(shell_variable(&s, "MODULES")->from, "b:1");
	CHECK_STR(shell_text(&s, "OTHER"), "");
}

TEST(limits_are_told_not_overrun)
{
	char *text = arena_alloc(&arena, SHELL_FILE_MAX + 16);
	memset(text, 'a', SHELL_FILE_MAX + 1);
	CHECK_STR(modules(text), "f:1: longer than is read");
	strcpy(text, "MODULES=(a)\n");
	for (int i = 0; i < 10; i++)
		strcat(text, "MODULES+=(\"${MODULES[@]}\")\n");
	CHECK_STR(modules(text), "f:10: longer than is read");
	strcpy(text, "A=aaaaaaaaaaaaaaaa\n");
	for (int i = 0; i < 10; i++)
		strcat(text, "A=$A$A\n");
	strcat(text, "MODULES=($A)");
	CHECK_STR(modules(text), "f:11: longer than is read");
}
