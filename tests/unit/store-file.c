/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include "gguf-sparse.h"
#include "nobody.h"
#include "scratch.h"
#include "store/store.h"
#include "store/window.h"
#include "tap.h"

static struct arena arena;
static struct err err;

static struct stored read_file(const char *name)
{
	struct stored s = { 0 };
	if (store_file(&arena, scratch_path(name), &s, &err) < 0)
		TAP_FAIL("%s", err.text);
	return s;
}

/* What it says below the scratch folder. */
static const char *refused(const char *name, int code)
{
	struct stored s = { 0 };
	int r = store_file(&arena, scratch_path(name), &s, &err);

	if (r != code)
		TAP_FAIL("%s: %d, not %d: %s", name, r, code, r < 0 ? err.text : "read");
	CHECK(s.part == NULL);
	const char *at = strstr(err.text, scratch());
	return at ? at + strlen(scratch()) + 1 : err.text;
}

static void part(const char *name, unsigned no, unsigned count, unsigned tensors, unsigned all)
{
	gguf_sparse_write(scratch_path(name), &(struct gguf_sparse){ .tensors = tensors,
								     .split_no = no,
								     .split_count = count,
								     .split_tensors = all });
}

static void three_parts(void)
{
	scratch();
	part("m-00001-of-00003.gguf", 0, 3, 2, 9);
	part("m-00002-of-00003.gguf", 1, 3, 3, 9);
	part("m-00003-of-00003.gguf", 2, 3, 4, 9);
}

TEST(a_file_is_read_and_called_by_its_name)
{
	scratch();
	uint64_t size =
	    gguf_sparse_write(scratch_path("tiny.gguf"), &(struct gguf_sparse){ .tensors = 3 });
	struct stored s = read_file("tiny.gguf");

	CHECK_STR(s.name, "tiny.gguf");
	CHECK_STR(s.where, scratch_path("tiny.gguf"));
	CHECK_INT(s.part_count, 1);
	CHECK_INT(s.parts_missing, 0);
	CHECK_INT(s.part[0].tensor_count, 3);
	CHECK_INT(s.part[0].file_bytes, size);
	CHECK_INT(s.part[0].missing_bytes, 0);
	CHECK_INT(s.notes.count, 0);
	CHECK(!s.projector && !s.parameters);
}

TEST(a_header_longer_than_any_buffer_is_read)
{
	scratch();
	gguf_sparse_write(scratch_path("big.gguf"),
			  &(struct gguf_sparse){ .tensors = 500, .words = 200000 });
	struct stored s = read_file("big.gguf");
	const struct gguf_key *words = gguf_key(&s.part[0], "tokenizer.ggml.tokens");

	CHECK(words && words->count == 200000);
	CHECK_INT(s.part[0].tensor_count, 500);
	CHECK_STR(s.part[0].tensor[499].name, "blk.0.499.weight");
}

TEST(any_part_leads_to_all)
{
	static const char *const names[] = { "m-00001-of-00003.gguf", "m-00002-of-00003.gguf",
					     "m-00003-of-00003.gguf" };
	three_parts();
	for (size_t i = 0; i < COUNT_OF(names); i++) {
		struct stored s = read_file(names[i]);
		CHECK_STR(s.name, "m-00001-of-00003.gguf");
		CHECK_STR(s.where, scratch_path("m-00001-of-00003.gguf"));
		CHECK_INT(s.part_count, 3);
		CHECK_INT(s.parts_missing, 0);
		for (size_t p = 0; p < 3; p++)
			CHECK_INT(s.part[p].tensor_count, 2 + p);
	}
}

TEST(a_part_that_is_missing_is_noted)
{
	three_parts();
	unlink(scratch_path("m-00002-of-00003.gguf"));
	struct stored s = read_file("m-00003-of-00003.gguf");

	CHECK_INT(s.part_count, 2);
	CHECK_INT(s.parts_missing, 1);
	CHECK_INT(s.part[1].split_no, 2);
	CHECK_STR(s.notes.name[0], "part 2 of 3 is not there: what is in it is not counted");
}

TEST(many_missing_parts_are_one_sentence)
{
	scratch();
	part("m-00001-of-00900.gguf", 0, 900, 1, 900);
	struct stored s = read_file("m-00001-of-00900.gguf");

	CHECK_INT(s.parts_missing, 899);
	CHECK_INT(s.notes.count, 1);
	CHECK_STR(s.notes.name[0], "parts 2, 3, 4, 5, 6, 7, ... of 900 are not there: what is in "
				   "them is not counted");
}

TEST(without_the_first_part_nothing_is_known)
{
	three_parts();
	unlink(scratch_path("m-00001-of-00003.gguf"));
	CHECK_STR(refused("m-00002-of-00003.gguf", -ENOENT),
		  "m-00002-of-00003.gguf: part 1 of 3 is not there, and only that says what the "
		  "model is");
}

TEST(parts_that_do_not_belong_together_are_refused)
{
	three_parts();
	part("m-00002-of-00003.gguf", 2, 3, 3, 9);
	CHECK_STR(refused("m-00002-of-00003.gguf", -EINVAL),
		  "m-00002-of-00003.gguf: its name says part 2 of 3, its header part 3 of 3");
	CHECK(strstr(refused("m-00001-of-00003.gguf", -EINVAL), "are both part 3 of 3"));

	part("m-00002-of-00003.gguf", 1, 4, 3, 9);
	CHECK(strstr(refused("m-00001-of-00003.gguf", -EINVAL),
		     "m-00001-of-00003.gguf is one of 3 parts, "));

	part("m-00002-of-00003.gguf", 1, 3, 4, 9);
	CHECK_STR(refused("m-00001-of-00003.gguf", -EINVAL),
		  "m-00001-of-00003.gguf: its 3 parts have 10 tensors, and the first says 9");

	gguf_sparse_write(scratch_path("m-00002-of-00003.gguf"),
			  &(struct gguf_sparse){ .tensors = 3 });
	CHECK(strstr(refused("m-00001-of-00003.gguf", -EINVAL),
		     "is no part of a model, as m-00001-of"));
}

TEST(a_thousand_parts_are_too_many)
{
	scratch();
	part("m-00001-of-01000.gguf", 0, 1000, 1, 1000);
	CHECK_STR(refused("m-00001-of-01000.gguf", -EINVAL),
		  "m-00001-of-01000.gguf: part of 1000; 999 are the most");
}

TEST(a_part_under_another_name_stands_alone)
{
	three_parts();
	rename(scratch_path("m-00001-of-00003.gguf"), scratch_path("first.gguf"));
	struct stored s = read_file("first.gguf");
	CHECK_INT(s.part_count, 1);
	CHECK_INT(s.parts_missing, 2);
	CHECK_STR(s.name, "first.gguf");
}

TEST(a_name_alone_makes_no_part)
{
	scratch();
	gguf_sparse_write(scratch_path("m-00001-of-00002.gguf"),
			  &(struct gguf_sparse){ .tensors = 3 });
	CHECK_INT(read_file("m-00001-of-00002.gguf").part_count, 1);
	gguf_sparse_write(scratch_path("m-0000x-of-00002.gguf"),
			  &(struct gguf_sparse){ .tensors = 3 });
	CHECK_INT(read_file("m-0000x-of-00002.gguf").part_count, 1);
}

TEST(a_file_that_is_still_coming_down_says_how_much)
{
	scratch();
	uint64_t size =
	    gguf_sparse_write(scratch_path("m.gguf"), &(struct gguf_sparse){ .tensors = 100 });
	if (truncate(scratch_path("m.gguf"), (off_t)size - 1000) < 0)
		abort();
	CHECK_INT(read_file("m.gguf").part[0].missing_bytes, 1000);
	if (truncate(scratch_path("m.gguf"), 100) < 0)
		abort();
	CHECK(strstr(refused("m.gguf", -EINVAL), "m.gguf: byte "));
	if (truncate(scratch_path("m.gguf"), 0) < 0)
		abort();
	CHECK(strstr(refused("m.gguf", -EINVAL), "m.gguf: byte "));
}

TEST(what_is_no_file_is_named_and_nothing_waits)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	alarm(10);
	scratch_write("folder/", NULL, 0);
	if (mkfifo(scratch_path("fifo"), 0600) < 0 || symlink("fifo", scratch_path("link")) < 0 ||
	    symlink("/dev/zero", scratch_path("zero")) < 0 ||
	    symlink("loop", scratch_path("loop")) < 0)
		abort();
	snprintf(at.sun_path, sizeof(at.sun_path), "%s/socket", scratch());
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0 || bind(fd, (struct sockaddr *)&at, sizeof(at)) < 0)
		abort();
	CHECK_STR(refused("folder", -EISDIR), "folder is a folder, not a file");
	CHECK_STR(refused("fifo", -EINVAL), "fifo is no regular file");
	CHECK_STR(refused("link", -EINVAL), "link is no regular file");
	CHECK_STR(refused("zero", -EINVAL), "zero is no regular file");
	CHECK_STR(refused("socket", -EINVAL), "socket is no regular file");
	CHECK_STR(refused("absent", -ENOENT), "absent: No such file or directory");
	CHECK_STR(refused("loop", -ELOOP), "loop: Too many levels of symbolic links");
	CHECK_STR(refused("fifo/m.gguf", -ENOTDIR), "fifo/m.gguf: Not a directory");
}

TEST(a_link_is_followed_and_parts_lie_beside_it)
{
	scratch_write("blobs/", NULL, 0);
	scratch_write("snapshot/", NULL, 0);
	part("blobs/one", 0, 2, 1, 3);
	part("blobs/two", 1, 2, 2, 3);
	if (symlink("../blobs/one", scratch_path("snapshot/m-00001-of-00002.gguf")) < 0 ||
	    symlink("../blobs/two", scratch_path("snapshot/m-00002-of-00002.gguf")) < 0)
		abort();
	CHECK_INT(read_file("snapshot/m-00002-of-00002.gguf").part_count, 2);
}

TEST(what_a_name_could_do_to_a_terminal_is_taken_out)
{
	scratch();
	const char *evil = "\033[2Jm.gguf";
	gguf_sparse_write(scratch_path(evil), &(struct gguf_sparse){ .tensors = 1 });
	CHECK_STR(read_file(evil).name, "?[2Jm.gguf");
	CHECK_STR(refused("\033]0;x\007", -ENOENT), "?]0;x?: No such file or directory");
}

static void closed_file(void)
{
	const char *said = refused("mine/m.gguf", -EACCES);
	CHECK(strstr(said, "mine/m.gguf belongs to "));
	CHECK(strstr(said, "sudo"));
}

TEST(a_closed_file_says_whose_it_is_and_what_to_do)
{
	scratch_write("mine/", NULL, 0);
	gguf_sparse_write(scratch_path("mine/m.gguf"), &(struct gguf_sparse){ .tensors = 1 });
	chmod(scratch_path("mine/m.gguf"), 0);
	scratch_as_nobody(closed_file);
}

static void closed_folder(void)
{
	CHECK_STR(refused("theirs/deep/m.gguf", -EACCES),
		  "theirs is open to group 4711 only: run this with sudo, or join it and log in "
		  "again: sudo usermod -aG 4711 \"$USER\"");
}

TEST(a_closed_folder_above_is_the_one_that_is_named)
{
	if (geteuid() != 0)
		TAP_SKIP("a group of its own is for root to give");
	scratch_write("theirs/deep/", NULL, 0);
	gguf_sparse_write(scratch_path("theirs/deep/m.gguf"),
			  &(struct gguf_sparse){ .tensors = 1 });
	if (chown(scratch_path("theirs"), 0, 4711) < 0)
		abort();
	chmod(scratch_path("theirs"), 0750);
	scratch_as_nobody(closed_folder);
}

TEST(a_long_path_leaves_room_for_the_reason)
{
	char name[240];

	memset(name, 'x', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	refused(name, -ENOENT);
	CHECK(str_starts(err.text, "read ...xxx"));
	CHECK(str_ends(err.text, "xxx: No such file or directory"));
}

/* Between two pieces, as by another program. */
TEST(a_file_that_becomes_shorter_is_told_from_one_that_is_short)
{
	struct window w;
	struct bytes got;
	char piece[4096] = "";

	scratch();
	FILE *f = fopen(scratch_path("m.gguf"), "we");
	for (int i = 0; i < 256; i++)
		if (!f || fwrite(piece, 1, sizeof(piece), f) != sizeof(piece))
			abort();
	fclose(f);
	if (window_open(&w, &arena, scratch_path("m.gguf"), &err) < 0)
		TAP_FAIL("%s", err.text);
	CHECK_INT(w.in.size, 1 << 20);
	CHECK_INT(w.in.take(&w.in, 0, 4, 4, &got, &err), 0);
	CHECK(got.size >= 4);
	if (truncate(scratch_path("m.gguf"), 512 << 10) < 0)
		abort();
	CHECK_INT(w.in.take(&w.in, 500 << 10, 64 << 10, 4, &got, &err), -EIO);
	CHECK(strstr(err.text, "became shorter while it was read: 512 KiB of 1 MiB are left"));
	window_close(&w);
}

TEST(pieces_overlap_jump_and_end_with_the_file)
{
	struct window w;
	struct bytes got;
	size_t size = 3 << 20;
	unsigned char *all = malloc(size);

	for (size_t i = 0; all && i < size; i++)
		all[i] = (unsigned char)(i * 2654435761u >> 24);
	scratch_write("m", all, size);
	if (window_open(&w, &arena, scratch_path("m"), &err) < 0)
		TAP_FAIL("%s", err.text);
	static const struct {
		size_t at, want, least;
	} step[] = {
		{ 0, 1, 1 },
		{ 0, 0, 0 },
		{ 10, 32 << 10, 32 << 10 },
		{ 30 << 10, 8 << 10, 8 << 10 },
		{ 40 << 10, 1 << 20, 1 << 20 },
		{ (1 << 20) + 5, 1 << 20, 1 << 20 },
		{ (2 << 20) + 77, 16, 16 },
		{ (3 << 20) - 9, 1 << 20, 9 },
		{ 3 << 20, 8, 0 },
		{ 9 << 20, 8, 0 },
	};
	for (size_t i = 0; i < COUNT_OF(step); i++) {
		CHECK_INT(w.in.take(&w.in, step[i].at, step[i].want, 0, &got, &err), 0);
		CHECK(got.size >= step[i].least);
		CHECK(step[i].at + got.size <= size || got.size == 0);
		CHECK(memcmp(got.data, all + (step[i].at < size ? step[i].at : 0), got.size) == 0);
	}
	window_close(&w);
	free(all);
}

TEST(a_projector_is_told_from_a_model)
{
	scratch();
	gguf_sparse_write(scratch_path("m.gguf"), &(struct gguf_sparse){ .tensors = 1 });
	gguf_sparse_write(scratch_path("p.gguf"),
			  &(struct gguf_sparse){ .arch = "clip", .tensors = 1 });
	CHECK(!store_is_projector(&read_file("m.gguf").part[0]));
	CHECK(store_is_projector(&read_file("p.gguf").part[0]));
}
