/* SPDX-License-Identifier: MIT */
/* What a container is, by the name of its image, else by its command. */
#include "collect/docker/docker.h"

#include <string.h>

/* Parts of image names, without registry and tag; the first that fits decides. */
static const struct {
	const char *part;
	enum container_kind kind;
} images[] = {
	{ "open-webui", CONTAINER_WEBUI },
	{ "openwebui", CONTAINER_WEBUI },
	{ "ollama-webui", CONTAINER_WEBUI },
	{ "litellm", CONTAINER_LITELLM },
	{ "postgres", CONTAINER_POSTGRES },
	{ "pgvector", CONTAINER_POSTGRES },
	{ "vllm", CONTAINER_LLM_SERVER },
	{ "llama.cpp", CONTAINER_LLM_SERVER },
	{ "llama-cpp", CONTAINER_LLM_SERVER },
	{ "llamacpp", CONTAINER_LLM_SERVER },
	{ "llama-swap", CONTAINER_LLM_SERVER },
	{ "text-generation-inference", CONTAINER_LLM_SERVER },
	{ "text-generation-webui", CONTAINER_LLM_SERVER },
	{ "text-embeddings-inference", CONTAINER_LLM_SERVER },
	{ "localai", CONTAINER_LLM_SERVER },
	{ "local-ai", CONTAINER_LLM_SERVER },
	{ "koboldcpp", CONTAINER_LLM_SERVER },
	{ "exllama", CONTAINER_LLM_SERVER },
	{ "tabbyapi", CONTAINER_LLM_SERVER },
	{ "sglang", CONTAINER_LLM_SERVER },
	{ "tritonserver", CONTAINER_LLM_SERVER },
	{ "tensorrt-llm", CONTAINER_LLM_SERVER },
	{ "lmdeploy", CONTAINER_LLM_SERVER },
};

static const struct {
	const char *program;
	enum container_kind kind;
} programs[] = {
	{ "ollama", CONTAINER_OLLAMA },        { "llama-server", CONTAINER_LLM_SERVER },
	{ "vllm", CONTAINER_LLM_SERVER },      { "llama-swap", CONTAINER_LLM_SERVER },
	{ "koboldcpp", CONTAINER_LLM_SERVER }, { "text-generation-launcher", CONTAINER_LLM_SERVER },
	{ "litellm", CONTAINER_LITELLM },
};

/* "ghcr.io/ggml-org/llama.cpp:server-cuda" is "ggml-org/llama.cpp" here, in lower case. */
static const char *name_of(struct arena *a, const char *image)
{
	const char *slash = strchr(image, '/');
	size_t host = slash ? (size_t)(slash - image) : 0;
	bool registry = slash && (memchr(image, '.', host) || memchr(image, ':', host) ||
				  strncmp(image, "localhost/", 10) == 0);
	const char *name = registry ? slash + 1 : image;
	char *out = str_ndup(a, name, strcspn(name, ":@"));
	for (char *s = out; *s; s++)
		*s = (char)(*s >= 'A' && *s <= 'Z' ? *s | 0x20 : *s);
	return out;
}

static bool is_ollama(const char *name)
{
	const char *slash = strrchr(name, '/');
	const char *last = slash ? slash + 1 : name;
	return str_starts(last, "ollama") && !strstr(last, "ui") && !strstr(last, "exporter") &&
	       !strstr(last, "metrics") && !strstr(last, "proxy");
}

enum container_kind container_kind(const char *image, const char *command)
{
	ARENA a = { 0 };
	const char *name = name_of(&a, image);
	const char *slash = strrchr(command, '/');
	const char *program = slash ? slash + 1 : command;

	for (size_t i = 0; i < COUNT_OF(images); i++)
		if (strstr(name, images[i].part))
			return images[i].kind;
	if (is_ollama(name))
		return CONTAINER_OLLAMA;
	for (size_t i = 0; i < COUNT_OF(programs); i++)
		if (str_eq(program, programs[i].program))
			return programs[i].kind;
	return CONTAINER_OTHER;
}
