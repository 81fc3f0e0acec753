/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* greeter_client.c - the simplest client: one call, then another, each blocking. */
#include "helloworld_grpc.weir.h"

#include <weir/weir.h>

#include <stdio.h>
#include <string.h>

static weir_code greet(weir_channel *ch, weir_arena *a, weir_error *e) {
  const weir_call_opts *opts = WEIR_OPTS(weir_call_opts, .timeout_ns = WEIR_SECONDS(10));
  helloworld_HelloRequest request = {.name = WEIR_STR("you")};
  helloworld_HelloReply *reply;
  weir_code code = helloworld_Greeter_SayHello(ch, &request, &reply, a, opts, e);
  if (code) return code;
  printf("Greeter client received: " WEIR_FMT "\n", WEIR_ARG(reply->message));
  code = helloworld_Greeter_SayHelloAgain(ch, &request, &reply, a, opts, e);
  if (code) return code;
  printf("Greeter client received: " WEIR_FMT "\n", WEIR_ARG(reply->message));
  return WEIR_OK;
}

int main(int argc, char **argv) {
  const char *target = "localhost:50051";
  if (argc == 2 && strncmp(argv[1], "--target=", 9) == 0) {
    target = argv[1] + 9;
  } else if (argc > 1) {
    fprintf(stderr, "usage: greeter_client [--target=HOST:PORT]   (default: %s)\n", target);
    return strcmp(argv[1], "--help") == 0 ? 0 : 2;
  }
  weir_error e = {0};
  char block[4096]; /* used before any heap memory */
  weir_arena *a = weir_arena_new(block, sizeof block);
  weir_channel *ch = weir_channel_new(target, weir_creds_insecure(), NULL, &e);
  printf("Will try to greet world ...\n");
  weir_code code = ch ? greet(ch, a, &e) : e.code;
  if (code) fprintf(stderr, "greeter_client: %s: %s\n", weir_code_name(code), e.msg);
  weir_channel_unref(ch);
  weir_arena_free(a);
  return code != WEIR_OK;
}
