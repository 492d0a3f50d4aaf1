/* SPDX-License-Identifier: MIT */
#include "store/name.h"

#include <errno.h>
#include <string.h>
#include <strings.h>

enum { NAME_MOST = 1024 };

static const struct {
	const char *absent; /* what stands for it where it is left out */
	size_t most;
	const char *also; /* beside letters, digits and "_", but not at the start */
} part_of[OLLAMA_PARTS] = {
	[OLLAMA_HOST] = { "registry.ollama.ai", 350, "-.:" },
	[OLLAMA_NAMESPACE] = { "library", 80, "-" },
	[OLLAMA_MODEL] = { NULL, 80, "-." },
	[OLLAMA_TAG] = { "latest", 80, "-." },
};

static bool is_word(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '_';
}

bool ollama_part_valid(int part, const char *text)
{
	if (!is_word(text[0]))
		return false;
	size_t n = 1;
	for (; text[n]; n++)
		if (!is_word(text[n]) && !strchr(part_of[part].also, text[n]))
			return false;
	return n <= part_of[part].most;
}

/* Takes what stands behind the last `at` off the text; NULL: it has none. */
static char *cut(char *text, char at)
{
	char *p = strrchr(text, at);
	if (!p)
		return NULL;
	*p = '\0';
	return p + 1;
}

/* ":local" and ":cloud" say where it runs. Of the cloud, the name that lies in the store is
 * MODEL:TAG-cloud, or MODEL:cloud (internal/modelref). */
static char *without_source(struct arena *a, char *text, bool *cloud)
{
	char *colon = strrchr(text, ':');

	if (!colon || strchr(colon, '/'))
		return text;
	if (strcasecmp(colon, ":local") == 0) {
		*colon = '\0';
		return text;
	}
	size_t n = strlen(colon);
	*cloud =
	    strcasecmp(colon, ":cloud") == 0 || (n > 6 && strcasecmp(colon + n - 6, "-cloud") == 0);
	if (!*cloud || strcasecmp(colon, ":cloud") != 0)
		return text;
	*colon = '\0';
	const char *tag = strrchr(text, ':');
	return arena_printf(a, "%s%scloud", text, tag && !strchr(tag, '/') ? "-" : ":");
}

int ollama_name_parse(struct arena *a, const char *text, struct ollama_name *ret, struct err *e)
{
	struct ollama_name out = { 0 };
	const char *shown = str_clean(a, text, strlen(text), 120);

	if (strlen(text) > NAME_MOST)
		return err_say(e, -EINVAL, "'%s...' is too long for a model's name", shown);
	char *rest = without_source(a, str_trim(a, text, strlen(text)), &out.cloud);
	const char *colon = strrchr(rest, ':');
	if (colon && !strchr(colon, '/'))
		out.part[OLLAMA_TAG] = cut(rest, ':');
	char *model = cut(rest, '/');
	out.part[OLLAMA_MODEL] = model ? model : rest;
	if (model) {
		char *namespace = cut(rest, '/');
		out.part[OLLAMA_NAMESPACE] = namespace ? namespace : rest;
		const char *scheme = namespace ? strstr(rest, "://") : NULL;
		if (namespace)
			out.part[OLLAMA_HOST] = scheme ? scheme + 3 : rest;
	}
	for (int i = 0; i < OLLAMA_PARTS; i++) {
		if (!out.part[i])
			out.part[i] = part_of[i].absent;
		if (!ollama_part_valid(i, out.part[i]))
			return err_say(e, -EINVAL, "'%s' is no name of a model, like qwen2.5:32b",
				       shown);
	}
	*ret = out;
	return 0;
}

bool ollama_name_same(const struct ollama_name *a, const struct ollama_name *b)
{
	for (int i = 0; i < OLLAMA_PARTS; i++)
		if (strcasecmp(a->part[i], b->part[i]) != 0)
			return false;
	return true;
}

static bool usual(const struct ollama_name *n, int part)
{
	return strcasecmp(n->part[part], part_of[part].absent) == 0;
}

const char *ollama_name_text(struct arena *a, const struct ollama_name *n)
{
	const char *const *p = n->part;

	if (!usual(n, OLLAMA_HOST))
		return arena_printf(a, "%s/%s/%s:%s", p[OLLAMA_HOST], p[OLLAMA_NAMESPACE],
				    p[OLLAMA_MODEL], p[OLLAMA_TAG]);
	if (!usual(n, OLLAMA_NAMESPACE))
		return arena_printf(a, "%s/%s:%s", p[OLLAMA_NAMESPACE], p[OLLAMA_MODEL],
				    p[OLLAMA_TAG]);
	return arena_printf(a, "%s:%s", p[OLLAMA_MODEL], p[OLLAMA_TAG]);
}

const char *ollama_name_path(struct arena *a, const struct ollama_name *n)
{
	const char *const *p = n->part;

	return arena_printf(a, "%s/%s/%s/%s", p[OLLAMA_HOST], p[OLLAMA_NAMESPACE], p[OLLAMA_MODEL],
			    p[OLLAMA_TAG]);
}
