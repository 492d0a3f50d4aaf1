/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdint.h>
#include <systemd/sd-bus.h>

#include "base/err.h"

/*
 * The system bus, with a deadline on every wait: by itself sd-bus waits 90 s for a bus that takes
 * the connection and then says nothing, and 25 s for each answer. Every `until` is in usec of
 * clock_usec(). Codes are negative errnos.
 */

#define BUS_MESSAGE __attribute__((cleanup(sd_bus_message_unrefp))) sd_bus_message

/*
 * Connects; the caller closes. -ENOENT: there is no bus here; -EHOSTDOWN: nobody listens;
 * -ETIMEDOUT.
 */
int bus_open(struct sd_bus **ret, uint64_t until_usec);
void bus_close(struct sd_bus *bus); /* NULL is fine */

/* At least 1: sd-bus takes 0 for its own default. */
uint64_t bus_left_usec(uint64_t until_usec);

/*
 * What an error means: -ENOENT: no such service; -EHOSTDOWN: it could not be started (the bus
 * answers in systemd's name then, UnitMasked for one); else the errno that sd-bus knows for it.
 */
int bus_error_code(const sd_bus_error *error);

/* Handles one message that has come, or waits until one does. -ETIMEDOUT: none came. */
int bus_turn(struct sd_bus *bus, uint64_t until_usec);

/*
 * Asks, and waits for the answer (*ret, the caller's; may be NULL). *e has the words of who was
 * asked, cleaned. An agent of the desktop may ask a person for a password meanwhile.
 */
int bus_call(struct sd_bus *bus, sd_bus_message *m, uint64_t until_usec, sd_bus_message **ret,
	     struct err *e);

/*
 * Wants signals: the match is D-Bus's ("type='signal',sender='org.freedesktop.bolt'"). They are
 * handled by bus_turn(). The bus keeps the order: what is asked later is done when it listens.
 */
int bus_watch(struct sd_bus *bus, const char *match, sd_bus_message_handler_t seen, void *data);
