/* SPDX-License-Identifier: MIT */
#include "gguf/model/layers.h"

static uint64_t less_one(uint32_t n)
{
	return n > 0 ? n - 1 : 0;
}

/* Mamba: the last columns of the convolution's input, and the scan's state. */
static uint64_t ssm_elements(const struct shape *s, uint32_t groups)
{
	uint64_t columns = sat_add(s->inner, sat_mul(2, sat_mul(groups, s->state)));
	return sat_add(sat_mul(less_one(s->conv), columns), sat_mul(s->state, s->inner));
}

/* Delta attention: three convolutions (q, k, v), and a square for each head. */
static uint64_t kda_elements(const struct shape *s)
{
	uint64_t inner = sat_mul(s->heads[0], s->kda_head);
	uint64_t columns = s->conv > 0 ? s->conv - 1 : 3;
	return sat_add(sat_mul(3 * columns, inner), sat_mul(inner, s->kda_head));
}

static uint64_t state_elements(const struct shape *s)
{
	uint64_t head = s->wkv_head ? s->wkv_head : 64;

	switch (s->arch->state) {
	case STATE_NONE:
		break;
	case STATE_SSM:
		return ssm_elements(s, s->groups);
	case STATE_SSM_UNGROUP:
		return ssm_elements(s, 0);
	case STATE_WKV:
		return sat_mul(s->embd, s->shifts + head);
	case STATE_CONV:
		return sat_mul(s->embd, less_one(s->conv_l));
	case STATE_KDA:
		return kda_elements(s);
	case STATE_LINEAR:
		head = shape_k_head(s, false);
		return sat_mul(s->heads[0], head * head);
	}
	return 0;
}

uint64_t state_bytes(const struct shape *s)
{
	return sat_mul(4, state_elements(s));
}
