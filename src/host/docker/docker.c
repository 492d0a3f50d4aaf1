/* SPDX-License-Identifier: MIT */
/*
 * The container engine of this machine: Docker Engine API, or Podman's compatible one. Paths carry
 * no version, so the engine answers with its newest.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/json-pick.h"
#include "base/json.h"
#include "host/docker/connect.h"
#include "host/docker/log.h"
#include "host/docker/url.h"
#include "host/sources.h"

enum {
	ANSWER_MAX = 4 << 20,
	LINES = 2,             /* connections at once, for many small questions */
	AHEAD = 16 * LINES,    /* questions sent before the first answer is read */
	SLOW_LINE = LINES,     /* for what takes the engine long */
	LOOK_USEC = 5000000,   /* of all questions of a look */
	PAUSE_USEC = 10000000, /* so long without a question, and the next look has begun */
	LOG_USEC = 500000,
	START_SLACK_SEC = 2, /* Docker notes the start after the process has begun to write */
	START_SECONDS = 60,  /* of log after a start */
};

#define ALL "/containers/json?all=1"

struct docker_client {
	char *url; /* where the engine was found; NULL: not yet */
	struct http line[LINES + 1];
	const char *early[LINES + 1]; /* what was sent on that line before it was asked; or NULL */
	uint64_t spent_usec, last_usec;
};

/* What a question has at hand. */
struct ask {
	struct live *l;
	struct docker_client *c;
	struct arena *a;  /* scratch */
	struct arena *to; /* the answer's */
	uint64_t until;
};

static int open_url(struct http *line, struct ask *q, const char *url, struct err *e)
{
	return docker_connect(line, q->a, url, q->until, e);
}

/* Connects, and by that finds out where the engine is. */
static int open_first(struct ask *q, struct err *e)
{
	const char *url = NULL;

	if (q->c->line[0].open)
		return 0;
	const char *wanted = docker_url_wanted(q->l->options.docker, q->l->root, q->a);
	int r = docker_find(&q->c->line[0], q->a, wanted, q->until, &url, e);
	if (url) {
		free(q->c->url);
		q->c->url = strdup(url);
		if (!q->c->url)
			abort();
	}
	return r;
}

static int open_line(struct ask *q, size_t i, struct err *e)
{
	if (i == 0)
		return open_first(q, e);
	return q->c->line[i].open ? 0 : open_url(&q->c->line[i], q, q->c->url, e);
}

static struct http_answer answer_in(struct arena *a)
{
	return (struct http_answer){ .arena = a, .body_max = ANSWER_MAX };
}

static int judge(struct ask *q, const struct http_answer *h, const char *path, struct err *e)
{
	return docker_judge(h, arena_printf(q->a, "GET %s", path), e);
}

static int exchange(struct ask *q, const char *path, struct http_answer *h, struct err *e)
{
	int r = open_line(q, 0, e);
	if (r == 0)
		r = http_send(&q->c->line[0], "docker", path, q->until, e);
	return r < 0 ? r : http_receive(&q->c->line[0], h, q->until, e);
}

/* True: the answer to what was sent early has come. */
static bool receive_early(struct ask *q, const char *path, struct http_answer *h)
{
	for (size_t i = 0; i < COUNT_OF(q->c->early); i++) {
		struct http *line = &q->c->line[i];
		if (!str_eq(q->c->early[i], path))
			continue;
		q->c->early[i] = NULL;
		int r = http_receive(line, h, q->until, NULL);
		if (i == SLOW_LINE || r < 0)
			http_close(line);
		return r == 0;
	}
	return false;
}

/* An engine that was restarted since the last question has closed the line: then once more. */
static int get(struct ask *q, const char *path, struct http_answer *h, struct err *e)
{
	struct http_answer fresh = *h;

	if (receive_early(q, path, h))
		return judge(q, h, path, e);
	*h = fresh;
	bool was_open = q->c->line[0].open;
	int r = exchange(q, path, h, e);

	if (was_open && (r == -ECONNRESET || r == -EPIPE)) {
		*h = fresh;
		r = exchange(q, path, h, e);
	}
	return r < 0 ? r : judge(q, h, path, e);
}

static int ask_path(struct ask *q, struct arena *a, const char *path, struct bytes *ret,
		    struct err *e)
{
	struct http_answer h = answer_in(a);
	int r = get(q, path, &h, e);

	if (r == 0)
		*ret = h.body;
	return r;
}

/* Known as soon as there is a socket, also one that is not for us. */
static int ask_endpoint(struct ask *q, const char *rest, struct bytes *ret, struct err *e)
{
	(void)rest;
	int r = open_first(q, e);
	if (r < 0 && r != -EACCES && r != -EPERM && r != -EHOSTDOWN && r != -ETIMEDOUT)
		return r;
	*ret = bytes_of(str_dup(q->to, q->c->url));
	return 0;
}

/* One container's JSON; of one that is gone nothing, of one that cannot be told its id. */
static int take_inspect(struct ask *q, struct http *line, const char *id, struct bytes *ret,
			struct err *e)
{
	struct http_answer h = answer_in(q->a);
	int r = http_receive(line, &h, q->until, e);

	if (r < 0)
		return r;
	*ret = h.status == 200   ? h.body
	       : h.status == 404 ? bytes_of("")
				 : bytes_of(arena_printf(q->a, "{\"Id\":\"%s\"}", id));
	return 0;
}

static struct names container_ids(struct ask *q, struct bytes list)
{
	static const struct json_pick wanted[] = { { "Id" }, { 0 } };
	json_auto_t *j = json_parse(json_pick(q->a, list, wanted), "containers", NULL);
	size_t count = json_array_size(j);
	struct names id = { arena_alloc(q->a, count * sizeof(*id.name)), 0 };

	for (size_t i = 0; i < count; i++) {
		const char *s = json_text(q->a, json_at(json_array_get(j, i), "Id"));
		if (docker_is_id(s))
			id.name[id.count++] = s;
	}
	return id;
}

/*
 * Sent ahead on a few lines, so that the engine works on several while answers are read. A line
 * is opened once: one that closes early has lost what was sent ahead.
 */
static int inspect_all(struct ask *q, const struct names *id, struct bytes *ret, struct err *e)
{
	size_t size = 0;

	for (size_t i = 0; i < id->count + AHEAD; i++) {
		struct http *line = &q->c->line[i % LINES];
		int r = i < LINES && i < id->count ? open_line(q, i, e) : 0;
		if (r == 0 && i < id->count) {
			const char *path = arena_printf(q->a, "/containers/%s/json", id->name[i]);
			r = http_send(line, "docker", path, q->until, e);
		}
		if (r == 0 && i >= AHEAD && i - AHEAD < id->count) {
			r = take_inspect(q, line, id->name[i - AHEAD], &ret[i - AHEAD], e);
			size += ret[i - AHEAD].size;
		}
		if (r < 0)
			return r;
		if (size > ANSWER_MAX)
			return err_set(e, -EFBIG, "inspect of all containers");
	}
	return 0;
}

/* A JSON array of what there is. */
static struct bytes array_of(struct arena *a, const struct bytes *part, size_t count)
{
	size_t size = strlen("[]"), at = 0;

	for (size_t i = 0; i < count; i++)
		size += part[i].size + 1;
	char *all = arena_room(a, size + 1);
	all[at++] = '[';
	for (size_t i = 0; i < count; i++) {
		if (part[i].size && at > 1)
			all[at++] = ',';
		memcpy(all + at, part[i].data, part[i].size);
		at += part[i].size;
	}
	all[at++] = ']';
	all[at] = '\0';
	return (struct bytes){ all, at };
}

static int ask_all(struct ask *q, const char *rest, struct bytes *ret, struct err *e)
{
	struct bytes list;

	(void)rest;
	int r = ask_path(q, q->a, ALL, &list, e);
	if (r < 0)
		return r;
	struct names id = container_ids(q, list);
	struct bytes *part = arena_alloc(q->a, id.count * sizeof(*part));
	r = inspect_all(q, &id, part, e);
	for (size_t i = r < 0 ? 0 : 1; i < LINES; i++)
		http_close(&q->c->line[i]);
	if (r == 0)
		*ret = array_of(q->to, part, id.count);
	return r;
}

/* What inspect says that a log needs. */
struct log_of {
	const char *id, *path, *driver;
	int64_t since_nsec; /* the current start; 0: not known */
};

static const struct json_pick times[] = { { "StartedAt" }, { "FinishedAt" }, { 0 } };
static const struct json_pick driver_type[] = { { "Type" }, { 0 } };
static const struct json_pick driver[] = { { "LogConfig", driver_type }, { 0 } };
static const struct json_pick about_log[] = {
	{ "LogPath" },
	{ "State", times },
	{ "HostConfig", driver },
	{ 0 },
};

static int inspect_log(struct ask *q, const char *id, struct log_of *ret, struct err *e)
{
	struct bytes text;

	if (!docker_is_id(id))
		return err_set(e, -EINVAL, "%s: not a container", id);
	int r = ask_path(q, q->a, arena_printf(q->a, "/containers/%s/json", id), &text, e);
	if (r < 0)
		return r;
	json_auto_t *j = json_parse(json_pick(q->a, text, about_log), "inspect", e);
	if (!j)
		return -EPROTO;
	*ret = (struct log_of){
		.id = id,
		.path = json_text(q->a, json_at(j, "LogPath")),
		.driver = json_text(q->a, json_at(j, "HostConfig", "LogConfig", "Type")),
		.since_nsec =
		    docker_log_since(json_string_value(json_at(j, "State", "StartedAt")),
				     json_string_value(json_at(j, "State", "FinishedAt"))),
	};
	if (str_eq(ret->driver, "none"))
		return err_set(e, -ENOENT, "%s keeps no log", id);
	return 0;
}

/* -ENOENT: there is no such file for us, so the engine has to be asked. */
static int log_from_file(struct ask *q, const struct log_of *log, bool end, struct bytes *ret)
{
	if (!str_eq(log->driver, "json-file") || !str_ends(log->path, "-json.log"))
		return -ENOENT;
	return end ? docker_log_end(q->to, q->l->root, log->path, ret)
		   : docker_log_start(q->to, q->l->root, log->path, log->since_nsec, ret);
}

/* The start is not waited for when the engine has to go through a long log: what came is taken. */
static int log_from_engine(struct ask *q, const struct log_of *log, bool end, struct bytes *ret,
			   struct err *e)
{
	const char *path =
	    arena_printf(q->a, "/containers/%s/logs?stdout=1&stderr=1&timestamps=1", log->id);
	struct http_answer h = answer_in(q->a);
	int64_t since = log->since_nsec, sec = since / 1000000000;
	uint64_t until = http_until(LOG_USEC);

	if (end) {
		path = arena_printf(q->a, "%s&tail=400", path);
	} else {
		h.body_max =
		    2 * DOCKER_LOG_BYTES; /* a frame's head costs as much as a short line */
		h.cut = true;
	}
	if (!end && since > 0)
		path =
		    arena_printf(q->a, "%s&since=%lld.%09lld&until=%lld", path, (long long)sec,
				 (long long)(since % 1000000000), (long long)(sec + START_SECONDS));
	q->until = until < q->until ? until : q->until;
	int r = get(q, path, &h, e);
	if (r == 0)
		*ret = docker_log_stream(q->to, h.body, end);
	return r;
}

static int ask_log(struct ask *q, const char *id, bool end, struct bytes *ret, struct err *e)
{
	struct log_of log = { 0 };
	int r = inspect_log(q, id, &log, e);

	if (r < 0)
		return r;
	r = log_from_file(q, &log, end, ret);
	return r == -ENOENT || r == -EACCES ? log_from_engine(q, &log, end, ret, e)
	       : r < 0                      ? err_set(e, r, "read %s", log.path)
					    : 0;
}

static int ask_log_start(struct ask *q, const char *id, struct bytes *ret, struct err *e)
{
	return ask_log(q, id, false, ret, e);
}

static int ask_log_end(struct ask *q, const char *id, struct bytes *ret, struct err *e)
{
	return ask_log(q, id, true, ret, e);
}

static int answer(struct ask *q, const char *question, struct bytes *ret, struct err *e)
{
	static const struct {
		const char *start;
		int (*ask)(struct ask *q, const char *rest, struct bytes *ret, struct err *e);
	} special[] = {
		{ "endpoint", ask_endpoint },
		{ "/containers/*/json", ask_all },
		{ "/log-start/", ask_log_start },
		{ "/log-end/", ask_log_end },
	};

	for (size_t i = 0; i < COUNT_OF(special); i++) {
		const char *start = special[i].start;
		if (str_ends(start, "/") ? str_starts(question, start) : str_eq(question, start))
			return special[i].ask(q, question + strlen(start), ret, e);
	}
	return ask_path(q, q->to, question, ret, e);
}

static struct docker_client *client_of(struct live *l)
{
	if (!l->docker && !(l->docker = calloc(1, sizeof(*l->docker))))
		abort();
	return l->docker;
}

void docker_expect(struct live *l, const char *question)
{
	static const struct {
		const char *question, *path;
		size_t line; /* not the first, which other questions may need meanwhile */
	} known[] = { { "/info", "/info", SLOW_LINE }, { "/containers/*/json", ALL, 1 } };
	ARENA scratch = { 0 };
	struct ask q = { l, client_of(l), &scratch, NULL, http_until(DOCKER_QUESTION_USEC) };

	for (size_t i = 0; i < COUNT_OF(known); i++) {
		struct http *line = &q.c->line[known[i].line];
		if (!str_eq(question, known[i].question) || line->open || open_first(&q, NULL) < 0)
			continue;
		if (open_url(line, &q, q.c->url, NULL) == 0 &&
		    http_send(line, "docker", known[i].path, q.until, NULL) == 0)
			q.c->early[known[i].line] = known[i].path;
	}
}

int docker_awaits(struct live *l, const char *question)
{
	const struct docker_client *c = l->docker;
	return c && str_eq(c->early[SLOW_LINE], question) ? c->line[SLOW_LINE].fd : -1;
}

int docker_ask(struct live *l, struct arena *a, const char *question, struct bytes *ret,
	       struct err *e)
{
	ARENA scratch = { 0 };

	struct docker_client *c = client_of(l);
	uint64_t now = http_until(0);
	if (now - c->last_usec > PAUSE_USEC)
		c->spent_usec = 0;
	if (c->spent_usec >= LOOK_USEC)
		return err_set(e, -ETIMEDOUT, "docker %s", question);

	uint64_t left = LOOK_USEC - c->spent_usec;
	struct ask q = { l, c, &scratch, a,
			 now + (left < DOCKER_QUESTION_USEC ? left : DOCKER_QUESTION_USEC) };
	int r = answer(&q, question, ret, e);
	c->last_usec = http_until(0);
	c->spent_usec += c->last_usec - now;
	return r < 0 ? err_wrap(e, r, "docker") : 0;
}

void docker_client_free(struct docker_client *c)
{
	if (!c)
		return;
	for (size_t i = 0; i < COUNT_OF(c->line); i++)
		http_close(&c->line[i]);
	free(c->url);
	free(c);
}
