/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* rpc_recv_server.c - the input is what a client says after its preface and SETTINGS. The first byte says how the
 * server's owner behaves, the second how the rest is cut. */
#include "rpc_recv.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len) {
  static const char hello[] = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0\0\0\0\4\1\0\0\0\0";
  weir_rpc_opts opts = {.max_recv_bytes = OWNER_MAX_MESSAGE};
  if (len < 2) return 0;
  owner o = {.rpc = weir_rpc_new(&opts), .habits = data[0], .now = 1};
  if (!o.rpc) return 0;
  weir_rpc_tick(o.rpc, o.now);
  owner_recv(&o, (const uint8_t *)hello, sizeof hello - 1);
  owner_write(&o);
  owner_run(&o, data + 2, len - 2, data[1]);
  if (data[0] & 32) weir_rpc_drain(o.rpc, "drain");
  owner_recv(&o, NULL, 0);
  owner_write(&o);
  owner_end(&o);
  return 0;
}
