# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# util/checks/xlcfg.sh: tests of grub-xen-hvm-xlcfg, and examples
# Copyright (C) 2026  The grub-xen-hvm authors

# util/check-util sets srcdir, builddir, util and here.
# shellcheck disable=SC2154

# Python can parse an xl.cfg.  Print its lines as "NAME=VALUE", those of lists
# as "NAME[]=VALUE".
read_config ()          # read_config FILE
{
  python3 - "$1" << 'END'
import ast, sys
for node in ast.parse (open (sys.argv[1]).read ()).body:
    name = node.targets[0].id
    value = ast.literal_eval (node.value)
    for v in value if isinstance (value, list) else [None]:
        print (name + "=" + str (value) if v is None else name + "[]=" + v)
END
}

# filled NAME: print util/NAME.in as installed below $here/usr.
filled ()
{
  # shellcheck disable=SC2016 # variables of the shell that is called
  prefix=$here/usr bash -c '. "$srcdir/util/subst.sh"; filled_in "$1"' bash "$1"
}

# make_xlcfg: set xlcfg to the command, as installed, with its images.
make_xlcfg ()
{
  filled grub-xen-hvm-xlcfg > xlcfg
  chmod +x xlcfg
  xlcfg=$here/xlcfg
  images=$here/usr/share/grub-xen-hvm/images
  mkdir -p "$images"
  : > "$images/grub-i386-xen-hvm.bin"
  : > "$images/seabios-grub-xen-hvm.bin"
  : > "$images/seabios-grub-xen-hvm-pv.bin"
  : > web.img
  : > data.qcow2
  : > cd.iso
}

# has LINE...: the last configuration has these lines, as read_config prints
# them.
has ()
{
  local line
  for line; do
    grep -qxF -- "$line" values || { cat values; fail "no line \`$line'"; }
  done
}

has_no ()               # has_no NAME
{
  ! grep -q "^$1=" values || { cat values; fail "has $1"; }
}

writes ()               # writes ARGUMENT...: make a configuration
{
  "$xlcfg" "$@" > out.cfg || fail "exit $?: $*"
  read_config out.cfg > values || fail "not the syntax of xl.cfg: $*"
}

disk ()                 # disk NAME PATH [FORMAT [ACCESS]]: its line
{
  echo "disk[]=format=${3:-raw},vdev=$1,access=${4:-rw},target=$2"
}

t_xlcfg_defaults ()
{
  make_xlcfg
  writes web.img
  has name=web type=hvm memory=1024 vcpus=1 bios=seabios boot=c serial=pty \
    vga=none vnc=0 "bios_path_override=$images/seabios-grub-xen-hvm.bin" \
    "$(disk xvde "$here/web.img")"
  has_no vif
  has_no kernel
  [ "$(wc -l < values)" = 12 ] || fail "more than expected: $(cat values)"
}

t_xlcfg_options ()
{
  make_xlcfg
  writes --way=kernel web.img
  has "kernel=$images/grub-i386-xen-hvm.bin"
  has_no bios_path_override
  has_no boot
  writes --way firmware-pv web.img
  has "bios_path_override=$images/seabios-grub-xen-hvm-pv.bin"
  writes web.img --name=x.y-1 --memory=3G --vcpus=4 --serial=none --vga=stdvga \
    --network=br0 --network=br-1.2 --cd=cd.iso
  has name=x.y-1 memory=3072 vcpus=4 vga=stdvga vnc=1 vnclisten=127.0.0.1 boot=dc \
    'vif[]=bridge=br0' 'vif[]=bridge=br-1.2' \
    "disk[]=format=raw,vdev=hdc,access=ro,devtype=cdrom,target=$here/cd.iso"
  has_no serial
  writes --way=kernel --cd=cd.iso --memory 512M web.img
  has memory=512
  grep -q 'does not start the CD' out.cfg || fail "kernel= and a CD: not a word"
  mkdir other
  : > other/seabios-grub-xen-hvm.bin
  writes --images=other web.img
  has "bios_path_override=$here/other/seabios-grub-xen-hvm.bin"
  "$xlcfg" --output=a.cfg web.img > out 2> err || fail "--output: exit $?"
  [ ! -s out ] || fail "--output prints all the same"
  grep -qF 'xl create a.cfg' err || fail "does not say what to do with a.cfg"
  read_config a.cfg > values
  has name=web
  "$xlcfg" --output=- web.img | cmp - a.cfg || fail "--output=- is another one"
  "$xlcfg" --force --name=b --output a.cfg web.img
  grep -q '^name = "b"' a.cfg || fail "--force did not overwrite"
}

t_xlcfg_disks ()
{
  make_xlcfg
  : > './12'
  : > 'my disk.img'
  : > "it's.img"
  : > 'a,b.img'
  : > c=d.img
  writes xvda=web.img data.qcow2,r 12,xvdf "$here/my disk.img" ./c=d.img \
    "it's.img"
  has name=web "$(disk xvda "$here/web.img")" \
    "$(disk xvde "$here/data.qcow2" qcow2 ro)" "$(disk xvdf "$here/12")" \
    "$(disk xvdg "$here/my disk.img")" "$(disk xvdh "$here/c=d.img")" \
    "$(disk xvdi "$here/it's.img")"
  writes 12
  has name=guest12
  writes "$here/web.img,,xvdb,ro" phy:web.img,xvdaa,w file:web.img,vhd,hdd,rw \
    'vdev=xvdz,backendtype=qdisk,target=nbd:some where,x'
  has "$(disk xvdb "$here/web.img" raw ro)" "$(disk xvdaa "$here/web.img")" \
    "$(disk hdd "$here/web.img" vhd)" \
    'disk[]=vdev=xvdz,backendtype=qdisk,target=nbd:some where,x'
  writes --force /dev/no/such,raw x.vhd x.qed x.qcow
  has "$(disk xvde /dev/no/such)" "$(disk xvdf "$here/x.vhd" vhd)" \
    "$(disk xvdg "$here/x.qed" qed)" "$(disk xvdh "$here/x.qcow" qcow)"
  # The contents of a file never decide its format; a doubt is an error.
  printf 'QFI\373\0\0\0\003' > web.img
  refuses 'begins like a qcow2 image' "$xlcfg" web.img
  writes web.img,qcow2 xvdz=web.img,raw
  has "$(disk xvde "$here/web.img" qcow2)" "$(disk xvdz "$here/web.img")"
}

t_xlcfg_errors ()
{
  local many
  make_xlcfg
  refuses 'no DISK' "$xlcfg"
  refuses 'unknown option -x' "$xlcfg" -x web.img
  refuses 'unknown option --what' "$xlcfg" --what=1 web.img
  refuses 'needs a value' "$xlcfg" web.img --name
  refuses 'kernel, firmware or firmware-pv' "$xlcfg" --way=bios web.img
  refuses 'no name for a guest' "$xlcfg" --name='a b' web.img
  refuses 'no name for a guest' "$xlcfg" --name= web.img
  refuses "a guest's number" "$xlcfg" --name=12 web.img
  refuses 'no number' "$xlcfg" --memory=lots web.img
  refuses 'no number' "$xlcfg" --memory=0G web.img
  refuses 'too much' "$xlcfg" --memory=999999999 web.img
  refuses 'no number' "$xlcfg" --vcpus=0 web.img
  refuses 'no name of a bridge' "$xlcfg" --network='b"r' web.img
  refuses 'none, stdvga' "$xlcfg" --vga=vga web.img
  refuses 'quotation marks' "$xlcfg" --serial='a"b' web.img
  refuses 'no driver for CDs' "$xlcfg" --way=firmware-pv --cd=cd.iso web.img
  refuses '--force' "$xlcfg" --cd=no.iso web.img
  refuses '--cd needs a file' "$xlcfg" --cd= web.img
  refuses 'grub-xen-hvm-images' "$xlcfg" --images=/no/such web.img
  refuses '--force' "$xlcfg" no.img
  refuses 'a folder' "$xlcfg" "$here"
  refuses 'neither a file' "$xlcfg" /dev/null
  refuses 'no path' "$xlcfg" ''
  refuses 'no path' "$xlcfg" xvda=
  refuses 'no name of a disk' "$xlcfg" web.img,xvd1
  refuses 'no name of a disk' "$xlcfg" sda=web.img
  refuses 'what is' "$xlcfg" web.img,qcow3
  refuses 'raw or qcow2?' "$xlcfg" web.img,raw,qcow2
  refuses 'use --cd' "$xlcfg" cd.iso,raw,hdc,cdrom
  refuses 'another disk xvda' "$xlcfg" xvda=web.img xvda=data.qcow2
  refuses 'the same to a guest' "$xlcfg" xvda=web.img hda=data.qcow2
  refuses 'the same to a guest' "$xlcfg" xvdc=web.img --cd=cd.iso
  refuses 'vdev=xvde' "$xlcfg" format=raw,target=/x
  readarray -t many < <(yes web.img | head -n 23)
  refuses 'more disks than names' "$xlcfg" "${many[@]}"
  : > 'a"b.img'
  : > 'a\b.img'
  : > 'a '
  refuses 'quotation marks' "$xlcfg" 'a"b.img'
  refuses 'quotation marks' "$xlcfg" 'a\b.img'
  refuses 'quotation marks' "$xlcfg" --force "$(printf 'a\nb.img')"
  : > a,b.img
  refuses 'a comma' "$xlcfg" a,b.img
  refuses 'a comma' "$xlcfg" --cd=a,b.img web.img
  refuses 'drops spaces' "$xlcfg" 'a '
  : > a.cfg
  refuses 'overwrites it' "$xlcfg" --output=a.cfg web.img
  refuses 'a folder' "$xlcfg" --output="$here" web.img
  refuses "can't be written" "$xlcfg" --output=no/such.cfg web.img
  [ ! -s a.cfg ] || fail "wrote a.cfg all the same"
}

# The examples are valid, and name images that are built.
t_examples ()
{
  local f image
  # shellcheck disable=SC2031 # util/subst.sh does not set one that is set
  for f in "$srcdir"/docs/examples/*.cfg; do
    read_config "$f" > values || fail "$f: not the syntax of xl.cfg"
    has type=hvm
    grep -q '^disk\[\]=.*,target=/' values || fail "$f: no disk"
    image=$(sed -n 's,^\(kernel\|bios_path_override\)=/usr/share/grub-xen-hvm/,,p' \
              values)
    case ${f##*/} in
      stock.cfg) [ -z "$image" ] || fail "$f: needs nothing of the host's" ;;
      *) [ -f "$builddir/$image" ] || fail "$f: no image $image is built" ;;
    esac
    head -n 1 "$f" | grep -q "docs/examples/${f##*/}: " || fail "$f: no title"
  done
}
