/* SPDX-License-Identifier: GPL-3.0-or-later */
/* tree.c - a fake xenstored: its tree
   Copyright (C) 2026  The grub-xen-hvm authors  */

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "tree.h"

#define MAX_PATH	3072
#define MAX_WATCHES	64

struct tree_node *tree_root;
uint64_t tree_generation;

static struct
{
  void (*fn) (void *arg);
  void *arg;
} watches[MAX_WATCHES];
static unsigned int n_watches;

static struct tree_node *
make_node (const char *name, size_t len, unsigned int perms)
{
  struct tree_node *node = calloc (1, sizeof (*node));

  if (!node)
    abort ();
  node->name = strndup (name, len);
  node->value = strdup ("");
  node->perms = perms;
  return node;
}

void
tree_free (struct tree_node *node)
{
  while (node)
    {
      struct tree_node *next = node->next;

      tree_free (node->child);
      free (node->name);
      free (node->value);
      free (node);
      node = next;
    }
}

static void
set_value (struct tree_node *node, const void *value, size_t len)
{
  free (node->value);
  node->value = malloc (len + 1);
  if (!node->value)
    abort ();
  memcpy (node->value, value, len);
  node->value[len] = 0;
  node->len = len;
}

struct tree_node *
tree_copy (const struct tree_node *node)
{
  struct tree_node *copy, **link;
  const struct tree_node *child;

  copy = make_node (node->name, strlen (node->name), node->perms);
  set_value (copy, node->value, node->len);
  link = &copy->child;
  for (child = node->child; child; child = child->next)
    {
      *link = tree_copy (child);
      link = &(*link)->next;
    }
  return copy;
}

void
tree_reset (void)
{
  tree_free (tree_root);
  tree_root = make_node ("", 0, 0);
  tree_generation = 100;
  n_watches = 0;
}

void
tree_watch (void (*fn) (void *arg), void *arg)
{
  if (n_watches == MAX_WATCHES)
    abort ();
  watches[n_watches].fn = fn;
  watches[n_watches++].arg = arg;
}

void
tree_changed (void)
{
  unsigned int i;

  tree_generation++;
  for (i = 0; i < n_watches; i++)
    watches[i].fn (watches[i].arg);
}

/* Go down from ROOT along PATH as far as nodes exist; *REST gets the rest of
   PATH.  */
static struct tree_node *
walk (struct tree_node *root, const char *path, const char **rest)
{
  struct tree_node *node = root, *child;

  while (*path == '/' && path[1])
    {
      size_t len = strcspn (path + 1, "/");

      for (child = node->child; child; child = child->next)
	if (strlen (child->name) == len
	    && !memcmp (child->name, path + 1, len))
	  break;
      if (!child)
	break;
      node = child;
      path += 1 + len;
    }
  *rest = *path == '/' && !path[1] ? path + 1 : path;
  return node;
}

static int
is_path (const char *path)
{
  size_t len = strlen (path);

  return path[0] == '/' && len <= MAX_PATH && !strstr (path, "//")
    && (len == 1 || path[len - 1] != '/')
    && strspn (path, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	       "0123456789-/_@") == len;
}

/* Make NODE's new child along REST, with all of its levels.  Children are
   listed in the order in which they were made.  */
static struct tree_node *
make_below (struct tree_node *node, const char *rest)
{
  while (*rest)
    {
      size_t len = strcspn (rest + 1, "/");
      struct tree_node **link = &node->child;

      while (*link)
	link = &(*link)->next;
      *link = make_node (rest + 1, len, node->perms);
      node = *link;
      rest += 1 + len;
    }
  return node;
}

enum tree_result
tree_guest_find (struct tree_node *root, const char *path,
		 struct tree_node **found)
{
  struct tree_node *node;
  const char *rest;

  if (!is_path (path))
    return TREE_EINVAL;
  node = walk (root, path, &rest);
  if (!(node->perms & TREE_READ))
    return TREE_EACCES;
  if (*rest)
    return TREE_ENOENT;
  *found = node;
  return TREE_OK;
}

enum tree_result
tree_guest_write (struct tree_node *root, const char *path,
		  const void *value, size_t len)
{
  struct tree_node *node;
  const char *rest;

  if (!is_path (path))
    return TREE_EINVAL;
  node = walk (root, path, &rest);
  if (!(node->perms & TREE_WRITE))
    return TREE_EACCES;
  set_value (make_below (node, rest), value, len);
  return TREE_OK;
}

static void
unlink_child (struct tree_node *root, struct tree_node *node)
{
  struct tree_node *child, **link;

  for (link = &root->child; (child = *link); link = &child->next)
    {
      if (child == node)
	{
	  *link = node->next;
	  node->next = 0;
	  tree_free (node);
	  return;
	}
      unlink_child (child, node);
    }
}

enum tree_result
tree_guest_remove (struct tree_node *root, const char *path)
{
  struct tree_node *node;
  const char *rest;

  if (!is_path (path))
    return TREE_EINVAL;
  node = walk (root, path, &rest);
  if (!(node->perms & TREE_WRITE))
    return TREE_EACCES;
  /* xenstored reports no error when only the last part is missing.  */
  if (*rest)
    return strchr (rest + 1, '/') ? TREE_ENOENT : TREE_OK;
  unlink_child (root, node);
  return TREE_OK;
}

void
tree_set_raw (const char *path, const void *value, size_t len)
{
  const char *rest;
  struct tree_node *node = walk (tree_root, path, &rest);

  set_value (make_below (node, rest), value, len);
  tree_changed ();
}

void
tree_set (const char *path, const char *format, ...)
{
  char value[4096];
  va_list ap;

  va_start (ap, format);
  vsnprintf (value, sizeof (value), format, ap);
  va_end (ap);
  tree_set_raw (path, value, strlen (value));
}

const char *
tree_get (const char *path)
{
  const char *rest;
  struct tree_node *node = walk (tree_root, path, &rest);

  return *rest ? 0 : node->value;
}

long
tree_number (const char *path)
{
  const char *value = tree_get (path);

  return value && *value ? atol (value) : -1;
}

void
tree_remove (const char *path)
{
  const char *rest;
  struct tree_node *node = walk (tree_root, path, &rest);

  if (*rest)
    return;
  unlink_child (tree_root, node);
  tree_changed ();
}

static void
permit (struct tree_node *node, unsigned int perms)
{
  struct tree_node *child;

  node->perms = perms;
  for (child = node->child; child; child = child->next)
    permit (child, perms);
}

void
tree_permit (const char *path, unsigned int perms)
{
  const char *rest;
  struct tree_node *node = walk (tree_root, path, &rest);

  permit (make_below (node, rest), perms);
}
