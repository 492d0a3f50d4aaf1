/* SPDX-License-Identifier: MIT */
/*
 * NVML, in the probe child. Types and numbers are those of the NVML API
 * Reference Guide (docs.nvidia.com/deploy/nvml-api), written down here since
 * the library is opened when it is there and its headers never are.
 */
#include "host/probe.h"

#include <dlfcn.h>
#include <string.h>

enum { NAME_SIZE = 96, GPUS_MAX = 32, PROCESSES_MAX = 256, TEMPERATURE_GPU = 0, SLOWDOWN = 1 };

/* nvmlReturn_t; those that the code asks about have a name here as well. */
enum {
	OK = 0,
	NOT_SUPPORTED = 3,
	FUNCTION_NOT_FOUND = 13,
	GPU_IS_LOST = 15,
	RESET_REQUIRED = 16,
};
static const struct probe_code returns[] = {
	{ OK, "NVML_SUCCESS" },
	{ 1, "NVML_ERROR_UNINITIALIZED" },
	{ 2, "NVML_ERROR_INVALID_ARGUMENT" },
	{ NOT_SUPPORTED, "NVML_ERROR_NOT_SUPPORTED" },
	{ 4, "NVML_ERROR_NO_PERMISSION" },
	{ 5, "NVML_ERROR_ALREADY_INITIALIZED" },
	{ 6, "NVML_ERROR_NOT_FOUND" },
	{ 7, "NVML_ERROR_INSUFFICIENT_SIZE" },
	{ 8, "NVML_ERROR_INSUFFICIENT_POWER" },
	{ 9, "NVML_ERROR_DRIVER_NOT_LOADED" },
	{ 10, "NVML_ERROR_TIMEOUT" },
	{ 11, "NVML_ERROR_IRQ_ISSUE" },
	{ 12, "NVML_ERROR_LIBRARY_NOT_FOUND" },
	{ FUNCTION_NOT_FOUND, "NVML_ERROR_FUNCTION_NOT_FOUND" },
	{ 14, "NVML_ERROR_CORRUPTED_INFOROM" },
	{ GPU_IS_LOST, "NVML_ERROR_GPU_IS_LOST" },
	{ RESET_REQUIRED, "NVML_ERROR_RESET_REQUIRED" },
	{ 17, "NVML_ERROR_OPERATING_SYSTEM" },
	{ 18, "NVML_ERROR_LIB_RM_VERSION_MISMATCH" },
	{ 19, "NVML_ERROR_IN_USE" },
	{ 20, "NVML_ERROR_MEMORY" },
	{ 21, "NVML_ERROR_NO_DATA" },
	{ 22, "NVML_ERROR_VGPU_ECC_NOT_SUPPORTED" },
	{ 23, "NVML_ERROR_INSUFFICIENT_RESOURCES" },
	{ 24, "NVML_ERROR_FREQ_NOT_SUPPORTED" },
	{ 25, "NVML_ERROR_ARGUMENT_VERSION_MISMATCH" },
	{ 26, "NVML_ERROR_DEPRECATED" },
	{ 27, "NVML_ERROR_NOT_READY" },
	{ 28, "NVML_ERROR_GPU_NOT_FOUND" },
	{ 29, "NVML_ERROR_INVALID_STATE" },
	{ 999, "NVML_ERROR_UNKNOWN" },
	{ 0, NULL },
};

struct device; /* nvmlDevice_t points to one */

struct pci_info { /* nvmlPciInfo_t, as nvmlDeviceGetPciInfo_v3 fills it */
	char bus_id_legacy[16];
	unsigned domain, bus, device, pci_device_id, pci_subsystem_id;
	char bus_id[32];
};

struct memory { /* nvmlMemory_t; its second version counts the driver's own share apart */
	unsigned long long total, free, used;
};

struct utilization { /* nvmlUtilization_t */
	unsigned gpu, memory;
};

/* nvmlProcessInfo_t; what follows used_bytes differs, see process_size(). */
struct process {
	unsigned pid;
	unsigned long long used_bytes;
};

/* One GPU being asked. */
struct asked {
	void *lib;
	struct device *device;
	json_t *json;
	int error; /* the GPU is gone: it is asked no more */
};

/* POSIX lets an object pointer hold a function's address; ISO C has no cast for it. */
#define FIND(function, lib, symbol) (*(void **)&(function) = dlsym((lib), (symbol)))
#define FIND_UNLESS_LOST(function, q, symbol) ((q)->error ? NULL : FIND(function, (q)->lib, symbol))

static void tell(struct asked *q, const char *name, int r, unsigned long long v)
{
	if (r == GPU_IS_LOST || r == RESET_REQUIRED)
		q->error = r;
	if (r == OK)
		json_object_set_new(q->json, name, probe_number(v));
	else if (r != NOT_SUPPORTED && r != FUNCTION_NOT_FOUND)
		json_object_set_new(q->json, name, json_null());
}

static void tell_text(struct asked *q, const char *name, const char *symbol)
{
	int (*get)(struct device *, char *, unsigned);
	char text[NAME_SIZE] = "";

	if (!FIND_UNLESS_LOST(get, q, symbol))
		return;
	int r = get(q->device, text, sizeof(text));
	tell(q, name, r, 0);
	if (r == OK)
		json_object_set_new(q->json, name, probe_text(text, sizeof(text)));
}

static void tell_bdf(struct asked *q)
{
	int (*get)(struct device *, struct pci_info *);
	struct pci_info pci = { 0 };

	if (FIND_UNLESS_LOST(get, q, "nvmlDeviceGetPciInfo_v3") && get(q->device, &pci) == OK)
		json_object_set_new(q->json, "bdf", probe_text(pci.bus_id, sizeof(pci.bus_id)));
}

static void tell_memory(struct asked *q)
{
	int (*get)(struct device *, struct memory *);
	struct memory m = { 0 };

	if (!FIND_UNLESS_LOST(get, q, "nvmlDeviceGetMemoryInfo"))
		return;
	int r = get(q->device, &m);
	tell(q, "vram_total_bytes", r, m.total);
	tell(q, "vram_free_bytes", r, m.free);
	tell(q, "vram_used_bytes", r, m.used);
}

static void tell_number(struct asked *q, const char *name, const char *symbol)
{
	int (*get)(struct device *, unsigned *);
	unsigned v = 0;

	if (!FIND_UNLESS_LOST(get, q, symbol))
		return;
	int r = get(q->device, &v);
	tell(q, name, r, v);
}

/* Functions that take a selector before the place for the number. */
static void tell_selected(struct asked *q, const char *name, const char *symbol, int which)
{
	int (*get)(struct device *, int, unsigned *);
	unsigned v = 0;

	if (!FIND_UNLESS_LOST(get, q, symbol))
		return;
	int r = get(q->device, which, &v);
	tell(q, name, r, v);
}

/* Driver 535 renamed "throttle reasons" to "event reasons" and kept the bits. */
static void tell_throttle(struct asked *q)
{
	int (*get)(struct device *, unsigned long long *);
	unsigned long long bits = 0;

	if (!FIND_UNLESS_LOST(get, q, "nvmlDeviceGetCurrentClocksEventReasons") &&
	    !FIND_UNLESS_LOST(get, q, "nvmlDeviceGetCurrentClocksThrottleReasons"))
		return;
	int r = get(q->device, &bits);
	tell(q, "throttle_reasons", r, bits);
}

static void tell_ecc(struct asked *q)
{
	int (*get)(struct device *, int, int, unsigned long long *);
	const int uncorrected = 1, since_driver_load = 0;
	unsigned long long errors = 0;

	if (!FIND_UNLESS_LOST(get, q, "nvmlDeviceGetTotalEccErrors"))
		return;
	int r = get(q->device, uncorrected, since_driver_load, &errors);
	tell(q, "ecc_uncorrected", r, errors);
}

static void tell_utilization(struct asked *q)
{
	int (*get)(struct device *, struct utilization *);
	struct utilization busy = { 0 };

	if (!FIND_UNLESS_LOST(get, q, "nvmlDeviceGetUtilizationRates"))
		return;
	int r = get(q->device, &busy);
	tell(q, "utilization_percent", r, busy.gpu);
}

enum { PROCESS_MAX_SIZE = 32, UNTOUCHED = 0xa5 };

/*
 * How large the library's nvmlProcessInfo_t is: 16 bytes, 24 with the MIG
 * ids, 32 with the protected memory. The version in the symbol's name does not
 * say: _v3 had 32 in drivers 535.43 to 535.86 and 24 after. So see how far the
 * buffer has been written to, be it for those that there are or for all that
 * there is room for.
 */
static size_t process_size(const unsigned char *buffer, size_t count)
{
	size_t end = PROCESSES_MAX * PROCESS_MAX_SIZE;
	while (end && buffer[end - 1] == UNTOUCHED)
		end--;
	return end / (end > count * PROCESS_MAX_SIZE ? PROCESSES_MAX : count);
}

/* False: the driver did not tell, which is not the same as that there are none. */
static bool tell_processes(struct asked *q, json_t *list, const char *const *symbol, bool compute)
{
	static unsigned char buffer[PROCESSES_MAX * PROCESS_MAX_SIZE];
	int (*get)(struct device *, unsigned *, void *) = NULL;
	unsigned count = PROCESSES_MAX;

	while (*symbol && !FIND_UNLESS_LOST(get, q, *symbol))
		symbol++;
	memset(buffer, UNTOUCHED, sizeof(buffer));
	if (!*symbol || get(q->device, &count, buffer) != OK || count > PROCESSES_MAX)
		return false;
	size_t size = count ? process_size(buffer, count) : sizeof(struct process);
	if (size < sizeof(struct process))
		return false;
	for (size_t i = 0; i < count; i++) {
		struct process p;
		memcpy(&p, buffer + i * size, sizeof(p));
		json_t *told =
		    json_pack("{sI sb}", "pid", (json_int_t)p.pid, "compute", (int)compute);
		/* NVML_VALUE_NOT_AVAILABLE is all ones */
		if (p.used_bytes <= INT64_MAX)
			json_object_set_new(told, "used_bytes", probe_number(p.used_bytes));
		json_array_append_new(list, told);
	}
	return true;
}

/* No list where it is not known who computes: an empty one says that nobody does. */
static void tell_all_processes(struct asked *q)
{
	static const char *const compute[] = { "nvmlDeviceGetComputeRunningProcesses_v3",
					       "nvmlDeviceGetComputeRunningProcesses_v2",
					       "nvmlDeviceGetComputeRunningProcesses", NULL };
	static const char *const graphics[] = { "nvmlDeviceGetGraphicsRunningProcesses_v3",
						"nvmlDeviceGetGraphicsRunningProcesses_v2",
						"nvmlDeviceGetGraphicsRunningProcesses", NULL };
	json_t *list = json_array();

	bool told = tell_processes(q, list, compute, true);
	tell_processes(q, list, graphics, false);
	if (told)
		json_object_set(q->json, "processes", list);
	json_decref(list);
}

static void tell_gpu(struct asked *q)
{
	tell_bdf(q);
	tell_text(q, "uuid", "nvmlDeviceGetUUID");
	tell_text(q, "name", "nvmlDeviceGetName");
	tell_number(q, "minor", "nvmlDeviceGetMinorNumber");
	tell_memory(q);
	tell_number(q, "power_mw", "nvmlDeviceGetPowerUsage");
	tell_number(q, "power_limit_mw", "nvmlDeviceGetEnforcedPowerLimit");
	tell_selected(q, "temperature_celsius", "nvmlDeviceGetTemperature", TEMPERATURE_GPU);
	tell_selected(q, "slowdown_celsius", "nvmlDeviceGetTemperatureThreshold", SLOWDOWN);
	tell_throttle(q);
	tell_number(q, "pcie_replays", "nvmlDeviceGetPcieReplayCounter");
	tell_number(q, "pcie_generation", "nvmlDeviceGetCurrPcieLinkGeneration");
	tell_number(q, "pcie_generation_max", "nvmlDeviceGetMaxPcieLinkGeneration");
	tell_number(q, "pcie_width", "nvmlDeviceGetCurrPcieLinkWidth");
	tell_number(q, "pcie_width_max", "nvmlDeviceGetMaxPcieLinkWidth");
	tell_ecc(q);
	tell_number(q, "persistence_mode", "nvmlDeviceGetPersistenceMode");
	tell_utilization(q);
	tell_all_processes(q);
}

static json_t *one_gpu(void *lib, unsigned index)
{
	struct asked q = { .lib = lib, .json = json_object() };
	int (*get)(unsigned, struct device **);

	q.error = FIND(get, lib, "nvmlDeviceGetHandleByIndex_v2") ? get(index, &q.device)
								  : FUNCTION_NOT_FOUND;
	if (!q.error)
		tell_gpu(&q);
	if (q.error) {
		json_object_set_new(q.json, "error", json_integer(q.error));
		json_object_set_new(q.json, "error_name",
				    json_string(probe_code_name(returns, q.error)));
	}
	return q.json;
}

static void tell_system(void *lib, json_t *answer)
{
	int (*driver)(char *, unsigned);
	int (*cuda)(int *);
	char text[NAME_SIZE] = "";
	int version = 0;

	if (FIND(driver, lib, "nvmlSystemGetDriverVersion") && driver(text, sizeof(text)) == OK)
		json_object_set_new(answer, "driver_version", probe_text(text, sizeof(text)));
	if (FIND(cuda, lib, "nvmlSystemGetCudaDriverVersion_v2") && cuda(&version) == OK)
		json_object_set_new(answer, "cuda_version", json_integer(version));
}

static int tell_gpus(void *lib, json_t *answer)
{
	int (*get)(unsigned *);
	unsigned count = 0;
	int r = FIND(get, lib, "nvmlDeviceGetCount_v2") ? get(&count) : FUNCTION_NOT_FOUND;
	if (r != OK)
		return r;
	json_t *gpus = json_array();
	for (unsigned i = 0; i < count && i < GPUS_MAX; i++)
		json_array_append_new(gpus, one_gpu(lib, i));
	json_object_set_new(answer, "gpus", gpus);
	return OK;
}

json_t *probe_nvml(void)
{
	int (*init)(void);
	void *lib = probe_library("libnvidia-ml.so.1");
	if (!lib)
		return probe_no_library();

	json_t *answer = json_pack("{ss}", "library", "loaded");
	int r = FIND(init, lib, "nvmlInit_v2") ? init() : FUNCTION_NOT_FOUND;
	if (r == OK) {
		tell_system(lib, answer);
		r = tell_gpus(lib, answer);
	}
	json_object_set_new(answer, "result", json_integer(r));
	json_object_set_new(answer, "result_name", json_string(probe_code_name(returns, r)));
	return answer;
}
