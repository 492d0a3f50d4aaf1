/* SPDX-License-Identifier: MIT */
/* A container is restarted: Engine API, ContainerRestart; Podman has the same. */
#include "apply/act.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include "base/clock.h"
#include "host/docker/connect.h"
#include "host/docker/url.h"

enum {
	STOP_SEC = 10, /* as `docker restart`: then it is killed */
	DEADLINE_SEC = STOP_SEC + 30,
	ANSWER_MAX = 64 << 10,
};

/* The socket of the engine, found as those who read it do. */
static int reach(const struct apply_to *to, struct arena *a, struct http *line, uint64_t until,
		 struct err *e)
{
	const char *root = to->root ? to->root : "/", *url;
	int fd = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return err_set(e, -errno, "open %s", root);
	const char *wanted = docker_url_wanted(to->docker, fd, a);
	close(fd);
	return docker_find(line, a, wanted, until, &url, e);
}

/* Until something has come; what has is for http_receive() to read. */
static void wait_answer(const struct http *line, struct act_wait *w)
{
	for (struct pollfd p = { .fd = line->fd, .events = POLLIN }; !act_is_over(w);) {
		uint64_t now = clock_usec(), next = act_tell(w);
		if (poll(&p, 1, next > now ? (int)((next - now) / 1000) + 1 : 1) > 0)
			return;
	}
}

static int restart(const struct apply_to *to, struct arena *a, const struct step *s,
		   struct http *line, struct err *e)
{
	struct act_wait w = act_wait(to, s, DEADLINE_SEC);
	struct http_answer h = { .arena = a, .body_max = ANSWER_MAX };
	const char *path =
	    arena_printf(a, "/containers/%s/restart?t=%d", s->container.id, STOP_SEC);
	int r = reach(to, a, line, w.until_usec, e);

	if (r == 0)
		r = http_post(line, "docker", path, w.until_usec, e);
	if (r < 0)
		return r;
	wait_answer(line, &w);
	r = http_receive(line, &h, w.until_usec, e);
	if (r == -ETIMEDOUT)
		return err_say(e, r, "not done within %d s", DEADLINE_SEC);
	return r < 0 ? r : docker_judge(&h, "the engine says", e);
}

int apply_container(const struct apply_to *to, struct arena *a, const struct step *s, struct err *e)
{
	const struct container_change *c = &s->container;
	struct http line = { 0 };

	if (!c->id || !docker_is_id(c->id))
		return err_say(e, -EINVAL, "%s: no container's id", s->what);
	int r = restart(to, a, s, &line, e);
	http_close(&line);
	return r < 0 ? err_wrap(e, r, "restart of container %s", c->name ? c->name : c->id) : 0;
}
