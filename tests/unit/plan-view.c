/* SPDX-License-Identifier: MIT */
#include "view/plan.h"

#include <fcntl.h>
#include <stdlib.h>

#include "every-step.h"
#include "tap.h"

static struct arena arena;

/* What was written to a stream of open_memstream(). */
static const char *taken(FILE *f, char **out)
{
	fclose(f);
	const char *copy = str_dup(&arena, *out);
	free(*out);
	return copy;
}

static const char *shown(const struct plan *p, bool verbose)
{
	char *out;
	size_t size;
	FILE *f = open_memstream(&out, &size);
	view_plan(f, &arena, p, verbose);
	return taken(f, &out);
}

/* clang-format off */
static const char every_step_shown[] =
"Packages are installed, 3 files change, 1 command runs, 1 unit changes, 1\n"
"enclosure changes, Docker restarts (4 containers stop), 1 container restarts, 1\n"
"container stops, 1 process ends, 1 function leaves the PCI bus, 2 steps are\n"
"yours; counts after a cold boot. 1 thing is left alone.\n"
"\n"
" 1. packages: install nvidia-container-toolkit\n"
"      sudo pacman -S --needed nvidia-container-toolkit\n"
"    needs a yes of its own\n"
"\n"
" 2. initramfs: put nvidia into the image of linux\n"
"    the driver is there before Docker starts, and whoever waits for the GPU need\n"
"    not wait for long\n"
"    /etc/mkinitcpio.conf.d/90-egpu.conf (new)\n"
"      +\n"
"      +MODULES+=(nvidia nvidia_uvm)\n"
"    counts after a reboot\n"
"\n"
" 3. cmdline: let nvidia_drm leave the display alone\n"
"    /boot/loader/entries/arch.conf\n"
"      @@ -1,3 +1,3 @@\n"
"       title\tArch^M\n"
"       linux /vmlinuz^M\n"
"      -options rw\n"
"      \\ No newline at end of file\n"
"      +options rw nvidia_drm.modeset=0\n"
"      \\ No newline at end of file\n"
"    counts after a cold boot (power off, then on)\n"
"\n"
" 4. initramfs: take back the hook of an earlier release\n"
"    /etc/initcpio/hooks/egpu (removed)\n"
"      -run_hook() {\n"
"      -}\n"
"\n"
" 5. initramfs: build the image of linux anew\n"
"      sudo mkinitcpio -p linux\n"
"    counts after a reboot\n"
"\n"
" 6. persistence: keep the driver awake\n"
"      sudo systemctl enable --now nvidia-persistenced\n"
"\n"
" 7. runtime: restart Docker, which stops 4 containers\n"
"      sudo systemctl restart docker\n"
"    needs a yes of its own\n"
"\n"
" 8. enclosure: enroll Razer Core X\n"
"    a Thunderbolt device may reach this host's memory; the IOMMU protects it\n"
"    Razer Core X, UUID c5010000-0070-6418-2316-7f0b2a0c9e12\n"
"      boltctl enroll --policy iommu c5010000-0070-6418-2316-7f0b2a0c9e12\n"
"    needs a yes of its own\n"
"\n"
" 9. stack: restart ollama\n"
"      docker restart ollama\n"
"\n"
"10. stack: stop ollama\n"
"      docker stop ollama\n"
"\n"
"11. drain: end python3 (4711)\n"
"    it has nvidia0 open\n"
"      sudo kill 4711\n"
"    needs a yes of its own\n"
"\n"
"12. bus: take GeForce RTX 3060 (22:00.0) off the PCI bus\n"
"      echo 1 | sudo tee /sys/x/remove\n"
"\n"
"For you to do\n"
"  [ ] set Thunderbolt security to user in the firmware\n"
"      only the firmware can; F2 while it starts\n"
"      counts after a cold boot (power off, then on)\n"
"  [ ] look again when it has started\n"
"        sudo egpu check\n"
"\n"
"Left alone: /etc/mkinitcpio.conf:7: MODULES is set under a condition, so that\n"
"  what it will be cannot be told\n"
"    # as the last line, with an editor:\n"
"    echo 'MODULES+=(nvidia)' | sudo tee -a /etc/mkinitcpio.conf\n";
/* clang-format on */

TEST(every_kind_of_step_word_for_word)
{
	CHECK_STR(shown(every_step(&arena), false), every_step_shown);
}

static struct plan *empty(void)
{
	return arena_alloc(&arena, sizeof(struct plan));
}

TEST(nothing_to_do_is_said)
{
	CHECK_STR(shown(empty(), false), "Nothing to do: all is as it should be.\n");
}

TEST(what_is_left_alone_is_not_nothing_to_do)
{
	struct plan *p = empty();
	p->refusal[p->refusal_count++] = (struct refusal){ .text = "/etc/x:1: not understood" };
	json_auto_t *j = view_plan_json(&arena, p, "1");

	CHECK_STR(shown(p, false), "Nothing changes. 1 thing is left alone.\n"
				   "\nLeft alone: /etc/x:1: not understood\n");
	CHECK(json_is_false(json_object_get(j, "nothing_to_do")));
}

static const char *first_line(const struct plan *p)
{
	const char *all = shown(p, false);
	return str_ndup(&arena, all, strcspn(all, "\n"));
}

TEST(a_unit_that_two_steps_change_is_one)
{
	struct plan *p = empty();
	next_step(p, (struct step){ .kind = STEP_UNIT, .what = "a", .unit = { "enable", "x", 0 } });
	next_step(p, (struct step){ .kind = STEP_UNIT, .what = "b", .unit = { "start", "x", 0 } });
	next_step(
	    p, (struct step){ .kind = STEP_UNIT, .what = "c", .unit = { "daemon-reload", "", 0 } });
	CHECK_STR(first_line(p), "1 unit changes.");
	p->step[0] = p->step[2];
	p->count = 1;
	CHECK_STR(first_line(p), "systemd reloads.");
}

TEST(docker_that_takes_no_container_along_just_restarts)
{
	struct plan *p = empty();
	next_step(p, (struct step){ .kind = STEP_UNIT,
				    .what = "a",
				    .unit = { "restart", "docker.service", 0 },
				    .when = WHEN_REBOOT });
	CHECK_STR(first_line(p), "Docker restarts; counts after a reboot.");
}

TEST(an_enclosure_is_named_once_whoever_does_it)
{
	struct step step = { .kind = STEP_ENCLOSURE,
			     .what = "authorize Core X",
			     .why = "UUID 12-34; no IOMMU protection",
			     .enclosure = { "authorize", "12-34", "Core X", "" } };
	struct plan *p = empty();

	struct step *s = next_step(p, step);
	CHECK_STR(strstr(shown(p, false), "\n 1."), "\n 1. authorize Core X\n"
						    "    UUID 12-34; no IOMMU protection\n");
	s->enclosure.uuid = "56-78";
	CHECK(strstr(shown(p, false), "\n    Core X, UUID 56-78\n"));
}

/* Files */

static const char *file_shown(struct file_change f, bool verbose)
{
	struct plan *p = empty();
	const char *start = "1 file changes.\n\n 1. x\n";
	next_step(p, (struct step){ .kind = STEP_FILE, .what = "x", .file = f });
	const char *out = shown(p, verbose);
	CHECK(str_starts(out, start));
	return out + strlen(start);
}

static struct bytes many_lines(unsigned count)
{
	const char *out = "";
	for (unsigned i = 0; i < count; i++)
		out = arena_printf(&arena, "%sline\n", out);
	return bytes_of(out);
}

static size_t count_of(const char *text, const char *what)
{
	size_t n = 0;
	for (; (text = strstr(text, what)); text++)
		n++;
	return n;
}

TEST(of_a_long_file_forty_lines_are_shown_and_all_when_verbose)
{
	struct file_change f = { .path = "/etc/x", .after = many_lines(160) };

	CHECK_INT(count_of(file_shown(f, false), "+line\n"), 40);
	CHECK(strstr(file_shown(f, false), "\n      ... 120 more lines, --verbose shows all\n"));
	CHECK_INT(count_of(file_shown(f, true), "+line\n"), 160);
	f.after = many_lines(41);
	CHECK_INT(count_of(file_shown(f, false), "+line\n"), 41);
}

TEST(a_long_line_is_cut_unless_verbose)
{
	char *line = arena_alloc(&arena, 3000);
	memset(line, 'x', 2000);
	struct file_change f = { .path = "/etc/x", .after = bytes_of(strcat(line, "\n")) };

	CHECK_INT(count_of(file_shown(f, false), "x"), 1 + 500);
	CHECK(strstr(file_shown(f, false), "xxx...\n"));
	CHECK_INT(count_of(file_shown(f, true), "x"), 1 + 2000);
}

TEST(a_file_with_a_nul_is_binary)
{
	struct file_change f = { .path = "/etc/x",
				 .existed = true,
				 .before = { "a\0b", 3 },
				 .after = bytes_of("four") };

	CHECK_STR(file_shown(f, false), "    /etc/x\n      binary, 4 bytes\n");
}

TEST(an_empty_file_and_one_that_can_be_run_are_told)
{
	struct file_change f = { .path = "/etc/x", .mode = 0755, .after = { "", 0 } };

	CHECK_STR(file_shown(f, false), "    /etc/x (new, mode 0755)\n      empty\n");
	f.mode = 0644;
	CHECK_STR(file_shown(f, false), "    /etc/x (new)\n      empty\n");
}

TEST(a_diff_cannot_move_the_cursor_and_keeps_its_tabs)
{
	struct file_change f = { .path = "/etc/\033[2Jx",
				 .after = bytes_of("a\tb\033]0;c\007\xc2\x9b\r\td\r\n\xfcx\n") };

	CHECK_STR(file_shown(f, false), "    /etc/?[2Jx (new)\n"
					"      +a\tb?]0;c??? \td^M\n"
					"      +?x\n");
}

/* All of it */

#define LONG_SENTENCE                                                                              \
	"these are words of a sentence that goes on and on, since whoever made the plan had much " \
	"to tell of it, and did not know when to stop"

TEST(no_sentence_is_wider_than_80_columns)
{
	struct plan *p = hostile_plan(&arena, LONG_SENTENCE);
	unsigned lines = 0;

	for (size_t i = 0; i < p->count; i++) {
		p->step[i].shell.count = p->step[i].run.argv.count = 0;
		p->step[i].file = (struct file_change){ .path = "/etc/x" };
	}
	p->refusal[0].shell.name++;
	p->refusal[0].shell.count = 1; /* "# ..." */
	const char *all = shown(p, false);
	for (struct bytes rest = bytes_of(all), line; bytes_line(&rest, &line); lines++)
		CHECK(line.size <= 80);
	CHECK(lines > 40);
}

TEST(a_line_to_paste_is_never_wrapped)
{
	struct plan *p = empty();
	const struct names line = lines_of(&arena, ARGV("echo " LONG_SENTENCE));

	next_step(p, (struct step){ .kind = STEP_PERSON, .what = "x", .shell = line });
	p->refusal[p->refusal_count++] = (struct refusal){ .text = "y", .shell = line };
	CHECK(strstr(shown(p, false), "\n        echo " LONG_SENTENCE "\n"));
	CHECK(strstr(shown(p, false), "\n    echo " LONG_SENTENCE "\n"));
}

static void check_plain(const char *out)
{
	for (; *out; out++)
		CHECK(*out == '\n' || *out == '\t' ||
		      ((unsigned char)*out >= 0x20 && *out != 0x7f));
}

TEST(no_text_of_a_plan_can_move_the_cursor_or_begin_a_line)
{
	const char *out = shown(hostile_plan(&arena, "\033[2Jx\r\n 9. y\xc2\x9b"), true);

	check_plain(out);
	CHECK(!strstr(out, "\n 9. y"));
}

/* What a terminal gets. */
static const char *on_terminal(void)
{
	static char out[1 << 16];
	int fd = posix_openpt(O_RDWR | O_NOCTTY);
	if (fd < 0 || grantpt(fd) < 0 || unlockpt(fd) < 0)
		TAP_SKIP("no terminals here");
	pid_t child = fork();
	if (child == 0) {
		FILE *f = fdopen(open(ptsname(fd), O_RDWR | O_NOCTTY), "w");
		close(fd);
		view_plan(f, &arena, every_step(&arena), false);
		_exit(fclose(f) != 0);
	}
	size_t used = 0;
	/* ends with EIO, when the child has closed its side */
	for (ssize_t n; (n = read(fd, out + used, sizeof(out) - 1 - used)) > 0;)
		used += (size_t)n;
	out[used] = '\0';
	close(fd);
	waitpid(child, NULL, 0);
	return out;
}

TEST(colour_is_for_terminals_unless_no_color)
{
	setenv("TERM", "xterm", 1);
	unsetenv("NO_COLOR");
	CHECK(strstr(on_terminal(), "\033[1m"));
	setenv("NO_COLOR", "1", 1);
	CHECK(!strstr(on_terminal(), "\033"));
	unsetenv("NO_COLOR");
	CHECK(!strstr(shown(every_step(&arena), false), "\033"));
}

/* JSON */

TEST(a_diff_in_json_is_whole_and_as_patch_takes_it)
{
	json_auto_t *j = view_plan_json(&arena, every_step(&arena), "1");
	json_t *file = json_object_get(json_array_get(json_object_get(j, "steps"), 1), "file");

	CHECK_STR(json_string_value(json_object_get(file, "diff")),
		  "--- /dev/null\n+++ /etc/mkinitcpio.conf.d/90-egpu.conf\n@@ -0,0 +1,2 @@\n+\n"
		  "+MODULES+=(nvidia nvidia_uvm)\n");
}

/* What was done */

static const char *listed(const struct undo_row *rows, size_t count)
{
	char *out;
	size_t size;
	FILE *f = open_memstream(&out, &size);
	view_undo_list(f, &arena, rows, count);
	return taken(f, &out);
}

TEST(what_was_done_is_listed_with_its_steps)
{
	const struct undo_row rows[] = {
		{ "20261009-084107-1", "2026-10-09 08:41", "egpu setup", "done",
		  lines_of(&arena, ARGV("put nvidia into the image of linux",
					"build the image of linux anew")) },
		{ "20261008-190000-1", "2026-10-08 19:00", "egpu fix\033", "undone", { 0 } },
	};

	CHECK_STR(listed(rows, 2), "20261009-084107-1  2026-10-09 08:41  egpu setup: done\n"
				   "  put nvidia into the image of linux\n"
				   "  build the image of linux anew\n"
				   "\n"
				   "20261008-190000-1  2026-10-08 19:00  egpu fix?: undone\n");
	CHECK_STR(listed(NULL, 0), "Nothing to undo: egpu has changed nothing here.\n");
}
