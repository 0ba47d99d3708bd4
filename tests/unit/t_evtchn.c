/* SPDX-License-Identifier: GPL-3.0-or-later */
/* t_evtchn.c - tests of evtchn.c: event channels
   Copyright (C) 2026  The grub-xen-hvm authors  */

#include <grub/xen/evtchn.h>
#include <grub/xen/hvm.h>
#include "unit.h"

static int
is_set (const void *words, unsigned int bit)
{
  return (((const unsigned char *) words)[bit / 8] >> bit % 8) & 1;
}

static void
alloc_and_close (void **state)
{
  evtchn_port_t port = 0;

  (void) state;
  grub_xen_platform_init ();
  xen.shared->evtchn_pending[0] = ~0UL;
  assert_int_equal (grub_xen_evtchn_alloc (5, &port), GRUB_ERR_NONE);
  assert_int_equal (port, xen.first_port);
  assert_int_equal (xen.ports[port].remote, 5);
  assert_true (is_set (xen.shared->evtchn_mask, port));
  assert_false (is_set (xen.shared->evtchn_pending, port));
  /* Other bits have not changed.  */
  assert_true (is_set (xen.shared->evtchn_pending, port - 1));
  assert_true (is_set (xen.shared->evtchn_pending, port + 1));
  assert_false (is_set (xen.shared->evtchn_mask, port + 1));
  assert_int_equal (xen_ports_left (), 1);
  grub_xen_evtchn_close (port);
  grub_xen_platform_fini ();
  assert_quiet ();
  assert_xen_clean ();
}

static void
alloc_refused (void **state)
{
  evtchn_port_t port = 99;

  (void) state;
  grub_xen_platform_init ();
  xen.alloc_rc = -28;
  assert_int_equal (grub_xen_evtchn_alloc (5, &port), GRUB_ERR_BAD_DEVICE);
  assert_raised (GRUB_ERR_BAD_DEVICE, "domain 5 (error 28)");
  assert_int_equal (port, 99);
  grub_xen_platform_fini ();
  assert_xen_clean ();
}

static void
alloc_beyond_the_bitmap (void **state)
{
  evtchn_port_t port = 99;

  (void) state;
  grub_xen_platform_init ();
  xen.first_port = 8 * sizeof (xen.shared->evtchn_pending);
  assert_int_equal (grub_xen_evtchn_alloc (5, &port), GRUB_ERR_BAD_DEVICE);
  assert_raised (GRUB_ERR_BAD_DEVICE, "out of range");
  /* The fake starts again at its first port once that one is closed.  */
  assert_int_equal (xen.first_port, XEN_STORE_PORT + 2);
  assert_int_equal (port, 99);
  grub_xen_platform_fini ();
}

static void
adopt (void **state)
{
  unsigned int last = 8 * sizeof (xen.shared->evtchn_pending) - 1;

  (void) state;
  grub_xen_platform_init ();
  assert_int_equal (grub_xen_evtchn_adopt (XEN_STORE_PORT), GRUB_ERR_NONE);
  assert_true (is_set (xen.shared->evtchn_mask, XEN_STORE_PORT));
  assert_int_equal (grub_xen_evtchn_adopt (last), GRUB_ERR_NONE);
  assert_true (is_set (xen.shared->evtchn_mask, last));
  assert_int_equal (grub_xen_evtchn_adopt (last + 1), GRUB_ERR_BAD_DEVICE);
  assert_raised (GRUB_ERR_BAD_DEVICE, "out of range");
  assert_int_equal (grub_xen_evtchn_adopt (0), GRUB_ERR_BAD_DEVICE);
  assert_raised (GRUB_ERR_BAD_DEVICE, "event channel 0");
  grub_xen_platform_fini ();
}

static void
count (void *arg)
{
  ++*(int *) arg;
}

static void
notify (void **state)
{
  evtchn_port_t port;
  int notified = 0;

  (void) state;
  grub_xen_platform_init ();
  grub_xen_evtchn_alloc (5, &port);
  /* No domain is bound yet: this is not an error.  */
  assert_int_equal (grub_xen_evtchn_notify (port), GRUB_ERR_NONE);
  assert_int_equal (xen_bind (5, port, count, &notified), 0);
  assert_int_equal (grub_xen_evtchn_notify (port), GRUB_ERR_NONE);
  assert_int_equal (notified, 1);
  grub_xen_evtchn_close (port);
  assert_int_equal (grub_xen_evtchn_notify (port), GRUB_ERR_IO);
  assert_raised (GRUB_ERR_IO, "error 22");
  assert_int_equal (notified, 1);
  grub_xen_platform_fini ();
  assert_xen_clean ();
}

static void
close_refused_is_no_error (void **state)
{
  evtchn_port_t port;

  (void) state;
  grub_xen_platform_init ();
  grub_xen_evtchn_alloc (5, &port);
  xen.close_rc = -XEN_EINVAL;
  grub_xen_evtchn_close (port);
  assert_quiet ();
  grub_xen_platform_fini ();
}

static void
only_the_named_domain_binds (void **state)
{
  evtchn_port_t port;

  (void) state;
  grub_xen_platform_init ();
  grub_xen_evtchn_alloc (5, &port);
  assert_int_equal (xen_bind (6, port, 0, 0), -1);
  assert_int_equal (xen_bind (5, port, 0, 0), 0);
  assert_int_equal (xen_bind (5, port, 0, 0), -1);
  grub_xen_evtchn_close (port);
  grub_xen_platform_fini ();
}

static const struct unit_test tests[] =
  {
    UNIT_TEST (alloc_and_close),
    UNIT_TEST (alloc_refused),
    UNIT_TEST (alloc_beyond_the_bitmap),
    UNIT_TEST (adopt),
    UNIT_TEST (notify),
    UNIT_TEST (close_refused_is_no_error),
    UNIT_TEST (only_the_named_domain_binds),
  };

UNIT_MAIN (tests)
