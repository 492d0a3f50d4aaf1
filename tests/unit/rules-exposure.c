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

TEST(where_it_was_told_to_listen_counts)
{
	const char *env[] = { "WEBUI_AUTH=False", "PORT=3001" };
	struct listener l = { "0.0.0.0", 3001, true };
	struct container c = ollama_on(NULL);
	struct facts f = host_with(&c);
	struct verdict by_variable = { 0 }, by_option = { 0 };

	c.kind = CONTAINER_WEBUI;
	c.network_mode = "host";
	c.port_count = 0;
	c.environment = (struct names){ env, 2 };
	f.exposure.listener = &l;
	f.exposure.listener_count = 1;
	CHECK_INT(judge(&f, &by_variable)->status, STATUS_WARNING);
	c.told_port = 4002;
	CHECK_INT(judge(&f, &by_option)->status, STATUS_OK);
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

TEST(a_configuration_may_hold_the_password)
{
	struct port_binding port = { "0.0.0.0", 4000, 4000 };
	struct container c = ollama_on(&port);
	struct facts f = host_with(&c);
	struct verdict v = { 0 };

	c.kind = CONTAINER_LITELLM;
	c.takes_config = true;
	CHECK_INT(judge(&f, &v)->status, STATUS_UNKNOWN);
	CHECK_STR(v.finding[0].show, "curl -si http://127.0.0.1:4000/v1/models");
}

TEST(webui_asks_nobody_unless_its_setting_is_true)
{
	struct port_binding port = { "0.0.0.0", 3000, 8080 };
	const char *env[] = { "WEBUI_AUTH=FALSE" };
	struct container c = ollama_on(&port);
	struct facts f = host_with(&c);
	struct verdict off = { 0 }, on = { 0 };

	c.kind = CONTAINER_WEBUI;
	c.environment = (struct names){ env, 1 };
	CHECK_INT(judge(&f, &off)->status, STATUS_WARNING);
	env[0] = "WEBUI_AUTH=TRUE";
	CHECK_INT(judge(&f, &on)->status, STATUS_OK);
}

TEST(on_the_hosts_network_each_has_its_port)
{
	static const struct {
		enum container_kind kind;
		const char *env;
		uint64_t port;
	} open[] = {
		{ CONTAINER_OLLAMA, "OLLAMA_HOST=0.0.0.0:8081", 8081 },
		{ CONTAINER_WEBUI, "WEBUI_AUTH=False", 8080 },
		{ CONTAINER_LITELLM, "A=1", 4000 },
		{ CONTAINER_POSTGRES, "POSTGRES_HOST_AUTH_METHOD=trust", 5432 },
	};
	for (size_t i = 0; i < 4; i++) {
		const char *env[] = { open[i].env };
		struct listener l = { "0.0.0.0", open[i].port, true };
		struct ollama o = { .container = "ollama", .endpoint = "127.0.0.1:8081" };
		struct container c = ollama_on(NULL);
		struct facts f = host_with(&c);
		struct verdict all = { 0 }, loopback = { 0 };

		c.kind = open[i].kind;
		c.network_mode = "host";
		c.port_count = 0;
		c.environment = (struct names){ env, 1 };
		f.ollama = (struct ollama_list){ KNOWN, &o, 1 };
		f.exposure.listener = &l;
		f.exposure.listener_count = 1;
		CHECK_INT(judge(&f, &all)->status, STATUS_WARNING);
		l.everywhere = false;
		CHECK_INT(judge(&f, &loopback)->status, STATUS_OK);
	}
}

TEST(daemon_json_may_ask_for_certificates)
{
	const char *all[] = { "tcp://0.0.0.0:2376" };
	struct facts f = { .docker.config = { .know = KNOWN,
					      .hosts = { all, 1 },
					      .tls_verify = { KNOWN, 1, "x" } } };
	struct verdict tls = { 0 }, none = { 0 };

	CHECK_INT(judge(&f, &tls)->status, STATUS_OK);
	f.docker.config.tls_verify.v = 0;
	CHECK_INT(judge(&f, &none)->status, STATUS_WARNING);
}

TEST(dockerds_host_needs_no_scheme)
{
	static const struct {
		const char *command;
		bool open;
	} is[] = {
		{ "dockerd -H fd:// -H 0.0.0.0:2375", true },
		{ "dockerd --host=[::]:2375", true },
		{ "dockerd -H0.0.0.0:2375", true },
		{ "dockerd --host tcp://10.0.0.1", true },
		{ "dockerd -H 0.0.0.0:2375 --tlsverify=false", true },
		{ "dockerd -H fd:// --containerd=/run/containerd/containerd.sock", false },
		{ "dockerd -H unix:///var/run/docker.sock", false },
		{ "dockerd -H 127.0.0.1:2375 -H :2375 -H tcp://:2375", false },
		{ "dockerd -H", false },
	};
	for (size_t i = 0; i < sizeof(is) / sizeof(*is); i++) {
		struct unit unit = { .name = "docker.service",
				     .know = KNOWN,
				     .exec_start = is[i].command };
		struct facts f = { .services = { .know = KNOWN, .unit = &unit, .unit_count = 1 } };
		struct verdict v = { 0 };
		CHECK_INT(judge(&f, &v)->status, is[i].open ? STATUS_WARNING : STATUS_OK);
	}
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

TEST(docker_on_tcp_by_its_socket_unit_warns_without_tls)
{
	const char *listen[] = { "/run/docker.sock", "[::]:2375" };
	struct unit unit[] = {
		{ .name = "docker.service", .know = KNOWN, .exec_start = "dockerd -H fd://" },
		{ .name = "docker.socket",
		  .know = KNOWN,
		  .active = "active",
		  .listen = { listen, 2 } },
	};
	struct facts f = { .services = { .know = KNOWN, .unit = unit, .unit_count = 2 } };
	struct verdict open = { 0 }, off = { 0 }, loopback = { 0 }, file = { 0 }, tls = { 0 };

	CHECK_STR(judge(&f, &open)->text,
		  "systemd listens on [::]:2375 for dockerd, says docker.socket");
	CHECK_STR(open.finding[0].subject, "docker.socket");
	unit[0].exec_start = "dockerd -H fd:// --tlsverify";
	CHECK_INT(judge(&f, &tls)->status, STATUS_OK);
	unit[0].exec_start = "dockerd -H fd://";
	unit[1].active = "inactive";
	CHECK_INT(judge(&f, &off)->status, STATUS_OK);
	unit[1].file_state = "enabled";
	listen[1] = "127.0.0.1:2375";
	CHECK_INT(judge(&f, &loopback)->status, STATUS_OK);
	unit[1].listen.count = 1;
	CHECK_INT(judge(&f, &file)->status, STATUS_OK);
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
