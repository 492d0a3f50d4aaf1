/* SPDX-License-Identifier: MIT */
#include "plan-boot.h"

#define CONF "/etc/mkinitcpio.conf"
#define LTS_CONF "/etc/mkinitcpio-lts.conf"
#define PRESET "/etc/mkinitcpio.d/linux.preset"
#define LTS_PRESET "/etc/mkinitcpio.d/linux-lts.preset"
#define DROP_IN "/etc/mkinitcpio.conf.d/90-egpu.conf"

static void have_presets(const char *lts)
{
	have_two_kernels();
	HAVE({ "/etc/os-release", "ID=arch\n" }, { "/boot/vmlinuz-linux", "" },
	     { "/boot/vmlinuz-linux-lts", "" }, { "/boot/initramfs-linux.img", "" },
	     { PRESET, "ALL_kver=\"/boot/vmlinuz-linux\"\nPRESETS=('default')\n"
		       "default_image=\"/boot/initramfs-linux.img\"\n" },
	     { LTS_PRESET, arena_printf(&arena,
					"%sALL_kver=\"/boot/vmlinuz-linux-lts\"\n"
					"PRESETS=('default')\n"
					"default_image=\"/boot/initramfs-linux-lts.img\"\n",
					lts) });
}

#define OWN "ALL_config=\"/etc/mkinitcpio-lts.conf\"\n"
#define COMMENTED "#ALL_config=\"/etc/mkinitcpio.conf\"\n"

TEST(the_reference_machine_is_as_wanted)
{
	have_presets(OWN);
	HAVE({ CONF, "MODULES=(i915 nvidia nvidia_uvm)\n" }, { LTS_CONF, "MODULES=(i915)\n" });
	look();
	plan_theme(&theme_initramfs);
	CHECK_STR(planned(), "");
}

TEST(a_kernel_without_the_module_gets_a_configuration_of_its_own)
{
	have_presets(COMMENTED);
	HAVE({ CONF, "# mine\nMODULES=(i915)\nHOOKS=(base)\n" });
	look();
	plan_theme(&theme_initramfs);
	CHECK_STR(planned(), LTS_PRESET "\n" LTS_CONF "\n" CONF "\n$ mkinitcpio -P\n");
	CHECK_STR(after(CONF), "# mine\nMODULES=(i915 nvidia nvidia_uvm)\nHOOKS=(base)\n");
	CHECK_STR(after(LTS_CONF), "# mine\nMODULES=(i915)\nHOOKS=(base)\n");
	CHECK(str_starts(after(LTS_PRESET), COMMENTED OWN "ALL_kver"));
	apply_and_plan(&theme_initramfs);
	CHECK_STR(planned(), "");
}

TEST(a_newer_mkinitcpio_gets_a_drop_in)
{
	have_presets(OWN);
	HAVE({ CONF, "MODULES=(i915)\n" }, { LTS_CONF, "MODULES=(i915)\n" },
	     { "/var/lib/pacman/local/mkinitcpio-39.2-3/desc", "" });
	look();
	plan_theme(&theme_initramfs);
	CHECK_STR(planned(), DROP_IN "\n$ mkinitcpio -P\n");
	CHECK(str_starts(after(DROP_IN), "\n# "));
	CHECK(str_ends(after(DROP_IN), "\nMODULES+=(nvidia nvidia_uvm)\n"));
	apply_and_plan(&theme_initramfs);
	CHECK_STR(planned(), "");
}

/* A list joined to a text would make the text one module. */
TEST(a_text_is_added_to_as_a_text)
{
	have_presets(OWN);
	HAVE({ CONF, "MODULES=\"i915 btrfs\"\n" }, { LTS_CONF, "MODULES=\"\"\n" },
	     { "/etc/mkinitcpio.conf.d/x.conf", "COMPRESSION=zstd\n" });
	look();
	plan_theme(&theme_initramfs);
	CHECK(str_ends(after(DROP_IN), "\nMODULES+=\" nvidia nvidia_uvm\"\n"));
	apply_and_plan(&theme_initramfs);
	CHECK_STR(planned(), "");
}

/* Its own configuration has all that it was built from before: the drop-ins too. */
TEST(a_split_configuration_keeps_the_drop_ins)
{
	have_presets(COMMENTED);
	HAVE({ CONF, "MODULES=(i915)" }, { "/etc/mkinitcpio.conf.d/5.conf", "\nHOOKS=(base)\n" });
	look();
	plan_theme(&theme_initramfs);
	CHECK_STR(planned(), LTS_PRESET "\n" LTS_CONF "\n" DROP_IN "\n$ mkinitcpio -P\n");
	CHECK_STR(after(LTS_CONF), "MODULES=(i915)\n\nHOOKS=(base)\n");
	apply_and_plan(&theme_initramfs);
	CHECK_STR(planned(), "");
}

TEST(a_preset_with_a_configuration_has_that_changed)
{
	have_presets(OWN);
	HAVE({ CONF, "MODULES=()\n" }, { LTS_CONF, "MODULES=()\n" },
	     { "/etc/mkinitcpio.conf.d/x.conf", "COMPRESSION=zstd\n" },
	     { "/etc/gpu.conf", "MODULES=(\n\ti915 # display\n)\n" },
	     { PRESET, "ALL_config=/etc/gpu.conf\nALL_kver=/boot/vmlinuz-linux\n"
		       "PRESETS=(default)\ndefault_image=/boot/initramfs-linux.img\n" });
	look();
	plan_theme(&theme_initramfs);
	CHECK_STR(planned(), "/etc/gpu.conf\n$ mkinitcpio -P\n");
	apply_and_plan(&theme_initramfs);
	CHECK_STR(planned(), "");
}

TEST(a_module_where_there_is_none_is_taken_out)
{
	have_presets(OWN);
	HAVE({ CONF, "MODULES=(nvidia nvidia_uvm)\n" },
	     { LTS_CONF, "MODULES=(i915 nvidia nvidia_uvm ext4)\n" });
	look();
	plan_theme(&theme_initramfs);
	CHECK_STR(planned(), LTS_CONF "\n$ mkinitcpio -P\n");
	CHECK_STR(after(LTS_CONF), "MODULES=(i915 ext4)\n");
}

TEST(no_early_driver_is_taken_out_everywhere)
{
	have_presets(OWN);
	HAVE({ CONF, "MODULES=(i915 nvidia nvidia_uvm)\n" }, { LTS_CONF, "MODULES=()\n" });
	look();
	facts.want.early = WISH_NO;
	plan_theme(&theme_initramfs);
	CHECK_STR(planned(), CONF "\n$ mkinitcpio -P\n");
	CHECK_STR(after(CONF), "MODULES=(i915)\n");
}

TEST(kept_is_kept)
{
	have_presets(OWN);
	HAVE({ CONF, "MODULES=()\n" }, { LTS_CONF, "MODULES=()\n" });
	look();
	facts.want.early = WISH_KEEP;
	plan_theme(&theme_initramfs);
	CHECK_STR(planned(), "");
}

TEST(what_is_not_understood_is_left_alone)
{
	have_presets(OWN);
	HAVE({ CONF, "MODULES=($(cat /etc/list))\n" }, { LTS_CONF, "MODULES=()\n" });
	look();
	plan_theme(&theme_initramfs);
	CHECK_STR(planned(), "");
	CHECK(str_starts(refused(), CONF ":1: "));
}

TEST(a_display_needs_more_modules)
{
	have_presets(OWN);
	HAVE({ CONF, "MODULES=(nvidia nvidia_uvm)\n" }, { LTS_CONF, "MODULES=()\n" });
	look();
	facts.want.display = true;
	plan_theme(&theme_initramfs);
	CHECK(strstr(after(CONF), "(nvidia nvidia_uvm nvidia_modeset nvidia_drm)"));
}

/* dracut and initramfs-tools */

static void have_one_kernel(void)
{
	HAVE({ "/proc/sys/kernel/osrelease", "6.17.1\n" },
	     { "/proc/modules", "nvidia 1 0 - Live 0\n" },
	     { "/usr/lib/modules/6.17.1/kernel/drivers", .link = "x" },
	     { "/usr/lib/modules/6.17.1/extra/nvidia/nvidia.ko.xz", "" },
	     { "/boot/initramfs-6.17.1.img", "" });
}

TEST(dracut_gets_a_drop_in_with_blanks_around_its_words)
{
	have_one_kernel();
	HAVE({ "/usr/bin/dracut", "" });
	look();
	plan_theme(&theme_initramfs);
	CHECK_STR(planned(),
		  "/etc/dracut.conf.d/90-egpu.conf\n$ dracut --regenerate-all --force\n");
	CHECK(str_ends(after("/etc/dracut.conf.d/90-egpu.conf"),
		       "\nadd_drivers+=\" nvidia nvidia_uvm \"\n"));
	apply_and_plan(&theme_initramfs);
	CHECK_STR(planned(), "");
}

TEST(what_a_package_leaves_out_on_purpose_stays_out)
{
	have_one_kernel();
	HAVE({ "/usr/bin/dracut", "" },
	     { "/usr/lib/dracut/dracut.conf.d/99-nvidia.conf", "omit_drivers+=\" nvidia \"\n" });
	look();
	plan_theme(&theme_initramfs);
	CHECK_STR(planned(), "");
	CHECK_STR(refused(), "");
}

TEST(a_later_file_that_sets_the_list_anew_is_told)
{
	have_one_kernel();
	HAVE({ "/usr/bin/dracut", "" },
	     { "/etc/dracut.conf.d/99-mine.conf", "add_drivers=\" i915 \"\n" });
	look();
	plan_theme(&theme_initramfs);
	CHECK_STR(planned(), "");
	CHECK_STR(refused(), "/etc/dracut.conf.d/99-mine.conf sets add_drivers anew, behind any "
			     "file of ours");
}

TEST(dracut_with_a_kernel_that_lacks_the_module_is_left_alone)
{
	have_one_kernel();
	HAVE({ "/usr/bin/dracut", "" }, { "/usr/lib/modules/6.1/kernel/drivers", .link = "x" });
	look();
	plan_theme(&theme_initramfs);
	CHECK_STR(planned(), "");
	CHECK(str_starts(refused(), "6.1 has no nvidia module"));
}

TEST(initramfs_tools_have_a_list)
{
	have_one_kernel();
	HAVE({ "/etc/initramfs-tools/modules", "# list\ni915" });
	look();
	plan_theme(&theme_initramfs);
	CHECK_STR(planned(), "/etc/initramfs-tools/modules\n$ update-initramfs -u -k all\n");
	CHECK(str_starts(after("/etc/initramfs-tools/modules"), "# list\ni915\n# Written by"));
	CHECK(str_ends(after("/etc/initramfs-tools/modules"), "\nnvidia\nnvidia_uvm\n"));
	apply_and_plan(&theme_initramfs);
	CHECK_STR(planned(), "");
}
