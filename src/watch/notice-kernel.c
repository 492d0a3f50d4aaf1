/* SPDX-License-Identifier: MIT */
/* /dev/kmsg: a record a read. Kernel: Documentation/ABI/testing/dev-kmsg. */
#include <errno.h>
#include <fcntl.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "base/str.h"
#include "watch/notice.h"

enum { RECORD_MAX = 8192, RECORDS_AT_ONCE = 256 };

static bool is_ours(struct bytes record)
{
	static const char *const words[] = { "NVRM", "Xid",  "nvidia", "thunderbolt", "pciehp",
					     "AER",  "DMAR", "AMD-Vi", "PM: suspend" };

	for (size_t i = 0; i < COUNT_OF(words); i++)
		if (bytes_have(record, words[i]))
			return true;
	return false;
}

static int on_record(sd_event_source *s, int fd, uint32_t events, void *data)
{
	struct notice_kernel *k = data;
	char text[RECORD_MAX];
	bool ours = false;

	(void)s;
	(void)events;
	for (int i = 0; i < RECORDS_AT_ONCE; i++) {
		ssize_t n = read(fd, text, sizeof(text) - 1);
		if (n < 0 && errno == EPIPE) { /* some were overwritten before we came */
			ours = true;
			continue;
		}
		if (n <= 0)
			break;
		text[n] = '\0';
		ours |= is_ours((struct bytes){ text, (size_t)n });
	}
	if (ours)
		k->notice->happened(k->notice->data, true);
	return 0;
}

int notice_kernel(struct notice_kernel *k, sd_event *event, const struct notice *n, struct err *e)
{
	k->notice = n;
	k->fd = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (k->fd < 0)
		return err_set(e, -errno, "listen to the kernel's log, /dev/kmsg");
	lseek(k->fd, 0, SEEK_END);
	int r = sd_event_add_io(event, &k->source, k->fd, EPOLLIN, on_record, k);
	return r < 0 ? err_set(e, r, "listen to the kernel's log, /dev/kmsg") : 0;
}

void notice_kernel_end(struct notice_kernel *k)
{
	k->source = sd_event_source_disable_unref(k->source);
	if (k->fd > 0)
		close(k->fd);
	k->fd = 0;
}
