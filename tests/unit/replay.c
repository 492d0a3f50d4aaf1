/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <sys/stat.h>

#include "recording/recording.h"
#include "scratch.h"
#include "tap.h"

static struct host *open_recording(const char *name)
{
	struct err e = { 0 };
	struct host *h = host_replay(scratch_path(name), &e);
	if (!h)
		TAP_FAIL("%s", e.text);
	return h;
}

/* What a read gives: the text, or "!" and the error's name. */
static const char *reads(struct host *h, struct arena *a, const char *path)
{
	struct bytes b;
	int r = host_read(h, a, path, &b, NULL);
	return r < 0 ? arena_printf(a, "!%s", strerrorname_np(-r)) : b.data;
}

static const char *asks(struct host *h, struct arena *a, enum source who, const char *question)
{
	struct bytes b;
	int r = host_ask(h, a, who, question, &b, NULL);
	return r < 0 ? arena_printf(a, "!%s", strerrorname_np(-r)) : b.data;
}

static const char *lists(struct host *h, struct arena *a, const char *dir)
{
	struct names n;
	int r = host_list(h, a, dir, &n, NULL);
	const char *out = r < 0 ? arena_printf(a, "!%s", strerrorname_np(-r)) : "";
	for (size_t i = 0; r == 0 && i < n.count; i++)
		out = arena_printf(a, "%s%s%s", out, i ? " " : "", n.name[i]);
	return out;
}

static const char *stats(struct host *h, struct arena *a, const char *path)
{
	static const char *const type[] = { "file",  "dir",    "link", "char",
					    "block", "socket", "other" };
	struct host_stat s;
	int r = host_stat(h, a, path, &s, NULL);
	if (r < 0)
		return arena_printf(a, "!%s", strerrorname_np(-r));
	return arena_printf(a, "%s %04o %u:%u %u:%u size=%llu mtime=%lld %s", type[s.type], s.mode,
			    s.uid, s.gid, s.major, s.minor, (unsigned long long)s.size_bytes,
			    (long long)s.mtime_sec, s.target);
}

static void base(void)
{
	scratch_text("base/egpu-recording",
		     "version=1\nnote=the machine that others differ from\n");
	scratch_text("base/tree/etc/os-release", "ID=arch\n");
	scratch_text("base/tree/etc/docker/daemon.json", "{}");
	scratch_text("base/tree/sys/devices/pci0000:00/0000:22:00.0/vendor", "0x10de\n");
	scratch_text("base/tree/sys/devices/pci0000:00/0000:22:00.0/device", "0x2504\n");
	scratch_text("base/tree/sys/module/nvidia/version", "590.48.01\n");
	scratch_text("base/answers/docker/info", "{\"a\":1}");
	scratch_text("base/answers/docker/containers/json?all=1", "[]");
	scratch_text("base/answers/ollama/172.17.0.2:11434/api/version", "{}");
	scratch_text(
	    "base/meta",
	    "# what files cannot carry\n"
	    "/dev/nvidia0 char 195:0 mode=0666\n"
	    "/sys/bus/pci/devices/0000:22:00.0 -> ../../../devices/pci0000:00/0000:22:00.0\n"
	    "/sys/devices/pci0000:00/0000:22:00.0/driver -> "
	    "../../../bus/pci/drivers/nvidia\n"
	    "/sys/bus/pci/drivers/nvidia/module -> ../../../../module/nvidia\n"
	    "/sys/empty dir\n"
	    "/boot/initramfs.img file size=38000000 mtime=1760000000\n"
	    "/loop/a -> b\n/loop/b -> a\n"
	    "/root/secret !EACCES\n"
	    "/etc/with%20blank file size=3\n"
	    "bolt: !EHOSTDOWN\n"
	    "docker:/version !ETIMEDOUT\n");
}

TEST(a_recording_answers_what_it_holds_and_nothing_else)
{
	ARENA a = { 0 };
	base();
	HOST *h = open_recording("base");
	CHECK_STR(reads(h, &a, "/etc/os-release"), "ID=arch\n");
	CHECK_STR(reads(h, &a, "//etc/./os-release"), "ID=arch\n");
	CHECK_STR(reads(h, &a, "/etc"), "!EISDIR");
	CHECK_STR(reads(h, &a, "/etc/passwd"), "!ENOENT");
	CHECK_STR(reads(h, &a, "/dev/nvidia0"), "!EINVAL");
	CHECK_STR(reads(h, &a, "/boot/initramfs.img"), "!EFBIG");
	CHECK_STR(reads(h, &a, "/etc/with blank"), "!ENODATA");
	CHECK_STR(lists(h, &a, "/etc"), "docker os-release with blank");
	CHECK_STR(lists(h, &a, "/"), "boot dev etc loop root sys");
	CHECK_STR(lists(h, &a, "/sys/empty"), "");
	CHECK_STR(lists(h, &a, "/nowhere"), "!ENOENT");
	CHECK_STR(lists(h, &a, "/etc/os-release"), "!ENOTDIR");
	CHECK_STR(asks(h, &a, SOURCE_DOCKER, "/info"), "{\"a\":1}");
	CHECK_STR(asks(h, &a, SOURCE_DOCKER, "/containers/json?all=1"), "[]");
	CHECK_STR(asks(h, &a, SOURCE_OLLAMA, "172.17.0.2:11434/api/version"), "{}");
	CHECK_STR(asks(h, &a, SOURCE_DOCKER, "/version"), "!ETIMEDOUT");
	CHECK_STR(asks(h, &a, SOURCE_DOCKER, "/images"), "!ENOENT");
	CHECK_STR(asks(h, &a, SOURCE_BOLT, "manager"), "!EHOSTDOWN");
}

TEST(stat_comes_from_meta_and_has_defaults_for_plain_files)
{
	ARENA a = { 0 };
	base();
	HOST *h = open_recording("base");
	CHECK_STR(stats(h, &a, "/dev/nvidia0"), "char 0666 0:0 195:0 size=0 mtime=0 ");
	CHECK_STR(stats(h, &a, "/etc/os-release"), "file 0644 0:0 0:0 size=8 mtime=0 ");
	CHECK_STR(stats(h, &a, "/etc"), "dir 0755 0:0 0:0 size=0 mtime=0 ");
	CHECK_STR(stats(h, &a, "/boot/initramfs.img"),
		  "file 0644 0:0 0:0 size=38000000 mtime=1760000000 ");
	CHECK_STR(stats(h, &a, "/sys/bus/pci/devices/0000:22:00.0"),
		  "link 0777 0:0 0:0 size=0 mtime=0 ../../../devices/pci0000:00/0000:22:00.0");
	CHECK_STR(stats(h, &a, "/root/secret"), "!EACCES");
	CHECK_STR(stats(h, &a, "/root/secret/below"), "!EACCES");
}

TEST(links_of_meta_are_followed_as_the_kernel_follows_them)
{
	ARENA a = { 0 };
	base();
	HOST *h = open_recording("base");
	CHECK_STR(reads(h, &a, "/sys/bus/pci/devices/0000:22:00.0/vendor"), "0x10de\n");
	CHECK_STR(lists(h, &a, "/sys/bus/pci/devices/0000:22:00.0"), "device driver vendor");
	CHECK_STR(stats(h, &a, "/sys/bus/pci/devices/0000:22:00.0/driver"),
		  "link 0777 0:0 0:0 size=0 mtime=0 ../../../bus/pci/drivers/nvidia");
	CHECK_STR(reads(h, &a, "/sys/bus/pci/devices/0000:22:00.0/driver/module/version"),
		  "590.48.01\n");
	CHECK_STR(reads(h, &a, "/sys/bus/pci/devices/0000:22:00.0/../0000:22:00.0/vendor"),
		  "0x10de\n");
	CHECK_STR(reads(h, &a, "/loop/a"), "!ELOOP");
	CHECK_STR(lists(h, &a, "/loop/a/x"), "!ELOOP");
}

TEST(an_overlay_answers_first_and_errors_hide_the_base)
{
	ARENA a = { 0 };
	base();
	scratch_text("top/egpu-recording", "[recording]\nversion=1\nbase=../base\n");
	scratch_text("top/tree/etc/docker/daemon.json", "{\"x\":2}");
	scratch_text("top/tree/etc/docker/new", "n");
	scratch_text("top/tree/sys/bus/pci/devices/0000:22:00.0/power", "on");
	scratch_text("top/answers/bolt/manager", "{}");
	scratch_text("top/meta", "/etc/os-release !ENOENT\n"
				 "/boot !EACCES\n"
				 "/sys/module !ENOENT\n"
				 "/dev/nvidia0 !ENOENT\n"
				 "docker: !EPERM\n");
	HOST *h = open_recording("top");
	CHECK_STR(reads(h, &a, "/etc/docker/daemon.json"), "{\"x\":2}");
	CHECK_STR(reads(h, &a, "/etc/os-release"), "!ENOENT");
	CHECK_STR(stats(h, &a, "/etc/os-release"), "!ENOENT");
	CHECK_STR(stats(h, &a, "/boot/initramfs.img"), "!EACCES");
	CHECK_STR(lists(h, &a, "/boot"), "!EACCES");
	CHECK_STR(reads(h, &a, "/sys/module/nvidia/version"), "!ENOENT");
	CHECK_STR(lists(h, &a, "/etc"), "docker with blank");
	CHECK_STR(lists(h, &a, "/etc/docker"), "daemon.json new");
	CHECK_STR(lists(h, &a, "/dev"), "");
	CHECK_STR(lists(h, &a, "/"), "boot dev etc loop root sys");
	CHECK_STR(lists(h, &a, "/sys/bus/pci/devices/0000:22:00.0"), "device driver power vendor");
	CHECK_STR(asks(h, &a, SOURCE_DOCKER, "/info"), "!EPERM");
	CHECK_STR(asks(h, &a, SOURCE_BOLT, "manager"), "{}");
	CHECK_STR(asks(h, &a, SOURCE_BOLT, "devices"), "!EHOSTDOWN");
}

TEST(a_directory_that_is_not_there_but_has_files_replaces_the_bases)
{
	ARENA a = { 0 };
	base();
	scratch_text("top/egpu-recording", "version=1\nbase=../base\n");
	scratch_text("top/tree/etc/docker/new", "n");
	scratch_text("top/meta", "/etc !ENOENT\n");
	HOST *h = open_recording("top");
	CHECK_STR(lists(h, &a, "/etc"), "docker");
	CHECK_STR(lists(h, &a, "/etc/docker"), "new");
	CHECK_STR(reads(h, &a, "/etc/docker/daemon.json"), "!ENOENT");
	CHECK_STR(stats(h, &a, "/etc"), "dir 0755 0:0 0:0 size=0 mtime=0 ");
}

TEST(a_line_may_change_what_is_known_of_a_file_and_leave_its_bytes)
{
	ARENA a = { 0 };
	base();
	scratch_text("top/egpu-recording", "version=1\nbase=../base\n");
	scratch_text("top/meta", "/etc/docker/daemon.json file mtime=77\n"
				 "/etc/os-release file mode=0600 !EACCES\n");
	HOST *h = open_recording("top");
	CHECK_STR(reads(h, &a, "/etc/docker/daemon.json"), "{}");
	CHECK_STR(stats(h, &a, "/etc/docker/daemon.json"), "file 0644 0:0 0:0 size=2 mtime=77 ");
	CHECK_STR(reads(h, &a, "/etc/os-release"), "!EACCES");
	CHECK_STR(stats(h, &a, "/etc/os-release"), "file 0600 0:0 0:0 size=8 mtime=0 ");
}

TEST(nothing_outside_a_recording_is_read)
{
	ARENA a = { 0 };
	scratch_text("r/egpu-recording", "version=1\n");
	scratch_text("r/tree/etc/x", "x");
	scratch_text("secret/tree", "the secret");
	CHECK_INT(symlink("../../../secret", scratch_path("r/tree/etc/out")), 0);
	CHECK_INT(symlink("x", scratch_path("r/tree/etc/link")), 0);
	CHECK_INT(mkfifo(scratch_path("r/tree/etc/fifo"), 0666), 0);
	HOST *h = open_recording("r");
	CHECK_STR(reads(h, &a, "/etc/out/tree"), "!ENOENT");
	CHECK_STR(reads(h, &a, "/etc/link"), "!ENOENT");
	CHECK_STR(reads(h, &a, "/etc/fifo"), "!ENOENT");
	CHECK_STR(reads(h, &a, "/../../secret/tree"), "!ENOENT");
	CHECK_STR(reads(h, &a, "/etc/../../../secret/tree"), "!ENOENT");
	CHECK_STR(asks(h, &a, SOURCE_DOCKER, "/../../../secret/tree"), "!ENOENT");
	CHECK_STR(lists(h, &a, "/../.."), "etc");
}

/* The story that opening a recording tells, without the scratch directory's name. */
static const char *opening(const char *name)
{
	static struct err e;
	HOST *h = host_replay(scratch_path(name), &e);
	CHECK(!h);
	char *at = strstr(e.text, scratch());
	if (at)
		memmove(at, at + strlen(scratch()) + 1, strlen(at + strlen(scratch()) + 1) + 1);
	return e.text;
}

TEST(a_recording_that_cannot_be_understood_says_where)
{
	CHECK_STR(opening("none"), "recording none: No such file or directory");
	scratch_text("plain/x", "");
	CHECK_STR(opening("plain"), "plain is no recording: it has no file egpu-recording");
	scratch_text("v2/egpu-recording", "# later\nversion=2\n");
	CHECK_STR(opening("v2"), "v2/egpu-recording:2: want version=1, base=PATH or note=TEXT");
	scratch_text("v0/egpu-recording", "note=x\n");
	CHECK_STR(opening("v0"), "v0/egpu-recording: has no line version=1");
	scratch_text("self/egpu-recording", "version=1\nbase=../self\n");
	CHECK(strstr(opening("self"), "more than 8 recordings based on each other"));
	scratch_text("m/egpu-recording", "version=1\n");
	scratch_text("m/meta", "/a file\n\n/b !EWHAT\n");
	CHECK_STR(opening("m"), "m/meta:3: '!EWHAT' is not understood");
}
