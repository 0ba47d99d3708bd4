/* SPDX-License-Identifier: GPL-3.0-or-later */
/* xs.c - a client of xenstore, for the tests of xswire.c
   Copyright (C) 2026  The grub-xen-hvm authors  */

#include <stdio.h>
#include <grub/mm.h>
#include <grub/xen/resume.h>
#include <grub/xen/xenstore.h>
#include "store.h"
#include "xs.h"

void
xs_up (void)
{
  assert_int_equal (grub_xen_up (), GRUB_ERR_NONE);
  tree_permit ("/local/domain/7/device/vbd/51776", TREE_READ | TREE_WRITE);
}

void
xs_down (void)
{
  grub_xen_down ();
  assert_quiet ();
  assert_xen_clean ();
  assert_int_equal (shim.blocks, SHIM_KEPT);
  assert_int_equal (store.open_transactions, 0);
}

void
xs_use (void)
{
  static unsigned int n;
  char *value, text[16];

  snprintf (text, sizeof (text), "%u", ++n);
  assert_int_equal (grub_xenstore_write (GRUB_XENSTORE_NO_TX, XS_KEY, text), GRUB_ERR_NONE);
  assert_int_equal (grub_xenstore_read (GRUB_XENSTORE_NO_TX, "name", &value),
		    GRUB_ERR_NONE);
  assert_string_equal (value, "guest");
  grub_free (value);
  assert_int_equal (grub_xenstore_read (GRUB_XENSTORE_NO_TX, XS_KEY, &value), GRUB_ERR_NONE);
  assert_string_equal (value, text);
  grub_free (value);
}
