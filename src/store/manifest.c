/* SPDX-License-Identifier: MIT */
#include "store/manifest.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"

#define IMAGE "application/vnd.ollama.image."
enum { DIGEST_DIGITS = 64, SAID_MOST = 200 };

static const struct {
	const char *type;
	enum layer_kind kind;
} kinds[] = {
	{ IMAGE "model", LAYER_MODEL },       { IMAGE "projector", LAYER_PROJECTOR },
	{ IMAGE "adapter", LAYER_ADAPTER },   { IMAGE "draft", LAYER_DRAFT },
	{ IMAGE "params", LAYER_PARAMETERS }, { IMAGE "tensor", LAYER_TENSOR },
};

/* What has a key twice means one thing to one reader and another to the next. */
static json_t *parse_object(struct arena *a, struct bytes text, const char *name, struct err *e)
{
	json_error_t why;
	json_t *j = json_loadb(text.data, text.size, JSON_REJECT_DUPLICATES, &why);

	if (!j)
		err_set(e, -EINVAL, "%s:%d:%d: %s", name, why.line, why.column,
			str_clean(a, why.text, strlen(why.text), SAID_MOST));
	else if (!json_is_object(j)) {
		err_set(e, -EINVAL, "%s: no JSON object", name);
		json_decref(j);
		return NULL;
	}
	return j;
}

static const char *said(struct arena *a, const json_t *j, const char *key)
{
	const json_t *v = json_object_get(j, key);
	return json_is_string(v)
		   ? str_clean(a, json_string_value(v), json_string_length(v), SAID_MOST)
		   : "";
}

static bool is_hex(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

/* NULL: none. A blob is opened by it, so nothing else will do. */
static const char *digest(struct arena *a, const json_t *j)
{
	const json_t *v = json_object_get(j, "digest");
	const char *text = json_is_string(v) ? json_string_value(v) : "";

	if (!str_starts(text, "sha256") || (text[6] != ':' && text[6] != '-') ||
	    json_string_length(v) != 7 + DIGEST_DIGITS)
		return NULL;
	text += 7;
	for (size_t i = 0; i < DIGEST_DIGITS; i++)
		if (!is_hex(text[i]))
			return NULL;
	return str_dup(a, text);
}

static enum layer_kind kind_of(const json_t *j)
{
	const char *type = json_string_value(json_object_get(j, "mediaType"));

	for (size_t i = 0; i < COUNT_OF(kinds); i++)
		if (str_eq(type, kinds[i].type))
			return kinds[i].kind;
	return LAYER_OTHER;
}

static int parse_layer(struct arena *a, const json_t *j, struct manifest_layer *ret, struct err *e)
{
	json_int_t bytes = json_integer_value(json_object_get(j, "size"));

	*ret = (struct manifest_layer){ kind_of(j), digest(a, j), bytes > 0 ? (uint64_t)bytes : 0 };
	if (!ret->digest)
		return err_set(e, -EINVAL, "digest '%s' is not sha256:HEX", said(a, j, "digest"));
	return 0;
}

int manifest_parse(struct arena *a, struct bytes text, const char *name, struct manifest *ret,
		   struct err *e)
{
	json_auto_t *j = parse_object(a, text, name, e);
	struct manifest out = { 0 };

	if (!j)
		return -EINVAL;
	const json_t *layers = json_object_get(j, "layers");
	const json_t *config = json_object_get(j, "config");
	if (!json_is_array(layers) && !json_is_null(layers))
		return err_set(e, -EINVAL, "%s: it has no list of layers", name);
	/* Before there were configs, it was empty. */
	if (*said(a, config, "digest") && !(out.config = digest(a, config)))
		return err_set(e, -EINVAL, "%s: config: digest '%s' is not sha256:HEX", name,
			       said(a, config, "digest"));
	out.layer = arena_alloc(a, json_array_size(layers) * sizeof(*out.layer));
	for (; out.layer_count < json_array_size(layers); out.layer_count++) {
		int r = parse_layer(a, json_array_get(layers, out.layer_count),
				    &out.layer[out.layer_count], e);
		if (r < 0)
			return err_wrap(e, r, "%s: layer %zu", name, out.layer_count + 1);
	}
	*ret = out;
	return 0;
}

const struct manifest_layer *manifest_layer(const struct manifest *m, enum layer_kind kind)
{
	for (size_t i = 0; i < m->layer_count; i++)
		if (m->layer[i].kind == kind)
			return &m->layer[i];
	return NULL;
}

int manifest_config_parse(struct arena *a, struct bytes text, const char *name,
			  struct manifest_config *ret, struct err *e)
{
	json_auto_t *j = parse_object(a, text, name, e);

	if (!j)
		return -EINVAL;
	*ret = (struct manifest_config){
		.format = said(a, j, "model_format"),
		.remote_host = said(a, j, "remote_host"),
		.remote_model = said(a, j, "remote_model"),
	};
	return 0;
}

int manifest_parameters(struct arena *a, struct bytes text, const char *name, const char **ret,
			struct err *e)
{
	json_auto_t *j = parse_object(a, text, name, e);
	char *line = j ? json_dumps(j, JSON_COMPACT) : NULL;

	if (!line)
		return -EINVAL;
	*ret = str_dup(a, line);
	free(line);
	return 0;
}
