/* SPDX-License-Identifier: MIT */
/* Which tensors a shape has: names and dimensions as llama.cpp's src/models/ ask for them. */
#include <string.h>

#include "base/str.h"
#include "gguf/known/shapes.h"

enum dim {
	END,
	EMBD,
	EMBD_2,
	VOCAB,
	CONTEXT,
	TWO,
	HEAD,
	HEADS,
	Q,
	Q_GATED,
	K,
	V,
	QKV,
	ATTN, /* what attention gives: as wide as all heads' V */
	FF,
	FF_2,
	EXPERTS,
	EXPERT_FF,
	SHARED_FF,
	HALF_HEAD,
	Q_LORA,
	KV_LORA,
	KV_A,
	NOPE,
	V_HEAD,
	DELTA_QKV,
	DELTA_INNER,
	DELTA_STATE,
	DELTA_RANKS,
	DELTA_RANKS_2,
	DELTA_CONV,
	EXPERT_FF_2,
	PER_LAYER,
	PER_LAYER_ALL,
	PER_LAYER_EMBD,
	ALTUP,
	ALTUP_1,
	ALTUP_2,
	ALTUP_EMBD,
	LAUREL,
	DRAFT_VOCAB,
	ONE,
	DIMS,
};

/* How many of each; 0: the model has no such thing. */
static void measure(const struct shape *s, uint64_t of[DIMS])
{
	uint64_t head = s->head ? s->head : s->heads ? s->embd / s->heads : 0;
	uint64_t k_head = s->kv_lora ? s->nope + s->rope : head;
	uint64_t v_head = s->kv_lora ? s->v_head : head;

	of[END] = 1;
	of[EMBD] = s->embd;
	of[EMBD_2] = 2 * (uint64_t)s->embd;
	of[VOCAB] = s->vocab;
	of[CONTEXT] = s->context;
	of[TWO] = 2;
	of[HEAD] = head;
	of[HEADS] = s->heads;
	of[Q] = s->heads * k_head;
	of[Q_GATED] = 2 * s->heads * k_head;
	of[K] = s->kv_heads * head;
	of[V] = s->kv_heads * head;
	of[QKV] = s->heads * head + 2 * s->kv_heads * head;
	of[ATTN] = s->heads * v_head;
	of[FF] = s->ff;
	of[FF_2] = 2 * (uint64_t)s->ff;
	of[EXPERTS] = s->experts;
	of[EXPERT_FF] = s->expert_ff;
	of[SHARED_FF] = s->shared_ff;
	of[HALF_HEAD] = (s->full.head ? s->full.head : head) / 2;
	of[Q_LORA] = s->q_lora;
	of[KV_LORA] = s->kv_lora;
	of[KV_A] = s->kv_lora + s->rope;
	of[NOPE] = s->nope;
	of[V_HEAD] = s->v_head;
	of[DELTA_QKV] = 2 * (uint64_t)s->ssm.groups * s->ssm.state + s->ssm.inner;
	of[DELTA_INNER] = s->ssm.inner;
	of[DELTA_STATE] = s->ssm.state;
	of[DELTA_RANKS] = s->ssm.ranks;
	of[DELTA_RANKS_2] = 2 * (uint64_t)s->ssm.ranks;
	of[DELTA_CONV] = s->ssm.conv;
	of[EXPERT_FF_2] = 2 * (uint64_t)s->expert_ff;
	of[PER_LAYER] = s->per_layer;
	of[PER_LAYER_ALL] = (uint64_t)s->per_layer * s->layers;
	of[PER_LAYER_EMBD] = s->per_layer ? s->embd : 0;
	of[ALTUP] = s->altup;
	of[ALTUP_1] = s->altup ? s->altup - 1 : 0;
	of[ALTUP_2] = (uint64_t)s->altup * s->altup;
	of[ALTUP_EMBD] = s->altup ? s->embd : 0;
	of[LAUREL] = s->laurel;
	of[DRAFT_VOCAB] = s->draft_embd ? s->vocab : 0;
	of[ONE] = 1;
}

/* A tensor that is there with all of these traits and none of those. */
struct piece {
	const char *name;
	enum dim ne[GGML_DIMS];
	uint32_t with, without;
	bool f32; /* never quantised, though it has rows */
};

static const struct piece head[] = {
	{ "token_embd.weight", { EMBD, VOCAB } },
	{ "per_layer_token_embd.weight", { PER_LAYER_ALL, VOCAB } },
	{ "per_layer_model_proj.weight", { EMBD, PER_LAYER_ALL } },
	{ "per_layer_proj_norm.weight", { PER_LAYER } },
	{ "altup_proj.weight", { EMBD, EMBD, ALTUP_1 } },
	{ "altup_unembd_proj.weight", { EMBD, EMBD, ALTUP_1 } },
	{ "position_embd.weight", { EMBD, CONTEXT }, POSITIONS, 0, true },
	{ "token_types.weight", { EMBD, TWO }, ENCODER, 0, true },
	{ "token_embd_norm.weight", { EMBD }, ENCODER },
	{ "token_embd_norm.bias", { EMBD }, ENCODER },
	{ "rope_freqs.weight", { HALF_HEAD }, ROPE_FREQS },
	{ "rope_factors_long.weight", { HALF_HEAD }, ROPE_LONG },
	{ "rope_factors_short.weight", { HALF_HEAD }, ROPE_LONG },
};

static const struct piece tail[] = {
	{ "output_norm.weight", { EMBD }, 0, ENCODER },
	{ "output_norm.bias", { EMBD }, NORM_BIAS, ENCODER },
	{ "output.weight", { EMBD, VOCAB }, 0, TIED | ENCODER },
	{ "output.bias", { VOCAB }, OUTPUT_BIAS, ENCODER },
};

static const struct piece attention[] = {
	{ "attn_norm.weight", { EMBD }, 0, NO_PRE_NORM | ENCODER },
	{ "attn_norm.bias", { EMBD }, NORM_BIAS, ENCODER },
	{ "attn_q.weight", { EMBD, Q }, LAYER_ATTN, FUSED_QKV | DELTA },
	{ "attn_q.weight", { EMBD, Q_GATED }, LAYER_ATTN | DELTA, 0 },
	{ "attn_k.weight", { EMBD, K }, LAYER_ATTN, FUSED_QKV },
	{ "attn_v.weight", { EMBD, V }, LAYER_ATTN, FUSED_QKV },
	{ "attn_qkv.weight", { EMBD, QKV }, LAYER_ATTN | FUSED_QKV, 0 },
	{ "attn_q.bias", { Q }, LAYER_ATTN | QKV_BIAS, FUSED_QKV },
	{ "attn_k.bias", { K }, LAYER_ATTN | QKV_BIAS, FUSED_QKV },
	{ "attn_v.bias", { V }, LAYER_ATTN | QKV_BIAS, FUSED_QKV },
	{ "attn_qkv.bias", { QKV }, LAYER_ATTN | QKV_BIAS | FUSED_QKV, 0 },
	{ "attn_q_norm.weight", { HEAD }, LAYER_ATTN | QK_NORM, 0 },
	{ "attn_k_norm.weight", { HEAD }, LAYER_ATTN | QK_NORM, 0 },
	{ "attn_q_norm.weight", { Q }, LAYER_ATTN | QK_NORM_WIDE, 0 },
	{ "attn_k_norm.weight", { K }, LAYER_ATTN | QK_NORM_WIDE, 0 },
	{ "attn_q_a_norm.weight", { Q_LORA }, LAYER_MLA, 0 },
	{ "attn_kv_a_norm.weight", { KV_LORA }, LAYER_MLA, 0 },
	{ "attn_q.weight", { EMBD, Q }, LAYER_MLA, 0 },
	{ "attn_q_a.weight", { EMBD, Q_LORA }, LAYER_MLA, 0 },
	{ "attn_q_b.weight", { Q_LORA, Q }, LAYER_MLA, 0 },
	{ "attn_kv_a_mqa.weight", { EMBD, KV_A }, LAYER_MLA, 0 },
	{ "attn_k_b.weight", { NOPE, KV_LORA, HEADS }, LAYER_MLA, 0 },
	{ "attn_v_b.weight", { KV_LORA, V_HEAD, HEADS }, LAYER_MLA, 0 },
	{ "attn_qkv.weight", { EMBD, DELTA_QKV }, LAYER_DELTA, 0 },
	{ "attn_gate.weight", { EMBD, DELTA_INNER }, LAYER_DELTA, 0 },
	{ "ssm_conv1d.weight", { DELTA_CONV, DELTA_QKV }, LAYER_DELTA, 0, true },
	{ "ssm_dt.bias", { DELTA_RANKS }, LAYER_DELTA, 0 },
	{ "ssm_a", { DELTA_RANKS }, LAYER_DELTA, 0 },
	{ "ssm_ba.weight", { EMBD, DELTA_RANKS_2 }, LAYER_DELTA, DELTA_APART },
	{ "ssm_alpha.weight", { EMBD, DELTA_RANKS }, LAYER_DELTA | DELTA_APART, 0 },
	{ "ssm_beta.weight", { EMBD, DELTA_RANKS }, LAYER_DELTA | DELTA_APART, 0 },
	{ "ssm_norm.weight", { DELTA_STATE }, LAYER_DELTA, 0 },
	{ "ssm_out.weight", { DELTA_INNER, EMBD }, LAYER_DELTA, 0 },
	{ "attn_output.weight", { ATTN, EMBD }, 0, LAYER_DELTA },
	{ "attn_output.bias", { EMBD }, OUT_BIAS, 0 },
	{ "attn_output_norm.weight", { EMBD }, ENCODER, 0 },
	{ "attn_output_norm.bias", { EMBD }, ENCODER, 0 },
	{ "attn_sinks.weight", { HEADS }, SINKS, 0 },
	{ "post_attention_norm.weight", { EMBD }, POST_NORM, 0 },
	{ "post_attention_norm.weight", { EMBD }, ATTN_NORM_2, 0 },
};

static const struct piece feed_forward[] = {
	{ "ffn_norm.weight", { EMBD }, 0, NO_FFN_NORM | NO_PRE_NORM | ATTN_NORM_2 | ENCODER },
	{ "ffn_norm.bias", { EMBD }, NORM_BIAS, NO_FFN_NORM | ENCODER },
	{ "ffn_gate.weight", { EMBD, FF }, LAYER_DENSE, NO_GATE | FUSED_UP },
	{ "ffn_up.weight", { EMBD, FF }, LAYER_DENSE, FUSED_UP },
	{ "ffn_up.weight", { EMBD, FF_2 }, LAYER_DENSE | FUSED_UP, 0 },
	{ "ffn_down.weight", { FF, EMBD }, LAYER_DENSE, 0 },
	{ "ffn_up.bias", { FF }, LAYER_DENSE | FFN_BIAS, 0 },
	{ "ffn_down.bias", { EMBD }, LAYER_DENSE | FFN_BIAS, 0 },
	{ "ffn_gate_inp.weight", { EMBD, EXPERTS }, LAYER_MOE, 0, true },
	{ "ffn_gate_inp.bias", { EXPERTS }, LAYER_MOE | SINKS, 0 },
	{ "ffn_gate_inp.scale", { EMBD }, LAYER_MOE | GEMMA_4, 0 },
	{ "exp_probs_b.bias", { EXPERTS }, LAYER_MOE | PROBS_BIAS, 0 },
	{ "ffn_gate_up_exps.weight", { EMBD, EXPERT_FF_2, EXPERTS }, LAYER_MOE | GEMMA_4, 0 },
	{ "ffn_gate_exps.weight", { EMBD, EXPERT_FF, EXPERTS }, LAYER_MOE, GEMMA_4 },
	{ "ffn_up_exps.weight", { EMBD, EXPERT_FF, EXPERTS }, LAYER_MOE, GEMMA_4 },
	{ "ffn_down_exps.weight", { EXPERT_FF, EMBD, EXPERTS }, LAYER_MOE, 0 },
	{ "ffn_gate_exps.bias", { EXPERT_FF, EXPERTS }, LAYER_MOE | SINKS, 0, true },
	{ "ffn_up_exps.bias", { EXPERT_FF, EXPERTS }, LAYER_MOE | SINKS, 0, true },
	{ "ffn_down_exps.bias", { EMBD, EXPERTS }, LAYER_MOE | SINKS, 0, true },
	{ "ffn_gate_inp_shexp.weight", { EMBD }, LAYER_MOE | SHARED_GATE, 0 },
	{ "ffn_gate_shexp.weight", { EMBD, SHARED_FF }, LAYER_MOE, 0 },
	{ "ffn_up_shexp.weight", { EMBD, SHARED_FF }, LAYER_MOE, 0 },
	{ "ffn_down_shexp.weight", { SHARED_FF, EMBD }, LAYER_MOE, 0 },
	{ "post_ffw_norm.weight", { EMBD }, POST_NORM, 0 },
	{ "pre_ffw_norm_2.weight", { EMBD }, LAYER_MOE | GEMMA_4, 0 },
	{ "post_ffw_norm_1.weight", { EMBD }, LAYER_MOE | GEMMA_4, 0 },
	{ "post_ffw_norm_2.weight", { EMBD }, LAYER_MOE | GEMMA_4, 0 },
	{ "ffn_down_exps.scale", { EXPERTS }, LAYER_MOE | GEMMA_4, 0 },
	{ "layer_output_scale.weight", { ONE }, GEMMA_4, 0 },
	{ "inp_gate.weight", { EMBD, PER_LAYER } },
	{ "proj.weight", { PER_LAYER, EMBD } },
	{ "post_norm.weight", { PER_LAYER_EMBD } },
	{ "altup_correct_coef.weight", { ALTUP, ALTUP }, 0, 0, true },
	{ "altup_correct_scale.weight", { ALTUP_EMBD } },
	{ "altup_predict_coef.weight", { ALTUP, ALTUP_2 }, 0, 0, true },
	{ "altup_router.weight", { EMBD, ALTUP } },
	{ "altup_router_norm.weight", { ALTUP_EMBD } },
	{ "laurel_l.weight", { EMBD, LAUREL } },
	{ "laurel_r.weight", { LAUREL, EMBD } },
	{ "laurel_post_norm.weight", { ALTUP_EMBD } },
	{ "nextn.eh_proj.weight", { EMBD_2, EMBD }, LAYER_DRAFT, 0 },
	{ "nextn.enorm.weight", { EMBD }, LAYER_DRAFT, 0 },
	{ "nextn.hnorm.weight", { EMBD }, LAYER_DRAFT, 0 },
	{ "nextn.embed_tokens.weight", { EMBD, DRAFT_VOCAB }, LAYER_DRAFT, 0 },
	{ "nextn.shared_head_head.weight", { EMBD, DRAFT_VOCAB }, LAYER_DRAFT, 0 },
	{ "nextn.shared_head_norm.weight", { EMBD }, LAYER_DRAFT, 0 },
	{ "layer_output_norm.weight", { EMBD }, ENCODER, 0 },
	{ "layer_output_norm.bias", { EMBD }, ENCODER, 0 },
};

static uint32_t traits_of(const struct shape *s, uint32_t layer)
{
	bool step = !s->moe_step || layer % s->moe_step == s->moe_step - 1;
	bool moe = s->experts && layer >= s->dense && step;
	bool beside = moe && (s->traits & GEMMA_4);
	bool draft = layer + s->draft >= s->layers;
	bool delta = (s->traits & DELTA) && !draft && !shape_full(s, layer);

	return s->traits | (moe ? LAYER_MOE : 0) | (!moe || beside ? LAYER_DENSE : 0) |
	       (draft ? LAYER_DRAFT : 0) |
	       (delta        ? LAYER_DELTA
		: s->kv_lora ? LAYER_MLA
			     : LAYER_ATTN);
}

/* What is being put together: one layer, or what is around them. */
struct site {
	const struct shape *shape;
	uint64_t of[DIMS];
	uint32_t traits;
	const char *before; /* "blk.7." */
};

/* K serves as V in layers that see all; q is in one piece or in two. */
static bool left_out(const struct site *site, const char *name)
{
	const struct shape *s = site->shape;

	if ((site->traits & LAYER_MLA) && s->q_lora)
		return str_eq(name, "attn_q.weight");
	return (s->traits & SAME_KV) && s->head == s->full.head && str_eq(name, "attn_v.weight");
}

static bool there(const struct site *site, const struct piece *p)
{
	if ((p->with & site->traits) != p->with || (p->without & site->traits))
		return false;
	for (int i = 0; i < GGML_DIMS; i++)
		if (site->of[p->ne[i]] == 0)
			return false;
	return !left_out(site, p->name);
}

static void put(struct arena *a, struct gguf *g, const struct site *site, const struct piece *p)
{
	bool f32 = p->f32 || p->ne[1] == END;
	bool mxfp4 = (site->traits & SINKS) && p->ne[2] != END && !f32;
	struct gguf_tensor *t = &g->tensor[g->tensor_count++];

	*t = (struct gguf_tensor){ .name = NULL };
	t->name = *site->before ? arena_printf(a, "%s%s", site->before, p->name) : p->name;
	t->type = ggml_type_named(f32 ? "f32" : mxfp4 ? "mxfp4" : "f16");
	for (int i = 0; i < GGML_DIMS; i++)
		t->ne[i] = site->of[p->ne[i]];
}

static void put_all(struct arena *a, struct gguf *g, const struct site *site,
		    const struct piece *pieces, size_t count)
{
	for (const struct piece *p = pieces; p < pieces + count; p++)
		if (there(site, p))
			put(a, g, site, p);
}

static void put_layer(struct arena *a, struct gguf *g, const struct shape *s, uint32_t i)
{
	struct shape as = shape_layer(s, i);
	struct site site = { .shape = &as,
			     .traits = traits_of(s, i),
			     .before = arena_printf(a, "blk.%u.", i) };

	measure(&as, site.of);
	put_all(a, g, &site, attention, COUNT_OF(attention));
	put_all(a, g, &site, feed_forward, COUNT_OF(feed_forward));
}

void shape_tensors(struct arena *a, const struct shape *s, struct gguf *g)
{
	size_t most = COUNT_OF(head) + COUNT_OF(tail) +
		      s->layers * (COUNT_OF(attention) + COUNT_OF(feed_forward));
	struct site around = { .shape = s, .traits = s->traits, .before = "" };

	g->tensor = arena_room(a, most * sizeof(*g->tensor));
	g->tensor_count = 0;
	measure(s, around.of);
	put_all(a, g, &around, head, COUNT_OF(head));
	for (uint32_t i = 0; i < s->layers; i++)
		put_layer(a, g, s, i);
	put_all(a, g, &around, tail, COUNT_OF(tail));
}
