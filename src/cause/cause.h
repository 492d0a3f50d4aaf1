/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"

/*
 * What gives a cause away in text: a line of a log, of a tool's output, of a
 * file. Upper and lower case are the same, a blank is any run of blanks, "*" is
 * anything within the line, "#" a whole number, "^" at the start and "$" at the
 * end are those of the message (after its time and sender). The longest piece
 * between two "*" or "#" must have PIECE_MIN_BYTES at least: it is what all of the
 * text is searched for.
 *
 * A pattern is written from the format string of the program that prints it,
 * around what it fills in, and so that no healthy machine prints it too.
 *
 * "with", "unless" and "after" hold ids of marks (sign/mark.h) or causes, blanks
 * between them: all of with must be said somewhere, none of unless; all of after
 * must be said in lines above.
 */
struct sign {
	/*
	 * How sure the cause is when the line is there, in percent. 90 and more:
	 * nothing else prints it. 60 to 85: mostly. 20 to 55: a symptom of
	 * several causes, each with its share.
	 */
	unsigned sure;
	const char *line;
	const char *with, *unless, *after;
};

enum { PIECE_MIN_BYTES = 6 };

#define SIGNS(...)                                                                                 \
	(const struct sign[])                                                                      \
	{                                                                                          \
		__VA_ARGS__,                                                                       \
		{                                                                                  \
			0                                                                          \
		}                                                                                  \
	}

/*
 * One known way to break. Everything a person is told about it beyond the
 * sentence of the finding stands here, once.
 *
 * Lines of a remedy can be pasted into a shell as they are: what only a person
 * can do is a "# ..." comment. "{}" stands for the finding's subject (a
 * container, a UUID, a BDF), quoted for the shell when it is put in. A line
 * may be for one family of distributions: "arch|sudo pacman -S ...",
 * "debian|...", "fedora|...", and "other|..." for the rest.
 *
 * What has to be changed in the making of a container is told twice: "compose|..." of one that
 * compose made, "bare|..." of one made otherwise; both where nobody knows. "{file}" in a comment
 * stands for its compose file, the line "{up}" for the command that makes it anew.
 */
struct cause {
	const char *id;   /* stable: "container-devices-lost" */
	const char *link; /* the link of the chain that it breaks */
	const char
	    *title;      /* a clause, no full stop: "systemd took the GPU away from a container" */
	const char *why; /* two sentences at most */
	const char *remedy[10];  /* mends it now; ends with NULL */
	const char *lasting[10]; /* keeps it mended, where that is something else */
	/*
	 * The remedy does no harm when nobody looks on: it loads a module, starts a service, writes
	 * a file of its own, or restarts one container. All others are for a person to decide.
	 */
	bool unattended;
	const char *source; /* a URL */
	/*
	 * It would bite also if all links before it were whole: a runtime that is
	 * not registered is said now, a driver without a GPU waits.
	 */
	bool stands_alone;
	/*
	 * Ids of causes that are mere consequences of this one, of any link; ends with NULL. In a
	 * log, what stands above this one's first line is none.
	 */
	const char *explains[16];
	const struct sign *sign; /* ends with { 0 }; NULL: no text gives it away */
	/* Ids of marks: said after the last sign of this cause, they show that it is over. */
	const char *healed_by;
};

/* One file a link, or a folder of them; each list ends with { 0 }. */
extern const struct cause causes_controller[], causes_enclosure[], causes_pci_bus[],
    causes_pci_lost[], causes_pci_link[], causes_kernel[], causes_initramfs[], causes_driver_bind[],
    causes_driver_lost[], causes_driver_reach[], causes_xid[], causes_nvml[], causes_cuda[],
    causes_persistence[], causes_runtime_engine[], causes_runtime_toolkit[], causes_runtime_cdi[],
    causes_workload[], causes_ollama[], causes_model[], causes_exposure[];

/* NULL: no such cause. */
const struct cause *cause_of_id(const char *id);
/* The n-th of all, in the order of the chain; NULL past the end. */
const struct cause *cause_at(size_t n);

/* For whom a remedy is spelt. */
struct cause_reader {
	const char *distro;  /* "arch", "debian", "fedora", "other" */
	const char *subject; /* of the finding; "" where there is none */
	enum cause_maker { MAKER_UNKNOWN, MAKER_COMPOSE, MAKER_OTHER } maker; /* of the subject */
	/* Where that is compose: its file, and the line that makes the subject anew. */
	const char *compose_file, *compose_up;
};

/*
 * A remedy's line for that reader, in the arena; NULL where the line is for another one, or about
 * a subject and there is none.
 */
const char *cause_line(struct arena *a, const char *line, const struct cause_reader *to);
