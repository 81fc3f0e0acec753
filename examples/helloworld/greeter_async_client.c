/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* greeter_async_client.c - many calls at once, on one thread: each ends in a callback. */
#include "helloworld_grpc.weir.h"

#include <weir/weir.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct fan_out {
  weir_loop *loop;
  unsigned left, failed;
} fan_out;

static void on_reply(void *arg, weir_call *c, weir_code code) {
  fan_out *f = arg;
  if (code == WEIR_OK) {
    printf("Greeter client received: " WEIR_FMT "\n", WEIR_ARG(helloworld_Greeter_SayHello_reply(c)->message));
  } else {
    fprintf(stderr, "greeter_async_client: %s: " WEIR_FMT "\n", weir_code_name(code),
            WEIR_ARG(weir_status_text(c)));
    f->failed++;
  }
  weir_call_unref(c);
  if (--f->left == 0) weir_loop_stop(f->loop);
}

/* The number of calls that failed. */
static unsigned greet_many(weir_channel *ch, weir_loop *loop, unsigned calls) {
  fan_out f = {.loop = loop, .left = calls};
  for (unsigned i = 1; i <= calls; i++) {
    char name[16];
    snprintf(name, sizeof name, "caller %u", i);
    helloworld_HelloRequest request = {.name = weir_str_of(name)}; /* encoded before _async returns */
    if (helloworld_Greeter_SayHello_async(
            ch, &request, WEIR_OPTS(weir_call_opts, .timeout_ns = WEIR_SECONDS(10)), on_reply, &f))
      continue;
    f.left--; /* out of memory: there will be no callback */
    f.failed++;
  }
  if (f.left) weir_loop_run(loop, -1);
  return f.failed;
}

int main(int argc, char **argv) {
  const char *target = "localhost:50051";
  unsigned long calls = 10;
  for (int i = 1; i < argc; i++) {
    char *end = argv[i];
    if (strncmp(argv[i], "--target=", 9) == 0)
      target = argv[i] + 9;
    else if (strncmp(argv[i], "--calls=", 8) != 0 || (calls = strtoul(argv[i] + 8, &end, 10)) > 100000 ||
             *end) {
      fprintf(stderr, "usage: greeter_async_client [--target=HOST:PORT] [--calls=N]\n");
      return strcmp(argv[i], "--help") == 0 ? 0 : 2;
    }
  }
  weir_error e = {0};
  weir_channel *ch = NULL;
  weir_loop *loop = weir_loop_new(NULL, &e);
  if (loop)
    ch = weir_channel_new(target, weir_creds_insecure(), WEIR_OPTS(weir_channel_opts, .loop = loop), &e);
  if (!ch) fprintf(stderr, "greeter_async_client: %s\n", e.msg);
  unsigned failed = ch ? greet_many(ch, loop, (unsigned)calls) : 1;
  weir_channel_unref(ch);
  weir_loop_unref(loop);
  return failed != 0;
}
