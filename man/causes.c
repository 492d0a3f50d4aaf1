/* SPDX-License-Identifier: MIT */
/* Writes egpu-causes(7) from the table of causes, as scdoc. */
#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "cause/cause.h"
#include "cause/xid.h"

enum { XID_MAX = 1000 };

static void text(const char *s)
{
	for (; *s; s++) {
		if (strchr("_*\\`<>#", *s))
			putchar('\\');
		putchar(*s);
	}
}

static void paragraph(const char *s)
{
	text(s);
	puts("\n");
}

static void block(const char *label, const char *const *line)
{
	if (!line[0])
		return;
	printf("%s:\n\n```\n", label);
	for (size_t i = 0; line[i]; i++)
		puts(line[i]);
	puts("```\n");
}

static void signs(const struct cause *c)
{
	if (!c->sign)
		return;
	puts("Signs in text:\n\n```");
	for (const struct sign *s = c->sign; s->line; s++) {
		const char *ids[][2] = { { "with", s->with },
					 { "unless", s->unless },
					 { "below", s->after } };
		printf("%3u %%  %s\n", s->sure, s->line);
		for (size_t i = 0; i < COUNT_OF(ids); i++)
			if (ids[i][1])
				printf("           %s %s\n", ids[i][0], ids[i][1]);
	}
	puts("```\n");
}

static void consequences(const struct cause *c)
{
	if (!c->explains[0])
		return;
	fputs("Consequences:", stdout);
	for (size_t i = 0; i < COUNT_OF(c->explains) && c->explains[i]; i++)
		printf(" %s%s", c->explains[i],
		       i + 1 < COUNT_OF(c->explains) && c->explains[i + 1] ? "," : ".\n\n");
}

static void cause(const struct cause *c)
{
	printf("## %s\n\n", c->id);
	printf("%c", toupper((unsigned char)*c->title));
	text(c->title + 1);
	fputs(". ", stdout);
	paragraph(c->why);
	signs(c);
	block(c->unattended ? "Mend it (safe unattended)" : "Mend it", c->remedy);
	block("Mend it for good", c->lasting);
	consequences(c);
	paragraph(c->source);
}

static void links(void)
{
	const struct cause *c;
	const char *link = "";

	for (size_t i = 0; (c = cause_at(i)); i++) {
		if (!str_eq(link, c->link)) {
			fputs("# ", stdout);
			for (const char *s = c->link; *s; s++)
				putchar(*s - 'a' + 'A');
			puts("\n");
		}
		link = c->link;
		cause(c);
	}
}

static void xids(void)
{
	const char *unnamed = xid_of_code(UINT64_MAX)->meaning;

	puts("# XID\n\nWhat the driver's error numbers mean, the cause that each is a sign of, and "
	     "what to do.\n");
	for (uint64_t code = 1; code < XID_MAX; code++) {
		const struct xid *x = xid_of_code(code);
		if (str_eq(x->meaning, unnamed))
			continue;
		printf("*%" PRIu64 "*\n\t", code);
		text(x->meaning);
		printf("%s%s%s. ", *x->cause ? " (" : "", x->cause, *x->cause ? ")" : "");
		printf("%c%s.\n\n", toupper((unsigned char)*xid_action(x->class)),
		       xid_action(x->class) + 1);
	}
}

int main(void)
{
	size_t count = 0;
	while (cause_at(count))
		count++;
	printf(
	    "egpu-causes(7)\n\n# NAME\n\negpu-causes - what goes wrong between the cable and the "
	    "tokens, and what mends it\n\n# DESCRIPTION\n\nThe %zu causes that *egpu-check*(1) "
	    "finds "
	    "on a host and *egpu-explain*(1) in a text, in the order of the chain. A sign's "
	    "percentage "
	    "is how sure the cause is when a line has it; in a sign, \"\\*\" is anything, \"\\#\" "
	    "a "
	    "number. Lines of a remedy that begin with names of distributions are for those, with "
	    "\"!\" before them for all others; *compose|* is for a container that compose made, "
	    "*bare|* for one made otherwise. \"{}\" stands for what the cause is about, \"{file}\" "
	    "for its compose file, \"{up}\" for the command that makes the container anew from "
	    "it.\n\n",
	    count);
	links();
	xids();
	puts("# SEE ALSO\n\n*egpu*(1), *egpu-check*(1), *egpu-explain*(1)");
	return 0;
}
