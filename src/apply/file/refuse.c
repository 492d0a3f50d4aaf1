/* SPDX-License-Identifier: MIT */
#include "apply/file/refuse.h"

#include <stdarg.h>
#include <stdio.h>

int refuse(struct err *e, int code, const char *fmt, ...)
{
	if (!e)
		return code;

	va_list ap;
	va_start(ap, fmt);
	vsnprintf(e->text, sizeof(e->text), fmt, ap);
	va_end(ap);
	e->code = code;
	return code;
}
