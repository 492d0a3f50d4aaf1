/* SPDX-License-Identifier: MIT */
#include "rules/chain.h"

static const struct link *const links[] = {
	&link_controller, &link_enclosure, &link_pci,      &link_kernel,      &link_initramfs,
	&link_driver,     &link_nvml,      &link_cuda,     &link_persistence, &link_runtime,
	&link_workload,   &link_ollama,    &link_exposure,
};

const struct link *chain_link(size_t n)
{
	return n < COUNT_OF(links) ? links[n] : NULL;
}

const struct link *chain_link_of_id(const char *id)
{
	for (size_t i = 0; i < COUNT_OF(links); i++)
		if (str_eq(links[i]->id, id))
			return links[i];
	return NULL;
}

/* Does `link` wait for `other`, directly or not? The chain is short and has no circle. */
static bool needs(const struct link *link, const char *other)
{
	for (size_t i = 0; link && link->needs[i]; i++)
		if (str_eq(link->needs[i], other) || needs(chain_link_of_id(link->needs[i]), other))
			return true;
	return false;
}

static bool explains(const struct finding *by, const struct finding *what)
{
	if (what->cause)
		for (size_t i = 0; by->cause->explains[i]; i++)
			if (str_eq(by->cause->explains[i], what->cause->id))
				return true;
	if (!needs(chain_link_of_id(what->link), by->link))
		return false;
	return what->status != STATUS_BROKEN || !what->cause->stands_alone;
}

/*
 * Breaks and unknowns can be consequences. So can a link that was skipped: one
 * for want of a GPU, which an earlier break may be keeping away.
 */
static bool may_wait(const struct facts *f, const struct finding *what)
{
	return what->status == STATUS_BROKEN || what->status == STATUS_UNKNOWN ||
	       (what->status == STATUS_SKIPPED && !f->pci.chosen);
}

/* The earliest break that explains this finding, or NULL. */
static const struct finding *waits_for(const struct verdict *v, const struct finding *what)
{
	for (size_t i = 0; i < v->count; i++)
		if (&v->finding[i] != what && v->finding[i].status == STATUS_BROKEN &&
		    explains(&v->finding[i], what))
			return &v->finding[i];
	return NULL;
}

static void find_waiting(const struct facts *f, struct verdict *v)
{
	const struct finding *by[FINDINGS_MAX];

	for (size_t i = 0; i < v->count; i++)
		by[i] = may_wait(f, &v->finding[i]) ? waits_for(v, &v->finding[i]) : NULL;
	for (size_t i = 0; i < v->count; i++)
		if (by[i]) {
			v->finding[i].status = STATUS_WAITING;
			v->finding[i].waits_for = by[i];
		}
}

/* What the logs say, beside what the rules found */

enum {
	SURE_ENOUGH = 80,          /* of what a log gives away, to be told beside the facts */
	SURE_ENOUGH_UNJUDGED = 60, /* the same of a link of which nothing is known */
};

static bool has_broken(const struct verdict *found)
{
	for (size_t i = 0; i < found->count; i++)
		if (found->finding[i].status == STATUS_BROKEN)
			return true;
	return false;
}

static enum ollama_backend backend_of(const struct facts *f, const char *where)
{
	for (size_t i = 0; i < f->ollama.server_count; i++)
		if (str_eq(f->ollama.server[i].where, where))
			return f->ollama.server[i].backend;
	return BACKEND_UNKNOWN;
}

/* A rule has named the cause, or one that this follows from. */
static bool is_told(const struct verdict *found, const struct cause *c)
{
	for (size_t i = 0; i < found->count; i++) {
		const struct cause *by = found->finding[i].cause;
		if (by == c)
			return true;
		for (size_t n = 0; by && n < COUNT_OF(by->explains) && by->explains[n]; n++)
			if (str_eq(by->explains[n], c->id))
				return true;
	}
	return false;
}

/* Is that link one of those that must hold for CUDA to work? */
static bool is_under_cuda(const char *link)
{
	return str_eq(link, "cuda") || needs(&link_cuda, link);
}

/* The rules looked at that link and found it whole: what a log says of it breaks nothing now. */
static bool is_whole(const struct verdict *found, const char *link)
{
	bool whole = false;

	for (size_t i = 0; i < found->count; i++)
		if (str_eq(found->finding[i].link, link)) {
			if (found->finding[i].status != STATUS_OK)
				return false;
			whole = true;
		}
	return whole;
}

/*
 * How bad it is now: logs tell what was, and it may be over. Of a host that nobody expects a GPU
 * of, the kernel's log is not judged: SKIPPED.
 */
static enum status status_of_sign(const struct facts *f, const struct verdict *found,
				  const struct log_sign *s, const char *link)
{
	if (s->past || (is_under_cuda(link) && is_u64(f->cuda.result, 0)))
		return STATUS_OK;
	switch (s->kind) {
	case LOG_KERNEL:
		if (!f->pci.chosen && !has_broken(found))
			return STATUS_SKIPPED;
		return has_broken(found) && !is_whole(found, link) ? STATUS_BROKEN : STATUS_WARNING;
	case LOG_SERVER:
		if (backend_of(f, s->subject) == BACKEND_CUDA)
			return STATUS_OK;
		return backend_of(f, s->subject) == BACKEND_CPU ? STATUS_BROKEN : STATUS_WARNING;
	case LOG_ENGINE:
		return STATUS_BROKEN;
	}
	return STATUS_OK;
}

static void judge_sign(const struct facts *f, const struct verdict *found, struct verdict *v,
		       const struct log_sign *s)
{
	const char *whose = *s->subject ? s->subject : "kernel log";

	switch (status_of_sign(f, found, s, v->link)) {
	case STATUS_BROKEN:
		found_broken(v, s->cause, s->subject, "%s: %s", whose, s->line);
		break;
	case STATUS_WARNING:
		found_warning(v, s->cause, s->subject, "%s: %s", whose, s->line);
		break;
	case STATUS_OK:
		found_ok(v, "over, said by %s: %s", whose, s->line);
		break;
	case STATUS_SKIPPED:
	case STATUS_WAITING:
	case STATUS_UNKNOWN:
		break;
	}
}

static bool is_judged(const struct verdict *found, const char *link)
{
	for (size_t i = 0; i < found->count; i++)
		if (str_eq(found->finding[i].link, link) &&
		    found->finding[i].status != STATUS_UNKNOWN)
			return true;
	return false;
}

/* What the logs give away of this link and no rule has told. */
static void judge_logs(const struct facts *f, const struct verdict *found, struct verdict *v)
{
	uint64_t enough = is_judged(found, v->link) ? SURE_ENOUGH : SURE_ENOUGH_UNJUDGED;

	for (size_t i = 0; i < f->said.sign_count; i++) {
		const struct log_sign *s = &f->said.sign[i];
		const struct cause *c = cause_of_id(s->cause);
		if (c && str_eq(c->link, v->link) && !s->follows && s->sure >= enough &&
		    !is_told(found, c))
			judge_sign(f, found, v, s);
	}
}

/* The rules' findings and, behind those of each link, what the logs add. */
static void add_logs(const struct facts *f, const struct verdict *found, struct verdict *v)
{
	for (size_t i = 0; i < COUNT_OF(links); i++) {
		v->link = links[i]->id;
		for (size_t n = 0; n < found->count; n++)
			if (str_eq(found->finding[n].link, v->link) && v->count < FINDINGS_MAX)
				v->finding[v->count++] = found->finding[n];
		judge_logs(f, found, v);
	}
}

static const struct finding *headline(const struct verdict *v, const char *link)
{
	const struct finding *worst = NULL;
	for (size_t i = 0; i < v->count; i++)
		if (str_eq(v->finding[i].link, link) &&
		    (!worst || v->finding[i].status > worst->status))
			worst = &v->finding[i];
	return worst;
}

static const struct finding *first_broken(const struct verdict *v)
{
	for (size_t i = 0; i < v->count; i++)
		if (v->finding[i].status == STATUS_BROKEN)
			return &v->finding[i];
	return NULL;
}

/* Nothing that could compute is here, nothing that could bring it, and nobody expects it. */
static bool no_gpu(const struct facts *f, const struct verdict *v)
{
	return f->pci.know == KNOWN && !f->pci.chosen && !first_broken(v);
}

static void summarise(struct report *r, const char *only)
{
	for (size_t i = 0; i < COUNT_OF(links); i++) {
		const struct finding *worst = headline(&r->verdict, links[i]->id);
		if (only && !str_eq(only, links[i]->id))
			continue;
		r->link[r->link_count] = links[i];
		r->headline[r->link_count++] = worst;
		if (worst->status > r->worst)
			r->worst = worst->status;
	}
}

struct report *chain_judge(const struct facts *f, const char *only)
{
	struct report *r = arena_alloc(f->arena, sizeof(*r));
	struct verdict *found = arena_alloc(f->arena, sizeof(*found)), *v = &r->verdict;

	found->arena = v->arena = f->arena;
	for (size_t i = 0; i < COUNT_OF(links); i++) {
		found->link = links[i]->id;
		links[i]->judge(f, found);
	}
	add_logs(f, found, v);
	find_waiting(f, v);
	r->root = first_broken(v);
	r->no_gpu = no_gpu(f, v);
	summarise(r, only);
	return r;
}

int report_exit_status(const struct report *r)
{
	if (r->no_gpu)
		return 4;
	switch (r->worst) {
	case STATUS_SKIPPED:
	case STATUS_OK:
		return 0;
	case STATUS_WARNING:
		return 1;
	case STATUS_WAITING:
	case STATUS_BROKEN:
		return 2;
	case STATUS_UNKNOWN:
		return 3;
	}
	return 3;
}
