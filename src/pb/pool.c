/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* pool.c - names to types, enums and extensions; generated files come in. build.c makes types from descriptors. */
#include "pb/pool.h"

#include "pb/ext.h"

/* Without padding: it is compared as bytes. */
typedef struct ext_key {
  const weir_pb_type *extendee;
  uintptr_t number;
} ext_key;

/* What is resized or freed stays in the arena until that goes. */
static void *arena_alloc(void *ctx, void *p, size_t old_size, size_t new_size) {
  return new_size ? weir_arena_grow((weir_arena *)ctx, p, old_size, new_size) : NULL;
}

weir_code pb_no_memory(weir_error *e) {
  return weir_error_set(e, WEIR_RESOURCE_EXHAUSTED, 0, "out of memory");
}

weir_pb_pool *weir_pb_pool_new(weir_arena *a) {
  weir_pb_pool *pool = (weir_pb_pool *)weir_alloc(a, sizeof *pool);
  if (!pool) return NULL;
  pool->arena = a;
  pool->mem = (weir_mem){arena_alloc, a};
  weir_map_init(&pool->symbols, pool->mem, weir_hash_seed());
  weir_map_init(&pool->exts, pool->mem, weir_hash_seed());
  weir_map_init(&pool->files, pool->mem, weir_hash_seed());
  return pool;
}

const pb_symbol *pb_pool_get(const weir_pb_pool *pool, weir_str name) {
  return name.data ? (const pb_symbol *)weir_map_get(&pool->symbols, name) : NULL;
}

weir_code pb_pool_put(weir_pb_pool *pool, pb_symbol_kind kind, weir_str name, const void *what, weir_error *e) {
  const pb_symbol *other = pb_pool_get(pool, name);
  if (other && other->what == what) return WEIR_OK;
  if (other)
    return weir_error_set(e, WEIR_ALREADY_EXISTS, 0, WEIR_FMT " is in the pool already", WEIR_ARG(name));
  pb_symbol *s = (pb_symbol *)weir_alloc(pool->arena, sizeof *s);
  if (!s) return pb_no_memory(e);
  *s = (pb_symbol){kind, what};
  return weir_map_put(&pool->symbols, name, s) ? WEIR_OK : pb_no_memory(e);
}

weir_code pb_pool_put_ext(weir_pb_pool *pool, const weir_pb_ext *x, weir_str *bytes, weir_error *e) {
  ext_key *key = (ext_key *)weir_alloc(pool->arena, sizeof *key);
  if (!key) return pb_no_memory(e);
  *key = (ext_key){x->extendee, pb_ext_row(x)->number};
  *bytes = (weir_str){(const char *)key, sizeof *key};
  const weir_pb_ext *other = (const weir_pb_ext *)weir_map_get(&pool->exts, *bytes);
  if (other && other != x)
    return weir_error_set(e, WEIR_ALREADY_EXISTS, 0, "%s: %s has an extension %u already: %s",
                          x->holder->full_name, x->extendee->full_name, (unsigned)key->number,
                          other->holder->full_name);
  weir_code code = pb_pool_put(pool, PB_SYMBOL_EXT, weir_str_of(x->holder->full_name), x, e);
  if (code) return code;
  return weir_map_put(&pool->exts, *bytes, (void *)(uintptr_t)x) ? WEIR_OK : pb_no_memory(e);
}

/* ---- generated files ----------------------------------------------------------------------------------- */

static weir_code add_own(weir_pb_pool *pool, const weir_pb_file *file, weir_error *e) {
  weir_code code = WEIR_OK;
  weir_str key;
  for (uint32_t i = 0; i < file->n_types && !code; i++)
    code = pb_pool_put(pool, PB_SYMBOL_TYPE, weir_str_of(file->types[i]->full_name), file->types[i], e);
  for (uint32_t i = 0; i < file->n_enums && !code; i++)
    code = pb_pool_put(pool, PB_SYMBOL_ENUM, weir_str_of(file->enums[i]->full_name), file->enums[i], e);
  for (uint32_t i = 0; i < file->n_exts && !code; i++) code = pb_pool_put_ext(pool, file->exts[i], &key, e);
  return code;
}

/* Imports are as deep as their authors made them, and a program's own. */
weir_code weir_pb_pool_add(weir_pb_pool *pool, const weir_pb_file *file, weir_error *e) {
  if (weir_map_get(&pool->files, weir_str_of(file->name))) return WEIR_OK;
  if (!weir_map_put(&pool->files, weir_str_of(file->name), pool)) return pb_no_memory(e);
  for (uint32_t i = 0; i < file->n_deps; i++) {
    weir_code code = weir_pb_pool_add(pool, file->deps[i], e);
    if (code) return code;
  }
  return add_own(pool, file, e);
}

/* ---- look-ups ------------------------------------------------------------------------------------------ */

static const void *find(const weir_pb_pool *pool, weir_str name, pb_symbol_kind kind) {
  const pb_symbol *s = pool ? pb_pool_get(pool, name) : NULL;
  return s && s->kind == kind ? s->what : NULL;
}

const weir_pb_type *weir_pb_pool_type(const weir_pb_pool *pool, weir_str name) {
  return (const weir_pb_type *)find(pool, name, PB_SYMBOL_TYPE);
}

const weir_pb_enum *weir_pb_pool_enum(const weir_pb_pool *pool, weir_str name) {
  return (const weir_pb_enum *)find(pool, name, PB_SYMBOL_ENUM);
}

const weir_pb_ext *weir_pb_pool_ext(const weir_pb_pool *pool, weir_str name) {
  return (const weir_pb_ext *)find(pool, name, PB_SYMBOL_EXT);
}

const weir_pb_ext *weir_pb_pool_ext_of(const weir_pb_pool *pool, const weir_pb_type *extendee,
                                       uint32_t number) {
  ext_key key = {extendee, number};
  if (!pool) return NULL;
  return (const weir_pb_ext *)weir_map_get(&pool->exts, (weir_str){(const char *)&key, sizeof key});
}
