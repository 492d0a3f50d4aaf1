/* SPDX-License-Identifier: MIT */
#include "apply.h"

/* What was done, in order: "run:a unit:start/x ". Outlives a child that ends in the middle. */
static const char *said_so_far(void)
{
	const char *text = root_read(scratch(), "/done");
	return text ? text : "";
}

/* The real one asks tools. This one writes down what was asked, and ends or fails where told so. */
static const char *fails_at, *ends_at;
int apply_act(const struct apply_to *to, struct arena *a, const struct step *s, struct err *e)
{
	const char *word = s->kind == STEP_UNIT
			       ? arena_printf(a, "%s/%s", s->unit.verb, s->unit.name)
			       : s->run.argv.name[0];
	FILE *f = fopen(scratch_path("done"), "ae");

	(void)to;
	fprintf(f, "%s ", word);
	fclose(f);
	if (str_eq(word, ends_at))
		_exit(1);
	return str_eq(word, fails_at) ? err_set(e, -EIO, "%s", word) : 0;
}

static struct apply_to live(void)
{
	struct apply_to to = to_root();
	to.files_only = false;
	return to;
}

static void plan_all(void)
{
	put("/etc/a", "1");
	plan.count = 0;
	plan_run(&plan, "pkg", "pkg")->kind = STEP_PACKAGES;
	plan_file(&plan, "/etc/a", "1", "2");
	plan_file(&plan, "/etc/b.service", NULL, "2");
	plan_unit(&plan, "daemon-reload", "");
	plan_unit(&plan, "enable", "b.service");
	plan_run(&plan, "image", "image");
	plan_step(&plan, STEP_PERSON, "pull the cable");
}

/* In a child that ends in the middle of that step. */
static void apply_until(const char *word)
{
	ends_at = word;
	pid_t pid = fork();
	if (pid == 0)
		_exit(apply_to_root(live()) ? 2 : 3);
	int status;
	waitpid(pid, &status, 0);
	CHECK_INT(WEXITSTATUS(status), 1);
	ends_at = NULL;
}

static const char *said;
static int recover(struct apply_to to)
{
	err = (struct err){ 0 };
	return apply_recover(&to, &arena, &said, &err);
}

static struct transaction newest(void)
{
	struct transaction *t;
	size_t count;
	struct apply_to to = to_root();
	CHECK_INT(transaction_list(&to, &arena, &t, &count, &err), 0);
	CHECK(count);
	return t[0];
}

TEST(packages_come_before_files_and_the_rest_after)
{
	plan_all();
	CHECK_INT(apply_to_root(live()), 0);
	CHECK_STR(said_so_far(), "pkg daemon-reload/ enable/b.service image ");
	CHECK_INT(newest().state, TRANSACTION_DONE);
	CHECK_INT(newest().what.count, 6);
	CHECK_INT(newest().files.count, 2);
	CHECK_STR(newest().command, "egpu setup");
}

TEST(undo_takes_steps_back_in_reverse_and_disables_before_the_file_goes)
{
	plan_all();
	CHECK_INT(apply_to_root(live()), 0);
	CHECK_INT(undo_to(live(), id), 0);
	CHECK(str_ends(said_so_far(), "image disable/b.service daemon-reload/ image pkg "));
	CHECK_STR(got("/etc/b.service"), "(none)");
	CHECK(*newest().undoes);
	CHECK_INT(undo_to(live(), id), 0);
	CHECK_STR(got("/etc/b.service"), "2");
	CHECK(strstr(said_so_far(), "enable/b.service"));
}

TEST(an_action_that_fails_ends_it_and_the_files_stay)
{
	plan_all();
	fails_at = "enable/b.service";
	CHECK_INT(apply_to_root(live()), -EIO);
	CHECK_STR(err.text, "enable: enable/b.service: Input/output error");
	CHECK(*id);
	CHECK_STR(got("/etc/a"), "2");
	CHECK_INT(newest().state, TRANSACTION_WRITTEN);
	CHECK_INT(recover(live()), -EIO);
	fails_at = NULL;
	CHECK_INT(recover(live()), 1);
	CHECK(str_starts(said, "finished what 'egpu setup' had begun at "));
	CHECK_INT(newest().state, TRANSACTION_DONE);
	CHECK_INT(recover(live()), 0);
}

TEST(a_package_that_cannot_be_had_leaves_all_files)
{
	plan_all();
	fails_at = "pkg";
	CHECK_INT(apply_to_root(live()), -EIO);
	CHECK_STR(got("/etc/a"), "1");
	CHECK_STR(got("/etc/b.service"), "(none)");
	CHECK_INT(newest().state, TRANSACTION_UNDONE);
	CHECK_INT(undo_to(live(), newest().id), -EALREADY);
}

TEST(what_was_cut_off_before_its_files_stood_is_taken_back)
{
	plan_all();
	apply_until("pkg");
	CHECK_INT(newest().state, TRANSACTION_PREPARED);
	CHECK_INT(recover(live()), 1);
	CHECK(str_starts(said, "took back what 'egpu setup' had begun at "));
	CHECK_STR(said_so_far(), "pkg pkg ");
	CHECK_INT(newest().state, TRANSACTION_UNDONE);
	CHECK_INT(recover(live()), 0);
}

TEST(what_was_cut_off_after_its_files_stood_is_finished)
{
	plan_all();
	apply_until("enable/b.service");
	CHECK_INT(newest().state, TRANSACTION_WRITTEN);
	struct apply_to files = to_root();
	CHECK_INT(recover(files), 0);
	CHECK_INT(newest().state, TRANSACTION_WRITTEN);
	CHECK_INT(recover(live()), 1);
	CHECK_STR(said_so_far(), "pkg daemon-reload/ enable/b.service enable/b.service image ");
	CHECK_INT(newest().state, TRANSACTION_DONE);
}

TEST(what_is_undone_is_never_finished)
{
	plan_all();
	apply_until("enable/b.service");
	CHECK_INT(undo_to(to_root(), newest().id), 0);
	CHECK_STR(got("/etc/a"), "1");
	CHECK_INT(recover(live()) >= 0, true);
	CHECK(!strstr(said_so_far(), "enable/b.service enable/b.service"));
}

TEST(files_only_leaves_the_steps_for_whoever_can)
{
	plan_all();
	CHECK_INT(apply(), 0);
	CHECK_STR(got("/etc/a"), "2");
	CHECK_STR(said_so_far(), "");
	CHECK_INT(newest().state, TRANSACTION_WRITTEN);
	CHECK_INT(undo(id), 0);
	CHECK_STR(got("/etc/a"), "1");
	CHECK_STR(said_so_far(), "");
}

static const char *journal_path(void)
{
	return arena_printf(&arena, "/var/lib/egpu/%s/journal.json", newest().id);
}

/* As it stood before the last moment: all files are new, and the journal does not know. */
static void back_to_prepared(void)
{
	const char *path = journal_path();
	char *text = str_dup(&arena, got(path)), *state = strstr(text, "\"done\"");
	CHECK(state);
	put(path, arena_printf(&arena, "%.*s\"prepared\"%s", (int)(state - text), text, state + 6));
}

TEST(a_file_that_was_edited_after_the_crash_is_left_and_named_once)
{
	put("/etc/a", "1");
	put("/etc/c", "1");
	plan.count = 0;
	plan_file(&plan, "/etc/a", "1", "2");
	plan_file(&plan, "/etc/c", "1", "2");
	CHECK_INT(apply(), 0);
	back_to_prepared();
	put("/etc/a", "mine");
	CHECK_INT(recover(to_root()), -ESTALE);
	CHECK(strstr(err.text, "/etc/a was edited by somebody else meanwhile, and is left; what "
			       "stood before is in /var/lib/egpu/"));
	CHECK_STR(got("/etc/a"), "mine");
	CHECK_STR(got("/etc/c"), "1");
	CHECK_INT(recover(to_root()), 0);
}

TEST(a_file_that_a_power_cut_lost_is_put_back)
{
	put("/etc/a", "1");
	CHECK_INT(chmod(root_path(root(), "/etc/a"), 0600), 0);
	plan.count = 0;
	plan_file(&plan, "/etc/a", "1", "2");
	CHECK_INT(apply(), 0);
	back_to_prepared();
	CHECK_INT(unlink(root_path(root(), "/etc/a")), 0);
	CHECK_INT(recover(to_root()), 1);
	CHECK_STR(got("/etc/a"), "1");
	struct stat st;
	CHECK_INT(stat(root_path(root(), "/etc/a"), &st), 0);
	CHECK_INT(st.st_mode & 07777, 0600);
	CHECK_INT(kept(), 0);
}

TEST(a_directory_without_a_journal_is_removed_and_a_damaged_one_is_named)
{
	put("/var/lib/egpu/20260101-000000-1/old.0", "1");
	CHECK_INT(recover(to_root()), 0);
	CHECK(access(root_path(root(), "/var/lib/egpu/20260101-000000-1"), F_OK) < 0);
	static const struct {
		const char *text, *said;
	} cases[] = {
		{ "{\n \"id\": ", "journal.json:2:" },
		{ "{}", "journal.json: it has no version" },
		{ "{\"version\": 9}", "journal.json: version 9, written by a newer egpu" },
		{ "{\"version\": 1, \"id\": \"20260101-000000-1\", \"command\": \"x\", "
		  "\"state\": \"prepared\", \"usec\": 1, \"files\": [{}], \"steps\": []}",
		  "journal.json: files[0] is not as egpu writes it" },
		{ "{\"version\": 1, \"id\": \"20260101-000000-2\", \"command\": \"x\", "
		  "\"state\": \"prepared\", \"usec\": 1, \"files\": [], \"steps\": []}",
		  "journal.json: it is of transaction 20260101-000000-2" },
	};
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		put("/var/lib/egpu/20260101-000000-1/journal.json", cases[i].text);
		CHECK_INT(recover(to_root()), -EINVAL);
		if (!strstr(err.text, cases[i].said))
			TAP_FAIL("%s", err.text);
		CHECK_INT(kept(), 0);
	}
}

TEST(an_id_sorts_behind_all_others_even_if_the_clock_went_back)
{
	put("/etc/a", "1");
	plan.count = 0;
	plan_file(&plan, "/etc/a", "1", "2");
	CHECK_INT(apply(), 0);
	char *from =
	    str_dup(&arena, root_path(root(), arena_printf(&arena, "/var/lib/egpu/%s", id)));
	CHECK_INT(rename(from, root_path(root(), "/var/lib/egpu/20990101-000000-9")), 0);
	plan.count = 0;
	plan_file(&plan, "/etc/a", "2", "3");
	CHECK_INT(apply(), 0);
	CHECK_STR(id, "20990101-000000-10");
	plan.count = 0;
	plan_file(&plan, "/etc/a", "3", "4");
	CHECK_INT(apply(), 0);
	CHECK_STR(id, "20990101-000000-11");
	CHECK_STR(newest().id, "20990101-000000-11");
}

TEST(a_note_stays_with_its_transaction)
{
	const char *note[] = { "bar1=256", "bar1_after=8192" };
	struct apply_to to = to_root();
	plan_all();
	CHECK_INT(apply_to_root(live()), 0);
	CHECK_INT(transaction_note(&to, id, &(struct names){ note, 1 }, &err), 0);
	CHECK_INT(transaction_note(&to, id, &(struct names){ note + 1, 1 }, &err), 0);
	CHECK_INT(newest().note.count, 2);
	CHECK_STR(newest().note.name[1], "bar1_after=8192");
	CHECK_INT(transaction_note(&to, "20000101-000000-1", &(struct names){ note, 1 }, &err),
		  -ENOENT);
	CHECK_INT(transaction_note(&to, "../x", &(struct names){ note, 1 }, &err), -ENOENT);
}

static void plan_once(void)
{
	put("/etc/a", "1");
	plan = (struct plan){ .once = true };
	plan_unit(&plan, "stop", "a.service");
	plan_run(&plan, "unload", "unload");
	plan_unit(&plan, "stop", "b.service");
}

TEST(what_is_left_of_a_plan_for_its_moment_is_done_by_nobody_later)
{
	plan_once();
	fails_at = "unload";
	CHECK_INT(apply_to_root(live()), -EIO);
	CHECK(*id);
	CHECK_INT(newest().state, TRANSACTION_DONE);
	fails_at = NULL;
	CHECK_INT(recover(live()), 0);
	CHECK_STR(said_so_far(), "stop/a.service unload ");
	CHECK_INT(undo_to(live(), id), 0);
	CHECK(str_ends(said_so_far(), "stop/a.service unload unload start/a.service "));
}

TEST(one_that_was_cut_off_is_left_as_far_as_it_came)
{
	plan_once();
	apply_until("unload");
	CHECK_INT(newest().state, TRANSACTION_WRITTEN);
	CHECK_INT(recover(live()), 1);
	CHECK(str_starts(said, "left as it is what 'egpu setup' had begun at "));
	CHECK_INT(newest().state, TRANSACTION_DONE);
	CHECK_STR(said_so_far(), "stop/a.service unload ");
	CHECK_INT(recover(live()), 0);
}

TEST(half_a_taking_back_of_it_is_tried_again)
{
	plan_once();
	CHECK_INT(apply_to_root(live()), 0);
	const char *made = id;
	fails_at = "unload";
	CHECK_INT(undo_to(live(), made), -EIO);
	fails_at = NULL;
	CHECK_INT(recover(live()), 0);
	CHECK_INT(undo_to(live(), made), 0);
	CHECK(str_ends(said_so_far(), "start/b.service unload start/a.service "));
	CHECK_INT(undo_to(live(), made), -EALREADY);
}
