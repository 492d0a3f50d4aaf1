/* SPDX-License-Identifier: MIT */
/*
 * The built probe child against stand-in libraries, as egpu-probe and as `egpu probe`.
 * $EGPU is the program, $FAKES and $FAKES_OLD hold the libraries.
 */
#include "probe-host.h"
#include "tap.h"

#include <errno.h>
#include <signal.h>
#include <sys/stat.h>
#include <time.h>

#include "host/probe.h"

static struct arena arena;

static int run(const char *what, const char *fakes, const char *mood, unsigned deadline_msec,
	       struct bytes *ret, struct err *e)
{
	setenv("LD_LIBRARY_PATH", getenv(fakes), 1);
	setenv(str_eq(what, "nvml") ? "EGPU_FAKE_NVML" : "EGPU_FAKE_CUDA", mood, 1);
	return probe_run(getenv("EGPU"), what, deadline_msec, &arena, ret, e);
}

static struct bytes answer(const char *what, const char *fakes, const char *mood)
{
	struct bytes b;
	struct err e = { 0 };

	/* Far more than it needs: a loaded machine must not fail the test. */
	if (run(what, fakes, mood, 30000, &b, &e) < 0)
		TAP_FAIL("%s", e.text);
	return b;
}

static struct facts *learn(const char *nvml, const char *cuda)
{
	struct probe_host p = { .nvml = answer("nvml", "FAKES", nvml),
				.cuda = answer("cuda", "FAKES", cuda) };
	return probe_host_facts(&p, &arena);
}

static int64_t now_msec(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

TEST(every_value_of_a_healthy_gpu_arrives)
{
	struct facts *f = learn("ok", "ok");
	const struct nvml_gpu *g = nvml_gpu(&f->nvml, "0000:22:00.0");

	CHECK(g != NULL);
	CHECK_STR(g->name, "NVIDIA GeForce RTX 3060");
	CHECK_STR(g->uuid, "GPU-3f0c1d2e-4a5b-6c7d-8e9f-0a1b2c3d4e5f");
	CHECK(is_text(f->nvml.driver_version, "590.48.01"));
	CHECK(is_u64(f->nvml.cuda_version, 13010));
	CHECK(is_u64(g->vram_total_bytes, 12288ULL << 20));
	CHECK(is_u64(g->vram_free_bytes, 11871ULL << 20));
	CHECK(is_u64(g->vram_used_bytes, 417ULL << 20));
	CHECK(is_u64(g->power_mw, 14200));
	CHECK(is_u64(g->power_limit_mw, 170000));
	CHECK(is_u64(g->temperature_celsius, 38));
	CHECK(is_u64(g->slowdown_celsius, 95));
	CHECK(is_u64(g->throttle_reasons, 1));
	CHECK(is_u64(g->pcie_replays, 0));
	CHECK(is_u64(g->pcie_generation, 1));
	CHECK(is_u64(g->pcie_generation_max, 3));
	CHECK(is_u64(g->pcie_width, 4));
	CHECK(is_u64(g->pcie_width_max, 16));
	CHECK(is_u64(g->persistence_mode, 1));
	CHECK(is_u64(g->utilization_percent, 7));
	CHECK(is_u64(g->minor, 0));
	CHECK_INT(g->ecc_uncorrected.know, ABSENT);
	CHECK_INT(g->error.know, ABSENT);
}

TEST(cuda_tells_version_and_capability)
{
	struct facts *f = learn("ok", "ok");
	const struct cuda_gpu *g = cuda_gpu(&f->cuda, "00000000:22:00.0");

	CHECK(is_u64(f->cuda.driver_version, 13010));
	CHECK(g && g->capability_major == 8 && g->capability_minor == 6);
	CHECK_INT(g->total_bytes, 12LL << 30);
}

static void check_processes(const struct nvml_gpu *g, size_t graphics)
{
	CHECK_INT(g->process_know, KNOWN);
	CHECK_INT(g->process_count, 2 + graphics);
	for (size_t i = 0; i < 2; i++) {
		CHECK_INT(g->process[i].pid, 4242 + (long long)i);
		CHECK_INT(g->process[i].used_bytes, (1LL + (long long)i) << 30);
		CHECK(g->process[i].compute);
	}
}

TEST(processes_are_right_in_each_layout_of_their_struct)
{
	static const char *const sizes[] = { "16", "24", "32" };
	for (size_t i = 0; i < COUNT_OF(sizes); i++) {
		setenv("EGPU_FAKE_PROCESS_SIZE", sizes[i], 1);
		check_processes(&learn("ok", "ok")->nvml.gpu[0], 1);
	}
}

TEST(old_driver_with_old_symbols_tells_the_same)
{
	struct probe_host p = { .nvml = answer("nvml", "FAKES_OLD", "ok"),
				.cuda = answer("cuda", "FAKES", "ok") };
	const struct nvml_gpu *g = &probe_host_facts(&p, &arena)->nvml.gpu[0];

	check_processes(g, 0);
	CHECK(is_u64(g->throttle_reasons, 1));
	CHECK_STR(g->bdf, "00000000:22:00.0");
}

TEST(mismatch_and_unloaded_are_answers_with_a_name)
{
	struct facts *f = learn("mismatch", "mismatch");
	CHECK(is_u64(f->nvml.result, 18));
	CHECK_STR(f->nvml.result_name, "NVML_ERROR_LIB_RM_VERSION_MISMATCH");
	CHECK(is_u64(f->cuda.result, 803));
	CHECK_STR(f->cuda.result_name, "CUDA_ERROR_SYSTEM_DRIVER_MISMATCH");

	f = learn("unloaded", "unknown");
	CHECK(is_u64(f->nvml.result, 9));
	CHECK(is_u64(f->cuda.result, 999));
}

TEST(lost_gpu_is_listed_with_its_error)
{
	struct facts *f = learn("lost", "ok");
	CHECK(is_u64(f->nvml.result, 0));
	CHECK_INT(f->nvml.gpu_count, 1);
	CHECK(is_u64(f->nvml.gpu[0].error, 15));
	CHECK_STR(f->nvml.gpu[0].error_name, "NVML_ERROR_GPU_IS_LOST");
	CHECK_INT(f->cuda.end, PROBE_NOT_RUN);
}

TEST(gpu_lost_while_asked_keeps_its_address_and_is_asked_no_more)
{
	const struct nvml_gpu *g = &learn("lost-later", "ok")->nvml.gpu[0];
	CHECK_STR(g->bdf, "00000000:22:00.0");
	CHECK(is_u64(g->error, 15));
	CHECK_INT(g->minor.know, UNREADABLE);
	CHECK_INT(g->power_mw.know, ABSENT);
	CHECK_INT(g->process_know, ABSENT);
	CHECK_INT(g->process_count, 0);
}

TEST(driver_without_a_gpu_lists_none)
{
	struct facts *f = learn("none", "none");
	CHECK(is_u64(f->nvml.result, 0));
	CHECK_INT(f->nvml.gpu_count, 0);
	CHECK(is_u64(f->cuda.result, 100));
}

TEST(garbage_harms_nobody)
{
	struct facts *f = learn("garbage", "garbage");

	CHECK_INT(f->nvml.end, PROBE_ANSWERED);
	CHECK_INT(f->nvml.gpu_count, 32);
	CHECK_STR(f->nvml.gpu[0].bdf, "");
	CHECK_INT(f->nvml.gpu[0].vram_total_bytes.know, UNREADABLE);
	CHECK_INT(f->nvml.gpu[0].process_know, ABSENT);
	CHECK_INT(f->nvml.gpu[0].process_count, 0);
	CHECK_INT(f->nvml.driver_version.know, UNREADABLE);
	CHECK_INT(f->nvml.cuda_version.know, UNREADABLE);
	CHECK(is_u64(f->nvml.gpu[1].error, 4711));
	CHECK_INT(f->cuda.gpu_count, 32);
	CHECK_INT(f->cuda.gpu[0].total_bytes, 0);
	CHECK_INT(f->cuda.driver_version.know, ABSENT);
}

TEST(missing_library_is_an_answer)
{
	setenv("FAKES", "/nonexistent", 1);
	struct facts *f = learn("ok", "ok");
	/* A machine that has the real ones finds them without us. */
	if (f->nvml.end == PROBE_ANSWERED)
		return;
	CHECK_INT(f->nvml.end, PROBE_NO_LIBRARY);
	CHECK(strstr(f->nvml.why, "libnvidia-ml.so.1") != NULL);
}

TEST(variables_that_hide_gpus_are_taken_away)
{
	setenv("CUDA_VISIBLE_DEVICES", "-1", 1);
	setenv("NVIDIA_VISIBLE_DEVICES", "void", 1);
	CHECK(is_u64(learn("ok", "environment")->cuda.result, 0));
}

TEST(crash_is_told_with_its_signal)
{
	struct bytes b;
	struct err e = { 0 };

	CHECK_INT(run("nvml", "FAKES", "crash", 30000, &b, &e), -EIO);
	CHECK(strstr(e.text, "signal 11") != NULL);
	CHECK_INT(e.code, -EIO);
	CHECK_INT(run("cuda", "FAKES", "crash", 30000, &b, NULL), -EIO);
	/* and it has been reaped */
	CHECK_INT(waitpid(-1, NULL, WNOHANG), -1);
}

/* The process that wrote its id to the file; 0 where none did. */
static pid_t pid_in(const char *path)
{
	FILE *f = fopen(path, "re");
	int pid = 0;
	if (f && fscanf(f, "%d", &pid) != 1)
		pid = 0;
	if (f)
		fclose(f);
	return pid;
}

TEST(hanging_driver_is_left_at_the_deadline)
{
	char file[] = "/tmp/egpu-test-XXXXXX";
	struct bytes b;
	struct err e = { 0 };
	int fd = mkstemp(file);

	close(fd);
	setenv("EGPU_FAKE_PID_FILE", file, 1);
	int64_t since = now_msec();
	CHECK_INT(run("nvml", "FAKES", "hang", 1500, &b, &e), -ETIMEDOUT);
	int64_t took = now_msec() - since;
	pid_t pid = pid_in(file);
	unlink(file);

	CHECK(took >= 1500 && took < 1800);
	CHECK_STR(e.text, "no answer within 1500 ms");
	CHECK(pid > 0);
	for (int i = 0; i < 100 && kill(pid, 0) == 0; i++)
		nanosleep(&(struct timespec){ .tv_nsec = 10000000 }, NULL);
	CHECK_INT(kill(pid, 0), -1);
	CHECK_INT(errno, ESRCH);
}

TEST(child_that_cannot_be_killed_does_not_keep_us)
{
	/* In a session of its own, with our pipe: as far away as one in uninterruptible sleep. */
	char file[] = "/tmp/egpu-test-XXXXXX";
	static const char script[] = "#!/bin/sh\nsetsid sleep 3 &\nexec sleep 3\n";
	struct bytes b;
	int fd = mkstemp(file);

	CHECK_INT(write(fd, script, sizeof(script) - 1), sizeof(script) - 1);
	fchmod(fd, 0700);
	close(fd);
	int64_t since = now_msec();
	int r = probe_run(file, "nvml", 500, &arena, &b, NULL);
	unlink(file);
	CHECK_INT(r, -ETIMEDOUT);
	CHECK(now_msec() - since < 800);
}

TEST(program_that_is_not_there_is_no_answer_of_the_host)
{
	struct bytes b;
	struct err e = { 0 };

	CHECK_INT(probe_run("/nonexistent", "nvml", 1000, &arena, &b, &e), -EPROTO);
	CHECK_STR(e.text, "start /nonexistent: No such file or directory");
	CHECK_INT(probe_run("/bin/false", "nvml", 1000, &arena, &b, &e), -EPROTO);
	CHECK_STR(e.text, "ended with status 1 and no answer");
}

TEST(endless_answer_is_cut_off)
{
	char file[] = "/tmp/egpu-test-XXXXXX";
	static const char script[] = "#!/bin/sh\nexec cat /dev/zero\n";
	struct bytes b;
	int fd = mkstemp(file);

	CHECK_INT(write(fd, script, sizeof(script) - 1), sizeof(script) - 1);
	fchmod(fd, 0700);
	close(fd);
	int r = probe_run(file, "nvml", 30000, &arena, &b, NULL);
	unlink(file);
	CHECK_INT(r, -EFBIG);
}

/* One that has told of NVML, and the moods of what comes next. */
static struct probe_child child_of(const char *what, const char *cuda)
{
	struct probe_child child = { 0 };
	struct bytes b;

	setenv("LD_LIBRARY_PATH", getenv("FAKES"), 1);
	setenv("EGPU_FAKE_NVML", "ok", 1);
	setenv("EGPU_FAKE_CUDA", cuda, 1);
	CHECK_INT(probe_first(getenv("EGPU"), what, 30000, &arena, &b, &child, NULL), 0);
	return child;
}

/* Ended, by itself, and in time. */
static bool is_gone(pid_t pid)
{
	for (int i = 0; i < 300; i++) {
		if (waitpid(pid, NULL, WNOHANG) != 0)
			return true;
		nanosleep(&(struct timespec){ .tv_nsec = 10000000 }, NULL);
	}
	return false;
}

TEST(one_child_tells_of_nvml_and_then_of_cuda)
{
	struct probe_child child = child_of("nvml+cuda", "ok");
	struct bytes b;
	pid_t pid = child.pid;

	CHECK(pid > 0);
	CHECK_INT(probe_next(&child, 30000, &arena, &b, NULL), 0);
	CHECK(bytes_have(b, "capability_major"));
	CHECK_INT(child.pid, 0);
	CHECK(is_gone(pid));
}

TEST(child_that_nobody_asks_on_ends)
{
	struct probe_child child = child_of("nvml+cuda", "ok");
	pid_t pid = child.pid;

	probe_let_go(&child);
	probe_let_go(&child);
	CHECK(is_gone(pid));
}

TEST(cuda_in_the_same_child_hangs_or_crashes_alone)
{
	struct err e = { 0 };
	struct bytes b;
	struct probe_child child = child_of("nvml+cuda", "crash");

	CHECK_INT(probe_next(&child, 30000, &arena, &b, &e), -EIO);
	CHECK(strstr(e.text, "signal 11") != NULL);
	child = child_of("nvml+cuda", "hang");
	pid_t pid = child.pid;
	CHECK_INT(probe_next(&child, 300, &arena, &b, &e), -ETIMEDOUT);
	CHECK_STR(e.text, "no answer within 300 ms");
	CHECK(is_gone(pid));
}

TEST(child_that_has_ended_cannot_be_asked_on)
{
	struct probe_child child = child_of("nvml", "ok");
	struct bytes b;

	CHECK(is_gone(child.pid));
	CHECK_INT(probe_next(&child, 1000, &arena, &b, NULL), -EPIPE);
	CHECK_INT(child.pid, 0);
}
