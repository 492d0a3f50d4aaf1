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

static const char *const readers[] = { "arch",  "debian", "fedora",  "ostree",
				       "nixos", "other",  "compose", "bare" };

static bool is_word(const char *text, size_t size, const char *word)
{
	return strlen(word) == size && strncmp(text, word, size) == 0;
}

static bool is_reader(const char *text, size_t size)
{
	for (size_t i = 0; i < COUNT_OF(readers); i++)
		if (is_word(text, size, readers[i]))
			return true;
	return false;
}

static bool is_for(const struct cause_reader *to, const char *text, size_t size)
{
	if (is_word(text, size, "compose"))
		return to->maker != MAKER_OTHER;
	if (is_word(text, size, "bare"))
		return to->maker != MAKER_COMPOSE;
	return is_word(text, size, to->distro);
}

/* The line without its "arch|", or NULL where it is for other readers. */
static const char *for_reader(const char *line, const struct cause_reader *to)
{
	bool all_but = *line == '!', named = false;

	for (const char *word = line + all_but;;) {
		size_t size = strcspn(word, ",|");
		if (!word[size] || !is_reader(word, size))
			return line;
		named = named || is_for(to, word, size);
		if (word[size] == '|')
			return named != all_but ? word + size + 1 : NULL;
		word += size + 1;
	}
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
