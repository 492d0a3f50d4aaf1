/* SPDX-License-Identifier: MIT */
/*
 * What Ollama's API, its log and the kernel's table of sockets may say, down
 * to the rules' findings. The pieces of the input are the answers, in turn.
 */
#include "collect/collect.h"
#include "input-host.h"
#include "rules/verdict.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static void judge(const struct facts *f, const struct link *link)
{
	struct verdict *v = arena_alloc(f->arena, sizeof(*v));

	v->arena = f->arena;
	v->link = link->id;
	link->judge(f, v);
	if (!v->count)
		__builtin_trap(); /* every link says something */
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct input_host in = { .host = { .ops = &input_ops },
				 .data = (const char *)p,
				 .size = n };
	struct pci_gpu gpu = { .bdf = "0000:22:00.0" };
	struct nvml_process process = { .pid = 42 };
	struct nvml_gpu listed = { .bdf = "0000:22:00.0", .process = &process, .process_count = 1 };
	struct unit unit = { .name = "ollama.service",
			     .know = KNOWN,
			     .active = "active",
			     .exec_start = "",
			     .active_since_usec = 1760000000000000 };
	struct container box = { .id = "aaaa",
				 .name = "ollama",
				 .image = "ollama/ollama",
				 .state = "running",
				 .kind = CONTAINER_OLLAMA,
				 .pid = 42,
				 .error = "",
				 .ip = "172.17.0.2",
				 .network_mode = "host" };
	ARENA arena = { 0 };
	struct facts f = { .arena = &arena,
			   .pci = { .know = KNOWN, .chosen = &gpu },
			   .nvml = { .end = PROBE_ANSWERED, .gpu = &listed, .gpu_count = 1 },
			   .services = { .know = KNOWN, .unit = &unit, .unit_count = 1 },
			   .docker = { .know = KNOWN,
				       .containers_know = KNOWN,
				       .container = &box,
				       .container_count = 1 } };

	collect_ollama(&f, &in.host);
	collect_exposure(&f, &in.host);
	judge(&f, &link_ollama);
	judge(&f, &link_exposure);
	return 0;
}
