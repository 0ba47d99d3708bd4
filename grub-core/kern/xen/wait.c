/* SPDX-License-Identifier: GPL-3.0-or-later */
/* wait.c - deadlines: the only file that waits for a remote side
   Copyright (C) 2026  The grub-xen-hvm authors  */

#include <grub/misc.h>
#include <grub/term.h>
#include <grub/time.h>
#include <grub/xen/abi.h>
#include <grub/xen/resume.h>
#include <grub/xen/evtchn.h>

/* The first sleep in milliseconds; each sleep is twice as long as the one
   before, up to 16 times the first.  With an event channel this limits the
   delay by a lost event, without one the delay until a change is seen.  */
#define NAP_WITH_PORT		100
#define NAP_WITHOUT_PORT	1
#define LONGEST_NAP		16

/* If the clock has advanced by so many milliseconds between two reads, the
   guest did not run in between.  Count fewer milliseconds instead, but not
   none, because every wait has to end.  */
#define PAUSE			2000
#define PAUSE_COUNTS		100

/* Milliseconds that pass only while this guest runs, so a pause, save or
   migration does not end a wait.  Every wait reads the clock more often than
   once in PAUSE.  Other code does not, which only makes the measured time
   between waits shorter.  */
static grub_uint64_t
wait_running_time (void)
{
  static grub_uint64_t last, paused;
  grub_uint64_t now = grub_get_time_ms ();

  /* A clock that went back is that of another host.  */
  if (now - last > PAUSE)
    paused += now - last - PAUSE_COUNTS;
  last = now;
  return now - paused;
}

grub_uint64_t
grub_xen_deadline (unsigned int ms)
{
  return wait_running_time () + ms;
}

static int
wait_is_pending (evtchn_port_t port)
{
  const volatile grub_uint8_t *bytes
    = (const volatile void *) grub_xen_platform.shared->evtchn_pending;

  return bytes[port / 8] & (1 << (port % 8));
}

static void
wait_clear_pending (evtchn_port_t port)
{
  if (port)
    grub_xen_clear_bit (grub_xen_platform.shared->evtchn_pending, port);
}

/* Sleep until one of PORT and STORE (0: no such port) is notified, for at most
   MS milliseconds.  A PIT interrupt that is pending while interrupts are off
   would keep the virtual CPU awake, so the timer is masked only during the
   sleep.  The BIOS's tick, which the firmware's keyboard services need, runs
   afterwards.  */
static void
wait_sleep (evtchn_port_t port, evtchn_port_t store, unsigned int ms)
{
  evtchn_port_t ports[2];
  struct sched_poll poll;
  int was_masked;

  grub_memset (&poll, 0, sizeof (poll));
  set_xen_guest_handle (poll.ports, ports);
  if (port)
    ports[poll.nr_ports++] = port;
  if (store)
    ports[poll.nr_ports++] = store;
  poll.timeout = grub_xen_system_time () + (grub_uint64_t) ms * 1000000;
  grub_xen_counters.waits++;
  was_masked = grub_xen_mask_timer (1);
  if (grub_xen_call_sched (SCHEDOP_poll, &poll) < 0)
    grub_xen_call_sched (SCHEDOP_yield, 0);
  if (!was_masked)
    grub_xen_mask_timer (0);
}

/* After a restore the backend is a different one, so an old wait can never
   end.  */
static int
wait_is_stale (void)
{
  return grub_xen_is_stale (grub_xen_platform.generation);
}

/* Sleep until PORT (0: no port) is notified, for at most MS milliseconds.

   The end of a sleep is a time of this host's clock.  If the guest is restored
   after it has read that clock and before Xen has read the end, it could sleep
   too long by the difference of the two hosts' clocks.  But xenstored notifies
   a new domain (XS_INTRODUCE), so xenstore's port ends every sleep.  Other
   notifications by xenstored, such as for an answer that was read already, do
   not shorten the time until the next check, because that check would send a
   request to xenstored again.  */
static void
wait_until_event (evtchn_port_t port, unsigned int ms)
{
  evtchn_port_t store = grub_xen_platform.store.port;
  grub_uint64_t now = wait_running_time (), end = now + ms;

  if (store == port)
    store = 0;
  do
    {
      wait_clear_pending (store);
      wait_sleep (port, store, end - now);
    }
  while (store && wait_is_pending (store) && !(port && wait_is_pending (port))
	 && !wait_is_stale () && (now = wait_running_time ()) < end);
}

/* Whether a key that ends waits was pressed.  A terminal may wait for Xen
   itself, and that wait must not check keys again.  Code that is called while
   GRUB checks keys (hotplug.c) must not start an operation with Xen during
   this wait.  */
static int
wait_is_key_pressed (void)
{
  static int is_asking;
  int key;

  if (is_asking)
    return 0;
  is_asking = 1;
  grub_xen_busy_begin ();
  key = grub_getkey_noblock ();
  grub_xen_busy_end ();
  is_asking = 0;
  return key == GRUB_TERM_ESC || key == (GRUB_TERM_CTRL | 'c');
}

int
grub_xen_wait (int (*ready) (void *data), void *data, evtchn_port_t port,
	       grub_uint64_t deadline)
{
  unsigned int first = port ? NAP_WITH_PORT : NAP_WITHOUT_PORT, ms = first;
  grub_uint64_t start = wait_running_time (), now;
  int result, stop = 0;

  while (1)
    {
      /* Check keys before READY: a terminal's own waits clear pending bits,
	 too.  */
      if (wait_running_time () - start >= GRUB_XEN_LONG_WAIT)
	stop = wait_is_key_pressed ();
      wait_clear_pending (port);
      result = ready (data);
      if (result || wait_is_stale ()
	  || (now = wait_running_time ()) >= deadline)
	break;
      if (stop)
	{
	  grub_xen_counters.interrupts++;
	  break;
	}
      wait_until_event (port, deadline - now < ms ? deadline - now : ms);
      if (ms < first * LONGEST_NAP)
	ms *= 2;
    }
  return result != 0;
}
