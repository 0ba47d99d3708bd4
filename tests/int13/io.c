/* SPDX-License-Identifier: GPL-3.0-or-later */
/* io.c - the serial line, and the command line
   Copyright (C) 2026  The grub-xen-hvm authors  */

#include "int13.h"

#define COM1 0x3f8
#define LINE_STATUS (COM1 + 5)
#define HAS_BYTE 0x01
#define TAKES_BYTE 0x20

/* QEMU's isa-debug-exit, where the runner puts it.  */
#define DEBUG_EXIT 0x501

static char options[256];

static void
put (char c)
{
  u32 tries = 100000;

  if (c == '\n')
    put ('\r');
  while (!(inb (LINE_STATUS) & TAKES_BYTE) && --tries)
    ;
  outb (c, COM1);
}

int
serial_byte (void)
{
  return inb (LINE_STATUS) & HAS_BYTE ? inb (COM1) : -1;
}

static void
put_number (u32 value, u32 base, int width)
{
  char digits[10];
  int n = 0;

  do
    {
      digits[n++] = "0123456789abcdef"[value % base];
      value /= base;
    }
  while (value || n < width);
  while (n)
    put (digits[--n]);
}

static void
say_list (const char *format, va_list list)
{
  for (; *format; format++)
    {
      const char *text;
      int width = 0;

      if (*format != '%')
	{
	  put (*format);
	  continue;
	}
      while (*++format >= '0' && *format <= '9')
	width = width * 10 + *format - '0';
      switch (*format)
	{
	case 's':
	  for (text = va_arg (list, const char *); *text; text++)
	    put (*text);
	  break;
	case 'u':
	  put_number (va_arg (list, u32), 10, width);
	  break;
	case 'x':
	  put_number (va_arg (list, u32), 16, width);
	  break;
	default:
	  put (*format);
	}
    }
}

void
say (const char *format, ...)
{
  va_list list;

  va_start (list, format);
  say_list (format, list);
  va_end (list);
}

extern u32 command_line;

void
read_options (void)
{
  u32 i;

  for (i = 0; command_line && i < sizeof (options) - 1; i++)
    options[i] = peek8 (command_line + i);
  /* Put a blank after the last word as well.  */
  for (i = 0; i < sizeof (options) - 2 && options[i]; i++)
    ;
  options[i] = ' ';
  options[i + 1] = 0;
}

/* The rest of the command line after WORD at the start of a word, or null.  */
static const char *
find (const char *word)
{
  const char *at, *a, *b;

  for (at = options; *at; at++)
    {
      if (at != options && at[-1] != ' ')
	continue;
      for (a = at, b = word; *b && *a == *b; a++, b++)
	;
      if (!*b)
	return a;
    }
  return 0;
}

static u32
digit (char c)
{
  if (c >= '0' && c <= '9')
    return c - '0';
  c |= 0x20;
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : 99;
}

u32
option (const char *name, u32 otherwise)
{
  const char *at = find (name);
  u32 value = 0, base = 10;

  if (!at || *at++ != '=')
    return otherwise;
  if (at[0] == '0' && (at[1] | 0x20) == 'x')
    {
      base = 16;
      at += 2;
    }
  for (; digit (*at) < base; at++)
    value = value * base + digit (*at);
  return value;
}

int
option_is (const char *word)
{
  const char *at = find (word);

  return at && *at == ' ';
}

void
leave (int bad)
{
  u32 tries = 1000000;

  /* Wait until the last byte has been sent.  */
  while (!(inb (LINE_STATUS) & 0x40) && --tries)
    ;
  outl (bad, DEBUG_EXIT);
}
