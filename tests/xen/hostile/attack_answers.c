/* SPDX-License-Identifier: GPL-3.0-or-later */
/* attack_answers.c - the hostile backend: attacks on answers
   Copyright (C) 2026  The grub-xen-hvm authors  */

#include "hostile.h"

/* Most attacks answer the N-th request wrong, and the others honestly.  */

static enum reply
answer_with (struct hostile *h, const struct request *req, uint64_t id,
	     uint8_t op, int status)
{
  if (!attack_nth (h))
    return HONEST;
  say (h, "request %#llx is answered with id %#llx, operation %u, status %d",
       (unsigned long long) req->id, (unsigned long long) id, op, status);
  ring_respond (h, id, op, status);
  return DONE;
}

static enum reply
id_unknown (struct hostile *h, const struct request *req, int status)
{
  return answer_with (h, req, ENTRIES, req->op, status);
}

static enum reply
id_huge (struct hostile *h, const struct request *req, int status)
{
  return answer_with (h, req, UINT64_MAX, req->op, status);
}

static enum reply
id_high (struct hostile *h, const struct request *req, int status)
{
  return answer_with (h, req, req->id | UINT64_C (1) << 32, req->op,
		      status);
}

/* The highest id is the last to be used.  */
static enum reply
id_free (struct hostile *h, const struct request *req, int status)
{
  return answer_with (h, req, ENTRIES - 1, req->op, status);
}

static enum reply
twice (struct hostile *h, const struct request *req, int status)
{
  if (!attack_nth (h))
    return HONEST;
  ring_put (h, req->id, req->op, status);
  ring_put (h, req->id, req->op, status);
  ring_publish (h, h->rsp_prod);
  return DONE;
}

static enum reply
twice_late (struct hostile *h, const struct request *req, int status)
{
  if (attack_nth (h))
    {
      h->left = *req;
      return HONEST;
    }
  if (h->requests != h->at + 1)
    return HONEST;
  ring_respond (h, h->left.id, h->left.op, status);
  return HONEST;
}

static enum reply
other_operation (struct hostile *h, const struct request *req, int status)
{
  return answer_with (h, req, req->id, req->op ^ 1, status);
}

static enum reply
unknown_operation (struct hostile *h, const struct request *req, int status)
{
  return answer_with (h, req, req->id, 0xff, status);
}

static enum reply
indirect_operation (struct hostile *h, const struct request *req, int status)
{
  if (req->sent_op != OP_INDIRECT)
    return HONEST;
  ring_respond (h, req->id, OP_INDIRECT, status);
  return DONE;
}

static enum reply
unknown_status (struct hostile *h, const struct request *req, int status)
{
  (void) status;
  return answer_with (h, req, req->id, req->op, 1);
}

static enum reply
low_status (struct hostile *h, const struct request *req, int status)
{
  (void) status;
  return answer_with (h, req, req->id, req->op, -32768);
}

static enum reply
error (struct hostile *h, const struct request *req, int status)
{
  (void) status;
  return answer_with (h, req, req->id, req->op, RSP_ERROR);
}

static enum reply
all_errors (struct hostile *h, const struct request *req, int status)
{
  (void) status;
  ring_respond (h, req->id, req->op, RSP_ERROR);
  return DONE;
}

static enum reply
read_refused (struct hostile *h, const struct request *req, int status)
{
  (void) status;
  return answer_with (h, req, req->id, req->op, RSP_EOPNOTSUPP);
}

static enum reply
indirect_refused (struct hostile *h, const struct request *req, int status)
{
  (void) status;
  if (req->sent_op != OP_INDIRECT)
    return HONEST;
  ring_respond (h, req->id, req->op, RSP_EOPNOTSUPP);
  return DONE;
}

static enum reply
flush_with (struct hostile *h, const struct request *req, int status)
{
  if (req->op != OP_FLUSH)
    return HONEST;
  ring_respond (h, req->id, req->op, status);
  return DONE;
}

static enum reply
flush_refused (struct hostile *h, const struct request *req, int status)
{
  (void) status;
  return flush_with (h, req, RSP_EOPNOTSUPP);
}

static enum reply
flush_error (struct hostile *h, const struct request *req, int status)
{
  (void) status;
  return flush_with (h, req, RSP_ERROR);
}

static enum reply
write_error (struct hostile *h, const struct request *req, int status)
{
  (void) status;
  if (req->op != OP_WRITE)
    return HONEST;
  ring_respond (h, req->id, req->op, RSP_ERROR);
  return DONE;
}

static enum reply
write_as_read (struct hostile *h, const struct request *req, int status)
{
  if (req->op != OP_WRITE)
    return HONEST;
  ring_respond (h, req->id, OP_READ, status);
  return DONE;
}

/* The index moves by STEP, with or without an answer.  */
static enum reply
move_index (struct hostile *h, const struct request *req, int status,
	    int with_answer, uint32_t step)
{
  if (!attack_nth (h))
    return HONEST;
  if (with_answer)
    ring_put (h, req->id, req->op, status);
  say (h, "the index goes from %u to %u", *ring_index (h, RSP_PROD),
       h->rsp_prod + step);
  ring_publish (h, h->rsp_prod + step);
  h->mute = 1;
  return DONE;
}

static enum reply
index_one_more (struct hostile *h, const struct request *req, int status)
{
  return move_index (h, req, status, 0, 1);
}

static enum reply
index_beyond (struct hostile *h, const struct request *req, int status)
{
  return move_index (h, req, status, 1, h->req_cons - h->rsp_prod + 1);
}

static enum reply
index_far (struct hostile *h, const struct request *req, int status)
{
  return move_index (h, req, status, 1, 1000);
}

static enum reply
index_wraps (struct hostile *h, const struct request *req, int status)
{
  return move_index (h, req, status, 1, 0x80000000);
}

static enum reply
index_back (struct hostile *h, const struct request *req, int status)
{
  return move_index (h, req, status, 0, -1);
}

static enum reply
index_back_far (struct hostile *h, const struct request *req, int status)
{
  return move_index (h, req, status, 1, -100);
}

/* All answers are right, but in another order, and late.  */
static enum reply
unordered (struct hostile *h, const struct request *req, int status)
{
  /* One answer is always a request late, while there is a next one.  */
  if (h->left.segments)
    {
      ring_respond (h, req->id, req->op, status);
      ring_respond (h, h->left.id, h->left.op, RSP_OKAY);
      h->left.segments = 0;
      return DONE;
    }
  if (status || *ring_index (h, REQ_PROD) == h->req_cons)
    return HONEST;
  h->left = *req;
  return DONE;
}

const struct attack answer_attacks[] =
  {
    { .name = "id-unknown", .answer = id_unknown,
      .help = "a response to an id just past the last possible one" },
    { .name = "id-huge", .answer = id_huge,
      .help = "a response to the id 2^64-1" },
    { .name = "id-high", .answer = id_high,
      .help = "a response whose id is right in its lower 32 bits only" },
    { .name = "id-free", .answer = id_free,
      .help = "a response to a possible id that is not in flight" },
    { .name = "twice", .answer = twice,
      .help = "two responses to one request, at once" },
    { .name = "twice-late", .answer = twice_late,
      .help = "a second response to one request, with the next one's" },
    { .name = "other-operation", .answer = other_operation,
      .help = "a response to a read that names a write, and the other way round" },
    { .name = "unknown-operation", .answer = unknown_operation,
      .help = "a response that names operation 255" },
    { .name = "indirect-operation", .answer = indirect_operation,
      .help = "a response to an indirect request that names the wrapper, not what is in it" },
    { .name = "unknown-status", .answer = unknown_status,
      .help = "a response with status 1" },
    { .name = "low-status", .answer = low_status,
      .help = "a response with status -32768" },
    { .name = "error", .answer = error,
      .help = "one response with the status of an error" },
    { .name = "all-errors", .answer = all_errors,
      .help = "every response has the status of an error" },
    { .name = "read-refused", .answer = read_refused,
      .help = "reads are not supported, says one response" },
    { .name = "indirect-refused", .answer = indirect_refused,
      .help = "indirect requests are offered, and not supported" },
    { .name = "flush-refused", .answer = flush_refused,
      .help = "flushes are offered, and not supported" },
    { .name = "flush-error", .answer = flush_error,
      .help = "flushes fail" },
    { .name = "write-error", .answer = write_error,
      .help = "writes fail" },
    { .name = "write-as-read", .answer = write_as_read,
      .help = "responses to writes name reads" },
    { .name = "index-one-more", .answer = index_one_more,
      .help = "rsp_prod counts a response that was never written" },
    { .name = "index-beyond", .answer = index_beyond,
      .help = "rsp_prod is one past all that was asked for" },
    { .name = "index-far", .answer = index_far,
      .help = "rsp_prod jumps 1000 ahead" },
    { .name = "index-wraps", .answer = index_wraps,
      .help = "rsp_prod jumps by 2^31" },
    { .name = "index-back", .answer = index_back,
      .help = "rsp_prod goes one back" },
    { .name = "index-back-far", .answer = index_back_far,
      .help = "rsp_prod goes 100 back" },
    { .name = "unordered", .answer = unordered,
      .help = "right answers, in another order" },
    { .name = 0 }
  };
