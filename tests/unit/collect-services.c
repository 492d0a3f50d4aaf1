/* SPDX-License-Identifier: MIT */
#include "collect/collect.h"

#include "answers.h"
#include "sysfs-host.h"
#include "tap.h"

#define DAEMON "nvidia-persistenced.service"
#define RUNNING                                                                                    \
	"{\"Id\": \"" DAEMON "\", \"LoadState\": \"loaded\", \"ActiveState\": \"active\", "        \
	"\"SubState\": \"running\", \"UnitFileState\": \"enabled\", "                              \
	"\"ActiveEnterTimestamp\": 1760000000000000, \"Result\": \"success\", "                    \
	"\"WantedBy\": [\"multi-user.target\"], \"NRestarts\": 2, "                                \
	"\"ExecStart\": [[\"/usr/bin/true\", [\"/usr/bin/true\"], false], "                        \
	"[\"/usr/bin/d\", [\"/usr/bin/d\", \"--user\", \"x\"], false, 0, 0, 0, 0, 0, 0, 0]]}\n"
#define STOPPED                                                                                    \
	"{\"Id\": \"ollama.service\", \"LoadState\": \"loaded\", \"ActiveState\": \"inactive\", "  \
	"\"SubState\": \"dead\", \"ActiveEnterTimestamp\": 1760000000000000}"
#define NOT_FOUND                                                                                  \
	"{\"Id\": \"docker.service\", \"LoadState\": \"not-found\", "                              \
	"\"ActiveState\": \"inactive\", \"SubState\": \"dead\"}"

static struct facts *look(struct answering_host *w, bool gpu)
{
	static struct arena arena;
	static const struct pci_gpu chosen = { .bdf = "0000:22:00.0" };
	struct facts *f = arena_alloc(&arena, sizeof(*f));

	f->arena = &arena;
	f->pci.chosen = gpu ? &chosen : NULL;
	collect_services(f, &w->host);
	return f;
}

TEST(a_running_unit_whole)
{
	struct answering_host w = ANSWERS({ SOURCE_SYSTEMD, "unit/" DAEMON, RUNNING });
	const struct services *s = &look(&w, true)->services;
	const struct unit *u = services_unit(s, DAEMON);

	CHECK_INT(s->know, KNOWN);
	CHECK(u);
	CHECK_INT(u->know, KNOWN);
	CHECK_STR(u->active, "active");
	CHECK_STR(u->file_state, "enabled");
	CHECK_STR(u->exec_start, "/usr/bin/true; /usr/bin/d --user x");
	CHECK_STR(u->wanted_by.name[0], "multi-user.target");
	CHECK_INT(u->restarts, 2);
	CHECK_INT((long long)u->active_since_usec, 1760000000000000);
}

TEST(a_stopped_unit_has_no_start_time)
{
	struct answering_host w = ANSWERS({ SOURCE_SYSTEMD, "unit/ollama.service", STOPPED });
	const struct unit *u = services_unit(&look(&w, false)->services, "ollama.service");

	CHECK(u);
	CHECK_INT((long long)u->active_since_usec, 0);
	CHECK_STR(u->exec_start, "");
}

TEST(a_socket_tells_the_streams_that_it_listens_on)
{
	struct answering_host w = ANSWERS(
	    { SOURCE_SYSTEMD, "unit/docker.socket",
	      "{\"LoadState\": \"loaded\", \"Listen\": [[\"Stream\", \"/run/docker.sock\"], "
	      "[\"Datagram\", \"0.0.0.0:1\"], [\"Stream\", \"[::]:2375\"], 1, [2], []]}" });
	const struct unit *u = services_unit(&look(&w, false)->services, "docker.socket");

	CHECK_INT((long long)u->listen.count, 2);
	CHECK_STR(u->listen.name[0], "/run/docker.sock");
	CHECK_STR(u->listen.name[1], "[::]:2375");
}

TEST(not_found_is_systemds_own_answer)
{
	struct answering_host w = ANSWERS({ SOURCE_SYSTEMD, "unit/docker.service", NOT_FOUND });
	const struct services *s = &look(&w, false)->services;

	CHECK_INT(s->know, KNOWN);
	CHECK(!services_unit(s, "docker.service"));
	CHECK(services_lack(s, "docker.service"));
	CHECK(!services_lack(s, DAEMON)); /* which was not asked */
}

TEST(without_nvidia_only_docker_and_ollama_are_asked)
{
	struct answering_host w = ANSWERS({ SOURCE_SYSTEMD, "unit/docker.service", NOT_FOUND });
	const struct services *s = &look(&w, false)->services;

	CHECK_INT(w.asked, 3);
	CHECK_INT(s->unit_count, 3);
}

TEST(no_systemd_is_absent)
{
	struct answering_host w = ANSWERS({ SOURCE_DOCKER, "", NULL, 0 });

	CHECK_INT(look(&w, true)->services.know, ABSENT);
}

TEST(a_systemd_that_hangs_is_asked_once)
{
	struct answering_host w =
	    ANSWERS({ SOURCE_SYSTEMD, "unit/docker.service", NULL, -ETIMEDOUT });
	const struct services *s = &look(&w, true)->services;

	CHECK_INT(w.asked, 1);
	CHECK_INT(s->know, TIMED_OUT);
	CHECK_INT(services_unit(s, DAEMON)->know, TIMED_OUT);
}

TEST(what_was_answered_before_it_hung_stays_known)
{
	struct answering_host w =
	    ANSWERS({ SOURCE_SYSTEMD, "unit/docker.service", NOT_FOUND },
		    { SOURCE_SYSTEMD, "unit/nvidia-cdi-refresh.path", NULL, -ETIMEDOUT });
	const struct services *s = &look(&w, true)->services;

	CHECK_INT(s->know, KNOWN);
	CHECK(services_lack(s, "docker.service"));
	CHECK_INT(services_unit(s, DAEMON)->know, TIMED_OUT);
}

TEST(wrong_types_are_unreadable_and_do_not_crash)
{
	struct answering_host w =
	    ANSWERS({ SOURCE_SYSTEMD, "unit/docker.service", "{\"LoadState\": 1}" },
		    { SOURCE_SYSTEMD, "unit/ollama.service",
		      "{\"LoadState\": \"loaded\", \"ExecStart\": [1, [2], [3, 4], [5, [6, {}]]], "
		      "\"WantedBy\": \"x\", \"NRestarts\": -1}" });
	const struct services *s = &look(&w, false)->services;

	CHECK_INT(services_unit(s, "docker.service")->know, UNREADABLE);
	CHECK_INT(s->know, UNREADABLE);
}

TEST(numbers_that_cannot_be_are_zero)
{
	struct answering_host w =
	    ANSWERS({ SOURCE_SYSTEMD, "unit/docker.service",
		      "{\"LoadState\": \"loaded\", \"ExecStart\": [1, [2], [3, 4], [5, [6, {}]]], "
		      "\"WantedBy\": \"x\", \"NRestarts\": -1}" });
	const struct unit *u = services_unit(&look(&w, false)->services, "docker.service");

	CHECK_INT(u->restarts, 0);
	CHECK_INT(u->wanted_by.count, 0);
}

/* Who starts it at the next boot. */

#define BY_HAND                                                                                    \
	"{\"LoadState\": \"loaded\", \"ActiveState\": \"active\", "                                \
	"\"UnitFileState\": \"disabled\", \"WantedBy\": []}"
#define RULES "/usr/lib/udev/rules.d/71-nvidia.rules"

static struct maybe_u64 udev_starts(const char *unit, const char *rules)
{
	struct table_host host = { .host = { .ops = &table_ops } };
	static const struct pci_gpu chosen = { .bdf = "0000:22:00.0" };
	static struct arena arena;
	struct facts f = { .arena = &arena, .pci = { .chosen = &chosen } };

	TABLE_ADD(&host, { "systemd:unit/" DAEMON, unit }, { RULES, rules });
	collect_services(&f, &host.host);
	return f.services.udev_starts;
}

TEST(a_rule_of_udev_that_starts_the_daemon_is_seen)
{
	CHECK(is_u64(udev_starts(BY_HAND, "ACTION==\"add\", DEVPATH==\"/bus/pci/drivers/nvidia\", "
					  "RUN+=\"/usr/bin/systemctl --no-block start "
					  "nvidia-persistenced.service\"\n"),
		     1));
	CHECK(
	    is_u64(udev_starts(BY_HAND, "TAG+=\"systemd\", \\\n"
					"  ENV{SYSTEMD_WANTS}+=\"nvidia-persistenced.service\"\n"),
		   1));
}

TEST(a_rule_that_stops_or_only_names_the_daemon_is_none)
{
	CHECK(
	    is_u64(udev_starts(BY_HAND, "# start nvidia-persistenced.service by systemctl\n"), 0));
	CHECK(is_u64(udev_starts(BY_HAND, "ACTION==\"remove\", RUN+=\"/bin/systemctl stop "
					  "--no-block nvidia-persistenced\"\n"),
		     0));
	CHECK(is_u64(udev_starts(BY_HAND, "ENV{SYSTEMD_WANTS}==\"nvidia-persistenced.service\", "
					  "RUN+=\"/bin/true\"\n"),
		     0));
}

TEST(rules_are_not_read_where_systemd_starts_the_daemon)
{
	CHECK_INT(udev_starts(RUNNING, "").know, NOT_LOOKED);
}
