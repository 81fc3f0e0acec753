/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* rpc_recv_client.c - the input is what a server says, after its SETTINGS, to a client that has begun three calls. The
 * first byte says how the client's owner behaves, the second how the rest is cut. */
#include "rpc_recv.h"

static void start(owner *o, weir_nanos deadline, bool last) {
  weir_rpc_start_opts so = {.path = WEIR_STR("/a/b"), .deadline = deadline};
  weir_rpc_call *c = NULL;
  if (weir_rpc_start(o->rpc, &so, &c) != WEIR_EOK) return;
  owner_take(o, c);
  weir_rpc_send(c, WEIR_STR("hello"), NULL, last);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len) {
  static const char hello[] = "\0\0\0\4\0\0\0\0\0\0\0\0\4\1\0\0\0\0";
  weir_rpc_opts opts = {
      .h2 = {.is_client = true}, .max_recv_bytes = OWNER_MAX_MESSAGE, .authority = WEIR_STR("fuzz")};
  if (len < 2) return 0;
  owner o = {.rpc = weir_rpc_new(&opts), .habits = data[0], .now = 1};
  if (!o.rpc) return 0;
  weir_rpc_tick(o.rpc, o.now);
  owner_write(&o);
  owner_recv(&o, (const uint8_t *)hello, sizeof hello - 1);
  start(&o, WEIR_NEVER, true);
  start(&o, WEIR_SECONDS(1), true);
  start(&o, WEIR_NEVER, false);
  if (data[0] & 64) owner_write(&o);
  owner_run(&o, data + 2, len - 2, data[1]);
  owner_recv(&o, NULL, 0);
  owner_write(&o);
  owner_end(&o);
  return 0;
}
