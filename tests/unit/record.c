/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <sys/stat.h>

#include "recording/recording.h"
#include "scratch.h"
#include "tap.h"

/* What a host says, as one text: the errno's name, or all of the answer. */
static const char *says(struct host *h, struct arena *a, const char *question)
{
	struct bytes b;
	struct names n;
	struct host_stat s;
	const char *what = strchr(question, ' ') + 1, *out = "";
	int r = -EINVAL;

	if (str_starts(question, "read ") && (r = host_read(h, a, what, &b, NULL)) == 0)
		out = b.data;
	if (str_starts(question, "docker ") &&
	    (r = host_ask(h, a, SOURCE_DOCKER, what, &b, NULL)) == 0)
		out = b.data;
	if (str_starts(question, "bolt ") && (r = host_ask(h, a, SOURCE_BOLT, what, &b, NULL)) == 0)
		out = b.data;
	if (str_starts(question, "list ") && (r = host_list(h, a, what, &n, NULL)) == 0)
		for (size_t i = 0; i < n.count; i++)
			out = arena_printf(a, "%s%s ", out, n.name[i]);
	if (str_starts(question, "stat ") && (r = host_stat(h, a, what, &s, NULL)) == 0)
		out = arena_printf(a, "%d %04o %u:%u %u:%u %llu %lld %s", s.type, s.mode, s.uid,
				   s.gid, s.major, s.minor, (unsigned long long)s.size_bytes,
				   (long long)s.mtime_sec, s.target);
	return r < 0 ? arena_printf(a, "!%s", strerrorname_np(-r)) : out;
}

static struct host *recorder_of(struct host *inner)
{
	struct err e = { 0 };
	struct host *h = inner ? host_record(inner, &e) : NULL;
	if (!h)
		TAP_FAIL("%s", e.text);
	return h;
}

static struct host *live(const char *root)
{
	return host_live(&(struct host_options){ .root = scratch_path(root) }, NULL);
}

static void save(struct host *h, const char *name)
{
	struct err e = { 0 };
	if (recording_save(h, scratch_path(name), false, &e) < 0)
		TAP_FAIL("%s", e.text);
}

static struct host *replay(const char *name)
{
	struct err e = { 0 };
	struct host *h = host_replay(scratch_path(name), &e);
	if (!h)
		TAP_FAIL("%s", e.text);
	return h;
}

/* Asks a host everything, records it, and asks both recordings the same. */
static void check_round_trip(struct host *inner, const char *const *question, size_t count)
{
	ARENA a = { 0 };
	HOST *h = recorder_of(inner);
	const char *answer[64];

	for (size_t i = 0; i < count; i++)
		answer[i] = says(h, &a, question[i]);
	save(h, "saved/");
	save(h, "saved.tar.zst");
	HOST *directory = replay("saved");
	HOST *archive = replay("saved.tar.zst");
	for (size_t i = 0; i < count; i++) {
		if (!str_eq(says(directory, &a, question[i]), answer[i]))
			TAP_FAIL("%s: %s, not %s", question[i], says(directory, &a, question[i]),
				 answer[i]);
		if (!str_eq(says(archive, &a, question[i]), answer[i]))
			TAP_FAIL("archive, %s: %s, not %s", question[i],
				 says(archive, &a, question[i]), answer[i]);
	}
}

static void machine(void)
{
	scratch_text("root/etc/os-release", "ID=arch\n");
	scratch_text("root/etc/empty", "");
	scratch_text("root/sys/devices/pci0000:00/0000:22:00.0/vendor", "0x10de\n");
	scratch_text("root/sys/devices/pci0000:00/0000:22:00.0/device", "0x2504\n");
	scratch_text("root/sys/bus/pci/devices/", "");
	scratch_text("root/sys/none/", "");
	scratch_text("root/a b/100%/#x", "odd");
	scratch_write("root/etc/binary", "\0\xff\n\0", 4);
	CHECK_INT(symlink("../../../devices/pci0000:00/0000:22:00.0",
			  scratch_path("root/sys/bus/pci/devices/0000:22:00.0")),
		  0);
	CHECK_INT(symlink("nowhere", scratch_path("root/etc/dangling")), 0);
	CHECK_INT(mkfifo(scratch_path("root/run.fifo"), 0620), 0);
	CHECK_INT(chmod(scratch_path("root/etc/empty"), 0640), 0);
}

TEST(a_recording_answers_what_the_host_answered)
{
	static const char *const question[] = {
		"read /etc/os-release",
		"read /etc/empty",
		"read /etc/binary",
		"read /etc/dangling",
		"read /etc/none",
		"read /etc",
		"read /run.fifo",
		"read /a b/100%/#x",
		"read /sys/bus/pci/devices/0000:22:00.0/vendor",
		"read /sys/bus/pci/devices/0000:22:00.0/none",
		"read /sys/bus/pci/devices/0000:22:00.0/../0000:22:00.0/device",
		"list /etc",
		"list /sys/bus/pci/devices",
		"list /sys/bus/pci/devices/0000:22:00.0",
		"list /sys/none",
		"list /etc/os-release",
		"list /none",
		"list /",
		"list /a b",
		"stat /etc/os-release",
		"stat /etc/empty",
		"stat /etc/dangling",
		"stat /etc/none",
		"stat /run.fifo",
		"stat /sys/none",
		"stat /sys/bus/pci/devices/0000:22:00.0",
		"stat /sys/devices/pci0000:00/0000:22:00.0",
		"stat /dev/null",
	};

	machine();
	check_round_trip(live("root"), question, COUNT_OF(question));
}

/* Other than a live host, a recording may refuse anything to anybody, root too. */
static void odd_machine(void)
{
	scratch_text("odd/egpu-recording", "version=1\n");
	scratch_text("odd/tree/boot/loader/entries/arch.conf", "title Arch\n");
	scratch_text("odd/tree/sys/kernel/listed/value", "1\n");
	scratch_text("odd/answers/docker/containers/json?all=1", "[ ]");
	scratch_text("odd/answers/docker/%2Fx%20y", "odd");
	scratch_text("odd/meta", "/boot/loader dir mode=0700 !EACCES\n"
				 "/sys/kernel/listed/gone other !ENOENT\n"
				 "/sys/kernel/listed/secret !EPERM\n"
				 "/dev/nvidia0 char 195:0 mode=0666 gid=27 mtime=5\n"
				 "/dev/dri/card0 block 226:1\n"
				 "/run/docker.sock socket mode=0660 gid=998\n"
				 "/etc/big file size=99999999\n"
				 "/etc/shadow !EACCES\n"
				 "docker:/info !ETIMEDOUT\n"
				 "bolt: !EHOSTDOWN\n");
}

TEST(errors_types_and_what_is_beneath_them_come_back_as_they_were)
{
	static const char *const question[] = {
		"read /boot/loader/entries/arch.conf",
		"read /boot/loader/entries/none.conf",
		"read /boot/loader/loader.conf",
		"list /boot/loader",
		"stat /boot/loader",
		"stat /boot/loader/loader.conf",
		"list /boot",
		"list /sys/kernel/listed",
		"read /sys/kernel/listed/gone",
		"read /sys/kernel/listed/value",
		"read /sys/kernel/listed/secret",
		"read /dev/nvidia0",
		"stat /dev/nvidia0",
		"stat /dev/dri/card0",
		"stat /run/docker.sock",
		"list /dev",
		"read /etc/big",
		"stat /etc/big",
		"read /etc/shadow",
		"stat /etc/shadow",
		"read /etc/shadow/below",
		"docker /containers/json?all=1",
		"docker //x y",
		"docker /info",
		"docker /version",
		"bolt manager",
		"bolt devices",
	};

	odd_machine();
	check_round_trip(replay("odd"), question, COUNT_OF(question));
}

TEST(the_same_answers_give_the_same_bytes)
{
	ARENA a = { 0 };
	struct bytes first, second;
	odd_machine();
	HOST *files = live("");
	for (int i = 0; i < 2; i++) {
		HOST *h = recorder_of(replay("odd"));
		const char *ask[] = { "list /etc", "read /boot/loader/entries/arch.conf",
				      "docker /info", "stat /dev/nvidia0" };
		for (size_t q = 0; q < COUNT_OF(ask); q++)
			says(h, &a, ask[i ? COUNT_OF(ask) - 1 - q : q]);
		save(h, i ? "b.tar.zst" : "a.tar.zst");
	}
	CHECK_INT(host_read(files, &a, "/a.tar.zst", &first, NULL), 0);
	CHECK_INT(host_read(files, &a, "/b.tar.zst", &second, NULL), 0);
	CHECK_INT(first.size, second.size);
	CHECK(memcmp(first.data, second.data, first.size) == 0);
}

TEST(what_is_kept_is_redacted_and_what_is_answered_is_not)
{
	ARENA a = { 0 };
	static const char id[] = "0123456789abcdef0123456789abcdef";
	scratch_text("in/egpu-recording", "version=1\n");
	scratch_text("in/tree/proc/sys/kernel/hostname", "gondor\n");
	scratch_text("in/tree/etc/machine-id", "0123456789abcdef0123456789abcdef\n");
	scratch_text("in/tree/etc/passwd", "root:x:0:0::/root:/bin/bash\n"
					   "nobody:x:65534:65534::/:/bin/false\n"
					   "frodo:x:1000:1000::/home/frodo:/bin/bash\n");
	scratch_text("in/tree/sys/class/dmi/id/board_serial", "PF3ABCDE\n");
	scratch_text(arena_printf(&a, "in/tree/boot/loader/entries/%s-6.17.1.conf", id),
		     "options root=UUID=5ef0eb0c-0ffe-4f03-8a32-cc21e45d1e68\n");
	scratch_text("in/answers/docker/info", "{\"Name\":\"gondor\",\"Ip\":\"172.17.0.2\"}");
	scratch_text("in/answers/ollama/172.17.0.2:11434/api/version", "{}");
	scratch_text("in/meta", "/home/frodo/link -> /home/frodo/there\n");

	HOST *h = recorder_of(replay("in"));
	CHECK_STR(says(h, &a, "docker /info"), "{\"Name\":\"gondor\",\"Ip\":\"172.17.0.2\"}");
	says(h, &a, "read /proc/sys/kernel/hostname");
	says(h, &a, "read /etc/machine-id");
	says(h, &a, "read /sys/class/dmi/id/board_serial");
	says(h, &a, "list /boot/loader/entries");
	says(h, &a, arena_printf(&a, "read /boot/loader/entries/%s-6.17.1.conf", id));
	says(h, &a, "stat /home/frodo/link");
	struct bytes b;
	CHECK_INT(host_ask(h, &a, SOURCE_OLLAMA, "172.17.0.2:11434/api/version", &b, NULL), 0);
	save(h, "out/");

	HOST *out = replay("out");
	CHECK_STR(says(out, &a, "docker /info"), "{\"Name\":\"host1\",\"Ip\":\"192.0.2.1\"}");
	CHECK_INT(host_ask(out, &a, SOURCE_OLLAMA, "192.0.2.1:11434/api/version", &b, NULL), 0);
	CHECK_STR(says(out, &a, "read /proc/sys/kernel/hostname"), "host1\n");
	CHECK_STR(says(out, &a, "read /etc/machine-id"), "00000000000040008000000000000001\n");
	CHECK_STR(says(out, &a, "read /sys/class/dmi/id/board_serial"), "REDACTED\n");
	CHECK_STR(says(out, &a, "list /boot/loader/entries"),
		  "00000000000040008000000000000001-6.17.1.conf ");
	CHECK_STR(
	    says(out, &a, "read /boot/loader/entries/00000000000040008000000000000001-6.17.1.conf"),
	    "options root=UUID=00000000-0000-4000-8000-000000000002\n");
	CHECK(strstr(says(out, &a, "stat /home/user1/link"), "/home/user1/there"));

	struct names names = recording_names(h, &a);
	CHECK_INT(names.count, 6);
	CHECK_STR(names.name[0], "answers/docker/info");
	CHECK_STR(names.name[1], "answers/ollama/192.0.2.1:11434/api/version");
	struct recording_sum sum = recording_sum(h);
	CHECK_INT(sum.file_count, 4);
	CHECK_INT(sum.answer_count, 2);
	CHECK(sum.redacted_count >= 10);
}

static int save_code(const char *name, bool replace)
{
	HOST *h = recorder_of(replay("odd"));
	return recording_save(h, scratch_path(name), replace, NULL);
}

TEST(nothing_is_overwritten_unasked_and_only_recordings_are_replaced)
{
	struct stat st;
	odd_machine();
	CHECK_INT(save_code("x.tar.zst", false), 0);
	CHECK_INT(stat(scratch_path("x.tar.zst"), &st), 0);
	CHECK_INT(st.st_mode & 07777, 0600);
	CHECK_INT(save_code("x.tar.zst", false), -EEXIST);
	CHECK_INT(save_code("x.tar.zst", true), 0);
	CHECK_INT(save_code("x/", false), 0);
	CHECK_INT(save_code("x/", false), -EEXIST);
	CHECK_INT(save_code("x/", true), 0);
	scratch_text("mine/precious", "precious");
	CHECK_INT(save_code("mine/", true), -ENOTEMPTY);
	CHECK_INT(access(scratch_path("mine/precious"), F_OK), 0);
	CHECK_INT(save_code("no/such/x", false), -ENOENT);
}
