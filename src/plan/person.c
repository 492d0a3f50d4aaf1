/* SPDX-License-Identifier: MIT */
#include "plan/person.h"

#include <string.h>

/* Beginnings of lines, whole words, without sudo. */
static const char *const looks[] = {
	"ausearch",
	"boltctl list",
	"cat",
	"df",
	"dmesg",
	"docker compose config",
	"docker context ls",
	"docker exec {} ldconfig -p",
	"docker info",
	"docker inspect",
	"docker logs",
	"docker system df",
	"docker version",
	"dockerd --validate",
	"egpu check",
	"free",
	"fuser",
	"grep",
	"journalctl",
	"ldconfig -p",
	"ls",
	"lsmod",
	"lspci",
	"modinfo",
	"mokutil --sb-state",
	"nvidia-ctk cdi list",
	"nvidia-smi -L",
	"nvidia-smi -q",
	"nvidia-smi nvlink",
	"ps",
	"snap services",
	"ss",
	"systemctl cat",
	"systemctl status",
	"tail",
};

static const char *without_sudo(const char *line)
{
	return str_starts(line, "sudo ") ? line + strlen("sudo ") : line;
}

/* "{}" of the pattern is any one word. */
static bool begins(const char *line, const char *pattern)
{
	for (; *pattern; pattern++, line++) {
		if (str_starts(pattern, "{}")) {
			size_t size = strcspn(line, " ");
			if (!size)
				return false;
			line += size - 1;
			pattern++;
		} else if (*line != *pattern) {
			return false;
		}
	}
	return *line == '\0' || strchr(" =;", *line);
}

static bool begins_query(const char *line)
{
	return str_starts(line, "nvidia-smi --query-") || str_starts(line, "docker exec ");
}

bool person_looks(const char *line)
{
	const char *bare = without_sudo(line);

	if (strstr(line, " tee "))
		return false;
	for (size_t i = 0; i < COUNT_OF(looks); i++)
		if (begins(bare, looks[i]))
			return true;
	return begins_query(bare);
}

/* The first that the line begins with, or, with a blank before it, that stands in it. */
static const struct {
	const char *line, *sentence;
} sentences[] = {
	{ " tee /sys/bus/pci/drivers/thunderbolt/bind",
	  "let the thunderbolt driver take the controller" },
	{ " tee -a ", "add to this file" },
	{ " tee ", "write this file" },
	{ "systemctl reboot --boot-loader-entry", "reboot into the entry that has the driver" },
	{ "systemctl reboot", "reboot" },
	{ "reboot", "reboot" },
	{ "boltctl config", "let boltd authorise devices again" },
	{ "boltctl authorize", "authorise the enclosure, if it is yours" },
	{ "boltctl enroll", "enrol the enclosure, if it is yours" },
	{ "boltctl forget", "let boltd forget the enclosure" },
	{ "dkms", "build the driver's module for this kernel" },
	{ "akmods", "build the driver's module for this kernel" },
	{ "pacman", "let the package manager do this" },
	{ "apt", "let the package manager do this" },
	{ "apt-get", "let the package manager do this" },
	{ "dnf", "let the package manager do this" },
	{ "rpm-ostree install", "layer this onto the system's image, for the next reboot" },
	{ "rpm-ostree kargs", "set these parameters of the kernel, for the next reboot" },
	{ "rpm-ostree initramfs",
	  "let the early image be built on this host, for the next reboot" },
	{ "rpm-ostree upgrade", "take a newer image of the system, for the next reboot" },
	{ "rpm-ostree rollback", "go back to the image before, with the next reboot" },
	{ "nixos-rebuild boot", "build the system from its configuration, for the next reboot" },
	{ "nixos-rebuild", "build the system from its configuration" },
	{ "nix-store --verify", "check the store, and repair what is damaged" },
	{ "usermod", "let your user talk to Docker; its group may do all that root may" },
	{ "newgrp", "take the new group in this shell, or log out and in" },
	{ "mokutil", "hand the key of the module to the firmware" },
	{ "setsebool", "let containers use devices, in SELinux's eyes" },
	{ "restorecon", "give the modules their SELinux labels back" },
	{ "pct", "do this on the host of this container" },
	{ "ldconfig", "let the linker look at its libraries again" },
	{ "rm", "take this file away" },
	{ "rmmod", "load the module anew, once nothing uses it" },
	{ "modprobe", "load the module" },
	{ "mkinitcpio", "build the initramfs images anew" },
	{ "dracut", "build the initramfs images anew" },
	{ "update-initramfs", "build the initramfs images anew" },
	{ "nvidia-smi", "set this in the driver" },
	{ "nvidia-ctk", "set this in NVIDIA's container toolkit" },
	{ "nvidia-modprobe", "make NVIDIA's device nodes" },
	{ "docker compose up", "start the compose project anew, in the folder of its file" },
	{ "docker context use", "let docker talk to the engine of this host" },
	{ "docker image prune", "remove images that nothing uses" },
	{ "docker restart", "restart the container" },
	{ "docker start", "start the container" },
	{ "snap restart", "restart the snap" },
	{ "systemctl edit", "edit the unit's settings" },
	{ "systemctl revert", "take the unit's own settings back" },
	{ "systemctl restart", "restart this" },
	{ "systemctl", "have systemd do this" },
};

const char *person_sentence(const char *line)
{
	const char *bare = without_sudo(line);

	for (size_t i = 0; i < COUNT_OF(sentences); i++) {
		const char *s = sentences[i].line;
		if (*s == ' ' ? strstr(bare, s) != NULL : begins(bare, s))
			return sentences[i].sentence;
	}
	return "run this yourself, egpu does not";
}

static const char *const remarks[] = {
	"# enrol it only if it is yours",
	"# a stored policy is changed by storing it anew",
	"# either the policy auto",
	"# this reloads systemd",
	"# now: start again what started too early",
	"# with RPM Fusion nonfree set up",
};

bool person_remark(const char *comment)
{
	for (size_t i = 0; i < COUNT_OF(remarks); i++)
		if (str_starts(comment, remarks[i]))
			return true;
	return false;
}

enum { FULL_LINE = 72 };

/* Beginnings of an item of its own, after a line that happened to be full. */
static const char *const anew[] = { "kernel parameter", "turn the", "is it",   "then",
				    "video in",         "or ",      "without " };

bool person_goes_on(const char *comment, const char *next)
{
	size_t size = strlen(comment);
	char last = size ? comment[size - 1] : '#';

	/* What is to be put into a file stands deeper. */
	if (str_starts(next, "#  ") || last == ':')
		return true;
	if (!str_starts(next, "# ") || strchr(".}", last))
		return false;
	if (strchr(",;", last))
		return true;
	for (size_t i = 0; i < COUNT_OF(anew); i++)
		if (str_starts(next + 2, anew[i]))
			return false;
	return size + 1 + strcspn(next + 2, " ") >= FULL_LINE;
}

enum step_when person_when(const char *sentence)
{
	static const char *const cold[] = { "shut down", "power on", "cold boot", "power off" };
	static const char *const warm[] = { "reboot", "firmware setup", "kernel parameter" };

	for (size_t i = 0; i < COUNT_OF(cold); i++)
		if (strcasestr(sentence, cold[i]))
			return WHEN_COLD_BOOT;
	for (size_t i = 0; i < COUNT_OF(warm); i++)
		if (strcasestr(sentence, warm[i]))
			return WHEN_REBOOT;
	return WHEN_NOW;
}
