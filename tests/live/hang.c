/* SPDX-License-Identifier: MIT */
/*
 * Puts a node into a container that hangs whoever opens it, as a driver does whose GPU is gone: a
 * file system in user space that never answers.
 * usage: hang PID   (root; makes /dev/hang for that process, prints "ready", stays until killed)
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

static int fail(const char *what)
{
	fprintf(stderr, "%s: %s\n", what, strerror(errno));
	return 77;
}

int main(int argc, char *argv[])
{
	char path[64], options[128];

	if (argc != 2)
		return 64;
	snprintf(path, sizeof(path), "/proc/%s/ns/mnt", argv[1]);
	int mounts = open(path, O_RDONLY | O_CLOEXEC), fuse = open("/dev/fuse", O_RDWR | O_CLOEXEC);
	if (mounts < 0 || fuse < 0)
		return fail(fuse < 0 ? "/dev/fuse" : path);
	if (setns(mounts, CLONE_NEWNS) < 0)
		return fail("setns");
	int node = open("/dev/hang", O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	if (node < 0)
		return fail("/dev/hang");
	close(node);
	snprintf(options, sizeof(options), "fd=%d,rootmode=100600,user_id=0,group_id=0", fuse);
	if (mount("hang", "/dev/hang", "fuse", 0, options) < 0)
		return fail("mount");
	puts("ready");
	fflush(stdout);
	pause();
	return 0;
}
