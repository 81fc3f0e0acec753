/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* server.c - weir-attack-server: what tests/attacks attacks. Messages are bytes.
 *   /attack.Target/Echo   unary, on the loop: the request
 *   /attack.Target/Pool   the same, on the pool
 *   /attack.Target/Sleep  unary, on the pool: sleeps a second whether the call is wanted or not
 *   /attack.Target/Big    server stream, on the pool: messages of 64 KiB without end
 *   GET /stats            "running N started N": handlers of Sleep */
#include "../interop/c/flags.h"

#include <weir/weir.h>

#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

static weir_loop *loop;
static atomic_int running, started;

static void on_signal(int number) {
  (void)number;
  weir_loop_stop(loop);
}

static weir_code echo(weir_call *c, const void *impl, void *ctx, const void *req, void *rep) {
  (void)c, (void)impl, (void)ctx;
  *(weir_buf **)rep = weir_buf_ref((weir_buf *)(uintptr_t)req);
  return WEIR_OK;
}

static weir_code nap(weir_call *c, const void *impl, void *ctx, const void *req, void *rep) {
  (void)c, (void)impl, (void)ctx;
  atomic_fetch_add(&started, 1);
  atomic_fetch_add(&running, 1);
  nanosleep(&(struct timespec){.tv_sec = 1}, NULL);
  atomic_fetch_sub(&running, 1);
  *(weir_buf **)rep = weir_buf_ref((weir_buf *)(uintptr_t)req);
  return WEIR_OK;
}

static weir_code big(weir_call *c, const void *impl, void *ctx, const void *req, void *rep) {
  static const char zeros[65536];
  weir_code code = WEIR_OK;
  (void)impl, (void)ctx, (void)req, (void)rep;
  while (!code) {
    weir_buf *b = weir_buf_wrap(zeros, sizeof zeros, NULL, NULL);
    code = b ? weir_send(c, b) : WEIR_RESOURCE_EXHAUSTED;
    weir_buf_unref(b);
  }
  return code;
}

#define METHOD(kind, name) \
  { sizeof(weir_method), kind, "/attack.Target/" name, NULL, NULL }
static const weir_method echo_method = METHOD(WEIR_UNARY, "Echo"), nap_method = METHOD(WEIR_UNARY, "Sleep"),
                         big_method = METHOD(WEIR_SERVER_STREAM, "Big"),
                         pool_method = METHOD(WEIR_UNARY, "Pool");
static const weir_method *const quick[] = {&echo_method}, *const slow[] = {&nap_method, &big_method,
                                                                           &pool_method};
static weir_handler *const quick_handlers[] = {echo}, *const slow_handlers[] = {nap, big, echo};
static const weir_service on_loop = {sizeof on_loop, 1, "attack.Target", quick, quick_handlers};
static const weir_service on_pool = {sizeof on_pool, 3, "attack.Target", slow, slow_handlers};

static bool stats(void *ctx, const weir_http_request *req, weir_http_reply *rep, weir_arena *arena) {
  (void)ctx;
  if (!weir_str_eq(req->path, WEIR_STR("/stats"))) return false;
  rep->body = weir_printf(arena, "running %d started %d\n", atomic_load(&running), atomic_load(&started));
  return true;
}

typedef struct options {
  int64_t port, streams, handshake_ms, stall_ms;
  const char *cert_file, *key_file;
} options;

static weir_creds *make_creds(const options *o, weir_error *e) {
  if (!o->cert_file) return weir_creds_insecure();
  weir_arena *a = weir_arena_new(NULL, 0);
  weir_str cert = flags_read_file("tls_cert_file", o->cert_file, a);
  weir_str key = flags_read_file("tls_key_file", o->key_file, a);
  weir_creds *creds = weir_creds_tls(WEIR_OPTS(weir_tls_opts, .cert_pem = cert, .key_pem = key), e);
  weir_arena_free(a);
  return creds;
}

static weir_code serve(weir_server *s, const options *o, weir_creds *creds, weir_error *e) {
  char address[32];
  uint16_t port;
  weir_server_on_http(s, stats, NULL);
  weir_code code = weir_server_add(s, &on_loop, NULL, NULL, WEIR_ON_LOOP);
  if (!code) code = weir_server_add(s, &on_pool, NULL, NULL, WEIR_ON_POOL);
  if (code) return weir_error_set(e, code, 0, "the services cannot be added");
  snprintf(address, sizeof address, "127.0.0.1:%d", (int)o->port);
  if ((code = weir_server_listen(s, address, creds, &port, e)) || (code = weir_server_start(s, e)))
    return code;
  printf("%u\n", (unsigned)port);
  fflush(stdout);
  weir_loop_run(loop, -1); /* until a signal comes */
  weir_server_shutdown(s, WEIR_SECONDS(1), NULL, NULL);
  return WEIR_OK;
}

int main(int argc, char **argv) {
  options o = {0};
  const flag flags[] = {
      {"port", FLAG_INT, &o.port},
      {"max_concurrent_streams", FLAG_INT, &o.streams},
      {"handshake_timeout_ms", FLAG_INT, &o.handshake_ms},
      {"stall_timeout_ms", FLAG_INT, &o.stall_ms},
      {"tls_cert_file", FLAG_TEXT, &o.cert_file},
      {"tls_key_file", FLAG_TEXT, &o.key_file},
  };
  flags_parse(flags, sizeof flags / sizeof *flags, argc, argv);
  weir_error e = {0};
  weir_server *s = NULL;
  weir_creds *creds = make_creds(&o, &e);
  if (creds) loop = weir_loop_new(WEIR_OPTS(weir_loop_opts, .threads = 1), &e);
  if (loop)
    s = weir_server_new(
        WEIR_OPTS(weir_server_opts, .loop = loop, .max_concurrent_streams = (uint32_t)o.streams,
                  .handshake_timeout_ns = WEIR_MS(o.handshake_ms), .stall_timeout_ns = WEIR_MS(o.stall_ms)),
        &e);
  if (s) {
    signal(SIGINT, on_signal);
    signal(SIGTERM, on_signal);
    serve(s, &o, creds, &e);
  }
  if (e.code) fprintf(stderr, "weir-attack-server: %s\n", e.msg);
  weir_server_unref(s);
  weir_loop_unref(loop);
  weir_creds_unref(creds);
  return e.code != WEIR_OK;
}
