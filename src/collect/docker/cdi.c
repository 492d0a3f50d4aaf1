/* SPDX-License-Identifier: MIT */
/*
 * What NVIDIA's CDI specifications promise, held against what the host has.
 * github.com/cncf-tags/container-device-interface, SPEC.md. YAML, or JSON.
 */
#include "collect/collect.h"

#include <libfyaml.h>
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "collect/sysfs.h"
#include "facts/handout.h"

#define KIND "nvidia.com/gpu"

enum { DIRS_MAX = 16, SPECS_MAX = 16, PATHS_MAX = 128, NAMES_MAX = 64, SCALAR_MAX = 200 };

/* One walk through one specification. */
struct walk {
	struct arena *arena;
	struct host *host;
	struct cdi_spec *spec;
	struct names seen; /* host paths looked at so far; room for PATHS_MAX */
	uint64_t stale, missing_nodes, missing_paths;
};

static void destroy_diag(struct fy_diag **diag)
{
	fy_diag_destroy(*diag);
}
#define DIAG __attribute__((cleanup(destroy_diag))) struct fy_diag

static void destroy_document(struct fy_document **doc)
{
	fy_document_destroy(*doc);
}
#define DOCUMENT __attribute__((cleanup(destroy_document))) struct fy_document

/* The value of a key; NULL where n is no mapping or has no such key. */
static struct fy_node *at(struct fy_node *n, const char *key)
{
	if (!n || !fy_node_is_mapping(n))
		return NULL;
	return fy_node_mapping_lookup_value_by_simple_key(n, key, FY_NT);
}

/* The next of a list, or NULL at its end; *next is NULL before the first. */
static struct fy_node *next_of(struct fy_node *n, void **next)
{
	return n && fy_node_is_sequence(n) ? fy_node_sequence_iterate(n, next) : NULL;
}

static const char *text_of(struct arena *a, struct fy_node *n)
{
	size_t size = 0;
	const char *s = n && fy_node_is_scalar(n) ? fy_node_get_scalar(n, &size) : NULL;
	return s ? str_clean(a, s, size, SCALAR_MAX) : "";
}

static const char *text_at(struct arena *a, struct fy_node *n, const char *key)
{
	return text_of(a, at(n, key));
}

/* Not looked at before, and there is room to remember it. */
static bool is_new(struct walk *w, const char *path)
{
	if (*path != '/' || w->seen.count == PATHS_MAX || names_have(&w->seen, path))
		return false;
	w->seen.name[w->seen.count++] = path;
	return true;
}

static bool is_gone(struct walk *w, const char *path, struct host_stat *st)
{
	int r = host_stat(w->host, w->arena, path, st, NULL);
	return r < 0 && know_of_errno(r) == ABSENT;
}

static void count_missing(uint64_t *count, struct maybe_text *first, const char *path,
			  const char *from)
{
	if ((*count)++ == 0)
		*first = known_text(path, from);
}

/* One that no CUDA program needs is named only where no other is gone. */
static void count_missing_node(struct walk *w, const char *path)
{
	struct maybe_text *first = &w->spec->first_missing_node;

	if (first->know == KNOWN && handout_is_on_demand(first->v))
		*first = known_text(path, w->spec->path);
	count_missing(&w->missing_nodes, first, path, w->spec->path);
}

static void check_numbers(struct walk *w, struct fy_node *node, const char *path,
			  const struct host_stat *st)
{
	struct arena *a = w->arena;
	uint64_t major, minor = st->minor;

	if (st->type != STAT_CHAR || !str_u64(text_at(a, node, "major"), 10, UINT32_MAX, &major))
		return;
	str_u64(text_at(a, node, "minor"), 10, UINT32_MAX, &minor);
	if (major == st->major && minor == st->minor)
		return;
	if (w->stale++ == 0)
		w->spec->first_stale =
		    known_text(arena_printf(a, "%s is %llu:%llu, the host has %u:%u", path,
					    (unsigned long long)major, (unsigned long long)minor,
					    st->major, st->minor),
			       w->spec->path);
}

static void check_device(struct walk *w, struct fy_node *node)
{
	struct host_stat st = { 0 };
	const char *path = text_at(w->arena, node, "hostPath");

	if (!*path)
		path = text_at(w->arena, node, "path");
	if (!is_new(w, path))
		return;
	if (is_gone(w, path, &st))
		count_missing_node(w, path);
	else
		check_numbers(w, node, path, &st);
}

/* The version behind ".so." of the two libraries that always carry the driver's. */
static void note_version(struct walk *w, const char *path)
{
	static const char *const libraries[] = { "/libcuda.so.", "/libnvidia-ml.so." };

	for (size_t i = 0; i < COUNT_OF(libraries); i++) {
		const char *found = strstr(path, libraries[i]);
		const char *version = found ? found + strlen(libraries[i]) : "";
		if (strchr(version, '.') && version[strspn(version, "0123456789.")] == '\0')
			w->spec->driver_version = known_text(version, w->spec->path);
	}
}

static void check_path(struct walk *w, const char *path)
{
	struct host_stat st;
	note_version(w, path);
	if (is_new(w, path) && is_gone(w, path, &st))
		count_missing(&w->missing_paths, &w->spec->first_missing, path, w->spec->path);
}

static void check_edits(struct walk *w, struct fy_node *edits)
{
	void *i = NULL;

	for (struct fy_node *n; (n = next_of(at(edits, "deviceNodes"), &i));)
		check_device(w, n);
	i = NULL;
	for (struct fy_node *n; (n = next_of(at(edits, "mounts"), &i));)
		check_path(w, text_at(w->arena, n, "hostPath"));
	i = NULL;
	for (struct fy_node *n; (n = next_of(at(edits, "hooks"), &i));)
		check_path(w, text_at(w->arena, n, "path"));
}

static void check_spec(struct walk *w, struct fy_node *root)
{
	struct cdi_spec *s = w->spec;
	void *i = NULL;

	s->devices.name = arena_alloc(w->arena, NAMES_MAX * sizeof(*s->devices.name));
	s->driver_version = unknown_text(ABSENT, s->path);
	check_edits(w, at(root, "containerEdits"));
	for (struct fy_node *n; (n = next_of(at(root, "devices"), &i));) {
		if (s->devices.count < NAMES_MAX)
			s->devices.name[s->devices.count++] = text_at(w->arena, n, "name");
		check_edits(w, at(n, "containerEdits"));
	}
	s->stale_nodes = known_u64(w->stale, s->path);
	s->missing_nodes = known_u64(w->missing_nodes, s->path);
	s->missing_paths = known_u64(w->missing_paths, s->path);
}

/* "FILE:LINE:COLUMN: reason" of the first complaint. */
static const char *complaint(struct arena *a, struct fy_diag *diag, const char *path)
{
	void *i = NULL;
	const struct fy_diag_error *e = diag ? fy_diag_errors_iterate(diag, &i) : NULL;

	if (!e || !e->msg)
		return arena_printf(a, "%s:1:1: not a CDI specification", path);
	return arena_printf(a, "%s:%d:%d: %s", path, e->line, e->column,
			    str_clean(a, e->msg, strlen(e->msg), SCALAR_MAX));
}

/* libfyaml 0.7 never comes back from a directive in broken UTF-8; jansson knows what is broken. */
static bool is_utf8(struct bytes b)
{
	json_auto_t *text = json_stringn(b.data, b.size);
	return text;
}

/* False: a specification of something else. */
static bool parse(struct walk *w, struct bytes b)
{
	struct fy_diag_cfg quiet = { .level = FYET_ERROR, .module_mask = ~0U };
	DIAG *diag = fy_diag_create(&quiet);
	struct fy_parse_cfg cfg = { .flags = FYPCF_DEFAULT_PARSE, .diag = diag };
	struct cdi_spec *s = w->spec;

	if (str_ends(s->path, ".json"))
		cfg.flags |= FYPCF_JSON_FORCE;
	if (diag)
		fy_diag_set_collect_errors(diag, true);
	DOCUMENT *doc = is_utf8(b) ? fy_document_build_from_string(&cfg, b.data, b.size) : NULL;
	struct fy_node *root = doc ? fy_document_root(doc) : NULL;
	if (!root || !fy_node_is_mapping(root)) {
		s->kind = KIND;
		s->error = known_text(complaint(w->arena, diag, s->path), s->path);
		return bytes_have(b, KIND);
	}
	s->kind = text_at(w->arena, root, "kind");
	if (!str_eq(s->kind, KIND))
		return false;
	s->error = unknown_text(ABSENT, s->path);
	check_spec(w, root);
	return true;
}

static bool read_spec(struct facts *f, struct host *h, const char *path, struct cdi_spec *ret)
{
	struct bytes b;
	struct host_stat st;
	struct arena *a = f->arena;

	*ret = (struct cdi_spec){ .path = path, .kind = "" };
	int r = host_read(h, a, path, &b, NULL);
	if (r < 0 && know_of_errno(r) == DENIED)
		f->docker.cdi_know = DENIED;
	if (r < 0 || b.size == 0)
		return false;
	struct walk w = { .arena = a, .host = h, .spec = ret };
	w.seen.name = arena_alloc(a, PATHS_MAX * sizeof(*w.seen.name));
	if (!parse(&w, b))
		return false;
	if (host_stat(h, a, path, &st, NULL) == 0 && st.mtime_sec > 0)
		ret->mtime_sec = known_u64((uint64_t)st.mtime_sec, path);
	return true;
}

static void read_dir(struct facts *f, struct host *h, const char *dir)
{
	static const char *const endings[] = { ".yaml", ".yml", ".json" };
	struct docker *d = &f->docker;
	struct names found;
	int r = host_list(h, f->arena, dir, &found, NULL);

	if (r < 0 && know_of_errno(r) != ABSENT)
		d->cdi_know = know_of_errno(r);
	for (size_t i = 0; r == 0 && i < found.count; i++)
		for (size_t k = 0; k < COUNT_OF(endings) && d->cdi_count < SPECS_MAX; k++)
			if (str_ends(found.name[i], endings[k]) &&
			    read_spec(f, h, arena_printf(f->arena, "%s/%s", dir, found.name[i]),
				      &d->cdi[d->cdi_count]))
				d->cdi_count++;
}

/* The engine resolves the link /var/run before it tells; a recording has one name for it. */
static const char *usual_name(struct arena *a, const char *dir)
{
	return str_starts(dir, "/run/") ? arena_printf(a, "/var%s", dir) : dir;
}

void collect_cdi(struct facts *f, struct host *h)
{
	struct docker *d = &f->docker;
	const char *dir[DIRS_MAX] = { "/etc/cdi", "/var/run/cdi" };
	struct names dirs = { dir, 2 };

	for (size_t i = 0; i < d->cdi_dirs.count && dirs.count < DIRS_MAX; i++) {
		const char *more = usual_name(f->arena, d->cdi_dirs.name[i]);
		if (!names_have(&dirs, more))
			dir[dirs.count++] = more;
	}
	d->cdi_know = ABSENT;
	d->cdi = arena_alloc(f->arena, SPECS_MAX * sizeof(*d->cdi));
	for (size_t i = 0; i < dirs.count; i++)
		read_dir(f, h, dirs.name[i]);
	if (d->cdi_count)
		d->cdi_know = KNOWN;
}
