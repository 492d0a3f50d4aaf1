/* SPDX-License-Identifier: MIT */
#include "base/bus.h"

#include <errno.h>
#include <string.h>

#include "base/clock.h"
#include "base/str.h"

enum { SAID_MAX = 160 };

uint64_t bus_left_usec(uint64_t until_usec)
{
	uint64_t now = clock_usec();
	return now < until_usec ? until_usec - now : 1;
}

int bus_error_code(const sd_bus_error *error)
{
	int code = sd_bus_error_get_errno(error);
	if (code == EHOSTUNREACH || code == ENXIO || code == ECONNREFUSED)
		return -ENOENT;
	if (str_starts(error->name, "org.freedesktop.DBus.Error.Spawn.") ||
	    str_starts(error->name, "org.freedesktop.systemd1."))
		return -EHOSTDOWN;
	return code ? -code : -EIO;
}

int bus_turn(struct sd_bus *bus, uint64_t until_usec)
{
	int r = sd_bus_process(bus, NULL);
	if (r == 0 && clock_usec() >= until_usec)
		return -ETIMEDOUT;
	if (r == 0)
		r = sd_bus_wait(bus, bus_left_usec(until_usec));
	return r < 0 && r != -EINTR ? r : 0;
}

static int wait_ready(struct sd_bus *bus, uint64_t until_usec)
{
	for (int r; (r = sd_bus_is_ready(bus)) <= 0;) {
		if (r == 0)
			r = bus_turn(bus, until_usec);
		if (r < 0)
			return r;
	}
	return 0;
}

int bus_open(struct sd_bus **ret, uint64_t until_usec)
{
	struct sd_bus *bus = NULL;
	int r = sd_bus_open_system(&bus);
	if (r >= 0)
		r = wait_ready(bus, until_usec);
	if (r < 0) {
		bus_close(bus);
		return r == -ECONNREFUSED ? -EHOSTDOWN : r;
	}
	*ret = bus;
	return 0;
}

void bus_close(struct sd_bus *bus)
{
	sd_bus_close_unref(bus);
}

static int failed(int r, const sd_bus_error *error, struct err *e)
{
	ARENA scratch = { 0 };

	if (r == -ETIMEDOUT)
		return err_say(e, r, "no answer in time");
	if (!error->name)
		return err_set(e, r, "no answer");
	const char *said = error->message ? error->message : error->name;
	return err_say(e, bus_error_code(error), "%s",
		       str_clean(&scratch, said, strlen(said), SAID_MAX));
}

int bus_call(struct sd_bus *bus, sd_bus_message *m, uint64_t until_usec, sd_bus_message **ret,
	     struct err *e)
{
	__attribute__((cleanup(sd_bus_error_free))) sd_bus_error error = SD_BUS_ERROR_NULL;

	sd_bus_message_set_allow_interactive_authorization(m, 1);
	int r = sd_bus_call(bus, m, bus_left_usec(until_usec), &error, ret);
	return r < 0 ? failed(r, &error, e) : 0;
}

int bus_watch(struct sd_bus *bus, const char *match, sd_bus_message_handler_t seen, void *data)
{
	int r = sd_bus_add_match_async(bus, NULL, match, seen, NULL, data);
	return r < 0 ? r : 0;
}
