/* SPDX-License-Identifier: MIT */
/*
 * What egpu wait says stands in the way, on every recorded host: what a whole check calls the root,
 * or nothing. It has looked at less, so it may know less, but never alarms on what it did not read.
 */
#include "cmd/wait/judged.h"

#include <dirent.h>

#include "cmd/look.h"
#include "facts/gate.h"
#include "recording/recording.h"
#include "tap.h"

/* As the wait looks, with a driver that was asked. */
static const struct finding *root_of(struct host *h, struct arena *a, enum ready_for what)
{
	struct facts *f = arena_alloc(a, sizeof(*f));

	f->arena = a;
	f->want = want_default();
	collect_want(f, h);
	collect_thunderbolt(f, h);
	collect_pci(f, h);
	collect_driver_log(f, h);
	collect_driver(f, h);
	f->gate = gate_of(f);
	collect_cuda(f, h);
	return wait_root(f, h, what, true);
}

static const char *id_of(const struct finding *root)
{
	return root ? root->cause->id : "";
}

static struct names hosts(struct arena *a)
{
	struct dirent **entry;
	const char *dir = getenv("REPLAY");
	int count = dir ? scandir(dir, &entry, NULL, alphasort) : -1;
	struct names all = { NULL, 0 };
	size_t room = 0;

	for (int i = 0; i < count; i++) {
		if (*entry[i]->d_name != '.')
			names_add(a, &all, &room, arena_printf(a, "%s/%s", dir, entry[i]->d_name));
		free(entry[i]);
	}
	if (count >= 0)
		free(entry);
	return all;
}

TEST(the_root_is_that_of_a_check_or_none)
{
	ARENA all = { 0 };
	struct names host = hosts(&all);
	unsigned found = 0, judged = 0;

	for (size_t i = 0; i < host.count; i++) {
		ARENA a = { 0 };
		HOST *h = host_replay(host.name[i], NULL);
		if (!h)
			continue; /* a file that is no host */
		const char *mine = id_of(root_of(h, &a, READY_CUDA));
		struct look *l = look_at(h, &a, &(struct look_for){ 0 });
		if (*mine && !str_eq(mine, id_of(l->report->root)))
			TAP_FAIL("%s: %s, but a check says '%s'", host.name[i], mine,
				 id_of(l->report->root));
		judged++;
		found += *mine != '\0';
	}
	CHECK(judged > 100);
	CHECK(found > 40);
}

TEST(what_no_event_of_this_boot_can_mend_is_hopeless)
{
	static const struct {
		const char *host;
		bool hopeless;
	} some[] = {
		{ "lts-booted", true },
		{ "nouveau", true },
		{ "vfio", true },
		{ "bar-unassigned", true },
		{ "secure-boot", true },
		{ "enclosure-not-authorized", false },
		{ "module-not-loaded", false },
		{ "module-blacklisted", false },
		{ "module-forbidden", true },
		{ "gpu-not-on-bus", false },
	};
	for (size_t i = 0; i < COUNT_OF(some); i++) {
		ARENA a = { 0 };
		HOST *h =
		    host_replay(arena_printf(&a, "%s/%s", getenv("REPLAY"), some[i].host), NULL);
		CHECK(h);
		const struct finding *root = root_of(h, &a, READY_CUDA);
		if (!root || wait_is_hopeless(root) != some[i].hopeless)
			TAP_FAIL("%s: %s", some[i].host, id_of(root));
	}
}

TEST(what_is_waited_for_is_kept_only_by_what_it_hangs_on)
{
	static const struct {
		const char *host;
		enum ready_for what;
		const char *root;
	} some[] = {
		{ "lts-booted", READY_PCI, "" },
		{ "lts-booted", READY_DRIVER, "kernel-without-nvidia" },
		{ "cuda-999", READY_DRIVER, "" },
		{ "enclosure-not-authorized", READY_PCI, "enclosure-not-authorized" },
	};
	for (size_t i = 0; i < COUNT_OF(some); i++) {
		ARENA a = { 0 };
		HOST *h =
		    host_replay(arena_printf(&a, "%s/%s", getenv("REPLAY"), some[i].host), NULL);
		CHECK(h);
		CHECK_STR(id_of(root_of(h, &a, some[i].what)), some[i].root);
	}
}
