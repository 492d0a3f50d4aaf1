/* SPDX-License-Identifier: MIT */
#include "store/remote/hub.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/json.h"
#include "store/remote/url.h"
#include "store/split.h"

enum { FILES_MOST = 10000, SAID_MOST = 10, QUANT_MOST = 40 };

static const char *last_name(const char *path)
{
	const char *slash = strrchr(path, '/');
	return slash ? slash + 1 : path;
}

/* "model-Q4_K_M" of "dir/model-Q4_K_M-00001-of-00002.gguf". */
static const char *stem(struct arena *a, const char *path)
{
	struct split_name s;

	if (split_name(a, path, &s))
		return last_name(s.before);
	path = last_name(path);
	return str_ndup(a, path, strlen(path) - strlen(".gguf"));
}

/* What stands at its end and looks like a quant: "Q4_K_M", "BF16"; else all of it. */
static const char *quant_of(struct arena *a, const char *path)
{
	const char *name = stem(a, path), *end = name + strlen(name), *at = end;

	while (at > name && (isalnum((unsigned char)at[-1]) || at[-1] == '_'))
		at--;
	if (at == end || strpbrk(at, "0123456789") == NULL)
		at = name;
	return str_clean(a, at, (size_t)(end - at), QUANT_MOST);
}

/* Q4_K_M: 4; BF16: 16; none: 0. */
static int quant_bits(struct arena *a, const char *path)
{
	const char *digits = strpbrk(quant_of(a, path), "0123456789");
	return digits ? atoi(digits) : 0;
}

static bool is_projector(const char *path)
{
	return strstr(last_name(path), "mmproj");
}

/* What lies beside models and is none: projectors, importances, drafts. */
static bool is_model(const char *path)
{
	static const char *const other[] = { "mmproj",  "imatrix", "mtp-",
					     "eagle3-", "dflash-", "dspark-" };

	for (size_t i = 0; i < COUNT_OF(other); i++)
		if (strstr(last_name(path), other[i]))
			return false;
	return true;
}

static bool is_first(struct arena *a, const char *path)
{
	struct split_name s;
	return !split_name(a, path, &s) || s.no == 0;
}

/* The quant stands in the path as a word of its own: "Q4_K_M" is not in "IQ4_K_M". */
static bool has_quant(const char *path, const char *quant)
{
	size_t n = strlen(quant);

	for (const char *at = path; (at = strcasestr(at, quant)); at++)
		if ((at == path || !isalnum((unsigned char)at[-1])) && at[n] &&
		    strchr(".-/", at[n]))
			return true;
	return false;
}

static struct names gguf_files(struct arena *a, const json_t *listing)
{
	struct names out = { 0 };
	size_t room = 0, i;
	json_t *file;

	json_array_foreach(listing, i, file)
	{
		const json_t *path = json_object_get(file, "path");
		const char *text = json_string_value(path);
		if (text && strlen(text) == json_string_length(path) && url_path_safe(text) &&
		    str_ends(text, ".gguf") && out.count < FILES_MOST &&
		    str_eq(json_string_value(json_object_get(file, "type")), "file"))
			names_add(a, &out, &room, text);
	}
	return out;
}

/* Each model once: of a split one, the first part. */
static struct names models_of(struct arena *a, const struct names *files)
{
	struct names out = { 0 };
	size_t room = 0;

	for (size_t i = 0; i < files->count; i++)
		if (is_model(files->name[i]) && is_first(a, files->name[i]))
			names_add(a, &out, &room, files->name[i]);
	return out;
}

static const char *with_quant(const struct names *models, const char *quant)
{
	for (size_t i = 0; i < models->count; i++)
		if (has_quant(models->name[i], quant))
			return models->name[i];
	return NULL;
}

/* The directory both are in or below: how many bytes of the model's path; false: not above it. */
static bool lies_above(const char *projector, const char *model, size_t *ret_depth)
{
	size_t n = (size_t)(last_name(projector) - projector);

	*ret_depth = n;
	return strncmp(projector, model, n) == 0;
}

static const char *projector_of(struct arena *a, const struct names *files, const char *model)
{
	const char *best = NULL;
	size_t best_depth = 0;
	int best_off = 0, bits = quant_bits(a, model);

	for (size_t i = 0; i < files->count; i++) {
		size_t depth;
		if (!is_projector(files->name[i]) || !lies_above(files->name[i], model, &depth))
			continue;
		int off = abs(quant_bits(a, files->name[i]) - bits);
		if (best && (depth < best_depth || (depth == best_depth && off >= best_off)))
			continue;
		best = files->name[i];
		best_depth = depth;
		best_off = off;
	}
	return best;
}

/* Their quants, each once, for the message. */
static const char *said(struct arena *a, const struct names *models)
{
	struct names out = { 0 };
	size_t room = 0;

	for (size_t i = 0; i < models->count; i++) {
		const char *quant = quant_of(a, models->name[i]);
		if (names_have(&out, quant))
			continue;
		if (out.count == SAID_MOST)
			return arena_printf(a, "%s, ...", names_join(a, &out, ", "));
		names_add(a, &out, &room, quant);
	}
	return names_join(a, &out, ", ");
}

static int pick_model(struct arena *a, const struct names *models, const struct place *p,
		      const char **ret, struct err *e)
{
	const char *quant = p->quant ? p->quant : "Q4_K_M";

	if (models->count == 0)
		return err_say(e, -ENOENT,
			       "%s has no GGUF file; look for one whose name ends in -GGUF",
			       p->name);
	*ret = with_quant(models, quant);
	if (!*ret && !p->quant && models->count == 1)
		*ret = models->name[0];
	if (!*ret)
		return err_say(e, -ENOENT, "%s has no %s; it has: %s", p->name, quant,
			       said(a, models));
	return 0;
}

int hub_choose(struct arena *a, struct bytes listing, const struct place *p, struct hub_choice *ret,
	       struct err *e)
{
	struct err why = { 0 };
	json_auto_t *j = json_parse(listing, p->name, &why);

	/* What is wrong is quoted there as it came. */
	if (!j)
		return err_set(e, -EINVAL, "%s",
			       str_clean(a, why.text, strlen(why.text), sizeof(why.text)));
	if (!json_is_array(j))
		return err_set(e, -EINVAL, "%s: the server sent no list of files", p->name);
	struct names files = gguf_files(a, j), models = models_of(a, &files);
	struct hub_choice out = { 0 };
	int code = pick_model(a, &models, p, &out.model, e);
	if (code < 0)
		return code;
	out.projector = projector_of(a, &files, out.model);
	*ret = out;
	return 0;
}
