/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* A message that no code was generated for: its type comes from a .proto file read at run time. */
#include <weir/schema.h>

#include <stdio.h>

int main(void) {
  weir_error e;
  weir_arena *a = weir_arena_new(NULL, 0);
  weir_protos *p = weir_protos_new();
  weir_pb_pool *pool = weir_pb_pool_new(a);
  weir_protos_add_path(p, ".");
  weir_protos_add_source(p, "wrong.proto", WEIR_STR("syntax = \"proto3\"; message W { Nope x = 1; }"));
  if (weir_protos_load(p, "notes.proto", &e) || weir_protos_fill(p, pool, &e)) {
    fprintf(stderr, "%s", weir_protos_report(p, WEIR_PROTOS_PRETTY));
    return 1;
  }
  const weir_pb_type *note = weir_pb_pool_type(pool, WEIR_STR("notes.Note"));
  void *msg;
  weir_str wire;
  if (!note || weir_pb_parse(note, WEIR_STR("\x0a\x05outer"), a, &msg) || weir_pb_encode(note, msg, a, &wire))
    return 1;
  weir_protos_load(p, "wrong.proto", &e);
  printf("%zu bytes; %s\n", wire.len, e.msg);
  weir_protos_free(p);
  weir_arena_free(a);
  return 0;
}
