# grub-xen-hvm -- the library of the cases, in dom0 of the bench
# Copyright (C) 2026  The grub-xen-hvm authors
# SPDX-License-Identifier: GPL-3.0-or-later
# This is free software: you may use, study, share and improve it; there is no warranty.
# shellcheck shell=dash disable=SC1091,SC2119,SC2154
#
# A case sources this file first.  A case ends by calling success, fail or
# skip; a case that ends otherwise counts as crashed.  $CASE is its name, $OUT
# the directory of its logs, $share the directory shared with the host.

set -eu

. "$share/outcome.sh"
. "$share/fake.sh"

images=/images
work=/images/work
guests=/run/guests
mkdir -p "$work" "$guests"

# Logs are gathered however the case ends.
gather ()
{
  set +e
  xl dmesg > "$OUT/xl-dmesg"
  for guest in "$guests"/*; do
    [ -d "$guest" ] || continue
    name=${guest##*/}
    ! guest_alive "$name" || {
      xenstore-ls -f "/local/domain/$(domid "$name")/device/vbd"
      xenstore-ls -f /local/domain/0/backend | grep "/$(domid "$name")/"
    } > "$OUT/$name.xenstore"
    # Its registers are the only information about a guest that hangs.
    ! guest_alive "$name" \
      || /usr/lib/xen-*/bin/xenctx -a "$(domid "$name")" > "$OUT/$name.registers" 2>&1
    cp "/var/log/xen/qemu-dm-$name.log" "$OUT/$name.qemu-dm.log" 2> /dev/null
    cp "/var/log/xen/xl-$name.log" "$OUT/$name.xl.log" 2> /dev/null
  done
  return 0
}
trap gather EXIT
trap 'exit 143' TERM
# Start Xen's log afresh for each case.
xl dmesg -c > /dev/null

# until_true LIMIT COMMAND...: wait until the command succeeds.  The LIMIT, in
# seconds, is more than an idle machine ever needs.  A shared machine may be
# much slower, so the wait is three times as long.
until_true ()
{
  deadline=$(($(now) + $1 * 3))
  shift
  until "$@"; do
    [ "$(now)" -lt "$deadline" ] || return 1
    sleep 0.2
  done
}

# Seconds since the start of dom0: setting the clock does not change them.
now ()
{
  read -r up _ < /proc/uptime
  echo "${up%.*}"
}

# ---------------------------------------------------------------- disks

# disk IMAGE: a copy of a test image that may be written; prints its path.
disk ()
{
  copy=$(mktemp "$work/$1.XXXXXX")
  cp --sparse=always "$images/$1" "$copy"
  echo "$copy"
}

# boot_disk CORE: make a disk that the stock firmware boots, as grub-install
# would: boot.img loads the core that follows it.  Print its path.
boot_disk ()
{
  cat "$share/images/boot.img" "$share/images/$1" > "$work/$1.disk"
  truncate -s 4M "$work/$1.disk"
  echo "$work/$1.disk"
}

# loop FILE [LOSETUP_OPTION...]: prints the block device.
loop ()
{
  file=$1
  shift
  losetup --find --show "$@" "$file"
}

# phy VDEV DEVICE [r]: a disk line of xl.cfg, served by blkback.
phy ()
{
  echo "'vdev=$1,format=raw,access=${3:-w},backendtype=phy,target=$2'"
}

# qdisk VDEV FILE [r]: a disk line of xl.cfg, served by QEMU.
qdisk ()
{
  echo "'vdev=$1,format=raw,access=${3:-w},backendtype=qdisk,target=$2'"
}

# ---------------------------------------------------------------- guests

# guest NAME START DISKS [LINE...]: write the configuration of a guest that
# starts START with the DISKS, as phy and qdisk print them, separated by commas
# or empty.  START is a file for kernel= (a name in images/ of the share), a
# blob for bios_path_override (seabios-*), or none.  LINEs are further lines of
# xl.cfg.  If two lines set the same key, xl takes the last.
guest ()
{
  name=$1
  mkdir -p "$guests/$name"
  {
    echo "name = '$1'"
    echo "type = 'hvm'"
    echo "memory = 256"
    echo "vcpus = 1"
    case $2 in
      none) ;;
      seabios-*)
        echo "bios = 'seabios'"
        echo "bios_path_override = '$share/images/$2'" ;;
      *) echo "kernel = '$share/images/$2'" ;;
    esac
    echo "disk = [ $3 ]"
    echo "serial = 'pipe:$guests/$1/tty'"
    echo "vga = 'none'"
    echo "nographic = 1"
    echo "on_crash = 'preserve'"
    # After a restart its reason would not be visible.
    echo "on_reboot = 'preserve'"
    config=$guests/$1/xl.cfg
    shift 3
    for line; do
      echo "$line"
    done
  } > "$guests/$1/xl.cfg"
  cp "$config" "$OUT/$name.cfg"
}

# guest_start NAME [XL_CREATE_OPTION...]
guest_start ()
{
  name=$1
  shift
  rm -f "$guests/$name/tty.in" "$guests/$name/tty.out"
  mkfifo "$guests/$name/tty.in" "$guests/$name/tty.out"
  # It goes straight into the share, so it is there even if the bench dies.
  ln -sf "$OUT/$name.serial" "$guests/$name/serial"
  guest_listen "$name"
  xl create "$@" "$guests/$name/xl.cfg" > "$OUT/$name.create" 2>&1 \
    || { cat "$OUT/$name.create"; fail "the guest $name could not be created"; }
  xl domid "$name" > "$guests/$name/id"
  # The device model's command line: no_emulated_disk looks for a disk there.
  tr '\0' ' ' < "/proc/$(xenstore-read "/local/domain/$(domid "$name")/image/device-model-pid")/cmdline" \
     > "$OUT/$name.device-model"
}

# guest_listen NAME: keep the guest's output, until its device model ends.
guest_listen ()
{
  cat < "$guests/$1/tty.out" >> "$guests/$1/serial" &
  echo $! >> /run/bench.pids
}

# guest_save NAME [XL_SAVE_OPTION...]: into $work/NAME.save.
guest_save ()
{
  name=$1
  shift
  xl save "$@" "$name" "$work/$name.save" > "$OUT/$name.save" 2>&1 \
    || { cat "$OUT/$name.save"; fail "the guest $name could not be saved"; }
}

# guest_restore NAME: from $work/NAME.save.  The guest is another domain then.
guest_restore ()
{
  guest_listen "$1"
  xl restore "$work/$1.save" > "$OUT/$1.restore" 2>&1 \
    || { cat "$OUT/$1.restore"; fail "the guest $1 could not be restored"; }
  rm "$work/$1.save"
  xl domid "$1" > "$guests/$1/id"
}

# guest_migrate NAME: to this same host.
guest_migrate ()
{
  xl migrate -s '' "$1" 'xl migrate-receive' > "$OUT/$1.migrate" 2>&1 \
    || { cat "$OUT/$1.migrate"; fail "the guest $1 could not be migrated"; }
  xl domid "$1" > "$guests/$1/id"
}

# loop_rounds NAME: print the number of rounds that a guest whose script reads
# in a loop has completed.
loop_rounds ()
{
  guest_serial "$1" | grep -a -c '^round [ab]' || true
}

loop_goes_on ()
{
  [ "$(loop_rounds "$1")" -gt "$2" ]
}

# loop_was_right NAME: every hash that it printed is right, and each file has
# as many hashes as there were rounds.
loop_was_right ()
{
  for file in fragmented small; do
    wanted=$(awk -v file="$file" '$2 == file { print $1 }' "$images/SHA256SUMS")
    same "the lines about $file that are right" "$((2 * $(loop_rounds "$1")))" \
         "$(guest_serial "$1" | grep -a -c "^$wanted  (xen/xvd[eg],gpt1)/$file\$")"
    same "the lines about $file" "$((2 * $(loop_rounds "$1")))" \
         "$(guest_serial "$1" | grep -a -c "/$file\$")"
  done
  did_not_say "$1" '^error'
}

# setting NAME DEFAULT: print the value of the runner's option
# --set NAME=VALUE.
setting ()
{
  value=$(sed -n "s/^$1=//p" "$share/settings" | tail -n 1)
  echo "${value:-$2}"
}

# random LIMIT: set $random to a number below LIMIT, from $seed, which it
# advances.
random ()
{
  seed=$(((seed * 1103515245 + 12345) % 2147483648))
  # shellcheck disable=SC2034 # cases use it
  random=$((seed / 65536 % $1))
}

# qmp NAME COMMAND ARGUMENTS: send the command to the guest's QEMU, by the
# socket that libxl itself does not use.
qmp ()
{
  "$share/qmp" "/var/run/xen/qmp-libxenstat-$(domid "$1")" "$2" "$3" > "$OUT/qmp" 2>&1 \
    || { cat "$OUT/qmp"; fail "QEMU does not do $2"; }
}

# press_often NAME KEY SECONDS: press the key every so many seconds, from
# press_begin until press_end.  The program is connected to QEMU before that,
# because starting it takes long on a slow machine.
press_often ()
{
  rm -f "$OUT/press"
  "$share/qmp" "/var/run/xen/qmp-libxenstat-$(domid "$1")" send-key \
    "{\"keys\": [{\"type\": \"qcode\", \"data\": \"$2\"}]}" "$3" "$OUT/press" > "$OUT/qmp" 2>&1 &
  pressing=$!
  echo "$pressing" >> /run/bench.pids
  until_true 60 grep -q "'return'" "$OUT/qmp" || fail "QEMU does not answer"
}

press_begin ()
{
  : > "$OUT/press"
}

press_end ()
{
  kill "$pressing"
  wait "$pressing" || true
}

domid ()
{
  cat "$guests/$1/id"
}

guest_alive ()
{
  xl domid "$1" > /dev/null 2>&1
}

# guest_stop NAME
guest_stop ()
{
  xl destroy "$1"
}

serial_has ()
{
  grep -s -a -q -E -e "$2" "$guests/$1/serial"
}

# guest_wait NAME LIMIT REGEX: wait for a line on the guest's serial console.
guest_wait ()
{
  until_true "$2" serial_has "$1" "$3" && return 0
  echo "--- end of the serial console of $1"
  tail -n 15 "$guests/$1/serial"
  fail "the guest $1 has not said '$3' within 3 times $2 s"
}

# guest_send NAME TEXT: type on the guest's serial console.
guest_send ()
{
  printf '%b' "$2" > "$guests/$1/tty.in"
}

# guest_serial NAME: the guest's output, without carriage returns and escapes.
guest_serial ()
{
  tr -d '\r' < "$guests/$1/serial" | sed 's/\x1b\[[0-9;?]*[A-Za-z]//g'
}

# said NAME REGEX, and the opposite: assertions on the guest's output so far.
said ()
{
  guest_serial "$1" | grep -a -q -E -e "$2" || fail "the guest $1 did not say '$2'"
}

did_not_say ()
{
  ! guest_serial "$1" | grep -a -q -E -e "$2" || fail "the guest $1 said '$2'"
}

# no_emulated_disk NAME: the guest's device model has no disk.
no_emulated_disk ()
{
  ! grep -E -q -e 'if=(ide|scsi)|ide-(hd|cd)|scsi-(hd|cd|disk)|-(hda|hdb|cdrom)|file=' \
     "$OUT/$1.device-model" || fail "the guest $1 has an emulated disk"
}

# ---------------------------------------------------------------- xenstore

# frontend NAME VDEV: xenstore directory of a guest's disk.
frontend ()
{
  echo "/local/domain/$(domid "$1")/device/vbd/$(vdev_number "$2")"
}

# backend NAME VDEV [TYPE]
backend ()
{
  xenstore-read "$(frontend "$1" "$2")/backend"
}

# vdev_number xvdX: Xen's number of a disk, as in xen-vbd-interface(7).
vdev_number ()
{
  letter=$(printf '%d' "'${1#xvd}")
  index=$((letter - 97))
  if [ "$index" -lt 16 ]; then
    echo $(((202 << 8) | (index << 4)))
  else
    echo $(((1 << 28) | (index << 8)))
  fi
}

state_is ()
{
  [ "$(xenstore-read "$1/state" 2> /dev/null)" = "$2" ]
}

# sums_match NAME PREFIX FILE...: the hash that GRUB's sha256sum printed for
# PREFIX FILE is right.
sums_match ()
{
  name=$1 prefix=$2
  shift 2
  for file; do
    wanted=$(awk -v file="$file" '$2 == file { print $1 }' "$images/SHA256SUMS")
    [ -n "$wanted" ] || fail "no sum of $file is known"
    guest_serial "$name" | grep -a -q -F "$wanted  $prefix$file" \
      || fail "the guest $name did not read $prefix$file right"
  done
}

guest_gone ()
{
  ! guest_alive "$1"
}

# grants NAME: the number of the guest's grants in the hypervisor's dump,
# without those of the toolstack (xenstore's and the console's page).
grants ()
{
  xl dmesg -c >> "$OUT/xl-dmesg.before-grants"
  xl debug-keys g
  xl dmesg > "$OUT/grants"
  awk -v id="$(domid "$1")" '
    /grant-table for remote/ { mine = ($0 ~ ("d" id " ") || $0 ~ ("d" id "[^0-9]")) }
    mine && /^\(XEN\) *\[0x[0-9a-f]+\]|^\(XEN\) *\[ *[0-9]+\]/ { n++ }
    END { print n + 0 }' "$OUT/grants"
}

# keys NAME VDEV: print the keys of a frontend directory, without their values.
keys ()
{
  xenstore-list "$(frontend "$1" "$2")" | sort | tr '\n' ' '
}

# put IMAGE FILE TEXT: write a file into a copy of an unpartitioned ext2 image.
put ()
{
  printf '%s\n' "$3" > "$work/put"
  debugfs -w -R "rm $2" "$1" > "$OUT/debugfs" 2>&1
  debugfs -w -R "write $work/put $2" "$1" >> "$OUT/debugfs" 2>&1
  [ "$(debugfs -R "cat $2" "$1" 2> /dev/null)" = "$3" ] || fail "$2 could not be put into $1"
}

# put_file IMAGE FILE SOURCE [BYTES]: the same with a file's contents, or with
# its first BYTES; the directory may be new.
put_file ()
{
  head -c "${4:-1G}" "$3" > "$work/put"
  debugfs -w -R "mkdir ${2%/*}" "$1" > "$OUT/debugfs" 2>&1
  debugfs -w -R "write $work/put $2" "$1" >> "$OUT/debugfs" 2>&1
  debugfs -R "cat $2" "$1" 2> /dev/null | cmp - "$work/put" || fail "$2 could not be put into $1"
}

# ---------------------------------------------------------------- at GRUB's prompt

# told NAME COMMAND LIMIT REGEX: type a command there, and wait for an answer
# after it.
told ()
{
  said=$(guest_serial "$1" | wc -c)
  guest_send "$1" "$2\\r"
  until_true "$3" says_since "$1" "$said" "$4" && return 0
  guest_serial "$1" | tail -c "+$((said + 1))"
  fail "GRUB has not answered '$2' with '$4' within 3 times $3 s"
}

says_since ()
{
  guest_serial "$1" | tail -c "+$(($2 + 1))" | grep -a -q -E -e "$3"
}

# attach NAME VDEV phy|qdisk TARGET [OPTION,...]
attach ()
{
  xl block-attach "$1" "format=raw,vdev=$2,${5:-access=w},backendtype=$3,target=$4" \
    || fail "$2 cannot be attached"
}

# detach NAME VDEV: the toolstack waits ten seconds for the guest, and then
# fails.
detach ()
{
  xl block-detach "$1" "$2" > "$OUT/detach" 2>&1 \
    || { cat "$OUT/detach"; fail "$2 is not released"; }
  ! grep -i -q 'timed out\|error' "$OUT/detach" || { cat "$OUT/detach"; fail "$2 was taken by force"; }
}
