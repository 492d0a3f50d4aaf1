/* SPDX-License-Identifier: MIT */
/* Where the system is made elsewhere, by ostree or NixOS: what a tool would write is a person's. */
#include "plan-boot.h"
#include "plan/boot/boot.h"

static struct pci_gpu gpu = { .bdf = "0000:22:00.0", .router = "0-1", .reach = REACH_THUNDERBOLT };
static struct pci_hop endpoint = { .bdf = "0000:22:00.0", .device = { KNOWN, 0x2504, "x" } };

static void have_system(const char *release)
{
	HAVE({ "/etc/os-release", release }, { "/proc/sys/kernel/osrelease", "6.17.1\n" },
	     { "/proc/modules", "nvidia 1 0 - Live 0\n" },
	     { "/usr/lib/modules/6.17.1/kernel/drivers", .link = "x" },
	     { "/usr/lib/modules/6.17.1/extra/nvidia/nvidia.ko.xz", "" },
	     { "/boot/initramfs-6.17.1.img", "" }, { "/usr/bin/dracut", "" },
	     { "/usr/sbin/grubby", "" },
	     { "/boot/grub2/grub.cfg", "menuentry 'x' { linux /vmlinuz-6.17.1 quiet\n}\n" });
	gpu.hop = &endpoint;
	gpu.hop_count = 1;
}

static void have_ostree(void)
{
	have_system("ID=fedora\nVARIANT_ID=silverblue\n");
	HAVE({ "/run/ostree-booted", "" });
	look();
	facts.pci = (struct pci){ .know = KNOWN, .chosen = &gpu };
}

static void have_nixos(void)
{
	have_system("ID=nixos\n");
	look();
	facts.pci = (struct pci){ .know = KNOWN, .chosen = &gpu };
}

/* The lines of the only step, which is a person's. */
static const char *persons(void)
{
	if (plan.count != 1 || plan.step[0].kind != STEP_PERSON)
		return "(no such step)";
	return names_join(&arena, &plan.step[0].shell, "\n");
}

static const char *refused_lines(void)
{
	return plan.refusal_count ? names_join(&arena, &plan.refusal[0].shell, "\n") : "";
}

TEST(rpm_ostree_keeps_the_parameters_of_the_kernel)
{
	have_ostree();
	plan_theme(&theme_cmdline);
	CHECK_STR(persons(), "sudo rpm-ostree kargs --append-if-missing=nvidia_drm.modeset=0");
	CHECK_INT(plan.step[0].when, WHEN_REBOOT);
}

TEST(nixos_has_them_in_its_configuration)
{
	have_nixos();
	plan_theme(&theme_cmdline);
	CHECK_STR(persons(), "# in /etc/nixos/configuration.nix: "
			     "boot.kernelParams = [ \"nvidia_drm.modeset=0\" ];\n"
			     "sudo nixos-rebuild switch");
}

TEST(what_is_dropped_is_told_too)
{
	const char *add = "pci=realloc", *drop = "iommu=off";
	const struct cmdline_change c = { .add = { &add, 1 }, .drop = { &drop, 1 } };
	struct planner p = {
		.arena = &arena, .facts = &facts, .host = &host.table.host, .plan = &plan
	};

	have_ostree();
	loader_change(&p, &c, "try it");
	CHECK_STR(persons(), "sudo rpm-ostree kargs --delete-if-present=iommu=off "
			     "--append-if-missing=pci=realloc");
	plan.count = 0;
	have_nixos();
	loader_change(&p, &c, "try it");
	CHECK(str_starts(persons(), "# take out of boot.kernelParams: iommu=off\n"));
}

TEST(early_images_come_with_the_system)
{
	have_ostree();
	plan_theme(&theme_initramfs);
	CHECK_STR(planned(), "");
	CHECK_STR(refused(), "early images without nvidia nvidia_uvm: the system comes as an "
			     "image, which rpm-ostree changes");
	CHECK(str_ends(refused_lines(), "\nsudo rpm-ostree initramfs --enable"));
	have_nixos();
	plan_theme(&theme_initramfs);
	CHECK_STR(planned(), "");
}

TEST(module_options_of_an_ostree_system_are_a_file_and_the_image_a_persons)
{
	have_ostree();
	facts.want.suspend = WISH_YES;
	plan_theme(&theme_modules);
	CHECK_STR(planned(), "/etc/modprobe.d/zz-egpu.conf\n");
	CHECK_INT(plan.step[1].kind, STEP_PERSON);
	CHECK_STR(plan.step[1].shell.name[0], "sudo rpm-ostree initramfs --enable");
}

TEST(nouveau_is_kept_out_of_an_ostree_system_by_parameters)
{
	have_ostree();
	facts.driver.gpu_driver = known_text("nouveau", "x");
	plan_theme(&theme_modules);
	CHECK(strstr(persons(), "rd.driver.blacklist=nouveau,nova_core"));
}

TEST(nixos_makes_module_options_from_its_configuration)
{
	have_nixos();
	facts.driver.gpu_driver = known_text("nouveau", "x");
	plan_theme(&theme_modules);
	CHECK_INT(plan.count, 0);
	CHECK_STR(refused(), "NixOS makes /etc/modprobe.d/zz-egpu.conf from its configuration");
	CHECK_STR(refused_lines(), "# in /etc/nixos/configuration.nix, by "
				   "boot.extraModprobeConfig:\n#   blacklist nouveau\n"
				   "#   options nouveau modeset=0\nsudo nixos-rebuild switch");
}

TEST(units_of_nixos_are_enabled_by_a_setting_and_started_by_us)
{
	struct unit unit = { .name = "nvidia-persistenced.service",
			     .know = KNOWN,
			     .load = "loaded",
			     .active = "active",
			     .sub = "running",
			     .file_state = "disabled" };

	have_nixos();
	facts.services = (struct services){ .know = KNOWN, .unit = &unit, .unit_count = 1 };
	plan_theme(&theme_persistence);
	CHECK_STR(persons(), "# in /etc/nixos/configuration.nix: "
			     "hardware.nvidia.nvidiaPersistenced = true;\n"
			     "sudo nixos-rebuild switch");
	have_ostree();
	facts.services = (struct services){ .know = KNOWN, .unit = &unit, .unit_count = 1 };
	plan_theme(&theme_persistence);
	CHECK_STR(planned(), "enable nvidia-persistenced.service\n");
}

static void lack_toolkit(void)
{
	facts.docker = (struct docker){ .know = KNOWN,
					.cdi_know = ABSENT,
					.toolkit_path = { ABSENT, "", "x" } };
	facts.kernel.userland_version = known_text("590.48.01", "x");
}

TEST(packages_are_layered_by_a_person)
{
	have_ostree();
	lack_toolkit();
	HAVE({ "/etc/yum.repos.d/nvidia-container-toolkit.repo", "" });
	plan_theme(&theme_packages);
	CHECK_INT(plan.count, 0);
	CHECK_STR(refused(), "the container toolkit is missing");
	CHECK_STR(refused_lines(),
		  "sudo rpm-ostree install nvidia-container-toolkit\nsystemctl reboot");
}

TEST(nixos_has_the_toolkit_by_a_setting_or_shows_it_by_its_specification)
{
	have_nixos();
	lack_toolkit();
	plan_theme(&theme_packages);
	CHECK_INT(plan.count, 0);
	CHECK(str_starts(refused_lines(), "# in /etc/nixos/configuration.nix: "
					  "hardware.nvidia-container-toolkit.enable = true;\n"));
	facts.docker.cdi_know = KNOWN;
	plan_theme(&theme_packages);
	CHECK_STR(refused(), "");
	facts.docker.cdi_know = DENIED;
	plan_theme(&theme_packages);
	CHECK_STR(refused(), "");
}
