/*
 *  grub-xen-hvm  --  the command xen_info
 *  Copyright (C) 2026  The grub-xen-hvm authors
 *
 *  This program is free software: you can redistribute it and/or modify
 *  it under the terms of the GNU General Public License as published by
 *  the Free Software Foundation, either version 3 of the License, or
 *  (at your option) any later version.
 *
 *  This program is distributed in the hope that it will be useful,
 *  but WITHOUT ANY WARRANTY; without even the implied warranty of
 *  MERCHANTABILITY or FITNESS FOR A PARTICULAR PURPOSE.  See the
 *  GNU General Public License for more details.
 *
 *  You should have received a copy of the GNU General Public License
 *  along with this program.  If not, see <https://www.gnu.org/licenses/>.
 */

#include <grub/command.h>
#include <grub/dl.h>
#include <grub/err.h>
#include <grub/i18n.h>
#include <grub/misc.h>
#include <grub/mm.h>
#include <grub/machine/kernel.h>
#include <grub/xen/grant.h>
#include <grub/xen/hvm.h>
#include <grub/xen/hypercall.h>
#include <grub/xen/xen.h>
#include <grub/xen/disks.h>
#include <grub/xen/xenstore.h>

GRUB_MOD_LICENSE ("GPLv3+");

/* BIOS drive numbers, as in the highest byte of grub_boot_device.  */
#define DRIVE_PXE	0x7f
#define DRIVE_FIRST_HD	0x80
#define DRIVE_FIRST_CD	0xe0

/* GRUB's Linux boot header moves itself to 0:0x6000 (CODE_ADDR in
   boot/i386/pc/lnxboot.S) and stays there; its signature stands two bytes
   further.  */
#define LINUX_HEADER_FRAME	6
#define LINUX_SIGNATURE_OFFSET	2
#define LINUX_SIGNATURE		"HdrS"

/* How GRUB was started.  The Linux boot header passes on a made-up drive, so it
   has to be looked for first.  */
static const char *
entry_name (unsigned int drive)
{
  const char *header = grub_xen_frame_ptr (LINUX_HEADER_FRAME);

  if (grub_memcmp (header + LINUX_SIGNATURE_OFFSET, LINUX_SIGNATURE,
		   sizeof (LINUX_SIGNATURE) - 1) == 0)
    return _("Linux boot protocol (kernel= or linux16)");
  if (drive == DRIVE_PXE)
    return _("network (PXE)");
  if (drive >= DRIVE_FIRST_CD)
    return _("BIOS CD");
  if (drive >= DRIVE_FIRST_HD)
    return _("BIOS hard disk");
  return _("BIOS floppy disk");
}

static void
show_parameter (const char *what, grub_uint64_t frame, grub_uint64_t port)
{
  if (frame)
    grub_printf (_("%s: frame 0x%llx, event channel %llu\n"), what,
		 (unsigned long long) frame, (unsigned long long) port);
  else
    grub_printf (_("%s: none\n"), what);
}

static void
show_platform (void)
{
  const struct grub_xen_platform *xen = &grub_xen_platform;
  unsigned int drive = grub_boot_device >> 24;
  char *domid = 0;

  grub_printf (_("Xen %u.%u%s, CPUID leaves at 0x%x\n"), xen->version_major,
	       xen->version_minor, xen->version_extra,
	       (unsigned int) xen->cpuid_base);
  grub_printf (_("Entered by: %s (drive 0x%x)\n"), entry_name (drive), drive);
  if (grub_xenstore_read_optional (GRUB_XENSTORE_NO_TX, "domid", &domid))
    grub_errno = GRUB_ERR_NONE;
  if (domid)
    grub_printf (_("Domain id: %.8s\n"), domid);
  else if (xen->domid != GRUB_XEN_DOMID_UNKNOWN)
    grub_printf (_("Domain id: %u\n"), xen->domid);
  else
    grub_printf (_("Domain id: unknown\n"));
  grub_free (domid);
  show_parameter (_("Store"), xen->store_pfn, xen->store_evtchn);
  show_parameter (_("Console"), xen->console_pfn, xen->console_evtchn);
  grub_printf (_("Grants in use: %u\n"), grub_xen_grant_count ());
}

/* The kind of DISK in words.  */
static const char *
kind (unsigned int info)
{
  if (info & VDISK_CDROM)
    return _("CD");
  if (info & VDISK_REMOVABLE)
    return _("removable disk");
  return _("disk");
}

/* What a backend may offer (xen/io/blkif.h), in our words.  */
static const struct
{
  const char *key;
  const char *name;
  /* The value is worth showing.  */
  int is_number;
} features[] =
  {
    { "feature-flush-cache", N_("flush"), 0 },
    { "feature-barrier", N_("barrier"), 0 },
    { "feature-discard", N_("discard"), 0 },
    { "feature-persistent", N_("persistent grants"), 0 },
    { "feature-max-indirect-segments", N_("indirect segments"), 1 },
    { "max-ring-page-order", N_("ring page order"), 1 },
    { "multi-queue-max-queues", N_("queues"), 1 }
  };

/* One line of what the backend directory DIR offers.  */
static void
show_features (const char *dir)
{
  unsigned int i;

  grub_printf (_("  offers:"));
  for (i = 0; i < ARRAY_SIZE (features); i++)
    {
      char *key = grub_xenstore_path (dir, features[i].key);
      grub_uint64_t value = 0;

      if (key && !grub_xenstore_read_number (GRUB_XENSTORE_NO_TX, key,
					     GRUB_UINT_MAX, 1, &value)
	  && value)
	{
	  grub_printf (" %s", _(features[i].name));
	  if (features[i].is_number)
	    grub_printf (" %u", (unsigned int) value);
	  grub_printf (",");
	}
      grub_errno = GRUB_ERR_NONE;
      grub_free (key);
    }
  grub_printf (_(" 11 segments\n"));
}

static const char *
flush_name (grub_uint8_t op)
{
  if (op == BLKIF_OP_FLUSH_DISKCACHE)
    return _("flush");
  if (op == BLKIF_OP_WRITE_BARRIER)
    return _("barrier");
  return _("no flush");
}

static void
show_connected (const struct grub_xen_disk *disk)
{
  const struct grub_xen_blkfront *front = &disk->front;
  const struct grub_xen_ring *ring = &front->stream.ring;

  grub_printf (_("  %s, %s, %llu sectors of 512 bytes, sector size %u, %s\n"),
	       kind (front->info),
	       front->info & VDISK_READONLY ? _("read-only") : _("writable"),
	       (unsigned long long) front->sectors, front->sector_size,
	       flush_name (front->flush_op));
  grub_printf (_("  ring: %u entries, up to %u segments a request, "
		 "ref %u, event channel %u\n"), GRUB_XEN_RING_ENTRIES,
	       ring->segments, (unsigned int) front->ring_ref,
	       (unsigned int) front->port);
  grub_printf (_("  pool: %u pages granted to domain %u, %u in use\n"),
	       front->pool->pages, front->pool->domid,
	       front->pool->pages - front->pool->free);
  show_features (front->dev.backend);
  grub_printf (_("  so far: %u requests\n"), ring->requests);
}

static void
show_disk (struct grub_xen_disk *disk)
{
  struct grub_xenbus_device dev;
  enum xenbus_state own, backend;

  if (!grub_xenbus_open (&dev, disk->name, disk->path))
    {
      if (!grub_xenbus_own_state (&dev, &own)
	  && !grub_xenbus_backend_state (&dev, &backend))
	grub_printf (_("%s: virtual device %u, domain %u, `%s', "
		       "frontend %d %s, backend %d %s\n"), disk->name,
		     (unsigned int) disk->handle, dev.backend_id, dev.backend,
		     own, grub_xenbus_state_name (own),
		     backend, grub_xenbus_state_name (backend));
      grub_xenbus_release (&dev);
    }
  if (grub_errno)
    {
      grub_printf ("%s: %s\n", disk->name, grub_errmsg);
      grub_errno = GRUB_ERR_NONE;
    }
  else if (disk->front.connected && disk->front.stream.ring.dead)
    grub_printf (_("  disabled: %s\n"), disk->front.stream.ring.dead);
  else if (disk->front.connected)
    show_connected (disk);
  else if (disk->failure && disk->failure_text)
    grub_printf (_("  failed: %s\n"), disk->failure_text);
  else
    grub_printf (_("  not in use yet\n"));
}

/* One line, without asking anybody: what is counted must not be changed by it.  */
static void
show_counters (void)
{
  const struct grub_xen_counters *n = &grub_xen_counters;

  grub_printf ("counters: hypercalls=%u notifications=%u waits=%u "
	       "requests=%u copied=%llu\n", n->hypercalls, n->notifications,
	       n->waits, n->requests, (unsigned long long) n->copied);
}

static grub_err_t
grub_cmd_xen_info (struct grub_command *cmd __attribute__ ((unused)),
		   int argc, char *argv[])
{
  struct grub_xen_disk *disk;
  unsigned int count = 0;

  if (argc == 1 && grub_strcmp (argv[0], "--counters") == 0)
    {
      show_counters ();
      return GRUB_ERR_NONE;
    }
  if (argc)
    return grub_error (GRUB_ERR_BAD_ARGUMENT,
		       N_("the only argument is --counters"));
  if (grub_xen_up ())
    return grub_errno;
  show_platform ();
  disk = grub_xen_disks ();
  if (grub_errno)
    return grub_errno;
  for (; disk; disk = disk->next)
    if (disk->listed)
      {
	show_disk (disk);
	count++;
      }
  grub_printf (_("PV disks: %u\n"), count);
  return GRUB_ERR_NONE;
}

static grub_command_t cmd;

GRUB_MOD_INIT (xen_info)
{
  cmd = grub_register_command ("xen_info", grub_cmd_xen_info,
			       N_("[--counters]"),
			       N_("Show what was found of Xen and its PV "
				  "disks, or what they cost so far."));
}

GRUB_MOD_FINI (xen_info)
{
  if (cmd)
    grub_unregister_command (cmd);
}
