/* SPDX-License-Identifier: MIT */
#include <errno.h>

#include "base/str.h"
#include "watch/notice.h"

static int on_device(sd_device_monitor *m, sd_device *d, void *data)
{
	const struct notice *n = data;

	(void)m;
	(void)d;
	n->happened(n->data, true);
	return 0;
}

int notice_devices(struct notice_devices *d, sd_event *event, const struct notice *n, struct err *e)
{
	/* bind and unbind are events of pci too; nvidia's nodes have no events of their own */
	static const char *const subsystems[] = { "pci", "thunderbolt", "module", "nvidia" };
	int r = sd_device_monitor_new(&d->monitor);

	for (size_t i = 0; r >= 0 && i < COUNT_OF(subsystems); i++)
		r = sd_device_monitor_filter_add_match_subsystem_devtype(d->monitor, subsystems[i],
									 NULL);
	if (r >= 0)
		r = sd_device_monitor_attach_event(d->monitor, event);
	if (r >= 0)
		r = sd_device_monitor_start(d->monitor, on_device, (void *)n);
	return r < 0 ? err_set(e, r, "listen to devices") : 0;
}

void notice_devices_end(struct notice_devices *d)
{
	d->monitor = sd_device_monitor_unref(d->monitor);
}
