/*
 *  grub-xen-hvm  --  bring the Xen platform up and down as a whole
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

#ifndef GRUB_XEN_XEN_HEADER
#define GRUB_XEN_XEN_HEADER 1

#include <grub/err.h>
#include <grub/xen/hvm.h>

/* Bring up platform, grant table and xenstore; harmless when they are up.  What a
   restored guest has lost is taken down before.  Errors: those of grub_xen_hvm_init, grub_xen_grant_init and
   grub_xenstore_init.  */
grub_err_t grub_xen_up (void);

/* Bring Xen up and call BODY (DATA); if the guest was restored in the meantime, do both
   again, whether that failed or not.  So BODY does nothing that may not be done twice, and
   starts from what xenstore says.  Errors: those of grub_xen_up and BODY.  */
grub_err_t grub_xen_run (grub_err_t (*body) (void *data), void *data);

/* Undo grub_xen_up: nothing of GRUB's is left with Xen.  Every device has to be
   closed before.  */
void grub_xen_down (void);

/* Whether the platform is up.  */
static inline int
grub_xen_is_up (void)
{
  return grub_xen_platform.shared != 0;
}

#endif /* ! GRUB_XEN_XEN_HEADER */
