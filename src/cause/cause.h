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
 * "debian|...", "fedora|...", "ostree|..." (Fedora's as an image: /usr is read
 * only), "nixos|...", and "other|..." for hosts of none of these. It may be for
 * several, "fedora,ostree|...", or for all but some, "!ostree,nixos|...".
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
	const char *remedy[16];  /* mends it now; ends with NULL */
	const char *lasting[16]; /* keeps it mended, where that is something else */
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

/* NixOS makes the system from a file. nixos-rebuild(8), configuration.nix(5). */
#define NIXOS_REBUILD "nixos|sudo nixos-rebuild switch"
#define NIXOS_SET(setting) "nixos|# in /etc/nixos/configuration.nix: " setting, NIXOS_REBUILD
#define NIXOS_AFTER_GPU(service)                                                                   \
	NIXOS_SET("systemd.services." service ".after = [ \"nvidia-persistenced.service\" ];")
#define NIXOS_VARIABLE(name, value) "services.ollama.environmentVariables." name " = \"" value "\";"
#define NIXOS_NEWER                                                                                \
	"nixos|# with flakes: nix flake update, then sudo nixos-rebuild switch; with channels:",   \
	    "nixos|sudo nixos-rebuild switch --upgrade"

/*
 * With ostree the early image comes with the system's, or is built here for each deployment. Asked
 * a second time rpm-ostree builds it anew only if an argument for the builder is given, and -v is
 * one that changes nothing. rpm-ostree(1), "initramfs"; its rpmostreed-transaction-types.cxx.
 */
#define OSTREE_EARLY_IMAGE                                                                         \
	"ostree|sudo rpm-ostree initramfs --enable",                                               \
	    "ostree|# is that enabled already: sudo rpm-ostree initramfs --enable --arg=-v"
/* In place of modprobe.d, which an early image of the system's own lacks. RPM Fusion,
 * Howto/NVIDIA. */
#define OSTREE_NO_NOUVEAU                                                                          \
	"sudo rpm-ostree kargs --append-if-missing=rd.driver.blacklist=nouveau,nova_core "         \
	"--append-if-missing=modprobe.blacklist=nouveau,nova_core"
/* The driver's module and its libraries belong to one image. */
#define OSTREE_OTHER_IMAGE                                                                         \
	"ostree|# a newer image, or the one before by sudo rpm-ostree rollback:",                  \
	    "ostree|sudo rpm-ostree upgrade"

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
	const char *distro;  /* as distro_name() has it */
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
