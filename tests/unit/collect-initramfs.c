/* SPDX-License-Identifier: MIT */
#include "collect/collect.h"

#include "boot-host.h"
#include "tap.h"

static const struct initramfs *look(void)
{
	facts = (struct facts){ .arena = &arena };
	collect_kernel(&facts, &host.table.host);
	collect_boot(&facts, &host.table.host);
	collect_initramfs(&facts, &host.table.host);
	return &facts.initramfs;
}

static const char *joined(const struct names *n)
{
	const char *out = "";
	for (size_t i = 0; i < n->count; i++)
		out = arena_printf(&arena, "%s%s%s", out, *out ? " " : "", n->name[i]);
	return out;
}

/* NVIDIA modules of the n-th image. */
static const char *nvidia(size_t n)
{
	const struct initramfs *i = look();
	CHECK(n < i->image_count);
	return joined(&i->image[n].nvidia);
}

static const char *error(void)
{
	return text_or(look()->error, "");
}

#define PRESET(kernel, more)                                                                       \
	"ALL_kver=\"/boot/vmlinuz-" kernel "\"\nPRESETS=('default')\n"                             \
	"default_image=\"/boot/initramfs-" kernel ".img\"\n" more

/* The reference machine: the LTS kernel has a configuration of its own. */
static void have_mkinitcpio(const char *conf)
{
	have_two_kernels();
	HAVE({ "/etc/mkinitcpio.conf", conf },
	     { "/etc/mkinitcpio-lts.conf", "MODULES=(usb_storage ext4 i915)\n" },
	     { "/etc/mkinitcpio.d/linux.preset", PRESET("linux", "") },
	     { "/etc/mkinitcpio.d/linux-lts.preset",
	       PRESET("linux-lts", "ALL_config=\"/etc/mkinitcpio-lts.conf\"\n") },
	     { "/boot/initramfs-linux.img", "" }, { "/boot/initramfs-linux-lts.img", "" });
}

TEST(the_reference_machine_keeps_nvidia_out_of_the_lts_image)
{
	have_mkinitcpio("MODULES=(usb_storage i915 nvidia nvidia_uvm)\n");
	TIME("/etc/mkinitcpio.conf", 100);
	TIME("/boot/initramfs-linux.img", 200);
	const struct initramfs *i = look();

	CHECK_INT(i->tool, INITRAMFS_MKINITCPIO);
	CHECK_INT((long long)i->image_count, 2);
	CHECK_STR(i->image[0].preset, "linux-lts/default");
	CHECK_STR(i->image[0].config, "/etc/mkinitcpio-lts.conf");
	CHECK_STR(i->image[0].release, "6.12.50-1-lts");
	CHECK(!i->image[0].reads_drop_ins);
	CHECK_STR(joined(&i->image[0].nvidia), "");
	CHECK_STR(i->image[1].config, "/etc/mkinitcpio.conf");
	CHECK_STR(i->image[1].release, "6.17.1-arch1-1");
	CHECK_STR(joined(&i->image[1].nvidia), "nvidia nvidia_uvm");
	CHECK_STR(i->image[1].path.v, "/boot/initramfs-linux.img");
	CHECK(is_u64(i->image[1].image_mtime_sec, 200));
	CHECK(is_u64(i->image[1].config_mtime_sec, 100));
	CHECK_INT(i->error.know, NOT_LOOKED);
}

TEST(a_preset_that_is_newer_than_its_configuration_dates_the_image)
{
	have_mkinitcpio("MODULES=(nvidia)\n");
	TIME("/etc/mkinitcpio.conf", 100);
	TIME("/etc/mkinitcpio.d/linux.preset", 300);
	const struct initramfs *i = look();
	for (size_t n = 0; n < i->image_count; n++)
		if (str_eq(i->image[n].release, "6.17.1-arch1-1")) {
			CHECK_INT((long long)i->image[n].config_mtime_sec.v, 300);
			CHECK_STR(i->image[n].config_mtime_sec.from,
				  "/etc/mkinitcpio.d/linux.preset");
		}
}

TEST(drop_ins_that_may_not_be_listed_are_denied)
{
	have_mkinitcpio("MODULES=(nvidia)\n");
	HAVE({ "/etc/mkinitcpio.conf.d", .error = -EACCES });
	CHECK_INT(look()->know, DENIED);
	host.table.count = 0;
	have_two_kernels();
	HAVE({ "/usr/bin/dracut", "" }, { "/etc/dracut.conf.d", .error = -EACCES });
	CHECK_INT(look()->know, DENIED);
}

TEST(drop_ins_count_only_where_the_preset_has_no_configuration)
{
	have_mkinitcpio("MODULES=(i915)\n");
	HAVE({ "/etc/mkinitcpio.conf.d/10-nvidia.conf", "\nMODULES+=(nvidia-drm)\n" },
	     { "/etc/mkinitcpio.conf.d/README", "MODULES=(nvidia)\n" });
	TIME("/etc/mkinitcpio.conf", 100);
	TIME("/etc/mkinitcpio.conf.d/10-nvidia.conf", 300);
	CHECK_STR(nvidia(0), "");
	CHECK_STR(joined(&facts.initramfs.image[1].nvidia), "nvidia_drm");
	CHECK(is_u64(facts.initramfs.image[1].config_mtime_sec, 300));
	CHECK_STR(facts.initramfs.image[1].config_mtime_sec.from,
		  "/etc/mkinitcpio.conf.d/10-nvidia.conf");
}

TEST(a_later_drop_in_may_take_the_modules_away)
{
	have_mkinitcpio("MODULES=(nvidia)\n");
	HAVE({ "/etc/mkinitcpio.conf.d/9-x.conf", "MODULES=(nvidia_drm)\n" },
	     { "/etc/mkinitcpio.conf.d/10-x.conf", "MODULES=(i915)\n" });
	CHECK_STR(nvidia(1), "");
}

TEST(the_old_text_form_is_split_at_blanks)
{
	have_mkinitcpio("MODULES=\"i915 nvidia nvidia_drm\"\n");
	CHECK_STR(nvidia(1), "nvidia nvidia_drm");
}

TEST(a_text_that_a_list_is_added_to_is_not_understood)
{
	have_mkinitcpio("MODULES=\"i915 nvidia\"\n");
	HAVE({ "/etc/mkinitcpio.conf.d/10-x.conf", "MODULES+=(nvidia_drm)\n" });
	CHECK_STR(error(),
		  "/etc/mkinitcpio.conf.d/10-x.conf:1: MODULES holds \"i915 nvidia\" as one "
		  "module");
}

TEST(modules_that_may_be_missing_are_optional)
{
	have_mkinitcpio("MODULES=(i915 nvidia? nvidia_uvm?)\n");
	CHECK_STR(nvidia(1), "nvidia nvidia_uvm");
	CHECK(facts.initramfs.image[1].is_optional);
}

TEST(one_module_that_must_be_there_is_not_optional)
{
	have_mkinitcpio("MODULES=(i915? nvidia nvidia_uvm?)\n");
	CHECK_STR(nvidia(1), "nvidia nvidia_uvm");
	CHECK(!facts.initramfs.image[1].is_optional);
}

TEST(what_needs_a_shell_is_told_with_file_and_line)
{
	have_mkinitcpio("# x\nMODULES=($(cat /etc/modules-early))\n");
	CHECK_STR(error(), "/etc/mkinitcpio.conf:2: needs a shell to be told");
}

TEST(a_drop_in_glued_to_its_predecessor_is_told)
{
	have_mkinitcpio("HOOKS=(base)\nMODULES=(i915)");
	HAVE({ "/etc/mkinitcpio.conf.d/10-nvidia.conf", "MODULES+=(nvidia)\n" });
	CHECK_STR(look()->glued.v, "/etc/mkinitcpio.conf");
	CHECK_STR(facts.initramfs.glued.from, "/etc/mkinitcpio.conf.d/10-nvidia.conf");
}

TEST(an_empty_first_line_keeps_a_drop_in_from_being_glued)
{
	have_mkinitcpio("MODULES=(i915)");
	HAVE({ "/etc/mkinitcpio.conf.d/10-nvidia.conf", "\nMODULES+=(nvidia)\n" });
	CHECK_INT(look()->glued.know, NOT_LOOKED);
	CHECK_STR(nvidia(1), "nvidia");
}

TEST(comments_glued_to_comments_do_no_harm)
{
	have_mkinitcpio("MODULES=(i915)\n# the end");
	HAVE({ "/etc/mkinitcpio.conf.d/10-nvidia.conf", "# mine\nMODULES+=(nvidia)\n" });
	CHECK_INT(look()->glued.know, NOT_LOOKED);
	CHECK_STR(nvidia(1), "nvidia");
}

TEST(presets_in_all_three_quotings_are_read)
{
	have_mkinitcpio("MODULES=(nvidia)\n");
	HAVE({ "/etc/mkinitcpio.d/linux.preset",
	       "ALL_kver=/boot/vmlinuz-linux\nPRESETS=('default' \"fallback\" bare)\n"
	       "default_image='/boot/a.img'\nfallback_image=\"/boot/b.img\"\nbare_image=/boot/"
	       "c.img\n"
	       "bare_kver=/boot/vmlinuz-linux-lts\nfallback_options=\"-S autodetect\"\n" });
	const struct initramfs *i = look();
	CHECK_INT((long long)i->image_count, 4);
	CHECK_STR(i->image[1].path.v, "/boot/a.img");
	CHECK_STR(i->image[2].path.v, "/boot/b.img");
	CHECK_STR(i->image[3].preset, "linux/bare");
	CHECK_STR(i->image[3].release, "6.12.50-1-lts");
}

TEST(a_configuration_may_come_in_the_options)
{
	have_mkinitcpio("MODULES=(nvidia)\n");
	HAVE(
	    { "/etc/mkinitcpio.d/linux.preset",
	      PRESET("linux", "default_options=\"-S autodetect -c /etc/mkinitcpio-lts.conf\"\n") });
	CHECK_STR(nvidia(1), "");
	CHECK_STR(facts.initramfs.image[1].config, "/etc/mkinitcpio-lts.conf");
	CHECK(!facts.initramfs.image[1].reads_drop_ins);
}

TEST(a_preset_without_image_or_kernel_is_passed_over)
{
	have_mkinitcpio("MODULES=(nvidia)\n");
	HAVE({ "/etc/mkinitcpio.d/linux.preset",
	       "ALL_kver=/boot/vmlinuz-linux\nPRESETS=(default)\n#default_image=/boot/a.img\n" });
	CHECK_INT((long long)look()->image_count, 1);
}

TEST(an_image_name_that_needs_a_shell_leaves_the_rest_known)
{
	have_mkinitcpio("MODULES=(nvidia)\n");
	HAVE({ "/etc/mkinitcpio.d/linux.preset",
	       "ALL_kver=/boot/vmlinuz-linux\nPRESETS=(default)\n"
	       "default_uki=\"/efi/EFI/Linux/$(hostname).efi\"\n" });
	CHECK_STR(nvidia(1), "nvidia");
	CHECK_INT(facts.initramfs.image[1].path.know, UNREADABLE);
	CHECK_INT(facts.initramfs.image[1].image_mtime_sec.know, UNREADABLE);
	CHECK_STR(error(), "");
}

TEST(a_preset_tells_the_kernel_and_command_line_of_a_unified_kernel)
{
	have_mkinitcpio("MODULES=(nvidia)\n");
	HAVE({ "/etc/mkinitcpio.d/linux.preset", "ALL_kver=/boot/vmlinuz-linux\nPRESETS=(default)\n"
						 "default_uki=/boot/EFI/Linux/mine.efi\n" },
	     { "/boot/loader/loader.conf", "default mine.efi\n" },
	     { "/boot/EFI/Linux/mine.efi", "" },
	     { "/etc/kernel/cmdline", "# root\nroot=UUID=1 rw\n" },
	     { "/etc/cmdline.d/nvidia.conf", "nvidia_drm.modeset=0" });
	look();
	const struct boot_entry *e = kernel_next_entry(&facts.kernel);
	CHECK_STR(e->release, "6.17.1-arch1-1");
	CHECK_STR(e->options, "root=UUID=1 rw nvidia_drm.modeset=0");
}

TEST(a_command_line_from_elsewhere_is_not_known)
{
	have_mkinitcpio("MODULES=(nvidia)\n");
	HAVE({ "/etc/mkinitcpio.d/linux.preset",
	       "ALL_kver=/boot/vmlinuz-linux\nPRESETS=(default)\nALL_cmdline=/etc/kernel/other\n"
	       "default_uki=/boot/EFI/Linux/mine.efi\n" },
	     { "/boot/loader/loader.conf", "" }, { "/boot/EFI/Linux/mine.efi", "" },
	     { "/etc/kernel/cmdline", "root=UUID=1 rw\n" });
	look();
	CHECK_STR(kernel_next_entry(&facts.kernel)->options, "");
}

TEST(without_presets_every_kernel_has_the_common_configuration)
{
	have_two_kernels();
	HAVE({ "/etc/mkinitcpio.conf", "MODULES=(nvidia)\n" });
	CHECK_STR(nvidia(0), "nvidia");
	CHECK_INT((long long)facts.initramfs.image_count, 2);
}

TEST(an_image_for_root_only_has_an_unknown_age)
{
	have_mkinitcpio("MODULES=(nvidia)\n");
	HAVE({ "/boot/initramfs-linux.img", .error = -EACCES });
	CHECK_INT(look()->image[1].image_mtime_sec.know, DENIED);
}

static void have_fedora(void)
{
	HAVE({ "/proc/sys/kernel/osrelease", "6.11.4-301.fc41.x86_64\n" },
	     { "/usr/lib/modules/6.11.4-301.fc41.x86_64/vmlinuz", "" }, { "/usr/bin/dracut", "" },
	     { "/etc/dracut.conf", "# empty\n" },
	     { "/boot/initramfs-6.11.4-301.fc41.x86_64.img", "" });
}

TEST(dracut_adds_and_forces_drivers)
{
	have_fedora();
	HAVE({ "/etc/dracut.conf.d/nvidia.conf", "add_drivers+=\" nvidia nvidia-uvm \" # "
						 "early\nforce_drivers+=\" \\\nnvidia_drm \"\n" });
	CHECK_STR(nvidia(0), "nvidia nvidia_uvm nvidia_drm");
	CHECK_STR(facts.initramfs.image[0].config, "/etc/dracut.conf.d/nvidia.conf");
	CHECK_STR(facts.initramfs.image[0].path.v, "/boot/initramfs-6.11.4-301.fc41.x86_64.img");
}

TEST(dracut_list_without_outer_blanks_is_glued)
{
	have_fedora();
	HAVE({ "/etc/dracut.conf.d/a.conf", "add_drivers+=\"i915\"\n" },
	     { "/etc/dracut.conf.d/b.conf", "add_drivers+=\"nvidia\"\n" });
	CHECK_STR(nvidia(0), "");
}

TEST(dracut_later_assignment_wipes_earlier_ones)
{
	have_fedora();
	HAVE({ "/etc/dracut.conf.d/a.conf", "add_drivers+=\" nvidia \"\n" },
	     { "/etc/dracut.conf.d/b.conf", "add_drivers=\" i915 \"\n" });
	CHECK_STR(nvidia(0), "");
}

TEST(dracut_omitted_drivers_are_left_out)
{
	have_fedora();
	HAVE({ "/etc/dracut.conf.d/a.conf", "add_drivers+=\" nvidia nvidia_uvm \"\n" },
	     { "/usr/lib/dracut/dracut.conf.d/b.conf", "omit_drivers+=\" nvidia-uvm \"\n" });
	CHECK_STR(nvidia(0), "nvidia");
	CHECK(facts.initramfs.image[0].has_nvidia_hook_off);
}

TEST(dracut_file_in_etc_hides_its_namesake)
{
	have_fedora();
	HAVE({ "/usr/lib/dracut/dracut.conf.d/n.conf", "add_drivers+=\" nvidia \"\n" },
	     { "/etc/dracut.conf.d/n.conf", "# nothing\n" });
	TIME("/usr/lib/dracut/dracut.conf.d/n.conf", 900);
	TIME("/etc/dracut.conf.d/n.conf", 300);
	CHECK_STR(nvidia(0), "");
	CHECK(is_u64(facts.initramfs.image[0].config_mtime_sec, 300));
}

TEST(dracut_that_needs_a_shell_is_told)
{
	have_fedora();
	HAVE({ "/etc/dracut.conf.d/n.conf", "add_drivers+=\" $(lsmod) \"\n" });
	CHECK_STR(error(), "/etc/dracut.conf.d/n.conf:1: needs a shell to be told");
}

TEST(initramfs_tools_has_one_list_for_all_kernels)
{
	HAVE({ "/proc/sys/kernel/osrelease", "6.1.0-25-amd64\n" },
	     { "/usr/lib/modules/6.1.0-25-amd64/kernel/a", "" },
	     { "/usr/lib/modules/6.1.0-20-amd64/kernel/a", "" },
	     { "/usr/lib/dracut/dracut-install", "" },
	     { "/etc/initramfs-tools/modules", "# nvidia_drm\n\nvfio_pci ids=10de:1b80\n  nvidia "
					       "modeset=1\noptions nvidia-uvm x=1\n" },
	     { "/boot/initrd.img-6.1.0-25-amd64", "" });
	CHECK_STR(nvidia(0), "nvidia");
	CHECK_INT(facts.initramfs.tool, INITRAMFS_TOOLS);
	CHECK_STR(facts.initramfs.image[1].path.v, "/boot/initrd.img-6.1.0-25-amd64");
	CHECK_INT(facts.initramfs.image[0].image_mtime_sec.know, ABSENT);
}

TEST(newest_options_of_an_nvidia_module_are_dated)
{
	have_mkinitcpio("MODULES=(nvidia)\n");
	HAVE({ "/etc/modprobe.d/a.conf", "options nvidia NVreg_A=1\n" },
	     { "/etc/modprobe.d/b.conf", "options snd_hda_intel x=1\n" },
	     { "/usr/lib/modprobe.d/c.conf", "options nvidia_drm modeset=1\n" });
	TIME("/etc/modprobe.d/a.conf", 100);
	TIME("/etc/modprobe.d/b.conf", 200);
	TIME("/usr/lib/modprobe.d/c.conf", 300);
	CHECK(is_u64(look()->modprobe_mtime_sec, 100));
	CHECK_STR(facts.initramfs.modprobe_mtime_sec.from, "/etc/modprobe.d/a.conf");
}

TEST(no_tool_is_absent)
{
	have_two_kernels();
	CHECK_INT(look()->know, ABSENT);
	CHECK_INT(facts.initramfs.tool, INITRAMFS_UNKNOWN);
}
