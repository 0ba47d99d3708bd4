/* SPDX-License-Identifier: GPL-3.0-or-later */
/* hostile.h - the hostile block backend
   Copyright (C) 2026  The grub-xen-hvm authors  */

#ifndef HOSTILE_HEADER
#define HOSTILE_HEADER 1

#include <pthread.h>
#include <stdint.h>
#include <xenevtchn.h>
#include <xengnttab.h>
#include <xenstore.h>

/* Operations and statuses (xen/io/blkif.h).  That header has only the layout
   of the machine that compiles it, and a guest's layout may be another.  */
enum { OP_READ = 0, OP_WRITE = 1, OP_BARRIER = 2, OP_FLUSH = 3, OP_INDIRECT = 6 };
enum { RSP_OKAY = 0, RSP_ERROR = -1, RSP_EOPNOTSUPP = -2 };

/* Xenbus states (xen/io/xenbus.h).  */
enum { ST_UNKNOWN, ST_INITIALISING, ST_INIT_WAIT, ST_INITIALISED,
       ST_CONNECTED, ST_CLOSING, ST_CLOSED };

#define PAGE		4096
#define SECTOR		512
#define ENTRIES		32
#define DIRECT_SEGMENTS	11
#define MAX_SEGMENTS	256
#define LIST_PAGES	8
/* The number of grant references that are tracked: all of a table of 64
   frames, Xen's default.  */
#define MAX_REFS	32768

struct segment
{
  uint32_t ref;
  uint8_t first;
  uint8_t last;
};

/* A request, copied out of the ring, whatever the ring's layout.  */
struct request
{
  /* The operation as sent (OP_INDIRECT for an indirect request), and the
     operation that it stands for.  */
  uint8_t sent_op;
  uint8_t op;
  uint16_t handle;
  uint64_t id;
  uint64_t sector;
  unsigned int segments;
  struct segment segment[MAX_SEGMENTS];
};

struct hostile;

/* The result of an attack's function.  */
enum reply
  {
    /* The attack did not answer this request: answer it honestly.  */
    HONEST,
    /* The attack has done everything: do nothing more.  */
    DONE
  };

struct attack
{
  const char *name;
  const char *help;
  /* Each of these may be 0.  Change the offered keys before the frontend sees
     them.  */
  void (*offer) (struct hostile *h);
  /* The frontend is ready to connect.  DONE: there will be no connection.  */
  enum reply (*connect) (struct hostile *h);
  /* The N-th request and all that follow, already carried out with STATUS.  */
  enum reply (*answer) (struct hostile *h, const struct request *req,
			int status);
  /* One step of a thread that runs from the N-th request on.  */
  void (*torment) (struct hostile *h);
  /* Called some times a second once the attack has begun.  */
  void (*tick) (struct hostile *h);
  /* The frontend wants to close, or has closed.  DONE: the backend stays.  */
  enum reply (*close) (struct hostile *h);
  /* The frontend has closed, and the backend is about to.  */
  void (*closed) (struct hostile *h);
  /* The attack continues after the connection has ended.  */
  int outlasts;
  /* The backend does not start again.  */
  int stays;
};

/* One backend.  */
struct hostile
{
  /* Options.  */
  unsigned int domid;
  unsigned int vdev;
  const char *file;
  const char *dump;
  int readonly;
  int persistent;
  unsigned int indirect;
  const struct attack *attack;
  unsigned long at;
  /* Seconds of misbehaving; 0: no end.  */
  unsigned int relent;
  /* Seconds from a change of the frontend's state until it is acted on, once
     there was a connection.  */
  unsigned int late;

  /* Xenstore.  */
  struct xs_handle *xs;
  char front[64];
  char back[64];
  int state;
  /* The time to read the frontend's state, or 0 if nothing is due.  */
  uint64_t due;
  /* The backend's directory must not be changed again.  */
  int vanished;

  /* The file.  */
  int fd;
  uint64_t sectors;

  /* The ring.  */
  xengnttab_handle *gnttab;
  xenevtchn_handle *evtchn;
  int port;
  uint32_t ring_ref;
  volatile uint8_t *ring;
  /* The offset of an entry's id, and the entry's size.  The layouts of 32 and
     64 bits differ only in these.  */
  unsigned int id_offset;
  unsigned int entry_size;
  uint32_t req_cons;
  uint32_t rsp_prod;
  /* Requests are taken and never answered.  */
  int mute;
  /* Use persistent grants, because the frontend also knows them.  */
  int keep;
  void *kept[MAX_REFS];
  unsigned int n_kept;
  /* Mappings that outlived their connection.  */
  void *stolen[MAX_REFS];
  unsigned int n_stolen;
  /* A request that is answered later.  */
  struct request left;

  /* The attack.  */
  int begun;
  /* Whether the N-th request has come.  */
  int answers;
  uint64_t began_at;
  pthread_t thread;
  int thread_runs;
  volatile int thread_ends;
  uint32_t seed;

  /* Statistics.  */
  unsigned long requests;
  unsigned long connections;
  unsigned long reads;
  unsigned long writes;
  unsigned long flushes;
  unsigned long indirects;
  unsigned long bad;
  unsigned long widest;
  volatile unsigned long steps;
};

/* main.c  */
extern volatile int ending;
void say (const struct hostile *h, const char *format, ...)
  __attribute__ ((format (printf, 2, 3)));
uint64_t now_ms (void);

/* store.c: keys and states.  */
int store_open (struct hostile *h);
void store_close (struct hostile *h);
void store_look (struct hostile *h);
void store_tick (struct hostile *h);
void store_follow (struct hostile *h);
void store_state (struct hostile *h, int state);
void store_write (struct hostile *h, const char *key, const char *value);
void store_number (struct hostile *h, const char *key, uint64_t value);
void store_remove (struct hostile *h, const char *key);
void store_vanish (struct hostile *h);

/* ring.c: requests and responses.  */
int ring_connect (struct hostile *h, uint32_t ref, uint32_t port, int is_64);
void ring_disconnect (struct hostile *h);
void ring_serve (struct hostile *h);
void ring_respond (struct hostile *h, uint64_t id, uint8_t op, int status);
void ring_put (struct hostile *h, uint64_t id, uint8_t op, int status);
void ring_publish (struct hostile *h, uint32_t prod);
volatile uint32_t *ring_index (struct hostile *h, unsigned int which);
volatile uint8_t *ring_entry (struct hostile *h, uint32_t index);
enum { REQ_PROD, REQ_EVENT, RSP_PROD, RSP_EVENT };

/* data.c: pages and the file.  */
int data_do (struct hostile *h, const struct request *req);
int data_list (struct hostile *h, struct request *req, const uint32_t *refs);
void *data_map (struct hostile *h, uint32_t ref, int writable);
void data_unmap (struct hostile *h, uint32_t ref, void *page);
void data_forget (struct hostile *h);
void data_give_back (struct hostile *h);

/* spy.c: the guest's pages that the backend can see.  */
int spy_knows (const char *file);
void spy_look (struct hostile *h, const char *when);

/* attack.c and those it lists.  */
const struct attack *attack_find (const char *name);
void attack_list (void);
void attack_begin (struct hostile *h);
void attack_end (struct hostile *h);
void attack_torment (struct hostile *h);
void attack_stop (struct hostile *h);
int attack_nth (struct hostile *h);
extern const struct attack key_attacks[], answer_attacks[], state_attacks[],
  memory_attacks[];
uint32_t attack_random (struct hostile *h);

#endif /* ! HOSTILE_HEADER */
