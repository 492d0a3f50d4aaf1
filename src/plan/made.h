/* SPDX-License-Identifier: MIT */
#pragma once

#include "plan/plan.h"

/*
 * Hosts whose system is made elsewhere: ostree unpacks an image, and NixOS builds the system from
 * a file. What a tool would write into it fails, is lost or is not read, so a person changes what
 * it is made from.
 */
bool made_by_ostree(const struct facts *f);
bool made_by_nixos(const struct facts *f);
/* Why no package is installed, and nothing built for the boot, by a tool; NULL: it may be. */
const char *made_why(const struct facts *f);

/* True: NixOS makes that file, so a refusal says by which setting it gets this text. */
bool made_file(struct planner *p, const char *path, const char *text);
/* A step that changes how systemd starts a unit becomes a person's, where NixOS says that. */
void made_unit(struct planner *p, struct step *s);
/* What a person sets on NixOS, and builds the system with. */
void made_setting(struct planner *p, struct names *shell, const char *setting);
