/* SPDX-License-Identifier: MIT */
#include "collect/environment.h"

#include <string.h>

#include "base/json.h"
#include "collect/sysfs.h"

enum { VARIABLES_MAX = 64, VARIABLE_BYTES_MAX = 200 };

static bool is_ours(const char *s)
{
	static const char *const prefixes[] = { "OLLAMA_",     "NVIDIA_",
						"CUDA_",       "GGML_",
						"LLAMA_",      "VLLM_",
						"HSA_",        "ROCR_",
						"GPU_",        "LITELLM_MASTER_KEY=",
						"WEBUI_AUTH=", "POSTGRES_HOST_AUTH_METHOD=",
						"PORT=",       "PGPORT=" };
	for (size_t i = 0; i < COUNT_OF(prefixes); i++)
		if (str_starts(s, prefixes[i]))
			return true;
	return false;
}

static bool smells_of_a_secret(const char *name, size_t size)
{
	static const char *const smells[] = { "KEY", "TOKEN", "PASSWORD", "SECRET", "CREDENTIAL" };
	for (size_t i = 0; i < COUNT_OF(smells); i++)
		if (memmem(name, size, smells[i], strlen(smells[i])))
			return true;
	return false;
}

struct names environment_new(struct arena *a)
{
	return (struct names){ arena_alloc(a, VARIABLES_MAX * sizeof(const char *)), 0 };
}

/* The place of that variable, which may be there already, or a new one; NULL: there is no room. */
static const char **place_of(struct names *to, const char *text, size_t name_size)
{
	size_t i = 0;

	while (i < to->count &&
	       (strncmp(to->name[i], text, name_size) != 0 || to->name[i][name_size] != '='))
		i++;
	if (i == VARIABLES_MAX)
		return NULL;
	to->count += i == to->count;
	return &to->name[i];
}

void environment_put(struct arena *a, struct names *to, const char *text)
{
	size_t n = strcspn(text, "=");
	bool secret = smells_of_a_secret(text, n);

	if (!is_ours(text) || !text[n] || (secret && !text[n + 1]))
		return;
	const char **place = place_of(to, text, n);
	if (place)
		*place = secret ? arena_printf(a, "%.*s=(set)", (int)n, text)
				: str_clean(a, text, strlen(text), VARIABLE_BYTES_MAX);
}

void environment_put_all(struct arena *a, struct names *to, const json_t *all)
{
	size_t i;
	json_t *v;

	json_array_foreach(all, i, v)
	{
		environment_put(a, to, json_text(a, v));
	}
}

void environment_put_file(struct arena *a, struct names *to, struct bytes text)
{
	for (struct bytes line; bytes_line(&text, &line);) {
		const char *s = str_trim(a, line.data, line.size);
		const char *name = str_ndup(a, s, strcspn(s, "="));
		const char *value = assignment(a, line, name);
		if (is_ours(s) && value)
			environment_put(a, to, arena_printf(a, "%s=%s", name, value));
	}
}
