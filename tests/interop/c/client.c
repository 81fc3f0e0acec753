/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* client.c - weir-interop-client: runs one case against any implementation's interop server. */
#include "client.h"
#include "flags.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const struct {
  const char *name;
  test_case *run;
} cases[] = {
    {"empty_unary", empty_unary},
    {"large_unary", large_unary},
    {"client_streaming", client_streaming},
    {"server_streaming", server_streaming},
    {"ping_pong", ping_pong},
    {"half_duplex", half_duplex},
    {"client_compressed_unary", client_compressed_unary},
    {"client_compressed_streaming", client_compressed_streaming},
    {"compressed_requests", compressed_requests},
    {"server_compressed_unary", server_compressed_unary},
    {"server_compressed_streaming", server_compressed_streaming},
    {"empty_stream", empty_stream},
    {"timeout_on_sleeping_server", timeout_on_sleeping_server},
    {"cancel_after_begin", cancel_after_begin},
    {"cancel_after_first_response", cancel_after_first_response},
    {"status_code_and_message", status_code_and_message},
    {"special_status_message", special_status_message},
    {"custom_metadata", custom_metadata},
    {"unimplemented_method", unimplemented_method},
    {"unimplemented_service", unimplemented_service},
    {"pick_first_unary", pick_first_unary},
    {"rpc_soak", rpc_soak},
    {"channel_soak", channel_soak},
    {"concurrent_large_unary", concurrent_large_unary},
    /* with tests/interop/http2 for a server */
    {"goaway", goaway},
    {"rst_after_header", call_must_fail},
    {"rst_during_data", call_must_fail},
    {"rst_after_data", call_must_fail},
    {"ping", large_unary},
    {"max_streams", max_streams},
    {"data_frame_padding", large_unary},
    {"no_df_padding_sanity_test", large_unary},
};

/* ---- checks ----------------------------------------------------------------------------------------------------------- */

bool fails(const char *fmt, ...) {
  va_list ap;
  va_start(ap, fmt);
  vfprintf(stderr, fmt, ap);
  va_end(ap);
  fputc('\n', stderr);
  return false;
}

bool check_int(const char *what, int64_t got, int64_t want) {
  return got == want || fails("%s: got %lld, want %lld", what, (long long)got, (long long)want);
}

bool check_str(const char *what, weir_str got, weir_str want) {
  return weir_str_eq(got, want) ||
         fails("%s: got \"" WEIR_FMT "\" (%zu bytes), want \"" WEIR_FMT "\" (%zu bytes)", what, WEIR_ARG(got),
               got.len, WEIR_ARG(want), want.len);
}

bool check_code(const char *what, weir_code got, const char *text, weir_code want) {
  return got == want ||
         fails("%s: got %s \"%s\", want %s", what, weir_code_name(got), text, weir_code_name(want));
}

bool check_payload(const grpc_testing_Payload *p, size_t size) {
  if (!p) return fails("payload: got none, want %zu bytes", size);
  if (!check_int("payload type", p->type, grpc_testing_PayloadType_COMPRESSABLE)) return false;
  if (!check_int("payload size", (int64_t)p->body.len, (int64_t)size)) return false;
  for (size_t i = 0; i < size; i++)
    if (p->body.data[i]) return fails("payload: got %d at byte %zu, want 0", p->body.data[i], i);
  return true;
}

bool check_finish(weir_call *c, weir_code want, const char *text) {
  weir_error e = {0};
  weir_code got = weir_finish(c, &e);
  if (!check_code("status", got, e.msg, want)) return false;
  return !text || check_str("status message", weir_status_text(c), weir_str_of(text));
}

/* ---- requests --------------------------------------------------------------------------------------------------------- */

grpc_testing_Payload payload_of(size_t size) {
  static char zeros[LARGE_REQUEST];
  return (grpc_testing_Payload){.body = {zeros, size < sizeof zeros ? size : sizeof zeros}};
}

const weir_call_opts call_opts = {.size = sizeof call_opts, .timeout_ns = WEIR_SECONDS(20)};
const weir_kv echo_metadata[2] = {
    {{ECHO_INITIAL, sizeof ECHO_INITIAL - 1}, {"test_initial_metadata_value", 27}},
    {{ECHO_TRAILING, sizeof ECHO_TRAILING - 1}, {"\xab\xab\xab", 3}},
};

static bool check_kv(const char *what, const weir_kv *got, size_t n, const weir_kv *want) {
  weir_str val = {"", 0};
  size_t times = 0;
  for (size_t i = 0; i < n; i++) times += weir_str_eq(got[i].key, want->key);
  weir_kv_get(got, n, want->key.data, &val);
  return check_int(what, (int64_t)times, 1) && check_str(what, val, want->val);
}

bool check_echo(weir_call *c) {
  size_t n_headers, n_trailers;
  const weir_kv *headers = weir_headers(c, &n_headers);
  const weir_kv *trailers = weir_trailers(c, &n_trailers);
  return check_kv("initial metadata " ECHO_INITIAL, headers, n_headers, &echo_metadata[0]) &&
         check_kv("trailing metadata " ECHO_TRAILING, trailers, n_trailers, &echo_metadata[1]);
}

/* ---- the program -------------------------------------------------------------------------------------------------------- */

weir_channel *run_channel(const run *r, weir_loop *loop) {
  char target[300];
  weir_error e = {0};
  bool brackets = strchr(r->o->server_host, ':') && r->o->server_host[0] != '[';
  snprintf(target, sizeof target, "%s%s%s:%d", brackets ? "[" : "", r->o->server_host, brackets ? "]" : "",
           (int)r->o->server_port);
  const char *name = r->o->server_host_override;
  weir_channel *ch =
      weir_channel_new(target, r->creds, WEIR_OPTS(weir_channel_opts, .loop = loop, .authority = name), &e);
  if (!ch) fails("channel to %s: %s", target, e.msg);
  return ch;
}

static weir_creds *run_creds(const options *o, weir_arena *a) {
  weir_error e = {0};
  if (!o->use_tls) return weir_creds_insecure();
  weir_str roots = {"", 0};
  if (o->use_test_ca) roots = flags_read_file("ca_file", o->ca_file, a);
  weir_creds *creds =
      weir_creds_tls(WEIR_OPTS(weir_tls_opts, .ca_pem = roots, .server_name = o->server_host_override), &e);
  if (!creds) fails("credentials: %s", e.msg);
  return creds;
}

static test_case *find_case(const char *name) {
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
    if (strcmp(cases[i].name, name) == 0) return cases[i].run;
  return NULL;
}

int main(int argc, char **argv) {
  options o = {.server_host = "localhost",
               .server_port = 10000,
               .test_case = "large_unary",
               .soak_iterations = 10,
               .soak_latency_ms = 1000,
               .soak_timeout_s = 10,
               .soak_request_size = LARGE_REQUEST,
               .soak_response_size = LARGE_RESPONSE};
  const flag flags[] = {
      {"server_host", FLAG_TEXT, &o.server_host},
      {"server_port", FLAG_INT, &o.server_port},
      {"server_host_override", FLAG_TEXT, &o.server_host_override},
      {"test_case", FLAG_TEXT, &o.test_case},
      {"use_tls", FLAG_BOOL, &o.use_tls},
      {"use_test_ca", FLAG_BOOL, &o.use_test_ca},
      {"ca_file", FLAG_TEXT, &o.ca_file},
      {"soak_iterations", FLAG_INT, &o.soak_iterations},
      {"soak_max_failures", FLAG_INT, &o.soak_max_failures},
      {"soak_per_iteration_max_acceptable_latency_ms", FLAG_INT, &o.soak_latency_ms},
      {"soak_overall_timeout_seconds", FLAG_INT, &o.soak_timeout_s},
      {"soak_request_size", FLAG_INT, &o.soak_request_size},
      {"soak_response_size", FLAG_INT, &o.soak_response_size},
  };
  flags_parse(flags, sizeof flags / sizeof *flags, argc, argv);
  test_case *chosen = find_case(o.test_case);
  if (!chosen) {
    fprintf(stderr, "%s: --test_case=%s is none of:", argv[0], o.test_case);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) fprintf(stderr, " %s", cases[i].name);
    fputc('\n', stderr);
    return 2;
  }
  run r = {.o = &o, .a = weir_arena_new(NULL, 0)};
  if (r.a) r.creds = run_creds(&o, r.a);
  if (r.creds) r.ch = run_channel(&r, NULL);
  bool passed = r.ch && chosen(&r);
  printf("%s: %s\n", o.test_case, passed ? "passed" : "FAILED");
  weir_channel_unref(r.ch);
  weir_creds_unref(r.creds);
  weir_arena_free(r.a);
  return !passed;
}
