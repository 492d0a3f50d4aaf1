/* SPDX-License-Identifier: MIT */
#include "collect/collect.h"

#include "sysfs-host.h"
#include "tap.h"

#define BOOT "[    0.000000] Linux version 6.17.1-arch1-1 (linux@archlinux)\n"

static struct arena arena;
static struct table_host host = { .host = { .ops = &table_ops } };
static struct pci_hop path[] = {
	{ .bdf = "0000:00:07.0" },
	{ .bdf = "0000:20:00.0" },
	{ .bdf = "0000:21:01.0" },
	{ .bdf = "0000:22:00.0" },
};
static struct pci_gpu gpu = { .bdf = "0000:22:00.0", .hop = path, .hop_count = 4 };
static struct facts facts = { .arena = &arena, .pci = { .know = KNOWN, .chosen = &gpu } };

static const struct driver *look(void)
{
	collect_driver_log(&facts, &host.host);
	return &facts.driver;
}

static const struct driver *read_log(const char *text)
{
	TABLE_ADD(&host, { "kernel-log:boot", text });
	return look();
}

/* What one line of the kernel log means; NULL: nothing. */
static const struct driver_event *meaning(const char *line)
{
	const struct driver *d = read_log(arena_printf(&arena, BOOT "[   10.500000] %s\n", line));
	return d->event_count ? &d->event[d->event_count - 1] : NULL;
}

static void check_kind(const char *line, enum driver_event_kind kind)
{
	const struct driver_event *e = meaning(line);
	if (!e || e->kind != kind)
		TAP_FAIL("%s", line);
}

static void check_nothing(const char *line)
{
	if (meaning(line))
		TAP_FAIL("%s", line);
}

TEST(xid_is_read_with_number_device_and_time)
{
	const struct driver_event *e = meaning(
	    "NVRM: Xid (PCI:0000:22:00): 79, pid='<unknown>', name=<unknown>, GPU has fallen off "
	    "the bus.");
	CHECK(e != NULL);
	CHECK_INT(e->kind, EVENT_XID);
	CHECK_INT(e->code, 79);
	CHECK_STR(e->bdf, "0000:22:00.0");
	CHECK_INT(e->usec, 10500000);
	CHECK(str_starts(e->line, "NVRM: Xid (PCI:0000:22:00): 79"));
}

TEST(xid_is_read_in_its_other_forms)
{
	CHECK_INT(meaning("NVRM: Xid (0000:22:00): 31, Ch 00000008, engmask 00000101")->code, 31);
	CHECK_INT(meaning("NVRM: Xid (PCI:0000:22:00 GPU-I:05): 94, Contained: CE")->code, 94);
	CHECK_INT(meaning("NVRM: Xid (PCI:0000:22:00): 119, pid=7, name=nvidia-smi, Timeout after "
			  "6s of waiting for RPC response from GPU0 GSP! Expected function 76")
		      ->code,
		  119);
	check_nothing("NVRM: Xid (PCI:0000:22:00): many");
	check_nothing("NVRM: Xid (PCI:0000:22:00");
	check_nothing("nvidia-nvswitch0: SXid (PCI:0000:22:00.0): 12028");
}

TEST(losses_and_failures_of_the_driver_are_told_apart)
{
	check_kind("NVRM: GPU 0000:22:00.0: GPU has fallen off the bus.", EVENT_FELL_OFF);
	check_kind("NVRM: GPU at 0000:22:00.0 has fallen off the bus.", EVENT_FELL_OFF);
	check_kind("NVRM: GPU 0000:22:00.0: RmInitAdapter failed! (0x26:0x56:1463)", EVENT_RM_INIT);
	check_kind("NVRM: GPU 0000:22:00.0: rm_init_adapter failed, device minor number 0",
		   EVENT_RM_INIT);
	check_kind("NVRM: GPU0 _kgspBootGspRm: unexpected WPR2 already up, cannot proceed with "
		   "booting GSP",
		   EVENT_WPR2);
	check_kind("NVRM: GPU0 RmInitAdapter: Cannot initialize GSP firmware RM", EVENT_GSP);
	check_kind("NVRM: GPU0 _kgspLogRpcSanityCheckFailure: GPU0 sanity check failed 0xf waiting "
		   "for RPC response from GSP. Expected function 4097 (GSP_INIT_DONE)",
		   EVENT_GSP);
	check_kind("NVRM: Fatal Error while attempting to resize PCIe BARs.", EVENT_REBAR_FATAL);
	check_kind("NVRM: API mismatch: the client 'ollama' (pid 1005)", EVENT_API_MISMATCH);
	check_kind("NVRM: GPU0 osIovaMap: osIovaMap: failed to map allocation (status = 0x59)",
		   EVENT_IOMMU_FAULT);
	check_kind("NVRM: loading NVIDIA UNIX Open Kernel Module for x86_64  590.48.01",
		   EVENT_DRIVER_LOADED);
	check_kind("NVRM: loading NVIDIA UNIX x86_64 Kernel Module  550.90.07",
		   EVENT_DRIVER_LOADED);
}

TEST(kernel_lines_of_the_way_to_the_gpu_are_understood)
{
	check_kind("pci 0000:22:00.0: [10de:2504] type 00 class 0x030000 PCIe Legacy Endpoint",
		   EVENT_GPU_FOUND);
	check_kind("pcieport 0000:21:01.0: pciehp: Slot(1): Link Down", EVENT_LINK_DOWN);
	check_kind("pcieport 0000:00:07.0: pciehp: Slot(12): Card not present", EVENT_LINK_DOWN);
	check_kind("thunderbolt 0-1: new device found, vendor=0x127 device=0xde5a", EVENT_TB_FOUND);
	check_kind("nvidia 0000:22:00.0: probe with driver nvidia failed with error -1",
		   EVENT_PROBE_FAILED);
	check_kind("nvidia: probe of 0000:22:00.0 failed with error -1", EVENT_PROBE_FAILED);
	check_kind("pci_bus 0000:22: No bus number available for hot-added bridge 0000:22:00.0",
		   EVENT_NO_BUS_NUMBER);
	check_kind("snd_hda_intel 0000:22:00.1: Unable to change power state from D3cold to D0, "
		   "device inaccessible",
		   EVENT_D3COLD);
	check_kind("PM: suspend exit", EVENT_SUSPEND_EXIT);
	check_kind("PM: hibernation: hibernation exit", EVENT_SUSPEND_EXIT);
	check_kind("Loading of module with unavailable key is rejected", EVENT_SIGNATURE);
	check_kind("module: Loading of unsigned module is rejected", EVENT_SIGNATURE);
	check_kind("Lockdown: modprobe: unsigned module loading is restricted; see man "
		   "kernel_lockdown.7",
		   EVENT_SIGNATURE);
}

TEST(faults_of_the_iommu_name_the_device_in_several_ways)
{
	const char *const lines[] = {
		"DMAR: [DMA Write NO_PASID] Request device [22:00.0] fault addr 0xf7fd0000",
		"AMD-Vi: Event logged [IO_PAGE_FAULT device=0000:22:00.0 domain=0x0010]",
		"nvidia 0000:22:00.0: AMD-Vi: Event logged [IO_PAGE_FAULT domain=0x0010]",
	};
	for (size_t i = 0; i < COUNT_OF(lines); i++) {
		check_kind(lines[i], EVENT_IOMMU_FAULT);
		CHECK_STR(meaning(lines[i])->bdf, "0000:22:00.0");
	}
}

TEST(aer_error_is_of_who_sent_it_not_of_who_tells_it)
{
	const struct driver_event *e =
	    meaning("pcieport 0000:00:07.0: AER: Corrected error received: 0000:22:00.0");
	CHECK_STR(e->bdf, "0000:22:00.0");
	CHECK_INT(e->code, 0);
	e = meaning("pcieport 0000:00:07.0: AER: Multiple Uncorrectable (Non-Fatal) error message "
		    "received from 0000:21:01.0");
	CHECK_STR(e->bdf, "0000:21:01.0");
	CHECK_INT(e->code, 1);
	e = meaning("pcieport 0000:00:07.0: AER: Uncorrectable (Fatal) error message received from "
		    "0000:00:00.0");
	CHECK_STR(e->bdf, "0000:00:07.0");
	CHECK_INT(e->code, 2);
}

TEST(what_healthy_machines_say_is_nothing)
{
	check_nothing("pci 0000:22:00.1: [10de:228e] type 00 class 0x040300 PCIe Endpoint");
	check_nothing("nvidia: module verification failed: signature and/or required key missing "
		      "- tainting kernel");
	check_nothing("PKCS#7 signature not signed with a trusted key");
	check_nothing("pci 0000:22:00.0: 8.000 Gb/s available PCIe bandwidth, limited by 2.5 GT/s "
		      "PCIe x4 link");
	check_nothing("NVRM: nvAssertFailedNoLog: Assertion failed: pIOVAS != NULL");
	check_nothing("NVRM: GPU at PCI:0000:22:00: GPU-00000000-0000-0000-0000-000000000001");
	check_nothing("pcieport 0000:00:07.0: AER: enabled with IRQ 123");
	check_nothing("pcieport 0000:00:07.0: pciehp: Slot(12): Link Up");
	check_nothing("DMAR: Host address width 39");
	check_nothing("PM: suspend entry (deep)");
}

TEST(bars_that_are_not_judged_are_nothing)
{
	check_nothing("pci 0000:22:00.0: BAR 1 [mem 0x6000000000-0x600fffffff 64bit pref]: can't "
		      "claim; no compatible bridge window");
	check_nothing("pci 0000:22:00.0: BAR 5 [io  size 0x0080]: can't assign; no space");
	check_nothing("pci 0000:22:00.0: ROM [mem size 0x00080000 pref]: can't assign; no space");
	check_nothing("pci 0000:22:00.0: VF BAR 2 [mem size 0x10000000]: can't assign; no space");
	check_nothing("pci 0000:22:00.1: BAR 0 [mem size 0x00004000]: can't assign; no space");
	check_nothing("pcieport 0000:20:00.0: bridge window [io  size 0x1000]: can't assign; no "
		      "space");
	check_nothing("pcieport 0000:7b:02.0: BAR 15: no space for [mem size 0x00200000 64bit "
		      "pref]");
}

TEST(bar_without_an_address_is_told_in_the_words_of_old_and_new_kernels)
{
	const struct driver_event *e = meaning("pci 0000:22:00.0: BAR 1 [mem size 0x10000000 64bit "
					       "pref]: can't assign; no space");
	CHECK_INT(e->kind, EVENT_BAR_UNASSIGNED);
	CHECK_INT(e->code, 1);
	CHECK_INT(
	    meaning("pci 0000:22:00.0: BAR 3: no space for [mem size 0x02000000 64bit pref]")->code,
	    3);
	CHECK_INT(
	    meaning("pci 0000:22:00.0: BAR 2 [mem size 0x2000000000 64bit pref]: can't assign; no "
		    "space")
		->code,
	    2);
	e = meaning("pcieport 0000:20:00.0: BAR 15: no space for [mem size 0x18000000 64bit pref]");
	CHECK_INT(e->kind, EVENT_WINDOW_UNASSIGNED);
	CHECK_INT(e->code, 15);
	e = meaning("pcieport 0000:21:01.0: bridge window [mem size 0x18000000 64bit pref]: can't "
		    "assign; no space");
	CHECK_INT(e->kind, EVENT_WINDOW_UNASSIGNED);
	CHECK_STR(e->bdf, "0000:21:01.0");
}

TEST(bar_that_is_assigned_in_the_end_was_never_in_trouble)
{
	const struct driver *d = read_log(
	    BOOT
	    "[    1.100000] pci 0000:22:00.0: BAR 1 [mem size 0x10000000 64bit pref]: can't "
	    "assign; no space\n"
	    "[    1.100001] pci 0000:22:00.0: BAR 1 [mem size 0x10000000 64bit pref]: failed to "
	    "assign\n"
	    "[    1.100002] pci 0000:22:00.0: BAR 0 [mem size 0x01000000]: can't assign; no "
	    "space\n"
	    "[    1.200000] pci 0000:22:00.0: BAR 1 [mem 0x6000000000-0x600fffffff 64bit pref]: "
	    "assigned\n");
	CHECK_INT(d->event_count, 1);
	CHECK_INT(d->event[0].code, 0);
}

TEST(message_over_several_lines_is_about_the_device_that_it_began_with)
{
	const struct driver *d = read_log(
	    BOOT "[    5.000000] NVRM: The NVIDIA GPU 0000:22:00.0 (PCI ID: 10de:1b80)\n"
		 "               NVRM: installed in this system is not supported by open\n"
		 "               NVRM: nvidia.ko because it does not include the required\n"
		 "[    5.000100] nvidia 0000:22:00.0: probe with driver nvidia failed "
		 "with error -1\n");
	CHECK_INT(d->event_count, 2);
	CHECK_INT(d->event[0].kind, EVENT_OPEN_UNSUPPORTED);
	CHECK_STR(d->event[0].bdf, "0000:22:00.0");
	CHECK_INT(d->event[0].usec, 5000000);
	CHECK_INT(d->event[1].kind, EVENT_PROBE_FAILED);
}

TEST(other_refusals_are_told_apart)
{
	read_log(BOOT "[    5.000000] NVRM: The NVIDIA GPU 0000:22:00.0 (PCI ID: 10de:2d04)\n"
		      "NVRM: installed in this system is not supported by the\n"
		      "NVRM: NVIDIA 550.90.07 driver release.\n");
	CHECK_INT(facts.driver.event[0].kind, EVENT_BRANCH_UNSUPPORTED);
	read_log(BOOT "[    5.000000] NVRM: The NVIDIA GPU 0000:22:00.0 (PCI ID: 10de:2d04)\n"
		      "NVRM: installed in this system requires use of the NVIDIA open kernel "
		      "modules.\n");
	CHECK_INT(facts.driver.event[0].kind, EVENT_OPEN_REQUIRED);
	read_log(BOOT "[    5.000000] NVRM: This PCI I/O region assigned to your NVIDIA device is "
		      "invalid:\nNVRM: BAR1 is 0M @ 0x0 (PCI:0000:22:00.0)\n");
	CHECK_INT(facts.driver.event[0].kind, EVENT_BAR_UNASSIGNED);
	CHECK_INT(facts.driver.event[0].code, 1);
}

TEST(another_gpu_s_troubles_are_not_ours)
{
	check_nothing("NVRM: Xid (PCI:0000:01:00): 79, GPU has fallen off the bus.");
	check_nothing("pcieport 0000:00:1c.0: pciehp: Slot(3): Link Down");
	check_nothing("pcieport 0000:00:1c.0: AER: Corrected error received: 0000:01:00.0");
	check_nothing("nvidia 0000:01:00.0: probe with driver nvidia failed with error -1");
}

TEST(without_a_chosen_gpu_every_nvidia_gpu_counts)
{
	facts.pci.chosen = NULL;
	check_kind("NVRM: Xid (PCI:0000:01:00): 79, GPU has fallen off the bus.", EVENT_XID);
	check_kind("pcieport 0000:00:07.0: pciehp: Slot(12): Card not present", EVENT_LINK_DOWN);
	check_nothing("pcieport 0000:00:1c.0: AER: Corrected error received: 0000:03:00.0");
	const struct driver *d = read_log(
	    BOOT "[    1.000000] pci 0000:05:00.0: [10de:2504] type 00 class 0x030000\n"
		 "[    2.000000] pci 0000:05:00.0: BAR 1 [mem size 0x10000000 64bit pref]: "
		 "can't assign; no space\n"
		 "[    3.000000] pci 0000:06:00.0: BAR 1 [mem size 0x10000000 64bit pref]: "
		 "can't assign; no space\n");
	CHECK_INT(d->event_count, 2);
	CHECK_STR(d->event[1].bdf, "0000:05:00.0");
	check_kind("NVRM: BAR1 is 0M @ 0x0 (PCI:0000:0a:00.0)", EVENT_BAR_UNASSIGNED);
}

TEST(row_of_the_same_is_one_event_with_a_count)
{
	const char *text = BOOT;
	for (int i = 0; i < 40; i++)
		text = arena_printf(&arena, "%s[   %d.000000] NVRM: Xid (PCI:0000:22:00): 31, x\n",
				    text, 20 + i);
	const struct driver *d = read_log(text);

	CHECK_INT(d->event_count, 1);
	CHECK_INT(d->event[0].count, 40);
	CHECK_INT(d->event[0].usec, 20000000);
	CHECK_INT(d->event[0].last_usec, 59000000);
}

TEST(of_too_many_the_first_and_the_last_are_kept)
{
	const char *text = BOOT;
	for (int i = 0; i < 3 * EVENTS_MAX; i++)
		text = arena_printf(&arena, "%s[   %d.000000] NVRM: Xid (PCI:0000:22:00): %d, x\n",
				    text, i + 1, i + 1);
	const struct driver *d = read_log(text);

	CHECK_INT(d->event_count, EVENTS_MAX);
	CHECK_INT(d->event[0].code, 1);
	CHECK_INT(d->event[EVENTS_MAX / 2 - 1].code, EVENTS_MAX / 2);
	CHECK_INT(d->event[EVENTS_MAX - 1].code, 3 * EVENTS_MAX);
}

TEST(denied_ring_buffer_is_read_from_the_journal)
{
	TABLE_ADD(&host, { "kernel-log:boot", .error = -EPERM },
		  { "journal:kernel", "[    0.100000] Linux version 6.17.1\n"
				      "[  104.200000] host kernel: NVRM: Xid (PCI:0000:22:00): "
				      "79, GPU has fallen off the bus.\n" });
	const struct driver *d = look();

	CHECK_INT(d->log_know, KNOWN);
	CHECK_STR(d->log_from, "journal:kernel");
	CHECK_INT(d->event[0].code, 79);
	CHECK_INT(d->event[0].usec, 104200000);
}

TEST(log_that_nobody_lets_us_read_stays_unknown)
{
	TABLE_ADD(&host, { "kernel-log:boot", .error = -EPERM },
		  { "journal:kernel", .error = -ENOENT });
	CHECK_INT(look()->log_know, DENIED);
	CHECK_INT(look()->event_count, 0);
}

TEST(empty_answer_of_the_journal_is_no_answer)
{
	TABLE_ADD(&host, { "kernel-log:boot", .error = -EPERM }, { "journal:kernel", "" });
	CHECK_INT(look()->log_know, DENIED);
}

TEST(absent_ring_buffer_with_a_denied_journal_is_denied)
{
	TABLE_ADD(&host, { "kernel-log:boot", .error = -ENOENT },
		  { "journal:kernel", .error = -EACCES });
	CHECK_INT(look()->log_know, DENIED);
}

TEST(ring_buffer_that_lost_its_beginning_yields_to_the_journal)
{
	const char *late = "[ 5000.000000] NVRM: Xid (PCI:0000:22:00): 31, x\n";
	TABLE_ADD(&host, { "kernel-log:boot", late });
	CHECK_STR(look()->log_from, "kernel-log:boot");
	CHECK_INT(look()->log_since_usec.v, 5000000000);
	TABLE_ADD(&host,
		  { "journal:kernel", "[    0.000000] Linux version 6.17.1\n"
				      "[    8.100000] NVRM: Xid (PCI:0000:22:00): 79, x\n" });
	CHECK_STR(look()->log_from, "journal:kernel");
	CHECK_INT(look()->event_count, 1);
	CHECK_INT(look()->event[0].code, 79);
}

TEST(ring_buffer_that_begins_late_but_with_the_boot_is_whole)
{
	TABLE_ADD(&host,
		  { "kernel-log:boot", "[    4.000000] Linux version 6.17.1\n"
				       "[    5.000000] PM: suspend exit\n" },
		  { "journal:kernel", "1760000000.100000 nothing\n" });
	CHECK_STR(look()->log_from, "kernel-log:boot");
}

TEST(control_bytes_of_a_line_do_not_reach_the_facts)
{
	const struct driver_event *e = meaning("NVRM: Xid (PCI:0000:22:00): 31, name=\033[2Jx");
	CHECK(!strchr(e->line, '\033'));
}

TEST(only_processes_inside_the_driver_count_as_stuck)
{
	TABLE_ADD(&host, { "kernel-log:boot", BOOT },
		  { "processes:stuck", "77 kworker/u8:3 nvme_wait_freeze\n"
				       "101 jbd2/sda1-8 jbd2_journal_commit\n"
				       "1234 nvidia-smi os_acquire_rwlock_write\n"
				       "1300 ollama uvm_va_space_mm_enabled\n"
				       "1400 nvidia-persiste ?\n1500 python3 ?\n"
				       "1600 nvidia-smi io_schedule\nbroken\n" });
	const struct driver *d = look();

	CHECK_INT(d->stuck_count.v, 3);
	CHECK_STR(d->stuck.v, "nvidia-smi (1234)");
}

TEST(nobody_stuck_is_known_and_unseen_processes_are_not)
{
	TABLE_ADD(&host, { "kernel-log:boot", BOOT }, { "processes:stuck", "" });
	CHECK(is_u64(look()->stuck_count, 0));
	CHECK_INT(look()->stuck.know, ABSENT);
	TABLE_ADD(&host, { "processes:stuck", .error = -EACCES });
	CHECK_INT(look()->stuck_count.know, DENIED);
}
