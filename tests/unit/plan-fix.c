/* SPDX-License-Identifier: MIT */
/* All causes to plans, several at once, and themes: nothing is run that no table has. */
#include "fix-host.h"
#include "plan/reader.h"

static const enum distro distros[] = { DISTRO_ARCH,   DISTRO_DEBIAN, DISTRO_FEDORA,
				       DISTRO_OSTREE, DISTRO_NIXOS,  DISTRO_UNKNOWN };

static bool is_plain_word(const char *w)
{
	return *w && !w[strspn(w, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				  "0123456789_./:@%+=-")];
}

/* The words after sudo, and what a yes to packages adds. */
static bool argv_is_line(const struct step *s)
{
	static const char *const yes[] = { "--noconfirm", "-y", "-q" };
	const char *line = s->shell.name[0];
	struct names words = str_split(&arena, line, " ", 64);
	size_t at = str_eq(words.name[0], "sudo");

	for (size_t i = 0; i < s->run.argv.count; i++) {
		const char *w = s->run.argv.name[i];
		bool added = false;
		for (size_t n = 0; n < COUNT_OF(yes); n++)
			added |= str_eq(w, yes[n]);
		if (added && s->kind == STEP_PACKAGES)
			continue;
		if (str_eq(w, "apt-get") && str_eq(words.name[at], "apt"))
			at++;
		else if (at >= words.count || !str_eq(w, words.name[at++]))
			return false;
	}
	return at == words.count;
}

/* The second step of "--now", and the reload that an unmask needs. */
static bool is_in_line(const struct step *s, const char *line)
{
	const char *name = str_ndup(&arena, s->unit.name, strcspn(s->unit.name, "."));

	if (str_eq(s->unit.verb, "daemon-reload"))
		return strstr(line, "unmask");
	return strstr(line, name) && (strstr(line, s->unit.verb) || strstr(line, "enable --now"));
}

/* A line of the remedy, one of its commands where "&&" joins several, or what a unit's line means.
 */
static bool is_from_remedy(const struct cause *c, const char *subject, const struct step *s)
{
	const struct cause_reader to = reader_of(&arena, &facts, subject);

	for (size_t i = 0; c->remedy[i]; i++) {
		const char *line = cause_line(&arena, c->remedy[i], &to);
		if (!line)
			continue;
		if (str_eq(line, s->shell.name[0]))
			return true;
		if (strstr(line, " && ") && strstr(line, s->shell.name[0]))
			return true;
		if (s->kind == STEP_UNIT && strstr(line, "systemctl") && is_in_line(s, line))
			return true;
	}
	return false;
}

static void check_step(const struct cause *c, const char *subject, const struct step *s)
{
	CHECK(s->what && *s->what && s->why && s->theme);
	CHECK(!str_ends(s->what, ".") || str_ends(s->what, "..") ||
	      (*subject && strstr(s->what, subject)));
	CHECK(!s->unattended || (c->unattended && !s->asks));
	if (s->kind == STEP_PERSON)
		return;
	CHECK_INT(s->shell.count, 1);
	if (!is_from_remedy(c, subject, s))
		TAP_FAIL("%s: '%s' stands in no remedy", c->id, s->shell.name[0]);
	for (size_t i = 0; i < s->run.argv.count; i++)
		CHECK(is_plain_word(s->run.argv.name[i]));
	if (s->kind == STEP_RUN || s->kind == STEP_PACKAGES)
		CHECK(argv_is_line(s));
	CHECK(s->asks || (s->kind != STEP_PACKAGES && s->kind != STEP_ENCLOSURE));
}

static void check_all_with(const char *subject)
{
	const struct cause *c;

	for (size_t d = 0; d < COUNT_OF(distros); d++)
		for (size_t i = 0; (c = cause_at(i)); i++) {
			facts.machine.distro = distros[d];
			struct plan *p = plan_fix(&arena, &facts, &host, c, subject);
			if (!p->count)
				TAP_FAIL("%s: no step", c->id);
			CHECK_INT(p->refusal_count, 0);
			for (size_t s = 0; s < p->count; s++)
				check_step(c, subject, &p->step[s]);
			arena_done(&arena);
		}
}

TEST(every_cause_has_steps_on_every_distribution_with_and_without_a_subject)
{
	check_all_with("");
	check_all_with("ollama");
	check_all_with(UUID);
	check_all_with("/etc/cdi/nvidia.yaml");
	check_all_with("0000:22:00.0");
}

static bool is_one_of(const char *const *list, const char *word)
{
	while (*list && !str_eq(*list, word))
		list++;
	return *list;
}

TEST(nothing_is_installed_or_built_where_the_system_is_made_elsewhere)
{
	static const char *const tools[] = { "pacman",
					     "apt",
					     "apt-get",
					     "dnf",
					     "dracut",
					     "mkinitcpio",
					     "akmods",
					     "update-initramfs",
					     "update-grub",
					     "grubby",
					     "grub-mkconfig",
					     "grub2-mkconfig",
					     "depmod",
					     "dkms",
					     NULL };
	static const enum distro made[] = { DISTRO_OSTREE, DISTRO_NIXOS };
	const struct cause *c;

	for (size_t d = 0; d < COUNT_OF(made); d++)
		for (size_t i = 0; (c = cause_at(i)); i++) {
			facts.machine.distro = made[d];
			struct plan *p = plan_fix(&arena, &facts, &host, c, "6.1.0-9");
			for (size_t s = 0; s < p->count; s++)
				CHECK(!p->step[s].run.argv.count ||
				      !is_one_of(tools, p->step[s].run.argv.name[0]));
		}
}

TEST(lines_of_other_families_are_left_to_a_person_there)
{
	struct cause c = {
		.id = "a", .link = "driver", .title = "t", .remedy = { "sudo dnf install x" }
	};
	static const char *const lines[] = { "sudo dnf install x", "sudo apt update",
					     "sudo dracut --force --regenerate-all",
					     "sudo grub2-mkconfig -o /boot/grub2/grub.cfg",
					     "sudo depmod -a" };

	facts.machine.distro = DISTRO_OSTREE;
	for (size_t i = 0; i < COUNT_OF(lines); i++) {
		c.remedy[0] = lines[i];
		struct plan *p = plan_fix(&arena, &facts, &host, &c, "");
		CHECK_INT(executed(p), 0);
		CHECK_STR(p->step[0].why, "the system comes as an image, which rpm-ostree changes");
	}
	facts.machine.distro = DISTRO_FEDORA;
	CHECK_INT(executed(plan_fix(&arena, &facts, &host, &c, "")), 1);
}

TEST(nixos_starts_units_by_its_configuration)
{
	facts.machine.distro = DISTRO_NIXOS;
	struct plan *p = fix("suspend-services-off", "");

	CHECK_INT(executed(p), 0);
	facts.machine.distro = DISTRO_OSTREE;
	CHECK(fix("persistence-off", "")->step[0].kind == STEP_UNIT);
}

TEST(how_much_is_executable_is_told)
{
	static const char *const subjects[] = { "ollama", UUID, "/etc/cdi/nvidia.yaml", "false" };
	size_t whole = 0, part = 0, none = 0;
	const struct cause *c;

	facts.machine.distro = DISTRO_ARCH;
	for (size_t i = 0; (c = cause_at(i)); i++) {
		size_t most = 0, of = 1;
		for (size_t n = 0; n < COUNT_OF(subjects); n++) {
			struct plan *p = plan_fix(&arena, &facts, &host, c, subjects[n]);
			if (executed(p) * of > most * p->count) {
				most = executed(p);
				of = p->count;
			}
		}
		whole += most == of;
		part += most && most < of;
		none += !most;
		printf("# %-7s %s\n", most == of ? "wholly" : most ? "partly" : "person", c->id);
	}
	printf("# of %zu causes egpu mends %zu wholly, %zu partly, %zu are for a person\n",
	       whole + part + none, whole, part, none);
	CHECK(whole >= 30 && part >= 10);
}

TEST(hostile_subjects_run_nothing)
{
	static const char *const hostile[] = {
		"x; rm -rf ~",
		"--privileged",
		"-f",
		"$(reboot)",
		"a'b",
		"a b",
		"../../etc/passwd",
		"no-such-container",
		"/etc/cdi/../passwd.yaml",
		"c5010000-0080-7708-2346-8d0d1bd0b21g",
		OTHER_UUID,
		"\033[2J",
		"{}",
		"true\nreboot",
	};
	const struct cause *c;

	for (size_t n = 0; n < COUNT_OF(hostile); n++) {
		check_all_with(hostile[n]);
		for (size_t i = 0; (c = cause_at(i)); i++) {
			struct plan *p = plan_fix(&arena, &facts, &host, c, hostile[n]);
			CHECK(!step_of(p, STEP_CONTAINER) && !step_of(p, STEP_ENCLOSURE));
			for (size_t s = 0; s < p->count; s++)
				for (size_t w = 0; w < p->step[s].run.argv.count; w++)
					CHECK(!strstr(p->step[s].run.argv.name[w], hostile[n]) ||
					      str_starts(p->step[s].run.argv.name[w],
							 "linux-headers-"));
		}
	}
}

TEST(option_as_subject_is_not_even_offered)
{
	struct plan *p = fix("container-devices-lost", "--privileged");

	for (size_t i = 0; i < p->count; i++)
		for (size_t n = 0; n < p->step[i].shell.count; n++)
			CHECK(!strstr(p->step[i].shell.name[n], "--privileged"));
}

static bool touches_driver(const struct plan *p)
{
	for (size_t i = 0; i < p->count; i++) {
		const struct step *s = &p->step[i];
		const char *tool = s->run.argv.count ? s->run.argv.name[0] : "";
		if (s->kind == STEP_CONTAINER || str_starts(tool, "nvidia-modprobe") ||
		    (str_eq(tool, "modprobe") && !str_eq(s->run.argv.name[1], "thunderbolt")) ||
		    (str_eq(tool, "nvidia-ctk") && !str_eq(s->run.argv.name[1], "config")))
			return true;
		if (s->kind == STEP_UNIT && str_starts(s->unit.name, "nvidia-") &&
		    (str_eq(s->unit.verb, "start") || str_eq(s->unit.verb, "restart")))
			return true;
	}
	return false;
}

TEST(nothing_touches_a_driver_behind_a_shut_gate)
{
	static const char *const subjects[] = { "", "ollama", "/etc/cdi/nvidia.yaml" };
	const struct cause *c;

	wedge();
	for (size_t d = 0; d < COUNT_OF(distros); d++)
		for (size_t n = 0; n < COUNT_OF(subjects); n++)
			for (size_t i = 0; (c = cause_at(i)); i++) {
				facts.machine.distro = distros[d];
				struct plan *p = plan_fix(&arena, &facts, &host, c, subjects[n]);
				CHECK(p->count && !touches_driver(p));
			}
}

TEST(what_two_causes_ask_for_is_one_step)
{
	struct fix_target two[] = { { cause_of_id("docker-config-not-in-effect"), "" },
				    { cause_of_id("toolkit-no-cgroups"), "false" },
				    { cause_of_id("container-devices-lost"), "ollama" },
				    { cause_of_id("ollama-fell-back-to-cpu"), "ollama" } };
	struct plan *p = plan_fix_report(&arena, &facts, &host, two, COUNT_OF(two));

	CHECK_INT(p->count, 3);
	CHECK_STR(p->step[0].run.argv.name[0], "nvidia-ctk");
	CHECK_STR(p->step[1].unit.name, "docker.service");
	CHECK_STR(p->step[2].container.name, "ollama");
}

TEST(of_like_steps_one_stays_whenever_they_count)
{
	struct cause now = {
		.id = "a", .link = "driver", .title = "t", .remedy = { "sudo depmod -a" }
	};
	struct cause later = { .id = "b",
			       .link = "driver",
			       .title = "t",
			       .remedy = { "sudo depmod -a", "sudo mkinitcpio -P", "# reboot" } };
	struct fix_target three[] = { { &later, "" }, { &now, "" }, { &later, "" } };
	struct plan *p = plan_fix_report(&arena, &facts, &host, three, COUNT_OF(three));

	CHECK_INT(p->count, 3);
	CHECK_STR(p->step[0].run.argv.name[0], "depmod");
	CHECK_INT(p->step[0].when, WHEN_REBOOT);
	CHECK_STR(p->step[1].run.argv.name[0], "mkinitcpio");
	CHECK_STR(p->step[2].what, "reboot");
}

TEST(packages_come_first)
{
	struct fix_target two[] = { { cause_of_id("uvm-not-loaded"), "" },
				    { cause_of_id("bolt-missing"), "" } };
	struct plan *p = plan_fix_report(&arena, &facts, &host, two, 2);

	CHECK_INT(p->step[0].kind, STEP_PACKAGES);
	CHECK_INT(p->step[1].kind, STEP_RUN);
}

static void adds_nothing(struct planner *p)
{
	(void)p;
}
static void writes_a_file(struct planner *p)
{
	planner_write(p, "/etc/x", "y\n", "write x");
	planner_run(p, ARGV("modprobe", "nvidia"), "load it");
}
static void refuses(struct planner *p)
{
	planner_refuse(p, "/etc/x:1: cannot be read");
}

TEST(configuration_is_mended_by_its_theme)
{
	theme_exists = true;
	stand_in.plan = writes_a_file;
	struct plan *p = fix("docker-runtime-missing", "");

	CHECK_INT(p->count, 2);
	CHECK_INT(p->step[0].kind, STEP_FILE);
	CHECK_STR(p->step[0].theme, "runtime");
	wedge();
	CHECK_INT(fix("docker-runtime-missing", "")->step[1].kind, STEP_PERSON);
}

TEST(theme_that_cannot_says_why_and_leaves_the_remedy_to_a_person)
{
	theme_exists = true;
	stand_in.plan = refuses;
	struct plan *p = fix("docker-runtime-missing", "");

	CHECK(p->count > 0);
	for (size_t i = 0; i < p->count; i++)
		CHECK_INT(p->step[i].kind, STEP_PERSON);
	CHECK_STR(p->step[0].shell.name[0], "sudo nvidia-ctk runtime configure --runtime=docker");
	CHECK_STR(p->refusal[0].text, "/etc/x:1: cannot be read");
}

TEST(theme_with_nothing_to_do_leaves_it_to_the_remedy)
{
	theme_exists = true;
	stand_in.plan = adds_nothing;
	struct plan *p = fix("toolkit-no-cgroups", "false");

	CHECK_STR(p->step[0].run.argv.name[0], "nvidia-ctk");
}

TEST(what_lasts_is_pointed_to)
{
	theme_exists = true;
	stand_in.plan = adds_nothing;
	CHECK_INT(fix("container-devices-lost", "ollama")->count, 1);

	stand_in.plan = writes_a_file;
	struct plan *p = fix("container-devices-lost", "ollama");
	CHECK_INT(p->count, 2);
	CHECK_INT(p->step[1].kind, STEP_PERSON);
	CHECK_STR(p->step[1].shell.name[0], "egpu setup --only runtime");
}

TEST(every_theme_of_the_table_is_of_a_cause)
{
	for (size_t i = 0; fix_theme_at(i).cause; i++)
		CHECK(cause_of_id(fix_theme_at(i).cause));
}
