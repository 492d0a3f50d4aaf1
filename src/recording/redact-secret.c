/* SPDX-License-Identifier: MIT */
/* Values that are known by the name before them, and tokens. */
#include <string.h>
#include <strings.h>

#include "recording/scan.h"

enum {
	NAME_MAX_BYTES = 128,
	BLANKS_MAX = 64, /* between a name, its '=' and the value */
	USERINFO_MAX = 256,
	PORT_DIGITS_MAX = 5,
};

static const char stand_in[] = "REDACTED";

/* What a name smells of, in any case. */
static const struct {
	const char *word;
	bool is_weak; /* also part of harmless names: their short numbers stay */
} smells[] = {
	{ "password", false }, { "passwd", false },     { "passphrase", false },
	{ "secret", false },   { "credential", false }, { "key", true },
	{ "token", true },     { "auth", true },        { "pgpass", false },
};

/* The same where they stand alone between '_', '-' and '.': "bypass" and $PWD are harmless. */
static const char *const whole_smells[] = { "pass", "pwd" };

/* Values that tell a setting, not a secret; several may stand together. */
static const char *const settings[] = {
	"true",    "false",         "yes",        "no",           "on",         "off",
	"none",    "null",          "nil",        "enabled",      "disabled",   "trust",
	"md5",     "scram-sha-256", "peer",       "ident",        "unknown",    "missing",
	"have",    "new",           "nopcie",     "secure",       "nokey",      "boot",
	"default", "auto",          "authorized", "unauthorized", "8250/16550",
};

/* Tokens with a beginning of their own; what follows it, at least. */
static const struct {
	const char *start;
	size_t min;
	const char *more; /* bytes allowed besides [A-Za-z0-9_-] */
} tokens[] = {
	{ "hf_", 10, "" },         { "sk-", 16, "" },         { "ghp_", 16, "" },
	{ "gho_", 16, "" },        { "ghs_", 16, "" },        { "github_pat_", 16, "" },
	{ "glpat-", 16, "" },      { "nvapi-", 16, "" },      { "xoxb-", 10, "" },
	{ "xoxp-", 10, "" },       { "AKIA", 16, "" },        { "eyJ", 24, "." },
	{ "Bearer ", 8, ".~+/=" }, { "bearer ", 8, ".~+/=" },
};

/* Names of settings that have a smelling word in them. */
static const char *const fresh[] = { "keymap", "keyboard", "serial8250" };

static bool has_word(const char *name, size_t size, const char *word)
{
	size_t n = strlen(word);
	for (size_t i = 0; i + n <= size; i++)
		if (strncasecmp(name + i, word, n) == 0)
			return true;
	return false;
}

static bool has_whole_word(const char *name, size_t size, const char *word)
{
	size_t n = strlen(word);

	if (n == size)
		return false;
	for (size_t i = 0; i + n <= size; i++)
		if (strncasecmp(name + i, word, n) == 0 && (i == 0 || strchr("_-.", name[i - 1])) &&
		    (i + n == size || strchr("_-.", name[i + n])))
			return true;
	return false;
}

enum smell { SMELL_NONE, SMELL_WEAK, SMELL_STRONG, SMELL_SERIAL };

static enum smell smell_of(const char *name, size_t size)
{
	for (size_t i = 0; i < COUNT_OF(fresh); i++)
		if (has_word(name, size, fresh[i]))
			return SMELL_NONE;
	for (size_t i = 0; i < COUNT_OF(smells); i++)
		if (has_word(name, size, smells[i].word))
			return smells[i].is_weak ? SMELL_WEAK : SMELL_STRONG;
	for (size_t i = 0; i < COUNT_OF(whole_smells); i++)
		if (has_whole_word(name, size, whole_smells[i]))
			return SMELL_WEAK;
	return has_word(name, size, "serial") ? SMELL_SERIAL : SMELL_NONE;
}

static bool is_setting(const char *value, size_t size)
{
	while (size) {
		size_t n = 0, i = 0;
		while (n < size && !strchr(" |,", value[n]))
			n++;
		while (i < COUNT_OF(settings) &&
		       !(strlen(settings[i]) == n && strncasecmp(settings[i], value, n) == 0))
			i++;
		if (n && i == COUNT_OF(settings))
			return false;
		n += n < size;
		value += n;
		size -= n;
	}
	return true;
}

static bool is_harmless(enum smell smell, const char *value, size_t size)
{
	size_t digits = 0, short_number = smell == SMELL_SERIAL ? 3 : smell == SMELL_WEAK ? 9 : 1;

	while (digits < size && value[digits] >= '0' && value[digits] <= '9')
		digits++;
	return (digits == size && size <= short_number) || is_setting(value, size);
}

struct value {
	size_t from, to;
	char quote;   /* '"', '\'', '\\' for \" , 0: none */
	bool is_json; /* what follows a key in double quotes */
	bool is_word; /* of a command line: "--name VALUE" */
};

static size_t skip_blanks(const struct scan *s, size_t at, const char *blanks)
{
	for (size_t n = 0; n < BLANKS_MAX; n++, at++)
		if (at >= s->in.size || !s->in.data[at] || !strchr(blanks, s->in.data[at]))
			break;
	return at;
}

/* Past a quote at `at`, which is told in *quote. */
static size_t skip_quote(const struct scan *s, size_t at, char *quote)
{
	char c = scan_at(s, at);

	*quote = c == '"' || c == '\'' ? c : c == '\\' && scan_at(s, at + 1) == '"' ? '\\' : '\0';
	return at + (*quote == '\\' ? 2 : *quote ? 1 : 0);
}

/* "--api-key VALUE", also as two strings of an array or two words of a /proc/PID/cmdline. */
static size_t flag_value(const struct scan *s, size_t name_end, size_t at, char quote)
{
	size_t next = at;

	if (quote == '"' && scan_at(s, at) == ',')
		next = skip_blanks(s, at + 1, " \t\r\n");
	else if (quote)
		return 0;
	else if (at < s->in.size && !s->in.data[at])
		next = at + 1;
	if (next == name_end || next >= s->in.size || (quote && s->in.data[next] != '"'))
		return 0;
	return s->in.data[next + (quote != 0 && next + 1 < s->in.size)] == '-' ? 0 : next;
}

/* Where the value of a name begins: after '=' or ':'. 0: it has none. */
static size_t value_of(const struct scan *s, size_t name, size_t name_end, struct value *v)
{
	bool is_flag = scan_at(s, name) == '-';
	char quote;
	size_t at = skip_blanks(s, skip_quote(s, name_end, &quote), " \t");
	char c = scan_at(s, at), next = scan_at(s, at + 1);

	v->is_json = quote == '"' && c == ':';
	if (c == ':' && !quote && name && s->in.data[name - 1] == '/')
		return 0; /* an image's tag */
	if (c == ':' && (next == ':' || next == '/'))
		return 0; /* a::b, scheme:// */
	if (c == '=' && next == '=')
		return 0;
	if (c == '=' || c == ':')
		return skip_blanks(s, at + 1, v->is_json ? " \t\r\n" : " \t");
	v->is_word = true;
	return is_flag ? flag_value(s, name_end, at, quote) : 0;
}

/* Whether the name is the first of its line or string: then its value is all the rest. */
static bool is_anchored(const struct scan *s, size_t name)
{
	static const char export[] = "export ";
	size_t at = skip_blanks(s, s->anchor, " \t-");

	if (s->in.size - at >= sizeof(export) && memcmp(s->in.data + at, export, 7) == 0)
		at += 7;
	return at >= name;
}

static bool ends_value(const struct scan *s, const struct value *v, bool whole, size_t at)
{
	char c = s->in.data[at];

	if (c == '\n' || c == '\0')
		return true;
	switch (v->quote) {
	case '"':
		return c == '"';
	case '\\':
		return c == '"' || (c == '\\' && scan_at(s, at + 1) == '"');
	case '\'':
		return c == '\'' || (s->in_string && c == '"');
	}
	if (whole)
		return c == '\r' || (s->in_string && c == '"');
	return strchr(" \t\r\"'`,;&)}]|<>\\", c) != NULL;
}

static void find_end(const struct scan *s, struct value *v, bool whole)
{
	size_t at = v->from;

	while (at < s->in.size && !ends_value(s, v, whole, at))
		at += s->in.data[at] == '\\' && at + 1 < s->in.size ? 2 : 1;
	v->to = at < s->in.size ? at : s->in.size;
	while (!v->quote && v->to > v->from && strchr(" \t", s->in.data[v->to - 1]))
		v->to--;
}

/* A JSON number, literal, array or object stays; only the digits of a serial number go. */
static size_t take_json_number(struct scan *s, enum smell smell, size_t at)
{
	size_t end = at;

	while (end < s->in.size && strchr("+-.eE0123456789", s->in.data[end]) && s->in.data[end])
		end++;
	if (smell != SMELL_SERIAL || is_harmless(smell, s->in.data + at, end - at))
		return 0;
	s->in_string = false;
	scan_replace(s, REDACT_SERIAL, at, end, "0");
	return end;
}

/* [A-Za-z0-9_.-]..., and "Serial Number" is one name. */
static size_t name_end(const struct scan *s, size_t at)
{
	static const char number[] = " number";
	size_t end = at;

	while (end < at + NAME_MAX_BYTES &&
	       (is_word(scan_at(s, end)) || scan_at(s, end) == '.' || scan_at(s, end) == '-'))
		end++;
	if (end - at == 6 && strncasecmp(s->in.data + at, "serial", 6) == 0 &&
	    s->in.size - end >= 7 && strncasecmp(s->in.data + end, number, 7) == 0)
		end += 7;
	return end;
}

/* "A_KEY=": the quote after it ends the string, and begins no value. */
static bool ends_string(const struct scan *s, const struct value *v)
{
	char next = scan_at(s, v->from + 1);

	return s->in_string && !v->is_json && !v->is_word && scan_at(s, v->from) == '"' &&
	       (!next || strchr(",]} \t\r\n", next));
}

size_t take_key(struct scan *s, size_t at)
{
	if (at < s->name_until || (s->in.data[at] == '-' && scan_at(s, at + 1) != '-'))
		return 0;
	size_t end = name_end(s, at);
	enum smell smell = smell_of(s->in.data + at, end - at);
	struct value v = { 0 };

	s->name_until = end;
	if (smell == SMELL_NONE || !(v.from = value_of(s, at, end, &v)))
		return 0;
	if (ends_string(s, &v))
		return 0;
	v.from = skip_quote(s, v.from, &v.quote);
	if (v.is_json && v.quote != '"')
		return take_json_number(s, smell, v.from);
	find_end(s, &v, !v.is_word && is_anchored(s, at));
	size_t size = v.to - v.from;
	if (size == 0 || is_harmless(smell, s->in.data + v.from, size))
		return 0;
	if (v.quote == '"') {
		s->in_string = true;
		s->anchor = v.from;
	}
	scan_replace(s, smell == SMELL_SERIAL ? REDACT_SERIAL : REDACT_SECRET, v.from, v.to,
		     stand_in);
	return v.to;
}

/* A container's or a service's variable: whatever its value is, "auto" and 4711 too. */
static bool is_secret_variable(const char *name, size_t size)
{
	/* Rules read these. Their values are settings, or take_key() takes them. */
	static const char *const read[] = { "WEBUI_AUTH", "POSTGRES_HOST_AUTH_METHOD" };
	enum smell smell = smell_of(name, size);

	for (size_t i = 0; i < COUNT_OF(read); i++)
		if (strlen(read[i]) == size && memcmp(name, read[i], size) == 0)
			return false;
	return smell == SMELL_WEAK || smell == SMELL_STRONG || has_word(name, size, "pass") ||
	       has_word(name, size, "pwd");
}

/* "--name" and "-n", or the first of "--name=VALUE": its size. 0: it may be anything. */
static size_t option_size(const char *text, size_t size)
{
	size_t n = 2;

	if (size == 2 && text[0] == '-' && text[1] >= 'a' && text[1] <= 'z')
		return size;
	if (size < 3 || memcmp(text, "--", 2) != 0)
		return 0;
	while (n < size && ((text[n] >= 'a' && text[n] <= 'z') || strchr("-_", text[n])))
		n++;
	return n == size ? n : text[n] == '=' ? n + 1 : 0;
}

static bool is_port(const struct scan *s, size_t from, size_t to)
{
	if (to - from > PORT_DIGITS_MAX)
		return false;
	while (from < to && s->in.data[from] >= '0' && s->in.data[from] <= '9')
		from++;
	return from == to;
}

/* Of "--port", "4000" and of "--port=4000" the number stays: rules read where a service listens. */
static bool tells_port(const struct scan *s, size_t from, size_t to)
{
	static const char option[] = "--port=", before[] = "\"--port\"";
	size_t n = strlen(option), end = from - 1;

	if (to - from > n && memcmp(s->in.data + from, option, n) == 0)
		return is_port(s, from + n, to);
	while (end > 0 && strchr(" \t\r\n,", s->in.data[end - 1]))
		end--;
	n = strlen(before);
	return end >= n && memcmp(s->in.data + end - n, before, n) == 0 && is_port(s, from, to);
}

static size_t string_end(const struct scan *s, size_t at)
{
	while (at < s->in.size && s->in.data[at] != '"')
		at += s->in.data[at] == '\\' && at + 1 < s->in.size ? 2 : 1;
	return at < s->in.size ? at : s->in.size;
}

/* Of a string from `from`, what has to go begins there; to, where it ends: nothing has. */
static size_t secret_of(const struct scan *s, size_t from, size_t to)
{
	const char *text = s->in.data + from;
	const char *equals = memchr(text, '=', to - from);

	if (s->list == LIST_ARGUMENTS && tells_port(s, from, to))
		return to;
	if (s->list == LIST_ARGUMENTS)
		return from + option_size(text, to - from);
	if (!equals || !is_secret_variable(text, (size_t)(equals - text)))
		return to;
	return from + (size_t)(equals - text) + 1;
}

/* Past the '[' of `"Env": [`; 0: it is no such list. */
static size_t list_of(struct scan *s, size_t at)
{
	/* Of what docker inspect and Podman tell, and of a unit. */
	static const struct {
		const char *key;
		enum scan_list list;
	} lists[] = {
		{ "\"Env\"", LIST_VARIABLES },           { "\"Environment\"", LIST_VARIABLES },
		{ "\"Args\"", LIST_ARGUMENTS },          { "\"Cmd\"", LIST_ARGUMENTS },
		{ "\"Test\"", LIST_ARGUMENTS },          { "\"Entrypoint\"", LIST_ARGUMENTS },
		{ "\"CreateCommand\"", LIST_ARGUMENTS },
	};
	size_t i = 0, n = 0;

	for (; i < COUNT_OF(lists); i++) {
		n = strlen(lists[i].key);
		if (s->in.size - at >= n && memcmp(s->in.data + at, lists[i].key, n) == 0)
			break;
	}
	if (i == COUNT_OF(lists))
		return 0;
	at = skip_blanks(s, at + n, " \t\r\n");
	if (scan_at(s, at) != ':')
		return 0;
	at = skip_blanks(s, at + 1, " \t\r\n");
	if (scan_at(s, at) != '[')
		return 0;
	s->list = lists[i].list;
	return at + 1;
}

size_t take_string(struct scan *s, size_t at)
{
	size_t from = at + 1, to;

	if (s->list == LIST_NONE)
		return list_of(s, at);
	to = string_end(s, from);
	from = secret_of(s, from, to);
	if (from == to)
		return s->list == LIST_ARGUMENTS && to < s->in.size ? to + 1 : 0;
	scan_replace(s, REDACT_SECRET, from, to, stand_in);
	return to < s->in.size ? to + 1 : to;
}

static size_t token_run(const struct scan *s, size_t at, const char *more)
{
	size_t n = 0;
	for (char c; (c = scan_at(s, at + n)) && (is_word(c) || c == '-' || strchr(more, c));)
		n++;
	return n;
}

size_t take_token(struct scan *s, size_t at)
{
	for (size_t i = 0; i < COUNT_OF(tokens); i++) {
		size_t n = strlen(tokens[i].start);
		if (s->in.size - at < n || memcmp(s->in.data + at, tokens[i].start, n) != 0)
			continue;
		size_t run = token_run(s, at + n, tokens[i].more);
		if (run < tokens[i].min)
			continue;
		/* "Bearer" itself tells nothing, and says what was there. */
		scan_replace(s, REDACT_SECRET, tokens[i].start[n - 1] == ' ' ? at + n : at,
			     at + n + run, stand_in);
		return at + n + run;
	}
	return 0;
}

/* "://user:password@": the password, which may hold an '@' itself. */
size_t take_userinfo(struct scan *s, size_t at)
{
	size_t user = at + 3, colon = 0, end = 0;

	if (s->in.size - at < 4 || memcmp(s->in.data + at, "://", 3) != 0)
		return 0;
	for (size_t i = user; i < s->in.size && i < at + USERINFO_MAX; i++) {
		char c = s->in.data[i];
		if (strchr("/ \t\n\"'<>\\", c))
			break;
		if (c == ':' && !colon)
			colon = i;
		if (c == '@')
			end = i;
	}
	if (!colon || end <= colon + 1)
		return 0;
	take_name(s, user);
	scan_replace(s, REDACT_SECRET, colon + 1, end, stand_in);
	return end;
}
