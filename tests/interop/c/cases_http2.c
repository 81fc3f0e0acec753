/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* cases_http2.c - calls to a server that resets streams, goes away, or allows one stream at a time. */
#include "client.h"

#include <time.h>

/* The server goes away after the first call: the second must find its way over a new connection. */
bool goaway(run *r) {
  if (!large_unary(r)) return false;
  nanosleep(&(struct timespec){.tv_sec = 1}, NULL);
  return large_unary(r);
}

/* The server resets the stream with NO_ERROR before the status: that is no success. */
bool call_must_fail(run *r) {
  weir_error e = {0};
  grpc_testing_Payload payload = payload_of(LARGE_REQUEST);
  grpc_testing_SimpleRequest req = {.response_size = LARGE_RESPONSE, .payload = &payload};
  grpc_testing_SimpleResponse *rep;
  weir_code code = grpc_testing_TestService_UnaryCall(r->ch, &req, &rep, r->a, &call_opts, &e);
  return check_code("UnaryCall", code, e.msg, WEIR_INTERNAL);
}

/* The server allows one stream: calls beyond wait, and none fails. */
bool max_streams(run *r) { return large_unary(r) && concurrent_calls(r, 15); }
