/* SPDX-License-Identifier: MIT */
#include "facts/said.h"

const char *log_kind_name(enum log_kind k)
{
	switch (k) {
	case LOG_KERNEL:
		return "kernel";
	case LOG_SERVER:
		return "server";
	case LOG_ENGINE:
		return "engine";
	}
	return "";
}

static const char *kind_word(unsigned value)
{
	return log_kind_name((enum log_kind)value);
}

static const struct field sign_fields[] = {
	FIELD(NAME, struct log_sign, cause), FIELD_WORDS(struct log_sign, kind, kind_word),
	FIELD(NAME, struct log_sign, from),  FIELD(NAME, struct log_sign, subject),
	FIELD(NAME, struct log_sign, line),  FIELD(COUNT, struct log_sign, sure),
	FIELD(BOOL, struct log_sign, past),  { 0 },
};
static const struct shape shape_sign = { sizeof(struct log_sign), sign_fields };

static const struct field said_fields[] = {
	FIELDS_OF(struct log_signs, sign, &shape_sign),
	{ 0 },
};
const struct shape shape_said = { sizeof(struct log_signs), said_fields };
