/* SPDX-License-Identifier: MIT */
#include "collect/collect.h"

#include "sysfs-host.h"
#include "tap.h"

#define HEAD "  sl  local_address rem_address   st tx_queue rx_queue\n"

static struct arena arena;
static struct table_host host = { .host = { .ops = &table_ops } };
static struct ollama unit = { .where = "ollama.service", .container = "" };
static struct facts facts = { .arena = &arena,
			      .ollama = { .know = KNOWN, .server = &unit, .server_count = 1 } };

static const struct exposure *look(void)
{
	collect_exposure(&facts, &host.host);
	return &facts.exposure;
}

TEST(listening_sockets_only_with_address_and_port)
{
	TABLE_ADD(&host,
		  { "/proc/net/tcp",
		    HEAD "   0: 00000000:2CAA 00000000:0000 0A 00000000:00000000 00:0 0\n"
			 "   1: 0100007F:0BB8 00000000:0000 0A 00000000:00000000 00:0 0\n"
			 "   2: 0100007F:0BB9 0100007F:2CAA 01 00000000:00000000 00:0 0\n" },
		  { "/proc/net/tcp6",
		    HEAD "   0: 00000000000000000000000001000000:1F90 "
			 "00000000000000000000000000000000:0000 0A 0:0 00:0 0\n" });
	const struct exposure *x = look();

	CHECK_INT(x->know, KNOWN);
	CHECK_INT(x->listener_count, 3);
	CHECK_STR(x->listener[0].address, "0.0.0.0");
	CHECK_INT(x->listener[0].port, 11434);
	CHECK(x->listener[0].everywhere);
	CHECK_STR(x->listener[1].address, "127.0.0.1");
	CHECK(!x->listener[1].everywhere);
	CHECK_STR(x->listener[2].address, "::1");
}

TEST(torn_and_hostile_lines_are_passed_over)
{
	TABLE_ADD(&host,
		  { "/proc/net/tcp", HEAD "   0: 0000 0A 0A 0A\n 1: ZZZZZZZZ:2CAA 0:0 0A 0\n"
					  " 2: 00000000:FFFFF 0:0 0A\n 3: 00000000:2CAA\n 0A " });
	CHECK_INT(look()->listener_count, 0);
}

TEST(denied_is_denied)
{
	TABLE_ADD(&host, { "/proc/net/tcp", .error = -EACCES });
	CHECK_INT(look()->know, DENIED);
}

TEST(ipv6_sockets_that_are_denied_are_denied_but_ipv6_may_be_off)
{
	TABLE_ADD(&host, { "/proc/net/tcp", HEAD }, { "/proc/net/tcp6", .error = -EACCES });
	CHECK_INT(look()->know, DENIED);
	TABLE_ADD(&host, { "/proc/net/tcp6", .error = -ENOENT });
	CHECK_INT(look()->know, KNOWN);
}

TEST(nobody_looks_where_nothing_listens_on_the_host_itself)
{
	facts.ollama.server_count = 0;
	CHECK_INT(look()->know, NOT_LOOKED);
}
