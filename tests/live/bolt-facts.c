/* SPDX-License-Identifier: MIT */
/*
 * What the Thunderbolt collectors learn from a live host, a line each.
 * usage: bolt-facts ROOT
 */
#include "collect/collect.h"

#include <stdio.h>

static const char *know_name(enum know know)
{
	return know == KNOWN ? "known" : know_why(know);
}

int main(int argc, char *argv[])
{
	ARENA arena = { 0 };
	struct err e = { 0 };
	struct facts *f = arena_alloc(&arena, sizeof(*f));
	HOST *h = host_live(&(struct host_options){ .root = argc > 1 ? argv[1] : NULL }, &e);

	if (!h) {
		fprintf(stderr, "%s\n", e.text);
		return 70;
	}
	f->arena = &arena;
	collect_thunderbolt(f, h);
	collect_bolt(f, h);

	const struct thunderbolt *t = &f->thunderbolt;
	printf("sysfs %s\n", know_name(t->know));
	for (size_t i = 0; i < t->device_count; i++)
		printf("device %s %s authorized=%llu\n", t->device[i].name,
		       text_or(t->device[i].model, "?"),
		       (unsigned long long)u64_or(t->device[i].authorized, 99));
	printf("bolt %s security=%s mode=%s\n", know_name(t->bolt_know),
	       text_or(t->bolt_security, "?"), text_or(t->bolt_auth_mode, "?"));
	for (size_t i = 0; i < t->bolt_count; i++) {
		const struct bolt_device *d = &t->bolt[i];
		printf("%s %s %s %s stored=%d policy=%s generation=%llu %s\n", d->type, d->uuid,
		       d->name, d->status, d->stored, *d->policy ? d->policy : "none",
		       (unsigned long long)d->generation, *d->syspath ? d->syspath : "nowhere");
	}
	return 0;
}
