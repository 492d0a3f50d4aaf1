/* SPDX-License-Identifier: MIT */
/* A recording as one file: a tar in zstd, through libarchive. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "recording/layer.h"
#include "recording/libarchive.h"

struct reading {
	struct libarchive lib;
	struct archive *tar;
	const char *path; /* of the archive, for the story */
	struct arena *arena;
	struct memory_file *file;
	size_t count;
	uint64_t bytes;
};

#define CLOSE __attribute__((cleanup(closep))) int
static void closep(int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

static void reading_done(struct reading *r)
{
	if (r->tar)
		r->lib.read_free(r->tar);
}

static int bad(const struct reading *r, const char *name, const char *why, struct err *e)
{
	ARENA tmp = { 0 };
	return err_set(e, -EINVAL, "recording %s: '%s' %s", r->path,
		       str_clean(&tmp, name, strlen(name), 80), why);
}

static int broken(const struct reading *r, struct err *e)
{
	ARENA tmp = { 0 };
	const char *why = r->lib.error_string(r->tar);

	why = why ? why : "cannot be read";
	return err_set(e, -EINVAL, "recording %s: %s", r->path,
		       str_clean(&tmp, why, strlen(why), 120));
}

/* A name that stays below the directory it is put in: no "..", not absolute, nothing empty. */
static bool stays_below(const char *name)
{
	while (*name) {
		size_t n = strcspn(name, "/");
		if (n == 0 || (n == 1 && *name == '.') || (n == 2 && !strncmp(name, "..", 2)))
			return false;
		name += n + (name[n] == '/');
	}
	return true;
}

static int read_bytes(struct reading *r, struct archive_entry *entry, struct memory_file *file,
		      struct err *e)
{
	int64_t size = r->lib.entry_size(entry);
	size_t used = 0;

	if (size < 0 || size > RECORDING_FILE_MAX)
		return bad(r, file->name, "is larger than 16 MiB", e);
	r->bytes += (uint64_t)size;
	if (r->bytes > RECORDING_BYTES_MAX)
		return bad(r, file->name, "goes beyond 64 MiB in all", e);
	char *data = arena_alloc(r->arena, (size_t)size + 1);
	while (used < (size_t)size) {
		ssize_t n = r->lib.read_data(r->tar, data + used, (size_t)size - used);
		if (n < 0)
			return broken(r, e);
		if (n == 0)
			return bad(r, file->name, "ends too early", e);
		used += (size_t)n;
	}
	file->bytes = (struct bytes){ data, used };
	return 0;
}

static int read_entry(struct reading *r, struct archive_entry *entry, struct err *e)
{
	const char *name = r->lib.entry_pathname(entry);
	mode_t type = r->lib.entry_filetype(entry);

	if (!name)
		return bad(r, "?", "has a name that cannot be read", e);
	if (r->lib.entry_hardlink(entry) || (type != S_IFREG && type != S_IFDIR))
		return bad(r, name, "is neither a plain file nor a directory", e);
	while (str_starts(name, "./"))
		name += 2;
	if (!*name || str_eq(name, "."))
		return 0;
	if (!stays_below(name))
		return bad(r, name, "does not stay below the recording", e);
	if (r->count == RECORDING_NAMES_MAX)
		return bad(r, name, "is one of more than 20000 files", e);

	struct memory_file *file = &r->file[r->count++];
	size_t size = strlen(name);
	*file = (struct memory_file){
		.name = str_ndup(r->arena, name, size - (name[size - 1] == '/')),
		.is_dir = type == S_IFDIR,
		.bytes = { "", 0 },
	};
	return file->is_dir ? 0 : read_bytes(r, entry, file, e);
}

static int read_entries(struct reading *r, struct err *e)
{
	for (;;) {
		struct archive_entry *entry;
		int got = r->lib.read_next_header(r->tar, &entry);
		if (got == ARCHIVE_EOF)
			return 0;
		if (got < ARCHIVE_WARN)
			return broken(r, e);
		int done = read_entry(r, entry, e);
		if (done < 0)
			return done;
	}
}

/* "DIR/" where the recording was packed with its directory, else "". */
static const char *top_directory(const struct reading *r)
{
	const char *top = "";

	for (size_t i = 0; i < r->count; i++) {
		const char *name = r->file[i].name;
		size_t n = strcspn(name, "/");
		if (str_eq(name, "egpu-recording"))
			return "";
		if (str_eq(name + n, "/egpu-recording"))
			top = str_ndup(r->arena, name, n + 1);
	}
	return top;
}

static int strip_top(struct reading *r, struct err *e)
{
	const char *top = top_directory(r);
	size_t size = strlen(top), kept = 0;

	for (size_t i = 0; size && i < r->count; i++) {
		struct memory_file file = r->file[i];
		if (strlen(file.name) + 1 == size && str_starts(top, file.name))
			continue;
		if (!str_starts(file.name, top))
			return bad(r, file.name, "stands outside the recording's directory", e);
		file.name += size;
		r->file[kept++] = file;
	}
	r->count = size ? kept : r->count;
	return 0;
}

static int open_tar(struct reading *r, int fd, struct err *e)
{
	r->tar = r->lib.read_new();
	if (!r->tar)
		return err_set(e, -ENOMEM, "recording %s", r->path);
	/* A warning means that it would run the zstd program instead. */
	if (r->lib.read_support_filter_zstd(r->tar) != ARCHIVE_OK)
		return err_set(e, -EINVAL, "recording %s: this libarchive knows no zstd", r->path);
	r->lib.read_support_format_tar(r->tar);
	if (r->lib.read_open_fd(r->tar, fd, 64 << 10) != ARCHIVE_OK)
		return broken(r, e);
	return 0;
}

static int read_all(struct reading *r, int fd, struct err *e)
{
	int got = open_tar(r, fd, e);
	if (got == 0)
		got = read_entries(r, e);
	return got < 0 ? got : strip_top(r, e);
}

static int open_archive(const char *path)
{
	struct stat st;
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);

	if (fd < 0)
		return -errno;
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode))
		return fd;
	close(fd);
	return -EINVAL;
}

struct layer *layer_archive(const char *path, struct err *e)
{
	CLOSE fd = open_archive(path);
	if (fd < 0) {
		err_set(e, fd == -EINVAL ? -ENOTDIR : fd, "recording %s", path);
		return NULL;
	}
	ARENA arena = { 0 };
	__attribute__((cleanup(reading_done))) struct reading r = {
		.path = path,
		.arena = &arena,
		.file = arena_alloc(&arena, RECORDING_NAMES_MAX * sizeof(*r.file)),
	};
	if (libarchive_open(&r.lib, e) < 0 || read_all(&r, fd, e) < 0)
		return NULL;

	struct layer *l = layer_memory(path, r.file, r.count, e);
	if (!l)
		return NULL;
	l->is_archive = true;
	l->files = arena;
	arena = (struct arena){ 0 };
	return l;
}

static int write_file(const struct libarchive *lib, struct archive *tar,
		      const struct memory_file *file)
{
	struct archive_entry *entry = lib->entry_new();
	if (!entry)
		return -1;
	lib->entry_set_pathname(entry, file->name);
	lib->entry_set_filetype(entry, S_IFREG);
	lib->entry_set_perm(entry, 0600);
	lib->entry_set_size(entry, (int64_t)file->bytes.size);
	lib->entry_set_mtime(entry, 0, 0);
	int r = lib->write_header(tar, entry);
	lib->entry_free(entry);
	if (r < ARCHIVE_WARN)
		return r;
	return lib->write_data(tar, file->bytes.data, file->bytes.size) == (ssize_t)file->bytes.size
		   ? 0
		   : -1;
}

int archive_write(int fd, const struct memory_file *file, size_t count, const char *path,
		  struct err *e)
{
	struct libarchive lib;
	int r = libarchive_open(&lib, e);
	if (r < 0)
		return r;
	struct archive *tar = lib.write_new();
	if (!tar)
		return err_set(e, -ENOMEM, "write %s", path);
	/* GNU tar: long names and bytes of any encoding, and nothing that varies. */
	bool good = lib.write_add_filter_zstd(tar) == ARCHIVE_OK &&
		    lib.write_set_format_gnutar(tar) == ARCHIVE_OK &&
		    lib.write_open_fd(tar, fd) == ARCHIVE_OK;
	for (size_t i = 0; good && i < count; i++)
		good = file[i].is_dir || write_file(&lib, tar, &file[i]) == 0;
	good = good && lib.write_close(tar) == ARCHIVE_OK;
	if (!good) {
		const char *why = lib.error_string(tar);
		r = err_set(e, -EINVAL, "write %s: %s", path, why ? why : "cannot be written");
	}
	lib.write_free(tar);
	return r;
}
