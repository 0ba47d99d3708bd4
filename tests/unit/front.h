/* SPDX-License-Identifier: GPL-3.0-or-later */
/* front.h - one connected disk, for the tests of ring and blkfront
   Copyright (C) 2026  The grub-xen-hvm authors  */

#ifndef UNIT_FRONT_HEADER
#define UNIT_FRONT_HEADER 1

#include "blkfront.h"
#include "disk.h"
#include "unit.h"

#define FRONT_NAME	"xen/xvde"
#define FRONT_PATH	"device/vbd/51776"
#define FRONT_HANDLE	51776

/* The size of one read of GRUB's disk cache.  */
#define FRONT_PIECE		(32 * 1024)
#define FRONT_STEP	(FRONT_PIECE / 512)

/* The largest readahead window, in sectors, and the size of a disk that is
   larger by a number without regular divisors.  */
#define FRONT_WINDOW	2048
#define FRONT_SECTORS	(4 * FRONT_WINDOW + 24)

extern struct disk *disk;
extern struct grub_xen_blkfront front;

/* Bring Xen up, with a disk of SECTORS sectors in `disk'.  */
void front_up (uint64_t sectors);

/* Connect `front' to it; this has to succeed.  */
void front_connect (void);

/* Both, with a disk of FRONT_SECTORS.  */
void front_begin (void);

/* Disconnect; nothing may be left, and the backend has to be in InitWait.  */
void front_disconnect (void);

/* Connect F, which is zeroed or was disconnected, to the disk HANDLE.  */
grub_err_t front_try (struct grub_xen_blkfront *f, const char *name,
		      const char *path, grub_uint32_t handle);

/* Disconnect and shut down; nothing may be left.  */
void front_down (void);

/* After front_down: make a new Xen, xenstored and set of disks around the same
   GRUB.  */
void front_renew (void);

/* Check that nothing of GRUB's is left with Xen, in xenstore or in memory.  */
void front_is_clean (void);

/* Read BYTES at SECTOR and compare with the disk's fresh contents.  */
void front_read (uint64_t sector, size_t bytes);

/* The same with a front and a disk of the test's own.  */
void front_read_from (struct grub_xen_blkfront *from, const struct disk *d,
		      uint64_t sector, size_t bytes);

/* Read from sector FIRST to LAST, BYTES at a time.  */
void front_read_on (uint64_t first, uint64_t last, size_t bytes);

/* Write N sectors of VALUE at SECTOR, and check that they reach the disk.  */
void front_write (uint64_t sector, size_t n, int value);

/* Read N sectors at SECTOR and compare with the disk's present contents.  */
void front_read_now (uint64_t sector, size_t n);

/* Limit the pool to PAGES pages for the next connection; remove the limit.  */
void front_hold_pages (unsigned int pages);
void front_release_pages (void);

/* The number of sectors that the disk was asked to read, over all requests;
   and the end of the highest request.  */
uint64_t front_asked (const struct disk *d);
uint64_t front_asked_end (const struct disk *d);

/* Check that no sector was requested twice.  */
void front_asked_once (const struct disk *d);

#endif
