/* SPDX-License-Identifier: MIT */
#include "cause/cause.h"

#define GUIDE "https://docs.nvidia.com/datacenter/cloud-native/container-toolkit/latest/"
#define COMPOSE_GPU "https://docs.docker.com/compose/how-tos/gpu-support/"

const struct cause causes_workload[] = {
	{
	    .id = "container-devices-lost",
	    .link = "workload",
	    .title = "the GPU was taken away from a running container",
	    .why = "systemd rewrote the container's device rules, as it does at `systemctl "
		   "daemon-reload`, and left out the GPU. The container runs on, NVML says "
		   "`Unknown Error` in it, and no restart policy notices.",
	    .remedy = { "docker restart {}" },
	    .lasting = { "sudo nvidia-ctk system create-dev-char-symlinks --create-all",
			 "# or ask for the GPU by CDI: --device nvidia.com/gpu=all" },
	    .source = "https://github.com/NVIDIA/nvidia-container-toolkit/issues/48",
	    .stands_alone = true,
	},
	{
	    .id = "container-started-before-gpu",
	    .link = "workload",
	    .title = "a container started before the GPU was ready",
	    .why = "What a container gets of the GPU is settled when it starts. An external GPU "
		   "can come minutes after boot, and who started earlier does not notice it.",
	    .remedy = { "docker restart {}" },
	    .lasting = { "# order docker after the driver: sudo systemctl edit docker, and there "
			 "[Unit] After=nvidia-persistenced.service" },
	    .source = "https://github.com/ollama/ollama/blob/main/docs/troubleshooting.md",
	},
	{
	    .id = "container-without-nodes",
	    .link = "workload",
	    .title = "a container asks for the GPU but has not got its device nodes",
	    .why = "The nodes were not put in when the container started, or not all of them. "
		   "CUDA needs nvidiactl, nvidia-uvm and the GPU's own.",
	    .remedy = { "docker restart {}", "docker inspect {} --format '{{json .HostConfig}}'",
			"# by hand, all are needed: --device /dev/nvidiactl --device "
			"/dev/nvidia-uvm --device /dev/nvidia0" },
	    .source = GUIDE "troubleshooting.html",
	},
	{
	    .id = "container-not-started",
	    .link = "workload",
	    .title = "the engine could not start a container that asks for the GPU",
	    .why = "The engine refused or the start failed, and after such a failure the restart "
		   "policy does not try again. Once the reason is mended, it has to be started by "
		   "hand.",
	    .remedy = { "docker start {}",
			"docker inspect {} --format '{{.State.ExitCode}} {{.State.Error}}'",
			"docker logs --tail 30 {}" },
	    .source = GUIDE "troubleshooting.html",
	},
	{
	    .id = "container-restarting",
	    .link = "workload",
	    .title = "a container that asks for the GPU ends again and again",
	    .why = "Its program ends soon after each start and the restart policy starts it "
		   "anew. Its log says why.",
	    .remedy = { "docker logs --tail 50 {}" },
	    .source = "https://docs.docker.com/engine/containers/start-containers-automatically/",
	},
	{
	    .id = "container-asks-no-gpu",
	    .link = "workload",
	    .title = "an LLM server's container does not ask for the GPU",
	    .why = "A container sees no GPU unless it asks for one. The server starts without "
		   "complaint and computes on the CPU.",
	    .remedy = { "# in its compose file, below the service:",
			"#   deploy: {resources: {reservations: {devices: "
			"[{driver: nvidia, count: all, capabilities: [gpu]}]}}}",
			"# then, in the folder of that file: docker compose up -d",
			"# without compose: docker rm -f {}, and run it again with --gpus all" },
	    .source = COMPOSE_GPU,
	    .stands_alone = true,
	},
	{
	    .id = "visible-devices-hide-gpu",
	    .link = "workload",
	    .title = "a variable hides the GPU from a container",
	    .why = "CUDA uses only the devices that CUDA_VISIBLE_DEVICES names, the runtime puts "
		   "in only those of NVIDIA_VISIBLE_DEVICES. Empty, none, void and -1 name no "
		   "GPU.",
	    .remedy = { "# take the variable out of the compose file or the command of {}",
			"# then, in the folder of that file: docker compose up -d" },
	    .source = "https://docs.nvidia.com/cuda/cuda-c-programming-guide/"
		      "index.html#cuda-environment-variables",
	    .stands_alone = true,
	},
	{
	    .id = "requested-gpu-missing",
	    .link = "workload",
	    .title = "a container asks for a GPU that this host does not have",
	    .why = "It names a GPU by an index or UUID that the driver does not list: of a card "
		   "that was changed, or of another host. Such a container does not start.",
	    .remedy = { "nvidia-smi -L",
			"# name one of these for {}, or ask for all: count: all, --gpus all" },
	    .source = COMPOSE_GPU,
	    .stands_alone = true,
	},
	{ 0 },
};
