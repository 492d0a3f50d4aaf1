/* SPDX-License-Identifier: MIT */
/*
 * A manifest, a config and parameters of Ollama's store, and names: pieces of the input, divided by
 * NUL. No bytes harm, and no digest or name leads out of the store.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "store/manifest.h"
#include "store/name.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static void hold(bool x)
{
	if (!x)
		abort();
}

static void check_printable(const char *text)
{
	for (; *text; text++)
		hold((unsigned char)*text >= 0x20 && *text != 0x7f);
}

static void check_digest(const char *text)
{
	hold(strlen(text) == 64 && strspn(text, "0123456789abcdefABCDEF") == 64);
}

static void check_manifest(struct arena *a, struct bytes text)
{
	struct manifest m;
	struct err e = { 0 };

	if (manifest_parse(a, text, "manifest", &m, &e) < 0) {
		hold(e.code < 0 && str_starts(e.text, "manifest:"));
		check_printable(e.text);
		return;
	}
	if (m.config)
		check_digest(m.config);
	for (size_t i = 0; i < m.layer_count; i++)
		check_digest(m.layer[i].digest);
	for (int kind = LAYER_OTHER; kind <= LAYER_TENSOR; kind++) {
		const struct manifest_layer *l = manifest_layer(&m, (enum layer_kind)kind);
		hold(!l || (int)l->kind == kind);
	}
}

static void check_config(struct arena *a, struct bytes text)
{
	struct manifest_config c;
	const char *parameters;

	if (manifest_config_parse(a, text, "config", &c, NULL) == 0) {
		check_printable(c.format);
		check_printable(c.remote_host);
		check_printable(c.remote_model);
	}
	if (manifest_parameters(a, text, "parameters", &parameters, NULL) == 0)
		hold(*parameters == '{');
}

/* What a name says, it says again of itself; and its path has four parts, none of them a dot. */
static void check_name(struct arena *a, const char *text)
{
	struct ollama_name name, again;
	struct err e = { 0 };

	if (ollama_name_parse(a, text, &name, &e) < 0) {
		check_printable(e.text);
		return;
	}
	const char *shown = ollama_name_text(a, &name);
	check_printable(shown);
	struct names part = str_split(a, ollama_name_path(a, &name), "/", 8);
	hold(part.count == 4);
	for (size_t i = 0; i < part.count; i++)
		hold(part.name[i][0] != '.' && part.name[i][0] != '-');
	if (ollama_name_parse(a, shown, &again, NULL) == 0 && !again.cloud && !name.cloud)
		hold(ollama_name_same(&name, &again) ||
		     strcasecmp(name.part[OLLAMA_TAG], "local") == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	ARENA a = { 0 };
	struct bytes rest = { str_ndup(&a, (const char *)p, n), n };

	check_manifest(&a, rest);
	check_config(&a, rest);
	while (rest.size) {
		const char *end = memchr(rest.data, '\0', rest.size);
		size_t size = end ? (size_t)(end - rest.data) : rest.size;
		const char *text = str_ndup(&a, rest.data, size);
		check_manifest(&a, bytes_of(text));
		check_config(&a, bytes_of(text));
		check_name(&a, text);
		size += end != NULL;
		rest = (struct bytes){ rest.data + size, rest.size - size };
	}
	return 0;
}
