/* SPDX-License-Identifier: MIT */
#include "sign/unpack.h"

#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "base/rfc3339.h"

/* Past LINE_MAX_BYTES nothing is added. */
static void put(struct line *l, const char *s, size_t size)
{
	size_t left = LINE_MAX_BYTES - l->size;
	size_t n = size < left ? size : left;

	memcpy(l->text + l->size, s, n);
	l->size += n;
}

static void put_text(struct line *l, const json_t *j)
{
	put(l, json_string_value(j), json_string_length(j));
}

/* journalctl's for a message that is not UTF-8, or has escape sequences: [78,86,82,77]. */
static void put_numbers(struct line *l, const json_t *j)
{
	for (size_t i = 0; i < json_array_size(j); i++) {
		const json_t *n = json_array_get(j, i);
		char c = (char)json_integer_value(n);
		if (json_is_integer(n) && c)
			put(l, &c, 1);
	}
}

/* key=value; only what is a word goes without quotes. */
static void put_member(struct line *l, const char *key, const json_t *j)
{
	const char *text = json_is_true(j) ? "true" : json_is_false(j) ? "false" : NULL;
	char number[32];
	size_t size = text ? strlen(text) : 0;

	if (json_is_string(j)) {
		text = json_string_value(j);
		size = json_string_length(j);
	} else if (json_is_number(j)) {
		size = (size_t)snprintf(number, sizeof(number), "%.15g", json_number_value(j));
		text = number;
	}
	if (!text)
		return;
	bool is_word = size && strcspn(text, " \t\n\"=") == size;
	put(l, key, strlen(key));
	put(l, is_word ? "=" : "=\"", is_word ? 1 : 2);
	put(l, text, size);
	put(l, is_word ? " " : "\" ", is_word ? 1 : 2);
}

static bool is_time(const char *key)
{
	return str_eq(key, "time") || str_eq(key, "ts") || str_eq(key, "timestamp") ||
	       str_eq(key, "@timestamp");
}

static void put_members(struct line *l, json_t *j)
{
	const char *key;
	json_t *value;

	json_object_foreach(j, key, value) if (!is_time(key)) put_member(l, key, value);
}

static void read_clock(struct line *l, const json_t *j)
{
	static const char *const key[] = { "time", "timestamp", "@timestamp" };
	const char *journal = json_string_value(json_object_get(j, "__REALTIME_TIMESTAMP"));
	uint64_t usec = 0;

	for (size_t i = 0; i < COUNT_OF(key) && usec == 0; i++) {
		const char *text = json_string_value(json_object_get(j, key[i]));
		if (text && !rfc3339_usec(text, &usec))
			usec = 0;
	}
	if (journal && !str_u64(journal, 10, UINT64_MAX, &usec))
		usec = 0;
	if (l->clock != CLOCK_NONE || usec == 0)
		return;
	l->clock = CLOCK_WALL;
	l->usec = usec;
}

/* "kernel: ", "ollama[911]: ", as journalctl's other forms have it. */
static void put_sender(struct line *l, const json_t *j)
{
	const json_t *name = json_object_get(j, "SYSLOG_IDENTIFIER");
	const json_t *pid = json_object_get(j, "_PID");

	if (!json_is_string(name) || json_string_length(name) == 0)
		return;
	put_text(l, name);
	if (json_is_string(pid)) {
		put(l, "[", 1);
		put_text(l, pid);
		put(l, "]", 1);
	}
	put(l, ": ", 2);
}

/* False: none of the known keys is there. */
static bool put_message(struct line *l, json_t *j)
{
	static const char *const key[] = { "MESSAGE", "log", "msg", "message", "error" };
	json_t *said = NULL;
	size_t i = 0;

	for (; i < COUNT_OF(key) && !said; i++)
		said = json_object_get(j, key[i]);
	if (json_is_object(said))
		said = json_object_get(said, "message");
	if (!json_is_string(said) && !json_is_array(said))
		return false;
	l->size = l->message;
	if (str_eq(key[i - 1], "MESSAGE"))
		put_sender(l, j);
	if (str_eq(key[i - 1], "msg"))
		put_members(l, j);
	else if (json_is_string(said))
		put_text(l, said);
	else
		put_numbers(l, said);
	return true;
}

/* Parsing costs more than all the rest: only where there is something to be found. */
static bool may_be_logged(struct bytes text)
{
	return *text.data == '{' && memrchr(text.data, '}', text.size) &&
	       (bytes_have(text, "\"MESSAGE\"") || bytes_have(text, "\"log\"") ||
		bytes_have(text, "\"msg\"") || bytes_have(text, "\"message\"") ||
		bytes_have(text, "\"error\""));
}

bool unpack_json(struct line *l)
{
	struct bytes text = { l->text + l->message, l->size - l->message };
	if (text.size == 0 || !may_be_logged(text))
		return false;

	json_auto_t *j = json_parse(text, "line", NULL);
	if (!json_is_object(j) || !put_message(l, j))
		return false;
	read_clock(l, j);
	l->bare = false;
	return true;
}
