/* SPDX-License-Identifier: MIT */
#pragma once

#include "plan-host.h"
#include "runtime-host.h"

/* A compose project with an Ollama that asks for no GPU, and its one file. */

#define DIR "/srv/llm"
#define BASE DIR "/docker-compose.yml"
#define OURS DIR "/docker-compose.override.yml"
#define LISTED DIR "/compose.egpu.yaml"

static const char plain[] = "services:\n"
			    "  ollama:\n"
			    "    image: ollama/ollama\n"
			    "    volumes:\n"
			    "      - ./ollama:/root/.ollama\n"
			    "  webui:\n"
			    "    image: ghcr.io/open-webui/open-webui\n"
			    "    depends_on: [ollama]\n";

static const char *variables[8];
static const char *listed[4];

static inline struct container service(const char *name)
{
	struct container c = ollama(0);

	listed[0] = BASE;
	c.name = name;
	c.image = "ollama/ollama";
	c.runtime = "runc";
	c.compose_project = "llm";
	c.compose_service = name;
	c.compose_dir = DIR;
	c.compose_files = (struct names){ listed, 1 };
	c.environment = (struct names){ variables, 0 };
	return c;
}

static inline void sets(struct container *c, const char *variable)
{
	variables[c->environment.count++] = variable;
}

static inline struct facts stack(struct container *c, const char *text)
{
	struct facts f = healthy();

	f.want = want_default();
	add(&f, c);
	put(BASE, text);
	return f;
}

static inline struct plan *plan_of(struct facts *f)
{
	return planned(f, &theme_stack);
}

static inline bool ours_has(const struct plan *p, const char *path, const char *text)
{
	const struct step *s = file_step_of(p, path);
	return s && bytes_have(s->file.after, text);
}

static inline void settings_off(struct facts *f)
{
	f->want.ollama = (struct want_ollama){ "", "", "", "" };
}
