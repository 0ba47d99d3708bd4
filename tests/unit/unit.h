/* SPDX-License-Identifier: GPL-3.0-or-later */
/* unit.h - declarations for every test program
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
  /* The value of *STATE.  */
  const void *arg;
  /* The platforms that have the feature under test, as a mask of XEN_HVM,
     XEN_PVH and XEN_PV; 0: all.  */
  unsigned int only;
};

#define UNIT_TEST(function)	{ #function, function, 0, 0 }
#define UNIT_TEST_ON(only, function)	{ #function, function, 0, only }

/* Run TESTS, each in a separate process, with a fresh Xen, GRUB and clock.
   With a test's name as the argument, run only that test, in this process (for
   a debugger).  Returns the program's exit status.  */
int unit_main (int argc, char **argv, const struct unit_test *tests,
	       size_t count);

#define UNIT_MAIN(tests)						\
  int									\
  main (int argc, char **argv)						\
  {									\
    return unit_main (argc, argv, tests, sizeof (tests) / sizeof (*tests)); \
  }

/* Run FN (ARG) in a separate process, from the initial state.  Returns 0 if FN
   returned and no assertion failed in it.  */
int unit_apart (void (*fn) (void *arg), void *arg);

/* Memory that processes of unit_apart share with their parent.  */
void *unit_shared (size_t size);

/* Set Xen, GRUB's part and the other fakes to their initial state.  */
void unit_reset (void);

/* Check that the error N was raised, with a message that contains TEXT; clear
   it.  */
#define assert_raised(n, text) unit_raised (n, text, __FILE__, __LINE__)
void unit_raised (grub_err_t n, const char *text, const char *file, int line);

/* Check that no error is raised.  */
#define assert_quiet() unit_quiet (__FILE__, __LINE__)
void unit_quiet (const char *file, int line);

/* Check that GRUB left no port, grant, mapping or slot with Xen.  */
#define assert_xen_clean() unit_xen_clean (__FILE__, __LINE__)
void unit_xen_clean (const char *file, int line);

/* Check that TEXT was printed.  */
#define assert_printed(text) unit_printed (text, 1, __FILE__, __LINE__)
#define assert_not_printed(text) unit_printed (text, 0, __FILE__, __LINE__)
void unit_printed (const char *text, int wanted, const char *file, int line);

#endif
