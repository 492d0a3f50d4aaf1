/* SPDX-License-Identifier: MIT */
#include "rules-driver.h"

TEST(nouveau_and_vfio_are_named)
{
	facts.driver.gpu_driver.v = "nouveau";
	check_broken("nouveau-bound");
	CHECK_STR(judge()->text, "nouveau drives 22:00.0, not nvidia");
	facts.driver.gpu_driver.v = "NovaCore";
	check_broken("nouveau-bound");
	CHECK_STR(judge()->text, "NovaCore drives 22:00.0, not nvidia");
	facts.driver.gpu_driver.v = "vfio-pci";
	check_broken("bound-to-vfio");
}

TEST(unbound_gpu_without_the_module_lacks_the_module)
{
	facts.driver.gpu_driver = unknown_text(ABSENT, "");
	facts.driver.nvidia_loaded.v = 0;
	check_broken("module-not-loaded");
}

TEST(module_that_the_kernel_refused_is_told_as_such)
{
	facts.driver.gpu_driver = unknown_text(ABSENT, "");
	facts.driver.nvidia_loaded.v = 0;
	happened(EVENT_SIGNATURE, 3000000);
	happened(EVENT_GPU_FOUND, 40000000);
	check_broken("secure-boot-rejects-module");
}

TEST(unbound_gpu_with_modules_unseen_is_unknown)
{
	facts.driver.gpu_driver = unknown_text(ABSENT, "");
	facts.driver.nvidia_loaded = unknown_u64(DENIED, "");
	CHECK_INT(judge()->status, STATUS_UNKNOWN);
}

TEST(unread_binding_is_unknown_not_broken)
{
	facts.driver.gpu_driver = unknown_text(DENIED, "");
	CHECK_INT(judge()->status, STATUS_UNKNOWN);
	CHECK_STR(judge()->show, "lspci -k -s 0000:22:00.0");
}

TEST(probe_that_failed_says_why_in_the_log)
{
	facts.driver.gpu_driver = unknown_text(ABSENT, "");
	check_broken("probe-failed");
	happened(EVENT_PROBE_FAILED, 5000000);
	check_broken("probe-failed");
	happened(EVENT_WINDOW_UNASSIGNED, 1000000)->code = 15;
	check_broken("probe-failed");
	happened(EVENT_BAR_UNASSIGNED, 1000000)->code = 1;
	check_broken("bar-unassigned");
	happened(EVENT_REBAR_FATAL, 5000000);
	check_broken("rebar-resize-fatal");
	happened(EVENT_BRANCH_UNSUPPORTED, 5000000);
	check_broken("gpu-unsupported-by-branch");
	happened(EVENT_OPEN_UNSUPPORTED, 5000000);
	facts.driver.nvidia_loaded.v = 0; /* the module goes away where no probe went well */
	check_broken("open-module-unsupported-gpu");
	CHECK_STR(judge()->text,
		  "nvidia did not take 22:00.0: the open kernel modules do not support it");
}

TEST(wrong_flavour_is_seen_without_the_log)
{
	facts.driver.gpu_driver = unknown_text(ABSENT, "");
	facts.driver.log_know = DENIED;
	hop.device.v = 0x1b80; /* GP104 */
	check_broken("open-module-unsupported-gpu");
	happened(EVENT_PROBE_FAILED, 5000000);
	check_broken("open-module-unsupported-gpu");
	facts.driver.is_open = unknown_u64(DENIED, "");
	check_broken("probe-failed");
}

TEST(module_that_may_have_been_refused_is_told_so)
{
	facts.driver.gpu_driver = unknown_text(ABSENT, "");
	facts.driver.nvidia_loaded.v = 0;
	facts.kernel.secure_boot = known_u64(1, "");
	check_broken("module-not-loaded");
	CHECK_STR(judge()->text, "the nvidia module is not loaded");
	facts.driver.log_know = DENIED;
	check_broken("module-signature-unread");
	CHECK_STR(judge()->text, "the nvidia module is not loaded; whether the kernel refused its "
				 "signature was not read");
	facts.kernel.sig_enforce = known_u64(0, "");
	facts.kernel.lockdown = known_text("integrity", "");
	check_broken("module-signature-unread");
	facts.kernel.lockdown.v = "none";
	check_broken("module-not-loaded");
	facts.kernel.sig_enforce.v = 1;
	check_broken("module-signature-unread");
}

TEST(what_forbids_the_module_is_named)
{
	facts.driver.gpu_driver = unknown_text(ABSENT, "");
	facts.driver.nvidia_loaded.v = 0;
	facts.driver.nvidia_blacklisted =
	    known_text("blacklist nvidia", "/etc/modprobe.d/local.conf:2");
	check_broken("module-blacklisted");
	CHECK_STR(judge()->subject, "/etc/modprobe.d/local.conf");
	CHECK_STR(judge()->text, "nvidia is not loaded, /etc/modprobe.d/local.conf, line 2 keeps "
				 "it from loading by itself: blacklist nvidia");
	facts.driver.nvidia_forbidden = known_text("module_blacklist=nvidia", "/proc/cmdline");
	check_broken("module-forbidden");
	CHECK_STR(judge()->subject, "the kernel command line");
	CHECK_STR(judge()->text, "nvidia is not loaded, the kernel command line forbids it: "
				 "module_blacklist=nvidia");
}

TEST(what_was_refused_was_not_kept_back_by_a_blacklist)
{
	facts.driver.gpu_driver = unknown_text(ABSENT, "");
	facts.driver.nvidia_loaded.v = 0;
	facts.driver.nvidia_blacklisted = known_text("blacklist nvidia", "/etc/modprobe.d/x:2");
	happened(EVENT_SIGNATURE, 3000000);
	check_broken("secure-boot-rejects-module");
}

TEST(what_forbids_the_module_may_be_unread)
{
	facts.driver.gpu_driver = unknown_text(ABSENT, "");
	facts.driver.nvidia_loaded.v = 0;
	facts.driver.nvidia_forbidden = unknown_text(DENIED, "/etc/modprobe.d");
	facts.driver.nvidia_blacklisted = facts.driver.nvidia_forbidden;
	check_broken("module-not-loaded");
	CHECK_INT(count_of(STATUS_UNKNOWN), 1);
	CHECK_STR(said.finding[1].text,
		  "what forbids to load nvidia: /etc/modprobe.d: permission denied");
}

TEST(what_is_said_of_a_module_that_is_loaded_forbids_nothing)
{
	facts.driver.nvidia_forbidden = known_text("install nvidia /bin/false", "f:1");
	CHECK_INT(judge()->status, STATUS_OK);
}

TEST(refusal_of_an_earlier_plug_is_not_today_s)
{
	facts.driver.gpu_driver = unknown_text(ABSENT, "");
	facts.driver.nvidia_loaded.v = 0;
	happened(EVENT_FELL_OFF, 5000000);
	happened(EVENT_GPU_FOUND, 9000000);
	check_broken("module-not-loaded");
}

TEST(older_gpus_cannot_use_the_open_modules)
{
	hop.device.v = 0x1b80; /* GP104 */
	check_broken("open-module-unsupported-gpu");
	CHECK_STR(judge()->text, "a Pascal GPU, but the open kernel modules");
}

TEST(blackwell_needs_the_open_modules)
{
	hop.device.v = 0x2b85; /* GB202 */
	CHECK_INT(judge()->status, STATUS_OK);
	facts.driver.is_open.v = 0;
	check_broken("open-module-required");
}

TEST(flavour_that_is_not_known_is_not_judged)
{
	hop.device.v = 0x1b80;
	facts.driver.is_open = unknown_u64(ABSENT, "");
	CHECK_INT(judge()->status, STATUS_OK);
}
