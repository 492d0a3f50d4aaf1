/* SPDX-License-Identifier: MIT */
#pragma once

#include "format/edit.h"

/*
 * A JSON file, as daemon.json, changed in place: indentation, tabs, order, blanks
 * and line ends stay, and what is put in takes the style of its neighbours. Text
 * that is not strict JSON, or that has a key twice on the way, is refused.
 * Paths are keys from the outermost on; NULL ends them. A text of blanks alone
 * becomes an object. What is wrong in the JSON is told as "FILE:LINE:COLUMN: why".
 * What jansson reads of the new text is proved to be the old with the wanted change.
 */

/*
 * Sets the member to a JSON value (text), with the objects on the way to it; 0 where it means the
 * same already, however it is laid out. An object that differs is replaced as a whole.
 */
int json_edit_set(struct edit *t, const char *const *path, const char *value, struct err *e);
/* Takes the member out, with the comma that goes with it; objects that it leaves empty stay. */
int json_edit_remove(struct edit *t, const char *const *path, struct err *e);
/* Adds a string to an array, and the array where there is none; 0 where it is in it. */
int json_edit_append(struct edit *t, const char *const *path, const char *string, struct err *e);

#define JSON_PATH(...) ((const char *const[]){ __VA_ARGS__, NULL })
