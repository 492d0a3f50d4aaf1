/* SPDX-License-Identifier: MIT */
/*
 * A fixed plan is applied in a scratch root, and killed as it enters each of its system calls, or
 * one of them fails. Whatever happens, each file is wholly old or wholly new, whoever comes next
 * makes them all the one or all the other, and the way back leads to the same bytes.
 */
#include <ftw.h>
#include <sys/syscall.h>

#include "../apply-root.h"
#include "tap.h"
#include "tracer.h"

#define EDIT "/etc/edit.conf"
#define NEW "/etc/new.conf"
#define GONE "/etc/gone.conf"
#define DEEP "/etc/made.d/deep/new.conf"
#define OLD_TEXT "old=1\n# a comment\n"
#define NEW_TEXT "new=1\n# a comment\nand more\n"

static char root[64];
static struct apply_to to = { .root = root, .command = "kill-apply" };
static struct arena arena;
static struct plan plan;

static int remove_one(const char *path, const struct stat *st, int flag, struct FTW *f)
{
	(void)st;
	(void)flag;
	return f->level ? remove(path) : 0;
}

static void root_gone(void)
{
	nftw(root, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	rmdir(root);
}

static void write_text(const char *path, const char *text)
{
	FILE *f = fopen(root_path(root, path), "we");
	if (!f || fputs(text, f) < 0 || fclose(f) != 0)
		abort();
}

/* In memory where there is such a place: what is killed has not to wait for a disk. */
static void fresh(void)
{
	if (!*root) {
		strcpy(root, access("/dev/shm", W_OK) == 0 ? "/dev/shm/egpu-kill-XXXXXX"
							   : "/tmp/egpu-kill-XXXXXX");
		if (!mkdtemp(root))
			abort();
		atexit(root_gone);
	}
	nftw(root, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	static const char *const dirs[] = { "/etc", "/var", "/var/lib" };
	for (size_t i = 0; i < COUNT_OF(dirs); i++)
		mkdir(root_path(root, dirs[i]), 0755);
	write_text(EDIT, OLD_TEXT);
	write_text(GONE, OLD_TEXT);
	if (chmod(root_path(root, EDIT), 0640) < 0)
		abort();
	arena_done(&arena);
}

static void fixed_plan(bool with_steps)
{
	plan.count = 0;
	if (with_steps)
		plan_unit(&plan, "stop", "early.service");
	plan_file(&plan, EDIT, OLD_TEXT, NEW_TEXT);
	plan_file(&plan, NEW, NULL, NEW_TEXT);
	plan_file(&plan, GONE, OLD_TEXT, NULL);
	plan_file(&plan, DEEP, NULL, NEW_TEXT);
	if (with_steps)
		plan_unit(&plan, "start", "late.service");
}

/* The real one is not linked: a step is done when its mark is there. */
int apply_act(const struct apply_to *w, struct arena *a, const struct step *s, struct err *e)
{
	int fd = open(arena_printf(a, "%s/%s-%s", w->root, s->unit.verb, s->unit.name),
		      O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0)
		return err_set(e, -errno, "%s", s->unit.name);
	close(fd);
	return 0;
}

static int with_lock(int (*what)(struct err *e))
{
	struct apply_lock lock = { 0 };
	struct err e = { 0 };
	int r = apply_lock(&to, &lock, &e);

	if (r == 0)
		r = what(&e);
	apply_unlock(&lock);
	/* Whoever fails says why. */
	return r < 0 ? 1 + (*e.text == '\0') : 0;
}

static const char *last_id;
static int do_apply(struct err *e)
{
	return apply_plan(&to, &arena, &plan, &last_id, e);
}

static int do_recover(struct err *e)
{
	const char *said;
	return apply_recover(&to, &arena, &said, e);
}

static int do_undo(struct err *e)
{
	struct transaction *t;
	struct file_change *edited;
	size_t count, edited_count;
	int r = transaction_list(&to, &arena, &t, &count, e);

	/* The newest that stands; one that was cut off is told as undone. */
	for (; r == 0 && count && t->state == TRANSACTION_UNDONE; count--)
		t++;
	if (r == 0 && count == 0)
		r = err_set(e, -ENOENT, "transaction");
	if (r == 0)
		r = transaction_undo(&to, &arena, t->id, &plan, &edited, &edited_count, e);
	return r < 0 ? r : transaction_apply_undo(&to, &arena, t->id, &plan, &last_id, e);
}

static int run(void *what)
{
	return with_lock(*(int (**)(struct err *))what);
}

static struct traced trace(int (*what)(struct err *e), const struct mischief *m)
{
	return traced_run(run, &what, m);
}

/* All of /etc, with mode and bytes: two states are the same if these are. */
static char lines[64][512], picture[16384];
static size_t line_count;
static int draw(const char *path, const struct stat *st, int flag, struct FTW *f)
{
	const char *name = path + strlen(root);

	(void)f;
	if (str_starts(name, "/etc") && line_count < COUNT_OF(lines))
		snprintf(lines[line_count++], sizeof(lines[0]), "%.200s %o %.200s\n", name,
			 st->st_mode, flag == FTW_F ? root_read(root, name) : "");
	return 0;
}

static int by_text(const void *a, const void *b)
{
	return strcmp(a, b);
}

static const char *drawn(void)
{
	*picture = '\0';
	line_count = 0;
	nftw(root, draw, 16, FTW_PHYS);
	qsort(lines, line_count, sizeof(lines[0]), by_text);
	for (size_t i = 0; i < line_count; i++)
		strncat(picture, lines[i], sizeof(picture) - strlen(picture) - 1);
	return picture;
}

static char original[sizeof(picture)];
static void begin(void)
{
	fresh();
	fixed_plan(true);
	if (!*original)
		strcpy(original, drawn());
}

/* 1: new; 0: old. Anything else there must not be. */
static int state_of(const char *path, bool was, bool will)
{
	const char *text = root_read(root, path);

	if (!text && (!was || !will))
		return was;
	if (text && was && strcmp(text, OLD_TEXT) == 0)
		return 0;
	if (text && will && strcmp(text, NEW_TEXT) == 0)
		return 1;
	TAP_FAIL("%s is neither old nor new: %s", path, text ? text : "(gone)");
}

/* How many of the four are new. */
static int new_files(void)
{
	struct stat st;
	CHECK_INT(stat(root_path(root, EDIT), &st), 0);
	CHECK_INT(st.st_mode & 07777, 0640);
	return state_of(EDIT, true, true) + state_of(NEW, false, true) +
	       state_of(GONE, true, false) + state_of(DEEP, false, true);
}

static void check_whole(void)
{
	int n = new_files();
	if (n != 0 && n != 4)
		TAP_FAIL("%d of 4 files are new", n);
	if (n == 0)
		CHECK_STR(drawn(), original);
	else
		CHECK(!strstr(drawn(), ".egpu-"));
}

static bool marked(const char *name)
{
	return access(root_path(root, name), F_OK) == 0;
}

/* After recovery: whole, and (each third time, since it takes long) both ways are open. */
static void check_ways(long turn)
{
	check_whole();
	if (new_files() == 4)
		CHECK(marked("/start-late.service"));
	else
		CHECK(!marked("/stop-early.service") || marked("/start-early.service"));
	if (turn % 3)
		return;
	if (new_files() == 0) {
		fixed_plan(true);
		CHECK_INT(with_lock(do_apply), 0);
		check_whole();
	}
	CHECK_INT(new_files(), 4);
	CHECK_INT(with_lock(do_undo), 0);
	CHECK_STR(drawn(), original);
}

static void kill_everywhere(struct mischief m, long stride)
{
	struct traced t = { .killed = true };
	int old = 0, mixed = 0, new = 0;
	long n = 0;

	for (m.kill_at = 1; t.killed; m.kill_at += stride, n += t.killed) {
		begin();
		t = trace(do_apply, &m);
		int now = new_files();
		mixed += now != 0 && now != 4;
		CHECK_INT(with_lock(do_recover), 0);
		old += t.killed && new_files() == 0;
		new += t.killed &&new_files() == 4;
		check_ways(m.kill_at);
	}
	CHECK_INT(t.status, 0);
	CHECK(old && mixed && new);
	printf("# killed at %ld system calls: %d were taken back, %d finished; at %d not all files "
	       "were written\n",
	       n, old, new, mixed);
}

TEST(an_apply_that_is_killed_at_any_system_call_is_finished_or_taken_back)
{
	kill_everywhere((struct mischief){ 0 }, 1);
}

static bool exchanges(long call, const unsigned long long *arg)
{
	return call == SYS_renameat2 && arg[4];
}

TEST(so_it_is_where_names_cannot_be_exchanged)
{
	if (!traced_can_fail())
		TAP_SKIP("calls cannot be made to fail on this processor");
	kill_everywhere(
	    (struct mischief){ .fails = exchanges, .fail_at = 1, .on = true, .error = EINVAL }, 3);
}

TEST(a_recovery_that_is_killed_is_made_good_by_the_next)
{
	begin();
	long calls = trace(do_apply, &(struct mischief){ 0 }).calls, kills = 0, points = 0;

	for (long at = calls / 4; at < calls; at += calls / 10, points++) {
		struct traced t = { .killed = true };
		for (long n = 1; t.killed; n += 3 + (n + points) % 3, kills += t.killed) {
			begin();
			trace(do_apply, &(struct mischief){ .kill_at = at });
			t = trace(do_recover, &(struct mischief){ .kill_at = n });
			new_files();
			CHECK_INT(with_lock(do_recover), 0);
			check_ways(n);
		}
		CHECK_INT(t.status, 0);
	}
	printf("# recovery from %ld states, killed %ld times\n", points, kills);
}

TEST(an_undo_that_is_killed_at_any_third_system_call_is_finished_or_taken_back)
{
	struct traced t = { .killed = true };
	long n = 0, kills = 0;
	int old = 0;

	for (; t.killed; kills += t.killed) {
		begin();
		CHECK_INT(with_lock(do_apply), 0);
		t = trace(do_undo, &(struct mischief){ .kill_at = n += 3 });
		new_files();
		CHECK_INT(with_lock(do_recover), 0);
		check_whole();
		old += new_files() == 0;
		if (new_files() == 4 && kills % 3)
			continue;
		if (new_files() == 4)
			CHECK_INT(with_lock(do_undo), 0);
		CHECK_STR(drawn(), original);
	}
	CHECK(old > 1 && old < kills);
	printf("# undo killed at each third system call, %ld in all\n", kills);
}

/* Those that a full or a broken disk lets fail. */
static bool touches_disk(long call, const unsigned long long *arg)
{
	switch (call) {
	case SYS_write:
		return arg[0] > 2;
	case SYS_openat:
	case SYS_openat2:
	case SYS_pwrite64:
	case SYS_ftruncate:
	case SYS_fsync:
	case SYS_renameat:
	case SYS_renameat2:
	case SYS_mkdirat:
	case SYS_unlinkat:
	case SYS_fchmod:
	case SYS_fchown:
	case SYS_fsetxattr:
	case SYS_read:
	case SYS_fstatfs:
	case SYS_statx:
	case SYS_getdents64:
	case SYS_newfstatat:
	case SYS_flistxattr:
		return true;
	}
	return false;
}

/* What needs room. A file that is only opened, and a name that is removed, do not. */
static bool needs_room(long call, const unsigned long long *arg)
{
	return (call == SYS_write && arg[0] > 2) || call == SYS_pwrite64 || call == SYS_mkdirat ||
	       (call == SYS_openat && arg[2] & O_CREAT);
}

static void each_fails(struct mischief m, const char *said)
{
	long refused = 0;
	bool reached = true;

	for (m.fail_at = 1; reached; m.fail_at++) {
		begin();
		struct traced t = trace(do_apply, &m);
		reached = t.could_fail >= m.fail_at;
		if (t.status != 0 && t.status != 1)
			TAP_FAIL("at failure %ld it ended with %d", m.fail_at, t.status);
		int now = new_files();
		if (now != 0 && now != 4)
			TAP_FAIL("after failure %ld only %d of 4 are new", m.fail_at, now);
		CHECK(t.status != 0 || now == 4);
		CHECK(reached || t.status == 0);
		refused += now == 0;
		CHECK_INT(with_lock(do_recover), 0);
		check_ways(m.fail_at);
	}
	CHECK(refused);
	printf("# %s at each of %ld calls: %ld left all as it was\n", said, m.fail_at - 2, refused);
}

TEST(a_call_that_fails_leaves_nothing_half_done)
{
	if (!traced_can_fail())
		TAP_SKIP("calls cannot be made to fail on this processor");
	each_fails((struct mischief){ .error = EIO, .fails = touches_disk }, "EIO");
	each_fails((struct mischief){ .error = ENOSPC, .fails = needs_room }, "ENOSPC");
}

TEST(a_disk_that_is_full_from_some_moment_on_leaves_nothing_half_done)
{
	if (!traced_can_fail())
		TAP_SKIP("calls cannot be made to fail on this processor");
	each_fails((struct mischief){ .error = ENOSPC, .fails = needs_room, .on = true },
		   "no room from there on,");
}
