/* SPDX-License-Identifier: MIT */
/* A tool that does its job: mkinitcpio, nvidia-ctk, modprobe, a package manager. */
#include "apply/act.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/spawn.h"

enum {
	DEADLINE_SEC = 60,
	KEPT_BYTES = 4096,    /* of what it said, the end */
	LINES_TOLD = 2,       /* of that, in an error */
	SAID_MAX = 150,       /* bytes of those lines: an error has room for 255 */
	GRACE_USEC = 2000000, /* to tidy up before it is killed */
	DRAIN_MAX = 1 << 20,  /* of what lies in the pipe when it ends; children may still write */
};

/* Not the caller's: a folder there could hold a program of another's. */
#define PATH "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

/* What a tool needs of ours: whose home, how to the network, and to the daemons that we ask too. */
static const char *const passed[] = {
	"HOME",
	"USER",
	"LOGNAME",
	"http_proxy",
	"https_proxy",
	"no_proxy",
	"HTTP_PROXY",
	"HTTPS_PROXY",
	"NO_PROXY",
	"DOCKER_HOST",
	"DOCKER_CONFIG",
	"DOCKER_CONTEXT",
	"XDG_RUNTIME_DIR",
	"DBUS_SYSTEM_BUS_ADDRESS",
};

struct tool {
	pid_t pid;
	int out, pidfd; /* the reading end of its output; readable when it has ended */
	char kept[KEPT_BYTES];
	uint64_t said_bytes; /* all that came; kept[] holds the last of them, as a ring */
};

#define TOOL __attribute__((cleanup(tool_done))) struct tool
static void tool_done(struct tool *t)
{
	if (t->out >= 0)
		close(t->out);
	if (t->pidfd >= 0)
		close(t->pidfd);
}

/* No tool may wait for somebody to answer a question: there is nobody. */
static char **environment(const struct apply_to *to, struct arena *a)
{
	static const char *const fixed[] = {
		("PATH=" PATH),
		"LC_ALL=C.UTF-8",
		"LANG=C.UTF-8",
		"TERM=dumb",
		"PAGER=cat",
		"NO_COLOR=1",
		"DEBIAN_FRONTEND=noninteractive",
	};
	char **out = arena_alloc(a, (COUNT_OF(fixed) + COUNT_OF(passed) + 1) * sizeof(*out));
	size_t n = 0;

	for (size_t i = 0; i < COUNT_OF(fixed); i++)
		out[n++] = (char *)fixed[i];
	for (size_t i = 0; i < COUNT_OF(passed); i++) {
		const char *value = getenv(passed[i]);
		if (to->docker && str_eq(passed[i], "DOCKER_HOST"))
			value = to->docker;
		if (value)
			out[n++] = arena_printf(a, "%s=%s", passed[i], value);
	}
	return out;
}

/* The program below the fixed PATH; a name with a slash is one already. NULL: it is not there. */
static const char *program(struct arena *a, const char *name)
{
	if (strchr(name, '/'))
		return access(name, F_OK) == 0 ? name : NULL;
	const struct names dir = str_split(a, PATH, ":", 16);
	for (size_t i = 0; i < dir.count; i++) {
		const char *path = arena_printf(a, "%s/%s", dir.name[i], name);
		if (*name && access(path, X_OK) == 0)
			return path;
	}
	return NULL;
}

static char **words(struct arena *a, const struct names *argv)
{
	char **out = arena_alloc(a, (argv->count + 1) * sizeof(*out));
	for (size_t i = 0; i < argv->count; i++)
		out[i] = (char *)argv->name[i];
	return out;
}

static int start(const struct apply_to *to, struct arena *a, const struct names *argv,
		 struct tool *t, struct err *e)
{
	const char *name = argv->name[0], *path = program(a, name);
	int ends[2];

	if (!path)
		return err_say(e, -ENOENT, "%s is not installed", name);
	if (pipe2(ends, O_CLOEXEC) < 0)
		return err_set(e, -errno, "pipe");
	const struct spawn how = { path, words(a, argv), environment(to, a), ends[1],
				   .also_err = 1 };
	int r = spawn_session(&how, &t->pid);
	close(ends[1]);
	t->out = ends[0];
	if (r != 0)
		return err_set(e, -r, "start %s", path);
	fcntl(t->out, F_SETFL, O_NONBLOCK);
	t->pidfd = (int)syscall(SYS_pidfd_open, t->pid, 0);
	if (t->pidfd >= 0)
		return 0;
	r = -errno;
	kill(-t->pid, SIGKILL);
	waitpid(t->pid, NULL, 0);
	return err_set(e, r, "watch %s", name);
}

static void keep(struct tool *t, const char *data, size_t size)
{
	for (size_t i = size > KEPT_BYTES ? size - KEPT_BYTES : 0; i < size; i++)
		t->kept[(t->said_bytes + i) % KEPT_BYTES] = data[i];
	t->said_bytes += size;
}

/* Takes what lies in the pipe, at most so much. False: its end, or it broke. */
static bool listen_to(struct tool *t, size_t most)
{
	char data[16384];

	for (size_t had = 0; had < most;) {
		ssize_t n = read(t->out, data, sizeof(data));
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n < 0 && errno == EAGAIN;
		keep(t, data, (size_t)n);
		had += (size_t)n;
	}
	return true;
}

/* Whether it ends before `until`. Who still holds its output when it does is not waited for: a
 * package may start a daemon. */
static bool ends_until(struct tool *t, uint64_t until)
{
	uint64_t now = clock_usec(), left = until > now ? until - now : 0;
	const struct timespec wait = { (time_t)(left / 1000000), (long)(left % 1000000) * 1000 };
	struct pollfd p[] = { { .fd = t->pidfd, .events = POLLIN },
			      { .fd = t->out, .events = POLLIN } };

	if (ppoll(p, 2, &wait, NULL) <= 0)
		return false;
	if (p[1].revents && !listen_to(t, DRAIN_MAX)) {
		close(t->out);
		t->out = -1;
	}
	return p[0].revents != 0;
}

static void end_by_force(struct tool *t)
{
	static const int how[] = { SIGTERM, SIGKILL };

	for (size_t i = 0; i < COUNT_OF(how); i++) {
		uint64_t until = clock_usec() + GRACE_USEC;
		bool ended = false;
		kill(-t->pid, how[i]);
		while (!ended && clock_usec() < until)
			ended = ends_until(t, until);
	}
	waitpid(t->pid, NULL, WNOHANG);
}

/* " It said: ...", the end of it; "" where it said nothing. */
static const char *last_words(struct arena *a, const struct tool *t)
{
	size_t n = t->said_bytes < KEPT_BYTES ? (size_t)t->said_bytes : KEPT_BYTES;
	char *text = arena_alloc(a, n + 1);
	const char *out = "", *line;
	struct names lines;

	for (size_t i = 0; i < n; i++)
		text[i] = t->kept[(t->said_bytes - n + i) % KEPT_BYTES];
	for (size_t i = 0; i < n; i++)
		text[i] = text[i] ? text[i] : '?';
	lines = str_split(a, text, "\r\n", KEPT_BYTES);
	for (size_t i = 0, room = SAID_MAX; i < LINES_TOLD && i < lines.count && room; i++) {
		line = lines.name[lines.count - 1 - i];
		line = str_clean(a, line, strlen(line), room);
		room -= strlen(line);
		out = *out ? arena_printf(a, "%s / %s", line, out) : line;
	}
	return *out ? arena_printf(a, ": %s", out) : ", and said nothing";
}

static int judge(struct arena *a, const struct tool *t, const char *name, struct err *e)
{
	int status = 0;
	const char *said = last_words(a, t);

	if (waitpid(t->pid, &status, 0) < 0)
		return err_set(e, -errno, "how %s ended", name);
	if (WIFSIGNALED(status))
		return err_say(e, -EIO, "%s was killed by signal %d (%s)%s", name, WTERMSIG(status),
			       strsignal(WTERMSIG(status)), said);
	if (WEXITSTATUS(status))
		return err_say(e, -EIO, "%s ended with status %d%s", name, WEXITSTATUS(status),
			       said);
	return 0;
}

int apply_run(const struct apply_to *to, struct arena *a, const struct step *s, struct err *e)
{
	const struct command *c = &s->run;
	const unsigned sec = c->deadline_sec ? c->deadline_sec : DEADLINE_SEC;
	struct act_wait w = act_wait(to, s, sec);
	TOOL t = { .out = -1, .pidfd = -1 };
	bool ended = false;

	if (c->argv.count == 0)
		return err_say(e, -EINVAL, "%s: no command", s->what);
	int r = start(to, a, &c->argv, &t, e);
	if (r < 0)
		return r;
	while (!ended && !act_is_over(&w))
		ended = ends_until(&t, act_tell(&w));
	if (ended) {
		listen_to(&t, DRAIN_MAX);
		return judge(a, &t, c->argv.name[0], e);
	}
	end_by_force(&t);
	return err_say(e, -ETIMEDOUT, "%s did not end within %u s and was stopped%s",
		       c->argv.name[0], sec, last_words(a, &t));
}
