/* SPDX-License-Identifier: MIT */
/* Ollama's log lines: discover/types.go LogDetails and, before 0.5, gpu/types.go; slog's text form.
 */
#include "collect/docker/ollama-log.h"

#include <string.h>
#include <strings.h>

enum { DEVICES_MAX = 16, LINE_MAX_BYTES = 400 };

/* Value of key= in a slog line, quotes taken off; "" where it has none. */
static const char *value_of(struct arena *a, struct bytes line, const char *key)
{
	size_t n = strlen(key);
	const char *end = line.data + line.size;

	for (const char *at = line.data; (at = memmem(at, (size_t)(end - at), key, n)); at += n) {
		const char *v = at + n + 1;
		if (v > end || at[n] != '=' || (at > line.data && at[-1] != ' '))
			continue;
		char until = ' ';
		if (v < end && *v == '"') {
			until = '"';
			v++;
		}
		const char *stop = memchr(v, until, (size_t)(end - v));
		return str_ndup(a, v, (size_t)((stop ? stop : end) - v));
	}
	return "";
}

static enum ollama_backend backend_of(const char *library)
{
	static const struct {
		const char *library;
		enum ollama_backend backend;
	} table[] = {
		{ "cpu", BACKEND_CPU },      { "cuda", BACKEND_CUDA }, { "vulkan", BACKEND_VULKAN },
		{ "rocm", BACKEND_ROCM },    { "hip", BACKEND_ROCM },  { "cpu_avx", BACKEND_CPU },
		{ "cpu_avx2", BACKEND_CPU },
	};
	for (size_t i = 0; i < COUNT_OF(table); i++)
		if (strcasecmp(table[i].library, library) == 0)
			return table[i].backend;
	return *library ? BACKEND_OTHER : BACKEND_UNKNOWN;
}

/* "12.0 GiB", "512.5 MiB" */
static struct maybe_u64 bytes_of_size(const char *text, const char *from)
{
	static const char *const units[] = { "B", "KiB", "MiB", "GiB", "TiB" };
	uint64_t whole = 0, tenths = 0;
	size_t i = 0;

	for (; text[i] >= '0' && text[i] <= '9' && whole < 1000000; i++)
		whole = whole * 10 + (uint64_t)(text[i] - '0');
	if (i == 0)
		return unknown_u64(ABSENT, from);
	if (text[i] == '.' && text[i + 1] >= '0' && text[i + 1] <= '9') {
		tenths = (uint64_t)(text[i + 1] - '0');
		i += 1 + strspn(text + i + 1, "0123456789");
	}
	i += text[i] == ' ';
	for (size_t u = 0; u < COUNT_OF(units); u++)
		if (str_eq(text + i, units[u]))
			return known_u64(((whole << (10 * u)) + ((tenths << (10 * u)) / 10)), from);
	return unknown_u64(UNREADABLE, from);
}

static const char *shown(struct arena *a, struct bytes line)
{
	return str_clean(a, line.data, line.size, LINE_MAX_BYTES);
}

const char *ollama_log_gist(struct arena *a, struct bytes line)
{
	const char *msg = value_of(a, line, "msg"), *error = value_of(a, line, "error");
	const char *said = arena_printf(a, "%s%s%s", msg, *msg && *error ? ": " : "", error);
	return *said ? str_clean(a, said, strlen(said), LINE_MAX_BYTES) : shown(a, line);
}

static void add(struct ollama_log *log, struct arena *a, struct ollama_device d)
{
	if (!log->device)
		log->device = arena_alloc(a, DEVICES_MAX * sizeof(*log->device));
	if (log->device_count < DEVICES_MAX)
		log->device[log->device_count++] = d;
}

/* `inference compute id=... library=CUDA ... description="..." total="12.0 GiB"` */
static void compute(struct ollama_log *log, struct arena *a, struct bytes line, const char *from)
{
	const char *description = value_of(a, line, "description"),
		   *name = value_of(a, line, "name");
	enum ollama_backend b = backend_of(value_of(a, line, "library"));

	if (str_eq(value_of(a, line, "id"), "cpu"))
		b = BACKEND_CPU;
	add(log, a,
	    (struct ollama_device){
		.backend = b,
		.name = *description ? description : name,
		.line = shown(a, line),
		.total_bytes = bytes_of_size(value_of(a, line, "total"), from),
		.integrated = str_eq(value_of(a, line, "type"), "iGPU"),
	    });
}

/* Wordings that name no library: before 0.1.33, and llama.cpp's own when a model is loaded. */
static const struct {
	const char *sign;
	enum ollama_backend backend;
} old_wordings[] = {
	{ "Nvidia GPU detected", BACKEND_CUDA },
	{ "CUDA Compute Capability detected", BACKEND_CUDA },
	{ "ggml_init_cublas: found", BACKEND_CUDA },
	{ "ggml_cuda_init: found", BACKEND_CUDA },
	{ "Radeon GPU detected", BACKEND_ROCM },
	{ "gpu support may not be enabled", BACKEND_CPU },
	{ "no GPU detected", BACKEND_CPU },
	{ "GPU not available, falling back to CPU", BACKEND_CPU },
};

static void other(struct ollama_log *log, struct arena *a, struct bytes line, const char *from)
{
	for (size_t i = 0; i < COUNT_OF(old_wordings); i++)
		if (log->device_count == 0 && bytes_have(line, old_wordings[i].sign))
			add(log, a,
			    (struct ollama_device){ .backend = old_wordings[i].backend,
						    .name = "",
						    .line = shown(a, line),
						    .total_bytes = unknown_u64(ABSENT, from) });
}

/* `msg="Listening on [::]:11434 (version 0.13.0)"` */
static void listening(struct ollama_log *log, struct arena *a, struct bytes line, const char *from)
{
	const char *at = bytes_find(line, "(version ");
	if (!at)
		return;
	at += strlen("(version ");
	const char *end = memchr(at, ')', (size_t)(line.data + line.size - at));
	if (end)
		log->version = known_text(str_clean(a, at, (size_t)(end - at), 40), from);
}

struct ollama_log ollama_log_parse(struct arena *a, struct bytes text, const char *from)
{
	struct ollama_log log = { 0 };

	for (struct bytes line; bytes_line(&text, &line);) {
		if (bytes_have(line, "msg=\"server config\""))
			log = (struct ollama_log){ 0 };
		else if (bytes_have(line, "Listening on"))
			listening(&log, a, line, from);
		else if (bytes_have(line, "inference compute"))
			compute(&log, a, line, from);
		else
			other(&log, a, line, from);
	}
	return log;
}
