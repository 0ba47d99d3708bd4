/* SPDX-License-Identifier: GPL-3.0-or-later */
/* seam.c - the functions of the seam, for the platform under test
   Copyright (C) 2026  The grub-xen-hvm authors  */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <grub/xen/platform.h>
#include "xen.h"
#include "xen_mem.h"

/* unit.mk compiles each platform's file with its functions renamed, and links
   all of them into each program.  This file calls the functions of the
   platform under test.  */

#define BODY(p)								\
  int p##_detect (void);						\
  grub_err_t p##_platform_init (void);					\
  void p##_platform_fini (void);					\
  int p##_is_lost (void);						\
  grub_err_t p##_platform_map_grants (unsigned int nr,			\
				      grub_uint32_t index, void **addr);	\
  void p##_platform_unmap_grants (unsigned int nr);			\
  long p##_call (unsigned int nr, unsigned int command, void *arg);		\
  grub_uint32_t p##_frame_of (const volatile void *ptr)

BODY (hvm);
BODY (pvh);
BODY (pv);
int pvh_mask_timer (int on);
int pv_mask_timer (int on);

#define CHOOSE(call)							\
  (xen_platform () == XEN_PV ? pv_##call				\
   : xen_platform () == XEN_PVH ? pvh_##call : hvm_##call)

static const struct
{
  const char *name;
  enum xen_platform platform;
} kinds[] = { { "hvm", XEN_HVM }, { "pvh", XEN_PVH }, { "pv", XEN_PV } };

enum xen_platform
xen_platform (void)
{
  static enum xen_platform known;
  const char *name = getenv ("UNIT_PLATFORM");
  size_t i;

  if (known)
    return known;
  if (!name)
    return known = XEN_HVM;
  for (i = 0; i < sizeof (kinds) / sizeof (kinds[0]); i++)
    if (!strcmp (name, kinds[i].name))
      return known = kinds[i].platform;
  fprintf (stderr, "UNIT_PLATFORM=%s is no kind of guest\n", name);
  exit (2);
}

int
grub_xen_detect (void)
{
  if (xen_platform () == XEN_PV)
    xen_pv_refresh ();
  return CHOOSE (detect ());
}

grub_err_t
grub_xen_platform_init (void)
{
  if (xen_platform () == XEN_PV)
    xen_pv_refresh ();
  return CHOOSE (platform_init ());
}

void
grub_xen_platform_fini (void)
{
  CHOOSE (platform_fini ());
}

int
grub_xen_is_lost (void)
{
  return CHOOSE (is_lost ());
}

grub_err_t
grub_xen_platform_map_grants (unsigned int nr, grub_uint32_t index,
			      void **addr)
{
  return CHOOSE (platform_map_grants (nr, index, addr));
}

void
grub_xen_platform_unmap_grants (unsigned int nr)
{
  CHOOSE (platform_unmap_grants (nr));
}

long
grub_xen_call (unsigned int nr, unsigned int command, void *arg)
{
  return CHOOSE (call (nr, command, arg));
}

/* The functions that hypercall.c has on a real machine.  */
grub_uint32_t
hvm_frame_of (const volatile void *ptr)
{
  xen_pass (XEN_SEAM);
  return xen_hvm_frame_of (ptr);
}

grub_uint32_t
pvh_frame_of (const volatile void *ptr)
{
  return hvm_frame_of (ptr);
}

grub_uint32_t
grub_xen_frame_of (const volatile void *ptr)
{
  if (xen_platform () != XEN_PV)
    return hvm_frame_of (ptr);
  xen_pass (XEN_SEAM);
  xen_pv_know ((const void *) ptr);
  return pv_frame_of (ptr);
}

int
grub_xen_mask_timer (int on)
{
  int was = xen.timer_masked;

  xen_pass (XEN_SEAM);
  if (xen_platform () == XEN_PV)
    return pv_mask_timer (on);
  if (xen_platform () == XEN_PVH)
    return pvh_mask_timer (on);
  xen.timer_masked = on;
  return was;
}
