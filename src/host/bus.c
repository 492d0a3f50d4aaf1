/* SPDX-License-Identifier: MIT */
#include "host/sources.h"

int bolt_ask(struct live *l, struct arena *a, const char *question, struct bytes *ret,
	     struct err *e)
{
	(void)l;
	(void)a;
	(void)ret;
	return err_set(e, -38, "bolt %s", question);
}

int systemd_ask(struct live *l, struct arena *a, const char *question, struct bytes *ret,
		struct err *e)
{
	(void)l;
	(void)a;
	(void)ret;
	return err_set(e, -38, "systemd %s", question);
}

void bus_close(struct sd_bus *bus)
{
	(void)bus;
}
