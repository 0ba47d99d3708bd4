/* SPDX-License-Identifier: GPL-3.0-or-later */
/* xen_call.c - a fake Xen: CPUID and the hypercalls
   Copyright (C) 2026  The grub-xen-hvm authors  */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <grub/xen/hvm.h>
#include "clock.h"
#include "xen.h"
#include "xen_mem.h"

/* CPUID.  */

static void
cpuid_xen (uint32_t leaf, uint32_t regs[4])
{
  switch (leaf)
    {
    case 0:
      regs[0] = xen.base + xen.leaves;
      regs[1] = xen.signature ? XEN_CPUID_SIGNATURE_EBX : 0x7263694d;
      regs[2] = XEN_CPUID_SIGNATURE_ECX;
      regs[3] = XEN_CPUID_SIGNATURE_EDX;
      break;
    case 1:
      regs[0] = xen.version;
      break;
    case 2:
      regs[0] = xen.page_count;
      regs[1] = xen.msr;
      break;
    case 4:
      regs[0] = xen.tells_domid ? XEN_HVM_CPUID_DOMID_PRESENT : 0;
      regs[2] = xen.tells_domid ? xen.domid : 0;
      break;
    }
}

void
grub_xen_hvm_cpuid (grub_uint32_t leaf, grub_uint32_t regs[4])
{
  xen_pass (XEN_SEAM);
  memset (regs, 0, 4 * sizeof (regs[0]));
  if (leaf == 1)
    regs[2] = xen.hypervisor ? 1U << 31 : 0;
  else if (leaf >= xen.base && leaf <= xen.base + xen.leaves)
    cpuid_xen (leaf - xen.base, regs);
  else if (leaf >= 0x40000000 && leaf < xen.base)
    {
      /* Viridian's leaves come first when it is on.  */
      regs[0] = 0x40000006;
      regs[1] = 0x7263694d;
      regs[2] = 0x666f736f;
      regs[3] = 0x76482074;
    }
}

/* Event channels.  */

static long
port_alloc (struct evtchn_alloc_unbound *op)
{
  evtchn_port_t port = xen.first_port;

  if (xen.alloc_rc < 0)
    return xen.alloc_rc;
  if (op->dom != DOMID_SELF)
    return -XEN_EPERM;
  while (port < XEN_PORTS && xen.ports[port].state != PORT_CLOSED)
    port++;
  if (port >= XEN_PORTS)
    {
      /* Only a test that starts beyond the bitmap gets such a port.  */
      if (xen.first_port < XEN_PORTS)
	return -28;
      op->port = xen.first_port;
      return 0;
    }
  memset (&xen.ports[port], 0, sizeof (xen.ports[port]));
  xen.ports[port].state = PORT_UNBOUND;
  xen.ports[port].remote = op->remote_dom;
  xen.ports[port].guests = 1;
  op->port = port;
  return 0;
}

static struct xen_port *
open_port (evtchn_port_t port)
{
  if (!port || port >= XEN_PORTS || xen.ports[port].state == PORT_CLOSED)
    return 0;
  return &xen.ports[port];
}

static long
port_close (evtchn_port_t number)
{
  struct xen_port *port = open_port (number);

  /* The port beyond the bitmap, see port_alloc.  */
  if (number >= XEN_PORTS && number == xen.first_port)
    {
      xen.first_port = XEN_STORE_PORT + 2;
      return 0;
    }
  if (!port)
    return -XEN_EINVAL;
  if (!port->guests)
    xen_violation ("port %u, which the firmware needs, closed", number);
  if (xen.close_rc < 0)
    {
      port->close_refused = 1;
      return xen.close_rc;
    }
  port->state = PORT_CLOSED;
  port->guests = 0;
  return 0;
}

static long
port_send (evtchn_port_t number)
{
  struct xen_port *port = open_port (number);

  xen.sends++;
  if (xen.send_rc < 0)
    return xen.send_rc;
  if (!port)
    return -XEN_EINVAL;
  if (port->send_rc)
    return port->send_rc;
  if (port->state == PORT_BOUND && port->notified)
    port->notified (port->arg);
  return 0;
}

static long
event_op (unsigned int cmd, void *arg)
{
  struct evtchn_status *status = arg;

  switch (cmd)
    {
    case EVTCHNOP_alloc_unbound:
      return port_alloc (arg);
    case EVTCHNOP_close:
      return port_close (((struct evtchn_close *) arg)->port);
    case EVTCHNOP_send:
      return port_send (((struct evtchn_send *) arg)->port);
    case EVTCHNOP_status:
      if (status->port >= XEN_PORTS)
	return -XEN_EINVAL;
      status->status = (unsigned int) xen.ports[status->port].state;
      return 0;
    }
  return -XEN_ENOSYS;
}

int
xen_bind (domid_t by, evtchn_port_t number, void (*notified) (void *arg),
	  void *arg)
{
  struct xen_port *port = open_port (number);

  if (!port)
    return -1;
  if (port->guests && (port->state != PORT_UNBOUND || port->remote != by))
    return -1;
  port->state = PORT_BOUND;
  port->notified = notified;
  port->arg = arg;
  /* Xen raises an event on both ends of a port that gets bound.  */
  if (port->guests)
    xen_raise (number);
  return 0;
}

void
xen_unbind (evtchn_port_t number)
{
  struct xen_port *port = open_port (number);

  if (!port)
    return;
  port->state = PORT_UNBOUND;
  port->notified = 0;
}

static unsigned char *
pending_byte (evtchn_port_t port)
{
  return (unsigned char *) xen.shared->evtchn_pending + port / 8;
}

void
xen_raise (evtchn_port_t port)
{
  if (open_port (port))
    *pending_byte (port) |= 1 << port % 8;
}

/* The scheduler.  */

static int
is_pending (const struct sched_poll *poll)
{
  unsigned int i;

  for (i = 0; i < poll->nr_ports; i++)
    if (*pending_byte (poll->ports.p[i]) & (1 << poll->ports.p[i] % 8))
      return 1;
  return 0;
}

static long
sched_poll (const struct sched_poll *poll)
{
  uint64_t limit, system = clock_now () + xen.system_ahead;
  unsigned int i, life = xen.lives;

  xen.polls++;
  if (xen.poll_rc < 0)
    return xen.poll_rc;
  if (!xen.timer_masked && xen_platform () == XEN_HVM)
    xen_violation ("poll with the timer on: returns at once on real machines");
  for (i = 0; i < poll->nr_ports; i++)
    if (poll->ports.p[i] >= XEN_PORTS)
      return -XEN_EINVAL;
  if (!poll->timeout)
    xen_violation ("poll without a limit");
  if (xen.spurious)
    {
      xen.spurious--;
      return 0;
    }
  limit = poll->timeout > system ? clock_now () + (poll->timeout - system)
				 : clock_now ();
  if (limit < clock_now () + xen.least_poll)
    limit = clock_now () + xen.least_poll;
  if (limit > clock_now () + 3600 * SECOND)
    xen_violation ("poll for an hour");
  while (!is_pending (poll) && clock_step (limit) && xen.lives == life);
  return 0;
}

static long
sched_op (unsigned int cmd, void *arg)
{
  if (cmd == SCHEDOP_poll)
    return sched_poll (arg);
  if (cmd != SCHEDOP_yield)
    xen_violation ("scheduler operation %u", cmd);
  clock_pass (20 * US);
  return 0;
}

/* Grant table.  */

static long
grant_op (unsigned int cmd, void *arg, unsigned int count)
{
  struct gnttab_get_version *get = arg;
  struct gnttab_set_version *set = arg;
  struct gnttab_query_size *size = arg;

  if (count != 1)
    xen_violation ("%u grant operations", count);
  switch (cmd)
    {
    case GNTTABOP_get_version:
      if (xen.grant_version_rc < 0)
	return xen.grant_version_rc;
      if (get->dom != DOMID_SELF)
	return -XEN_EPERM;
      get->version = xen.grant_version;
      return 0;
    case GNTTABOP_set_version:
      if (xen.set_version_rc < 0)
	return xen.set_version_rc;
      xen.grant_version = set->version;
      return 0;
    case GNTTABOP_query_size:
      size->nr_frames = xen.grant_frames;
      size->max_nr_frames = xen.grant_frames_max;
      size->status = GNTST_okay;
      return 0;
    case GNTTABOP_setup_table:
      if (xen_platform () != XEN_PV)
	break;
      return xen_pv_setup_table (arg);
    }
  return -XEN_ENOSYS;
}

/* Everything else.  */

static long
version_op (unsigned int cmd, void *arg)
{
  switch (cmd)
    {
    case XENVER_version:
      return xen.version;
    case XENVER_extraversion:
      if (!xen.extra)
	return -XEN_ENOSYS;
      /* Xen copies its whole array, which may lack a terminating NUL.  */
      strncpy (arg, xen.extra, XEN_EXTRAVERSION_LEN);
      return 0;
    }
  return -XEN_ENOSYS;
}

static long
hvm_op (unsigned int cmd, void *arg)
{
  struct xen_hvm_param *param = arg;

  if (xen_platform () == XEN_PV)
    return -XEN_ENOSYS;
  if (cmd == HVMOP_get_time)
    {
      ((struct xen_hvm_get_time *) arg)->now = clock_now () + xen.system_ahead;
      return 0;
    }
  if (cmd != HVMOP_get_param)
    return -XEN_ENOSYS;
  if (xen.param_rc < 0)
    return xen.param_rc;
  if (param->domid != DOMID_SELF || param->index >= XEN_PARAMS)
    return -XEN_EINVAL;
  param->value = xen.params[param->index];
  return 0;
}

/* In a 32-bit guest a page table entry takes two arguments.  */
static uint64_t
pte (void *low, unsigned long high)
{
#ifdef __x86_64__
  (void) high;
  return (uintptr_t) low;
#else
  return (uint64_t) high << 32 | (uintptr_t) low;
#endif
}

static long
dispatch (unsigned int nr, unsigned long arg1, void *arg2, unsigned long arg3,
	  unsigned long arg4)
{
  switch (nr)
    {
    case __HYPERVISOR_update_va_mapping:
      if (xen_platform () != XEN_PV)
	break;
      return xen_pv_update_va_mapping (arg1, pte (arg2, arg3),
				       sizeof (long) == 8 ? arg3 : arg4);
    case __HYPERVISOR_memory_op:
      return xen_mem_op (arg1, arg2);
    case __HYPERVISOR_event_channel_op:
      return event_op (arg1, arg2);
    case __HYPERVISOR_sched_op:
      return sched_op (arg1, arg2);
    case __HYPERVISOR_grant_table_op:
      return grant_op (arg1, arg2, arg3);
    case __HYPERVISOR_xen_version:
      return version_op (arg1, arg2);
    case __HYPERVISOR_hvm_op:
      return hvm_op (arg1, arg2);
    }
  xen_violation ("hypercall %u", nr);
}

/* A resource that stays after a failed hypercall is not GRUB's fault.  */
static void
excuse (unsigned int nr, unsigned long cmd, void *arg)
{
  xen.failed_nr = nr;
  xen.failed_cmd = cmd;
  if (nr == __HYPERVISOR_event_channel_op && cmd == EVTCHNOP_close)
    xen.ports[((struct evtchn_close *) arg)->port].close_refused = 1;
  if (nr == __HYPERVISOR_memory_op && cmd == XENMEM_remove_from_physmap)
    xen_mem_excuse (arg);
  if (nr == __HYPERVISOR_update_va_mapping)
    xen_pv_excuse (cmd);
}

long
xen_hypercall (unsigned int nr, unsigned long arg1, unsigned long arg2,
	       unsigned long arg3, unsigned long arg4)
{
  long result;

  xen.notifies = 0;
  if (nr == __HYPERVISOR_event_channel_op && arg1 == EVTCHNOP_send)
    xen.notifies = ((struct evtchn_send *) arg2)->port;
  xen_pass (XEN_CALL);
  if (++xen.calls == xen.fail_call)
    {
      excuse (nr, arg1, (void *) arg2);
      return xen.fail_rc;
    }
  result = dispatch (nr, arg1, (void *) arg2, arg3, arg4);
  xen_pass (XEN_CALLED);
  return result;
}

long
grub_xen_hvm_hypercall (void *page, unsigned int nr, unsigned long arg1,
			unsigned long arg2, unsigned long arg3,
			unsigned long arg4, unsigned long arg5)
{
  (void) arg5;
  if (xen_platform () == XEN_PV || !page
      || ((unsigned char *) page)[nr * XEN_STUB] != 0xb8
      || ((unsigned char *) page)[nr * XEN_STUB + 1] != nr)
    xen_violation ("hypercall through no hypercall page");
  return xen_hypercall (nr, arg1, arg2, arg3, arg4);
}
