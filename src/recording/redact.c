/* SPDX-License-Identifier: MIT */
#include "recording/redact.h"

#include <search.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "recording/scan.h"

enum { LEARNED_MAX = 64 };

struct stand_in {
	enum redact_kind kind;
	const char *value;
	unsigned number;
};

struct redactor {
	struct arena arena;
	void *stand_ins; /* tsearch(3) */
	unsigned last[REDACT_KINDS];
	size_t count[REDACT_KINDS];
	struct learned learned[LEARNED_MAX];
	size_t learned_count;
	bool starts[256]; /* first bytes of learned names */
};

/* Names that stand in every machine's files, and would be replaced there too. */
static const char *const common[] = {
	"root",   "docker",    "ollama",  "linux",   "arch",   "debian",     "ubuntu",  "fedora",
	"nvidia", "user",      "admin",   "host",    "local",  "localhost",  "data",    "home",
	"bin",    "boot",      "dev",     "etc",     "lib",    "lib64",      "media",   "mnt",
	"opt",    "proc",      "run",     "sbin",    "srv",    "sys",        "tmp",     "usr",
	"var",    "test",      "pci",     "bus",     "usb",    "info",       "json",    "name",
	"model",  "gpu",       "cuda",    "nvml",    "kernel", "video",      "render",  "audio",
	"games",  "max",       "min",     "auto",    "none",   "true",       "false",   "null",
	"open",   "unit",      "service", "default", "share",  "build",      "compose", "image",
	"class",  "module",    "modules", "driver",  "device", "devices",    "drivers", "power",
	"vendor", "status",    "state",   "running", "active", "enabled",    "all",     "manager",
	"stuck",  "reloads",   "init",    "net",     "config", "containers", "version", "bridge",
	"server", "podman",    "bolt",    "system",  "slice",  "security",   "log",     "label",
	"type",   "container", "systemd", "pop",     "mint",   "app",        "web",     "api",
};

static const char *const kind_names[REDACT_KINDS] = {
	[REDACT_UUID] = "UUID",
	[REDACT_SERIAL] = "serial number",
	[REDACT_MAC] = "MAC address",
	[REDACT_ADDRESS] = "IP address",
	[REDACT_HOST] = "host name",
	[REDACT_USER] = "user name",
	[REDACT_SECRET] = "key, token or password",
};

const char *redact_kind_name(enum redact_kind kind)
{
	return kind_names[kind];
}

struct redactor *redactor_new(void)
{
	struct redactor *r = calloc(1, sizeof(*r));
	if (!r)
		abort();
	return r;
}

static void keep(void *node)
{
	(void)node; /* the arena owns it */
}

void redactor_free(struct redactor *r)
{
	if (!r)
		return;
	tdestroy(r->stand_ins, keep);
	arena_done(&r->arena);
	free(r);
}

size_t redactor_count(const struct redactor *r, enum redact_kind kind)
{
	return r->count[kind];
}

static int by_value(const void *a, const void *b)
{
	const struct stand_in *x = a, *y = b;
	return x->kind != y->kind ? (x->kind > y->kind ? 1 : -1) : strcasecmp(x->value, y->value);
}

unsigned redactor_number(struct redactor *r, enum redact_kind kind, const char *value)
{
	const struct stand_in key = { .kind = kind, .value = value };
	struct stand_in **found = tfind(&key, &r->stand_ins, by_value);

	if (found)
		return (*found)->number;
	struct stand_in *new = arena_alloc(&r->arena, sizeof(*new));
	*new = (struct stand_in){ kind, str_dup(&r->arena, value), ++r->last[kind] };
	if (!tsearch(new, &r->stand_ins, by_value))
		abort();
	return new->number;
}

static bool is_common(const char *name)
{
	for (size_t i = 0; i < COUNT_OF(common); i++)
		if (strcasecmp(common[i], name) == 0)
			return true;
	return false;
}

static bool is_machine_id(const char *name)
{
	size_t n = 0;
	while (is_hex(name[n]))
		n++;
	return n == 32 && !name[n];
}

void redactor_learn(struct redactor *r, enum redact_kind kind, const char *name)
{
	const struct learned *same = redactor_learned(r, name, strlen(name));

	if (strlen(name) < 3 || is_common(name) || r->learned_count == LEARNED_MAX ||
	    (same && same->size == strlen(name)) || (kind == REDACT_UUID && !is_machine_id(name)))
		return;
	unsigned n = redactor_number(r, kind, name);
	struct learned *l = &r->learned[r->learned_count++];
	*l = (struct learned){ .name = str_dup(&r->arena, name),
			       .size = strlen(name),
			       .kind = kind };
	if (kind == REDACT_UUID)
		l->stand_in = arena_printf(&r->arena, "00000000000040008000%012x", n);
	else
		l->stand_in =
		    arena_printf(&r->arena, "%s%u", kind == REDACT_HOST ? "host" : "user", n);
	r->starts[(unsigned char)name[0]] = true;
}

const struct learned *redactor_learned(const struct redactor *r, const char *text, size_t size)
{
	const struct learned *longest = NULL;

	if (size == 0 || !r->starts[(unsigned char)text[0]])
		return NULL;
	for (size_t i = 0; i < r->learned_count; i++) {
		const struct learned *l = &r->learned[i];
		if (l->size <= size && memcmp(l->name, text, l->size) == 0 &&
		    (l->size == size || !is_word(text[l->size])) &&
		    (!longest || longest->size < l->size))
			longest = l;
	}
	return longest;
}

bool is_word(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '_';
}

bool is_hex(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

static void write_out(struct scan *s, const char *data, size_t size)
{
	if (size == 0)
		return;
	if (s->out_room - s->out_size < size) {
		size_t room = 2 * (s->out_size + size) + s->in.size / 2;
		char *more = arena_alloc(s->arena, room + 1);
		if (s->out_size)
			memcpy(more, s->out, s->out_size);
		s->out = more;
		s->out_room = room;
	}
	memcpy(s->out + s->out_size, data, size);
	s->out_size += size;
}

void scan_replace(struct scan *s, enum redact_kind kind, size_t from, size_t to, const char *with)
{
	if (strlen(with) == to - from && memcmp(s->in.data + from, with, to - from) == 0)
		return;
	write_out(s, s->in.data + s->written, from - s->written);
	write_out(s, with, strlen(with));
	s->written = to;
	s->r->count[kind]++;
}

static struct bytes scanned(struct scan *s)
{
	if (!s->out)
		return s->in;
	write_out(s, s->in.data + s->written, s->in.size - s->written);
	s->out[s->out_size] = '\0';
	return (struct bytes){ s->out, s->out_size };
}

/* Escape sequences of terminals, which end in a letter: "ESC [ 3 2 m". Returns where it ended. */
static size_t skip_colour(const struct scan *s, size_t at)
{
	if (scan_at(s, at) != '[')
		return at;
	for (size_t i = at + 1; i < at + 16; i++)
		if (scan_at(s, i) >= '@' && scan_at(s, i) <= '~')
			return i + 1;
	return at;
}

/* JSON's "\n" and "\u001b" end in letters that belong to no word. */
static size_t skip_escape(const struct scan *s, size_t at)
{
	char c = scan_at(s, at + 1);

	if (c == 'u') {
		size_t n = 0;
		while (n < 4 && is_hex(scan_at(s, at + 2 + n)))
			n++;
		if (n == 4)
			return skip_colour(s, at + 6);
	}
	return at + (c && strchr("nrtbf\"\\/", c) ? 2 : 1);
}

static size_t take(struct scan *s, size_t at, bool border)
{
	static size_t (*const takers[])(struct scan *, size_t) = {
		take_uuid,      take_mac,        take_hex_address, take_ip6, take_ip4,
		take_engine_id, take_machine_id, take_token,       take_key, take_name,
	};
	size_t end = 0;
	char c = s->in.data[at];

	if (c == '/')
		end = take_home(s, at);
	if (c == ':')
		end = take_userinfo(s, at);
	if (!border || !(is_word(c) || c == '-' || c == ':'))
		return end;
	for (size_t i = 0; end == 0 && i < COUNT_OF(takers); i++)
		end = takers[i](s, at);
	return end;
}

static void scan(struct scan *s)
{
	bool border = true;
	size_t end;

	for (size_t at = 0; at < s->in.size;) {
		char c = s->in.data[at];
		if (c == '\\') {
			at = skip_escape(s, at);
			border = true;
		} else if (c == '\033') {
			at = skip_colour(s, at + 1);
			border = true;
		} else if (c == '"' && !s->in_string && (end = take_string(s, at))) {
			at = s->anchor = end;
			border = true;
		} else if (c == '\n' || c == '\0' || c == '"') {
			s->in_string = c == '"' && !s->in_string;
			s->anchor = ++at;
			border = true;
		} else if ((end = take(s, at, border))) {
			at = end;
			border = !is_word(s->in.data[at - 1]);
		} else {
			border = !is_word(c);
			if (c == ']' && !s->in_string)
				s->list = LIST_NONE;
			at++;
		}
	}
}

struct bytes redact(struct redactor *r, struct arena *a, struct bytes in)
{
	struct scan s = { .r = r, .arena = a, .in = in };
	scan(&s);
	return scanned(&s);
}

const char *redact_text(struct redactor *r, struct arena *a, const char *in)
{
	return redact(r, a, bytes_of(in)).data;
}

/* Files that hold one value, which is the secret: of DMI, USB, Thunderbolt, block devices. */
static bool is_secret_file(const char *path, enum redact_kind *kind)
{
	const char *slash = strrchr(path, '/');
	const char *name = slash ? slash + 1 : path;

	*kind = str_eq(name, "key") ? REDACT_SECRET : REDACT_SERIAL;
	return str_starts(path, "/sys/") &&
	       (str_eq(name, "key") || str_eq(name, "serial") || str_ends(name, "_serial") ||
		str_eq(name, "serial_number") || str_ends(name, "asset_tag") ||
		str_eq(name, "wwid") || str_eq(name, "wwn"));
}

struct bytes redact_file(struct redactor *r, struct arena *a, const char *path, struct bytes in)
{
	struct scan s = { .r = r, .arena = a, .in = in };
	size_t size = in.size;
	enum redact_kind kind;

	while (size && (in.data[size - 1] == '\n' || in.data[size - 1] == ' '))
		size--;
	if (is_secret_file(path, &kind) && size) {
		scan_replace(&s, kind, 0, size, "REDACTED");
		return scanned(&s);
	}
	s.is_net = str_ends(path, "/net/tcp") || str_ends(path, "/net/tcp6");
	scan(&s);
	return scanned(&s);
}
