/* SPDX-License-Identifier: GPL-3.0-or-later */
/* xen_hvm_install.c - i386-xen-hvm in grub-install
   Copyright (C) 2026  The grub-xen-hvm authors  */

#include <config.h>

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <grub/emu/config.h>
#include <grub/emu/hostfile.h>
#include <grub/emu/misc.h>
#include <grub/i18n.h>
#include <grub/util/install.h>
#include <grub/util/misc.h>
#include <grub/util/xen_hvm_install.h>

/* Linux's folder of Xen's devices; tests use another one.  */
#ifndef GRUB_XEN_HVM_SYS
#define GRUB_XEN_HVM_SYS		"/sys"
#endif
#define GRUB_XEN_HVM_SYS_HYPERVISOR	GRUB_XEN_HVM_SYS "/hypervisor"
#define GRUB_XEN_HVM_SYS_VBDS		GRUB_XEN_HVM_SYS "/bus/xen/drivers/vbd"
#define GRUB_XEN_HVM_SYS_BLOCK		GRUB_XEN_HVM_SYS "/block"

/* Virtual device numbers, as xen-vbd-interface(7) has them: the major
   number of the xvd disks, 16 numbers each, and the bit of the wider
   numbers, 256 each.  */
#define GRUB_XEN_HVM_XVD_MAJOR		202
#define GRUB_XEN_HVM_VDEV_EXT		(1u << 28)

/* The number of a guest's first disks that have emulated twins, independent of
   their names: the four disks of two IDE channels.  */
#define GRUB_XEN_HVM_EMULATED		4

/* Whether the first line of FILE in DIR is WORD.  */
static int
xen_hvm_file_says (const char *dir, const char *file, const char *word)
{
  char *path = grub_util_path_concat (2, dir, file);
  char line[32] = "";
  FILE *fp = grub_util_fopen (path, "r");

  free (path);
  if (!fp)
    return 0;
  if (!fgets (line, sizeof (line), fp))
    line[0] = '\0';
  fclose (fp);
  line[strcspn (line, "\n")] = '\0';
  return strcmp (line, word) == 0;
}

/* Whether a vbd of that number cannot have an emulated twin.  Linux unplugs
   the twins, and calls hda xvda, so Linux's names do not show it.  */
static int
xen_hvm_is_pv_only (unsigned long vdev)
{
  if (vdev & GRUB_XEN_HVM_VDEV_EXT)
    return ((vdev & ~GRUB_XEN_HVM_VDEV_EXT) >> 8) >= GRUB_XEN_HVM_EMULATED;
  return (vdev >> 8) == GRUB_XEN_HVM_XVD_MAJOR
	 && ((vdev & 0xff) >> 4) >= GRUB_XEN_HVM_EMULATED;
}

/* The number of vbds of Linux's blkfront (which ignores CDs), or -1 if one of
   them may have an emulated twin.  */
static int
xen_hvm_count_vbds (void)
{
  DIR *d = opendir (GRUB_XEN_HVM_SYS_VBDS);
  struct dirent *de;
  unsigned long vdev;
  int n = 0;

  if (!d)
    return 0;
  while (n >= 0 && (de = readdir (d)))
    if (sscanf (de->d_name, "vbd-%lu", &vdev) == 1)
      n = xen_hvm_is_pv_only (vdev) ? n + 1 : -1;
  closedir (d);
  return n;
}

/* Whether this machine has a disk that a BIOS can read.  */
static int
xen_hvm_has_bios_disk (void)
{
  static const char *const prefixes[] = { "hd", "sd", "vd", "nvme" };
  DIR *d = opendir (GRUB_XEN_HVM_SYS_BLOCK);
  struct dirent *de;
  int found = 0;
  size_t i;

  if (!d)
    return 0;
  while (!found && (de = readdir (d)))
    for (i = 0; i < sizeof (prefixes) / sizeof (prefixes[0]); i++)
      if (strncmp (de->d_name, prefixes[i], strlen (prefixes[i])) == 0)
	found = 1;
  closedir (d);
  return found;
}

int
grub_xen_hvm_is_default (void)
{
  char *dir;
  int found;

  grub_util_info ("Looking for PV-only disks of a Xen HVM guest ..");
  if (!xen_hvm_file_says (GRUB_XEN_HVM_SYS_HYPERVISOR, "type", "xen")
      || !xen_hvm_file_says (GRUB_XEN_HVM_SYS_HYPERVISOR, "guest_type", "HVM")
      || xen_hvm_count_vbds () <= 0 || xen_hvm_has_bios_disk ())
    {
      grub_util_info ("... not found");
      return 0;
    }
  grub_util_info ("...found");

  dir = grub_util_path_concat (2, grub_util_get_pkglibdir (), "i386-xen-hvm");
  found = grub_util_is_directory (dir);
  if (!found)
    grub_util_warn (_("all disks of this Xen HVM guest are PV-only, but "
		      "there is no `%s': install grub-xen-hvm-bin"), dir);
  free (dir);
  return found;
}

void
grub_xen_hvm_check_modules (const char *dir)
{
  static const char *const files[]
    = { "kernel.img", "lnxboot.img", "moddep.lst", "xen.mod", "xen_blk.mod" };
  char *path = grub_util_path_concat (2, dir, "modinfo.sh");
  char line[256], version[128] = "";
  FILE *fp = grub_util_fopen (path, "r");
  size_t i;

  while (fp && fgets (line, sizeof (line), fp))
    if (sscanf (line, "grub_package_version=\"%127[^\"\n]", version) == 1)
      break;
  if (fp)
    fclose (fp);
  free (path);
  if (strcmp (version, PACKAGE_VERSION) != 0)
    grub_util_error (_("`%s' is of GRUB %s, and this tool of %s; give the "
		       "directory of that version, or reinstall both"),
		     dir, version[0] ? version : "?", PACKAGE_VERSION);

  for (i = 0; i < sizeof (files) / sizeof (files[0]); i++)
    {
      path = grub_util_path_concat (2, dir, files[i]);
      if (!grub_util_is_regular (path))
	grub_util_error (_("`%s' is missing; reinstall grub-xen-hvm-bin"),
			 path);
      free (path);
    }
}

char *
grub_xen_hvm_guess_drive (const char *device)
{
  static const char dev[] = "/dev/";
  char *disk, *drive;

  if (strncmp (device, dev, sizeof (dev) - 1) != 0)
    return NULL;
  disk = xstrdup (device + sizeof (dev) - 1);
  disk[strcspn (disk, "0123456789/")] = '\0';
  drive = strncmp (disk, "xvd", 3) == 0 ? xasprintf ("xen/%s", disk) : NULL;
  free (disk);
  return drive;
}

/* Write SIZE bytes of DATA to a new file PATH: 0, or errno.  */
static int
xen_hvm_write (const char *path, const char *data, size_t size)
{
  FILE *out = grub_util_fopen (path, "wb");
  int err = 0;

  if (!out)
    return errno;
  if (fwrite (data, 1, size, out) != size || grub_util_file_sync (out) < 0)
    err = errno;
  if (fclose (out) != 0 && !err)
    err = errno;
  return err;
}

void
grub_xen_hvm_install (const char *imgfile, const char *bootdir)
{
  char *dir = grub_util_path_concat (2, bootdir, "xen");
  char *name = grub_util_path_concat (2, dir, "hvmboot-i386.bin");
  char *tmp = xasprintf ("%s.new", name);
  char *img = grub_util_read_image (imgfile);
  int err;

  grub_install_mkdir_p (dir);
  err = xen_hvm_write (tmp, img, grub_util_get_image_size (imgfile));
  if (!err && grub_util_rename (tmp, name) < 0)
    err = errno;
  if (err)
    {
      grub_util_unlink (tmp);
      grub_util_error (_("cannot copy `%s' to `%s': %s"), imgfile, name,
		       strerror (err));
    }
  free (img);
  free (tmp);
  free (name);
  free (dir);
}
