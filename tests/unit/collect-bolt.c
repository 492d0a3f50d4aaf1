/* SPDX-License-Identifier: MIT */
#include "collect/collect.h"

#include "answers.h"
#include "sysfs-host.h"
#include "tap.h"

#define MANAGER                                                                                    \
	"{\"Version\": 1, \"SecurityLevel\": \"user\", \"AuthMode\": \"enabled\", "                \
	"\"Probing\": false}\n"
#define CORE_X                                                                                     \
	"{\"Uid\": \"000a0000-0080-7f18-23cc-ff5f8a5a0002\", \"Name\": \"Core X\", "               \
	"\"Vendor\": \"Razer\", \"Type\": \"peripheral\", \"Status\": \"authorized\", "            \
	"\"AuthFlags\": \"none\", \"Policy\": \"iommu\", \"Stored\": true, \"Generation\": 3, "    \
	"\"SysfsPath\": \"/sys/devices/domain0/0-0/0-1\"}"
#define NEW_BOX                                                                                    \
	"{\"Uid\": \"000b\", \"Name\": \"Node\", \"Vendor\": \"Akitio\", "                         \
	"\"Status\": \"connected\", \"Policy\": \"default\", \"Stored\": false}"

static struct facts *look(struct answering_host *w)
{
	static struct arena arena;
	struct facts *f = arena_alloc(&arena, sizeof(*f));
	f->arena = &arena;
	f->thunderbolt.know = KNOWN;
	collect_bolt(f, &w->host);
	return f;
}

TEST(a_stored_enclosure_with_its_policy)
{
	struct answering_host w = ANSWERS({ SOURCE_BOLT, "manager", MANAGER },
					  { SOURCE_BOLT, "devices", "[" CORE_X "]" });
	const struct thunderbolt *t = &look(&w)->thunderbolt;

	CHECK_INT(t->bolt_know, KNOWN);
	CHECK_STR(t->bolt_security.v, "user");
	CHECK_STR(t->bolt_auth_mode.v, "enabled");
	CHECK_STR(t->bolt_version.v, "1");
	CHECK_INT(t->bolt_count, 1);
	CHECK_STR(t->bolt[0].name, "Core X");
	CHECK_STR(t->bolt[0].vendor, "Razer");
	CHECK_STR(t->bolt[0].status, "authorized");
	CHECK_STR(t->bolt[0].policy, "iommu");
	CHECK_STR(t->bolt[0].syspath, "/sys/devices/domain0/0-0/0-1");
	CHECK_INT(t->bolt[0].generation, 3);
	CHECK(t->bolt[0].stored);
}

TEST(what_is_not_stored_has_no_policy)
{
	struct answering_host w = ANSWERS({ SOURCE_BOLT, "manager", MANAGER },
					  { SOURCE_BOLT, "devices", "[" NEW_BOX "]" });
	const struct thunderbolt *t = &look(&w)->thunderbolt;

	CHECK_INT(t->bolt_count, 1);
	CHECK_STR(t->bolt[0].policy, "");
	CHECK_STR(t->bolt[0].status, "connected");
	CHECK(!t->bolt[0].stored);
}

TEST(without_a_thunderbolt_bus_boltd_is_left_asleep)
{
	struct answering_host w = ANSWERS({ SOURCE_BOLT, "manager", MANAGER });
	ARENA arena = { 0 };
	struct facts *f = arena_alloc(&arena, sizeof(*f));

	f->arena = &arena;
	f->thunderbolt.know = ABSENT;
	collect_bolt(f, &w.host);
	CHECK_INT(w.asked, 0);
	CHECK_INT(f->thunderbolt.bolt_know, NOT_LOOKED);
}

TEST(no_boltd_is_absent_and_a_silent_one_timed_out)
{
	struct answering_host none = ANSWERS({ SOURCE_DOCKER, "", NULL, 0 });
	struct answering_host silent = ANSWERS({ SOURCE_BOLT, "manager", NULL, -ETIMEDOUT });

	const struct thunderbolt *t = &look(&none)->thunderbolt;
	CHECK_INT(t->bolt_know, ABSENT);
	CHECK(is_u64(t->udev_authorizes, 0));
	CHECK_INT(look(&silent)->thunderbolt.bolt_know, TIMED_OUT);
	CHECK_INT(silent.asked, 1);
}

TEST(wrong_types_are_not_known_and_do_not_crash)
{
	struct answering_host w =
	    ANSWERS({ SOURCE_BOLT, "manager", "{\"Version\": [], \"SecurityLevel\": {}}" },
		    { SOURCE_BOLT, "devices",
		      "[7, null, {\"Uid\": 3, \"Generation\": \"x\", \"Stored\": \"yes\"}]" });
	const struct thunderbolt *t = &look(&w)->thunderbolt;

	CHECK_INT(t->bolt_version.know, UNREADABLE);
	CHECK_INT(t->bolt_security.know, UNREADABLE);
	CHECK_INT(t->bolt_auth_mode.know, ABSENT);
	CHECK_INT(t->bolt_count, 1);
	CHECK_STR(t->bolt[0].uuid, "");
	CHECK_INT(t->bolt[0].generation, 0);
	CHECK(!t->bolt[0].stored);
}

TEST(a_list_that_is_none_is_unreadable)
{
	struct answering_host object =
	    ANSWERS({ SOURCE_BOLT, "manager", MANAGER }, { SOURCE_BOLT, "devices", "{}" });
	struct answering_host garbage = ANSWERS({ SOURCE_BOLT, "manager", "<html>" });

	CHECK_INT(look(&object)->thunderbolt.bolt_know, UNREADABLE);
	CHECK_INT(look(&garbage)->thunderbolt.bolt_know, UNREADABLE);
}

/* Without boltd, a rule of udev's may authorise. */

static struct maybe_u64 udev_authorizes(const char *rules)
{
	struct table_host host = { .host = { .ops = &table_ops } };
	static struct arena arena;
	struct facts f = { .arena = &arena, .thunderbolt = { .know = KNOWN } };

	TABLE_ADD(&host, { "/etc/udev/rules.d/99-x.rules", rules });
	collect_bolt(&f, &host.host);
	return f.thunderbolt.udev_authorizes;
}

#define ON_TB "ACTION==\"add\", SUBSYSTEM==\"thunderbolt\", "

TEST(a_rule_that_authorises_is_told_from_one_that_asks)
{
	CHECK(
	    is_u64(udev_authorizes(ON_TB "ATTR{authorized}==\"0\", ATTR{authorized}=\"1\"\n"), 1));
	CHECK(is_u64(udev_authorizes(ON_TB "RUN+=\"/lib/udev/tbtacl add $devpath\"\n"), 1));
	CHECK(is_u64(
	    udev_authorizes(ON_TB "RUN+=\"/bin/sh -c 'echo 1 > /sys$devpath/authorized'\"\n"), 1));
	CHECK(is_u64(udev_authorizes(ON_TB "ATTR{authorized}==\"1\", TAG+=\"x\"\n"), 0));
	CHECK(is_u64(udev_authorizes(ON_TB "ATTR{authorized}=\"0\"\n"), 0));
	CHECK(is_u64(udev_authorizes("# " ON_TB "ATTR{authorized}=\"1\"\n"), 0));
}
