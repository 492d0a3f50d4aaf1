/* SPDX-License-Identifier: MIT */
/* What becomes of each file of tests/fuzz/corpus/gguf, which is at CORPUS. */
#include <dirent.h>
#include <errno.h>

#include "gguf/gguf.h"
#include "tap.h"

/* All attacks but these are refused. What is wrong with these is no matter of a header's form. */
static const char *const read_all_the_same[] = {
	"CVE-2024-8063-block-count",     /* the model's reader asks for a whole number */
	"CVE-2025-0312-no-keys",         /* and for an architecture */
	"CVE-2026-7482-beyond-the-file", /* missing_bytes */
	"llama-25821-layers",
	"llama-25969-token", /* no token is looked at */
};

static bool is_read(const char *name)
{
	for (size_t i = 0; i < COUNT_OF(read_all_the_same); i++)
		if (str_eq(read_all_the_same[i], name))
			return true;
	return str_starts(name, "good-");
}

/* Returns what gguf_read() did, with *e. */
static int read_file(const char *path, const char *name, struct gguf *g, struct err *e)
{
	static struct arena a;
	static char data[64 << 10];
	struct gguf_memory m;

	arena_done(&a);
	FILE *f = fopen(path, "re");
	if (!f)
		TAP_FAIL("cannot open %s", path);
	size_t size = fread(data, 1, sizeof(data), f);
	fclose(f);
	gguf_memory(&m, name, (struct bytes){ data, size }, size);
	return gguf_read(&a, &m.in, g, e);
}

static void check_file(const char *dir, const char *name)
{
	char path[4096], start[300];
	struct gguf g = { 0 };
	struct err e = { 0 };

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	snprintf(start, sizeof(start), "%s: byte ", name);
	int r = read_file(path, name, &g, &e);
	if (is_read(name) != (r == 0))
		TAP_FAIL("%s: %d: %s", name, r, e.text);
	if (r < 0 && (r != -EINVAL || !str_starts(e.text, start)))
		TAP_FAIL("%s: %d, and said: %s", name, r, e.text);
}

TEST(attacks_are_refused_and_models_are_read)
{
	const char *dir = getenv("CORPUS");
	DIR *d = dir ? opendir(dir) : NULL;
	unsigned count = 0;

	if (!d)
		TAP_SKIP("no CORPUS");
	for (struct dirent *de; (de = readdir(d));) {
		if (de->d_name[0] == '.')
			continue;
		check_file(dir, de->d_name);
		count++;
	}
	closedir(d);
	CHECK(count > 50);
}

TEST(what_reaches_behind_the_file_is_missing)
{
	const char *dir = getenv("CORPUS"), *name = "CVE-2026-7482-beyond-the-file";
	char path[4096];
	struct gguf g = { 0 };

	if (!dir)
		TAP_SKIP("no CORPUS");
	snprintf(path, sizeof(path), "%s/%s", dir, name);
	CHECK_INT(read_file(path, name, &g, NULL), 0);
	CHECK_INT(g.data_bytes, (int64_t)4 << 30);
	CHECK_INT(g.missing_bytes, g.header_bytes + g.data_bytes - g.file_bytes);
}
