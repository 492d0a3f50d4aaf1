/* SPDX-License-Identifier: MIT */
#include "store/remote/url.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <strings.h>

#include "base/str.h"

enum { SHOWN_MAX = 120, PATH_MAX_BYTES = 1024 };

static const char allowed_host[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				   "0123456789-._";

/* The three parts that an origin has. The host has its brackets. */
struct origin {
	bool https;
	const char *host, *port;
	size_t host_size, port_size;
};

/* Behind "http://" or "https://"; NULL: neither. */
static const char *behind_scheme(const char *url)
{
	return strncasecmp(url, "https://", 8) == 0  ? url + 8
	       : strncasecmp(url, "http://", 7) == 0 ? url + 7
						     : NULL;
}

static size_t host_size(const char *s)
{
	if (*s != '[')
		return strspn(s, allowed_host);
	size_t n = 1 + strspn(s + 1, "0123456789abcdefABCDEF:.");
	return n > 1 && s[n] == ']' ? n + 1 : 0;
}

/* false: not in the form that is taken. */
static bool origin_of(const char *url, struct origin *ret)
{
	const char *s = behind_scheme(url);

	if (!s)
		return false;
	*ret = (struct origin){ .https = url_is_https(url), .host = s, .host_size = host_size(s) };
	s += ret->host_size;
	ret->port = ret->https ? "443" : "80";
	ret->port_size = strlen(ret->port);
	if (*s == ':') {
		ret->port = s + 1;
		ret->port_size = strspn(s + 1, "0123456789");
		s += 1 + ret->port_size;
	}
	return ret->host_size && ret->port_size && ret->port_size <= 5 && strchr("/?#", *s);
}

static bool is_local(const struct origin *o)
{
	static const char *const local[] = { "localhost", "127.0.0.1", "[::1]" };

	for (size_t i = 0; i < COUNT_OF(local); i++)
		if (o->host_size == strlen(local[i]) &&
		    strncasecmp(o->host, local[i], o->host_size) == 0)
			return true;
	return false;
}

static bool is_plain(const char *url)
{
	for (; *url; url++)
		if (*url <= ' ' || *url >= 0x7f || strchr("\\\"<>^`{|}", *url))
			return false;
	return true;
}

int url_check(const char *url, struct err *e)
{
	struct origin o;
	const char *host = behind_scheme(url);

	if (!host)
		return err_set(e, -EINVAL, "an address starts with https://");
	if (strlen(url) > URL_MAX)
		return err_set(e, -EINVAL, "an address has at most %d bytes", URL_MAX);
	if (!is_plain(url))
		return err_set(e, -EINVAL,
			       "an address has no blanks, quotes or bytes beyond "
			       "ASCII: write them as %%XX");
	if (memchr(host, '@', strcspn(host, "/?#")))
		return err_set(e, -EINVAL, "an address with a name or password in it is not taken");
	if (!origin_of(url, &o))
		return err_set(e, -EINVAL, "the address names no host");
	if (!o.https && !is_local(&o))
		return err_set(e, -EINVAL, "http:// is taken of this machine only: use https://");
	return 0;
}

bool url_is_https(const char *url)
{
	return strncasecmp(url, "https:", 6) == 0;
}

bool url_same_origin(const char *a, const char *b)
{
	struct origin x, y;

	return origin_of(a, &x) && origin_of(b, &y) && x.https == y.https &&
	       x.host_size == y.host_size && strncasecmp(x.host, y.host, x.host_size) == 0 &&
	       x.port_size == y.port_size && memcmp(x.port, y.port, x.port_size) == 0;
}

const char *url_shown(struct arena *a, const char *url)
{
	const char *host = strstr(url, "://"), *at = NULL;
	size_t n = strcspn(url, "?#");

	if (host && (size_t)(host - url) < n)
		at = memrchr(host + 3, '@', strcspn(host + 3, "/?#"));
	if (at) {
		n -= (size_t)(at - url);
		url = at;
	}
	if (n <= SHOWN_MAX)
		return str_clean(a, url, n, n);
	return arena_printf(a, "%s...", str_clean(a, url, SHOWN_MAX, SHOWN_MAX));
}

const char *url_file(struct arena *a, const char *url)
{
	const char *start = behind_scheme(url), *slash;
	size_t n;

	start = start ? start : url;
	n = strcspn(start, "?#");
	while (n && start[n - 1] == '/')
		n--;
	slash = memrchr(start, '/', n);
	if (slash) {
		n -= (size_t)(slash + 1 - start);
		start = slash + 1;
	}
	return str_clean(a, start, n, SHOWN_MAX);
}

const char *url_path(struct arena *a, const char *path)
{
	static const char hex[] = "0123456789ABCDEF";
	char *out = arena_room(a, 3 * strlen(path) + 1), *to = out;

	for (; *path; path++) {
		unsigned char c = (unsigned char)*path;
		if (strchr(allowed_host, c) || strchr("~/", c)) {
			*to++ = (char)c;
			continue;
		}
		*to++ = '%';
		*to++ = hex[c >> 4];
		*to++ = hex[c & 15];
	}
	*to = '\0';
	return out;
}

bool url_path_safe(const char *path)
{
	if (!*path || strlen(path) > PATH_MAX_BYTES)
		return false;
	for (const char *name = path;; name++) {
		size_t n = strcspn(name, "/");
		if (n == 0 || (n <= 2 && strspn(name, ".") >= n))
			return false;
		for (size_t i = 0; i < n; i++)
			if ((unsigned char)name[i] < ' ' || name[i] == 0x7f || name[i] == '\\')
				return false;
		name += n;
		if (!*name)
			return true;
	}
}
