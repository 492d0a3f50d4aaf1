/* SPDX-License-Identifier: MIT */
#pragma once

#include <pthread.h>

#include "host/host.h"
#include "host/probe.h"

/*
 * The live sources. Each answers one kind of question with text in the arena,
 * returns 0 or a negative errno with *e filled, and ends before its own
 * deadline. What a live host keeps for them between questions (a socket, a bus
 * connection) is theirs: opened when first needed, closed with the host.
 */
struct live;

int docker_ask(struct live *l, struct arena *a, const char *question, struct bytes *ret,
	       struct err *e);
int bolt_ask(struct live *l, struct arena *a, const char *question, struct bytes *ret,
	     struct err *e);
int systemd_ask(struct live *l, struct arena *a, const char *question, struct bytes *ret,
		struct err *e);
int nvml_ask(struct live *l, struct arena *a, const char *question, struct bytes *ret,
	     struct err *e);
int cuda_ask(struct live *l, struct arena *a, const char *question, struct bytes *ret,
	     struct err *e);
int klog_ask(struct live *l, struct arena *a, const char *question, struct bytes *ret,
	     struct err *e);
int journal_ask(struct live *l, struct arena *a, const char *question, struct bytes *ret,
		struct err *e);
int ollama_ask(struct live *l, struct arena *a, const char *question, struct bytes *ret,
	       struct err *e);
int container_ask(struct live *l, struct arena *a, const char *question, struct bytes *ret,
		  struct err *e);
int names_ask(struct live *l, struct arena *a, const char *question, struct bytes *ret,
	      struct err *e);
int processes_ask(struct live *l, struct arena *a, const char *question, struct bytes *ret,
		  struct err *e);

/* It comes next: what can be done for it already is done. What goes wrong is left for the question
 * itself to say. */
void docker_expect(struct live *l, const char *question);
void systemd_expect(struct live *l, const char *question);
enum { DOCKER_QUESTION_USEC = 2000000 }; /* for one answer */
/* What brings the answer of what was expected, to be polled, where that may take long; else -1. */
int docker_awaits(struct live *l, const char *question);

/* A live host. Sources keep their own state in it, which is theirs as long as they are locked. */
struct live {
	struct host host;
	int root; /* O_PATH of the directory that files are read below */
	struct host_options options;
	struct docker_client *docker; /* docker.c; NULL until first asked */
	struct sd_bus *bus;           /* bus.c: the system bus; NULL until first asked */
	struct json_t *units; /* bus.c: expected units by name, their answers once asked; or NULL */
	struct probe_child probe; /* probe.c: has told of NVML, and may be asked for CUDA */
	struct errand *errands;   /* ahead.c: newest first */
	pthread_mutex_t lock[SOURCE_COUNT];
};

/* Of a source, and of those that share a connection with it. */
void live_lock(struct live *l, enum source who);
void live_unlock(struct live *l, enum source who);
/* With the source locked. */
void live_hint(struct live *l, enum source who, const char *question);
/*
 * Without the lock: waits for the answer of a source that is slow and was told to expect the
 * question, while others ask it. -ETIMEDOUT: it never came; then it is not to be asked for either.
 */
int live_await(struct live *l, enum source who, const char *question, struct err *e);
/* With the source locked. */
int live_answer(struct live *l, struct arena *a, enum source who, const char *question,
		struct bytes *ret, struct err *e);

void docker_client_free(struct docker_client *c); /* NULL is fine */
