/* SPDX-License-Identifier: MIT */
/*
 * Who holds a GPU, by what a host says of its modules, devices and processes: pieces of the input,
 * divided by NUL. Whatever it says, no process ends unasked, and nothing is run that is no word.
 */
#include "collect/collect.h"
#include "input-host.h"
#include "plan/eject.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static void hold(bool x)
{
	if (!x)
		__builtin_trap();
}

static void check_step(struct arena *a, const struct step *s)
{
	switch (s->kind) {
	case STEP_PROCESS:
		hold(s->asks && s->process.pid > 1 && *s->process.name);
		break;
	case STEP_RUN:
		hold(s->run.argv.count == 2 && str_eq(s->run.argv.name[0], "rmmod"));
		hold(*s->run.argv.name[1] != '-');
		break;
	case STEP_DEVICE:
		hold(device_path(a, &s->device) != NULL);
		break;
	case STEP_UNIT:
		hold(str_ends(s->unit.name, ".service"));
		break;
	default:
		hold(false);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct input_host in = { .host = { .ops = &input_ops },
				 .data = (const char *)p,
				 .size = n };
	ARENA arena = { 0 };
	struct pci_hop hop[] = { { .bdf = "0000:00:07.0" },
				 { .bdf = "0000:20:00.0" },
				 { .bdf = "0000:21:01.0" },
				 { .bdf = "0000:22:00.0", .driver = { KNOWN, "nvidia", "" } } };
	struct pci_gpu gpu = { .bdf = "0000:22:00.0",
			       .name = "",
			       .router = "0-1",
			       .reach = REACH_THUNDERBOLT,
			       .hop = hop,
			       .hop_count = COUNT_OF(hop) };
	struct tb_device box = { .name = "0-1",
				 .domain = "domain0",
				 .authorized = { KNOWN, 1, "" } };
	struct tb_domain domain = { .name = "domain0", .deauthorization = { KNOWN, 1, "" } };
	struct facts f = { .arena = &arena,
			   .gate = { .open = true },
			   .pci = { KNOWN, &gpu, 1, .chosen = &gpu, .chosen_bdf = gpu.bdf },
			   .driver = { .gpu_driver = { KNOWN, "nvidia", "" } },
			   .thunderbolt = { .know = KNOWN,
					    .device = &box,
					    .device_count = 1,
					    .domain = &domain,
					    .domain_count = 1 } };

	collect_release(&f, &in.host);
	const struct plan *plan = plan_eject(&f, true);
	for (size_t i = 0; i < plan->count; i++)
		check_step(&arena, &plan->step[i]);
	struct eject_end end = eject_end(&f, &f);
	hold(!end.safe); /* it is authorised still */
	return 0;
}
