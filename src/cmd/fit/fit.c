/* SPDX-License-Identifier: MIT */
/* Will it fit, with which settings, how fast. */
#include "cmd/fit/fit.h"

#include <errno.h>
#include <malloc.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/each.h"
#include "base/term.h"
#include "cmd/options.h"
#include "recording/recording.h"

enum { MODELS_MAX = 64, TEXT_MAX = 200 };

#define IN(member, name, letter, kind) OPTION_IN(struct fit_options, member, name, letter, kind)
#define BY(member, name, take) OPTION_BY(struct fit_options, member, name, take)
#define WHOLE(name, take)                                                                          \
	{                                                                                          \
		name, 0, OPTION_TAKE, 0, take                                                      \
	}
#define LETTER(member, name, letter, take)                                                         \
	{                                                                                          \
		name, letter, OPTION_TAKE, offsetof(struct fit_options, member), take              \
	}

static const struct cmd_option takes[] = {
	IN(all, "all", 0, FLAG),
	IN(list, "list", 0, FLAG),
	IN(table, "table", 0, FLAG),
	IN(json, "json", 0, FLAG),
	IN(store, "store", 0, TEXT),
	IN(host, "host", 0, TEXT),
	IN(quant, "quant", 0, TEXT),
	IN(mmproj, "mmproj", 0, TEXT),
	IN(draft, "draft", 0, TEXT),
	IN(draft, "md", 0, TEXT),
	IN(link, "link", 0, TEXT),
	BY(params, "params", fit_take_params),
	WHOLE("gpu", fit_take_gpu),
	BY(vram_bytes, "vram", fit_take_size),
	BY(ram_bytes, "ram", fit_take_size),
	BY(ram_gb_s, "ram-bandwidth", fit_take_rate),
	LETTER(set.ctx, "ctx-size", 'c', fit_take_count),
	LETTER(set.batch, "batch-size", 'b', fit_take_count),
	BY(set.ubatch, "ubatch-size", fit_take_count),
	BY(set.ubatch, "ub", fit_take_count),
	WHOLE("flash-attn", fit_take_flash),
	WHOLE("fa", fit_take_flash),
	BY(set.type_k, "cache-type-k", fit_take_type),
	BY(set.type_k, "ctk", fit_take_type),
	BY(set.type_v, "cache-type-v", fit_take_type),
	BY(set.type_v, "ctv", fit_take_type),
	BY(set.parallel, "parallel", fit_take_count),
	BY(set.parallel, "np", fit_take_count),
	BY(set, "gpu-layers", fit_take_layers),
	BY(set, "ngl", fit_take_layers),
	BY(set.cpu_moe, "n-cpu-moe", fit_take_moe),
	BY(set.cpu_moe, "ncmoe", fit_take_moe),
	IN(set.no_kv_offload, "no-kv-offload", 0, FLAG),
	IN(set.no_kv_offload, "nkvo", 0, FLAG),
	IN(set.swa_full, "swa-full", 0, FLAG),
	IN(set.embedding, "embedding", 0, FLAG),
	IN(set.embedding, "reranking", 0, FLAG),
	WHOLE("build", fit_take_build),
	{ 0 },
};

static bool is_many(const struct fit_options *o)
{
	return o->all || o->name_count + (o->params > 0) != 1;
}

static int parse(struct fit_options *o, int argc, char *argv[], struct err *e)
{
	int at = options_parse_single("fit", takes, o, argc, argv, e);

	if (at < 0)
		return at;
	o->name = argv + at;
	o->name_count = (size_t)(argc - at);
	if (o->list)
		return 0;
	if (!o->all && o->name_count == 0 && o->params <= 0)
		return usage(e, "fit", "which model? A file, a name, a URL, or --params 33B");
	if (o->all && (o->name_count || o->params > 0))
		return usage(e, "fit", "--all takes no model beside it");
	if (o->name_count > MODELS_MAX)
		return usage(e, "fit", "at most %d models", MODELS_MAX);
	if (o->table && is_many(o))
		return usage(e, "fit", "--table is of one model");
	if (o->table && o->json)
		return usage(e, "fit", "--json has the table of --table with it; one of the two");
	return 0;
}

/* The command's own work on one model. Negative: *e, and m->error. */
static int answer(struct arena *a, const struct fit_options *o, const struct fit_host *h,
		  const struct fit_gpus *g, const char *name, struct fit_model *m, struct err *e)
{
	struct fit_found found = { 0 };
	int r = fit_find(a, o, h, name, &found, e);

	*m = (struct fit_model){ .asked = found.asked, .where = "", .from = "" };
	if (!m->asked)
		m->asked = name ? str_clean(a, name, strlen(name), TEXT_MAX) : "";
	if (r < 0)
		return r;
	m->where = found.where;
	m->from = found.from;
	m->ollama = found.ollama;
	m->mmproj = o->mmproj;
	m->draft = o->draft;
	m->notes = found.notes;
	m->model = found.model;
	fit_settings(a, o, h, g, &found, m);
	r = fit_add_draft(a, o, h, &found, m, e);
	if (r < 0)
		return r;
	fit_reckon(a, g, m);
	if (!is_many(o) || o->json)
		fit_best_of(a, g, &found, m);
	if (o->table || (o->json && !is_many(o)))
		fit_cells(a, g, m);
	return 0;
}

/* What a line of the table needs, out of the memory that is given back. */
static void keep_line(struct arena *a, struct fit_model *m)
{
	m->asked = str_dup(a, m->asked);
	m->where = m->from = "";
	m->ollama = NULL;
	m->said = (struct fit_said){ 0 };
	m->notes = m->model.notes = m->size.notes = m->speed.notes = (struct names){ 0 };
	m->model.name = m->model.arch = "";
	m->model.quant = m->model.quant ? str_dup(a, m->model.quant) : "";
	m->model.layer = NULL;
	m->best = (struct fit_best){ 0 };
}

/* Models of which each is a line. */
struct lines {
	struct arena *arena;
	pthread_mutex_t lock; /* of the arena */
	const struct fit_options *o;
	const struct fit_host *h;
	const struct fit_gpus *g;
	const char **name;
	struct fit_model *m;
};

/* One at a time is in memory for each CPU, however many the store has. */
static void answer_line(void *lines, size_t i)
{
	struct lines *l = lines;
	struct fit_model *m = &l->m[i];
	ARENA scratch = { 0 };
	struct err e = { 0 };
	int r = answer(&scratch, l->o, l->h, l->g, l->name[i], m, &e);

	pthread_mutex_lock(&l->lock);
	keep_line(l->arena, m);
	m->error = r < 0 ? str_clean(l->arena, e.text, strlen(e.text), TEXT_MAX) : NULL;
	pthread_mutex_unlock(&l->lock);
}

/* Of several models one that cannot be read is told in its line, and the others are answered. */
static void answer_all(struct arena *a, struct lines *l, size_t count)
{
	const struct fit_options *o = l->o;

	/* What one model took, the next one takes. */
	mallopt(M_TRIM_THRESHOLD, 64 << 20);
	if (o->all && !o->json)
		each_do(count, answer_line, l);
	else
		for (size_t i = 0; i < count; i++) {
			struct err e = { 0 };
			if (!o->json) {
				answer_line(l, i);
				continue;
			}
			int r = answer(a, o, l->h, l->g, l->name[i], &l->m[i], &e);
			l->m[i].error =
			    r < 0 ? str_clean(a, e.text, strlen(e.text), TEXT_MAX) : NULL;
		}
}

static int answers(struct arena *a, const struct fit_options *o, const struct fit_host *h,
		   const struct fit_gpus *g, struct fit_view *v, struct err *e)
{
	struct names names = { 0 };
	size_t room = 0;
	int r = o->all ? fit_find_names(a, o, h, &names, e) : 0;
	if (r < 0)
		return r;

	for (size_t i = 0; i < o->name_count; i++)
		names_add(a, &names, &room, o->name[i]);
	size_t count = names.count + (o->params > 0);
	struct lines l = { a, PTHREAD_MUTEX_INITIALIZER, o, h, g, NULL, NULL };
	/* Behind the last is NULL: what --params describes. */
	l.name = arena_alloc(a, (count + 1) * sizeof(*l.name));
	for (size_t i = 0; i < names.count; i++)
		l.name[i] = names.name[i];
	l.m = arena_alloc(a, (count + 1) * sizeof(*l.m));
	v->model = l.m;
	v->model_count = count;
	v->several = is_many(o);
	if (!v->several)
		return answer(a, o, h, g, l.name[0], &l.m[0], e);
	answer_all(a, &l, count);
	return 0;
}

static int show(const struct fit_options *o, const struct fit_view *v, struct err *e)
{
	if (o->table)
		fit_table(stdout, v);
	else if (!o->json)
		fit_text(stdout, v);
	if (!o->json)
		return fit_exit_status(v);
	json_auto_t *j = fit_json(v);
	if (json_dumpf(j, stdout, JSON_INDENT(2)) < 0)
		return err_set(e, -EIO, "write the answer");
	putchar('\n');
	return fit_exit_status(v);
}

static int fit(const struct fit_options *o, struct fit_host *h, struct err *e)
{
	ARENA arena = { 0 };
	struct arena *a = &arena;
	struct fit_gpus *g = arena_alloc(a, sizeof(*g));

	fit_look(h, a, o);
	int r = fit_gpus_of(a, o, h, g, e);
	if (r != 0)
		return r;
	struct fit_view v = {
		.arena = a,
		.room = g->room,
		.gpu_count = g->rig.gpu_count,
		.rig = &g->rig,
		.link_assumed = g->link_assumed,
		.free_known = g->free_known,
		.ram_bytes = g->ram_bytes,
		.notes = g->notes,
		.colour = term_colour(stdout),
		.columns = term_columns(stdout),
		.version = EGPU_VERSION,
	};
	r = answers(a, o, h, g, &v, e);
	return r < 0 ? r : show(o, &v, e);
}

static int run(struct env *env, int argc, char *argv[], struct err *e)
{
	struct fit_options o = { 0 };
	int r = parse(&o, argc, argv, e);
	if (r < 0)
		return r;
	if (o.list) {
		fit_list(stdout);
		return 0;
	}
	HOST *h = o.host ? host_replay(o.host, e) : host_live(&env->host, e);
	if (!h)
		return e->code;
	struct fit_host look = { .host = h, .live = !o.host, .root = env->host.root };
	r = fit(&o, &look, e);
	if (r == FIT_NO_GPU)
		fprintf(stderr, "egpu: %s\n", e->text);
	return r;
}

const struct cmd cmd_fit = {
	.name = "fit",
	.args = "[OPTION]... MODEL...",
	.help = "whether a model fits into the GPU, with which settings, how fast",
	.options =
	    "MODEL is a GGUF file, a name (of Ollama's store, or a well-known model), or a URL:\n"
	    "https://...gguf, hf:OWNER/REPO:QUANT, ollama:NAME:TAG.\n\n"
	    "  --all             all models of Ollama's store\n"
	    "  --store DIR       that store of Ollama's\n"
	    "  --params 33B      a model of that size instead of one by name\n"
	    "  --quant Q4_K_M    quantised so\n"
	    "  --mmproj FILE     with this projector\n"
	    "  --draft MODEL     with this draft model (-md)\n\n"
	    "  --gpu NAME        on this card, \"RTX 3060\", once for each; or this host's, by "
	    "BDF\n"
	    "  --vram SIZE       with so much memory free: 12G, or MiB\n"
	    "  --link NAME       joined to the host by tb3, tb4, ...\n"
	    "  --ram SIZE        RAM for what does not fit\n"
	    "  --ram-bandwidth N its bandwidth in GB/s, all channels\n"
	    "  --host RECORDING  a recorded host instead of this one\n\n"
	    "  -c N, --ctx-size N           context, of all sequences together\n"
	    "  -b N, --batch-size N         -ub N, --ubatch-size N   batch, and at once\n"
	    "  -fa on, --flash-attn on      or off, auto\n"
	    "  -ctk q8_0, --cache-type-k    -ctv q8_0, --cache-type-v   how K and V are kept\n"
	    "  -np N, --parallel N          sequences at once\n"
	    "  -ngl N, --gpu-layers N       layers on the GPU; without it, as many as fit\n"
	    "  --n-cpu-moe N                experts of so many layers stay in RAM\n"
	    "  -nkvo, --no-kv-offload       K and V stay in RAM\n"
	    "  --swa-full                   a sliding window's cache as long as the context\n"
	    "  --embedding                  results for all tokens\n"
	    "  --build b5427                of llama.cpp, or ollama-0.12.3\n\n"
	    "  --table           contexts by types of K and V\n"
	    "  --json            as JSON (egpu-fit(1) names its schema)\n"
	    "  --list            the models, cards and links that are known by name\n",
	.run = run,
};
