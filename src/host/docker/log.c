/* SPDX-License-Identifier: MIT */
/* The json-file logging driver's files, and the log stream of the Engine API (ContainerLogs). */
#include "host/docker/log.h"

#include "base/rfc3339.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum {
	PROBE_BYTES = 32 << 10,   /* one look while halving; longer than most lines */
	PROBES_MAX = 128,         /* looks while halving, in all */
	NEAR_BYTES = 64 << 10,    /* what is left is read from here on */
	LINE_BYTES = 16 << 10,    /* of one line that came in parts; the rest is dropped */
	WINDOW_BYTES = 120 << 10, /* of file at once; no record is longer */
	ROOM_BYTES = 96 << 10,    /* for DOCKER_LOG_BYTES of text and the line that ends them */
	END_BYTES = 96 << 10,     /* the same for the end, where a few lines less do not matter */
	WINDOWS_MAX = 64,         /* also where few lines count */
	START_SLACK_SEC = 2       /* Docker notes the start when the process writes already */
};

#define TIME_KEY "\"time\":\""

#define CLOSE __attribute__((cleanup(closep))) int
static void closep(int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

/* Text that grows line by line. */
struct lines {
	struct arena *arena;
	char *data;
	size_t size, room, line; /* line: where the last one starts */
	char stream;             /* 'o' or 'e': a line of that stream still wants its end; else 0 */
};

static int64_t time_of(const char *text)
{
	int64_t nsec = 0;
	return text && rfc3339_nsec(bytes_of(text), &nsec) ? nsec : 0;
}

int64_t docker_log_since(const char *started, const char *finished)
{
	int64_t start = time_of(started), end = time_of(finished);
	int64_t since = start - (int64_t)START_SLACK_SEC * 1000000000;

	if (end < start && end > since)
		since = end;
	return since > 0 ? since : 0;
}

static void put(struct lines *out, const char *data, size_t size)
{
	if (out->size + size > out->room) {
		size_t room = out->room ? out->room : ROOM_BYTES;
		while (room < out->size + size)
			room *= 2;
		char *more = arena_room(out->arena, room + 1);
		if (out->size)
			memcpy(more, out->data, out->size);
		out->data = more;
		out->room = room;
	}
	if (size)
		memcpy(out->data + out->size, data, size);
	out->size += size;
}

/* One record. Without a line feed at its end it is a part: the next of its stream goes on with it.
 */
static void put_record(struct lines *out, char stream, struct bytes time, struct bytes text)
{
	bool part = text.size == 0 || text.data[text.size - 1] != '\n';

	text.size -= !part;
	if (out->stream && out->stream != stream)
		put(out, "\n", 1);
	if (out->stream != stream) {
		out->line = out->size;
		put(out, time.data, time.size);
		put(out, " ", 1);
	}
	size_t at = out->size, left = LINE_BYTES - (at - out->line);
	put(out, text.data, text.size < left ? text.size : left);
	for (char *s = out->data + at; s < out->data + out->size; s++)
		if (*s == '\n' || *s == '\0')
			*s = ' ';
	if (!part)
		put(out, "\n", 1);
	out->stream = part ? stream : 0;
}

static struct bytes first_bytes(struct lines *out)
{
	if (out->stream)
		put(out, "\n", 1);
	size_t size = out->size < DOCKER_LOG_BYTES ? out->size : DOCKER_LOG_BYTES;
	while (size && size < out->size && out->data[size - 1] != '\n')
		size--;
	if (size == 0)
		return bytes_of("");
	out->data[size] = '\0';
	return (struct bytes){ out->data, size };
}

static struct bytes last_bytes(struct lines *out)
{
	if (out->stream)
		put(out, "\n", 1);
	if (out->size == 0)
		return bytes_of("");
	out->data[out->size] = '\0';
	if (out->size <= DOCKER_LOG_BYTES)
		return (struct bytes){ out->data, out->size };
	const char *start = out->data + out->size - DOCKER_LOG_BYTES;
	start = start[-1] == '\n' ? start : (const char *)rawmemchr(start, '\n') + 1;
	return (struct bytes){ start, (size_t)(out->data + out->size - start) };
}

/* The record's time without parsing the rest: its key stands last, and no text can look like it. */
static bool line_time(struct bytes line, int64_t *ret_nsec)
{
	const size_t key = strlen(TIME_KEY);

	for (size_t i = line.size; i >= key; i--) {
		const char *s = line.data + i - key;
		if (*s != '"' || memcmp(s, TIME_KEY, key) != 0)
			continue;
		const char *value = s + key;
		const char *quote = memchr(value, '"', line.size - i);
		return quote &&
		       rfc3339_nsec((struct bytes){ value, (size_t)(quote - value) }, ret_nsec);
	}
	return false;
}

/* The next part of a record as Docker writes it, which begins with `head`. */
static bool take(struct bytes *rest, const char *head)
{
	if (!bytes_start(*rest, head))
		return false;
	rest->data += strlen(head);
	rest->size -= strlen(head);
	return true;
}

/* The character that "\u00XX" stands for, where it is one of ASCII; else 0. */
static char unicode(struct bytes rest)
{
	char digits[5] = { 0 };
	uint64_t code;

	if (rest.size < 4)
		return 0;
	memcpy(digits, rest.data, 4);
	return str_u64(digits, 16, 127, &code) && digits[1] != 'x' ? (char)code : 0;
}

/*
 * A string up to its closing quote, at most `room` bytes of it. False: longer, or something that
 * is not plain ASCII and its common escapes.
 */
static bool take_string(struct bytes *rest, char *to, size_t room, struct bytes *ret)
{
	static const char escape[] = "nt\"\\/", meant[] = "\n\t\"\\/";
	size_t n = 0;

	for (; rest->size && n < room; n++) {
		char c = *rest->data++;
		rest->size--;
		if (c == '"') {
			*ret = (struct bytes){ to, n };
			return true;
		}
		if ((unsigned char)c < ' ' || (unsigned char)c > '~')
			return false;
		to[n] = c;
		if (c != '\\')
			continue;
		if (rest->size == 0)
			return false;
		c = *rest->data++;
		rest->size--;
		const char *known = c ? strchr(escape, c) : NULL;
		to[n] = known ? meant[known - escape] : c == 'u' ? unicode(*rest) : 0;
		if (!to[n])
			return false;
		rest->data += c == 'u' ? 4 : 0;
		rest->size -= c == 'u' ? 4 : 0;
	}
	return false;
}

/* A record in the very form that Docker gives to nearly all: a parser takes ten times as long. */
static bool put_plain(struct lines *out, struct bytes line)
{
	char text[2048], stream[8], time[40];
	struct bytes what, who, when;
	int64_t nsec;

	if (!take(&line, "{\"log\":\"") || !take_string(&line, text, sizeof(text), &what) ||
	    !take(&line, ",\"stream\":\"") || !take_string(&line, stream, sizeof(stream), &who) ||
	    !take(&line, ",\"time\":\"") || !take_string(&line, time, sizeof(time), &when) ||
	    line.size != 1 || *line.data != '}')
		return false;
	bool err = who.size == 6 && memcmp(who.data, "stderr", 6) == 0;
	if (!rfc3339_nsec(when, &nsec))
		return false;
	put_record(out, err ? 'e' : 'o', when, what);
	return true;
}

static void put_json(struct lines *out, struct bytes line)
{
	if (put_plain(out, line))
		return;
	json_auto_t *j = json_loadb(line.data, line.size, JSON_ALLOW_NUL, NULL);
	const json_t *text = json_object_get(j, "log"), *time = json_object_get(j, "time");
	const char *stream = json_string_value(json_object_get(j, "stream"));
	int64_t nsec;

	if (!json_is_string(text) || !json_is_string(time))
		return;
	struct bytes when = { json_string_value(time), json_string_length(time) };
	if (!rfc3339_nsec(when, &nsec))
		return;
	put_record(out, str_eq(stream, "stderr") ? 'e' : 'o', when,
		   (struct bytes){ json_string_value(text), json_string_length(text) });
}

static struct bytes read_at(struct arena *a, int fd, int64_t at, size_t size)
{
	char *data = arena_room(a, size + 1);
	ssize_t n = pread(fd, data, size, at);
	data[n > 0 ? n : 0] = '\0';
	return (struct bytes){ data, n > 0 ? (size_t)n : 0 };
}

/* A line's end and its time: the first that ends behind `at`. */
struct mark {
	int64_t end;
	int64_t nsec;
};

static bool find_mark(const char *data, size_t size, int64_t at, struct mark *ret)
{
	struct bytes rest = { data, size }, line;

	while (memchr(rest.data, '\n', rest.size) && bytes_line(&rest, &line)) {
		if (!line_time(line, &ret->nsec))
			continue;
		ret->end = at + (rest.data - data);
		return true;
	}
	return false;
}

/* Nothing: no line from `at` to `end` that tells its time, or no more patience. */
static bool probe(int fd, int64_t at, int64_t end, unsigned *patience, struct mark *ret)
{
	const int64_t back = 64; /* a line's time stands that close to its end */
	char data[PROBE_BYTES];

	for (at = at > back ? at - back : 0; at < end && *patience; at += PROBE_BYTES - back) {
		(*patience)--;
		ssize_t n = pread(fd, data, sizeof(data), at);
		if (n <= 0)
			return false;
		if (find_mark(data, (size_t)n, at, ret))
			return true;
	}
	return false;
}

/* A line's start, at or not far before the first line that is not older than since. */
static int64_t near(int fd, int64_t size, int64_t since_nsec)
{
	int64_t low = 0, high = size;
	unsigned patience = PROBES_MAX;

	while (high - low > NEAR_BYTES) {
		int64_t middle = low + (high - low) / 2;
		struct mark m;
		if (probe(fd, middle, high, &patience, &m) && m.nsec < since_nsec)
			low = m.end;
		else
			high = middle;
	}
	return low;
}

/* Whole lines of a window; what it cuts, or the writer has not ended, is none. Returns their size.
 */
static int64_t put_window(struct lines *out, struct bytes window, int64_t since_nsec, bool *found)
{
	struct bytes rest = window, line;
	int64_t nsec;

	while (out->size < DOCKER_LOG_BYTES && memchr(rest.data, '\n', rest.size) &&
	       bytes_line(&rest, &line)) {
		if (!*found && (!line_time(line, &nsec) || nsec < since_nsec))
			continue;
		*found = true;
		put_json(out, line);
	}
	return rest.data - window.data;
}

/*
 * Lines from since on, until there are enough. A crash of the host can leave a hole in the file:
 * that is why a window may show nothing. False: the rest was not looked at.
 */
static bool put_from(struct lines *out, int fd, int64_t size, int64_t since_nsec)
{
	ARENA scratch = { 0 };
	char *data = arena_room(&scratch, WINDOW_BYTES);
	int64_t at = near(fd, size, since_nsec);
	bool found = false, all = false;

	for (int i = 0; out->size < DOCKER_LOG_BYTES && !all && i < WINDOWS_MAX; i++) {
		ssize_t n = pread(fd, data, WINDOW_BYTES, at);
		struct bytes window = { data, n > 0 ? (size_t)n : 0 };
		int64_t used = put_window(out, window, since_nsec, &found);
		all = window.size < WINDOW_BYTES;
		at += used ? used : WINDOW_BYTES;
	}
	return all;
}

/* A log file and its size; the size is that of the moment, the writer goes on. */
static int open_log(int root, const char *path, int64_t *ret_size)
{
	struct open_how how = { .flags = O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC,
				.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS };
	struct stat st;
	int fd = (int)syscall(SYS_openat2, root, path, &how, sizeof(how));

	*ret_size = 0;
	if (fd < 0)
		return -errno;
	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode)) {
		close(fd);
		return -ENOENT;
	}
	*ret_size = st.st_size;
	return fd;
}

static int open_older(struct arena *a, int root, const char *path, int64_t *ret_size)
{
	return open_log(root, arena_printf(a, "%s.1", path), ret_size);
}

static bool is_older(int fd, int64_t size, int64_t than_nsec)
{
	unsigned patience = 1;
	struct mark first;
	return probe(fd, 0, size, &patience, &first) && first.nsec < than_nsec;
}

int docker_log_start(struct arena *a, int root, const char *path, int64_t since_nsec,
		     struct bytes *ret)
{
	ARENA scratch = { 0 };
	struct lines out = { .arena = &scratch };
	int64_t size, older_size;
	CLOSE fd = open_log(root, path, &size);
	bool next = true;

	if (fd < 0)
		return fd;
	CLOSE older =
	    is_older(fd, size, since_nsec) ? -1 : open_older(&scratch, root, path, &older_size);
	if (older >= 0)
		next = put_from(&out, older, older_size, since_nsec);
	if (next)
		put_from(&out, fd, size, since_nsec);
	struct bytes text = first_bytes(&out);
	*ret = (struct bytes){ str_ndup(a, text.data, text.size), text.size };
	return 0;
}

static void put_end(struct lines *out, int fd, int64_t size)
{
	ARENA scratch = { 0 };
	int64_t at = size > END_BYTES ? size - END_BYTES : 0;
	struct bytes rest = read_at(&scratch, fd, at, END_BYTES), line;

	if (at > 0)
		bytes_line(&rest, &line);
	while (memchr(rest.data, '\n', rest.size) && bytes_line(&rest, &line))
		put_json(out, line);
}

int docker_log_end(struct arena *a, int root, const char *path, struct bytes *ret)
{
	ARENA scratch = { 0 };
	struct lines out = { .arena = &scratch };
	int64_t size, older_size;
	CLOSE fd = open_log(root, path, &size);

	if (fd < 0)
		return fd;
	CLOSE older = size < DOCKER_LOG_BYTES ? open_older(&scratch, root, path, &older_size) : -1;
	if (older >= 0)
		put_end(&out, older, older_size);
	put_end(&out, fd, size);
	struct bytes text = last_bytes(&out);
	*ret = (struct bytes){ str_ndup(a, text.data, text.size), text.size };
	return 0;
}

/* A frame: stream, three zeros, size of what follows (big-endian). False: this is none. */
static bool frame(struct bytes *rest, char *stream, struct bytes *payload)
{
	const unsigned char *head = (const unsigned char *)rest->data;

	if (rest->size < 8 || head[0] > 3 || head[1] || head[2] || head[3])
		return false;
	size_t size =
	    (size_t)head[4] << 24 | (size_t)head[5] << 16 | (size_t)head[6] << 8 | (size_t)head[7];
	if (size > rest->size - 8)
		return false;
	*stream = head[0] == 2 ? 'e' : 'o';
	*payload = (struct bytes){ rest->data + 8, size };
	rest->data += 8 + size;
	rest->size -= 8 + size;
	return true;
}

static void put_stamped(struct lines *out, char stream, struct bytes text)
{
	const char *blank = text.size ? memchr(text.data, ' ', text.size) : NULL;
	int64_t nsec;

	if (!blank)
		return;
	struct bytes when = { text.data, (size_t)(blank - text.data) };
	if (rfc3339_nsec(when, &nsec))
		put_record(out, stream, when,
			   (struct bytes){ blank + 1, text.size - when.size - 1 });
}

struct bytes docker_log_stream(struct arena *a, struct bytes stream, bool end)
{
	ARENA scratch = { 0 };
	struct lines out = { .arena = &scratch };
	struct bytes rest = stream, text;
	char which;

	while (frame(&rest, &which, &text))
		put_stamped(&out, which, text);
	/* A terminal's text has no frames, and a time, not a stream's number, at its start. */
	while (rest.size && rest.data[0] > 3 && memchr(rest.data, '\n', rest.size)) {
		const char *start = rest.data;
		bytes_line(&rest, &text);
		put_stamped(&out, 'o', (struct bytes){ start, (size_t)(rest.data - start) });
	}
	text = end ? last_bytes(&out) : first_bytes(&out);
	return (struct bytes){ str_ndup(a, text.data, text.size), text.size };
}
