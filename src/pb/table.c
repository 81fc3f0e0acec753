/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
#include "pb/table.h"

const weir_pb_field *pb_find_sparse(const weir_pb_type *t, uint32_t number) {
  uint32_t low = t->dense_below, high = t->n_fields;
  while (low < high) {
    uint32_t mid = low + (high - low) / 2;
    if (t->fields[mid].number == number) return &t->fields[mid];
    if (t->fields[mid].number < number)
      low = mid + 1;
    else
      high = mid;
  }
  return NULL;
}

weir_str pb_field_name(const weir_pb_type *t, uint32_t number) {
  const weir_pb_field *row = pb_find(t, number);
  if (!row || !t->names) return (weir_str){"", 0};
  const char *name = t->names;
  for (const weir_pb_field *at = t->fields; at < row; at++) name += strlen(name) + 1;
  return (weir_str){name, strcspn(name, "=")};
}

bool pb_enum_search(const weir_pb_enum *e, int32_t value) {
  uint32_t low = 0, high = e->n_values;
  while (low < high) {
    uint32_t mid = low + (high - low) / 2;
    if (e->values[mid] == value) return true;
    if (e->values[mid] < value)
      low = mid + 1;
    else
      high = mid;
  }
  return false;
}

const weir_pb_field *pb_first_missing(const weir_pb_type *t, const char *msg) {
  for (uint32_t i = 0; i < t->n_fields; i++) {
    const weir_pb_field *row = &t->fields[i];
    if (!(row->flags & WEIR_PB_REQUIRED)) continue;
    bool here = pb_is_message(row) ? pb_load_ptr(msg + row->offset) != NULL : msg[row->presence] != 0;
    if (!here) return row;
  }
  return NULL;
}

static bool check_elements(const weir_pb_type *t, const weir_pb_field *row, const char *data, uint32_t len,
                           int max_depth, pb_missing *missing) {
  bool in_map = (row->kind & WEIR_PB_MODE) == WEIR_PB_MAP;
  const weir_pb_type *elem = t->subs[row->sub].type;
  for (uint32_t i = 0; i < len; i++) {
    const char *at = in_map ? data + (size_t)i * elem->size : pb_load_ptr(data + (size_t)i * sizeof(void *));
    if (at && !pb_check_required(elem, at, max_depth, missing)) return false;
  }
  return true;
}

static bool check_extensions(const char *msg, int max_depth, pb_missing *missing) {
  const struct weir_pb_extra *extra = ((const weir_pb_hdr *)(const void *)msg)->extra;
  for (uint32_t i = 0; extra && i < extra->exts.len; i++)
    if (!pb_check_required(extra->exts.data[i].ext->holder, extra->exts.data[i].holder, max_depth, missing))
      return false;
  return true;
}

/* Recursion is bounded by max_depth; what lies deeper is taken as complete. */
bool pb_check_required(const weir_pb_type *t, const char *msg, int max_depth, pb_missing *missing) {
  const weir_pb_field *row = t->flags & WEIR_PB_HAS_REQUIRED ? pb_first_missing(t, msg) : NULL;
  if (row) {
    *missing = (pb_missing){t, row->number};
    return false;
  }
  if (max_depth <= 0) return true;
  for (uint32_t i = 0; i < t->n_fields; i++) {
    row = &t->fields[i];
    if (!pb_is_message(row)) continue;
    uint32_t mode = row->kind & WEIR_PB_MODE;
    const char *at = msg + row->offset;
    if (mode == WEIR_PB_REPEATED || mode == WEIR_PB_MAP) {
      const pb_vec *v = (const pb_vec *)(const void *)at;
      if (!check_elements(t, row, v->data, v->len, max_depth - 1, missing)) return false;
      continue;
    }
    if (mode == WEIR_PB_ONEOF && pb_load32(msg + row->presence) != row->number) continue;
    const char *sub = pb_load_ptr(at);
    if (sub && !pb_check_required(t->subs[row->sub].type, sub, max_depth - 1, missing)) return false;
  }
  return !(t->flags & WEIR_PB_EXTENDABLE) || check_extensions(msg, max_depth, missing);
}
