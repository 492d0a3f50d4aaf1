/* SPDX-License-Identifier: MIT */
#include "collect/boot/bls.h"
#include "collect/boot/loader.h"
#include "collect/collect.h"

#include "boot-host.h"
#include "tap.h"

static const struct kernel *look(void)
{
	facts = (struct facts){ .arena = &arena };
	collect_kernel(&facts, &host.table.host);
	collect_boot(&facts, &host.table.host);
	return &facts.kernel;
}

static const struct boot_entry *next(void)
{
	const struct boot_entry *e = kernel_next_entry(look());
	CHECK(e);
	return e;
}

static void have_systemd_boot(const char *loader_conf)
{
	have_two_kernels();
	HAVE({ "/boot/loader/loader.conf", loader_conf },
	     { "/boot/loader/entries/arch.conf",
	       "# edited\ntitle\tArch Linux\nlinux\t/vmlinuz-linux\ninitrd /intel-ucode.img\n"
	       "initrd /initramfs-linux.img\noptions root=UUID=1  nvidia_drm.modeset=0\noptions "
	       "rw\n" },
	     { "/boot/loader/entries/arch-lts.conf",
	       "title Arch LTS\nlinux /vmlinuz-linux-lts\noptions root=UUID=1 rw\n" });
}

TEST(systemd_boot_starts_what_loader_conf_says)
{
	have_systemd_boot("timeout 3\ndefault  arch-lts.conf \n");
	CHECK_STR(next()->id, "arch-lts.conf");
	CHECK_STR(next()->release, "6.12.50-1-lts");
	CHECK_INT(facts.kernel.loader, LOADER_SYSTEMD_BOOT);
	CHECK_INT(facts.kernel.boot_know, KNOWN);
}

TEST(options_of_several_lines_are_joined)
{
	have_systemd_boot("default arch.conf\n");
	CHECK_STR(next()->title, "Arch Linux");
	CHECK_STR(next()->initrd, "/intel-ucode.img /initramfs-linux.img");
	CHECK_STR(next()->options, "root=UUID=1  nvidia_drm.modeset=0 rw");
	CHECK_STR(next()->release, "6.17.1-arch1-1");
}

TEST(a_pattern_takes_the_first_of_the_menu)
{
	have_systemd_boot("default Arch*\n");
	CHECK_STR(next()->id, "arch.conf");
}

TEST(without_a_default_the_first_of_the_menu_starts)
{
	have_systemd_boot("#default arch-lts.conf\ntimeout 3\n");
	CHECK_STR(next()->id, "arch.conf");
}

TEST(a_default_that_matches_nothing_is_passed_over)
{
	have_systemd_boot("default arch-zen.conf\n");
	CHECK_STR(next()->id, "arch.conf");
}

TEST(entries_that_the_loader_finds_itself_are_not_known)
{
	have_systemd_boot("default auto-windows\n");
	CHECK_INT(look()->next_entry.know, UNREADABLE);
	host.table.count = 0;
	have_systemd_boot("default arch.conf\n");
	have_efi_text("LoaderEntryOneShot", "auto-reboot-to-firmware-setup");
	CHECK_INT(look()->next_entry.know, UNREADABLE);
}

TEST(efi_variables_go_before_loader_conf)
{
	have_systemd_boot("default arch.conf\n");
	have_efi_text("LoaderEntryDefault", "arch-lts.conf");
	CHECK_STR(next()->id, "arch-lts.conf");
	host.table.count--;
	have_efi_text("LoaderEntryOneShot", "arch-lts.conf");
	CHECK_STR(next()->id, "arch-lts.conf");
}

TEST(saved_is_what_was_booted_last)
{
	have_systemd_boot("default @saved\n");
	have_efi_text("LoaderEntryLastBooted", "arch-lts.conf");
	CHECK_STR(next()->id, "arch-lts.conf");
}

TEST(sort_key_goes_before_names_and_newer_versions_first)
{
	struct bls_entry e[] = {
		bls_parse(&arena, bytes_of("title a\n"), "zzz.conf"),
		bls_parse(&arena, bytes_of("sort-key fedora\nversion 6.9.1\n"), "b.conf"),
		bls_parse(&arena, bytes_of("sort-key fedora\nversion 6.10.0\n"), "a.conf"),
		bls_parse(&arena, bytes_of("sort-key fedora\nversion 6.11\n"), "c+0-3.conf"),
	};
	qsort(e, COUNT_OF(e), sizeof(*e), bls_compare);
	CHECK_STR(e[0].id, "a.conf");
	CHECK_STR(e[1].id, "b.conf");
	CHECK_STR(e[2].id, "zzz.conf");
	CHECK_STR(e[3].id, "c.conf");
}

TEST(versions_are_ordered_as_the_specification_says)
{
	static const char *const rising[] = {
		"122.1~rc1", "122.1",   "122.1-1", "122.1^1", "123~rc1", "123",
		"123-a",     "123-a.1", "123-1",   "123.1",   "123a",    "124",
	};
	for (size_t i = 0; i + 1 < COUNT_OF(rising); i++) {
		CHECK(bls_compare_versions(rising[i], rising[i + 1]) < 0);
		CHECK(bls_compare_versions(rising[i + 1], rising[i]) > 0);
		CHECK_INT(bls_compare_versions(rising[i], rising[i]), 0);
	}
	CHECK(bls_compare_versions("arch.conf", "arch-lts.conf") > 0);
	CHECK_INT(bls_compare_versions("1_2", "12"), bls_compare_versions("1.2", "12"));
}

TEST(unified_kernels_are_told_by_their_names)
{
	have_two_kernels();
	HAVE({ "/efi/loader/loader.conf", "timeout 0\n" }, { "/etc/os-release", "ID=arch\n" },
	     { "/efi/EFI/Linux/arch-linux-lts.efi", "" }, { "/efi/EFI/Linux/arch-linux.efi", "" },
	     { "/efi/EFI/Linux/arch-linux-fallback.efi", "" });
	CHECK_STR(next()->id, "arch-linux.efi");
	CHECK_STR(next()->release, "6.17.1-arch1-1");
	CHECK_STR(facts.kernel.entry[1].release, "6.12.50-1-lts");
	CHECK_STR(facts.kernel.entry[2].release, "6.17.1-arch1-1");
}

TEST(an_entry_of_kernel_install_is_told_by_its_version)
{
	have_two_kernels();
	HAVE({ "/boot/loader/loader.conf", "" },
	     { "/boot/loader/entries/0123-6.12.50-1-lts.conf",
	       "version 6.12.50-1-lts\nlinux /0123/6.12.50-1-lts/linux\n" });
	CHECK_STR(next()->release, "6.12.50-1-lts");
}

TEST(an_entry_of_a_removed_kernel_keeps_its_release)
{
	have_two_kernels();
	HAVE({ "/boot/loader/loader.conf", "" },
	     { "/boot/loader/entries/a.conf",
	       "version 6.9.9-arch1-1\nlinux /0123/6.9.9-arch1-1/linux\n" });
	CHECK_STR(next()->release, "6.9.9-arch1-1");
}

TEST(a_partition_for_root_only_is_denied)
{
	have_two_kernels();
	have_efi_text("LoaderInfo", "systemd-boot 258");
	HAVE({ "/boot/loader/loader.conf", .error = -EACCES },
	     { "/boot/loader/entries", .error = -EACCES }, { "/boot/EFI/Linux", .error = -EACCES });
	CHECK(!kernel_next_entry(look()));
	CHECK_INT(facts.kernel.boot_know, DENIED);
	CHECK_INT(facts.kernel.next_entry.know, DENIED);
	CHECK_STR(facts.kernel.boot_from, "/boot/loader/entries");
}

TEST(a_partition_for_root_only_is_denied_without_efi_variables_too)
{
	have_two_kernels();
	HAVE({ "/boot/loader/loader.conf", .error = -EACCES });
	CHECK(!kernel_next_entry(look()));
	CHECK_INT(facts.kernel.boot_know, DENIED);
	CHECK_STR(facts.kernel.boot_from, "/boot/loader/loader.conf");
}

TEST(no_boot_loader_is_absent)
{
	have_two_kernels();
	CHECK(!kernel_next_entry(look()));
	CHECK_INT(facts.kernel.loader, LOADER_UNKNOWN);
	CHECK_INT(facts.kernel.next_entry.know, ABSENT);
}

TEST(the_running_loader_goes_before_files_of_another_one)
{
	have_systemd_boot("default arch.conf\n");
	have_efi_text("LoaderInfo", "GRUB 2.12");
	HAVE({ "/boot/grub/grub.cfg", "menuentry 'LTS' {\n linux /vmlinuz-linux-lts rw\n}\n" });
	CHECK_INT(look()->loader, LOADER_GRUB);
	CHECK_STR(kernel_next_entry(&facts.kernel)->release, "6.12.50-1-lts");
}

#define GRUB_HEAD                                                                                  \
	"if [ -s $prefix/grubenv ]; then\n  load_env\nfi\n"                                        \
	"if [ \"${next_entry}\" ] ; then\n   set default=\"${next_entry}\"\n   set next_entry=\n"  \
	"else\n   set default=\"%s\"\nfi\nfunction load_video {\n  insmod all_video\n}\n"
#define GRUB_MENU                                                                                  \
	"menuentry 'Debian GNU/Linux' --class debian $menuentry_id_option 'simple' {\n"            \
	"\tload_video\n\tif [ x$grub_platform = xxen ]; then insmod xzio; fi\n"                    \
	"\techo\t'Loading Linux ...'\n"                                                            \
	"\tlinux\t/boot/vmlinuz-6.1.0-25-amd64 root=UUID=1 ro  quiet\n"                            \
	"\tinitrd\t/boot/initrd.img-6.1.0-25-amd64\n}\n"                                           \
	"submenu 'Advanced options' $menuentry_id_option 'advanced' {\n"                           \
	"\tmenuentry 'Linux 6.1.0-25' $menuentry_id_option 'a-25' {\n"                             \
	"\t\tlinux\t/boot/vmlinuz-6.1.0-25-amd64 root=UUID=1 ro\n\t}\n"                            \
	"\tmenuentry 'Linux 6.1.0-20' $menuentry_id_option 'a-20' {\n"                             \
	"\t\tlinux\t/boot/vmlinuz-6.1.0-20-amd64 root=UUID=1 ro pci=realloc\n\t}\n}\n"             \
	"menuentry 'Firmware' {\n\tfwsetup\n}\n"

static void have_grub(const char *chosen, const char *env)
{
	HAVE({ "/proc/sys/kernel/osrelease", "6.1.0-25-amd64\n" },
	     { "/usr/lib/modules/6.1.0-25-amd64/kernel/a", "" },
	     { "/usr/lib/modules/6.1.0-20-amd64/kernel/a", "" },
	     { "/boot/grub/grub.cfg", arena_printf(&arena, GRUB_HEAD GRUB_MENU, chosen) },
	     { "/boot/grub/grubenv", env });
}

TEST(grub_starts_its_first_entry_by_default)
{
	have_grub("0", "# GRUB Environment Block\n####");
	CHECK_STR(next()->id, "simple");
	CHECK_STR(next()->title, "Debian GNU/Linux");
	CHECK_STR(next()->release, "6.1.0-25-amd64");
	CHECK_STR(next()->options, "root=UUID=1 ro quiet");
	CHECK_STR(next()->initrd, "/boot/initrd.img-6.1.0-25-amd64");
	CHECK_INT((long long)facts.kernel.entry_count, 4);
}

TEST(the_file_that_was_booted_is_the_running_kernel)
{
	HAVE({ "/proc/sys/kernel/osrelease", "6.12.48-1-own\n" },
	     { "/proc/cmdline", "BOOT_IMAGE=(hd0,gpt2)/vmlinuz-6.12-own root=UUID=1\n" },
	     { "/usr/lib/modules/6.12.48-1-own/kernel/a", "" },
	     { "/boot/grub/grub.cfg",
	       "menuentry 'Linux' {\n linux /vmlinuz-6.12-own root=UUID=1\n}\n" });
	CHECK_STR(next()->release, "6.12.48-1-own");
}

TEST(manjaro_names_its_files_by_the_kernelbase)
{
	HAVE({ "/usr/lib/modules/6.12.48-1-MANJARO/kernelbase", "6.12-x86_64\n" },
	     { "/usr/lib/modules/6.12.48-1-MANJARO/pkgbase", "linux612\n" },
	     { "/boot/grub/grub.cfg",
	       "menuentry 'Manjaro' {\n linux /boot/vmlinuz-6.12-x86_64 root=UUID=1\n}\n" });
	CHECK_STR(next()->release, "6.12.48-1-MANJARO");
}

TEST(grub_finds_entries_by_index_id_and_title)
{
	static const char *const ways[] = { "1>1", "advanced>a-20",
					    "Advanced options>Linux 6.1.0-20", "1>a-20" };
	for (size_t i = 0; i < COUNT_OF(ways); i++) {
		host.table.count = 0;
		have_grub(ways[i], "");
		CHECK_STR(next()->id, "advanced>a-20");
		CHECK_STR(next()->release, "6.1.0-20-amd64");
		CHECK_STR(next()->options, "root=UUID=1 ro pci=realloc");
	}
}

TEST(grub_without_that_entry_starts_the_first)
{
	have_grub("a-20", "");
	CHECK_STR(next()->id, "simple");
}

TEST(grub_saved_entry_is_in_its_environment)
{
	have_grub("${saved_entry}", "# GRUB\nsaved_entry=advanced>a-20\n####");
	CHECK_STR(next()->id, "advanced>a-20");
}

TEST(grub_entry_for_one_boot_goes_first)
{
	have_grub("0", "saved_entry=simple\nnext_entry=advanced>a-20\n");
	CHECK_STR(next()->id, "advanced>a-20");
}

TEST(grub_that_asks_another_variable_is_not_guessed)
{
	have_grub("${chosen_by_button", "");
	look();
	CHECK_INT(facts.kernel.next_entry.know, KNOWN); /* unset: empty, so the first entry */
	host.table.count = 0;
	have_grub("x${button}", "");
	look();
	CHECK_INT(facts.kernel.next_entry.know, UNREADABLE);
}

TEST(grub_s_menu_is_made_from_settings_and_drop_ins)
{
	have_grub("0", "");
	HAVE({ "/etc/default/grub",
	       "# If you change this file, run 'update-grub' afterwards\n"
	       "GRUB_DEFAULT=0\nGRUB_TIMEOUT_STYLE=hidden\n"
	       "GRUB_DISTRIBUTOR=`( . /etc/os-release; echo ${NAME:-Debian} ) 2>/dev/null || "
	       "echo Debian`\n"
	       "GRUB_CMDLINE_LINUX_DEFAULT=\"quiet splash\"\nGRUB_CMDLINE_LINUX=\"pci=realloc\"\n"
	       "#GRUB_TERMINAL=console\n" },
	     { "/etc/default/grub.d/kdump.cfg",
	       "GRUB_CMDLINE_LINUX_DEFAULT=\"$GRUB_CMDLINE_LINUX_DEFAULT crashkernel=512M\"\n" },
	     { "/etc/default/grub.d/x.cfg.dpkg-old", "GRUB_CMDLINE_LINUX=\"iommu=off\"\n" });
	TIME("/etc/default/grub", 1000);
	TIME("/etc/default/grub.d/kdump.cfg", 3000);
	TIME("/boot/grub/grub.cfg", 2000);
	const struct kernel *k = look();
	CHECK_STR(k->settings_options.v, "pci=realloc quiet splash crashkernel=512M");
	CHECK(is_u64(k->settings_mtime_sec, 3000));
	CHECK_STR(k->settings_mtime_sec.from, "/etc/default/grub.d/kdump.cfg");
	CHECK(is_u64(k->menu_mtime_sec, 2000));
}

TEST(grub_s_settings_that_depend_on_a_command_are_not_understood)
{
	have_grub("0", "");
	CHECK_INT((long long)look()->settings_options.know, ABSENT);
	HAVE({ "/etc/default/grub", "GRUB_CMDLINE_LINUX=\"$(cat /etc/cmdline)\"\n" });
	CHECK_INT((long long)look()->settings_options.know, UNREADABLE);
	HAVE({ "/etc/default/grub", .error = -EACCES });
	CHECK_INT((long long)look()->settings_options.know, DENIED);
}

TEST(grub_of_fedora_reads_loader_entries)
{
	HAVE({ "/proc/sys/kernel/osrelease", "6.11.4-301.fc41.x86_64\n" },
	     { "/usr/lib/modules/6.11.4-301.fc41.x86_64/vmlinuz", "" },
	     { "/usr/lib/modules/6.9.7-200.fc40.x86_64/vmlinuz", "" },
	     { "/boot/grub2/grub.cfg", "set default=\"${saved_entry}\"\ninsmod blscfg\nblscfg\n" },
	     { "/boot/grub2/grubenv",
	       "saved_entry=0f-6.9.7-200.fc40.x86_64\nkernelopts=root=UUID=1 ro \n" },
	     { "/boot/loader/entries/0f-6.11.4-301.fc41.x86_64.conf",
	       "title Fedora 41\nversion 6.11.4-301.fc41.x86_64\n"
	       "linux /vmlinuz-6.11.4-301.fc41.x86_64\noptions root=UUID=1 ro\n" },
	     { "/boot/loader/entries/0f-6.9.7-200.fc40.x86_64.conf",
	       "title Fedora 40\nversion 6.9.7-200.fc40.x86_64\n"
	       "linux /vmlinuz-6.9.7-200.fc40.x86_64\noptions $kernelopts "
	       "rd.driver.blacklist=nouveau "
	       "$tuned_params\n" });
	CHECK_STR(next()->release, "6.9.7-200.fc40.x86_64");
	CHECK_STR(next()->options, "root=UUID=1 ro rd.driver.blacklist=nouveau");
	CHECK_STR(facts.kernel.entry[0].title, "Fedora 41");
}

TEST(grub_for_root_only_is_denied)
{
	have_two_kernels();
	HAVE({ "/boot/grub2/grub.cfg", .error = -EACCES });
	look();
	CHECK_INT(facts.kernel.boot_know, DENIED);
	CHECK_STR(facts.kernel.boot_from, "/boot/grub2/grub.cfg");
}

static void have_limine(const char *conf)
{
	have_two_kernels();
	HAVE({ "/boot/limine.conf", conf });
}

#define LIMINE_MENU                                                                                \
	"/Arch\n    protocol: linux\n    path: boot():/vmlinuz-linux\n"                            \
	"    cmdline: root=UUID=1 nvidia-drm.modeset=1\n"                                          \
	"/Arch LTS\n  protocol: linux\n  kernel_path: guid(12-34):/vmlinuz-linux-lts\n"            \
	"/Windows\n  protocol: efi\n  path: boot():/EFI/Microsoft/Boot/bootmgfw.efi\n"

TEST(limine_starts_its_first_entry_by_default)
{
	have_limine("timeout: 5\n#default_entry: 2\n" LIMINE_MENU);
	CHECK_STR(next()->title, "Arch");
	CHECK_STR(next()->kernel, "/vmlinuz-linux");
	CHECK_STR(next()->options, "root=UUID=1 nvidia-drm.modeset=1");
	CHECK_STR(next()->release, "6.17.1-arch1-1");
}

TEST(limine_counts_entries_from_one)
{
	have_limine("default_entry: 2\n" LIMINE_MENU);
	CHECK_STR(next()->release, "6.12.50-1-lts");
}

TEST(limine_that_remembers_keeps_it_to_itself)
{
	have_limine("remember_last_entry: yes\n" LIMINE_MENU);
	look();
	CHECK_INT(facts.kernel.next_entry.know, UNREADABLE);
}

TEST(limine_counts_only_what_the_menu_shows)
{
	have_limine("default_entry: 2\n/Old\n//Older\n  path: boot():/vmlinuz-linux-lts\n"
		    "/+Linux\n//lts\n  path: boot():/vmlinuz-linux-lts\n" LIMINE_MENU);
	look();
	CHECK_INT(facts.kernel.next_entry.know, UNREADABLE); /* a directory */
	host.table.count = 0;
	have_limine("default_entry: 3\n/Old\n//Older\n  path: boot():/vmlinuz-linux\n"
		    "/+Linux\n//lts\n  path: boot():/vmlinuz-linux-lts\n" LIMINE_MENU);
	CHECK_STR(next()->title, "lts");
}

TEST(refind_keeps_it_to_itself)
{
	have_two_kernels();
	HAVE({ "/boot/refind_linux.conf", "\"Boot\" \"rw\"\n" });
	look();
	CHECK_INT(facts.kernel.loader, LOADER_REFIND);
	CHECK_INT(facts.kernel.next_entry.know, UNREADABLE);
}

TEST(a_path_means_a_kernel_only_if_it_names_it_whole)
{
	have_two_kernels();
	const struct kernel *k = look();

	CHECK(!kernel_of_path(k, "/vmlinuz-linux-zen"));
	CHECK(!kernel_of_path(k, "/0123/6.16.0/linux"));
	CHECK(!kernel_of_path(k, ""));
	CHECK_STR(kernel_of_path(k, "/usr/lib/modules/6.17.1-arch1-1/vmlinuz")->release,
		  "6.17.1-arch1-1");
	CHECK_STR(kernel_of_path(k, "linux-lts.efi")->release, "6.12.50-1-lts");
	CHECK_STR(kernel_of_path(k, "/EFI/Linux/0123-6.12.50-1-lts.efi")->release, "6.12.50-1-lts");
}
