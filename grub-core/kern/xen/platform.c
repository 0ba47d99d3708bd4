/* SPDX-License-Identifier: GPL-3.0-or-later */
/* platform.c - what the bodies of the platform have in common
   Copyright (C) 2026  The grub-xen-hvm authors  */

#include <grub/err.h>
#include <grub/i18n.h>
#include <grub/misc.h>
#include <grub/xen/abi.h>
#include <grub/xen/platform.h>

/* How often the clock is read again while Xen changes it.  */
#define CLOCK_TRIES 16

struct grub_xen_platform grub_xen_platform;
struct grub_xen_counters grub_xen_counters;

grub_err_t
grub_xen_platform_read_version (void)
{
  struct grub_xen_platform *xen = &grub_xen_platform;
  xen_extraversion_t extra;
  long version;

  version = grub_xen_call (__HYPERVISOR_xen_version, XENVER_version, 0);
  if (version < 0)
    return grub_error (GRUB_ERR_BAD_DEVICE,
		       N_("Xen refuses hypercalls (error %ld)"), -version);
  xen->version_major = (unsigned long) version >> 16;
  xen->version_minor = version & 0xffff;

  grub_memset (extra, 0, sizeof (extra));
  if (grub_xen_call (__HYPERVISOR_xen_version, XENVER_extraversion, extra) < 0)
    extra[0] = 0;
  grub_memcpy (xen->version_extra, extra, sizeof (extra));
  xen->version_extra[sizeof (extra)] = 0;
  return GRUB_ERR_NONE;
}

/* Xen bumps the version before and after each change, so the values are read
   again when the version is odd or has moved.  It changes a few times a
   second.  After CLOCK_TRIES the time 0 is returned: that is long over, so the
   caller does not sleep.  */
grub_uint64_t
grub_xen_system_time (void)
{
  volatile struct vcpu_time_info *time
    = &grub_xen_platform.shared->vcpu_info[0].time;
  grub_uint64_t delta, result;
  grub_uint32_t version, mul;
  int tries, shift;

  for (tries = 0; tries < CLOCK_TRIES; tries++)
    {
      version = time->version;
      grub_xen_rmb ();
      delta = grub_xen_read_tsc () - time->tsc_timestamp;
      shift = time->tsc_shift;
      mul = time->tsc_to_system_mul;
      delta = shift < 0 ? delta >> (-shift & 63) : delta << (shift & 63);
      result = time->system_time + (delta >> 32) * mul
	+ (((delta & 0xffffffff) * mul) >> 32);
      grub_xen_rmb ();
      if (!(version & 1) && version == time->version)
	return result;
    }
  return 0;
}
