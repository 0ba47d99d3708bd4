/*
 *  grub-xen-hvm  --  a fake blkback, or QEMU: block devices of other domains
 *  Copyright (C) 2026  The grub-xen-hvm authors
 *
 *  This program is free software: you can redistribute it and/or modify
 *  it under the terms of the GNU General Public License as published by
 *  the Free Software Foundation, either version 3 of the License, or
 *  (at your option) any later version.
 *
 *  This program is distributed in the hope that it will be useful,
 *  but WITHOUT ANY WARRANTY; without even the implied warranty of
 *  MERCHANTABILITY or FITNESS FOR A PARTICULAR PURPOSE.  See the
 *  GNU General Public License for more details.
 *
 *  You should have received a copy of the GNU General Public License
 *  along with this program.  If not, see <https://www.gnu.org/licenses/>.
 */


#ifndef UNIT_DISK_HEADER
#define UNIT_DISK_HEADER 1

#include <stdint.h>
#include <grub/xen/abi.h>

/* No value of such a key at all.  */
#define DISK_NO_KEY	"(none)"

/* What a hostile backend makes of one response.  */
enum disk_fault
  {
    DISK_FINE,
    /* Honest answers that are errors.  */
    DISK_ERROR,
    DISK_NOT_SUPPORTED,
    /* It never comes, and no later one either; or just this one.  */
    DISK_SILENT,
    DISK_LOST,
    /* It comes without an event.  */
    DISK_NO_EVENT,
    DISK_ID_HUGE,
    DISK_ID_UNUSED,
    DISK_TWICE,
    DISK_OPERATION,
    DISK_STATUS,
    DISK_PROD_FAR,
    DISK_PROD_BACK,
    DISK_FAULTS
  };

enum disk_order { DISK_FIFO, DISK_LIFO, DISK_SHUFFLED };

struct disk
{
  unsigned int handle;
  domid_t domid;
  char be[96];
  char fe[96];
  /* The medium; SECTORS are of 512 bytes.  */
  unsigned char *data;
  uint64_t sectors;
  unsigned int sector_size;
  unsigned int info;
  /* What the keys say instead, 0: the truth.  */
  const char *sectors_key;
  const char *sector_size_key;
  const char *info_key;
  /* How it behaves.  */
  int qemu;
  int flush;
  int barrier;
  uint64_t step_delay;
  uint64_t io_delay;
  enum disk_order order;
  /* Responses given at a time; 0 is all there are.  */
  unsigned int batch;
  /* A state it never leaves, -1: none; the state it takes instead of
     Connected, 0: that.  */
  int stuck;
  int instead;
  /* Its directory vanishes when the frontend gets into this state.  */
  int vanish;
  /* It never lets go of the ring, or of pages.  */
  int keeps_ring;
  int keeps_pages;
  enum disk_fault fault;
  unsigned long fault_at;
  /* Only responses to this operation count, 0xff: any.  */
  uint8_t fault_operation;
  /* Requests that touch this sector fail.  */
  uint64_t bad_sector;
  /* What happened.  */
  unsigned int connects;
  unsigned long reads;
  unsigned long writes;
  unsigned long flushes;
  unsigned long bad_requests;
  unsigned long responses;
  unsigned int most_pending;
  unsigned int dirty;
  char complaint[128];
  /* Its end of the connection.  */
  int gone;
  int dead;
  grant_ref_t ring_ref;
  evtchn_port_t port;
  blkif_back_ring_t ring;
  struct blkif_request pending[32];
  unsigned int n_pending;
  grant_ref_t kept[64];
  unsigned int n_kept;
};

enum { DISKS = 40 };
extern struct disk disks[DISKS];
extern unsigned int n_disks;

/* No disks.  */
void disk_reset (void);

/* A new disk of SECTORS sectors, named DEV ("xvde"), with number HANDLE, served
   by domain 0; every 8 bytes of it tell where they are.  Its backend waits in
   InitWait.  */
struct disk *disk_add (unsigned int handle, const char *dev,
		       uint64_t sectors);

/* Write its keys anew, with what was changed in DISK.  */
void disk_publish (struct disk *disk);

/* What is at BYTE of a fresh disk, as 8 bytes.  */
uint64_t disk_pattern (const struct disk *disk, uint64_t byte);

int disk_state (const struct disk *disk);
int disk_frontend_state (const struct disk *disk);

/* The number of keys that a frontend wrote and did not remove.  */
unsigned int disk_keys_left (const struct disk *disk);

/* Let go of everything, as when its domain dies.  */
void disk_kill (struct disk *disk);

/* disk_ring.c: begin and end with the ring.  */
int disk_ring_connect (struct disk *disk);
void disk_ring_disconnect (struct disk *disk);

#endif
