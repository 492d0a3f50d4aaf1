/* SPDX-License-Identifier: MIT */
#include "plan-boot.h"

#include "plan/boot/bootable.h"

#define ENTRY "/boot/loader/entries/"
#define ARCH_OPTIONS "root=UUID=1 rw quiet"

static void have_systemd_boot(const char *options)
{
	have_two_kernels();
	have_efi_text("LoaderInfo", "systemd-boot 258");
	HAVE({ "/etc/os-release", "ID=arch\n" },
	     { "/boot/loader/loader.conf", "default arch.conf\n" }, { "/boot/vmlinuz-linux", "" },
	     { "/boot/vmlinuz-linux-lts", "" }, { "/boot/initramfs-linux.img", "" },
	     { "/boot/initramfs-linux-lts.img", "" },
	     { ENTRY "arch.conf",
	       arena_printf(&arena,
			    "title\tArch\nlinux\t/vmlinuz-linux\ninitrd\t/initramfs-linux.img\n"
			    "options\t%s\n",
			    options) },
	     { ENTRY "arch-lts.conf",
	       "title\tArch LTS\nlinux\t/vmlinuz-linux-lts\ninitrd\t/initramfs-linux-lts.img\n"
	       "options\troot=UUID=1 rw\n" });
	look();
}

TEST(an_entry_that_says_so_is_left_alone)
{
	have_systemd_boot(ARCH_OPTIONS " nvidia-drm.modeset=0");
	plan_theme(&theme_cmdline);
	CHECK_STR(planned(), "");
	CHECK_STR(refused(), "");
}

TEST(only_the_entry_whose_kernel_has_the_driver_is_changed)
{
	have_systemd_boot(ARCH_OPTIONS);
	plan_theme(&theme_cmdline);
	CHECK_STR(planned(), ENTRY "arch.conf\n");
	CHECK_STR(after(ENTRY "arch.conf"),
		  "title\tArch\nlinux\t/vmlinuz-linux\ninitrd\t/initramfs-linux.img\n"
		  "options\t" ARCH_OPTIONS " nvidia_drm.modeset=0\n");
	CHECK_INT(plan.step[0].when, WHEN_REBOOT);
	apply_and_plan(&theme_cmdline);
	CHECK_STR(planned(), "");
}

TEST(a_display_wants_the_other_value)
{
	have_systemd_boot(ARCH_OPTIONS " nvidia_drm.modeset=0 splash");
	facts.want.display = true;
	plan_theme(&theme_cmdline);
	CHECK(strstr(after(ENTRY "arch.conf"), "nvidia_drm.modeset=1 splash\n"));
}

TEST(an_option_of_modprobe_is_enough)
{
	have_systemd_boot(ARCH_OPTIONS);
	HAVE({ "/proc/cmdline", ARCH_OPTIONS "\n" },
	     { "/etc/modprobe.d/gpu.conf", "options nvidia-drm modeset=0\n" });
	look();
	plan_theme(&theme_cmdline);
	CHECK_STR(planned(), "");
}

TEST(an_entry_that_would_not_start_is_not_touched)
{
	have_systemd_boot(ARCH_OPTIONS);
	HAVE({ "/boot/initramfs-linux.img", .error = -ENOENT });
	plan_theme(&theme_cmdline);
	CHECK_STR(planned(), "");
	CHECK_STR(refused(), ENTRY "arch.conf names /boot/initramfs-linux.img, which is not there: "
				   "it would not start as it stands");
}

TEST(an_entry_that_lost_its_image_meanwhile_is_told)
{
	have_systemd_boot(ARCH_OPTIONS);
	plan_theme(&theme_cmdline);
	struct plan done = plan;
	apply_and_plan(&theme_cmdline);
	CHECK(!bootable_trouble(&arena, &host.table.host, &done));
	HAVE({ "/boot/initramfs-linux.img", .error = -ENOENT });
	CHECK_STR(bootable_trouble(&arena, &host.table.host, &done),
		  ENTRY "arch.conf names /boot/initramfs-linux.img, which is not there");
}

#define MACHINE "0123456789abcdef0123456789abcdef"

TEST(a_generated_entry_is_changed_at_its_source)
{
	have_systemd_boot(ARCH_OPTIONS);
	HAVE({ ENTRY "arch.conf", .error = -ENOENT }, { "/usr/lib/modules/" NEWEST "/vmlinuz", "" },
	     { ENTRY MACHINE "-" NEWEST ".conf", "title Arch\nversion " NEWEST "\nlinux /" MACHINE
						 "/" NEWEST "/linux\noptions root=UUID=7 rw\n" });
	look();
	plan_theme(&theme_cmdline);
	CHECK_STR(planned(), "/etc/kernel/cmdline\n$ kernel-install add " NEWEST
			     " /usr/lib/modules/" NEWEST "/vmlinuz\n");
	CHECK_STR(after("/etc/kernel/cmdline"), "root=UUID=7 rw nvidia_drm.modeset=0\n");
}

static void have_unified(void)
{
	have_systemd_boot(ARCH_OPTIONS);
	HAVE({ ENTRY "arch.conf", .error = -ENOENT },
	     { "/boot/loader/loader.conf", "default arch-linux.efi\n" },
	     { "/boot/EFI/Linux/arch-linux.efi", "" }, { "/etc/mkinitcpio.conf", "MODULES=()\n" },
	     { "/var/lib/pacman/local/mkinitcpio-39.2-3/desc", "" },
	     { "/etc/mkinitcpio.d/linux.preset",
	       "ALL_kver=\"/boot/vmlinuz-linux\"\nPRESETS=('default')\n"
	       "default_uki=\"/boot/EFI/Linux/arch-linux.efi\"\n" });
}

TEST(a_unified_kernel_gets_a_drop_in_beside_its_command_line)
{
	have_unified();
	HAVE({ "/etc/kernel/cmdline", ARCH_OPTIONS "\n" });
	look();
	plan_theme(&theme_cmdline);
	CHECK_STR(planned(), "/etc/cmdline.d/90-egpu.conf\n$ mkinitcpio -P\n");
	CHECK_STR(after("/etc/cmdline.d/90-egpu.conf"), "nvidia_drm.modeset=0\n");
	apply_and_plan(&theme_cmdline);
	CHECK_STR(planned(), "");
}

/* mkinitcpio takes the running kernel's parameters only where there is no file at all. */
TEST(a_drop_in_alone_would_lose_the_root_file_system)
{
	have_unified();
	look();
	plan_theme(&theme_cmdline);
	CHECK_STR(planned(), "");
	CHECK(strstr(refused(), "there is no /etc/kernel/cmdline"));
}

TEST(a_preset_with_a_command_line_of_its_own_has_that_changed)
{
	have_unified();
	HAVE({ "/etc/mkinitcpio.d/linux.preset",
	       "ALL_kver=\"/boot/vmlinuz-linux\"\nPRESETS=('default')\n"
	       "default_uki=\"/boot/EFI/Linux/arch-linux.efi\"\n"
	       "default_cmdline=\"/etc/kernel/cmdline-gpu\"\n" },
	     { "/etc/kernel/cmdline-gpu", "root=UUID=1\n" });
	look();
	plan_theme(&theme_cmdline);
	CHECK_STR(planned(), "/etc/kernel/cmdline-gpu\n$ mkinitcpio -P\n");
}

/* GRUB */

static void have_grub(const char *distro, const char *menu)
{
	have_two_kernels();
	HAVE({ "/etc/os-release", distro },
	     { menu, "menuentry 'Linux' --id a { linux /vmlinuz-linux root=UUID=1\n}\n" });
}

TEST(debian_reads_a_drop_in)
{
	have_grub("ID=debian\n", "/boot/grub/grub.cfg");
	HAVE({ "/etc/default/grub", "GRUB_CMDLINE_LINUX_DEFAULT=\"quiet\"\n" });
	look();
	plan_theme(&theme_cmdline);
	CHECK_STR(planned(), "/etc/default/grub.d/90-egpu.cfg\n$ update-grub\n");
	CHECK(strstr(after("/etc/default/grub.d/90-egpu.cfg"),
		     "\nGRUB_CMDLINE_LINUX_DEFAULT=\"$GRUB_CMDLINE_LINUX_DEFAULT "
		     "nvidia_drm.modeset=0\"\n"));
	CHECK_STR(names_join(&arena, &plan.step[1].run.undo, " "), "update-grub");
	apply_and_plan(&theme_cmdline);
	CHECK_STR(planned(), "");
}

TEST(elsewhere_the_file_itself_is_changed)
{
	have_grub("ID=arch\n", "/boot/grub/grub.cfg");
	HAVE({ "/etc/default/grub", "# mine\nGRUB_CMDLINE_LINUX_DEFAULT='quiet splash' # yes\n" });
	look();
	plan_theme(&theme_cmdline);
	CHECK_STR(planned(), "/etc/default/grub\n$ grub-mkconfig -o /boot/grub/grub.cfg\n");
	CHECK_STR(after("/etc/default/grub"), "# mine\nGRUB_CMDLINE_LINUX_DEFAULT='quiet splash "
					      "nvidia_drm.modeset=0' # yes\n");
	apply_and_plan(&theme_cmdline);
	CHECK_STR(planned(), "");
}

TEST(fedora_has_a_tool_for_it_which_takes_it_back_too)
{
	have_grub("ID=fedora\n", "/boot/grub2/grub.cfg");
	HAVE({ "/usr/sbin/grubby", "" });
	look();
	plan_theme(&theme_cmdline);
	CHECK_STR(planned(), "$ grubby --update-kernel=ALL --args=nvidia_drm.modeset=0\n");
	CHECK_STR(names_join(&arena, &plan.step[0].run.undo, " "),
		  "grubby --update-kernel=ALL --remove-args=nvidia_drm.modeset=0");
}

TEST(what_grub_is_told_by_a_condition_is_refused)
{
	have_grub("ID=arch\n", "/boot/grub/grub.cfg");
	HAVE({ "/etc/default/grub", "if true; then\nGRUB_CMDLINE_LINUX_DEFAULT=quiet\nfi\n" });
	look();
	plan_theme(&theme_cmdline);
	CHECK_STR(planned(), "");
	CHECK(str_starts(refused(), "/etc/default/grub:2: "));
}

/* Others */

TEST(limine_is_changed_for_that_kernel)
{
	have_two_kernels();
	have_efi_text("LoaderInfo", "Limine 9");
	HAVE({ "/boot/limine.conf",
	       "timeout: 1\n/Arch\n  protocol: linux\n  path: boot():/vmlinuz-linux\n"
	       "  cmdline: root=UUID=1\n/LTS\n  protocol: linux\n"
	       "  path: boot():/vmlinuz-linux-lts\n  cmdline: root=UUID=1\n" });
	look();
	plan_theme(&theme_cmdline);
	CHECK_STR(planned(), "/boot/limine.conf\n");
	CHECK_STR(after("/boot/limine.conf"),
		  "timeout: 1\n/Arch\n  protocol: linux\n  path: boot():/vmlinuz-linux\n"
		  "  cmdline: root=UUID=1 nvidia_drm.modeset=0\n/LTS\n  protocol: linux\n"
		  "  path: boot():/vmlinuz-linux-lts\n  cmdline: root=UUID=1\n");
}

TEST(refind_keeps_its_titles)
{
	have_two_kernels();
	have_efi_text("LoaderInfo", "rEFInd 0.14");
	HAVE({ "/boot/refind_linux.conf", "\"Boot\"  \"root=UUID=1 rw\"\n" });
	look();
	plan_theme(&theme_cmdline);
	CHECK_STR(after("/boot/refind_linux.conf"),
		  "\"Boot\"  \"root=UUID=1 rw nvidia_drm.modeset=0\"\n");
}

TEST(without_a_driver_no_command_line_is_changed)
{
	HAVE({ "/etc/os-release", "ID=arch\n" }, { "/usr/lib/modules/6.1/pkgbase", "linux\n" });
	look();
	plan_theme(&theme_cmdline);
	CHECK_STR(planned(), "");
	CHECK_STR(refused(), "");
}
