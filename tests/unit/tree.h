/* SPDX-License-Identifier: GPL-3.0-or-later */
/* tree.h - a fake xenstored: its tree
   Copyright (C) 2026  The grub-xen-hvm authors  */

#ifndef UNIT_TREE_HEADER
#define UNIT_TREE_HEADER 1

#include <stddef.h>
#include <stdint.h>

/* The guest's permissions for a node; children inherit them.  */
enum { TREE_READ = 1, TREE_WRITE = 2 };

struct tree_node
{
  struct tree_node *next;
  struct tree_node *child;
  char *name;
  char *value;
  size_t len;
  unsigned int perms;
};

/* Results of the functions below.  */
enum tree_result { TREE_OK, TREE_ENOENT, TREE_EACCES, TREE_EINVAL };

/* The committed tree; transactions have copies.  */
extern struct tree_node *tree_root;
extern uint64_t tree_generation;

void tree_reset (void);
struct tree_node *tree_copy (const struct tree_node *node);
void tree_free (struct tree_node *node);

/* The guest's requests, on tree ROOT; PATH is absolute.  */
enum tree_result tree_guest_find (struct tree_node *root, const char *path,
				  struct tree_node **node);
enum tree_result tree_guest_write (struct tree_node *root, const char *path,
				   const void *value, size_t len);
enum tree_result tree_guest_remove (struct tree_node *root, const char *path);

/* Operations of the other domains and the tests, which have all
   permissions.  */
void tree_set (const char *path, const char *format, ...)
  __attribute__ ((format (printf, 2, 3)));
void tree_set_raw (const char *path, const void *value, size_t len);
const char *tree_get (const char *path);
long tree_number (const char *path);
void tree_remove (const char *path);
void tree_permit (const char *path, unsigned int perms);

/* Call FN (ARG) after each change of the committed tree.  */
void tree_watch (void (*fn) (void *arg), void *arg);
void tree_changed (void);

#endif
