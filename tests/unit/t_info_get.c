/* SPDX-License-Identifier: GPL-3.0-or-later */
/* t_info_get.c - tests of xen_info --get: values for scripts
   Copyright (C) 2026  The grub-xen-hvm authors  */

#include <stdio.h>
#include <grub/disk.h>
#include <grub/mm.h>
#include <grub/machine/kernel.h>
#include "firmware.h"
#include "modules.h"

/* GRUB's type_of_loader in the Linux boot header, and other loaders'.  */
#define LOADER_GRUB	0x72
#define LOADER_QEMU	0xb0
#define LOADER_NONE	0

/* Run xen_info with these words, up to a 0; return its result.  */
static int
run (const char *a, const char *b, const char *c, const char *d)
{
  char *argv[] = { (char *) a, (char *) b, (char *) c, (char *) d, 0 };
  int argc = 0;

  while (argv[argc])
    argc++;
  shim_out_clear ();
  return shim_command ("xen_info", argc, argv);
}

/* Check that NAME is VALUE, both printed and in a variable.  */
static void
is (const char *name, const char *value)
{
  char line[1024];

  snprintf (line, sizeof (line), "%s\n", value);
  assert_int_equal (run ("--get", name, 0, 0), GRUB_ERR_NONE);
  assert_string_equal (shim.out, line);
  assert_string_equal (shim.env_name, "");
  assert_int_equal (run ("-g", name, "--set", "v"), GRUB_ERR_NONE);
  assert_string_equal (shim.out, "");
  assert_string_equal (shim.env_name, "v");
  assert_string_equal (shim.env_value, value);
  shim.env_name[0] = 0;
  assert_quiet ();
}

/* Load the modules with a table in which FIELD is VALUE.  */
#define WITH_TABLE(field, value)					\
  do									\
    {									\
      struct grub_xen_table *table = firmware_table (0);		\
									\
      modules_unload ();						\
      table->field = (value);						\
      firmware_seal (table);						\
      modules_load ();							\
    }									\
  while (0)

static void
linux_header (int loader)
{
  memcpy (xen.low + 2, "HdrS", 4);
  xen.low[0x10] = loader;
}

static void
entry (void **state)
{
  static const struct
  {
    unsigned int drive;
    const char *name;
  } drives[] =
    {
      { 0x7f, "pxe" }, { 0xe0, "cd" }, { 0xe3, "cd" }, { 0xff, "firmware" },
      { 0x80, "disk" }, { 0x81, "disk" }, { 0xdf, "disk" }, { 0, "floppy" },
      { 1, "floppy" }
    };
  unsigned int i;

  (void) state;
  modules_load ();
  for (i = 0; i < ARRAY_SIZE (drives); i++)
    {
      grub_boot_device = drives[i].drive << 24 | 0xffffff;
      is ("entry", drives[i].name);
    }
  linux_header (LOADER_QEMU);
  is ("entry", "kernel");
  linux_header (LOADER_NONE);
  is ("entry", "kernel");
  linux_header (LOADER_GRUB);
  is ("entry", "chain");
  /* Only the first digit identifies GRUB; the rest is its version.  */
  linux_header (0x7f);
  is ("entry", "chain");
  modules_down ();
}

static void
entry_from_firmware (void **state)
{
  (void) state;
  modules_load ();
  WITH_TABLE (image_origin, GRUB_XEN_IMAGE_BLOB);
  is ("entry", "firmware");
  /* A CD started by the project's firmware, and a GRUB that was started from
     there by linux16 (which passes no drive either).  */
  grub_boot_device = 0xe0ffffff;
  is ("entry", "cd");
  grub_boot_device = 0xffffffff;
  linux_header (LOADER_GRUB);
  is ("entry", "chain");
  memset (xen.low, 0, sizeof (xen.low));
  WITH_TABLE (image_origin, GRUB_XEN_IMAGE_ACPI);
  is ("entry", "firmware");
  /* With or without a valid table: only this value means that there is no
     drive.  */
  WITH_TABLE (image_origin, 0);
  is ("entry", "firmware");
  modules_down ();
}

static void
boot_disk (void **state)
{
  (void) state;
  modules_load ();
  is ("boot-disk", "");
  WITH_TABLE (boot_disk, 0);
  is ("boot-disk", "a");
  WITH_TABLE (boot_disk, 3);
  is ("boot-disk", "d");
  WITH_TABLE (boot_disk, GRUB_XEN_TABLE_NO_DISK);
  is ("boot-disk", "");
  /* A table with this value is invalid as a whole.  */
  WITH_TABLE (boot_disk, 4);
  is ("boot-disk", "");
  is ("boot-order", "");
  modules_down ();
}

static void
boot_order (void **state)
{
  static const struct
  {
    unsigned int order;
    const char *letters;
  } orders[] =
    {
      { 0, "" }, { 1, "a" }, { 2, "c" }, { 3, "d" }, { 4, "n" },
      { 0x23, "dc" }, { 0x432, "cdn" }, { 0x1234, "ndca" },
      { 0x4444, "nnnn" }, { 0x203, "" }, { 5, "" }
    };
  unsigned int i;

  (void) state;
  modules_load ();
  is ("boot-order", "");
  for (i = 0; i < ARRAY_SIZE (orders); i++)
    {
      WITH_TABLE (boot_order, orders[i].order);
      is ("boot-order", orders[i].letters);
    }
  modules_down ();
}

static void
image (void **state)
{
  (void) state;
  modules_load ();
  is ("image", "");
  WITH_TABLE (image_origin, GRUB_XEN_IMAGE_BLOB);
  is ("image", "blob");
  WITH_TABLE (image_origin, GRUB_XEN_IMAGE_ACPI);
  is ("image", "acpi");
  WITH_TABLE (image_origin, 0);
  is ("image", "");
  /* A value that this GRUB does not know.  */
  WITH_TABLE (image_origin, 77);
  is ("image", "");
  modules_down ();
}

/* Devices.  */

static const char *const others[] =
  { "hd0", "cd", "lvm/vg-root", "memdisk", "proc", "fd0", "md/0", "hd1" };

static int
other_iterate (grub_disk_dev_iterate_hook_t hook, void *data,
	       grub_disk_pull_t pull)
{
  unsigned int i;

  for (i = 0; i < ARRAY_SIZE (others); i++)
    if (pull == GRUB_DISK_PULL_NONE && hook (others[i], data))
      return 1;
  return 0;
}

static grub_err_t
other_open (const char *name, grub_disk_t disk)
{
  (void) disk;
  return grub_error (GRUB_ERR_UNKNOWN_DEVICE, "%s is not there", name);
}

static struct grub_disk_dev other_dev =
  {
    .name = "other",
    .id = GRUB_DISK_DEVICE_HOSTDISK_ID,
    .disk_iterate = other_iterate,
    .disk_open = other_open
  };

static void
no_devices (void **state)
{
  (void) state;
  modules_load ();
  is ("devices", "");
  modules_down ();
}

static void
devices (void **state)
{
  const char *rest = "lvm/vg-root md/0 hd0 cd fd0 hd1";
  char want[256];

  (void) state;
  modules_load ();
  grub_disk_dev_register (&other_dev);
  is ("devices", rest);
  disk_add (51712, "xvda", 64);
  disk_add (51728, "xvdb", 64);
  disk_add (51776, "xvde", 64);
  snprintf (want, sizeof (want), "xen/xvda xen/xvdb xen/xvde %s", rest);
  is ("devices", want);
  WITH_TABLE (boot_disk, 1);
  snprintf (want, sizeof (want), "xen/xvdb xen/xvda xen/xvde %s", rest);
  is ("devices", want);
  /* Only disks a to d can be chosen, and there is no disk c.  */
  WITH_TABLE (boot_disk, 2);
  snprintf (want, sizeof (want), "xen/xvda xen/xvdb xen/xvde %s", rest);
  is ("devices", want);
  grub_disk_dev_unregister (&other_dev);
  modules_down ();
}

/* Partitions follow their disk; xvdaa is not a partition of xvda.  */
static void
devices_with_partitions (void **state)
{
  static const unsigned char entry_1[16] =
    { 0, 0, 2, 0, 0x83, 0, 0, 0, 8, 0, 0, 0, 16, 0, 0, 0 };
  unsigned char mbr[512] = { 0 };
  struct disk *d;
  grub_disk_t h;

  (void) state;
  memcpy (mbr + 446, entry_1, 16);
  mbr[510] = 0x55;
  mbr[511] = 0xaa;
  modules_load ();
  disk_add (768, "hda", 64);
  d = disk_add (832, "hdb", 64);
  disk_add (268442112, "xvdaa", 64);
  h = grub_disk_open ("xen/hdb");
  assert_non_null (h);
  assert_int_equal (grub_disk_write (h, 0, 0, 512, mbr), GRUB_ERR_NONE);
  grub_disk_close (h);
  (void) d;
  is ("devices", "xen/hda xen/hdb xen/hdb,msdos1 xen/xvdaa");
  WITH_TABLE (boot_disk, 1);
  is ("devices", "xen/hdb xen/hdb,msdos1 xen/hda xen/xvdaa");
  WITH_TABLE (boot_disk, 0);
  is ("devices", "xen/hda xen/hdb xen/hdb,msdos1 xen/xvdaa");
  modules_down ();
}

/* The command must fail rather than print an incomplete list.  */
static void
devices_without_memory (void **state)
{
  unsigned long first, n, failed = 0;
  unsigned int blocks;

  (void) state;
  modules_load ();
  grub_disk_dev_register (&other_dev);
  is ("devices", "lvm/vg-root md/0 hd0 cd fd0 hd1");
  blocks = shim.blocks;
  for (n = 1; n < 1000; n++)
    {
      int result;

      first = shim.allocs;
      shim.fail_alloc = first + n;
      result = run ("--get", "devices", 0, 0);
      shim.fail_alloc = 0;
      if (shim.allocs < first + n)
	break;
      if (result)
	{
	  failed++;
	  assert_raised (GRUB_ERR_OUT_OF_MEMORY, "");
	}
      else
	assert_string_equal (shim.out, "lvm/vg-root md/0 hd0 cd fd0 hd1\n");
      assert_quiet ();
      assert_in_range (shim.blocks, blocks - 1, blocks);
    }
  assert_in_range (failed, 7, 100);
  is ("devices", "lvm/vg-root md/0 hd0 cd fd0 hd1");
  grub_disk_dev_unregister (&other_dev);
  modules_down ();
}

/* The command.  */

static void
bad_names (void **state)
{
  static const char *const names[] =
    { "", "entr", "entryx", "ENTRY", "boot_disk", "devices ", "version" };
  unsigned int i;

  (void) state;
  modules_load ();
  for (i = 0; i < ARRAY_SIZE (names); i++)
    {
      assert_int_equal (run ("--get", names[i], 0, 0), GRUB_ERR_BAD_ARGUMENT);
      assert_raised (GRUB_ERR_BAD_ARGUMENT, "is not one of entry, boot-disk");
      assert_string_equal (shim.out, "");
      assert_int_equal (run ("-g", names[i], "-s", "v"),
			GRUB_ERR_BAD_ARGUMENT);
      assert_raised (GRUB_ERR_BAD_ARGUMENT, names[i]);
      assert_string_equal (shim.env_name, "");
    }
  modules_down ();
}

static void
bad_options (void **state)
{
  (void) state;
  modules_load ();
  assert_int_equal (run ("--set", "v", 0, 0), GRUB_ERR_BAD_ARGUMENT);
  assert_raised (GRUB_ERR_BAD_ARGUMENT, "--set needs --get");
  assert_int_equal (run ("--counters", "--set", "v", 0),
		    GRUB_ERR_BAD_ARGUMENT);
  assert_raised (GRUB_ERR_BAD_ARGUMENT, "--set needs --get");
  assert_int_equal (run ("entry", 0, 0, 0), GRUB_ERR_BAD_ARGUMENT);
  assert_raised (GRUB_ERR_BAD_ARGUMENT, "only options");
  assert_int_equal (run ("--get", "entry", "extra", 0),
		    GRUB_ERR_BAD_ARGUMENT);
  assert_raised (GRUB_ERR_BAD_ARGUMENT, "only options");
  assert_int_not_equal (run ("--get", 0, 0, 0), GRUB_ERR_NONE);
  grub_errno = GRUB_ERR_NONE;
  assert_int_not_equal (run ("--what", 0, 0, 0), GRUB_ERR_NONE);
  grub_errno = GRUB_ERR_NONE;
  assert_string_equal (shim.env_name, "");
  assert_not_printed ("PV disks");
  modules_down ();
}

static void
counters (void **state)
{
  (void) state;
  modules_load ();
  assert_int_equal (run ("--counters", 0, 0, 0), GRUB_ERR_NONE);
  assert_string_equal (shim.out, "counters: hypercalls=0 notifications=0 "
		       "waits=0 requests=0 copied=0\n");
  assert_int_equal (xen.calls, 0);
  modules_down ();
}

static void
the_variable_cannot_be_set (void **state)
{
  (void) state;
  modules_load ();
  shim.env_error = GRUB_ERR_OUT_OF_MEMORY;
  assert_int_equal (run ("--get", "entry", "--set", "v"),
		    GRUB_ERR_OUT_OF_MEMORY);
  assert_raised (GRUB_ERR_OUT_OF_MEMORY, "no variable");
  modules_down ();
}

/* The values are available on any machine, and Xen is not brought up for
   them.  */
static void
not_on_xen (void **state)
{
  (void) state;
  xen.hypervisor = 0;
  grub_boot_device = 0x80ffffff;
  modules_load ();
  is ("entry", "disk");
  is ("boot-disk", "");
  is ("boot-order", "");
  is ("image", "");
  assert_int_equal (xen.calls, 0);
  grub_disk_dev_register (&other_dev);
  is ("devices", "lvm/vg-root md/0 hd0 cd fd0 hd1");
  grub_disk_dev_unregister (&other_dev);
  modules_down ();
}

static const struct unit_test tests[] =
  {
    UNIT_TEST (entry),
    UNIT_TEST (entry_from_firmware),
    UNIT_TEST (boot_disk),
    UNIT_TEST (boot_order),
    UNIT_TEST (image),
    UNIT_TEST (no_devices),
    UNIT_TEST (devices),
    UNIT_TEST (devices_with_partitions),
    UNIT_TEST (devices_without_memory),
    UNIT_TEST (bad_names),
    UNIT_TEST (bad_options),
    UNIT_TEST (counters),
    UNIT_TEST (the_variable_cannot_be_set),
    UNIT_TEST (not_on_xen),
  };

UNIT_MAIN (tests)
