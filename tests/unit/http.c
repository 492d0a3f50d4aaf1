/* SPDX-License-Identifier: MIT */
#include "base/http.h"
#include "scratch.h"
#include "server.h"
#include "tap.h"

#include <errno.h>

/* Reads text in pieces of at most `piece` bytes; what is left of it is *rest. */
static int read_pieces(struct http_answer *h, const char *text, size_t piece, struct bytes *rest)
{
	struct bytes all = bytes_of(text);
	int r = 0;

	while (r == 0 && all.size && h->state != HTTP_DONE) {
		struct bytes part = { all.data, all.size < piece ? all.size : piece };
		size_t had = part.size;
		r = http_feed(h, &part, NULL);
		all.data += had - part.size;
		all.size -= had - part.size;
	}
	*rest = all;
	return r;
}

static struct arena arena;

static struct http_answer read_whole(const char *text, int want)
{
	struct http_answer h = { .arena = &arena, .body_max = 1000 };
	struct bytes rest;

	CHECK_INT(read_pieces(&h, text, SIZE_MAX, &rest), want);
	if (want < 0)
		return h;
	/* However it is split, it is the same. */
	for (size_t piece = 1; piece < 9; piece++) {
		struct http_answer again = { .arena = &arena, .body_max = 1000 };
		CHECK_INT(read_pieces(&again, text, piece, &rest), 0);
		CHECK_INT(again.status, h.status);
		CHECK_INT(again.whole, h.whole);
		CHECK_INT(again.keep, h.keep);
		CHECK_INT(again.body.size, h.body.size);
		CHECK(memcmp(again.body.data, h.body.data, h.body.size) == 0);
	}
	return h;
}

TEST(body_of_known_length)
{
	struct http_answer h = read_whole(
	    "HTTP/1.1 200 OK\r\nApi-Version: 1.41\r\ncontent-length:  5 \r\n\r\nhello", 0);

	CHECK_INT(h.status, 200);
	CHECK_STR(h.body.data, "hello");
	CHECK(h.whole && h.keep);
}

TEST(body_in_chunks)
{
	struct http_answer h = read_whole("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
					  "5;name=value\r\nhello\r\nB\r\n, container\r\n0\r\n"
					  "Trailer: yes\r\n\r\n",
					  0);
	CHECK_STR(h.body.data, "hello, container");
	CHECK(h.whole && h.keep);
}

TEST(body_until_the_connection_ends)
{
	struct http_answer h = { .arena = &arena, .body_max = 1000 };
	struct bytes rest;

	CHECK_INT(read_pieces(&h, "HTTP/1.0 200 OK\n\nhello", 3, &rest), 0);
	CHECK(!h.whole);
	CHECK_INT(http_end(&h, NULL), 0);
	CHECK_STR(h.body.data, "hello");
	CHECK(h.whole && !h.keep);
}

TEST(no_body_where_there_can_be_none)
{
	CHECK(read_whole("HTTP/1.1 204 No Content\r\n\r\n", 0).whole);
	CHECK(read_whole("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", 0).whole);
}

TEST(provisional_answer_is_passed_over)
{
	struct http_answer h = read_whole("HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n"
					  "HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\nno",
					  0);
	CHECK_INT(h.status, 404);
	CHECK_STR(h.body.data, "no");
}

TEST(next_answer_is_left_alone)
{
	struct http_answer h = { .arena = &arena, .body_max = 1000 };
	struct bytes in =
	    bytes_of("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\naHTTP/1.1 500 Oh\r\n\r\n");

	CHECK_INT(http_feed(&h, &in, NULL), 0);
	CHECK_STR(h.body.data, "a");
	CHECK_STR(in.data, "HTTP/1.1 500 Oh\r\n\r\n");
}

TEST(connection_that_closes_is_not_kept)
{
	CHECK(!read_whole("HTTP/1.1 200 OK\r\nConnection: Close\r\nContent-Length: 1\r\n\r\na", 0)
		   .keep);
	CHECK(!read_whole("HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\na", 0).keep);
	/* Two lengths at once are how one answer is smuggled into another. */
	CHECK(!read_whole("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n"
			  "\r\n1\r\na\r\n0\r\n\r\n",
			  0)
		   .keep);
}

TEST(what_is_no_http_is_refused)
{
	static const char *const bad[] = {
		"SSH-2.0-OpenSSH_9.2\r\n",
		"HTTP/2 200\r\n",
		"HTTP/1.1 20\r\n",
		"HTTP/1.1 2000 OK\r\n",
		"HTTP/1.1 -20 OK\r\n",
		"HTTP/1.1 101 Switching Protocols\r\nUpgrade: tcp\r\n\r\n",
		"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
		"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
		"HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n",
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n",
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\r\n",
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab\r\n",
	};

	for (size_t i = 0; i < COUNT_OF(bad); i++)
		read_whole(bad[i], -EPROTO);
}

TEST(endless_header_is_refused)
{
	struct http_answer h = { .arena = &arena, .body_max = 1000 };
	int r = 0;

	for (int i = 0; r == 0 && i < 10000; i++) {
		struct bytes in = bytes_of(i ? "X: aaaaaaaaaaaaaaaa\r\n" : "HTTP/1.1 200 OK\r\n");
		r = http_feed(&h, &in, NULL);
	}
	CHECK_INT(r, -EPROTO);
}

TEST(too_much_is_an_error_or_is_cut)
{
	const char *text = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
			   "5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n";
	struct http_answer h = { .arena = &arena, .body_max = 8 };
	struct http_answer cut = { .arena = &arena, .body_max = 8, .cut = true };
	struct bytes rest;

	CHECK_INT(read_pieces(&h, text, 4, &rest), -EFBIG);
	CHECK_INT(read_pieces(&cut, text, 4, &rest), 0);
	CHECK_STR(cut.body.data, "hello wo");
	CHECK(!cut.whole && !cut.keep);
}

TEST(end_in_the_middle_is_told_from_no_answer)
{
	struct http_answer none = { .arena = &arena, .body_max = 8 }, half = none;
	struct bytes rest;

	CHECK_INT(http_end(&none, NULL), -ECONNRESET);
	read_pieces(&half, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n", 99,
		    &rest);
	CHECK_INT(http_end(&half, NULL), -EPROTO);
}

#define CHUNKS "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"

static const struct canned script[] = {
	{ "/a", .answer = "HTTP/1.1 200 OK\r\n", .body = "a" },
	{ "/b", .answer = CHUNKS "1\r\nb\r\n0\r\n\r\n" },
	{ "/slow", .answer = CHUNKS "14\r\n--------------------\r\n", .slow_usec = 5000 },
	{ "/stops", .answer = CHUNKS "9\r\nabc", .hang_up = true },
	/* The server looks for paths behind "GET ": of a POST that is the blank and the path. */
	{ " /deed", .answer = "HTTP/1.1 200 OK\r\n", .body = "done" },
	{ "/begins", .answer = CHUNKS "9\r\nabc" },
	{ 0 },
};

static struct http line;

static void connect_script(void)
{
	char path[128];
	snprintf(path, sizeof(path), "%s/socket", scratch());
	server_unix(path, script);
	CHECK_INT(http_open_unix(&line, path, NULL), 0);
}

static int get(const char *path, bool cut, struct http_answer *h)
{
	uint64_t until = http_until(100000);
	*h = (struct http_answer){ .arena = &arena, .body_max = 1000, .cut = cut };
	int r = http_send(&line, "test", path, until, NULL);
	return r < 0 ? r : http_receive(&line, h, until, NULL);
}

TEST(one_connection_carries_many_questions)
{
	struct http_answer h;

	connect_script();
	for (int i = 0; i < 100; i++) {
		CHECK_INT(get(i % 2 ? "/a" : "/b", false, &h), 0);
		CHECK_STR(h.body.data, i % 2 ? "a" : "b");
		CHECK(line.open);
	}
}

TEST(a_post_is_no_get)
{
	uint64_t until = http_until(100000);
	struct http_answer h = { .arena = &arena, .body_max = 1000 };

	connect_script();
	CHECK_INT(http_post(&line, "test", "/deed", until, NULL), 0);
	CHECK_INT(http_receive(&line, &h, until, NULL), 0);
	CHECK_STR(h.body.data, "done");
	CHECK_INT(http_post(&line, "test", "/a b", until, NULL), -EINVAL);
}

TEST(questions_may_be_sent_ahead)
{
	uint64_t until = http_until(1000000);

	connect_script();
	for (int i = 0; i < 50; i++)
		CHECK_INT(http_send(&line, "test", i % 3 ? "/a" : "/b", until, NULL), 0);
	for (int i = 0; i < 50; i++) {
		struct http_answer h = { .arena = &arena, .body_max = 1000 };
		CHECK_INT(http_receive(&line, &h, until, NULL), 0);
		CHECK_STR(h.body.data, i % 3 ? "a" : "b");
	}
}

TEST(dribbling_server_is_not_waited_for)
{
	struct http_answer h;
	uint64_t before = http_until(0);

	connect_script();
	CHECK_INT(get("/slow", false, &h), -ETIMEDOUT);
	uint64_t took = http_until(0) - before;
	CHECK(took >= 100000 && took < 1000000);
	CHECK(!line.open);
}

TEST(silent_server_is_not_waited_for)
{
	struct http_answer h;

	connect_script();
	CHECK_INT(get("/silence", true, &h), -ETIMEDOUT);
}

TEST(what_came_of_a_body_is_taken_when_cut)
{
	struct http_answer h;

	connect_script();
	CHECK_INT(get("/begins", true, &h), 0);
	CHECK_STR(h.body.data, "abc");
	CHECK(!h.whole && !line.open);
	connect_script();
	CHECK_INT(get("/begins", false, &h), -ETIMEDOUT);
}

TEST(server_that_stops_in_the_middle)
{
	struct http_answer h;

	connect_script();
	CHECK_INT(get("/stops", false, &h), -EPROTO);
	CHECK(!line.open);
	CHECK_INT(get("/a", false, &h), -ENOTCONN);
}

TEST(path_cannot_hold_another_request)
{
	struct http_answer h;

	connect_script();
	CHECK_INT(get("/a HTTP/1.1\r\nHost: x\r\n\r\nDELETE /b", false, &h), -EINVAL);
	CHECK_INT(get("a", false, &h), -EINVAL);
}

TEST(nobody_there)
{
	char path[256];
	struct sockaddr_un at = { .sun_family = AF_UNIX };

	snprintf(path, sizeof(path), "%s/none", scratch());
	CHECK_INT(http_open_unix(&line, path, NULL), -ENOENT);
	snprintf(path, sizeof(path), "%s/stale", scratch());
	memcpy(at.sun_path, path, strlen(path) + 1);
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	CHECK_INT(bind(fd, (struct sockaddr *)&at, sizeof(at)), 0);
	close(fd);
	CHECK_INT(http_open_unix(&line, path, NULL), -EHOSTDOWN);
	memset(path, 'x', sizeof(path) - 1);
	path[sizeof(path) - 1] = '\0';
	CHECK_INT(http_open_unix(&line, path, NULL), -ENAMETOOLONG);

	uint64_t until = http_until(500000);
	CHECK_INT(http_open_tcp(&line, "127.0.0.1", server_tcp(AF_INET, NULL), until, NULL),
		  -EHOSTDOWN);
	CHECK_INT(http_open_tcp(&line, "localhost", 80, until, NULL), -EINVAL);
	CHECK(!line.open);
}
