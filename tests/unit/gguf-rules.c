/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <time.h>

#include "gguf-file.h"
#include "tap.h"

/* What is said of a header; its file is `size` long. */
static const char *refusal_sized(const struct gguf_file *f, uint64_t size)
{
	static struct err e;
	struct gguf_memory m;
	struct gguf g = { .version = 77 };

	e = (struct err){ 0 };
	gguf_memory(&m, "a.gguf", (struct bytes){ f->data, f->size }, size);
	CHECK_INT(gguf_read(f->arena, &m.in, &g, &e), -EINVAL);
	CHECK_INT(e.code, -EINVAL);
	CHECK_INT(g.version, 77);
	return e.text;
}

/* Of unknown size, and then of a known one: both are refused, for the same reason. */
static const char *refusal(const struct gguf_file *f)
{
	const char *text = str_dup(f->arena, refusal_sized(f, UINT64_MAX));

	CHECK_STR(refusal_sized(f, f->size + (1 << 20)), text);
	return text;
}

static struct gguf_file started(struct arena *a, uint64_t tensors, uint64_t keys)
{
	struct gguf_file f = { .arena = a };

	put_start(&f, tensors, keys);
	return f;
}

TEST(other_files_are_named)
{
	static const struct {
		const char *first, *said;
	} of[] = {
		{ "tjgg....", "not a GGUF file, but a model of before GGUF (ggjt, 2023)" },
		{ "PK\3\4....", "not a GGUF file, but a ZIP archive" },
		{ "version https", "not a GGUF file, but text: a pointer of Git LFS?" },
		{ "<!DOCTYPE html>", "not a GGUF file, but a web page" },
		{ "........{\"__metadata__", "not a GGUF file, but safetensors" },
		{ "gguf....", "not a GGUF file" },
	};
	ARENA a = { 0 };

	for (size_t i = 0; i < COUNT_OF(of); i++) {
		struct gguf_file f = { .arena = &a };
		put_bytes(&f, of[i].first, strlen(of[i].first));
		CHECK_STR(refusal(&f), arena_printf(&a, "a.gguf: byte 0: %s", of[i].said));
	}
	struct gguf_file zeros = { &a, (char[64]){ 0 }, 64, 64 };
	CHECK_STR(refusal(&zeros),
		  "a.gguf: byte 0: not a GGUF file, but zeros: still being downloaded?");
}

TEST(versions_that_nobody_reads_are_refused)
{
	static const struct {
		uint32_t version;
		const char *said;
	} of[] = {
		{ 0, "GGUF version 0: 2 and 3 are read" },
		{ 1, "GGUF version 1: 2 and 3 are read" },
		{ 4, "GGUF version 4: 2 and 3 are read" },
		{ 0x03000000, "a GGUF file for big-endian machines: get the little-endian one" },
		{ 0x00020000, "a GGUF file for big-endian machines: get the little-endian one" },
	};
	ARENA a = { 0 };

	for (size_t i = 0; i < COUNT_OF(of); i++) {
		struct gguf_file f = started(&a, 0, 0);
		memcpy(f.data + 4, &of[i].version, 4);
		CHECK_STR(refusal(&f), arena_printf(&a, "a.gguf: byte 4: %s", of[i].said));
	}
}

TEST(the_magic_alone_is_the_beginning_of_a_header)
{
	ARENA a = { 0 };
	struct gguf_file f = { .arena = &a };

	put_bytes(&f, "GGUF", 4);
	CHECK_STR(refusal_sized(&f, 4),
		  "a.gguf: byte 0: the file ends at byte 4, inside its header: "
		  "still being downloaded, or cut off");
}

TEST(numbers_of_keys_and_tensors_are_held_against_what_is_left)
{
	ARENA a = { 0 };
	struct gguf_file f = started(&a, UINT64_MAX, 0);

	CHECK_STR(refusal(&f),
		  "a.gguf: byte 8: 18446744073709551615 tensors: no header is that long");
	f = started(&a, 0, (uint64_t)1 << 60);
	CHECK_STR(refusal(&f), "a.gguf: byte 16: 1152921504606846976 keys: no header is that long");
	f = started(&a, 0, 1000000);
	CHECK_STR(refusal_sized(&f, 2000000),
		  "a.gguf: byte 16: the file ends at byte 2000000, inside its header: still being "
		  "downloaded, or cut off");
	f = started(&a, 1000000, 0);
	CHECK_STR(refusal_sized(&f, UINT64_MAX),
		  "a.gguf: byte 8: no model has so many keys and tensors: they take more than 32 "
		  "MiB of memory");
}

TEST(keys_have_names)
{
	ARENA a = { 0 };
	struct gguf_file f = started(&a, 0, 1);

	put_key_u32(&f, "", 1);
	CHECK_STR(refusal(&f), "a.gguf: byte 24: a key's name has 1 to 65535 bytes, not 0");
	f = started(&a, 0, 1);
	put_u64(&f, 65536);
	CHECK_STR(refusal(&f), "a.gguf: byte 24: a key's name has 1 to 65535 bytes, not 65536");
}

TEST(keys_have_types)
{
	ARENA a = { 0 };
	struct gguf_file f = started(&a, 0, 1);

	put_key(&f, "k", 13);
	CHECK_STR(refusal(&f), "a.gguf: byte 33: key k: there is no type 13");
	f = started(&a, 0, 1);
	put_key_array(&f, "k", UINT32_MAX, 1);
	CHECK_STR(refusal(&f), "a.gguf: byte 37: key k: there is no type 4294967295");
	f = started(&a, 0, 1);
	put_key_array(&f, "k", GGUF_ARRAY, 1);
	CHECK_STR(refusal(&f), "a.gguf: byte 37: key k: an array of arrays");
}

TEST(lengths_are_held_against_what_is_left)
{
	ARENA a = { 0 };
	struct gguf_file f = started(&a, 0, 1);

	put_key(&f, "k", GGUF_STRING), put_u64(&f, UINT64_MAX);
	CHECK_STR(refusal(&f),
		  "a.gguf: byte 37: 18446744073709551615 bytes of text: no header is that long");
	f = started(&a, 0, 1);
	put_key_array(&f, "k", GGUF_U64, (uint64_t)1 << 61);
	CHECK_STR(refusal(&f), "a.gguf: byte 41: 2305843009213693952 items in an array: no header "
			       "is that long");
	f = started(&a, 0, 1);
	put_key_array(&f, "k", GGUF_STRING, UINT64_MAX / 8 + 2);
	CHECK_STR(refusal(&f), "a.gguf: byte 41: 2305843009213693953 items in an array: no header "
			       "is that long");
	f = started(&a, 0, 1);
	put_key_array(&f, "k", GGUF_STRING, 2), put_string(&f, "ab"), put_u64(&f, UINT64_MAX - 7);
	CHECK_STR(refusal(&f),
		  "a.gguf: byte 59: 18446744073709551608 bytes of text: no header is that long");
}

TEST(lengths_leave_room_for_what_must_come_behind_them)
{
	ARENA a = { 0 };
	struct gguf_file f = started(&a, 2, 2);

	/* Two tensors and a key take 77 bytes at least. */
	put_key(&f, "k", GGUF_STRING), put_u64(&f, 24);
	CHECK_STR(refusal_sized(&f, f.size + 100),
		  "a.gguf: byte 37: the file ends at byte 145, inside its header: still being "
		  "downloaded, or cut off");
	CHECK(strstr(refusal_sized(&f, f.size + 101), "byte 45:"));
}

TEST(nothing_is_there_twice)
{
	ARENA a = { 0 };
	struct gguf_file f = started(&a, 0, 3);

	put_key_u32(&f, "k", 1), put_key_u32(&f, "l", 1), put_key_u32(&f, "k", 2);
	CHECK_STR(refusal(&f), "a.gguf: byte 58: key k is there twice");
	f = started(&a, 3, 0);
	put_tensor(&f, "a", (uint64_t[]){ 8, 0 }, 0, 0);
	put_tensor(&f, "b", (uint64_t[]){ 8, 0 }, 0, 32);
	put_tensor(&f, "a", (uint64_t[]){ 8, 0 }, 0, 64);
	CHECK_STR(refusal(&f), "a.gguf: byte 90: tensor a is there twice");
}

TEST(many_names_are_compared_in_no_time)
{
	enum { MANY = 150000 };
	ARENA a = { 0 };
	struct gguf_file f = started(&a, 0, MANY);

	for (int i = 0; i < MANY - 1; i++) {
		char name[16];
		snprintf(name, sizeof(name), "%d", i);
		put_key_u32(&f, name, 0);
	}
	put_key_u32(&f, "0", 0);
	clock_t since = clock();
	CHECK(strstr(refusal(&f), "key 0 is there twice"));
	CHECK(clock() - since < 5 * CLOCKS_PER_SEC);
}

TEST(alignment_is_a_small_power_of_two)
{
	static const uint32_t wrong[] = { 0, 1, 4, 24, 33, 1 << 17, 0x80000000, UINT32_MAX };
	ARENA a = { 0 };
	struct gguf_file f;
	struct gguf_memory m;
	struct gguf g;

	for (size_t i = 0; i < COUNT_OF(wrong); i++) {
		f = started(&a, 0, 1);
		put_key_u32(&f, "general.alignment", wrong[i]);
		CHECK_STR(refusal(&f), arena_printf(&a,
						    "a.gguf: byte 53: general.alignment is %u, and "
						    "no power of two from 8 to 65536",
						    wrong[i]));
	}
	f = started(&a, 0, 1);
	put_key(&f, "general.alignment", GGUF_U64), put_u64(&f, 32);
	CHECK_STR(refusal(&f), "a.gguf: byte 53: general.alignment is no 32-bit number");
	f = started(&a, 1, 1);
	put_key_u32(&f, "general.alignment", 64);
	put_tensor(&f, "t", (uint64_t[]){ 1, 0 }, 0, 64);
	gguf_memory(&m, "a.gguf", (struct bytes){ f.data, f.size }, UINT64_MAX);
	CHECK_INT(gguf_read(&a, &m.in, &g, NULL), 0);
	CHECK_INT(g.alignment, 64);
	CHECK_INT(g.header_bytes, 128);
	CHECK_INT(g.data_bytes, 128);
}

TEST(architecture_is_a_short_text)
{
	ARENA a = { 0 };
	struct gguf_file f = started(&a, 0, 1);
	char text[GGUF_KEPT_TEXT + 2] = { 0 };

	put_key_u32(&f, "general.architecture", 1);
	CHECK_STR(refusal(&f), "a.gguf: byte 56: general.architecture is no short text");
	f = started(&a, 0, 1);
	memset(text, 'x', sizeof(text) - 1);
	put_key_string(&f, "general.architecture", text);
	CHECK_STR(refusal(&f), "a.gguf: byte 56: general.architecture is no short text");
}

TEST(parts_are_numbered)
{
	ARENA a = { 0 };
	struct gguf_file f = started(&a, 0, 1);

	put_key_string(&f, "split.count", "2");
	CHECK_STR(refusal(&f), "a.gguf: byte 47: split.count is no whole number");
	f = started(&a, 0, 1);
	put_key_u32(&f, "split.count", 65536);
	CHECK_STR(refusal(&f), "a.gguf: byte 47: split.count is 65536: 0 to 65535 are possible");
	f = started(&a, 0, 2);
	put_key_u32(&f, "split.count", 3), put_key_u32(&f, "split.no", 3);
	CHECK_STR(refusal(&f), "a.gguf: byte 71: split.no is 3: 0 to 2 are possible");
	f = started(&a, 0, 1);
	put_key(&f, "split.tensors.count", GGUF_I32), put_u32(&f, UINT32_MAX);
	CHECK_STR(refusal(&f),
		  "a.gguf: byte 55: split.tensors.count is -1: 0 to 2147483647 are possible");
}

/* A tensor of such a name, shape, type and offset; its record begins at byte 24. */
static const char *tensor_refusal(struct arena *a, const char *name, const uint64_t *ne,
				  uint32_t type, uint64_t offset)
{
	struct gguf_file f = started(a, 1, 0);

	put_tensor(&f, name, ne, type, offset);
	return refusal(&f);
}

TEST(tensors_have_short_names)
{
	ARENA a = { 0 };
	char name[65] = { 0 };

	memset(name, 'x', 64);
	CHECK_STR(tensor_refusal(&a, name, (uint64_t[]){ 1, 0 }, 0, 0),
		  "a.gguf: byte 24: a tensor's name has less than 64 bytes, not 64");
}

TEST(tensors_have_one_to_four_dimensions)
{
	ARENA a = { 0 };
	struct gguf_file f = started(&a, 1, 0);

	CHECK_STR(tensor_refusal(&a, "t", (uint64_t[]){ 0 }, 0, 0),
		  "a.gguf: byte 33: tensor t: 0 dimensions; 1 to 4 are possible");
	CHECK_STR(tensor_refusal(&a, "t", (uint64_t[]){ 1, 1, 1, 1, 1, 0 }, 0, 0),
		  "a.gguf: byte 33: tensor t: 5 dimensions; 1 to 4 are possible");
	put_string(&f, "t"), put_u32(&f, UINT32_MAX), put_u64(&f, 1), put_u64(&f, 1),
	    put_u64(&f, 1);
	CHECK_STR(refusal(&f),
		  "a.gguf: byte 33: tensor t: 4294967295 dimensions; 1 to 4 are possible");
}

TEST(no_dimension_is_empty_or_negative)
{
	ARENA a = { 0 };
	struct gguf_file f = started(&a, 1, 0);

	put_string(&f, "t"), put_u32(&f, 2), put_u64(&f, 1), put_u64(&f, 0), put_u64(&f, 0);
	put_u32(&f, 0);
	CHECK_STR(refusal(&f), "a.gguf: byte 45: tensor t: dimension 1 has 0 elements");
	CHECK_STR(tensor_refusal(&a, "t", (uint64_t[]){ UINT64_MAX, 0 }, 0, 0),
		  "a.gguf: byte 37: tensor t: dimension 0 has 18446744073709551615 elements");
}

TEST(tensors_have_types_whose_blocks_fill_their_rows)
{
	ARENA a = { 0 };

	CHECK_STR(tensor_refusal(&a, "t", (uint64_t[]){ 32, 0 }, 4, 0),
		  "a.gguf: byte 45: tensor t: type 4 is not known, or was removed from ggml");
	CHECK_STR(
	    tensor_refusal(&a, "t", (uint64_t[]){ 32, 0 }, UINT32_MAX, 0),
	    "a.gguf: byte 45: tensor t: type 4294967295 is not known, or was removed from ggml");
	CHECK_STR(tensor_refusal(&a, "t", (uint64_t[]){ 255, 3, 0 }, 12, 0),
		  "a.gguf: byte 53: tensor t: a row of 255 elements is no whole number of q4_K "
		  "blocks, of 256");
}

TEST(rows_that_share_blocks_are_told)
{
	static const uint64_t width[] = { 256, 384 };
	ARENA a = { 0 };

	for (size_t i = 0; i < COUNT_OF(width); i++) {
		struct gguf_file f = started(&a, 1, 0);
		struct gguf_memory m;
		struct gguf g;
		put_tensor(&f, "t", (uint64_t[]){ width[i], 2, 0 }, 12, 0);
		gguf_memory(&m, "a.gguf", (struct bytes){ f.data, f.size }, UINT64_MAX);
		CHECK_INT(gguf_read(&a, &m.in, &g, NULL), 0);
		CHECK(g.odd_rows == (width[i] == 384 ? &g.tensor[0] : NULL));
		CHECK_INT(g.tensor[0].bytes, 2 * width[i] / 256 * 144);
	}
}

TEST(sizes_do_not_wrap_around)
{
	static const uint64_t two_to_32 = (uint64_t)1 << 32;
	ARENA a = { 0 };

	CHECK_STR(tensor_refusal(&a, "t", (uint64_t[]){ INT64_MAX, 2, 0 }, 24, 0),
		  "a.gguf: byte 53: tensor t: its size does not fit in 64 bits");
	CHECK_STR(tensor_refusal(&a, "t", (uint64_t[]){ two_to_32, two_to_32, 1, 1, 0 }, 24, 0),
		  "a.gguf: byte 69: tensor t: its size does not fit in 64 bits");
	CHECK_STR(tensor_refusal(&a, "t", (uint64_t[]){ INT64_MAX, 0 }, 28, 0),
		  "a.gguf: byte 45: tensor t: its size does not fit in 64 bits");
}

TEST(data_lie_where_they_can)
{
	ARENA a = { 0 };

	CHECK_STR(tensor_refusal(&a, "t", (uint64_t[]){ 1, 0 }, 0, 16),
		  "a.gguf: byte 49: tensor t: offset 16 is no multiple of 32");
	CHECK_STR(tensor_refusal(&a, "t", (uint64_t[]){ 16, 0 }, 0, UINT64_MAX - 31),
		  "a.gguf: byte 49: tensor t: 64 bytes from offset 18446744073709551584: no file "
		  "is that long");
	CHECK_STR(tensor_refusal(&a, "t", (uint64_t[]){ INT64_MAX - 1, 0 }, 24, 0),
		  "a.gguf: byte 49: tensor t: 9223372036854775806 bytes from offset 0: no file is "
		  "that long");
}

TEST(data_do_not_overlap)
{
	ARENA a = { 0 };
	struct gguf_file f = started(&a, 3, 0);

	put_tensor(&f, "a", (uint64_t[]){ 8, 0 }, 0, 64);
	put_tensor(&f, "b", (uint64_t[]){ 8, 0 }, 0, 0);
	put_tensor(&f, "c", (uint64_t[]){ 9, 0 }, 0, 32);
	CHECK_STR(refusal(&f), "a.gguf: byte 24: tensor a: its data overlap those of c");
}

TEST(gpt_oss_of_ollama_numbers_a_type_in_its_own_way)
{
	ARENA a = { 0 };
	struct gguf_file f = started(&a, 1, 1);
	struct gguf_memory m;
	struct gguf g;

	put_key_string(&f, "general.architecture", "gptoss");
	put_tensor(&f, "t", (uint64_t[]){ 2880, 2, 0 }, 4, 0);
	gguf_memory(&m, "a.gguf", (struct bytes){ f.data, f.size }, UINT64_MAX);
	CHECK_INT(gguf_read(&a, &m.in, &g, NULL), 0);
	CHECK_STR(g.tensor[0].type->name, "mxfp4");
	CHECK_INT(g.tensor[0].bytes, 2880 / 32 * 17 * 2);
}

TEST(long_names_leave_room_for_the_rule)
{
	ARENA a = { 0 };
	struct gguf_file f = started(&a, 0, 1);
	struct gguf_memory m;
	struct gguf g;
	struct err e = { 0 };
	char path[500] = { 0 }, key[500] = { 0 };

	memset(path, '/', sizeof(path) - 1);
	memcpy(path + sizeof(path) - 8, "/a.gguf", 7);
	memset(key, 'k', sizeof(key) - 1);
	put_key(&f, key, 99);
	gguf_memory(&m, path, (struct bytes){ f.data, f.size }, UINT64_MAX);
	CHECK_INT(gguf_read(&a, &m.in, &g, &e), -EINVAL);
	CHECK(strstr(e.text, "///a.gguf: byte 531: key kkkk"));
	CHECK(strstr(e.text, "kkk: there is no type 99"));
}
