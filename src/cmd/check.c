/* SPDX-License-Identifier: MIT */
#include "cmd/cmd.h"

#include "collect/collect.h"
#include "rules/chain.h"
#include "view/view.h"

static int run(struct env *env, int argc, char *argv[], struct err *e)
{
	(void)argc;
	(void)argv;
	ARENA arena = { 0 };
	struct facts *f = arena_alloc(&arena, sizeof(*f));
	struct collect_cost cost[COLLECTORS_MAX];
	HOST *host = host_live(&env->host, e);
	if (!host)
		return e->code;

	f->arena = &arena;
	f->want.gpu = "external";
	collect_all(f, host, cost);
	struct report *report = chain_judge(f, NULL);
	view_text(stdout, &(struct view){ .facts = f, .report = report });
	return report_exit_status(report);
}

const struct cmd cmd_check = { .name = "check", .args = "", .help = "", .options = "", .run = run };
