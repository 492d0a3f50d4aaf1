/* SPDX-License-Identifier: MIT */
#include "view/view.h"

json_t *view_json(const struct view *v)
{
	(void)v;
	return json_object();
}
