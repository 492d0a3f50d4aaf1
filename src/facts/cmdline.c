/* SPDX-License-Identifier: MIT */
#include "facts/cmdline.h"

#include <string.h>

/* As the kernel does: a quote may open and close anywhere, and is not part of the value. */
static const char *parameter(struct arena *a, const char **rest)
{
	size_t size = 0, n = 0;

	for (bool quoted = false; (*rest)[size] && (*rest)[size] != '\n'; size++) {
		if (!quoted && ((*rest)[size] == ' ' || (*rest)[size] == '\t'))
			break;
		quoted ^= (*rest)[size] == '"';
	}
	char *out = arena_alloc(a, size + 1);
	for (size_t i = 0; i < size; i++)
		if ((*rest)[i] != '"')
			out[n++] = (*rest)[i];
	*rest += size;
	return out;
}

struct names cmdline_split(struct arena *a, const char *cmdline)
{
	struct names out = { arena_alloc(a, CMDLINE_PARAMETERS_MAX * sizeof(*out.name)), 0 };

	while (out.count < CMDLINE_PARAMETERS_MAX && *(cmdline += strspn(cmdline, " \t\r\n"))) {
		const char *p = parameter(a, &cmdline);
		if (str_eq(p, "--"))
			break;
		if (*p)
			out.name[out.count++] = p;
	}
	return out;
}

static char plain(char c)
{
	return c == '-' ? '_' : c;
}

/* What stands after NAME, or NULL where p is another parameter. */
static const char *after_name(const char *p, const char *name)
{
	for (; *name; p++, name++)
		if (plain(*p) != plain(*name))
			return NULL;
	return *p == '=' || !*p ? p : NULL;
}

const char *cmdline_value(struct arena *a, const char *cmdline, const char *name)
{
	struct names all = cmdline_split(a, cmdline);
	const char *found = NULL;

	for (size_t i = 0; i < all.count; i++) {
		const char *value = after_name(all.name[i], name);
		if (value)
			found = *value ? value + 1 : value;
	}
	return found;
}

static bool concerns_gpu(const char *p)
{
	static const char *const start[] = {
		"nvidia",      "nouveau",   "pci",  "thunderbolt",      "iommu",
		"intel_iommu", "amd_iommu", "vfio", "module_blacklist", "modprobe.blacklist",
		"rd.driver",
	};
	for (size_t i = 0; i < COUNT_OF(start); i++) {
		size_t n = 0;
		while (start[i][n] && plain(p[n]) == start[i][n])
			n++;
		if (!start[i][n])
			return true;
	}
	return false;
}

static bool same(const char *a, const char *b)
{
	for (; *a && *a != '='; a++, b++)
		if (plain(*a) != plain(*b))
			return false;
	return str_eq(a, b);
}

static bool have(const struct names *all, const char *p)
{
	for (size_t i = 0; i < all->count; i++)
		if (same(all->name[i], p))
			return true;
	return false;
}

struct names cmdline_missing(struct arena *a, const char *here, const char *there)
{
	struct names all = cmdline_split(a, here), other = cmdline_split(a, there);
	struct names out = { arena_alloc(a, (all.count + 1) * sizeof(*out.name)), 0 };

	for (size_t i = 0; i < all.count; i++)
		if (concerns_gpu(all.name[i]) && !have(&other, all.name[i]) &&
		    !have(&out, all.name[i]))
			out.name[out.count++] = all.name[i];
	return out;
}
