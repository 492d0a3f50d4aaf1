/* SPDX-License-Identifier: MIT */
#include "facts/cmdline.h"

#include "tap.h"

static struct arena arena;

static const char *value(const char *cmdline, const char *name)
{
	const char *v = cmdline_value(&arena, cmdline, name);
	return v ? v : "(none)";
}

/* What here has and there has not, as one text. */
static const char *missing(const char *here, const char *there)
{
	struct names n = cmdline_missing(&arena, here, there);
	const char *out = "";
	for (size_t i = 0; i < n.count; i++)
		out = arena_printf(&arena, "%s%s%s", out, *out ? " " : "", n.name[i]);
	return out;
}

TEST(dash_and_underscore_are_the_same_in_names)
{
	CHECK_STR(value("nvidia-drm.modeset=0 rw", "nvidia_drm.modeset"), "0");
	CHECK_STR(value("nvidia_drm.modeset=0", "nvidia-drm.modeset"), "0");
}

TEST(last_of_several_wins)
{
	CHECK_STR(value("nvidia_drm.modeset=0 nvidia-drm.modeset=1", "nvidia_drm.modeset"), "1");
}

TEST(a_longer_name_is_another_parameter)
{
	CHECK_STR(value("nvidia_drm.modeset_x=1 xnvidia_drm.modeset=1", "nvidia_drm.modeset"),
		  "(none)");
	CHECK_STR(value("quiet", "quiet"), "");
}

TEST(quotes_keep_blanks_and_are_taken_off)
{
	CHECK_STR(value("dyndbg=\"file a.c +p\" rw", "dyndbg"), "file a.c +p");
	CHECK_STR(value("\"a=b c\" rw", "a"), "b c");
	CHECK_STR(value("a=\"never closed rw", "a"), "never closed rw");
}

TEST(what_is_for_init_is_no_parameter)
{
	CHECK_STR(value("quiet -- nvidia_drm.modeset=1", "nvidia_drm.modeset"), "(none)");
}

TEST(only_what_concerns_the_gpu_is_compared)
{
	CHECK_STR(missing("BOOT_IMAGE=/vmlinuz initrd=\\a root=UUID=1 quiet", "root=UUID=2"), "");
	CHECK_STR(missing("pci=realloc pcie_aspm=off iommu=pt quiet", ""),
		  "pci=realloc pcie_aspm=off iommu=pt");
	CHECK_STR(missing("thunderbolt.host_reset=0", "thunderbolt.host_reset=1"),
		  "thunderbolt.host_reset=0");
}

TEST(order_spelling_and_repetition_make_no_difference)
{
	CHECK_STR(missing("pci=a nvidia-drm.modeset=1 pci=a", "nvidia_drm.modeset=1 pci=a"), "");
	CHECK_STR(missing("pci=b pci=b", "pci=a"), "pci=b");
	CHECK_STR(missing("nvidia.NVreg_A=x-y", "nvidia.NVreg_A=x_y"), "nvidia.NVreg_A=x-y");
}

TEST(more_parameters_than_are_read_do_no_harm)
{
	char *all = arena_alloc(&arena, 4 * CMDLINE_PARAMETERS_MAX + 64);
	for (int i = 0; i < CMDLINE_PARAMETERS_MAX + 8; i++)
		strcat(all, "a=b ");
	CHECK_INT((long long)cmdline_split(&arena, all).count, CMDLINE_PARAMETERS_MAX);
}
