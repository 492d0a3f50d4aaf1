/* SPDX-License-Identifier: MIT */
#pragma once

#include "../apply-root.h"
#include "scratch.h"
#include "tap.h"

static struct arena arena;
static struct err err;
static struct plan plan;
static const char *id;

/* The root is a directory of its own: what is kept must not lie among other scratch files. */
static inline const char *root(void)
{
	static char path[128];
	snprintf(path, sizeof(path), "%s/root", scratch());
	mkdir(path, 0755);
	return path;
}

static inline void put(const char *path, const char *text)
{
	char name[256];
	root();
	snprintf(name, sizeof(name), "root%s", path);
	scratch_text(name, text);
}

static inline struct apply_to to_root(void)
{
	return (struct apply_to){ .root = root(), .command = "egpu setup", .files_only = true };
}

/* What stands there now, or "(none)". */
static inline const char *got(const char *path)
{
	const char *text = root_read(root(), path);
	return text ? text : "(none)";
}

/* With the lock, as every command does it. */
static inline int apply_to_root(struct apply_to to)
{
	struct apply_lock lock = { 0 };
	err = (struct err){ 0 };
	CHECK_INT(apply_lock(&to, &lock, &err), 0);
	int r = apply_plan(&to, &arena, &plan, &id, &err);
	apply_unlock(&lock);
	return r;
}

static inline int apply(void)
{
	return apply_to_root(to_root());
}

/* The refusals that stood in the way, or 0 and it is done. */
static inline int undo_to(struct apply_to to, const char *which)
{
	struct file_change *edited;
	size_t count;
	err = (struct err){ 0 };
	int r = transaction_undo(&to, &arena, which, &plan, &edited, &count, &err);
	if (r == 0)
		r = transaction_apply_undo(&to, &arena, which, &plan, &id, &err);
	return r;
}

static inline int undo(const char *which)
{
	return undo_to(to_root(), which);
}

/* How many transactions are kept. */
static inline size_t kept(void)
{
	struct transaction *t;
	size_t count;
	CHECK_INT(transaction_list(&(struct apply_to){ .root = root() }, &arena, &t, &count, &err),
		  0);
	return count;
}

/* No name of ours is left in that directory. */
static inline bool is_clean(const char *dir)
{
	char command[4200];
	snprintf(command, sizeof(command), "test -z \"$(find '%s' -name '.egpu-*')\"",
		 root_path(root(), dir));
	return system(command) == 0;
}
