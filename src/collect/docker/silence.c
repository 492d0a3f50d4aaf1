/* SPDX-License-Identifier: MIT */
/* An engine that did not answer: why, and whether one is expected to. */
#include "collect/docker/docker.h"

#include <errno.h>

#include "collect/sysfs.h"

enum { USERS_MAX = 64 };

/* A socket that is enabled would start the engine, were it asked. */
static bool switched_off(const struct services *s)
{
	const struct unit *service = services_unit(s, "docker.service");
	const struct unit *socket = services_unit(s, "docker.socket");

	return service && str_eq(service->active, "inactive") && unit_is_off(service) &&
	       !(socket && str_eq(socket->file_state, "enabled"));
}

/*
 * Podman, which needs no service, leaves its state below the runtime folder of
 * whoever used it since the boot: root has /run/libpod. A rootless Docker has
 * its socket there.
 */
static struct maybe_text other_engine(struct arena *a, struct host *h)
{
	static const char root[] = "/run/libpod", users[] = "/run/user";
	static const char *const traces[] = { "libpod", "docker.sock", "podman/podman.sock" };
	struct maybe_u64 there = path_exists(h, a, root);
	struct names user = { 0 };

	if (is_u64(there, 1))
		return known_text(root, root);
	int r = host_list(h, a, users, &user, NULL);
	struct maybe_text found = unknown_text(r < 0 ? know_of_errno(r) : ABSENT, users);
	if (there.know != KNOWN)
		found = unknown_text(there.know, root);
	for (size_t i = 0; i < user.count && i < USERS_MAX; i++)
		for (size_t n = 0; n < COUNT_OF(traces); n++) {
			const char *path =
			    arena_printf(a, "%s/%s/%s", users, user.name[i], traces[n]);
			there = path_exists(h, a, path);
			if (is_u64(there, 1))
				return known_text(path, path);
			if (there.know != KNOWN)
				found = unknown_text(there.know, path);
		}
	return found;
}

void docker_silence(struct facts *f, struct host *h, int r)
{
	static const struct {
		int code;
		const char *why;
	} reasons[] = {
		{ -ENOENT, "no container engine here" },
		{ -EHOSTDOWN, "the container engine does not run" },
		{ -EACCES, "its socket is not open to us" },
		{ -EPERM, "its socket is not open to us" },
		{ -ETIMEDOUT, "no answer in time" },
	};
	struct docker *d = &f->docker;
	const struct unit *unit = services_unit(&f->services, "docker.service");
	bool has_unit = unit && unit->know == KNOWN && !str_eq(unit->load, "not-found");

	d->know = know_of_errno(r);
	d->why = "its answer was not understood";
	for (size_t i = 0; i < COUNT_OF(reasons); i++)
		if (reasons[i].code == r)
			d->why = reasons[i].why;
	d->expected = r == -EHOSTDOWN || has_unit ? known_u64(1, "docker.service")
						  : docker_program(f->arena, h, "dockerd");
	if (d->know == ABSENT && is_u64(d->expected, 1))
		d->why = "docker is installed but does not run";
	if (d->know == ABSENT && switched_off(&f->services)) {
		d->why = "docker is installed but switched off";
		d->expected = known_u64(0, unit->name);
		d->other_engine = other_engine(f->arena, h);
	}
}
