# grub-xen-hvm -- upstream/grub/files.sed
# Copyright (C) 2026  The grub-xen-hvm authors
# SPDX-License-Identifier: GPL-3.0-or-later
# What is said otherwise in upstream's tree than in ours.
s,xen-public/,xen/,
/^\/\* The only file that includes Xen's public headers/,/\*\//c\
/* The only includer of Xen's public headers for these modules: the PV platforms\
   have another interface version (grub/xen.h).  */
s/^   (the manual's chapter on performance)\./   (see the performance chapter of grub-xen-hvm's manual)./
s/(the manual, "Platform$/(grub-xen-hvm's manual, "Platform/
s,; seabios/xen_grub\.h is the writer's,; SeaBIOS's src/fw/xen_grub.h is the writer's,
