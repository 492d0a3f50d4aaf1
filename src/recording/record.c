/* SPDX-License-Identifier: MIT */
/* A host that passes every question on, and keeps every answer. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "recording/kept.h"
#include "recording/recording.h"

static int compare(const struct kept *k, enum verb verb, enum source who, const char *key)
{
	if (k->verb != verb)
		return k->verb < verb ? -1 : 1;
	if (k->who != who)
		return k->who < who ? -1 : 1;
	return strcmp(k->key, key);
}

/* Place of the first that is not before it. */
static size_t place_of(const struct recorder *r, enum verb verb, enum source who, const char *key)
{
	size_t low = 0, high = r->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (compare(r->kept[middle], verb, who, key) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

const struct kept *kept_find(const struct recorder *r, enum verb verb, enum source who,
			     const char *key)
{
	size_t i = place_of(r, verb, who, key);
	return i < r->count && compare(r->kept[i], verb, who, key) == 0 ? r->kept[i] : NULL;
}

/* What is kept for the question; NULL where it was asked before: the first answer stays. */
static struct kept *keep(struct recorder *r, enum verb verb, enum source who, const char *key,
			 int error)
{
	size_t i = place_of(r, verb, who, key);

	if (i < r->count && compare(r->kept[i], verb, who, key) == 0)
		return NULL;
	if (r->count == r->room) {
		r->room = r->room ? 2 * r->room : 256;
		r->kept = reallocarray(r->kept, r->room, sizeof(*r->kept));
		if (!r->kept)
			abort();
	}
	memmove(&r->kept[i + 1], &r->kept[i], (r->count - i) * sizeof(*r->kept));
	r->kept[i] = arena_alloc(&r->arena, sizeof(**r->kept));
	*r->kept[i] = (struct kept){ verb, who, str_dup(&r->arena, key), error };
	r->count++;
	r->bytes += strlen(key) + sizeof(**r->kept);
	return error ? NULL : r->kept[i];
}

/* Beyond the limit bytes are only counted: recording_save() tells. */
static void keep_bytes(struct recorder *r, struct kept *k, struct bytes b)
{
	r->bytes += b.size;
	if (r->bytes <= RECORDING_BYTES_MAX)
		k->bytes = (struct bytes){ str_ndup(&r->arena, b.data, b.size), b.size };
}

static const char *key_of_path(struct recorder *r, struct arena *tmp, const char *path)
{
	return redact_text(r->redactor, tmp, path_tidy(tmp, path));
}

static int record_read(struct host *h, struct arena *a, const char *path, struct bytes *ret,
		       struct err *e)
{
	struct recorder *r = (struct recorder *)h;
	ARENA tmp = { 0 };
	struct bytes b;
	int code = host_read(r->inner, a, path, &b, e);
	struct kept *k = keep(r, VERB_READ, SOURCE_COUNT, key_of_path(r, &tmp, path), code);

	if (k)
		keep_bytes(r, k, redact_file(r->redactor, &tmp, path, b));
	if (code == 0)
		*ret = b;
	return code;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static int record_list(struct host *h, struct arena *a, const char *dir, struct names *ret,
		       struct err *e)
{
	struct recorder *r = (struct recorder *)h;
	ARENA tmp = { 0 };
	struct names n;
	int code = host_list(r->inner, a, dir, &n, e);
	struct kept *k = keep(r, VERB_LIST, SOURCE_COUNT, key_of_path(r, &tmp, dir), code);

	if (k) {
		k->names.name = arena_alloc(&r->arena, n.count * sizeof(*n.name));
		for (size_t i = 0; i < n.count; i++)
			k->names.name[k->names.count++] =
			    str_dup(&r->arena, redact_text(r->redactor, &tmp, n.name[i]));
		if (n.count)
			qsort(k->names.name, n.count, sizeof(*n.name), by_name);
	}
	if (code == 0)
		*ret = n;
	return code;
}

static int record_stat(struct host *h, struct arena *a, const char *path, struct host_stat *ret,
		       struct err *e)
{
	struct recorder *r = (struct recorder *)h;
	ARENA tmp = { 0 };
	struct host_stat st;
	int code = host_stat(r->inner, a, path, &st, e);
	struct kept *k = keep(r, VERB_STAT, SOURCE_COUNT, key_of_path(r, &tmp, path), code);

	if (k) {
		k->stat = st;
		k->stat.target = str_dup(&r->arena, redact_text(r->redactor, &tmp, st.target));
	}
	if (code == 0)
		*ret = st;
	return code;
}

static int record_ask(struct host *h, struct arena *a, enum source who, const char *question,
		      struct bytes *ret, struct err *e)
{
	struct recorder *r = (struct recorder *)h;
	ARENA tmp = { 0 };
	struct bytes b;
	int code = host_ask(r->inner, a, who, question, &b, e);
	const char *key = redact_text(r->redactor, &tmp, question);
	struct kept *k = keep(r, VERB_ASK, who, key, code);

	if (k)
		keep_bytes(r, k, redact(r->redactor, &tmp, b));
	if (code == 0)
		*ret = b;
	return code;
}

static void record_expect(struct host *h, enum source who, const struct names *questions)
{
	host_expect(((struct recorder *)h)->inner, who, questions);
}

static void record_close(struct host *h)
{
	struct recorder *r = (struct recorder *)h;

	host_close(r->inner);
	redactor_free(r->redactor);
	arena_done(&r->arena);
	free(r->kept);
	free(r);
}

static const struct host_ops record_ops = {
	.read = record_read,
	.list = record_list,
	.stat = record_stat,
	.ask = record_ask,
	.expect = record_expect,
	.close = record_close,
};

static void learn_names(struct recorder *r, enum redact_kind kind, const char *path)
{
	ARENA tmp = { 0 };
	struct bytes text;

	if (host_read(r->inner, &tmp, path, &text, NULL) < 0)
		return;
	const char *name = str_trim(&tmp, text.data, text.size);
	redactor_learn(r->redactor, kind, name);
	/* "tower" of "tower.lan" */
	redactor_learn(r->redactor, kind, str_ndup(&tmp, name, strcspn(name, ".")));
}

/* People's accounts: passwd(5), login.defs(5) UID_MIN, and without nobody. */
static void learn_users(struct recorder *r)
{
	enum { UID_MIN = 1000, UID_NOBODY = 65534, USERS_MAX = 64 };
	ARENA tmp = { 0 };
	struct bytes text, line;

	if (host_read(r->inner, &tmp, "/etc/passwd", &text, NULL) < 0)
		return;
	for (size_t n = 0; n < USERS_MAX && bytes_line(&text, &line);) {
		struct names field = str_split(&tmp, str_ndup(&tmp, line.data, line.size), ":", 4);
		uint64_t uid;
		if (field.count < 3 || !str_u64(field.name[2], 10, UINT32_MAX, &uid) ||
		    uid < UID_MIN || uid == UID_NOBODY)
			continue;
		redactor_learn(r->redactor, REDACT_USER, field.name[0]);
		n++;
	}
}

struct host *host_record(struct host *inner, struct err *e)
{
	static const char *const who[] = { "SUDO_USER", "USER", "LOGNAME" };
	struct recorder *r = calloc(1, sizeof(*r));

	if (!r) {
		host_close(inner);
		err_set(e, -ENOMEM, "record");
		return NULL;
	}
	r->host.ops = &record_ops;
	r->host.name = inner->name;
	r->inner = inner;
	r->redactor = redactor_new();
	learn_names(r, REDACT_HOST, "/proc/sys/kernel/hostname");
	learn_names(r, REDACT_HOST, "/etc/hostname");
	learn_names(r, REDACT_UUID, "/etc/machine-id");
	learn_users(r);
	for (size_t i = 0; i < COUNT_OF(who); i++)
		if (getenv(who[i]))
			redactor_learn(r->redactor, REDACT_USER, getenv(who[i]));
	return &r->host;
}

const struct redactor *recording_redactor(const struct host *recorder)
{
	return ((const struct recorder *)recorder)->redactor;
}

struct recording_sum recording_sum(const struct host *recorder)
{
	const struct recorder *r = (const struct recorder *)recorder;
	struct recording_sum sum = { 0 };

	for (size_t i = 0; i < r->count; i++) {
		const struct kept *k = r->kept[i];
		sum.file_count += k->verb == VERB_READ && !k->error;
		sum.answer_count += k->verb == VERB_ASK && !k->error;
		sum.error_count += k->error && k->error != -ENOENT;
		sum.bytes += k->bytes.size;
	}
	for (enum redact_kind kind = 0; kind < REDACT_KINDS; kind++)
		sum.redacted_count += redactor_count(r->redactor, kind);
	return sum;
}

struct names recording_names(const struct host *recorder, struct arena *a)
{
	const struct recorder *r = (const struct recorder *)recorder;
	struct names out = { arena_alloc(a, r->count * sizeof(*out.name)), 0 };

	for (size_t i = 0; i < r->count; i++) {
		const struct kept *k = r->kept[i];
		if (k->verb == VERB_READ && !k->error)
			out.name[out.count++] = path_file(a, k->key);
		if (k->verb == VERB_ASK && !k->error)
			out.name[out.count++] = question_file(a, k->who, k->key);
	}
	if (out.count)
		qsort(out.name, out.count, sizeof(*out.name), by_name);
	return out;
}
