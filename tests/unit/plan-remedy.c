/* SPDX-License-Identifier: MIT */
/* Lines of remedies, one kind after the other: what egpu does itself, and what it leaves. */
#include "facts/gate.h"
#include "fix-host.h"

TEST(lost_container_is_restarted_by_its_id_and_its_project_is_told)
{
	struct plan *p = fix("container-devices-lost", "ollama");

	CHECK_INT(p->count, 1);
	CHECK_INT(p->step[0].kind, STEP_CONTAINER);
	CHECK_STR(p->step[0].container.id, "aaaa");
	CHECK_STR(p->step[0].what, "restart the container ollama");
	CHECK(strstr(p->step[0].why, "compose project llm"));
	CHECK(p->step[0].unattended && !p->step[0].asks);
	CHECK_STR(p->step[0].shell.name[0], "docker restart ollama");
}

TEST(unknown_container_is_for_a_person)
{
	struct plan *p = fix("container-devices-lost", "gone");

	CHECK_INT(p->count, 1);
	CHECK_INT(p->step[0].kind, STEP_PERSON);
	CHECK_STR(p->step[0].why, "no container gone was seen here");
	CHECK_STR(p->step[0].shell.name[0], "docker restart gone");
}

TEST(docker_restart_asks_and_names_what_it_stops)
{
	struct plan *p = fix("docker-config-not-in-effect", "");

	CHECK_INT(p->count, 1);
	CHECK_STR(p->step[0].unit.verb, "restart");
	CHECK_STR(p->step[0].unit.name, "docker.service");
	CHECK(p->step[0].asks && !p->step[0].unattended);
	CHECK_STR(p->step[0].why, "this stops ollama, webui");
	CHECK_INT(p->step[0].unit.containers, 2);
}

TEST(engine_of_a_user_is_not_restarted_by_the_system)
{
	facts.docker.rootless = true;
	CHECK_INT(executed(fix("docker-config-not-in-effect", "")), 0);
}

TEST(docker_restart_without_a_list_of_containers_says_so)
{
	facts.docker.containers_know = DENIED;
	facts.docker.container_count = 0;
	CHECK_STR(fix("docker-config-not-in-effect", "")->step[0].why,
		  "this stops every container that runs");
}

TEST(enrolling_asks_with_vendor_uuid_and_protection)
{
	struct plan *p = fix("enclosure-not-enrolled", UUID);

	CHECK_INT(p->count, 1);
	CHECK_STR(p->step[0].what, "authorise Razer Core X at every connection");
	CHECK_STR(p->step[0].why, "Razer Core X, " UUID "; the IOMMU protects memory from it");
	CHECK_STR(p->step[0].enclosure.verb, "enroll");
	CHECK_STR(p->step[0].enclosure.uuid, UUID);
	CHECK_STR(p->step[0].enclosure.policy, "auto");
	CHECK(p->step[0].asks && !p->step[0].unattended);
}

TEST(enclosure_of_the_configuration_is_not_asked_for)
{
	facts.want.enclosure = UUID;
	CHECK(!step_of(fix("enclosure-not-enrolled", UUID), STEP_ENCLOSURE)->asks);
	facts.want.enclosure = OTHER_UUID;
	CHECK(step_of(fix("enclosure-not-enrolled", UUID), STEP_ENCLOSURE)->asks);
}

TEST(missing_protection_is_said)
{
	domain.iommu_dma_protection = known_u64(0, "x");
	CHECK(strstr(fix("enclosure-not-authorized", UUID)->step[0].why,
		     "it can read and write all memory"));
	domain.iommu_dma_protection = unknown_u64(DENIED, "x");
	CHECK(strstr(fix("enclosure-not-authorized", UUID)->step[0].why, "is not known"));
}

TEST(enclosure_that_nobody_saw_or_no_boltd_is_for_a_person)
{
	CHECK_INT(executed(fix("enclosure-not-enrolled", OTHER_UUID)), 0);
	CHECK_INT(executed(fix("enclosure-not-enrolled", "razer")), 0);
	facts.thunderbolt.bolt_know = ABSENT;
	struct plan *p = fix("enclosure-not-authorized", UUID);
	CHECK_INT(executed(p), 0);
	CHECK(has_line(p, "boltctl enroll --policy auto " UUID));
	CHECK(strstr(p->step[0].why, "boltd"));
}

TEST(retrying_by_hand_is_not_run_ahead_of_the_cable)
{
	struct plan *p = fix("enclosure-authorization-failed", UUID);

	CHECK_INT(executed(p), 0);
	CHECK(strstr(p->step[0].what, "pull the cable"));
	CHECK(has_line(p, "boltctl forget " UUID));
}

TEST(start_limit_is_lifted_and_persistenced_started)
{
	struct plan *p = fix("persistenced-start-limit", "");

	CHECK_INT(p->count, 2);
	CHECK_STR(p->step[0].unit.verb, "reset-failed");
	CHECK_STR(p->step[1].unit.verb, "start");
	CHECK_STR(p->step[1].unit.name, "nvidia-persistenced.service");
	CHECK(p->step[0].unattended && p->step[1].unattended);
}

TEST(enable_now_is_two_steps_and_reloads_nothing)
{
	struct plan *p = fix("persistence-off", "");

	CHECK_INT(p->count, 2);
	CHECK_STR(p->step[0].unit.verb, "enable");
	CHECK_STR(p->step[0].shell.name[0],
		  "sudo systemctl enable --no-reload nvidia-persistenced.service");
	CHECK_STR(p->step[1].unit.verb, "start");
}

TEST(reload_after_unmask_names_who_loses_the_gpu)
{
	struct unit masked = { .name = "nvidia-persistenced.service",
			       .load = "masked",
			       .file_state = "masked",
			       .know = KNOWN };
	CHECK(!step_of(fix("bolt-missing", ""), STEP_UNIT)->asks);
	facts.services = (struct services){ .know = KNOWN, .unit = &masked, .unit_count = 1 };
	struct plan *p = fix("persistenced-masked", "");

	CHECK_STR(p->step[0].unit.verb, "unmask");
	CHECK_STR(p->step[1].unit.verb, "daemon-reload");
	CHECK(p->step[1].asks);
	CHECK(strstr(p->step[1].why, "ollama") && !strstr(p->step[1].why, "webui"));
}

TEST(unit_that_systemd_lacks_is_left_out_or_for_a_person)
{
	struct unit units[] = { { .name = "ollama.service", .know = ABSENT },
				{ .name = "docker.service", .know = ABSENT } };
	facts.services = (struct services){ .know = KNOWN, .unit = units, .unit_count = 2 };
	struct plan *p = fix("gpu-late", "");

	CHECK_INT(executed(p), 2);
	CHECK_STR(fix("docker-not-running", "")->step[0].what, "look at what this shows");
	CHECK_STR(fix("docker-not-running", "")->step[1].why, "systemd has no docker.service here");
}

TEST(packages_are_asked_for_and_installed_without_a_second_question)
{
	facts.machine.distro = DISTRO_DEBIAN;
	struct plan *p = fix("bolt-missing", "");

	CHECK_INT(p->step[0].kind, STEP_PACKAGES);
	CHECK(p->step[0].asks);
	CHECK_STR(p->step[0].shell.name[0], "sudo apt install bolt");
	CHECK_STR(p->step[0].run.argv.name[0], "apt-get");
	CHECK_STR(p->step[0].run.argv.name[2], "-y");
	CHECK_STR(p->step[0].run.argv.name[3], "bolt");
}

TEST(package_that_apt_would_remove_is_refused)
{
	facts.machine.distro = DISTRO_DEBIAN;
	CHECK(!step_of(fix("module-build-failed", "6.1.0-"), STEP_PACKAGES));
	CHECK(step_of(fix("module-build-failed", "6.1.0-9-amd64"), STEP_PACKAGES));
}

TEST(images_are_built_by_the_tool_that_the_host_has)
{
	struct plan *p = fix("initramfs-stale", "/boot/initramfs-linux.img");

	CHECK_INT(p->count, 1);
	CHECK_STR(p->step[0].run.argv.name[0], "mkinitcpio");
	CHECK_INT(p->step[0].when, WHEN_REBOOT);
	facts.initramfs = (struct initramfs){ .know = KNOWN, .tool = INITRAMFS_DRACUT };
	p = fix("initramfs-stale", "/boot/initramfs-linux.img");
	CHECK_INT(executed(p), 0);
	CHECK_STR(p->step[0].why, "this host builds its images with dracut");
}

TEST(cdi_file_elsewhere_is_not_written)
{
	CHECK_INT(executed(fix("cdi-spec-stale", "/etc/cdi/nvidia.yaml")), 1);
	CHECK_INT(executed(fix("cdi-spec-stale", "/etc/passwd")), 0);
	CHECK_INT(executed(fix("cdi-spec-stale", "/etc/cdi/../x.yaml")), 0);
	CHECK_INT(executed(fix("cdi-spec-stale", "/etc/cdi/.x.yaml")), 0);
}

TEST(toolkit_is_told_nothing_but_known_values)
{
	CHECK(step_of(fix("toolkit-no-cgroups", "false"), STEP_RUN));
	CHECK(!step_of(fix("toolkit-no-cgroups", "maybe"), STEP_RUN));
}

TEST(sentence_over_two_lines_is_one_step)
{
	struct plan *p = fix("thunderbolt-firmware-failed", "");

	CHECK_STR(p->step[0].what,
		  "shut down, take the power plug out for a minute (laptop: hold the power button "
		  "for 15 s), then power on without the enclosure, plug it in after");
	CHECK_INT(p->step[0].when, WHEN_COLD_BOOT);
}

TEST(line_is_shown_with_the_sentence_that_announces_it)
{
	struct plan *p = fix("enclosure-not-seen", UUID);

	CHECK_INT(p->count, 2);
	CHECK(str_ends(p->step[0].what, "then look for \"new device found\""));
	CHECK_STR(p->step[0].shell.name[0], "sudo dmesg | grep -i thunderbolt | tail -20");
	CHECK(str_starts(p->step[1].what, "it is gone for good"));
}

TEST(checklist_keeps_its_items_apart)
{
	struct plan *p = fix("bar-unassigned", "");

	CHECK_INT(p->step[0].shell.count, 1);
	CHECK_INT(p->count, 5);
	CHECK(str_starts(p->step[2].what, "kernel parameter pci=realloc"));
	CHECK(str_starts(p->step[4].what, "kernel parameter thunderbolt.host_reset"));
}

TEST(held_step_is_for_a_person_after_a_reboot_with_the_reason)
{
	wedge();
	struct plan *p = fix("uvm-not-loaded", "");

	CHECK_STR(p->step[0].what, "load the module, but only after a reboot");
	CHECK(strstr(p->step[0].why, "Xid 79 1.0 s after boot"));
	CHECK_STR(p->step[0].shell.name[0], "sudo modprobe nvidia_uvm");
	CHECK_INT(p->step[0].when, WHEN_REBOOT);
}

TEST(gpu_that_does_not_wake_holds_steps_too)
{
	static struct pci_hop end = { .power_state = { KNOWN, "D3cold", "x" } };
	static struct pci_gpu dead = { .bdf = "0000:22:00.0", .hop = &end, .hop_count = 1 };

	dead.runtime_status = known_text("error", "x");
	facts.pci.chosen = &dead;
	facts.gate = gate_of(&facts);
	struct plan *p = fix("uvm-not-loaded", "");

	CHECK_INT(p->step[0].when, WHEN_REBOOT);
	CHECK(strstr(p->step[0].why, "does not wake from D3cold"));
}

TEST(line_that_only_looks_hurts_too_when_it_asks_the_driver)
{
	wedge();
	struct plan *p = fix("thermal-throttle", "");

	CHECK_STR(p->step[0].what, "look at what this shows, but only after a reboot");
	CHECK(strstr(p->step[0].shell.name[0], "nvidia-smi"));
}

TEST(gate_without_a_bound_driver_lets_it_be_loaded)
{
	facts.gate = (struct gate){ .why = "nvidia is not bound to the GPU" };
	facts.driver.gpu_driver = unknown_text(ABSENT, "x");
	struct plan *p = fix("module-not-loaded", "");

	CHECK_INT(p->count, 1);
	CHECK_STR(p->step[0].run.argv.name[0], "modprobe");
}

TEST(without_a_gpu_the_driver_waits_and_the_thunderbolt_module_does_not)
{
	facts.pci.chosen = NULL;
	facts.gate = (struct gate){ .why = "no GPU is chosen" };
	CHECK_STR(fix("uvm-not-loaded", "")->step[0].what,
		  "load the module, once the GPU is there");
	CHECK(step_of(fix("thunderbolt-driver-missing", ""), STEP_RUN));
	CHECK(step_of(fix("container-devices-lost", "ollama"), STEP_CONTAINER));
}

TEST(module_that_is_forbidden_is_not_loaded_in_vain)
{
	facts.driver.gpu_driver = unknown_text(ABSENT, "x");
	facts.driver.nvidia_forbidden = known_text("alias nvidia off", "/etc/modprobe.d/x.conf:4");
	struct plan *p = fix("module-not-loaded", "");

	CHECK(!step_of(p, STEP_RUN));
	CHECK_STR(p->step[0].why, "/etc/modprobe.d/x.conf:4 forbids it: alias nvidia off");
	facts.driver.nvidia_forbidden = unknown_text(ABSENT, "x");
	facts.driver.uvm_forbidden = known_text("module_blacklist=nvidia_uvm", "/proc/cmdline");
	CHECK_STR(fix("uvm-not-loaded", "")->step[0].why,
		  "/proc/cmdline forbids it: module_blacklist=nvidia_uvm");
	CHECK(step_of(fix("module-not-loaded", ""), STEP_RUN));
}

TEST(what_forbids_a_module_is_told_of_without_its_place_too)
{
	static const char rest[] =
	    "take that setting out; where a tool has written it, let that tool "
	    "choose the NVIDIA GPU (prime-select, supergfxctl, system76-power)";

	CHECK_STR(fix("module-forbidden", "")->step[0].what, rest);
	CHECK_STR(fix("module-forbidden", "/etc/modprobe.d/x.conf")->step[0].what,
		  arena_printf(&arena, "the setting stands in /etc/modprobe.d/x.conf: %s", rest));
}
