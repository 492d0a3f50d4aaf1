/* SPDX-License-Identifier: MIT */
/* Any line of a remedy, about any subject, on hosts of several kinds: what is run is known. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "input-host.h"
#include "plan/fix.h"
#include "plan/theme.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

/* Remedies alone. */
const struct theme *theme_of_id(const char *id)
{
	(void)id;
	return NULL;
}

#define UUID "c5010000-0080-7708-2346-8d0d1bd0b218"

static void hold(bool what)
{
	if (!what)
		abort();
}

/* All that may begin a command. "FOO *" is a word of the host's or the subject's. */
static const char *const commands[] = {
	"modprobe",
	"nvidia-modprobe",
	"nvidia-ctk cdi generate",
	"nvidia-ctk config",
	"nvidia-ctk system create-dev-char-symlinks",
	"udevadm trigger",
	"udevadm settle",
	"udevadm control",
	"mkinitcpio",
	"dracut",
	"update-initramfs",
	"depmod",
	"docker compose -f",
	"docker compose --project-directory",
	"pacman -S --noconfirm",
	"apt-get install -y",
	"apt-get update -q",
	"dnf install -y",
};

static bool is_known(struct arena *a, const struct names *argv)
{
	const char *line = "";

	for (size_t i = 0; i < argv->count; i++)
		line = arena_printf(a, "%s%s ", line, argv->name[i]);
	for (size_t i = 0; i < COUNT_OF(commands); i++)
		if (str_starts(line, arena_printf(a, "%s ", commands[i])))
			return true;
	return false;
}

static bool is_plain(const char *w)
{
	return *w && !w[strspn(w, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				  "0123456789_./:@%+=-")];
}

static void check_step(struct arena *a, const struct step *s, bool shut)
{
	static const char *const verbs[] = { "start",   "stop",   "restart",      "enable",
					     "disable", "unmask", "reset-failed", "daemon-reload" };
	bool known_verb = false;

	hold(s->what && *s->what && s->why && s->theme);
	hold(!s->unattended || !s->asks);
	for (size_t i = 0; i < s->run.argv.count; i++)
		hold(is_plain(s->run.argv.name[i]));
	for (size_t i = 0; i < COUNT_OF(verbs); i++)
		known_verb |= str_eq(s->unit.verb, verbs[i]);
	switch (s->kind) {
	case STEP_RUN:
	case STEP_PACKAGES:
		hold(is_known(a, &s->run.argv));
		hold(!shut || !str_starts(s->run.argv.name[0], "nvidia-modprobe"));
		hold(s->kind == STEP_RUN || s->asks);
		break;
	case STEP_UNIT:
		hold(known_verb && is_plain(*s->unit.name ? s->unit.name : "x"));
		break;
	case STEP_ENCLOSURE:
		hold(str_eq(s->enclosure.uuid, UUID) && s->asks);
		break;
	case STEP_CONTAINER:
		hold(str_eq(s->container.id, "aaaa"));
		break;
	case STEP_PERSON:
		break;
	case STEP_PROCESS:
	case STEP_DEVICE:
	case STEP_FILE:
		hold(false);
	}
}

static struct tb_device box = { .name = "0-1",
				.domain = "domain0",
				.unique_id = { KNOWN, UUID, "" } };
static const char *compose_files[] = { "/srv/compose.yaml" };
static struct container one = { .id = "aaaa",
				.name = "ollama",
				.state = "running",
				.pid = 1,
				.asks = 1,
				.compose_project = "llm",
				.compose_files = { compose_files, 1 } };

/* The first byte says which host; then the subject and the lines, divided by NUL. */
int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	static struct pci_gpu gpu;
	ARENA a = { 0 };
	struct cause c = {
		.id = "x", .link = "driver", .title = "t", .why = "w.", .unattended = true
	};
	unsigned kind = n ? p[0] : 0;
	struct input_host in = { { .ops = &input_ops }, "", 0 }, pieces = { { 0 }, "", 0 };

	if (n > 1)
		pieces = (struct input_host){ { 0 }, (const char *)p + 1, n - 1 };
	struct facts f = {
		.arena = &a,
		.pci = { .chosen = kind & 8 ? NULL : &gpu },
		.gate = { .open = !(kind & 16), .why = "Xid 79" },
		.machine = { .distro = (enum distro)((kind & 3) + (kind & 32 ? 2 : 0)) },
		.thunderbolt = { .device = &box,
				 .device_count = 1,
				 .bolt_know = kind & 4 ? ABSENT : KNOWN },
		.docker = { .containers_know = KNOWN, .container = &one, .container_count = 1 }
	};
	const char *subject = next_piece(&a, &pieces.host).data;
	for (size_t i = 0; i + 1 < COUNT_OF(c.remedy) && pieces.size; i++)
		c.remedy[i] = next_piece(&a, &pieces.host).data;
	struct plan *plan = plan_fix(&a, &f, &in.host, &c, subject);
	hold(plan->count);
	for (size_t i = 0; i < plan->count; i++)
		check_step(&a, &plan->step[i], kind & 16);
	arena_done(&a);
	return 0;
}
