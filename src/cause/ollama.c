/* SPDX-License-Identifier: MIT */
#include "cause/cause.h"

#define DISCOVERY "https://github.com/ollama/ollama/blob/main/docs/troubleshooting.mdx"

const struct cause causes_ollama[] = {
	{
	    .id = "ollama-discovery-timeout",
	    .link = "ollama",
	    .title = "Ollama gave up looking for the GPU when it started",
	    .why = "Ollama looks for devices once, with a deadline of 30 seconds, and stays on the "
		   "CPU until "
		   "it is restarted. A GPU that was just arriving, or a driver that had to wake up "
		   "first, was too "
		   "slow for it.",
	    .remedy = { "docker restart {}" },
	    .lasting = { "sudo systemctl enable --now nvidia-persistenced.service" },
	    .source = "https://github.com/ollama/ollama/issues/12323",
	},
	{
	    .id = "ollama-started-before-gpu",
	    .link = "ollama",
	    .title = "Ollama started before the GPU was ready",
	    .why = "Ollama looks for devices once, when it starts. The driver was ready only after "
		   "that, so it "
		   "stays on the CPU until it is restarted.",
	    .remedy = { "docker restart {}" },
	    .lasting = { "# Let docker.service start after the GPU: order it after "
			 "nvidia-persistenced.service",
			 "sudo systemctl edit docker.service" },
	    .source = "https://github.com/ollama/ollama/issues/7669",
	},
	{
	    .id = "ollama-cuda-init-failed",
	    .link = "ollama",
	    .title = "CUDA did not start inside Ollama",
	    .why = "The library was there, but the driver refused it when Ollama looked for "
		   "devices. Ollama then "
		   "computes on the CPU until it is restarted.",
	    .remedy = { "docker restart {}",
			"docker logs {} 2>&1 | grep -iE 'cuda|inference compute'" },
	    .source = DISCOVERY,
	},
	{
	    .id = "ollama-on-cpu",
	    .link = "ollama",
	    .title = "Ollama computes on the CPU",
	    .why = "Ollama found no GPU that it can use when it started, and its log does not say "
		   "why. It does "
		   "not look again before it is restarted.",
	    .remedy = { "docker restart {}", "docker logs {} 2>&1 | grep 'inference compute'" },
	    .source = DISCOVERY,
	},
	{
	    .id = "ollama-service-on-cpu",
	    .link = "ollama",
	    .title = "the Ollama service computes on the CPU",
	    .why = "Ollama found no GPU that it can use when it started. It does not look again "
		   "before it is "
		   "restarted.",
	    .remedy = { "sudo systemctl restart ollama.service",
			"journalctl -b -u ollama.service | grep 'inference compute'" },
	    .lasting = { "# Let it start after the GPU: After=nvidia-persistenced.service in a "
			 "drop-in",
			 "sudo systemctl edit ollama.service" },
	    .source = DISCOVERY,
	},
	{
	    .id = "ollama-fell-back-to-cpu",
	    .link = "ollama",
	    .title = "Ollama found the GPU but computes on the CPU",
	    .why = "A model is loaded, and none of it is on the GPU or none of Ollama's processes "
		   "holds the GPU. "
		   "What `ollama ps` says was planned when the model was loaded, and may be wrong "
		   "since.",
	    .remedy = { "docker restart {}" },
	    .source = "https://github.com/ollama/ollama/issues/12323",
	},
	{
	    .id = "driver-too-old",
	    .link = "ollama",
	    .title = "the driver is too old for this Ollama",
	    .why = "Newer releases of Ollama are built for a newer CUDA than this driver can run. "
		   "nvidia-smi is "
		   "not affected, so it looks healthy.",
	    .remedy = { "arch|sudo pacman -Syu",
			"debian|sudo apt-get update && sudo apt-get upgrade",
			"fedora|sudo dnf upgrade",
			"# Reboot, or stay on an older image of Ollama." },
	    .source = "https://docs.nvidia.com/deploy/cuda-compatibility/",
	    .stands_alone = true,
	},
	{
	    .id = "gpu-too-old-for-cuda",
	    .link = "ollama",
	    .title = "the GPU is too old for this Ollama",
	    .why = "Ollama's CUDA code is compiled for compute capability 5.0 and later, and each "
		   "release drops "
		   "old ones. The GPU works, but not with this release.",
	    .remedy = { "# Use an older image of Ollama, or another GPU." },
	    .source = "https://github.com/ollama/ollama/blob/main/docs/gpu.mdx",
	    .stands_alone = true,
	},
	{
	    .id = "ollama-libs-missing",
	    .link = "ollama",
	    .title = "Ollama lacks the CUDA libraries",
	    .why = "libcuda.so.1 comes from the host's driver and is put into a container by the "
		   "NVIDIA runtime; the "
		   "rest comes with Ollama's image or archive. One of the two is not there.",
	    .remedy = { "docker exec {} ldconfig -p | grep libcuda",
			"docker inspect -f '{{.HostConfig.Runtime}}' {}" },
	    .source = DISCOVERY,
	},
	{
	    .id = "ollama-wrong-image",
	    .link = "ollama",
	    .title = "the container runs the ROCm image of Ollama",
	    .why = "The images tagged -rocm carry AMD's libraries instead of NVIDIA's. On an "
		   "NVIDIA GPU they fall "
		   "back to the CPU.",
	    .remedy = { "# In the compose file: image: ollama/ollama:latest",
			"docker compose up -d" },
	    .source = "https://github.com/ollama/ollama/blob/main/docs/docker.mdx",
	    .stands_alone = true,
	},
	{
	    .id = "ollama-uses-vulkan",
	    .link = "ollama",
	    .title = "Ollama chose Vulkan instead of CUDA",
	    .why = "Vulkan is tried where CUDA is not usable; it also finds integrated GPUs, and "
		   "is slower on "
		   "NVIDIA. The question is why CUDA was missing when Ollama started.",
	    .remedy = { "docker restart {}",
			"# If it does so again, add OLLAMA_VULKAN=0 to its environment." },
	    .source = DISCOVERY,
	},
	{
	    .id = "vram-insufficient",
	    .link = "ollama",
	    .title = "a model does not fit into the GPU's memory",
	    .why = "The layers that do not fit are computed by the CPU, and for prompts their "
		   "weights cross the "
		   "cable again for each batch. A smaller quantisation or context that fits whole "
		   "answers several "
		   "times faster.",
	    .remedy = { "docker exec {} ollama ps",
			"# Choose a smaller model, quantisation or OLLAMA_CONTEXT_LENGTH." },
	    .source = "https://github.com/ollama/ollama/blob/main/docs/faq.mdx",
	},
	{
	    .id = "ollama-kv-needs-flash-attention",
	    .link = "ollama",
	    .title = "the quantised KV cache has no effect",
	    .why = "OLLAMA_KV_CACHE_TYPE is used only together with flash attention. Without it "
		   "the cache stays "
		   "f16, twice as large as q8_0.",
	    .remedy = { "# Add to its environment: OLLAMA_FLASH_ATTENTION=true",
			"docker compose up -d" },
	    .source = "https://github.com/ollama/ollama/blob/main/docs/faq.mdx",
	    .stands_alone = true,
	},
	{
	    .id = "ollama-not-answering",
	    .link = "ollama",
	    .title = "Ollama runs but does not answer",
	    .why = "Its API gave no answer in half a second. It may be starting, overloaded, or "
		   "stuck in the "
		   "driver.",
	    .remedy = { "docker logs --tail 50 {}" },
	    .source = DISCOVERY,
	},
	{ 0 },
};
