/* SPDX-License-Identifier: MIT */
#include "rules/verdict.h"
#include "tap.h"

static const struct finding *judge(struct facts *f, struct verdict *v)
{
	static struct arena arena;
	v->arena = &arena;
	v->link = "exposure";
	link_exposure.judge(f, v);
	return &v->finding[0];
}

static struct container ollama_on(struct port_binding *port)
{
	return (struct container){ .name = "ollama",
				   .kind = CONTAINER_OLLAMA,
				   .state = "running",
				   .pid = 1,
				   .network_mode = "bridge",
				   .port = port,
				   .port_count = 1 };
}

static struct facts host_with(struct container *c)
{
	return (struct facts){ .docker = { .know = KNOWN,
					   .containers_know = KNOWN,
					   .container = c,
					   .container_count = 1 },
			       .exposure = { .know = KNOWN } };
}

TEST(ollama_on_all_interfaces_warns_by_name_and_port)
{
	struct port_binding port = { "0.0.0.0", 11434, 11434 };
	struct container c = ollama_on(&port);
	struct facts f = host_with(&c);
	struct verdict v = { 0 };
	const struct finding *got = judge(&f, &v);

	CHECK_INT(got->status, STATUS_WARNING);
	CHECK_STR(got->cause->id, "ollama-open-to-all");
	CHECK_STR(got->text, "ollama answers anyone on port 11434 of all interfaces");
}

TEST(loopback_is_fine)
{
	struct port_binding port = { "127.0.0.1", 11434, 11434 };
	struct container c = ollama_on(&port);
	struct facts f = host_with(&c);
	struct verdict v = { 0 };

	CHECK_INT(judge(&f, &v)->status, STATUS_OK);
}

TEST(a_password_makes_it_fine)
{
	struct port_binding port = { "0.0.0.0", 4000, 4000 };
	const char *env[] = { "LITELLM_MASTER_KEY=(set)" };
	struct container c = ollama_on(&port);
	c.kind = CONTAINER_LITELLM;
	struct facts f = host_with(&c);
	struct verdict without = { 0 }, with = { 0 };

	CHECK_INT(judge(&f, &without)->status, STATUS_WARNING);
	c.environment = (struct names){ env, 1 };
	CHECK_INT(judge(&f, &with)->status, STATUS_OK);
}

TEST(docker_on_tcp_warns_but_not_on_loopback)
{
	const char *all[] = { "unix:///run/docker.sock", "tcp://0.0.0.0:2375" },
		   *lo[] = { "tcp://127.0.0.1:2375" };
	struct facts f = { .exposure = { .know = KNOWN } };
	struct verdict open = { 0 }, loopback = { 0 };

	f.docker.config.hosts = (struct names){ all, 2 };
	CHECK_STR(judge(&f, &open)->cause->id, "docker-socket-on-tcp");
	f.docker.config.hosts = (struct names){ lo, 1 };
	CHECK_INT(judge(&f, &loopback)->status, STATUS_OK);
}

TEST(docker_on_tcp_by_its_unit_warns_without_tls)
{
	struct unit unit = { .name = "docker.service",
			     .know = KNOWN,
			     .exec_start = "/usr/bin/dockerd -H fd:// -H tcp://0.0.0.0:2375" };
	struct facts f = { .services = { .know = KNOWN, .unit = &unit, .unit_count = 1 } };
	struct verdict open = { 0 }, closed = { 0 }, tls = { 0 };

	CHECK_STR(judge(&f, &open)->text, "dockerd listens on tcp://0.0.0.0:2375, says its unit");
	unit.exec_start = "/usr/bin/dockerd -H tcp://127.0.0.1:2375";
	CHECK_INT(judge(&f, &closed)->status, STATUS_OK);
	unit.exec_start = "/usr/bin/dockerd -H tcp://0.0.0.0:2376 --tlsverify";
	CHECK_INT(judge(&f, &tls)->status, STATUS_OK);
}

TEST(thunderbolt_without_any_protection_warns)
{
	struct tb_domain d = { .name = "domain0",
			       .security = { KNOWN, "none", "x" },
			       .iommu_dma_protection = { KNOWN, 0, "x" } };
	struct facts f = { .exposure = { .know = KNOWN },
			   .thunderbolt = { .domain = &d, .domain_count = 1 } };
	struct verdict bare = { 0 }, guarded = { 0 };

	CHECK_STR(judge(&f, &bare)->cause->id, "thunderbolt-dma-open");
	d.iommu_dma_protection.v = 1;
	CHECK_INT(judge(&f, &guarded)->status, STATUS_OK);
}

TEST(no_thunderbolt_security_with_an_unread_protection_is_unknown)
{
	struct tb_domain d = { .name = "domain0",
			       .security = { KNOWN, "none", "x" },
			       .iommu_dma_protection = { DENIED, 0, "x" } };
	struct facts f = { .exposure = { .know = KNOWN },
			   .thunderbolt = { .domain = &d, .domain_count = 1 } };
	struct verdict denied = { 0 }, absent = { 0 }, user = { 0 };

	CHECK_STR(judge(&f, &denied)->text,
		  "domain0 may be open: security none, IOMMU protection: permission denied");
	d.iommu_dma_protection.know = ABSENT;
	CHECK_INT(judge(&f, &absent)->status, STATUS_UNKNOWN);
	d.security.v = "user";
	CHECK_INT(judge(&f, &user)->status, STATUS_OK);
}

TEST(containers_that_were_not_told_are_unknown)
{
	enum know unread[] = { DENIED, TIMED_OUT, UNREADABLE };

	for (size_t i = 0; i < 3; i++) {
		struct facts f = { .docker = { .know = KNOWN, .containers_know = unread[i] } };
		struct verdict v = { 0 };
		CHECK_INT(judge(&f, &v)->status, STATUS_UNKNOWN);
	}
}

TEST(units_that_were_not_told_are_unknown_but_no_systemd_is_fine)
{
	struct unit unit[] = { { .name = "ollama.service", .know = ABSENT },
			       { .name = "docker.service", .know = TIMED_OUT, .exec_start = "" } };
	struct facts f = { .docker = { .know = KNOWN },
			   .services = { .know = KNOWN, .unit = unit, .unit_count = 2 } };
	struct verdict docker = { 0 }, no_docker = { 0 }, ollama = { 0 }, none = { 0 };

	CHECK_STR(judge(&f, &docker)->text,
		  "how docker.service runs could not be read: no answer in time");
	f.docker.know = ABSENT;
	CHECK_INT(judge(&f, &no_docker)->status, STATUS_OK);
	unit[0].know = DENIED;
	CHECK_INT(judge(&f, &ollama)->status, STATUS_UNKNOWN);
	f.services = (struct services){ .know = ABSENT };
	CHECK_INT(judge(&f, &none)->status, STATUS_OK);
}

TEST(an_unread_daemon_json_is_unknown)
{
	struct facts f = { .docker = {
			       .know = KNOWN,
			       .config = { .know = DENIED, .path = "/etc/docker/daemon.json" } } };
	struct verdict v = { 0 };

	CHECK_STR(judge(&f, &v)->text,
		  "/etc/docker/daemon.json could not be read: permission denied");
	CHECK_STR(v.finding[0].show, "sudo cat /etc/docker/daemon.json");
}

TEST(unread_sockets_are_unknown)
{
	struct facts f = { .exposure = { .know = DENIED } };
	struct verdict v = { 0 };

	CHECK_INT(judge(&f, &v)->status, STATUS_UNKNOWN);
}
