/* SPDX-License-Identifier: MIT */
#include "facts/driver.h"

#include <string.h>
#include <strings.h>

const char *driver_event_name(enum driver_event_kind value)
{
	static const char *const words[] = {
		[EVENT_XID] = "xid",
		[EVENT_RM_INIT] = "rm-init",
		[EVENT_FELL_OFF] = "fell-off",
		[EVENT_LINK_DOWN] = "link-down",
		[EVENT_TB_FOUND] = "tb-found",
		[EVENT_GPU_FOUND] = "gpu-found",
		[EVENT_DRIVER_LOADED] = "driver-loaded",
		[EVENT_BAR_UNASSIGNED] = "bar-unassigned",
		[EVENT_WINDOW_UNASSIGNED] = "window-unassigned",
		[EVENT_OPEN_UNSUPPORTED] = "open-unsupported",
		[EVENT_OPEN_REQUIRED] = "open-required",
		[EVENT_BRANCH_UNSUPPORTED] = "branch-unsupported",
		[EVENT_PROBE_FAILED] = "probe-failed",
		[EVENT_SIGNATURE] = "signature",
		[EVENT_API_MISMATCH] = "api-mismatch",
		[EVENT_AER] = "aer",
		[EVENT_IOMMU_FAULT] = "iommu-fault",
		[EVENT_D3COLD] = "d3cold",
		[EVENT_SUSPEND_EXIT] = "suspend-exit",
		[EVENT_GSP] = "gsp",
		[EVENT_WPR2] = "wpr2",
		[EVENT_REBAR_FATAL] = "rebar-fatal",
		[EVENT_NO_BUS_NUMBER] = "no-bus-number",
	};
	return words[value];
}

static const struct shape shape_node = {
	sizeof(struct device_node),
	(const struct field[]){
	    FIELD(NAME, struct device_node, path),
	    FIELD(KNOW, struct device_node, know),
	    FIELD(BOOL, struct device_node, is_char),
	    FIELD(COUNT, struct device_node, major),
	    FIELD(COUNT, struct device_node, minor),
	    FIELD(COUNT, struct device_node, mode),
	    FIELD(COUNT, struct device_node, uid),
	    FIELD(COUNT, struct device_node, gid),
	    FIELD(U64, struct device_node, want_major),
	    FIELD(FLAG, struct device_node, char_link),
	    { 0 },
	},
};

static const struct shape shape_event = {
	sizeof(struct driver_event),
	(const struct field[]){
	    FIELD_WORDS(struct driver_event, kind, driver_event_name),
	    FIELD(COUNT, struct driver_event, usec),
	    FIELD(COUNT, struct driver_event, last_usec),
	    FIELD(COUNT, struct driver_event, count),
	    FIELD(COUNT, struct driver_event, code),
	    FIELD(NAME, struct driver_event, bdf),
	    FIELD(NAME, struct driver_event, line),
	    { 0 },
	},
};

const struct shape shape_driver = {
	sizeof(struct driver),
	(const struct field[]){
	    FIELD(TEXT, struct driver, gpu_driver),
	    FIELD(FLAG, struct driver, nvidia_loaded),
	    FIELD(FLAG, struct driver, uvm_loaded),
	    FIELD(FLAG, struct driver, drm_loaded),
	    FIELD(FLAG, struct driver, modeset_loaded),
	    FIELD(FLAG, struct driver, nouveau_loaded),
	    FIELD(TEXT, struct driver, nvidia_forbidden),
	    FIELD(TEXT, struct driver, nvidia_blacklisted),
	    FIELD(TEXT, struct driver, uvm_forbidden),
	    FIELD(TEXT, struct driver, uvm_blacklisted),
	    FIELD(TEXT, struct driver, version),
	    FIELD(FLAG, struct driver, is_open),
	    FIELD(TEXT, struct driver, video_bios),
	    FIELDS_OF(struct driver, node, &shape_node),
	    FIELD(TEXT, struct driver, params),
	    FIELD(FLAG, struct driver, preserve_video_memory),
	    FIELD(FLAG, struct driver, suspend_notifiers),
	    FIELD(U64, struct driver, dynamic_power_management),
	    FIELD(FLAG, struct driver, resizable_bar),
	    FIELD(U64, struct driver, gsp_firmware),
	    FIELD(KNOW, struct driver, log_know),
	    FIELD(NAME, struct driver, log_from),
	    FIELD(U64, struct driver, log_since_usec),
	    FIELDS_OF(struct driver, event, &shape_event),
	    FIELD(U64, struct driver, stuck_count),
	    FIELD(TEXT, struct driver, stuck),
	    { 0 },
	},
};

const struct driver_event *driver_first(const struct driver *d, enum driver_event_kind kind)
{
	for (size_t i = 0; i < d->event_count; i++)
		if (d->event[i].kind == kind)
			return &d->event[i];
	return NULL;
}

const struct driver_event *driver_last(const struct driver *d, enum driver_event_kind kind)
{
	for (size_t i = d->event_count; i-- > 0;)
		if (d->event[i].kind == kind)
			return &d->event[i];
	return NULL;
}

const struct driver_event *driver_xid(const struct driver *d, uint64_t code)
{
	for (size_t i = 0; i < d->event_count; i++)
		if (d->event[i].kind == EVENT_XID && d->event[i].code == code)
			return &d->event[i];
	return NULL;
}

uint64_t driver_xid_count(const struct driver *d, uint64_t code)
{
	uint64_t count = 0;
	for (size_t i = 0; i < d->event_count; i++)
		if (d->event[i].kind == EVENT_XID && d->event[i].code == code)
			count += d->event[i].count ? d->event[i].count : 1;
	return count;
}

const struct driver_event *driver_since_found(const struct driver *d, enum driver_event_kind kind)
{
	for (size_t i = d->event_count; i-- > 0;) {
		if (d->event[i].kind == kind)
			return &d->event[i];
		if (d->event[i].kind == EVENT_GPU_FOUND)
			return NULL;
	}
	return NULL;
}

const struct driver_event *driver_before(const struct driver *d, const struct driver_event *e,
					 enum driver_event_kind kind, uint64_t within_usec)
{
	for (size_t i = (size_t)(e - d->event); i-- > 0;) {
		const struct driver_event *p = &d->event[i];
		uint64_t last_usec = p->last_usec ? p->last_usec : p->usec;
		if (p->kind == kind)
			return e->usec <= last_usec + within_usec ? p : NULL;
	}
	return NULL;
}

static bool is_return(const struct driver_event *e)
{
	return e->kind == EVENT_GPU_FOUND || e->kind == EVENT_DRIVER_LOADED;
}

static bool is_loss(const struct driver_event *e)
{
	if (e->kind == EVENT_XID)
		return e->code == 79 || e->code == 119 || e->code == 120;
	return e->kind == EVENT_FELL_OFF || e->kind == EVENT_RM_INIT;
}

/*
 * The order in the log decides, not the time: lines that belong together bear
 * the same one.
 */
const struct driver_event *driver_down(const struct driver *d)
{
	const struct driver_event *down = NULL;
	for (size_t i = 0; i < d->event_count; i++) {
		if (is_return(&d->event[i]))
			down = NULL;
		else if (!down && is_loss(&d->event[i]))
			down = &d->event[i];
	}
	return down;
}

bool driver_came_back(const struct driver *d, const struct driver_event *e)
{
	for (const struct driver_event *later = e + 1; later < d->event + d->event_count; later++)
		if (is_return(later))
			return true;
	return false;
}

const char *driver_event_time(struct arena *a, const struct driver_event *e)
{
	return arena_printf(a, "%.1f s after boot", (double)e->usec / 1e6);
}

/* Kernel: drivers/gpu/nova-core/nova_core.rs. Its module is nova_core, its driver NovaCore. */
bool driver_is_nova(const struct driver *d)
{
	return d->gpu_driver.know == KNOWN &&
	       strncasecmp(d->gpu_driver.v, "nova", strlen("nova")) == 0;
}

const struct device_node *driver_node(const struct driver *d, const char *path)
{
	for (size_t i = 0; i < d->node_count; i++)
		if (str_eq(d->node[i].path, path))
			return &d->node[i];
	return NULL;
}
