/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* The client engine before a scripted server: what it says, and what it makes of every kind of answer. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "rpc/pair_testing.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define OK_HEADERS ":status: 200\ncontent-type: application/grpc\n"

static const size_t chunks[] = {0, 1, 10};
#define FOR_EACH_CHUNK(p)                                                             \
  for (size_t chunk_ = 0; chunk_ < sizeof chunks / sizeof *chunks; chunk_++)          \
    for (bool once_ = (pair_init((p), PAIR_RAW_SERVER, chunks[chunk_]), true); once_; \
         once_ = (pair_fini(p), false))

/* A call whose request has arrived; its stream is the next odd number. */
static weir_rpc_call *begin(pair *p) {
  weir_rpc_call *c = pair_start(p, "/a/b", NULL, 0, WEIR_NEVER);
  pair_send(c, "x", true);
  pair_pump(p);
  pair_forget(p);
  return c;
}

static void says_it_in_this_order(void **state) {
  static const weir_kv kv[] = {KV("k", "v"), KV("x-bin", "\1\2\3\4")};
  pair p;
  (void)state;
  FOR_EACH_CHUNK(&p) {
    weir_rpc_call *c = pair_start(&p, "/a/b", kv, 2, WEIR_MS(1500));
    pair_send(c, "hello", false);
    pair_pump(&p);
    if (p.chunk == 0)
      pair_expect(&p.server,
                  "1 HEADERS :method=POST :scheme=http :path=/a/b :authority=test grpc-timeout=1500000u "
                  "te=trailers content-type=application/grpc" PAIR_ACCEPT
                  " user-agent=weir-c/0 k=v x-bin=AQIDBA\n"
                  "1 DATA \\x00\\x00\\x00\\x00\\x05hello\n");
    pair_forget(&p);
    weir_rpc_half_close(c);
    pair_pump(&p);
    pair_expect(&p.server, "1 DATA  END_STREAM\n");
    weir_rpc_start_opts o = {
        .path = WEIR_STR("/c/d"), .authority = WEIR_STR("other:1"), .deadline = WEIR_NEVER, .user = &p};
    assert_int_equal(weir_rpc_start(p.client.rpc, &o, &c), WEIR_EOK);
    pair_pump(&p);
    pair_expect(&p.server, "3 HEADERS :method=POST :scheme=http :path=/c/d :authority=other:1 te=trailers "
                           "content-type=application/grpc" PAIR_ACCEPT " user-agent=weir-c/0\n");
  }
}

static void leaves_in_one_write(void **state) {
  pair p;
  weir_str out[4];
  (void)state;
  pair_init(&p, PAIR_RAW_SERVER, 0);
  pair_send(pair_start(&p, "/a/b", NULL, 0, WEIR_NEVER), "hello", true);
  assert_int_equal(weir_rpc_peek(p.client.rpc, out, 4), 1);
  weir_rpc_wrote(p.client.rpc, out[0].len);
  assert_int_equal(weir_rpc_peek(p.client.rpc, out, 4), 0);
  pair_fini(&p);
}

/* ---- the end of a response ----------------------------------------------------------------------------------------- */

static void trailers_only(void **state) {
  pair p;
  (void)state;
  FOR_EACH_CHUNK(&p) {
    begin(&p);
    pair_raw_headers(&p.server, 1, OK_HEADERS "grpc-status: 5\ngrpc-message: 100%25 gone\nk: v\n", true);
    pair_pump(&p);
    pair_expect(&p.client, "END NOT_FOUND \"100% gone\" k=v\n");
    pair_expect(&p.server, "1 CLOSED\n");
  }
}

static void status_in_headers_is_not_the_status(void **state) {
  pair p;
  (void)state;
  FOR_EACH_CHUNK(&p) {
    begin(&p);
    pair_raw_headers(&p.server, 1, OK_HEADERS "grpc-status: 5\ngrpc-message: no\n", false);
    pair_raw_data(&p.server, 1, "\0\0\0\0\1y", 6, false);
    pair_raw_headers(&p.server, 1, "grpc-status: 0\n", true);
    begin(&p);
    pair_expect(&p.client, "");
    pair_raw_headers(&p.server, 3, OK_HEADERS "grpc-status: 5\n", false);
    pair_raw_headers(&p.server, 3, "grpc-status: 9\n", true);
    begin(&p);
    pair_raw_headers(&p.server, 5, OK_HEADERS "grpc-status: 5\n", false);
    pair_raw_data(&p.server, 5, "", 0, true);
    pair_pump(&p);
    pair_expect_like(&p.client,
                     "HEADERS\nEND UNKNOWN \"the response ended without grpc-status (HTTP status 200)\"\n");
  }
}

static void status_values(void **state) {
  static const char *const rows[][2] = {{"0", "OK"},       {"16", "UNAUTHENTICATED"}, {"17", "UNKNOWN"},
                                        {"00", "UNKNOWN"}, {"x", "UNKNOWN"},          {"-1", "UNKNOWN"}};
  pair p;
  uint32_t stream = 1;
  (void)state;
  pair_init(&p, PAIR_RAW_SERVER, 0);
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++, stream += 2) {
    char block[200], want[100];
    begin(&p);
    snprintf(block, sizeof block, OK_HEADERS "grpc-status: %s\ngrpc-message: m\n", rows[i][0]);
    snprintf(want, sizeof want, "END %s \"m\"\n", rows[i][1]);
    pair_raw_headers(&p.server, stream, block, true);
    pair_pump(&p);
    pair_expect(&p.client, want);
  }
  pair_fini(&p);
}

static void http_status_where_grpc_status_is_missing(void **state) {
  static const struct {
    int http;
    const char *name;
  } rows[] = {{400, "INTERNAL"},      {401, "UNAUTHENTICATED"}, {403, "PERMISSION_DENIED"},
              {404, "UNIMPLEMENTED"}, {429, "UNAVAILABLE"},     {431, "INTERNAL"},
              {502, "UNAVAILABLE"},   {503, "UNAVAILABLE"},     {504, "UNAVAILABLE"},
              {500, "UNKNOWN"},       {415, "UNKNOWN"},         {200, "UNKNOWN"}};
  (void)state;
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    char block[200], want[200];
    pair p;
    pair_init(&p, PAIR_RAW_SERVER, 0);
    begin(&p); /* one header block */
    snprintf(block, sizeof block, ":status: %d\ncontent-type: text/html\n", rows[i].http);
    pair_raw_headers(&p.server, 1, block, true);
    pair_pump(&p);
    snprintf(want, sizeof want, "END %s \"the response ended without grpc-status (HTTP status %d)\"\n",
             rows[i].name, rows[i].http);
    pair_expect(&p.client, want);
    snprintf(want, sizeof want, "END %s \"not a gRPC response: HTTP status %d, content-type text/html\"\n",
             rows[i].name, rows[i].http);
    begin(&p); /* with a body, which is not waited for */
    pair_raw_headers(&p.server, 3, block, false);
    pair_pump(&p);
    pair_expect(&p.client, "");
    pair_raw_data(&p.server, 3, "<html>", 6, false);
    pair_pump(&p);
    pair_expect(&p.client, want);
    pair_expect(&p.server, "3 RESET CANCEL\n");
    begin(&p); /* without one */
    pair_raw_headers(&p.server, 5, block, false);
    pair_raw_data(&p.server, 5, "", 0, true);
    pair_pump(&p);
    pair_expect(&p.client, want);
    begin(&p); /* grpc-status is there */
    pair_raw_headers(&p.server, 7, block, false);
    pair_raw_headers(&p.server, 7, "grpc-status: 10\n", true);
    begin(&p);
    strcat(block, "grpc-status: 10\n");
    pair_forget(&p);
    pair_raw_headers(&p.server, 9, block, true);
    pair_pump(&p);
    pair_expect(&p.client, "END ABORTED\n");
    pair_fini(&p);
  }
}

static void content_types(void **state) {
  static const char *const good[] = {"application/grpc", "application/grpc+proto",
                                     "application/grpc;charset=utf-8", "Application/gRPC+json"};
  static const char *const bad[] = {"application/grpc-web", "application/grp", "text/plain",
                                    "application/grpcx"};
  pair p;
  uint32_t stream = 1;
  (void)state;
  pair_init(&p, PAIR_RAW_SERVER, 0);
  for (size_t i = 0; i < 8; i++, stream += 2) {
    char block[100];
    begin(&p);
    snprintf(block, sizeof block, ":status: 200\ncontent-type: %s\n", i < 4 ? good[i] : bad[i - 4]);
    pair_raw_headers(&p.server, stream, block, false);
    pair_pump(&p);
    pair_expect(&p.client, i < 4 ? "HEADERS\n" : "");
  }
  begin(&p);
  pair_raw_headers(&p.server, stream, ":status: 200\n", false);
  pair_raw_data(&p.server, stream, "x", 1, true);
  pair_pump(&p);
  pair_expect(&p.client, "END UNKNOWN \"not a gRPC response: HTTP status 200, no content-type\"\n");
  pair_fini(&p);
}

static void ends_within_a_message(void **state) {
  pair p;
  (void)state;
  FOR_EACH_CHUNK(&p) {
    begin(&p);
    pair_raw_headers(&p.server, 1, OK_HEADERS, false);
    pair_raw_data(&p.server, 1, "\0\0\0\0\2y", 6, false);
    pair_raw_headers(&p.server, 1, "grpc-status: 0\n", true);
    pair_pump(&p);
    pair_expect(&p.client, "HEADERS\nEND INTERNAL \"the response ended within a message\"\n");
    begin(&p);
    pair_raw_headers(&p.server, 3, OK_HEADERS, false);
    pair_raw_data(&p.server, 3, "\0\0", 2, false);
    pair_raw_headers(&p.server, 3, "grpc-status: 7\n", true); /* it says why */
    pair_pump(&p);
    pair_expect(&p.client, "HEADERS\nEND PERMISSION_DENIED\n");
  }
}

static void answered_before_all_was_said(void **state) {
  pair p;
  (void)state;
  FOR_EACH_CHUNK(&p) {
    weir_rpc_call *c = pair_start(&p, "/a/b", NULL, 0, WEIR_NEVER);
    pair_send(c, "x", false);
    pair_pump(&p);
    pair_forget(&p);
    pair_raw_headers(&p.server, 1, OK_HEADERS "grpc-status: 3\n", true);
    pair_pump(&p);
    pair_expect(&p.client, "END INVALID_ARGUMENT\n");
    pair_expect(&p.server, "1 RESET NO_ERROR\n");
  }
}

static void informational_responses_are_skipped(void **state) {
  pair p;
  (void)state;
  FOR_EACH_CHUNK(&p) {
    begin(&p);
    pair_raw_headers(&p.server, 1, ":status: 103\nlink: x\n", false);
    pair_raw_headers(&p.server, 1, OK_HEADERS "grpc-status: 0\n", true);
    pair_pump(&p);
    pair_expect(&p.client, "END OK\n");
  }
}

/* ---- messages and metadata that break a rule ------------------------------------------------------------------------- */

static void bad_messages(void **state) {
  static const struct {
    const char *data, *want;
    size_t len;
  } rows[] = {
      {"\1\0\0\0\1y", "END INTERNAL \"received a compressed message, but no grpc-encoding\"\n", 6},
      {"\2\0\0\0\1y", "END INTERNAL \"received a message with flag 2\"\n", 6},
      {"\0\xff\xff\xff\xff",
       "END RESOURCE_EXHAUSTED \"received message is larger than the limit (4294967295 vs. 4194304)\"\n", 5},
  };
  pair p;
  (void)state;
  FOR_EACH_CHUNK(&p) {
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
      uint32_t stream = (uint32_t)(2 * i + 1);
      begin(&p);
      pair_raw_headers(&p.server, stream, OK_HEADERS, false);
      pair_pump(&p);
      pair_forget(&p);
      pair_raw_data(&p.server, stream, rows[i].data, rows[i].len, false);
      pair_pump(&p);
      pair_expect(&p.client, rows[i].want);
      pair_expect_like(&p.server, "* RESET CANCEL\n");
    }
  }
}

static void encodings(void **state) {
  pair p;
  (void)state;
  FOR_EACH_CHUNK(&p) {
    begin(&p);
    pair_raw_headers(&p.server, 1, OK_HEADERS "grpc-encoding: snappy\n", false);
    pair_pump(&p);
    pair_expect(&p.client, "END INTERNAL \"grpc-encoding is not supported: snappy\"\n");
    begin(&p);
    pair_raw_headers(&p.server, 3, OK_HEADERS "grpc-encoding: identity\ngrpc-accept-encoding: gzip\n", false);
    pair_pump(&p);
    pair_expect(&p.client, "HEADERS\n");
    pair_raw_data(&p.server, 3, "\1\0\0\0\0", 5, false);
    pair_pump(&p);
    pair_expect(&p.client, "END INTERNAL \"received a compressed message, but no grpc-encoding\"\n");
  }
}

static void bad_base64_fails_the_call_only(void **state) {
  pair p;
  (void)state;
  FOR_EACH_CHUNK(&p) {
    begin(&p);
    pair_raw_headers(&p.server, 1, OK_HEADERS "x-bin: !!!!\n", false);
    pair_pump(&p);
    pair_expect(&p.client, "END INTERNAL \"metadata is not base64: x-bin\"\n");
    begin(&p);
    pair_raw_headers(&p.server, 3, OK_HEADERS, false);
    pair_raw_headers(&p.server, 3, "grpc-status: 0\ny-bin: A\n", true);
    pair_pump(&p);
    pair_expect(&p.client, "HEADERS\nEND INTERNAL \"metadata is not base64: y-bin\"\n");
    begin(&p);
    pair_raw_headers(&p.server, 5, OK_HEADERS "grpc-status: 0\nz-bin: AQ==,Ag\n", true);
    pair_pump(&p);
    pair_expect(&p.client, "END OK z-bin=\\x01 z-bin=\\x02\n");
  }
}

static void too_many_pairs(void **state) {
  char block[1000] = OK_HEADERS "k-bin: ";
  pair p;
  (void)state;
  pair_init(&p, PAIR_RAW_SERVER, 0);
  memset(block + strlen(block), ',', 512);
  strcat(block, "\n");
  begin(&p);
  pair_raw_headers(&p.server, 1, block, false);
  pair_pump(&p);
  pair_expect(&p.client, "END RESOURCE_EXHAUSTED \"received metadata is larger than the limit\"\n");
  pair_fini(&p);
}

/* ---- resets and GOAWAY -------------------------------------------------------------------------------------------------- */

static void reset_codes(void **state) {
  static const struct {
    uint32_t code;
    const char *want;
  } rows[] = {
      {WEIR_H2_NO_ERROR, "END INTERNAL \"reset by the peer (HTTP/2 NO_ERROR)\"\n"},
      {WEIR_H2_PROTOCOL_ERROR, "END INTERNAL \"reset by the peer (HTTP/2 PROTOCOL_ERROR)\"\n"},
      {WEIR_H2_FLOW_CONTROL_ERROR, "END INTERNAL \"reset by the peer (HTTP/2 FLOW_CONTROL_ERROR)\"\n"},
      {WEIR_H2_REFUSED_STREAM, "END UNAVAILABLE \"reset by the peer (HTTP/2 REFUSED_STREAM)\" unprocessed\n"},
      {WEIR_H2_CANCEL, "END CANCELLED \"reset by the peer (HTTP/2 CANCEL)\"\n"},
      {WEIR_H2_ENHANCE_YOUR_CALM,
       "END RESOURCE_EXHAUSTED \"reset by the peer (HTTP/2 ENHANCE_YOUR_CALM)\"\n"},
      {WEIR_H2_INADEQUATE_SECURITY,
       "END PERMISSION_DENIED \"reset by the peer (HTTP/2 INADEQUATE_SECURITY)\"\n"},
      {99, "END INTERNAL \"reset by the peer (HTTP/2 UNKNOWN_ERROR)\"\n"},
  };
  pair p;
  (void)state;
  FOR_EACH_CHUNK(&p) {
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
      begin(&p);
      weir_h2_reset(p.server.h2, (uint32_t)(2 * i + 1), rows[i].code);
      pair_pump(&p);
      pair_expect(&p.client, rows[i].want);
    }
  }
}

/* grpc doc/http2-interop-test-descriptions.md: rst_after_header, rst_during_data, rst_after_data */
static void reset_in_the_middle(void **state) {
  pair p;
  (void)state;
  FOR_EACH_CHUNK(&p) {
    for (uint32_t i = 0; i < 3; i++) {
      uint32_t stream = 2 * i + 1;
      begin(&p);
      pair_raw_headers(&p.server, stream, OK_HEADERS, false);
      if (i > 0) pair_raw_data(&p.server, stream, "\0\0\0\0\2yz", i == 1 ? 6 : 7, false);
      pair_pump(&p);
      weir_h2_reset(p.server.h2, stream, WEIR_H2_NO_ERROR);
      pair_pump(&p);
      pair_expect(&p.client,
                  i == 2 ? "HEADERS\nMESSAGE yz\nEND INTERNAL \"reset by the peer (HTTP/2 NO_ERROR)\"\n"
                         : "HEADERS\nEND INTERNAL \"reset by the peer (HTTP/2 NO_ERROR)\"\n");
    }
  }
}

static void deadline_before_the_peers_cancel(void **state) {
  pair p;
  (void)state;
  pair_init(&p, PAIR_RAW_SERVER, 0);
  pair_start(&p, "/a/b", NULL, 0, WEIR_MS(1));
  pair_pump(&p);
  weir_h2_reset(p.server.h2, 1, WEIR_H2_CANCEL);
  p.now += WEIR_MS(1);
  weir_rpc_tick(p.client.rpc, p.now); /* the loop tells the time before what it read */
  pair_pump(&p);
  pair_expect(&p.client, "END DEADLINE_EXCEEDED \"Deadline Exceeded\"\n");
  pair_fini(&p);
}

static const char goaway_1[] = "\0\0\x16\7\0\0\0\0\0\0\0\0\1\0\0\0\13too_many_pings";

static void goaway(void **state) {
  pair p;
  (void)state;
  pair_init(&p, PAIR_RAW_SERVER, 0);
  begin(&p);
  begin(&p);
  pair_inject(&p, &p.client, goaway_1, sizeof goaway_1 - 1); /* last stream 1, ENHANCE_YOUR_CALM */
  pair_expect_like(&p.client, "END UNAVAILABLE \"*REFUSED_STREAM*\" unprocessed\n"
                              "GOAWAY UNAVAILABLE too_many_pings\n");
  weir_rpc_lost(p.client.rpc, "end of file");
  p.is_cut = true;
  pair_pump(&p);
  pair_expect(&p.client,
              "END UNAVAILABLE \"connection lost: end of file (GOAWAY ENHANCE_YOUR_CALM: too_many_pings)\"\n"
              "CLOSED UNAVAILABLE connection lost: end of file (GOAWAY ENHANCE_YOUR_CALM: too_many_pings)\n");
  pair_fini(&p);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(says_it_in_this_order),
      cmocka_unit_test(leaves_in_one_write),
      cmocka_unit_test(trailers_only),
      cmocka_unit_test(status_in_headers_is_not_the_status),
      cmocka_unit_test(status_values),
      cmocka_unit_test(http_status_where_grpc_status_is_missing),
      cmocka_unit_test(content_types),
      cmocka_unit_test(ends_within_a_message),
      cmocka_unit_test(answered_before_all_was_said),
      cmocka_unit_test(informational_responses_are_skipped),
      cmocka_unit_test(bad_messages),
      cmocka_unit_test(encodings),
      cmocka_unit_test(bad_base64_fails_the_call_only),
      cmocka_unit_test(too_many_pairs),
      cmocka_unit_test(reset_codes),
      cmocka_unit_test(reset_in_the_middle),
      cmocka_unit_test(deadline_before_the_peers_cancel),
      cmocka_unit_test(goaway),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
