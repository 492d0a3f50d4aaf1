/* SPDX-License-Identifier: MIT */
#include "judged.h"
#include "tap.h"

#define NEWEST "6.17.1-arch1-1"
#define LTS "6.12.50-1-lts"
#define LTS_CONF "/etc/mkinitcpio-lts.conf"

static const char *nvidia[] = { "nvidia", "nvidia_uvm" };
static struct kernel_image kernel[2];
static struct boot_entry entry[2];
static struct initramfs_image image[4];
static struct pci_gpu gpu;

static struct initramfs_image image_of(const char *release, const char *path, const char *config)
{
	return (struct initramfs_image){
		.preset = "linux/default",
		.config = config,
		.release = release,
		.path = { KNOWN, path, "x" },
		.image_mtime_sec = { KNOWN, 2000, path },
		.config_mtime_sec = { KNOWN, 1000, config },
	};
}

/* The reference machine, well, with a fallback image for each kernel. */
static struct facts reference(void)
{
	kernel[0] = (struct kernel_image){ .release = NEWEST,
					   .package = { KNOWN, "linux", "x" },
					   .nvidia_module = { KNOWN, "x", "x" },
					   .running = true };
	kernel[1] = (struct kernel_image){ .release = LTS,
					   .package = { KNOWN, "linux-lts", "x" },
					   .nvidia_module = { ABSENT, "", "x" } };
	entry[0] = (struct boot_entry){ .id = "arch.conf", .release = NEWEST };
	entry[1] = (struct boot_entry){ .id = "arch-lts.conf", .release = LTS };
	image[0] = image_of(LTS, "/boot/initramfs-linux-lts.img", LTS_CONF);
	image[1] = image_of(LTS, "/boot/initramfs-linux-lts-fallback.img", LTS_CONF);
	image[2] = image_of(NEWEST, "/boot/initramfs-linux.img", "/etc/mkinitcpio.conf");
	image[3] = image_of(NEWEST, "/boot/initramfs-linux-fallback.img", "/etc/mkinitcpio.conf");
	image[2].nvidia = image[3].nvidia = (struct names){ nvidia, 2 };
	return (struct facts){
		.pci = { .know = KNOWN, .chosen = &gpu },
		.kernel = { .release = { KNOWN, NEWEST, "x" },
			    .image = kernel,
			    .image_count = 2,
			    .entry = entry,
			    .entry_count = 2,
			    .next_entry = { KNOWN, "arch.conf", "x" } },
		.initramfs = { .tool = INITRAMFS_MKINITCPIO,
			       .know = KNOWN,
			       .image = image,
			       .image_count = 4,
			       .modprobe_mtime_sec = { ABSENT, 0, "x" } },
	};
}

TEST(the_reference_machine_is_well)
{
	struct facts f = reference();
	CHECK_ONE(judged(&link_initramfs, &f), "ok", "",
		  "linux image loads nvidia, linux-lts image does not");
}

TEST(a_late_driver_is_no_fault)
{
	struct facts f = reference();
	image[2].nvidia.count = image[3].nvidia.count = 0;
	CHECK_ONE(judged(&link_initramfs, &f), "ok", "",
		  "nvidia is loaded late, from the root file system");
}

TEST(no_tool_and_no_driver_are_passed_over)
{
	struct facts f = reference();
	f.initramfs.tool = INITRAMFS_UNKNOWN;
	CHECK_ONE(judged(&link_initramfs, &f), "skipped", "",
		  "no tool that builds early images was found");
	f = reference();
	f.pci.chosen = NULL;
	f.initramfs.image_count = 0;
	f.kernel.image_count = 0;
	CHECK_ONE(judged(&link_initramfs, &f), "skipped", "", "no NVIDIA GPU to drive");
}

TEST(nvidia_named_for_a_kernel_without_it_is_said_once)
{
	struct facts f = reference();
	image[0].nvidia = image[1].nvidia = (struct names){ nvidia, 1 };
	struct verdict *v = judged(&link_initramfs, &f);
	CHECK_ONE(v, "warning", "initramfs-names-missing-module",
		  "mkinitcpio puts nvidia into the image of " LTS ", which has none");
	CHECK_STR(v->finding[0].subject, LTS_CONF);
	CHECK(v->finding[0].cause->stands_alone);
}

TEST(nvidia_named_only_by_the_fallback_image_is_said_too)
{
	struct facts f = reference();
	image[1].nvidia = (struct names){ nvidia, 1 };
	CHECK_ONE(judged(&link_initramfs, &f), "warning", "initramfs-names-missing-module",
		  "mkinitcpio puts nvidia into the image of " LTS ", which has none");
}

TEST(nvidia_for_a_kernel_that_was_not_seen_is_unknown)
{
	struct facts f = reference();
	kernel[0].nvidia_module = unknown_text(DENIED, "/usr/lib/modules/x");
	struct verdict *v = judged(&link_initramfs, &f);
	CHECK_ONE(v, "unknown", "",
		  "whether " NEWEST
		  " has the modules that /etc/mkinitcpio.conf names: permission denied");
	CHECK_STR(v->finding[0].show, "sudo ls -l /usr/lib/modules/x");
}

TEST(a_running_kernel_with_the_driver_loaded_has_it)
{
	struct facts f = reference();
	kernel[0].nvidia_module = unknown_text(ABSENT, "x");
	f.driver.nvidia_loaded = known_u64(1, "x");
	CHECK_ONE(judged(&link_initramfs, &f), "ok", "",
		  "linux image loads nvidia, linux-lts image does not");
}

TEST(a_missing_image_of_the_next_boot_is_broken)
{
	struct facts f = reference();
	image[0].nvidia = (struct names){ nvidia, 1 };
	image[0].image_mtime_sec = unknown_u64(ABSENT, "x");
	f.kernel.next_entry.v = "arch-lts.conf";
	CHECK_ONE(judged(&link_initramfs, &f), "broken", "initramfs-names-missing-module",
		  "/boot/initramfs-linux-lts.img, of the next boot, is missing: " LTS_CONF
		  " names nvidia for " LTS);
}

TEST(an_image_that_the_next_boot_loads_must_be_there)
{
	struct facts f = reference();
	image[2].image_mtime_sec = unknown_u64(ABSENT, "x");
	CHECK_INT(judged(&link_initramfs, &f)->finding[0].status, STATUS_OK);
	entry[0].initrd = "/intel-ucode.img /initramfs-linux.img";
	struct verdict *v = judged(&link_initramfs, &f);
	CHECK_ONE(v, "broken", "initramfs-missing",
		  "/boot/initramfs-linux.img, the early image of the next boot, is missing");
	CHECK_STR(v->finding[0].subject, NEWEST);
	entry[0].initrd = "/@/boot/initramfs-linux.img";
	CHECK_INT(judged(&link_initramfs, &f)->finding[0].status, STATUS_BROKEN);
}

TEST(images_that_the_next_boot_does_not_load_may_be_missing)
{
	struct facts f = reference();
	image[3].image_mtime_sec = image[0].image_mtime_sec = unknown_u64(ABSENT, "x");
	entry[0].initrd = "/initramfs-linux.img";
	CHECK_INT(judged(&link_initramfs, &f)->finding[0].status, STATUS_OK);
	image[2].image_mtime_sec = unknown_u64(ABSENT, "x");
	entry[0].initrd = "/0f/6.17.1-arch1-1/initrd";
	CHECK_ONE(judged(&link_initramfs, &f), "skipped", "",
		  "/boot/initramfs-linux.img is not there, and the next boot loads another image");
}

TEST(an_image_that_is_not_there_loads_nothing)
{
	struct facts f = reference();
	image[2].image_mtime_sec = image[3].image_mtime_sec = unknown_u64(ABSENT, "x");
	struct verdict *v = judged(&link_initramfs, &f);
	CHECK_ONE(v, "unknown", "",
		  "what the next boot loads early: /boot/initramfs-linux.img is not there");
	CHECK_STR(v->finding[0].show, "bootctl list; ls /boot");
	image[3].image_mtime_sec = known_u64(2000, "x");
	image[0].image_mtime_sec = image[1].image_mtime_sec = unknown_u64(ABSENT, "x");
	CHECK_ONE(judged(&link_initramfs, &f), "ok", "", "linux image loads nvidia");
}

TEST(an_image_whose_place_is_not_known_is_told_of_by_its_configuration)
{
	struct facts f = reference();
	image[2].path = image[3].path = unknown_text(ABSENT, "x");
	image[2].image_mtime_sec = image[3].image_mtime_sec = unknown_u64(ABSENT, "x");
	CHECK_ONE(judged(&link_initramfs, &f), "ok", "",
		  "mkinitcpio puts nvidia into the image of " NEWEST);
	entry[0].kernel = "/EFI/Linux/arch-linux.efi";
	entry[0].initrd = "";
	entry[0].initrd_know = KNOWN;
	CHECK_ONE(judged(&link_initramfs, &f), "ok", "",
		  "linux image loads nvidia, linux-lts image does not");
}

static const char *missing[2];

/* What the next boot's entry names, and is not there. */
static void entry_lacks(struct boot_entry *e, const char *path, const char *other)
{
	missing[0] = path;
	missing[1] = other;
	e->kernel = "/vmlinuz-linux";
	e->initrd = "/intel-ucode.img /initramfs-linux.img";
	e->initrd_know = ABSENT;
	e->initrd_missing = (struct names){ missing, other ? 2 : 1 };
}

TEST(microcode_that_the_next_boot_loads_must_be_there)
{
	struct facts f = reference();
	entry_lacks(&entry[0], "/boot/intel-ucode.img", NULL);
	struct verdict *v = judged(&link_initramfs, &f);
	CHECK_ONE(v, "broken", "microcode-missing",
		  "next boot entry arch.conf loads /boot/intel-ucode.img, which is missing");
	CHECK_STR(v->finding[0].subject, "intel-ucode");
	entry_lacks(&entry[0], "/efi/intel-ucode.img", NULL);
	v = judged(&link_initramfs, &f);
	CHECK_STR(v->finding[0].cause->id, "boot-entry-image-missing");
	CHECK_STR(v->finding[0].subject, "/efi/intel-ucode.img");
}

TEST(only_what_the_next_boot_loads_is_broken)
{
	struct facts f = reference();
	entry_lacks(&entry[1], "/boot/intel-ucode.img", NULL);
	CHECK_INT(judged(&link_initramfs, &f)->finding[0].status, STATUS_OK);
	f.kernel.next_entry = unknown_text(DENIED, "x");
	CHECK_INT(judged(&link_initramfs, &f)->finding[0].status, STATUS_OK);
	f.kernel.next_entry = known_text("arch-lts.conf", "x");
	CHECK_INT(judged(&link_initramfs, &f)->finding[0].status, STATUS_BROKEN);
	entry[1].initrd_know = DENIED;
	CHECK_INT(judged(&link_initramfs, &f)->finding[0].status, STATUS_OK);
}

TEST(an_entry_that_stands_twice_is_broken_only_where_both_are)
{
	struct facts f = reference();
	entry_lacks(&entry[0], "/boot/intel-ucode.img", NULL);
	entry[1] = entry[0];
	CHECK_INT(judged(&link_initramfs, &f)->finding[0].status, STATUS_BROKEN);
	entry[1].initrd_know = KNOWN;
	CHECK_INT(judged(&link_initramfs, &f)->finding[0].status, STATUS_OK);
}

TEST(an_image_that_no_preset_builds_is_for_a_person)
{
	struct facts f = reference();
	entry_lacks(&entry[0], "/boot/initramfs-egpu.img", NULL);
	struct verdict *v = judged(&link_initramfs, &f);
	CHECK_ONE(v, "broken", "boot-entry-image-missing",
		  "next boot entry arch.conf loads /boot/initramfs-egpu.img, which is missing");
	CHECK_STR(v->finding[0].subject, "/boot/initramfs-egpu.img");
	f.initramfs.tool = INITRAMFS_UNKNOWN;
	f.initramfs.image_count = 0;
	CHECK_INT(judged(&link_initramfs, &f)->finding[0].status, STATUS_BROKEN);
	entry[0].initrd_know = KNOWN;
	CHECK_ONE(judged(&link_initramfs, &f), "skipped", "",
		  "no tool that builds early images was found");
}

TEST(an_image_that_a_preset_builds_is_told_once)
{
	struct facts f = reference();
	entry_lacks(&entry[0], "/boot/initramfs-linux.img", NULL);
	image[2].image_mtime_sec = unknown_u64(ABSENT, "x");
	CHECK_ONE(judged(&link_initramfs, &f), "broken", "initramfs-missing",
		  "/boot/initramfs-linux.img, the early image of the next boot, is missing");
	entry_lacks(&entry[0], "/efi/EFI/arch/initramfs-linux.img", NULL);
	entry[0].initrd = "/EFI/arch/initramfs-linux.img";
	CHECK_ONE(judged(&link_initramfs, &f), "broken", "initramfs-missing",
		  "next boot entry arch.conf loads /efi/EFI/arch/initramfs-linux.img, which is "
		  "missing");
	kernel[0].nvidia_module.know = ABSENT;
	CHECK_ONE(judged(&link_initramfs, &f), "broken", "initramfs-names-missing-module",
		  "/boot/initramfs-linux.img, of the next boot, is missing: /etc/mkinitcpio.conf "
		  "names nvidia for " NEWEST);
}

TEST(dracut_builds_what_has_the_release_in_its_name)
{
	struct facts f = reference();
	f.initramfs.tool = INITRAMFS_DRACUT;
	f.initramfs.image_count = 0;
	entry_lacks(&entry[0], "/boot/0f/" NEWEST "/initrd", "/boot/initramfs-linux.img");
	struct verdict *v = judged(&link_initramfs, &f);
	CHECK_INT((long long)v->count, 2);
	CHECK_NTH(v, 0, "broken", "initramfs-missing",
		  "next boot entry arch.conf loads /boot/0f/" NEWEST "/initrd, which is missing");
	CHECK_STR(v->finding[0].subject, NEWEST);
	CHECK_STR(v->finding[1].cause->id, "boot-entry-image-missing");
}

TEST(only_a_wish_of_the_owner_makes_a_late_driver_a_fault)
{
	struct facts f = reference();
	image[2].nvidia.count = image[3].nvidia.count = 0;
	f.want.early = WISH_YES;
	CHECK_INT(judged(&link_initramfs, &f)->finding[0].status, STATUS_OK);
	f.want.early_is_set = true;
	struct verdict *v = judged(&link_initramfs, &f);
	CHECK_ONE(v, "warning", "initramfs-lacks-module",
		  "mkinitcpio puts no nvidia into the image of " NEWEST
		  ", and early = yes is wanted");
	CHECK_STR(v->finding[0].subject, "/etc/mkinitcpio.conf");
	static const char *lts[] = { "linux-lts" };
	f.want.kernels = (struct names){ lts, 1 };
	CHECK_INT(judged(&link_initramfs, &f)->finding[0].status, STATUS_OK);
}

TEST(optional_modules_may_be_missing)
{
	struct facts f = reference();
	image[0].nvidia = (struct names){ nvidia, 1 };
	image[0].is_optional = true;
	CHECK_INT(judged(&link_initramfs, &f)->finding[0].status, STATUS_OK);
}

TEST(initramfs_tools_passes_over_what_a_kernel_does_not_have)
{
	struct facts f = reference();
	f.initramfs.tool = INITRAMFS_TOOLS;
	image[0].nvidia = (struct names){ nvidia, 1 };
	CHECK_ONE(judged(&link_initramfs, &f), "ok", "",
		  "linux image loads nvidia, linux-lts image does not");
}

TEST(nvidia_for_a_kernel_that_could_not_be_told_is_unknown)
{
	struct facts f = reference();
	image[0] = image_of("", "/boot/initramfs-zen.img", "/etc/mkinitcpio.conf");
	image[0].preset = "linux-zen/default";
	image[0].nvidia = (struct names){ nvidia, 1 };
	CHECK_ONE(judged(&link_initramfs, &f), "unknown", "",
		  "linux-zen/default names nvidia, for a kernel that could not be told");
	kernel[1].nvidia_module.know = KNOWN;
	CHECK_INT(judged(&link_initramfs, &f)->finding[0].status, STATUS_OK);
}

TEST(an_image_older_than_its_configuration_is_said_once)
{
	struct facts f = reference();
	image[2].config_mtime_sec.v = image[3].config_mtime_sec.v = 3000;
	CHECK_ONE(judged(&link_initramfs, &f), "warning", "initramfs-stale",
		  "/boot/initramfs-linux.img is older than /etc/mkinitcpio.conf");
}

TEST(images_of_kernels_that_do_not_start_may_be_old)
{
	struct facts f = reference();
	image[0].config_mtime_sec.v = 3000;
	CHECK_INT(judged(&link_initramfs, &f)->finding[0].status, STATUS_OK);
}

TEST(times_of_the_boot_partition_are_rough)
{
	struct facts f = reference();
	image[2].config_mtime_sec.v = 2004;
	CHECK_INT(judged(&link_initramfs, &f)->finding[0].status, STATUS_OK);
}

TEST(newer_module_options_matter_only_to_an_image_with_the_module)
{
	struct facts f = reference();
	f.initramfs.modprobe_mtime_sec = known_u64(3000, "/etc/modprobe.d/nvidia.conf");
	CHECK_ONE(judged(&link_initramfs, &f), "warning", "initramfs-stale",
		  "/boot/initramfs-linux.img is older than /etc/modprobe.d/nvidia.conf");
	image[2].nvidia.count = image[3].nvidia.count = 0;
	CHECK_INT(judged(&link_initramfs, &f)->finding[0].status, STATUS_OK);
}

TEST(an_image_for_root_only_has_an_unknown_age)
{
	struct facts f = reference();
	image[2].image_mtime_sec = image[3].image_mtime_sec = unknown_u64(DENIED, "x");
	struct verdict *v = judged(&link_initramfs, &f);
	CHECK_ONE(v, "unknown", "", "the age of /boot/initramfs-linux.img: permission denied");
	CHECK_STR(v->finding[0].show, "sudo egpu check");
}

TEST(what_was_not_understood_is_shown_by_its_line)
{
	struct facts f = reference();
	f.initramfs.error = known_text("/etc/mkinitcpio.conf:7: needs a shell to be told", NULL);
	struct verdict *v = judged(&link_initramfs, &f);
	CHECK_ONE(v, "unknown", "", "/etc/mkinitcpio.conf:7: needs a shell to be told");
	CHECK_STR(v->finding[0].show, "sed -n 7p /etc/mkinitcpio.conf");
}

TEST(a_file_that_may_not_be_read_is_shown_as_root)
{
	struct facts f = reference();
	f.initramfs.error = known_text("/etc/mkinitcpio.conf: permission denied", NULL);
	CHECK_STR(judged(&link_initramfs, &f)->finding[0].show, "sudo cat /etc/mkinitcpio.conf");
}

TEST(a_glued_drop_in_is_told_instead_of_what_follows_from_it)
{
	struct facts f = reference();
	f.initramfs.glued = known_text("/etc/mkinitcpio.conf", "/etc/mkinitcpio.conf.d/a.conf");
	f.initramfs.error = known_text("/etc/mkinitcpio.conf.d/a.conf:1: glued", NULL);
	struct verdict *v = judged(&link_initramfs, &f);
	CHECK_ONE(
	    v, "warning", "initramfs-config-glued",
	    "/etc/mkinitcpio.conf has no final line feed, so /etc/mkinitcpio.conf.d/a.conf is "
	    "glued to it");
	CHECK_STR(v->finding[0].subject, "/etc/mkinitcpio.conf");
}

TEST(configuration_for_root_only_is_unknown)
{
	struct facts f = reference();
	f.initramfs.know = DENIED;
	f.initramfs.image_count = 0;
	CHECK_ONE(judged(&link_initramfs, &f), "unknown", "",
		  "the configuration of mkinitcpio: permission denied");
}
