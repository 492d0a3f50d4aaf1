/* SPDX-License-Identifier: MIT */
/*
 * mkinitcpio.conf(5), mkinitcpio(8): presets, each with a configuration of its
 * own or the common one and its drop-ins, which are joined as `cat` does it.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "collect/boot/initramfs.h"
#include "collect/sysfs.h"

#define MAIN "/etc/mkinitcpio.conf"
#define DROP_INS "/etc/mkinitcpio.conf.d"
#define PRESETS "/etc/mkinitcpio.d"

#define CMDLINE_DIR "/etc/cmdline.d"

enum { PIECES_MAX = 64, PRESETS_MAX = 16, WORDS_MAX = 512, CMDLINE_MAX = 4096 };

/* What a configuration, with its drop-ins, says of NVIDIA modules. */
struct config {
	struct names nvidia;
	bool is_optional;
	struct maybe_u64 time;
};

/* As sort(1) -V has it, which is how mkinitcpio orders them. */
static int by_version(const void *a, const void *b)
{
	return strverscmp(*(const char *const *)a, *(const char *const *)b);
}

static bool ends_line(struct bytes text)
{
	return !text.size || text.data[text.size - 1] == '\n';
}

/* What the last line begins with when it has no end; '\n' when it has one, or nothing in it. */
static char open_line(struct bytes text)
{
	struct bytes line, last = { "\n", 1 };

	if (!ends_line(text))
		for (; bytes_line(&text, &line); last = line)
			continue;
	size_t blanks = strspn(last.data, " \t");
	return blanks < last.size ? last.data[blanks] : '\n';
}

/* A last line without its end goes on with the first one of the next file. */
static void note_glue(struct initramfs *i, const struct shell_piece *before,
		      const struct shell_piece *after)
{
	char open = open_line(before->text), next = after->text.size ? *after->text.data : '\n';
	bool both_comments = open == '#' && next == '#';

	if (open != '\n' && next != '\n' && !both_comments && i->glued.know != KNOWN)
		i->glued = known_text(before->file, after->file);
}

static bool read_piece(struct facts *f, struct host *h, const char *path, struct shell_piece *ret,
		       struct maybe_u64 *time)
{
	int r = host_read(h, f->arena, path, &ret->text, NULL);

	ret->file = path;
	if (r < 0)
		initramfs_not_understood(&f->initramfs, arena_printf(f->arena, "%s: %s", path,
								     know_why(know_of_errno(r))));
	else
		*time = path_newest_sec(h, f->arena, *time, path);
	return r == 0;
}

static size_t read_pieces(struct facts *f, struct host *h, const char *path, bool drop_ins,
			  struct shell_piece *piece, struct maybe_u64 *time)
{
	struct names found = { 0 };
	size_t count = read_piece(f, h, path, &piece[0], time);
	int r = drop_ins ? host_list(h, f->arena, DROP_INS, &found, NULL) : -ENOENT;

	if (r == 0)
		qsort(found.name, found.count, sizeof(*found.name), by_version);
	else if (know_of_errno(r) != ABSENT)
		f->initramfs.know = know_of_errno(r);
	for (size_t i = 0; i < found.count && count && count < PIECES_MAX; i++) {
		if (!str_ends(found.name[i], ".conf"))
			continue;
		const char *file = arena_printf(f->arena, DROP_INS "/%s", found.name[i]);
		count += read_piece(f, h, file, &piece[count], time);
		if (count > 1)
			note_glue(&f->initramfs, &piece[count - 2], &piece[count - 1]);
	}
	return count;
}

/* MODULES as a list; the old text form is split at blanks, and is one line. */
static struct names modules(struct facts *f, const struct shell *s)
{
	const struct shell_variable *v = shell_variable(s, "MODULES");

	if (!v)
		return (struct names){ 0 };
	if (!v->is_list && v->word.count)
		return str_split(f->arena,
				 str_trim(f->arena, v->word.name[0], strlen(v->word.name[0])), " ",
				 WORDS_MAX);
	for (size_t i = 0; i < v->word.count; i++)
		if (strchr(v->word.name[i], ' '))
			initramfs_not_understood(
			    &f->initramfs,
			    arena_printf(f->arena, "%s: MODULES holds \"%s\" as one module",
					 v->from, v->word.name[i]));
	return v->word;
}

/* "nvidia?" may be missing. */
static struct config config_of(struct facts *f, const struct shell *s, struct maybe_u64 time)
{
	struct names all = modules(f, s);
	struct names bare = { arena_alloc(f->arena, (all.count + 1) * sizeof(*bare.name)), 0 };
	bool is_optional = true;

	for (size_t i = 0; i < all.count; i++) {
		size_t n = strcspn(all.name[i], "?");
		is_optional &= all.name[i][n] == '?' || !str_starts(all.name[i], "nvidia");
		bare.name[bare.count++] = str_ndup(f->arena, all.name[i], n);
	}
	struct names nvidia = initramfs_nvidia(f->arena, &bare);
	return (struct config){ nvidia, nvidia.count && is_optional, time };
}

static struct config read_config(struct facts *f, struct host *h, const char *path, bool drop_ins)
{
	struct shell s = { .arena = f->arena };
	struct shell_piece piece[PIECES_MAX];
	struct maybe_u64 time = unknown_u64(ABSENT, path);

	shell_read(&s, piece, read_pieces(f, h, path, drop_ins, piece, &time));
	if (shell_trouble(&s, "MODULES"))
		initramfs_not_understood(&f->initramfs, shell_trouble(&s, "MODULES"));
	return config_of(f, &s, time);
}

/* NAME_what of a preset, or else ALL_what. Not set: "". *why says what cannot be told. */
static const char *setting(struct facts *f, const struct shell *s, const char *name,
			   const char *what, const char **why)
{
	const char *own = arena_printf(f->arena, "%s_%s", name, what);
	const char *all = arena_printf(f->arena, "ALL_%s", what);
	const char *trouble = shell_trouble(s, own);

	if (!trouble && !*shell_text(s, own))
		trouble = shell_trouble(s, own = all);
	if (trouble && why)
		*why = trouble;
	return trouble ? "" : shell_text(s, own);
}

/* The word after an option in NAME_options, which is a text or a list; "" without it. */
static const char *option(struct facts *f, const struct shell *s, const char *name,
			  const char *option)
{
	const struct shell_variable *v =
	    shell_variable(s, arena_printf(f->arena, "%s_options", name));
	struct names word = v ? v->word : (struct names){ 0 };

	if (v && !v->is_list && word.count)
		word = str_split(f->arena, word.name[0], " \t", WORDS_MAX);
	for (size_t i = 0; i + 1 < word.count; i++)
		if (str_eq(word.name[i], option))
			return word.name[i + 1];
	return "";
}

static const char *config_in_options(struct facts *f, const struct shell *s, const char *name)
{
	const char *config = option(f, s, name, "-c");
	return *config ? config : option(f, s, name, "--config");
}

static struct maybe_text path_of(struct facts *f, const struct shell *s, const char *name,
				 const char *from)
{
	static const char *const kinds[] = { "uki", "efi_image", "image" };
	const char *why = NULL;

	for (size_t i = 0; i < COUNT_OF(kinds); i++) {
		const char *own = arena_printf(f->arena, "%s_%s", name, kinds[i]);
		why = why ? why : shell_trouble(s, own);
		if (!why && *shell_text(s, own) == '/')
			return known_text(shell_text(s, own), from);
	}
	return unknown_text(why ? UNREADABLE : ABSENT, from);
}

/* Adds the lines of a file of parameters, but for those that begin with a '#'. */
static const char *with_file(struct facts *f, struct host *h, const char *so_far, const char *path)
{
	struct bytes text;

	if (host_read(h, f->arena, path, &text, NULL) < 0)
		return so_far;
	for (struct bytes line; bytes_line(&text, &line) && strlen(so_far) < CMDLINE_MAX;)
		if (line.size && *line.data != '#')
			so_far = arena_printf(f->arena, "%s%s%s", so_far, *so_far ? " " : "",
					      str_trim(f->arena, line.data, line.size));
	return so_far;
}

/* What goes into a unified kernel; "" where the preset has it from elsewhere. */
static const char *cmdline_of(struct facts *f, struct host *h, const struct shell *s,
			      const char *name)
{
	const char *why = NULL, *all;
	struct names found = { 0 };

	if (*setting(f, s, name, "cmdline", &why) || why || *option(f, s, name, "--cmdline"))
		return "";
	all = with_file(f, h, "", "/etc/kernel/cmdline");
	if (!*all)
		all = with_file(f, h, "", "/usr/lib/kernel/cmdline");
	host_list(h, f->arena, CMDLINE_DIR, &found, NULL);
	for (size_t i = 0; i < found.count; i++)
		if (str_ends(found.name[i], ".conf"))
			all = with_file(f, h, all,
					arena_printf(f->arena, CMDLINE_DIR "/%s", found.name[i]));
	return all;
}

/*
 * A unified kernel has the name that its preset gives it, and its command line
 * within: the boot entry learns here what the next one of its kind would have.
 */
static void tell_entry(struct facts *f, struct host *h, const struct shell *s, const char *name,
		       const struct initramfs_image *i)
{
	struct kernel *k = &f->kernel;
	const char *file = i->path.know == KNOWN ? strrchr(i->path.v, '/') + 1 : "";

	for (size_t n = 0; n < k->entry_count; n++) {
		if (!str_eq(k->entry[n].id, file) || !str_ends(file, ".efi"))
			continue;
		if (!*k->entry[n].release)
			k->entry[n].release = i->release;
		k->entry[n].options = cmdline_of(f, h, s, name);
	}
}

static struct maybe_u64 newer(struct maybe_u64 a, struct maybe_u64 b)
{
	return a.know != KNOWN || (b.know == KNOWN && b.v > a.v) ? b : a;
}

/* preset_time: of the file itself, which says what of all that goes into an image. */
static void read_one(struct facts *f, struct host *h, const struct shell *s, const char *file,
		     const char *name, struct maybe_u64 preset_time)
{
	const char *why = NULL, *kernel = setting(f, s, name, "kver", &why);
	const char *own = setting(f, s, name, "config", &why);
	const char *other = config_in_options(f, s, name);
	const struct kernel_image *image = kernel_of_path(&f->kernel, kernel);

	own = *other ? other : own;
	if (why) {
		initramfs_not_understood(&f->initramfs, why);
		return;
	}
	struct config c = read_config(f, h, *own ? own : MAIN, !*own);
	struct initramfs_image i = {
		.preset =
		    arena_printf(f->arena, "%.*s/%s", (int)(strrchr(file, '.') - file), file, name),
		.config = *own ? own : MAIN,
		.release = image ? image->release : "",
		.path = path_of(f, s, name, arena_printf(f->arena, PRESETS "/%s", file)),
		.config_mtime_sec = newer(c.time, preset_time),
		.nvidia = c.nvidia,
		.is_optional = c.is_optional,
		.reads_drop_ins = !*own,
	};
	if (!*kernel || i.path.know == ABSENT) /* mkinitcpio passes over it, too */
		return;
	tell_entry(f, h, s, name, &i);
	initramfs_add(f, h, i);
}

static void read_preset(struct facts *f, struct host *h, const char *file)
{
	const char *path = arena_printf(f->arena, PRESETS "/%s", file);
	struct shell s = { .arena = f->arena };
	struct maybe_u64 time = { 0 };
	struct shell_piece piece;

	if (!read_piece(f, h, path, &piece, &time))
		return;
	shell_read(&s, &piece, 1);
	const char *why = shell_trouble(&s, "PRESETS");
	const struct shell_variable *names = shell_variable(&s, "PRESETS");
	if (why || !names)
		initramfs_not_understood(
		    &f->initramfs, why ? why : arena_printf(f->arena, "%s: no PRESETS", path));
	for (size_t i = 0; names && i < names->word.count && i < PRESETS_MAX; i++)
		read_one(f, h, &s, file, names->word.name[i], time);
}

/* Without presets, kernel-install makes an image for each kernel. */
static void without_presets(struct facts *f, struct host *h)
{
	struct config c = read_config(f, h, MAIN, true);

	for (size_t i = 0; i < f->kernel.image_count; i++)
		initramfs_add(f, h,
			      (struct initramfs_image){
				  .preset = f->kernel.image[i].release,
				  .config = MAIN,
				  .release = f->kernel.image[i].release,
				  .path = unknown_text(ABSENT, PRESETS),
				  .config_mtime_sec = c.time,
				  .nvidia = c.nvidia,
				  .is_optional = c.is_optional,
				  .reads_drop_ins = true,
			      });
}

void initramfs_mkinitcpio(struct facts *f, struct host *h)
{
	struct names found = { 0 };
	size_t count = 0;
	int r = host_list(h, f->arena, PRESETS, &found, NULL);

	if (r < 0 && know_of_errno(r) != ABSENT)
		f->initramfs.know = know_of_errno(r);
	for (size_t i = 0; i < found.count; i++) {
		if (!str_ends(found.name[i], ".preset") || count++ == PRESETS_MAX)
			continue;
		read_preset(f, h, found.name[i]);
	}
	if (!count && f->initramfs.know == KNOWN)
		without_presets(f, h);
}
