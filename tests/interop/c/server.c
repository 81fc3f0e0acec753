/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* server.c - weir-interop-server: grpc.testing.TestService, as all interop clients expect it. Handlers block. */
#include "flags.h"
#include "grpc/testing/test_grpc.weir.h"

#include <weir/weir.h>

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define MAX_RESPONSE    (64 << 20) /* bytes in one payload */
#define MAX_HALF_DUPLEX 1000       /* requests kept until the client's half-close */
#define ECHO_INITIAL    "x-grpc-test-echo-initial"
#define ECHO_TRAILING   "x-grpc-test-echo-trailing-bin"

typedef grpc_testing_StreamingOutputCallRequest out_request;

typedef struct server_id {
  char id[64], hostname[64];
} server_id;

/* ---- what all methods do ---------------------------------------------------------------------------------------------- */

/* Sends the client's echo headers back: one in the initial metadata, one in the trailing. */
static void echo_metadata(weir_call *c) {
  size_t n;
  weir_str val;
  const weir_kv *kvs = weir_headers(c, &n);
  if (weir_kv_get(kvs, n, ECHO_INITIAL, &val))
    weir_send_headers(c, &(weir_kv){WEIR_STR(ECHO_INITIAL), val}, 1);
  if (weir_kv_get(kvs, n, ECHO_TRAILING, &val))
    weir_set_trailers(c, &(weir_kv){WEIR_STR(ECHO_TRAILING), val}, 1);
}

/* The status that the client asks for; OK if it asks for none. */
static weir_code echo_status(weir_call *c, const grpc_testing_EchoStatus *s) {
  if (!s || !s->code) return WEIR_OK;
  return weir_fail(c, s->code, WEIR_FMT, WEIR_ARG(s->message));
}

/* Replies are compressed (see main) unless the client asks for none or says nothing. */
static void compress_reply(weir_call *c, const grpc_testing_BoolValue *wanted) {
  if (!wanted || !wanted->value) weir_next_uncompressed(c);
}

static weir_code check_compressed(weir_call *c, const grpc_testing_BoolValue *expected) {
  if (!expected || expected->value == weir_was_compressed(c)) return WEIR_OK;
  return weir_fail(c, WEIR_INVALID_ARGUMENT, "the request was %scompressed", expected->value ? "not " : "");
}

static weir_code make_payload(weir_call *c, int32_t type, int32_t size, grpc_testing_Payload *p) {
  static char zeros[MAX_RESPONSE]; /* never touched, so it takes no memory */
  if (type != grpc_testing_PayloadType_COMPRESSABLE)
    return weir_fail(c, WEIR_INVALID_ARGUMENT, "response_type %d is not supported", type);
  if (size < 0 || size > MAX_RESPONSE)
    return weir_fail(c, WEIR_INVALID_ARGUMENT, "a response of %d bytes: expected 0 to %d", size, MAX_RESPONSE);
  p->body = (weir_str){zeros, (size_t)size};
  return WEIR_OK;
}

/* Sleeps in short steps, so that the thread is soon free again when the client goes away. */
static void nap(weir_call *c, int32_t us) {
  for (int64_t left = us; left > 0 && !weir_is_cancelled(c); left -= 10000)
    nanosleep(&(struct timespec){.tv_nsec = (left < 10000 ? (long)left : 10000) * 1000}, NULL);
}

/* The responses that one request asks for, then its status. */
static weir_code send_outputs(weir_call *c, const out_request *req) {
  for (uint32_t i = 0; i < req->response_parameters.len; i++) {
    const grpc_testing_ResponseParameters *wanted = req->response_parameters.data[i];
    grpc_testing_Payload payload = {0};
    weir_code code = make_payload(c, req->response_type, wanted->size, &payload);
    if (code) return code;
    nap(c, wanted->interval_us);
    compress_reply(c, wanted->compressed);
    code = weir_send(c, &(grpc_testing_StreamingOutputCallResponse){.payload = &payload});
    if (code) return code;
  }
  return echo_status(c, req->response_status);
}

/* ---- methods ------------------------------------------------------------------------------------------------------------ */

static weir_code empty_call(weir_call *c, void *ctx, const grpc_testing_Empty *req, grpc_testing_Empty *rep) {
  (void)ctx, (void)req, (void)rep;
  echo_metadata(c);
  return WEIR_OK;
}

static weir_code unary_call(weir_call *c, void *ctx, const grpc_testing_SimpleRequest *req,
                            grpc_testing_SimpleResponse *rep) {
  const server_id *me = ctx;
  echo_metadata(c);
  weir_code code = check_compressed(c, req->expect_compressed);
  if (!code) code = echo_status(c, req->response_status);
  if (code) return code;
  compress_reply(c, req->response_compressed);
  rep->payload = grpc_testing_SimpleResponse_mut_payload(rep, weir_call_arena(c));
  if (!rep->payload) return WEIR_RESOURCE_EXHAUSTED;
  if (req->fill_server_id) {
    rep->server_id = weir_str_of(me->id);
    rep->hostname = weir_str_of(me->hostname);
  }
  return make_payload(c, req->response_type, req->response_size, rep->payload);
}

static weir_code streaming_output_call(weir_call *c, void *ctx, const out_request *req) {
  (void)ctx;
  echo_metadata(c);
  return send_outputs(c, req);
}

static weir_code streaming_input_call(weir_call *c, void *ctx, grpc_testing_StreamingInputCallResponse *rep) {
  (void)ctx;
  echo_metadata(c);
  grpc_testing_StreamingInputCallRequest *req;
  weir_code code;
  int64_t sum = 0;
  weir_arena *a = weir_arena_new(NULL, 0);
  if (!a) return WEIR_RESOURCE_EXHAUSTED;
  while ((code = grpc_testing_TestService_StreamingInputCall_server_recv(c, a, &req)) == WEIR_OK) {
    if ((code = check_compressed(c, req->expect_compressed))) break;
    if (req->payload) sum += (int64_t)req->payload->body.len;
    weir_arena_reset(a);
  }
  weir_arena_free(a);
  rep->aggregated_payload_size = sum < INT32_MAX ? (int32_t)sum : INT32_MAX;
  return code == WEIR_EOF ? WEIR_OK : code;
}

static weir_code full_duplex_call(weir_call *c, void *ctx) {
  (void)ctx;
  echo_metadata(c);
  out_request *req;
  weir_code code;
  weir_arena *a = weir_arena_new(NULL, 0);
  if (!a) return WEIR_RESOURCE_EXHAUSTED;
  while ((code = grpc_testing_TestService_FullDuplexCall_server_recv(c, a, &req)) == WEIR_OK &&
         (code = send_outputs(c, req)) == WEIR_OK)
    weir_arena_reset(a);
  weir_arena_free(a);
  return code == WEIR_EOF ? WEIR_OK : code;
}

static weir_code half_duplex_call(weir_call *c, void *ctx) {
  (void)ctx;
  echo_metadata(c);
  weir_arena *a = weir_call_arena(c);
  out_request **kept = weir_alloc(a, MAX_HALF_DUPLEX * sizeof *kept);
  size_t n = 0;
  weir_code code = kept ? WEIR_OK : WEIR_RESOURCE_EXHAUSTED;
  while (code == WEIR_OK) {
    if (n == MAX_HALF_DUPLEX)
      return weir_fail(c, WEIR_RESOURCE_EXHAUSTED, "more than %d requests", MAX_HALF_DUPLEX);
    code = grpc_testing_TestService_HalfDuplexCall_server_recv(c, a, &kept[n]);
    if (code == WEIR_OK) n++;
  }
  if (code != WEIR_EOF) return code;
  code = WEIR_OK;
  for (size_t i = 0; i < n && code == WEIR_OK; i++) code = send_outputs(c, kept[i]);
  return code;
}

/* UnimplementedCall is left out: the clients test what happens then. */
static const grpc_testing_TestService service = {
    .size = sizeof service,
    .EmptyCall = empty_call,
    .UnaryCall = unary_call,
    .CacheableUnaryCall = unary_call,
    .StreamingOutputCall = streaming_output_call,
    .StreamingInputCall = streaming_input_call,
    .FullDuplexCall = full_duplex_call,
    .HalfDuplexCall = half_duplex_call,
};

/* ---- the program ---------------------------------------------------------------------------------------------------------- */

typedef struct options {
  int64_t port;
  bool use_tls;
  const char *cert_file, *key_file;
} options;

static weir_loop *loop;

static void on_signal(int number) {
  (void)number;
  weir_loop_stop(loop);
}

static weir_creds *make_creds(const options *o, weir_error *e) {
  if (!o->use_tls) return weir_creds_insecure();
  weir_arena *a = weir_arena_new(NULL, 0);
  if (!a) {
    weir_error_set(e, WEIR_RESOURCE_EXHAUSTED, 0, "out of memory");
    return NULL;
  }
  weir_str cert = flags_read_file("tls_cert_file", o->cert_file, a);
  weir_str key = flags_read_file("tls_key_file", o->key_file, a);
  weir_creds *creds = weir_creds_tls(WEIR_OPTS(weir_tls_opts, .cert_pem = cert, .key_pem = key), e);
  weir_arena_free(a);
  return creds;
}

static weir_code serve(weir_server *s, const options *o, weir_creds *creds, server_id *me, weir_error *e) {
  char address[32];
  uint16_t port;
  weir_code code = weir_server_add(s, &grpc_testing_TestService_service, &service, me, WEIR_ON_POOL);
  if (code) return weir_error_set(e, code, 0, "the service cannot be added");
  snprintf(address, sizeof address, "127.0.0.1:%d", (int)o->port);
  if ((code = weir_server_listen(s, address, creds, &port, e)) || (code = weir_server_start(s, e)))
    return code;
  printf("weir-interop-server: listening on %u\n", (unsigned)port);
  fflush(stdout);
  weir_loop_run(loop, -1); /* until a signal comes */
  weir_server_shutdown(s, WEIR_SECONDS(1), NULL, NULL);
  return WEIR_OK;
}

static void fill_id(server_id *me) {
  struct timespec t;
  clock_gettime(CLOCK_REALTIME, &t);
  snprintf(me->id, sizeof me->id, "weir-%ld-%lld.%09ld", (long)getpid(), (long long)t.tv_sec, t.tv_nsec);
  if (gethostname(me->hostname, sizeof me->hostname - 1)) me->hostname[0] = 0;
}

int main(int argc, char **argv) {
  options o = {.port = 10000};
  const flag flags[] = {
      {"port", FLAG_INT, &o.port},
      {"use_tls", FLAG_BOOL, &o.use_tls},
      {"tls_cert_file", FLAG_TEXT, &o.cert_file},
      {"tls_key_file", FLAG_TEXT, &o.key_file},
  };
  flags_parse(flags, sizeof flags / sizeof *flags, argc, argv);
  if (o.port > 65535) {
    fprintf(stderr, "%s: --port=%lld: expected up to 65535\n", argv[0], (long long)o.port);
    return 2;
  }
  static server_id me;
  fill_id(&me);
  weir_error e = {0};
  weir_server *s = NULL;
  weir_creds *creds = make_creds(&o, &e);
  if (creds) loop = weir_loop_new(NULL, &e);
  if (loop) s = weir_server_new(WEIR_OPTS(weir_server_opts, .loop = loop, .compression = WEIR_GZIP), &e);
  if (s) {
    struct sigaction stop = {.sa_handler = on_signal};
    sigaction(SIGINT, &stop, NULL);
    sigaction(SIGTERM, &stop, NULL);
    serve(s, &o, creds, &me, &e);
  }
  if (e.code) fprintf(stderr, "weir-interop-server: %s\n", e.msg);
  weir_server_unref(s);
  weir_loop_unref(loop);
  weir_creds_unref(creds);
  return e.code != WEIR_OK;
}
