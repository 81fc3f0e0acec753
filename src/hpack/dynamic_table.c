/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
#include "base/assert.h"
#include "hpack/table.h"

#include <string.h>

enum { TABLE_MIN_BYTES = 512, TABLE_MIN_ENTRIES = 16 };

/* Bytes an entry takes in the ring. One more than it needs, so that an empty entry has a place of its own and the
 * positions of the oldest entry and of head tell where the ring is free. */
static size_t entry_room(size_t name_len, size_t value_len) { return name_len + value_len + 1; }

void weir_hpack_table_init(weir_hpack_table *t, weir_mem mem, uint32_t max_size) {
  *t = (weir_hpack_table){.mem = mem, .max_size = max_size};
}

void weir_hpack_table_fini(weir_hpack_table *t) {
  weir_mem_free(t->mem, t->bytes, t->bytes_cap);
  weir_mem_free(t->mem, t->entries, t->entries_cap * sizeof *t->entries);
  *t = (weir_hpack_table){.mem = t->mem};
}

static void table_evict(weir_hpack_table *t) {
  const weir_hpack_entry *e = weir_hpack_table_at(t, t->next - t->n);
  t->size -= e->name_len + e->value_len + WEIR_HPACK_ENTRY_OVERHEAD;
  t->n--;
}

/* Where `room` bytes fit without touching an entry; SIZE_MAX if nowhere. */
static size_t table_find_room(const weir_hpack_table *t, size_t room) {
  if (t->n == 0) return room <= t->bytes_cap ? 0 : SIZE_MAX;
  size_t tail = weir_hpack_table_at(t, t->next - t->n)->at;
  if (tail >= t->head) return room <= tail - t->head ? t->head : SIZE_MAX;
  if (room <= t->bytes_cap - t->head) return t->head;
  return room <= tail ? 0 : SIZE_MAX;
}

static bool table_grow_entries(weir_hpack_table *t) {
  uint32_t cap = t->entries_cap ? t->entries_cap * 2 : TABLE_MIN_ENTRIES;
  weir_hpack_entry *entries = weir_mem_alloc(t->mem, cap * sizeof *entries);
  if (!entries) return false;
  for (uint32_t k = t->next - t->n; k != t->next; k++) entries[k & (cap - 1)] = *weir_hpack_table_at(t, k);
  weir_mem_free(t->mem, t->entries, t->entries_cap * sizeof *entries);
  t->entries = entries;
  t->entries_cap = cap;
  return true;
}

/* Moves the entries to the front of a larger ring. The old one is left to the caller: what is inserted next may
 * have its name there. Twice the table's size always has room: entries lie together, and wherever they are,
 * one of the two pieces beside them takes what may still be inserted. */
static bool table_grow_bytes(weir_hpack_table *t, size_t room) {
  size_t live = t->size, cap = t->bytes_cap ? t->bytes_cap * 2 : TABLE_MIN_BYTES;
  while (cap < live + room) cap *= 2;
  char *bytes = weir_mem_alloc(t->mem, cap);
  if (!bytes) return false;
  size_t at = 0;
  for (uint32_t k = t->next - t->n; k != t->next; k++) {
    weir_hpack_entry *e = &t->entries[k & (t->entries_cap - 1)];
    memcpy(bytes + at, t->bytes + e->at, (size_t)e->name_len + e->value_len);
    e->at = (uint32_t)at;
    at += entry_room(e->name_len, e->value_len);
  }
  t->bytes = bytes;
  t->bytes_cap = cap;
  t->head = at;
  return true;
}

bool weir_hpack_table_insert_keeps(const weir_hpack_table *t, size_t name_len, size_t value_len) {
  if (name_len + value_len + WEIR_HPACK_ENTRY_OVERHEAD > t->max_size - t->size) return false;
  return table_find_room(t, entry_room(name_len, value_len)) != SIZE_MAX;
}

bool weir_hpack_table_insert(weir_hpack_table *t, weir_str name, weir_str value, uint8_t name_index) {
  size_t size = name.len + value.len + WEIR_HPACK_ENTRY_OVERHEAD;
  while (t->n && size > t->max_size - t->size) table_evict(t);
  if (size > t->max_size) return true;
  if (t->n == t->entries_cap && !table_grow_entries(t)) return false;

  char *old = NULL;
  size_t old_cap = 0, room = entry_room(name.len, value.len), at = table_find_room(t, room);
  if (at == SIZE_MAX) {
    old = t->bytes;
    old_cap = t->bytes_cap;
    if (!table_grow_bytes(t, room)) return false;
    at = t->head;
  }
  if (name.len) memmove(t->bytes + at, name.data, name.len);
  if (value.len) memcpy(t->bytes + at + name.len, value.data, value.len);
  weir_mem_free(t->mem, old, old_cap);
  t->entries[t->next & (t->entries_cap - 1)] =
      (weir_hpack_entry){(uint32_t)at, (uint32_t)name.len, (uint32_t)value.len, name_index};
  t->next++;
  t->n++;
  t->head = at + room;
  t->size += (uint32_t)size;
  return true;
}

void weir_hpack_table_resize(weir_hpack_table *t, uint32_t max_size) {
  t->max_size = max_size;
  while (t->size > max_size) table_evict(t);
}

void weir_hpack_table_check(const weir_hpack_table *t) {
  size_t size = 0;
  for (uint32_t k = t->next - t->n; k != t->next; k++) {
    const weir_hpack_entry *e = weir_hpack_table_at(t, k);
    WEIR_CHECK(e->at + entry_room(e->name_len, e->value_len) <= t->bytes_cap);
    size += (size_t)e->name_len + e->value_len + WEIR_HPACK_ENTRY_OVERHEAD;
  }
  WEIR_CHECK(size == t->size);
  WEIR_CHECK(t->size <= t->max_size);
  WEIR_CHECK(t->n <= t->entries_cap);
}
