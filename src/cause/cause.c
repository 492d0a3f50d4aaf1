/* SPDX-License-Identifier: MIT */
#include "cause/cause.h"

#include <string.h>

#include "base/str.h"

static const struct cause *const lists[] = {
	causes_controller,
	causes_enclosure,
	causes_pci_bus,
	causes_pci_lost,
	causes_pci_link,
	causes_kernel,
	causes_initramfs,
	causes_driver_bind,
	causes_driver_lost,
	causes_driver_reach,
	causes_xid,
	causes_nvml,
	causes_cuda,
	causes_persistence,
	causes_runtime_engine,
	causes_runtime_toolkit,
	causes_runtime_cdi,
	causes_workload,
	causes_ollama,
	causes_model,
	causes_exposure,
};

const struct cause *cause_at(size_t n)
{
	for (size_t i = 0; i < COUNT_OF(lists); i++)
		for (const struct cause *c = lists[i]; c->id; c++)
			if (n-- == 0)
				return c;
	return NULL;
}

const struct cause *cause_of_id(const char *id)
{
	for (size_t i = 0; i < COUNT_OF(lists); i++)
		for (const struct cause *c = lists[i]; c->id; c++)
			if (str_eq(c->id, id))
				return c;
	return NULL;
}

static bool is_for(const struct cause_reader *to, const char *whom)
{
	if (str_eq(whom, "compose"))
		return to->maker != MAKER_OTHER;
	if (str_eq(whom, "bare"))
		return to->maker != MAKER_COMPOSE;
	return str_eq(whom, to->distro);
}

/* The line without its "arch|", or NULL where it is for another reader. */
static const char *for_reader(const char *line, const struct cause_reader *to)
{
	static const char *const whom[] = {
		"arch", "debian", "fedora", "other", "compose", "bare"
	};

	for (size_t i = 0; i < COUNT_OF(whom); i++) {
		size_t n = strlen(whom[i]);
		if (strncmp(line, whom[i], n) == 0 && line[n] == '|')
			return is_for(to, whom[i]) ? line + n + 1 : NULL;
	}
	return line;
}

/* In a comment the words are read by a person, not by a shell. */
static const char *filled(struct arena *a, const char *line, const struct cause_reader *to)
{
	bool known = to->maker == MAKER_COMPOSE;
	const struct {
		const char *hole, *word;
	} fills[] = {
		{ "{}", *line == '#' ? to->subject : str_quoted(a, to->subject) },
		{ "{file}", known ? to->compose_file : "the compose file" },
		{ "{up}", known ? to->compose_up
				: "# then, in the folder of that file: docker compose up -d" },
	};
	const char *out = "", *from = line, *at = line;

	while ((at = strchr(at, '{'))) {
		size_t i = 0;
		while (i < COUNT_OF(fills) && !str_starts(at, fills[i].hole))
			i++;
		if (i == COUNT_OF(fills)) {
			at++;
			continue;
		}
		out = arena_printf(a, "%s%.*s%s", out, (int)(at - from), from, fills[i].word);
		from = at += strlen(fills[i].hole);
	}
	return arena_printf(a, "%s%s", out, from);
}

const char *cause_line(struct arena *a, const char *line, const struct cause_reader *to)
{
	const char *out = for_reader(line, to);

	if (!out || (strstr(out, "{}") && !*to->subject))
		return NULL;
	return strchr(out, '{') ? filled(a, out, to) : out;
}
