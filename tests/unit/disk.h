/* SPDX-License-Identifier: GPL-3.0-or-later */
/* disk.h - a fake blkback, or QEMU: block devices of other domains
   Copyright (C) 2026  The grub-xen-hvm authors  */

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
    DISK_FAULTS,
    /* The test's own: see `hook'.  */
    DISK_HOOK
  };

enum disk_order { DISK_FIFO, DISK_LIFO, DISK_SHUFFLED };

/* The most segments of a request that any backend here takes.  */
#define DISK_SEGMENTS	256

/* Entries of the ring.  */
#define DISK_ENTRIES	32

/* A request that was taken from the ring.  */
struct disk_request
{
  uint64_t id;
  /* As it stands in the ring, and what is to be done.  */
  uint8_t operation;
  uint8_t task;
  /* It is never answered.  */
  uint8_t lost;
  /* It makes no sense: this is the answer.  */
  int status;
  uint64_t sector;
  /* The page that lists the segments, 0: none.  */
  grant_ref_t list;
  void *list_page;
  unsigned int n;
  struct blkif_request_segment seg[DISK_SEGMENTS];
  void *page[DISK_SEGMENTS];
};

/* What was asked for, of reads and writes.  */
struct disk_asked
{
  uint64_t sector;
  uint32_t sectors;
  uint8_t write;
  uint8_t indirect;
};

struct disk
{
  unsigned int handle;
  char dev[16];
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
  const char *indirect_key;
  /* How it behaves.  */
  int qemu;
  int flush;
  int barrier;
  /* The most segments of an indirect request, 0: it knows none.  */
  unsigned int indirect;
  /* It keeps pages mapped while it is connected, if the frontend agrees.  */
  int persistent;
  uint64_t step_delay;
  uint64_t io_delay;
  /* Up to so much more, and batches up to their size: at random.  */
  uint64_t jitter;
  enum disk_order order;
  /* Responses given at a time; 0 is all there are.  */
  unsigned int batch;
  uint32_t seed;
  /* A state it never leaves, -1: none; the state it takes instead of
     Connected, 0: that.  */
  int stuck;
  int instead;
  /* The frontend's state that it found last; whether it has connected,
     whatever a toolstack writes as its state.  */
  int seen;
  int connected;
  /* Its directory vanishes when the frontend gets into this state.  */
  int vanish;
  /* It never lets go of the ring, or of pages for reads.  */
  int keeps_ring;
  int keeps_pages;
  enum disk_fault fault;
  unsigned long fault_at;
  /* Only responses to this operation count, 0xff: any.  */
  uint8_t fault_operation;
  /* DISK_HOOK: called in place of the answer STATUS to REQ; whether GRUB gets an
     event is what it returns.  */
  int (*hook) (struct disk *disk, const struct disk_request *req, int status);
  /* Requests that touch BAD_SECTORS sectors from this one on fail.  */
  uint64_t bad_sector;
  uint64_t bad_sectors;
  /* What happened.  */
  unsigned int connects;
  unsigned long reads;
  unsigned long writes;
  unsigned long flushes;
  unsigned long indirect_requests;
  unsigned long notifications;
  unsigned long events;
  unsigned long bad_requests;
  unsigned long responses;
  unsigned int most_pending;
  unsigned int dirty;
  /* Segments of the longest request.  */
  unsigned int widest;
  struct disk_asked *asked;
  unsigned int n_asked;
  char complaint[128];
  /* Its end of the connection.  */
  int gone;
  int dead;
  /* It takes no more requests: it is Closed, but some are in flight.  */
  int stopped;
  grant_ref_t ring_ref;
  evtchn_port_t port;
  blkif_back_ring_t ring;
  struct disk_request *requests;
  /* Which of them are taken, in the order of their coming.  */
  uint8_t pending[DISK_ENTRIES];
  unsigned int n_pending;
  /* What it keeps mapped, and where in KEPT a reference is, plus 1.  */
  int keeping;
  struct disk_kept *kept;
  unsigned int n_kept;
  uint16_t *kept_at;
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

/* Write its keys again, after changes in DISK.  */
void disk_publish (struct disk *disk);

/* What is at BYTE of a fresh disk, as 8 bytes.  */
uint64_t disk_pattern (const struct disk *disk, uint64_t byte);

int disk_state (const struct disk *disk);
int disk_frontend_state (const struct disk *disk);

/* The number of keys that a frontend wrote and did not remove.  */
unsigned int disk_keys_left (const struct disk *disk);

/* The domain is another from here on: the backend of its time is forgotten, with all
   that it mapped, and a new one waits in InitWait, unless the disk is gone.  */
void disk_renew (struct disk *disk);

/* Let go of everything, as when its domain dies.  */
void disk_kill (struct disk *disk);

/* Forget what was asked for.  */
void disk_forget_asked (struct disk *disk);

/* Remember the first complaint.  Returns -1.  */
int disk_complain (struct disk *disk, const char *what);

/* A random number below LIMIT, from SEED.  */
uint32_t disk_random (uint32_t *seed, uint32_t limit);

/* disk_ring.c: begin and end with the ring.  With requests in flight it does
   not end: nothing is unmapped, no more requests are taken, and the return
   value is -1.  */
int disk_ring_connect (struct disk *disk);
int disk_ring_disconnect (struct disk *disk);

/* End with it, whatever is in flight.  */
void disk_ring_kill (struct disk *disk);

/* Requests that were stuck in the storage are answered.  GRUB does not wait
   for the answers.  */
void disk_ring_unstick (struct disk *disk);

/* Forget it.  */
void disk_ring_renew (struct disk *disk);

/* Put a response into the ring; what is in it is shown with the next push, which
   raises an event if GRUB asked for one, or if ALWAYS.  */
void disk_ring_respond (struct disk *disk, uint64_t id, uint8_t operation,
			int status);
void disk_ring_push (struct disk *disk, int always);

/* disk_data.c: see whether the request that REQ was made of makes sense, and map
   what it names; move its data and return the answer; unmap.  */
void disk_data_map (struct disk *disk, const struct blkif_request *raw,
		    struct disk_request *req);
int disk_data_do (struct disk *disk, struct disk_request *req);
void disk_data_unmap (struct disk *disk, struct disk_request *req);

/* Begin with nothing kept; let go of what is kept, or forget it.  */
void disk_data_begin (struct disk *disk);
void disk_data_end (struct disk *disk);
void disk_data_renew (struct disk *disk);

/* Forget which pages are in use by whom.  */
void disk_data_reset (void);

/* Call FN for every page that is mapped for reading into: a hostile backend can
   write there at any time.  */
void disk_data_pages (struct disk *disk, void (*fn) (void *page));

#endif
