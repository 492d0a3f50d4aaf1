/* SPDX-License-Identifier: MIT */
/* What bash(1) makes of the texts is asked of it in tests/property/shell-edit.c. */
#include "format/shell-edit.h"

#include <errno.h>

#include "tap.h"

static struct arena arena;

/* The text after an edit, "same", or why it is refused; a refused text has to be as it was. */
static const char *told(const struct edit *t, const char *before, int r, const struct err *e)
{
	bool same = str_eq(t->text.data, before);

	if (r == 1)
		return same ? "1, but not changed" : t->text.data;
	if (!same)
		return "changed, but not 1";
	return r == 0 ? "same" : r == -EINVAL ? str_dup(&arena, e->text) : "another code";
}

static const char *list_in(const char *file, const char *name, const char *text, const char *words,
			   bool adds)
{
	struct edit t = { &arena, file, bytes_of(text) };
	struct names w = str_split(&arena, words, " ", 16);
	struct err e = { 0 };
	int r = adds ? shell_list_add(&t, name, &w, &e) : shell_list_remove(&t, name, &w, &e);
	return told(&t, text, r, &e);
}

static const char *add(const char *text, const char *words)
{
	return list_in("f", "MODULES", text, words, true);
}

static const char *removed(const char *text, const char *words)
{
	return list_in("f", "MODULES", text, words, false);
}

static const char *set(const char *name, const char *text, const char *value)
{
	struct edit t = { &arena, "f", bytes_of(text) };
	struct err e = { 0 };
	int r = shell_set(&t, name, value, &e);
	return told(&t, text, r, &e);
}

static const char *cmdline_of(const char *name, const char *text, const char *drop,
			      const char *set_words, const char *add_words)
{
	struct edit t = { &arena, "f", bytes_of(text) };
	const struct cmdline_change c = {
		.set = str_split(&arena, set_words, " ", 16),
		.add = str_split(&arena, add_words, " ", 16),
		.drop = str_split(&arena, drop, " ", 16),
	};
	struct err e = { 0 };
	int r = shell_cmdline(&t, name, &c, &e);
	return told(&t, text, r, &e);
}

static const char *cmdline(const char *text, const char *set_words)
{
	return cmdline_of("C", text, "", set_words, "");
}

TEST(words_go_behind_the_last_one_and_nothing_else_moves)
{
	CHECK_STR(add("# MODULES=(x)\nMODULES=(a b) # c\nHOOKS=(d)\n", "n m"),
		  "# MODULES=(x)\nMODULES=(a b n m) # c\nHOOKS=(d)\n");
	CHECK_STR(add("MODULES=()", "n m"), "MODULES=(n m)");
	CHECK_STR(add("MODULES=( )", "n"), "MODULES=( n )");
	CHECK_STR(add("MODULES=( a )\n", "n"), "MODULES=( a n )\n");
	CHECK_STR(add("\tMODULES=(a\tb)\t\nX=1", "n"), "\tMODULES=(a\tb n)\t\nX=1");
	CHECK_STR(add("MODULES=(a)\nMODULES=(b)\n", "n"), "MODULES=(a)\nMODULES=(b n)\n");
	CHECK_STR(add("export MODULES=(a)", "n"), "export MODULES=(a n)");
}

TEST(what_is_there_already_stays_where_it_is)
{
	CHECK_STR(add("MODULES=(n a)\n", "n"), "same");
	CHECK_STR(add("MODULES=(n a)\n", "n m a"), "MODULES=(n a m)\n");
	CHECK_STR(add("MODULES=(n)\nMODULES+=(a)\n", "n"), "same");
	CHECK_STR(add("MODULES=(i nvidia{,_uvm})", "nvidia_uvm nvidia"), "same");
	CHECK_STR(add("MODULES=(a)", "n n"), "MODULES=(a n)");
	CHECK_STR(add("MODULES=(a)", ""), "same");
}

TEST(a_list_over_lines_keeps_its_style)
{
	CHECK_STR(add("MODULES=(\n  a\n  b\n)\n", "n m"), "MODULES=(\n  a\n  b\n  n\n  m\n)\n");
	CHECK_STR(add("MODULES=(a\n\t b)\n", "n"), "MODULES=(a\n\t b\n\t n)\n");
	CHECK_STR(add("MODULES=(\n  a # first\n  b # last\n)\n", "n"),
		  "MODULES=(\n  a # first\n  b # last\n  n\n)\n");
	CHECK_STR(add("MODULES=(a b # why\n c d)\n", "n"), "MODULES=(a b # why\n c d n)\n");
	CHECK_STR(add("MODULES=(a b # why\n)\n", "n"), "MODULES=(a b n # why\n)\n");
	CHECK_STR(add("MODULES=(\n)\n", "n"), "MODULES=(\n\tn\n)\n");
	CHECK_STR(add("MODULES=(\n  # none\n)\n", "n"), "MODULES=(\n  # none\n  n\n)\n");
	CHECK_STR(add("MODULES=(a \\\n  b \\\n)\n", "n"), "MODULES=(a \\\n  b \\\n  n \\\n)\n");
}

TEST(new_words_are_quoted_as_the_last_one_is)
{
	CHECK_STR(list_in("f", "PRESETS", "PRESETS=('default' 'fallback')", "n", true),
		  "PRESETS=('default' 'fallback' 'n')");
	CHECK_STR(list_in("f", "PRESETS", "PRESETS=(\"default\")", "n", true),
		  "PRESETS=(\"default\" \"n\")");
	CHECK_STR(add("MODULES=(a)", "n;m"), "MODULES=(a \"n;m\")");
	CHECK_STR(add("MODULES=(a)", "$(n)"), "MODULES=(a \"\\$(n)\")");
}

TEST(lists_built_from_others_get_words_too)
{
	CHECK_STR(add("A=(x)\nMODULES=(${A[@]} b)\n", "n"), "A=(x)\nMODULES=(${A[@]} b n)\n");
	CHECK_STR(add("A=(x)\nMODULES=(\"${A[@]}\")\n", "x"), "same");
	CHECK_STR(add("MODULES=(\"${MODULES[@]}\" a)\n", "n"), "MODULES=(\"${MODULES[@]}\" a n)\n");
	CHECK_STR(add("MODULES=($(cat /m) a)\n", "n"), "MODULES=($(cat /m) a n)\n");
	CHECK_STR(removed("MODULES=($(cat /m) a)\n", "a"),
		  "f:1: what MODULES holds depends on another variable or a command");
}

TEST(a_list_alone_in_a_drop_in_is_added_to)
{
	CHECK_STR(add("\nMODULES+=(a)\n", "n"), "\nMODULES+=(a n)\n");
	CHECK_STR(list_in("f", "add_drivers", "add_drivers+=\" a b \"\n", "n m", true),
		  "add_drivers+=\" a b n m \"\n");
}

TEST(old_texts_get_words_inside_of_their_quotes)
{
	CHECK_STR(add("MODULES=\"a b\"\n", "n"), "MODULES=\"a b n\"\n");
	CHECK_STR(add("MODULES=''\n", "n"), "MODULES='n'\n");
	CHECK_STR(add("MODULES=\"\"\n", "n m"), "MODULES=\"n m\"\n");
	CHECK_STR(add("MODULES=\n", "n"), "MODULES=\"n\"\n");
	CHECK_STR(add("MODULES=a\n", "n"), "MODULES=\"a n\"\n");
	CHECK_STR(add("MODULES=\"a b\"\nMODULES+=\" c\"\n", "n"),
		  "MODULES=\"a b\"\nMODULES+=\" c n\"\n");
	CHECK_STR(list_in("f", "x", "x+=\"\"\n", "n", true), "x+=\" n \"\n");
	CHECK_STR(list_in("f", "x", "x+=\"a\"\n", "n", true), "x+=\"a n\"\n");
	CHECK_STR(list_in("f", "x", "x+=\" \\\na \\\nb \"\n", "n", true),
		  "x+=\" \\\na \\\nb \\\nn \"\n");
}

TEST(a_list_that_goes_on_from_a_text_is_refused)
{
	CHECK_STR(add("MODULES=\"a b\"\nMODULES+=(c)\n", "n"),
		  "f:2: MODULES is a list here, and a text in line 1: bash takes the text as one "
		  "word; write both in one way");
	CHECK_STR(add("MODULES=(a b)\nMODULES+=\" c\"\n", "n"),
		  "f:2: MODULES is a text here, and a list in line 1: bash takes the text as one "
		  "word; write both in one way");
}

TEST(what_nothing_sets_gets_a_line)
{
	CHECK_STR(add("A=1\n", "n m"), "A=1\nMODULES=(n m)\n");
	CHECK_STR(add("A=1", "n"), "A=1\nMODULES=(n)\n");
	CHECK_STR(add("", "n"), "MODULES=(n)\n");
	CHECK_STR(add("# MODULES=(x)\n#MODULES=(y)\n# MODULES are\nA=1\n", "n"),
		  "# MODULES=(x)\n#MODULES=(y)\nMODULES=(n)\n# MODULES are\nA=1\n");
	CHECK_STR(add("HOOKS=(a\n# MODULES=(x)\n)\n", "n"),
		  "HOOKS=(a\n# MODULES=(x)\n)\nMODULES=(n)\n");
	CHECK_STR(list_in("/etc/dracut.conf", "add_drivers", "A=1\n", "n m", true),
		  "A=1\nadd_drivers+=\" n m \"\n");
	CHECK_STR(removed("A=1\n", "n"), "same");
}

TEST(words_are_taken_off_every_assignment)
{
	CHECK_STR(removed("MODULES=(n a)\nMODULES+=(b 'n' c)\n", "n"),
		  "MODULES=(a)\nMODULES+=(b c)\n");
	CHECK_STR(removed("MODULES=(n)\nMODULES=(a n)\n", "n"), "MODULES=(n)\nMODULES=(a)\n");
	CHECK_STR(removed("MODULES=(\n  a\n  n\n  b # x\n)\n", "n b"),
		  "MODULES=(\n  a\n  # x\n)\n");
	CHECK_STR(removed("MODULES=\"n a n\"\n", "n"), "MODULES=\"a\"\n");
	CHECK_STR(list_in("f", "x", "x+=\" n a \"\n", "n a", false), "x+=\" \"\n");
	CHECK_STR(removed("MODULES=(a)\n", "n"), "same");
	CHECK_STR(removed("MODULES=(n{,_uvm})\n", "n"),
		  "f:1: MODULES cannot be changed safely here");
	CHECK_STR(removed("A=(n)\nMODULES=(${A[@]} n)\n", "n"),
		  "f:2: MODULES cannot be changed safely here");
}

TEST(taking_off_undoes_what_was_added)
{
	static const char *const texts[] = {
		"MODULES=(a b)\n",          "MODULES=()",      "MODULES=( )",
		"MODULES=(\n  a\n  b\n)\n", "MODULES=(\n)",    "MODULES=(a\n b)",
		"MODULES=(a \\\n  b \\\n)", "MODULES=\"a b\"", "MODULES=\"\"",
		"MODULES+=\" a \"",         "MODULES='a b '",  "MODULES=(a # c\n b # d\n)\n",
	};
	for (size_t i = 0; i < COUNT_OF(texts); i++)
		CHECK_STR(removed(add(texts[i], "n m"), "m n"), texts[i]);
}

TEST(what_cannot_be_told_is_refused_with_its_place)
{
	CHECK_STR(add("MODULES=(a)\nif x; then\nMODULES+=(b)\nfi\n", "n"),
		  "f:3: set under a condition");
	CHECK_STR(add("[[ -e /x ]] && MODULES=(a)\n", "n"), "f:1: set under a condition");
	CHECK_STR(add("f() { MODULES=(a); }\n", "n"), "f:1: more of the shell than is understood");
	CHECK_STR(add("\n. /etc/x\nMODULES=(a)\n", "n"), "f:2: runs `.`");
	CHECK_STR(add("for MODULES in a b; do x; done\n", "n"), "f:1: set by a loop");
	CHECK_STR(add("MODULES[1]=a\n", "n"), "f:1: sets one element of a list");
	CHECK_STR(add("MODULES=(a\n", "n"), "f:1: a list is not closed");
	CHECK_STR(add("MODULES=(a) B=1 cmd\n", "n"), "f:1: stands before a command");
	CHECK_STR(add("MODULES=\"a\"' b'\n", "n"),
		  "f:1: MODULES is put together from several quoted parts");
	CHECK_STR(add("MODULES=(a)\n", "n\nm"), "f:1: 'n\nm' is not one word");
	CHECK_STR(add("MODULES=(a)\nHOOKS=(${MODULES[@]} x)\n", "n"),
		  "f:1: HOOKS is built from MODULES, and would change with it");
}

TEST(cr_lf_is_refused_where_the_shell_would_see_it)
{
	CHECK_STR(add("A=1\r\nMODULES=(a)\r\n", "n"),
		  "f:1: the line ends with CR LF, which a shell takes into the value: sed -i "
		  "'s/\\r$//' f");
	CHECK_STR(add("# c\r\n", "n"),
		  "f:1: the line ends with CR LF, which a shell takes into the value: sed -i "
		  "'s/\\r$//' f");
	CHECK_STR(add("# c\r\nMODULES=(a)\n", "n"), "# c\r\nMODULES=(a n)\n");
}

TEST(a_value_is_replaced_in_its_quotes)
{
	CHECK_STR(set("K", "K=\"/a\" # c\n", "/b"), "K=\"/b\" # c\n");
	CHECK_STR(set("K", "K='/a'\n", "/b"), "K='/b'\n");
	CHECK_STR(set("K", "K=/a\n", "/b"), "K=/b\n");
	CHECK_STR(set("K", "K=/a\n", "b c"), "K=\"b c\"\n");
	CHECK_STR(set("K", "K='a'\n", "it's"), "K=\"it's\"\n");
	CHECK_STR(set("K", "K=\"a\"\n", "$x"), "K=\"\\$x\"\n");
	CHECK_STR(set("K", "K=a\nK=b\n", "c"), "K=a\nK=c\n");
	CHECK_STR(set("K", "K=\"/$(hostname)/a\"\n", "/b"), "K=\"/b\"\n");
	CHECK_STR(set("K", "K='a'\n", "a"), "same");
}

TEST(a_value_that_nothing_sets_gets_a_line_below_its_example)
{
	CHECK_STR(set("ALL_config", "#ALL_config=\"/x\"\nALL_kver=\"/k\"\n", "/y"),
		  "#ALL_config=\"/x\"\nALL_config=\"/y\"\nALL_kver=\"/k\"\n");
	CHECK_STR(set("K", "A=1", "v"), "A=1\nK=\"v\"\n");
}

TEST(a_value_set_elsewhere_is_refused)
{
	CHECK_STR(set("K", "K+=\" a\"\n", "b"), "f:1: K is added to, and set elsewhere");
	CHECK_STR(set("K", "K=(a)\n", "b"), "f:1: K is a list");
	CHECK_STR(set("K", "x && K=a\n", "b"), "f:1: set under a condition");
	CHECK_STR(set("K", "K=a\nB=$K\n", "b"), "f:1: B is built from K, and would change with it");
	CHECK_STR(set("K", "K=a\n", "b\nc"), "f:1: a value of more than one line for K");
}

TEST(parameters_go_into_the_quotes_of_the_command_line)
{
	CHECK_STR(cmdline("C=\"quiet splash\"\n", "a=1"), "C=\"quiet splash a=1\"\n");
	CHECK_STR(cmdline("C='quiet'  \n", "a=1"), "C='quiet a=1'  \n");
	CHECK_STR(cmdline("C=\"\"", "a=1"), "C=\"a=1\"");
	CHECK_STR(cmdline("C=quiet\n", "a=1"), "C=\"quiet a=1\"\n");
	CHECK_STR(cmdline("C=\"tty12\" # to a tty\n", "a=1"), "C=\"tty12 a=1\" # to a tty\n");
	CHECK_STR(cmdline("C=\"a=0 quiet\"\n", "a=1"), "C=\"a=1 quiet\"\n");
	CHECK_STR(cmdline("C=\"a=1 quiet\"\n", "a=1"), "same");
	CHECK_STR(cmdline("#C=\"x\"\nB=1\n", "a=1 b"), "#C=\"x\"\nC=\"a=1 b\"\nB=1\n");
	CHECK_STR(cmdline_of("C", "C=\"q a=0  b\"\n", "a", "", "p=x"), "C=\"q  b p=x\"\n");
	CHECK_STR(cmdline_of("C", "B=1\n", "a", "", ""), "same");
}

TEST(continued_lines_and_nested_quotes_of_a_command_line_stay)
{
	CHECK_STR(cmdline("C=\"\\\nquiet \\\nsplash\"\n", "a=1"),
		  "C=\"\\\nquiet \\\nsplash a=1\"\n");
	CHECK_STR(cmdline("C=\"\\\na=0 \\\nsplash\"\n", "a=1"), "C=\"\\\na=1 \\\nsplash\"\n");
	CHECK_STR(cmdline_of("C", "C=\"quiet \\\nsplash\"\n", "splash", "", ""), "C=\"quiet \"\n");
	CHECK_STR(cmdline("C=\"d=\\\"x y\\\" q\"\n", "a=1"), "C=\"d=\\\"x y\\\" q a=1\"\n");
	CHECK_STR(cmdline("C=\"d='x y' q\"\n", "a=1"), "C=\"d='x y' q a=1\"\n");
	CHECK_STR(cmdline("C='d=\"x y\" q'\n", "a=1"), "C='d=\"x y\" q a=1'\n");
	CHECK_STR(cmdline("C='q'\n", "a='1'"),
		  "f:1: a parameter does not fit into the quotes of C");
}

TEST(a_command_line_built_from_variables_is_changed_where_that_is_safe)
{
	CHECK_STR(cmdline("C=\"$C quiet\"\n", "a=1"), "C=\"$C quiet a=1\"\n");
	CHECK_STR(cmdline("A=\"a=0 x\"\nC=\"$A quiet\"\n", "a=1"),
		  "A=\"a=0 x\"\nC=\"$A quiet a=1\"\n");
	CHECK_STR(cmdline("A=\"a=1\"\nC=\"$A quiet\"\n", "a=1"), "same");
	CHECK_STR(
	    cmdline_of("C", "A=\"a=0\"\nC=\"$A quiet\"\n", "a", "", ""),
	    "f:2: C is built from other variables, or ends with words for init: what it needs "
	    "has to be changed by hand");
	CHECK_STR(cmdline_of("C", "C=\"$X quiet\"\n", "a", "", ""),
		  "f:1: what C holds depends on another variable or a command");
	CHECK_STR(cmdline("C=quiet\nC+=\" splash\"\n", "a=1"), "C=quiet\nC+=\" splash a=1\"\n");
	CHECK_STR(cmdline("C=\" quiet \"\n", "a=1"), "C=\" quiet a=1 \"\n");
	CHECK_STR(cmdline("C=quiet\nC+=\"\"\n", "a=1"), "C=quiet\nC+=\" a=1\"\n");
	CHECK_STR(cmdline_of("C", "C=\"a=0 q\"\nC+=\" a=2 r\"\n", "a", "", ""),
		  "C=\"q\"\nC+=\" r\"\n");
	CHECK_STR(cmdline("C=(quiet)\n", "a=1"), "f:1: C is a list, not a text");
}

TEST(elements_of_a_list_are_texts_of_their_own)
{
	static const char *const name = "KERNEL_CMDLINE[default]";
	CHECK_STR(cmdline_of(name, "KERNEL_CMDLINE[default]=\"q\"\nKERNEL_CMDLINE[x]=\"a=1\"\n", "",
			     "a=1", ""),
		  "KERNEL_CMDLINE[default]=\"q a=1\"\nKERNEL_CMDLINE[x]=\"a=1\"\n");
	CHECK_STR(cmdline_of(name, "KERNEL_CMDLINE[default]+=\"q\"\n", "", "a=1", ""),
		  "KERNEL_CMDLINE[default]+=\"q a=1\"\n");
	CHECK_STR(cmdline_of(name, "A=1\n", "", "a=1", ""),
		  "f:1: KERNEL_CMDLINE[default] is not set here");
}
