/* SPDX-License-Identifier: GPL-3.0-or-later */
/* term.h - GRUB's terminals, as its kernel and its menu use them
   Copyright (C) 2026  The grub-xen-hvm authors  */

#ifndef UNIT_TERM_HEADER
#define UNIT_TERM_HEADER 1

#include <grub/err.h>
#include <grub/term.h>

/* Blocks that terminfo allocates on its first use and keeps.  */
#define TERM_KEPT	2

/* Load the commands, with only one terminal, which is not checked; unload.  */
void term_reset (void);
void term_down (void);

/* Run `terminal_output' or `terminal_input' with up to two arguments.  */
grub_err_t term_output (const char *arg1, const char *arg2);
grub_err_t term_input (const char *arg1, const char *arg2);

/* The active terminal NAME, or 0.  */
struct grub_term_output *term_out (const char *name);
struct grub_term_input *term_in (const char *name);

/* Print TEXT on all active terminals, as GRUB does.  */
void term_print (const char *text);

/* The next key of any active terminal, or GRUB_TERM_NO_KEY.  */
int term_key (void);

/* Draw a menu on TERM as GRUB's menu does, with ENTRY highlighted; the entries
   are called "entry N".  */
void term_menu (struct grub_term_output *term, unsigned int entry);

#endif
