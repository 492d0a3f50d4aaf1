/* SPDX-License-Identifier: MIT */
#include "plan/eject.h"

#include "../tap.h"

/* A laptop with a GPU in a Core X, a container and the persistence daemon on it, by hand. */

#define BDF "0000:22:00.0"
#define AUDIO "0000:22:00.1"
#define CONTAINER "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

static struct arena arena;
static struct pci_hop hops[] = { { .bdf = "0000:00:07.0" },
				 { .bdf = "0000:20:00.0" },
				 { .bdf = "0000:21:01.0" },
				 { .bdf = BDF, .driver = { KNOWN, "nvidia", "x" } } };
static struct pci_hop inner_hop[] = { { .bdf = "0000:01:00.0",
					.driver = { KNOWN, "nvidia", "x" } } };
static struct pci_gpu gpus[] = {
	{ .bdf = BDF,
	  .name = "GA106 [GeForce RTX 3060]",
	  .reach = REACH_THUNDERBOLT,
	  .router = "0-1",
	  .hop = hops,
	  .hop_count = 4,
	  .audio_bdf = { KNOWN, AUDIO, "x" } },
	{ .bdf = "0000:01:00.0", .name = "", .router = "", .hop = inner_hop, .hop_count = 1 },
};
static struct tb_domain domain = { .name = "domain0", .deauthorization = { KNOWN, 1, "x" } };
static struct tb_device box = { .name = "0-1",
				.domain = "domain0",
				.vendor = { KNOWN, "Razer", "x" },
				.model = { KNOWN, "Core X", "x" },
				.authorized = { KNOWN, 1, "x" } };
static const char *uses_nvidia[] = { "nvidia_uvm", "nvidia_modeset", "gdrdrv" };
static const char *uses_modeset[] = { "nvidia_drm" };
static struct kernel_module modules[] = {
	{ .name = "nvidia_drm", .users = 0 },
	{ .name = "nvidia_modeset", .users = 1, .used_by = { uses_modeset, 1 } },
	{ .name = "nvidia_uvm", .users = 6 },
	{ .name = "nvidia", .users = 84, .used_by = { uses_nvidia, 2 } },
	{ .name = "gdrdrv", .users = 0 },
};
static const char *functions[] = { AUDIO, BDF };
static const char *devices[] = { "0000:00:02.0", BDF, AUDIO, "0000:23:00.0", "0000:24:00.0" };
static const char *all_nodes[] = { "nvidiactl", "nvidia0" },
		  *other_node[] = { "nvidiactl", "nvidia1" };
static struct gpu_holder holders[8];
static struct neighbour neighbours[2];
static struct container containers[2];
static struct unit units[] = {
	{ .name = "nvidia-persistenced.service", .know = KNOWN, .active = "active" },
	{ .name = "ollama.service", .know = ABSENT, .active = "" },
};
static struct device_node node = { .path = "/dev/nvidia0" };
static struct facts facts;

static void machine(void)
{
	containers[0] = (struct container){ .id = CONTAINER,
					    .name = "ollama",
					    .state = "running",
					    .pid = 2001,
					    .asks = ASK_DEVICE_REQUEST,
					    .asks_how = "device request count=-1" };
	containers[1] = (struct container){ .id = "bbbb", .name = "webui", .state = "running" };
	facts = (struct facts){
		.arena = &arena,
		.want = want_default(),
		.gate = { .open = true },
		.pci = { .know = KNOWN,
			 .gpu = gpus,
			 .gpu_count = 1,
			 .chosen = gpus,
			 .chosen_bdf = BDF },
		.thunderbolt = { .know = KNOWN,
				 .domain = &domain,
				 .domain_count = 1,
				 .device = &box,
				 .device_count = 1 },
		.driver = { .gpu_driver = { KNOWN, "nvidia", "x" },
			    .video_bios = { KNOWN, "94.06", "x" },
			    .node = &node,
			    .node_count = 1 },
		.docker = { .know = KNOWN, .container = containers, .container_count = 2 },
		.services = { .know = KNOWN, .unit = units, .unit_count = 2 },
		.release = { .holders_know = KNOWN,
			     .holder = holders,
			     .modules_know = KNOWN,
			     .module = modules,
			     .module_count = COUNT_OF(modules),
			     .devices_know = KNOWN,
			     .devices = { devices, 3 },
			     .functions = { functions, 2 },
			     .neighbours_know = KNOWN,
			     .neighbour = neighbours },
	};
}

static struct gpu_holder *hold(uint64_t pid, const char *name)
{
	struct gpu_holder *h = &holders[facts.release.holder_count++];
	*h = (struct gpu_holder){ pid, 100 + pid, name, { all_nodes, 2 }, "", "" };
	return h;
}

static const char *told(const struct plan *p)
{
	const char *out = "";
	for (size_t i = 0; i < p->count; i++)
		out = arena_printf(&arena, "%s%s%s%s", out, *out ? "; " : "", p->step[i].what,
				   p->step[i].asks ? "?" : "");
	for (size_t i = 0; i < p->refusal_count; i++)
		out = arena_printf(&arena, "%s | %s", out, p->refusal[i].text);
	return out;
}

static const char *eject(void)
{
	return told(plan_eject(&facts, false));
}

static const struct step *step_of(const struct plan *p, enum step_kind kind)
{
	for (size_t i = 0; i < p->count; i++)
		if (p->step[i].kind == kind)
			return &p->step[i];
	TAP_FAIL("no such step");
	return NULL;
}

#define UNLOADED "unload nvidia_uvm; unload nvidia_drm; unload nvidia_modeset; unload nvidia; "
#define DETACHED                                                                                   \
	"take function 22:00.1 of the GPU off the PCI bus; take GeForce RTX 3060 (22:00.0) off "   \
	"the PCI bus"
#define DRAINED "stop the container ollama; stop nvidia-persistenced.service; "

TEST(in_order_and_for_its_moment)
{
	machine();
	CHECK_STR(eject(), DRAINED UNLOADED DETACHED "; deauthorise Razer Core X");
	CHECK(plan_eject(&facts, false)->once);
}

TEST(a_holder_is_its_containers_its_units_or_its_own)
{
	machine();
	hold(2001, "ollama")->container = CONTAINER;
	hold(600, "nvidia-persiste")->unit = "nvidia-persistenced.service";
	hold(700, "dcgm")->unit = "dcgm.service";
	hold(800, "ollama")->unit = "ollama.service";
	hold(900, "python3");
	hold(901, "job")->unit = "cron.service";
	CHECK_STR(eject(),
		  "stop the container ollama; stop dcgm.service?; stop ollama.service; "
		  "stop nvidia-persistenced.service; end python3 (900)?; end job (901)?; " UNLOADED
		      DETACHED "; deauthorise Razer Core X");
	const struct step *s = step_of(plan_eject(&facts, true), STEP_PROCESS);
	CHECK_INT(s->process.pid, 900);
	CHECK_INT(s->process.start_ticks, 1000);
	CHECK(s->process.force);
	CHECK_STR(s->why, "it has nvidiactl, nvidia0 open");
	CHECK_STR(s->shell.name[0], "sudo kill 900");
}

TEST(one_in_a_container_that_nobody_knows_ends_alone)
{
	machine();
	hold(2001, "vllm")->container = "bbbbbbbbbbbbcccc";
	containers[0].asks = 0;
	CHECK(strstr(eject(), "end vllm (2001)?; "));
	CHECK(!strstr(eject(), "stop the container"));
}

TEST(a_container_that_holds_it_stops_though_it_does_not_ask)
{
	machine();
	hold(2001, "vllm")->container = CONTAINER;
	containers[0].asks = 0;
	CHECK_STR(step_of(plan_eject(&facts, false), STEP_CONTAINER)->why,
		  "vllm (2001) has nvidiactl, nvidia0 open");
	containers[0].state = "restarting";
	CHECK(strstr(eject(), "stop the container ollama"));
	containers[0].state = "exited";
	CHECK(!strstr(eject(), "stop the container"));
}

TEST(what_is_not_nvidias_own_is_asked_for_before_it_is_unloaded)
{
	machine();
	modules[3].used_by.count = 3;
	CHECK(strstr(eject(), "unload nvidia_modeset; unload gdrdrv?; unload nvidia; "));
	const struct step *s = step_of(plan_eject(&facts, false), STEP_RUN);
	CHECK_STR(s->run.argv.name[0], "rmmod");
	CHECK_STR(s->run.undo.name[0], "modprobe");
	CHECK_STR(s->run.undo.name[1], "nvidia_uvm");
	modules[3].used_by.count = 2;
}

TEST(modules_that_use_each_other_end)
{
	static const char *circle[] = { "nvidia" };

	machine();
	modules[2].used_by = (struct names){ circle, 1 };
	CHECK(strstr(eject(), "unload nvidia"));
	modules[2].used_by.count = 0;
}

TEST(another_gpu_keeps_the_driver_and_those_who_hold_only_it)
{
	machine();
	facts.pci.gpu_count = 2;
	hold(900, "mine");
	hold(901, "theirs")->nodes = (struct names){ other_node, 2 };
	CHECK_STR(eject(),
		  DRAINED "end mine (900)?; " DETACHED
			  "; start nvidia-persistenced.service again; deauthorise Razer Core X");
	struct plan *p = plan_eject(&facts, false);
	for (size_t i = 0; i < p->count; i++)
		if (str_eq(p->step[i].device.name, BDF))
			CHECK_STR(p->step[i].device.unless_open, "nvidia0");
	facts.driver.video_bios.know = DENIED; /* so which of them is which is not known */
	CHECK(strstr(eject(), "end theirs (901)?"));
	facts.release.drm_modeset = known_u64(1, "x");
	CHECK_STR(eject(), " | nvidia_drm keeps 22:00.0 (modeset=1), and cannot be unloaded while "
			   "another GPU needs it");
}

TEST(a_container_that_names_another_gpu_stays)
{
	static const char *named[] = { "1" };

	machine();
	facts.pci.gpu_count = 2;
	containers[0].asked_devices = (struct names){ named, 1 };
	CHECK(!strstr(eject(), "stop the container"));
	hold(2001, "ollama")->container = CONTAINER;
	CHECK(strstr(eject(), "stop the container ollama"));
}

TEST(a_desktop_is_never_ended)
{
	machine();
	hold(1500, "gnome-shell");
	CHECK_STR(eject(),
		  " | gnome-shell (1500) has nvidiactl, nvidia0 open: a desktop runs on this "
		  "GPU, and would end with it");
	CHECK(eject_is_refused(plan_eject(&facts, true)));
	holders[0].name = "x";
	holders[0].unit = "sddm.service";
	CHECK(eject_is_refused(plan_eject(&facts, true)));
}

TEST(a_gpu_that_drives_a_monitor_is_asked_for)
{
	machine();
	facts.want.display = true;
	CHECK(strstr(eject(), "(22:00.0) off the PCI bus?"));
}

TEST(a_driver_that_hangs_is_not_touched)
{
	static struct driver_event xid = {
		.kind = EVENT_XID, .code = 79, .usec = 1000000, .bdf = BDF, .line = ""
	};

	machine();
	facts.driver.event = &xid;
	facts.driver.event_count = 1;
	facts.gate = (struct gate){ false, "Xid 79 1.0 s after boot" };
	CHECK_STR(eject(),
		  " | the driver hangs (Xid 79 1.0 s after boot), and whoever takes the GPU "
		  "from it now hangs too: power this machine off, then pull the cable");
	facts.pci.chosen = NULL; /* its bus has lost it by now */
	CHECK(eject_is_refused(plan_eject(&facts, true)));
}

TEST(without_a_driver_there_is_nothing_to_drain_or_unload)
{
	machine();
	facts.driver.gpu_driver = unknown_text(ABSENT, "x");
	facts.gate = (struct gate){ false, "nvidia is not bound to the GPU" };
	CHECK_STR(eject(), DETACHED "; deauthorise Razer Core X");
	facts.driver.gpu_driver = known_text("vfio-pci", "x");
	CHECK_STR(eject(), " | 22:00.0 is driven by vfio-pci, and who uses that cannot be told");
}

TEST(what_others_hang_behind_it_is_asked_for_and_a_disk_is_left)
{
	machine();
	neighbours[0] = (struct neighbour){ "0000:23:00.0",
					    { KNOWN, 0x0c0330, "x" },
					    { KNOWN, "xhci_hcd", "x" } };
	neighbours[1] =
	    (struct neighbour){ "0000:24:00.0", { KNOWN, 0x010802, "x" }, { KNOWN, "nvme", "x" } };
	facts.release.neighbour_count = 1;
	CHECK(str_ends(eject(), "; deauthorise Razer Core X?"));
	facts.release.neighbour_count = 2;
	CHECK(str_ends(eject(),
		       DETACHED " | Razer Core X stays authorised, since a disk hangs behind "
				"it too: 24:00.0 (nvme)"));
}

TEST(an_enclosure_that_cannot_be_deauthorised_or_is_not_known_is_left)
{
	machine();
	domain.deauthorization.v = 0;
	CHECK(str_ends(eject(),
		       DETACHED " | Razer Core X stays authorised: this host cannot take that "
				"back (domain0/deauthorization)"));
	domain.deauthorization.v = 1;
	box.authorized.v = 0;
	CHECK(str_ends(eject(), DETACHED));
	box.authorized.v = 1;
	gpus[0].router = "";
	CHECK(str_ends(eject(),
		       DETACHED " | which enclosure 22:00.0 sits in is not known, so none is "
				"deauthorised"));
	gpus[0].router = "0-1";
}

TEST(a_cable_without_thunderbolt_is_for_a_person)
{
	machine();
	gpus[0].reach = REACH_REMOVABLE;
	gpus[0].router = "";
	CHECK(str_ends(eject(), DETACHED "; power off before the cable is pulled"));
	gpus[0].reach = REACH_INTERNAL;
	CHECK_STR(eject(), " | 22:00.0 is built in: there is no cable to pull");
	gpus[0].reach = REACH_THUNDERBOLT;
	gpus[0].router = "0-1";
}

TEST(what_is_not_seen_is_told)
{
	machine();
	facts.release.holders_know = DENIED;
	facts.docker.know = DENIED;
	facts.docker.container_count = 0;
	CHECK(str_ends(eject(),
		       " | which processes have the GPU open is not known (permission denied)"
		       " | which containers run is not known (permission denied)"));
	facts.release.modules_know = DENIED;
	CHECK(eject_is_refused(plan_eject(&facts, false)));
}

TEST(no_gpu_and_no_enclosure_is_nothing)
{
	machine();
	facts.pci.chosen = NULL;
	facts.release.functions.count = 0;
	CHECK_STR(eject(), "deauthorise Razer Core X?");
	box.model.v = "a dock";
	struct eject_way w = eject_way(&facts);
	CHECK(!w.gpu && !w.box);
	CHECK_STR(eject(), "");
	box.model.v = "Core X";
}

/* What a look says afterwards. */

static const char *left(const struct facts *after)
{
	struct eject_end end = eject_end(&facts, after);
	CHECK_INT(end.safe, end.left.count == 0);
	return names_join(&arena, &end.left, "; ");
}

TEST(safe_is_said_only_when_it_is)
{
	machine();
	struct facts after = facts;
	after.release.devices.count = 1;
	CHECK_STR(left(&facts), "22:00.1 is still on the PCI bus; 22:00.0 is still on the PCI bus; "
				"Razer Core X is still authorised");
	CHECK_STR(left(&after), "Razer Core X is still authorised");
	struct tb_device shut = box;
	shut.authorized.v = 0;
	after.thunderbolt.device = &shut;
	CHECK_STR(left(&after), "");
	shut.authorized.know = DENIED;
	CHECK_STR(left(&after), "Razer Core X is still authorised");
	after.thunderbolt.device_count = 0; /* pulled already */
	CHECK_STR(left(&after), "");
	after.release.devices_know = DENIED;
	CHECK_STR(left(&after), "the PCI bus could not be read (permission denied)");
}

TEST(where_it_cannot_be_deauthorised_the_bus_decides)
{
	machine();
	struct facts after = facts;
	after.release.devices.count = 1;
	domain.deauthorization.v = 0;
	CHECK_STR(left(&after), "");
	domain.deauthorization.v = 1;
	gpus[0].reach = REACH_REMOVABLE;
	box.authorized.v = 0;
	CHECK_STR(left(&after), "it is not made to be pulled under power: power off first");
	gpus[0].reach = REACH_THUNDERBOLT;
	box.authorized.v = 1;
}

TEST(a_disk_behind_the_cable_is_not_safe_and_the_rest_is_named)
{
	machine();
	neighbours[0] = (struct neighbour){ "0000:23:00.0",
					    { KNOWN, 0x0c0330, "x" },
					    { KNOWN, "xhci_hcd", "x" } };
	neighbours[1] =
	    (struct neighbour){ "0000:24:00.0", { KNOWN, 0x010802, "x" }, { KNOWN, "nvme", "x" } };
	facts.release.neighbour_count = 2;
	struct facts after = facts;
	static const char *rest[] = { "0000:23:00.0", "0000:24:00.0" };
	after.release.devices = (struct names){ rest, 2 };
	after.thunderbolt.device_count = 0;
	CHECK_STR(left(&after), "24:00.0 (nvme) is a disk behind the same cable");
	after.release.devices.count = 1;
	struct eject_end end = eject_end(&facts, &after);
	CHECK(end.safe);
	CHECK_STR(end.goes.name[0], "23:00.0 (xhci_hcd)");
	facts.release.neighbours_know = UNREADABLE;
	CHECK_STR(left(&after), "what else hangs behind the cable is not known");
}
