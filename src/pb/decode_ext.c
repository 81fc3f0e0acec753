/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* decode_ext.c - fields that are extensions: found in a pool, decoded into the structs that hold them (ext.h). */
#include "pb/decode.h"
#include "pb/ext.h"

/* What the pool knows by this field of an extendable message: NULL also if its wire type does not fit. */
static const weir_pb_ext *find_ext(const decoder *d, const weir_pb_type *type, uint32_t tag) {
  const weir_pb_ext *x = d->pool ? weir_pb_pool_ext_of(d->pool, type, tag >> 3) : NULL;
  if (!x) return NULL;
  const weir_pb_field *row = pb_ext_row(x);
  bool fits = (tag & 7) == pb_wire_type(row) || ((tag & 7) == WIRE_BYTES && pb_row_packable(row));
  return fits ? x : NULL;
}

/* A decoder for what lies `depth` levels down; NULL when out of memory. */
static decoder *inner_decoder(decoder *d, ptrdiff_t depth) {
  decoder *in = d->inner;
  if (!in) in = (decoder *)weir_arena_take(d->arena, sizeof *in);
  if (!in) return NULL;
  if (!d->inner) in->inner = NULL;
  d->inner = in;
  in->arena = d->arena;
  in->easy_end = d->easy_end;
  in->window_end = d->window_end;
  in->window_shift = d->window_shift;
  in->start = d->start;
  in->limit = d->limit;
  in->flags = d->flags;
  in->pool = d->pool;
  in->missing = d->missing;
  in->deepest = in->frames + (d->deepest - d->frames) - depth;
  return in;
}

static const uint8_t *too_deep(decoder *d) {
  decode_fail(d, "nested too deep", d->field);
  d->code = WEIR_RESOURCE_EXHAUSTED;
  return NULL;
}

/* An item of a message set whose extension the pool knows: its message is decoded by a decoder of its own. *taken is
 * false if it is none. */
static const uint8_t *decode_item(decoder *d, char *msg, const weir_pb_type *type, const uint8_t *p,
                                  bool *taken) {
  pb_set_item item;
  ptrdiff_t depth = d->top - d->frames;
  const uint8_t *q = wire_skip(p, d->end, PB_ITEM_START, WEIR_PB_MAX_DEPTH);
  const weir_pb_ext *x =
      q && pb_set_item_read(p, d->end, &item) ? weir_pb_pool_ext_of(d->pool, type, item.id) : NULL;
  *taken = x && pb_ext_row(x)->kind == WEIR_PB_MESSAGE;
  if (!*taken) return NULL;
  if (d->top >= d->deepest) return too_deep(d);
  char *holder = pb_ext_add(msg, x, d->arena), *sub = holder ? pb_ext_message(x, holder, d->arena) : NULL;
  decoder *in = sub ? inner_decoder(d, depth + 1) : NULL;
  if (!in) return (const uint8_t *)decode_fail(d, decode_no_memory, d->field);
  const uint8_t *from = (const uint8_t *)item.message.data;
  bool ok = decode_run(in, x->holder->subs[0].type, sub, from, from + item.message.len);
  d->missing = in->missing;
  if (ok) return q;
  d->code = in->code;
  d->why = in->why;
  d->at = in->at;
  return NULL;
}

/* The message of an extension that is one, made where it is not there yet or repeated; NULL when out of memory. */
static char *open_message(decoder *d, const weir_pb_ext *x, char *holder) {
  const weir_pb_field *row = pb_ext_row(x);
  if ((row->kind & WEIR_PB_MODE) != WEIR_PB_REPEATED) return pb_ext_message(x, holder, d->arena);
  pb_vec *v = (pb_vec *)(void *)(holder + row->offset);
  char *m = pb_new(x->holder->subs[row->sub].type, d->arena);
  if (!m || !pb_vec_reserve(v, sizeof m, 1, d->arena)) return NULL;
  memcpy(v->data + (size_t)v->len++ * sizeof m, &m, sizeof m);
  return m;
}

/* Goes a level down: to `end`, or to the end of a group. */
static void go_down(decoder *d, char **msg, const weir_pb_type **type, char *m, const weir_pb_type *sub,
                    const uint8_t *end, uint32_t group) {
  decode_frame *f = ++d->top;
  f->up_type = *type;
  f->up_msg = *msg;
  f->up_end = d->end;
  f->group = group;
  d->end = end;
  *type = sub;
  *msg = m;
}

WEIR_NOINLINE const uint8_t *decode_extension(decoder *d, char **msg, const weir_pb_type **type, uint32_t tag,
                                              const uint8_t *p) {
  if ((*type)->flags & WEIR_PB_MESSAGE_SET && tag == PB_ITEM_START) {
    bool taken;
    const uint8_t *behind = decode_item(d, *msg, *type, p, &taken);
    if (taken) return behind;
  }
  const weir_pb_ext *x = find_ext(d, *type, tag);
  if (!x) return decode_other(d, *msg, *type, NULL, tag, p);
  char *holder = pb_ext_add(*msg, x, d->arena);
  if (!holder) return (const uint8_t *)decode_fail(d, decode_no_memory, d->field);
  const weir_pb_field *row = pb_ext_row(x);
  if (!pb_is_message(row)) { /* another look at the field, as one of the extension's struct */
    const uint8_t *end = wire_skip(p, d->end, tag, 0);
    if (!end) return (const uint8_t *)decode_fail(d, "malformed extension", d->field);
    go_down(d, msg, type, holder, x->holder, end, 0);
    return d->field;
  }
  bool group = (row->kind & WEIR_PB_KIND) == WEIR_PB_GROUP;
  size_t len = (size_t)(d->end - p);
  if (!group) p = wire_len(p, d->end, &len);
  if (!p) return (const uint8_t *)decode_fail(d, decode_malformed_length, d->field);
  if (d->top >= d->deepest) return too_deep(d);
  char *m = open_message(d, x, holder);
  if (!m) return (const uint8_t *)decode_fail(d, decode_no_memory, d->field);
  go_down(d, msg, type, m, x->holder->subs[row->sub].type, p + len, group ? row->number : 0);
  return p;
}
