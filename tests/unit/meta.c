/* SPDX-License-Identifier: MIT */
#include <errno.h>

#include "recording/meta.h"
#include "tap.h"

static struct meta parsed(struct arena *a, const char *text)
{
	struct err e = { 0 };
	struct meta m = { 0 };
	if (meta_parse(a, bytes_of(text), "meta", &m, &e) < 0)
		TAP_FAIL("%s", e.text);
	return m;
}

static const char *refused(const char *text)
{
	static struct err e;
	ARENA a = { 0 };
	struct meta m;
	CHECK_INT(meta_parse(&a, bytes_of(text), "meta", &m, &e), -EINVAL);
	return e.text;
}

TEST(every_line_is_written_as_it_is_read)
{
	static const char *const lines[] = {
		"/dev/nvidia0 char 195:0 mode=0666 uid=1 gid=2 mtime=3\n",
		"/dev/sda block 8:0\n",
		"/a%20b%25%23 -> ../c%20d\n",
		"/x file size=38000000 mtime=1760000000\n",
		"/x file !EACCES\n",
		"/x dir mode=0700\n",
		"/run/s socket\n",
		"/y other\n",
		"/ dir\n",
		"/z !ENOENT\n",
		"/a/../b !EPERM\n",
		"docker:info !ETIMEDOUT\n",
		"docker:%2Fx%20y !EIO\n",
		"docker: !EHOSTDOWN\n",
		"kernel-log:boot !EPERM\n",
	};
	for (size_t i = 0; i < COUNT_OF(lines); i++) {
		ARENA a = { 0 };
		struct meta m = parsed(&a, lines[i]);
		CHECK_INT(m.count, 1);
		CHECK_STR(meta_line(&a, &m.entry[0]), lines[i]);
	}
}

TEST(a_line_that_is_not_understood_is_named)
{
	CHECK_STR(refused("/a file\n# x\nb file\n"),
		  "meta:3: 'b' is neither an absolute path nor SOURCE:QUESTION");
	CHECK_STR(refused("dokcer:/info !EIO"),
		  "meta:1: 'dokcer:/info' is neither an absolute path nor SOURCE:QUESTION");
	CHECK_STR(refused("/a"), "meta:1: '/a' has neither a type nor an error");
	CHECK_STR(refused("/a !ENOPE"), "meta:1: '!ENOPE' is not understood");
	CHECK_STR(refused("/a char"), "meta:1: 'char' is not understood");
	CHECK_STR(refused("/a char 195"), "meta:1: 'char' is not understood");
	CHECK_STR(refused("/a file mode=9"), "meta:1: 'mode=9' is not understood");
	CHECK_STR(refused("/a mode=0644 file"), "meta:1: 'mode=0644' is not understood");
	CHECK_STR(refused("/a file dir"), "meta:1: 'dir' is not understood");
	CHECK_STR(refused("/a file size=-1"), "meta:1: 'size=-1' is not understood");
	CHECK_STR(refused("/a link"), "meta:1: a link is written '-> TARGET'");
	CHECK_STR(refused("/a ->"), "meta:1: '->' is not understood");
	CHECK_STR(refused("/a%zz file"), "meta:1: '/a%zz' has a '%' that is no %XX");
	CHECK_STR(refused("/a%00 file"), "meta:1: '/a%00' has a '%' that is no %XX");
	CHECK_STR(refused("docker:/info file"), "meta:1: 'file' is not understood");
	CHECK_STR(refused("/a file\n/a/. !EIO\n"), "meta: '/a' stands twice");
}

TEST(an_error_is_found_from_below)
{
	ARENA a = { 0 };
	struct meta m = parsed(&a, "/a/b !EACCES\n/a/b/c/d !EPERM\n/a.b file\n");
	CHECK_INT(meta_error_above(&m, "/a/b"), 0);
	CHECK_INT(meta_error_above(&m, "/a/b/c"), -EACCES);
	CHECK_INT(meta_error_above(&m, "/a/b/c/d/e"), -EPERM);
	CHECK_INT(meta_error_above(&m, "/a/bc"), 0);
	CHECK(meta_find(&m, "/a/b"));
	CHECK(!meta_find(&m, "/a"));
}

TEST(questions_and_paths_have_names_of_files)
{
	ARENA a = { 0 };
	CHECK_STR(question_file(&a, SOURCE_DOCKER, "/containers/json?all=1"),
		  "answers/docker/containers/json?all=1");
	CHECK_STR(question_file(&a, SOURCE_DOCKER, "/containers/*/json"),
		  "answers/docker/containers/%2A/json");
	CHECK_STR(question_file(&a, SOURCE_OLLAMA, "[::1]:1/api"),
		  "answers/ollama/%5B::1%5D:1/api");
	CHECK_STR(question_file(&a, SOURCE_DOCKER, "/../a/./b//c/"),
		  "answers/docker/%2E%2E/a/%2E/b%2F/c%2F");
	CHECK_STR(question_file(&a, SOURCE_DOCKER, "//"), "answers/docker/%2F");
	CHECK_STR(question_file(&a, SOURCE_NAMES, "a b%\xff"), "answers/names/a%20b%25%FF");
	CHECK_STR(question_key(&a, SOURCE_DOCKER, "/info"), "docker:info");
	CHECK_STR(path_tidy(&a, "//a/./b/../c//"), "/a/b/../c");
	CHECK_STR(path_tidy(&a, "/"), "");
	CHECK_STR(path_file(&a, "/a/../b"), "tree/a/%2E%2E/b");
	CHECK_STR(path_file(&a, ""), "tree");
}
