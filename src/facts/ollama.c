/* SPDX-License-Identifier: MIT */
#include "facts/ollama.h"

const struct shape shape_ollama = { 0 };
const struct shape shape_exposure = { 0 };
