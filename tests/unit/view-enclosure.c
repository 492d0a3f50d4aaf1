/* SPDX-License-Identifier: MIT */
#include "view/enclosure.h"

#include "tap.h"

#define UUID "00000000-0000-4000-8000-000000000003"
#define OTHER "00000000-0000-4000-8000-000000000004"

static struct arena arena;
static struct facts facts = { .arena = &arena };
static struct enclosure_rows rows;

static void look(struct tb_device *device, size_t device_count, struct bolt_device *bolt,
		 size_t bolt_count)
{
	static struct tb_domain domain = { .name = "domain0", .controller_bdf = "" };

	domain.security = known_text("user", "x");
	domain.iommu_dma_protection = known_u64(1, "x");
	facts.thunderbolt = (struct thunderbolt){
		.know = KNOWN,
		.domain = &domain,
		.domain_count = 1,
		.device = device,
		.device_count = device_count,
		.bolt_know = bolt ? KNOWN : ABSENT,
		.bolt = bolt,
		.bolt_count = bolt_count,
	};
	rows = enclosure_rows(&facts);
}

static struct tb_device core_x(void)
{
	return (struct tb_device){
		.name = "0-1",
		.domain = "domain0",
		.vendor = known_text("Razer", "x"),
		.model = known_text("Core X", "x"),
		.unique_id = known_text(UUID, "x"),
		.authorized = known_u64(1, "x"),
		.generation = known_u64(3, "x"),
		.rx_mbps_per_lane = known_u64(20000, "x"),
		.rx_lanes = known_u64(2, "x"),
	};
}

static struct bolt_device stored(const char *uuid, const char *status)
{
	return (struct bolt_device){ uuid,   "Core X", "Razer", "peripheral", status, "none",
				     "auto", "",       3,       true };
}

static const char *text(void)
{
	static char out[8192];
	const struct enclosure_view v = { &facts, &rows, "this host", false, 80, "1" };
	FILE *f = fmemopen(out, sizeof(out), "w");

	CHECK(f);
	enclosure_text(f, &v);
	fclose(f);
	return out;
}

TEST(both_sources_are_one_row)
{
	struct tb_device d = core_x();
	struct bolt_device b = stored(UUID, "authorized");

	look(&d, 1, &b, 1);
	CHECK_INT((long long)rows.count, 1);
	CHECK_STR(text(), "Razer Core X\n  " UUID "\n"
			  "  connected as 0-1, authorised, stored with policy auto\n"
			  "  Thunderbolt 3, 40 Gb/s = 2 x 20, IOMMU protection on\n");
}

TEST(hosts_are_left_out)
{
	struct tb_device d = core_x();
	struct bolt_device b = stored(OTHER, "authorized");

	d.is_host = true;
	b.type = "host";
	look(&d, 1, &b, 1);
	CHECK_STR(text(), "No Thunderbolt or USB4 device is known here.\n");
}

TEST(what_is_stored_only_stands_too)
{
	struct tb_device d = core_x();
	struct bolt_device b[] = { stored(UUID, "authorized"), stored(OTHER, "disconnected") };

	look(&d, 1, b, 2);
	CHECK_INT((long long)rows.count, 2);
	CHECK_STR(enclosure_state(&arena, &rows.row[1]), "not connected, stored with policy auto");
}

TEST(sources_that_disagree_are_both_told)
{
	struct tb_device d = core_x();
	struct bolt_device b = stored(UUID, "connected");

	look(&d, 1, &b, 1);
	CHECK_STR(enclosure_state(&arena, &rows.row[0]),
		  "connected as 0-1, authorised (boltd: connected), stored with policy auto");
}

TEST(what_cannot_be_read_is_not_known)
{
	struct tb_device d = { .name = "0-1", .domain = "domain7" };

	d.authorized = unknown_u64(DENIED, "x");
	look(&d, 1, NULL, 0);
	CHECK_STR(enclosure_state(&arena, &rows.row[0]),
		  "connected as 0-1, whether authorised is not known (permission denied)");
	CHECK(strstr(text(), "a device without a name\n  its UUID is not known\n"));
	json_auto_t *j = enclosure_json_event(&rows.row[0], "there", "");
	const json_t *device = json_object_get(j, "device");
	CHECK(json_is_null(json_object_get(device, "authorized")));
	CHECK(json_is_null(json_object_get(device, "uuid")));
	CHECK(json_is_null(json_object_get(device, "iommu_protection")));
}

TEST(names_of_devices_move_no_cursor)
{
	struct tb_device d = core_x();
	struct bolt_device b = stored(UUID "\033[2J", "\033]0;x\a");

	d.vendor = known_text("Ra\033[31mzer\n\xff", "x");
	d.model = known_text("\xe2\x80\xae"
			     "Core\r",
			     "x");
	d.unique_id = known_text(UUID "\033[2J", "x");
	b.policy = "au\nto";
	look(&d, 1, &b, 1);
	const char *said = text();
	CHECK(!strchr(said, '\033') && !strchr(said, '\r') && !strchr(said, '\a'));
	CHECK(strstr(said, "policy au to"));
	json_auto_t *j = enclosure_json_event(&rows.row[0], "there", "");
	CHECK(j);
}

TEST(a_vendor_in_the_name_stands_once)
{
	struct tb_device d = core_x();

	d.model = known_text("Razer Core X", "x");
	look(&d, 1, NULL, 0);
	CHECK_STR(rows.row[0].name, "Razer Core X");
}
