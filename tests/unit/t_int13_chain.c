/* SPDX-License-Identifier: GPL-3.0-or-later */
/* t_int13_chain.c - tests of int13_chain.c: boot loaders on PV disks
   Copyright (C) 2026  The grub-xen-hvm authors  */

#include <stdio.h>
#include <stdlib.h>
#include <grub/command.h>
#include <grub/disk.h>
#include <grub/env.h>
#include <grub/file.h>
#include <grub/loader.h>
#include <grub/machine/biosnum.h>
#include <grub/partition.h>
#include "int13_place.h"
#include "unit.h"

void grub_part_msdos_init (void);
void grub_part_msdos_fini (void);

/* This file has the functions that int13_chain.c calls: drives, twins, the
   BIOS, variables.  Calls of importance are recorded in a log.  */
static char said[256];
struct grub_xen_int13_map grub_xen_int13_map;
static unsigned int bios_disks;
/* The twin of xen/xvdf, or -1; whether a disk can become a drive.  */
static int twin, can_add;

static void __attribute__ ((format (printf, 1, 2)))
say (const char *format, ...)
{
  size_t used = strlen (said);
  va_list ap;

  va_start (ap, format);
  vsnprintf (said + used, sizeof (said) - used, format, ap);
  va_end (ap);
}

unsigned int
grub_xen_int13_bios_disks (void)
{
  return bios_disks;
}

unsigned int
grub_xen_int13_find (grub_disk_t disk)
{
  unsigned int i;

  for (i = 0; i < grub_xen_int13_map.count; i++)
    if (!strcmp (grub_xen_int13_map.mapping[i].name, disk->name))
      break;
  return i;
}

int
grub_xen_int13_find_twin (grub_disk_t disk)
{
  return strcmp (disk->name, "xen/xvdf") ? -1 : twin;
}

grub_err_t
grub_xen_int13_add (grub_disk_t disk)
{
  struct grub_xen_int13_map *map = &grub_xen_int13_map;

  /* Only whole disks can be drives.  */
  assert_null (disk->partition);
  say ("add %s;", disk->name);
  if (!can_add)
    return grub_error (GRUB_ERR_OUT_OF_RANGE, "too many drives");
  snprintf (map->mapping[map->count].name,
	    sizeof (map->mapping[map->count].name), "%s", disk->name);
  map->count++;
  return GRUB_ERR_NONE;
}

/* The variables `root' and `biosnum'; 0: not set.  */
static char root_value[64], *root, *biosnum;
static grub_err_t env_error;

const char *
grub_env_get (const char *name)
{
  if (!strcmp (name, "root"))
    return root;
  return strcmp (name, "biosnum") ? 0 : biosnum;
}

grub_err_t
grub_env_set (const char *name, const char *value)
{
  assert_string_equal (name, "root");
  if (env_error)
    return grub_error (env_error, "no variable");
  snprintf (root_value, sizeof (root_value), "%s", value);
  root = root_value;
  return GRUB_ERR_NONE;
}

void
grub_env_unset (const char *name)
{
  assert_string_equal (name, "root");
  root = 0;
}

/* The device of a file's name, as in GRUB: (DEVICE)/PATH.  */
char *
grub_file_get_device_name (const char *name)
{
  const char *end = strchr (name, ')');

  if (name[0] != '(')
    return 0;
  if (!end)
    {
      grub_error (GRUB_ERR_BAD_FILENAME, "missing `)'");
      return 0;
    }
  return grub_strndup (name + 1, end - name - 1);
}

/* The disks: PV disks, and a disk of the BIOS.  */
static unsigned char sector[512];
static int can_read, open_disks;

static grub_err_t
open_disk (const char *name, grub_disk_t disk, const char *prefix)
{
  if (strncmp (name, prefix, strlen (prefix)) != 0)
    return grub_error (GRUB_ERR_UNKNOWN_DEVICE, "no such disk");
  disk->id = name[strlen (prefix)];
  disk->total_sectors = 100000;
  disk->max_agglomerate = 1;
  open_disks++;
  return GRUB_ERR_NONE;
}

static grub_err_t
open_pv (const char *name, grub_disk_t disk)
{
  return open_disk (name, disk, "xen/xvd");
}

static grub_err_t
open_bios (const char *name, grub_disk_t disk)
{
  return open_disk (name, disk, "hd");
}

static void
close_disk (grub_disk_t disk)
{
  (void) disk;
  open_disks--;
}

static grub_err_t
read_disk (grub_disk_t disk, grub_disk_addr_t start, grub_size_t count,
	   char *buf)
{
  (void) disk;
  memset (buf, 0, count * 512);
  if (!start)
    memcpy (buf, sector, 512);
  return can_read ? GRUB_ERR_NONE : grub_error (GRUB_ERR_READ_ERROR, "bad");
}

static struct grub_disk_dev pv_dev
  = { .name = "xen", .id = GRUB_DISK_DEVICE_XEN,
      .disk_open = open_pv, .disk_close = close_disk, .disk_read = read_disk };
static struct grub_disk_dev bios_dev
  = { .name = "biosdisk", .id = GRUB_DISK_DEVICE_BIOSDISK_ID,
      .disk_open = open_bios, .disk_close = close_disk,
      .disk_read = read_disk };

/* GRUB's own commands and functions.  */
static int own_number;
static grub_err_t own_result;
static grub_command_t own;

static int
own_biosnumber (void)
{
  return own_number;
}

int (*grub_get_root_biosnumber) (void) = own_biosnumber;

static grub_err_t
own_chainloader (grub_command_t cmd, int argc, char **argv)
{
  (void) cmd;
  say ("chain %d %s root=%s;", argc, argc ? argv[argc - 1] : "",
       root ? root : "none");
  return own_result ? grub_error (own_result, "no loader") : GRUB_ERR_NONE;
}

static void
begin (void)
{
  /* A partition of 1000 sectors, a signature and some code.  */
  static const unsigned char entry[16]
    = { 0, 0, 0, 0, 0x83, 0, 0, 0, 32, 0, 0, 0, 0xe8, 3, 0, 0 };

  memset (&grub_xen_int13_map, 0, sizeof (grub_xen_int13_map));
  grub_xen_int13_map.first = GRUB_XEN_INT13_FIRST;
  bios_disks = 2;
  twin = -1;
  can_add = can_read = 1;
  memset (sector, 0, sizeof (sector));
  memcpy (sector + 446, entry, sizeof (entry));
  sector[439] = 0xeb;
  sector[510] = 0x55;
  sector[511] = 0xaa;
  grub_disk_dev_register (&pv_dev);
  grub_disk_dev_register (&bios_dev);
  grub_part_msdos_init ();
  own = grub_register_command ("chainloader", own_chainloader, 0, "");
  grub_xen_int13_chain_init ();
  said[0] = 0;
}

static void
end (void)
{
  grub_xen_int13_chain_fini ();
  assert_ptr_equal (grub_get_root_biosnumber, own_biosnumber);
  grub_unregister_command (own);
  grub_part_msdos_fini ();
  grub_disk_cache_invalidate_all ();
  grub_disk_dev_unregister (&bios_dev);
  grub_disk_dev_unregister (&pv_dev);
  assert_int_equal (open_disks, 0);
  assert_quiet ();
  assert_int_equal (shim.blocks, 0);
}

static void
set_root (const char *value)
{
  root = value ? root_value : 0;
  if (value)
    snprintf (root_value, sizeof (root_value), "%s", value);
}

/* The number that a loader passes if the root is VALUE.  */
static int
number_of (const char *value)
{
  set_root (value);
  return grub_get_root_biosnumber ();
}

static void
numbers_of_pv_disks (void **state)
{
  struct grub_xen_int13_map *map = &grub_xen_int13_map;

  (void) state;
  begin ();
  /* No drive, and no twin.  */
  assert_int_equal (number_of ("xen/xvdf"), -1);
  twin = 0x81;
  assert_int_equal (number_of ("xen/xvdf"), 0x81);
  assert_int_equal (number_of ("xen/xvde"), -1);
  /* With two drives in front of the twin.  */
  strcpy (map->mapping[0].name, "xen/xvdg");
  strcpy (map->mapping[1].name, "xen/xvde");
  map->count = 2;
  assert_int_equal (number_of ("xen/xvdg"), 0x80);
  assert_int_equal (number_of ("xen/xvde"), 0x81);
  assert_int_equal (number_of ("xen/xvde,msdos1"), 0x81);
  assert_int_equal (number_of ("xen/xvdf"), 0x83);
  /* And behind the twin.  */
  map->first = 0x82;
  assert_int_equal (number_of ("xen/xvde"), 0x83);
  assert_int_equal (number_of ("xen/xvdf"), 0x81);
  assert_quiet ();
  end ();
}

/* The BIOS's disks behind the first PV drive move; CDs and floppy disks keep
   their numbers.  */
static void
numbers_of_bios_disks (void **state)
{
  static const struct
  {
    unsigned int first;
    int before, after;
  } numbers[] = { { 0x80, 0x80, 0x83 }, { 0x80, 0x81, 0x84 },
		  { 0x81, 0x80, 0x80 }, { 0x81, 0x81, 0x84 },
		  { 0x82, 0x81, 0x81 }, { 0x80, 0x82, 0x82 },
		  { 0x80, 0, 0 }, { 0x80, 0xe0, 0xe0 }, { 0x80, -1, -1 } };
  unsigned int i;

  (void) state;
  begin ();
  grub_xen_int13_map.count = 3;
  for (i = 0; i < ARRAY_SIZE (numbers); i++)
    {
      grub_xen_int13_map.first = numbers[i].first;
      own_number = numbers[i].before;
      assert_int_equal (number_of ("hd0"), numbers[i].after);
      /* Without a root, or with one that is gone.  */
      assert_int_equal (number_of (0), numbers[i].after);
      assert_int_equal (number_of ("nothing"), numbers[i].after);
      assert_quiet ();
    }
  grub_xen_int13_map.count = 0;
  end ();
}

/* The user's own number is not changed.  */
static void
number_of_the_user (void **state)
{
  (void) state;
  begin ();
  twin = 0x81;
  grub_xen_int13_map.count = 3;
  biosnum = (char *) "0x80";
  own_number = 0x80;
  assert_int_equal (number_of ("xen/xvdf"), 0x80);
  assert_int_equal (number_of ("hd0"), 0x80);
  biosnum = 0;
  assert_int_equal (number_of ("xen/xvdf"), 0x84);
  grub_xen_int13_map.count = 0;
  end ();
}

/* Run `chainloader' with the words A and B, as far as they are not 0.  */
static int
chain (const char *a, const char *b)
{
  char *argv[] = { (char *) a, (char *) b, 0 };

  said[0] = 0;
  return shim_command ("chainloader", (a != 0) + (b != 0), argv);
}

/* While GRUB's command runs, `root' is the file's device.  */
static void
file_on_a_pv_disk (void **state)
{
  (void) state;
  begin ();
  set_root ("hd0,msdos1");
  assert_int_equal (chain ("--force", "(xen/xvde)+1"), GRUB_ERR_NONE);
  assert_string_equal (said, "add xen/xvde;chain 2 (xen/xvde)+1 "
		       "root=xen/xvde;");
  assert_string_equal (root, "hd0,msdos1");
  /* It is a drive now.  */
  set_root (0);
  assert_int_equal (chain ("(xen/xvde,msdos1)/boot", 0), GRUB_ERR_NONE);
  assert_string_equal (said, "chain 1 (xen/xvde,msdos1)/boot "
		       "root=xen/xvde,msdos1;");
  assert_null (root);
  assert_int_equal (chain ("(xen/xvdg,msdos1)+1", 0), GRUB_ERR_NONE);
  assert_string_equal (said, "add xen/xvdg;chain 1 (xen/xvdg,msdos1)+1 "
		       "root=xen/xvdg,msdos1;");
  end ();
}

static void
disks_that_need_no_drive (void **state)
{
  (void) state;
  begin ();
  twin = 0x80;
  assert_int_equal (chain ("(xen/xvdf)+1", 0), GRUB_ERR_NONE);
  assert_string_equal (said, "chain 1 (xen/xvdf)+1 root=xen/xvdf;");
  assert_int_equal (chain ("(hd0)+1", 0), GRUB_ERR_NONE);
  assert_string_equal (said, "chain 1 (hd0)+1 root=hd0;");
  end ();
}

static void
file_on_the_root (void **state)
{
  (void) state;
  begin ();
  set_root ("xen/xvde");
  assert_int_equal (chain ("/boot/loader", 0), GRUB_ERR_NONE);
  assert_string_equal (said, "add xen/xvde;chain 1 /boot/loader "
		       "root=xen/xvde;");
  assert_string_equal (root, "xen/xvde");
  /* GRUB's command reports these.  */
  set_root (0);
  assert_int_equal (chain ("/boot/loader", 0), GRUB_ERR_NONE);
  assert_string_equal (said, "chain 1 /boot/loader root=none;");
  assert_int_equal (chain (0, 0), GRUB_ERR_NONE);
  assert_string_equal (said, "chain 0  root=none;");
  set_root ("xen/xvdg");
  assert_int_equal (chain (0, 0), GRUB_ERR_NONE);
  assert_string_equal (said, "chain 0  root=xen/xvdg;");
  end ();
}

/* After any failure `root' has its own value, and GRUB's command ran only if
   its file's device is there.  */
static void
failures (void **state)
{
  (void) state;
  begin ();
  set_root ("hd0");
  assert_int_equal (chain ("(nothing)+1", 0), GRUB_ERR_UNKNOWN_DEVICE);
  assert_raised (GRUB_ERR_UNKNOWN_DEVICE, "");
  assert_string_equal (said, "");
  assert_int_equal (chain ("(xen/xvde", 0), GRUB_ERR_BAD_FILENAME);
  assert_raised (GRUB_ERR_BAD_FILENAME, "");
  assert_string_equal (said, "");
  can_add = 0;
  assert_int_equal (chain ("(xen/xvde)+1", 0), GRUB_ERR_OUT_OF_RANGE);
  assert_raised (GRUB_ERR_OUT_OF_RANGE, "too many drives");
  assert_string_equal (said, "add xen/xvde;");
  can_add = 1;
  env_error = GRUB_ERR_OUT_OF_MEMORY;
  assert_int_equal (chain ("(hd0)+1", 0), GRUB_ERR_OUT_OF_MEMORY);
  assert_raised (GRUB_ERR_OUT_OF_MEMORY, "no variable");
  assert_string_equal (said, "");
  env_error = GRUB_ERR_NONE;
  own_result = GRUB_ERR_FILE_NOT_FOUND;
  assert_int_equal (chain ("(xen/xvde)/x", 0), GRUB_ERR_FILE_NOT_FOUND);
  assert_raised (GRUB_ERR_FILE_NOT_FOUND, "no loader");
  assert_string_equal (root, "hd0");
  end ();
}

static void
no_command_of_grubs (void **state)
{
  (void) state;
  begin ();
  grub_unregister_command (own);
  assert_int_not_equal (chain ("(xen/xvde)+1", 0), GRUB_ERR_NONE);
  assert_raised (GRUB_ERR_BAD_MODULE, "chain");
  assert_string_equal (said, "");
  own = grub_register_command ("chainloader", own_chainloader, 0, "");
  end ();
}

static grub_err_t
no_boot (void)
{
  return GRUB_ERR_NONE;
}

static grub_err_t
unload (void)
{
  say ("unload;");
  return GRUB_ERR_NONE;
}

/* GRUB's command would unload it after the new one is in memory.  */
static void
an_earlier_loader (void **state)
{
  (void) state;
  begin ();
  grub_loader_set (no_boot, unload, 0);
  assert_int_equal (chain ("(hd0)+1", 0), GRUB_ERR_NONE);
  assert_string_equal (said, "unload;chain 1 (hd0)+1 root=hd0;");
  end ();
}

static void
no_memory (void **state)
{
  unsigned int n, failed = 0;
  int result;

  (void) state;
  begin ();
  for (n = 1; n == failed + 1; n++)
    {
      set_root ("hd1");
      grub_xen_int13_map.count = 0;
      grub_disk_cache_invalidate_all ();
      shim.fail_alloc = shim.allocs + n;
      result = chain ("(xen/xvde)+1", 0);
      assert_string_equal (root, "hd1");
      assert_int_equal (open_disks, 0);
      if (result == GRUB_ERR_NONE)
	break;
      assert_raised (GRUB_ERR_OUT_OF_MEMORY, "");
      assert_null (strstr (said, "chain"));
      failed++;
    }
  assert_true (failed >= 3);
  assert_non_null (strstr (said, "chain 1"));
  end ();
}

/* Whether the disk called NAME begins with a boot loader.  */
static void
is_bootable (const char *name, int bootable)
{
  grub_disk_t disk;

  grub_disk_cache_invalidate_all ();
  disk = grub_disk_open (name);
  assert_non_null (disk);
  assert_int_equal (grub_xen_int13_test_bootable (disk),
		    bootable ? GRUB_ERR_NONE : GRUB_ERR_TEST_FAILURE);
  assert_int_equal (grub_errno,
		    bootable ? GRUB_ERR_NONE : GRUB_ERR_TEST_FAILURE);
  grub_errno = GRUB_ERR_NONE;
  grub_disk_close (disk);
}

static void
bootable (void **state)
{
  (void) state;
  begin ();
  is_bootable ("xen/xvde", 1);
  is_bootable ("hd0", 1);
  is_bootable ("xen/xvde,msdos1", 0);
  /* The first and the last byte of the code.  */
  sector[439] = 0;
  is_bootable ("xen/xvde", 0);
  /* A disk's signature and the two bytes after it are not code.  */
  memset (sector + 440, 0x5a, 6);
  is_bootable ("xen/xvde", 0);
  sector[0] = 1;
  is_bootable ("xen/xvde", 1);
  sector[510] = 0x54;
  is_bootable ("xen/xvde", 0);
  sector[510] = 0x55;
  sector[511] = 0;
  is_bootable ("xen/xvde", 0);
  sector[511] = 0xaa;
  is_bootable ("xen/xvde", 1);
  can_read = 0;
  is_bootable ("xen/xvde", 0);
  end ();
}

static const struct unit_test tests[] =
  {
    UNIT_TEST (numbers_of_pv_disks),
    UNIT_TEST (numbers_of_bios_disks),
    UNIT_TEST (number_of_the_user),
    UNIT_TEST (file_on_a_pv_disk),
    UNIT_TEST (disks_that_need_no_drive),
    UNIT_TEST (file_on_the_root),
    UNIT_TEST (failures),
    UNIT_TEST (no_command_of_grubs),
    UNIT_TEST (an_earlier_loader),
    UNIT_TEST (no_memory),
    UNIT_TEST (bootable),
  };

UNIT_MAIN (tests)
