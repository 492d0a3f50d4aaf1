/* SPDX-License-Identifier: MIT */
#include "facts/pci.h"

#include <string.h>

const char *pci_reach_name(enum pci_reach r)
{
	switch (r) {
	case REACH_INTERNAL:
		return "internal";
	case REACH_THUNDERBOLT:
		return "thunderbolt";
	case REACH_REMOVABLE:
		return "removable";
	case REACH_UNKNOWN:
		return "unknown";
	}
	return "";
}

static const struct shape shape_hop = {
	sizeof(struct pci_hop),
	(const struct field[]){
	    FIELD(NAME, struct pci_hop, bdf),
	    FIELD(HEX, struct pci_hop, vendor),
	    FIELD(HEX, struct pci_hop, device),
	    FIELD(HEX, struct pci_hop, class),
	    FIELD(U64, struct pci_hop, speed_mtps),
	    FIELD(U64, struct pci_hop, max_speed_mtps),
	    FIELD(U64, struct pci_hop, width),
	    FIELD(U64, struct pci_hop, max_width),
	    FIELD(TEXT, struct pci_hop, driver),
	    FIELD(TEXT, struct pci_hop, power_state),
	    FIELD(TEXT, struct pci_hop, runtime_control),
	    FIELD(TEXT, struct pci_hop, removable),
	    FIELD(BOOL, struct pci_hop, is_tunnel),
	    FIELD(U64, struct pci_hop, window_bytes),
	    FIELD(U64, struct pci_hop, aer_correctable),
	    FIELD(U64, struct pci_hop, aer_nonfatal),
	    FIELD(U64, struct pci_hop, aer_fatal),
	    { 0 },
	},
};

static const struct shape shape_bar = {
	sizeof(struct pci_bar),
	(const struct field[]){
	    FIELD(COUNT, struct pci_bar, index),
	    FIELD(COUNT, struct pci_bar, start),
	    FIELD(COUNT, struct pci_bar, size_bytes),
	    FIELD(BOOL, struct pci_bar, assigned),
	    FIELD(BOOL, struct pci_bar, prefetchable),
	    FIELD(BOOL, struct pci_bar, is_64_bit),
	    { 0 },
	},
};

static const struct shape shape_gpu = {
	sizeof(struct pci_gpu),
	(const struct field[]){
	    FIELD(NAME, struct pci_gpu, bdf),
	    FIELD(NAME, struct pci_gpu, name),
	    FIELD_WORDS(struct pci_gpu, reach, pci_reach_name),
	    FIELD(NAME, struct pci_gpu, router),
	    FIELDS_OF(struct pci_gpu, hop, &shape_hop),
	    FIELD(KNOW, struct pci_gpu, bars_know),
	    FIELDS_OF(struct pci_gpu, bar, &shape_bar),
	    FIELD(FLAG, struct pci_gpu, config_answers),
	    FIELD(TEXT, struct pci_gpu, runtime_status),
	    FIELD(FLAG, struct pci_gpu, d3cold_allowed),
	    FIELD(TEXT, struct pci_gpu, iommu_group),
	    FIELD(TEXT, struct pci_gpu, audio_bdf),
	    FIELD(TEXT, struct pci_gpu, audio_driver),
	    { 0 },
	},
};

const struct shape shape_pci = {
	sizeof(struct pci),
	(const struct field[]){
	    FIELD(KNOW, struct pci, know),
	    FIELD(NAME, struct pci, unread),
	    FIELD(NAME, struct pci, chosen_bdf),
	    FIELDS_OF(struct pci, gpu, &shape_gpu),
	    FIELD(NAMES, struct pci, other_gpus),
	    FIELD(NAMES, struct pci, other_external_gpus),
	    { 0 },
	},
};

bool pci_is_external(const struct pci_gpu *g)
{
	return g->reach == REACH_THUNDERBOLT || g->reach == REACH_REMOVABLE;
}

const struct pci_hop *pci_endpoint(const struct pci_gpu *g)
{
	return g->hop_count ? &g->hop[g->hop_count - 1] : NULL;
}

const struct pci_hop *pci_dock(const struct pci_gpu *g)
{
	const struct pci_hop *dock = g->hop_count > 1 ? &g->hop[g->hop_count - 2] : NULL;
	return dock && !dock->is_tunnel ? dock : NULL;
}

bool pci_hop_in_d3cold(const struct pci_hop *hop)
{
	return hop && is_text(hop->power_state, "D3cold");
}

/* A failed attempt to sleep also leaves "error", but the GPU in D0. */
bool pci_is_stuck(const struct pci_gpu *g)
{
	return pci_hop_in_d3cold(pci_endpoint(g)) &&
	       (is_text(g->runtime_status, "error") || is_text(g->runtime_status, "active"));
}

bool pci_is_asleep(const struct pci_gpu *g)
{
	return pci_hop_in_d3cold(pci_endpoint(g)) && !pci_is_stuck(g) &&
	       !is_unread(g->runtime_status.know);
}

bool pci_is_silent(const struct pci_gpu *g)
{
	return is_u64(g->config_answers, 0) || pci_is_stuck(g);
}

const struct pci_bar *pci_bar(const struct pci_gpu *g, unsigned index)
{
	for (size_t i = 0; i < g->bar_count; i++)
		if (g->bar[i].index == index)
			return &g->bar[i];
	return NULL;
}

/* A BAR0 that found no place may have lost its line: then those that have one tell. */
unsigned pci_vram_bar(const struct pci_gpu *g)
{
	const struct pci_bar *first = pci_bar(g, 0);
	bool is_wide =
	    first ? first->is_64_bit : !pci_bar(g, 1) && (pci_bar(g, 2) || pci_bar(g, 4));
	return is_wide ? 2 : 1;
}

const char *pci_short_bdf(const char *bdf)
{
	return str_starts(bdf, "0000:") ? bdf + 5 : bdf;
}

/* "GA106 [GeForce RTX 3060 Lite Hash Rate]" is a GeForce RTX 3060 on its box and to its driver. */
const char *pci_gpu_title(struct arena *a, const struct pci_gpu *g)
{
	static const char silent[] = " Lite Hash Rate";
	const struct pci_hop *end = pci_endpoint(g);
	const char *open = strchr(g->name, '['), *close = open ? strrchr(open, ']') : NULL;

	if (!*g->name)
		return arena_printf(a, "GPU 10de:%04llx",
				    end ? (unsigned long long)u64_or(end->device, 0) : 0);
	if (!close || close == open + 1)
		return g->name;
	char *title = str_ndup(a, open + 1, (size_t)(close - open - 1));
	if (str_ends(title, silent))
		title[strlen(title) - strlen(silent)] = '\0';
	return title;
}

bool pci_wants_tunnel(const struct pci *p)
{
	return !p->chosen || p->chosen->reach == REACH_THUNDERBOLT;
}

/* Ranges of the chips' device ids, as the PCI ID repository names them (GM, GP, GV, TU, ...). */
static const struct {
	uint64_t first, last;
	enum gpu_family family;
} families[] = {
	{ 0x0020, 0x133f, GPU_KEPLER_OR_OLDER },
	{ 0x1340, 0x14ff, GPU_MAXWELL },
	{ 0x15c0, 0x15ff, GPU_PASCAL }, /* GP100 */
	{ 0x1600, 0x16ff, GPU_MAXWELL },
	{ 0x1725, 0x172f, GPU_PASCAL },
	{ 0x1740, 0x17ff, GPU_MAXWELL },
	{ 0x1b00, 0x1d7f, GPU_PASCAL },
	{ 0x1d80, 0x1dff, GPU_VOLTA },
	{ 0x1e00, 0x1fff, GPU_TURING },
	{ 0x2080, 0x20ff, GPU_AMPERE }, /* GA100 */
	{ 0x2180, 0x21ff, GPU_TURING },
	{ 0x2200, 0x227f, GPU_AMPERE },
	{ 0x2300, 0x23ff, GPU_HOPPER },
	{ 0x2400, 0x25ff, GPU_AMPERE },
	{ 0x2680, 0x28ff, GPU_ADA },
	{ 0x2900, 0x2f7f, GPU_BLACKWELL },
	{ 0x3180, 0x334f, GPU_BLACKWELL },
};

enum gpu_family pci_family(const struct pci_gpu *g)
{
	const struct pci_hop *end = pci_endpoint(g);
	if (!end || end->device.know != KNOWN)
		return GPU_UNKNOWN;
	for (size_t i = 0; i < COUNT_OF(families); i++)
		if (end->device.v >= families[i].first && end->device.v <= families[i].last)
			return families[i].family;
	return GPU_UNKNOWN;
}

const char *gpu_family_name(enum gpu_family f)
{
	switch (f) {
	case GPU_UNKNOWN:
		return "unknown";
	case GPU_KEPLER_OR_OLDER:
		return "Kepler or older";
	case GPU_MAXWELL:
		return "Maxwell";
	case GPU_PASCAL:
		return "Pascal";
	case GPU_VOLTA:
		return "Volta";
	case GPU_TURING:
		return "Turing";
	case GPU_AMPERE:
		return "Ampere";
	case GPU_ADA:
		return "Ada";
	case GPU_HOPPER:
		return "Hopper";
	case GPU_BLACKWELL:
		return "Blackwell";
	}
	return "unknown";
}
