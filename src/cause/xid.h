/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdint.h>

/* What an Xid asks of who sees it. NVIDIA: "Xid Errors"; names in the driver's nverror.h. */
enum xid_class {
	XID_APPLICATION, /* a program did something wrong; the GPU goes on */
	XID_CHANNEL,     /* one program's work was thrown away; the GPU mostly goes on */
	XID_RESET,       /* the GPU must be reset */
	XID_LOST,        /* the GPU is gone from the bus */
	XID_GSP,         /* its management processor does not answer */
	XID_MEMORY,      /* its memory fails */
	XID_NVLINK,
	XID_FOLLOWER, /* says nothing that an earlier Xid has not said */
	XID_INFO,     /* not an error */
};

struct xid {
	uint64_t first, last; /* the codes that it is about */
	enum xid_class class;
	/* Its id; "" of information. That of a follower counts where nothing else is said. */
	const char *cause;
	const char *meaning; /* a clause: "GPU memory page fault" */
};

/* Never NULL: a code that is not in the table is "an error that has no public name". */
const struct xid *xid_of_code(uint64_t code);
/* What to do about one, as a clause: "start the program again". */
const char *xid_action(enum xid_class class);
