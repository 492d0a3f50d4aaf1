/* SPDX-License-Identifier: MIT */
#include "host/docker/log.h"

#include "base/rfc3339.h"
#include "scratch.h"
#include "tap.h"

#include <errno.h>
#include <fcntl.h>
#include <time.h>

#define PATH "/x-json.log"

static struct arena arena;

static int64_t at(const char *text)
{
	int64_t nsec = -1;
	CHECK(rfc3339_nsec(bytes_of(text), &nsec));
	return nsec;
}

static int root(void)
{
	return open(scratch(), O_PATH | O_DIRECTORY | O_CLOEXEC);
}

static void keep(const char *name, const char *text)
{
	scratch_write(name, text, strlen(text));
}

static struct bytes start_of(const char *since)
{
	struct bytes got = { 0 };
	CHECK_INT(docker_log_start(&arena, root(), PATH, at(since), &got), 0);
	return got;
}

static struct bytes end_of(void)
{
	struct bytes got = { 0 };
	CHECK_INT(docker_log_end(&arena, root(), PATH, &got), 0);
	return got;
}

#define LINE(sec, stream, text)                                                                    \
	"{\"log\":\"" text "\",\"stream\":\"" stream "\",\"time\":\"2025-03-01T10:00:" sec "Z\"}"  \
	"\n"

TEST(times_are_read_to_the_nanosecond)
{
	CHECK_INT(at("1970-01-01T00:00:01Z"), 1000000000);
	CHECK_INT(at("2025-03-01T10:00:00.25Z") - at("2025-03-01T10:00:00Z"), 250000000);
	CHECK_INT(at("2025-03-01T10:00:00.123456789Z") % 1000000000, 123456789);
	CHECK_INT(at("2025-03-01T12:00:00+02:00"), at("2025-03-01T10:00:00Z"));
	CHECK_INT(at("2025-03-01T06:30:00-03:30"), at("2025-03-01T10:00:00Z"));
}

TEST(each_day_is_where_the_calendar_has_it)
{
	char text[32];

	for (time_t sec = 0; sec < 291L * 365 * 86400; sec += 86400) {
		strftime(text, sizeof(text), "%FT%TZ", gmtime(&sec));
		if (at(text) != sec * INT64_C(1000000000)) {
			CHECK_STR(text, "its own day");
			return;
		}
	}
}

TEST(what_is_no_time_is_refused)
{
	static const char *const bad[] = { "",
					   "2025-03-01",
					   "2025-03-01T10:00:00",
					   "2025-03-01 10:00:00Z",
					   "2025-13-01T10:00:00Z",
					   "2025-03-00T10:00:00Z",
					   "0001-01-01T00:00:00Z",
					   "9999-12-31T23:59:59Z",
					   "2025-03-01T10:00:00Zx",
					   "2025-03-01T10:00:00+2" };
	int64_t nsec;

	for (size_t i = 0; i < COUNT_OF(bad); i++)
		CHECK(!rfc3339_nsec(bytes_of(bad[i]), &nsec));
}

TEST(log_begins_a_little_before_the_noted_start)
{
	CHECK_INT(docker_log_since("2025-03-01T10:00:10Z", "0001-01-01T00:00:00Z"),
		  at("2025-03-01T10:00:08Z"));
	/* but not before the end of the run before */
	CHECK_INT(docker_log_since("2025-03-01T10:00:10Z", "2025-03-01T10:00:09.5Z"),
		  at("2025-03-01T10:00:09.5Z"));
	/* which is not the end of this run */
	CHECK_INT(docker_log_since("2025-03-01T10:00:10Z", "2025-03-01T10:09:09.5Z"),
		  at("2025-03-01T10:00:08Z"));
	CHECK_INT(docker_log_since("0001-01-01T00:00:00Z", NULL), 0);
	CHECK_INT(docker_log_since(NULL, NULL), 0);
}

TEST(lines_have_their_time_first)
{
	keep("x-json.log",
	     LINE("01", "stderr", "one\\n") LINE("02.5", "stdout", "\\u001b[1mtwo\\t\\\"\\n"));
	CHECK_STR(end_of().data,
		  "2025-03-01T10:00:01Z one\n2025-03-01T10:00:02.5Z \033[1mtwo\t\"\n");
	CHECK_STR(start_of("2025-03-01T10:00:02Z").data, "2025-03-01T10:00:02.5Z \033[1mtwo\t\"\n");
	CHECK_STR(start_of("2025-03-01T10:00:03Z").data, "");
}

static const char *record(const char *blank, const char *text)
{
	return arena_printf(&arena,
			    "{%s\"log\":\"%s\",\"stream\":\"stderr\","
			    "\"time\":\"2025-03-01T10:00:01Z\"}\n",
			    blank, text);
}

/* Blanks make a record another than Docker writes: then a parser reads it. */
TEST(record_is_the_same_to_both_readers)
{
	static const char *const text[] = {
		"plain",
		"\\n",
		"",
		"\\u003cb\\u003e \\u0026 \\\\ \\/ \\\" \\t.\\n",
		"\\u00e9\\u20ac \xc3\xa9\\n",
		"\\ud83d\\ude00\\n",
		"\\u0000\\b\\f\\r\\n",
		"\\u0x41\\n",
		"\\u12",
		"\\x41\\n",
		"\xff\\n",
		"tab\there\\n",
		"a\\",
		"\",\"log\":\"b\\n",
	};

	for (size_t i = 0; i < COUNT_OF(text); i++) {
		keep("x-json.log", record("", text[i]));
		struct bytes by_hand = end_of();
		keep("x-json.log", record(" ", text[i]));
		CHECK_STR(by_hand.data, end_of().data);
	}
}

TEST(line_kept_in_parts_is_one)
{
	keep("x-json.log",
	     LINE("01", "stdout", "a") LINE("02", "stdout", "b\\n") LINE("03", "stdout", "c")
		 LINE("04", "stderr", "d\\n") LINE("05", "stdout", "e\\n"));
	CHECK_STR(end_of().data, "2025-03-01T10:00:01Z ab\n2025-03-01T10:00:03Z c\n"
				 "2025-03-01T10:00:04Z d\n2025-03-01T10:00:05Z e\n");
}

TEST(torn_and_strange_lines_are_left_out)
{
	keep("x-json.log",
	     LINE("01", "stdout", "one\\n") "{\"log\":\"tor" LINE(
		 "02", "stdout",
		 "two\\n") "[1]\nnull\n{\"log\":7,\"time\":\"2025-03-01T10:00:02Z\"}\n\n"
			   "{\"log\":\"no time\\n\"}\n{\"log\":\"x\\n\",\"time\":\"today\"}\n" LINE(
			       "03", "stdout", "three\\u0000\\nmore\\n") "{\"log\":\"not yet");
	CHECK_STR(end_of().data, "2025-03-01T10:00:01Z one\n2025-03-01T10:00:03Z three  more\n");
	CHECK_STR(start_of("2025-03-01T10:00:02Z").data, "2025-03-01T10:00:03Z three  more\n");
}

TEST(text_that_looks_like_a_time_is_text)
{
	keep("x-json.log", LINE("01", "stdout", "one\\n") LINE(
			       "02", "stdout", "\\\"time\\\":\\\"2031-01-01T00:00:00Z\\\"}\\n"));
	CHECK_STR(start_of("2025-03-01T10:00:02Z").data,
		  "2025-03-01T10:00:02Z \"time\":\"2031-01-01T00:00:00Z\"}\n");
	CHECK_STR(start_of("2025-03-01T10:00:03Z").data, "");
}

TEST(rotated_file_has_the_start)
{
	keep("x-json.log.1", LINE("01", "stdout", "old\\n") LINE("05", "stdout", "first\\n"));
	keep("x-json.log", LINE("06", "stdout", "second\\n"));
	CHECK_STR(start_of("2025-03-01T10:00:03Z").data,
		  "2025-03-01T10:00:05Z first\n2025-03-01T10:00:06Z second\n");
	CHECK_STR(end_of().data, "2025-03-01T10:00:01Z old\n2025-03-01T10:00:05Z first\n"
				 "2025-03-01T10:00:06Z second\n");
	keep("x-json.log", LINE("02", "stdout", "before\\n") LINE("06", "stdout", "second\\n"));
	CHECK_STR(start_of("2025-03-01T10:00:03Z").data, "2025-03-01T10:00:06Z second\n");
}

TEST(no_file_and_no_log_file)
{
	struct bytes got;

	CHECK_INT(docker_log_end(&arena, root(), "/none-json.log", &got), -ENOENT);
	keep("x-json.log", "");
	CHECK_STR(end_of().data, "");
	CHECK_STR(start_of("2025-03-01T10:00:03Z").data, "");
	keep("dir/", "");
	CHECK_INT(docker_log_end(&arena, root(), "/dir", &got), -ENOENT);
}

/* One line a millisecond from 10:00:00 on, of `text` bytes each. */
static void write_log(unsigned lines, size_t text_size)
{
	keep("x-json.log", "");
	int fd = openat(root(), "x-json.log", O_WRONLY);
	FILE *f = fdopen(fd, "w");
	char *text = malloc(text_size + 1);
	int64_t start = at("2025-03-01T10:00:00Z") / 1000000000;

	memset(text, 'x', text_size);
	text[text_size] = '\0';
	for (unsigned i = 0; i < lines; i++) {
		time_t sec = (time_t)start + i / 1000;
		char day[32];
		struct tm tm;
		strftime(day, sizeof(day), "%FT%T", gmtime_r(&sec, &tm));
		fprintf(
		    f, "{\"log\":\"%u %s\\n\",\"stream\":\"stdout\",\"time\":\"%s.%03u000001Z\"}\n",
		    i, text, day, i % 1000);
	}
	CHECK_INT(fclose(f), 0);
	free(text);
}

static uint64_t bytes_read(void)
{
	char text[512] = "";
	unsigned long long n = 0;
	int fd = open("/proc/self/io", O_RDONLY | O_CLOEXEC);
	if (fd < 0 || read(fd, text, sizeof(text) - 1) < 0 || sscanf(text, "rchar: %llu", &n) != 1)
		return 0;
	close(fd);
	return n;
}

/* The number that a line starts with, behind its time. */
static unsigned number(const char *s)
{
	return (unsigned)strtoul(strchr(s, ' ') + 1, NULL, 10);
}

static const char *last_line(struct bytes b)
{
	const char *s = b.data + b.size - 1;
	while (s > b.data && s[-1] != '\n')
		s--;
	return s;
}

TEST(of_200_megabytes_little_is_read)
{
	write_log(12800, 16300);
	uint64_t before = bytes_read();
	struct bytes got = start_of("2025-03-01T10:00:07.5Z");
	uint64_t read_start = bytes_read() - before;
	CHECK_INT(number(got.data), 7500);
	CHECK(got.size > 48000 && got.size <= DOCKER_LOG_BYTES);

	before = bytes_read();
	got = end_of();
	CHECK_INT(number(last_line(got)), 12799);
	CHECK(got.size > 48000 && got.size <= DOCKER_LOG_BYTES);
	printf("# start read %llu bytes, end %llu\n", (unsigned long long)read_start,
	       (unsigned long long)(bytes_read() - before));
	CHECK(read_start < 1 << 20);
	CHECK(bytes_read() - before < 512 << 10);
}

TEST(start_is_found_wherever_it_is)
{
	write_log(100000, 20);
	for (unsigned i = 0; i < 100000; i += 1237) {
		char since[64];
		snprintf(since, sizeof(since), "2025-03-01T10:%02u:%02u.%03uZ", i / 60000,
			 i / 1000 % 60, i % 1000);
		CHECK_INT(number(start_of(since).data), i);
	}
	CHECK_INT(number(start_of("2024-01-01T00:00:00Z").data), 0);
	CHECK_STR(start_of("2026-01-01T00:00:00Z").data, "");
}

TEST(start_behind_a_hole_is_found)
{
	write_log(5000, 100);
	struct bytes line = bytes_of(LINE("59", "stdout", "12 behind\\n"));
	int fd = openat(root(), "x-json.log", O_WRONLY);
	off_t hole = lseek(fd, 0, SEEK_END) + (1 << 20);

	CHECK_INT(pwrite(fd, "\n", 1, hole), 1);
	for (int i = 0; i < 1000; i++)
		CHECK_INT(pwrite(fd, line.data, line.size, hole + 1 + i * (off_t)line.size),
			  line.size);
	close(fd);
	CHECK_STR(str_ndup(&arena, start_of("2025-03-01T10:00:30Z").data, 31),
		  "2025-03-01T10:00:59Z 12 behind\n");
}

static struct bytes frames(const char *const *text, size_t count, char *to)
{
	size_t size = 0;
	for (size_t i = 0; i < count; i++) {
		size_t n = strlen(text[i]) - 1;
		char head[8] = { (char)(text[i][0] - '0'), 0, 0, 0, 0, 0, (char)(n >> 8), (char)n };
		memcpy(to + size, head, 8);
		memcpy(to + size + 8, text[i] + 1, n);
		size += 8 + n;
	}
	return (struct bytes){ to, size };
}

TEST(stream_of_frames)
{
	static const char *const text[] = { "12025-03-01T10:00:01.000000000Z one\n",
					    "22025-03-01T10:00:02.000000000Z two",
					    "22025-03-01T10:00:03.000000000Z and more\n",
					    "2no time\n",
					    "2",
					    "12025-03-01T10:00:04Z three\r\n" };
	char data[512];
	struct bytes all = frames(text, COUNT_OF(text), data);
	const char *want = "2025-03-01T10:00:01.000000000Z one\n"
			   "2025-03-01T10:00:02.000000000Z twoand more\n"
			   "2025-03-01T10:00:04Z three\r\n";

	CHECK_STR(docker_log_stream(&arena, all, false).data, want);
	CHECK_STR(docker_log_stream(&arena, all, true).data, want);
	/* Cut anywhere, it is shorter and nothing worse. */
	for (size_t n = 0; n < all.size; n++) {
		struct bytes got = docker_log_stream(
		    &arena, (struct bytes){ str_ndup(&arena, data, n), n }, false);
		CHECK(got.size <= strlen(want));
	}
}

TEST(stream_of_a_terminal)
{
	CHECK_STR(
	    docker_log_stream(&arena,
			      bytes_of("2025-03-01T10:00:01Z one\r\n2025-03-01T10:00:02Z two\r\n"
				       "2025-03-01T10:00:03Z cu"),
			      true)
		.data,
	    "2025-03-01T10:00:01Z one\r\n2025-03-01T10:00:02Z two\r\n");
}

TEST(stream_is_cut_between_lines)
{
	char *text = arena_alloc(&arena, 200000);
	size_t size = 0;
	for (int i = 0; i < 4000; i++)
		size += (size_t)sprintf(text + size, "2025-03-01T10:00:01Z line %d\n", i);
	struct bytes first = docker_log_stream(&arena, (struct bytes){ text, size }, false);
	struct bytes last = docker_log_stream(&arena, (struct bytes){ text, size }, true);

	CHECK(first.size > 65000 && first.size <= DOCKER_LOG_BYTES);
	CHECK(last.size > 65000 && last.size <= DOCKER_LOG_BYTES);
	CHECK(bytes_start(first, "2025-03-01T10:00:01Z line 0\n"));
	CHECK(first.data[first.size - 1] == '\n');
	CHECK(bytes_start(last, "2025-03-01T10:00:01Z line "));
	CHECK_STR(last_line(last), "2025-03-01T10:00:01Z line 3999\n");
}

TEST(endless_line_is_cut)
{
	char *text = arena_alloc(&arena, 3 << 20);
	size_t size = 0;
	for (int i = 0; i < 20000; i++)
		size +=
		    (size_t)sprintf(text + size, "%s", LINE("01", "stdout", "xxxxxxxxxxxxxxxx"));
	scratch_write("x-json.log", text, size);
	struct bytes got = end_of();
	CHECK(got.size > 16000 && got.size < 17000);
}
