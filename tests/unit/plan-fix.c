/* SPDX-License-Identifier: MIT */
/* From a cause to a plan: what egpu does itself, what is left to a person, and that nothing else is
 * ever run. */
#include "plan/fix.h"

#include <errno.h>

#include "plan/theme.h"
#include "tap.h"

#define UUID "c5010000-0080-7708-2346-8d0d1bd0b218"
#define OTHER_UUID "0d030000-0000-0000-0000-000000000001"

/* --- a host whose GPU computes, with an enclosure and three containers --- */

static struct arena arena;
static struct pci_gpu gpu;
static struct tb_domain domain = { .name = "domain0", .iommu_dma_protection = { KNOWN, 1, "x" } };
static struct tb_device box[] = {
	{ .name = "0-1",
	  .domain = "domain0",
	  .vendor = { KNOWN, "Razer", "x" },
	  .model = { KNOWN, "Core X", "x" },
	  .unique_id = { KNOWN, UUID, "x" } },
};
static struct container containers[] = {
	{ .id = "aaaa",
	  .name = "ollama",
	  .state = "running",
	  .pid = 7,
	  .asks = ASK_DEVICE_REQUEST,
	  .compose_project = "llm",
	  .compose_service = "ollama",
	  .compose_dir = "/srv/llm" },
	{ .id = "bbbb", .name = "webui", .state = "running", .pid = 8 },
	{ .id = "cccc", .name = "old", .state = "exited" },
};
static struct facts facts = {
	.arena = &arena,
	.gate = { .open = true },
	.machine = { .distro = DISTRO_ARCH },
	.pci = { .chosen = &gpu },
	.thunderbolt = { .know = KNOWN,
			 .domain = &domain,
			 .domain_count = 1,
			 .device = box,
			 .device_count = 1,
			 .bolt_know = KNOWN },
	.docker = { .know = KNOWN,
		    .containers_know = KNOWN,
		    .container = containers,
		    .container_count = COUNT_OF(containers) },
};

static int nothing_read(struct host *h, struct arena *a, const char *path, struct bytes *ret,
			struct err *e)
{
	(void)h, (void)a, (void)path, (void)ret, (void)e;
	return -ENOENT;
}
static int nothing_listed(struct host *h, struct arena *a, const char *dir, struct names *ret,
			  struct err *e)
{
	(void)h, (void)a, (void)dir, (void)ret, (void)e;
	return -ENOENT;
}
static int no_stat(struct host *h, struct arena *a, const char *path, struct host_stat *ret,
		   struct err *e)
{
	(void)h, (void)a, (void)path, (void)ret, (void)e;
	return -ENOENT;
}
static int no_answer(struct host *h, struct arena *a, enum source who, const char *question,
		     struct bytes *ret, struct err *e)
{
	(void)h, (void)a, (void)who, (void)question, (void)ret, (void)e;
	return -ENOENT;
}
static const struct host_ops empty_ops = { .read = nothing_read,
					   .list = nothing_listed,
					   .stat = no_stat,
					   .ask = no_answer };
static struct host host = { .ops = &empty_ops, .name = "empty" };

/* --- stands in for plan/theme.c, so that remedies are seen alone --- */

static struct theme stand_in;
static bool theme_exists;

const struct theme *theme_of_id(const char *id)
{
	stand_in.id = id;
	stand_in.sets = "what is wanted";
	return theme_exists ? &stand_in : NULL;
}

/* --- helpers --- */

static struct plan *fix(const char *cause, const char *subject)
{
	const struct cause *c = cause_of_id(cause);

	CHECK(c);
	return plan_fix(&arena, &facts, &host, c, subject);
}

static const struct step *step_of(const struct plan *p, enum step_kind kind)
{
	for (size_t i = 0; i < p->count; i++)
		if (p->step[i].kind == kind)
			return &p->step[i];
	return NULL;
}

static size_t executed(const struct plan *p)
{
	size_t n = 0;
	for (size_t i = 0; i < p->count; i++)
		n += p->step[i].kind != STEP_PERSON;
	return n;
}

static bool has_line(const struct plan *p, const char *line)
{
	for (size_t i = 0; i < p->count; i++)
		if (names_have(&p->step[i].shell, line))
			return true;
	return false;
}

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

/* A line of the remedy, one of its commands where "&&" joins several, or what a unit's line means.
 */
static bool is_from_remedy(const struct cause *c, const char *distro, const char *subject,
			   const struct step *s)
{
	for (size_t i = 0; c->remedy[i]; i++) {
		const char *line = cause_line(&arena, c->remedy[i], distro, subject);
		if (!line)
			continue;
		if (str_eq(line, s->shell.name[0]))
			return true;
		if (strstr(line, " && ") && strstr(line, s->shell.name[0]))
			return true;
		if (s->kind == STEP_UNIT && strstr(line, "systemctl") &&
		    (strstr(line, "--now") || strstr(line, "unmask") || strstr(line, s->unit.verb)))
			return true;
	}
	return false;
}

static void check_step(const struct cause *c, const char *distro, const char *subject,
		       const struct step *s)
{
	CHECK(s->what && *s->what && s->why && s->theme);
	CHECK(!str_ends(s->what, ".") || str_ends(s->what, "..") ||
	      (*subject && strstr(s->what, subject)));
	CHECK(!s->unattended || (c->unattended && !s->asks));
	if (s->kind == STEP_PERSON)
		return;
	CHECK_INT(s->shell.count, 1);
	if (!is_from_remedy(c, distro, subject, s))
		TAP_FAIL("%s: '%s' stands in no remedy", c->id, s->shell.name[0]);
	for (size_t i = 0; i < s->run.argv.count; i++)
		CHECK(is_plain_word(s->run.argv.name[i]));
	if (s->kind == STEP_RUN || s->kind == STEP_PACKAGES)
		CHECK(argv_is_line(s));
	CHECK(s->asks || (s->kind != STEP_PACKAGES && s->kind != STEP_ENCLOSURE));
}

static const enum distro distros[] = { DISTRO_ARCH, DISTRO_DEBIAN, DISTRO_FEDORA, DISTRO_UNKNOWN };

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
				check_step(c, distro_name(distros[d]), subject, &p->step[s]);
		}
}

/* --- all causes --- */

TEST(every_cause_has_steps_on_every_distribution_with_and_without_a_subject)
{
	check_all_with("");
	check_all_with("ollama");
	check_all_with(UUID);
	check_all_with("/etc/cdi/nvidia.yaml");
	check_all_with("0000:22:00.0");
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

/* --- one kind after the other --- */

TEST(lost_container_is_restarted_by_its_id_and_its_project_is_told)
{
	struct plan *p = fix("container-devices-lost", "ollama");

	CHECK_INT(p->count, 1);
	CHECK_INT(p->step[0].kind, STEP_CONTAINER);
	CHECK_STR(p->step[0].container.id, "aaaa");
	CHECK_STR(p->step[0].what, "restart the container ollama");
	CHECK(strstr(p->step[0].why, "compose project llm"));
	CHECK(p->step[0].unattended && !p->step[0].asks);
	CHECK_STR(p->step[0].shell.name[0], "docker restart ollama");
}

TEST(unknown_container_is_for_a_person)
{
	struct plan *p = fix("container-devices-lost", "gone");

	CHECK_INT(p->count, 1);
	CHECK_INT(p->step[0].kind, STEP_PERSON);
	CHECK_STR(p->step[0].why, "no container gone was seen here");
	CHECK_STR(p->step[0].shell.name[0], "docker restart gone");
}

TEST(docker_restart_asks_and_names_what_it_stops)
{
	struct plan *p = fix("docker-config-not-in-effect", "");

	CHECK_INT(p->count, 1);
	CHECK_STR(p->step[0].unit.verb, "restart");
	CHECK_STR(p->step[0].unit.name, "docker.service");
	CHECK(p->step[0].asks && !p->step[0].unattended);
	CHECK_STR(p->step[0].why, "this stops ollama, webui");
}

TEST(engine_of_a_user_is_not_restarted_by_the_system)
{
	facts.docker.rootless = true;
	CHECK_INT(executed(fix("docker-config-not-in-effect", "")), 0);
}

TEST(docker_restart_without_a_list_of_containers_says_so)
{
	facts.docker.containers_know = DENIED;
	facts.docker.container_count = 0;
	CHECK_STR(fix("docker-config-not-in-effect", "")->step[0].why,
		  "this stops every container that runs");
}

TEST(enrolling_asks_with_vendor_uuid_and_protection)
{
	struct plan *p = fix("enclosure-not-enrolled", UUID);

	CHECK_INT(p->count, 1);
	CHECK_STR(p->step[0].what, "authorise Razer Core X at every connection");
	CHECK_STR(p->step[0].why, "Razer Core X, " UUID "; the IOMMU protects memory from it");
	CHECK_STR(p->step[0].enclosure.verb, "enroll");
	CHECK_STR(p->step[0].enclosure.uuid, UUID);
	CHECK_STR(p->step[0].enclosure.policy, "auto");
	CHECK(p->step[0].asks && !p->step[0].unattended);
}

TEST(missing_protection_is_said)
{
	domain.iommu_dma_protection = known_u64(0, "x");
	CHECK(strstr(fix("enclosure-not-authorized", UUID)->step[0].why,
		     "it can read and write all memory"));
	domain.iommu_dma_protection = unknown_u64(DENIED, "x");
	CHECK(strstr(fix("enclosure-not-authorized", UUID)->step[0].why, "is not known"));
}

TEST(enclosure_that_nobody_saw_or_no_boltd_is_for_a_person)
{
	CHECK_INT(executed(fix("enclosure-not-enrolled", OTHER_UUID)), 0);
	CHECK_INT(executed(fix("enclosure-not-enrolled", "razer")), 0);
	facts.thunderbolt.bolt_know = ABSENT;
	struct plan *p = fix("enclosure-not-authorized", UUID);
	CHECK_INT(executed(p), 0);
	CHECK(has_line(p, "boltctl enroll --policy auto " UUID));
	CHECK(strstr(p->step[0].why, "boltd"));
}

TEST(retrying_by_hand_is_not_run_ahead_of_the_cable)
{
	struct plan *p = fix("enclosure-authorization-failed", UUID);

	CHECK_INT(executed(p), 0);
	CHECK(strstr(p->step[0].what, "pull the cable"));
	CHECK(has_line(p, "boltctl forget " UUID));
}

TEST(start_limit_is_lifted_and_persistenced_started)
{
	struct plan *p = fix("persistenced-start-limit", "");

	CHECK_INT(p->count, 2);
	CHECK_STR(p->step[0].unit.verb, "reset-failed");
	CHECK_STR(p->step[1].unit.verb, "start");
	CHECK_STR(p->step[1].unit.name, "nvidia-persistenced.service");
	CHECK(p->step[0].unattended && p->step[1].unattended);
}

TEST(enable_now_is_two_steps_and_reloads_nothing)
{
	struct plan *p = fix("persistence-off", "");

	CHECK_INT(p->count, 2);
	CHECK_STR(p->step[0].unit.verb, "enable");
	CHECK_STR(p->step[0].shell.name[0],
		  "sudo systemctl enable --no-reload nvidia-persistenced.service");
	CHECK_STR(p->step[1].unit.verb, "start");
}

TEST(reload_after_unmask_names_who_loses_the_gpu)
{
	struct unit masked = { .name = "nvidia-persistenced.service",
			       .load = "masked",
			       .file_state = "masked",
			       .know = KNOWN };
	CHECK(!step_of(fix("bolt-missing", ""), STEP_UNIT)->asks);
	facts.services = (struct services){ .know = KNOWN, .unit = &masked, .unit_count = 1 };
	struct plan *p = fix("persistenced-masked", "");

	CHECK_STR(p->step[0].unit.verb, "unmask");
	CHECK_STR(p->step[1].unit.verb, "daemon-reload");
	CHECK(p->step[1].asks);
	CHECK(strstr(p->step[1].why, "ollama") && !strstr(p->step[1].why, "webui"));
}

TEST(unit_that_systemd_lacks_is_left_out_or_for_a_person)
{
	struct unit units[] = { { .name = "ollama.service", .know = ABSENT },
				{ .name = "docker.service", .know = ABSENT } };
	facts.services = (struct services){ .know = KNOWN, .unit = units, .unit_count = 2 };
	struct plan *p = fix("gpu-late", "");

	CHECK_INT(executed(p), 2);
	CHECK_STR(fix("docker-not-running", "")->step[0].what, "look at what this shows");
	CHECK_STR(fix("docker-not-running", "")->step[1].why, "systemd has no docker.service here");
}

TEST(packages_are_asked_for_and_installed_without_a_second_question)
{
	facts.machine.distro = DISTRO_DEBIAN;
	struct plan *p = fix("bolt-missing", "");

	CHECK_INT(p->step[0].kind, STEP_PACKAGES);
	CHECK(p->step[0].asks);
	CHECK_STR(p->step[0].shell.name[0], "sudo apt install bolt");
	CHECK_STR(p->step[0].run.argv.name[0], "apt-get");
	CHECK_STR(p->step[0].run.argv.name[2], "-y");
	CHECK_STR(p->step[0].run.argv.name[3], "bolt");
}

TEST(package_that_apt_would_remove_is_refused)
{
	facts.machine.distro = DISTRO_DEBIAN;
	CHECK(!step_of(fix("module-build-failed", "6.1.0-"), STEP_PACKAGES));
	CHECK(step_of(fix("module-build-failed", "6.1.0-9-amd64"), STEP_PACKAGES));
}

TEST(images_are_built_by_the_tool_that_the_host_has)
{
	struct plan *p = fix("initramfs-stale", "/boot/initramfs-linux.img");

	CHECK_INT(p->count, 1);
	CHECK_STR(p->step[0].run.argv.name[0], "mkinitcpio");
	CHECK_INT(p->step[0].when, WHEN_REBOOT);
	facts.initramfs = (struct initramfs){ .know = KNOWN, .tool = INITRAMFS_DRACUT };
	p = fix("initramfs-stale", "/boot/initramfs-linux.img");
	CHECK_INT(executed(p), 0);
	CHECK_STR(p->step[0].why, "this host builds its images with dracut");
}

TEST(cdi_file_elsewhere_is_not_written)
{
	CHECK_INT(executed(fix("cdi-spec-stale", "/etc/cdi/nvidia.yaml")), 1);
	CHECK_INT(executed(fix("cdi-spec-stale", "/etc/passwd")), 0);
	CHECK_INT(executed(fix("cdi-spec-stale", "/etc/cdi/../x.yaml")), 0);
	CHECK_INT(executed(fix("cdi-spec-stale", "/etc/cdi/.x.yaml")), 0);
}

TEST(toolkit_is_told_nothing_but_known_values)
{
	CHECK(step_of(fix("toolkit-no-cgroups", "false"), STEP_RUN));
	CHECK(!step_of(fix("toolkit-no-cgroups", "maybe"), STEP_RUN));
}

TEST(sentence_over_two_lines_is_one_step)
{
	struct plan *p = fix("thunderbolt-firmware-failed", "");

	CHECK_STR(p->step[0].what,
		  "shut down, take the power plug out for a minute (laptop: hold the power button "
		  "for 15 s), then power on without the enclosure, plug it in after");
	CHECK_INT(p->step[0].when, WHEN_COLD_BOOT);
}

TEST(line_is_shown_with_the_sentence_that_announces_it)
{
	struct plan *p = fix("enclosure-not-seen", UUID);

	CHECK_INT(p->count, 2);
	CHECK(str_ends(p->step[0].what, "then look for \"new device found\""));
	CHECK_STR(p->step[0].shell.name[0], "sudo dmesg | grep -i thunderbolt | tail -20");
	CHECK(str_starts(p->step[1].what, "it is gone for good"));
}

TEST(checklist_keeps_its_items_apart)
{
	struct plan *p = fix("bar-unassigned", "");

	CHECK_INT(p->step[0].shell.count, 1);
	CHECK_INT(p->count, 5);
	CHECK(str_starts(p->step[2].what, "kernel parameter pci=realloc"));
	CHECK(str_starts(p->step[4].what, "kernel parameter thunderbolt.host_reset"));
}

/* --- the driver that must not be touched --- */

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

static void wedge(void)
{
	static struct driver_event xid = {
		.kind = EVENT_XID, .code = 79, .usec = 1000000, .bdf = "0000:22:00.0", .line = ""
	};

	facts.driver.event = &xid;
	facts.driver.event_count = 1;
	facts.driver.log_know = KNOWN;
	facts.gate = (struct gate){ .open = false, .why = "Xid 79 1.0 s after boot" };
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

TEST(held_step_is_for_a_person_after_a_reboot_with_the_reason)
{
	wedge();
	struct plan *p = fix("uvm-not-loaded", "");

	CHECK_STR(p->step[0].what, "do this after a reboot, not before");
	CHECK(strstr(p->step[0].why, "Xid 79 1.0 s after boot"));
	CHECK_STR(p->step[0].shell.name[0], "sudo modprobe nvidia_uvm");
	CHECK_INT(p->step[0].when, WHEN_REBOOT);
}

TEST(line_that_only_looks_hurts_too_when_it_asks_the_driver)
{
	wedge();
	struct plan *p = fix("thermal-throttle", "");

	CHECK_STR(p->step[0].what, "do this after a reboot, not before");
	CHECK(strstr(p->step[0].shell.name[0], "nvidia-smi"));
}

TEST(gate_without_a_bound_driver_lets_it_be_loaded)
{
	facts.gate = (struct gate){ .why = "nvidia is not bound to the GPU" };
	facts.driver.gpu_driver = unknown_text(ABSENT, "x");
	struct plan *p = fix("module-not-loaded", "");

	CHECK_INT(p->count, 1);
	CHECK_STR(p->step[0].run.argv.name[0], "modprobe");
}

TEST(without_a_gpu_the_driver_waits_and_the_thunderbolt_module_does_not)
{
	facts.pci.chosen = NULL;
	facts.gate = (struct gate){ .why = "no GPU is chosen" };
	CHECK_STR(fix("uvm-not-loaded", "")->step[0].what, "do this once the GPU is there");
	CHECK(step_of(fix("thunderbolt-driver-missing", ""), STEP_RUN));
	CHECK(step_of(fix("container-devices-lost", "ollama"), STEP_CONTAINER));
}

/* --- several at once, and themes --- */

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

TEST(theme_that_cannot_says_why_and_nothing_else)
{
	theme_exists = true;
	stand_in.plan = refuses;
	struct plan *p = fix("docker-runtime-missing", "");

	CHECK_INT(p->count, 0);
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
