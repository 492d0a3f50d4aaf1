/* SPDX-License-Identifier: MIT */
#include "collect/boot/modprobe.h"
#include "collect/collect.h"

#include "boot-host.h"
#include "tap.h"

static const struct kernel *look(void)
{
	facts = (struct facts){ .arena = &arena };
	collect_kernel(&facts, &host.table.host);
	return &facts.kernel;
}

static const struct kernel_image *image(const char *release)
{
	const struct kernel_image *i = kernel_of_release(look(), release);
	CHECK(i);
	return i;
}

/* One kernel of Debian's, with its module wherever the test says. */
static void have_one(const char *module)
{
	HAVE({ "/proc/sys/kernel/osrelease", "6.1.0-25-amd64\n" },
	     { "/usr/lib/modules/6.1.0-25-amd64/kernel/drivers", .link = "x" });
	if (module)
		HAVE({ arena_printf(&arena, "/usr/lib/modules/6.1.0-25-amd64/%s", module), "" });
}

TEST(the_reference_machine_has_the_driver_for_one_of_two_kernels)
{
	have_two_kernels();
	const struct kernel *k = look();

	CHECK_STR(k->release.v, "6.17.1-arch1-1");
	CHECK_INT((long long)k->image_count, 2);
	CHECK(is_u64(k->running_modules_exist, 1));
	CHECK_STR(kernel_running(k)->package.v, "linux");
	CHECK_STR(kernel_running(k)->nvidia_module.v,
		  "/usr/lib/modules/6.17.1-arch1-1/extramodules/nvidia.ko.zst");
	CHECK_STR(kernel_running(k)->nvidia_version.v, "590.48.01");
	const struct kernel_image *lts = kernel_of_release(k, "6.12.50-1-lts");
	CHECK_STR(lts->package.v, "linux-lts");
	CHECK_INT(lts->nvidia_module.know, ABSENT);
	CHECK_INT(lts->nvidia_version.know, ABSENT);
	CHECK_INT(k->dkms_source.know, ABSENT);
}

TEST(every_usual_place_and_compression_of_the_module_is_found)
{
	static const char *const places[] = {
		"updates/dkms/nvidia.ko",
		"updates/dkms/nvidia-current.ko.xz",
		"extra/nvidia/nvidia.ko.xz",
		"extra/nvidia.ko.gz",
		"weak-updates/nvidia/nvidia.ko",
		"kernel/drivers/video/nvidia.ko.zst",
		"kernel/nvidia-590-open/nvidia.ko",
		"misc/nvidia.ko",
		"video/nvidia.ko",
	};
	for (size_t i = 0; i < COUNT_OF(places); i++) {
		host.table.count = 0;
		have_one(places[i]);
		CHECK_STR(image("6.1.0-25-amd64")->nvidia_module.v,
			  arena_printf(&arena, "/usr/lib/modules/6.1.0-25-amd64/%s", places[i]));
	}
}

TEST(a_folder_that_may_not_be_read_leaves_the_module_unknown)
{
	have_one(NULL);
	HAVE({ "/usr/lib/modules/6.1.0-25-amd64/extra", .error = -EACCES });
	CHECK_INT(image("6.1.0-25-amd64")->nvidia_module.know, DENIED);
	CHECK_STR(kernel_running(&facts.kernel)->nvidia_module.from,
		  "/usr/lib/modules/6.1.0-25-amd64/extra");
	HAVE({ "/usr/lib/modules/6.1.0-25-amd64/misc/nvidia.ko", "" });
	CHECK_INT(image("6.1.0-25-amd64")->nvidia_module.know, KNOWN);
}

TEST(a_kernel_that_may_not_be_looked_into_is_there)
{
	have_one(NULL);
	HAVE({ "/usr/lib/modules/6.1.0-20-amd64", .error = -EACCES });
	CHECK_INT(image("6.1.0-20-amd64")->nvidia_module.know, DENIED);
}

TEST(modules_of_other_names_are_not_the_driver)
{
	have_one("updates/dkms/nvidia-uvm.ko");
	HAVE({ "/usr/lib/modules/6.1.0-25-amd64/updates/dkms/nvidia-current-drm.ko", "" },
	     { "/usr/lib/modules/6.1.0-25-amd64/kernel/drivers/video/nvidiafb.ko", "" });
	CHECK_INT(image("6.1.0-25-amd64")->nvidia_module.know, ABSENT);
}

TEST(version_of_a_dkms_module_is_what_its_link_says)
{
	have_one("updates/dkms/nvidia-current.ko");
	HAVE({ "/var/lib/dkms/nvidia-current/535.247.01/6.1.0-25-amd64/x86_64/log", "" },
	     { "/var/lib/dkms/nvidia-current/550.163.01/6.1.0-25-amd64/x86_64/log", "" },
	     { "/var/lib/dkms/nvidia-current/kernel-6.1.0-25-amd64-x86_64",
	       .link = "535.247.01/6.1.0-25-amd64/x86_64" });
	CHECK_STR(image("6.1.0-25-amd64")->nvidia_version.v, "535.247.01");
	CHECK_STR(facts.kernel.dkms_source.v, "nvidia-current 550.163.01");
}

TEST(version_of_a_dkms_module_without_link_is_that_of_its_build)
{
	have_one("updates/dkms/nvidia.ko");
	HAVE({ "/var/lib/dkms/nvidia/590.48.01/6.1.0-25-amd64/x86_64/log", "" },
	     { "/var/lib/dkms/nvidia/595.10/6.1.0-26-amd64/x86_64/log", "" });
	CHECK_STR(image("6.1.0-25-amd64")->nvidia_version.v, "590.48.01");
}

TEST(dkms_source_without_a_build_is_told)
{
	have_one(NULL);
	HAVE({ "/var/lib/dkms/nvidia/590.48.01/source", .link = "/usr/src/nvidia-590.48.01" },
	     { "/var/lib/dkms/nvidia-fs/2.17/source", .link = "/usr/src/nvidia-fs" });
	CHECK_INT(image("6.1.0-25-amd64")->nvidia_module.know, ABSENT);
	CHECK_STR(facts.kernel.dkms_source.v, "nvidia 590.48.01");
}

TEST(what_dkms_left_behind_is_no_source_where_a_module_came_otherwise)
{
	have_two_kernels();
	HAVE({ "/var/lib/dkms/nvidia/550.54.14/source", .link = "/usr/src/nvidia-550.54.14" });
	CHECK_INT(look()->dkms_source.know, ABSENT);
	HAVE({ "/var/lib/dkms/nvidia/550.54.14/6.17.1-arch1-1/x86_64/log", "" });
	CHECK_STR(look()->dkms_source.v, "nvidia 550.54.14");
}

TEST(ubuntu_tells_the_branch_only)
{
	have_one("kernel/nvidia-590-open/nvidia.ko");
	CHECK_STR(image("6.1.0-25-amd64")->nvidia_version.v, "590");
}

TEST(what_a_removed_kernel_leaves_behind_is_not_a_kernel)
{
	have_one(NULL);
	HAVE({ "/usr/lib/modules/6.1.0-20-amd64/modules.dep", "" },
	     { "/usr/lib/modules/extramodules-6.1/version", "" });
	CHECK_INT((long long)look()->image_count, 1);
}

TEST(modules_of_the_running_kernel_may_be_gone)
{
	have_two_kernels();
	HAVE({ "/proc/sys/kernel/osrelease", "6.16.9-arch1-1\n" });
	CHECK(is_u64(look()->running_modules_exist, 0));
	CHECK(!kernel_running(&facts.kernel));
}

TEST(no_module_directory_at_all_is_unknown_not_gone)
{
	HAVE({ "/proc/sys/kernel/osrelease", "6.18\n" });
	CHECK_INT(look()->running_modules_exist.know, ABSENT);
	CHECK(is_u64(facts.kernel.takes_modules, 0));
	CHECK_INT(facts.kernel.images_know, ABSENT);
}

TEST(version_of_the_libraries_is_followed_through_alternatives)
{
	HAVE({ "/usr/lib/x86_64-linux-gnu/libnvidia-ml.so.1",
	       .link = "/etc/alternatives/glx--libnvidia-ml.so.1-x86_64-linux-gnu" },
	     { "/etc/alternatives/glx--libnvidia-ml.so.1-x86_64-linux-gnu",
	       .link = "/usr/lib/x86_64-linux-gnu/nvidia/current/libnvidia-ml.so.1" },
	     { "/usr/lib/x86_64-linux-gnu/nvidia/current/libnvidia-ml.so.1",
	       .link = "libnvidia-ml.so.535.247.01" },
	     { "/usr/lib/x86_64-linux-gnu/nvidia/current/libnvidia-ml.so.535.247.01", "" });
	CHECK_STR(look()->userland_version.v, "535.247.01");
}

TEST(a_library_link_in_a_circle_ends)
{
	HAVE({ "/usr/lib/libnvidia-ml.so.1", .link = "libnvidia-ml.so.x" },
	     { "/usr/lib/libnvidia-ml.so.x", .link = "libnvidia-ml.so.1" });
	CHECK_INT(look()->userland_version.know, UNREADABLE);
}

TEST(a_link_to_a_library_that_is_not_there_is_no_version)
{
	HAVE({ "/usr/lib/libnvidia-ml.so.1", .link = "libnvidia-ml.so.590.48.01" });
	CHECK_INT(look()->userland_version.know, ABSENT);
}

TEST(mode_setting_is_read_from_all_three_places)
{
	have_two_kernels();
	HAVE({ "/usr/lib/modprobe.d/nvidia-utils.conf", "options nvidia_drm modeset=1\n" },
	     { "/etc/modprobe.d/zz-local.conf", "# x\noptions nvidia-drm fbdev=0 modeset=0\n" },
	     { "/sys/module/nvidia_drm/parameters/modeset", "N\n" });
	const struct kernel *k = look();
	CHECK_STR(k->modeset_cmdline.v, "0");
	CHECK_STR(k->modeset_option.v, "0");
	CHECK_STR(k->modeset_option.from, "/etc/modprobe.d/zz-local.conf:2");
	CHECK(is_u64(k->modeset_running, 0));
}

TEST(secure_boot_is_the_fifth_byte)
{
	static const char on[] = { 6, 0, 0, 0, 1, 0 };
	HAVE({ .path = EFI "SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c",
	       .text = on,
	       .size = 5 },
	     { "/sys/module/module/parameters/sig_enforce", "N\n" },
	     { "/sys/kernel/security/lockdown", "none [integrity] confidentiality\n" });
	CHECK(is_u64(look()->secure_boot, 1));
	CHECK(is_u64(facts.kernel.sig_enforce, 0));
	CHECK_STR(facts.kernel.lockdown.v, "integrity");
}

TEST(no_efi_is_no_secure_boot)
{
	have_two_kernels();
	CHECK_INT(look()->secure_boot.know, ABSENT);
}

static struct modprobe parsed(const char *text)
{
	struct modprobe m = { .know = KNOWN };
	modprobe_parse(&m, &arena, bytes_of(text), "f");
	return m;
}

TEST(options_add_up_and_the_last_one_wins)
{
	struct modprobe m = parsed("options nvidia NVreg_A=1 NVreg_B=2\n"
				   "options nvidia \\\n  NVreg_A=3 \\\n  NVreg_C=\"x y\"\n");
	CHECK_STR(modprobe_option(&m, &arena, "nvidia", "NVreg_A").v, "3");
	CHECK_STR(modprobe_option(&m, &arena, "nvidia", "NVreg_A").from, "f:2");
	CHECK_STR(modprobe_option(&m, &arena, "nvidia", "NVreg_B").v, "2");
	CHECK_STR(modprobe_option(&m, &arena, "nvidia", "NVreg_C").v, "x y");
	CHECK_INT(modprobe_option(&m, &arena, "nvidia_uvm", "NVreg_A").know, ABSENT);
}

TEST(only_whole_lines_are_comments)
{
	struct modprobe m = parsed(" # options nvidia_drm modeset=1\n#options nvidia_drm fbdev=1\n"
				   "options nvidia_drm modeset=0 # not yet fbdev=2\n");
	CHECK_STR(modprobe_option(&m, &arena, "nvidia_drm", "modeset").v, "0");
	CHECK_STR(modprobe_option(&m, &arena, "nvidia_drm", "fbdev").v, "2");
}

TEST(blacklists_and_install_lines_are_found_under_either_spelling)
{
	struct modprobe m = parsed("blacklist nvidia-drm\ninstall nouveau /bin/false\n");
	CHECK(modprobe_find(&m, "blacklist", "nvidia_drm", 0));
	CHECK(!modprobe_find(&m, "blacklist", "nvidia_drm", 1));
	CHECK_STR(modprobe_find(&m, "install", "nouveau", 0)->rest, "/bin/false");
	CHECK_INT((long long)modprobe_find(&m, "install", "nouveau", 0)->line, 2);
}

TEST(a_file_in_etc_hides_its_namesake)
{
	HAVE({ "/usr/lib/modprobe.d/nvidia.conf", "options nvidia NVreg_A=1\n" },
	     { "/etc/modprobe.d/nvidia.conf", "options nvidia NVreg_B=1\n" },
	     { "/etc/modprobe.d/nvidia.conf.pacnew", "options nvidia NVreg_C=1\n" });
	struct modprobe m = modprobe_read(&host.table.host, &arena);
	CHECK_INT((long long)m.count, 1);
	CHECK_INT(modprobe_option(&m, &arena, "nvidia", "NVreg_A").know, ABSENT);
}

TEST(options_that_may_not_be_read_are_denied_not_absent)
{
	HAVE({ "/etc/modprobe.d", .error = -EACCES });
	struct modprobe m = modprobe_read(&host.table.host, &arena);
	CHECK_INT(modprobe_option(&m, &arena, "nvidia", "NVreg_A").know, DENIED);
}
