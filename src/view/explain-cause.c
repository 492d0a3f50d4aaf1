/* SPDX-License-Identifier: MIT */
/* One entry of the table of causes, whole. */
#include "view/explain.h"

#include <string.h>

#include "base/str.h"
#include "base/term.h"
#include "view/remedy.h"

const char *explain_subject(const struct cause *c, const char *bdf)
{
	static const char settings[] = "modprobe.d or the kernel command line";
	static const struct {
		const char *id_or_link, *word;
	} words[] = {
		{ "module-forbidden", settings },
		{ "module-blacklisted", settings },
		{ "device-nodes-stale", "NODE" },
		{ "docker-socket-on-tcp", "docker.socket" },
		{ "uvm-not-loaded", "" }, /* no text tells of a blacklist */
		{ "initramfs", "FILE" },
		{ "kernel", "RELEASE" },
		{ "controller", "DEVICE" },
		{ "enclosure", "UUID" },
		{ "pci", "BDF" },
		{ "driver", "BDF" },
		{ "runtime", "CONTAINER" },
		{ "workload", "CONTAINER" },
		{ "ollama", "CONTAINER" },
		{ "exposure", "CONTAINER" },
	};

	for (size_t i = 0; i < COUNT_OF(words); i++)
		if (str_eq(c->id, words[i].id_or_link) || str_eq(c->link, words[i].id_or_link))
			return str_eq(words[i].word, "BDF") && *bdf ? bdf : words[i].word;
	return "NAME";
}

static void conditions(FILE *to, const struct sign *s)
{
	const struct {
		const char *word, *ids;
	} each[] = { { "with", s->with }, { "unless", s->unless }, { "below", s->after } };

	for (size_t i = 0; i < COUNT_OF(each); i++)
		if (each[i].ids)
			fprintf(to, "          %s: %s\n", each[i].word, each[i].ids);
}

static void signs(FILE *to, const struct cause *c)
{
	fprintf(to, "\n  Signs in text\n");
	for (const struct sign *s = c->sign; s && s->line; s++) {
		fprintf(to, "    %2u %%  %s\n", s->sure, s->line);
		conditions(to, s);
	}
	if (!c->sign)
		fprintf(to, "    none; egpu check finds it\n");
}

static void explained(FILE *to, const struct cause *c, unsigned columns)
{
	char text[1024] = "   ";

	for (size_t i = 0; i < COUNT_OF(c->explains) && c->explains[i]; i++)
		if (strlen(text) + strlen(c->explains[i]) + 2 < sizeof(text)) {
			strcat(text, " ");
			strcat(text, c->explains[i]);
		}
	if (!c->explains[0])
		return;
	fprintf(to, "\n  Consequences\n    ");
	term_wrap(to, text + 4, "    ", columns);
}

static void remedies(FILE *to, const struct explain_view *v, const struct cause *c)
{
	const struct remedy_view r = {
		v->arena, { v->distro, explain_subject(c, "") }, v->colour, v->columns
	};

	fputs("\n", to);
	remedy_text(to, &r,
		    c->unattended ? "Mend it (safe unattended)"
				  : "Mend it (for a person to decide)",
		    c->remedy);
	remedy_text(to, &r, "Mend it for good", c->lasting);
}

void explain_cause(FILE *to, const struct explain_view *v, const struct cause *c)
{
	fprintf(to, "%s%s%s (%s)\n  ", v->colour ? "\033[1m" : "", c->id,
		v->colour ? "\033[0m" : "", c->link);
	term_wrap(to, c->title, "  ", v->columns);
	fputs("\n  ", to);
	term_wrap(to, c->why, "  ", v->columns);
	signs(to, c);
	remedies(to, v, c);
	explained(to, c, v->columns);
	fprintf(to, "\n  %s\n", c->source);
}

static json_t *strings(const char *const *from, size_t max)
{
	json_t *j = json_array();
	for (size_t i = 0; i < max && from[i]; i++)
		json_array_append_new(j, json_string(from[i]));
	return j;
}

static json_t *sign_json(const struct sign *s)
{
	json_t *j = json_pack("{ss si}", "line", s->line, "sure_percent", (int)s->sure);
	if (s->with)
		json_object_set_new(j, "with", json_string(s->with));
	if (s->unless)
		json_object_set_new(j, "unless", json_string(s->unless));
	if (s->after)
		json_object_set_new(j, "below", json_string(s->after));
	return j;
}

json_t *explain_cause_json(const struct cause *c)
{
	json_t *all = json_array();

	for (const struct sign *s = c->sign; s && s->line; s++)
		json_array_append_new(all, sign_json(s));
	return json_pack("{ss ss ss ss so so so so sb ss}", "id", c->id, "link", c->link, "title",
			 c->title, "why", c->why, "signs", all, "remedy",
			 strings(c->remedy, COUNT_OF(c->remedy)), "lasting",
			 strings(c->lasting, COUNT_OF(c->lasting)), "explains",
			 strings(c->explains, COUNT_OF(c->explains)), "unattended", c->unattended,
			 "source", c->source);
}
