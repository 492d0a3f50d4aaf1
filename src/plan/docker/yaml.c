/* SPDX-License-Identifier: MIT */
#include "plan/docker/yaml.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/json.h"

enum {
	SIZE_MAX_BYTES = 256 << 10,
	STEPS = 2000000,
	ALIASES = 5000, /* a lookup goes through all anchors of the file */
	DEPTH_MAX = 16,
	TREE_DEPTH_MAX = 128,
	TEXT_MAX = 400,
};

static void destroy_diag(struct fy_diag **diag)
{
	fy_diag_destroy(*diag);
}
#define DIAG __attribute__((cleanup(destroy_diag))) struct fy_diag

static int complain(struct yaml *y, struct fy_diag *diag, struct err *e)
{
	void *i = NULL;
	const struct fy_diag_error *said = diag ? fy_diag_errors_iterate(diag, &i) : NULL;

	if (!said || !said->msg)
		return err_set(e, -EINVAL, "%s:1:1: not YAML", y->file);
	return err_set(e, -EINVAL, "%s:%d:%d: %s", y->file, said->line, said->column,
		       str_clean(y->arena, said->msg, strlen(said->msg), TEXT_MAX));
}

/* libfyaml 0.7 never comes back from a directive in broken UTF-8; jansson knows what is broken. */
static bool is_utf8(struct bytes b)
{
	json_auto_t *text = json_stringn(b.data, b.size);
	return text;
}

void yaml_close(struct yaml *y)
{
	if (y->doc)
		fy_document_destroy(y->doc);
	y->doc = NULL;
}

static bool step(struct yaml *y)
{
	return y->left && y->left--;
}

struct fy_node *yaml_real(struct yaml *y, struct fy_node *n)
{
	for (int i = 0; n && i < DEPTH_MAX && step(y); i++) {
		if (!fy_node_is_alias(n))
			return n;
		if (!y->aliases_left || !--y->aliases_left)
			return NULL;
		n = fy_node_resolve_alias(n);
	}
	return NULL;
}

bool yaml_gave_up(const struct yaml *y)
{
	return !y->left || !y->aliases_left;
}

static struct fy_node *at_depth(struct yaml *y, struct fy_node *n, const char *key, int depth)
{
	n = yaml_real(y, n);
	if (!n || depth == DEPTH_MAX || !fy_node_is_mapping(n))
		return NULL;
	struct fy_node *own = fy_node_mapping_lookup_value_by_simple_key(n, key, FY_NT);
	if (own)
		return yaml_real(y, own);
	struct fy_node *merged =
	    yaml_real(y, fy_node_mapping_lookup_value_by_simple_key(n, "<<", FY_NT));
	if (!merged || !fy_node_is_sequence(merged))
		return merged ? at_depth(y, merged, key, depth + 1) : NULL;
	void *next = NULL;
	for (struct fy_node *one; (one = yaml_next(y, merged, &next));) {
		struct fy_node *found = at_depth(y, one, key, depth + 1);
		if (found)
			return found;
	}
	return NULL;
}

struct fy_node *yaml_at(struct yaml *y, struct fy_node *n, const char *key)
{
	return at_depth(y, n, key, 0);
}

struct fy_node *yaml_next(struct yaml *y, struct fy_node *n, void **next)
{
	n = yaml_real(y, n);
	return n && fy_node_is_sequence(n) ? yaml_real(y, fy_node_sequence_iterate(n, next)) : NULL;
}

struct fy_node *yaml_member(struct yaml *y, struct fy_node *n, void **next,
			    struct fy_node **ret_value)
{
	n = yaml_real(y, n);
	if (!n || !fy_node_is_mapping(n))
		return NULL;
	for (struct fy_node_pair *pair; (pair = fy_node_mapping_iterate(n, next)) && step(y);) {
		struct fy_node *key = fy_node_pair_key(pair);
		if (!key || str_eq(yaml_text(y, key), "<<"))
			continue;
		*ret_value = yaml_real(y, fy_node_pair_value(pair));
		return key;
	}
	return NULL;
}

bool yaml_is_null(struct fy_node *n)
{
	size_t size = 0;
	const char *s = n && fy_node_is_scalar(n) ? fy_node_get_scalar(n, &size) : NULL;

	if (!n || (fy_node_is_scalar(n) && (!s || size == 0)))
		return true;
	return s && ((size == 1 && *s == '~') || (size == 4 && strncmp(s, "null", 4) == 0));
}

const char *yaml_text(struct yaml *y, struct fy_node *n)
{
	size_t size = 0;
	const char *s = n && fy_node_is_scalar(n) ? fy_node_get_scalar(n, &size) : NULL;
	return s ? str_ndup(y->arena, s, size) : "";
}

/* Marks are kept for scalars only: a list stands where its first scalar does. 0: not known. */
static int line_of(struct fy_node *n, int depth)
{
	void *next = NULL;

	if (!n || depth == DEPTH_MAX)
		return 0;
	if (fy_node_is_sequence(n))
		return line_of(fy_node_sequence_iterate(n, &next), depth + 1);
	if (fy_node_is_mapping(n)) {
		struct fy_node_pair *first = fy_node_mapping_iterate(n, &next);
		return first ? line_of(fy_node_pair_key(first), depth + 1) : 0;
	}
	struct fy_token *token = fy_node_get_scalar_token(n);
	const struct fy_mark *mark = token ? fy_token_start_mark(token) : NULL;
	return mark ? mark->line + 1 : 0;
}

int yaml_refuse(struct yaml *y, struct fy_node *n, struct err *e, const char *fmt, ...)
{
	int line = line_of(n, 0);
	va_list ap;

	va_start(ap, fmt);
	const char *text = arena_vprintf(y->arena, fmt, ap);
	va_end(ap);
	return err_set(e, -EINVAL, "%s:%d: %s", y->file, line ? line : 1,
		       str_clean(y->arena, text, strlen(text), TEXT_MAX));
}

/* The first alias of a tree that stands for nothing, or NULL. */
static struct fy_node *loose_alias(struct yaml *y, struct fy_node *n, int depth)
{
	struct fy_node *found = NULL;
	void *next = NULL;

	if (!n || depth == TREE_DEPTH_MAX || fy_node_is_scalar(n))
		return n && fy_node_is_alias(n) && !yaml_real(y, n) ? n : NULL;
	if (fy_node_is_sequence(n)) {
		for (struct fy_node *one; !found && (one = fy_node_sequence_iterate(n, &next));)
			found = loose_alias(y, one, depth + 1);
		return found;
	}
	for (struct fy_node_pair *pair; !found && (pair = fy_node_mapping_iterate(n, &next));)
		found = loose_alias(y, fy_node_pair_value(pair), depth + 1);
	return found;
}

int yaml_open(struct arena *a, const char *file, struct bytes text, struct yaml *ret, struct err *e)
{
	struct fy_diag_cfg quiet = { .level = FYET_ERROR, .module_mask = ~0U };
	DIAG *diag = fy_diag_create(&quiet);
	struct fy_parse_cfg cfg = { .flags = FYPCF_DEFAULT_PARSE, .diag = diag };

	*ret = (struct yaml){ .arena = a, .file = file, .left = STEPS, .aliases_left = ALIASES };
	if (diag)
		fy_diag_set_collect_errors(diag, true);
	if (text.size > SIZE_MAX_BYTES)
		return err_set(e, -EINVAL, "%s:1:1: more than %d KiB", file, SIZE_MAX_BYTES >> 10);
	if (!is_utf8(text) || memchr(text.data, '\0', text.size))
		return err_set(e, -EINVAL, "%s:1:1: not UTF-8 text", file);
	ret->doc = fy_document_build_from_string(&cfg, text.data, text.size);
	ret->root = ret->doc ? fy_document_root(ret->doc) : NULL;
	if (!ret->root)
		return complain(ret, diag, e);
	struct fy_node *loose = loose_alias(ret, ret->root, 0);
	return loose ? yaml_refuse(ret, loose, e, "the alias *%s stands for nothing",
				   yaml_text(ret, loose))
		     : 0;
}

static bool is_plain(const char *s)
{
	static const char *const words[] = { "true", "false", "yes", "no", "on",
					     "off",  "null",  "y",   "n",  "nan" };
	static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

	for (size_t i = 0; i < COUNT_OF(words); i++)
		if (strcasecmp(s, words[i]) == 0)
			return false;
	return *s && strchr(letters, *s) &&
	       s[strspn(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-")] ==
		   '\0';
}

const char *yaml_quoted(struct arena *a, const char *text)
{
	size_t size = strlen(text), used = 0;
	char *out = arena_alloc(a, size * 4 + 3);

	if (is_plain(text))
		return text;
	out[used++] = '"';
	for (; *text; text++) {
		unsigned char c = (unsigned char)*text;
		if (c == '"' || c == '\\')
			out[used++] = '\\';
		if (c < 0x20 || c == 0x7f)
			used += (size_t)sprintf(out + used, "\\x%02X", c);
		else
			out[used++] = (char)c;
	}
	out[used] = '"';
	return out;
}
