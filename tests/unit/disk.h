/* SPDX-License-Identifier: GPL-3.0-or-later */
/* disk.h - a fake blkback, or QEMU: block devices of other domains
   Copyright (C) 2026  The grub-xen-hvm authors  */

#ifndef UNIT_DISK_HEADER
#define UNIT_DISK_HEADER 1

#include <stdint.h>
#include <grub/xen/abi.h>

/* The key is missing.  */
#define DISK_NO_KEY	"(none)"

/* Faults in one response of a hostile backend.  */
enum disk_fault
  {
    DISK_FINE,
    /* Valid responses with an error status.  */
    DISK_ERROR,
    DISK_NOT_SUPPORTED,
    /* This response and all later ones are missing; or only this one is
       missing.  */
    DISK_SILENT,
    DISK_LOST,
    /* The response arrives without an event.  */
    DISK_NO_EVENT,
    DISK_ID_HUGE,
    DISK_ID_UNUSED,
    DISK_TWICE,
    DISK_OPERATION,
    DISK_STATUS,
    DISK_PROD_FAR,
    DISK_PROD_BACK,
    DISK_FAULTS,
    /* The test's own fault: see `hook'.  */
    DISK_HOOK
  };

enum disk_order { DISK_FIFO, DISK_LIFO, DISK_SHUFFLED };

/* The most segments of a request that any fake backend takes.  */
#define DISK_SEGMENTS	256

/* Entries of the ring.  */
#define DISK_ENTRIES	32

/* A request that was taken from the ring.  */
struct disk_request
{
  uint64_t id;
  /* The operation in the ring, and the operation to do: these differ for an
     indirect request.  */
  uint8_t operation;
  uint8_t task;
  /* The request is never answered.  */
  uint8_t lost;
  /* The response to an invalid request; BLKIF_RSP_OKAY if the request is
     valid.  */
  int status;
  uint64_t sector;
  /* The page that lists the segments, 0: none.  */
  grant_ref_t list;
  void *list_page;
  unsigned int n;
  struct blkif_request_segment seg[DISK_SEGMENTS];
  void *page[DISK_SEGMENTS];
};

/* A read or write request, for comparison by tests.  */
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
  /* The values to write instead of the right ones, 0: the right ones.  */
  const char *sectors_key;
  const char *sector_size_key;
  const char *info_key;
  const char *indirect_key;
  /* The backend's behaviour.  */
  int qemu;
  int flush;
  int barrier;
  /* The most segments of an indirect request, 0: indirect requests are not
     supported.  */
  unsigned int indirect;
  /* The backend keeps pages mapped while it is connected, if the frontend
     agrees.  */
  int persistent;
  uint64_t step_delay;
  uint64_t io_delay;
  /* A random additional delay up to this value; nonzero also makes the size of
     each batch random.  */
  uint64_t jitter;
  enum disk_order order;
  /* The number of responses given at a time, 0: all that are ready.  */
  unsigned int batch;
  uint32_t seed;
  /* A state that the backend never leaves, -1: none; the state that it takes
     instead of Connected, 0: Connected.  */
  int stuck;
  int instead;
  /* The frontend's state that the backend read last; whether the backend has
     connected, independent of a state key that a toolstack writes.  */
  int seen;
  int connected;
  /* The backend's directory vanishes when the frontend enters this state.  */
  int vanish;
  /* The backend never unmaps the ring, or the pages of reads.  */
  int keeps_ring;
  int keeps_pages;
  enum disk_fault fault;
  unsigned long fault_at;
  /* Only responses to this operation count, 0xff: any.  */
  uint8_t fault_operation;
  /* DISK_HOOK: called in place of the response STATUS to REQ.  Returns whether
     GRUB gets an event.  */
  int (*hook) (struct disk *disk, const struct disk_request *req, int status);
  /* Requests that touch BAD_SECTORS sectors from this one on fail.  */
  uint64_t bad_sector;
  uint64_t bad_sectors;
  /* Counters.  */
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
  /* The number of segments in the longest request.  */
  unsigned int widest;
  struct disk_asked *asked;
  unsigned int n_asked;
  char complaint[128];
  /* The backend's end of the connection.  */
  int gone;
  int dead;
  /* The backend takes no more requests: it is Closed, but some requests are in
     flight.  */
  int stopped;
  grant_ref_t ring_ref;
  evtchn_port_t port;
  blkif_back_ring_t ring;
  struct disk_request *requests;
  /* The places of the requests taken, in the order of arrival.  */
  uint8_t pending[DISK_ENTRIES];
  unsigned int n_pending;
  /* The persistently mapped pages; KEPT_AT has the index in KEPT of a
     reference, plus 1.  */
  int keeping;
  struct disk_kept *kept;
  unsigned int n_kept;
  uint16_t *kept_at;
};

enum { DISKS = 40 };
extern struct disk disks[DISKS];
extern unsigned int n_disks;

/* Remove all disks.  */
void disk_reset (void);

/* Add a disk of SECTORS sectors, named DEV ("xvde"), with number HANDLE,
   served by domain 0; every 8 bytes of its data encode their position.  Its
   backend waits in InitWait.  */
struct disk *disk_add (unsigned int handle, const char *dev,
		       uint64_t sectors);

/* Write the disk's keys again, after changes in DISK.  */
void disk_publish (struct disk *disk);

/* The 8 bytes at BYTE of a fresh disk.  */
uint64_t disk_pattern (const struct disk *disk, uint64_t byte);

int disk_state (const struct disk *disk);
int disk_frontend_state (const struct disk *disk);

/* The number of keys that a frontend wrote and did not remove.  */
unsigned int disk_keys_left (const struct disk *disk);

/* The domain is a new one from here on.  The old backend is forgotten with all
   its mappings, and a new one waits in InitWait, unless the disk is gone.  */
void disk_renew (struct disk *disk);

/* Unmap everything and remove the backend, as when its domain dies.  */
void disk_kill (struct disk *disk);

/* Forget the recorded requests.  */
void disk_forget_asked (struct disk *disk);

/* Remember the first complaint.  Returns -1.  */
int disk_complain (struct disk *disk, const char *what);

/* A random number below LIMIT, from SEED.  */
uint32_t disk_random (uint32_t *seed, uint32_t limit);

/* disk_ring.c: connect and disconnect the ring.  With requests in flight
   disk_ring_disconnect returns -1: nothing is unmapped, and no more requests
   are taken.  */
int disk_ring_connect (struct disk *disk);
int disk_ring_disconnect (struct disk *disk);

/* Disconnect the ring even with requests in flight.  */
void disk_ring_kill (struct disk *disk);

/* Answer the requests that were stuck in the storage.  GRUB does not wait for
   these responses.  */
void disk_ring_unstick (struct disk *disk);

/* Forget the ring of an earlier domain.  */
void disk_ring_renew (struct disk *disk);

/* Put a response into the ring.  The next push makes it visible, and raises an
   event if GRUB asked for one, or if ALWAYS.  */
void disk_ring_respond (struct disk *disk, uint64_t id, uint8_t operation,
			int status);
void disk_ring_push (struct disk *disk, int always);

/* disk_data.c: check the request RAW, fill in REQ, and map its pages; move its
   data and return the response's status; unmap the pages.  */
void disk_data_map (struct disk *disk, const struct blkif_request *raw,
		    struct disk_request *req);
int disk_data_do (struct disk *disk, struct disk_request *req);
void disk_data_unmap (struct disk *disk, struct disk_request *req);

/* Start with no kept page; unmap the kept pages; forget them without
   unmapping.  */
void disk_data_begin (struct disk *disk);
void disk_data_end (struct disk *disk);
void disk_data_renew (struct disk *disk);

/* Forget which references are in use by requests.  */
void disk_data_reset (void);

/* Call FN for every page that is mapped for reading into: a hostile backend
   can write there at any time.  */
void disk_data_pages (struct disk *disk, void (*fn) (void *page));

#endif
