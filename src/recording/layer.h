/* SPDX-License-Identifier: MIT */
#pragma once

#include "recording/meta.h"

enum {
	RECORDING_FILE_MAX = 16 << 20,  /* bytes of one kept file or answer, in an archive */
	RECORDING_TREE_MAX = 1 << 20,   /* bytes of one file of the host, as on a live host */
	RECORDING_ANSWER_MAX = 4 << 20, /* bytes of one answer */
	RECORDING_NAMES_MAX = 20000,    /* entries of one directory, or of an archive */
	RECORDING_BYTES_MAX = 64 << 20, /* of one archive, unpacked, and of one recording kept */
};

struct layer;

struct layer_look {
	bool is_dir;
	uint64_t size_bytes;
};

/*
 * One recording's own files, by their names in it ("tree/etc/os-release"),
 * wherever they are kept. All return 0 or a negative errno; -ENOENT: there is
 * no plain file or directory of that name.
 */
struct layer_ops {
	int (*look)(const struct layer *l, const char *name, struct layer_look *ret);
	int (*read)(const struct layer *l, struct arena *a, const char *name, size_t max,
		    struct bytes *ret);
	int (*list)(const struct layer *l, struct arena *a, const char *dir, struct names *ret);
	void (*close)(struct layer *l);
};

struct layer {
	const struct layer_ops *ops;
	struct arena arena; /* owns the path and meta */
	struct arena files; /* owns what an archive held */
	const char *path;   /* of the recording, as it was given */
	const char *base;   /* of its base, or "" */
	bool is_archive;
	struct meta meta;
};

/* A directory; NULL: see *e. Its files are read when they are asked for, and no link is followed.
 */
struct layer *layer_directory(const char *path, struct err *e);

/* Files in memory. Names need not be sorted; the bytes are borrowed. */
struct memory_file {
	const char *name;
	bool is_dir;
	struct bytes bytes;
};
/*
 * Sorts file[], which stays the caller's and must live as long as the layer.
 * NULL, where two have one name: see *e.
 */
struct layer *layer_memory(const char *path, struct memory_file *file, size_t count, struct err *e);

/* A .tar.zst, read whole into memory; NULL: see *e. */
struct layer *layer_archive(const char *path, struct err *e);

/* Writes files to fd as a .tar.zst, the same bytes for the same files. path is for the story. */
int archive_write(int fd, const struct memory_file *file, size_t count, const char *path,
		  struct err *e);

/* Reads egpu-recording and meta of a layer just opened. */
int layer_describe(struct layer *l, struct err *e);
void layer_close(struct layer *l); /* NULL is fine */

/* Up to LAYERS_MAX recordings on top of each other, top first. */
enum { LAYERS_MAX = 8 };
struct stack {
	struct layer *layer[LAYERS_MAX];
	size_t count;
};

/* What the stack answers; as host_read() and its like, without a story. Paths need not be tidy. */
int stack_read(const struct stack *s, struct arena *a, const char *path, struct bytes *ret);
int stack_list(const struct stack *s, struct arena *a, const char *dir, struct names *ret);
int stack_stat(const struct stack *s, struct arena *a, const char *path, struct host_stat *ret);
int stack_ask(const struct stack *s, struct arena *a, enum source who, const char *question,
	      struct bytes *ret);
