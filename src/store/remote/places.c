/* SPDX-License-Identifier: MIT */
#include "store/remote/places.h"

#include <errno.h>
#include <string.h>
#include <strings.h>

#include "store/remote/url.h"

#define HUB "https://huggingface.co"
#define LIBRARY "https://registry.ollama.ai"
#define WORD_BYTES "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._"

enum { TEXT_MAX = URL_MAX, WORD_MAX = 96, SHOWN = 100 };

/* A repository and what of it: "OWNER/REPO", "OWNER/REPO:QUANT", "OWNER/REPO/blob/main/FILE". */
struct hub_name {
	const char *owner, *repo;
	const char *revision; /* as in a URL */
	const char *file;     /* as in a URL; NULL: none */
	const char *title;    /* its name, for people */
	const char *quant;    /* NULL: none */
};

static int no_place(struct arena *a, const char *text, struct err *e)
{
	return err_set(e, -EINVAL,
		       "'%s' is no place of a model, as hf:owner/repo:Q4_K_M, ollama:name:tag or "
		       "https://host/file.gguf",
		       str_clean(a, text, strcspn(text, "?#"), SHOWN));
}

/* As Hugging Face has its names; no "..", nothing that a URL reads otherwise. */
static bool is_word(const char *s)
{
	size_t n = strspn(s, WORD_BYTES);

	return n && !s[n] && n <= WORD_MAX && *s != '.' && !strstr(s, "..");
}

/* The word up to the next "/", off *rest; NULL: nothing is left. */
static const char *next_word(struct arena *a, const char **rest)
{
	size_t n = strcspn(*rest, "/");
	const char *word = n ? str_ndup(a, *rest, n) : NULL;

	*rest += n;
	*rest += **rest == '/';
	return word;
}

static int hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* What "%2E%2E" stands for is looked at, too. NULL: "%00", or no such form. */
static const char *decoded(struct arena *a, const char *s)
{
	char *out = str_dup(a, s), *to = out;

	for (; *s; s++) {
		if (*s == '%') {
			int high = hex(s[1]), low = high < 0 ? -1 : hex(s[2]);
			if (low < 0 || high + low == 0)
				return NULL;
			*to++ = (char)(high << 4 | low);
			s += 2;
		} else {
			*to++ = *s;
		}
	}
	*to = '\0';
	return out;
}

/* "main", "v1.0", "refs%2Fpr%2F1". */
static bool is_revision(struct arena *a, const char *s)
{
	const char *path = decoded(a, s);

	return path && url_path_safe(path) && str_eq(s + strspn(s, WORD_BYTES "%"), "");
}

/* What may follow OWNER/REPO/ in an address: "blob/main/FILE", "tree/main", "FILE". */
static bool take_file(struct arena *a, const char *rest, bool is_url, struct hub_name *n)
{
	static const char *const pages[] = { "blob", "resolve", "raw", "tree" };
	const char *behind = rest, *word = next_word(a, &behind);

	n->revision = "main";
	for (size_t i = 0; word && i < COUNT_OF(pages); i++) {
		if (!str_eq(word, pages[i]))
			continue;
		n->revision = next_word(a, &behind);
		if (!n->revision || !is_revision(a, n->revision))
			return false;
		rest = behind;
	}
	if (!*rest)
		return true;
	const char *path = is_url ? decoded(a, rest) : rest;
	if (!path || !url_path_safe(path) || !str_ends(path, ".gguf"))
		return false;
	const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
	n->title = str_clean(a, name, strlen(name), SHOWN);
	n->file = url_path(a, path);
	return true;
}

static bool take_hub_name(struct arena *a, const char *text, bool is_url, struct hub_name *ret)
{
	const char *rest = is_url ? str_ndup(a, text, strcspn(text, "?#")) : text;
	struct hub_name n = { .owner = next_word(a, &rest) };
	const char *repo = next_word(a, &rest), *colon = repo ? strchr(repo, ':') : NULL;

	if (colon) {
		n.quant = str_dup(a, colon + 1);
		repo = str_ndup(a, repo, (size_t)(colon - repo));
		if (*rest || !is_word(n.quant))
			return false;
	}
	/* Ollama's word for "no tag". */
	if (n.quant && strcasecmp(n.quant, "latest") == 0)
		n.quant = NULL;
	n.repo = repo;
	*ret = n;
	return n.owner && repo && is_word(n.owner) && is_word(repo) &&
	       take_file(a, rest, is_url, ret);
}

/* An address' end has no "/". */
static const char *base_of(struct arena *a, const char *base, const char *usual)
{
	size_t n = base ? strlen(base) : 0;

	while (n && base[n - 1] == '/')
		n--;
	return n ? str_ndup(a, base, n) : usual;
}

static int hub_place(struct arena *a, const char *text, const char *rest, bool is_url,
		     const struct remote *r, struct place *ret, struct err *e)
{
	struct hub_name n;

	if (!take_hub_name(a, rest, is_url, &n))
		return no_place(a, text, e);
	const char *base = base_of(a, r->hf_base, HUB);
	const char *page = arena_printf(a, "%s/%s/%s", base, n.owner, n.repo);
	const char *below = arena_printf(a, "%s/resolve/%s/", page, n.revision);
	*ret = (struct place){
		.kind = n.file ? PLACE_FILE : PLACE_HUB,
		.base = base,
		.page = page,
		.below = below,
		.quant = n.quant,
	};
	if (n.file) {
		ret->url = arena_printf(a, "%s%s", below, n.file);
		ret->name = n.title;
		return 0;
	}
	ret->name = arena_printf(a, "hf.co/%s/%s%s%s", n.owner, n.repo, n.quant ? ":" : "",
				 n.quant ? n.quant : "");
	ret->url = arena_printf(a, "%s/api/models/%s/%s/tree/%s?recursive=true", base, n.owner,
				n.repo, n.revision);
	return 0;
}

/* Who is meant by the host of a name: Ollama's own library, or another that speaks as it does. */
static const char *registry_base(struct arena *a, const struct ollama_name *n,
				 const struct remote *r)
{
	const char *host = n->part[OLLAMA_HOST];
	bool local = str_starts(host, "localhost") || str_starts(host, "127.0.0.1");

	if (strcasecmp(host, strrchr(LIBRARY, '/') + 1) == 0)
		return base_of(a, r->ollama_base, LIBRARY);
	return arena_printf(a, "%s://%s", local ? "http" : "https", host);
}

static int registry_place(struct arena *a, const char *text, const char *rest,
			  const struct remote *r, struct place *ret, struct err *e)
{
	struct ollama_name n;
	int code = ollama_name_parse(a, rest, &n, e);

	if (code < 0)
		return code;
	const char *const *p = n.part;
	if (strcasecmp(p[OLLAMA_HOST], "hf.co") == 0 ||
	    strcasecmp(p[OLLAMA_HOST], "huggingface.co") == 0)
		return hub_place(a, text,
				 arena_printf(a, "%s/%s:%s", p[OLLAMA_NAMESPACE], p[OLLAMA_MODEL],
					      p[OLLAMA_TAG]),
				 false, r, ret, e);
	const char *below = arena_printf(a, "%s/v2/%s/%s/", registry_base(a, &n, r),
					 p[OLLAMA_NAMESPACE], p[OLLAMA_MODEL]);
	*ret = (struct place){
		.kind = PLACE_REGISTRY,
		.name = ollama_name_text(a, &n),
		.url = arena_printf(a, "%smanifests/%s", below, p[OLLAMA_TAG]),
		.below = arena_printf(a, "%sblobs/sha256:", below),
		.cloud = n.cloud,
	};
	/* To Ollama a host may have any ":" in it. */
	return url_check(ret->url, NULL) < 0 ? no_place(a, text, e) : 0;
}

/* What is behind the first of these that the text starts with, in any case; NULL: with none. */
static const char *behind(const char *text, const char *const *first)
{
	for (; *first; first++)
		if (strncasecmp(text, *first, strlen(*first)) == 0)
			return text + strlen(*first);
	return NULL;
}

static int find_place(struct arena *a, const char *text, const struct remote *r, struct place *ret,
		      struct err *e)
{
	static const char *const hub[] = { "hf://", "hf:", "hf.co/", "huggingface.co/", NULL };
	static const char *const library[] = { "ollama://", "ollama:", NULL };
	static const char *const library_page[] = { "https://ollama.com/", "ollama.com/", NULL };
	const char *const hub_page[] = { HUB "/", "https://www.huggingface.co/", "https://hf.co/",
					 arena_printf(a, "%s/", base_of(a, r->hf_base, HUB)),
					 NULL };
	const char *rest;

	if (strlen(text) > TEXT_MAX)
		return err_set(e, -EINVAL, "'%s...' is too long for an address",
			       str_clean(a, text, SHOWN, SHOWN));
	if ((rest = behind(text, hub)))
		return hub_place(a, text, rest, false, r, ret, e);
	if ((rest = behind(text, hub_page)))
		return hub_place(a, text, rest, true, r, ret, e);
	if ((rest = behind(text, library)) || (rest = behind(text, library_page)))
		return registry_place(a, text, rest, r, ret, e);
	if (!strstr(text, "://"))
		return no_place(a, text, e);
	int code = url_check(text, e);
	if (code < 0)
		return err_wrap(e, code, "%s", url_shown(a, text));
	*ret = (struct place){ .kind = PLACE_FILE, .name = url_file(a, text), .url = text };
	return 0;
}

int remote_place(struct arena *a, const char *text, const struct remote *r, struct place *ret,
		 struct err *e)
{
	struct place out;
	int code = find_place(a, text, r, &out, e);

	if (code == 0)
		*ret = out;
	return code;
}
