# grub-xen-hvm -- upstream/seabios/files.sed
# Copyright (C) 2026  The grub-xen-hvm authors
# SPDX-License-Identifier: GPL-3.0-or-later
# What is said otherwise in upstream's tree than in ours: nothing.
