/* SPDX-License-Identifier: GPL-3.0-or-later */
/* evtchn.c - event channels
   Copyright (C) 2026  The grub-xen-hvm authors  */

#include <grub/err.h>
#include <grub/i18n.h>
#include <grub/xen/abi.h>
#include <grub/xen/evtchn.h>
#include <grub/xen/resume.h>

/* Whether this domain has PORT, and no other domain is bound to it yet.  */
static int
evtchn_is_unbound (evtchn_port_t port)
{
  struct evtchn_status status;

  status.dom = DOMID_SELF;
  status.port = port;
  return grub_xen_call_evtchn (EVTCHNOP_status, &status) >= 0
	 && status.status == EVTCHNSTAT_unbound;
}

void
grub_xen_evtchn_close (evtchn_port_t port)
{
  struct evtchn_close close;

  /* After a restore the number may stand for another port.  One that was
     allocated just after the restore is not bound yet.  */
  if (grub_xen_is_stale (grub_xen_platform.generation)
      && !evtchn_is_unbound (port))
    return;
  close.port = port;
  grub_xen_call_evtchn (EVTCHNOP_close, &close);
}

static grub_err_t
evtchn_raise_restored (void)
{
  return grub_error (GRUB_ERR_IO, N_("the guest was restored"));
}

grub_err_t
grub_xen_evtchn_adopt (evtchn_port_t port)
{
  if (!port || port >= GRUB_XEN_PORTS)
    return grub_error (GRUB_ERR_BAD_DEVICE,
		       N_("event channel %u is out of range"),
		       (unsigned int) port);
  grub_xen_set_bit (grub_xen_platform.shared->evtchn_mask, port);
  return GRUB_ERR_NONE;
}

grub_err_t
grub_xen_evtchn_alloc (domid_t remote, evtchn_port_t *port)
{
  struct evtchn_alloc_unbound alloc;
  long rc;

  alloc.dom = DOMID_SELF;
  alloc.remote_dom = remote;
  alloc.port = 0;
  rc = grub_xen_call_evtchn (EVTCHNOP_alloc_unbound, &alloc);
  if (rc < 0)
    return grub_error (GRUB_ERR_BAD_DEVICE,
		       N_("Xen gives no event channel to domain %u "
			  "(error %ld)"), remote, -rc);
  /* After this check, a port that was allocated after a restore would look
     like one of the old domain.  */
  if (grub_xen_is_stale (grub_xen_platform.generation))
    evtchn_raise_restored ();
  else if (!grub_xen_evtchn_adopt (alloc.port))
    {
      grub_xen_clear_bit (grub_xen_platform.shared->evtchn_pending,
			  alloc.port);
      *port = alloc.port;
      return GRUB_ERR_NONE;
    }
  grub_xen_evtchn_close (alloc.port);
  return grub_errno;
}

grub_err_t
grub_xen_evtchn_notify (evtchn_port_t port)
{
  struct evtchn_send send;
  long rc;

  /* In another domain the number may stand for another port.  */
  if (grub_xen_is_stale (grub_xen_platform.generation))
    return evtchn_raise_restored ();
  send.port = port;
  rc = grub_xen_call_evtchn (EVTCHNOP_send, &send);
  if (rc < 0)
    return grub_error (GRUB_ERR_IO,
		       N_("event channel %u cannot be notified (error %ld)"),
		       (unsigned int) port, -rc);
  return GRUB_ERR_NONE;
}
