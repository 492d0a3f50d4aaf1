/* SPDX-License-Identifier: MIT */
/*
 * Whether this process may do what a look and a deed of the guard take: a line for each that it may
 * not. In /var/lib/egpu, as root. What is refused for another reason than a sandbox's is allowed.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/klog.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

enum { KLOG_SIZE_BUFFER = 10 };

static void may_not(const char *what)
{
	printf("%s: %s\n", what, strerror(errno));
}

static void read_below_a_root(void)
{
	struct open_how how = { .flags = O_RDONLY, .resolve = RESOLVE_IN_ROOT };
	int root = open("/", O_PATH | O_DIRECTORY);

	if (syscall(SYS_openat2, root, "etc/passwd", &how, sizeof(how)) < 0)
		may_not("openat2");
}

static void read_kernel_log(void)
{
	if (klogctl(KLOG_SIZE_BUFFER, NULL, 0) < 0)
		may_not("syslog");
	if (open("/dev/kmsg", O_RDONLY | O_NONBLOCK) < 0)
		may_not("/dev/kmsg");
}

/* As a container's nodes are looked at. */
static void enter_namespace(void)
{
	int mounts = open("/proc/1/ns/mnt", O_RDONLY), root = open("/proc/1/root", O_PATH);

	if (setns(mounts, CLONE_NEWNS) < 0 || fchdir(root) < 0 || chroot(".") < 0)
		may_not("a container's files");
}

/* There is no such cgroup, which is what a kernel must say. */
static void be_born_into_cgroup(void)
{
	struct clone_args how = { .flags = CLONE_INTO_CGROUP,
				  .exit_signal = SIGCHLD,
				  .cgroup = 999 };

	if (syscall(SYS_clone3, &how, sizeof(how)) < 0 && errno != EBADF)
		may_not("clone3");
}

/* No module: that must be what is wrong with it, where the kernel takes modules at all. */
static void load_module(void)
{
	int none = memfd_create("none", 0);

	if (write(none, "none", 4) == 4 && syscall(SYS_finit_module, none, "", 0) < 0 &&
	    errno == EPERM)
		may_not("finit_module");
}

static void make_node(void)
{
	if (mknod("null", S_IFCHR | 0600, makedev(1, 3)) < 0)
		may_not("mknod");
	unlink("null");
}

static void change_kernel_files(void)
{
	if (access("/sys/bus/pci", F_OK) == 0 && access("/sys/bus/pci/rescan", W_OK) < 0 &&
	    errno != ENOENT)
		may_not("/sys");
}

/* Each in a child: some of it cannot be taken back. */
int main(void)
{
	static void (*const deeds[])(
	    void) = { read_below_a_root, read_kernel_log, enter_namespace,    be_born_into_cgroup,
		      load_module,       make_node,       change_kernel_files };

	for (size_t i = 0; i < sizeof(deeds) / sizeof(*deeds); i++) {
		int status = 0;
		pid_t child = fork();
		if (child == 0) {
			deeds[i]();
			fflush(stdout);
			_exit(0);
		}
		if (child < 0 || waitpid(child, &status, 0) < 0 || status != 0)
			printf("%zu: ended by %d\n", i, status);
	}
	puts("that is all");
	return 0;
}
