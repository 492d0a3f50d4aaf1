/* SPDX-License-Identifier: MIT */
#pragma once

#include "cause/cause.h"
#include "facts/facts.h"

/* Worst last, so that the worst of several is their maximum. */
enum status {
	STATUS_SKIPPED, /* not wanted here */
	STATUS_OK,
	STATUS_WAITING, /* cannot hold before an earlier link is mended */
	STATUS_UNKNOWN, /* could not be read, and why */
	STATUS_WARNING,
	STATUS_BROKEN,
};

const char *status_name(enum status s); /* "ok", "broken", ... */

struct finding {
	const char *link;
	enum status status;
	const struct cause *cause; /* of a warning or a break; else NULL */
	const char *subject;       /* what the cause's remedy is about; "" where it needs none */
	const char *text;          /* one clause with names and numbers in it, no full stop */
	const char *show;          /* of an unknown: the line that would show it; else "" */
	const struct finding
	    *waits_for; /* of a waiting one: the finding that must be mended first */
};

enum { FINDINGS_MAX = 256 };

/* What the links' rules say, in the order in which they said it. */
struct verdict {
	struct arena *arena;
	const char *link; /* whose rule is speaking */
	struct finding finding[FINDINGS_MAX];
	size_t count;
};

/*
 * A rule's five ways to speak; each adds one finding to the verdict. found()
 * takes the id of a cause, which must be in the table (an unknown id ends the
 * program: it is a mistake in the source). Warnings and breaks have a cause
 * always. Text from outside may be put in as it is: views clean it.
 */
void found_ok(struct verdict *v, const char *fmt, ...) PRINTF(2, 3);
void found_skipped(struct verdict *v, const char *fmt, ...) PRINTF(2, 3);
/* None is chosen to judge by: no_gpu says so ("no GPU to drive") where that is known. */
void found_no_gpu(const struct facts *f, struct verdict *v, const char *no_gpu);
/* show: a line that can be pasted and that would show it. */
void found_unknown(struct verdict *v, const char *show, const char *fmt, ...) PRINTF(3, 4);
void found_warning(struct verdict *v, const char *cause, const char *subject, const char *fmt, ...)
    PRINTF(4, 5);
void found_broken(struct verdict *v, const char *cause, const char *subject, const char *fmt, ...)
    PRINTF(4, 5);

/* The surest sign of a cause of that link that such a log of that subject gives away; NULL: none.
 */
const struct log_sign *surest_sign(const struct facts *f, enum log_kind kind, const char *link,
				   const char *subject);

/*
 * One link of the chain. Rules read facts and nothing else: no host, no clock,
 * no environment. That is what lets a recording answer for a machine.
 */
struct link {
	const char *id;       /* stable: "enclosure" */
	const char *asks;     /* "Is the enclosure connected, authorised and at full speed?" */
	const char *needs[5]; /* ids of the links it waits for, directly; ends with NULL */
	void (*judge)(const struct facts *f, struct verdict *v); /* at least one finding */
};

extern const struct link link_controller, link_enclosure, link_pci, link_kernel, link_initramfs,
    link_driver, link_nvml, link_cuda, link_persistence, link_runtime, link_workload, link_ollama,
    link_exposure;
