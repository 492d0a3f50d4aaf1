/* SPDX-License-Identifier: MIT */
#include "rules/verdict.h"

#include <stdio.h>
#include <string.h>

/* Authorisation: kernel admin-guide/thunderbolt. Policies: boltctl(1). */

/* One enclosure and all that is known of it. */
struct box {
	const struct tb_device *d;
	const struct tb_domain *domain; /* NULL: not known */
	const struct bolt_device *bolt; /* NULL: boltd does not know it */
	const char *name;
	bool has_gpu;     /* the checked GPU sits in it */
	bool should_have; /* no GPU is found, and this is a box for one */
};

static const char *name_of(struct verdict *v, const char *vendor, const char *model)
{
	if (!*vendor || str_starts(model, vendor))
		return model;
	return arena_printf(v->arena, "%s %s", vendor, model);
}

/*
 * Surely a box for a GPU by its name; or one of unknown name, on a host that
 * has NVIDIA's driver installed and no GPU for it.
 */
static bool should_hold_gpu(const struct facts *f, const struct tb_device *d)
{
	enum enclosure e = enclosure_of(d);
	bool driver = f->kernel.userland_version.know == KNOWN && f->pci.gpu_count == 0;
	return !f->pci.chosen && (e == ENCLOSURE_YES || (e == ENCLOSURE_MAYBE && driver));
}

/*
 * The router that it hangs on, NULL where there is none. A route has a byte for each hop, the
 * last one highest: 0-301 hangs on 0-1. Kernel: tb_downstream_route() in drivers/thunderbolt/tb.h.
 */
static const struct tb_device *router_above(const struct facts *f, const struct tb_device *d)
{
	const char *route = strchr(d->name, '-');
	size_t size = route ? strlen(route + 1) : 0;
	size_t hop = size % 2 ? 1 : 2;
	char name[32];

	if (d->is_host || !size || size > 16 || (size_t)(route - d->name) > 8)
		return NULL;
	const char *rest = route + 1 + hop;
	while (rest[0] == '0' && rest[1])
		rest++;
	(void)snprintf(name, sizeof(name), "%.*s-%s", (int)(route - d->name), d->name,
		       *rest ? rest : "0");
	return thunderbolt_device(&f->thunderbolt, name);
}

static struct box box_of(const struct facts *f, const struct tb_device *d, struct verdict *v)
{
	const struct pci_gpu *g = f->pci.chosen;
	return (struct box){
		.d = d,
		.domain = thunderbolt_domain(&f->thunderbolt, d->domain),
		.bolt = thunderbolt_bolt_of(&f->thunderbolt, text_or(d->unique_id, "")),
		.name = name_of(v, text_or(d->vendor, ""), text_or(d->model, d->name)),
		.has_gpu = g && str_eq(g->router, d->name),
		.should_have = should_hold_gpu(f, d),
	};
}

/* "" where it is not known: boltd takes no other name for it. */
static const char *uuid_of(const struct box *b)
{
	return text_or(b->d->unique_id, "");
}

/* What boltd can only say of an enclosure that it sees authorised. */
static bool bolt_says_authorized(const struct box *b)
{
	return b->bolt && str_eq(b->bolt->status, "authorized");
}

/* boltd authorises by the policy iommu only where the domain protects memory. */
static bool waits_for_iommu(const struct box *b)
{
	return b->bolt && b->bolt->stored && str_eq(b->bolt->policy, "iommu") && b->domain &&
	       is_u64(b->domain->iommu_dma_protection, 0);
}

/* Why nothing authorised it: the cause, and the clause that follows its name. */
struct refusal {
	const char *cause, *text;
};

static bool bolt_is_idle(const struct thunderbolt *t)
{
	return t->bolt_know == KNOWN && is_text(t->bolt_auth_mode, "disabled");
}

/* boltctl does not enrol what is stored, so such a one needs another remedy. */
static struct refusal refusal_of(const struct thunderbolt *t, const struct box *b, struct arena *a)
{
	bool stored = b->bolt && b->bolt->stored;

	if (t->bolt_know == ABSENT)
		return (struct refusal){ "bolt-missing",
					 "is not authorised, and no boltd runs here" };
	if (b->bolt && str_eq(b->bolt->status, "auth-error"))
		return (struct refusal){ "enclosure-authorization-failed",
					 "could not be authorised, says boltd" };
	if (bolt_is_idle(t))
		return (struct refusal){ "boltd-authorises-nothing",
					 "is not authorised: boltd's auth mode is disabled" };
	if (waits_for_iommu(b))
		return (
		    struct refusal){ "enclosure-policy-iommu-without-iommu",
				     "is not authorised: policy iommu, but IOMMU protection off" };
	if (stored && str_eq(b->bolt->policy, "manual"))
		return (struct refusal){ "enclosure-policy-manual",
					 "is not authorised: its policy is manual" };
	if (stored)
		return (struct refusal){
			"enclosure-stored-not-authorized",
			arena_printf(a, "is not authorised, though stored with the policy %s",
				     text_or(known_text(b->bolt->policy, ""), "default"))
		};
	return (struct refusal){ "enclosure-not-authorized", "is connected, but not authorised" };
}

/* Docks between it and the host, nearest to the host first: boltd takes nothing behind one that is
 * not authorised. */
static void judge_docks(const struct facts *f, const struct box *b, const struct tb_device *d,
			struct verdict *v)
{
	if (!d || d->is_host)
		return;
	judge_docks(f, b, router_above(f, d), v);
	if (!is_u64(d->authorized, 0) || enclosure_of(d) == ENCLOSURE_YES)
		return;
	struct box dock = box_of(f, d, v);
	struct refusal r = refusal_of(&f->thunderbolt, &dock, v->arena);
	(b->should_have ? found_broken : found_warning)(v, r.cause, uuid_of(&dock),
							"%s is not authorised, and %s is behind it",
							dock.name, b->name);
}

static void judge_unauthorized(const struct facts *f, const struct box *b, struct verdict *v)
{
	struct refusal r = refusal_of(&f->thunderbolt, b, v->arena);

	if (bolt_says_authorized(b) || b->has_gpu)
		found_warning(v, "enclosure-sources-disagree", uuid_of(b),
			      "%s: not authorised says sysfs, but %s", b->name,
			      b->has_gpu ? "its GPU is on the bus" : "boltd says it is");
	if (b->has_gpu)
		return;
	judge_docks(f, b, router_above(f, b->d), v);
	if (!b->should_have)
		found_warning(v, r.cause, uuid_of(b),
			      "%s is not authorised; a GPU behind it cannot appear", b->name);
	else if (b->bolt && str_eq(b->bolt->status, "authorizing"))
		found_unknown(v, "boltctl list", "%s is being authorised just now", b->name);
	else
		found_broken(v, r.cause, uuid_of(b), "%s %s", b->name, r.text);
}

/* Firmware, or a level that asks nobody, authorises it again after a boot without boltd. */
static bool needs_bolt(const struct box *b)
{
	return !is_u64(b->d->boot, 1) && !(b->domain && is_text(b->domain->security, "none"));
}

/* Nobody authorises it at the next boot. True: something was found. */
static bool judge_without_bolt(const struct facts *f, const struct box *b, struct verdict *v)
{
	struct maybe_u64 rule = f->thunderbolt.udev_authorizes;

	if (!needs_bolt(b) || is_u64(rule, 1))
		return false;
	if (rule.know != KNOWN)
		found_unknown(v, "grep -rn authorized /etc/udev/rules.d",
			      "who authorises %s without boltd: %s", b->name, know_why(rule.know));
	else
		found_warning(v, "bolt-missing", uuid_of(b),
			      "%s is authorised, but no boltd runs here: by hand after each boot",
			      b->name);
	return true;
}

static void say_which_is_unknown(const struct box *b, struct verdict *v)
{
	found_unknown(
	    v, arena_printf(v->arena, "cat /sys/bus/thunderbolt/devices/%s/unique_id", b->d->name),
	    "%s is authorised; its policy in boltd needs its UUID: %s", b->name,
	    know_why(b->d->unique_id.know));
}

/* What boltd will do with it at the next boot. True: something was found. */
static bool judge_store(const struct thunderbolt *t, const struct box *b, struct verdict *v)
{
	if (bolt_is_idle(t))
		found_warning(v, "boltd-authorises-nothing", "",
			      "%s is authorised, but boltd's auth mode is disabled: by hand after "
			      "each boot",
			      b->name);
	else if (b->d->unique_id.know != KNOWN)
		say_which_is_unknown(b, v);
	else if (!b->bolt || !b->bolt->stored)
		found_warning(v, "enclosure-not-enrolled", uuid_of(b),
			      "%s is authorised, but not enrolled: by hand after each boot",
			      b->name);
	else if (str_eq(b->bolt->policy, "manual"))
		found_warning(v, "enclosure-policy-manual", uuid_of(b),
			      "%s has the policy manual: by hand after each boot", b->name);
	else if (waits_for_iommu(b))
		found_warning(v, "enclosure-policy-iommu-without-iommu", uuid_of(b),
			      "%s has the policy iommu, but IOMMU protection is off", b->name);
	else
		return false;
	return true;
}

/* What will be after the next boot. True: something was found. */
static bool judge_policy(const struct facts *f, const struct box *b, struct verdict *v)
{
	const struct thunderbolt *t = &f->thunderbolt;

	if (t->bolt_know == NOT_LOOKED)
		return false;
	if (t->bolt_know == ABSENT)
		return judge_without_bolt(f, b, v);
	if (t->bolt_know != KNOWN) {
		found_unknown(v, "boltctl list", "%s is authorised; its policy in boltd: %s",
			      b->name, know_why(t->bolt_know));
		return true;
	}
	if (b->bolt &&
	    (str_eq(b->bolt->status, "connected") || str_eq(b->bolt->status, "disconnected"))) {
		found_warning(v, "enclosure-sources-disagree", uuid_of(b),
			      "%s: authorised says sysfs, %s says boltd", b->name, b->bolt->status);
		return true;
	}
	return needs_bolt(b) && judge_store(t, b, v);
}

struct speed {
	uint64_t gbps_per_lane, lanes; /* 0: not known */
};

static struct speed speed_of(const struct tb_device *d)
{
	return (struct speed){ u64_or(d->rx_mbps_per_lane, 0) / 1000, u64_or(d->rx_lanes, 0) };
}

static bool is_thunderbolt_5(const struct tb_device *d)
{
	return d && u64_or(d->generation, 0) >= 5;
}

/*
 * Two lanes of 20 Gb/s are what Thunderbolt 3 and 4 can, of 40 Gb/s where both ends are 5. One lane
 * is no fault where the other way has three: Thunderbolt 5 for a display.
 */
static bool judge_cable(const struct facts *f, const struct box *b, struct verdict *v)
{
	struct speed s = speed_of(b->d);
	uint64_t lanes = s.lanes + u64_or(b->d->tx_lanes, s.lanes);
	bool fast = is_thunderbolt_5(b->d) && is_thunderbolt_5(router_above(f, b->d));
	bool slow_lane = s.gbps_per_lane && s.gbps_per_lane <= (fast ? 20 : 10);

	if (u64_or(b->d->generation, 0) < 3 || !s.gbps_per_lane || !s.lanes ||
	    (!slow_lane && lanes > 2))
		return false;
	found_warning(v, "cable-slow", uuid_of(b),
		      "%s runs at %llu Gb/s = %llu x %llu; %d is usual", b->name,
		      (unsigned long long)(s.gbps_per_lane * s.lanes), (unsigned long long)s.lanes,
		      (unsigned long long)s.gbps_per_lane, fast ? 80 : 40);
	return true;
}

static void say_ok(const struct facts *f, const struct box *b, struct verdict *v)
{
	struct arena *a = v->arena;
	struct speed s = speed_of(b->d);
	const char *policy = "", *speed = "";

	if (f->thunderbolt.bolt_know == ABSENT)
		policy = ", no boltd";
	else if (b->bolt && b->bolt->stored && *b->bolt->policy)
		policy = arena_printf(a, ", policy %s", b->bolt->policy);
	else if (is_u64(b->d->boot, 1))
		policy = " by firmware";
	if (s.gbps_per_lane && s.lanes)
		speed = arena_printf(
		    a, ", %llu Gb/s = %llu x %llu", (unsigned long long)(s.gbps_per_lane * s.lanes),
		    (unsigned long long)s.lanes, (unsigned long long)s.gbps_per_lane);
	found_ok(v, "%s, authorised%s%s", b->name, policy, speed);
}

static void judge_box(const struct facts *f, const struct tb_device *d, struct verdict *v)
{
	struct box b = box_of(f, d, v);

	if (d->authorized.know != KNOWN) {
		found_unknown(v,
			      arena_printf(v->arena,
					   "cat /sys/bus/thunderbolt/devices/%s/authorized",
					   d->name),
			      "whether %s is authorised: %s", b.name, know_why(d->authorized.know));
		return;
	}
	if (d->authorized.v == 0) {
		judge_unauthorized(f, &b, v);
		return;
	}
	bool by_hand = judge_policy(f, &b, v);
	bool slow = judge_cable(f, &b, v);
	if (!by_hand && !slow)
		say_ok(f, &b, v);
}

/* The link that went down under a GPU which the log had seen before; NULL: it never came. */
static const struct driver_event *was_pulled(const struct driver *d)
{
	const struct driver_event *found = driver_last(d, EVENT_GPU_FOUND);
	const struct driver_event *down = driver_last(d, EVENT_LINK_DOWN);
	return found && down && down->usec > found->usec ? down : NULL;
}

/* Nothing that is connected could hold a GPU. */
static void judge_others(const struct facts *f, struct verdict *v)
{
	const struct thunderbolt *t = &f->thunderbolt;
	const struct bolt_device *missed = f->pci.chosen ? NULL : thunderbolt_missed(t);

	const struct driver_event *pulled = missed ? was_pulled(&f->driver) : NULL;

	if (pulled) {
		found_broken(v, "gpu-disconnected", missed->uuid,
			     "%s is gone: its link went down %llu s after boot",
			     name_of(v, missed->vendor, missed->name),
			     (unsigned long long)(pulled->usec / 1000000));
		return;
	}
	if (missed) {
		found_broken(v, "enclosure-not-seen", missed->uuid,
			     "%s is known, but not connected",
			     name_of(v, missed->vendor, missed->name));
		return;
	}
	for (size_t i = 0; !f->pci.chosen && i < t->device_count; i++) {
		struct box b = box_of(f, &t->device[i], v);
		if (!b.d->is_host && is_u64(b.d->authorized, 0)) {
			judge_unauthorized(f, &b, v);
			return;
		}
	}
	if (f->pci.chosen)
		found_unknown(v, "boltctl list", "which enclosure holds GPU %s is not known",
			      pci_short_bdf(f->pci.chosen->bdf));
	else
		found_skipped(v, "no GPU enclosure is connected");
}

/* The one with the GPU, or that should have it; and any other box that is surely for a GPU. */
static void judge_all(const struct facts *f, struct verdict *v)
{
	const struct thunderbolt *t = &f->thunderbolt;
	const struct tb_device *first = facts_enclosure(f);

	if (first)
		judge_box(f, first, v);
	else
		judge_others(f, v);
	for (size_t i = 0; i < t->device_count; i++)
		if (&t->device[i] != first && enclosure_of(&t->device[i]) == ENCLOSURE_YES)
			judge_box(f, &t->device[i], v);
}

static void judge(const struct facts *f, struct verdict *v)
{
	const struct thunderbolt *t = &f->thunderbolt;

	if (!pci_wants_tunnel(&f->pci))
		found_skipped(v, "GPU %s needs no enclosure on Thunderbolt",
			      pci_short_bdf(f->pci.chosen->bdf));
	else if (t->know == KNOWN)
		judge_all(f, v);
	else if (t->know == ABSENT && !f->pci.chosen)
		found_skipped(v, "no Thunderbolt bus here");
	else
		found_unknown(v, "ls -l /sys/bus/thunderbolt/devices", "the Thunderbolt bus: %s",
			      know_why(t->know));
}

const struct link link_enclosure = {
	.id = "enclosure",
	.asks = "Is the enclosure connected, authorised and at full speed?",
	.needs = { "controller" },
	.judge = judge,
};
