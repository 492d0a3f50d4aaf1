/* SPDX-License-Identifier: MIT */
#include "facts/value.h"

#include <errno.h>

enum know know_of_errno(int r)
{
	switch (-r) {
	case ENOENT:
	case ENOTDIR:
	case ENXIO:
	case ENODEV:
	case EHOSTDOWN:
		return ABSENT;
	case EACCES:
	case EPERM:
		return DENIED;
	case ETIMEDOUT:
	case EAGAIN:
		return TIMED_OUT;
	}
	return UNREADABLE;
}

const char *know_why(enum know know)
{
	switch (know) {
	case NOT_LOOKED:
		return "not looked at";
	case KNOWN:
		return "known";
	case ABSENT:
		return "not there";
	case DENIED:
		return "permission denied";
	case TIMED_OUT:
		return "no answer in time";
	case UNREADABLE:
		return "not understood";
	}
	return "";
}
