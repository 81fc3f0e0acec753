/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
#include "base/assert.h"
#include "base/vec.h"
#include "hpack/hpack.h"
#include "hpack/huffman.h"
#include "hpack/table.h"

#include <string.h>

enum {
  MAX_INT_CONTINUATION = 5, /* bytes; 32-bit values need no more */
  MAX_SIZE_UPDATES = 2,     /* per block: the lowest and the last (RFC 7541 4.2) */
  SCRATCH_MIN = 512,        /* bytes */
  SCRATCH_KEEP = 16 * 1024, /* bytes; a larger scratch is given back with the next block */
  SAVED_KEEP = 64 * 1024,   /* likewise */
  REPEAT_MAX = 32,          /* bytes of a block that is remembered */
};

/* Where a field's bytes are until the next block: in the block itself, in static memory, in `scratch` (decoded
 * Huffman strings), or in the dynamic table. The last would be overwritten when the block itself makes the
 * table evict or move entries; before the first time this happens in a block, `save_fields` copies them to
 * `saved`, and later ones are copied at once. So the cost is bounded by max_list_size, and most blocks pay none. */
struct weir_hpack_decoder {
  weir_hpack_decoder_opts opts;
  weir_hpack_table table;
  uint32_t limit; /* our acknowledged SETTINGS_HEADER_TABLE_SIZE */
  struct {
    weir_hpack_field *data;
    size_t len, cap;
  } fields;
  uint64_t list_size;
  bool over;
  char *scratch;
  size_t scratch_len, scratch_cap;
  char *saved;
  size_t saved_len;
  bool saving;
  /* The last block, if it held nothing but indexes: it left the table as it was, and no field of it lies in the block
   * itself. So the same bytes again give the same fields, which are still there. */
  uint8_t repeat[REPEAT_MAX];
  size_t repeat_len; /* 0: none */
  bool only_indexes; /* of the block being read */
  weir_hpack_block last;
};

weir_hpack_decoder *weir_hpack_decoder_new(const weir_hpack_decoder_opts *o) {
  weir_hpack_decoder *d = weir_mem_zalloc(o->mem, sizeof *d);
  if (!d) return NULL;
  d->opts = *o;
  if (d->opts.max_list_size > WEIR_HPACK_MAX_LIST) d->opts.max_list_size = WEIR_HPACK_MAX_LIST;
  d->limit = o->max_table_size < WEIR_HPACK_MAX_TABLE ? o->max_table_size : WEIR_HPACK_MAX_TABLE;
  weir_hpack_table_init(&d->table, o->mem, d->limit);
  return d;
}

static void decoder_drop_saved(weir_hpack_decoder *d) {
  weir_mem_free(d->opts.mem, d->saved, d->opts.max_list_size);
  d->saved = NULL;
}

void weir_hpack_decoder_free(weir_hpack_decoder *d) {
  if (!d) return;
  weir_hpack_table_fini(&d->table);
  WEIR_VEC_FREE(d->opts.mem, &d->fields);
  weir_mem_free(d->opts.mem, d->scratch, d->scratch_cap);
  decoder_drop_saved(d);
  weir_mem_free(d->opts.mem, d, sizeof *d);
}

void weir_hpack_decoder_set_max_table(weir_hpack_decoder *d, uint32_t max_table_size) {
  d->limit = max_table_size < WEIR_HPACK_MAX_TABLE ? max_table_size : WEIR_HPACK_MAX_TABLE;
  d->repeat_len = 0; /* the next block may have to begin with a size update */
}

/* ---- views that outlive the table's changes -------------------------------------------------------------- */

/* Copies *s out of the table, if it is there. */
static bool decoder_save(weir_hpack_decoder *d, weir_str *s) {
  uintptr_t at = (uintptr_t)s->data, table = (uintptr_t)d->table.bytes;
  if (s->len == 0 || at < table || at >= table + d->table.bytes_cap) return true;
  if (!d->saved) d->saved = weir_mem_alloc(d->opts.mem, d->opts.max_list_size);
  if (!d->saved) return false;
  WEIR_CHECK(s->len <= d->opts.max_list_size - d->saved_len);
  char *to = d->saved + d->saved_len;
  memcpy(to, s->data, s->len);
  d->saved_len += s->len;
  s->data = to;
  return true;
}

static bool decoder_save_fields(weir_hpack_decoder *d) {
  for (size_t i = 0; i < d->fields.len && !d->saving; i++) {
    weir_hpack_field *f = &d->fields.data[i];
    if (!decoder_save(d, &f->name) || !decoder_save(d, &f->value)) return false;
  }
  d->saving = true;
  return true;
}

/* Keeps one field, or notes that the list is over a limit. */
static weir_err decoder_emit(weir_hpack_decoder *d, const weir_hpack_field *f) {
  d->list_size += (uint64_t)f->name.len + f->value.len + WEIR_HPACK_ENTRY_OVERHEAD;
  if (d->list_size > d->opts.max_list_size || d->fields.len >= d->opts.max_fields) {
    d->over = true;
    return WEIR_EOK;
  }
  if (!WEIR_VEC_RESERVE(d->opts.mem, &d->fields, 1)) return WEIR_ENOMEM;
  weir_hpack_field *to = &d->fields.data[d->fields.len++];
  *to = *f;
  if (d->saving && (!decoder_save(d, &to->name) || !decoder_save(d, &to->value))) return WEIR_ENOMEM;
  return WEIR_EOK;
}

/* ---- primitive types (RFC 7541 5) ------------------------------------------------------------------------ */

typedef struct block_cursor {
  const uint8_t *at, *end;
} block_cursor;

/* The byte at the cursor holds the integer's first `prefix` bits, and exists. */
static bool read_int(block_cursor *c, unsigned prefix, uint32_t *out) {
  uint32_t max = (1u << prefix) - 1;
  uint64_t v = *c->at++ & max;
  if (v == max) {
    for (unsigned i = 0;; i++) {
      if (i == MAX_INT_CONTINUATION || c->at == c->end) return false;
      uint8_t b = *c->at++;
      v += (uint64_t)(b & 0x7f) << 7 * i;
      if (!(b & 0x80)) break;
    }
  }
  *out = (uint32_t)v;
  return v <= UINT32_MAX;
}

static bool decoder_read_string(weir_hpack_decoder *d, block_cursor *c, weir_str *out) {
  if (c->at == c->end) return false;
  bool huffman = *c->at & 0x80;
  uint32_t len;
  if (!read_int(c, 7, &len) || len > (size_t)(c->end - c->at)) return false;
  weir_str raw = {(const char *)c->at, len};
  c->at += len;
  if (!huffman) {
    *out = raw;
    return true;
  }
  char *to = d->scratch + d->scratch_len;
  size_t decoded;
  if (!weir_huffman_decode(raw, to, &decoded)) return false;
  d->scratch_len += decoded;
  *out = (weir_str){to, decoded};
  return true;
}

/* ---- field representations (RFC 7541 6) ------------------------------------------------------------------ */

/* Name and value under an index; false if there is none (RFC 7541 2.3.3). */
static bool decoder_look_up(const weir_hpack_decoder *d, uint32_t index, weir_hpack_field *f) {
  if (index == 0) return false;
  if (index <= WEIR_HPACK_STATIC_LEN) {
    *f = (weir_hpack_field){.name = weir_hpack_static[index].name,
                            .value = weir_hpack_static[index].value,
                            .name_index = (uint8_t)index};
    return true;
  }
  index -= WEIR_HPACK_STATIC_LEN + 1;
  const weir_hpack_table *t = &d->table;
  if (index >= t->n) return false;
  const weir_hpack_entry *e = weir_hpack_table_at(t, t->next - 1 - index);
  *f = (weir_hpack_field){
      .name = weir_hpack_entry_name(t, e), .value = weir_hpack_entry_value(t, e), .name_index = e->name_index};
  return true;
}

static weir_err decoder_read_indexed(weir_hpack_decoder *d, block_cursor *c) {
  uint32_t index;
  weir_hpack_field f;
  if (!read_int(c, 7, &index) || !decoder_look_up(d, index, &f)) return WEIR_EPROTO;
  return decoder_emit(d, &f);
}

/* All three literal representations: the name by index or as a string, then the value. */
static weir_err decoder_read_literal(weir_hpack_decoder *d, block_cursor *c, unsigned prefix, bool index_it,
                                     bool never_index) {
  uint32_t index;
  weir_hpack_field f = {0};
  if (!read_int(c, prefix, &index)) return WEIR_EPROTO;
  if (index ? !decoder_look_up(d, index, &f) : !decoder_read_string(d, c, &f.name)) return WEIR_EPROTO;
  if (!decoder_read_string(d, c, &f.value)) return WEIR_EPROTO;
  f.never_index = never_index;
  weir_err err = decoder_emit(d, &f);
  if (err || !index_it) return err;
  if (!weir_hpack_table_insert_keeps(&d->table, f.name.len, f.value.len) && !decoder_save_fields(d))
    return WEIR_ENOMEM;
  return weir_hpack_table_insert(&d->table, f.name, f.value, f.name_index) ? WEIR_EOK : WEIR_ENOMEM;
}

static bool decoder_read_size_update(weir_hpack_decoder *d, block_cursor *c) {
  uint32_t size;
  d->only_indexes = false;
  if (!read_int(c, 5, &size) || size > d->limit) return false;
  weir_hpack_table_resize(&d->table, size);
  return true;
}

/* ---- a block --------------------------------------------------------------------------------------------- */

static bool decoder_start(weir_hpack_decoder *d, size_t block_len) {
  d->fields.len = 0;
  d->list_size = 0;
  d->over = d->saving = false;
  d->repeat_len = 0;
  d->only_indexes = true;
  if (!d->saved_len || d->opts.max_list_size > SAVED_KEEP)
    decoder_drop_saved(d); /* the last block did without */
  d->scratch_len = d->saved_len = 0;
  size_t need = WEIR_HUFFMAN_MAX_DECODED(block_len);
  if (need < SCRATCH_MIN) need = SCRATCH_MIN;
  if (need <= d->scratch_cap && (d->scratch_cap <= SCRATCH_KEEP || need > SCRATCH_KEEP)) return true;
  weir_mem_free(d->opts.mem, d->scratch, d->scratch_cap);
  d->scratch_cap = need;
  d->scratch = weir_mem_alloc(d->opts.mem, need);
  if (!d->scratch) d->scratch_cap = 0;
  return d->scratch != NULL;
}

static weir_err decoder_read_field(weir_hpack_decoder *d, block_cursor *c) {
  uint8_t b = *c->at;
  if (b & 0x80) return decoder_read_indexed(d, c);
  d->only_indexes = false;
  if (b & 0x40) return decoder_read_literal(d, c, 6, true, false);
  if (b & 0x20) return WEIR_EPROTO; /* a size update behind a field (RFC 7541 4.2) */
  return decoder_read_literal(d, c, 4, false, (b & 0x10) != 0);
}

static bool decoder_is_repeat(const weir_hpack_decoder *d, weir_str block) {
  return block.len && block.len == d->repeat_len && memcmp(block.data, d->repeat, block.len) == 0;
}

static void decoder_remember(weir_hpack_decoder *d, weir_str block) {
  if (!d->only_indexes || !block.len || block.len > REPEAT_MAX) return;
  memcpy(d->repeat, block.data, block.len);
  d->repeat_len = block.len;
}

weir_err weir_hpack_decode(weir_hpack_decoder *d, weir_str block, weir_hpack_block *out) {
  if (decoder_is_repeat(d, block)) {
    decoder_drop_saved(d);
    *out = d->last;
    return WEIR_EOK;
  }
  if (!decoder_start(d, block.len)) return WEIR_ENOMEM;
  const uint8_t *start = (const uint8_t *)block.data;
  block_cursor c = {start, block.len ? start + block.len : start};
  for (int n = 0; c.at < c.end && (*c.at & 0xe0) == 0x20; n++)
    if (n == MAX_SIZE_UPDATES || !decoder_read_size_update(d, &c)) return WEIR_EPROTO;
  if (d->table.max_size > d->limit) return WEIR_EPROTO; /* our lower limit was not heeded (RFC 7541 4.2) */
  while (c.at < c.end) {
    weir_err err = decoder_read_field(d, &c);
    if (err) return err;
  }
  d->last = (weir_hpack_block){d->fields.data, d->fields.len, d->over, d->last.id + 1};
  decoder_remember(d, block);
  *out = d->last;
  return WEIR_EOK;
}
