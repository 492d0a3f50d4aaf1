/* SPDX-License-Identifier: MIT */
#pragma once

#include "facts/ollama.h"
#include "facts/services.h"

/*
 * What an Ollama server's log says of the GPU. text begins at the server's
 * start; only what comes after the last "server config" or "Listening on" line
 * counts, where there is one. All wordings since 0.1 are understood:
 * `inference compute` lines, the older "Nvidia GPU detected", and llama.cpp's
 * own. from is the origin noted in the facts.
 */
struct ollama_log ollama_log_parse(struct arena *a, struct bytes text, const char *from);
/* What a line says, without when and where: its msg and error; a line of no such form whole. */
const char *ollama_log_gist(struct arena *a, struct bytes line);
/*
 * What the journal is asked for the log of ollama.service since it was started; NULL: it does not
 * run, or since when is not known.
 */
const char *ollama_unit_log(struct arena *a, const struct services *s);
