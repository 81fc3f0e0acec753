/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* table.h - the two tables behind HPACK's indexes (RFC 7541 2.3): the static one, and a dynamic one as both
 * decoder and encoder keep it. */
#ifndef WEIR_HPACK_TABLE_H
#define WEIR_HPACK_TABLE_H

#include "base/mem.h"

enum {
  WEIR_HPACK_STATIC_LEN = 61,     /* indexes 1..61; the dynamic table's start behind it */
  WEIR_HPACK_ENTRY_OVERHEAD = 32, /* what an entry counts above its bytes (RFC 7541 4.1) */
};

typedef struct weir_hpack_pair {
  weir_str name, value;
} weir_hpack_pair;

/** RFC 7541 appendix A; [0] is not used. */
extern const weir_hpack_pair weir_hpack_static[WEIR_HPACK_STATIC_LEN + 1];

/** Index of the pair (*exact is true), or else the lowest one with the name, or else 0. */
unsigned weir_hpack_static_find(weir_str name, weir_str value, bool *exact);

typedef struct weir_hpack_entry {
  uint32_t at, name_len, value_len; /* place in `bytes`, value behind name */
  uint8_t name_index;               /* static index of the name, or 0 */
} weir_hpack_entry;

/** Entries are numbered in the order of insertion; [next - n, next) are present. Their bytes lie in a ring
 * that wraps between entries only, so that each is one piece. */
typedef struct weir_hpack_table {
  weir_mem mem;
  char *bytes;
  size_t bytes_cap, head; /* the next entry's bytes go to head, or to 0 */
  weir_hpack_entry *entries;
  uint32_t entries_cap; /* a power of two, or 0 */
  uint32_t next, n;
  uint32_t size, max_size; /* as RFC 7541 4.1 counts */
} weir_hpack_table;

void weir_hpack_table_init(weir_hpack_table *t, weir_mem mem, uint32_t max_size);
void weir_hpack_table_fini(weir_hpack_table *t);

static inline const weir_hpack_entry *weir_hpack_table_at(const weir_hpack_table *t, uint32_t number) {
  return &t->entries[number & (t->entries_cap - 1)];
}
static inline weir_str weir_hpack_entry_name(const weir_hpack_table *t, const weir_hpack_entry *e) {
  return (weir_str){t->bytes + e->at, e->name_len};
}
static inline weir_str weir_hpack_entry_value(const weir_hpack_table *t, const weir_hpack_entry *e) {
  return (weir_str){t->bytes + e->at + e->name_len, e->value_len};
}

/** True if bytes of present entries stay where they are when an entry of name_len and value_len is inserted. */
bool weir_hpack_table_insert_keeps(const weir_hpack_table *t, size_t name_len, size_t value_len);
/**
 * Inserts an entry, evicting the oldest as needed; one that is larger than the table just empties it (RFC 7541
 * 4.4). name may lie in the table, in an entry that is evicted too; value must not.
 * False when out of memory: the entry was not inserted.
 */
bool weir_hpack_table_insert(weir_hpack_table *t, weir_str name, weir_str value, uint8_t name_index);
/** Evicts what exceeds the new size (RFC 7541 4.3). */
void weir_hpack_table_resize(weir_hpack_table *t, uint32_t max_size);
/** Asserts the invariants. */
void weir_hpack_table_check(const weir_hpack_table *t);

#endif
