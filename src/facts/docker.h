/* SPDX-License-Identifier: MIT */
#pragma once

#include "facts/value.h"

/* The container engine. Docker Engine API v1.41 and later; Podman answers the same questions. */

struct docker_runtime {
	const char *name, *path;
};

/* A CDI specification of NVIDIA GPUs. CNCF container-device-interface SPEC.md. */
struct cdi_spec {
	const char *path, *kind;          /* kind: "nvidia.com/gpu" */
	struct names devices;             /* "0", "all", "GPU-..." */
	struct maybe_text driver_version; /* the one that its library paths carry */
	struct maybe_u64
	    stale_nodes; /* device nodes whose major or minor is no longer the host's */
	struct maybe_text first_stale;  /* "/dev/nvidia-uvm is 511:0, the host has 508:0" */
	struct maybe_u64 missing_nodes; /* device nodes that the host does not have */
	struct maybe_text first_missing_node;
	struct maybe_u64 missing_paths; /* other host paths that are gone */
	struct maybe_text first_missing;
	struct maybe_u64 mtime_sec;
	struct maybe_text error; /* KNOWN: "FILE:LINE:COLUMN: reason" */
};

/* daemon.json, as it stands on disk. */
struct docker_config {
	enum know know; /* ABSENT: no file, which is fine */
	const char *path;
	struct maybe_text error; /* KNOWN: not valid, "FILE:LINE:COLUMN: reason" */
	struct maybe_u64 mtime_sec;
	struct maybe_text nvidia_path; /* runtimes.nvidia.path; ABSENT: it names none */
	struct maybe_text default_runtime;
	struct maybe_text cgroup_driver; /* from exec-opts native.cgroupdriver= */
	struct maybe_u64 cdi_feature;    /* flag features.cdi */
	struct names hosts;              /* "tcp://0.0.0.0:2375" */
	struct maybe_u64 tls_verify;     /* flag tlsverify: clients must have a certificate */
};

enum docker_flavour { DOCKER_ENGINE, DOCKER_PODMAN, DOCKER_SNAP, DOCKER_DESKTOP };
const char *docker_flavour_name(enum docker_flavour f); /* "podman" */

struct docker {
	enum know know;  /* of the answer: ABSENT no engine here, DENIED not our socket */
	const char *why; /* one clause when it did not answer */
	/* flag, of one that did not answer: it is installed and not switched off, so it should */
	struct maybe_u64 expected;
	/* looked for where docker is switched off: traces of one that some user has, Podman's too
	 */
	struct maybe_text other_engine;
	const char *endpoint; /* "unix:///var/run/docker.sock" */
	enum docker_flavour flavour;
	bool rootless;
	struct maybe_text version, api_version, cgroup_driver, cgroup_version, root_dir, os;
	struct maybe_u64 started_usec; /* wall clock of the daemon's start */
	struct docker_runtime *runtime;
	size_t runtime_count;
	struct maybe_text default_runtime;
	struct names cdi_dirs; /* empty where CDI is off or the engine is too old to say */
	struct maybe_u64 nvidia_runtime_exists; /* flag: the registered binary is on disk */
	/* flag: nvidia-container-runtime-hook is on disk; `--gpus` works with it alone */
	struct maybe_u64 hook_exists;
	struct docker_config config;
	struct cdi_spec *cdi; /* those of a later directory win */
	size_t cdi_count;
	enum know cdi_know; /* ABSENT: looked, there is none */
	struct maybe_text
	    toolkit_no_cgroups;         /* no-cgroups of nvidia-container-runtime/config.toml */
	struct maybe_text toolkit_mode; /* how its runtime injects: auto legacy cdi jit-cdi csv */
	struct maybe_text toolkit_path; /* nvidia-ctk or nvidia-container-runtime on disk */
	struct maybe_u64
	    last_reload_usec; /* wall clock of the last `systemctl daemon-reload` of this boot */

	struct container *container;
	size_t container_count;
	enum know containers_know;
};

enum container_kind {
	CONTAINER_OTHER,
	CONTAINER_OLLAMA,
	CONTAINER_LLM_SERVER, /* not Ollama: vLLM, llama.cpp, ... */
	CONTAINER_WEBUI,
	CONTAINER_LITELLM,
	CONTAINER_POSTGRES
};

const char *container_kind_name(enum container_kind k); /* "ollama" */

struct port_binding {
	const char *host_ip; /* "0.0.0.0", "::", "127.0.0.1" */
	uint64_t host_port, container_port;
};

/* Whether the container can open a node now, asked in its own cgroup and mount namespace. */
struct node_access {
	const char *path;
	struct maybe_text result; /* "ok", or an errno's name: EPERM, ENOENT */
};

/* How a container asks for a GPU; several at once are possible. */
enum {
	ASK_DEVICE_REQUEST = 1,
	ASK_RUNTIME = 2,
	ASK_DEVICES = 4,
	ASK_CDI = 8,
	ASK_ENVIRONMENT = 16
};

struct container {
	const char *id, *name, *image,
	    *state; /* state: running exited created restarting paused dead */
	enum container_kind kind;
	uint64_t pid;
	struct maybe_u64 started_usec; /* wall clock */
	uint64_t exit_code, restart_count;
	const char *error;          /* State.Error, "" when none */
	const char *restart_policy; /* no always on-failure unless-stopped */
	const char *runtime, *network_mode, *ip;
	const char *log_path, *log_driver;
	unsigned asks;        /* bits of ASK_*; 0: asks for no GPU */
	const char *asks_how; /* "device request count=-1", for messages */
	struct names
	    asked_devices; /* ids, indices or node paths that it names; empty: all or a count */
	/*
	 * "NAME=value" of OLLAMA_*, NVIDIA_*, CUDA_*, GGML_*, LLAMA_*, VLLM_*, HSA_*, ROCR_*,
	 * GPU_*, PORT, PGPORT, WEBUI_AUTH and POSTGRES_HOST_AUTH_METHOD; of a secret
	 * "LITELLM_MASTER_KEY=(set)".
	 */
	struct names environment;
	struct node_access *node;
	size_t node_count;
	const char *compose_project, *compose_service, *compose_dir;
	struct names compose_files;
	struct names compose_needs; /* services of its project that must run before it */
	struct port_binding *port;
	size_t port_count;
	struct maybe_text health;
	const char *model_store; /* of Ollama: where the host has its models; "": not known */
	bool privileged;
	uint64_t told_port; /* what --port of its arguments names; 0: nothing */
	bool takes_config;  /* started with --config or -c: a file, or a shell's command */
};

extern const struct shape shape_docker;

/* The registered runtime of that name, or NULL. */
const struct docker_runtime *docker_runtime(const struct docker *d, const char *name);
/* The container with that name or id, or NULL; "" is nobody's. */
const struct container *docker_container(const struct docker *d, const char *name);
/* The engine's version is known and at least that. */
bool docker_at_least(const struct docker *d, unsigned major, unsigned minor);
/* The specification that wins: the last one that could be read. NULL: there is none. */
const struct cdi_spec *docker_cdi(const struct docker *d);
/* CDI names are taken: Podman always does, Docker tells the directories that it reads. */
bool docker_takes_cdi(const struct docker *d);
/*
 * This container's GPU comes from a CDI specification: asked for by name where
 * the engine takes names, by the runtime nvidia, which reads it itself, or,
 * since Docker 29.2, by `--gpus` where there is a specification.
 */
bool container_uses_cdi(const struct docker *d, const struct container *c);

/* The value of a variable among "NAME=value", the last one counts; NULL: it is not there. */
const char *env_value(const struct names *environment, const char *name);
/* The same in the container's environment. */
const char *container_env(const struct container *c, const char *name);
bool container_runs(const struct container *c);
/* Whether the engine's reason for not starting it is about the GPU. */
bool container_failed_for_gpu(const struct container *c);
/* Some LLM server asks for a GPU: one beside it that does not is meant so. */
bool docker_llm_asks(const struct docker *d);
/* Ollama or another LLM server. */
bool container_is_llm(const struct container *c);
