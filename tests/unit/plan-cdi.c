/* SPDX-License-Identifier: MIT */
#include "../tap.h"

#include "plan-host.h"
#include "runtime-host.h"

#define DAEMON "/etc/docker/daemon.json"

static struct unit units[] = {
	{ .name = "nvidia-cdi-refresh.path", .know = KNOWN },
	{ .name = "nvidia-cdi-refresh.service", .know = KNOWN },
};

static void unit_is(size_t n, const char *load, const char *active, const char *file_state)
{
	units[n].load = load;
	units[n].active = active;
	units[n].file_state = file_state;
}

/* Nothing hands out the GPU yet. */
static struct facts bare(const char *version)
{
	struct facts f = healthy();

	f.docker.version = known_text(version, "");
	f.docker.runtime_count = 1;
	f.docker.nvidia_runtime_exists = (struct maybe_u64){ 0 };
	f.want = want_default();
	return f;
}

static struct facts with_units(const char *version)
{
	struct facts f = bare(version);

	unit_is(0, "loaded", "inactive", "disabled");
	unit_is(1, "loaded", "inactive", "disabled");
	f.services = (struct services){ KNOWN, units, 2 };
	return f;
}

static void takes_cdi(struct facts *f)
{
	static const char *dirs[] = { "/etc/cdi", "/var/run/cdi" };
	f->docker.cdi_dirs = (struct names){ dirs, 2 };
}

static void has_spec(struct facts *f)
{
	f->docker.cdi = &fresh;
	f->docker.cdi_count = 1;
	f->docker.cdi_know = KNOWN;
}

static struct plan *plan_of(struct facts *f)
{
	return planned(f, &theme_runtime);
}

TEST(docker_28_2_takes_cdi_without_a_change_of_its_file)
{
	struct facts f = bare("28.2.0");
	takes_cdi(&f);
	struct plan *p = plan_of(&f);

	CHECK_STR(told(p), "write the GPU's CDI specification to /etc/cdi/nvidia.yaml");
	CHECK_STR(line_of(&p->step[0]),
		  "sudo /usr/bin/nvidia-ctk cdi generate --output=/etc/cdi/nvidia.yaml");
	CHECK_STR(p->step[0].run.undo.name[2], "/etc/cdi/nvidia.yaml");
	has_spec(&f);
	CHECK_STR(told(plan_of(&f)), "");
}

TEST(the_toolkits_own_units_are_preferred)
{
	struct facts f = with_units("28.2.0");
	takes_cdi(&f);
	struct plan *p = plan_of(&f);

	CHECK_STR(told(p), "renew the CDI specification by nvidia-cdi-refresh.path; "
			   "renew the CDI specification by nvidia-cdi-refresh.service; "
			   "watch the driver for changes; write the CDI specification now");
	has_spec(&f);
	unit_is(0, "loaded", "active", "enabled");
	unit_is(1, "loaded", "inactive", "enabled");
	CHECK_STR(told(plan_of(&f)), "");
}

TEST(a_masked_refresh_is_let_run_again)
{
	struct facts f = with_units("28.2.0");
	takes_cdi(&f);
	has_spec(&f);
	unit_is(0, "masked", "inactive", "masked");
	unit_is(1, "loaded", "failed", "enabled");

	CHECK_STR(told(plan_of(&f)),
		  "let nvidia-cdi-refresh.path run again; "
		  "renew the CDI specification by nvidia-cdi-refresh.path; "
		  "forget that nvidia-cdi-refresh.service failed; watch the driver for changes; "
		  "write the CDI specification now");
}

TEST(a_stale_specification_is_written_anew_where_it_is)
{
	struct facts f = bare("28.2.0");
	struct cdi_spec old = fresh;
	old.driver_version = known_text("570.1", "");
	takes_cdi(&f);
	f.docker.cdi = &old;
	f.docker.cdi_count = 1;
	f.docker.cdi_know = KNOWN;
	struct plan *p = plan_of(&f);

	CHECK_STR(told(p), "write the GPU's CDI specification to /var/run/cdi/nvidia.yaml");
	CHECK_INT(p->step[0].run.undo.count, 0);
}

TEST(a_specification_waits_for_the_driver)
{
	struct facts f = bare("28.2.0");
	takes_cdi(&f);
	f.driver.nvidia_loaded = known_u64(0, "");
	const struct step *s = step_of(plan_of(&f), STEP_PERSON);

	CHECK(s && s->when == WHEN_REBOOT);
	CHECK_STR(line_of(s), "sudo egpu setup --only runtime");
}

TEST(from_25_to_28_1_cdi_has_to_be_switched_on)
{
	struct facts f = bare("26.1.4");
	has_spec(&f);
	f.want.runtime = RUNTIME_CDI;
	struct plan *p = plan_of(&f);

	CHECK_STR(told(p), "let docker read CDI specifications; "
			   "check that docker takes /etc/docker/daemon.json; "
			   "restart docker with the new daemon.json");
	CHECK(bytes_have(file_step_of(p, DAEMON)->file.after, "\"cdi\": true"));
}

TEST(without_a_wish_27_gets_the_runtime)
{
	struct facts f = bare("27.5.1");
	CHECK(
	    bytes_have(file_step_of(plan_of(&f), DAEMON)->file.after, "nvidia-container-runtime"));
}

TEST(before_25_cdi_is_refused_with_the_reason)
{
	struct facts f = bare("24.0.7");
	f.want.runtime = RUNTIME_CDI;

	CHECK_STR(told(plan_of(&f)), "| CDI needs Docker 25 or later, this is 24.0.7");
}

TEST(cdi_that_was_switched_off_is_switched_on)
{
	struct facts f = bare("28.3.0");
	has_spec(&f);
	f.docker.config.know = KNOWN;
	f.docker.config.cdi_feature = known_u64(0, DAEMON);
	put(DAEMON, "{\n    \"features\": {\n        \"cdi\": false\n    }\n}\n");

	CHECK(bytes_have(file_step_of(plan_of(&f), DAEMON)->file.after, "\"cdi\": true"));
}

TEST(a_container_that_names_the_runtime_needs_it)
{
	struct facts f = bare("28.3.0");
	struct container c = ollama(0);
	c.runtime = "nvidia";
	takes_cdi(&f);
	has_spec(&f);
	add(&f, &c);

	CHECK(file_step_of(plan_of(&f), DAEMON) != NULL);
}

TEST(podman_has_cdi_and_nothing_else)
{
	struct facts f = bare("5.4.0");
	f.docker.flavour = DOCKER_PODMAN;

	CHECK_STR(told(plan_of(&f)), "write the GPU's CDI specification to /etc/cdi/nvidia.yaml");
	f.want.runtime = RUNTIME_NVIDIA;
	CHECK_STR(told(plan_of(&f)), "| podman has no daemon.json; it hands out the GPU by CDI");
}

TEST(a_toolkit_without_nvidia_ctk_cannot_write_one)
{
	struct facts f = bare("28.2.0");
	takes_cdi(&f);
	f.docker.toolkit_path = known_text("/usr/bin/nvidia-container-runtime", "");

	CHECK_STR(told(plan_of(&f)), "| this toolkit has no nvidia-ctk, which writes the "
				     "specification");
}
