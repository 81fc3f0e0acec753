/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* greeter_stream_client.c - streams, blocking: many replies to one request, then a reply to each of many. */
#include "helloworld_grpc.weir.h"

#include <weir/weir.h>

#include <stdio.h>
#include <string.h>

static const weir_call_opts soon = {.size = sizeof soon, .timeout_ns = WEIR_SECONDS(10)};

static weir_code listen_to_greetings(weir_channel *ch, weir_arena *a, weir_error *e) {
  helloworld_HelloRequest request = {.name = WEIR_STR("you")};
  helloworld_HelloReply *reply;
  weir_call *c = helloworld_Greeter_SayHelloStreamReply(ch, &request, &soon);
  if (!c) return weir_error_set(e, WEIR_RESOURCE_EXHAUSTED, 0, "out of memory");
  while (helloworld_Greeter_SayHelloStreamReply_recv(c, a, &reply) == WEIR_OK) {
    printf("Stream client received: " WEIR_FMT "\n", WEIR_ARG(reply->message));
    weir_arena_reset(a);
  }
  weir_code code = weir_finish(c, e); /* says why there were no more */
  weir_call_unref(c);
  return code;
}

static weir_code chat(weir_channel *ch, weir_arena *a, weir_error *e) {
  static const char *const names[] = {"Ada", "Grace", "Hedy"};
  helloworld_HelloReply *reply;
  weir_call *c = helloworld_Greeter_SayHelloBidiStream(ch, &soon);
  if (!c) return weir_error_set(e, WEIR_RESOURCE_EXHAUSTED, 0, "out of memory");
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    helloworld_HelloRequest request = {.name = weir_str_of(names[i])};
    if (helloworld_Greeter_SayHelloBidiStream_send(c, &request) ||
        helloworld_Greeter_SayHelloBidiStream_recv(c, a, &reply))
      break; /* the call is over: weir_finish says why */
    printf("Stream client received: " WEIR_FMT "\n", WEIR_ARG(reply->message));
    weir_arena_reset(a);
  }
  weir_half_close(c);
  weir_code code = weir_finish(c, e);
  weir_call_unref(c);
  return code;
}

int main(int argc, char **argv) {
  const char *target = "localhost:50051";
  if (argc == 2 && strncmp(argv[1], "--target=", 9) == 0) {
    target = argv[1] + 9;
  } else if (argc > 1) {
    fprintf(stderr, "usage: greeter_stream_client [--target=HOST:PORT]   (default: %s)\n", target);
    return strcmp(argv[1], "--help") == 0 ? 0 : 2;
  }
  weir_error e = {0};
  char block[4096]; /* used before any heap memory */
  weir_arena *a = weir_arena_new(block, sizeof block);
  weir_channel *ch = weir_channel_new(target, weir_creds_insecure(), NULL, &e);
  weir_code code = ch ? listen_to_greetings(ch, a, &e) : e.code;
  if (code == WEIR_OK) code = chat(ch, a, &e);
  if (code) fprintf(stderr, "greeter_stream_client: %s: %s\n", weir_code_name(code), e.msg);
  weir_channel_unref(ch);
  weir_arena_free(a);
  return code != WEIR_OK;
}
