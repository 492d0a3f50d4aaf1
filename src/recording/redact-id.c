/* SPDX-License-Identifier: MIT */
/* Values that are known by their form: UUIDs, addresses, machine and engine ids; and learned names.
 */
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "recording/scan.h"

/* UUIDs that are the same on every machine: EFI's variables, systemd's boot loader interface. */
static const char *const public_uuids[] = {
	"8be4df6193ca11d2aa0d00e098032b8c", "4a67b0820a4c41cfb6c7440b29bb8c4f",
	"d719b2cb3d3a4596a3bcdad00e67656f", "605dab50e0464300abb63dd810dd8b23",
	"00000000000000000000000000000000", "ffffffffffffffffffffffffffffffff",
};

static size_t hex_run(const struct scan *s, size_t at, size_t max)
{
	size_t n = 0;
	while (n < max && is_hex(scan_at(s, at + n)))
		n++;
	return n;
}

static bool is_public(const char *uuid)
{
	for (size_t i = 0; i < COUNT_OF(public_uuids); i++)
		if (strcasecmp(public_uuids[i], uuid) == 0)
			return true;
	return str_starts(uuid, "00000000000040008000");
}

/* 8-4-4-4-12, with '-' or, in D-Bus paths, with '_'; its size, or 0. Digits only into plain. */
static size_t match_uuid(const struct scan *s, size_t at, char plain[33])
{
	static const unsigned char groups[] = { 8, 4, 4, 4, 12 };
	char dash = scan_at(s, at + 8);
	size_t end = at, size = 0;

	if (dash != '-' && dash != '_')
		return 0;
	for (size_t i = 0; i < sizeof(groups); i++) {
		if (i && scan_at(s, end++) != dash)
			return 0;
		if (hex_run(s, end, 13) != groups[i])
			return 0;
		memcpy(plain + size, s->in.data + end, groups[i]);
		size += groups[i];
		end += groups[i];
	}
	plain[size] = '\0';
	return is_word(scan_at(s, end)) ? 0 : end - at;
}

size_t take_uuid(struct scan *s, size_t at)
{
	char plain[33], with[37];
	size_t size = match_uuid(s, at, plain);
	char dash = scan_at(s, at + 8);

	if (size == 0 || is_public(plain))
		return size ? at + size : 0;
	/* By its digits: a machine id is the same number with and without dashes. */
	snprintf(with, sizeof(with), "00000000%c0000%c4000%c8000%c%012x", dash, dash, dash, dash,
		 redactor_number(s->r, REDACT_UUID, plain));
	scan_replace(s, REDACT_UUID, at, at + size, with);
	return at + size;
}

/*
 * Learned ones are found as names are. Others by where they stand: boot loader
 * entries and their kernels are "ID-VERSION" or "/ID/VERSION".
 */
size_t take_machine_id(struct scan *s, size_t at)
{
	char id[33], with[33];
	char after = scan_at(s, at + 32), version = scan_at(s, at + 33);

	if ((after != '-' && after != '/') || version < '0' || version > '9' ||
	    hex_run(s, at, 33) != 32)
		return 0;
	memcpy(id, s->in.data + at, 32);
	id[32] = '\0';
	if (str_starts(id, "00000000000040008000"))
		return at + 32;
	snprintf(with, sizeof(with), "00000000000040008000%012x",
		 redactor_number(s->r, REDACT_UUID, id));
	scan_replace(s, REDACT_UUID, at, at + 32, with);
	return at + 32;
}

/* Docker's own name of an engine: "7TRN:IPZB:..." of twelve groups. */
size_t take_engine_id(struct scan *s, size_t at)
{
	enum { SIZE = 12 * 5 - 1 };

	for (size_t i = 0; i < SIZE; i++) {
		char c = scan_at(s, at + i);
		bool fits =
		    i % 5 == 4 ? c == ':' : (c >= 'A' && c <= 'Z') || (c >= '2' && c <= '7');
		if (!fits)
			return 0;
	}
	scan_replace(s, REDACT_SERIAL, at, at + SIZE, "REDACTED");
	return at + SIZE;
}

/* A colon before it would make it a part of something longer; after a word ("addr:") it does not.
 */
static bool is_inside(const struct scan *s, size_t at)
{
	if (at == 0 || s->in.data[at - 1] != ':')
		return false;
	return at == 1 || is_hex(s->in.data[at - 2]) || s->in.data[at - 2] == ':';
}

size_t take_mac(struct scan *s, size_t at)
{
	char mac[18], with[18];

	for (size_t i = 0; i < 17; i++) {
		char c = scan_at(s, at + i);
		if (i % 3 == 2 ? c != ':' : !is_hex(c))
			return 0;
	}
	if (is_inside(s, at) || is_word(scan_at(s, at + 17)) ||
	    (scan_at(s, at + 17) == ':' && is_hex(scan_at(s, at + 18))))
		return 0;
	memcpy(mac, s->in.data + at, 17);
	mac[17] = '\0';
	if (str_starts(mac, "02:00:00:00:") || str_eq(mac, "00:00:00:00:00:00") ||
	    strcasecmp(mac, "ff:ff:ff:ff:ff:ff") == 0)
		return at + 17;
	unsigned n = redactor_number(s->r, REDACT_MAC, mac);
	snprintf(with, sizeof(with), "02:00:00:00:%02x:%02x", n >> 8 & 255, n & 255);
	scan_replace(s, REDACT_MAC, at, at + 17, with);
	return at + 17;
}

/* Loopback, "all", masks, and what is for documentation anyway: RFC 5737. */
static bool is_plain_ip4(uint32_t ip)
{
	unsigned top = ip >> 24, net = ip >> 8;
	return top == 127 || top == 0 || top == 255 || net == 0xc00002 || net == 0xc63364 ||
	       net == 0xcb0071;
}

static void ip4_stand_in(struct redactor *r, const char *text, char *with, size_t size)
{
	static const char *const nets[] = { "192.0.2", "198.51.100", "203.0.113" };
	unsigned n = redactor_number(r, REDACT_ADDRESS, text) - 1;

	/* Beyond 762 addresses some share one. */
	snprintf(with, size, "%s.%u", nets[n / 254 % COUNT_OF(nets)], n % 254 + 1);
}

size_t take_ip4(struct scan *s, size_t at)
{
	char text[INET_ADDRSTRLEN], with[INET_ADDRSTRLEN];
	struct in_addr ip;
	size_t n = 0;

	while (n < sizeof(text) && (is_word(scan_at(s, at + n)) || scan_at(s, at + n) == '.'))
		n++;
	if (n && n < sizeof(text) && s->in.data[at + n - 1] == '.')
		n--; /* the end of a sentence */
	if (n < 7 || n >= sizeof(text) || (at && s->in.data[at - 1] == '.'))
		return 0;
	memcpy(text, s->in.data + at, n);
	text[n] = '\0';
	if (inet_pton(AF_INET, text, &ip) != 1)
		return 0;
	if (is_plain_ip4(ntohl(ip.s_addr)))
		return at + n;
	ip4_stand_in(s->r, text, with, sizeof(with));
	scan_replace(s, REDACT_ADDRESS, at, at + n, with);
	return at + n;
}

/* Of any spelling; "" where it is to stay: ::, ::1, documentation. */
static void ip6_stand_in(struct redactor *r, const struct in6_addr *ip, char *with, size_t size)
{
	static const struct in6_addr loopback = IN6ADDR_LOOPBACK_INIT, any = IN6ADDR_ANY_INIT;
	static const unsigned char docs[] = { 0x20, 0x01, 0x0d, 0xb8 };
	char text[INET6_ADDRSTRLEN];

	with[0] = '\0';
	if (memcmp(ip, &loopback, sizeof(*ip)) == 0 || memcmp(ip, &any, sizeof(*ip)) == 0 ||
	    memcmp(ip, docs, sizeof(docs)) == 0)
		return;
	if (IN6_IS_ADDR_V4MAPPED(ip) && is_plain_ip4(ntohl(ip->s6_addr32[3])))
		return;
	inet_ntop(AF_INET6, ip, text, sizeof(text));
	snprintf(with, size, "2001:db8::%x", redactor_number(r, REDACT_ADDRESS, text) & 0xffff);
}

size_t take_ip6(struct scan *s, size_t at)
{
	char text[INET6_ADDRSTRLEN], with[INET6_ADDRSTRLEN];
	struct in6_addr ip;
	size_t n = 0, colons = 0;

	for (char c;
	     n < sizeof(text) && (c = scan_at(s, at + n), is_hex(c) || c == ':' || c == '.'); n++)
		colons += c == ':';
	if (colons < 2 || n >= sizeof(text) || is_word(scan_at(s, at + n)) || is_inside(s, at))
		return 0;
	while (n > 2 && (text[0] = s->in.data[at + n - 1]) &&
	       (text[0] == '.' || (text[0] == ':' && s->in.data[at + n - 2] != ':')))
		n--; /* punctuation */
	memcpy(text, s->in.data + at, n);
	text[n] = '\0';
	if (inet_pton(AF_INET6, text, &ip) != 1)
		return 0;
	ip6_stand_in(s->r, &ip, with, sizeof(with));
	if (*with)
		scan_replace(s, REDACT_ADDRESS, at, at + n, with);
	return at + n;
}

/* Kernel: Documentation/networking/proc_net_tcp.rst. "0100007F:2CAA": words of host order. */
size_t take_hex_address(struct scan *s, size_t at)
{
	size_t size = s->is_net ? hex_run(s, at, 33) : 0;
	uint32_t word[4] = { 0 };
	char text[INET6_ADDRSTRLEN], with[INET6_ADDRSTRLEN] = "", hex[33] = "";

	if ((size != 8 && size != 32) || scan_at(s, at + size) != ':' ||
	    hex_run(s, at + size + 1, 5) != 4)
		return 0;
	for (size_t i = 0; i < size / 8; i++) {
		char part[9] = "";
		uint64_t v = 0;
		memcpy(part, s->in.data + at + 8 * i, 8);
		str_u64(part, 16, UINT32_MAX, &v);
		word[i] = (uint32_t)v;
	}
	inet_ntop(size == 8 ? AF_INET : AF_INET6, word, text, sizeof(text));
	if (size == 32)
		ip6_stand_in(s->r, (const struct in6_addr *)word, with, sizeof(with));
	else if (!is_plain_ip4(ntohl(word[0])))
		ip4_stand_in(s->r, text, with, sizeof(with));
	if (*with) {
		inet_pton(size == 8 ? AF_INET : AF_INET6, with, word);
		for (size_t i = 0; i < size / 8; i++)
			snprintf(hex + 8 * i, 9, "%08X", word[i]);
		scan_replace(s, REDACT_ADDRESS, at, at + size, hex);
	}
	return at + size;
}

size_t take_name(struct scan *s, size_t at)
{
	const struct learned *l = redactor_learned(s->r, s->in.data + at, s->in.size - at);

	if (!l)
		return 0;
	scan_replace(s, l->kind, at, at + l->size, l->stand_in);
	return at + l->size;
}

static bool is_user_stand_in(const char *name)
{
	return str_starts(name, "user") && name[4] && !name[4 + strspn(name + 4, "0123456789")];
}

/* "/home/NAME": whoever that is, also in a container. */
size_t take_home(struct scan *s, size_t at)
{
	static const char home[] = "/home/";
	char name[33], with[24];
	size_t n = 0, from = at + sizeof(home) - 1;

	if (s->in.size - at < sizeof(home) - 1 ||
	    memcmp(s->in.data + at, home, sizeof(home) - 1) != 0)
		return 0;
	while (n < sizeof(name) && (is_word(scan_at(s, from + n)) || scan_at(s, from + n) == '-'))
		n++;
	if (n == 0 || n == sizeof(name))
		return 0;
	memcpy(name, s->in.data + from, n);
	name[n] = '\0';
	if (is_user_stand_in(name) || str_eq(name, "user"))
		return from + n;
	snprintf(with, sizeof(with), "user%u", redactor_number(s->r, REDACT_USER, name));
	scan_replace(s, REDACT_USER, from, from + n, with);
	return from + n;
}
