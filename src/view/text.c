/* SPDX-License-Identifier: MIT */
#include "view/view.h"

void view_text(FILE *to, const struct view *v)
{
	for (size_t i = 0; i < v->report->link_count; i++)
		fprintf(to, "%s %s\n", v->report->link[i]->id, v->report->headline[i]->text);
}
