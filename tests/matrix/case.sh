# grub-xen-hvm -- a case of the compatibility matrix, in dom0 of the bench
# Copyright (C) 2026  The grub-xen-hvm authors
# SPDX-License-Identifier: GPL-3.0-or-later
# This is free software: you may use, study, share and improve it; there is no warranty.
# shellcheck shell=dash disable=SC2154
#
# A case is a set of settings, m_KEY=VALUE, which plan explains.  This file
# turns each into a line of xl.cfg, a device of dom0, an action on the guest,
# or a check of the guest's output.

. "$share/backends.sh"

# ---------------------------------------------------------------- devices of dom0

# image NAME [SUFFIX]: print the file of a disk: one of the matrix, or a test
# disk of the bench.
image ()
{
  if [ -f "$share/matrix-disks/$1.${2:-img}" ]; then
    echo "$share/matrix-disks/$1.${2:-img}"
  else
    echo "$images/$1.${2:-img}"
  fi
}

# writable FILE: print a writable copy if the case writes, otherwise FILE.
writable ()
{
  [ "$m_access" = w ] || { echo "$1"; return 0; }
  copy=$(mktemp "$work/matrix.XXXXXX")
  cp --sparse=always "$1" "$copy"
  echo "$copy"
}

# mapped NAME FILE TABLE...: make a device-mapper device; @ in the table stands
# for a loop device of FILE.
mapped ()
{
  name=$1
  device=$(loop "$2")
  shift 2
  printf '%s\n' "$@" | sed "s,@,$device,g" | dmsetup create "$name"
  echo "/dev/mapper/$name"
}

# bad_blocks FILE: make a device on which one block of the file big cannot be
# read.
bad_blocks ()
{
  block=$(debugfs -R 'bmap /big 100' "$1?offset=1048576" 2> /dev/null)
  [ "$block" -gt 0 ] || fail "debugfs does not find block 100 of /big"
  bad=$((2048 + block * 8))
  mapped errors "$1" "0 $bad linear @ 0" "$bad 8 error" \
    "$((bad + 8)) $(($(stat -c %s "$1") / 512 - bad - 8)) linear @ $((bad + 8))"
}

# disk_line VDEV IMAGE: print a disk of xl.cfg by m_backend, m_sector and
# m_access.
disk_line ()
{
  suffix=img
  [ "$m_backend" != qcow2 ] || suffix=qcow2
  file=$(writable "$(image "$2" $suffix)")
  sectors=$(($(stat -c %s "$file") / 512))
  case $m_backend in
    phy) phy "$1" "$(loop "$file" --sector-size "$m_sector")" "$m_access" ;;
    dm) phy "$1" "$(mapped "dm$1" "$file" "0 $sectors linear @ 0")" "$m_access" ;;
    partition) phy "$1" "$(loop "$file" --partscan)p1" "$m_access" ;;
    slow) phy "$1" "$(mapped "slow$1" "$file" "0 $sectors delay @ 0 20")" "$m_access" ;;
    errors) phy "$1" "$(bad_blocks "$file")" "$m_access" ;;
    errors-qdisk) qdisk "$1" "$(bad_blocks "$file")" "$m_access" ;;
    qdisk) qdisk "$1" "$file" "$m_access" ;;
    qcow2) echo "'vdev=$1,format=qcow2,access=$m_access,backendtype=qdisk,target=$file'" ;;
    driver) echo "'vdev=$1,format=raw,access=$m_access,backendtype=phy,backend=driver,target=/dev/xvda'" ;;
    toolstack) echo "'vdev=$1,format=raw,access=$m_access,target=$file'" ;;
    *) fail "the plan has an unknown backend, $m_backend" ;;
  esac
}

# vdev_index VDEV: print the index of xvdX, or of a name with two letters,
# counted from 0.
vdev_index ()
{
  letters=${1#xvd} index=0
  while [ "$letters" ]; do
    rest=${letters#?}
    index=$((index * 26 + $(printf '%d' "'${letters%"$rest"}") - 96))
    letters=$rest
  done
  echo $((index - 1))
}

# vdev_of INDEX: print the name with that index.
vdev_of ()
{
  if [ "$1" -lt 26 ]; then
    letter_of xvd "$1"
  else
    letter_of "$(letter_of xvd $(($1 / 26 - 1)))" $(($1 % 26))
  fi
}

letter_of ()
{
  # shellcheck disable=SC2059 # an octal number made just now
  printf "$1\\$(printf '%o' $((97 + $2)))"
}

# Print the disks: the booted one, with as many images as its kind has, then
# those that are only there.
all_disks ()
{
  lines='' vdev=$m_vdev used=" "
  for name in $(echo "$m_images" | tr , ' '); do
    lines="$lines${lines:+,}$(disk_line "$vdev" "$name")"
    used="$used$vdev "
    [ "$m_images" = "$name" ] || vdev=$(vdev_of $(($(vdev_index "$vdev") + 1)))
  done
  count=1 index=4
  while [ "$count" -lt "$m_disks" ]; do
    index=$((index + 1))
    extra=$(vdev_of $index)
    case $used in
      *" $extra "*) continue ;;
    esac
    # QEMU serves every second one.
    if [ $((count % 2)) = 0 ]; then
      line=$(qdisk "$extra" "$(disk tiny.img)")
    else
      line=$(phy "$extra" "$(loop "$images/tiny.img" --read-only)" r)
    fi
    if [ $count -le 8 ]; then
      lines="$lines,$line"
    else
      echo "$line" | tr -d "'" >> "$OUT/later"
    fi
    count=$((count + 1))
  done
  case $m_cd in
    no) ;;
    empty) lines="$lines,'vdev=hdc,devtype=cdrom,access=r,format=empty'" ;;
    medium) lines="$lines,'vdev=hdc,devtype=cdrom,access=r,format=raw,target=$images/bare.img'" ;;
    *) fail "the plan has an unknown cd, $m_cd" ;;
  esac
  echo "$lines"
}

# ---------------------------------------------------------------- the guest

# start_file: print the function guest's START for m_start.
start_file ()
{
  case $m_start in
    image) echo grub-i386-xen-hvm.bin ;;
    firmware) echo seabios-grub-xen-hvm.bin ;;
    firmware-pv) echo seabios-grub-xen-hvm-pv.bin ;;
    own) echo matrix.img ;;
    stock) echo matrix-stock.img ;;
    emulated) echo none ;;
    *) fail "the plan has an unknown start, $m_start" ;;
  esac
}

# more_lines: print further lines of xl.cfg.
more_lines ()
{
  echo "memory = $m_memory"
  echo "vcpus = $m_vcpus"
  if [ "$m_vga" = none ]; then
    echo "vga = 'none'"
  else
    echo "vga = '$m_vga'"
    echo "nographic = 0"
    echo "vnc = 0"
  fi
  [ -z "$m_xl" ] || echo "$m_xl" | tr ';' '\n'
}

# attach_later: attach the disks beyond those that libxl can give a guest at
# once.  On this bench the scripts of all disks, and QEMU, take longer than
# libxl waits.
attach_later ()
{
  [ -f "$OUT/later" ] || return 0
  while read -r line; do
    xl block-attach g "$line" < /dev/null || fail "the disk $line cannot be attached"
  done < "$OUT/later"
}

start_guest ()
{
  [ "$m_backend" != driver ] || driver_domain "$(phy xvda "$(loop "$(writable "$(image "$m_images")")")")"
  disks=$(all_disks)
  [ "$m_start" != emulated ] || disks="$(qdisk hda "$(boot_disk matrix-disk.core)"),$disks"
  set --
  more_lines > "$OUT/lines"
  while read -r line; do
    set -- "$@" "$line"
  done < "$OUT/lines"
  [ "$m_start" != emulated ] || set -- "$@" "boot = 'c'"
  guest g "$(start_file)" "$disks" "$@"
  guest_start g -p
  attach_later
  # GRUB reads there which system it has to start.
  data=/local/domain/$(domid g)/data
  xenstore-write "$data/matrix" "$m_guest" "$data/directory" "$m_directory"
  xenstore-chmod -r "$data" n0 "r$(domid g)"
  xl unpause g
}

# GRUB also asks for it on the serial line.
passphrase ()
{
  guest_wait g 180 'Enter passphrase'
  guest_send g 'hvm\r'
}

# kexec ends in a soft reset, for which the toolstack starts another device
# model.  Its output has to be kept as well.
listen_again ()
{
  guest_wait g 150 'kexec: starting'
  while :; do
    cat < "$guests/g/tty.out" >> "$guests/g/serial"
  done &
  echo $! >> /run/bench.pids
}

# ---------------------------------------------------------------- checks

# GRUB has read the disk, and has printed its root and its kind.
grub_was_right ()
{
  said g "^matrix: root $m_root\$"
  case $m_start in
    own|stock|emulated)
      said g '^matrix: kind '
      said g '^matrix: hashes right' ;;
  esac
}

# The guest's own driver has taken over GRUB's disks.
linux_was_right ()
{
  guest_wait g 150 'linux: done'
  # Its driver warns that it does not take a CD (vdev hdc, error ENODEV).
  ! guest_serial g | grep -a '^linux: warning' | grep -a -v 'vbd-5632: 19 xenbus_dev_probe' \
    || fail "Linux warns"
  did_not_say g 'does not load'
  # In an HVM guest its driver leaves CDs to the emulated drive.  An emulated
  # disk is also there as a PV disk.
  twins=0
  [ "$m_start" != emulated ] || twins=1
  # shellcheck disable=SC2086 # a list of words
  same "the disks that Linux has" "$(($(echo $m_images | tr , '\n' | wc -l) + m_disks - 1 + twins))" \
       "$(guest_serial g | grep -a -c '^linux: disk xvd')"
  until_true 120 guest_gone g || fail "the guest does not power off"
}

# matrix_case: run the case.
matrix_case ()
{
  start_guest
  [ "$m_passphrase" = no ] || passphrase
  case $m_expect in
    boots)
      [ "$m_guest" != kexec ] || listen_again
      # GRUB would wait at its prompt for ever, so its text ends the wait.
      guest_wait g 150 'linux: started|Minimal BASH'
      did_not_say g 'Minimal BASH'
      grub_was_right
      linux_was_right ;;
    says:*)
      # Another system than our Linux, or an expected error.
      guest_wait g 150 "$(echo "${m_expect#says:}" | tr _ ' ')"
      grub_was_right
      did_not_say g 'out of range pointer|Aborted' ;;
    refused:*)
      guest_wait g 150 "$(echo "${m_expect#refused:}" | tr _ ' ')" ;;
    *) fail "the plan expects $m_expect, which nothing here tests" ;;
  esac
  # libxl gives an emulated twin to the first four disks of any name, and to
  # all sd*.
  case $m_start$m_cd$m_vdev in
    emulated*|*hd[a-d]|*xvd[a-d]|*xvd[a-d][0-9]*|*sd[a-z]|*empty*|*medium*) ;;
    *) no_emulated_disk g ;;
  esac
  success
}
