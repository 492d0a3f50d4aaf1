/* SPDX-License-Identifier: MIT */
/* /etc/egpu.conf: what is wanted of this host. egpu.conf(5), where the keys are told. */
#include "collect/collect.h"

#include <errno.h>
#include <string.h>

#include <ini.h>

#define CONF "/etc/egpu.conf"

enum {
	KERNELS_MAX = 16,
	VALUE_MAX = 64,
	UUID_SIZE = 36,
	POLICIES_MAX = 256,
	PATH_SIZE_MAX = 256,
	NUMBER_MAX = 9999
};

struct reader {
	struct arena *arena;
	struct want *want;
	struct want_policy *policy; /* room for POLICIES_MAX */
	const char *why;            /* of the first line that does not count */
};

struct key {
	const char *section, *key, *takes;
	bool (*set)(struct reader *r, const struct key *k, const char *value);
	const char *const *words; /* that it takes */
	size_t offset;            /* in struct want */
	uint64_t scale;           /* of numbers: a minute is 60 s */
};

static bool one_of(const char *value, const char *const *words, unsigned *ret)
{
	for (*ret = 0; words[*ret]; (*ret)++)
		if (str_eq(value, words[*ret]))
			return true;
	return false;
}

/* A word that goes into an environment: nothing that a shell or YAML would take amiss. */
static bool is_word(const char *value)
{
	const char *plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";
	return *value && strlen(value) <= VALUE_MAX && !value[strspn(value, plain)];
}

/* Which of the words, as an enum has them. */
static bool set_choice(struct reader *r, const struct key *k, const char *value)
{
	return one_of(value, k->words, (unsigned *)((char *)r->want + k->offset));
}

static bool set_early(struct reader *r, const struct key *k, const char *value)
{
	r->want->early_is_set = true;
	return set_choice(r, k, value);
}

/* The text; "" for the first of the words. */
static bool set_text(struct reader *r, const struct key *k, const char *value)
{
	const char **to = (const char **)((char *)r->want + k->offset);
	*to = str_eq(value, k->words[0]) ? "" : str_dup(r->arena, value);
	return *value;
}

static bool set_word(struct reader *r, const struct key *k, const char *value)
{
	return is_word(value) && set_text(r, k, value);
}

static bool set_policy(struct reader *r, const struct key *k, const char *value)
{
	unsigned n;
	return one_of(value, k->words, &n) && set_text(r, k, value);
}

static bool set_uuid(struct reader *r, const struct key *k, const char *value)
{
	bool is_uuid = is_word(value) && strlen(value) == UUID_SIZE;
	return (is_uuid || str_eq(value, k->words[0])) && set_text(r, k, value);
}

static bool set_gpu(struct reader *r, const struct key *k, const char *value)
{
	(void)k;
	r->want->gpu = str_dup(r->arena, value);
	return want_takes_gpu(value);
}

static bool set_use(struct reader *r, const struct key *k, const char *value)
{
	unsigned n;
	bool known = one_of(value, k->words, &n);
	r->want->display = n == 1;
	return known;
}

static bool set_kernels(struct reader *r, const struct key *k, const char *value)
{
	bool is_auto = str_eq(value, k->words[0]);
	r->want->kernels =
	    is_auto ? (struct names){ 0 } : str_split(r->arena, value, " \t,", KERNELS_MAX);
	return is_auto || r->want->kernels.count;
}

static bool set_flag(struct reader *r, const struct key *k, const char *value)
{
	unsigned n;
	bool known = one_of(value, k->words, &n);
	*(bool *)((char *)r->want + k->offset) = n == 0;
	return known;
}

static bool set_number(struct reader *r, const struct key *k, const char *value)
{
	uint64_t *to = (uint64_t *)((char *)r->want + k->offset);
	bool good = str_u64(value, 10, NUMBER_MAX, to);
	*to *= k->scale;
	return good;
}

/* At least one, else nothing would ever be tried. */
static bool set_count(struct reader *r, const struct key *k, const char *value)
{
	return set_number(r, k, value) && !str_eq(value, "0");
}

static bool set_path(struct reader *r, const struct key *k, const char *value)
{
	bool good = *value == '/' && strlen(value) <= PATH_SIZE_MAX;
	return (good || str_eq(value, k->words[0])) && set_text(r, k, value);
}

/* Each list in the order of its enum. */
static const char *const wishes[] = { "keep", "yes", "no", NULL };
static const char *const runtimes[] = { "auto", "nvidia", "cdi", "keep", NULL };
static const char *const reloads[] = { "auto", "links", "cgroupfs", "keep", NULL };
static const char *const uses[] = { "compute", "display", NULL };
static const char *const policies[] = { "keep", "auto", "iommu", "manual", NULL };
static const char *const automatic[] = { "auto", NULL };
static const char *const keep[] = { "keep", NULL };
static const char *const none[] = { "none", NULL };
static const char *const yes_no[] = { "yes", "no", NULL };
static const char *const ask[] = { "ask", NULL };

#define AT(member) offsetof(struct want, member)
#define TAKES_WISH "yes, no or keep"
#define WISH TAKES_WISH, set_choice, wishes

static const struct key keys[] = {
	{ "gpu", "select", "external, any, or a PCI address like 22:00.0", set_gpu, NULL, 0 },
	{ "gpu", "use", "compute or display", set_use, uses, 0 },
	{ "boot", "kernels", "auto, or names of kernels", set_kernels, automatic, 0 },
	{ "boot", "early", TAKES_WISH, set_early, wishes, AT(early) },
	{ "boot", "order", WISH, AT(order) },
	{ "driver", "persistence", WISH, AT(persistence) },
	{ "driver", "suspend", WISH, AT(suspend) },
	{ "enclosure", "policy", "auto, iommu, manual or keep", set_policy, policies, AT(policy) },
	{ "enclosure", "enroll", "ask, or the UUID that boltctl list shows", set_uuid, ask,
	  AT(enclosure) },
	{ "docker", "gpu", "auto, nvidia, cdi or keep", set_choice, runtimes, AT(runtime) },
	{ "docker", "reload", "auto, links, cgroupfs or keep", set_choice, reloads, AT(reload) },
	{ "stack", "project", "auto, or a compose project's name or folder", set_text, automatic,
	  AT(project) },
	{ "stack", "override", WISH, AT(override) },
	{ "guard", "act", "yes or no", set_flag, yes_no, AT(guard.act) },
	{ "guard", "tries", "how often, 1 to 9999", set_count, NULL, AT(guard.tries), 1 },
	{ "guard", "window", "minutes, 1 to 9999", set_count, NULL, AT(guard.window_sec), 60 },
	{ "guard", "stop", "seconds, 1 to 9999", set_count, NULL, AT(guard.stop_sec), 1 },
	{ "guard", "every", "minutes, up to 9999; 0: never", set_number, NULL, AT(guard.every_sec),
	  60 },
	{ "guard", "hook", "a program's whole path, or none", set_path, none, AT(guard.hook) },
	{ "guard", "listen", "an address like 127.0.0.1:9469, or none", set_text, none,
	  AT(guard.listen) },
	{ "ollama", "flash_attention", "a word, or keep", set_word, keep,
	  AT(ollama.flash_attention) },
	{ "ollama", "kv_cache_type", "a word, or keep", set_word, keep, AT(ollama.kv_cache_type) },
	{ "ollama", "num_parallel", "a word, or keep", set_word, keep, AT(ollama.num_parallel) },
	{ "ollama", "keep_alive", "a word, or keep", set_word, keep, AT(ollama.keep_alive) },
};

static const char *shown(struct arena *a, const char *s)
{
	return str_clean(a, s, strlen(s), VALUE_MAX);
}

/* A value that is refused must leave no trace, so it is tried on a copy. */
static bool try_set(struct reader *r, size_t n, const char *value)
{
	struct want before = *r->want;
	bool good = keys[n].set(r, &keys[n], value);

	if (!good)
		*r->want = before;
	return good;
}

/* "ignore, tell and stop" */
static const char *deeds(struct arena *a)
{
	const char *out = want_deeds[0];

	for (size_t i = 1; want_deeds[i]; i++)
		out = arena_printf(a, "%s%s%s", out, want_deeds[i + 1] ? ", " : " and ",
				   want_deeds[i]);
	return out;
}

/* [policy] has a key for each cause. */
static const char *add_policy(struct reader *r, const char *cause, const char *value)
{
	struct want_guard *g = &r->want->guard;
	unsigned n;

	if (!is_word(cause) || !one_of(value, want_deeds, &n))
		return arena_printf(r->arena, "a policy is one of %s, not '%s'", deeds(r->arena),
				    shown(r->arena, value));
	if (g->policy_count == POLICIES_MAX)
		return "there are too many policies";
	r->policy[g->policy_count++] =
	    (struct want_policy){ str_dup(r->arena, cause), want_deeds[n] };
	g->policy = r->policy;
	return NULL;
}

static int on_key(void *data, const char *section, const char *key, const char *value)
{
	struct reader *r = data;
	const char *why = NULL;
	size_t n = 0;

	while (n < COUNT_OF(keys) &&
	       !(str_eq(keys[n].section, section) && str_eq(keys[n].key, key)))
		n++;
	if (str_eq(section, "policy"))
		why = add_policy(r, key, value);
	else if (n == COUNT_OF(keys))
		why = arena_printf(r->arena, "there is no key '%s' in [%s]", shown(r->arena, key),
				   shown(r->arena, section));
	else if (!try_set(r, n, value))
		why = arena_printf(r->arena, "%s takes %s, not '%s'", key, keys[n].takes,
				   shown(r->arena, value));
	if (why && !r->why)
		r->why = why;
	return why == NULL;
}

void collect_want(struct facts *f, struct host *h)
{
	struct reader r = { .arena = f->arena, .want = &f->want };
	struct bytes text;
	int code = host_read(h, f->arena, CONF, &text, NULL);

	if (code == -ENOENT || code == -ENODATA)
		return;
	if (code < 0) {
		f->want.error = arena_printf(f->arena, CONF ": %s", know_why(know_of_errno(code)));
		return;
	}
	r.policy = arena_alloc(f->arena, POLICIES_MAX * sizeof(*r.policy));
	int line = ini_parse_string(text.data, on_key, &r);
	if (line != 0)
		f->want.error = arena_printf(f->arena, CONF ":%d: %s", line,
					     r.why ? r.why : "this is no line of an ini file");
}
