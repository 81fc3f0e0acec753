/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* What is indexed: a pair takes table room at first sight while there is room, and at second sight once it would
 * evict another. So a repeated list is a few bytes from its second time on, and values that never come again
 * (ids, dates) do not wash out the ones that do, even if nobody marked them no_index. */
#include "base/assert.h"
#include "hpack/hpack.h"
#include "hpack/huffman.h"
#include "hpack/table.h"

#include <string.h>

enum {
  ENCODER_MAX_ENTRIES = WEIR_HPACK_ENCODER_TABLE / WEIR_HPACK_ENTRY_OVERHEAD,
  ENCODER_BUCKETS = 128,
  ENCODER_SEEN = 64, /* recent pairs that were not indexed, by hash */
  ENCODER_HINTS = 64,
  MAX_INT_SIZE = 6, /* bytes of a coded 32-bit integer */
};

typedef struct encoder_place {
  uint32_t link;        /* into the dynamic table */
  uint8_t static_index; /* or 0 */
} encoder_place;

/* Finds entries: chains of entry numbers, newest first, that end where an entry is gone. Nothing is removed at
 * eviction. Numbers are kept plus one; 0 is none. */
struct weir_hpack_encoder {
  weir_mem mem;
  weir_hpack_table table;
  uint32_t pairs[ENCODER_BUCKETS], names[ENCODER_BUCKETS];
  struct {
    uint32_t pair, name; /* next in the chain */
  } links[ENCODER_MAX_ENTRIES];
  uint32_t seen[ENCODER_SEEN];
  /* Where the pair at two addresses was found last. Only a hint: what is there is compared before it is used. */
  encoder_place hints[ENCODER_HINTS];
  /* Where constants were found last. Entries' numbers say which entry they are until they wrap: see encoder_insert. */
  encoder_place constants[WEIR_HPACK_CONSTANTS + 1];
  uint32_t lowest_size; /* of the table since the last block */
  bool resized;         /* size updates are due */
};

weir_hpack_encoder *weir_hpack_encoder_new(weir_mem mem, uint32_t max_table_size) {
  weir_hpack_encoder *e = weir_mem_zalloc(mem, sizeof *e);
  if (!e) return NULL;
  e->mem = mem;
  weir_hpack_table_init(&e->table, mem, WEIR_HPACK_ENCODER_TABLE);
  e->lowest_size = e->table.max_size;
  weir_hpack_encoder_set_max_table(e, max_table_size);
  return e;
}

void weir_hpack_encoder_free(weir_hpack_encoder *e) {
  if (!e) return;
  weir_hpack_table_fini(&e->table);
  weir_mem_free(e->mem, e, sizeof *e);
}

void weir_hpack_encoder_set_max_table(weir_hpack_encoder *e, uint32_t max_table_size) {
  uint32_t size = max_table_size < WEIR_HPACK_ENCODER_TABLE ? max_table_size : WEIR_HPACK_ENCODER_TABLE;
  if (size == e->table.max_size) return;
  weir_hpack_table_resize(&e->table, size);
  if (size < e->lowest_size) e->lowest_size = size;
  e->resized = true;
}

/* ---- primitive types (RFC 7541 5) ------------------------------------------------------------------------ */

static char *put_int(char *p, uint8_t pattern, unsigned prefix, uint32_t v) {
  uint32_t max = (1u << prefix) - 1;
  if (v < max) {
    *p++ = (char)(pattern | v);
    return p;
  }
  *p++ = (char)(pattern | max);
  for (v -= max; v >= 0x80; v >>= 7) *p++ = (char)(0x80 | (v & 0x7f));
  *p++ = (char)v;
  return p;
}

static char *put_string(char *p, weir_str s) {
  size_t size = weir_huffman_size(s);
  if (size < s.len) return weir_huffman_encode(s, put_int(p, 0x80, 7, (uint32_t)size));
  p = put_int(p, 0, 7, (uint32_t)s.len);
  if (s.len) memcpy(p, s.data, s.len);
  return p + s.len;
}

static char *put_literal(char *p, uint8_t pattern, unsigned prefix, uint32_t name_index,
                         const weir_hpack_field *f) {
  p = put_int(p, pattern, prefix, name_index);
  if (!name_index) p = put_string(p, f->name);
  return put_string(p, f->value);
}

/* Not against attack: a chain is never longer than the table, 128 entries. */
static uint32_t bytes_hash(weir_str s, uint64_t h) {
  const char *p = s.data;
  size_t n = s.len;
  h ^= n;
  for (uint64_t w; n >= 8; p += 8, n -= 8) {
    memcpy(&w, p, 8);
    h = (h ^ w) * 0x9e3779b97f4a7c15u;
    h ^= h >> 32;
  }
  uint64_t rest = 0;
  for (; n; n--) rest = rest << 8 | (uint8_t)*p++;
  h = (h ^ rest) * 0x9e3779b97f4a7c15u;
  return (uint32_t)(h >> 32);
}

/* ---- finding and keeping entries ------------------------------------------------------------------------- */

static bool bytes_equal(weir_str a, weir_str b) {
  return a.len == b.len && memcmp(a.data, b.data, a.len) == 0;
}

static bool encoder_has(const weir_hpack_encoder *e, uint32_t link) {
  return link && e->table.next - link < e->table.n; /* link is the entry's number plus one */
}

static uint32_t encoder_index(const weir_hpack_encoder *e, uint32_t link) {
  return WEIR_HPACK_STATIC_LEN + (e->table.next - (link - 1));
}

static bool encoder_entry_is(const weir_hpack_encoder *e, uint32_t link, const weir_hpack_field *f) {
  const weir_hpack_entry *entry = weir_hpack_table_at(&e->table, link - 1);
  return bytes_equal(weir_hpack_entry_value(&e->table, entry), f->value) &&
         bytes_equal(weir_hpack_entry_name(&e->table, entry), f->name);
}

/* The link of the entry, or 0. */
static uint32_t encoder_find_pair(const weir_hpack_encoder *e, uint32_t hash, const weir_hpack_field *f) {
  uint32_t k = e->pairs[hash % ENCODER_BUCKETS];
  while (encoder_has(e, k) && !encoder_entry_is(e, k, f)) k = e->links[(k - 1) % ENCODER_MAX_ENTRIES].pair;
  return encoder_has(e, k) ? k : 0;
}

static uint32_t encoder_find_name(const weir_hpack_encoder *e, uint32_t hash, weir_str name) {
  for (uint32_t k = e->names[hash % ENCODER_BUCKETS]; encoder_has(e, k);
       k = e->links[(k - 1) % ENCODER_MAX_ENTRIES].name) {
    if (bytes_equal(weir_hpack_entry_name(&e->table, weir_hpack_table_at(&e->table, k - 1)), name))
      return encoder_index(e, k);
  }
  return 0;
}

/* True if the pair was noted lately; notes it. */
static bool encoder_seen(weir_hpack_encoder *e, uint32_t hash) {
  uint32_t *note = &e->seen[(hash >> 8) % ENCODER_SEEN];
  bool seen = *note == hash;
  *note = hash;
  return seen;
}

static bool encoder_should_index(weir_hpack_encoder *e, uint32_t pair_hash, const weir_hpack_field *f) {
  size_t size = f->name.len + f->value.len + WEIR_HPACK_ENTRY_OVERHEAD;
  if (size > e->table.max_size / 2) return false;
  return size <= e->table.max_size - e->table.size || encoder_seen(e, pair_hash);
}

/* False when out of memory: the entry is then not there, which the peer need not know. */
static bool encoder_insert(weir_hpack_encoder *e, uint32_t name_hash, uint32_t pair_hash,
                           const weir_hpack_field *f) {
  uint32_t number = e->table.next;
  if (!weir_hpack_table_insert(&e->table, f->name, f->value, 0)) return false;
  if (e->table.next == 0) memset(e->constants, 0, sizeof e->constants);
  uint32_t *pair = &e->pairs[pair_hash % ENCODER_BUCKETS], *name = &e->names[name_hash % ENCODER_BUCKETS];
  e->links[number % ENCODER_MAX_ENTRIES].pair = *pair;
  e->links[number % ENCODER_MAX_ENTRIES].name = *name;
  *pair = *name = number + 1;
  return true;
}

/* ---- a block --------------------------------------------------------------------------------------------- */

static unsigned hint_slot(const weir_hpack_field *f) {
  uint64_t key = (uint64_t)(uintptr_t)f->name.data * 31 + (uintptr_t)f->value.data + f->value.len;
  return (unsigned)(key * 0x9e3779b97f4a7c15u >> 32) % ENCODER_HINTS;
}

/* The index that the hint leads to if the pair is really there, or 0. */
static uint32_t encoder_try_hint(const weir_hpack_encoder *e, unsigned slot, const weir_hpack_field *f) {
  unsigned k = e->hints[slot].static_index;
  if (k) {
    const weir_hpack_pair *p = &weir_hpack_static[k];
    return bytes_equal(p->value, f->value) && bytes_equal(p->name, f->name) ? k : 0;
  }
  uint32_t link = e->hints[slot].link;
  return encoder_has(e, link) && encoder_entry_is(e, link, f) ? encoder_index(e, link) : 0;
}

/* Likewise for a constant, which nobody needs to compare. */
static uint32_t encoder_try_constant(const weir_hpack_encoder *e, const weir_hpack_field *f) {
  WEIR_ASSERT(f->constant <= WEIR_HPACK_CONSTANTS && !f->never_index && !f->no_index);
  unsigned k = e->constants[f->constant].static_index;
  uint32_t link = e->constants[f->constant].link;
  WEIR_ASSERT(!k || weir_str_eq(weir_hpack_static[k].value, f->value));
  WEIR_ASSERT(k || !encoder_has(e, link) || encoder_entry_is(e, link, f));
  return k ? k : encoder_has(e, link) ? encoder_index(e, link) : 0;
}

static char *encoder_put_literal(weir_hpack_encoder *e, char *p, const weir_hpack_field *f,
                                 uint32_t name_index, uint32_t name_hash, uint32_t pair_hash) {
  if (!name_index) name_index = encoder_find_name(e, name_hash, f->name);
  if (f->never_index) return put_literal(p, 0x10, 4, name_index, f);
  if (!f->no_index && encoder_should_index(e, pair_hash, f) && encoder_insert(e, name_hash, pair_hash, f))
    return put_literal(p, 0x40, 6, name_index, f);
  return put_literal(p, 0, 4, name_index, f);
}

static void encoder_note(weir_hpack_encoder *e, unsigned slot, const weir_hpack_field *f,
                         unsigned static_index, uint32_t link) {
  encoder_place *to = f->constant ? &e->constants[f->constant] : &e->hints[slot];
  *to = (encoder_place){link, (uint8_t)static_index};
}

static char *encoder_put_field(weir_hpack_encoder *e, char *p, const weir_hpack_field *f) {
  uint32_t index = f->constant ? encoder_try_constant(e, f) : 0;
  if (index) return put_int(p, 0x80, 7, index);
  unsigned slot = hint_slot(f);
  bool may_be_indexed = !f->never_index && !f->no_index;
  if (!f->constant && may_be_indexed) index = encoder_try_hint(e, slot, f);
  if (index) return put_int(p, 0x80, 7, index);
  bool exact;
  index = weir_hpack_static_find(f->name, f->value, &exact);
  if (exact && !f->never_index) {
    encoder_note(e, slot, f, index, 0);
    return put_int(p, 0x80, 7, index);
  }
  uint32_t name_hash = bytes_hash(f->name, 0), pair_hash = bytes_hash(f->value, name_hash);
  uint32_t link = may_be_indexed ? encoder_find_pair(e, pair_hash, f) : 0;
  if (!link) return encoder_put_literal(e, p, f, index, name_hash, pair_hash);
  encoder_note(e, slot, f, 0, link);
  return put_int(p, 0x80, 7, encoder_index(e, link));
}

static char *encoder_put_size_updates(weir_hpack_encoder *e, char *p) {
  if (!e->resized) return p;
  if (e->lowest_size < e->table.max_size) p = put_int(p, 0x20, 5, e->lowest_size);
  p = put_int(p, 0x20, 5, e->table.max_size);
  e->lowest_size = e->table.max_size;
  e->resized = false;
  return p;
}

weir_err weir_hpack_encode(weir_hpack_encoder *e, const weir_hpack_field *fields, size_t n, weir_bytes *out) {
  size_t most = 2 * MAX_INT_SIZE;
  for (size_t i = 0; i < n; i++) {
    if (fields[i].name.len > WEIR_HPACK_MAX_STRING || fields[i].value.len > WEIR_HPACK_MAX_STRING)
      return WEIR_EINVALID;
    most += fields[i].name.len + fields[i].value.len + 3 * MAX_INT_SIZE;
  }
  char *start = weir_bytes_reserve(out, most);
  if (!start) return WEIR_ENOMEM;
  char *p = encoder_put_size_updates(e, start);
  for (size_t i = 0; i < n; i++) p = encoder_put_field(e, p, &fields[i]);
  WEIR_ASSERT((size_t)(p - start) <= most);
  out->len += (size_t)(p - start);
  return WEIR_EOK;
}
