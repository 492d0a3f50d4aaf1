/* SPDX-License-Identifier: MIT */
#pragma once

#include "facts/facts.h"

/*
 * May the driver be asked? After a GPU has fallen off the bus the next process
 * that opens the driver can hang for ever, so it is asked only when: a GPU is
 * chosen, is on the bus and answers config reads, or sleeps and is not stuck
 * in D3cold; nvidia is bound to it; the log shows no Xid 79, 119 or 120, lost
 * GPU or RmInit failure for it after the driver last came up (driver_down());
 * no process is stuck inside the driver. What we may not read does not shut
 * the gate: the probe has its own deadline.
 */
struct gate gate_of(const struct facts *f);

/*
 * Why nobody else may be sent to the driver, once some have been there: the gate, a probe that was
 * abandoned, a GPU that NVML calls lost. NULL: nothing forbids it.
 */
const char *driver_shut(const struct facts *f);
