/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* cases_stream.c - many messages, deadlines and cancellation. */
#include "client.h"

static const int32_t request_sizes[] = {27182, 8, 1828, 45904};
static const int32_t response_sizes[] = {31415, 9, 2653, 58979};
#define N_SIZES (sizeof request_sizes / sizeof *request_sizes)

typedef grpc_testing_StreamingOutputCallResponse out_response;

/* Ends the case's use of a call. */
static bool done(weir_call *c, bool ok) {
  weir_call_unref(c);
  return ok;
}

bool client_streaming(run *r) {
  grpc_testing_StreamingInputCallResponse *rep = NULL;
  int64_t sum = 0;
  weir_call *c = grpc_testing_TestService_StreamingInputCall(r->ch, &call_opts);
  if (!c) return fails("out of memory");
  for (size_t i = 0; i < N_SIZES; i++) {
    grpc_testing_Payload payload = payload_of((size_t)request_sizes[i]);
    grpc_testing_StreamingInputCallRequest req = {.payload = &payload};
    weir_code code = grpc_testing_TestService_StreamingInputCall_send(c, &req);
    if (!check_code("send", code, "", WEIR_OK)) return done(c, false);
    sum += request_sizes[i];
  }
  weir_half_close(c);
  weir_code code = grpc_testing_TestService_StreamingInputCall_recv(c, r->a, &rep);
  return done(c, check_finish(c, WEIR_OK, NULL) && check_code("response", code, "", WEIR_OK) &&
                     check_int("aggregated_payload_size", rep->aggregated_payload_size, sum));
}

bool server_streaming(run *r) {
  grpc_testing_ResponseParameters sizes[N_SIZES], *pointers[N_SIZES];
  for (size_t i = 0; i < N_SIZES; i++) {
    sizes[i] = (grpc_testing_ResponseParameters){.size = response_sizes[i]};
    pointers[i] = &sizes[i];
  }
  grpc_testing_StreamingOutputCallRequest req = {.response_parameters = {pointers, N_SIZES, N_SIZES}};
  out_response *rep;
  weir_call *c = grpc_testing_TestService_StreamingOutputCall(r->ch, &req, &call_opts);
  if (!c) return fails("out of memory");
  size_t n = 0;
  while (grpc_testing_TestService_StreamingOutputCall_recv(c, r->a, &rep) == WEIR_OK) {
    if (n == N_SIZES) return done(c, fails("responses: got more than %zu", N_SIZES));
    if (!check_payload(rep->payload, (size_t)response_sizes[n++])) return done(c, false);
  }
  return done(c, check_finish(c, WEIR_OK, NULL) && check_int("responses", (int64_t)n, N_SIZES));
}

/* One request that asks for one response of this size. */
static weir_code duplex_send(weir_call *c, int32_t request_size, int32_t response_size, int32_t interval_us) {
  grpc_testing_ResponseParameters wanted = {.size = response_size, .interval_us = interval_us},
                                  *pointer = &wanted;
  grpc_testing_Payload payload = payload_of((size_t)request_size);
  grpc_testing_StreamingOutputCallRequest req = {.response_parameters = {&pointer, 1, 1}, .payload = &payload};
  return weir_send(c, &req);
}

static bool duplex_recv(run *r, weir_call *c, int32_t size) {
  out_response *rep;
  weir_code code = grpc_testing_TestService_FullDuplexCall_recv(c, r->a, &rep);
  if (code != WEIR_OK) {
    weir_error e = {0};
    code = weir_finish(c, &e);
    return fails("response: got the end, %s \"%s\", want %d bytes", weir_code_name(code), e.msg, size);
  }
  return check_payload(rep->payload, (size_t)size);
}

static bool duplex_exchange(run *r, weir_call *c, int32_t request_size, int32_t response_size) {
  return check_code("send", duplex_send(c, request_size, response_size, 0), "", WEIR_OK) &&
         duplex_recv(r, c, response_size);
}

/* After our half-close: no more responses, and OK. */
static bool duplex_end(run *r, weir_call *c) {
  out_response *rep;
  weir_half_close(c);
  weir_code code = grpc_testing_TestService_FullDuplexCall_recv(c, r->a, &rep);
  return check_code("after half-close", code, "", WEIR_EOF) && check_finish(c, WEIR_OK, NULL);
}

bool ping_pong(run *r) {
  weir_call *c = grpc_testing_TestService_FullDuplexCall(r->ch, &call_opts);
  if (!c) return fails("out of memory");
  for (size_t i = 0; i < N_SIZES; i++)
    if (!duplex_exchange(r, c, request_sizes[i], response_sizes[i])) return done(c, false);
  return done(c, duplex_end(r, c));
}

bool half_duplex(run *r) {
  weir_call *c = grpc_testing_TestService_HalfDuplexCall(r->ch, &call_opts);
  if (!c) return fails("out of memory");
  for (size_t i = 0; i < N_SIZES; i++) duplex_send(c, request_sizes[i], response_sizes[i], 0);
  weir_half_close(c);
  for (size_t i = 0; i < N_SIZES; i++)
    if (!duplex_recv(r, c, response_sizes[i])) return done(c, false);
  return done(c, duplex_end(r, c));
}

bool empty_stream(run *r) {
  weir_call *c = grpc_testing_TestService_FullDuplexCall(r->ch, &call_opts);
  return c ? done(c, duplex_end(r, c)) : fails("out of memory");
}

bool full_duplex_status(run *r, weir_str text) {
  grpc_testing_EchoStatus status = {.code = WEIR_UNKNOWN, .message = text};
  grpc_testing_StreamingOutputCallRequest req = {.response_status = &status};
  out_response *rep;
  weir_call *c = grpc_testing_TestService_FullDuplexCall(r->ch, &call_opts);
  if (!c) return fails("out of memory");
  grpc_testing_TestService_FullDuplexCall_send(c, &req);
  weir_half_close(c);
  weir_code code = grpc_testing_TestService_FullDuplexCall_recv(c, r->a, &rep);
  return done(c, check_code("FullDuplexCall", code, "", WEIR_UNKNOWN) &&
                     check_finish(c, WEIR_UNKNOWN, text.data));
}

bool full_duplex_metadata(run *r) {
  weir_call_opts opts = call_opts;
  opts.metadata = echo_metadata;
  opts.n_metadata = 2;
  weir_call *c = grpc_testing_TestService_FullDuplexCall(r->ch, &opts);
  if (!c) return fails("out of memory");
  return done(c, duplex_exchange(r, c, LARGE_REQUEST, LARGE_RESPONSE) && duplex_end(r, c) && check_echo(c));
}

bool timeout_on_sleeping_server(run *r) {
  out_response *rep;
  weir_call_opts opts = {.size = sizeof opts, .timeout_ns = WEIR_MS(1)};
  weir_call *c = grpc_testing_TestService_FullDuplexCall(r->ch, &opts);
  if (!c) return fails("out of memory");
  duplex_send(c, 27182, 31415, 1000000); /* may find the deadline over already */
  weir_code code = grpc_testing_TestService_FullDuplexCall_recv(c, r->a, &rep);
  return done(c, check_code("response", code, "", WEIR_DEADLINE_EXCEEDED) &&
                     check_finish(c, WEIR_DEADLINE_EXCEEDED, NULL));
}

bool cancel_after_begin(run *r) {
  weir_call_opts opts = call_opts;
  opts.metadata = echo_metadata;
  opts.n_metadata = 2;
  weir_call *c = grpc_testing_TestService_StreamingInputCall(r->ch, &opts);
  if (!c) return fails("out of memory");
  weir_cancel(c);
  return done(c, check_finish(c, WEIR_CANCELLED, NULL));
}

bool cancel_after_first_response(run *r) {
  out_response *rep;
  weir_call *c = grpc_testing_TestService_FullDuplexCall(r->ch, &call_opts);
  if (!c) return fails("out of memory");
  if (!duplex_exchange(r, c, 27182, 31415)) return done(c, false);
  weir_cancel(c);
  weir_code code = grpc_testing_TestService_FullDuplexCall_recv(c, r->a, &rep);
  return done(c, check_code("response", code, "", WEIR_CANCELLED) && check_finish(c, WEIR_CANCELLED, NULL));
}
