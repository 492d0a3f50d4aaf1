/* SPDX-License-Identifier: MIT */
#include "rules/verdict.h"

#include "tap.h"

#define DAEMON "nvidia-persistenced.service"

static const struct pci_gpu gpu = { .bdf = "0000:22:00.0" };

/* A host on which all is well but for what the test says of the units. */
static struct facts host_of(struct unit *unit, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const char **text[] = { &unit[i].load,       &unit[i].active, &unit[i].sub,
					&unit[i].file_state, &unit[i].result, &unit[i].exec_start };
		for (size_t n = 0; n < COUNT_OF(text); n++)
			*text[n] = *text[n] ? *text[n] : "";
	}
	return (struct facts){
		.pci = { .know = KNOWN, .chosen = &gpu },
		.driver = { .gpu_driver = { KNOWN, "nvidia", "" },
			    .nvidia_loaded = { KNOWN, 1, "" } },
		.gate = { .open = true, .why = "" },
		.services = { .know = KNOWN, .unit = unit, .unit_count = count },
	};
}
#define HOST_OF(...)                                                                               \
	host_of((struct unit[]){ __VA_ARGS__ },                                                    \
		sizeof((struct unit[]){ __VA_ARGS__ }) / sizeof(struct unit))

#define RUNNING                                                                                    \
	{                                                                                          \
		DAEMON, KNOWN, .load = "loaded", .active = "active", .sub = "running",             \
			       .file_state = "enabled"                                             \
	}

static struct verdict *judge(const struct facts *f)
{
	static struct arena arena;
	struct verdict *v = arena_alloc(&arena, sizeof(*v));

	v->arena = &arena;
	v->link = "persistence";
	link_persistence.judge(f, v);
	return v;
}

static void check(const struct facts *f, enum status status, const char *cause, const char *text)
{
	const struct finding *got = &judge(f)->finding[0];

	CHECK_STR(got->text, text);
	CHECK_STR(status_name(got->status), status_name(status));
	CHECK_STR(got->cause ? got->cause->id : "", cause);
}

/* The daemon. */

TEST(running_and_enabled_is_ok)
{
	struct facts f = HOST_OF(RUNNING);

	check(&f, STATUS_OK, "", "nvidia-persistenced running");
	CHECK_INT(judge(&f)->count, 1);
}

TEST(static_and_started_by_a_rule_is_ok)
{
	struct facts f = HOST_OF(
	    { DAEMON, KNOWN, .load = "loaded", .active = "active", .file_state = "static" });

	check(&f, STATUS_OK, "", "nvidia-persistenced running");
}

TEST(disabled_but_wanted_by_a_device_is_ok)
{
	const char *device = "sys-bus-pci-drivers-nvidia.device";
	struct facts f = HOST_OF({ DAEMON, KNOWN, .load = "loaded", .active = "active",
				   .file_state = "disabled", .wanted_by = { &device, 1 } });

	check(&f, STATUS_OK, "", "nvidia-persistenced running");
}

TEST(running_but_started_by_hand_is_gone_after_the_next_boot)
{
	struct facts f = HOST_OF(
	    { DAEMON, KNOWN, .load = "loaded", .active = "active", .file_state = "disabled" });

	f.services.udev_starts = known_u64(0, "");
	check(&f, STATUS_WARNING, "persistence-not-enabled",
	      "nvidia-persistenced runs, but nothing starts it at the next boot");
}

TEST(running_and_started_by_a_rule_of_udev_comes_back)
{
	struct facts f = HOST_OF(
	    { DAEMON, KNOWN, .load = "loaded", .active = "active", .file_state = "disabled" });

	f.services.udev_starts = known_u64(1, "");
	check(&f, STATUS_OK, "", "nvidia-persistenced running");
	f.services.udev_starts = unknown_u64(DENIED, "");
	check(&f, STATUS_UNKNOWN, "",
	      "nvidia-persistenced runs; whether udev starts it at the next boot: permission "
	      "denied");
}

TEST(start_limit_is_told_from_other_failures)
{
	struct facts limit = HOST_OF(
	    { DAEMON, KNOWN, .load = "loaded", .active = "failed", .result = "start-limit-hit" });
	struct facts restarted = HOST_OF({ DAEMON, KNOWN, .load = "loaded", .active = "failed",
					   .result = "exit-code", .restarts = 5 });
	struct facts other =
	    HOST_OF({ DAEMON, KNOWN, .load = "loaded", .active = "failed", .result = "exit-code" });

	check(&restarted, STATUS_WARNING, "persistenced-start-limit",
	      "nvidia-persistenced failed too often, systemd starts it no more");
	check(&limit, STATUS_WARNING, "persistenced-start-limit",
	      "nvidia-persistenced failed too often, systemd starts it no more");
	check(&other, STATUS_WARNING, "persistenced-failed",
	      "nvidia-persistenced failed (exit-code)");
}

TEST(failing_with_the_driver_is_the_drivers_finding)
{
	struct facts f =
	    HOST_OF({ DAEMON, KNOWN, .load = "loaded", .active = "failed", .result = "exit-code" });

	f.gate = (struct gate){ .open = false, .why = "Xid 79 104.2 s after boot" };
	check(&f, STATUS_UNKNOWN, "",
	      "nvidia-persistenced failed (exit-code), as it must without a working driver");
}

TEST(not_running_is_persistence_off)
{
	struct facts f = HOST_OF({ DAEMON, KNOWN, .load = "loaded", .active = "inactive",
				   .sub = "dead", .file_state = "disabled" });

	check(&f, STATUS_WARNING, "persistence-off", "nvidia-persistenced is not running");
	f.services.unit->file_state = "enabled";
	check(&f, STATUS_WARNING, "persistence-off",
	      "nvidia-persistenced is enabled, but not running");
	f.driver.nvidia_loaded.v = 0;
	check(&f, STATUS_UNKNOWN, "", "nvidia-persistenced is not running, nor is the driver");
}

TEST(a_daemon_that_is_not_wanted_need_not_run)
{
	struct facts f = HOST_OF(
	    { DAEMON, KNOWN, .load = "loaded", .active = "inactive", .file_state = "disabled" });
	struct facts running = HOST_OF(RUNNING);

	f.want.persistence = WISH_NO;
	check(&f, STATUS_SKIPPED, "",
	      "nvidia-persistenced is not wanted: persistence = no in /etc/egpu.conf");
	running.want.persistence = WISH_NO;
	check(&running, STATUS_OK, "", "nvidia-persistenced running");
}

TEST(persistence_mode_by_other_means_is_ok)
{
	struct nvml_gpu on = { .bdf = "00000000:22:00.0", .persistence_mode = { KNOWN, 1, "" } };
	struct facts f = HOST_OF(
	    { DAEMON, KNOWN, .load = "loaded", .active = "inactive", .file_state = "disabled" });

	f.nvml = (struct nvml){ .end = PROBE_ANSWERED, .gpu = &on, .gpu_count = 1 };
	check(&f, STATUS_OK, "", "persistence mode is on, though not by nvidia-persistenced");
}

TEST(a_daemon_that_keeps_nothing_awake_is_told)
{
	struct nvml_gpu mode = { .bdf = "0000:22:00.0", .persistence_mode = { KNOWN, 0, "" } };
	struct facts f = HOST_OF(RUNNING);

	f.services.unit->exec_start = "/usr/bin/nvidia-persistenced --no-persistence-mode";
	check(&f, STATUS_WARNING, "persistence-mode-off",
	      "nvidia-persistenced runs with --no-persistence-mode");
	f.nvml = (struct nvml){ .end = PROBE_ANSWERED, .gpu = &mode, .gpu_count = 1 };
	check(&f, STATUS_WARNING, "persistence-mode-off",
	      "nvidia-persistenced runs, but persistence mode of 0000:22:00.0 is off");
	mode.persistence_mode.v = 1;
	check(&f, STATUS_OK, "", "nvidia-persistenced running");
}

TEST(masked_missing_and_broken_units_have_names)
{
	struct facts masked = HOST_OF({ DAEMON, KNOWN, .load = "masked", .active = "inactive" });
	struct facts missing = HOST_OF({ DAEMON, ABSENT });
	struct facts bad = HOST_OF({ DAEMON, KNOWN, .load = "bad-setting", .active = "inactive" });

	check(&masked, STATUS_WARNING, "persistenced-masked", "nvidia-persistenced is masked");
	check(&missing, STATUS_WARNING, "persistenced-missing",
	      "nvidia-persistenced is not installed");
	check(&bad, STATUS_WARNING, "persistenced-failed",
	      "nvidia-persistenced's unit cannot be loaded (bad-setting)");
}

TEST(an_override_with_smi_is_told_before_all_else)
{
	struct nvml_gpu on = { .bdf = "0000:22:00.0", .persistence_mode = { KNOWN, 1, "" } };
	struct facts f = HOST_OF({ DAEMON, KNOWN, .load = "loaded", .active = "inactive",
				   .exec_start = "/usr/bin/nvidia-smi -pm 1" });

	f.nvml = (struct nvml){ .end = PROBE_ANSWERED, .gpu = &on, .gpu_count = 1 };
	check(&f, STATUS_WARNING, "persistence-by-smi",
	      "an override runs nvidia-smi -pm, which is deprecated");
}

TEST(restarting_for_ever_is_failing_and_starting_is_not)
{
	struct facts f = HOST_OF({ DAEMON, KNOWN, .load = "loaded", .active = "activating",
				   .sub = "auto-restart", .restarts = 41 });

	check(&f, STATUS_WARNING, "persistenced-failed",
	      "nvidia-persistenced keeps failing, restarted 41 times");
	f.services.unit->sub = "start";
	check(&f, STATUS_UNKNOWN, "", "nvidia-persistenced is just activating");
	f.services.unit->active = "maintenance";
	check(&f, STATUS_UNKNOWN, "", "state of nvidia-persistenced is 'maintenance'");
}

/* What is not known. */

TEST(unknown_stays_unknown_with_a_line_that_shows_it)
{
	struct facts f = HOST_OF({ DAEMON, TIMED_OUT });
	const struct finding *got = &judge(&f)->finding[0];

	CHECK_INT(got->status, STATUS_UNKNOWN);
	CHECK_STR(got->show, "systemctl status nvidia-persistenced");
	CHECK_STR(got->text, "state of nvidia-persistenced: no answer in time");
	f.services.know = DENIED;
	check(&f, STATUS_UNKNOWN, "", "state of nvidia-persistenced: permission denied");
	f.services = (struct services){ .know = KNOWN };
	check(&f, STATUS_UNKNOWN, "", "systemd was not asked for nvidia-persistenced");
}

TEST(not_judged_where_it_is_not_wanted)
{
	struct nvml_gpu mode = { .bdf = "0000:22:00.0", .persistence_mode = { KNOWN, 0, "" } };
	struct facts f = HOST_OF({ DAEMON, ABSENT });

	f.services.know = ABSENT;
	check(&f, STATUS_SKIPPED, "", "no systemd here");
	f.nvml = (struct nvml){ .end = PROBE_ANSWERED, .gpu = &mode, .gpu_count = 1 };
	check(&f, STATUS_SKIPPED, "", "no systemd here");
	mode.persistence_mode.v = 1;
	check(&f, STATUS_OK, "", "persistence mode is on");
	f.machine.wsl = known_u64(1, "");
	check(&f, STATUS_SKIPPED, "", "the driver runs in Windows");
	f.pci.chosen = NULL;
	check(&f, STATUS_SKIPPED, "", "no NVIDIA GPU to keep awake");
}

/* Suspend. */

#define SLEEPER(unit, state)                                                                       \
	{                                                                                          \
		"nvidia-" unit ".service", KNOWN, .load = "loaded", .active = "inactive",          \
						  .file_state = (state)                            \
	}

static void check_suspend(struct facts *f, enum status status, const char *text)
{
	f->driver.preserve_video_memory = known_u64(1, "");
	struct verdict *v = judge(f);

	CHECK_INT(v->count, 2);
	CHECK_STR(v->finding[1].text, text);
	CHECK_INT(v->finding[1].status, status);
}

TEST(kept_video_memory_needs_both_services)
{
	struct facts both =
	    HOST_OF(RUNNING, SLEEPER("suspend", "enabled"), SLEEPER("resume", "enabled"));
	struct facts none =
	    HOST_OF(RUNNING, SLEEPER("suspend", "disabled"), SLEEPER("resume", "masked"));
	struct facts one =
	    HOST_OF(RUNNING, SLEEPER("suspend", "enabled"), { "nvidia-resume.service", ABSENT });

	check_suspend(&both, STATUS_OK, "video memory is kept over suspend");
	check_suspend(&none, STATUS_WARNING,
		      "suspend will fail: nvidia-suspend not enabled, nvidia-resume masked");
	none.services.unit[2].file_state = "disabled";
	check_suspend(&none, STATUS_WARNING,
		      "suspend will fail: nvidia-suspend, nvidia-resume not enabled");
	check_suspend(&one, STATUS_WARNING, "suspend will fail: nvidia-resume not installed");
	CHECK_STR(judge(&one)->finding[1].cause->id, "suspend-services-off");
}

TEST(services_that_were_not_read_are_unknown)
{
	struct facts f =
	    HOST_OF(RUNNING, SLEEPER("suspend", "static"), { "nvidia-resume.service", TIMED_OUT });

	check_suspend(&f, STATUS_UNKNOWN, "state of nvidia-suspend and nvidia-resume is not known");
}

TEST(a_compute_only_host_needs_none_of_them)
{
	struct facts f =
	    HOST_OF(RUNNING, SLEEPER("suspend", "disabled"), SLEEPER("resume", "disabled"));

	f.driver.preserve_video_memory = known_u64(0, "");
	CHECK_INT(judge(&f)->count, 1);
	f.driver.preserve_video_memory = unknown_u64(ABSENT, "");
	CHECK_INT(judge(&f)->count, 1);
	f.driver.preserve_video_memory = unknown_u64(DENIED, "");
	CHECK_INT(judge(&f)->finding[1].status, STATUS_UNKNOWN);
}

TEST(a_driver_that_hears_of_suspend_from_the_kernel_needs_none_either)
{
	struct facts f =
	    HOST_OF(RUNNING, SLEEPER("suspend", "disabled"), SLEEPER("resume", "disabled"));

	f.driver.preserve_video_memory = known_u64(1, "");
	f.driver.suspend_notifiers = known_u64(1, "");
	CHECK_INT(judge(&f)->count, 1);
	f.driver.suspend_notifiers = unknown_u64(UNREADABLE, "");
	CHECK_INT(judge(&f)->finding[1].status, STATUS_UNKNOWN);
}

TEST(hibernation_needs_a_third_service_where_the_machine_hibernates)
{
	struct facts f = HOST_OF(RUNNING, SLEEPER("suspend", "enabled"),
				 SLEEPER("resume", "enabled"), SLEEPER("hibernate", "disabled"));

	check_suspend(&f, STATUS_OK, "video memory is kept over suspend");
	f.machine.hibernates = unknown_u64(DENIED, "");
	check_suspend(&f, STATUS_OK, "video memory is kept over suspend");
	f.machine.hibernates = known_u64(0, "");
	check_suspend(&f, STATUS_OK, "video memory is kept over suspend");
	f.machine.hibernates = known_u64(1, "");
	check_suspend(&f, STATUS_WARNING, "hibernation will fail: nvidia-hibernate not enabled");
	CHECK_STR(judge(&f)->finding[1].cause->id, "hibernate-service-off");
	f.services.unit[3].know = TIMED_OUT;
	check_suspend(&f, STATUS_UNKNOWN, "state of nvidia-hibernate is not known");
	f.services.unit[3] = (struct unit)SLEEPER("hibernate", "enabled");
	check_suspend(&f, STATUS_OK, "video memory is kept over suspend");
}
