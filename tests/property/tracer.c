/* SPDX-License-Identifier: MIT */
#include "tracer.h"

#include <elf.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

/*
 * A filter stops the child once at each call, before it is done; tracing by PTRACE_SYSCALL would do
 * so twice. A call whose number is -1 then is not done, and returns what stands in the register.
 */
#if defined(__x86_64__)
static void fail_call(pid_t pid, long result)
{
	ptrace(PTRACE_POKEUSER, pid, offsetof(struct user, regs.orig_rax), -1L);
	ptrace(PTRACE_POKEUSER, pid, offsetof(struct user, regs.rax), result);
}

bool traced_can_fail(void)
{
	return true;
}
#elif defined(__aarch64__)
static void fail_call(pid_t pid, long result)
{
	int none = -1;
	struct iovec call = { &none, sizeof(none) };
	struct user_regs_struct regs;
	struct iovec io = { &regs, sizeof(regs) };

	ptrace(PTRACE_GETREGSET, pid, NT_PRSTATUS, &io);
	regs.regs[0] = (unsigned long long)result;
	ptrace(PTRACE_SETREGSET, pid, NT_PRSTATUS, &io);
	ptrace(PTRACE_SETREGSET, pid, NT_ARM_SYSTEM_CALL, &call);
}

bool traced_can_fail(void)
{
	return true;
}
#else
static void fail_call(pid_t pid, long result)
{
	(void)pid;
	(void)result;
}

bool traced_can_fail(void)
{
	return false;
}
#endif

enum { NO_FILTER = 98 };

static int stop_at_all_calls(void)
{
	struct sock_filter all = BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRACE);
	struct sock_fprog program = { 1, &all };

	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ||
		       prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) < 0
		   ? -1
		   : 0;
}

static pid_t start(int (*run)(void *data), void *data)
{
	int status;

	fflush(stdout);
	pid_t pid = fork();
	if (pid == 0) {
		if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) < 0)
			_exit(99);
		raise(SIGSTOP);
		if (stop_at_all_calls() < 0)
			_exit(NO_FILTER);
		/* Whoever looks for leaks at the end cannot while another traces. */
		_exit(run(data));
	}
	if (pid < 0 || waitpid(pid, &status, 0) < 0 || !WIFSTOPPED(status) ||
	    ptrace(PTRACE_SETOPTIONS, pid, NULL, PTRACE_O_TRACESECCOMP | PTRACE_O_EXITKILL) < 0) {
		puts("# not here: nobody may trace");
		exit(77);
	}
	return pid;
}

static bool shall_fail(struct traced *t, const struct mischief *m,
		       const struct __ptrace_syscall_info *info)
{
	unsigned long long arg[6];

	for (int i = 0; i < 6; i++)
		arg[i] = info->seccomp.args[i];
	if (!m->fails || !m->fails((long)info->seccomp.nr, arg))
		return false;
	t->could_fail++;
	return m->fail_at && (m->on ? t->could_fail >= m->fail_at : t->could_fail == m->fail_at);
}

/* True: it shall be killed now. */
static bool at_call(pid_t pid, struct traced *t, const struct mischief *m)
{
	struct __ptrace_syscall_info info;

	if (++t->calls == m->kill_at || !m->fails)
		return t->calls == m->kill_at;
	if (ptrace(PTRACE_GET_SYSCALL_INFO, pid, sizeof(info), &info) < 0)
		abort();
	if (shall_fail(t, m, &info))
		fail_call(pid, -m->error);
	return false;
}

struct traced traced_run(int (*run)(void *data), void *data, const struct mischief *m)
{
	struct traced t = { .status = -1 };
	int status, pass = 0;
	pid_t pid = start(run, data);

	for (;;) {
		if (ptrace(PTRACE_CONT, pid, NULL, pass) < 0 || waitpid(pid, &status, 0) < 0)
			abort();
		if (WIFEXITED(status) || WIFSIGNALED(status))
			break;
		bool is_call = status >> 8 == (SIGTRAP | PTRACE_EVENT_SECCOMP << 8);
		pass = is_call ? 0 : WSTOPSIG(status);
		if (!is_call || !at_call(pid, &t, m))
			continue;
		kill(pid, SIGKILL);
		waitpid(pid, &status, 0);
		t.killed = true;
		return t;
	}
	if (WIFEXITED(status))
		t.status = WEXITSTATUS(status);
	if (t.calls == 0 && t.status == NO_FILTER) {
		puts("# not here: no seccomp filters");
		exit(77);
	}
	return t;
}
