/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
#include "protos/sets.h"

#include "schema/read.h"

static void *arena_as_mem(void *ctx, void *p, size_t old_size, size_t new_size) {
  return new_size ? weir_arena_grow(ctx, p, old_size, new_size) : NULL;
}

void weir_sets_init(weir_sets *s, weir_arena *arena) {
  s->arena = arena;
  weir_map_init(&s->files, (weir_mem){arena_as_mem, arena}, weir_hash_seed());
}

/* The file's name; data NULL if the bytes are no message. */
static weir_str name_in(weir_str descriptor) {
  weir_str name = {"", 0};
  weir_wire_reader r = weir_wire_reader_of(descriptor);
  while (weir_wire_read(&r))
    if (r.field == 1 && r.type == 2) name = r.text;
  return r.bad ? (weir_str){NULL, 0} : name;
}

static bool is_set(weir_str bytes) {
  weir_wire_reader r = weir_wire_reader_of(bytes);
  while (weir_wire_read(&r))
    if (r.field == 1 && r.type == 2 && !name_in(r.text).data) return false;
  return !r.bad;
}

weir_err weir_sets_add(weir_sets *s, weir_str set) {
  if (!is_set(set)) return WEIR_EINVALID;
  weir_wire_reader r = weir_wire_reader_of(set);
  while (weir_wire_read(&r)) {
    if (r.field != 1 || r.type != 2 || weir_map_get(&s->files, name_in(r.text))) continue;
    weir_str *bytes = weir_alloc(s->arena, sizeof *bytes);
    if (!bytes) return WEIR_ENOMEM;
    *bytes = r.text;
    if (!weir_map_put(&s->files, name_in(r.text), bytes)) return WEIR_ENOMEM;
  }
  return WEIR_EOK;
}

bool weir_sets_open(const weir_sets *s, weir_str name, weir_source *out) {
  const weir_str *bytes = weir_map_get(&s->files, name);
  if (bytes) *out = (weir_source){.text = *bytes, .path = name, .is_descriptor = true};
  return bytes;
}
