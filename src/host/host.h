/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

/*
 * A host we can look at: this one, or a recording of one. Everything egpu
 * learns comes through the four verbs below, so a collector cannot tell the
 * two apart, and `egpu record` sees all that a collector sees.
 */
struct host;

/*
 * Somebody to ask who is not a file. An answer is the text that was sent
 * (JSON where the service speaks it). Questions look like paths, since a
 * recording keeps each answer under its question; egpu-recording(5) has them.
 */
enum source {
	/* Engine API: "/info", "/version", "/containers/ID/json", where ID may be a star: all of
	 * them, as an array; "/log-start/ID", "/log-end/ID"; "endpoint": where it is */
	SOURCE_DOCKER,
	SOURCE_BOLT,       /* D-Bus, as JSON: "manager", "devices" */
	SOURCE_SYSTEMD,    /* D-Bus, as JSON: "unit/NAME" */
	SOURCE_NVML,       /* the probe child's JSON: "all" */
	SOURCE_CUDA,       /* the probe child's JSON: "init" */
	SOURCE_KERNEL_LOG, /* lines "[seconds.usec] text" since boot: "boot" */
	/* this boot: "kernel", as kernel-log; lines "seconds.usec text", wall clock: "reloads",
	 * "unit/NAME", "unit-start/NAME/USEC" (from that moment on) */
	SOURCE_JOURNAL,
	SOURCE_OLLAMA,    /* HTTP body: "ADDRESS:PORT/api/version" */
	SOURCE_CONTAINER, /* "open/PID/nvidiactl,nvidia0": a line "nvidiactl ok" or "nvidia0 EPERM"
			     each */
	SOURCE_NAMES,     /* hwdb, "KEY=VALUE" lines: "pci:v000010DEd00002504" */
	/* "stuck": a line "PID COMM WCHAN" for each in uninterruptible sleep; "holders": a line
	 * "PID START COMM NODE,NODE" for each that has a node of an NVIDIA driver or of a display
	 * open */
	SOURCE_PROCESSES,
	SOURCE_COUNT
};

/* What is known of a path besides its bytes; of the link itself, not of what it points to. */
enum stat_type { STAT_FILE, STAT_DIR, STAT_LINK, STAT_CHAR, STAT_BLOCK, STAT_SOCKET, STAT_OTHER };

struct host_stat {
	enum stat_type type;
	unsigned mode; /* permission bits, 07777 */
	unsigned uid, gid;
	unsigned major, minor; /* of a device node */
	uint64_t size_bytes;
	int64_t mtime_sec;  /* since 1970; 0: not known */
	const char *target; /* of a link, else ""; owned by the arena */
};

struct host_ops {
	int (*read)(struct host *h, struct arena *a, const char *path, struct bytes *ret,
		    struct err *e);
	int (*list)(struct host *h, struct arena *a, const char *dir, struct names *ret,
		    struct err *e);
	int (*stat)(struct host *h, struct arena *a, const char *path, struct host_stat *ret,
		    struct err *e);
	int (*ask)(struct host *h, struct arena *a, enum source who, const char *question,
		   struct bytes *ret, struct err *e);
	/* May be NULL: the hint is of no use here. */
	void (*expect)(struct host *h, enum source who, const struct names *questions);
	void (*close)(struct host *h);
};

/* How long was waited for answers so far; shown by `egpu check --timing`. Files count as one more
 * source. */
struct host_cost {
	unsigned count;
	uint64_t usec;
};

struct host {
	const struct host_ops *ops;
	const char *name; /* "this host", or the recording's path; owned by the host */
	struct host_cost cost[SOURCE_COUNT + 1];
};

/*
 * For who may be the first to open a driver that nobody keeps awake: it answers when the GPU is up,
 * after 1.3 s over Thunderbolt, 3.2 s elsewhere, and that is no reason to call it stuck.
 */
enum { PROBE_COLD_MSEC = 10000 };

struct host_options {
	const char *root;    /* files are read below this directory; NULL: "/" */
	const char *docker;  /* socket URL; NULL: DOCKER_HOST, then the usual places */
	unsigned probe_msec; /* deadline of one probe child; 0: 2000 */
};

/* This machine. Caller closes. NULL: see *e. */
struct host *host_live(const struct host_options *o, struct err *e);
void host_close(struct host *h); /* NULL is fine */

/*
 * All return 0 or a negative errno, and *ret only on success, owned by the
 * arena. -ENOENT: the host has no such thing. -EACCES, -EPERM: it may be
 * there, but not for us. -ETIMEDOUT: no answer before the deadline.
 * -EFBIG: more than the limit (1 MiB a file, 4 MiB an answer).
 * -EHOSTDOWN: the service is installed but does not run.
 */
int host_read(struct host *h, struct arena *a, const char *path, struct bytes *ret, struct err *e);
int host_list(struct host *h, struct arena *a, const char *dir, struct names *ret, struct err *e);
int host_stat(struct host *h, struct arena *a, const char *path, struct host_stat *ret,
	      struct err *e);
int host_ask(struct host *h, struct arena *a, enum source who, const char *question,
	     struct bytes *ret, struct err *e);

/*
 * A hint that these will be asked in a moment, in this order and as long as they are answered: a
 * live host asks already, so that a slow service works on it meanwhile. Who may not be asked may
 * not be expected to answer either.
 */
void host_expect(struct host *h, enum source who, const struct names *questions);

/* "docker", "kernel-log", ...: the name in recordings, messages and docs. SOURCE_COUNT is "files".
 */
const char *source_name(enum source who);
/* SOURCE_COUNT where no source has that name. */
enum source source_of_name(const char *name);

#define HOST __attribute__((cleanup(host_closep))) struct host
static inline void host_closep(struct host **h)
{
	host_close(*h);
}
