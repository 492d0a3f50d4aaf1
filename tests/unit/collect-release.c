/* SPDX-License-Identifier: MIT */
#include "../docker-host.h"
#include "../tap.h"

#define ID "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define DEVICES "/sys/bus/pci/devices/"

static struct pci_gpu gpu = { .bdf = "0000:22:00.0", .reach = REACH_REMOVABLE, .router = "" };

static struct release *release(struct docker_host *h)
{
	struct facts *f = fresh_facts();

	f->pci.chosen = &gpu;
	collect_release(f, &h->host);
	return &f->release;
}

TEST(holders_are_joined_to_their_container_and_unit)
{
	struct docker_host h = DOCKER_HOST(
	    { .path = "processes:holders",
	      .text = "600 912 nvidia-persiste nvidiactl,nvidia0\n2001 5100 ollama nvidia-uvm\n"
		      "3000 1 bash nvidia0\n3001 1 old nvidia0\n3002 1 gone nvidia0\n" },
	    { .path = "/proc/600/cgroup",
	      .text = "0::/system.slice/nvidia-persistenced.service\n" },
	    { .path = "/proc/2001/cgroup",
	      .text = "12:devices:/docker/" ID "\n0::/system.slice/docker-" ID ".scope\n" },
	    { .path = "/proc/3000/cgroup",
	      .text = "0::/user.slice/user-1000.slice/user@1000.service/app.slice/x.service\n" },
	    { .path = "/proc/3001/cgroup",
	      .text = "2:cpu:/system.slice/wrong.service\n1:name=systemd:/system.slice/a.slice/"
		      "b@1.service\n" });
	struct release *r = release(&h);

	CHECK_INT(r->holders_know, KNOWN);
	CHECK_INT(r->holder_count, 5);
	CHECK_INT(r->holder[0].pid, 600);
	CHECK_INT(r->holder[0].start_ticks, 912);
	CHECK_STR(r->holder[0].unit, "nvidia-persistenced.service");
	CHECK_STR(r->holder[0].nodes.name[1], "nvidia0");
	CHECK_STR(r->holder[1].container, ID);
	CHECK_STR(r->holder[2].unit, "");
	CHECK_STR(r->holder[3].unit, "b@1.service");
	CHECK_STR(r->holder[4].unit, "");
	CHECK_STR(r->holder[4].container, "");
}

TEST(of_displays_only_the_gpus_own_nodes_count)
{
	struct docker_host h =
	    DOCKER_HOST({ .path = DEVICES "0000:22:00.0/drm/card1", .text = "" },
			{ .path = "processes:holders",
			  .text = "10 1 a dri/card0\n11 1 b dri/card0,dri/card1\n12 1 c x\n" });
	struct release *r = release(&h);

	CHECK_INT(r->holder_count, 1);
	CHECK_INT(r->holder[0].pid, 11);
	CHECK_INT(r->holder[0].nodes.count, 1);
}

TEST(lines_that_are_none_are_passed_over)
{
	struct docker_host h = DOCKER_HOST(
	    { .path = "processes:holders",
	      .text = "1 1 init nvidia0\nx 1 a nvidia0\n7 x a nvidia0\n7 1 a\n\n"
		      "99999999999 1 a nvidia0\n8 1 a b nvidia0\n9 1 \033[2J nvidia0\n" });
	struct release *r = release(&h);

	CHECK_INT(r->holder_count, 1);
	CHECK_STR(r->holder[0].name, "?[2J");
}

TEST(what_may_not_be_seen_is_unknown)
{
	struct docker_host h = DOCKER_HOST({ .path = "processes:holders", .error = -EACCES },
					   { .path = "/proc/modules", .error = -EACCES });
	struct release *r = release(&h);

	CHECK_INT(r->holders_know, DENIED);
	CHECK_INT(r->modules_know, DENIED);
	CHECK_INT(r->devices_know, ABSENT);
}

TEST(modules_and_who_uses_them)
{
	struct docker_host h = DOCKER_HOST(
	    { .path = "/proc/modules",
	      .text = "nvidia_uvm 2134016 6 - Live 0x0 (OE)\n"
		      "nvidia 13500416 84 nvidia_uvm,nvidia_modeset, Live 0x0 (OE)\nhalf\n"
		      "-f 1 1 - Live 0x0\n$(x) 1 1 - Live 0x0\n" },
	    { .path = "/sys/module/nvidia_drm/parameters/modeset", .text = "Y\n" });
	struct release *r = release(&h);

	CHECK_INT(r->module_count, 2);
	CHECK_INT(r->module[0].used_by.count, 0);
	CHECK_INT(r->module[1].users, 84);
	CHECK_INT(r->module[1].used_by.count, 2);
	CHECK_STR(r->module[1].used_by.name[1], "nvidia_modeset");
	CHECK(is_u64(r->drm_modeset, 1));
}

TEST(functions_are_the_gpus_alone_the_highest_first)
{
	struct docker_host h = DOCKER_HOST({ .path = DEVICES "0000:22:00.0", .text = "" },
					   { .path = DEVICES "0000:22:00.1", .text = "" },
					   { .path = DEVICES "0000:22:00.3", .text = "" },
					   { .path = DEVICES "0000:22:01.0", .text = "" },
					   { .path = DEVICES "0001:22:00.0", .text = "" },
					   { .path = DEVICES "notabdf", .text = "" });
	struct release *r = release(&h);

	CHECK_INT(r->functions.count, 3);
	CHECK_STR(r->functions.name[0], "0000:22:00.3");
	CHECK_STR(r->functions.name[2], "0000:22:00.0");
	CHECK_INT(r->devices.count, 5);
	CHECK_INT(r->neighbours_know, UNREADABLE);
}
