/* SPDX-License-Identifier: MIT */
#pragma once

#include "cmd/cmd.h"
#include "view/enclosure.h"

/* What `egpu enclosure` was asked to do. */
struct enclosure_options {
	const char *verb;   /* list authorize enroll forget monitor */
	const char *what;   /* UUID or name of a device, of the verbs that change one */
	const char *policy; /* of enroll; NULL: boltd's default */
	const char *host;   /* a recording, of list; NULL: this machine */
	bool json;
};

enum { EXIT_REFUSED = 2 };

/* Thunderbolt and bolt, and no more; the distribution too where boltd has to be installed. */
struct enclosure_rows enclosure_look(struct host *h, struct facts *f);

/*
 * authorize, enroll, forget: shows the device, asks, does it and shows what came of it. Exit
 * status: 0, or EXIT_REFUSED with the reason told on stderr.
 */
int enclosure_change(const struct enclosure_options *o, struct env *env, struct host *h,
		     struct err *e);

/* Tells what is there and what changes, until SIGINT or SIGTERM. Exit status, or -errno with *e. */
int enclosure_monitor(const struct enclosure_options *o, struct host *h, struct err *e);
