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

static const char *const families[] = { "arch", "debian", "fedora", "ostree", "nixos", "other" };

static bool is_word(const char *text, size_t size, const char *word)
{
	return strlen(word) == size && strncmp(text, word, size) == 0;
}

static bool is_family(const char *text, size_t size)
{
	for (size_t i = 0; i < COUNT_OF(families); i++)
		if (is_word(text, size, families[i]))
			return true;
	return false;
}

/* The line without its "arch|", or NULL where it is for other families. */
static const char *for_family(const char *line, const char *distro)
{
	bool all_but = *line == '!', named = false;

	for (const char *word = line + all_but;;) {
		size_t size = strcspn(word, ",|");
		if (!word[size] || !is_family(word, size))
			return line;
		named = named || is_word(word, size, distro);
		if (word[size] == '|')
			return named != all_but ? word + size + 1 : NULL;
		word += size + 1;
	}
}

const char *cause_line(struct arena *a, const char *line, const char *distro, const char *subject)
{
	const char *out = for_family(line, distro);
	if (!out || (strstr(out, "{}") && !*subject))
		return NULL;
	/* In a comment the subject is read by a person, not by a shell. */
	const char *word = *out == '#' ? subject : str_quoted(a, subject);
	const char *hole = strstr(out, "{}");
	size_t from = 0;
	while ((hole = strstr(out + from, "{}"))) {
		size_t head = (size_t)(hole - out);
		out = arena_printf(a, "%.*s%s%s", (int)head, out, word, hole + 2);
		from = head + strlen(word);
	}
	return out;
}
