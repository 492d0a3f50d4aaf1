/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>

#include "recording/layer.h"
#include "recording/recording.h"
#include "scratch.h"
#include "tap.h"

/* POSIX ustar, as far as these tests need it. */
static void tar_entry(FILE *f, const char *name, char type, const char *link, const char *data,
		      unsigned claimed)
{
	char head[512] = "", block[512] = "";
	size_t size = strlen(data);
	unsigned sum = 0;

	snprintf(head, 100, "%s", name);
	snprintf(head + 100, 8, "%07o", 0644u);
	snprintf(head + 108, 8, "%07o", 0u);
	snprintf(head + 116, 8, "%07o", 0u);
	snprintf(head + 124, 12, "%011o", claimed ? claimed : (unsigned)size);
	snprintf(head + 136, 12, "%011o", 0u);
	memset(head + 148, ' ', 8);
	head[156] = type;
	snprintf(head + 157, 100, "%s", link);
	memcpy(head + 257, "ustar\00000", 8);
	for (size_t i = 0; i < sizeof(head); i++)
		sum += (unsigned char)head[i];
	snprintf(head + 148, 8, "%06o", sum);
	fwrite(head, 1, sizeof(head), f);
	memcpy(block, data, size);
	if (size)
		fwrite(block, 1, sizeof(block), f);
}

static FILE *tar_open(const char *name)
{
	FILE *f = fopen(scratch_path(name), "we");
	CHECK(f);
	tar_entry(f, "egpu-recording", '0', "", "version=1\n", 0);
	return f;
}

static void tar_close(FILE *f)
{
	static const char end[1024];
	fwrite(end, 1, sizeof(end), f);
	fclose(f);
}

/* What is said of a file that is no recording, from its name on. */
static const char *refused(const char *name)
{
	static struct err e;
	HOST *h = host_replay(scratch_path(name), &e);
	if (h)
		TAP_FAIL("%s is taken", name);
	const char *at = strstr(e.text, scratch());
	return at ? at + strlen(scratch()) + 1 : e.text;
}

static void hostile(const char *archive, const char *name, char type, const char *link)
{
	FILE *f = tar_open(archive);
	tar_entry(f, name, type, link, type == '0' ? "x" : "", 0);
	tar_close(f);
}

TEST(entries_that_reach_out_are_refused_by_name)
{
	static const struct {
		const char *name;
		char type;
		const char *link, *said;
	} cases[] = {
		{ "../x", '0', "", "a.tar: '../x' does not stay below the recording" },
		{ "tree/../../x", '0', "",
		  "a.tar: 'tree/../../x' does not stay below the recording" },
		{ "/etc/passwd", '0', "",
		  "a.tar: '/etc/passwd' does not stay below the recording" },
		{ "tree//x", '0', "", "a.tar: 'tree//x' does not stay below the recording" },
		{ "tree/l", '2', "/etc/passwd",
		  "a.tar: 'tree/l' is neither a plain file nor a directory" },
		{ "tree/h", '1', "egpu-recording",
		  "a.tar: 'tree/h' is neither a plain file nor a directory" },
		{ "tree/c", '3', "", "a.tar: 'tree/c' is neither a plain file nor a directory" },
		{ "tree/p", '6', "", "a.tar: 'tree/p' is neither a plain file nor a directory" },
		{ "egpu-recording", '0', "", "a.tar: 'egpu-recording' stands twice" },
	};
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		hostile("a.tar", cases[i].name, cases[i].type, cases[i].link);
		CHECK_STR(refused("a.tar"), cases[i].said);
	}
}

TEST(an_archive_may_stand_in_one_directory_but_have_no_base)
{
	ARENA a = { 0 };
	struct bytes b;
	FILE *f = fopen(scratch_path("d.tar"), "we");
	tar_entry(f, "./machine/", '5', "", "", 0);
	tar_entry(f, "./machine/tree/etc/x", '0', "", "x", 0);
	tar_entry(f, "./machine/egpu-recording", '0', "", "version=1\n", 0);
	tar_close(f);
	HOST *h = host_replay(scratch_path("d.tar"), NULL);
	CHECK(h);
	CHECK_INT(host_read(h, &a, "/etc/x", &b, NULL), 0);
	CHECK_STR(b.data, "x");

	f = fopen(scratch_path("e.tar"), "we");
	tar_entry(f, "machine/egpu-recording", '0', "", "version=1\n", 0);
	tar_entry(f, "other/x", '0', "", "x", 0);
	tar_close(f);
	CHECK_STR(refused("e.tar"), "e.tar: 'other/x' stands outside the recording's directory");

	f = fopen(scratch_path("b.tar"), "we");
	tar_entry(f, "egpu-recording", '0', "", "version=1\nbase=../x\n", 0);
	tar_close(f);
	CHECK_STR(refused("b.tar"), "b.tar/egpu-recording: an archive may have no base; unpack it");
}

static void write_zeros(const char *name, size_t count, size_t size)
{
	ARENA a = { 0 };
	struct memory_file *file = arena_alloc(&a, count * sizeof(*file));
	const char *zeros = arena_alloc(&a, size + 1);
	int fd = open(scratch_path(name), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	for (size_t i = 0; i < count; i++)
		file[i] =
		    (struct memory_file){ arena_printf(&a, "tree/%zu", i), false, { zeros, size } };
	CHECK_INT(archive_write(fd, file, count, name, NULL), 0);
	close(fd);
}

TEST(what_unpacks_to_too_much_is_refused)
{
	write_zeros("one.tar.zst", 1, (16 << 20) + 1);
	CHECK_STR(refused("one.tar.zst"), "one.tar.zst: 'tree/0' is larger than 16 MiB");
	write_zeros("all.tar.zst", 5, 15 << 20);
	CHECK_STR(refused("all.tar.zst"), "all.tar.zst: 'tree/4' goes beyond 64 MiB in all");
	write_zeros("many.tar.zst", 20001, 0);
	CHECK_STR(refused("many.tar.zst"),
		  "many.tar.zst: 'tree/20000' is one of more than 20000 files");

	FILE *f = tar_open("claims.tar");
	tar_entry(f, "tree/x", '0', "", "x", 2147483648);
	tar_close(f);
	CHECK_STR(refused("claims.tar"), "claims.tar: 'tree/x' is larger than 16 MiB");
}

TEST(a_cut_or_senseless_file_is_an_error)
{
	ARENA a = { 0 };
	struct bytes whole;
	struct host *h;
	write_zeros("whole.tar.zst", 3, 1000);
	HOST *files = host_live(&(struct host_options){ .root = scratch() }, NULL);
	CHECK_INT(host_read(files, &a, "/whole.tar.zst", &whole, NULL), 0);
	for (size_t n = 0; n < whole.size; n++) {
		scratch_write("cut.tar.zst", whole.data, n);
		h = host_replay(scratch_path("cut.tar.zst"), NULL);
		CHECK(!h);
	}
	scratch_text("text", "this is no archive\n");
	CHECK(strstr(refused("text"), "text: "));
	FILE *f = tar_open("short.tar");
	tar_entry(f, "tree/x", '0', "", "x", 100000);
	fclose(f);
	CHECK(strstr(refused("short.tar"), "short.tar: "));
	CHECK_STR(refused("none"), "none: No such file or directory");
	CHECK_INT(mkfifo(scratch_path("fifo"), 0600), 0);
	CHECK_STR(refused("fifo"), "fifo: Not a directory");
}

TEST(a_directory_and_its_archive_are_one_layer_in_two_forms)
{
	ARENA a = { 0 };
	struct names names;
	struct layer_look look;
	struct bytes b;
	struct memory_file file[] = {
		{ "tree/a", false, bytes_of("1") },
		{ "tree/a.c", false, bytes_of("22") },
		{ "tree/b/c/d", false, bytes_of("333") },
		{ "tree/empty", true, { "", 0 } },
	};
	for (size_t i = 0; i < COUNT_OF(file); i++)
		scratch_write(arena_printf(&a, "r/%s%s", file[i].name, file[i].is_dir ? "/" : ""),
			      file[i].bytes.data, file[i].bytes.size);
	struct layer *two[] = { layer_directory(scratch_path("r"), NULL),
				layer_memory("r", file, COUNT_OF(file), NULL) };
	for (size_t i = 0; i < 2; i++) {
		struct layer *l = two[i];
		CHECK(l);
		CHECK_INT(l->ops->look(l, "tree/b", &look), 0);
		CHECK(look.is_dir);
		CHECK_INT(l->ops->look(l, "tree/a.c", &look), 0);
		CHECK_INT(look.size_bytes, 2);
		CHECK_INT(l->ops->look(l, "tree/c", &look), -ENOENT);
		CHECK_INT(l->ops->look(l, "tree/a/b", &look), -ENOENT);
		CHECK_INT(l->ops->read(l, &a, "tree/b", 10, &b), -EISDIR);
		CHECK_INT(l->ops->read(l, &a, "tree/b/c/d", 2, &b), -EFBIG);
		CHECK_INT(l->ops->read(l, &a, "tree/b/c/d", 3, &b), 0);
		CHECK_STR(b.data, "333");
		CHECK_INT(l->ops->list(l, &a, "tree", &names), 0);
		CHECK_INT(names.count, 4);
		CHECK(names_have(&names, "a.c") && names_have(&names, "empty"));
		layer_close(l);
	}
}
