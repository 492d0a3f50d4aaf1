/* SPDX-License-Identifier: MIT */
/* Services, the enclosure, packages, module options: planned from facts alone. */
#include "plan-boot.h"
#include "plan/revive.h"

static struct unit unit[4];
static struct pci_gpu gpu = { .bdf = "0000:22:00.0", .router = "0-1", .reach = REACH_THUNDERBOLT };
static struct pci_hop endpoint;
static struct kernel_image image;
static struct tb_device device[2];
static struct tb_domain domain;
static struct bolt_device bolt;

#define UUID "00000000-0000-4000-8000-000000000003"

/* A laptop with the driver, and with an enclosure that is enrolled. */
static void begin(void)
{
	endpoint = (struct pci_hop){ .bdf = gpu.bdf, .device = { KNOWN, 0x2504, "x" } };
	gpu.hop = &endpoint;
	gpu.hop_count = 1;
	image = (struct kernel_image){ .release = "6.17.1", .nvidia_module = { KNOWN, "x", "x" } };
	domain = (struct tb_domain){ .name = "domain0", .iommu_dma_protection = { KNOWN, 1, "x" } };
	device[0] = (struct tb_device){ .name = "0-1",
					.domain = "domain0",
					.vendor = { KNOWN, "Razer", "x" },
					.model = { KNOWN, "Core X", "x" },
					.unique_id = { KNOWN, UUID, "x" } };
	bolt = (struct bolt_device){ .uuid = UUID, .policy = "iommu", .stored = true };
	facts = (struct facts){
		.arena = &arena,
		.want = want_default(),
		.machine = { .distro = DISTRO_ARCH },
		.pci = { .know = KNOWN, .chosen = &gpu },
		.gate = { .open = true },
		.thunderbolt = { .know = KNOWN,
				 .device = device,
				 .device_count = 1,
				 .domain = &domain,
				 .domain_count = 1,
				 .bolt_know = KNOWN,
				 .bolt = &bolt,
				 .bolt_count = 1 },
		.kernel = { .images_know = KNOWN,
			    .image = &image,
			    .image_count = 1,
			    .userland_version = { KNOWN, "590.48.01", "x" } },
		.driver = { .nvidia_loaded = { KNOWN, 1, "x" },
			    .gpu_driver = { KNOWN, "nvidia", "x" } },
		.services = { .know = KNOWN, .unit = unit },
		.docker = { .know = ABSENT },
	};
}

static struct unit *have_unit(const char *name, const char *active, const char *file_state)
{
	struct unit *u = &unit[facts.services.unit_count++];
	*u = (struct unit){ .name = name,
			    .know = KNOWN,
			    .load = "loaded",
			    .active = active,
			    .sub = "",
			    .file_state = file_state,
			    .result = "success",
			    .exec_start = "" };
	return u;
}

#define DAEMON "nvidia-persistenced.service"

TEST(a_daemon_that_runs_and_is_enabled_is_left_alone)
{
	begin();
	have_unit(DAEMON, "active", "enabled");
	plan_theme(&theme_persistence);
	CHECK_STR(planned(), "");
}

TEST(a_daemon_that_a_rule_of_udev_starts_is_left_alone)
{
	begin();
	have_unit(DAEMON, "active", "disabled");
	facts.services.udev_starts = known_u64(1, "x");
	plan_theme(&theme_persistence);
	CHECK_STR(planned(), "");
}

TEST(a_daemon_that_is_off_is_enabled_and_started)
{
	begin();
	have_unit(DAEMON, "inactive", "disabled");
	plan_theme(&theme_persistence);
	CHECK_STR(planned(), "enable " DAEMON "\nstart " DAEMON "\n");
}

TEST(a_daemon_at_its_start_limit_starts_again_and_may_try_longer)
{
	begin();
	have_unit(DAEMON, "failed", "enabled")->result = "start-limit-hit";
	plan_theme(&theme_persistence);
	CHECK_STR(planned(), "/etc/systemd/system/" DAEMON ".d/60-egpu.conf\nreset-failed " DAEMON
			     "\nstart " DAEMON "\n");
	CHECK(strstr(plan.step[0].file.after.data, "StartLimitIntervalSec=0\n"));
}

/* systemd mostly keeps the reason of the first failure as the result. */
TEST(a_daemon_that_failed_after_restarts_is_at_its_start_limit)
{
	begin();
	struct unit *u = have_unit(DAEMON, "failed", "enabled");
	u->result = "exit-code";
	u->restarts = 5;
	plan_theme(&theme_persistence);
	CHECK_STR(planned(), "/etc/systemd/system/" DAEMON ".d/60-egpu.conf\nreset-failed " DAEMON
			     "\nstart " DAEMON "\n");
}

/* Starting it opens the driver. */
TEST(behind_a_shut_gate_nothing_is_started)
{
	begin();
	have_unit(DAEMON, "inactive", "disabled");
	facts.gate.open = false;
	plan_theme(&theme_persistence);
	CHECK_STR(planned(), "enable " DAEMON "\n");
}

TEST(units_of_suspend_follow_the_option)
{
	begin();
	have_unit("nvidia-suspend.service", "inactive", "disabled");
	have_unit("nvidia-resume.service", "inactive", "enabled");
	plan_theme(&theme_suspend);
	CHECK_STR(planned(), "");
	facts.driver.preserve_video_memory = known_u64(1, "x");
	facts.driver.suspend_notifiers = known_u64(1, "x");
	plan_theme(&theme_suspend);
	CHECK_STR(planned(), "");
	facts.driver.suspend_notifiers = known_u64(0, "x");
	plan_theme(&theme_suspend);
	CHECK_STR(planned(), "enable nvidia-suspend.service\n");
}

TEST(memory_kept_over_suspend_is_an_option_of_the_module)
{
	begin();
	facts.want.suspend = WISH_YES;
	facts.initramfs.tool = INITRAMFS_DRACUT;
	plan_theme(&theme_modules);
	CHECK_STR(planned(), "/etc/modprobe.d/zz-egpu.conf\n$ dracut --regenerate-all --force\n");
	CHECK(strstr(plan.step[0].file.after.data,
		     "\noptions nvidia NVreg_PreserveVideoMemoryAllocations=1\n"));
}

TEST(nouveau_is_kept_out_where_it_holds_the_gpu)
{
	begin();
	facts.driver.gpu_driver = known_text("nouveau", "x");
	plan_theme(&theme_modules);
	CHECK(strstr(plan.step[0].file.after.data, "\nblacklist nouveau\n"));
}

TEST(nova_is_kept_out_where_it_holds_the_gpu)
{
	begin();
	facts.driver.gpu_driver = known_text("NovaCore", "x");
	plan_theme(&theme_modules);
	CHECK(strstr(plan.step[0].file.after.data, "\nblacklist nova_core\n"));
}

TEST(lines_of_an_earlier_setup_stay)
{
	begin();
	HAVE({ "/etc/modprobe.d/zz-egpu.conf", "# x\nblacklist nouveau\n" });
	facts.want.suspend = WISH_YES;
	facts.driver.gpu_driver = known_text("nouveau", "x");
	plan_theme(&theme_modules);
	CHECK(str_starts(plan.step[0].file.after.data,
			 "# x\nblacklist nouveau\noptions nouveau modeset=0\noptions nvidia "));
}

/* The enclosure */

TEST(an_enrolled_enclosure_is_left_alone)
{
	begin();
	plan_theme(&theme_enclosure);
	CHECK_INT(plan.count, 0);
}

TEST(a_stranger_is_enrolled_only_when_asked)
{
	begin();
	bolt = (struct bolt_device){ .uuid = UUID, .policy = "", .status = "authorized" };
	plan_theme(&theme_enclosure);
	CHECK_INT(plan.count, 1);
	CHECK_STR(plan.step[0].enclosure.verb, "enroll");
	CHECK_STR(plan.step[0].enclosure.policy, "auto");
	CHECK_STR(plan.step[0].what, "enroll Razer Core X, policy auto");
	CHECK_STR(plan.step[0].why,
		  "UUID " UUID "; the IOMMU keeps it off memory that is not its own");
	CHECK(plan.step[0].asks);
	facts.want.enclosure = UUID;
	plan_theme(&theme_enclosure);
	CHECK(!plan.step[0].asks);
}

TEST(a_missing_iommu_is_said)
{
	begin();
	bolt.stored = false;
	domain.iommu_dma_protection = known_u64(0, "x");
	plan_theme(&theme_enclosure);
	CHECK(strstr(plan.step[0].why, "it can read and write all memory"));
}

TEST(a_policy_that_waits_for_a_person_is_changed)
{
	begin();
	bolt.policy = "manual";
	plan_theme(&theme_enclosure);
	CHECK_INT(plan.count, 1);
	CHECK_STR(plan.step[0].enclosure.verb, "enroll");
	CHECK_STR(plan.step[0].enclosure.policy, "auto");
	facts.want.policy = "manual";
	plan_theme(&theme_enclosure);
	CHECK_INT(plan.count, 0);
}

TEST(a_dock_that_is_no_enclosure_is_not_enrolled)
{
	begin();
	gpu.router = "";
	device[0].model = known_text("ThinkPad Thunderbolt 4 Dock", "x");
	bolt.stored = false;
	plan_theme(&theme_enclosure);
	CHECK_INT(plan.count, 0);
	gpu.router = "0-1";
}

/* Packages */

static const char *installs(void)
{
	for (size_t i = 0; i < plan.count; i++)
		if (plan.step[i].kind == STEP_PACKAGES)
			return names_join(&arena, &plan.step[i].run.argv, " ");
	return "";
}

TEST(a_whole_host_needs_no_packages)
{
	begin();
	have_unit(DAEMON, "active", "enabled");
	plan_theme(&theme_packages);
	CHECK_INT(plan.count, 0);
	CHECK_STR(refused(), "");
}

TEST(what_is_missing_is_one_command_and_asks)
{
	begin();
	have_unit(DAEMON, "active", "enabled");
	image.nvidia_module = unknown_text(ABSENT, "x");
	facts.driver.nvidia_loaded = known_u64(0, "x");
	facts.thunderbolt.bolt_know = ABSENT;
	plan_theme(&theme_packages);
	CHECK_STR(installs(), "pacman -S --needed --noconfirm bolt nvidia-open nvidia-utils");
	CHECK(plan.step[0].asks);
	facts.machine.distro = DISTRO_DEBIAN;
	plan_theme(&theme_packages);
	CHECK(str_starts(installs(), "apt-get install -y bolt nvidia-open-kernel-dkms "));
}

TEST(the_open_modules_are_not_for_an_old_gpu)
{
	begin();
	have_unit(DAEMON, "active", "enabled");
	image.nvidia_module = unknown_text(ABSENT, "x");
	facts.driver.nvidia_loaded = known_u64(0, "x");
	endpoint.device = known_u64(0x1b80, "x"); /* Pascal */
	plan_theme(&theme_packages);
	CHECK_STR(installs(), "");
	CHECK_STR(refused(), "the driver is missing");
}

TEST(a_package_whose_source_is_not_set_up_is_told)
{
	begin();
	have_unit(DAEMON, "active", "enabled");
	facts.machine.distro = DISTRO_DEBIAN;
	facts.docker = (struct docker){ .know = KNOWN, .toolkit_path = { ABSENT, "", "x" } };
	plan_theme(&theme_packages);
	CHECK_STR(installs(), "");
	CHECK_STR(refused(), "the container toolkit is missing");
	CHECK(
	    str_starts(plan.refusal[0].shell.name[0], "# add its package source first: https://"));
	HAVE({ "/etc/apt/sources.list.d/nvidia-container-toolkit.list", "" });
	plan_theme(&theme_packages);
	CHECK_STR(installs(), "apt-get install -y nvidia-container-toolkit");
}

TEST(what_is_not_known_is_not_installed)
{
	begin();
	facts.kernel.images_know = DENIED;
	image.nvidia_module = unknown_text(DENIED, "x");
	facts.driver.nvidia_loaded = unknown_u64(DENIED, "x");
	facts.services.know = DENIED;
	facts.thunderbolt.bolt_know = TIMED_OUT;
	facts.docker = (struct docker){ .know = KNOWN, .toolkit_path = { DENIED, "", "x" } };
	plan_theme(&theme_packages);
	CHECK_INT(plan.count, 0);
	CHECK_STR(refused(), "");
}

TEST(module_that_was_not_seen_may_be_there)
{
	begin();
	have_unit(DAEMON, "active", "enabled");
	image.nvidia_module = unknown_text(DENIED, "x");
	facts.driver.nvidia_loaded = known_u64(0, "x");
	plan_theme(&theme_packages);
	CHECK_INT(plan.count, 0);
	CHECK_STR(refused(), "");
	image.nvidia_module = unknown_text(ABSENT, "x");
	facts.driver.nvidia_loaded = unknown_u64(DENIED, "x");
	plan_theme(&theme_packages);
	CHECK_INT(plan.count, 0);
}

/* Order */

TEST(order_waits_for_the_unit_that_waits)
{
	begin();
	have_unit("docker.service", "active", "enabled");
	plan_theme(&theme_order);
	CHECK_STR(planned(), "");
	HAVE({ "/usr/lib/systemd/system/egpu-ready.service", "" });
	plan_theme(&theme_order);
	CHECK_STR(planned(), "/etc/systemd/system/docker.service.d/60-egpu.conf\n");
	CHECK(strstr(plan.step[0].file.after.data,
		     "\n[Unit]\nWants=egpu-ready.service\nAfter=egpu-ready.service\n"));
	facts.want.order = WISH_NO;
	HAVE({ "/etc/systemd/system/docker.service.d/60-egpu.conf", "x" });
	plan_theme(&theme_order);
	CHECK_STR(planned(), "-/etc/systemd/system/docker.service.d/60-egpu.conf\n");
}

TEST(an_order_that_systemd_did_not_tell_of_is_not_taken_for_none)
{
	begin();
	facts.services.know = TIMED_OUT;
	plan_theme(&theme_order);
	CHECK_INT(plan.count, 0);
	CHECK_STR(refused(), "the order of Docker, Ollama and nvidia-persistenced at boot is left "
			     "alone, since systemd did not answer (no answer in time)");
}

TEST(the_daemon_has_an_order_beside_what_lets_it_try_for_ever)
{
	begin();
	have_unit(DAEMON, "failed", "enabled");
	unit[0].result = "start-limit-hit";
	HAVE({ "/usr/lib/systemd/system/egpu-driver.service", "" });
	plan_theme(&theme_persistence);
	CHECK(strstr(planned(), "/nvidia-persistenced.service.d/60-egpu.conf\n"));
	plan_theme(&theme_order);
	CHECK_STR(planned(),
		  "/etc/systemd/system/nvidia-persistenced.service.d/60-egpu-order.conf\n");
	CHECK(strstr(plan.step[0].file.after.data, "\nAfter=egpu-driver.service\n"));
}

/* What failed before the GPU came */

static const char *revived(void)
{
	static char text[512];
	struct planner p = { .arena = &arena,
			     .facts = &facts,
			     .host = &host.table.host,
			     .plan = &plan,
			     .theme = "x" };

	plan = (struct plan){ 0 };
	plan_revive(&p);
	*text = '\0';
	for (size_t i = 0; i < plan.count; i++) {
		strcat(text, unit_line(&arena, &plan.step[i].unit));
		strcat(text, "; ");
	}
	return text;
}

TEST(what_failed_is_started_anew_and_not_waited_for)
{
	begin();
	have_unit(DAEMON, "failed", "enabled");
	unit[0].result = "start-limit-hit";
	CHECK_STR(revived(), "systemctl reset-failed nvidia-persistenced.service; "
			     "systemctl start --no-block nvidia-persistenced.service; ");
	CHECK_STR(plan.step[1].what,
		  "start nvidia-persistenced.service, which had failed (start-limit-hit)");
	begin();
	have_unit("nvidia-cdi-refresh.service", "failed", "enabled");
	CHECK_STR(revived(), "systemctl reset-failed nvidia-cdi-refresh.service; "
			     "systemctl start --no-block nvidia-cdi-refresh.service; ");
}

TEST(what_did_not_fail_is_left_alone)
{
	begin();
	CHECK_STR(revived(), "");
	have_unit(DAEMON, "inactive", "enabled");
	have_unit("docker.service", "failed", "enabled");
	CHECK_STR(revived(), "");
	unit[0].active = "activating";
	CHECK_STR(revived(), "");
	unit[0].active = "failed";
	unit[0].load = "masked";
	CHECK_STR(revived(), "");
}

TEST(a_daemon_that_is_not_wanted_is_left_alone)
{
	begin();
	have_unit(DAEMON, "failed", "enabled");
	facts.want.persistence = WISH_KEEP;
	CHECK_STR(revived(), "");
	unit[0].know = TIMED_OUT;
	facts.want.persistence = WISH_YES;
	CHECK_STR(revived(), "");
}
