/* SPDX-License-Identifier: MIT */
#include <errno.h>

#include "ollama-store.h"
#include "store/store.h"
#include "tap.h"

static struct stored model(const char *name)
{
	struct stored s = { 0 };
	if (store_ollama(&arena, scratch(), name, &s, &err) < 0)
		TAP_FAIL("%s: %s", name, err.text);
	return s;
}

/* Without the scratch folder's name. */
static const char *without_scratch(const char *text)
{
	char *out = str_dup(&arena, text);
	for (char *at; (at = strstr(out, scratch()));)
		memmove(at, at + strlen(scratch()), strlen(at + strlen(scratch())) + 1);
	return out;
}

static const char *refused(const char *name, int code)
{
	struct stored s = { 0 };
	int r = store_ollama(&arena, scratch(), name, &s, &err);

	if (r != code)
		TAP_FAIL("%s: %d, not %d: %s", name, r, code, r < 0 ? err.text : "read");
	CHECK(s.part == NULL);
	return without_scratch(err.text);
}

TEST(a_name_leads_to_its_weights)
{
	one_model(LIBRARY "qwen2.5/32b");
	struct stored s = model("qwen2.5:32b");

	CHECK_STR(s.name, "qwen2.5:32b");
	CHECK_STR(s.where, scratch_path(blob('a')));
	CHECK_INT(s.part_count, 1);
	CHECK_INT(s.part[0].tensor_count, 3);
	CHECK_INT(s.notes.count, 0);
	CHECK(!s.projector && !s.draft && !s.parameters);
}

TEST(all_spellings_of_a_name_are_one)
{
	static const char *const spelled[] = {
		"qwen2.5",
		"qwen2.5:latest",
		"library/qwen2.5",
		"registry.ollama.ai/library/qwen2.5:latest",
		"https://registry.ollama.ai/library/qwen2.5",
		"QWEN2.5:LATEST",
		"Registry.Ollama.AI/Library/Qwen2.5:Latest",
		"qwen2.5:latest:local",
		"qwen2.5:local",
		" qwen2.5 ",
	};
	one_model(LIBRARY "qwen2.5/latest");
	for (size_t i = 0; i < COUNT_OF(spelled); i++)
		CHECK_STR(model(spelled[i]).name, "qwen2.5:latest");
}

TEST(case_in_the_store_does_not_matter_either)
{
	one_model("manifests/hf.co/Bartowski/Llama-3.2-1B-Instruct-GGUF/Q4_K_M");
	CHECK_STR(model("hf.co/bartowski/llama-3.2-1b-instruct-gguf:q4_k_m").name,
		  "hf.co/Bartowski/Llama-3.2-1B-Instruct-GGUF:Q4_K_M");
	CHECK_STR(model("hf.co/Bartowski/Llama-3.2-1B-Instruct-GGUF:Q4_K_M").name,
		  "hf.co/Bartowski/Llama-3.2-1B-Instruct-GGUF:Q4_K_M");
}

TEST(others_names_and_other_hosts_are_found)
{
	one_model("manifests/registry.ollama.ai/someone/m_1/v1.0-q4");
	one_model("manifests/localhost:5000/a/b/latest");
	CHECK_STR(model("someone/m_1:v1.0-q4").name, "someone/m_1:v1.0-q4");
	CHECK_STR(model("localhost:5000/a/b").name, "localhost:5000/a/b:latest");
}

TEST(what_can_be_no_name_is_refused)
{
	static const char *const bad[] = {
		"",        ":",         "a:",          ":b",       "/",
		"a/",      "/a",        "a//b",        "../a",     "a/..",
		"a:..",    "..",        "a/../../b/c", "a/b/c/d",  "-a",
		"a:-b",    "a b",       "a:b/c",       "a.b/c",    "m\n",
		"a:b:c",   "../../x/y", "a\001",       "\xc3\xa4", ".hidden",
		"a/b/.:c", "a/b/c:.",   "a@sha256:00", "https://", "a?b",
	};
	one_model(LIBRARY "m/latest");
	for (size_t i = 0; i < COUNT_OF(bad); i++)
		if (!str_eq(bad[i], "m\n")) /* a blank at the end goes, as by Ollama */
			refused(bad[i], -EINVAL);
	CHECK_STR(refused("../../etc/passwd", -EINVAL),
		  "'../../etc/passwd' is no name of a model, like qwen2.5:32b");
	char *word = arena_alloc(&arena, 5000);
	memset(word, 'a', 81);
	refused(word, -EINVAL);
	memset(word, 'a', 4000);
	CHECK(strstr(refused(word, -EINVAL), "too long"));
	memset(word, '\0', 5000);
	memset(word, 'a', 80);
	refused(word, -ENOENT);
}

TEST(a_model_that_is_not_there_is_told_with_what_is)
{
	one_model(LIBRARY "qwen2.5/7b");
	CHECK_STR(refused("qwen2.5:33b", -ENOENT),
		  "no model qwen2.5:33b in , which has qwen2.5:7b");
	CHECK_STR(refused("llama3.3", -ENOENT), "no model llama3.3:latest in ");
	CHECK_STR(refused("qwen2.5/7b/x", -ENOENT), "no model qwen2.5/7b/x:latest in ");
}

TEST(a_folder_without_manifests_is_no_store)
{
	struct names all;
	scratch();
	CHECK_STR(refused("m", -ENOENT),
		  " has no models of Ollama: no folder 'manifests' is in it");
	CHECK_INT(store_list(&arena, scratch(), &all, &err), -ENOENT);
	scratch_text("manifests", "");
	refused("m", -ENOTDIR);
}

TEST(a_projector_parameters_a_draft_and_an_adapter_come_along)
{
	weights(blob('a'), &(struct gguf_sparse){ .tensors = 3 });
	weights(blob('e'), &(struct gguf_sparse){ .arch = "clip", .tensors = 2 });
	weights(blob('f'), &(struct gguf_sparse){ .tensors = 1 });
	scratch_text(blob('b'), "{\"num_ctx\": 8192,\n \"stop\": [\"<x>\"]}\n");
	MANIFEST(LIBRARY "m/latest", layer("projector", 'e', 9), layer("model", 'a', 9),
		 layer("params", 'b', 9), layer("draft", 'f', 9), layer("adapter", '0', 1 << 20));
	struct stored s = model("m");

	CHECK_INT(s.part[0].tensor_count, 3);
	CHECK_INT(s.projector->tensor_count, 2);
	CHECK_INT(s.draft->tensor_count, 1);
	CHECK_STR(s.parameters, "{\"num_ctx\":8192,\"stop\":[\"<x>\"]}");
	CHECK_INT(s.notes.count, 1);
	CHECK_STR(s.notes.name[0], "1 adapter of 1 MiB comes on top, and is not counted");
}

TEST(parameters_that_cannot_be_read_are_a_note)
{
	weights(blob('a'), &(struct gguf_sparse){ .tensors = 3 });
	MANIFEST(LIBRARY "m/latest", layer("model", 'a', 9), layer("params", 'b', 9));
	struct stored s = model("m");
	CHECK(!s.parameters && s.notes.count == 1);
	CHECK(strstr(s.notes.name[0], "its parameters are not known: read "));

	scratch_text(blob('b'), "[1]");
	CHECK(strstr(model("m").notes.name[0], ": no JSON object"));
}

TEST(a_projector_among_the_models_is_one)
{
	weights(blob('a'), &(struct gguf_sparse){ .tensors = 3 });
	weights(blob('e'), &(struct gguf_sparse){ .arch = "clip", .tensors = 2 });
	MANIFEST(LIBRARY "m/latest", layer("model", 'a', 9), layer("model", 'e', 9));
	struct stored s = model("m");
	CHECK_INT(s.part_count, 1);
	CHECK_INT(s.projector->tensor_count, 2);
	CHECK_INT(s.notes.count, 0);

	MANIFEST(LIBRARY "p/latest", layer("model", 'e', 9));
	CHECK_STR(refused("p", -ENODATA), "p:latest has a projector, and no model");
}

TEST(of_two_models_the_last_runs)
{
	weights(blob('a'), &(struct gguf_sparse){ .tensors = 3 });
	weights(blob('b'), &(struct gguf_sparse){ .tensors = 4 });
	MANIFEST(LIBRARY "m/latest", layer("model", 'a', 9), layer("model", 'b', 9));
	struct stored s = model("m");
	CHECK_INT(s.part_count, 1);
	CHECK_INT(s.part[0].tensor_count, 4);
	CHECK_STR(s.where, scratch_path(blob('b')));
	CHECK_STR(s.notes.name[0], "it has more than one model; Ollama runs the last");
}

TEST(the_layers_of_a_split_model_are_put_in_order)
{
	weights(blob('a'), &(struct gguf_sparse){
			       .tensors = 3, .split_no = 1, .split_count = 2, .split_tensors = 5 });
	weights(blob('b'), &(struct gguf_sparse){
			       .tensors = 2, .split_no = 0, .split_count = 2, .split_tensors = 5 });
	MANIFEST(LIBRARY "m/latest", layer("model", 'a', 9), layer("model", 'b', 9));
	struct stored s = model("m");
	CHECK_INT(s.part_count, 2);
	CHECK_INT(s.part[0].tensor_count, 2);
	CHECK_STR(s.where, scratch_path(blob('b')));

	MANIFEST(LIBRARY "h/latest", layer("model", 'b', 9));
	CHECK_INT(model("h").parts_missing, 1);
	MANIFEST(LIBRARY "t/latest", layer("model", 'a', 9));
	CHECK_STR(refused("t", -ENODATA), "t:latest: its first part is missing");
	MANIFEST(LIBRARY "d/latest", layer("model", 'b', 9), layer("model", 'b', 9));
	CHECK(strstr(refused("d", -EINVAL), "are both part 1 of 2"));
}

TEST(weights_that_are_missing_are_no_missing_model)
{
	MANIFEST(LIBRARY "m/7b", layer("model", 'a', 5 << 20));
	CHECK_STR(
	    refused("m:7b", -ENODATA),
	    "m:7b: sha256-aaaaaaaaaaaa... (5 MiB) is not in its store; fetch it again: ollama "
	    "pull m:7b");
}

TEST(weights_under_their_old_name_or_a_link_are_found)
{
	weights("elsewhere", &(struct gguf_sparse){ .tensors = 3 });
	MANIFEST(LIBRARY "m/latest", layer("model", 'a', 9));
	if (symlink("../elsewhere", scratch_path(blob('a'))) < 0)
		abort();
	CHECK_INT(model("m").part[0].tensor_count, 3);
	if (rename(scratch_path(blob('a')),
		   scratch_path(arena_printf(&arena, "blobs/sha256:%s", digest('a')))) < 0)
		abort();
	CHECK_INT(model("m").part[0].tensor_count, 3);
}

TEST(weights_that_are_no_gguf_are_named_with_their_model)
{
	scratch_text(blob('a'),
		     "PK\003\004, and so on, for long enough to be a header of anything");
	MANIFEST(LIBRARY "m/latest", layer("model", 'a', 9));
	const char *said = refused("m", -EINVAL);
	CHECK(strstr(said, "m:latest: ") == said);
	CHECK(strstr(said, "aaaa: byte 0: "));
}

TEST(a_model_of_the_cloud_is_not_here)
{
	scratch_text(blob('c'), "{\"remote_host\":\"https://ollama.com:443\",\"remote_model\":"
				"\"gpt-oss:120b\"}");
	scratch_text(LIBRARY "gpt-oss/120b-cloud",
		     arena_printf(&arena, "{\"config\":{\"digest\":\"sha256:%s\"},\"layers\":[]}",
				  digest('c')));
	const char *said =
	    "gpt-oss:120b-cloud runs on https://ollama.com:443: nothing of it is on this GPU";
	CHECK_STR(refused("gpt-oss:120b-cloud", -EREMOTE), said);
	CHECK_STR(refused("gpt-oss:120b:cloud", -EREMOTE), said);
	CHECK_STR(refused("qwen3:cloud", -EREMOTE),
		  "qwen3:cloud runs on Ollama's servers: nothing of it is on this GPU");
	scratch_text(LIBRARY "m/latest", "{\"layers\":null}");
	CHECK_STR(refused("m", -ENODATA),
		  "m:latest has no model in it: its manifest names no weights");
}

TEST(a_model_of_safetensors_is_not_read)
{
	scratch_text(blob('c'), "{\"model_format\":\"safetensors\"}");
	MANIFEST(LIBRARY "m/latest", layer("tensor", 'a', 9), layer("json", 'b', 9));
	CHECK(strstr(refused("m", -EOPNOTSUPP), "m:latest is kept as safetensors"));
	unlink(scratch_path(blob('c')));
	CHECK(strstr(refused("m", -EOPNOTSUPP), "m:latest is kept as safetensors"));
}

TEST(a_manifest_that_is_wrong_is_named_with_the_place)
{
	static const struct {
		const char *text, *said;
	} wrong[] = {
		{ "", ":1:0: '[' or '{' expected near end of file" },
		{ "{\n \"layers\": [}", ":2:13: unexpected token near '}'" },
		{ "[]", ": no JSON object" },
		{ "{}", ": it has no list of layers" },
		{ "{\"layers\":{}}", ": it has no list of layers" },
		{ "{\"layers\":[],\"layers\":[]}",
		  ":1:21: duplicate object key near '\"layers\"'" },
		{ "{\"layers\":[{}]}", ": layer 1: digest '' is not sha256:HEX" },
		{ "{\"layers\":[7]}", ": layer 1: digest '' is not sha256:HEX" },
		{ "{\"layers\":[{\"digest\":\"sha256:../../../etc/passwd\"}]}",
		  ": layer 1: digest 'sha256:../../../etc/passwd' is not sha256:HEX" },
		{ "{\"layers\":[{\"digest\":\"\\u001b[2J\"}]}",
		  ": layer 1: digest '?[2J' is not sha256:HEX" },
		{ "{\"layers\":[],\"config\":{\"digest\":\"sha256:/\"}}",
		  ": config: digest 'sha256:/' is not sha256:HEX" },
	};
	for (size_t i = 0; i < COUNT_OF(wrong); i++) {
		scratch_text(LIBRARY "m/latest", wrong[i].text);
		CHECK_STR(refused("m", -EINVAL),
			  arena_printf(&arena, "/" LIBRARY "m/latest%s", wrong[i].said));
	}
}

TEST(a_digest_of_other_digits_opens_nothing)
{
	static const char *const bad[] = {
		"sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
		"sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
		"sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/..",
		"sha256/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
		"sha512:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
		"sha256:gaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
	};
	for (size_t i = 0; i < COUNT_OF(bad); i++) {
		scratch_text(LIBRARY "m/latest",
			     arena_printf(&arena,
					  "{\"layers\":[{\"mediaType\":\"application/"
					  "vnd.ollama.image.model\",\"digest\":\"%s\"}]}",
					  bad[i]));
		CHECK(strstr(refused("m", -EINVAL), "is not sha256:HEX"));
	}
}

TEST(a_huge_manifest_is_not_read)
{
	scratch_text(LIBRARY "m/latest", "{\"layers\":[]}");
	if (truncate(scratch_path(LIBRARY "m/latest"), (1 << 20) + 1) < 0)
		abort();
	CHECK_STR(refused("m", -EFBIG),
		  "/" LIBRARY "m/latest is larger than 1 MiB, the most that is read");
}

TEST(a_manifest_that_is_no_file_is_no_model)
{
	alarm(10);
	scratch_write(LIBRARY "m/latest/", NULL, 0);
	refused("m", -ENOENT);
	if (mkfifo(scratch_path(LIBRARY "m/fifo"), 0600) < 0)
		abort();
	CHECK(strstr(refused("m:fifo", -EINVAL), "m/fifo is no regular file"));
}
