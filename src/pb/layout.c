/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
#include "pb/layout.h"

#define ALIGN_OF(T) ((uint32_t) _Alignof(T)) /* within a struct: gcc since 8, clang */

/* None takes more than 32 bytes, with its flag. */
#define MAX_MEMBERS (1u << 25)

static uint32_t member_align(const weir_pb_field *row) {
  uint32_t mode = row->kind & WEIR_PB_MODE;
  if (mode == WEIR_PB_REPEATED || mode == WEIR_PB_MAP) return ALIGN_OF(pb_map);
  switch (row->kind & WEIR_PB_KIND) {
  case WEIR_PB_BOOL: return ALIGN_OF(bool);
  case WEIR_PB_DOUBLE: return ALIGN_OF(double);
  case WEIR_PB_STRING:
  case WEIR_PB_BYTES: return ALIGN_OF(weir_str);
  case WEIR_PB_MESSAGE:
  case WEIR_PB_GROUP: return ALIGN_OF(void *);
  default: return pb_kind_size(row->kind) == 4 ? ALIGN_OF(uint32_t) : ALIGN_OF(uint64_t);
  }
}

static uint32_t member_size(const weir_pb_field *row) {
  switch (row->kind & WEIR_PB_MODE) {
  case WEIR_PB_REPEATED: return sizeof(pb_vec);
  case WEIR_PB_MAP: return sizeof(pb_map);
  default: return (uint32_t)pb_kind_size(row->kind);
  }
}

/* A struct that grows member by member. */
typedef struct layout {
  uint32_t size, align;
} layout;

static uint32_t place(layout *l, uint32_t size, uint32_t align) {
  uint32_t at = (l->size + align - 1) / align * align;
  l->size = at + size;
  if (align > l->align) l->align = align;
  return at;
}

static uint32_t struct_size(const layout *l) { return (l->size + l->align - 1) / l->align * l->align; }

/* The groups that members come in, after the flags. */
enum { GROUP_BOOL, GROUP_WORD, GROUP_REST };

static int group_of(const weir_pb_field *row) {
  uint32_t mode = row->kind & WEIR_PB_MODE;
  if (mode == WEIR_PB_REPEATED || mode == WEIR_PB_MAP) return GROUP_REST;
  if ((row->kind & WEIR_PB_KIND) == WEIR_PB_BOOL) return GROUP_BOOL;
  return !pb_is_message(row) && pb_kind_size(row->kind) == 4 ? GROUP_WORD : GROUP_REST;
}

/* A union is as large and as aligned as its members ask for; they lie at its start. */
static void measure_unions(const pb_member *members, uint32_t n, pb_oneof *oneofs) {
  for (uint32_t i = 0; i < n; i++) {
    if (members[i].oneof < 0) continue;
    pb_oneof *o = &oneofs[members[i].oneof];
    uint32_t align = member_align(members[i].row), size = member_size(members[i].row);
    if (align > o->align) o->align = align;
    if (size > o->size) o->size = size;
  }
}

/* Cases and unions stand where the first member of their oneof does. */
static void place_group(layout *l, pb_member *members, uint32_t n, int group, pb_oneof *oneofs) {
  for (uint32_t i = 0; i < n; i++) {
    weir_pb_field *row = members[i].row;
    pb_oneof *o = members[i].oneof < 0 ? NULL : &oneofs[members[i].oneof];
    if (!o) {
      if (group_of(row) == group) row->offset = place(l, member_size(row), member_align(row));
    } else if (group == GROUP_WORD && !o->case_at) {
      o->case_at = place(l, sizeof(int32_t), ALIGN_OF(int32_t));
    } else if (group == GROUP_REST && !o->union_at) {
      o->union_at = place(l, (o->size + o->align - 1) / o->align * o->align, o->align);
    }
  }
}

bool pb_layout(weir_pb_type *t, pb_member *members, uint32_t n, pb_oneof *oneofs) {
  if (n > MAX_MEMBERS) return false;
  layout l = {sizeof(weir_pb_hdr), ALIGN_OF(weir_pb_hdr)};
  measure_unions(members, n, oneofs);
  for (uint32_t i = 0; i < n; i++)
    if ((members[i].row->kind & WEIR_PB_MODE) == WEIR_PB_HAS)
      members[i].row->presence = place(&l, sizeof(bool), ALIGN_OF(bool));
  for (int group = GROUP_BOOL; group <= GROUP_REST; group++) place_group(&l, members, n, group, oneofs);
  for (uint32_t i = 0; i < n; i++) {
    if (members[i].oneof < 0) continue;
    members[i].row->presence = oneofs[members[i].oneof].case_at;
    members[i].row->offset = oneofs[members[i].oneof].union_at;
  }
  t->size = struct_size(&l);
  return true;
}

void pb_layout_entry(weir_pb_type *t, weir_pb_field *key, weir_pb_field *value) {
  layout l = {0, 1};
  key->offset = place(&l, member_size(key), member_align(key));
  value->offset = place(&l, member_size(value), member_align(value));
  t->size = struct_size(&l);
}
