/* SPDX-License-Identifier: MIT */
#include "rules-driver.h"

TEST(sound_driver_is_told_in_one_line)
{
	CHECK_STR(status_name(judge()->status), "ok");
	CHECK_STR(judge()->text, "nvidia-open 590.48.01, nvidia_uvm loaded");
	CHECK_INT(said.count, 1);
}

TEST(without_a_gpu_the_link_is_skipped)
{
	facts.pci.chosen = NULL;
	CHECK_INT(judge()->status, STATUS_SKIPPED);
}

TEST(wrong_flavour_explains_the_failed_start)
{
	facts.driver.is_open.v = 0;
	happened(EVENT_OPEN_REQUIRED, 5500000);
	happened(EVENT_RM_INIT, 5600000);
	struct report *r = chain_judge(&facts, "driver");
	CHECK_STR(r->headline[0]->cause->id, "open-module-required");
	unsigned waiting = 0;
	for (size_t i = 0; i < r->verdict.count; i++)
		waiting += r->verdict.finding[i].status == STATUS_WAITING &&
			   r->verdict.finding[i].cause &&
			   strcmp(r->verdict.finding[i].cause->id, "driver-init-failed") == 0;
	CHECK_INT(waiting, 1);
}

TEST(loaded_module_and_libraries_must_be_one_version)
{
	facts.kernel.userland_version = known_text("590.48.01", "");
	CHECK_INT(judge()->status, STATUS_OK);
	facts.kernel.userland_version = known_text("595.71.05", "");
	check_broken("driver-version-mismatch");
}

TEST(xid_79_is_a_loss_with_its_time)
{
	xid(79, 104200000);
	check_broken("gpu-fallen-off-bus");
	CHECK_STR(judge()->text, "22:00.0 fell off the bus 104.2 s after boot (Xid 79)");
	CHECK_INT(count_of(STATUS_BROKEN), 1);
}

TEST(link_down_just_before_tells_a_pulled_cable)
{
	happened(EVENT_LINK_DOWN, 100000000);
	xid(79, 104200000);
	check_broken("gpu-disconnected");
}

TEST(link_down_long_before_does_not)
{
	happened(EVENT_LINK_DOWN, 10000000);
	xid(79, 104200000);
	check_broken("gpu-fallen-off-bus");
}

TEST(loss_after_resume_is_told_as_such)
{
	happened(EVENT_SUSPEND_EXIT, 100000000);
	happened(EVENT_LINK_DOWN, 100500000);
	xid(79, 104200000);
	check_broken("gpu-lost-after-suspend");
}

TEST(loss_before_the_kernel_saw_the_enclosure_is_the_host_reset)
{
	happened(EVENT_GPU_FOUND, 1100000);
	happened(EVENT_DRIVER_LOADED, 2300000);
	xid(79, 2500000);
	happened(EVENT_TB_FOUND, 22500000);
	check_broken("thunderbolt-host-reset");
	gpu.reach = REACH_REMOVABLE;
	check_broken("gpu-fallen-off-bus");
}

TEST(gpu_that_came_back_is_a_warning)
{
	xid(79, 104200000);
	happened(EVENT_FELL_OFF, 104200000);
	happened(EVENT_GPU_FOUND, 160000000);
	check_warning("xid-79-earlier");
}

TEST(failed_start_is_named_by_what_the_driver_said_before)
{
	happened(EVENT_DRIVER_LOADED, 6300000);
	struct driver_event *first = happened(EVENT_WPR2, 7700000);
	happened(EVENT_RM_INIT, 7742000);
	check_broken("gsp-wpr2-stuck");
	first->kind = EVENT_GSP;
	check_broken("gsp-boot-failed");
	first->kind = EVENT_AER;
	check_broken("driver-init-failed");
	CHECK_STR(judge()->text, "the driver could not bring 22:00.0 up, 7.7 s after boot");
	first->kind = EVENT_D3COLD;
	check_broken("gpu-stuck-in-d3cold");
}

TEST(memory_that_a_failed_start_left_locked_is_what_to_clear)
{
	happened(EVENT_GSP, 7738000);
	happened(EVENT_WPR2, 7738500);
	happened(EVENT_RM_INIT, 7742000);
	check_broken("gsp-wpr2-stuck");
}

TEST(silent_gsp_is_broken)
{
	xid(119, 30000000);
	check_broken("xid-119-gsp-timeout");
	CHECK_STR(judge()->text, "Xid 119 30.0 s after boot: the GSP did not answer");
}

TEST(faults_of_programs_are_warnings_with_a_count)
{
	xid(31, 104200000);
	log_of[0].count = 12;
	check_warning("xid-31");
	CHECK_STR(judge()->text, "Xid 31, 12 times since 104.2 s after boot: memory page fault of "
				 "a program");
	xid(13, 105000000);
	judge();
	CHECK_INT(count_of(STATUS_WARNING), 2);
}

TEST(followers_are_not_told)
{
	xid(45, 104200000);
	xid(43, 104300000);
	xid(63, 104400000);
	CHECK_INT(judge()->status, STATUS_OK);
}

TEST(what_follows_a_loss_is_not_told)
{
	xid(79, 104200000);
	xid(154, 104200001);
	xid(31, 104300000);
	check_broken("gpu-fallen-off-bus");
	CHECK_INT(count_of(STATUS_WARNING), 0);
	CHECK_INT(count_of(STATUS_BROKEN), 1);
}

TEST(xid_that_needs_a_reset_breaks_until_the_driver_came_again)
{
	xid(62, 104200000);
	check_broken("xid-reset");
	happened(EVENT_DRIVER_LOADED, 200000000);
	check_warning("xid-reset");
}

TEST(driver_that_asks_for_recovery_is_heard)
{
	xid(109, 104200000);
	check_warning("xid-109");
	xid(154, 104300000);
	log_of[1].line = "NVRM: Xid (PCI:0000:22:00): 154, GPU recovery action changed from 0x0 "
			 "(None) to 0x1 (GPU Reset Required)";
	check_broken("xid-154");
	CHECK_STR(judge()->text, "the driver asks for recovery: GPU Reset Required");
	xid(154, 104400000);
	log_of[2].line = "NVRM: Xid (PCI:0000:22:00): 154, GPU recovery action changed from 0x1 "
			 "(GPU Reset Required) to 0x0 (None)";
	check_warning("xid-109");
}

TEST(memory_faults_and_unnamed_xids_have_a_cause_too)
{
	xid(48, 104200000);
	check_warning("gpu-memory-fault");
	log_of[0].code = 9998;
	check_warning("xid-other");
}

TEST(every_xid_of_the_table_can_be_judged)
{
	for (uint64_t code = 1; code < 200; code++) {
		facts.driver.event_count = 0;
		xid(code, 104200000);
		CHECK(judge()->status >= STATUS_OK);
	}
}

TEST(uvm_missing_breaks_cuda)
{
	facts.driver.uvm_loaded.v = 0;
	check_broken("uvm-not-loaded");
}

TEST(uvm_on_a_blacklist_is_told_with_its_place)
{
	facts.driver.uvm_loaded.v = 0;
	facts.driver.uvm_blacklisted =
	    known_text("blacklist nvidia_uvm", "/etc/modprobe.d/local.conf:3");
	check_broken("uvm-not-loaded");
	CHECK_STR(judge()->text, "nvidia_uvm is not loaded, /etc/modprobe.d/local.conf, line 3 "
				 "keeps it from loading by itself: blacklist nvidia_uvm");
	CHECK_STR(judge()->subject, "/etc/modprobe.d/local.conf");
}

TEST(uvm_that_may_not_be_loaded_is_told_with_what_forbids_it)
{
	facts.driver.uvm_loaded.v = 0;
	facts.driver.uvm_forbidden =
	    known_text("install nvidia_uvm /bin/true", "/etc/modprobe.d/local.conf:7");
	check_broken("module-forbidden");
	CHECK_STR(judge()->text, "nvidia_uvm is not loaded, /etc/modprobe.d/local.conf, line 7 "
				 "forbids it: install nvidia_uvm /bin/true");
}

TEST(uvm_that_comes_on_demand_is_fine)
{
	facts.driver.uvm_loaded.v = 0;
	facts.cuda = (struct cuda){ .end = PROBE_ANSWERED, .result = { KNOWN, 0, "" } };
	CHECK_STR(judge()->text, "nvidia-open 590.48.01, nvidia_uvm loads on demand");
	CHECK_INT(judge()->status, STATUS_OK);
}

TEST(missing_node_is_broken_unless_it_was_made_on_demand)
{
	nodes[0].know = ABSENT;
	check_broken("device-nodes-missing");
	CHECK_STR(judge()->text, "/dev/nvidia0 is missing");
	facts.nvml = (struct nvml){ .end = PROBE_ANSWERED, .result = { KNOWN, 0, "" } };
	CHECK_INT(judge()->status, STATUS_OK);
}

TEST(node_of_another_major_is_stale)
{
	nodes[2].major = 235;
	check_broken("device-nodes-stale");
	CHECK_STR(judge()->text, "/dev/nvidia-uvm has major 235, the driver has 511");
	nodes[2].is_char = false;
	CHECK_STR(judge()->text, "/dev/nvidia-uvm is no device node");
}

TEST(node_whose_major_is_not_known_is_not_stale)
{
	nodes[2].major = 235;
	nodes[2].want_major = unknown_u64(ABSENT, "");
	CHECK_INT(judge()->status, STATUS_OK);
}

TEST(nodes_of_a_group_warn_only_where_it_bites)
{
	for (size_t i = 0; i < 3; i++)
		nodes[i].mode = 0660;
	CHECK_INT(judge()->status, STATUS_OK);
	facts.nvml.result = known_u64(4, "nvml");
	check_warning("device-permission-denied");
	facts.nvml.result = unknown_u64(NOT_LOOKED, NULL);
	facts.docker.rootless = true;
	check_warning("device-permission-denied");
	facts.docker.rootless = false;
	nodes[1].mode = 0600;
	check_warning("device-permission-denied");
	CHECK_STR(judge()->text, "/dev/nvidiactl is not open to all users (mode 0600)");
}

TEST(node_with_tight_permissions_hides_no_broken_one)
{
	nodes[0].mode = nodes[1].mode = 0600;
	nodes[2].major = 235;
	check_broken("device-nodes-stale");
	CHECK_INT(count_of(STATUS_WARNING), 1);
	nodes[2].know = ABSENT;
	check_broken("device-nodes-missing");
	CHECK_STR(judge()->text, "/dev/nvidia-uvm is missing");
}

TEST(node_that_was_not_seen_hides_no_broken_one)
{
	nodes[0].know = nodes[1].know = DENIED;
	nodes[2].major = 235;
	check_broken("device-nodes-stale");
	CHECK_INT(count_of(STATUS_UNKNOWN), 1);
}

TEST(question_marks_for_a_bios_mean_little_alone)
{
	facts.driver.video_bios = known_text("??.??.??.??.??", "");
	CHECK_INT(judge()->status, STATUS_OK);
	facts.nvml = (struct nvml){ .end = PROBE_ANSWERED, .result = { KNOWN, 0, "" } };
	check_broken("driver-init-failed");
	facts.nvml.gpu_count = 1;
	CHECK_INT(judge()->status, STATUS_OK);
}

TEST(option_that_the_open_modules_ignore_is_told)
{
	facts.driver.gsp_firmware = known_u64(0, "");
	check_warning("gsp-option-ignored");
	facts.driver.is_open.v = 0;
	CHECK_INT(judge()->status, STATUS_OK);
}

TEST(iommu_faults_are_a_warning)
{
	happened(EVENT_IOMMU_FAULT, 30000000);
	check_warning("iommu-fault");
}

TEST(process_in_the_driver_for_ever_is_broken)
{
	facts.driver.stuck_count.v = 1;
	facts.driver.stuck = known_text("nvidia-smi (1234)", "");
	check_broken("driver-stuck");
	CHECK_STR(judge()->text, "nvidia-smi (1234) hangs in the driver and cannot be ended");
	xid(79, 104200000);
	check_broken("gpu-fallen-off-bus");
	CHECK_INT(count_of(STATUS_BROKEN), 1);
}

TEST(log_that_was_not_read_is_unknown_not_quiet)
{
	facts.driver.log_know = DENIED;
	CHECK_INT(judge()->status, STATUS_UNKNOWN);
	CHECK_STR(judge()->text, "errors of this boot: kernel log is for root only");
	CHECK_STR(judge()->show, "sudo dmesg | grep -E 'NVRM|Xid'");
}

TEST(log_that_lost_its_beginning_is_unknown_not_quiet)
{
	facts.driver.log_since_usec = known_u64(5001000000, "");
	CHECK_INT(judge()->status, STATUS_UNKNOWN);
	CHECK_STR(judge()->text, "earlier errors: the kernel log begins 5001 s after boot");
	CHECK_STR(judge()->show, "sudo journalctl -k -b");
	xid(79, 5104200000);
	check_broken("gpu-fallen-off-bus");
	facts.driver.event_count = 0;
	facts.machine.uid = known_u64(0, "");
	CHECK_INT(judge()->status, STATUS_OK);
	facts.machine.uid = known_u64(1000, "");
	CHECK_INT(judge()->status, STATUS_UNKNOWN);
	facts.driver.log_since_usec.v = 400000;
	CHECK_INT(judge()->status, STATUS_OK);
}

TEST(processes_that_were_not_seen_are_unknown)
{
	facts.driver.stuck_count = unknown_u64(DENIED, "");
	CHECK_INT(judge()->status, STATUS_UNKNOWN);
	CHECK_STR(judge()->text, "processes that hang in the driver: permission denied");
	xid(79, 104200000);
	judge();
	CHECK_INT(count_of(STATUS_UNKNOWN), 0);
}

static void check_complete(const struct cause *list)
{
	for (const struct cause *c = list; c->id; c++) {
		CHECK_STR(c->link, "driver");
		CHECK(c->title && c->why && c->source && c->remedy[0]);
		CHECK(strncmp(c->source, "https://", 8) == 0);
		for (size_t i = 0; c->explains[i]; i++)
			CHECK(cause_of_id(c->explains[i]) != NULL);
	}
}

TEST(causes_of_this_link_are_complete)
{
	check_complete(causes_driver_bind);
	check_complete(causes_driver_lost);
	check_complete(causes_driver_reach);
}
