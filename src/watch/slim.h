/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Gives back what the start and the last deed needed and waiting does not: pages of code and
 * constants, which the kernel has on disk and brings back when they are used again, and what is
 * free of the heap. For a process that is about to do nothing for hours.
 */
void slim_down(void);
