# grub-xen-hvm -- a case of the bench
# Copyright (C) 2026  The grub-xen-hvm authors
# SPDX-License-Identifier: GPL-3.0-or-later
# This is free software: you may use, study, share and improve it; there is no warranty.
# shellcheck shell=dash disable=SC1091,SC2119,SC2154
#
# tests: cmdline= of an xl.cfg as variables in GRUB, with kernel=; the command line of linux16; no command line
# success: each start has the variables of its own line, and no ramdisk
# fail: a variable is missing, has another value, or is that of an earlier start
# limit: 600
set -eu
. "$share/lib.sh"

given='xen_grub_env_entry=rescue "xen_grub_env_text=two words" other xen_grub_env_again'
own=$(disk bare.img)
put_file "$own" /boot/xen/hvmboot-i386.bin "$share/images/kernel-cmdline.img"
guest line kernel-cmdline.img "$(phy xvde "$(loop "$own")" r)" "cmdline = '$given'"
guest_start line
guest_wait line 180 'chain: other'
guest_wait line 180 'end of script'
said line "^kernel: whole: $given\.$"
said line "^kernel: line: $given\.$"
said line '^kernel: entry: rescue\.$'
said line '^kernel: text: two words\.$'
said line "^Command line: .$given'"
said line '^Ramdisk: none'
# GRUB's linux16 puts its image's name first.
said line '^chain: line: BOOT_IMAGE=.*hvmboot-i386.bin xen_grub_env_entry=again '
said line '^chain: entry: again\.$'
said line "^chain: text: it's \"chained\"\.$"
did_not_say line '(ramdisk)'
did_not_say line '^error: '
guest_stop line

guest none kernel-cmdline.img ""
guest_start none
guest_wait none 180 'end of script'
for word in whole line entry text other; do
  said none "^kernel: $word: \.$"
done
said none '^Ramdisk: none'
did_not_say none '(ramdisk)'
did_not_say none '^error: '
guest_stop none

guest extra kernel-cmdline.img "" "root = '/dev/xvda1'" "extra = 'quiet xen_grub_env_other=5'"
guest_start extra
guest_wait extra 180 'end of script'
said extra '^kernel: line: root=/dev/xvda1 quiet xen_grub_env_other=5\.$'
said extra '^kernel: other: 5\.$'
guest_stop extra

# A command line above the limit is ignored as a whole, and xen_info says why.
long=$(printf '%2048s' '' | tr ' ' x)
guest long kernel-cmdline.img "" "cmdline = 'xen_grub_env_entry=1 $long'"
guest_start long
guest_wait long 180 'end of script'
said long '^kernel: entry: \.$'
said long '^kernel: whole: \.$'
said long '^Command line: not used: it is longer than 2047 bytes'
success
