/* SPDX-License-Identifier: MIT */
/* Listening TCP sockets. Kernel: Documentation/networking/proc_net_tcp.rst. */
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "collect/collect.h"

enum { LISTENERS_MAX = 1024, STATE_LISTEN = 0x0A };

/* The kernel prints an address as 32-bit words of host order: 0100007F is 127.0.0.1. */
static bool parse_address(const char *hex, int family, char *text, size_t size, bool *any)
{
	unsigned words = family == AF_INET ? 1 : 4, word[4] = { 0 };

	*any = true;
	for (unsigned i = 0; i < words; i++) {
		char part[9] = "";
		uint64_t v;
		memcpy(part, hex + 8 * i, 8);
		if (!str_u64(part, 16, UINT32_MAX, &v))
			return false;
		word[i] = (unsigned)v;
		*any = *any && v == 0;
	}
	return inet_ntop(family, word, text, (socklen_t)size) != NULL;
}

/* "   0: 0100007F:2CAA 00000000:0000 0A ..." */
static bool parse_line(struct arena *a, struct bytes line, int family, struct listener *ret)
{
	size_t width = family == AF_INET ? 8 : 32;
	struct names word = str_split(a, str_ndup(a, line.data, line.size), " ", 4);
	char text[INET6_ADDRSTRLEN];
	uint64_t port, state;
	bool any;

	if (word.count < 4 || strlen(word.name[1]) != width + 5 || word.name[1][width] != ':')
		return false;
	if (!str_u64(word.name[3], 16, 255, &state) || state != STATE_LISTEN)
		return false;
	if (!parse_address(word.name[1], family, text, sizeof(text), &any) ||
	    !str_u64(word.name[1] + width + 1, 16, 65535, &port))
		return false;
	*ret = (struct listener){ .address = str_dup(a, text), .port = port, .everywhere = any };
	return true;
}

static enum know read_sockets(struct facts *f, struct host *h, const char *path, int family)
{
	struct exposure *x = &f->exposure;
	struct bytes text, line;
	int r = host_read(h, f->arena, path, &text, NULL);

	if (r < 0)
		return know_of_errno(r);
	while (x->listener_count < LISTENERS_MAX && bytes_line(&text, &line))
		if (bytes_have(line, " 0A "))
			x->listener_count +=
			    parse_line(f->arena, line, family, &x->listener[x->listener_count]);
	return KNOWN;
}

/*
 * Published ports are in the engine's answers. Only who listens on the host's
 * own interfaces has to be looked for; on a host with much memory the kernel
 * takes 10 ms to go through its table of connections.
 */
static bool is_needed(const struct facts *f)
{
	for (size_t i = 0; i < f->ollama.server_count; i++)
		if (!*f->ollama.server[i].container)
			return true;
	for (size_t i = 0; i < f->docker.container_count; i++)
		if (container_runs(&f->docker.container[i]) &&
		    str_eq(f->docker.container[i].network_mode, "host"))
			return true;
	return false;
}

void collect_exposure(struct facts *f, struct host *h)
{
	if (!is_needed(f))
		return;
	f->exposure.listener = arena_alloc(f->arena, LISTENERS_MAX * sizeof(*f->exposure.listener));
	f->exposure.know = read_sockets(f, h, "/proc/net/tcp", AF_INET);
	/* Who listens on "::" is reached by IPv4, too. ABSENT: IPv6 is off. */
	enum know know = read_sockets(f, h, "/proc/net/tcp6", AF_INET6);
	if (f->exposure.know == KNOWN && know != ABSENT)
		f->exposure.know = know;
}
