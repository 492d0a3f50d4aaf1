/* SPDX-License-Identifier: MIT */
#pragma once

#include <stddef.h>

#include "base/err.h"

/* A function of a shared library, and where its pointer goes in a struct of them. */
struct library_symbol {
	const char *name;
	size_t offset;
};

/*
 * Opens a library that is needed by few, at the moment it is needed, and fills in *ret, a struct of
 * pointers to functions; it stays open. *ret may be half filled in on failure. -ENOENT: it is not
 * installed, and the caller says of what package it is (*e is not set); -ENOSYS: it lacks a
 * function.
 */
int library_open(const char *soname, const struct library_symbol *symbols, size_t count, void *ret,
		 struct err *e);
