/* SPDX-License-Identifier: GPL-3.0-or-later */
/* info.c - descriptions of Xen and the firmware for xen_info
   Copyright (C) 2026  The grub-xen-hvm authors  */

#include <grub/device.h>
#include <grub/err.h>
#include <grub/i18n.h>
#include <grub/misc.h>
#include <grub/mm.h>
#include <grub/machine/kernel.h>
#include <grub/xen/bootparam.h>
#include <grub/xen/grant.h>
#include <grub/xen/hvm.h>
#include "info.h"
#include <grub/xen/xenstore.h>

/* BIOS drive numbers, as in the highest byte of grub_boot_device.  */
#define DRIVE_PXE	0x7f
#define DRIVE_FIRST_HD	0x80
#define DRIVE_FIRST_CD	0xe0
#define DRIVE_NONE	0xff

/* GRUB's Linux boot header moves itself to 0:0x6000 (CODE_ADDR in
   boot/i386/pc/lnxboot.S) and stays there.  Its signature is two bytes
   further, and its loader's number at 0x10 (type_of_loader of Linux's
   Documentation/arch/x86/boot.rst, whose high half is 7 for GRUB).  */
#define LINUX_HEADER_FRAME	6
#define LINUX_SIGNATURE_OFFSET	2
#define LINUX_SIGNATURE		"HdrS"
#define LINUX_LOADER_OFFSET	0x10
#define LINUX_LOADER_GRUB	7

/* The ways in: a name for scripts, and a description.  */
static const struct info_entry
{
  const char *name;
  const char *text;
} info_by_grub = { "chain", N_("another GRUB (linux16)") },
  info_by_linux = { "kernel", N_("Linux boot protocol (kernel=)") },
  info_by_firmware = { "firmware", N_("the firmware's image") },
  info_by_pxe = { "pxe", N_("network (PXE)") },
  info_by_cd = { "cd", N_("BIOS CD") },
  info_by_disk = { "disk", N_("BIOS hard disk") },
  info_by_floppy = { "floppy", N_("BIOS floppy disk") };

/* The firmware's table, or 0.  */
static const struct grub_xen_table *
info_find_table (void)
{
  grub_uint32_t address;
  const char *problem;

  return grub_xen_table_find (&address, &problem);
}

/* Whether GRUB was entered through a Linux boot header.  Our header has a
   mark; another one may be from an earlier GRUB.  */
static int
info_entered_by_header (const char *header)
{
  if (grub_memcmp (header + LINUX_SIGNATURE_OFFSET, LINUX_SIGNATURE,
		   sizeof (LINUX_SIGNATURE) - 1) != 0)
    return 0;
  return !grub_xen_bootparam_is_there ((const void *) header)
	 || grub_xen_bootparam_find ();
}

/* How GRUB was started.  The Linux boot header passes a made-up drive number,
   so check for the header first.  */
static const struct info_entry *
info_find_entry (void)
{
  const char *header = grub_xen_hvm_frame_ptr (LINUX_HEADER_FRAME);
  unsigned int drive = grub_boot_device >> 24;

  if (info_entered_by_header (header))
    return (grub_uint8_t) header[LINUX_LOADER_OFFSET] >> 4
	     == LINUX_LOADER_GRUB ? &info_by_grub : &info_by_linux;
  if (drive == DRIVE_NONE)
    return &info_by_firmware;
  if (drive == DRIVE_PXE)
    return &info_by_pxe;
  if (drive >= DRIVE_FIRST_CD)
    return &info_by_cd;
  return drive >= DRIVE_FIRST_HD ? &info_by_disk : &info_by_floppy;
}

/* The letter of libxl's emulated disk: hda is IDE disk 0.  */
static const char *
info_boot_disk (const struct grub_xen_table *table)
{
  static char letter[2];

  letter[0] = 0;
  if (table && table->boot_disk <= GRUB_XEN_TABLE_LAST_DISK)
    letter[0] = 'a' + table->boot_disk;
  return letter;
}

/* In xl.cfg's letters, for boot=.  */
static const char *
info_boot_order (const struct grub_xen_table *table)
{
  static char letters[5];
  unsigned int i, order = table ? table->boot_order : 0;

  for (i = 0; order && i < sizeof (letters) - 1; i++, order >>= 4)
    letters[i] = "?acdn"[order & 15];
  letters[i] = 0;
  return letters;
}

static const char *
info_image_origin (const struct grub_xen_table *table)
{
  if (table && table->image_origin == GRUB_XEN_IMAGE_BLOB)
    return "blob";
  if (table && table->image_origin == GRUB_XEN_IMAGE_ACPI)
    return "acpi";
  return "";
}

static const char *
info_cmdline (void)
{
  const char *problem;
  const char *text
    = grub_xen_bootparam_cmdline (grub_xen_bootparam_find (), &problem);

  return text ? text : "";
}

/* Devices that are listed, in this order.  */
enum { RANK_CHOSEN, RANK_PV, RANK_VOLUME, RANK_BIOS, RANKS };

/* Whether NAME is the disk with the LETTER of libxl's emulated disks, or a
   partition of it: xen/hda, xen/xvda,msdos1.  */
static int
info_has_letter (const char *name, const char *letter)
{
  grub_size_t len = grub_strlen ("xen/");

  if (!letter[0])
    return 0;
  if (grub_strncmp (name + len, "hd", 2) == 0)
    len += 2;
  else if (grub_strncmp (name + len, "xvd", 3) == 0)
    len += 3;
  else
    return 0;
  return name[len] == letter[0] && (!name[len + 1] || name[len + 1] == ',');
}

/* Names without a slash are those of BIOS disks and of GRUB's disks in
   memory.  */
static unsigned int
info_rank_of (const char *name)
{
  if (grub_strncmp (name, "xen/", 4) == 0)
    return info_has_letter (name, info_boot_disk (info_find_table ()))
	     ? RANK_CHOSEN
	     : RANK_PV;
  if (grub_strchr (name, '/'))
    return RANK_VOLUME;
  if (grub_strncmp (name, "hd", 2) == 0 || grub_strncmp (name, "cd", 2) == 0
      || grub_strncmp (name, "fd", 2) == 0)
    return RANK_BIOS;
  return RANKS;
}

/* Append NAME to its rank's list; DATA is an array of lists.  */
static int
info_list_device (const char *name, void *data)
{
  char **list = (char **) data + info_rank_of (name);
  char *longer;

  if (list == (char **) data + RANKS)
    return 0;
  longer = grub_xasprintf ("%s%s ", *list ? *list : "", name);
  if (!longer)
    return 1;
  grub_free (*list);
  *list = longer;
  return 0;
}

/* The last list of devices.  */
static char *info_joined;

/* All devices, separated by spaces; 0 if there is not enough memory.  */
static const char *
info_devices (void)
{
  char *lists[RANKS] = { 0 };
  unsigned int i;

  grub_xen_info_forget ();
  if (!grub_device_iterate (info_list_device, lists) || !grub_errno)
    info_joined
      = grub_xasprintf ("%s%s%s%s", lists[0] ? lists[0] : "",
			lists[1] ? lists[1] : "", lists[2] ? lists[2] : "",
			lists[3] ? lists[3] : "");
  for (i = 0; i < RANKS; i++)
    grub_free (lists[i]);
  if (info_joined && info_joined[0])
    info_joined[grub_strlen (info_joined) - 1] = 0;
  return info_joined;
}

void
grub_xen_info_forget (void)
{
  grub_free (info_joined);
  info_joined = 0;
}

const char *
grub_xen_info_value (const char *name)
{
  if (grub_strcmp (name, "devices") == 0)
    return info_devices ();
  if (grub_strcmp (name, "entry") == 0)
    return info_find_entry ()->name;
  if (grub_strcmp (name, "boot-disk") == 0)
    return info_boot_disk (info_find_table ());
  if (grub_strcmp (name, "boot-order") == 0)
    return info_boot_order (info_find_table ());
  if (grub_strcmp (name, "image") == 0)
    return info_image_origin (info_find_table ());
  if (grub_strcmp (name, "cmdline") == 0)
    return info_cmdline ();
  return 0;
}

/* The frame of SERVICE's page, 0 without one.  */
static grub_uint32_t
info_service_frame (const struct grub_xen_service *service)
{
  return service->page ? grub_xen_frame_of (service->page) : 0;
}

static void
info_show_service (const char *what, const struct grub_xen_service *service)
{
  if (service->is_bad)
    grub_printf (_("%s: its frame or event channel cannot be used\n"), what);
  else if (service->page)
    grub_printf (_("%s: frame 0x%x, event channel %u\n"), what,
		 (unsigned int) info_service_frame (service),
		 (unsigned int) service->port);
  else
    grub_printf (_("%s: none\n"), what);
}

/* Print the table's values beside those from Xen, which are used.  */
static void
info_show_value (const char *what, grub_uint64_t value, grub_uint64_t xen)
{
  if (!value)
    grub_printf (_("  %s: not told\n"), what);
  else if (value == xen)
    grub_printf (_("  %s 0x%llx: as Xen says\n"), what,
		 (unsigned long long) value);
  else
    grub_printf (_("  %s 0x%llx: wrong, Xen says 0x%llx\n"), what,
		 (unsigned long long) value, (unsigned long long) xen);
}

static void
info_show_table_values (const struct grub_xen_table *table)
{
  const struct grub_xen_platform *xen = &grub_xen_platform;
  const char *page = N_("not usable, GRUB has its own");

  info_show_value (_("CPUID leaves"), table->cpuid_base,
		   grub_xen_hvm.cpuid_base);
  info_show_value (_("Xen version"), table->xen_version,
		   xen->version_major << 16 | xen->version_minor);
  info_show_value (_("store frame"), table->store_frame,
		   info_service_frame (&xen->store));
  info_show_value (_("store channel"), table->store_port, xen->store.port);
  info_show_value (_("console frame"), table->console_frame,
		   info_service_frame (&xen->console));
  info_show_value (_("console channel"), table->console_port,
		   xen->console.port);
  if (grub_xen_frame_of (grub_xen_hvm.hypercall_page)
      == table->hypercall_page >> GRUB_XEN_FRAME_SHIFT)
    page = N_("used");
  grub_printf (_("  hypercall page 0x%x: %s\n"),
	       (unsigned int) table->hypercall_page, _(page));
  grub_printf (_("  memory map of %u ranges: %s\n"), table->e820_count,
	       grub_xen_table_e820_ok (table) ? _("as int 15h says")
	       : _("wrong, int 15h's is used"));
  grub_printf (_("  RSDP 0x%llx: %s\n"), (unsigned long long) table->rsdp,
	       grub_xen_table_rsdp_ok (table) ? _("good") : _("none there"));
  grub_printf (_("  boot order `%s', disk `%s', image `%s' of %u bytes\n"),
	       info_boot_order (table), info_boot_disk (table),
	       info_image_origin (table), (unsigned int) table->image_size);
}

static void
info_show_table (void)
{
  const struct grub_xen_table *table;
  grub_uint32_t address;
  const char *problem;

  table = grub_xen_table_find (&address, &problem);
  if (table)
    {
      grub_printf (_("Platform table: at 0x%x, version %u\n"),
		   (unsigned int) address, table->version);
      info_show_table_values (table);
    }
  else if (problem)
    grub_printf (_("Platform table: at 0x%x, not used: %s\n"),
		 (unsigned int) address, _(problem));
  else
    grub_printf (_("Platform table: none\n"));
}

/* Print the command line and the ramdisk from xl.cfg.  */
static void
info_show_boot (void)
{
  const struct grub_xen_bootparam *boot = grub_xen_bootparam_find ();
  const char *text, *problem;
  grub_uint32_t size;

  text = grub_xen_bootparam_cmdline (boot, &problem);
  if (text)
    grub_printf (_("Command line: `%s'\n"), text);
  else if (problem)
    grub_printf (_("Command line: not used: %s\n"), _(problem));
  else
    grub_printf (_("Command line: none\n"));
  size = grub_xen_bootparam_ramdisk (boot, &problem);
  if (size)
    grub_printf (_("Ramdisk: %u bytes at 0x%x\n"), (unsigned int) size,
		 (unsigned int) boot->ramdisk);
  else if (problem)
    grub_printf (_("Ramdisk: not used: %s\n"), _(problem));
  else
    grub_printf (_("Ramdisk: none\n"));
}

void
grub_xen_info_platform (void)
{
  const struct grub_xen_platform *xen = &grub_xen_platform;
  char *domid = 0;

  grub_printf (_("Xen %u.%u%s, CPUID leaves at 0x%x\n"), xen->version_major,
	       xen->version_minor, xen->version_extra,
	       (unsigned int) grub_xen_hvm.cpuid_base);
  grub_printf (_("Entered by: %s (drive 0x%x)\n"),
	       _(info_find_entry ()->text),
	       (unsigned int) grub_boot_device >> 24);
  info_show_boot ();
  if (grub_xenstore_read_optional (GRUB_XENSTORE_NO_TX, "domid", &domid))
    grub_errno = GRUB_ERR_NONE;
  if (domid)
    grub_printf (_("Domain id: %.8s\n"), domid);
  else if (xen->domid != GRUB_XEN_DOMID_UNKNOWN)
    grub_printf (_("Domain id: %u\n"), xen->domid);
  else
    grub_printf (_("Domain id: unknown\n"));
  grub_free (domid);
  info_show_service (_("Store"), &xen->store);
  info_show_service (_("Console"), &xen->console);
  info_show_table ();
  grub_printf (_("Grants in use: %u\n"), grub_xen_grant_count ());
}
