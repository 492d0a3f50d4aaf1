/* SPDX-License-Identifier: MIT */
/*
 * A container is restarted, stopped or started: Engine API, ContainerRestart, ContainerStop and
 * ContainerStart; Podman has the same.
 */
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
	ENGINE_SEC = 30,
	NOT_MODIFIED = 304, /* it runs, or has stopped, already */
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

static unsigned stop_sec(const struct container_change *c)
{
	return c->stop_sec ? c->stop_sec : STOP_SEC;
}

/* NULL: no such verb. */
static const char *path_of(struct arena *a, const struct container_change *c)
{
	const char *verb = container_verb(c);

	if (str_eq(verb, "start"))
		return arena_printf(a, "/containers/%s/start", c->id);
	if (!str_eq(verb, "restart") && !str_eq(verb, "stop"))
		return NULL;
	return arena_printf(a, "/containers/%s/%s?t=%u", c->id, verb, stop_sec(c));
}

static int change(const struct apply_to *to, struct arena *a, const struct step *s,
		  struct http *line, struct err *e)
{
	unsigned deadline_sec = stop_sec(&s->container) + ENGINE_SEC;
	struct act_wait w = act_wait(to, s, deadline_sec);
	struct http_answer h = { .arena = a, .body_max = ANSWER_MAX };
	const char *path = path_of(a, &s->container);
	int r =
	    path ? reach(to, a, line, w.until_usec, e)
		 : err_say(e, -EINVAL, "nothing that is done to containers: %s", s->container.verb);

	if (r == 0)
		r = http_post(line, "docker", path, w.until_usec, e);
	if (r < 0)
		return r;
	wait_answer(line, &w);
	r = http_receive(line, &h, w.until_usec, e);
	if (r == -ETIMEDOUT)
		return err_say(e, r, "not done within %u s", deadline_sec);
	if (r == 0 && h.status == NOT_MODIFIED)
		return 0;
	return r < 0 ? r : docker_judge(&h, "the engine says", e);
}

int apply_container(const struct apply_to *to, struct arena *a, const struct step *s, struct err *e)
{
	const struct container_change *c = &s->container;
	struct http line = { 0 };

	if (!c->id || !docker_is_id(c->id))
		return err_say(e, -EINVAL, "%s: no container's id", s->what);
	int r = change(to, a, s, &line, e);
	http_close(&line);
	return r < 0 ? err_wrap(e, r, "%s of container %s", container_verb(c),
				c->name ? c->name : c->id)
		     : 0;
}
