/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* pool.h - names in a pool. */
#ifndef WEIR_PB_POOL_H
#define WEIR_PB_POOL_H

#include "base/map.h"
#include "pb/table.h"

#include <weir/pool.h>

typedef enum pb_symbol_kind { PB_SYMBOL_TYPE, PB_SYMBOL_ENTRY, PB_SYMBOL_ENUM, PB_SYMBOL_EXT } pb_symbol_kind;

typedef struct pb_symbol {
  pb_symbol_kind kind;
  const void *what; /* weir_pb_type, of a message or a map entry; weir_pb_enum; weir_pb_ext */
} pb_symbol;

struct weir_pb_pool {
  weir_arena *arena;
  weir_mem mem;     /* the arena, for the maps */
  weir_map symbols; /* full name -> pb_symbol */
  weir_map exts;    /* a pb_ext_key's bytes -> weir_pb_ext */
  weir_map files;   /* name -> anything */
};

/* Each adds a name that lives as long as the pool. Errors: WEIR_ALREADY_EXISTS, WEIR_RESOURCE_EXHAUSTED. */
weir_code pb_pool_put(weir_pb_pool *pool, pb_symbol_kind kind, weir_str name, const void *what, weir_error *e);
/* *key is what it stands under in `exts`. */
weir_code pb_pool_put_ext(weir_pb_pool *pool, const weir_pb_ext *x, weir_str *key, weir_error *e);
const pb_symbol *pb_pool_get(const weir_pb_pool *pool, weir_str name);
weir_code pb_no_memory(weir_error *e);

#endif
