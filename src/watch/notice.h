/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <systemd/sd-bus.h>
#include <systemd/sd-device.h>
#include <systemd/sd-event.h>

#include "base/err.h"
#include "base/http.h"

/*
 * Who tells that something happened. What exactly does not matter, since a look sees all there is:
 * so nothing is parsed that need not be, and an event that is missed among others costs nothing.
 */
struct notice {
	/* urgent: a device, the kernel, the service manager; else the container engine. */
	void (*happened)(void *data, bool urgent);
	void *data;
};

/* Devices: sd-device's monitor of pci, thunderbolt, module and nvidia. */
struct notice_devices {
	sd_device_monitor *monitor;
};
int notice_devices(struct notice_devices *d, sd_event *event, const struct notice *n,
		   struct err *e);
void notice_devices_end(struct notice_devices *d);

/*
 * Lines of the kernel's log that name the driver, the tunnel or the link: /dev/kmsg, from now on.
 * -EPERM and -EACCES: not for this user.
 */
struct notice_kernel {
	sd_event_source *source;
	int fd;
	const struct notice *notice;
};
int notice_kernel(struct notice_kernel *k, sd_event *event, const struct notice *n, struct err *e);
void notice_kernel_end(struct notice_kernel *k);

/*
 * The system bus: systemd has read its units anew (which takes devices from containers), a unit
 * that the GPU's users depend on was started or stopped, boltd says something, the machine wakes
 * up. `engine` is told when the container engine's unit has changed. -EHOSTDOWN, -ENOENT: no bus.
 */
struct notice_bus {
	sd_bus *bus;
	const struct notice *notice;
	void (*engine)(void *data);
	void *data;
};
int notice_bus(struct notice_bus *b, sd_event *event, const struct notice *n, struct err *e);
void notice_bus_end(struct notice_bus *b);

/*
 * The container engine's own events, filtered by it. When it goes away it is called again after 1,
 * 2, 4, ... s (one that hangs up soon counts as not there); after that only when
 * notice_engine_again() says that it may be back. Where nobody could say so (`patient` is not set)
 * it is called each minute.
 */
struct notice_engine {
	sd_event *event;
	sd_event_source *source, *timer;
	const struct notice *notice;
	const char *url; /* --docker, or NULL: found */
	int root;        /* the client's contexts are read below it */
	struct http line;
	unsigned tries;
	uint64_t since_usec; /* called, by CLOCK_MONOTONIC */
	bool patient, answered;
};
int notice_engine(struct notice_engine *n, struct err *e);
void notice_engine_again(struct notice_engine *n);
void notice_engine_end(struct notice_engine *n);
