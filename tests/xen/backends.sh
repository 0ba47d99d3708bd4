# grub-xen-hvm -- backends of cases in dom0 of the bench: storage that is stuck, a driver domain
# Copyright (C) 2026  The grub-xen-hvm authors
# SPDX-License-Identifier: GPL-3.0-or-later
# This is free software: you may use, study, share and improve it; there is no warranty.
# shellcheck shell=dash disable=SC2154
#
# Sourced after lib.sh.

# ---------------------------------------------------------------- stuck storage

# The part of a device that gets stuck is a separate device under it.  So reads
# in front of that part are answered while those in it wait.

# stuck_make NAME FILE SECTOR: make a device with the contents of FILE that can
# get stuck from SECTOR on; print its path.
stuck_make ()
{
  name=$1 device=$(loop "$2")
  behind=$(($(blockdev --getsz "$device") - $3))
  dmsetup create "$name-part" --table "0 $behind linear $device $3"
  dmsetup create "$name" << END
0 $3 linear $device 0
$3 $behind linear /dev/mapper/$name-part 0
END
  echo "/dev/mapper/$name"
}

# stuck_begin NAME: from now on requests to that part wait.
stuck_begin ()
{
  dmsetup suspend --noflush --nolockfs "$1-part"
}

# stuck_end NAME: the requests are answered.
stuck_end ()
{
  dmsetup resume "$1-part"
}

# stuck_reads NAME: print the number of reads that wait.
stuck_reads ()
{
  device=$(readlink -f "/dev/mapper/$1")
  read -r reads _ < "/sys/block/${device##*/}/inflight"
  echo "$reads"
}

stuck_has_reads ()
{
  [ "$(stuck_reads "$1")" -gt 0 ]
}

# roomy IMAGE: make a writable copy with 200 MiB more at its end; print its
# path.
roomy ()
{
  copy=$(disk "$1")
  truncate -s +200M "$copy"
  echo "$copy"
}

# ---------------------------------------------------------------- a driver domain

# driver_domain DISKS: start a small guest that serves other guests' disks in
# dom0's place.  It has the DISKS from dom0 as /dev/xvda and on.
driver_domain ()
{
  cat > "$OUT/driver.cfg" << END
name = 'driver'
type = 'pvh'
kernel = '$share/images/dom0-vmlinuz'
ramdisk = '$share/images/driver-initrd'
extra = 'console=hvc0 quiet'
memory = 192
vcpus = 1
driver_domain = 1
disk = [ $1 ]
END
  xl create "$OUT/driver.cfg" > "$OUT/driver.create" 2>&1 \
    || { cat "$OUT/driver.create"; fail "the driver domain could not be created"; }
  until_true 120 grep -a -q 'driver: up' /var/log/xen/console/guest-driver.log \
    || fail "the driver domain does not start"
}

# driven VDEV DEVICE [r]: a disk line of xl.cfg, served by the driver domain from its DEVICE.
driven ()
{
  echo "'vdev=$1,format=raw,access=${3:-w},backendtype=phy,backend=driver,target=$2'"
}

# ---------------------------------------------------------------- Linux

# stuck_until_linux NAME DEVICE...: the guest's Linux starts while all of these
# devices have reads that wait.  The reads are answered while Linux writes to
# xvde.
stuck_until_linux ()
{
  name=$1
  shift
  guest_wait "$name" 90 '^linux: churn xvde( begins|: )'
  for device; do
    stuck_has_reads "$device" \
      || fail "no read waits for $device when Linux starts"
    stuck_end "$device"
  done
  for device; do
    until_true 60 stuck_answered "$device" || fail "$device does not answer"
  done
  guest_wait "$name" 180 '^linux: done'
}

stuck_answered ()
{
  ! stuck_has_reads "$1"
}

# whole NAME IMAGE: only the guest's Linux wrote to the disk xvde, in IMAGE:
# its reads and writes there are right, and it has logged no warning.
whole ()
{
  guest_serial "$1" | grep -a '^linux: ' || true
  said "$1" '^linux: churn xvde: 200 MiB written, 200 MiB right'
  said "$1" "^linux: small xvde1 $(awk '$2 == "small" { print $1 }' "$images/SHA256SUMS")"
  did_not_say "$1" '^linux: warning'
  until_true 120 guest_gone "$1" || fail "the guest $1 does not power off"
  debugfs -R 'cat /written' "$2?offset=1048576" 2> /dev/null | grep -q 'written by linux' \
    || fail "what Linux wrote is not on the disk"
}

# kept NAME VDEV...: GRUB said that memory is reserved because the disk's backend may use it.
kept ()
{
  name=$1
  shift
  for vdev; do
    said "$name" "^xen/$vdev: .*backend.*reserved"
  done
}
