/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* client.h - what the cases of the interop client share. The cases are those of gRPC's interop-test-descriptions.md. */
#ifndef INTEROP_CLIENT_H
#define INTEROP_CLIENT_H

#include <weir/weir.h>

#include "grpc/testing/test_grpc.weir.h"

#define LARGE_REQUEST  271828
#define LARGE_RESPONSE 314159
#define ECHO_INITIAL   "x-grpc-test-echo-initial"
#define ECHO_TRAILING  "x-grpc-test-echo-trailing-bin"

typedef struct options {
  const char *server_host, *server_host_override, *test_case, *ca_file;
  int64_t server_port;
  bool use_tls, use_test_ca;
  int64_t soak_iterations, soak_max_failures, soak_latency_ms, soak_timeout_s, soak_request_size,
      soak_response_size;
} options;

/** One run of one case. */
typedef struct run {
  const options *o;
  weir_creds *creds;
  weir_channel *ch;
  weir_arena *a; /* for the whole case */
} run;

/** False, and the reason on stderr, if the case fails. */
typedef bool test_case(run *r);

/** A new channel, on this loop or (NULL) on its own; NULL with a line on stderr. */
weir_channel *run_channel(const run *r, weir_loop *loop);

/* ---- checks: print what came and what was expected, and return whether they are the same ----------------------------- */

bool fails(const char *fmt, ...) WEIR_PRINTF(1, 2); /* always false */
bool check_int(const char *what, int64_t got, int64_t want);
bool check_str(const char *what, weir_str got, weir_str want);
/** text: what came along with the code. */
bool check_code(const char *what, weir_code got, const char *text, weir_code want);
/** A payload of `size` zeros. */
bool check_payload(const grpc_testing_Payload *p, size_t size);
/** The call must end with this code; NULL text: any. */
bool check_finish(weir_call *c, weir_code want, const char *text);

/* ---- requests --------------------------------------------------------------------------------------------------------- */

/** Zeros for payloads: up to LARGE_REQUEST bytes. */
grpc_testing_Payload payload_of(size_t size);
/** Options of a call that is not about deadlines: it ends within 20 s, so that no case hangs. */
extern const weir_call_opts call_opts;
/** UnaryCall with a request and a response of these sizes. */
bool large_call(weir_channel *ch, weir_arena *a, int64_t request_size, int64_t response_size);
/** Metadata that the server echoes, and the checks that it did. */
extern const weir_kv echo_metadata[2];
bool check_echo(weir_call *c);

test_case empty_unary, large_unary, status_code_and_message, special_status_message, custom_metadata,
    unimplemented_method, unimplemented_service, pick_first_unary;
test_case client_streaming, server_streaming, ping_pong, half_duplex, empty_stream,
    timeout_on_sleeping_server, cancel_after_begin, cancel_after_first_response;
test_case client_compressed_unary, client_compressed_streaming, server_compressed_unary,
    server_compressed_streaming, compressed_requests;
test_case rpc_soak, channel_soak, concurrent_large_unary;
/* Against a server that does odd things in HTTP/2 (tests/interop/http2): gRPC's http2-interop-test-descriptions.md. */
test_case goaway, call_must_fail, max_streams;

/** Large calls on a channel of their own, all at once. */
bool concurrent_calls(run *r, int calls);

/** Of cases that are both unary and streaming: the streaming half. */
bool full_duplex_status(run *r, weir_str text);
bool full_duplex_metadata(run *r);

#endif
