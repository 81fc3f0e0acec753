/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* The server engine before a scripted client: every kind of request, and what comes back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "rpc/pair_testing.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define POST     ":method: POST\n:scheme: http\n:path: /a/b\n:authority: h\n"
#define GRPC     "te: trailers\ncontent-type: application/grpc\n"
#define RESPONSE "HEADERS :status=200 content-type=application/grpc "

static const size_t chunks[] = {0, 1, 10};
#define FOR_EACH_CHUNK(p)                                                             \
  for (size_t chunk_ = 0; chunk_ < sizeof chunks / sizeof *chunks; chunk_++)          \
    for (bool once_ = (pair_init((p), PAIR_RAW_CLIENT, chunks[chunk_]), true); once_; \
         once_ = (pair_fini(p), false))

static void answers_in_this_order(void **state) {
  static const weir_kv kv[] = {KV("k", "v"), KV("x-bin", "\1")};
  pair p;
  (void)state;
  FOR_EACH_CHUNK(&p) {
    uint32_t s = pair_raw_headers(&p.client, 0, POST GRPC "grpc-accept-encoding: gzip\nk: v\n", false);
    pair_raw_data(&p.client, s, "\0\0\0\0\1x", 6, true);
    pair_pump(&p);
    pair_expect(&p.server, "CALL /a/b at h k=v\nMESSAGE x\nHALF_CLOSE\n");
    weir_rpc_send_headers(p.server.call, kv, 1);
    pair_send(p.server.call, "y", false);
    pair_finish(p.server.call, WEIR_ABORTED, " 50% ", kv + 1, 1);
    pair_pump(&p);
    if (p.chunk == 0)
      pair_expect(&p.client,
                  "1 HEADERS :status=200 content-type=application/grpc k=v\n"
                  "1 DATA \\x00\\x00\\x00\\x00\\x01y\n"
                  "1 TRAILERS grpc-status=10 grpc-message=%2050%25%20 x-bin=AQ END_STREAM\n1 CLOSED\n");
    pair_expect(&p.server, "END OK\n");
  }
}

static void answers_leave_in_one_write(void **state) {
  pair p;
  weir_str out[4];
  (void)state;
  pair_init(&p, PAIR_RAW_CLIENT, 0);
  uint32_t s = pair_raw_headers(&p.client, 0, POST GRPC, false);
  pair_raw_data(&p.client, s, "\0\0\0\0\1x", 6, true);
  pair_pump(&p);
  pair_send(p.server.call, "y", false);
  pair_finish(p.server.call, WEIR_OK, "", NULL, 0);
  assert_int_equal(weir_rpc_peek(p.server.rpc, out, 4), 1);
  weir_rpc_wrote(p.server.rpc, out[0].len);
  assert_int_equal(weir_rpc_peek(p.server.rpc, out, 4), 0);
  pair_fini(&p);
}

static void trailers_then_reset_when_done_early(void **state) {
  pair p;
  (void)state;
  FOR_EACH_CHUNK(&p) {
    pair_raw_headers(&p.client, 0, POST GRPC, false);
    pair_pump(&p);
    pair_finish(p.server.call, WEIR_OK, "", NULL, 0);
    pair_pump(&p);
    pair_expect(&p.client, "1 " RESPONSE "grpc-status=0 END_STREAM\n1 RESET NO_ERROR\n");
    pair_expect(&p.server, "CALL /a/b at h\nEND OK\n");
  }
}

/* Whoever stops reading does not lose the status: the trailers wait behind the data. */
static void trailers_behind_data_that_waits(void **state) {
  static char big[100000];
  pair p;
  (void)state;
  for (int half_closed = 0; half_closed < 2; half_closed++) {
    pair_init(&p, PAIR_RAW_CLIENT, 0); /* its window is 64 KiB */
    p.client.keeps_flow = true;
    pair_raw_headers(&p.client, 0, POST GRPC, half_closed);
    pair_pump(&p);
    pair_forget(&p);
    weir_rpc_send(p.server.call, (weir_str){big, sizeof big}, NULL, false);
    pair_finish(p.server.call, WEIR_OK, "done", NULL, 0);
    pair_pump(&p);
    assert_int_equal(weir_rpc_queued(p.server.call), sizeof big + 5 - 65535);
    pair_expect(&p.server, half_closed ? "" : "");
    pair_forget(&p);
    weir_h2_consume(p.client.h2, 1, 65535);
    pair_pump(&p);
    pair_expect(&p.server, "END OK\n");
    weir_bytes_append(&p.client.log, "", 1);
    const char *tail =
        strstr(weir_bytes_view(&p.client.log).data, "1 TRAILERS grpc-status=0 grpc-message=done");
    assert_non_null(tail);
    assert_string_equal(strchr(tail, '\n') + 1, half_closed ? "1 CLOSED\n" : "1 RESET NO_ERROR\n");
    pair_fini(&p);
  }
}

static void data_after_the_status_is_dropped(void **state) {
  pair p;
  (void)state;
  pair_init(&p, PAIR_RAW_CLIENT, 0);
  pair_raw_headers(&p.client, 0, POST GRPC, false);
  pair_pump(&p);
  pair_forget(&p);
  pair_finish(p.server.call, WEIR_OK, "", NULL, 0); /* is not carried yet */
  pair_raw_data(&p.client, 1, "\0\0\0\0\1x\0\0\0\0\1", 11, true);
  pair_pump(&p);
  pair_expect(&p.server, "END OK\n");
  pair_expect(&p.client, "1 " RESPONSE "grpc-status=0 END_STREAM\n1 CLOSED\n");
  pair_fini(&p);
}

/* ---- requests that break a rule --------------------------------------------------------------------------------------- */

static void refused_requests(void **state) {
  static const char *const rows[][2] = {
      {"grpc-timeout: 1s\n", "grpc-status=13 grpc-message=grpc-timeout is malformed: 1s"},
      {"grpc-timeout: 123456789S\n", "grpc-status=13 grpc-message=grpc-timeout is malformed: 123456789S"},
      {"x-bin: ====\n", "grpc-status=13 grpc-message=metadata is not base64: x-bin"},
      {"grpc-encoding: snappy\n", "grpc-accept-encoding=" PAIR_ENCODINGS " grpc-status=12 "
                                  "grpc-message=grpc-encoding is not supported: snappy"},
  };
  pair p;
  (void)state;
  FOR_EACH_CHUNK(&p) {
    for (size_t i = 0; i < 2 * sizeof rows / sizeof *rows; i++) {
      char block[200], want[300];
      uint32_t stream = (uint32_t)(2 * i + 1);
      snprintf(block, sizeof block, POST GRPC "%s", rows[i / 2][0]);
      pair_raw_headers(&p.client, 0, block, i % 2);
      pair_pump(&p);
      snprintf(want, sizeof want, "%u " RESPONSE "%s END_STREAM\n%u %s\n", stream, rows[i / 2][1], stream,
               i % 2 ? "CLOSED" : "RESET NO_ERROR");
      pair_expect(&p.client, want);
      pair_expect(&p.server, "");
    }
    pair_raw_headers(&p.client, 0, POST GRPC, true); /* the connection lives */
    pair_pump(&p);
    pair_expect(&p.server, "CALL /a/b at h\nHALF_CLOSE\n");
  }
}

static void bad_messages(void **state) {
  static const struct {
    const char *data, *code, *text;
    size_t len;
    bool end_stream;
  } rows[] = {
      {"\1\0\0\0\1y", "13", "received a compressed message, but no grpc-encoding", 6, false},
      {"\3\0\0\0\1y", "13", "received a message with flag 3", 6, true},
      {"\0\xff\xff\xff\xff", "8", "received message is larger than the limit (4294967295 vs. 4194304)", 5,
       false},
      {"\0\0\0\0\2y", "13", "the request ended within a message", 6, true},
      {"\0\0", "13", "the request ended within a message", 2, true},
  };
  pair p;
  (void)state;
  FOR_EACH_CHUNK(&p) {
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
      char want[200];
      uint32_t s = pair_raw_headers(&p.client, 0, POST GRPC, false);
      pair_raw_data(&p.client, s, "\0\0\0\0\0", 5, false);
      pair_raw_data(&p.client, s, rows[i].data, rows[i].len, rows[i].end_stream);
      pair_pump(&p);
      snprintf(want, sizeof want, "* " RESPONSE "grpc-status=%s grpc-message=%s END_STREAM\n* %s\n",
               rows[i].code, rows[i].text, rows[i].end_stream ? "CLOSED" : "RESET NO_ERROR");
      pair_expect_like(&p.client, want);
      snprintf(want, sizeof want, "CALL /a/b at h\nMESSAGE \nEND %s \"%s\"\n",
               rows[i].code[0] == '8' ? "RESOURCE_EXHAUSTED" : "INTERNAL", rows[i].text);
      pair_expect(&p.server, want);
    }
  }
}

/* ---- compression: the engine carries it, and says who may compress how -------------------------------------------------- */

static void compressed_messages_both_ways(void **state) {
  pair p;
  (void)state;
  if (!weir_encoding_is_built(WEIR_GZIP)) skip();
  FOR_EACH_CHUNK(&p) {
    uint32_t s =
        pair_raw_headers(&p.client, 0, POST GRPC "grpc-encoding: gzip\ngrpc-accept-encoding: gzip\n", false);
    pair_raw_data(&p.client, s, "\1\0\0\0\1y\0\0\0\0\1z\1\0\0\0\0", 17, false);
    pair_pump(&p);
    pair_expect(&p.server, "CALL /a/b at h\nMESSAGE compressed y\nMESSAGE z\nMESSAGE compressed \n");
    assert_int_equal(weir_rpc_set_encoding(p.server.call, WEIR_GZIP), WEIR_EOK);
    assert_int_equal(weir_rpc_send(p.server.call, WEIR_STR("a"), NULL, WEIR_RPC_COMPRESSED), WEIR_EOK);
    assert_int_equal(weir_rpc_send(p.server.call, WEIR_STR("b"), NULL, 0), WEIR_EOK);
    assert_int_equal(weir_rpc_set_encoding(p.server.call, WEIR_IDENTITY), WEIR_ECLOSED);
    pair_pump(&p);
    if (p.chunk == 0)
      pair_expect(&p.client, "1 HEADERS :status=200 content-type=application/grpc grpc-encoding=gzip\n"
                             "1 DATA \\x01\\x00\\x00\\x00\\x01a\n1 DATA \\x00\\x00\\x00\\x00\\x01b\n");
  }
}

static void what_the_client_accepts(void **state) {
  weir_rpc_event ev;
  pair p;
  (void)state;
  pair_init(&p, PAIR_RPC, 0);
  pair_start(&p, "/a/b", NULL, 0, WEIR_NEVER);
  char bytes[1024];
  size_t len = 0;
  weir_str out[8], in;
  size_t n = weir_rpc_peek(p.client.rpc, out, 8);
  for (size_t i = 0; i < n; len += out[i++].len) memcpy(bytes + len, out[i].data, out[i].len);
  weir_rpc_wrote(p.client.rpc, len);
  in = (weir_str){bytes, len};
  do weir_rpc_recv(p.server.rpc, &in, &ev);
  while (ev.kind != WEIR_RPC_EV_CALL && ev.kind != WEIR_RPC_EV_NONE);
  assert_int_equal(ev.kind, WEIR_RPC_EV_CALL);
  bool says = weir_encodings_built() != WEIR_ENCODING_BIT(WEIR_IDENTITY);
  assert_int_equal(ev.accepts, says ? weir_encodings_built() : 0);
  assert_int_equal(ev.encoding, WEIR_IDENTITY);
  pair_fini(&p);
}

static void fails_after_it_began_to_answer(void **state) {
  pair p;
  (void)state;
  FOR_EACH_CHUNK(&p) {
    uint32_t s = pair_raw_headers(&p.client, 0, POST GRPC, false);
    pair_pump(&p);
    pair_send(p.server.call, "y", false);
    pair_pump(&p);
    pair_forget(&p);
    pair_raw_data(&p.client, s, "\1\0\0\0\0", 5, false);
    pair_pump(&p);
    pair_expect(&p.client,
                "1 TRAILERS grpc-status=13 grpc-message=received a compressed message, but no grpc-encoding "
                "END_STREAM\n1 RESET NO_ERROR\n");
    pair_expect(&p.server, "END INTERNAL \"received a compressed message, but no grpc-encoding\"\n");
  }
}

static void request_trailers_are_a_half_close(void **state) {
  pair p;
  (void)state;
  FOR_EACH_CHUNK(&p) {
    uint32_t s = pair_raw_headers(&p.client, 0, POST GRPC, false);
    pair_raw_data(&p.client, s, "\0\0\0\0\1x", 6, false);
    pair_raw_headers(&p.client, s, "k: v\n", true);
    pair_pump(&p);
    pair_expect(&p.server, "CALL /a/b at h\nMESSAGE x\nHALF_CLOSE\n");
  }
}

static void lenient_requests(void **state) {
  static const char *const rows[][2] = {
      {":method: POST\n:scheme: http\n:path: /a/b\nhost: there\n" GRPC, "CALL /a/b at there\n"},
      {POST "host: there\n" GRPC, "CALL /a/b at h\n"},
      {POST "content-type: application/grpc+proto\n", "CALL /a/b at h\n"},
      {POST "content-type: application/grpc; charset=utf-8\n", "HTTP *\n"},
      {POST GRPC "grpc-timeout: 0n\n", "CALL /a/b at h timeout=0\n"},
      {POST GRPC "grpc-timeout: 99999999H\n", "CALL /a/b at h\n"},
      {POST GRPC "grpc-encoding: identity\n", "CALL /a/b at h\n"},
      {POST GRPC "k: \xc3\xa9\n", "CALL /a/b at h k=\\xc3\\xa9\n"},
      {POST GRPC "grpc-previous-rpc-attempts: 1\ngrpc-message-type: a.B\n",
       "CALL /a/b at h grpc-previous-rpc-attempts=1\n"},
      {":method: POST\n:scheme: http\n:path: nothing\n:authority: h\n" GRPC, "CALL nothing at h\n"},
  };
  (void)state;
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    pair p;
    pair_init(&p, PAIR_RAW_CLIENT, 0);
    pair_raw_headers(&p.client, 0, rows[i][0], false);
    pair_pump(&p);
    pair_expect_like(&p.server, i == 3 ? "CALL /a/b at h\n" : rows[i][1]);
    pair_fini(&p);
  }
}

/* The same blocks again, and others between them: what was found out about a block is used for that block only. */
static void repeated_requests(void **state) {
  static const struct {
    const char *fields, *want;
  } rows[] = {
      {POST GRPC "k: v\n", "CALL /a/b at h k=v\n"},
      {POST "content-type: text/plain\n", "HTTP POST /a/b type=text/plain\n"},
      {":method: POST\n:scheme: http\n:path: /c/d\n:authority: h\n" GRPC "grpc-timeout: 1S\n",
       "CALL /c/d at h timeout=1000000000\n"},
      {POST GRPC "x-bin: !\n", ""},
      {POST GRPC "x-bin: AQ\n", "CALL /a/b at h x-bin=\\x01\n"},
      {POST GRPC "grpc-timeout: soon\n", ""},
      {POST GRPC "grpc-encoding: snappy\n", ""},
      {POST GRPC "grpc-encoding: identity\ngrpc-accept-encoding: gzip\n", "CALL /a/b at h\n"},
  };
  enum { N = sizeof rows / sizeof *rows };
  pair p;
  (void)state;
  FOR_EACH_CHUNK(&p) {
    for (unsigned i = 0; i < 3 * N * N; i++) { /* each three times behind each */
      unsigned k = i % 3 ? i / 3 % N : i / 3 / N;
      pair_raw_headers(&p.client, 0, rows[k].fields, false);
      pair_pump(&p);
      pair_expect_like(&p.server, rows[k].want);
      pair_forget(&p);
    }
  }
}

#define EXPIRED      " grpc-status=4 grpc-message=Deadline Exceeded END_STREAM\n"
#define EXPIRED_ONLY "1 HEADERS :status=200 content-type=application/grpc" EXPIRED

static void timeout_of_zero_passes_at_once(void **state) {
  pair p;
  (void)state;
  pair_init(&p, PAIR_RAW_CLIENT, 0);
  pair_raw_headers(&p.client, 0, POST GRPC "grpc-timeout: 0n\n", false);
  pair_pump(&p);
  pair_forget(&p);
  assert_int_equal(weir_rpc_deadline(p.server.rpc), p.now);
  pair_tick(&p, 0);
  pair_expect(&p.server, "END DEADLINE_EXCEEDED \"Deadline Exceeded\"\n");
  pair_expect(&p.client, EXPIRED_ONLY "1 RESET NO_ERROR\n");
  pair_fini(&p);
}

static void deadline_after_the_request(void **state) {
  pair p;
  (void)state;
  pair_init(&p, PAIR_RAW_CLIENT, 0);
  pair_raw_headers(&p.client, 0, POST GRPC "grpc-timeout: 1m\n", true);
  pair_pump(&p);
  pair_forget(&p);
  pair_tick(&p, WEIR_MS(1));
  pair_expect(&p.server, "END DEADLINE_EXCEEDED \"Deadline Exceeded\"\n");
  pair_expect(&p.client, EXPIRED_ONLY "1 CLOSED\n");
  pair_fini(&p);
}

static void deadline_after_headers(void **state) {
  pair p;
  (void)state;
  pair_init(&p, PAIR_RAW_CLIENT, 0);
  pair_raw_headers(&p.client, 0, POST GRPC "grpc-timeout: 1m\n", false);
  pair_pump(&p);
  weir_rpc_send_headers(p.server.call, NULL, 0);
  pair_pump(&p);
  pair_forget(&p);
  pair_tick(&p, WEIR_MS(1));
  pair_expect(&p.server, "END DEADLINE_EXCEEDED \"Deadline Exceeded\"\n");
  pair_expect(&p.client, "1 TRAILERS" EXPIRED "1 RESET NO_ERROR\n");
  pair_fini(&p);
}

/* What waits for the client's window is dropped: the status is not to wait behind it. */
static void deadline_within_a_message(void **state) {
  static char big[100000];
  pair p;
  (void)state;
  for (int finished = 0; finished < 2; finished++)
    for (int half_closed = 0; half_closed < 2; half_closed++) {
      pair_init(&p, PAIR_RAW_CLIENT, 0);
      p.client.keeps_flow = true;
      pair_raw_headers(&p.client, 0, POST GRPC "grpc-timeout: 1m\n", half_closed);
      pair_pump(&p);
      weir_rpc_send(p.server.call, (weir_str){big, sizeof big}, NULL, false);
      if (finished) pair_finish(p.server.call, WEIR_OK, "", NULL, 0);
      pair_pump(&p);
      pair_forget(&p);
      pair_tick(&p, WEIR_MS(1));
      pair_expect(&p.server, "END DEADLINE_EXCEEDED \"Deadline Exceeded\"\n");
      pair_expect(&p.client, half_closed ? "1 TRAILERS" EXPIRED "1 CLOSED\n"
                                         : "1 TRAILERS" EXPIRED "1 RESET NO_ERROR\n");
      pair_fini(&p);
    }
}

/* It is in a frame that nobody has read: nothing is said after it. */
static void deadline_behind_the_status(void **state) {
  pair p;
  (void)state;
  pair_init(&p, PAIR_RAW_CLIENT, 0);
  pair_raw_headers(&p.client, 0, POST GRPC "grpc-timeout: 1m\n", true);
  pair_pump(&p);
  pair_forget(&p);
  pair_finish(p.server.call, WEIR_NOT_FOUND, "", NULL, 0);
  p.is_cut = true;
  pair_tick(&p, WEIR_MS(1));
  pair_expect(&p.server, "END DEADLINE_EXCEEDED \"Deadline Exceeded\"\n");
  p.is_cut = false;
  pair_pump(&p);
  pair_expect(&p.client,
              "1 HEADERS :status=200 content-type=application/grpc grpc-status=5 END_STREAM\n1 CLOSED\n");
  pair_fini(&p);
}

static void too_many_pairs(void **state) {
  char block[1000] = POST GRPC "k-bin: ";
  pair p;
  (void)state;
  pair_init(&p, PAIR_RAW_CLIENT, 0);
  memset(block + strlen(block), ',', 512);
  strcat(block, "\n");
  pair_raw_headers(&p.client, 0, block, true);
  pair_pump(&p);
  pair_expect(&p.client,
              "1 " RESPONSE "grpc-status=8 grpc-message=received metadata is larger than the limit "
              "END_STREAM\n1 CLOSED\n");
  pair_expect(&p.server, "");
  pair_fini(&p);
}

static void oversized_requests(void **state) {
  static char block[30000];
  pair p;
  (void)state;
  FOR_EACH_CHUNK(&p) {
    strcpy(block, POST GRPC "k: ");
    memset(block + strlen(block), 'x', 20000);
    strcpy(strrchr(block, 'x') + 1, "\n");
    pair_raw_headers(&p.client, 0, block, false);
    pair_pump(&p);
    pair_expect(&p.client,
                "1 " RESPONSE "grpc-status=8 grpc-message=received metadata is larger than the limit "
                "END_STREAM\n1 RESET NO_ERROR\n");
    memcpy(block, ":method: GETT", 13);
    for (uint32_t stream = 3; stream <= 5; stream += 2) {
      char want[100];
      pair_raw_headers(&p.client, 0, block, stream == 3);
      pair_pump(&p);
      snprintf(want, sizeof want, "%u HEADERS :status=431 content-length=0 END_STREAM\n%u %s\n", stream,
               stream, stream == 3 ? "CLOSED" : "RESET NO_ERROR");
      pair_expect(&p.client, want);
    }
    pair_expect(&p.server, "");
    memset(block, 0, sizeof block);
  }
}

/* ---- requests that are not gRPC ------------------------------------------------------------------------------------------ */

static void http_requests(void **state) {
  pair p;
  (void)state;
  FOR_EACH_CHUNK(&p) {
    pair_raw_headers(&p.client, 0, ":method: GET\n:scheme: http\n:path: /\n:authority: h\n", true);
    pair_pump(&p);
    pair_expect(&p.server, "HTTP GET / type=\nHALF_CLOSE\n");
    assert_int_equal(weir_rpc_send(p.server.call, WEIR_STR("x"), NULL, false), WEIR_ECLOSED);
    assert_int_equal(weir_rpc_finish(p.server.call, WEIR_OK, (weir_str){0}, NULL, 0), WEIR_ECLOSED);
    assert_int_equal(weir_rpc_send_headers(p.server.call, NULL, 0), WEIR_ECLOSED);
    assert_int_equal(weir_rpc_http_reply(p.server.call, 99, (weir_str){0}, (weir_str){0}), WEIR_EINVALID);
    assert_int_equal(weir_rpc_http_reply(p.server.call, 200, WEIR_STR("text/plain"), WEIR_STR("hi\n")),
                     WEIR_EOK);
    assert_int_equal(weir_rpc_http_reply(p.server.call, 200, (weir_str){0}, (weir_str){0}), WEIR_ECLOSED);
    pair_pump(&p);
    if (p.chunk == 0)
      pair_expect_like(&p.client,
                       "1 HEADERS :status=200 content-type=text/plain content-length=3\n*hi\\x0a END_STREAM\n"
                       "1 CLOSED\n");
    pair_forget(&p);
  }
}

static void http_bodies_are_discarded(void **state) {
  static char big[300000];
  pair p;
  (void)state;
  pair_init(&p, PAIR_RAW_CLIENT, 0);
  uint32_t s = pair_raw_headers(&p.client, 0, POST "content-type: application/json\n", false);
  for (int i = 0; i < 10; i++) pair_raw_data(&p.client, s, big, sizeof big, i == 9);
  pair_pump(&p);
  assert_int_equal(weir_h2_queued(p.client.h2, s), 0);
  pair_expect(&p.server, "HTTP POST /a/b type=application/json\nHALF_CLOSE\n");
  weir_rpc_http_reply(p.server.call, 415, (weir_str){0}, (weir_str){0});
  pair_pump(&p);
  pair_expect(&p.client, "1 HEADERS :status=415 content-length=0 END_STREAM\n1 CLOSED\n");
  pair_expect(&p.server, "END OK\n");
  s = pair_raw_headers(&p.client, 0, POST "content-type: application/grpc-web\n", false);
  pair_pump(&p);
  weir_rpc_http_reply(p.server.call, 415, (weir_str){0}, (weir_str){0}); /* before the body has come */
  pair_pump(&p);
  pair_expect(&p.client, "3 HEADERS :status=415 content-length=0 END_STREAM\n3 RESET NO_ERROR\n");
  pair_expect(&p.server, "HTTP POST /a/b type=application/grpc-web\nEND OK\n");
  pair_fini(&p);
}

static void http_head_has_no_body(void **state) {
  pair p;
  (void)state;
  pair_init(&p, PAIR_RAW_CLIENT, 0);
  pair_raw_headers(&p.client, 0, ":method: HEAD\n:scheme: http\n:path: /\n:authority: h\n", true);
  pair_pump(&p);
  weir_rpc_http_reply(p.server.call, 200, (weir_str){0}, WEIR_STR("hi\n"));
  pair_pump(&p);
  pair_expect(&p.client, "1 HEADERS :status=200 content-length=3 END_STREAM\n1 CLOSED\n");
  pair_fini(&p);
}

/* Trailers may show a request to be malformed (RFC 9113 8.1.1): whoever waits for HALF_CLOSE has not answered it. */
static void http_half_close_comes_after_trailers(void **state) {
  pair p;
  (void)state;
  pair_init(&p, PAIR_RAW_CLIENT, 0);
  for (int malformed = 0; malformed < 2; malformed++) {
    uint32_t s = pair_raw_headers(&p.client, 0, POST "content-type: text/plain\n", false);
    pair_pump(&p);
    pair_expect(&p.server, "HTTP POST /a/b type=text/plain\n");
    pair_raw_headers(&p.client, s, malformed ? ":method: POST\n" : "x: y\n", true);
    pair_pump(&p);
    pair_expect(
        &p.server,
        malformed
            ? "END CANCELLED \"pseudo-header field that does not belong here (HTTP/2 PROTOCOL_ERROR)\"\n"
            : "HALF_CLOSE\n");
  }
  pair_expect(&p.client, "3 RESET PROTOCOL_ERROR\n");
  pair_fini(&p);
}

static void http_cancelled(void **state) {
  pair p;
  (void)state;
  pair_init(&p, PAIR_RAW_CLIENT, 0);
  pair_raw_headers(&p.client, 0, ":method: GET\n:scheme: http\n:path: /\n:authority: h\n", true);
  pair_pump(&p);
  pair_forget(&p);
  weir_h2_reset(p.client.h2, 1, WEIR_H2_CANCEL);
  pair_pump(&p);
  pair_expect(&p.server, "END CANCELLED \"reset by the peer (HTTP/2 CANCEL)\"\n");
  pair_fini(&p);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(answers_in_this_order),
      cmocka_unit_test(answers_leave_in_one_write),
      cmocka_unit_test(trailers_then_reset_when_done_early),
      cmocka_unit_test(trailers_behind_data_that_waits),
      cmocka_unit_test(data_after_the_status_is_dropped),
      cmocka_unit_test(refused_requests),
      cmocka_unit_test(bad_messages),
      cmocka_unit_test(compressed_messages_both_ways),
      cmocka_unit_test(what_the_client_accepts),
      cmocka_unit_test(fails_after_it_began_to_answer),
      cmocka_unit_test(request_trailers_are_a_half_close),
      cmocka_unit_test(lenient_requests),
      cmocka_unit_test(repeated_requests),
      cmocka_unit_test(timeout_of_zero_passes_at_once),
      cmocka_unit_test(deadline_after_the_request),
      cmocka_unit_test(deadline_after_headers),
      cmocka_unit_test(deadline_within_a_message),
      cmocka_unit_test(deadline_behind_the_status),
      cmocka_unit_test(too_many_pairs),
      cmocka_unit_test(oversized_requests),
      cmocka_unit_test(http_requests),
      cmocka_unit_test(http_bodies_are_discarded),
      cmocka_unit_test(http_head_has_no_body),
      cmocka_unit_test(http_half_close_comes_after_trailers),
      cmocka_unit_test(http_cancelled),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
