/* SPDX-License-Identifier: MIT */
#pragma once

#include "base/str.h"
#include "shared.h"

/* Files as people write them, put together from traits; the same ones in every run. */
#define PICK(d, table) ((table)[roll(d, COUNT_OF(table))])

struct shell_file {
	struct bytes text;
	const char *name;
	bool is_set;     /* the variable stands in it, other than in comments */
	bool is_plain;   /* nothing in it may be refused */
	bool comes_back; /* taking off what was added gives the same bytes */
};

struct trait {
	const char *text;
	bool is_plain, comes_back;
};

/* How a list is written; '@' is the variable's name. */
static const struct trait list_traits[] = {
	{ "@=(a b)", true, true },
	{ "@=()", true, true },
	{ "@=(  )", true, true },
	{ "@=( a\tb\t)", true, true },
	{ "@=(a 'b' \"c d\")", true, true },
	{ "@=('a' 'b')", true, true },
	{ "@=(\"a\")", true, true },
	{ "@=(\n  a\n  b\n)", true, true },
	{ "@=(\n\ta # one\n\tb # two\n)", true, true },
	{ "@=(\n  # none yet\n)", true, true },
	{ "@=(\n  a b # some\n  # more\n  c d)", true, true },
	{ "@=(a\n    b\n    c)", true, true },
	{ "@=(a \\\n  b \\\n  c)", true, true },
	{ "@=(a \\\n  b \\\n)", true, true },
	{ "@=(# nothing\n)", true, true },
	{ "@=(nvidia{,_uvm} a)", true, true },
	{ "@=(\"x*\" y?)", true, true },
	{ "@=(a)\n@=(b)", true, true },
	{ "@=(a)\n@+=(b c)", true, true },
	{ "@+=(a)", true, true },
	{ "@=(a); B=1", true, true },
	{ "export @=(a b)", true, true },
	{ "OTHER=(x y)\n@=(${OTHER[@]} b)", true, true },
	{ "OTHER=(x 'y z')\n@=(\"${OTHER[@]}\")", true, true },
	{ "OTHER=x\n@=($OTHER \"${OTHER}_y\")", true, true },
	{ "OTHER=\n@=($OTHER b)", true, true },
	{ "@=(\"${@[@]}\" a)", true, true },
	{ "@=(a)\n@=(\"${@[@]}\" b)", true, true },
	{ "@=($UNSET a)", true, false },
	{ "@=\"a b\"", true, true },
	{ "@=\"\"", true, true },
	{ "@=''", true, true },
	{ "@=' a  b\t'", true, true },
	{ "@=\" \"", true, true },
	{ "@=\"a \\\n   b \\\n   c\"", true, true },
	{ "@=\"\\\na\"", true, true },
	{ "@=\"a\nb\"", true, true },
	{ "@=a", true, false },
	{ "@=", true, false },
	{ "@+=\" a b \"", true, true },
	{ "@+=\"a\"", true, true },
	{ "@+=\"\"", true, false },
	{ "@=\"a\"\n@+=\" b \"", true, true },
	{ "@=\"a\"\n@+=\"\"", true, false },
	{ "@=\"$UNSET a\"", true, false },
	{ "OTHER=x\n@=\"$OTHER a\"", true, true },
	{ "@=\"a \\$b\"", true, true },
	{ "@=\"a\"'b'", false, true },
	{ "@=\"a b\"\n@+=(c)", false, true },
	{ "@=(a)\n@+=\" b\"", false, true },
	{ "@=(a)\nB=(\"${@[@]}\" x)", false, true },
	{ "@=({1..3} a)", false, true },
	{ "@=([0]=a)", false, true },
	{ "if true; then @=(a); fi", false, true },
	{ "true && @=(a)", false, true },
	{ "@=(a)\n[ -e /x ] || @+=(b)", false, true },
};

static const struct trait text_traits[] = {
	{ "@=\"quiet splash\"", true, true },
	{ "@='quiet splash'", true, true },
	{ "@=\"\"", true, true },
	{ "@=quiet", true, false },
	{ "@=", true, false },
	{ "@=\" quiet \"", true, true },
	{ "@=\"quiet\tsplash\"", true, true },
	{ "@=\"quiet nvidia_drm.modeset=0 splash\"", true, false },
	{ "@=\"nvidia_drm.modeset=0\"", true, false },
	{ "@='quiet nvidia-drm.modeset=0'", true, false },
	{ "@=\"nvidia_drm.modeset=1 quiet\"", true, false },
	{ "@=\"\\\nquiet \\\nsplash\"", true, true },
	{ "@=\"quiet \\\n\tnvidia_drm.modeset=0 \\\n\tsplash \\\n\"", true, false },
	{ "@=\"quiet dyndbg=\\\"file x +p\\\"\"", true, true },
	{ "@='quiet dyndbg=\"file x +p\"'", true, true },
	{ "@=\"quiet dyndbg='x' \"", true, true },
	{ "@=\"$@ quiet\"", true, true },
	{ "@=\"${@} quiet\"", true, true },
	{ "OTHER=\"quiet splash\"\n@=\"$OTHER\"", true, true },
	{ "OTHER=quiet\n@=\"${OTHER} splash ${OTHER}\"", true, true },
	{ "OTHER=quiet\n@=$OTHER", true, false },
	{ "OTHER=nvidia_drm.modeset=0\n@=\"$OTHER quiet\"", true, false },
	{ "@=\"$UNSET quiet\"", true, false },
	{ "@=\"quiet\"\n@=\"splash\"", true, true },
	{ "@=\"quiet\"\n@+=\" splash\"", true, true },
	{ "@=\"quiet\"\n@+=\"\"", true, false },
	{ "@=\"nvidia_drm.modeset=0\"\n@+=\" splash\"", true, false },
	{ "@+=\" quiet \"", true, true },
	{ "export @=\"quiet\"", true, true },
	{ "@=\"quiet\" B=1", true, true },
	{ "@=\"quiet root=\\$x\"", true, true },
	{ "@=\"quiet\"' splash'", false, true },
	{ "@=(quiet)", false, true },
	{ "@=quiet\nB=\"$@ x\"", false, true },
	{ "if true; then @=quiet; fi", false, true },
	{ "@=quiet true", false, true },
};

static inline const char *with_name(struct arena *a, const char *text, const char *name)
{
	const char *at = strchr(text, '@');
	/* "[@]" is the shell's own. */
	while (at && at > text && at[-1] == '[')
		at = strchr(at + 1, '@');
	if (!at)
		return text;
	return arena_printf(a, "%.*s%s%s", (int)(at - text), text, name,
			    with_name(a, at + 1, name));
}

static inline const char *crlf(struct arena *a, const char *text)
{
	char *out = arena_alloc(a, 2 * strlen(text) + 1), *end = out;
	for (; *text; *end++ = *text++)
		if (*text == '\n')
			*end++ = '\r';
	return out;
}

static inline struct shell_file shell_file(struct arena *a, struct dice *d, const char *name,
					   const struct trait *traits, size_t count)
{
	static const char *const heads[] = {
		"",
		"# vim:set ft=sh\n",
		"#@=(x)\n",
		"\n# @=\"x y\"\n\n",
		"\t# @+=(x)\n",
		"#\n# @: what it is\n#@=()\n",
	};
	static const char *const others[] = {
		"",
		"",
		"HOOKS=(base udev)\n",
		"BINARIES=()\nFILES=\"\"\n",
		"COMPRESSION='zstd' # fast\n",
		"HOOKS=(base\n  # comment\n  udev)\n",
		"@_DECOMPRESS=\"yes\"\n",
		"\tX=\"a  b\"\t\n",
		"LONG=\"a \\\n  b\"\n",
		"GRUB_DISTRIBUTOR=`x`\n",
		"D=$(x \"(\")\n",
		"# end\n\n",
		"if [ -e /x ]; then\n\tX=1\nfi\n",
		"export X Y=2\n",
		"P=\"${X:-y}\"\n",
		"K[default]=\"x\"\n",
	};
	static const char *const tails[] = {
		"\n", "\n", "\n", " # why\n", "  \t\n", ";\n", "\n\n"
	};
	const struct trait *t = &traits[roll(d, count)];
	bool is_set = roll(d, 16) != 0, has_crlf = roll(d, 16) == 0, is_open = roll(d, 5) == 0;
	const char *text =
	    arena_printf(a, "%s%s%s%s%s", PICK(d, heads), PICK(d, others), is_set ? t->text : "",
			 is_set ? PICK(d, tails) : "", PICK(d, others));

	text = with_name(a, text, name);
	if (is_open && str_ends(text, "\n"))
		text = str_ndup(a, text, strlen(text) - 1);
	if (has_crlf)
		text = crlf(a, text);
	return (struct shell_file){ bytes_of(text), name, is_set,
				    (!is_set || t->is_plain) && !has_crlf, t->comes_back };
}
