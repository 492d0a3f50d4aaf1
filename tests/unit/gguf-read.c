/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <malloc.h>

#include "gguf-file.h"
#include "tap.h"

/* A small model with a key of every kind. */
static struct gguf_file model(struct arena *a)
{
	struct gguf_file f = { .arena = a };

	put_start(&f, 2, 18);
	put_key_string(&f, "general.architecture", "llama");
	put_key_string(&f, "general.name", "Tiny \x1b[31mred");
	put_key(&f, "u8", GGUF_U8), put_bytes(&f, "\xff", 1);
	put_key(&f, "i8", GGUF_I8), put_bytes(&f, "\xff", 1);
	put_key(&f, "u16", GGUF_U16), put_bytes(&f, "\xfe\xff", 2);
	put_key(&f, "i16", GGUF_I16), put_bytes(&f, "\xfe\xff", 2);
	put_key_u32(&f, "llama.block_count", UINT32_MAX);
	put_key(&f, "i32", GGUF_I32), put_u32(&f, (uint32_t)-7);
	put_key(&f, "f32", GGUF_F32), put_bytes(&f, &(float){ 1.5f }, 4);
	put_key(&f, "bool", GGUF_BOOL), put_bytes(&f, "\1", 1);
	put_key(&f, "u64", GGUF_U64), put_u64(&f, UINT64_MAX);
	put_key(&f, "i64", GGUF_I64), put_u64(&f, (uint64_t)-8);
	put_key(&f, "f64", GGUF_F64), put_bytes(&f, &(double){ -0.25 }, 8);
	put_key_array(&f, "heads", GGUF_I16, 3), put_bytes(&f, "\1\0\xff\xff\3\0", 6);
	put_key_array(&f, "mask", GGUF_BOOL, 2), put_bytes(&f, "\0\1", 2);
	put_key_array(&f, "none", GGUF_U32, 0);
	put_key_array(&f, "scores", GGUF_F32, 2), put_u64(&f, 0);
	put_vocabulary(&f, "tokenizer.ggml.tokens", 300);
	put_tensor(&f, "token_embd.weight", (uint64_t[]){ 64, 5, 0 }, 2, 0);
	put_tensor(&f, "output.weight", (uint64_t[]){ 3, 0 }, 0, 192);
	return f;
}
enum { MODEL_DATA = 192 + 12 };

static int read_sized(struct arena *a, const struct gguf_file *f, uint64_t size, struct gguf *g,
		      struct err *e)
{
	struct gguf_memory m;

	gguf_memory(&m, "a.gguf", (struct bytes){ f->data, f->size }, size);
	return gguf_read(a, &m.in, g, e);
}

/* The header is all that is at hand of the file. */
static int read_header(const struct gguf_file *f, struct gguf *g, struct err *e)
{
	return read_sized(f->arena, f, UINT64_MAX, g, e);
}

TEST(keys_of_every_kind_are_read)
{
	ARENA a = { 0 };
	struct gguf_file f = model(&a);
	struct gguf g;
	struct err e = { 0 };

	CHECK_INT(read_header(&f, &g, &e), 0);
	CHECK_INT(g.version, 3);
	CHECK_INT(g.key_count, 18);
	CHECK_STR(gguf_key(&g, "general.architecture")->text, "llama");
	CHECK_INT(gguf_key(&g, "u8")->whole, 255);
	CHECK_INT(gguf_key(&g, "i8")->whole, -1);
	CHECK_INT(gguf_key(&g, "u16")->whole, 65534);
	CHECK_INT(gguf_key(&g, "i16")->whole, -2);
	CHECK_INT(gguf_arch_key(&g, "block_count")->whole, UINT32_MAX);
	CHECK_INT(gguf_key(&g, "i32")->whole, -7);
	CHECK(gguf_key(&g, "f32")->real > 1.49 && gguf_key(&g, "f32")->real < 1.51);
	CHECK_INT(gguf_key(&g, "bool")->whole, 1);
	CHECK_INT(gguf_key(&g, "u64")->whole, INT64_MAX);
	CHECK_INT(gguf_key(&g, "i64")->whole, -8);
	CHECK(gguf_key(&g, "f64")->real < -0.24 && gguf_key(&g, "f64")->real > -0.26);
	CHECK(!gguf_key(&g, "u"));
	CHECK(!gguf_arch_key(&g, "block"));
	CHECK_INT(memcmp(f.data + gguf_key(&g, "u64")->at - 4, "\x0a\0\0\0\xff\xff", 6), 0);
}

TEST(arrays_are_kept_when_short_and_whole)
{
	ARENA a = { 0 };
	struct gguf_file f = model(&a);
	struct gguf g;

	CHECK_INT(read_header(&f, &g, NULL), 0);
	const struct gguf_key *heads = gguf_key(&g, "heads"), *mask = gguf_key(&g, "mask");
	CHECK_INT(heads->kind, GGUF_ARRAY);
	CHECK_INT(heads->item, GGUF_I16);
	CHECK_INT(heads->count, 3);
	CHECK_INT(heads->items[1], -1);
	CHECK_INT(heads->items[2], 3);
	CHECK_INT(mask->items[0], 0);
	CHECK_INT(mask->items[1], 1);
	CHECK_INT(gguf_key(&g, "none")->count, 0);
	CHECK(!gguf_key(&g, "scores")->items);
	CHECK_INT(gguf_key(&g, "tokenizer.ggml.tokens")->count, 300);
	CHECK_INT(gguf_key(&g, "tokenizer.ggml.tokens")->item, GGUF_STRING);
	CHECK(!gguf_key(&g, "tokenizer.ggml.tokens")->items);
}

TEST(long_arrays_and_texts_are_counted_only)
{
	ARENA a = { 0 };
	struct gguf_file f = { .arena = &a };
	char text[GGUF_KEPT_TEXT + 2] = { 0 };
	struct gguf g;

	memset(text, 'x', GGUF_KEPT_TEXT);
	put_start(&f, 0, 4);
	put_key_string(&f, "short", text);
	text[GGUF_KEPT_TEXT] = 'x';
	put_key_string(&f, "long", text);
	for (uint64_t n = GGUF_KEPT_ITEMS; n <= GGUF_KEPT_ITEMS + 1; n++) {
		put_key_array(&f, n > GGUF_KEPT_ITEMS ? "many" : "some", GGUF_U32, n);
		for (uint64_t i = 0; i < n; i++)
			put_u32(&f, (uint32_t)i);
	}
	CHECK_INT(read_header(&f, &g, NULL), 0);
	CHECK_INT(strlen(gguf_key(&g, "short")->text), GGUF_KEPT_TEXT);
	CHECK(!gguf_key(&g, "long")->text);
	CHECK_INT(gguf_key(&g, "long")->count, GGUF_KEPT_TEXT + 1);
	CHECK_INT(gguf_key(&g, "some")->items[GGUF_KEPT_ITEMS - 1], GGUF_KEPT_ITEMS - 1);
	CHECK(!gguf_key(&g, "many")->items);
	CHECK_INT(gguf_key(&g, "many")->count, GGUF_KEPT_ITEMS + 1);
}

TEST(tensors_are_measured)
{
	ARENA a = { 0 };
	struct gguf_file f = model(&a);
	struct gguf g;

	CHECK_INT(read_header(&f, &g, NULL), 0);
	const struct gguf_tensor *t = gguf_tensor(&g, "token_embd.weight");
	CHECK_STR(t->type->name, "q4_0");
	CHECK_INT(t->bytes, 2 * 18 * 5);
	CHECK_INT(t->ne[1], 5);
	CHECK_INT(t->ne[2], 1);
	CHECK_INT(t->ne[3], 1);
	CHECK_INT(gguf_tensor(&g, "output.weight")->offset, 192);
	CHECK(!gguf_tensor(&g, "output"));
	CHECK_INT(g.alignment, 32);
	CHECK_INT(g.header_bytes, (f.size + 31) / 32 * 32);
	CHECK_INT(g.data_bytes, 224);
	CHECK(g.file_bytes == UINT64_MAX);
	CHECK_INT(g.missing_bytes, 0);
}

TEST(names_cannot_move_a_cursor)
{
	ARENA a = { 0 };
	struct gguf_file f = model(&a);
	struct gguf g;

	CHECK_INT(read_header(&f, &g, NULL), 0);
	CHECK_STR(gguf_key(&g, "general.name")->text, "Tiny ?[31mred");
	f = (struct gguf_file){ .arena = &a };
	put_start(&f, 1, 0);
	put_tensor(&f, "a\r\x1b]0;b\x07", (uint64_t[]){ 1, 0 }, 99, 0);
	struct err e = { 0 };
	CHECK_INT(read_header(&f, &g, &e), -EINVAL);
	CHECK(e.text[0] && !strpbrk(e.text, "\r\x1b\x07"));
}

/* Inputs whose windows are as small as may be, or of a size, and gone with the next call */

struct windows {
	struct gguf_input in;
	const struct gguf_file *file;
	size_t window;
	uint64_t header; /* where it truly ends */
	uint64_t last, furthest;
	unsigned takes;
	char *given;
};

static int take_window(struct gguf_input *in, uint64_t at, uint64_t want, uint64_t surely,
		       struct bytes *ret, struct err *e)
{
	struct windows *w = (struct windows *)in;
	size_t size = want > w->window ? want : w->window;

	(void)e;
	CHECK(at >= w->last);
	CHECK(want > 0 && want <= 1 << 20 && want <= surely);
	CHECK(at + surely <= w->header);
	free(w->given);
	size_t left = at < w->file->size ? w->file->size - (size_t)at : 0;
	size = size < left ? size : left;
	w->given = malloc(size + !size);
	if (size)
		memcpy(w->given, w->file->data + at, size);
	*ret = (struct bytes){ w->given, size };
	w->last = at;
	w->takes++;
	return 0;
}

static void check_same(const struct gguf *g, const struct gguf *h)
{
	CHECK_INT(g->key_count, h->key_count);
	for (size_t i = 0; i < g->key_count; i++) {
		const struct gguf_key *k = &g->key[i], *l = &h->key[i];
		CHECK_STR(k->name, l->name);
		CHECK(k->at == l->at && k->kind == l->kind && k->item == l->item);
		CHECK(k->count == l->count && k->whole == l->whole);
		CHECK(memcmp(&k->real, &l->real, sizeof(k->real)) == 0);
		CHECK(!k->text == !l->text && !k->items == !l->items);
		if (k->text)
			CHECK_STR(k->text, l->text);
		if (k->items)
			CHECK(!memcmp(k->items, l->items, k->count * sizeof(*k->items)));
	}
	CHECK_INT(g->tensor_count, h->tensor_count);
	for (size_t i = 0; i < g->tensor_count; i++) {
		CHECK_STR(g->tensor[i].name, h->tensor[i].name);
		CHECK(g->tensor[i].bytes == h->tensor[i].bytes);
		CHECK(g->tensor[i].offset == h->tensor[i].offset);
	}
	CHECK(g->header_bytes == h->header_bytes && g->data_bytes == h->data_bytes);
}

TEST(windows_of_every_size_give_the_same)
{
	ARENA a = { 0 };
	struct gguf_file f = model(&a);
	struct gguf whole;

	CHECK_INT(read_header(&f, &whole, NULL), 0);
	for (size_t window = 0; window < 300; window++)
		for (int sized = 0; sized < 2; sized++) {
			ARENA mine = { 0 };
			struct err e = { 0 };
			struct gguf g;
			struct windows w = { { "a.gguf", sized ? f.size + 1000 : UINT64_MAX,
					       take_window },
					     &f,
					     window,
					     f.size };
			if (gguf_read(&mine, &w.in, &g, &e) < 0)
				TAP_FAIL("windows of %zu: %s", window, e.text);
			check_same(&g, &whole);
			free(w.given);
		}
}

/* As ranges of HTTP: as much as must come, and GGUF_AHEAD. */
static int take_afar(struct gguf_input *in, uint64_t at, uint64_t want, uint64_t surely,
		     struct bytes *ret, struct err *e)
{
	struct windows *w = (struct windows *)in;

	w->window = surely + GGUF_AHEAD;
	if (at + w->window > w->furthest)
		w->furthest = at + w->window;
	return take_window(in, at, want, surely, ret, e);
}

TEST(from_afar_little_is_asked_for_and_in_few_requests)
{
	ARENA a = { 0 };
	struct gguf_file f = { .arena = &a };
	struct gguf g;

	put_start(&f, 300, 5);
	put_key_string(&f, "general.architecture", "llama");
	put_vocabulary(&f, "tokenizer.ggml.tokens", 128256);
	put_key_array(&f, "tokenizer.ggml.token_type", GGUF_I32, 128256);
	for (int i = 0; i < 128256; i++)
		put_u32(&f, 1);
	put_vocabulary(&f, "tokenizer.ggml.merges", 280000);
	put_key_u32(&f, "last", 1);
	for (uint64_t i = 0; i < 300; i++)
		put_tensor(&f, arena_printf(&a, "blk.%d.w", (int)i), (uint64_t[]){ 8, 0 }, 0,
			   i * 32);
	struct windows w = { { "a.gguf", UINT64_MAX, take_afar }, &f, 0, f.size };
	CHECK_INT(gguf_read(&a, &w.in, &g, NULL), 0);
	CHECK_INT(g.tensor_count, 300);
	CHECK(w.furthest <= f.size + GGUF_AHEAD);
	if (w.takes > 16)
		TAP_FAIL("%u requests", w.takes);
	free(w.given);
}

TEST(memory_does_not_grow_with_the_vocabulary)
{
	size_t used[2];

	for (int i = 0; i < 2; i++) {
		ARENA a = { 0 }, files = { 0 };
		struct gguf_file f = { .arena = &files };
		struct gguf_memory m;
		struct gguf g;

		put_start(&f, 0, 1);
		put_vocabulary(&f, "tokenizer.ggml.tokens", i ? 200000 : 2000);
		gguf_memory(&m, "a.gguf", (struct bytes){ f.data, f.size }, f.size);
		size_t before = mallinfo2().uordblks + mallinfo2().hblkhd;
		CHECK_INT(gguf_read(&a, &m.in, &g, NULL), 0);
		used[i] = mallinfo2().uordblks + mallinfo2().hblkhd - before;
		CHECK_INT(g.key[0].count, i ? 200000 : 2000);
	}
	CHECK_INT(used[1], used[0]);
}

static int take_fails(struct gguf_input *in, uint64_t at, uint64_t want, uint64_t surely,
		      struct bytes *ret, struct err *e)
{
	(void)in, (void)want, (void)surely, (void)ret;
	return err_set(e, -EIO, "read %d", (int)at);
}

TEST(what_take_fails_with_is_handed_on)
{
	ARENA a = { 0 };
	struct gguf_input in = { "a.gguf", 100, take_fails };
	struct gguf g = { .key_count = 7 };
	struct err e = { 0 };

	CHECK_INT(gguf_read(&a, &in, &g, &e), -EIO);
	CHECK_STR(e.text, "read 0: Input/output error");
	CHECK_INT(g.key_count, 7);
}

/* Files that are not all there */

static void check_cut(const struct gguf_file *f, size_t size, bool sized)
{
	ARENA a = { 0 };
	struct gguf_file cut = { &a, f->data, size, size };
	struct gguf g;
	struct err e = { 0 };

	CHECK_INT(read_sized(&a, &cut, sized ? size : UINT64_MAX, &g, &e), -EINVAL);
	if (sized)
		CHECK(strstr(e.text, arena_printf(&a, "the file ends at byte %zu,", size)));
	CHECK(strstr(e.text, ", inside its header: still being downloaded, or cut off"));
}

TEST(no_beginning_of_a_header_is_taken_for_one)
{
	ARENA a = { 0 };
	struct gguf_file f = model(&a);

	for (size_t size = 0; size < f.size; size++)
		check_cut(&f, size, true), check_cut(&f, size, false);
	f = (struct gguf_file){ .arena = &a };
	put_start(&f, 0, 1);
	put_key_array(&f, "k", GGUF_F32, 2), put_u64(&f, 0);
	for (size_t size = 0; size < f.size; size++)
		check_cut(&f, size, true), check_cut(&f, size, false);
}

TEST(a_header_with_part_of_its_data_is_read)
{
	ARENA a = { 0 };
	struct gguf_file f = model(&a);
	struct gguf g;

	put_padding(&f, 32);
	for (uint64_t there = 0; there <= MODEL_DATA + 20; there++) {
		CHECK_INT(read_sized(&a, &f, f.size + there, &g, NULL), 0);
		CHECK_INT(g.file_bytes, f.size + there);
		CHECK_INT(g.missing_bytes, there < MODEL_DATA ? MODEL_DATA - there : 0);
	}
}

TEST(a_vocabulary_needs_no_tensors_nor_padding)
{
	ARENA a = { 0 };
	struct gguf_file f = { .arena = &a };
	struct gguf g;

	put_start(&f, 0, 1);
	put_vocabulary(&f, "tokenizer.ggml.tokens", 33);
	CHECK_INT(read_sized(&a, &f, f.size, &g, NULL), 0);
	CHECK_INT(g.tensor_count, 0);
	CHECK_INT(g.data_bytes, 0);
	CHECK_INT(g.missing_bytes, 0);
}

TEST(version_2_is_the_same)
{
	ARENA a = { 0 };
	struct gguf_file f = model(&a);
	struct gguf g;

	f.data[4] = 2;
	CHECK_INT(read_header(&f, &g, NULL), 0);
	CHECK_INT(g.version, 2);
	CHECK_INT(g.key_count, 18);
}

TEST(split_files_say_which_part_they_are)
{
	ARENA a = { 0 };
	struct gguf_file f = { .arena = &a };
	struct gguf g;

	put_start(&f, 0, 3);
	put_key(&f, "split.no", GGUF_U16), put_bytes(&f, "\4\0", 2);
	put_key(&f, "split.count", GGUF_U16), put_bytes(&f, "\5\0", 2);
	put_key(&f, "split.tensors.count", GGUF_I32), put_u32(&f, 1000);
	CHECK_INT(read_header(&f, &g, NULL), 0);
	CHECK_INT(g.split_no, 4);
	CHECK_INT(g.split_count, 5);
}

TEST(one_part_of_one_is_no_split)
{
	ARENA a = { 0 };
	struct gguf_file f = { .arena = &a };
	struct gguf g;

	put_start(&f, 0, 1);
	put_key(&f, "split.count", GGUF_U16), put_bytes(&f, "\1\0", 2);
	CHECK_INT(read_header(&f, &g, NULL), 0);
	CHECK_INT(g.split_count, 0);
}
