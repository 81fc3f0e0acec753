/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* The bytes of one conversation, cut in two at every offset: whatever the cut, an engine sees the same events. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "rpc/pair_testing.h"

#include <stdlib.h>
#include <string.h>

static const weir_kv kvs[] = {KV("k", "v"), KV("x-bin", "\1\2\3")};

static void start_calls(pair *p) {
  for (int i = 0; i < 2; i++) {
    weir_rpc_call *c = pair_start(p, "/a/b", kvs, 2, WEIR_SECONDS(1));
    pair_send(c, "first", false);
    pair_send(c, "", false);
    pair_send(c, "third", true);
  }
  pair_send(pair_start(p, "/a/c", NULL, 0, WEIR_NEVER), "cut off", false);
}

/* What one end hears in the whole conversation: bytes and lines. */
typedef struct hearing {
  weir_bytes bytes, log;
} hearing;

static void hearing_fini(hearing *h) {
  weir_bytes_fini(&h->bytes);
  weir_bytes_fini(&h->log);
}

/* The conversation with everything that is said heard at once. */
static void record(hearing *client, hearing *server) {
  pair p;
  weir_str out[8];
  pair_init(&p, PAIR_RPC, 0);
  p.server.echoes = true;
  p.client.heard = &client->bytes;
  p.server.heard = &server->bytes;
  start_calls(&p);
  pair_pump(&p);
  assert_int_equal(weir_rpc_peek(p.client.rpc, out, 8), 0);
  client->log = p.client.log;
  server->log = p.server.log;
  p.client.log = p.server.log = weir_bytes_in(WEIR_MEM_DEFAULT);
  pair_fini(&p);
}

static void hear(pair_end *e, weir_str bytes) {
  weir_bytes_append_str(&e->in, bytes);
  pair_listen(e);
}

static void replay(const hearing *h, bool is_client, size_t cut) {
  pair p;
  weir_str all = weir_bytes_view(&h->bytes), log = weir_bytes_view(&h->log);
  pair_init(&p, PAIR_RPC, 0);
  pair_end *e = is_client ? &p.client : &p.server;
  p.server.echoes = true;
  p.is_cut = true;
  if (is_client) start_calls(&p);
  pair_say(&p.client);
  hear(e, (weir_str){all.data, cut});
  hear(e, (weir_str){all.data + cut, all.len - cut});
  pair_say(e);
  pair_listen(e);
  char *want = calloc(1, log.len + 1);
  memcpy(want, log.data, log.len);
  pair_expect(e, want);
  free(want);
  pair_fini(&p);
}

static void cut_everywhere(void **state) {
  hearing client = {weir_bytes_in(WEIR_MEM_DEFAULT), weir_bytes_in(WEIR_MEM_DEFAULT)}, server = client;
  (void)state;
  record(&client, &server);
  assert_true(weir_bytes_size(&client.bytes) > 150 && weir_bytes_size(&server.bytes) > 150);
  for (size_t cut = 0; cut <= weir_bytes_size(&server.bytes); cut++) replay(&server, false, cut);
  for (size_t cut = 0; cut <= weir_bytes_size(&client.bytes); cut++) replay(&client, true, cut);
  hearing_fini(&client);
  hearing_fini(&server);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(cut_everywhere)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
