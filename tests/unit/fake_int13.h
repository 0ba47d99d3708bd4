/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fake_int13.h - the environment of the INT 13h service, on a host
   Copyright (C) 2026  The grub-xen-hvm authors  */

#ifndef UNIT_INT13_HEADER
#define UNIT_INT13_HEADER 1

#include <stddef.h>
#include <stdint.h>
#include "int13.h"

/* Physical memory: the part that callers know, and its whole size.  Nothing is
   mapped behind it, so an access there ends the program.  */
#define INT13_KNOWN	0x200000U
#define INT13_MEMORY	(40U << 20)

/* Addresses of the service, of Xen's page and of the BIOS's data.  */
#define INT13_LOW	0x9e000U
#define INT13_LOW_SIZE	0x300U
#define INT13_HIGH	0x180000U
#define INT13_HIGH_SIZE	((2 + INT13_DISKS * (1 + GRUB_XEN_INT13_PAGES)) * 4096U)
#define INT13_SHARED	(INT13_MEMORY - 4096)
#define INT13_STATUS	0x474
#define INT13_COUNT	0x475

/* The drives: the service's come first, the BIOS's follow.  */
#define INT13_DISKS	2
#define INT13_ALL_DISKS	3

/* Entries of a ring.  */
#define INT13_ENTRIES	32

/* Faults in a response.  */
enum int13_fault
  {
    INT13_FINE,
    INT13_ERROR,
    INT13_NOT_SUPPORTED,
    INT13_ODD_STATUS,
    /* The response and all later ones are missing.  */
    INT13_SILENT,
    /* The response arrives without an event.  */
    INT13_NO_EVENT,
    /* From here on the backend breaks the rules of the protocol.  */
    INT13_ID_HUGE,
    INT13_ID_HIGH,
    INT13_ID_UNUSED,
    INT13_TWICE,
    INT13_OPERATION,
    INT13_PROD_FAR,
    INT13_PROD_BACK,
    INT13_PROD_HUGE,
    /* An id just too large, which is right if only its low bits are
       checked.  */
    INT13_ID_NEXT,
    /* The id of the response before.  */
    INT13_ID_LAST,
    INT13_FAULTS
  };

/* A request that was taken from the ring.  */
struct int13_request
{
  struct blkif_request raw;
  uint32_t sectors;
};

/* A disk, and its backend.  Sectors are of 512 bytes.  */
struct int13_disk
{
  struct grub_xen_int13_drive *drive;
  uint64_t sectors;
  /* The sectors that were written (int13_disk.c).  */
  struct int13_store *store;
  /* Requests and responses so far.  A response arrives after the guest has
     left its own code DELAY times; if DELAY_AT is not 0, only request number
     DELAY_AT is delayed.  */
  unsigned long requests;
  unsigned long responses;
  unsigned long flushes;
  unsigned int delay;
  unsigned long delay_at;
  /* The backend polls the ring and needs no notification; it answers the last
     request first.  */
  int watches;
  int backwards;
  enum int13_fault fault;
  unsigned long fault_at;
  /* Sectors that cannot be read or written.  */
  uint64_t bad_sector;
  uint64_t bad_sectors;
  /* The range of sectors requested since int13_forget.  */
  uint64_t asked_start;
  uint64_t asked_end;
  /* Called for each response before it is visible; may be 0.  */
  void (*hook) (struct int13_disk *disk, struct blkif_response *rsp);
  /* The backend's end of the ring.  */
  uint32_t req_cons;
  uint32_t rsp_prod;
  uint64_t last_id;
  struct int13_request pending[INT13_ENTRIES];
  unsigned int n_pending;
  unsigned int waited;
  int silent;
  int kicked;
};

struct int13
{
  unsigned char *memory;
  struct int13_disk disk[INT13_DISKS];
  uint64_t now;
  /* Nonzero: Xen refuses HVMOP_get_time.  */
  int no_clock;
  /* The guest was restored, so its ports are closed.  PAGES_BACK counts how
     often Xen has mapped a missing shared info page again; with NO_PAGE it
     refuses.  */
  int restored;
  unsigned int pages_back;
  int no_page;
  /* The number of hypercalls, and of polls that slept.  */
  unsigned long looks;
  unsigned long naps;
  /* How often the last call was called again, and a function to call each
     time.  */
  unsigned long agains;
  void (*again) (void);
  /* Whether the timer's interrupt is masked.  */
  int masked;
  /* The buffer that the service may copy to, besides its own pages, and the
     address of the packet or of the answer in its place.  */
  uint32_t to_start;
  uint32_t to_end;
  uint32_t packet;
  /* Called after a copy to a caller; may be 0.  */
  void (*copied) (void);
  /* Hypercalls go to the fake Xen.  */
  int with_xen;
  /* Compare memory only in part, except every 64th time.  Then the test must
     change memory only with int13_put.  Set to 1 to start.  */
  unsigned int hurry;
  /* Called by each hypercall; may be 0.  */
  void (*look) (void);
  /* Called with each complaint; with 0 a complaint ends the program.  */
  void (*complain) (const char *what);
};

extern struct int13 int13;

/* Set up a service with two drives of SECTORS sectors, of which UNIT make one
   sector of the disk.  The contents encode their position.  */
void int13_begin (uint64_t sectors, unsigned int unit);

/* The same without drives: only memory.  */
void int13_map (void);

/* The memory at physical address PHYS.  */
void *int13_at (uint32_t phys);

/* Call the service as its real-mode part does, until it is done.  */
void int13_call (struct grub_xen_int13_regs *regs);

/* Registers with distinctive contents for function AX and DX.  */
struct grub_xen_int13_regs int13_regs (uint16_t ax, uint16_t dx);

/* Copy sector SECTOR of DISK, 512 bytes, as a read returns it now.  */
void int13_sector (const struct int13_disk *disk, uint64_t sector, void *to);

/* Forget which sectors DISK was asked for.  */
void int13_forget (struct int13_disk *disk);

/* Initialise DISK behind DRIVE; let its backend run once.  */
void int13_disk_begin (struct int13_disk *disk,
		       struct grub_xen_int13_drive *drive);
void int13_disk_run (struct int13_disk *disk);

/* Report an error of the service.  */
void int13_complain (const char *what);

/* Make a call as int13_call does it, and check its effects on registers,
   memory and disk.  The backend may fail, and time may run out.  HONEST is 0
   if the backend breaks the rules.  Returns the status.  */
unsigned int int13_check (struct grub_xen_int13_regs *regs, int honest);

/* Change BYTES bytes of memory at PHYS.  */
void int13_put (uint32_t phys, const void *from, size_t bytes);

/* The same for a call of function AX with a CHS address in its registers.  */
unsigned int int13_chs (unsigned int ax, unsigned int dl, uint64_t sector,
			uint16_t segment, uint16_t offset);

/* An EDD packet of SIZE bytes at ADDRESS.  */
struct int13_packet
{
  uint8_t size;
  uint8_t reserved;
  uint16_t count;
  uint16_t offset;
  uint16_t segment;
  uint64_t sector;
  uint64_t flat;
} __attribute__ ((packed));

/* Make a call with such a packet; PACKET gets its contents after the call.  */
unsigned int int13_edd (unsigned int ax, unsigned int dl,
			struct int13_packet *packet);

/* A packet for COUNT sectors from SECTOR on, with a buffer at physical address
   BUFFER.  */
struct int13_packet int13_packet (uint64_t sector, unsigned int count,
				  uint32_t buffer);

#endif
