/* SPDX-License-Identifier: MIT */
#include "store/remote/places.h"

#include <errno.h>

#include "tap.h"

static struct arena arena;

static struct place at(const char *text, const struct remote *r)
{
	struct place p = { 0 };
	struct err e = { 0 };

	if (remote_place(&arena, text, r, &p, &e) < 0)
		TAP_FAIL("'%s': %s", text, e.text);
	return p;
}

static struct place usual(const char *text)
{
	const struct remote r = { 0 };
	return at(text, &r);
}

static const char *refused(const char *text)
{
	const struct remote r = { .token = "hf_secret" };
	static struct err e;
	struct place p = { .name = "untouched" };
	int code = remote_place(&arena, text, &r, &p, &e);

	if (code != -EINVAL)
		TAP_FAIL("'%s' is %s, not refused: %d", text, p.url ? p.url : "?", code);
	CHECK_STR(p.name, "untouched");
	for (const char *c = e.text; *c; c++)
		CHECK((unsigned char)*c >= ' ' && *c != 0x7f);
	return e.text;
}

#define HUB "https://huggingface.co"
#define LIST HUB "/api/models/bartowski/Qwen2.5-32B-Instruct-GGUF/tree/main?recursive=true"

TEST(a_repository_in_every_spelling)
{
	static const char *const spelling[] = {
		"hf:bartowski/Qwen2.5-32B-Instruct-GGUF",
		"HF:bartowski/Qwen2.5-32B-Instruct-GGUF/",
		"hf://bartowski/Qwen2.5-32B-Instruct-GGUF",
		"hf.co/bartowski/Qwen2.5-32B-Instruct-GGUF",
		"hf.co/bartowski/Qwen2.5-32B-Instruct-GGUF:latest",
		"huggingface.co/bartowski/Qwen2.5-32B-Instruct-GGUF",
		"https://hf.co/bartowski/Qwen2.5-32B-Instruct-GGUF",
		"https://huggingface.co/bartowski/Qwen2.5-32B-Instruct-GGUF",
		"https://huggingface.co/bartowski/Qwen2.5-32B-Instruct-GGUF?library=llama-cpp",
		"https://huggingface.co/bartowski/Qwen2.5-32B-Instruct-GGUF/tree/main",
		"ollama:hf.co/bartowski/Qwen2.5-32B-Instruct-GGUF",
	};

	for (size_t i = 0; i < COUNT_OF(spelling); i++) {
		struct place p = usual(spelling[i]);
		CHECK_INT(p.kind, PLACE_HUB);
		CHECK_STR(p.url, LIST);
		CHECK_STR(p.base, HUB);
		CHECK_STR(p.name, "hf.co/bartowski/Qwen2.5-32B-Instruct-GGUF");
		CHECK_STR(p.page, HUB "/bartowski/Qwen2.5-32B-Instruct-GGUF");
		CHECK_STR(p.below, HUB "/bartowski/Qwen2.5-32B-Instruct-GGUF/resolve/main/");
		CHECK(!p.quant);
	}
}

TEST(a_quant_of_a_repository)
{
	static const char *const spelling[] = {
		"hf:bartowski/Qwen2.5-32B-Instruct-GGUF:IQ4_XS",
		"hf.co/bartowski/Qwen2.5-32B-Instruct-GGUF:IQ4_XS",
		"https://huggingface.co/bartowski/Qwen2.5-32B-Instruct-GGUF:IQ4_XS",
		"ollama:huggingface.co/bartowski/Qwen2.5-32B-Instruct-GGUF:IQ4_XS",
	};

	for (size_t i = 0; i < COUNT_OF(spelling); i++) {
		struct place p = usual(spelling[i]);
		CHECK_INT(p.kind, PLACE_HUB);
		CHECK_STR(p.url, LIST);
		CHECK_STR(p.quant, "IQ4_XS");
		CHECK_STR(p.name, "hf.co/bartowski/Qwen2.5-32B-Instruct-GGUF:IQ4_XS");
	}
}

TEST(a_file_of_a_repository)
{
	static const struct {
		const char *text, *url, *name;
	} file[] = {
		{ "hf:o/r/m-Q4_K_M.gguf", HUB "/o/r/resolve/main/m-Q4_K_M.gguf", "m-Q4_K_M.gguf" },
		{ "hf:o/r/Q8 0/m+x.gguf", HUB "/o/r/resolve/main/Q8%200/m%2Bx.gguf", "m+x.gguf" },
		{ "https://huggingface.co/o/r/blob/main/Q8%200/m.gguf",
		  HUB "/o/r/resolve/main/Q8%200/m.gguf", "m.gguf" },
		{ "https://huggingface.co/o/r/resolve/main/m.gguf?download=true",
		  HUB "/o/r/resolve/main/m.gguf", "m.gguf" },
		{ "https://huggingface.co/o/r/raw/refs%2Fpr%2F1/m.gguf",
		  HUB "/o/r/resolve/refs%2Fpr%2F1/m.gguf", "m.gguf" },
		{ "hf.co/o/r/blob/v1.0/m.gguf", HUB "/o/r/resolve/v1.0/m.gguf", "m.gguf" },
	};

	for (size_t i = 0; i < COUNT_OF(file); i++) {
		struct place p = usual(file[i].text);
		CHECK_INT(p.kind, PLACE_FILE);
		CHECK_STR(p.url, file[i].url);
		CHECK_STR(p.name, file[i].name);
		CHECK_STR(p.base, HUB);
	}
}

TEST(a_mirror_stands_for_the_hub)
{
	const struct remote r = { .hf_base = "https://hf-mirror.com/" };

	CHECK_STR(at("hf:o/r/m.gguf", &r).url, "https://hf-mirror.com/o/r/resolve/main/m.gguf");
	CHECK_STR(at("https://huggingface.co/o/r/blob/main/m.gguf", &r).url,
		  "https://hf-mirror.com/o/r/resolve/main/m.gguf");
	struct place p = at("https://hf-mirror.com/o/r/blob/main/m.gguf", &r);
	CHECK_STR(p.url, "https://hf-mirror.com/o/r/resolve/main/m.gguf");
	CHECK_STR(p.base, "https://hf-mirror.com");
}

TEST(a_file_elsewhere_has_no_token)
{
	struct place p = usual("https://example.org/models/m.gguf?sig=secret");

	CHECK_INT(p.kind, PLACE_FILE);
	CHECK_STR(p.url, "https://example.org/models/m.gguf?sig=secret");
	CHECK_STR(p.name, "m.gguf");
	CHECK(!p.base);
	CHECK(!usual("https://huggingface.co.example.org/o/r/blob/main/m.gguf").base);
	CHECK(!usual("http://127.0.0.1:8080/m.gguf").base);
	CHECK(!usual("http://[::1]:8080/m.gguf").base);
	CHECK(!usual("http://localhost/m.gguf").base);
}

TEST(names_of_ollamas)
{
	static const struct {
		const char *text, *url, *name;
	} model[] = {
		{ "ollama:qwen2.5:32b",
		  "https://registry.ollama.ai/v2/library/qwen2.5/manifests/32b", "qwen2.5:32b" },
		{ "ollama:qwen2.5",
		  "https://registry.ollama.ai/v2/library/qwen2.5/manifests/latest",
		  "qwen2.5:latest" },
		{ "ollama:user/m:t", "https://registry.ollama.ai/v2/user/m/manifests/t",
		  "user/m:t" },
		{ "ollama:example.org/user/m:t", "https://example.org/v2/user/m/manifests/t",
		  "example.org/user/m:t" },
		{ "ollama:localhost:5000/user/m:t", "http://localhost:5000/v2/user/m/manifests/t",
		  "localhost:5000/user/m:t" },
		{ "https://ollama.com/library/qwen2.5:32b",
		  "https://registry.ollama.ai/v2/library/qwen2.5/manifests/32b", "qwen2.5:32b" },
	};

	for (size_t i = 0; i < COUNT_OF(model); i++) {
		struct place p = usual(model[i].text);
		CHECK_INT(p.kind, PLACE_REGISTRY);
		CHECK_STR(p.url, model[i].url);
		CHECK_STR(p.name, model[i].name);
		CHECK(!p.base);
	}
	CHECK_STR(usual("ollama:m").below, "https://registry.ollama.ai/v2/library/m/blobs/sha256:");
	const struct remote r = { .ollama_base = "http://127.0.0.1:1" };
	CHECK_STR(at("ollama:m", &r).url, "http://127.0.0.1:1/v2/library/m/manifests/latest");
}

TEST(what_is_no_place)
{
	static const char *const text[] = {
		"",
		"hf:",
		"hf:/",
		"hf:owner",
		"hf:owner/",
		"hf:/repo",
		"hf:owner/../x.gguf",
		"hf:../../x.gguf",
		"hf:o/r/../../../etc/x.gguf",
		"hf:o/r/a/../x.gguf",
		"hf:o/r//x.gguf",
		"hf:o/r/./x.gguf",
		"hf:o/r/.gguf/",
		"hf:o/r/x.safetensors",
		"hf:o/r/blob/../x.gguf",
		"hf:o/r/blob//x.gguf",
		"hf:o/r/blob/a?b/x.gguf",
		"hf:o/r:",
		"hf:o/r:Q4/K",
		"hf:o/r:Q4_K_M/x.gguf",
		"hf:o/r:../../../x",
		"hf:o/r:Q4 K",
		"hf:o/r?x=y",
		"hf:o/r#x",
		"hf:o r/x",
		"hf:o/r\nX-Evil: 1",
		"hf:o/r/x\r\nX-Evil: 1\r\n.gguf",
		"hf:o/r/\x1b[2Jx.gguf",
		"hf:o@evil.example/r",
		"hf:o/r\\..\\x.gguf",
		"https://huggingface.co/o/r/blob/main/%2e%2e/%2e%2e/x.gguf",
		"https://huggingface.co/o/r/blob/main/x%00.gguf",
		"https://huggingface.co/o/r/blob/main/x%0d%0a.gguf",
		"https://huggingface.co/o/r/blob/main/x%zz.gguf",
		"https://huggingface.co/o/r/blob/main/x%2",
		"https://huggingface.co/o/r/blob/%2e%2e/x.gguf",
		"https://huggingface.co/o/r/blob/main%0d/x.gguf",
		"https://huggingface.co/",
		"https://huggingface.co/models",
		"http://huggingface.co/o/r/blob/main/x.gguf",
		"http://127.0.0.1.example.org/x.gguf",
		"http://localhost.example.org/x.gguf",
		"http://localhost@example.org/x.gguf",
		"http://127.0.0.1:80@example.org/x.gguf",
		"http://127.0.0.1\\@example.org/x.gguf",
		"http://2130706433/x.gguf",
		"http://127.1/x.gguf",
		"https://user:pass@example.org/x.gguf",
		"https:///x.gguf",
		"https://",
		"https://:443/x.gguf",
		"https://example.org:/x.gguf",
		"https://example.org:123456/x.gguf",
		"https://example.org:12x/x.gguf",
		"https://[::1/x.gguf",
		"https://[]/x.gguf",
		"https://exa mple.org/x.gguf",
		"https://example.org/\x1b[2J.gguf",
		"https://example.org/\xff.gguf",
		"https://ex\xc3\xa4mple.org/x.gguf",
		"https://example.org/x\n.gguf",
		"ftp://example.org/x.gguf",
		"file:///etc/passwd",
		"ollama:",
		"ollama:../x",
		"ollama:x:../y",
		"ollama:a/b/c/d",
		"ollama:x y",
		"ollama:evil.example/../x",
		"ollama:localhost@evil.example/u/m",
		"ollama:localhost:50p0/u/m",
		"ollama:evil:80:81/u/m",
		"ollama:localhost.evil.example:80/u/m",
		"qwen2.5:32b",
	};

	for (size_t i = 0; i < COUNT_OF(text); i++)
		refused(text[i]);
}

TEST(very_long_names)
{
	char *text = malloc(1 << 20);

	memset(text, 'a', (1 << 20) - 1);
	text[(1 << 20) - 1] = '\0';
	refused(text);
	memcpy(text, "hf:", 3);
	refused(text);
	text[300] = '\0';
	refused(text);
	text[5] = '/';
	refused(text);
	memcpy(text, "https://", 8);
	text[300] = 'a';
	refused(text);
	memcpy(text, "ollama:", 7);
	refused(text);
	text[300] = '\0';
	refused(text);
	free(text);
}

TEST(a_refusal_keeps_secrets)
{
	CHECK(!strstr(refused("https://user:geheim@example.org/x.gguf"), "geheim"));
	CHECK(!strstr(refused("http://example.org/x.gguf?sig=geheim"), "geheim"));
	CHECK(!strstr(refused("https://huggingface.co/o?token=geheim"), "geheim"));
	CHECK(!strstr(refused("ftp://example.org/x.gguf#geheim"), "geheim"));
}
