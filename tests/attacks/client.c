/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* client.c - weir-attack-client PORT CALLS [stream]: calls a server that means it ill, each call for 3 s at most, and
 * prints how each ended: "CODE text"; then "memory N", the most KiB it used. */
#include <weir/weir.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void print(weir_code code, const char *text) {
  printf("%s %s\n", weir_code_name(code), text);
  fflush(stdout);
}

static void unary(weir_channel *ch, const weir_call_opts *o, weir_buf *req) {
  static const weir_method m = {sizeof m, WEIR_UNARY, "/attack.Target/Echo", NULL, NULL};
  weir_error e = {.msg = ""};
  void *rep = NULL;
  print(weir_unary(ch, &m, req, &rep, NULL, o, &e), e.msg);
  weir_buf_unref(rep);
}

/* Reads what comes, then waits for the end. */
static void stream(weir_channel *ch, const weir_call_opts *o, weir_buf *req) {
  static const weir_method m = {sizeof m, WEIR_BIDI, "/attack.Target/Stream", NULL, NULL};
  weir_error e = {.msg = ""};
  weir_call *c = weir_call_start(ch, &m, o);
  void *msg = NULL;
  if (!c) return;
  weir_send(c, req);
  while (weir_recv(c, NULL, &msg) == WEIR_OK) weir_buf_unref(msg);
  print(weir_finish(c, &e), e.msg);
  weir_call_unref(c);
}

/* The most memory that was in use, in KiB. */
static void print_memory(void) {
  char line[256];
  FILE *f = fopen("/proc/self/status", "r");
  while (f && fgets(line, sizeof line, f))
    if (!strncmp(line, "VmHWM:", 6)) printf("memory %ld\n", strtol(line + 6, NULL, 10));
  if (f) fclose(f);
}

int main(int argc, char **argv) {
  if (argc < 3) return fprintf(stderr, "usage: weir-attack-client PORT CALLS [stream]\n"), 2;
  char target[40];
  weir_error e;
  snprintf(target, sizeof target, "127.0.0.1:%s", argv[1]);
  weir_channel *ch = weir_channel_new(target, weir_creds_insecure(), NULL, &e);
  weir_buf *req = weir_buf_copy("hello", 5);
  if (!ch || !req) return 1;
  weir_call_opts o = {.size = sizeof o, .timeout_ns = WEIR_SECONDS(3), .flags = WEIR_WAIT_FOR_READY};
  for (int i = atoi(argv[2]); i > 0; i--) (argc > 3 ? stream : unary)(ch, &o, req);
  print_memory();
  weir_buf_unref(req);
  weir_channel_unref(ch);
  return 0;
}
