/* SPDX-License-Identifier: GPL-3.0-or-later */
/* console.h - loading, using and unloading xen_console as GRUB does
   Copyright (C) 2026  The grub-xen-hvm authors  */

#ifndef UNIT_CONSOLE_HEADER
#define UNIT_CONSOLE_HEADER 1

#include "unit.h"
#include "vt.h"

/* Load xen and xen_console, with GRUB's commands for terminals; unload them,
   and check that nothing is left.  */
void console_load (void);
void console_down (void);

/* Load them, use the terminal for output and input, and forget its first
   output.  */
void console_up (void);

/* A user types TEXT.  */
void console_type (const char *text);

/* Let the fake xenconsoled read the ring, and compare the output with
   TEXT.  */
#define assert_shown(text) console_shown (text, __FILE__, __LINE__)
void console_shown (const char *text, const char *file, int line);

/* Run the other domains, with GRUB waiting for a key, for two seconds; then
   check that the screen equals WANTED, or that row ROW begins with TEXT.  */
void console_wait (void);
#define assert_same_screen(wanted) console_same (wanted, __FILE__, __LINE__)
void console_same (const struct vt *wanted, const char *file, int line);
#define assert_row(row, text) console_row (row, text, __FILE__, __LINE__)
void console_row (unsigned int row, const char *text, const char *file,
		  int line);

#endif
