/* SPDX-License-Identifier: MIT */
/* Whole facts through the whole chain: what waits, what is the root, how egpu ends. */
#include "rules/chain.h"

#include "tap.h"

static struct arena arena;
static struct facts facts = { .arena = &arena,
			      .pci = { .know = KNOWN },
			      .exposure = { .know = KNOWN } };

static struct tb_controller controller = { .bdf = "0000:00:0d.2",
					   .driver = { KNOWN, "thunderbolt", "x" } };
static struct tb_domain domain = { .name = "domain0",
				   .controller_bdf = "0000:00:0d.2",
				   .security = { KNOWN, "user", "x" },
				   .iommu_dma_protection = { KNOWN, 1, "x" } };
static struct tb_device box[] = {
	{ .name = "0-0", .domain = "domain0", .is_host = true, .authorized = { KNOWN, 1, "x" } },
	{ .name = "0-1",
	  .domain = "domain0",
	  .vendor = { KNOWN, "Razer", "x" },
	  .model = { KNOWN, "Core X", "x" },
	  .unique_id = { KNOWN, "uuid", "x" },
	  .authorized = { KNOWN, 0, "x" } },
};

static void plug_in_unauthorised(void)
{
	facts.thunderbolt = (struct thunderbolt){ .know = KNOWN,
						  .controller = &controller,
						  .controller_count = 1,
						  .domain = &domain,
						  .domain_count = 1,
						  .device = box,
						  .device_count = 2,
						  .bolt_know = KNOWN };
}

static const struct finding *headline(const struct report *r, const char *link)
{
	for (size_t i = 0; i < r->link_count; i++)
		if (str_eq(r->link[i]->id, link))
			return r->headline[i];
	return NULL;
}

TEST(bare_host_has_no_gpu_and_nothing_broken)
{
	facts.thunderbolt.know = ABSENT;
	struct report *r = chain_judge(&facts, NULL);

	CHECK(r->no_gpu);
	CHECK(!r->root);
	CHECK_INT(report_exit_status(r), 4);
}

TEST(earliest_break_is_the_root_and_the_rest_waits_for_it)
{
	plug_in_unauthorised();
	struct report *r = chain_judge(&facts, NULL);

	CHECK_STR(r->root->cause->id, "enclosure-not-authorized");
	CHECK_INT(headline(r, "pci")->status, STATUS_WAITING);
	CHECK_INT(headline(r, "ollama")->status, STATUS_WAITING);
	CHECK_STR(headline(r, "ollama")->waits_for->link, "enclosure");
	CHECK_INT(report_exit_status(r), 2);
}

TEST(what_stands_alone_does_not_wait)
{
	struct docker_config broken = { .know = KNOWN,
					.path = "/etc/docker/daemon.json",
					.error = { KNOWN, "/etc/docker/daemon.json:3:1: no",
						   "x" } };
	struct container asking = {
		.name = "ollama", .state = "exited", .error = "", .asks = ASK_DEVICE_REQUEST
	};
	plug_in_unauthorised();
	facts.docker = (struct docker){ .know = KNOWN,
					.containers_know = KNOWN,
					.endpoint = "",
					.config = broken,
					.container = &asking,
					.container_count = 1 };
	struct report *r = chain_judge(&facts, NULL);

	CHECK_STR(r->root->cause->id, "enclosure-not-authorized");
	CHECK_INT(headline(r, "runtime")->status, STATUS_BROKEN);
}

TEST(one_link_is_reported_with_what_it_waits_for)
{
	plug_in_unauthorised();
	struct report *r = chain_judge(&facts, "pci");

	CHECK_INT(r->link_count, 1);
	CHECK_INT(r->headline[0]->status, STATUS_WAITING);
	CHECK_INT(report_exit_status(r), 2);
}

TEST(unread_bus_is_unknown_not_absent)
{
	facts.pci.know = DENIED;
	facts.thunderbolt.know = DENIED;
	struct report *r = chain_judge(&facts, NULL);

	CHECK(!r->no_gpu);
	CHECK_INT(report_exit_status(r), 3);
}

TEST(every_link_says_something)
{
	struct report *r = chain_judge(&facts, NULL);

	for (size_t i = 0; i < r->link_count; i++)
		CHECK(r->headline[i] && *r->headline[i]->text);
	CHECK_INT(r->link_count, 13);
}
