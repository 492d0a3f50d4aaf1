/* SPDX-License-Identifier: MIT */
/* Models that give embeddings, published as F16. Source: their config.json. */
#include "gguf/known/shapes.h"

#define BERT (ENCODER | POSITIONS | QKV_BIAS | OUT_BIAS | FFN_BIAS | NO_GATE)

const struct shape shapes_encoder[] = {
	{ "nomic-embed-text:137m",
	  "nomic-embed-text, nomic-embed-text:v1.5, nomic-embed-text-v1.5, "
	  "nomic-embed-text:137m-v1.5",
	  "snowflake-arctic-embed:137m", "nomic-embed-text 137M", "nomic-bert", "F16", 12, 768,
	  3072, 12, 12, 0, 30522, 2048, 0, ENCODER | FUSED_QKV },
	{ "mxbai-embed-large:335m",
	  "mxbai-embed-large, mxbai-embed-large:v1, bge-large:335m, bge-large, "
	  "bge-large-en-v1.5",
	  "snowflake-arctic-embed:335m, snowflake-arctic-embed", "mxbai-embed-large 335M", "bert",
	  "F16", 24, 1024, 4096, 16, 16, 0, 30522, 512, 0, BERT },
	{ "bge-base:110m", "bge-base, bge-base-en-v1.5", "snowflake-arctic-embed:110m",
	  "bge-base 110M", "bert", "F16", 12, 768, 3072, 12, 12, 0, 30522, 512, 0, BERT },
	{ "all-minilm:22m", "all-minilm:l6-v2, all-minilm-l6-v2, all-minilm",
	  "snowflake-arctic-embed:22m", "all-MiniLM L6 22M", "bert", "F16", 6, 384, 1536, 12, 12, 0,
	  30522, 512, 0, BERT },
	{ "all-minilm:33m",
	  "all-minilm:l12-v2, all-minilm-l12-v2, bge-small:33m, bge-small-en-v1.5",
	  "snowflake-arctic-embed:33m", "all-MiniLM L12 33M", "bert", "F16", 12, 384, 1536, 12, 12,
	  0, 30522, 512, 0, BERT },
	{ "bge-m3:567m", "bge-m3", "snowflake-arctic-embed2:568m, snowflake-arctic-embed2",
	  "BGE-M3 567M", "bert", "F16", 24, 1024, 4096, 16, 16, 0, 250002, 8192, 0, BERT },
	{ "paraphrase-multilingual:278m", "paraphrase-multilingual, multilingual-e5-base", NULL,
	  "paraphrase-multilingual 278M", "bert", "F16", 12, 768, 3072, 12, 12, 0, 250002, 512, 0,
	  BERT },
	{ 0 },
};
