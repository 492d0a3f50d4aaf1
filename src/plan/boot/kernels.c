/* SPDX-License-Identifier: MIT */
#include "plan/boot/boot.h"

static bool is_named(const struct want *w, const struct kernel_image *k)
{
	return names_have(&w->kernels, k->release) ||
	       (k->package.know == KNOWN && names_have(&w->kernels, k->package.v));
}

bool kernel_gets_driver(const struct facts *f, const struct kernel_image *k)
{
	return k && k->nvidia_module.know == KNOWN &&
	       (!f->want.kernels.count || is_named(&f->want, k));
}

bool any_kernel_gets_driver(const struct facts *f)
{
	for (size_t i = 0; i < f->kernel.image_count; i++)
		if (kernel_gets_driver(f, &f->kernel.image[i]))
			return true;
	return false;
}

const char *kernel_title(const struct kernel_image *k)
{
	return text_or(k->package, k->release);
}

const struct kernel_image *entry_kernel(const struct facts *f, const struct boot_entry *e)
{
	const struct kernel_image *k = kernel_of_release(&f->kernel, e->release);
	return kernel_gets_driver(f, k) ? k : NULL;
}
