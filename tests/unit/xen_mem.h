/*
 *  grub-xen-hvm  --  a fake Xen: its memory, for xen_call.c
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


#ifndef UNIT_XEN_MEM_HEADER
#define UNIT_XEN_MEM_HEADER 1

#include <stdint.h>

/* The hypercall memory_op.  */
long xen_mem_op (unsigned int cmd, void *arg);

/* The guest's page that is FRAME, 0: there is no RAM.  */
void *xen_ram (uint64_t frame);

/* The removal ARG of a frame was refused on a test's behalf.  */
void xen_mem_excuse (const void *arg);

/* Grants of an earlier domain are forgotten.  */
void xen_renew_grants (void);

#endif
