# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# util/checks/tools.sh: tests of the tools themselves
# Copyright (C) 2026  The grub-xen-hvm authors

# util/check-util sets srcdir, builddir, util and here.
# shellcheck disable=SC2154

# Each of our commands has --help.
t_help ()
{
  local tool
  for tool in bootstrap util/apt-private util/check-layers util/check-modules \
              util/check-headers util/check-names \
              util/check-summary util/check-util util/graft util/install-tree \
              util/graft-seabios util/lint util/make-blob util/make-firmware \
              util/make-image util/make-manual util/check-docs util/make-man \
              util/make-deb util/make-deb-root util/cpp-check util/check-releases \
              util/grub-xen-hvm-xlcfg.in util/grub-xen-hvm-install-modules.in \
              util/grub-xen-hvm-front-end.in; do
    case $tool in
      *.in) tail -n +2 "$srcdir/$tool" | bash -s -- --help > out ;;
      *) "$srcdir/$tool" --help > out ;;
    esac || fail "$tool --help: exit $?"
    grep -qi '^usage:' out || fail "$tool --help says no usage"
  done
}

## apt-private

fake_apt ()             # make a system with sources of all kinds
{
  mkdir -p etc/sources.list.d
  cat > etc/sources.list << END
# deb http://commented.example/debian $1 main
deb [arch=amd64 signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] http://mirror.example/debian $1 main contrib # note
deb http://plain.example/debian-security $1-security main
deb http://third.example/linux/debian $1 stable
deb [signed-by=/etc/apt/keyrings/third.gpg] http://other.example/debian $1 main
deb http://tools.example tools-$1 main
END
  cat > etc/sources.list.d/a.sources << END
Types: deb
URIs: http://deb822.example/debian
Suites: $1 $1-updates
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg

Types: deb
URIs: http://disabled.example/debian
Suites: $1
Components: main
Enabled: no

Types: deb
URIs: http://vendor.example/repo
Suites: nodistro
Components: main
END
  cat > apt.conf << END
Dir::Etc::sourcelist "$here/etc/sources.list";
Dir::Etc::sourceparts "$here/etc/sources.list.d";
Dir::Etc::parts "/nonexistent";
END
  export APT_CONFIG=$here/apt.conf
}

# apt-private takes only Debian's own entries, of either format, with deb-src.
t_apt_sources ()
{
  local release list host
  release=$(. /etc/os-release && echo "$VERSION_CODENAME")
  fake_apt "$release"
  list=$("$util/apt-private" --builddir b sources)
  cat "$list"
  for host in mirror plain deb822; do
    grep -q "^URIs: http://$host.example/" "$list" || fail "$host is missing"
  done
  for host in commented third other tools disabled vendor; do
    ! grep -q "$host.example" "$list" || fail "$host is not Debian's own"
  done
  [ "$(grep -c '^Types: deb deb-src$' "$list")" = 3 ] || fail "no deb-src"
  grep -q '^Architectures: amd64$' "$list" || fail "an option was lost"
}

# For another release it takes the same mirrors, with that release's suites.
t_apt_suite ()
{
  local release list
  release=$(. /etc/os-release && echo "$VERSION_CODENAME")
  fake_apt "$release"
  list=$("$util/apt-private" --builddir b --suite sid sources)
  cat "$list"
  grep -q '^Suites: sid$' "$list" || fail "no sid"
  ! grep -q "$release\|sid-" "$list" || fail "sid has no such suite"
}

t_apt_nothing_found ()
{
  fake_apt no-such-release
  refuses APT_PRIVATE_SOURCES "$util/apt-private" --builddir b sources
}

# index_of FILE...: print the index of a repository with one source package of
# these files.
index_of ()
{
  local f
  printf 'Package: p\nBinary: p\nVersion: 1-1\nArchitecture: all\nFormat: 3.0 (quilt)\nDirectory: .\n'
  echo 'Checksums-Sha256:'
  for f; do
    echo " $(sha256sum < "repo/$f" | cut -d ' ' -f 1) $(stat -c %s "repo/$f") $f"
  done
}

# If a mirror lacks a part of a source package, --archive accepts its archive,
# if the archive has the package's hash.
t_apt_archive ()
{
  local get=("$util/apt-private" --builddir b)
  mkdir repo
  : > repo/Packages
  echo dsc > repo/p_1-1.dsc
  echo archive > repo/p_1.orig.tar.xz
  echo debian > repo/p_1-1.debian.tar.xz
  index_of p_1-1.dsc p_1.orig.tar.xz p_1-1.debian.tar.xz > repo/Sources
  echo "deb [trusted=yes] copy:$here/repo ./" > own.list
  export APT_PRIVATE_SOURCES=$here/own.list
  says "$here/b/apt/sources/p_1-1.dsc" "${get[@]}" source p
  says "$here/b/apt/sources/p_1-1.dsc" "${get[@]}" --archive source p
  rm repo/p_1-1.dsc b/apt/sources/*
  refuses 'no source of p' "${get[@]}" source p
  says 'note: no whole source package of p can be had; taking p_1.orig.tar.xz' \
    "${get[@]}" --archive source p
  [ "$("${get[@]}" --archive source p 2> /dev/null)" = "$here/b/apt/sources/p_1.orig.tar.xz" ] \
    || fail "not the archive's name"
  rm b/apt/sources/*
  echo another > repo/p_1.orig.tar.xz
  refuses 'no source of p' "${get[@]}" --archive source p
}

## steps

t_steps ()
{
  cat > script << END
STEP_TOTAL=2 STEP_LOGDIR=$here/log
. $util/steps.sh
good () { echo fine; }
bad () { echo first; false; echo not reached; }
step one 'the good one' good
step two 'the bad one' bad
END
  refuses "$here/log/two.log" bash -eu script
  grep -q fine log/one.log || fail "no log of the first step"
  ! grep -q reached log/two.log || fail "a step went on after an error"
}

## check-summary

# Suites that pass, fail, die, or print nothing; the last line has the sums.
t_summary ()
{
  cat > fake-make << 'END'
#!/bin/sh
for last; do :; done
case $last in
  good) echo 5 0 1 > b/check/good.count; echo 5 passed, 0 failed, 1 skipped ;;
  two) echo 1 0 0 > b/check/two.count; echo 2 0 0 > b/check/two.more.count ;;
  bad) echo 3 2 0 > b/check/bad.count; echo one > b/check/bad.failed
       echo 'one ... FAILED'; echo '    since'; echo 'two ... ok'; echo 'six ... CRASHED'; exit 1 ;;
  dies) echo 4 0 0 > b/check/dies.count; exit 139 ;;
  silent) ;;
esac
END
  chmod +x fake-make
  says '8 passed, 0 failed, 1 skipped' \
    "$util/check-summary" --make ./fake-make --builddir b good two
  refuses '13 passed, 4 failed, 0 skipped' \
    "$util/check-summary" --make ./fake-make --builddir b bad dies silent two two
  refuses '== failed: bad one' "$util/check-summary" --make ./fake-make --builddir b good bad
  refuses '== failed: bad one' \
    "$util/check-summary" --make ./fake-make --builddir b --beside 'bad two' good
  refuses '11 passed, 2 failed, 1 skipped' \
    "$util/check-summary" --make ./fake-make --builddir b --beside 'bad two' good
  "$util/check-summary" --make ./fake-make --builddir b bad good > out || true
  sed -n '/^== all suites/,$p' out > end
  grep -q 'one ... FAILED' end || fail "does not say again what failed"
  grep -q 'six ... CRASHED' end || fail "does not say again what crashed"
  grep -q '  since' end || fail "does not say again why"
  ! grep -q 'two ... ok' end || fail "says again what did not fail"
  "$util/check-summary" --make ./fake-make --builddir b good > out
  [ "$(grep -c '^[0-9]* passed, ' out)" = 1 ] || fail "more than one line of sums"
  [ "$(tail -n 1 out)" = '5 passed, 0 failed, 1 skipped' ] || fail "not last"
}

## check-layers

# check-layers reports each rule in a tree that breaks each once.
t_layers ()
{
  local text
  "$util/check-layers" || fail "the tree itself breaks the rules"
  mkdir tree
  cp -r "$srcdir/grub-core" "$srcdir/include" tree
  cd tree/grub-core || fail "no tree"
  echo 'asm volatile ("nop");' >> disk/xen/pool.c
  echo '#include <grub/xen/blkfront.h>' >> kern/xen/grant.c
  echo 'static const char *s = "device/state";' >> disk/xen/blkfront.c
  echo '#include <xen-public/io/ring.h>' >> disk/xen/ring.c
  echo 'struct blkif_sring *r;' >> disk/xen/xen_blk.c
  echo 'static int x = SCHEDOP_yield;' >> kern/xen/xenbus.c
  { printf 'int f (void)\n{\n'; printf '  ;%.0s\n' {1..58}; echo '}'; } \
    >> kern/xen/xen.c
  cd "$here" || fail "no folder"
  ! "$util/check-layers" --source tree > out 2>&1 || fail "found nothing"
  cat out
  for text in 'pool.c:.*assembly' 'grant.c: .*of a higher layer' \
              'blkfront.c:.*the state key' "ring.c:.*Xen's own header" \
              'xen_blk.c:.*ring memory' "xenbus.c:.*the hypervisor's scheduler" \
              'xen.c:.*has 60 lines'; do
    grep -q -- "$text" out || fail "not told: $text"
  done
}

## check-headers

# check-headers reports each rule in a tree that breaks each once, and nothing
# else.
t_headers ()
{
  local text
  "$util/check-headers" || fail "the tree itself breaks the rules"
  mkdir -p tree/include tree/util
  cat > tree/include/good.h << 'END'
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* good.h - a header
   Copyright (C) 2026  The grub-xen-hvm authors  */

static inline int
short_enough (int a)
{
  a++;

  return a;
}
END
  sed 's/good.h/long.h/; s/^  a++;/&\n/' tree/include/good.h > tree/include/long.h
  sed 1d tree/include/good.h > tree/include/licence.h
  cp tree/include/good.h tree/include/name.h
  printf '%s\n' '#!/bin/sh' '# SPDX-License-Identifier: GPL-3.0-or-later' \
    '# util/good: a script' > tree/util/good
  sed 's,util/good: ,,' tree/util/good > tree/util/what
  sed 's,: a script,,' tree/util/good > tree/util/path
  head -n 1 tree/util/good > tree/util/short
  echo 'anything' > tree/util/data
  ! "$util/check-headers" --source tree > out 2>&1 || fail "found nothing"
  cat out
  for text in 'long.h:7: .* body of 4 lines' 'licence.h:1: no SPDX' \
              'name.h:2: .*/\* name.h - ' 'util/what:3: ' 'util/path:3: ' \
              'util/short:2: no SPDX'; do
    grep -q -- "$text" out || fail "not told: $text"
  done
  [ "$(wc -l < out)" = 6 ] || fail "more than that"
}

# resident NAME TEXT: make an object like the service's, of assembly TEXT.
resident ()
{
  gcc -m32 -c -x assembler -o "objects/disk/xen/m_module-int13_$1.o" - <<< "$2"
}

# The objects of the resident service may need only each other.
t_resident ()
{
  local check=("$util/check-layers" --resident objects)
  mkdir -p objects/disk/xen
  resident vbd '.globl vbd; vbd: call low'
  resident edd '.globl edd; edd: call vbd'
  resident bios '.globl bios; bios: call edd'
  resident real '.globl low; low: call bios'
  "${check[@]}" || fail "a service that calls nobody else is refused"
  resident edd '.globl edd; edd: call vbd; call memcpy'
  ! "${check[@]}" > out 2>&1 || fail "memcpy is not seen"
  grep -q 'int13_edd: needs memcpy' out || fail "not told: memcpy"
  resident edd '.globl edd; edd: call vbd'
  rm objects/disk/xen/m_module-int13_bios.o
  ! "${check[@]}" > out 2>&1 || fail "an object that is missing is not missed"
  grep -q 'no object of int13_bios' out || fail "not told: no object"
}

## cpp-check

# cpp-check fails with findings of every severity, and when cppcheck fails.
# Information about cppcheck itself is not a finding.
t_cpp_check ()
{
  printf 'int f (void);\nint f (void) { return 3; }\n' > good.c
  printf 'int f (void);\nint f (void) { int a[2]; a[0] = 1; return a[2]; }\n' > error.c
  cat > warning.c << 'END'
int f (int *p);
int f (int *p) { int x = *p; if (p) x++; return x; }
END
  "$util/cpp-check" good.c || fail "a good file was refused"
  refuses '[arrayIndexOutOfBounds]' "$util/cpp-check" error.c
  refuses '[nullPointerRedundantCheck]' "$util/cpp-check" good.c warning.c
  refuses 'cppcheck: exit' "$util/cpp-check" --no-such-option good.c
  refuses 'cppcheck: exit' "$util/cpp-check" no-such-file.c
  # A fake for any version: like cppcheck 2.17 it counts information lines as
  # findings.
  mkdir bin
  cat > bin/cppcheck << 'END'
#!/bin/sh
echo 'information: a.c:0: Limiting analysis of branches. [normalCheckLevelMaxBranches]' >&2
[ "$MODE" = information ] || echo "$MODE: a.c:3: something [someId]" >&2
exit 99
END
  chmod +x bin/cppcheck
  PATH=$here/bin:$PATH
  MODE=information "$util/cpp-check" a.c || fail "information is no finding"
  for severity in error warning style performance portability; do
    MODE=$severity refuses '[someId]' "$util/cpp-check" a.c
  done
}

## check-modules

# module TEXT FLAG...: make m.mod of assembly TEXT with the sections of a
# module.
module ()
{
  local text=$1
  shift
  cat > m.s << END
	.section .modname,"",@progbits
	.asciz "m"
	.section .module_license,"",@progbits
	.asciz "LICENSE=GPLv3+"
	.section .moddeps,"",@progbits
	.asciz "lib"
	.text
	.globl grub_mod_init, grub_mod_fini
grub_mod_init: nop
grub_mod_fini: nop
	$text
END
  gcc -m32 -c "$@" -o m.mod m.s
}

t_modules ()
{
  local check=("$util/check-modules" --syminfo info m.mod)
  cat > info << END
defined kernel grub_printf
defined lib lib_do
undefined lib base_do
defined base base_do
defined stranger strange_do
END
  # shellcheck disable=SC2016 # assembler's $
  module 'call grub_printf; call lib_do; call base_do; movl $grub_printf, %eax'
  "${check[@]}" || fail "a good module was refused"
  module 'call strange_do'
  refuses "\`strange_do'" "${check[@]}"
  module 'call lib_do@PLT'
  refuses R_386_PLT32 "${check[@]}"
  sed -i 's/GPLv3+/proprietary/' m.s
  gcc -m32 -c -o m.mod m.s
  refuses licence "${check[@]}"
  sed -i '/grub_mod_fini/d; s/proprietary/GPLv3+/; s/@PLT//' m.s
  gcc -m32 -c -o m.mod m.s
  refuses grub_mod_fini "${check[@]}"
  refuses 'not there' "$util/check-modules" --syminfo info none.mod
}

## check-util itself

# One shell reads all files of tests, so each name may be defined only once.
t_check_names ()
{
  local twice
  twice=$(sed -n 's/^\([a-z_0-9]*\) ().*/\1/p' "$srcdir"/util/checks/*.sh "$util/check-util" \
            | sort | uniq -d)
  [ -z "$twice" ] || fail "defined twice: $twice"
}
