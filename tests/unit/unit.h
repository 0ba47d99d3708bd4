/* SPDX-License-Identifier: GPL-3.0-or-later */
/* unit.h - what every test program has
   Copyright (C) 2026  The grub-xen-hvm authors  */

#ifndef UNIT_UNIT_HEADER
#define UNIT_UNIT_HEADER 1

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>
#include <grub/err.h>
#include <grub/misc.h>
#include "clock.h"
#include "shim.h"
#include "xen.h"

struct unit_test
{
  const char *name;
  void (*fn) (void **state);
  /* What *STATE is.  */
  const void *arg;
  /* The kinds of guest that have what is tried, of XEN_HVM, XEN_PVH and XEN_PV; 0:
     all.  */
  unsigned int only;
};

#define UNIT_TEST(function)	{ #function, function, 0, 0 }
#define UNIT_TEST_ON(only, function)	{ #function, function, 0, only }

/* Run TESTS, each in a separate process, with a fresh Xen, GRUB and clock;
   with the name of one as the argument, only that one, in this process (for a
   debugger).  Returns the program's exit status.  */
int unit_main (int argc, char **argv, const struct unit_test *tests,
	       size_t count);

#define UNIT_MAIN(tests)						\
  int									\
  main (int argc, char **argv)						\
  {									\
    return unit_main (argc, argv, tests, sizeof (tests) / sizeof (*tests)); \
  }

/* Run FN (ARG) in a separate process, with everything as at the start: 0 if it
   returned and no assertion failed in it.  */
int unit_apart (void (*fn) (void *arg), void *arg);

/* Memory that processes of unit_apart share with their parent.  */
void *unit_shared (size_t size);

/* Make Xen, GRUB's part and the rest as they are at the start.  */
void unit_reset (void);

/* The error N was raised, with a message that contains TEXT; clear it.  */
#define assert_raised(n, text) unit_raised (n, text, __FILE__, __LINE__)
void unit_raised (grub_err_t n, const char *text, const char *file, int line);

/* No error is raised.  */
#define assert_quiet() unit_quiet (__FILE__, __LINE__)
void unit_quiet (const char *file, int line);

/* Nothing of GRUB's is left with Xen: no port, grant, mapping, slot.  */
#define assert_xen_clean() unit_xen_clean (__FILE__, __LINE__)
void unit_xen_clean (const char *file, int line);

/* TEXT was printed.  */
#define assert_printed(text) unit_printed (text, 1, __FILE__, __LINE__)
#define assert_not_printed(text) unit_printed (text, 0, __FILE__, __LINE__)
void unit_printed (const char *text, int wanted, const char *file, int line);

#endif
