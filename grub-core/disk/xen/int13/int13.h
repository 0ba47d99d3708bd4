/* SPDX-License-Identifier: GPL-3.0-or-later */
/* int13.h - the resident INT 13h service
   Copyright (C) 2026  The grub-xen-hvm authors  */

#ifndef GRUB_XEN_INT13_HEADER
#define GRUB_XEN_INT13_HEADER 1

#include <grub/symbol.h>
#include <grub/types.h>
#include <grub/xen/abi.h>

/* The resident part of module xen_int13 handles INT 13h for PV disks after
   GRUB has ended.  It is a copy of the module's image in reserved memory.  The
   base of its segments is the distance between the two, so addresses in it are
   those of the module in GRUB, and a physical address minus that base is a
   pointer.  It calls nothing outside the module.  */

/* The maximum number of its drives, and of all drives: the numbers from E0h on
   are for CDs.  */
#define GRUB_XEN_INT13_DRIVES	8
#define GRUB_XEN_INT13_FIRST	0x80
#define GRUB_XEN_INT13_LAST	0xdf

/* The data pages of a drive: enough for 127 sectors that do not begin at a
   4096-byte sector of the disk.  */
#define GRUB_XEN_INT13_PAGES	17
#define GRUB_XEN_INT13_CHUNK	(GRUB_XEN_INT13_PAGES * 8)

/* Status of a call, in AH (the BIOS's own codes).  */
enum grub_xen_int13_status
  {
    GRUB_XEN_INT13_OK = 0x00,
    GRUB_XEN_INT13_BAD_PARAMETER = 0x01,
    GRUB_XEN_INT13_WRITE_PROTECTED = 0x03,
    GRUB_XEN_INT13_NOT_FOUND = 0x04,
    GRUB_XEN_INT13_BAD_BUFFER = 0x09,
    GRUB_XEN_INT13_READ_ERROR = 0x10,
    GRUB_XEN_INT13_CONTROLLER = 0x20,
    GRUB_XEN_INT13_TIMEOUT = 0x80,
    GRUB_XEN_INT13_NOT_READY = 0xaa,
    GRUB_XEN_INT13_NOT_REMOVABLE = 0xb2,
    GRUB_XEN_INT13_WRITE_ERROR = 0xcc,
    /* Not a BIOS code: the call continues.  */
    GRUB_XEN_INT13_AGAIN = 0x100
  };

/* A caller's registers as int13_real.S leaves them on its stack.  */
struct grub_xen_int13_regs
{
  grub_uint16_t gs, fs, es, ds;
  grub_uint32_t edi, esi, ebp, esp, ebx, edx, ecx, eax;
  grub_uint16_t ip, cs, flags;
};

/* The carry flag: the call has failed.  */
#define GRUB_XEN_INT13_CARRY	1

/* A drive.  Sectors have 512 bytes here, also if the disk's are larger.
   Physical addresses are below 4 GiB.  */
struct grub_xen_int13_drive
{
  grub_uint64_t sectors;
  /* The number of sectors in one of the disk's: a power of two, at most 8.  */
  grub_uint32_t unit;
  grub_uint32_t cylinders, heads, track;
  /* Whether the drive is read-only, and the request that flushes
     (BLKIF_OP_), or 0.  */
  grub_uint8_t readonly;
  grub_uint8_t flush;
  /* Nonzero: a status; the ring may no longer be used.  */
  grub_uint8_t dead;
  blkif_vdev_t handle;
  evtchn_port_t port;
  grub_uint32_t req_prod, rsp_cons;
  /* Requests in flight: their ids, one bit each; their number; and whether one
     has failed.  */
  grub_uint32_t in_flight;
  grub_uint8_t pending;
  grub_uint8_t failed;
  /* The operation of all requests in flight.  */
  grub_uint8_t operation;
  /* Physical addresses of the ring's page and of the first page of data.  */
  grub_uint32_t ring;
  grub_uint32_t data;
  grant_ref_t ring_ref;
  grant_ref_t refs[GRUB_XEN_INT13_PAGES];
};

/* The transfer of a call.  */
struct grub_xen_int13_transfer
{
  struct grub_xen_int13_drive *drive;
  grub_uint64_t sector;
  /* The buffer's physical address.  */
  grub_uint32_t buffer;
  grub_uint32_t left;
  grub_uint32_t done;
  /* BLKIF_OP_READ or BLKIF_OP_WRITE.  */
  grub_uint8_t operation;
  /* Nonzero: the data is discarded.  */
  grub_uint8_t verify;
  enum
    {
      GRUB_XEN_INT13_IDLE,
      GRUB_XEN_INT13_READING,
      /* Reading the disk's sectors that a write fills only in part.  */
      GRUB_XEN_INT13_FILLING,
      GRUB_XEN_INT13_WRITING,
      GRUB_XEN_INT13_FLUSHING
    } phase;
  /* The current chunk: its sectors are COUNT of SPAN, from SKIP on.  */
  grub_uint32_t skip, count, span;
  /* Nanoseconds of Xen's system time.  */
  grub_uint64_t deadline;
};

/* The result of function 48h, by versions: its size tells how much of it is
   valid.  */
struct grub_xen_int13_parameters
{
  grub_uint16_t size;
  grub_uint16_t flags;
  grub_uint32_t cylinders;
  grub_uint32_t heads;
  grub_uint32_t track;
  grub_uint64_t sectors;
  grub_uint16_t sector_size;
  /* EDD 2.  */
  grub_uint32_t dpte;
  /* EDD 3: the path has this layout if there are 74 bytes; Phoenix's version
     of 66 bytes has a device path of half the size.  */
  grub_uint16_t key;
  grub_uint8_t path_size;
  grub_uint8_t reserved[3];
  char bus[4];
  char type[8];
  /* Bus, device, function and channel of a device on the PCI bus, the lowest
     byte first; or an ISA device's first port.  */
  grub_uint32_t path;
  grub_uint32_t path_high;
  grub_uint8_t device[18];
} GRUB_PACKED;

/* The path's start: its size and its checksum cover the bytes from here to the
   end.  */
#define GRUB_XEN_INT13_PATH_START	30
#define GRUB_XEN_INT13_PATH_KEY		0xbedd

struct grub_xen_int13
{
  /* The difference between a physical address and a pointer.  */
  grub_addr_t base;
  /* Physical addresses: the shared info page, and the memory that no buffer
     may touch.  */
  grub_uint32_t shared;
  grub_uint32_t high_start, high_end, low_start, low_end;
  void *hypercall_page;
  grub_uint8_t first;
  grub_uint8_t count;
  /* The platform device's place on the PCI bus in the form of an EDD interface
     path.  */
  grub_uint32_t pci_path;
  /* The current call, if there is one.  */
  grub_uint8_t busy;
  struct grub_xen_int13_transfer transfer;
  struct grub_xen_int13_drive drive[GRUB_XEN_INT13_DRIVES];
};

extern struct grub_xen_int13 grub_xen_int13;

/* The pointer to physical address PHYS, which is in one of the service's own
   pages or in the shared info page.  */
static inline void *
grub_xen_int13_at (grub_uint32_t phys)
{
  return (void *) (phys - grub_xen_int13.base);
}

/* Serve the call with the registers REGS.  Nonzero: call again, because the
   call continues; the caller's interrupts may be enabled before.  */
int grub_xen_int13_serve (struct grub_xen_int13_regs *regs);

/* Continue the transfer TR.  Returns a status; GRUB_XEN_INT13_AGAIN until it
   has ended.  TR->done is the number of sectors transferred.  */
enum grub_xen_int13_status
grub_xen_int13_move (struct grub_xen_int13_transfer *tr);

/* The functions 41h to 4Eh.  The caller runs a transfer that they begin.  */
enum grub_xen_int13_status
grub_xen_int13_extended (struct grub_xen_int13_regs *regs,
			 struct grub_xen_int13_drive *drive);

/* The purpose of a transfer: the low digit of its function, 02h to 04h or 42h
   to 44h.  */
enum grub_xen_int13_what
  {
    GRUB_XEN_INT13_READ = 2,
    GRUB_XEN_INT13_WRITE = 3,
    GRUB_XEN_INT13_VERIFY = 4
  };

/* Begin a transfer of COUNT sectors from SECTOR on, with the buffer at BUFFER.
   Returns AGAIN, or the status of an error.  */
enum grub_xen_int13_status
grub_xen_int13_begin (struct grub_xen_int13_drive *drive,
		      enum grub_xen_int13_what what, grub_uint64_t sector,
		      grub_uint32_t count, grub_uint64_t buffer);

/* Whether a caller's buffer of BYTES bytes at physical address START must not
   be written.  */
int grub_xen_int13_is_ours (grub_uint64_t start, grub_uint32_t bytes);

/* The end of the functions 42h to 44h: store the number of sectors
   transferred.  */
void grub_xen_int13_tell_count (const struct grub_xen_int13_regs *regs,
				grub_uint32_t done);

/* The rest is in int13_real.S; the host tests replace it.

   Issue hypercall NR through the hypercall page PAGE; ARG2 is a linear
   address.  */
long grub_xen_int13_hypercall (void *page, unsigned int nr,
			       unsigned long arg1, unsigned long arg2);

/* Copy BYTES bytes of a caller's memory to TO, or of the service's at FROM to
   a caller's memory.  The caller's memory is at a physical address, and is
   accessed by a segment with base 0: in the service's own segments it could
   reach over the end.  */
void grub_xen_int13_get (void *to, grub_uint32_t phys, grub_uint32_t bytes);
void grub_xen_int13_put (grub_uint32_t phys, const void *from,
			 grub_uint32_t bytes);

/* Mask the timer's interrupt if ON, else unmask it; nonzero if it was
   masked.  */
int grub_xen_int13_mask_timer (int on);

#endif /* ! GRUB_XEN_INT13_HEADER */
