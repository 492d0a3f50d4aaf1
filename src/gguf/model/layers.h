/* SPDX-License-Identifier: MIT */
#pragma once

#include "gguf/model/shape.h"
#include "gguf/sat.h"

/* What each layer keeps of what it has read: cache, widths, state; and the model's window, conv. */
void layers_of(const struct shape *s, struct model *m);

/* Whether those that attend keep a latent row, and no V. */
bool shape_is_latent(const struct shape *s);

/* Bytes of a recurrent layer's state for one sequence. Saturates. */
uint64_t state_bytes(const struct shape *s);

/* Elements of a head's K and V in a layer. */
uint32_t shape_k_head(const struct shape *s, bool window);
uint32_t shape_v_head(const struct shape *s, bool window);
