/* SPDX-License-Identifier: MIT */
#include "judged.h"
#include "tap.h"

#define MODULE                                                                                     \
	{                                                                                          \
		KNOWN, "/usr/lib/modules/x/extramodules/nvidia.ko.zst", "x"                        \
	}
#define VERSION                                                                                    \
	{                                                                                          \
		KNOWN, "590.48.01", "x"                                                            \
	}
#define ABSENT_TEXT                                                                                \
	{                                                                                          \
		ABSENT, "", "x"                                                                    \
	}
#define NEWEST "6.17.1-arch1-1"
#define LTS "6.12.50-1-lts"

static struct kernel_image image[2];
static struct boot_entry entry[2];
static struct pci_gpu gpu;
static struct driver_event signature = { .kind = EVENT_SIGNATURE, .bdf = "", .line = "" };

/* The reference machine, well: the driver is for the first kernel, which runs and boots next. */
static struct facts reference(void)
{
	image[0] = (struct kernel_image){ .release = NEWEST,
					  .package = { KNOWN, "linux", "x" },
					  .nvidia_module = MODULE,
					  .nvidia_version = VERSION,
					  .running = true };
	image[1] = (struct kernel_image){ .release = LTS,
					  .package = { KNOWN, "linux-lts", "x" },
					  .nvidia_module = ABSENT_TEXT,
					  .nvidia_version = ABSENT_TEXT };
	entry[0] = (struct boot_entry){ .id = "arch.conf",
					.title = "Arch Linux",
					.kernel = "/vmlinuz-linux",
					.release = NEWEST,
					.options = "root=UUID=1 nvidia_drm.modeset=0 rw" };
	entry[1] = (struct boot_entry){ .id = "arch-lts.conf",
					.title = "Arch LTS",
					.kernel = "/vmlinuz-linux-lts",
					.release = LTS,
					.options = "root=UUID=1 rw" };
	return (struct facts){
		.pci = { .know = KNOWN, .chosen = &gpu },
		.kernel = { .release = { KNOWN, NEWEST, "x" },
			    .cmdline = { KNOWN,
					 "initrd=\\i.img root=UUID=1 rw nvidia_drm.modeset=0",
					 "x" },
			    .images_know = KNOWN,
			    .image = image,
			    .image_count = 2,
			    .takes_modules = { KNOWN, 1, "x" },
			    .running_modules_exist = { KNOWN, 1, "x" },
			    .dkms_source = ABSENT_TEXT,
			    .loader = LOADER_SYSTEMD_BOOT,
			    .boot_know = KNOWN,
			    .boot_from = "/boot/loader/loader.conf",
			    .entry = entry,
			    .entry_count = 2,
			    .next_entry = { KNOWN, "arch.conf", "x" },
			    .userland_version = VERSION,
			    .modeset_cmdline = { KNOWN, "0", "/proc/cmdline" },
			    .modeset_option = ABSENT_TEXT,
			    .modeset_running = { KNOWN, 0, "x" },
			    .secure_boot = { KNOWN, 0, "x" } },
		.driver = { .nvidia_loaded = { KNOWN, 1, "x" },
			    .drm_loaded = { KNOWN, 1, "x" },
			    .version = VERSION,
			    .log_know = KNOWN },
	};
}

static void run_lts(struct facts *f)
{
	image[0].running = false;
	image[1].running = true;
	f->kernel.release.v = LTS;
	f->driver.nvidia_loaded.v = f->driver.drm_loaded.v = 0;
	f->driver.version = unknown_text(ABSENT, "x");
}

TEST(the_reference_machine_is_well)
{
	struct facts f = reference();
	CHECK_ONE(judged(&link_kernel, &f), "ok", "",
		  NEWEST " has nvidia 590.48.01; next boot arch.conf");
}

TEST(without_gpu_and_driver_there_is_nothing_to_judge)
{
	struct facts f = reference();
	f.pci.chosen = NULL;
	f.driver.nvidia_loaded.v = 0;
	f.kernel.image_count = 0;
	CHECK_ONE(judged(&link_kernel, &f), "skipped", "", "no NVIDIA GPU to drive");
}

TEST(a_kernel_without_modules_is_passed_over)
{
	struct facts f = reference();
	f.kernel.takes_modules.v = 0;
	f.driver.nvidia_loaded.v = 0;
	CHECK_ONE(judged(&link_kernel, &f), "skipped", "",
		  "this kernel is built without loadable modules");
}

TEST(booted_lts_is_told_with_the_entry_to_boot)
{
	struct facts f = reference();
	run_lts(&f);
	struct verdict *v = judged(&link_kernel, &f);
	CHECK_ONE(v, "broken", "kernel-without-nvidia",
		  "running " LTS " has no nvidia module; " NEWEST " has, entry arch.conf");
	CHECK_STR(v->finding[0].subject, "arch.conf");
}

TEST(an_entry_of_another_loader_is_no_argument_of_systemctl)
{
	struct facts f = reference();
	run_lts(&f);
	f.kernel.loader = LOADER_GRUB;
	struct verdict *v = judged(&link_kernel, &f);
	CHECK_ONE(v, "broken", "kernel-without-nvidia",
		  "running " LTS " has no nvidia module; " NEWEST " has, entry Arch Linux");
	CHECK_STR(v->finding[0].subject, "");
}

TEST(no_kernel_with_the_driver_is_a_missing_package)
{
	struct facts f = reference();
	run_lts(&f);
	image[0].nvidia_module = unknown_text(ABSENT, "x");
	CHECK_ONE(judged(&link_kernel, &f), "broken", "module-missing",
		  "no nvidia module for " LTS ", nor for another installed kernel");
}

TEST(a_source_that_was_not_built_is_told_apart_from_no_driver)
{
	struct facts f = reference();
	run_lts(&f);
	image[0].nvidia_module = unknown_text(ABSENT, "x");
	f.kernel.dkms_source = known_text("nvidia 590.48.01", "x");
	struct verdict *v = judged(&link_kernel, &f);
	CHECK_ONE(v, "broken", "module-build-failed",
		  "DKMS has nvidia 590.48.01, but no module of it for the running " LTS);
	CHECK_STR(v->finding[0].subject, LTS);
}

TEST(a_loaded_driver_is_there_wherever_its_file_is)
{
	struct facts f = reference();
	image[0].nvidia_module = unknown_text(ABSENT, "x");
	image[0].nvidia_version = unknown_text(ABSENT, "x");
	CHECK_ONE(judged(&link_kernel, &f), "ok", "", NEWEST " has nvidia 590.48.01");
}

TEST(removed_modules_break_only_what_is_not_loaded)
{
	struct facts f = reference();
	f.kernel.release.v = "6.17.0-arch1-1";
	f.kernel.running_modules_exist.v = 0;
	image[0].running = false;
	CHECK_ONE(judged(&link_kernel, &f), "warning", "modules-gone",
		  "modules of the running 6.17.0-arch1-1 were removed; reboot pending");
	f.driver.nvidia_loaded.v = 0;
	CHECK_ONE(judged(&link_kernel, &f), "broken", "modules-gone",
		  "modules of the running 6.17.0-arch1-1 were removed before nvidia was loaded");
}

TEST(unreadable_module_directory_stays_unknown)
{
	struct facts f = reference();
	f.driver.nvidia_loaded.v = 0;
	f.kernel.image_count = 0;
	f.kernel.images_know = DENIED;
	f.kernel.running_modules_exist = unknown_u64(DENIED, "/usr/lib/modules");
	struct verdict *v = judged(&link_kernel, &f);
	CHECK_ONE(v, "unknown", "", "the running kernel's modules: permission denied");
	CHECK_STR(v->finding[0].show, "uname -r; ls /usr/lib/modules");
}

TEST(module_and_libraries_of_two_versions_are_broken)
{
	struct facts f = reference();
	f.driver.version.v = "580.95.05";
	if (!cause_of_id("driver-version-mismatch"))
		return;
	CHECK_ONE(judged(&link_kernel, &f), "broken", "driver-version-mismatch",
		  "nvidia 580.95.05 is loaded, but its libraries on disk are 590.48.01");
}

TEST(libraries_that_may_not_be_read_are_unknown)
{
	struct facts f = reference();
	f.kernel.userland_version = unknown_text(DENIED, "/usr/lib/libnvidia-ml.so.1");
	struct verdict *v = judged(&link_kernel, &f);
	CHECK_ONE(v, "unknown", "", "the version of /usr/lib/libnvidia-ml.so.1: permission denied");
	CHECK_STR(v->finding[0].show, "sudo ls -l /usr/lib/libnvidia-ml.so.1");
	f.kernel.userland_version = unknown_text(ABSENT, "/usr/lib/libnvidia-ml.so.1");
	CHECK_INT(judged(&link_kernel, &f)->finding[0].status, STATUS_OK);
}

TEST(an_old_module_on_disk_is_told_before_the_reboot)
{
	struct facts f = reference();
	image[0].nvidia_version.v = "580.95.05";
	CHECK_ONE(judged(&link_kernel, &f), "warning", "module-version-on-disk",
		  NEWEST " has nvidia 580.95.05 on disk, but the libraries are 590.48.01");
}

TEST(a_branch_is_no_contradiction_of_its_version)
{
	struct facts f = reference();
	image[0].nvidia_version.v = "590";
	CHECK_INT(judged(&link_kernel, &f)->finding[0].status, STATUS_OK);
	image[0].nvidia_version.v = "59";
	CHECK_INT(judged(&link_kernel, &f)->finding[0].status, STATUS_WARNING);
}

TEST(a_default_entry_without_the_driver_is_told_before_the_reboot)
{
	struct facts f = reference();
	f.kernel.next_entry.v = "arch-lts.conf";
	CHECK_ONE(judged(&link_kernel, &f), "warning", "next-boot-without-nvidia",
		  "next boot entry arch-lts.conf starts " LTS ", which has no nvidia module");
}

TEST(a_default_entry_of_a_removed_kernel_is_told)
{
	struct facts f = reference();
	entry[1].release = "6.12.40-1-lts";
	f.kernel.next_entry.v = "arch-lts.conf";
	CHECK_ONE(judged(&link_kernel, &f), "warning", "next-boot-without-nvidia",
		  "next boot entry arch-lts.conf starts 6.12.40-1-lts, whose modules are not "
		  "installed");
}

TEST(a_boot_partition_for_root_only_leaves_the_next_boot_unknown)
{
	struct facts f = reference();
	f.kernel.entry_count = 0;
	f.kernel.boot_know = DENIED;
	f.kernel.next_entry = unknown_text(DENIED, "/boot/loader/loader.conf");
	struct verdict *v = judged(&link_kernel, &f);
	CHECK_ONE(v, "unknown", "",
		  "the next boot's kernel: /boot/loader/loader.conf: permission denied");
	CHECK_STR(v->finding[0].show, "sudo egpu check");
}

TEST(where_every_kernel_has_the_driver_the_next_boot_is_well)
{
	struct facts f = reference();
	f.kernel.entry_count = 0;
	f.kernel.boot_know = DENIED;
	f.kernel.next_entry = unknown_text(DENIED, "/boot/loader/loader.conf");
	image[1].nvidia_module = (struct maybe_text)MODULE;
	CHECK_ONE(judged(&link_kernel, &f), "ok", "",
		  NEWEST " has nvidia 590.48.01; so has every installed kernel");
}

TEST(an_entry_whose_kernel_could_not_be_told_is_unknown)
{
	struct facts f = reference();
	entry[0].release = "";
	CHECK_ONE(judged(&link_kernel, &f), "unknown", "",
		  "next boot entry arch.conf: which kernel it starts");
}

TEST(an_edited_entry_is_pending)
{
	struct facts f = reference();
	entry[0].options = "root=UUID=1 rw nvidia-drm.modeset=0 pci=realloc";
	CHECK_ONE(judged(&link_kernel, &f), "warning", "cmdline-pending",
		  "arch.conf sets pci=realloc, not in effect yet");
	entry[0].options = "root=UUID=1 rw quiet";
	CHECK_ONE(judged(&link_kernel, &f), "warning", "cmdline-pending",
		  "arch.conf no longer sets nvidia_drm.modeset=0");
	entry[0].options = "root=UUID=1 nvidia_drm.modeset=1";
	CHECK_ONE(judged(&link_kernel, &f), "warning", "cmdline-pending",
		  "arch.conf sets nvidia_drm.modeset=1, and no longer sets nvidia_drm.modeset=0");
}

/* GRUB, whose menu is made from its settings; by default these are the newer ones. */
static struct facts with_settings(const char *options)
{
	struct facts f = reference();

	entry[0].id = "gnulinux-simple-1";
	f.kernel.loader = LOADER_GRUB;
	f.kernel.next_entry.v = entry[0].id;
	f.kernel.boot_from = "/boot/grub/grub.cfg";
	f.kernel.settings_options = known_text(options, "/etc/default/grub");
	f.kernel.settings_mtime_sec = known_u64(2000, "/etc/default/grub");
	f.kernel.menu_mtime_sec = known_u64(1000, "/boot/grub/grub.cfg");
	return f;
}

TEST(settings_that_the_menu_was_not_made_of_are_told)
{
	struct facts f = with_settings("quiet nvidia-drm.modeset=0 pci=realloc");
	CHECK_ONE(judged(&link_kernel, &f), "warning", "grub-menu-stale",
		  "/etc/default/grub sets pci=realloc, and /boot/grub/grub.cfg does not");
	f = with_settings("quiet");
	CHECK_ONE(judged(&link_kernel, &f), "warning", "grub-menu-stale",
		  "/etc/default/grub drops nvidia_drm.modeset=0, and /boot/grub/grub.cfg does not");
	f = with_settings("nvidia_drm.modeset=0 splash mitigations=off");
	CHECK_INT(judged(&link_kernel, &f)->finding[0].status, STATUS_OK);
}

TEST(menu_that_is_newer_was_made_of_the_settings)
{
	struct facts f = with_settings("pci=realloc");
	f.kernel.menu_mtime_sec.v = 2000;
	CHECK_INT(judged(&link_kernel, &f)->finding[0].status, STATUS_OK);
	f.kernel.menu_mtime_sec = unknown_u64(UNREADABLE, "");
	CHECK_ONE(judged(&link_kernel, &f), "warning", "grub-menu-stale",
		  "/etc/default/grub sets pci=realloc, and /boot/grub/grub.cfg does not");
	f.kernel.settings_options.v = "quiet";
	CHECK_INT(judged(&link_kernel, &f)->finding[0].status, STATUS_OK);
}

TEST(entries_that_settings_do_not_make_are_not_held_against_them)
{
	static const char *const ids[] = { "0", "osprober-gnulinux-simple-1", "mine",
					   "advanced-1>gnulinux-6.1-recovery-1" };
	for (size_t i = 0; i < COUNT_OF(ids); i++) {
		struct facts f = with_settings("pci=realloc");
		entry[0].id = f.kernel.next_entry.v = ids[i];
		CHECK_INT(judged(&link_kernel, &f)->finding[0].status, STATUS_OK);
	}
}

TEST(newer_settings_that_were_not_understood_are_unknown)
{
	struct facts f = with_settings("");
	f.kernel.settings_options = unknown_text(UNREADABLE, "/etc/default/grub");
	CHECK_ONE(judged(&link_kernel, &f), "unknown", "",
		  "what /etc/default/grub has and /boot/grub/grub.cfg has not yet: not understood");
	f.kernel.menu_mtime_sec.v = 3000;
	CHECK_INT(judged(&link_kernel, &f)->finding[0].status, STATUS_OK);
}

TEST(what_does_not_concern_the_gpu_is_not_pending)
{
	struct facts f = reference();
	entry[0].options = "BOOT_IMAGE=/x quiet nvidia-drm.modeset=0 nvidia_drm.modeset=0 root=X";
	CHECK_INT(judged(&link_kernel, &f)->finding[0].status, STATUS_OK);
}

TEST(options_of_another_kernel_are_not_compared)
{
	struct facts f = reference();
	image[1].nvidia_module = (struct maybe_text)MODULE;
	f.kernel.next_entry.v = "arch-lts.conf";
	CHECK_INT(judged(&link_kernel, &f)->finding[0].status, STATUS_OK);
}

TEST(mode_setting_is_held_against_what_is_wanted)
{
	struct facts f = reference();
	f.want.display = true;
	CHECK_ONE(judged(&link_kernel, &f), "warning", "modeset-missing",
		  "nvidia_drm.modeset is 0, but a display is wanted");
	f.kernel.modeset_running.v = 1;
	CHECK_INT(judged(&link_kernel, &f)->finding[0].status, STATUS_OK);
	f.want.display = false;
	CHECK_ONE(judged(&link_kernel, &f), "warning", "modeset-not-wanted",
		  "nvidia_drm.modeset is 1, but the GPU is for computing only");
	f.driver.drm_loaded.v = 0;
	CHECK_INT(judged(&link_kernel, &f)->finding[0].status, STATUS_OK);
}

TEST(without_root_mode_setting_is_what_was_asked_for)
{
	struct facts f = reference();
	f.kernel.modeset_running = unknown_u64(DENIED, "x");
	CHECK_INT(judged(&link_kernel, &f)->finding[0].status, STATUS_OK);
	f.kernel.modeset_cmdline = unknown_text(ABSENT, "x");
	f.kernel.modeset_option = known_text("1", "/etc/modprobe.d/nvidia.conf:1");
	f.kernel.cmdline.v = entry[0].options = "rw";
	CHECK_ONE(judged(&link_kernel, &f), "warning", "modeset-not-wanted",
		  "nvidia_drm.modeset is 1, but the GPU is for computing only");
	f.kernel.modeset_option = unknown_text(ABSENT, "x");
	struct verdict *v = judged(&link_kernel, &f);
	CHECK_ONE(v, "unknown", "", "nvidia_drm.modeset, which nothing sets: permission denied");
	CHECK_STR(v->finding[0].show, "sudo cat /sys/module/nvidia_drm/parameters/modeset");
	f.driver.drm_loaded.v = 0;
	CHECK_INT(judged(&link_kernel, &f)->finding[0].status, STATUS_OK);
}

TEST(secure_boot_alone_is_no_fault)
{
	struct facts f = reference();
	f.kernel.secure_boot.v = 1;
	CHECK_INT(judged(&link_kernel, &f)->finding[0].status, STATUS_OK);
}

TEST(a_rejected_signature_with_secure_boot_is_broken)
{
	struct facts f = reference();
	f.kernel.secure_boot.v = 1;
	f.driver.nvidia_loaded.v = f.driver.drm_loaded.v = 0;
	f.driver.event = &signature;
	f.driver.event_count = 1;
	CHECK_ONE(judged(&link_kernel, &f), "broken", "secure-boot-rejects-module",
		  "Secure Boot is on, and the kernel rejected a module");
	signature.line = "nvidia: Loading of unsigned module is rejected";
	CHECK_ONE(judged(&link_kernel, &f), "broken", "secure-boot-rejects-module",
		  "Secure Boot is on, and the kernel rejected the nvidia module");
}

TEST(a_module_that_is_not_there_is_not_the_rejected_one)
{
	struct facts f = reference();
	f.kernel.secure_boot.v = 1;
	f.driver.nvidia_loaded.v = f.driver.drm_loaded.v = 0;
	f.driver.event = &signature;
	f.driver.event_count = 1;
	image[0].nvidia_module = unknown_text(ABSENT, "x");
	CHECK_ONE(judged(&link_kernel, &f), "broken", "module-missing",
		  "no nvidia module for " NEWEST ", nor for another installed kernel");
}

TEST(a_folder_that_may_not_be_read_does_not_lack_the_module)
{
	struct facts f = reference();
	image[0].nvidia_module = unknown_text(DENIED, "/usr/lib/modules/x/extra");
	CHECK_INT(judged(&link_kernel, &f)->finding[0].status, STATUS_OK);
	f.driver.nvidia_loaded.v = 0;
	struct verdict *v = judged(&link_kernel, &f);
	CHECK_ONE(v, "unknown", "",
		  "the nvidia module of " NEWEST ": /usr/lib/modules/x/extra: permission denied");
	CHECK_STR(v->finding[0].show, "sudo ls -l /usr/lib/modules/x/extra");
}

TEST(another_kernel_that_was_not_seen_is_not_said_to_have_none)
{
	struct facts f = reference();
	run_lts(&f);
	image[0].nvidia_module = unknown_text(DENIED, "x");
	CHECK_ONE(judged(&link_kernel, &f), "broken", "module-missing",
		  "no nvidia module for " LTS);
}
