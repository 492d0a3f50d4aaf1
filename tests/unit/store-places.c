/* SPDX-License-Identifier: MIT */
#include <errno.h>

#include "nobody.h"
#include "ollama-store.h"
#include "store/store.h"
#include "tap.h"

TEST(the_list_has_all_names_sorted_and_no_others)
{
	struct names all;
	one_model(LIBRARY "qwen2.5/7b");
	one_model(LIBRARY "qwen2.5/32b");
	one_model(LIBRARY "llama3.2/latest");
	one_model("manifests/registry.ollama.ai/me/mine/v1");
	one_model("manifests/hf.co/u/r-GGUF/Q4_K_M");
	one_model(LIBRARY ".hidden/latest");
	one_model(LIBRARY "m/.DS_Store");
	scratch_write(LIBRARY "empty/", NULL, 0);
	scratch_write(LIBRARY "deep/tag/more/", NULL, 0);
	scratch_text("manifests/stray", "");
	scratch_text(LIBRARY "stray", "");
	if (mkfifo(scratch_path(LIBRARY "qwen2.5/fifo"), 0600) < 0 ||
	    symlink("7b", scratch_path(LIBRARY "qwen2.5/linked")) < 0 ||
	    symlink("nowhere", scratch_path(LIBRARY "qwen2.5/dangling")) < 0 ||
	    symlink("..", scratch_path(LIBRARY "up")) < 0)
		abort();
	CHECK_INT(store_list(&arena, scratch(), &all, &err), 0);
	CHECK_STR(names_join(&arena, &all, " "),
		  "hf.co/u/r-GGUF:Q4_K_M llama3.2:latest me/mine:v1 qwen2.5:32b qwen2.5:7b "
		  "qwen2.5:linked");
	for (size_t i = 0; i < all.count; i++) {
		struct stored s;
		CHECK_INT(store_ollama(&arena, scratch(), all.name[i], &s, &err), 0);
		CHECK_STR(s.name, all.name[i]);
	}
}

static void closed_store(void)
{
	struct store_id id = { 0 };
	struct names all;
	struct stored s;

	CHECK_INT(store_ollama(&arena, scratch_path("closed"), "m", &s, &err), -EACCES);
	CHECK(strstr(err.text, "/closed belongs to "));
	CHECK_INT(store_list(&arena, scratch_path("closed"), &all, &err), -EACCES);
	CHECK(strstr(err.text, "sudo"));
	CHECK_INT(store_ollama_is(&arena, scratch_path("closed"), &id, &err), -EACCES);
	CHECK(strstr(err.text, "/closed belongs to "));
	CHECK_INT(store_ollama(&arena, scratch(), "half", &s, &err), -EACCES);
	CHECK(strstr(err.text, "/" LIBRARY "half belongs to "));
	CHECK_INT(store_ollama(&arena, scratch(), "shut", &s, &err), -EACCES);
	CHECK(strstr(err.text, "blobs/sha256-eeee"));
}

TEST(a_closed_store_is_not_an_empty_one)
{
	one_model(LIBRARY "m/latest");
	one_model(LIBRARY "half/latest");
	one_model("closed/" LIBRARY "n/latest");
	weights(blob('e'), &(struct gguf_sparse){ .tensors = 3 });
	MANIFEST(LIBRARY "shut/latest", layer("model", 'e', 9));
	chmod(scratch_path("closed"), 0700);
	chmod(scratch_path(LIBRARY "half"), 0700);
	chmod(scratch_path(blob('e')), 0600);
	if (geteuid() != 0) {
		chmod(scratch_path("closed"), 0);
		chmod(scratch_path(LIBRARY "half"), 0);
		chmod(scratch_path(blob('e')), 0);
	}
	scratch_as_nobody(closed_store);
	chmod(scratch_path("closed"), 0700);
	chmod(scratch_path(LIBRARY "half"), 0700);
}

TEST(a_store_is_one_under_all_its_names)
{
	struct store_id one = { 0 }, other = { 0 };

	one_model(LIBRARY "m/latest");
	if (symlink(".", scratch_path("again")) < 0)
		abort();
	CHECK_INT(store_ollama_is(&arena, scratch_path("absent"), &one, &err), -ENOENT);
	CHECK_INT(store_ollama_is(&arena, scratch(), &one, &err), 0);
	CHECK_INT(store_ollama_is(&arena, scratch_path("again"), &other, &err), 0);
	CHECK(one.inode && one.inode == other.inode && one.device == other.device);
	scratch_text("file/manifests", "");
	CHECK_INT(store_ollama_is(&arena, scratch_path("file"), &one, &err), -ENOTDIR);
}

TEST(places_are_looked_at_in_order)
{
	ARENA a = { 0 };
	struct store_places p = {
		.models = " \"/big/models\" ",
		.home = "/home/u",
	};
	struct names dirs = store_ollama_dirs(&a, &p);
	CHECK_STR(names_join(&a, &dirs, " "),
		  "/big/models /home/u/.ollama/models "
		  "/usr/share/ollama/.ollama/models /var/lib/ollama /var/lib/ollama/models "
		  "/var/lib/ollama/.ollama/models");
	dirs = store_ollama_dirs(&a, &(struct store_places){ 0 });
	CHECK_INT(dirs.count, 4);
}
