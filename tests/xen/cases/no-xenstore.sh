# grub-xen-hvm -- a case of the bench
# Copyright (C) 2026  The grub-xen-hvm authors
# SPDX-License-Identifier: GPL-3.0-or-later
# This is free software: you may use, study, share and improve it; there is no warranty.
# shellcheck shell=dash disable=SC1091,SC2119,SC2154
#
# tests: a guest that got no xenstore parameters from Xen
# success: an error that says so; the prompt is usable
# fail: no error; GRUB hangs
set -eu
. "$share/lib.sh"

guest g no-xenstore.img "$(phy xvde "$(loop "$images/bare.img")")"
guest_start g
guest_wait g 180 'take xenstore away'
# HVM_PARAM_STORE_PFN is 1, HVM_PARAM_STORE_EVTCHN 2.
python3 - "$(domid g)" << 'END'
import ctypes, glob, sys
xc = ctypes.CDLL(sorted(glob.glob("/usr/lib/*/libxenctrl.so*"))[-1])
xc.xc_interface_open.restype = ctypes.c_void_p
handle = ctypes.c_void_p(xc.xc_interface_open(None, None, 0))
for param in (1, 2):
    rc = xc.xc_hvm_param_set(handle, ctypes.c_uint32(int(sys.argv[1])),
                             ctypes.c_uint32(param), ctypes.c_uint64(0))
    if rc:
        sys.exit("xc_hvm_param_set of %d failed" % param)
END
guest_send g 'x\r'
guest_wait g 180 'end of script'
said g 'Xen gave this guest no xenstore'
said g '\(memdisk\)'
success
