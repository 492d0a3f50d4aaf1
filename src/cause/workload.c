/* SPDX-License-Identifier: MIT */
#include "cause/cause.h"

#define GUIDE "https://docs.nvidia.com/datacenter/cloud-native/container-toolkit/latest/"
#define COMPOSE_GPU "https://docs.docker.com/compose/how-tos/gpu-support/"

/* Marks of a request for the GPU. */
#define ASKED "gpu-asked gpu-driver-asked gpu-nodes-given"
/* Said with one of these, a server is on the CPU for something else than its container. */
#define CPU_FOR_A_REASON                                                                           \
	ASKED " ollama-on-cuda amd-gpu rocm-image cuda-no-device cuda-init-unknown "               \
	      "cuda-library-missing driver-install-broken driver-version-mismatch uvm-not-loaded " \
	      "ollama-discovery-timeout driver-too-old gpu-too-old-for-cuda "                      \
	      "ollama-cuda-init-failed visible-devices-hide-gpu wsl-no-gpu"

/* Said with one of these, a container that did not start is no more than its mark. */
#define DRIVER_AT_FAULT                                                                            \
	"persistence-off wsl-no-gpu driver-install-broken module-not-loaded "                      \
	"driver-version-mismatch"

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
	    .unattended = true,
	    .source = "https://github.com/NVIDIA/nvidia-container-toolkit/issues/48",
	    .stands_alone = true,
	    .explains = { "ollama-on-cpu", "ollama-fell-back-to-cpu", "ollama-cuda-init-failed",
			  "cuda-no-device" },
	    .sign = SIGNS({ 60, "initialize NVML: Unknown Error" },
			  { 60, "initialize NVML: Unknown Error", .with = "daemon-reload" },
			  { 50, "initialize NVML: Unknown Error", .after = "nvidia-smi-table" },
			  { 40, "initialize NVML: Unknown Error", .with = "in-container" },
			  { 80, "/dev/nvidia*Operation not permitted", .unless = "in-lxc" },
			  { 70, "failed to get*device context 800" },
			  { 55, "Error 800: operation not permitted" }, { 50, "NVMLError_Unknown" },
			  { 35, "Can't initialize NVML" }, { 40, "CUDA_ERROR_NOT_PERMITTED" },
			  { 40, "cudaErrorNotPermitted" },
			  { 45, "CUDA error: operation not permitted" },
			  { 45, "CUDA error: operation not permitted" },
			  { 40, "nvmlInit_v2_() INTERNAL ASSERT" }, { 40, "init failure: 800" }),
	},
	{
	    .id = "container-started-before-gpu",
	    .link = "workload",
	    .title = "a container started before the GPU was ready",
	    .why = "What a container gets of the GPU is settled when it starts. An external GPU "
		   "can come minutes after boot, and who started earlier does not notice it.",
	    .remedy = { "docker restart {}" },
	    .lasting = { "!nixos|# order docker after the driver: sudo systemctl edit docker, and "
			 "there "
			 "[Unit] After=nvidia-persistenced.service",
			 NIXOS_AFTER_GPU("docker") },
	    .unattended = true,
	    .source = "https://github.com/ollama/ollama/blob/main/docs/troubleshooting.md",
	    .explains = { "ollama-on-cpu", "ollama-fell-back-to-cpu", "ollama-cuda-init-failed",
			  "cuda-no-device", "container-not-started", "container-without-nodes" },
	    .sign = SIGNS(
		{ 85, "custom device*/dev/nvidia" }, { 80, "/dev/nvidia*not a device node" },
		{ 60, "stat /dev/nvidia*no such file" }, { 60, "stat'ing file*/dev/nvidia" },
		{ 45, "stat failed: /dev/nvidia*no such file" },
		{ 45, "stat CDI host device*/dev/nvidia*no such file" },
		{ 75, "lxc*mount*/dev/nvidia*no such" }, { 40, "/dev/nvidia0 does not exist" }),
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
	    .explains = { "ollama-on-cpu", "ollama-fell-back-to-cpu", "ollama-cuda-init-failed",
			  "cuda-no-device" },
	    .sign = SIGNS({ 25, "/dev/nvidia0 does not exist" },
			  { 45, "nvidia-smi*executable file not found", .with = "gpu-asked" },
			  { 45, "executable file*nvidia-smi*not found", .with = "gpu-asked" }),
	},
	{
	    .id = "container-node-dead",
	    .link = "workload",
	    .title = "a container cannot open one of the GPU's device nodes",
	    .why = "The node is there and the container may open it, but the kernel refuses. "
		   "ENXIO: no driver has the node's number, as when the module was loaded anew "
		   "after the container had started. EIO: the driver cannot reach the GPU.",
	    .remedy = { "docker restart {}", "sudo dmesg | grep -iE 'NVRM|nvidia' | tail -n 20" },
	    .source = GUIDE "troubleshooting.html",
	    .explains = { "ollama-on-cpu", "ollama-fell-back-to-cpu", "ollama-cuda-init-failed",
			  "cuda-no-device" },
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
	    .sign =
		SIGNS({ 40, "failed to start containers:" },
		      { 22, "Error response from daemon*nvidia", .unless = DRIVER_AT_FAULT },
		      { 22, "container init: error running", .unless = DRIVER_AT_FAULT },
		      { 22, "nvidia-container-cli*error:", .unless = DRIVER_AT_FAULT },
		      { 22, "stderr: Auto-detected mode as", .unless = DRIVER_AT_FAULT },
		      { 35, "nvidia-container-runtime did not terminate" }, { 30, "Exited (128)" }),
	},
	{
	    .id = "container-restarting",
	    .link = "workload",
	    .title = "a container that asks for the GPU ends again and again",
	    .why = "Its program ends soon after each start and the restart policy starts it "
		   "anew. Its log says why.",
	    .remedy = { "docker logs --tail 50 {}" },
	    .source = "https://docs.docker.com/engine/containers/start-containers-automatically/",
	    .sign = SIGNS({ 50, "Restarting (#)" }),
	},
	{
	    .id = "container-asks-no-gpu",
	    .link = "workload",
	    .title = "an LLM server's container does not ask for the GPU",
	    .why = "A container sees no GPU unless it asks for one. The server starts without "
		   "complaint and computes on the CPU.",
	    .remedy = { "compose|# in {file}, below the service:",
			"compose|#   deploy: {resources: {reservations: {devices: "
			"[{driver: nvidia, count: all, capabilities: [gpu]}]}}}",
			"compose|{up}",
			"bare|# without compose: docker rm -f {}, and run it again with --gpus "
			"all" },
	    .source = COMPOSE_GPU,
	    .stands_alone = true,
	    .explains = { "ollama-on-cpu", "ollama-fell-back-to-cpu", "ollama-cuda-init-failed",
			  "cuda-no-device", "ollama-started-before-gpu" },
	    .sign =
		SIGNS({ 45, "image: *ollama/ollama", .unless = ASKED " ollama-on-cuda rocm-image" },
		      { 75, "inference compute*library=cpu", .with = "llm-image",
			.unless = ASKED " ollama-on-cuda rocm-image" },
		      { 28, "inference compute*library=cpu", .unless = CPU_FOR_A_REASON },
		      { 25, "inference compute*library=cpu", .with = "in-container",
			.unless = CPU_FOR_A_REASON },
		      { 70, "NVIDIA Driver was not detected", .unless = ASKED },
		      { 35, "NVIDIA Driver was not detected" },
		      { 60, "to start this container with GPU support", .unless = ASKED },
		      { 35, "to start this container with GPU support" },
		      { 60, "nvidia-smi*executable file not found", .unless = ASKED },
		      { 60, "executable file*nvidia-smi*not found", .unless = ASKED },
		      { 30, "No supported GPU(s) detected to run this container", .unless = ASKED },
		      { 40, "No CUDA runtime is found, using CUDA_HOME", .unless = ASKED },
		      { 30, "Failed to infer device type", .unless = ASKED },
		      { 30, "Cannot load libcuda.so", .unless = ASKED },
		      { 30, "Cannot load libnvidia-encode.so", .unless = ASKED },
		      { 30, "Found no NVIDIA driver on your system", .unless = ASKED },
		      { 40, "Found no NVIDIA driver on your system", .with = "container-run",
			.unless = ASKED },
		      { 55, "gpu support may not be enabled", .with = "nvidia-smi-table",
			.unless = ASKED }),
	    .healed_by = "ollama-on-cuda",
	},
	{
	    .id = "visible-devices-hide-gpu",
	    .link = "workload",
	    .title = "a variable hides the GPU from a container",
	    .why = "CUDA uses only the devices that CUDA_VISIBLE_DEVICES names, the runtime puts "
		   "in only those of NVIDIA_VISIBLE_DEVICES. Empty, none, void and -1 name no "
		   "GPU, nor does an index or UUID that this host does not have.",
	    .remedy = { "compose|# take the variable out of {file}", "compose|{up}",
			"bare|# without compose: docker rm -f {}, and run it again without the "
			"variable" },
	    .source = "https://docs.nvidia.com/cuda/cuda-c-programming-guide/"
		      "index.html#cuda-environment-variables",
	    .stands_alone = true,
	    .explains = { "ollama-on-cpu", "ollama-fell-back-to-cpu", "ollama-cuda-init-failed",
			  "cuda-no-device" },
	    .sign = SIGNS(
		{ 85, "CUDA_VISIBLE_DEVICES=-1" }, { 85, "CUDA_VISIBLE_DEVICES:-1" },
		{ 85, "CUDA_VISIBLE_DEVICES: -1" }, { 85, "CUDA_VISIBLE_DEVICES*: *\"-1\"" },
		{ 90, "CUDA_VISIBLE_DEVICES=NoDevFiles" }, { 70, "CUDA_VISIBLE_DEVICES=\"\"" },
		{ 70, "CUDA_VISIBLE_DEVICES=''" }, { 70, "\"CUDA_VISIBLE_DEVICES=\"" },
		{ 60, "CUDA_VISIBLE_DEVICES= " }, { 60, "CUDA_VISIBLE_DEVICES=$" },
		{ 60, "CUDA_VISIBLE_DEVICES= ", .with = "cuda-no-device" },
		{ 60, "CUDA_VISIBLE_DEVICES=$", .with = "cuda-no-device" },
		{ 95, "this hides all GPUs from CUDA" },
		{ 30, "no CUDA-capable device is detected", .unless = "smi-no-driver" },
		{ 30, "No CUDA GPUs are available", .unless = "smi-no-driver" },
		{ 85, "CUDA_VISIBLE_DEVICES*]*= *-1" }, { 88, "CUDA_VISIBLE_DEVICES: all" },
		{ 88, "CUDA_VISIBLE_DEVICES=all" }, { 60, "CUDA_VISIBLE_DEVICES: \"\"" },
		{ 60, "CUDA_VISIBLE_DEVICES: ''" },
		{ 60, "CUDA_VISIBLE_DEVICES=1", .with = "cuda-no-device" },
		{ 60, "CUDA_VISIBLE_DEVICES=2", .with = "cuda-no-device" },
		{ 60, "CUDA_VISIBLE_DEVICES=3", .with = "cuda-no-device" },
		{ 60, "CUDA_VISIBLE_DEVICES*]*=*1", .with = "cuda-no-device" },
		{ 60, "CUDA_VISIBLE_DEVICES*]*=*2", .with = "cuda-no-device" },
		{ 60, "CUDA_VISIBLE_DEVICES*]*=*3", .with = "cuda-no-device" },
		{ 70, "NVIDIA_VISIBLE_DEVICES=none" }, { 70, "NVIDIA_VISIBLE_DEVICES: none" },
		{ 45, "NVIDIA_VISIBLE_DEVICES=void", .unless = "gpu-asked" },
		{ 45, "NVIDIA_VISIBLE_DEVICES: void", .unless = "gpu-asked" },
		{ 50, "NVIDIA_VISIBLE_DEVICES=$", .unless = "gpu-asked" }),
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
	    .explains = { "container-not-started" },
	    .sign = SIGNS(
		{ 93, "device error:*unknown device" },
		{ 90, "nvidia-container-cli*unknown device id" },
		{ 80, "get device handle from UUID" }, { 60, "Insufficient nvidia.com/gpu" },
		{ 45, "no suitable node (insufficient resources" },
		{ 80, "get device handle from index" }, { 30, "unresolvable CDI devices*gpu=#" },
		{ 30, "unresolvable CDI devices*gpu=GPU-" }),
	},
	{
	    .id = "gpu-request-invalid",
	    .link = "workload",
	    .title = "the way a container asks for the GPU is not valid",
	    .why = "A device in a compose file's reservations needs capabilities, and either a "
		   "count or device_ids. With driver: cdi only device_ids is allowed.",
	    .remedy = { "# in {file}, below the service:",
			"#   deploy: {resources: {reservations: {devices: "
			"[{driver: nvidia, count: all, capabilities: [gpu]}]}}}",
			"# video in it (ffmpeg) needs "
			"NVIDIA_DRIVER_CAPABILITIES=compute,video,utility",
			"docker compose config --quiet" },
	    .source = COMPOSE_GPU,
	    .stands_alone = true,
	    .explains = { "container-not-started" },
	    .sign = SIGNS(
		{ 92, "cannot set both Count and DeviceIDs" }, { 92, "for \"--gpus\" flag" },
		{ 85, "insufficient privileges to read device list from" },
		{ 60, "Ignoring devices requested by environment variable" },
		{ 90, "invalid string value for 'count'" },
		{ 80, "decoding 'Deploy.Resources.Reservations" },
		{ 45, "Cannot load libnvcuvid.so" }, { 45, "Cannot load libnvidia-encode.so" },
		{ 92, "count*device_ids*attributes are exclusive" },
		{ 88, "in CDI device request" }, { 88, "unsupported capabilities found in" },
		{ 90, "reservations.devices*capabilities is required" },
		{ 90, "reservations.devices*missing property" },
		{ 90, "reservations.devices*missing properties" },
		{ 85, "capabilities*is a required property" },
		{ 75, "select device driver \"\" with capabilities: []" },
		{ 75, "select device driver*nvidia*with capabilities: []" },
		{ 80, "must be either*all*or an integer" },
		{ 80, "resources.limits*devices*not allowed" }),
	},
	{
	    .id = "disk-full",
	    .link = "workload",
	    .title = "the disk is full, so images and containers cannot be written",
	    .why = "Images with CUDA and models take many gigabytes, mostly below "
		   "/var/lib/docker. What was being written is broken off.",
	    .remedy = { "df -h / /var/lib/docker", "docker system df",
			"# this removes all images that no container uses:",
			"docker image prune -a" },
	    .source = "https://docs.docker.com/engine/manage-resources/pruning/",
	    .stands_alone = true,
	    .explains = { "container-not-started" },
	    .sign = SIGNS({ 92, "/var/lib/docker*no space left on device" },
			  { 90, "failed to register layer*no space left on device" },
			  { 50, "no space left on device" }),
	},
	{
	    .id = "docker-too-old",
	    .link = "workload",
	    .title = "Docker or its compose is too old for this way to ask for a GPU",
	    .why = "--gpus came with Docker 19.03, devices in a compose file's reservations with "
		   "docker-compose 1.28, gpus: with compose 2.30. An older one takes it for a "
		   "mistake.",
	    .remedy = { "docker version; docker compose version; docker-compose version",
			"# install the current engine and its compose plugin: "
			"https://docs.docker.com/engine/install/",
			"# then call it as docker compose, in two words" },
	    .source = "https://docs.docker.com/compose/how-tos/gpu-support/",
	    .stands_alone = true,
	    .explains = { "container-not-started" },
	    .sign =
		SIGNS({ 90, "unknown flag: --gpus" }, { 90, "--gpus*requires API version" },
		      { 88, "reservations*devices' was unexpected" },
		      { 88, "reservations*devices is not allowed" },
		      { 88, "reservations*devices' not allowed" },
		      { 88, "reservations*devices' does not match any of the regexes" },
		      { 85, "Additional property gpus is not allowed" },
		      { 85, "additional properties 'gpus' not allowed" },
		      { 85, "'gpus' was unexpected" }, { 80, "Unsupported config option*runtime" },
		      { 80, "Additional property runtime is not allowed" }),
	},
	{
	    .id = "driver-libs-in-image",
	    .link = "workload",
	    .title = "the image brings parts of the NVIDIA driver of its own",
	    .why = "The toolkit puts the host's driver libraries into the container and stops at "
		   "those that are there already. They come into an image when a driver package is "
		   "installed in it, or a running container is committed.",
	    .remedy = { "# in the Dockerfile install no nvidia-driver, libnvidia or libcuda "
			"package, and "
			"as its last step:",
			"# RUN rm -f /usr/lib/x86_64-linux-gnu/libnvidia-*.so* "
			"/usr/lib/x86_64-linux-gnu/libcuda.so*" },
	    .source = "https://github.com/NVIDIA/nvidia-container-toolkit/issues/289",
	    .stands_alone = true,
	    .explains = { "container-not-started" },
	    .sign = SIGNS({ 93, "mount error: file creation failed:*file exists" }),
	},
	{
	    .id = "container-port-taken",
	    .link = "workload",
	    .title = "a port that a container publishes is taken by another program",
	    .why = "Often an ollama.service of the host has 11434 already, or another stack runs "
		   "still. The container does not start.",
	    .remedy = { "sudo ss -ltnp | grep -E ':(11434|4000|3000|8080) '",
			"# where it is the host's Ollama and the container's is wanted:",
			"sudo systemctl disable --now ollama.service" },
	    .source = "https://docs.docker.com/engine/network/port-publishing/",
	    .stands_alone = true,
	    .explains = { "container-not-started" },
	    .sign = SIGNS({ 88, "port is already allocated" },
			  { 80, ":11434: bind: address already in use" },
			  { 85, "bind host port*already in use" },
			  { 65, "driver failed programming external connectivity" },
			  { 85, "userland proxy*already in use" },
			  { 80, "ports are not available*address already in use" }),
	},
	{ 0 },
};
