/* SPDX-License-Identifier: GPL-3.0-or-later */
/* int13.h - the parts of the conformance program
   Copyright (C) 2026  The grub-xen-hvm authors  */

#ifndef INT13_H
#define INT13_H 1

#include <stdarg.h>
#include <stdint.h>

#include "layout.h"
#include "pattern.h"

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;

/* ---- io.c: ports, the serial line, the command line */

static inline void
outb (u8 value, u16 port)
{
  asm volatile ("outb %0, %1" : : "a" (value), "Nd" (port));
}

static inline u8
inb (u16 port)
{
  u8 value;
  asm volatile ("inb %1, %0" : "=a" (value) : "Nd" (port));
  return value;
}

static inline void
outl (u32 value, u16 port)
{
  asm volatile ("outl %0, %1" : : "a" (value), "Nd" (port));
}

/* Knows %s, %c, %u, and %x with a width such as %02x.  */
void say (const char *format, ...) __attribute__ ((format (printf, 1, 2)));

/* The value of NAME=... on the command line as a number (0x for base 16), or
   OTHERWISE.  */
u32 option (const char *name, u32 otherwise);
/* Does the command line have the word?  */
int option_is (const char *word);
void read_options (void);
/* The next byte that came over the serial line, or -1.  */
int serial_byte (void);
/* End QEMU if the program runs there; otherwise return.  */
void leave (int failed);

/* ---- mem.c: memory outside of the program's segment */

u8 peek8 (u32 address);
u16 peek16 (u32 address);
u32 peek32 (u32 address);
void poke8 (u32 address, u8 value);
void poke16 (u32 address, u16 value);
void poke32 (u32 address, u32 value);

/* Write the arena's known contents, or compare with them.  arena_check returns
   the first address that differs, or 0.  */
void arena_fill (u32 address, u32 length);
u32 arena_check (u32 address, u32 length);

/* Compare memory with COUNT sectors of the test disk, or write them to memory.
   sectors_check returns 0 if they are right, else the number of the first
   wrong sector, plus 1.  FLIP is XORed to each word.  */
u32 sectors_check (u32 address, u64 lba, u32 count, u32 flip);
void sectors_make (u32 address, u64 lba, u32 count, u32 flip);

/* A sum over an area.  */
u32 memory_sum (u32 address, u32 length);

/* Copy within all memory, by INT 15h; 0 if that failed.  */
int copy_high (u32 to, u32 from, u32 length);
/* Whether this is RAM that is not reserved.  */
int is_free_ram (u32 address, u32 length);

u32 random32 (void);
extern u32 random_state;

/* ---- call.c: a call and the checks of every call */

struct regs
{
  u32 eax, ebx, ecx, edx, esi, edi, ebp, esp;
  u16 ds, es, fs, gs, ss, flags;
};

extern struct regs before, after;
void int13 (void);

/* A table of 15h/87h, six descriptors.  */
extern u8 blocks[48];
int bios15 (u32 words);
extern u32 timer_all, timer_inside, timer_old;
void timer_hook (void);

#define CARRY 0x0001
#define FLAG_IF 0x0200
#define FLAG_DF 0x0400
#define FLAG_IOPL 0x3000
#define FLAG_NT 0x4000
/* The flags that a caller may have set.  A call may change only carry.  */
#define FLAGS_ANY 0x0ed5

/* A call's results besides AH and carry.  */
enum outputs
{
  OUT_AL = 1, OUT_BX = 2, OUT_CX = 4, OUT_DX = 8
};

/* The drive, its geometry by function 08, its size by function 48.  */
struct drive
{
  u8 number;
  u32 cylinders, heads, sectors;
  u64 total;
  /* The machine's number of disks in 40:75.  */
  u8 disks;
};
extern struct drive drive;

/* Whose INT 13h it is.  Where they differ on purpose, the tests know both
   answers.  */
extern int is_xen;
extern u32 seed;

/* An answer of SeaBIOS's and one of xen_int13's.  */
#define SAME(status) DIFFER (status, status)
#define DIFFER(seabios, xen) (is_xen ? (xen) : (seabios))

/* Begin a call: all registers but AH and DL have random values.  */
void prepare (u8 function);
/* Registers by their 8 and 16-bit names.  */
void set_al (u8 value);
void set_ah (u8 value);
void set_bx (u16 value);
void set_cx (u16 value);
void set_dh (u8 value);
u8 out_ah (void);
/* Set ES:BX to the linear ADDRESS, with this OFFSET.  */
void set_buffer (u32 address, u16 offset);
/* The same with DS:SI, to a block of LENGTH bytes that the call may
   change.  */
void set_block (u32 address, u16 offset, u32 length);
/* The call may change these bytes, but only if it succeeds.  */
void may_change (u32 address, u32 length);
/* If the call succeeds, COUNT sectors from LBA on have to be there.  */
void must_read (u32 address, u64 lba, u32 count);
/* The segment that reaches ADDRESS with this offset.  */
u16 segment_for (u32 address, u16 offset);

/* Put cylinder, head and sector into CX and DX, and the count into AL.  */
void set_chs (u32 cylinder, u32 head, u32 sector, u8 count);
void set_chs_of (u32 lba, u8 count);
/* A packet; BUFFER is segment:offset.  set_packet writes it to ADDRESS, and
   sets DS:SI to it.  */
struct packet
{
  u8 size, reserved;
  u16 count;
  u32 buffer;
  u32 lba_low, lba_high;
  u32 flat_low, flat_high;
};
extern struct packet packet;
void set_packet (u32 address, u16 offset);
/* Fill its fields, for COUNT sectors from LBA on, and a buffer at ADDRESS with
   the OFFSET.  */
void fill_packet (u64 lba, u16 count, u32 address, u16 offset);
/* Both, at the usual place.  */
void simple_packet (u64 lba, u16 count, u32 address, u16 offset);
/* The packet's count after the call.  */
u16 packet_count (void);

/* Do the call, and check everything that holds for all calls, except the
   OUTPUTS.  verdict () with a status ends the test.  */
void call (unsigned outputs);
/* A condition of the running test; WHAT describes it if it does not hold.  */
void want (int condition, const char *what, u32 seen, u32 wanted);
/* Append to the test's line of output.  */
void show (const char *format, ...) __attribute__ ((format (printf, 1, 2)));
/* AH has to be STATUS, and CF has to fit it.  */
void verdict (const char *name, u8 status);
/* A test without a call.  */
void verdict_plain (const char *name);
/* call and verdict, for most.  */
void run (const char *name, unsigned outputs, u8 status);

extern u32 passed, failed;

/* ---- the tests */

void find_drive (void);
void test_info (void);
void test_chs (void);
void test_edd (void);
void test_parameters (void);
void test_environment (void);
void test_writes (void);
void test_random (u32 calls);
void test_dead (void);

#endif
