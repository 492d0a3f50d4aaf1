/* SPDX-License-Identifier: MIT */
#pragma once

#include "shared.h"

/* Files that hold kernel command lines, made by chance: quotes, tabs, comments, "--", all there is.
 */

static inline const char *words(struct arena *a, struct dice *d)
{
	static const char *const word[] = {
		"rw",
		"quiet",
		"root=UUID=1-2",
		"nvidia-drm.modeset=1",
		"nvidia_drm.modeset=0",
		"pci=realloc",
		"pci=nommconf",
		"dyndbg=\"file b.c +p\"",
		"\"m.dyndbg=file x\"",
		"a=\"\"",
		"#",
		"#x=1",
		"$tuned_params",
		"initrd=\\i.img",
		"quiet",
		"console=\"t\"ty0",
		"--",
	};
	static const char *const blank[] = { " ", " ", " ", "  ", "\t", " \t " };
	size_t count = 1 + roll(d, 6);
	const char *out = "";

	for (size_t i = 0; i < count; i++)
		out = arena_printf(a, "%s%s%s", out, i ? blank[roll(d, COUNT_OF(blank))] : "",
				   word[roll(d, COUNT_OF(word))]);
	return roll(d, 6) ? out : arena_printf(a, "%s ", out);
}

/* Lines joined by the file's ends, with or without the last one. */
struct draft {
	struct arena *arena;
	struct dice *dice;
	const char *end;
	const char *text;
};

static inline void put(struct draft *d, const char *line)
{
	d->text = arena_printf(d->arena, "%s%s%s", d->text, line, d->end);
}

static inline void put_noise(struct draft *d, const char *comment)
{
	if (!roll(d->dice, 4))
		put(d, comment);
	if (!roll(d->dice, 6))
		put(d, roll(d->dice, 2) ? "" : "  ");
}

static inline void draft_kernel(struct draft *d)
{
	for (size_t i = roll(d->dice, 4); i > 0; i--) {
		put_noise(d, "# rw quiet \"x");
		put(d, roll(d->dice, 3) ? words(d->arena, d->dice) : "single=1");
	}
	put_noise(d, "#nvidia_drm.modeset=1");
}

static inline void draft_bls(struct draft *d)
{
	static const char *const blank[] = { " ", "\t", "   ", "\t\t", "      " };
	const char *is = blank[roll(d->dice, COUNT_OF(blank))];

	put_noise(d, "# title x");
	put(d, arena_printf(d->arena, "title%sA Linux # 1", is));
	put(d, arena_printf(d->arena, "linux%s/vmlinuz", is));
	for (size_t i = roll(d->dice, 3); i > 0; i--) {
		put_noise(d, "#options quiet");
		put(d, arena_printf(d->arena, "%soptions%s%s", roll(d->dice, 5) ? "" : " ", is,
				    words(d->arena, d->dice)));
	}
	put_noise(d, "options");
	if (!roll(d->dice, 2))
		put(d, arena_printf(d->arena, "initrd%s/i.img", is));
	put_noise(d, " # end");
}

static inline void draft_limine(struct draft *d)
{
	static const char *const indent[] = { "", "  ", "\t", "    " };
	const char *in = indent[roll(d->dice, COUNT_OF(indent))];

	put(d, "timeout: 3");
	for (size_t i = 1 + roll(d->dice, 3); i > 0; i--) {
		bool is_linux = i == 1 || roll(d->dice, 2);
		put_noise(d, "# cmdline: quiet");
		put(d, roll(d->dice, 2) ? "/Linux" : "//Sub");
		put(d, arena_printf(d->arena, "%sprotocol: %s", in, is_linux ? "linux" : "efi"));
		if (!roll(d->dice, 2))
			put(d, arena_printf(d->arena, "%spath: boot():/%s", in,
					    is_linux ? "v#1" : "v.efi"));
		else
			put(d, arena_printf(d->arena, "%skernel_path: boot():/%s", in,
					    is_linux ? "v" : "v.efi"));
		if (roll(d->dice, 3))
			put(d, arena_printf(d->arena, "%s%s: %s", in,
					    roll(d->dice, 3) ? "cmdline" : "kernel_cmdline",
					    words(d->arena, d->dice)));
		put_noise(d, "  # cmdline: x");
	}
}

static inline void draft_refind(struct draft *d)
{
	for (size_t i = 1 + roll(d->dice, 3); i > 0; i--) {
		const char *text = words(d->arena, d->dice), *twice = "";
		for (; *text; text++)
			twice = arena_printf(d->arena, "%s%s%c", twice, *text == '"' ? "\"" : "",
					     *text);
		put_noise(d, "# \"x\" \"quiet\"");
		put(d, arena_printf(d->arena, "\"A \"\"%zu\"\"\"%s\"%s\"", i,
				    roll(d->dice, 2) ? " " : "\t", twice));
	}
}
