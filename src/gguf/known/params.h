/* SPDX-License-Identifier: MIT */
#pragma once

#include "gguf/known/shapes.h"

/* A shape of that many parameters, made in *ret. false: no model has so few or so many. */
bool params_shape(struct arena *a, double params, struct shape *ret, const char **title);
/* Elements of all its tensors. */
double shape_params(struct arena *a, const struct shape *s);
