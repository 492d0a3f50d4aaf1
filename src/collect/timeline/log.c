/* SPDX-License-Identifier: MIT */
/*
 * When Ollama looked for GPUs, and when it answered for the first time. Its own lines (discover/),
 * and gin's: "[GIN] 2025/10/09 - 08:55:01 | 200 |  1.234567s |  172.18.0.5 | POST     "/api/chat"".
 */
#include "collect/timeline/part.h"

#include <string.h>

#include "collect/docker/ollama-log.h"
#include "sign/clock.h"

/* What a model has to answer. Ollama's server/routes.go. */
static const char *const model_paths[] = {
	"/api/generate",        "/api/chat",       "/api/embed",     "/api/embeddings",
	"/v1/chat/completions", "/v1/completions", "/v1/embeddings", "/v1/responses",
	"/v1/messages",
};

/* Ends at the quote behind it: "/api/chat", not "/api/chatter". */
static bool is_for_a_model(struct arena *a, struct bytes line)
{
	const char *post = bytes_find(line, "| POST ");
	const char *open = post ? memchr(post, '"', (size_t)(line.data + line.size - post)) : NULL;
	const char *end =
	    open ? memchr(open + 1, '"', (size_t)(line.data + line.size - open - 1)) : NULL;

	if (!end)
		return false;
	const char *path = str_ndup(a, open + 1, (size_t)(end - open - 1));
	for (size_t i = 0; i < COUNT_OF(model_paths); i++)
		if (str_eq(path, model_paths[i]))
			return true;
	return false;
}

/* A unit of Go's time.Duration, in nanoseconds; 0: none. */
static uint64_t unit_nsec(const char *s, size_t *ret_size)
{
	static const struct {
		const char *unit;
		uint64_t nsec;
	} units[] = {
		{ "ns", 1 },
		{ "us", 1000 },
		{ "\xc2\xb5s", 1000 },
		{ "ms", 1000000 },
		{ "s", 1000000000 },
		{ "m", UINT64_C(60000000000) },
		{ "h", UINT64_C(3600000000000) },
	};
	for (size_t i = 0; i < COUNT_OF(units); i++)
		if (str_starts(s, units[i].unit)) {
			*ret_size = strlen(units[i].unit);
			return units[i].nsec;
		}
	return 0;
}

/* "1m23s", "1.234567891s", "52.311µs": microseconds; 0 where it is no duration, or a day and more.
 */
static uint64_t duration_usec(const char *s)
{
	uint64_t nsec = 0;

	while (*s) {
		double number = 0, scale = 1;
		size_t size = 0, n = 0;
		for (; *s >= '0' && *s <= '9' && n < 9; s++, n++)
			number = number * 10 + (*s - '0');
		if (*s == '.')
			for (s++; *s >= '0' && *s <= '9' && n < 18; s++, n++)
				number += (*s - '0') * (scale /= 10);
		uint64_t unit = unit_nsec(s, &size);
		if (!unit || n == 0 || number * (double)unit > 86400e9)
			return 0;
		nsec += (uint64_t)(number * (double)unit);
		s += size;
	}
	return nsec < UINT64_C(86400000000000) ? nsec / 1000 : 0;
}

static void answer(struct ollama_times *t, struct arena *a, struct bytes line, uint64_t usec)
{
	struct names part = str_split(a, str_ndup(a, line.data, line.size), "|", 4);

	t->answered_usec = usec;
	if (part.count < 3)
		return;
	t->answering_usec = duration_usec(str_trim(a, part.name[2], strlen(part.name[2])));
	if (!str_u64(str_trim(a, part.name[1], strlen(part.name[1])), 10, 999, &t->status))
		t->status = 0;
}

/* One line tells of a device: the search has come to its end. */
static bool is_result(struct arena *a, struct bytes line)
{
	return ollama_log_parse(a, line, "").device_count > 0;
}

static void hear(struct ollama_times *t, struct arena *a, struct bytes line, uint64_t usec)
{
	if (bytes_have(line, "msg=\"server config\""))
		*t = (struct ollama_times){ 0 };
	else if (bytes_have(line, "discovering available GPUs") ||
		 bytes_have(line, "looking for compatible GPUs"))
		t->looks_usec = t->looks_usec ? t->looks_usec : usec;
	else if (bytes_have(line, "[GIN]") && !t->answered_usec && is_for_a_model(a, line))
		answer(t, a, line, usec);
	else if (!t->found_usec && is_result(a, line))
		t->found_usec = usec;
}

/* Docker's time or the journal's, which every line begins with; *line moves behind it. */
static bool take_time(struct bytes *line, uint64_t *ret_usec)
{
	const char *end = line->data + line->size;
	struct scan iso = { line->data, end }, seconds = iso, *s = &iso;
	struct when when = { CLOCK_NONE, 0 };

	if (!clock_iso(s, &when)) {
		s = &seconds;
		if (!clock_unix(s, &when))
			return false;
	}
	scan_blanks(s);
	*line = (struct bytes){ s->at, (size_t)(end - s->at) };
	*ret_usec = when.usec;
	return when.clock == CLOCK_WALL;
}

struct ollama_times ollama_times_parse(struct arena *a, struct bytes text)
{
	struct ollama_times t = { 0 };
	uint64_t usec;

	for (struct bytes line; bytes_line(&text, &line);)
		if (take_time(&line, &usec))
			hear(&t, a, line, usec);
	return t;
}

static const char *device_name(const struct ollama_log *log, enum ollama_backend b)
{
	for (size_t i = 0; i < log->device_count; i++)
		if (log->device[i].backend == b && *log->device[i].name)
			return log->device[i].name;
	return "a GPU";
}

static const char *found(struct arena *a, const struct ollama_log *log)
{
	enum ollama_backend b = ollama_found(log);

	if (b == BACKEND_UNKNOWN)
		return "";
	if (b == BACKEND_CPU)
		return "found the CPU only";
	const char *name = device_name(log, b);
	return arena_printf(a, "found %s (%s)", str_clean(a, name, strlen(name), 60),
			    ollama_backend_name(b));
}

static const char *no_result(const struct ollama_times *t)
{
	return t->looks_usec ? "its log has no result yet" : "its log does not tell";
}

static void add_search(struct timing *s, const struct moment *of, const struct ollama_times *t,
		       const struct ollama_log *log)
{
	struct moment m = *of;

	m.kind = MOMENT_DISCOVERY;
	m.usec = t->looks_usec && t->looks_usec < t->found_usec ? t->looks_usec : t->found_usec;
	m.done_usec = t->found_usec;
	m.note = found(s->arena, log);
	m.needs_gpu = true;
	m.has_gpu = ollama_found(log) == BACKEND_CUDA;
	if (!t->found_usec || !timing_add_wall(s, m, 0))
		timing_miss(s, m.kind, m.who, t->found_usec ? timing_no_clock(s) : no_result(t));
}

static void add_request(struct timing *s, const struct moment *of, const struct ollama_times *t)
{
	struct moment m = *of;

	m.kind = MOMENT_REQUEST;
	m.done_usec = t->answered_usec;
	m.usec = t->answered_usec - (t->answering_usec < t->answered_usec ? t->answering_usec : 0);
	if (t->status && t->status != 200)
		m.note = arena_printf(s->arena, "HTTP %u", (unsigned)t->status);
	if (!t->answered_usec)
		timing_miss(s, m.kind, m.who, "the first lines of its log have none");
	else if (!timing_add_wall(s, m, 0))
		timing_miss(s, m.kind, m.who, timing_no_clock(s));
}

void timing_log(struct timing *s, enum source source, const char *question, const char *who,
		unsigned depth)
{
	const struct moment of = {
		.who = who,
		.note = "",
		.from = arena_printf(s->arena, "%s:%s", source_name(source), question),
		.depth = depth,
	};
	struct bytes text;
	int r = host_ask(s->h, s->arena, source, question, &text, NULL);

	if (r < 0) {
		const char *why = arena_printf(s->arena, "its log: %s", know_why(know_of_errno(r)));
		timing_miss(s, MOMENT_DISCOVERY, who, why);
		timing_miss(s, MOMENT_REQUEST, who, why);
		return;
	}
	const struct ollama_times t = ollama_times_parse(s->arena, text);
	const struct ollama_log log = ollama_log_parse(s->arena, text, of.from);
	add_search(s, &of, &t, &log);
	add_request(s, &of, &t);
}
