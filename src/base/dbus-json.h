/* SPDX-License-Identifier: MIT */
#pragma once

#include <jansson.h>
#include <systemd/sd-bus.h>

/*
 * The next value of a D-Bus message: variants as what is in them, dictionaries
 * as objects, structs as arrays, numbers above INT64_MAX as that. Entries whose
 * key is a number are left out, a file descriptor is null. The caller owns it.
 * NULL: not in the form that its signature promises, or more than anybody asks for
 * (8 levels, 16384 values).
 */
json_t *json_of_message(sd_bus_message *m);
