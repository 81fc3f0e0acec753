/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
#include "pb/ext.h"

static bool message_equal(const weir_pb_type *t, const char *x, const char *y, int depth);

/* NULL stands for the empty message where a oneof or a map entry has it. */
static bool sub_equal(const weir_pb_type *t, const char *x, const char *y, int depth) {
  if (x && y) return depth > 0 && message_equal(t, x, y, depth - 1);
  return x == y || pb_size(t, x ? x : y) == 0;
}

static bool value_equal(const weir_pb_type *t, const weir_pb_field *row, const char *x, const char *y,
                        int depth) {
  uint32_t kind = row->kind & WEIR_PB_KIND;
  if (pb_is_message(row))
    return sub_equal(t->subs[row->sub].type, (const char *)pb_load_ptr(x), (const char *)pb_load_ptr(y),
                     depth);
  if (kind == WEIR_PB_STRING || kind == WEIR_PB_BYTES) return weir_str_eq(pb_load_str(x), pb_load_str(y));
  return !memcmp(x, y, pb_kind_size(row->kind));
}

static bool repeated_equal(const weir_pb_type *t, const weir_pb_field *row, const pb_vec *x, const pb_vec *y,
                           int depth) {
  size_t size = pb_kind_size(row->kind);
  if (x->len != y->len) return false;
  for (size_t i = 0; i < x->len; i++)
    if (!value_equal(t, row, x->data + i * size, y->data + i * size, depth)) return false;
  return true;
}

static bool map_equal(const weir_pb_type *entry, const pb_map *x, const pb_map *y, int depth) {
  const weir_pb_field *key = &entry->fields[0], *value = &entry->fields[1];
  if (x->len != y->len) return false;
  for (size_t i = 0; i < x->len; i++) {
    const char *e = x->data + i * entry->size;
    const char *other = (const char *)weir_pb_map_find(y, entry, e + key->offset);
    if (!other || !value_equal(entry, value, e + value->offset, other + value->offset, depth)) return false;
  }
  return true;
}

static bool field_equal(const weir_pb_type *t, const weir_pb_field *row, const char *x, const char *y,
                        int depth) {
  const void *at = x + row->offset, *other = y + row->offset;
  switch (row->kind & WEIR_PB_MODE) {
  case WEIR_PB_REPEATED: return repeated_equal(t, row, (const pb_vec *)at, (const pb_vec *)other, depth);
  case WEIR_PB_MAP:
    return map_equal(t->subs[row->sub].type, (const pb_map *)at, (const pb_map *)other, depth);
  default: break;
  }
  bool here = pb_field_set(row, x);
  if (here != pb_field_set(row, y)) return false;
  return !here || value_equal(t, row, (const char *)at, (const char *)other, depth);
}

/* Extensions of x; those whose field is empty are as good as absent. */
static bool extensions_equal(const char *x, const char *y, int depth) {
  const pb_exts *exts = pb_exts_of(x), *others = pb_exts_of(y);
  for (uint32_t i = 0; i < exts->len; i++) {
    const weir_pb_ext *ext = exts->data[i].ext;
    const char *other = pb_ext_holder(y, ext);
    if (other ? !message_equal(ext->holder, exts->data[i].holder, other, depth)
              : pb_size(ext->holder, exts->data[i].holder) != 0)
      return false;
  }
  for (uint32_t i = 0; i < others->len; i++)
    if (!pb_ext_holder(x, others->data[i].ext) && pb_size(others->data[i].ext->holder, others->data[i].holder))
      return false;
  return true;
}

/* Recursion is bounded by depth. */
static bool message_equal(const weir_pb_type *t, const char *x, const char *y, int depth) {
  for (uint32_t i = 0; i < t->n_fields; i++)
    if (!field_equal(t, &t->fields[i], x, y, depth)) return false;
  return weir_str_eq(weir_pb_unknown(x), weir_pb_unknown(y)) && extensions_equal(x, y, depth);
}

bool weir_pb_equal(const weir_pb_type *t, const void *x, const void *y) {
  return message_equal(t, (const char *)x, (const char *)y, WEIR_PB_MAX_DEPTH);
}
