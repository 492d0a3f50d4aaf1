/* SPDX-License-Identifier: MIT */
/*
 * Packages that the chain stands on and that are missing, by the names of each
 * distribution. They are installed with a yes of their own, and then the host
 * is looked at anew: what they bring decides what else there is to do.
 */
#include <string.h>

#include "plan/made.h"
#include "plan/theme.h"

#define TOOLKIT_GUIDE                                                                              \
	"https://docs.nvidia.com/datacenter/cloud-native/container-toolkit/latest/"                \
	"install-guide.html"

enum { INSTALL_SEC = 1800 };

/*
 * A thing that is missing: its packages on Arch, Debian, Ubuntu and Fedora, with ostree too, and
 * what NixOS has it by; "": see otherwise.
 */
struct need {
	const char *what;
	const char *arch, *debian, *ubuntu, *fedora, *nixos;
	bool (*is_missing)(const struct facts *f);
};

static bool has_module(const struct facts *f)
{
	for (size_t i = 0; i < f->kernel.image_count; i++)
		if (f->kernel.image[i].nvidia_module.know == KNOWN)
			return true;
	return is_u64(f->driver.nvidia_loaded, 1);
}

/* What could not be looked into may have it. */
static bool no_module(const struct facts *f)
{
	for (size_t i = 0; i < f->kernel.image_count; i++)
		if (f->kernel.image[i].nvidia_module.know != ABSENT)
			return false;
	return f->kernel.images_know == KNOWN && is_u64(f->driver.nvidia_loaded, 0);
}

static bool no_bolt(const struct facts *f)
{
	return f->thunderbolt.know == KNOWN && f->thunderbolt.device_count &&
	       f->thunderbolt.bolt_know == ABSENT && pci_wants_tunnel(&f->pci);
}

static bool is_old(const struct facts *f)
{
	enum gpu_family family = f->pci.chosen ? pci_family(f->pci.chosen) : GPU_UNKNOWN;
	return family >= GPU_KEPLER_OR_OLDER && family < GPU_TURING;
}

static bool no_driver(const struct facts *f)
{
	return f->pci.chosen && no_module(f) && !is_old(f);
}

/* The open modules do not know these. */
static bool no_old_driver(const struct facts *f)
{
	return f->pci.chosen && no_module(f) && is_old(f);
}

static bool no_userland(const struct facts *f)
{
	return has_module(f) && f->kernel.userland_version.know == ABSENT;
}

static bool no_persistenced(const struct facts *f)
{
	return f->pci.chosen && has_module(f) && f->want.persistence == WISH_YES &&
	       f->services.know == KNOWN &&
	       services_lack(&f->services, "nvidia-persistenced.service");
}

/* NixOS has the toolkit in its store, and at work it shows by what it wrote for CDI. */
static bool has_cdi(const struct facts *f)
{
	return made_by_nixos(f) && f->docker.cdi_know != ABSENT;
}

static bool no_toolkit(const struct facts *f)
{
	return !has_cdi(f) && (f->pci.chosen || has_module(f)) && f->docker.know == KNOWN &&
	       f->docker.flavour == DOCKER_ENGINE && f->docker.toolkit_path.know == ABSENT &&
	       f->want.runtime != RUNTIME_KEEP;
}

static const struct need needs[] = {
	{ "boltd, which authorises the enclosure", "bolt", "bolt", "bolt", "bolt",
	  "services.hardware.bolt.enable = true;", no_bolt },
	{ "the driver", "nvidia-open nvidia-utils",
	  "nvidia-open-kernel-dkms nvidia-smi libcuda1 linux-headers-amd64", "",
	  "akmod-nvidia xorg-x11-drv-nvidia-cuda",
	  "services.xserver.videoDrivers = [ \"nvidia\" ]; hardware.nvidia.open = true;",
	  no_driver },
	{ "the driver", "", "nvidia-kernel-dkms nvidia-smi libcuda1 linux-headers-amd64", "", "",
	  "services.xserver.videoDrivers = [ \"nvidia\" ]; hardware.nvidia.open = false;",
	  no_old_driver },
	{ "the driver's libraries", "nvidia-utils", "nvidia-smi libcuda1", "",
	  "xorg-x11-drv-nvidia-cuda", "hardware.graphics.enable = true;", no_userland },
	{ "the persistence daemon", "nvidia-utils", "nvidia-persistenced", "",
	  "nvidia-persistenced", "hardware.nvidia.nvidiaPersistenced = true;", no_persistenced },
	{ "the container toolkit", "nvidia-container-toolkit", "nvidia-container-toolkit",
	  "nvidia-container-toolkit", "nvidia-container-toolkit",
	  "hardware.nvidia-container-toolkit.enable = true;", no_toolkit },
};

static bool is_ubuntu(const struct facts *f)
{
	return f->machine.os_name.know == KNOWN && strstr(f->machine.os_name.v, "buntu");
}

static const char *packages_of(const struct facts *f, const struct need *n)
{
	switch (f->machine.distro) {
	case DISTRO_ARCH:
		return n->arch;
	case DISTRO_DEBIAN:
		return is_ubuntu(f) ? n->ubuntu : n->debian;
	case DISTRO_FEDORA:
	case DISTRO_OSTREE:
		return n->fedora;
	case DISTRO_NIXOS:
	case DISTRO_UNKNOWN:
		return "";
	}
	return "";
}

/* Where a package comes from a source that has to be added first; NULL: nothing is known to lack.
 */
static const char *source_lacking(struct planner *p, const char *packages)
{
	static const struct {
		enum distro distro;
		const char *package, *file, *how;
	} sources[] = {
		{ DISTRO_DEBIAN, "nvidia-container-toolkit",
		  "/etc/apt/sources.list.d/nvidia-container-toolkit.list", TOOLKIT_GUIDE },
		{ DISTRO_FEDORA, "nvidia-container-toolkit",
		  "/etc/yum.repos.d/nvidia-container-toolkit.repo", TOOLKIT_GUIDE },
		{ DISTRO_FEDORA, "akmod-nvidia", "/etc/yum.repos.d/rpmfusion-nonfree.repo",
		  "https://rpmfusion.org/Configuration" },
	};
	bool ostree = made_by_ostree(p->facts);
	enum distro distro = ostree ? DISTRO_FEDORA : p->facts->machine.distro;

	for (size_t i = 0; i < COUNT_OF(sources); i++)
		if (sources[i].distro == distro && strstr(packages, sources[i].package) &&
		    !planner_has(p, sources[i].file))
			return sources[i].how;
	return NULL;
}

static void tell_person(struct planner *p, const struct need *n, const char *how)
{
	struct refusal *r = planner_refuse(p, "%s is missing", n->what);
	const char *layer = made_by_ostree(p->facts) ? packages_of(p->facts, n) : "";

	if (r->shell.count)
		return;
	if (how)
		refusal_shell(p, r, "# add its package source first: %s", how);
	if (*layer) {
		refusal_shell(p, r, "sudo rpm-ostree install %s", layer);
		refusal_shell(p, r, "systemctl reboot");
	}
	if (how || *layer)
		return;
	if (made_by_nixos(p->facts))
		made_setting(p, &r->shell, n->nixos);
	else if (is_ubuntu(p->facts))
		refusal_shell(p, r, "sudo ubuntu-drivers install --gpgpu");
	else
		refusal_shell(p, r, "# install %s with this system's own means", n->what);
}

static void add_words(struct planner *p, struct names *to, const char *words)
{
	struct names word = str_split(p->arena, words, " ", 16);
	size_t room = to->count;

	for (size_t i = 0; i < word.count; i++)
		if (!names_have(to, word.name[i]))
			names_add(p->arena, to, &room, word.name[i]);
}

static const char *manager_of(const struct facts *f)
{
	switch (f->machine.distro) {
	case DISTRO_ARCH:
		return "pacman -S --needed --noconfirm";
	case DISTRO_DEBIAN:
		return "apt-get install -y";
	case DISTRO_FEDORA:
		return "dnf install -y";
	case DISTRO_OSTREE:
	case DISTRO_NIXOS:
	case DISTRO_UNKNOWN:
		return "";
	}
	return "";
}

static void install(struct planner *p, const struct names *packages, const char *what)
{
	struct step *s = planner_add(p, STEP_PACKAGES, "install %s", what);
	const char *line = "sudo";

	add_words(p, &s->run.argv, manager_of(p->facts));
	size_t room = s->run.argv.count;
	for (size_t i = 0; i < packages->count; i++)
		names_add(p->arena, &s->run.argv, &room, packages->name[i]);
	for (size_t i = 0; i < s->run.argv.count; i++)
		line = arena_printf(p->arena, "%s %s", line, s->run.argv.name[i]);
	step_shell(p, s, "%s", line);
	s->asks = true;
	s->run.deadline_sec = INSTALL_SEC;
	s->why = "the host is looked at again after it, and the rest planned then";
}

static void plan(struct planner *p)
{
	const struct facts *f = p->facts;
	struct names packages = { 0 };
	const char *what = "";

	if (is_u64(f->machine.wsl, 1))
		return;
	for (size_t i = 0; i < COUNT_OF(needs); i++) {
		if (!needs[i].is_missing(f))
			continue;
		const char *names = packages_of(f, &needs[i]);
		const char *how = *names ? source_lacking(p, names) : NULL;
		if (!*names || how || made_why(f)) {
			tell_person(p, &needs[i], how);
			continue;
		}
		add_words(p, &packages, names);
		what = arena_printf(p->arena, "%s%s%s", what, *what ? ", " : "", needs[i].what);
	}
	if (packages.count)
		install(p, &packages, what);
}

const struct theme theme_packages = {
	.id = "packages",
	.sets =
	    "packages that are missing: boltd, the driver, its libraries, the container toolkit",
	.plan = plan,
};
