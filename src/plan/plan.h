/* SPDX-License-Identifier: MIT */
#pragma once

#include "facts/facts.h"
#include "host/host.h"

/*
 * What shall be done to a host, before anything is. A plan is made from facts,
 * from what was wanted (facts.want) and from the host's files, and from
 * nothing else: no clock, no environment. It is shown, agreed to, and carried out
 * by apply/; `setup`, `fix`, `undo` and the guard make plans, and nobody acts
 * without one.
 */
enum step_kind {
	STEP_FILE,      /* one file is written or removed */
	STEP_PACKAGES,  /* the package manager installs something */
	STEP_RUN,       /* a tool that owns a job: mkinitcpio, nvidia-ctk, modprobe, ... */
	STEP_UNIT,      /* systemd */
	STEP_ENCLOSURE, /* boltd */
	STEP_CONTAINER, /* the container engine restarts, stops or starts a container */
	STEP_PROCESS,   /* a process is asked to end */
	STEP_DEVICE,    /* the kernel lets go of a device, or looks for it again */
	STEP_PERSON,    /* nobody else can do it: a cable, a BIOS, a cold boot */
};

/* When a step counts. */
enum step_when { WHEN_NOW, WHEN_REBOOT, WHEN_COLD_BOOT };

/* A file as it stands, and as it shall. Paths are the host's. */
struct file_change {
	const char *path;
	bool existed; /* before */
	bool removed; /* after */
	struct bytes before, after;
	unsigned mode; /* permission bits of one that is new; 0: 0644 */
};

/* Words of a command, and of the one that takes it back (count 0: nothing does, or needs to). */
struct command {
	struct names argv, undo;
	unsigned deadline_sec; /* 0: 60 */
};

struct unit_change {
	/* enable disable start stop restart reset-failed unmask; "daemon-reload" has no name.
	 * "start --no-block": handed to systemd, and not waited for. */
	const char *verb, *name;
	unsigned containers; /* that stop meanwhile, where it is the container engine */
};

struct enclosure_change {
	const char *verb; /* authorize enroll forget */
	const char *uuid, *name;
	const char *policy; /* of enroll: auto iommu manual */
};

struct container_change {
	const char *id, *name;
	const char *verb;  /* restart stop start; NULL: restart */
	unsigned stop_sec; /* of stop and restart, before it is killed; 0: 10, as docker has it */
};

const char *container_verb(const struct container_change *c); /* never NULL */

/* The pid alone may be another's by then: one that did not start at that tick is left alone. */
struct process_change {
	uint64_t pid, start_ticks; /* as struct gpu_holder has them */
	const char *name;
	bool force; /* killed, where it does not end by itself */
};

/*
 * remove and rescan: a PCI function, by its BDF. deauthorize and authorize: a Thunderbolt device,
 * by its name in sysfs. A device that is as wanted already is left alone.
 */
struct device_change {
	const char *verb, *name;
	/* "nvidia0": it is not removed while a process has this node open, since that would wait
	 * for it for ever; "nvidia": any of the driver's; NULL: nobody can */
	const char *unless_open;
	unsigned deadline_sec; /* 0: 30 */
};

/* Members that are not of its kind are zero. */
struct step {
	enum step_kind kind;
	const char *theme; /* "initramfs" */
	const char *what; /* one sentence without full stop: "put nvidia into the image of linux" */
	const char *why;  /* one clause, or "" */
	struct names shell; /* lines that it stands for, to be pasted */
	bool asks;          /* needs a yes of its own, whatever was said to the plan */
	bool unattended;    /* does no harm when nobody looks on */
	enum step_when when;
	struct file_change file;
	struct command run; /* STEP_RUN, STEP_PACKAGES */
	struct unit_change unit;
	struct enclosure_change enclosure;
	struct container_change container;
	struct process_change process;
	struct device_change device;
};

/* What was wanted and could not be planned: "/etc/mkinitcpio.conf:7: set under a condition". */
struct refusal {
	const char *theme, *text;
	struct names shell; /* what a person can do instead; may be empty */
};

enum { STEPS_MAX = 128, REFUSALS_MAX = 32 };

struct plan {
	struct step step[STEPS_MAX]; /* packages first, then files, then the rest in order */
	size_t count;
	struct refusal refusal[REFUSALS_MAX];
	size_t refusal_count;
	/*
	 * It is for this very moment: what is left when a step fails is done by nobody later. Such
	 * a plan changes no file.
	 */
	bool once;
};

/* Whoever makes a plan. Everything lives in the arena. */
struct planner {
	struct arena *arena;
	const struct facts *facts;
	struct host *host; /* read only */
	struct plan *plan;
	const char *theme; /* of what is added now */
};

/*
 * A file as it will be when the steps so far are done. -ENOENT: there will be none. Others as
 * host_read().
 */
int planner_read(struct planner *p, const char *path, struct bytes *ret, struct err *e);
/* Is there such a file (after the steps so far)? false also where that cannot be told. */
bool planner_has(struct planner *p, const char *path);
/*
 * A step that makes the file hold this; two changes of a file become one step, and one that
 * changes nothing is none. NULL then, and where the file cannot be read, or where the host makes it
 * from something else (a refusal).
 */
struct step *planner_write(struct planner *p, const char *path, const char *text, const char *fmt,
			   ...) PRINTF(4, 5);
struct step *planner_remove(struct planner *p, const char *path, const char *fmt, ...) PRINTF(3, 4);
/* A command, its words as arguments up to NULL. The same command twice is one step, the later. */
struct step *planner_run(struct planner *p, const char *const *argv, const char *fmt, ...)
    PRINTF(3, 4);
struct step *planner_unit(struct planner *p, const char *verb, const char *name, const char *fmt,
			  ...) PRINTF(4, 5);
/* "systemctl enable --no-reload x.service": the command that it stands for. */
const char *unit_line(struct arena *a, const struct unit_change *u);
/* "docker stop ollama", and what a shell would write into which file. */
const char *container_line(struct arena *a, const struct container_change *c);
const char *device_line(struct arena *a, const struct device_change *d);
/* The file below /sys, and what is written into it; NULL: no such verb, or no name of a device. */
const char *device_path(struct arena *a, const struct device_change *d);
const char *device_value(const struct device_change *d);
/* Any other step. Fill in the rest of it. Never NULL; what is past STEPS_MAX is told as a refusal.
 */
struct step *planner_add(struct planner *p, enum step_kind kind, const char *fmt, ...) PRINTF(3, 4);
/* Puts the steps into the order that struct plan promises, and leaves those of a kind in theirs. */
void plan_order(struct plan *p);
/* A line to be pasted that the step stands for. */
void step_shell(struct planner *p, struct step *s, const char *fmt, ...) PRINTF(3, 4);
struct refusal *planner_refuse(struct planner *p, const char *fmt, ...) PRINTF(2, 3);
void refusal_shell(struct planner *p, struct refusal *r, const char *fmt, ...) PRINTF(3, 4);

#define ARGV(...) ((const char *const[]){ __VA_ARGS__, NULL })
