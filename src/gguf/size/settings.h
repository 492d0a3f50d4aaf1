/* SPDX-License-Identifier: MIT */
#pragma once

#include "gguf/size/size.h"

/* What follows from complete settings; each of a build. */

/* Sequences that share one stretch of cache: all, or each its own. */
uint32_t settings_streams(const struct settings *s);
/* The context as it is allocated, of all sequences. */
uint64_t settings_context(const struct settings *s);
/* Tokens of the largest graph. */
uint64_t settings_tokens(const struct settings *s);
/* Results that graph has room for. */
uint64_t settings_outputs(const struct settings *s, const struct model *m);
/* FLASH_AUTO: what it comes to. */
bool settings_flash(const struct settings *s);
