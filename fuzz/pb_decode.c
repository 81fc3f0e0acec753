/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* pb_decode.c - decodes the input as one of the test messages: the first byte chooses which, and the flags. What
 * decodes must encode to as many bytes as weir_pb_size says, decode again, and then encode to the same bytes. */
#include "base/arena.h"

#include "demo.weir.h"
#include "kinds2.weir.h"
#include "kinds3.weir.h"

static const weir_pb_type *const types[] = {&demo_Note_type, &kinds2_All_type, &kinds3_All_type,
                                            &kinds2_Strict_type};

static weir_str encode(const weir_pb_type *t, const void *m, weir_arena *a, uint32_t flags) {
  weir_str out;
  WEIR_CHECK(!weir_pb_encode_err(t, m, a, flags | WEIR_PB_DETERMINISTIC, &out, NULL));
  WEIR_CHECK(out.len == weir_pb_size(t, m));
  return out;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len) {
  if (!len) return 0;
  const weir_pb_type *t = types[data[0] % 4];
  uint32_t flags = data[0] >> 4 & (WEIR_PB_ALIAS | WEIR_PB_PARTIAL | WEIR_PB_DROP_UNKNOWN);
  weir_arena *a = weir_arena_new(NULL, 0);
  if (!a) return 0;
  void *m = weir_pb_new(t, a), *again = weir_pb_new(t, a);
  weir_error e;
  if (!weir_pb_decode_err(t, m, (weir_str){(const char *)data + 1, len - 1}, a, flags, &e)) {
    weir_str once = encode(t, m, a, flags);
    WEIR_CHECK(!weir_pb_decode_err(t, again, once, a, flags, &e));
    weir_str twice = encode(t, again, a, flags);
    WEIR_CHECK(weir_str_eq(once, twice));
  } else {
    WEIR_CHECK(e.msg[0] && (e.code == WEIR_INVALID_ARGUMENT || e.code == WEIR_RESOURCE_EXHAUSTED));
  }
  weir_arena_free(a);
  return 0;
}
