/* SPDX-License-Identifier: MIT */
#pragma once

#include "host/host.h"

/*
 * A recording: everything that was read from a host, as plain files. Its
 * format is egpu-recording(5); in short, below one directory (or in one
 * .tar.zst of it):
 *
 *	egpu-recording       ini: version=1, base=OTHER RECORDING, note=...
 *	tree/PATH            the bytes of a file, by the path that was asked for
 *	answers/SOURCE/QUESTION   the text of an answer; bytes outside
 *	                     [A-Za-z0-9._:@+,=/?&-] of the question are %XX,
 *	                     a leading '/' is dropped, "." and ".." are %2E, %2E%2E
 *	meta                 what a file cannot carry, a line each:
 *	    /dev/nvidia0 char 195:0 mode=0666
 *	    /sys/bus/pci/devices/0000:22:00.0 -> ../../../devices/pci0000:00/...
 *	    /boot/initramfs-linux.img file size=38000000 mtime=1760000000
 *	    /sys/firmware/acpi dir              (also an empty one)
 *	    /etc/docker/daemon.json !EACCES     (all of it, and all below it)
 *	    /boot/loader dir mode=0700 !EACCES  (reading and listing; stat is known)
 *	    docker:/info !ETIMEDOUT
 *	    docker: !EHOSTDOWN                  (whatever it is asked)
 *	    /sys/bus/thunderbolt !ENOENT        (and all below it)
 *
 * A recording with a base answers from its own files first, then from the
 * base's; an error in meta hides what the base has. A directory that is
 * !ENOENT, and has files of its own below it, replaces the base's. What stands
 * nowhere is -ENOENT; what meta knows of, but not its bytes or names, is
 * -ENODATA. Links of meta are followed as the kernel does, where the path that
 * was asked for is not kept itself. tree/ holds plain files and directories
 * only: a link in it does not exist.
 */

/*
 * A recording as a host. path: a directory, or a file made by recording_save.
 * NULL: *e says what is wrong, with file and line.
 */
struct host *host_replay(const char *path, struct err *e);

/*
 * A host that passes every question on to inner and keeps the first answer to
 * each, redacted (recording/redact.h). Owns inner from here on.
 */
struct host *host_record(struct host *inner, struct err *e);

/*
 * Writes what was kept to file: a directory is made where it ends in '/', else
 * a .tar.zst. What is there is left alone (-EEXIST), or with replace replaced:
 * a file, or a directory that holds a recording. -ENOSYS: no libarchive.
 */
int recording_save(struct host *recorder, const char *file, bool replace, struct err *e);

/* What was kept, to show before it is shared. */
struct recording_sum {
	size_t file_count, answer_count;
	size_t error_count; /* other than "no such thing" */
	uint64_t bytes;
	size_t redacted_count; /* places where something was replaced by a stand-in */
};
struct recording_sum recording_sum(const struct host *recorder);
/* The names of all that was kept ("tree/...", "answers/..."), sorted, in the arena. */
struct names recording_names(const struct host *recorder, struct arena *a);
struct redactor;
const struct redactor *recording_redactor(const struct host *recorder);
