/* SPDX-License-Identifier: MIT */
#include "apply.h"

#include <linux/fs.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/xattr.h>

static void three_files(void)
{
	put("/etc/modprobe.d/x.conf", "options a b=1\n");
	put("/etc/gone", "to be removed");
	plan.count = 0;
	plan_file(&plan, "/etc/modprobe.d/x.conf", "options a b=1\n", "options a b=2\r\n\tc");
	plan_file(&plan, "/etc/new.d/deep/n.conf", NULL, "new\n");
	plan_file(&plan, "/etc/gone", "to be removed", NULL);
}

static void check_old(void)
{
	CHECK_STR(got("/etc/modprobe.d/x.conf"), "options a b=1\n");
	CHECK_STR(got("/etc/new.d/deep/n.conf"), "(none)");
	CHECK_STR(got("/etc/gone"), "to be removed");
	CHECK(access(root_path(root(), "/etc/new.d"), F_OK) < 0);
	CHECK(is_clean("/"));
}

static void check_new(void)
{
	CHECK_STR(got("/etc/modprobe.d/x.conf"), "options a b=2\r\n\tc");
	CHECK_STR(got("/etc/new.d/deep/n.conf"), "new\n");
	CHECK_STR(got("/etc/gone"), "(none)");
	CHECK(is_clean("/"));
}

TEST(a_plan_writes_makes_and_removes_files)
{
	three_files();
	CHECK_INT(apply(), 0);
	check_new();
	CHECK(*id);
	CHECK_INT(kept(), 1);
	struct stat st;
	CHECK_INT(stat(root_path(root(), "/etc/new.d/deep"), &st), 0);
	CHECK_INT(st.st_mode & 07777, 0755);
	CHECK_INT(stat(root_path(root(), "/etc/new.d/deep/n.conf"), &st), 0);
	CHECK_INT(st.st_mode & 07777, 0644);
}

TEST(a_plan_without_steps_leaves_nothing)
{
	plan.count = 0;
	plan_step(&plan, STEP_PERSON, "pull the cable");
	CHECK_INT(apply(), 0);
	CHECK_STR(id, "");
	CHECK_INT(kept(), 0);
}

TEST(undo_gives_back_the_bytes_and_removes_what_was_made)
{
	three_files();
	CHECK_INT(apply(), 0);
	const char *first = id;
	CHECK_INT(undo(first), 0);
	check_old();
	CHECK(strcmp(id, first) > 0);
	CHECK_INT(undo(first), -EALREADY);
	CHECK(strstr(err.text, "is undone already"));
}

TEST(undo_of_an_undo_does_it_again_and_so_on)
{
	three_files();
	CHECK_INT(apply(), 0);
	const char *first = id;
	CHECK_INT(undo(first), 0);
	const char *second = id;
	CHECK_INT(undo(second), 0);
	check_new();
	CHECK_INT(undo(second), -EALREADY);
	CHECK_INT(undo(first), 0);
	check_old();
	CHECK_INT(undo(id), 0);
	check_new();
	CHECK_INT(kept(), 5);
}

TEST(mode_owner_and_attributes_stay_with_the_file)
{
	put("/etc/a", "1");
	put("/etc/b", "1");
	const char *a = root_path(root(), "/etc/a"), *b = root_path(root(), "/etc/b");
	bool has_xattr = setxattr(a, "user.note", "\0x", 2, 0) == 0 &&
			 setxattr(b, "user.note", "\0x", 2, 0) == 0;
	if (geteuid() == 0 && (chown(a, 12, 34) < 0 || chown(b, 12, 34) < 0))
		abort();
	CHECK_INT(chmod(a, 04751), 0);
	CHECK_INT(chmod(b, 0640), 0);
	plan.count = 0;
	plan_file(&plan, "/etc/a", "1", "22");
	plan_file(&plan, "/etc/b", "1", NULL);
	CHECK_INT(apply(), 0);
	for (int turn = 0; turn < 2; turn++) {
		struct stat st;
		char note[8];
		CHECK_INT(stat(a, &st), 0);
		CHECK_INT(st.st_mode & 07777, 04751);
		CHECK_INT(st.st_uid, geteuid() ? geteuid() : 12);
		CHECK_INT(st.st_gid, geteuid() ? getegid() : 34);
		CHECK(!has_xattr || (getxattr(a, "user.note", note, 8) == 2 && note[1] == 'x'));
		CHECK(turn || undo(id) == 0);
	}
	struct stat st;
	char note[8];
	CHECK_STR(got("/etc/a"), "1");
	CHECK_STR(got("/etc/b"), "1");
	CHECK_INT(stat(b, &st), 0);
	CHECK_INT(st.st_mode & 07777, 0640);
	CHECK_INT(st.st_uid, geteuid() ? geteuid() : 12);
	CHECK(!has_xattr || getxattr(b, "user.note", note, 8) == 2);
	if (!has_xattr)
		TAP_SKIP("no user attributes on this file system");
}

/* An ACL as the kernel keeps it: version 2, then tag, permissions and id of each entry. */
static const unsigned char acl[] = { 2,   0,   0,   0,   1,   0,   6,  0,   255, 255, 255,
				     255, 2,   0,   4,   0,   5,   0,  0,   0,   4,   0,
				     4,   0,   255, 255, 255, 255, 16, 0,   4,   0,   255,
				     255, 255, 255, 32,  0,   0,   0,  255, 255, 255, 255 };

TEST(an_acl_stays_and_none_is_inherited)
{
	unsigned char have[64];
	put("/etc/a", "1");
	put("/etc/b", "1");
	const char *a = root_path(root(), "/etc/a"), *b = root_path(root(), "/etc/b");
	if (setxattr(a, "system.posix_acl_access", acl, sizeof(acl), 0) < 0 ||
	    setxattr(root_path(root(), "/etc"), "system.posix_acl_default", acl, sizeof(acl), 0) <
		0)
		TAP_SKIP("no ACLs on this file system");
	CHECK_INT(chmod(b, 0600), 0);
	plan.count = 0;
	plan_file(&plan, "/etc/a", "1", "2");
	plan_file(&plan, "/etc/b", "1", "2");
	CHECK_INT(apply(), 0);
	CHECK_INT(getxattr(a, "system.posix_acl_access", have, sizeof(have)), sizeof(acl));
	CHECK_INT(memcmp(have, acl, sizeof(acl)), 0);
	CHECK_INT(getxattr(b, "system.posix_acl_access", have, sizeof(have)), -1);
	struct stat st;
	CHECK_INT(stat(b, &st), 0);
	CHECK_INT(st.st_mode & 07777, 0600);
}

TEST(a_new_file_in_a_home_belongs_to_its_user)
{
	if (geteuid() != 0)
		TAP_SKIP("needs root");
	put("/home/u/stack/compose.yaml", "services: {}\n");
	CHECK_INT(chown(root_path(root(), "/home/u/stack"), 1000, 1001), 0);
	plan.count = 0;
	plan_file(&plan, "/home/u/stack/compose.override.yaml", NULL, "x")->file.mode = 0600;
	plan_file(&plan, "/home/u/stack/d/e", NULL, "x");
	CHECK_INT(apply(), 0);
	static const char *const made[] = { "/compose.override.yaml", "/d", "/d/e" };
	for (size_t i = 0; i < COUNT_OF(made); i++) {
		struct stat st;
		char path[64];
		snprintf(path, sizeof(path), "/home/u/stack%s", made[i]);
		CHECK_INT(lstat(root_path(root(), path), &st), 0);
		CHECK_INT(st.st_uid, 1000);
		CHECK_INT(st.st_gid, 1001);
		CHECK(i || (st.st_mode & 07777) == 0600);
	}
}

/* One more file, which cannot be written: the others stay as they are, and nothing is kept. */
static void refused(const char *path, const char *before, int code, const char *said)
{
	three_files();
	plan_file(&plan, path, before, "2");
	int r = apply();
	printf("# %s\n", err.text);
	CHECK_INT(r, code);
	if (!strstr(err.text, said))
		TAP_FAIL("\"%s\" is not in: %s", said, err.text);
	CHECK_STR(id, "");
	CHECK_INT(kept(), 0);
	check_old();
}

TEST(a_link_is_refused_and_told_where_it_leads)
{
	put("/usr/x", "1");
	put("/etc/", "");
	CHECK_INT(symlink("../usr/x", root_path(root(), "/etc/l")), 0);
	refused("/etc/l", "1", -ELOOP, "/etc/l is a link to ../usr/x");
	CHECK_STR(got("/usr/x"), "1");
}

TEST(what_is_no_regular_file_is_refused)
{
	put("/etc/d/", "");
	refused("/etc/d", NULL, -EINVAL, "/etc/d is no regular file");
	CHECK_INT(mkfifo(root_path(root(), "/etc/f"), 0600), 0);
	refused("/etc/f", NULL, -EINVAL, "/etc/f is no regular file");
	put("/etc/file", "1");
	refused("/etc/file/x", NULL, -ENOTDIR, "/etc/file");
	refused("/etc/../x", NULL, -EINVAL, "'/etc/../x' is no path of a file");
	refused("relative", NULL, -EINVAL, "'relative' is no path of a file");
}

TEST(a_file_that_changed_since_is_refused)
{
	put("/etc/e", "edited");
	refused("/etc/e", "1", -ESTALE, "/etc/e changed since it was looked at");
	refused("/etc/e", NULL, -ESTALE, "/etc/e changed since it was looked at");
	refused("/etc/none", "1", -ESTALE, "/etc/none changed since it was looked at");
	CHECK_STR(got("/etc/e"), "edited");
}

TEST(a_file_of_two_names_is_refused)
{
	put("/etc/h", "1");
	CHECK_INT(link(root_path(root(), "/etc/h"), root_path(root(), "/etc/h2")), 0);
	refused("/etc/h", "1", -EMLINK, "/etc/h has 2 names");
}

TEST(a_link_to_a_directory_leads_inside_the_root_only)
{
	put("/usr/lib/x", "1");
	CHECK_INT(symlink("/usr/lib", root_path(root(), "/lib")), 0);
	plan.count = 0;
	plan_file(&plan, "/lib/x", "1", "2");
	plan_file(&plan, "/lib/sub/y", NULL, "3");
	CHECK_INT(apply(), 0);
	CHECK_STR(got("/usr/lib/x"), "2");
	CHECK_STR(got("/usr/lib/sub/y"), "3");
	CHECK_INT(symlink("../../../../../../../../tmp", root_path(root(), "/out")), 0);
	plan.count = 0;
	plan_file(&plan, "/out/z", NULL, "3");
	CHECK_INT(apply(), -ENOENT);
}

TEST(a_users_link_is_not_followed_into_what_is_not_theirs)
{
	if (geteuid() != 0)
		TAP_SKIP("needs root");
	const char *link = root_path(root(), "/home/u/stack");
	put("/home/u/", "");
	put("/home/v/", "");
	put("/etc/cron.d/", "");
	CHECK_INT(chown(root_path(root(), "/home/v"), 1000, 1000), 0);
	CHECK_INT(symlink("/etc/cron.d", link), 0);
	CHECK_INT(lchown(link, 1000, 1000), 0);
	refused("/home/u/stack/compose.override.yaml", NULL, -ELOOP,
		"/home/u/stack is a link that user 1000 made");
	CHECK_INT(unlink(link), 0);
	CHECK_INT(symlink("/home/v", link), 0);
	CHECK_INT(lchown(link, 1000, 1000), 0);
	plan.count = 0;
	plan_file(&plan, "/home/u/stack/o", NULL, "x");
	CHECK_INT(apply(), 0);
	CHECK_STR(got("/home/v/o"), "x");
}

static int set_flags(const char *path, int flags)
{
	int fd = open(root_path(root(), path), O_RDONLY | O_CLOEXEC);
	int r = fd < 0 ? -1 : ioctl(fd, FS_IOC_SETFLAGS, &flags);
	close(fd);
	return r;
}

TEST(what_is_immutable_or_only_grows_is_refused)
{
	put("/etc/i", "1");
	put("/etc/id/x", "1");
	if (set_flags("/etc/i", FS_IMMUTABLE_FL) < 0)
		TAP_SKIP("no chattr +i: needs root and a file system that has it");
	refused("/etc/i", "1", -EPERM, "/etc/i may not be changed (chattr +i or +a)");
	set_flags("/etc/i", FS_APPEND_FL);
	refused("/etc/i", "1", -EPERM, "/etc/i may not be changed (chattr +i or +a)");
	set_flags("/etc/i", 0);
	set_flags("/etc/id", FS_IMMUTABLE_FL);
	refused("/etc/id/x", "1", -EPERM, "/etc/id may not be changed");
	set_flags("/etc/id", 0);
}

/* A disk of that many KiB at /small, which nobody else sees. */
static void small_disk(unsigned kib)
{
	char options[32];
	snprintf(options, sizeof(options), "size=%uk", kib);
	put("/small/", "");
	if (unshare(CLONE_NEWNS) < 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
	    mount("small", root_path(root(), "/small"), "tmpfs", 0, options) < 0)
		TAP_SKIP("no mount namespace: needs root");
	put("/small/f", "1");
}

TEST(a_disk_without_room_is_refused)
{
	small_disk(64);
	refused("/small/f", "1", -ENOSPC, "/small/f: 60 KiB are free on its disk, and 68 KiB");
	refused("/small/new", NULL, -ENOSPC, "/small/new: 60 KiB are free");
	plan.count = 0;
	plan_file(&plan, "/small/f", "1", NULL);
	CHECK_INT(apply(), 0);
}

TEST(a_read_only_disk_is_refused)
{
	small_disk(1024);
	CHECK_INT(mount(NULL, root_path(root(), "/small"), NULL, MS_REMOUNT | MS_RDONLY, NULL), 0);
	refused("/small/f", "1", -EROFS, "write /small/f: Read-only file system");
	refused("/small/a/b", NULL, -EROFS, "write /small/a/b: Read-only file system");
}

TEST(a_file_that_is_a_mount_is_refused)
{
	small_disk(1024);
	CHECK_INT(mount(root_path(root(), "/small/f"), root_path(root(), "/small/f"), NULL, MS_BIND,
			NULL),
		  0);
	refused("/small/f", "1", -EBUSY, "/small/f is a mount of its own");
}

TEST(two_at_once_are_told_who_is_at_it)
{
	struct apply_to to = to_root(), other = to;
	struct apply_lock one = { 0 }, two = { 0 };
	char said[64];
	snprintf(said, sizeof(said), "egpu setup (pid %d) is at it since ", getpid());
	other.command = "egpu undo";
	CHECK_INT(apply_lock(&to, &one, &err), 0);
	CHECK_INT(apply_lock(&other, &two, &err), -EBUSY);
	CHECK(str_starts(err.text, said));
	CHECK(str_ends(err.text, "; wait for it to end"));
	CHECK_INT(two.fd, 0);
	apply_unlock(&one);
	CHECK_INT(apply_lock(&other, &two, &err), 0);
	apply_unlock(&two);
}

TEST(undo_is_refused_after_an_edit_and_shows_both_sides)
{
	struct file_change *edited;
	size_t count;
	struct apply_to to = to_root();
	three_files();
	CHECK_INT(apply(), 0);
	const char *first = id;
	put("/etc/modprobe.d/x.conf", "mine\n");
	put("/etc/gone", "here again");
	CHECK_INT(transaction_undo(&to, &arena, first, &plan, &edited, &count, &err), 0);
	CHECK_INT(count, 2);
	CHECK_STR(edited[0].path, "/etc/modprobe.d/x.conf");
	CHECK_STR(edited[0].before.data, "options a b=2\r\n\tc");
	CHECK_STR(edited[0].after.data, "mine\n");
	CHECK_INT(edited[1].existed, false);
	CHECK_STR(edited[1].after.data, "here again");
	CHECK_INT(plan.refusal_count, 2);
	CHECK(str_starts(plan.refusal[0].text, "/etc/modprobe.d/x.conf was edited since"));
	CHECK_INT(plan.refusal[0].shell.count, 1);
	CHECK_INT(transaction_apply_undo(&to, &arena, first, &plan, &id, &err), -ESTALE);
	CHECK_STR(got("/etc/modprobe.d/x.conf"), "mine\n");
	CHECK_STR(got("/etc/new.d/deep/n.conf"), "new\n");
	put("/etc/modprobe.d/x.conf", "options a b=1\n");
	CHECK_INT(unlink(root_path(root(), "/etc/gone")), 0);
	CHECK_INT(undo(first), 0);
	check_old();
}

TEST(a_file_that_was_changed_again_names_the_later_transaction)
{
	put("/etc/a", "1");
	plan.count = 0;
	plan_file(&plan, "/etc/a", "1", "2");
	CHECK_INT(apply(), 0);
	const char *first = id;
	plan.count = 0;
	plan_file(&plan, "/etc/a", "2", "3");
	CHECK_INT(apply(), 0);
	const char *second = id;
	CHECK_INT(undo(first), -ESTALE);
	CHECK(str_ends(err.text, second));
	CHECK_INT(undo(second), 0);
	CHECK_INT(undo(first), 0);
	CHECK_STR(got("/etc/a"), "1");
}

TEST(directories_that_somebody_uses_are_left)
{
	three_files();
	CHECK_INT(apply(), 0);
	put("/etc/new.d/theirs", "x");
	CHECK_INT(undo(id), 0);
	CHECK_STR(got("/etc/new.d/theirs"), "x");
	CHECK(access(root_path(root(), "/etc/new.d/deep"), F_OK) < 0);
}

TEST(what_is_kept_is_for_root_alone)
{
	three_files();
	CHECK_INT(apply(), 0);
	char command[4200];
	snprintf(command, sizeof(command), "test -z \"$(find '%s/var/lib/egpu' -perm /077)\"",
		 root());
	CHECK_INT(system(command), 0);
}

TEST(no_such_transaction_is_said)
{
	CHECK_INT(undo("20261009-084107-1"), -ENOENT);
	three_files();
	CHECK_INT(apply(), 0);
	CHECK_INT(undo("../../etc"), -ENOENT);
	CHECK_STR(err.text, "there is no transaction '../../etc'");
}
