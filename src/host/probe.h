/* SPDX-License-Identifier: MIT */
#pragma once

#include <jansson.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

/*
 * The driver is asked in a child process only: after a GPU has been lost, who
 * opens the driver can hang in uninterruptible sleep for ever, and a broken
 * installation can crash who loads its libraries.
 */

/* A child and the line to it; zero: none. */
struct probe_child {
	int pid;
	int line; /* its input and its output */
};

/*
 * Starts `EXE probe WHAT` in its own session, and reads the one JSON object
 * that it writes. It sees the whole host: variables that hide GPUs are taken
 * out of its environment.
 *
 * -ETIMEDOUT: no answer before the deadline; the child was killed and is not
 * waited for. -EIO: it was killed by the signal that *e names. -EFBIG: more
 * than 1 MiB. -EPROTO: it ended without an answer. A child that is still
 * ending when this returns stays a zombie of the caller until that ends too: a
 * program that lives long reaps it with waitpid().
 */
int probe_run(const char *exe, const char *what, unsigned deadline_msec, struct arena *a,
	      struct bytes *ret, struct err *e);
/*
 * The same with a child that may be asked once more: it is kept in *ret_child, which holds none
 * where it did not answer. With another to start, the driver would be closed and opened again.
 */
int probe_first(const char *exe, const char *what, unsigned deadline_msec, struct arena *a,
		struct bytes *ret, struct probe_child *ret_child, struct err *e);
/* What the child tells next, as probe_run(); it is kept no longer. -EPIPE: it has ended unasked. */
int probe_next(struct probe_child *c, unsigned deadline_msec, struct arena *a, struct bytes *ret,
	       struct err *e);
/* Not to be asked any more, it ends by itself. None is fine. */
void probe_let_go(struct probe_child *c);

/*
 * What the child does, and nobody else: load the library, ask, and tell it as
 * JSON. An error that the library reports is an answer, and so is a library
 * that cannot be loaded: {"library":"missing","error":"..."}. The caller
 * decrefs. No CUDA context is made. Run as root the libraries make missing
 * device nodes, as they do for every program.
 *
 * A member that the driver does not support is left out; null means that it
 * should have told and did not.
 */
json_t *probe_nvml(void);
json_t *probe_cuda(void);
/* "nvml" or "cuda" to stdout, as a line, or both, "nvml+cuda": the second where a line of input
 * asks for it. What a library prints goes to stderr. -EINVAL: none of these. */
int probe_tell(const char *what, struct err *e);

/*
 * The library by its name, or from where NixOS has those of the driver, which is on no path of the
 * loader (NixOS options, hardware.graphics). NULL: dlerror() says why.
 */
void *probe_library(const char *soname);
/* {"library":"missing","error":dlerror()} */
json_t *probe_no_library(void);
/* Not for text that is no UTF-8: that is null. size: of the buffer; it may lack the final NUL. */
json_t *probe_text(char *buffer, size_t size);
/* null where jansson cannot hold it. */
json_t *probe_number(unsigned long long v);

/* A number that a library returns, and its name. */
struct probe_code {
	int code;
	const char *name;
};
/* "" where the table, which ends with a NULL name, does not have it. */
const char *probe_code_name(const struct probe_code *table, int code);
