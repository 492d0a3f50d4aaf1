/* SPDX-License-Identifier: MIT */
#include "collect/collect.h"

#include "boot-host.h"
#include "tap.h"

static const struct boot_entry *next(void)
{
	facts = (struct facts){ .arena = &arena };
	collect_kernel(&facts, &host.table.host);
	collect_boot(&facts, &host.table.host);
	const struct boot_entry *e = kernel_next_entry(&facts.kernel);
	CHECK(e);
	return e;
}

static const char *missing(const struct boot_entry *e)
{
	return names_join(&arena, &e->initrd_missing, " ");
}

static void have_systemd_boot(const char *partition)
{
	have_two_kernels();
	HAVE({ arena_printf(&arena, "%s/loader/loader.conf", partition), "" },
	     { arena_printf(&arena, "%s/loader/entries/arch.conf", partition),
	       "linux /vmlinuz-linux\ninitrd /amd-ucode.img\ninitrd /initramfs-linux.img\n" },
	     { arena_printf(&arena, "%s/vmlinuz-linux", partition), "" },
	     { arena_printf(&arena, "%s/initramfs-linux.img", partition), "" });
}

TEST(images_of_an_entry_lie_on_its_own_partition)
{
	have_systemd_boot("/efi");
	HAVE({ "/efi/amd-ucode.img", "" });
	CHECK_INT(next()->initrd_know, KNOWN);
	CHECK_STR(next()->root, "/efi");
	CHECK_STR(missing(next()), "");
	host.table.count--;
	HAVE({ "/boot/amd-ucode.img", "" }, { "/boot/vmlinuz-linux", "" });
	CHECK_INT(next()->initrd_know, ABSENT);
	CHECK_STR(missing(next()), "/efi/amd-ucode.img");
}

TEST(each_image_that_is_not_there_is_named)
{
	have_systemd_boot("/boot");
	HAVE({ "/boot/initramfs-linux.img", .error = -ENOENT });
	CHECK_STR(missing(next()), "/boot/amd-ucode.img /boot/initramfs-linux.img");
}

TEST(without_its_kernel_it_is_not_known_where_an_entry_s_images_lie)
{
	have_systemd_boot("/boot");
	HAVE({ "/boot/vmlinuz-linux", .error = -ENOENT });
	CHECK_INT(next()->initrd_know, UNREADABLE);
	CHECK_STR(missing(next()), "");
}

TEST(what_may_not_be_looked_at_is_not_missing)
{
	have_systemd_boot("/boot");
	HAVE({ "/boot/initramfs-linux.img", .error = -EACCES });
	CHECK_INT(next()->initrd_know, DENIED);
	CHECK_STR(missing(next()), "");
	HAVE({ "/boot/vmlinuz-linux", .error = -EACCES });
	CHECK_INT(next()->initrd_know, DENIED);
}

TEST(a_unified_kernel_names_no_image)
{
	have_two_kernels();
	HAVE({ "/boot/loader/loader.conf", "" }, { "/boot/EFI/Linux/arch-linux.efi", "" });
	CHECK_STR(next()->root, "/boot");
	CHECK_INT(next()->initrd_know, KNOWN);
}

#define GRUB_ENTRY(dir, root)                                                                      \
	"menuentry 'Arch' {\n\tlinux " dir "/vmlinuz-linux root=UUID=" root " rw\n\tinitrd " dir   \
	"/intel-ucode.img " dir "/initramfs-linux.img\n}\n"

static void have_grub(const char *menu)
{
	have_two_kernels();
	HAVE({ "/boot/grub/grub.cfg", menu }, { "/boot/vmlinuz-linux", "" },
	     { "/boot/initramfs-linux.img", "" });
}

TEST(grub_s_paths_are_those_of_the_partition_with_the_kernel)
{
	have_grub(GRUB_ENTRY("/boot", "1"));
	CHECK_STR(missing(next()), "/boot/intel-ucode.img");
	host.table.count = 0;
	have_grub(GRUB_ENTRY("", "1"));
	CHECK_STR(missing(next()), "/boot/intel-ucode.img");
	HAVE({ "/boot/intel-ucode.img", "" });
	CHECK_INT(next()->initrd_know, KNOWN);
}

TEST(where_two_partitions_have_the_kernel_either_may_have_the_image)
{
	have_grub(GRUB_ENTRY("", "1"));
	HAVE({ "/efi/vmlinuz-linux", "" }, { "/efi/intel-ucode.img", "" });
	CHECK_INT(next()->initrd_know, KNOWN);
	HAVE({ "/efi/intel-ucode.img", .error = -ENOENT });
	CHECK_STR(missing(next()), "/boot/intel-ucode.img");
	HAVE({ "/efi/vmlinuz-linux", .error = -EACCES });
	CHECK_INT(next()->initrd_know, DENIED);
}

TEST(a_path_from_within_a_subvolume_is_not_found)
{
	have_grub(GRUB_ENTRY("/@/boot", "1"));
	CHECK_INT(next()->initrd_know, UNREADABLE);
}

TEST(an_entry_of_another_system_has_images_of_its_own)
{
	have_grub(GRUB_ENTRY("/boot", "2"));
	CHECK_INT(next()->initrd_know, NOT_LOOKED);
	CHECK_STR(missing(next()), "");
}

TEST(a_variable_of_grub_is_no_image_and_another_disk_is_not_looked_at)
{
	have_grub("menuentry 'Arch' {\n linux /boot/vmlinuz-linux root=UUID=1\n"
		  " initrd /boot/initramfs-linux.img $tuned_initrd\n}\n");
	CHECK_INT(next()->initrd_know, KNOWN);
	host.table.count = 0;
	have_grub("menuentry 'Arch' {\n linux /boot/vmlinuz-linux root=UUID=1\n"
		  " initrd (hd1,gpt1)/initramfs-linux.img\n}\n");
	CHECK_INT(next()->initrd_know, UNREADABLE);
}

TEST(grub_over_loader_entries_looks_for_them_too)
{
	have_two_kernels();
	HAVE({ "/boot/grub2/grub.cfg", "insmod blscfg\nblscfg\n" },
	     { "/boot/loader/entries/0f-6.17.1-arch1-1.conf",
	       "linux /vmlinuz-6.17.1-arch1-1\ninitrd /initramfs-6.17.1-arch1-1.img\n"
	       "options root=UUID=1 ro\n" },
	     { "/boot/vmlinuz-6.17.1-arch1-1", "" });
	CHECK_STR(missing(next()), "/boot/initramfs-6.17.1-arch1-1.img");
	HAVE({ "/boot/initramfs-6.17.1-arch1-1.img", "" });
	CHECK_INT(next()->initrd_know, KNOWN);
}
