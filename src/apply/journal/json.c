/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "apply/journal/step.h"
#include "base/json.h"

enum { VERSION = 1 };

static const char *const state_names[] = { "prepared", "written", "done", "undone" };

static json_t *hex_of(struct bytes b)
{
	static const char digit[] = "0123456789abcdef";
	ARENA a = { 0 };
	char *out = arena_alloc(&a, 2 * b.size + 1);

	for (size_t i = 0; i < b.size; i++) {
		out[2 * i] = digit[(unsigned char)b.data[i] >> 4];
		out[2 * i + 1] = digit[b.data[i] & 15];
	}
	return json_string(out);
}

static json_t *attrs_json(const struct attrs *w)
{
	json_t *xattrs = json_object();
	for (size_t i = 0; i < w->count; i++)
		json_object_set_new(xattrs, w->xattr[i].name, hex_of(w->xattr[i].value));
	return json_pack("{s:i, s:I, s:I, s:o}", "mode", (int)w->mode, "uid", (json_int_t)w->uid,
			 "gid", (json_int_t)w->gid, "xattrs", xattrs);
}

static json_t *file_json(const struct kept_file *f)
{
	return json_pack("{s:s, s:o, s:o, s:b, s:b, s:i, s:o, s:o, s:o}", "path", f->change.path,
			 "theme", said_json(f->theme), "what", said_json(f->what), "existed",
			 f->change.existed, "removed", f->change.removed, "mode",
			 (int)f->change.mode, "had", attrs_json(&f->had), "made",
			 names_json(&f->missing), "gone", names_json(&f->gone));
}

char *journal_format(const struct journal *j)
{
	json_t *files = json_array(), *steps = json_array();
	int bad = 0;

	for (size_t i = 0; i < j->file_count; i++)
		bad |= json_array_append_new(files, file_json(&j->file[i]));
	for (size_t i = 0; i < j->step_count; i++)
		bad |= json_array_append_new(steps, kept_step_json(&j->step[i]));
	json_auto_t *all =
	    json_pack("{s:i, s:s, s:o, s:s, s:s, s:I, s:b, s:o, s:o, s:o}", "version", VERSION,
		      "id", j->id, "command", said_json(j->command), "undoes", j->undoes, "state",
		      state_names[j->state], "usec", (json_int_t)j->usec, "once", j->once, "files",
		      files, "steps", steps, "note", names_json(&j->note));
	return all && !bad ? json_dumps(all, JSON_INDENT(1)) : NULL;
}

static int nibble(char c)
{
	const char *at = c ? strchr("0123456789abcdef", c) : NULL;
	return at ? (int)(at - "0123456789abcdef") : -1;
}

static bool hex_parse(struct arena *a, const char *hex, struct bytes *ret)
{
	size_t size = strlen(hex) / 2;
	char *out = arena_alloc(a, size + 1);

	for (size_t i = 0; i < size; i++) {
		int high = nibble(hex[2 * i]), low = nibble(hex[2 * i + 1]);
		if (high < 0 || low < 0)
			return false;
		out[i] = (char)(high << 4 | low);
	}
	*ret = (struct bytes){ out, size };
	return strlen(hex) % 2 == 0;
}

static bool attrs_parse(struct arena *a, json_t *j, struct attrs *ret)
{
	json_t *xattrs = json_object_get(j, "xattrs"), *value;
	const char *name;
	uint64_t mode, uid, gid;

	if (!number_of(j, "mode", 07777, &mode) || !number_of(j, "uid", UINT32_MAX, &uid) ||
	    !number_of(j, "gid", UINT32_MAX, &gid) || !json_is_object(xattrs) ||
	    json_object_size(xattrs) > XATTRS_MAX)
		return false;
	*ret = (struct attrs){ (unsigned)mode, (unsigned)uid, (unsigned)gid,
			       arena_alloc(a, XATTRS_MAX * sizeof(*ret->xattr)), 0 };
	json_object_foreach(xattrs, name, value)
	{
		struct xattr *x = &ret->xattr[ret->count++];
		x->name = str_dup(a, name);
		if (!hex_parse(a, json_text(a, value), &x->value))
			return false;
	}
	return true;
}

static bool file_parse(struct arena *a, json_t *j, struct kept_file *ret)
{
	struct file_change *c = &ret->change;
	uint64_t mode;

	*ret = (struct kept_file){ .theme = json_text(a, json_object_get(j, "theme")),
				   .what = json_text(a, json_object_get(j, "what")) };
	if (!text_of(a, j, "path", &c->path) || !number_of(j, "mode", 07777, &mode) ||
	    !json_is_boolean(json_object_get(j, "existed")) ||
	    !json_is_boolean(json_object_get(j, "removed")))
		return false;
	c->existed = json_is_true(json_object_get(j, "existed"));
	c->removed = json_is_true(json_object_get(j, "removed"));
	c->mode = (unsigned)mode;
	ret->missing = json_texts(a, json_object_get(j, "made"));
	ret->gone = json_texts(a, json_object_get(j, "gone"));
	return attrs_parse(a, json_object_get(j, "had"), &ret->had);
}

static int lists_parse(struct arena *a, json_t *files, json_t *steps, const char *name,
		       struct journal *ret, struct err *e)
{
	ret->file_count = json_array_size(files);
	ret->step_count = json_array_size(steps);
	if (!json_is_array(files) || !json_is_array(steps) || ret->file_count > STEPS_MAX ||
	    ret->step_count > STEPS_MAX)
		return err_say(e, -EINVAL, "%s: 'files' and 'steps' are not lists of at most %d",
			       name, STEPS_MAX);
	ret->file = arena_alloc(a, (ret->file_count + 1) * sizeof(*ret->file));
	ret->step = arena_alloc(a, (ret->step_count + 1) * sizeof(*ret->step));
	for (size_t i = 0; i < ret->file_count; i++)
		if (!file_parse(a, json_array_get(files, i), &ret->file[i]))
			return err_say(e, -EINVAL, "%s: files[%zu] is not as egpu writes it", name,
				       i);
	for (size_t i = 0; i < ret->step_count; i++)
		if (!kept_step_parse(a, json_array_get(steps, i), &ret->step[i]))
			return err_say(e, -EINVAL, "%s: steps[%zu] is not as egpu writes it", name,
				       i);
	return 0;
}

static bool state_parse(const char *name, enum transaction_state *ret)
{
	for (size_t i = 0; i < COUNT_OF(state_names); i++)
		if (str_eq(name, state_names[i])) {
			*ret = (enum transaction_state)i;
			return true;
		}
	return false;
}

int journal_parse(struct arena *a, struct bytes text, const char *name, struct journal *ret,
		  struct err *e)
{
	json_auto_t *j = json_parse(text, name, e);
	struct journal out = { 0 };
	const char *state;
	uint64_t version;

	if (!j)
		return -EINVAL;
	if (!number_of(j, "version", UINT32_MAX, &version))
		return err_say(e, -EINVAL, "%s: it has no version", name);
	if (version != VERSION)
		return err_say(e, -EINVAL, "%s: version %llu, written by a newer egpu", name,
			       (unsigned long long)version);
	if (!text_of(a, j, "id", &out.id) || !text_of(a, j, "command", &out.command) ||
	    !text_of(a, j, "state", &state) || !state_parse(state, &out.state) ||
	    !number_of(j, "usec", INT64_MAX, &out.usec))
		return err_say(e, -EINVAL, "%s: no id, command, state or usec", name);
	out.undoes = json_text(a, json_object_get(j, "undoes"));
	out.once = json_is_true(json_object_get(j, "once"));
	out.note = json_texts(a, json_object_get(j, "note"));
	int r =
	    lists_parse(a, json_object_get(j, "files"), json_object_get(j, "steps"), name, &out, e);
	if (r == 0)
		*ret = out;
	return r;
}
