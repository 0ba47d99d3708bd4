/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fake_int13.h - what is around the INT 13h service, on a host
   Copyright (C) 2026  The grub-xen-hvm authors  */

#ifndef UNIT_INT13_HEADER
#define UNIT_INT13_HEADER 1

#include <stddef.h>
#include <stdint.h>
#include "int13.h"

/* Physical memory: what callers know of it, and all that there is.  There is
   no memory behind it, and an access there ends the program.  */
#define INT13_KNOWN	0x200000U
#define INT13_MEMORY	(40U << 20)

/* Where the service is in it, where Xen's page is, and the BIOS's data.  */
#define INT13_LOW	0x9e000U
#define INT13_LOW_SIZE	0x300U
#define INT13_HIGH	0x180000U
#define INT13_HIGH_SIZE	((2 + INT13_DISKS * (1 + GRUB_XEN_INT13_PAGES)) * 4096U)
#define INT13_SHARED	(INT13_MEMORY - 4096)
#define INT13_STATUS	0x474
#define INT13_COUNT	0x475

/* The drives there are, the service's first, the BIOS's behind them.  */
#define INT13_DISKS	2
#define INT13_ALL_DISKS	3

/* Entries of a ring.  */
#define INT13_ENTRIES	32

/* What is wrong with a response.  */
enum int13_fault
  {
    INT13_FINE,
    INT13_ERROR,
    INT13_NOT_SUPPORTED,
    INT13_ODD_STATUS,
    /* It never comes, and no later one either.  */
    INT13_SILENT,
    /* It comes without an event.  */
    INT13_NO_EVENT,
    /* From here on all is a backend's that breaks the rules.  */
    INT13_ID_HUGE,
    INT13_ID_HIGH,
    INT13_ID_UNUSED,
    INT13_TWICE,
    INT13_OPERATION,
    INT13_PROD_FAR,
    INT13_PROD_BACK,
    INT13_PROD_HUGE,
    /* An id just too large, which is right for who looks at its low bits.  */
    INT13_ID_NEXT,
    /* The id of the response before, in place of another's.  */
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
  /* What was written (int13_disk.c).  */
  struct int13_store *store;
  /* Requests so far, and responses; the latter do not come before the guest has been out of
     its own code DELAY times, which is for request number DELAY_AT alone, if that is not
     0.  */
  unsigned long requests;
  unsigned long responses;
  unsigned long flushes;
  unsigned int delay;
  unsigned long delay_at;
  /* It does not want to be notified; it answers the last request first.  */
  int watches;
  int backwards;
  enum int13_fault fault;
  unsigned long fault_at;
  /* Sectors that cannot be read or written.  */
  uint64_t bad_sector;
  uint64_t bad_sectors;
  /* Sectors that a request was for, since int13_forget.  */
  uint64_t asked_start;
  uint64_t asked_end;
  /* Called for each response before it can be seen, 0: nothing is.  */
  void (*hook) (struct int13_disk *disk, struct blkif_response *rsp);
  /* Its end of the ring.  */
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
  /* Nonzero: Xen refuses to tell the time.  */
  int no_clock;
  /* The guest was restored: its ports are closed.  Where a page of Xen's is missing, Xen has
     put it there again so many times, or does not.  */
  int restored;
  unsigned int pages_back;
  int no_page;
  /* Hypercalls, and those that slept.  */
  unsigned long looks;
  unsigned long naps;
  /* Times that the last call was called again, and what is done then.  */
  unsigned long agains;
  void (*again) (void);
  /* The timer's interrupt.  */
  int masked;
  /* Where the service may copy to, besides its own pages, and where the packet
     is, or the answer in its place.  */
  uint32_t to_start;
  uint32_t to_end;
  uint32_t packet;
  /* Called when something was copied to a caller, 0: nothing is.  */
  void (*copied) (void);
  /* Hypercalls go to the fake Xen.  */
  int with_xen;
  /* Memory is compared in part but every 64th time; the test changes it with int13_put
     alone.  Set to 1 to begin with that.  */
  unsigned int hurry;
  /* What a hypercall does besides, 0: nothing.  */
  void (*look) (void);
  /* What was wrong first, and where it is told; 0: the program ends.  */
  void (*complain) (const char *what);
};

extern struct int13 int13;

/* A service with two drives of SECTORS sectors, of which UNIT are one of the
   disk's, with contents that tell where they are.  */
void int13_begin (uint64_t sectors, unsigned int unit);

/* The same without drives that are set up: only memory.  */
void int13_map (void);

/* Memory that stands for physical address PHYS.  */
void *int13_at (uint32_t phys);

/* Call the service as its real-mode part does, until it is done.  */
void int13_call (struct grub_xen_int13_regs *regs);

/* Registers with odd contents for function AX and DX.  */
struct grub_xen_int13_regs int13_regs (uint16_t ax, uint16_t dx);

/* What is read from sector SECTOR of DISK now, as 512 bytes.  */
void int13_sector (const struct int13_disk *disk, uint64_t sector, void *to);

/* What DISK was asked for is forgotten.  */
void int13_forget (struct int13_disk *disk);

/* Begin with DISK behind DRIVE; let it run, once.  */
void int13_disk_begin (struct int13_disk *disk,
		       struct grub_xen_int13_drive *drive);
void int13_disk_run (struct int13_disk *disk);

/* Something that must not be.  */
void int13_complain (const char *what);

/* A call as int13_call does it, and whether everything it did is right: registers,
   memory and disk are what they have to be.  The backend may fail, and
   time may run out, but it keeps the rules: for one that does not, say 0 for HONEST.
   Returns the status.  */
unsigned int int13_check (struct grub_xen_int13_regs *regs, int honest);

/* Change BYTES bytes of memory at PHYS.  */
void int13_put (uint32_t phys, const void *from, size_t bytes);

/* The same for a call of function AX, with the registers it takes: CHS.  */
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

/* A call with such a packet; what it says then is in PACKET.  */
unsigned int int13_edd (unsigned int ax, unsigned int dl,
			struct int13_packet *packet);

/* A packet for COUNT sectors from SECTOR on, with a buffer at physical address
   BUFFER.  */
struct int13_packet int13_packet (uint64_t sector, unsigned int count,
				  uint32_t buffer);

#endif
