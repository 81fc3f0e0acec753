/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* rpc.c - a server and a client in one process: a program that needs libweir. */

#include <stdio.h>
#include <weir/weir.h>

#include "notes_grpc.weir.h"

static weir_code keep(weir_call *c, void *ctx, const notes_Note *req, notes_Note *rep) {
  (void)ctx;
  rep->text = weir_printf(weir_call_arena(c), "kept: " WEIR_FMT, WEIR_ARG(req->text));
  return WEIR_OK;
}

int main(void) {
  const notes_Notes impl = {.size = sizeof impl, .Keep = keep};
  weir_error e = {0};
  uint16_t port = 0;
  char target[32];
  weir_loop *loop = weir_loop_new(WEIR_OPTS(weir_loop_opts, .threads = 1), &e);
  weir_server *server = weir_server_new(WEIR_OPTS(weir_server_opts, .loop = loop), &e);
  weir_arena *arena = weir_arena_new(NULL, 0);
  notes_Note request = {.text = WEIR_STR("hello")};
  notes_Note *reply;

  if (!loop || !server || !arena || weir_server_add(server, &notes_Notes_service, &impl, NULL, WEIR_ON_POOL) ||
      weir_server_listen(server, "127.0.0.1:0", weir_creds_insecure(), &port, &e) ||
      weir_server_start(server, &e)) {
    fprintf(stderr, "server: %s\n", e.msg);
    return 1;
  }
  snprintf(target, sizeof target, "127.0.0.1:%u", (unsigned)port);
  weir_channel *channel = weir_channel_new(target, weir_creds_insecure(), NULL, &e);
  if (!channel || notes_Notes_Keep(channel, &request, &reply, arena,
                                   WEIR_OPTS(weir_call_opts, .timeout_ns = WEIR_SECONDS(10)), &e)) {
    fprintf(stderr, "client: %s: %s\n", weir_code_name(e.code), e.msg);
    return 1;
  }
  printf(WEIR_FMT "\n", WEIR_ARG(reply->text));

  weir_channel_unref(channel);
  weir_server_shutdown(server, WEIR_SECONDS(1), NULL, NULL);
  weir_server_unref(server);
  weir_loop_unref(loop);
  weir_arena_free(arena);
  return 0;
}
