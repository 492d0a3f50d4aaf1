/* SPDX-License-Identifier: MIT */
#include "collect/collect.h"
#include "sysfs-host.h"
#include "tap.h"

static struct arena arena;
static struct table_host host = { .host = { .ops = &table_ops } };
static struct facts facts = { .arena = &arena };

static const struct want *wanted(const char *text)
{
	TABLE_ADD(&host, { "/etc/egpu.conf", text });
	facts.want = want_default();
	collect_want(&facts, &host.host);
	return &facts.want;
}

TEST(without_a_file_all_is_as_by_default)
{
	facts.want = want_default();
	collect_want(&facts, &host.host);
	CHECK_STR(facts.want.gpu, "external");
	CHECK(!facts.want.display);
	CHECK_INT(facts.want.early, WISH_YES);
	CHECK(!facts.want.early_is_set);
	CHECK_STR(facts.want.ollama.kv_cache_type, "q8_0");
	CHECK_STR(facts.want.error, "");
}

TEST(a_wish_that_is_also_the_default_is_known_to_be_set)
{
	CHECK(wanted("[boot]\nearly = yes\n")->early_is_set);
}

TEST(every_key_is_taken)
{
	const struct want *w = wanted(
	    "; mine\n[gpu]\nselect = 22:00.0\nuse = display\n[boot]\nkernels = linux, linux-zen\n"
	    "early=no\norder = keep\n[driver]\npersistence = no\nsuspend = yes\n[enclosure]\n"
	    "policy = iommu\nenroll = 00000000-0000-4000-8000-000000000003\n[docker]\ngpu = cdi\n"
	    "reload = cgroupfs\n[stack]\nproject = /home/u/stack\noverride = no\n[ollama]\n"
	    "flash_attention = keep\nkv_cache_type = f16\nnum_parallel = 4\nkeep_alive = "
	    "1h\n[guard]\nact = no\n"
	    "tries = 5\nwindow = 20\nstop = 60\nevery = 0\nhook = /usr/local/bin/tell\n"
	    "listen = 127.0.0.1:9469\n[policy]\nxid-31 = ignore\ncontainer-devices-lost = "
	    "recreate\n");
	CHECK_STR(w->error, "");
	CHECK_STR(w->gpu, "22:00.0");
	CHECK(w->display);
	CHECK_INT(w->kernels.count, 2);
	CHECK_STR(w->kernels.name[1], "linux-zen");
	CHECK_INT(w->early, WISH_NO);
	CHECK_INT(w->order, WISH_KEEP);
	CHECK_INT(w->persistence, WISH_NO);
	CHECK_INT(w->suspend, WISH_YES);
	CHECK_STR(w->policy, "iommu");
	CHECK_STR(w->enclosure, "00000000-0000-4000-8000-000000000003");
	CHECK_INT(w->runtime, RUNTIME_CDI);
	CHECK_INT(w->reload, RELOAD_CGROUPFS);
	CHECK_STR(w->project, "/home/u/stack");
	CHECK_INT(w->override, WISH_NO);
	CHECK_STR(w->ollama.flash_attention, "");
	CHECK_STR(w->ollama.kv_cache_type, "f16");
	CHECK_STR(w->ollama.num_parallel, "4");
	CHECK_STR(w->ollama.keep_alive, "1h");
	CHECK(!w->guard.act);
	CHECK_INT(w->guard.tries, 5);
	CHECK_INT(w->guard.window_sec, 1200);
	CHECK_INT(w->guard.stop_sec, 60);
	CHECK_INT(w->guard.every_sec, 0);
	CHECK_STR(w->guard.hook, "/usr/local/bin/tell");
	CHECK_STR(w->guard.listen, "127.0.0.1:9469");
	CHECK_INT(w->guard.policy_count, 2);
	CHECK_STR(w->guard.policy[1].cause, "container-devices-lost");
	CHECK_STR(w->guard.policy[1].deed, "recreate");
}

TEST(a_guard_that_could_never_try_is_refused)
{
	const struct want *w = wanted("[guard]\ntries = 0\n");
	CHECK_STR(w->error, "/etc/egpu.conf:2: tries takes how often, 1 to 9999, not '0'");
	CHECK_INT(w->guard.tries, 3);
}

TEST(a_policy_is_one_of_the_deeds)
{
	const struct want *w = wanted("[policy]\nxid-31 = explode\n");
	CHECK_STR(w->error, "/etc/egpu.conf:2: a policy is one of ignore, tell, stop, mend, reset, "
			    "start, restart and recreate, not 'explode'");
	CHECK_INT(w->guard.policy_count, 0);
}

TEST(a_line_that_is_wrong_is_told_with_its_number_and_changes_nothing)
{
	const struct want *w = wanted("[boot]\nearly = maybe\n[gpu]\nuse = display\n");
	CHECK_STR(w->error, "/etc/egpu.conf:2: early takes yes, no or keep, not 'maybe'");
	CHECK_INT(w->early, WISH_YES);
	CHECK(w->display);
}

TEST(a_key_that_is_not_known_is_told)
{
	CHECK_STR(wanted("[boot]\nearli = yes\n")->error,
		  "/etc/egpu.conf:2: there is no key 'earli' in [boot]");
	CHECK_STR(wanted("early = yes\n")->error,
		  "/etc/egpu.conf:1: there is no key 'early' in []");
}

TEST(what_is_no_ini_file_is_told)
{
	CHECK_STR(wanted("[gpu]\nhello\n")->error,
		  "/etc/egpu.conf:2: this is no line of an ini file");
}

/* It goes into YAML and an environment. */
TEST(a_value_is_a_plain_word)
{
	CHECK(*wanted("[ollama]\nkeep_alive = 1h\"; rm\n")->error);
	CHECK(*wanted("[ollama]\nkeep_alive = 1h: x\n")->error);
	CHECK(*wanted("[enclosure]\nenroll = all\n")->error);
	CHECK(*wanted("[gpu]\nselect = \x1b[2J\n")->error);
	CHECK(!strchr(facts.want.error, '\x1b'));
	CHECK_STR(facts.want.gpu, "external");
}

TEST(a_file_that_may_not_be_read_is_told)
{
	TABLE_ADD(&host, { "/etc/egpu.conf", .error = -EACCES });
	facts.want = want_default();
	collect_want(&facts, &host.host);
	CHECK_STR(facts.want.error, "/etc/egpu.conf: permission denied");
}
