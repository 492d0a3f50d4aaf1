/* SPDX-License-Identifier: MIT */
/* Mistral's models. Source: their config.json, params.json. */
#include "gguf/known/shapes.h"

const struct shape shapes_mistral[] = {
	{ "mistral:7b", "mistral, mistral:7b-v0.3, mathstral:7b, mathstral",
	  "hermes3-mistral:7b, wizardlm2:7b, wizardlm2", "Mistral 7B v0.3", "llama", NULL, 32, 4096,
	  14336, 32, 8, 0, 32768, 32768, 0, 0 },
	{ "mistral:7b-v0.2", "mistral:7b-v0.1",
	  "openhermes:7b, openhermes, openhermes2.5-mistral:7b, zephyr:7b, zephyr, "
	  "zephyr:7b-beta, dolphin-mistral:7b, dolphin-mistral, neural-chat:7b, "
	  "neural-chat, starling-lm:7b, starling-lm, openchat:7b, openchat, "
	  "mistral-openorca:7b, mistral-openorca, sqlcoder:7b, "
	  "nous-hermes2-mistral:7b, mistrallite:7b, mistrallite, samantha-mistral:7b, "
	  "samantha-mistral, yarn-mistral:7b, yarn-mistral, wizard-math:7b-v1.1, "
	  "llava:7b, llava, llava:7b-v1.6-mistral, bakllava:7b, bakllava, notux:7b, "
	  "notus:7b, notus, biomistral:7b, adrienbrault/biomistral:7b",
	  "Mistral 7B v0.2", "llama", NULL, 32, 4096, 14336, 32, 8, 0, 32000, 32768, 0, 0 },
	{ "mistral-nemo:12b", "mistral-nemo, mistral-nemo:12b-2407, mistral-nemo:2407",
	  "dolphin-nemo:12b, rocinante:12b, magnum-v4:12b, nemomix-unleashed:12b",
	  "Mistral Nemo 12B", "llama", NULL, 40, 5120, 14336, 32, 8, 128, 131072, 131072, 0, 0 },
	{ "mistral-small:22b",
	  "mistral-small:2409, codestral:22b, codestral, codestral:22b-v0.1, "
	  "mistral-small:22b-2409",
	  "cydonia:22b", "Mistral Small 22B", "llama", NULL, 56, 6144, 16384, 48, 8, 128, 32768,
	  32768, 0, 0 },
	{ "mistral-small:24b",
	  "mistral-small, mistral-small3:24b, mistral-small3, mistral-small:2501, "
	  "mistral-small:24b-2501, mistral-small3:24b-2501",
	  "dolphin3-mistral:24b, dolphin3-r1-mistral:24b, cydonia:24b", "Mistral Small 3 24B",
	  "llama", NULL, 40, 5120, 32768, 32, 8, 128, 131072, 32768, 0, 0 },
	{ "mistral-small3.1:24b",
	  "mistral-small3.2:24b, mistral-small3.1, mistral-small3.2, "
	  "mistral-small3.1:24b-2503, mistral-small3.2:24b-2506, devstral:24b, "
	  "devstral, devstral-small:24b, devstral-small:2505, devstral-small:2507, "
	  "devstral-small:24b-2505, devstral-small:24b-2507, magistral:24b, magistral, "
	  "magistral-small:24b, magistral-small:2506, magistral-small:2507, "
	  "magistral-small:2509",
	  NULL, "Mistral Small 3.1 24B", "llama", NULL, 40, 5120, 32768, 32, 8, 128, 131072, 131072,
	  0, 0 },
	{ "mistral-large:123b",
	  "mistral-large, mistral-large:2407, mistral-large:2411, "
	  "mistral-large:123b-2407, mistral-large:123b-2411",
	  "magnum-v4:123b, behemoth:123b", "Mistral Large 123B", "llama", NULL, 88, 12288, 28672,
	  96, 8, 128, 32768, 131072, 0, 0 },
	{ "ministral:8b", "ministral, ministral:8b-2410", NULL, "Ministral 8B", "llama", NULL, 36,
	  4096, 12288, 32, 8, 128, 131072, 32768, 0, 0 },
	{ "ministral3:3b", "ministral3:3b-2512", NULL, "Ministral 3 3B", "mistral3", NULL, 26, 3072,
	  9216, 32, 8, 128, 131072, 262144, 0, TIED },
	{ "ministral3:8b", "ministral3, ministral3:8b-2512", NULL, "Ministral 3 8B", "mistral3",
	  NULL, 34, 4096, 14336, 32, 8, 128, 131072, 262144, 0, 0 },
	{ "ministral3:14b", "ministral3:14b-2512", NULL, "Ministral 3 14B", "mistral3", NULL, 40,
	  5120, 16384, 32, 8, 128, 131072, 262144, 0, 0 },
	{ "devstral-small2:24b",
	  "devstral-small2, devstral-small2:24b-2512, devstral-small:24b-2-2512", NULL,
	  "Devstral Small 2 24B", "mistral3", NULL, 40, 5120, 32768, 32, 8, 128, 131072, 393216, 0,
	  0 },
	{ "mixtral:8x7b", "mixtral, mixtral:8x7b-v0.1",
	  "dolphin-mixtral:8x7b, dolphin-mixtral, nous-hermes2-mixtral:8x7b, "
	  "nous-hermes2-mixtral, notux:8x7b, notux",
	  "Mixtral 8x7B", "llama", NULL, 32, 4096, 14336, 32, 8, 0, 32000, 32768, 0, 0,
	  .experts = 8, .used = 2, .expert_ff = 14336 },
	{ "mixtral:8x22b", "mixtral:8x22b-v0.1", "dolphin-mixtral:8x22b, wizardlm2:8x22b",
	  "Mixtral 8x22B", "llama", NULL, 56, 6144, 16384, 48, 8, 0, 32768, 65536, 0, 0,
	  .experts = 8, .used = 2, .expert_ff = 16384 },
	{ 0 },
};
