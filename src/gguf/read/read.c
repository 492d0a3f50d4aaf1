/* SPDX-License-Identifier: MIT */
#include "gguf/read/read.h"

#include <string.h>

enum { ALIGNMENT_USUAL = 32, ALIGNMENT_MIN = 8, ALIGNMENT_MAX = 64 << 10 };
enum { VERSION_MIN = 2, VERSION_MAX = 3 };
enum { PARTS_MAX = 65535 };

/* What else people take for one, by its first four bytes. */
static const struct {
	char first[4];
	const char *is;
} others[] = {
	{ "tjgg", "a model of before GGUF (ggjt, 2023)" },
	{ "lmgg", "a model of before GGUF (ggml, 2023)" },
	{ "fmgg", "a model of before GGUF (ggmf, 2023)" },
	{ "algg", "a LoRA adapter of before GGUF (2023)" },
	{ "PK\3\4", "a ZIP archive" },
	{ "vers", "text: a pointer of Git LFS?" },
	{ "<!do", "a web page" },
	{ "<!DO", "a web page" },
	{ "<htm", "a web page" },
	{ { 0 }, "zeros: still being downloaded?" },
};

static int read_magic(struct cursor *c, struct err *e)
{
	const char *p, *is = NULL;

	int r = cursor_owe(c, 0, 4, 1, "bytes", e);
	if (r < 0)
		return r;
	r = cursor_take(c, 4, &p, e);
	if (r < 0)
		return r;
	if (memcmp(p, "GGUF", 4) == 0)
		return 0;
	for (size_t i = 0; i < COUNT_OF(others) && !is; i++)
		if (memcmp(p, others[i].first, sizeof(others[i].first)) == 0)
			is = others[i].is;
	if (!is && c->window.size > 4 && c->window.data[4] == '{')
		is = "safetensors";
	return cursor_refuse(c, 0, e, "not a GGUF file%s%s", is ? ", but " : "", is ? is : "");
}

static int read_version(struct cursor *c, uint32_t *ret, struct err *e)
{
	uint64_t at = c->at;

	int r = cursor_u32(c, ret, e);
	if (r < 0)
		return r;
	if (*ret && (*ret & 0xffff) == 0)
		return cursor_refuse(c, at, e,
				     "a GGUF file for big-endian machines: get the "
				     "little-endian one");
	if (*ret < VERSION_MIN || *ret > VERSION_MAX)
		return cursor_refuse(c, at, e, "GGUF version %u: %d and %d are read", *ret,
				     VERSION_MIN, VERSION_MAX);
	return 0;
}

/* How many there are, and memory for them. */
static int read_count(struct cursor *c, uint64_t each_min, size_t each, const char *what,
		      uint64_t *ret, void **ret_room, struct err *e)
{
	uint64_t at = c->at;

	int r = cursor_u64(c, ret, e);
	if (r < 0)
		return r;
	r = cursor_owe(c, at, *ret, each_min, what, e);
	return r < 0 ? r : cursor_keep(c, at, *ret, each, ret_room, e);
}

static int read_counts(struct cursor *c, struct gguf *g, struct err *e)
{
	uint64_t count;
	void *room;

	int r = read_count(c, TENSOR_BYTES_MIN, sizeof(*g->tensor), "tensors", &count, &room, e);
	if (r < 0)
		return r;
	g->tensor = room;
	g->tensor_count = count;
	r = read_count(c, KEY_BYTES_MIN, sizeof(*g->key), "keys", &count, &room, e);
	if (r < 0)
		return r;
	g->key = room;
	g->key_count = count;
	return 0;
}

static int read_keys(struct cursor *c, struct gguf *g, struct err *e)
{
	ARENA scratch = { 0 };
	struct place *p = arena_alloc(&scratch, g->key_count * sizeof(*p));

	for (size_t i = 0; i < g->key_count; i++) {
		p[i].at = c->at;
		int r = meta_read(c, &g->key[i], e);
		if (r < 0)
			return r;
		p[i].name = g->key[i].name;
	}
	return place_check_names(c, p, g->key_count, "key", e);
}

static int read_tensors(struct cursor *c, struct gguf *g, struct err *e)
{
	ARENA scratch = { 0 };
	struct place *p = arena_alloc(&scratch, g->tensor_count * sizeof(*p));
	const struct gguf_key *arch = gguf_key(g, "general.architecture");
	const struct tensor_rules rules = { g->alignment, arch && str_eq(arch->text, "gptoss") };

	for (size_t i = 0; i < g->tensor_count; i++) {
		const struct gguf_tensor *t = &g->tensor[i];
		uint64_t at = c->at;
		int r = tensor_read(c, &rules, &g->tensor[i], e);
		if (r < 0)
			return r;
		if (!g->odd_rows && t->ne[0] % t->type->block_elements)
			g->odd_rows = t;
		p[i] = (struct place){ t->name, at, t->offset, t->offset + t->bytes, 0 };
	}
	int r = place_check_data(c, p, g->tensor_count, e);
	return r < 0 ? r : place_check_names(c, p, g->tensor_count, "tensor", e);
}

static int check_alignment(const struct cursor *c, struct gguf *g, struct err *e)
{
	const struct gguf_key *k = gguf_key(g, "general.alignment");

	g->alignment = ALIGNMENT_USUAL;
	if (!k)
		return 0;
	if (k->kind != GGUF_U32)
		return cursor_refuse(c, k->at, e, "general.alignment is no 32-bit number");
	if (k->whole < ALIGNMENT_MIN || k->whole > ALIGNMENT_MAX || (k->whole & (k->whole - 1)))
		return cursor_refuse(c, k->at, e,
				     "general.alignment is %lld, and no power of two from %d to %d",
				     (long long)k->whole, ALIGNMENT_MIN, ALIGNMENT_MAX);
	g->alignment = (uint64_t)k->whole;
	return 0;
}

static int check_architecture(const struct cursor *c, const struct gguf *g, struct err *e)
{
	const struct gguf_key *k = gguf_key(g, "general.architecture");

	if (k && (k->kind != GGUF_STRING || !k->text))
		return cursor_refuse(c, k->at, e, "general.architecture is no short text");
	return 0;
}

/* Leaves *ret where there is no such key. */
static int split_number(const struct cursor *c, const struct gguf *g, const char *name, int64_t max,
			uint64_t *ret, struct err *e)
{
	const struct gguf_key *k = gguf_key(g, name);

	if (!k)
		return 0;
	if (!meta_is_whole(k->kind))
		return cursor_refuse(c, k->at, e, "%s is no whole number", name);
	if (k->whole < 0 || k->whole > max)
		return cursor_refuse(c, k->at, e, "%s is %lld: 0 to %lld are possible", name,
				     (long long)k->whole, (long long)max);
	*ret = (uint64_t)k->whole;
	return 0;
}

static int check_split(const struct cursor *c, struct gguf *g, struct err *e)
{
	uint64_t tensors, count = 0, no = 0;

	int r = split_number(c, g, "split.count", PARTS_MAX, &count, e);
	if (r < 0)
		return r;
	r = split_number(c, g, "split.no", count ? (int64_t)count - 1 : 0, &no, e);
	if (r < 0)
		return r;
	r = split_number(c, g, "split.tensors.count", INT32_MAX, &tensors, e);
	if (r < 0 || count < 2)
		return r;
	g->split_count = count;
	g->split_no = no;
	return 0;
}

static uint64_t padded(uint64_t v, uint64_t alignment)
{
	return (v + alignment - 1) & ~(alignment - 1);
}

/* Where the data are, as the table of tensors says. Nothing here can overflow: see read_offset().
 */
static void measure(struct gguf *g, uint64_t header_end, uint64_t file_bytes)
{
	uint64_t end = 0;

	for (size_t i = 0; i < g->tensor_count; i++)
		if (g->tensor[i].offset + g->tensor[i].bytes > end)
			end = g->tensor[i].offset + g->tensor[i].bytes;
	g->header_bytes = padded(header_end, g->alignment);
	g->data_bytes = padded(end, g->alignment);
	g->file_bytes = file_bytes;
	/* Not all writers pad behind the last tensor, nor a header without any. */
	if (g->tensor_count && g->header_bytes + end > file_bytes)
		g->missing_bytes = g->header_bytes + end - file_bytes;
}

int gguf_read(struct arena *a, struct gguf_input *in, struct gguf *ret, struct err *e)
{
	struct gguf g = { 0 };
	struct cursor c;

	cursor_start(&c, a, in);
	int r = read_magic(&c, e);
	if (r == 0)
		r = cursor_owe(&c, 0, 4 + 8 + 8, 1, "bytes", e);
	if (r == 0)
		r = read_version(&c, &g.version, e);
	if (r == 0)
		r = read_counts(&c, &g, e);
	if (r == 0)
		r = read_keys(&c, &g, e);
	if (r == 0)
		r = check_alignment(&c, &g, e);
	if (r == 0)
		r = check_architecture(&c, &g, e);
	if (r == 0)
		r = check_split(&c, &g, e);
	if (r == 0)
		r = read_tensors(&c, &g, e);
	if (r == 0)
		r = cursor_finish(&c, e);
	if (r < 0)
		return r;
	measure(&g, c.at, in->size);
	*ret = g;
	return 0;
}
