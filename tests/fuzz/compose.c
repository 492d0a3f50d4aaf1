/* SPDX-License-Identifier: MIT */
/* A compose file, and the override that is made for a service of it: it must be one. */
#include "docker-host.h"

#include "plan/docker/compose.h"
#include "plan/theme.h"

#define BASE "/srv/p/compose.yaml"
#define OURS "/srv/p/compose.override.yaml"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static struct bytes input;

static int read_input(struct host *h, struct arena *a, const char *path, struct bytes *ret,
		      struct err *e)
{
	(void)h;
	if (!str_eq(path, BASE))
		return err_set(e, -ENOENT, "read %s", path);
	*ret = (struct bytes){ str_ndup(a, input.data, input.size), input.size };
	return 0;
}

static void facts_of(struct facts *f, struct container *c, struct arena *a)
{
	static const char *files[] = { BASE };
	static struct docker_runtime nvidia = { "nvidia", "nvidia-container-runtime" };
	static const struct pci_gpu gpu = { .bdf = "0000:22:00.0" };

	*c = (struct container){ .name = "o",
				 .image = "ollama/ollama",
				 .state = "running",
				 .pid = 7,
				 .kind = CONTAINER_OLLAMA,
				 .compose_project = "p",
				 .compose_service = "ollama",
				 .compose_dir = "/srv/p",
				 .compose_files = { files, 1 } };
	*f = (struct facts){ .arena = a, .want = want_default() };
	f->pci = (struct pci){ .know = KNOWN, .chosen = &gpu };
	f->driver.nvidia_loaded = known_u64(1, "");
	f->docker = (struct docker){ .know = KNOWN,
				     .containers_know = KNOWN,
				     .runtime = &nvidia,
				     .runtime_count = 1,
				     .container = c,
				     .container_count = 1 };
}

/* Taken together the files are sound still, and ask for the GPU. */
static void check(struct planner *p)
{
	static const char *both[] = { BASE, OURS };
	struct names files = { both, 2 };
	COMPOSE merged;

	if (compose_open(p, "/srv/p", &files, &merged, NULL) < 0)
		abort();
	if (!compose_asks(&merged, "ollama") && !compose_gave_up(&merged))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	ARENA arena = { 0 };
	struct container c;
	struct facts f;
	struct docker_host d = DOCKER_HOST({ BASE, "" });
	struct host_ops ops = *d.host.ops;

	ops.read = read_input;
	d.host.ops = &ops;
	input = (struct bytes){ (const char *)data, n };
	facts_of(&f, &c, &arena);
	struct planner p = { .arena = &arena,
			     .facts = &f,
			     .host = &d.host,
			     .plan = arena_alloc(&arena, sizeof(struct plan)),
			     .theme = "stack" };
	theme_stack.plan(&p);
	if (planner_has(&p, OURS))
		check(&p);
	return 0;
}
