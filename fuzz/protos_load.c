/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* protos_load.c - any bytes as a source, and as a set of descriptors that it may import from; what is accepted becomes
 * types, which decode the bytes as a message. */
#include <weir/schema.h>

#include "base/assert.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void use(weir_protos *p, weir_str bytes) {
  weir_arena *a = weir_arena_new(NULL, 0);
  weir_pb_pool *pool = a ? weir_pb_pool_new(a) : NULL;
  weir_str set;
  WEIR_CHECK(weir_protos_descriptors(p, WEIR_PROTOS_SOURCE_INFO | WEIR_PROTOS_RETAIN_OPTIONS, a, &set) ==
             WEIR_OK);
  if (pool && weir_protos_fill(p, pool, NULL) == WEIR_OK) {
    const weir_pb_type *t = weir_pb_pool_type(pool, WEIR_STR("M"));
    void *msg;
    if (t) weir_pb_parse(t, bytes, a, &msg);
  }
  weir_arena_free(a);
}

/* The first byte says how much of the rest is the source. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  weir_protos *p = size ? weir_protos_new() : NULL;
  if (!p) return 0;
  size_t cut = (size - 1) * data[0] / 255;
  weir_str source = {(const char *)data + 1, cut}, set = {(const char *)data + 1 + cut, size - 1 - cut};
  weir_error e;
  weir_protos_add_source(p, "x.proto", source);
  weir_protos_add_descriptors(p, set, &e);
  if (weir_protos_load(p, "x.proto", &e) == WEIR_OK)
    use(p, set);
  else
    WEIR_CHECK(weir_protos_n_diagnostics(p) > 0);
  weir_protos_load(p, "d.proto", &e);
  WEIR_CHECK(weir_protos_report(p, WEIR_PROTOS_PRETTY) != NULL);
  weir_protos_free(p);
  return 0;
}
