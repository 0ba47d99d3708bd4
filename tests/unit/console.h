/* SPDX-License-Identifier: GPL-3.0-or-later */
/* console.h - xen_console as GRUB loads, uses and unloads it
   Copyright (C) 2026  The grub-xen-hvm authors  */

#ifndef UNIT_CONSOLE_HEADER
#define UNIT_CONSOLE_HEADER 1

#include "unit.h"
#include "vt.h"

/* Load xen and xen_console, with GRUB's commands for terminals; unload them, and see
   that nothing is left.  */
void console_load (void);
void console_down (void);

/* Load them, and use the terminal for output and input, with what it says at first
   forgotten.  */
void console_up (void);

/* A user types TEXT.  */
void console_type (const char *text);

/* Let the other side take what it was told of, and compare.  */
#define assert_shown(text) console_shown (text, __FILE__, __LINE__)
void console_shown (const char *text, const char *file, int line);

/* Let it, and GRUB waiting for a key, do what they do in two seconds; then the screen
   is to be WANTED, or begins so at ROW.  */
void console_wait (void);
#define assert_same_screen(wanted) console_same (wanted, __FILE__, __LINE__)
void console_same (const struct vt *wanted, const char *file, int line);
#define assert_row(row, text) console_row (row, text, __FILE__, __LINE__)
void console_row (unsigned int row, const char *text, const char *file,
		  int line);

#endif
