/* SPDX-License-Identifier: MIT */
/* Limine: CONFIG.md of its source. */
#include <string.h>

#include "collect/boot/loader.h"

/* Entries as they come, and which of them a menu shows: what stands in a closed one is not. */
struct menu {
	struct boot_entry current;
	bool has_current, is_shown;
	size_t shown_count; /* so far */
	size_t closed_at;   /* level of the closed directory that we are in; 0: none */
	const char *nth;    /* what default_entry asks for */
	const char *next;   /* id of the entry that stands there */
	bool remembers;
};

static const char *after_key(struct arena *a, const char *line, const char *key)
{
	size_t n = strlen(key);

	if (!str_starts(line, key) || line[n] != ':')
		return NULL;
	return str_trim(a, line + n + 1, strlen(line + n + 1));
}

/* An entry with a kernel is bootable; one without is a directory, or something else than Linux. */
static void finish(struct menu *m, struct kernel *k, struct arena *a)
{
	uint64_t nth = 1;
	bool by_number = str_u64(m->nth, 10, 1 << 16, &nth);

	if (!m->has_current)
		return;
	if (*m->current.kernel)
		loader_add(k, a, m->current);
	if (m->is_shown && (by_number ? nth == m->shown_count : str_eq(m->nth, m->current.title)))
		m->next = *m->current.kernel ? m->current.id : "";
	m->has_current = false;
}

/* "/Name", "//Name below it", "/+Name" where it is opened out. */
static void begin(struct menu *m, struct kernel *k, struct arena *a, const char *line)
{
	size_t level = strspn(line, "/");
	bool is_open = line[level] == '+';
	const char *title = str_trim(a, line + level + is_open, strlen(line + level + is_open));

	finish(m, k, a);
	if (m->closed_at && level <= m->closed_at)
		m->closed_at = 0;
	m->is_shown = !m->closed_at;
	if (!m->closed_at && !is_open)
		m->closed_at = level; /* of no consequence where nothing stands in it */
	m->shown_count += m->is_shown;
	m->has_current = true;
	m->current = (struct boot_entry){ .id = title, .title = title, .kernel = "" };
}

static void set(struct menu *m, struct arena *a, const char *line)
{
	static const char *const kernel[] = { "path", "kernel_path", "image_path" };
	static const char *const cmdline[] = { "cmdline", "kernel_cmdline" };
	const char *value;

	for (size_t i = 0; i < COUNT_OF(kernel); i++) {
		if ((value = after_key(a, line, kernel[i]))) {
			const char *path = strstr(value, "):");
			m->current.kernel = path ? path + 2 : value;
		}
	}
	for (size_t i = 0; i < COUNT_OF(cmdline); i++)
		if ((value = after_key(a, line, cmdline[i])))
			m->current.options = value;
	if ((value = after_key(a, line, "default_entry")))
		m->nth = value;
	if ((value = after_key(a, line, "remember_last_entry")))
		m->remembers = str_eq(value, "yes");
}

void limine_parse(struct kernel *k, struct arena *a, struct bytes text, const char *path)
{
	struct menu m = { .nth = "1", .next = "" };

	for (struct bytes bytes; bytes_line(&text, &bytes);) {
		const char *line = str_trim(a, bytes.data, bytes.size);
		if (*line == '/')
			begin(&m, k, a, line);
		else if (*line && *line != '#')
			set(&m, a, line);
	}
	finish(&m, k, a);
	k->next_entry =
	    *m.next && !m.remembers ? known_text(m.next, path) : unknown_text(UNREADABLE, path);
}

void loader_limine(struct kernel *k, struct arena *a, struct host *h)
{
	static const char *const places[] = {
		"/boot/limine.conf",
		"/boot/limine/limine.conf",
		"/boot/EFI/limine/limine.conf",
		"/boot/EFI/BOOT/limine.conf",
		"/efi/limine.conf",
		"/boot/efi/limine.conf",
	};
	struct bytes text;

	for (size_t i = 0; i < COUNT_OF(places); i++) {
		int r = host_read(h, a, places[i], &text, NULL);
		k->boot_from = places[i];
		k->boot_know = r < 0 ? know_of_errno(r) : KNOWN;
		if (r == 0)
			limine_parse(k, a, text, places[i]);
		if (k->boot_know != ABSENT)
			break;
	}
	if (k->boot_know != KNOWN)
		k->next_entry = unknown_text(k->boot_know, k->boot_from);
}
