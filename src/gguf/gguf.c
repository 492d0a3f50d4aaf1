/* SPDX-License-Identifier: MIT */
#include "gguf/gguf.h"

#include <string.h>

const struct gguf_key *gguf_key(const struct gguf *g, const char *name)
{
	for (size_t i = 0; i < g->key_count; i++)
		if (str_eq(g->key[i].name, name))
			return &g->key[i];
	return NULL;
}

/* Whether name is "ARCH.REST". */
static bool is_of(const char *name, const char *arch, const char *rest)
{
	size_t n = strlen(arch);

	return strncmp(name, arch, n) == 0 && name[n] == '.' && str_eq(name + n + 1, rest);
}

const struct gguf_key *gguf_arch_key(const struct gguf *g, const char *rest)
{
	const struct gguf_key *arch = gguf_key(g, "general.architecture");

	if (!arch || !arch->text)
		return NULL;
	for (size_t i = 0; i < g->key_count; i++)
		if (is_of(g->key[i].name, arch->text, rest))
			return &g->key[i];
	return NULL;
}

const struct gguf_tensor *gguf_tensor(const struct gguf *g, const char *name)
{
	for (size_t i = 0; i < g->tensor_count; i++)
		if (str_eq(g->tensor[i].name, name))
			return &g->tensor[i];
	return NULL;
}

static int take(struct gguf_input *in, uint64_t at, uint64_t want, uint64_t surely,
		struct bytes *ret, struct err *e)
{
	const struct gguf_memory *m = (const struct gguf_memory *)in;
	size_t from = at < m->all.size ? (size_t)at : m->all.size;

	(void)want, (void)surely, (void)e;
	*ret = (struct bytes){ m->all.data + from, m->all.size - from };
	return 0;
}

void gguf_memory(struct gguf_memory *m, const char *name, struct bytes all, uint64_t file_bytes)
{
	*m = (struct gguf_memory){ { name, file_bytes, take }, all };
}
