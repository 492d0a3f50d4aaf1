/* SPDX-License-Identifier: MIT */
/*
 * A boot of any logs and answers, each the next piece of the input: it can be drawn, what is drawn
 * moves no cursor and is no markup, and what is printed is JSON.
 */
#include <stdint.h>
#include <stdlib.h>

#include "collect/collect.h"
#include "collect/timeline/timeline.h"
#include "input-host.h"
#include "view/timeline/timeline.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static struct pci_hop hop[] = { { .bdf = "0000:22:00.0" } };
static struct pci_gpu gpu = { .bdf = "0000:22:00.0",
			      .name = "",
			      .router = "",
			      .hop = hop,
			      .hop_count = 1 };
static struct device_node node = { .path = "/dev/nvidia0", .know = KNOWN };
static struct tb_device enclosure = { .name = "0-1",
				      .domain = "domain0",
				      .vendor = { KNOWN, "Razer", "x" },
				      .model = { KNOWN, "Core X", "x" },
				      .unique_id = { KNOWN, "u", "x" },
				      .authorized = { KNOWN, 1, "x" } };

static struct container ollama(struct arena *a, struct host *h)
{
	const char *name = next_piece(a, h).data;

	return (struct container){ .id = "1",
				   .name = str_clean(a, name, strlen(name), 200),
				   .image = "",
				   .state = "running",
				   .error = "",
				   .kind = CONTAINER_OLLAMA,
				   .started_usec = known_u64(1760000012000000, "x") };
}

static const char *drawn(struct arena *a, const struct timeline *t,
			 void (*draw)(FILE *, const struct timeline_view *))
{
	const struct timeline_view v = { a, t, "fuzz", false, 80, "1" };
	char *text = NULL;
	size_t size = 0;
	FILE *to = open_memstream(&text, &size);

	if (!to)
		abort();
	draw(to, &v);
	fclose(to);
	const char *out = str_ndup(a, text, size);
	free(text);
	if (strlen(out) != size || strchr(out, '\033'))
		abort();
	json_t *j = timeline_json(&v);
	if (!j)
		abort();
	json_decref(j);
	return out;
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	ARENA a = { 0 };
	struct input_host h = { { .ops = &input_ops, .name = "fuzz" }, (const char *)p, n };
	struct facts *f = arena_alloc(&a, sizeof(*f));
	struct timeline t;

	f->arena = &a;
	f->machine.boot_usec = known_u64(1760000000000000, "x");
	f->pci = (struct pci){ .know = KNOWN, .chosen = n % 2 ? &gpu : NULL };
	f->thunderbolt =
	    (struct thunderbolt){ .know = KNOWN, .device = &enclosure, .device_count = 1 };
	struct container c = ollama(&a, &h.host);
	f->docker = (struct docker){ .container = &c, .container_count = 1 };
	collect_driver_log(f, &h.host);
	f->driver.node = &node;
	f->driver.node_count = 1;
	collect_timeline(f, &h.host, &t);

	drawn(&a, &t, timeline_text);
	const char *svg = drawn(&a, &t, timeline_svg);
	for (const char *s = svg; (s = strchr(s, '<')); s++)
		if (!strchr("?/sgtrdl", s[1]) || str_starts(s, "<script"))
			abort();
	return 0;
}
