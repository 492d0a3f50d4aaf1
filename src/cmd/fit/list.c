/* SPDX-License-Identifier: MIT */
/* What is known by name. */
#include "cmd/fit/fit.h"

#include "gguf/known/known.h"

void fit_list(FILE *to)
{
	const struct card *c;
	const struct link *l;
	const char *name;

	fputs("Models\n", to);
	for (size_t i = 0; (name = known_name(i)); i++)
		fprintf(to, "  %s\n", name);
	fputs("\nQuantisations\n", to);
	for (size_t i = 0; (name = quant_name(i)); i++)
		fprintf(to, "  %s\n", name);
	fputs("\nCards\n", to);
	for (size_t i = 0; (c = card_at(i)); i++)
		fprintf(to, "  %-32s %6.1f GiB  %6.0f GB/s\n", c->name, c->vram_mib / 1024.0,
			c->memory_gb_s);
	fputs("\nLinks\n", to);
	for (size_t i = 0; (l = link_at(i)); i++)
		fprintf(to, "  %-14s %-42s %5.1f GB/s\n  %14s %s\n", l->name, l->title,
			l->to_gpu_gb_s, "", l->source);
}
