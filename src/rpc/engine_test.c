/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* Both engines joined by a pipe: whole, and a few bytes at a time. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "rpc/pair_testing.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const size_t chunks[] = {0, 1, 2, 7, 100};
#define FOR_EACH_CHUNK(p)                                                    \
  for (size_t chunk_ = 0; chunk_ < sizeof chunks / sizeof *chunks; chunk_++) \
    for (bool once_ = (pair_init((p), PAIR_RPC, chunks[chunk_]), true); once_; once_ = (pair_fini(p), false))

/* ---- the four kinds -------------------------------------------------------------------------------------------- */

static void unary(void **state) {
  pair p;
  (void)state;
  FOR_EACH_CHUNK(&p) {
    for (int i = 0; i < 3; i++) {
      weir_rpc_call *c = pair_start(&p, "/t.S/Unary", NULL, 0, WEIR_NEVER);
      pair_send(c, "ping", true);
      assert_int_equal(weir_rpc_send(c, WEIR_STR("x"), NULL, false), WEIR_ECLOSED);
      assert_int_equal(weir_rpc_half_close(c), WEIR_ECLOSED);
      pair_pump(&p);
      pair_expect(&p.server, "CALL /t.S/Unary at test user-agent=weir-c/0\nMESSAGE ping\nHALF_CLOSE\n");
      pair_expect(&p.client, "");
      pair_send(p.server.call, "pong", false);
      pair_finish(p.server.call, WEIR_OK, "", NULL, 0);
      assert_int_equal(weir_rpc_finish(p.server.call, WEIR_OK, (weir_str){0}, NULL, 0), WEIR_ECLOSED);
      assert_int_equal(weir_rpc_send(p.server.call, WEIR_STR("x"), NULL, false), WEIR_ECLOSED);
      pair_pump(&p);
      pair_expect(&p.client, "HEADERS\nMESSAGE pong\nEND OK\n");
      pair_expect(&p.server, "END OK\n");
      assert_int_equal(weir_rpc_n_calls(p.client.rpc), 0);
      assert_int_equal(weir_rpc_n_calls(p.server.rpc), 0);
    }
  }
}

static void empty_messages(void **state) {
  pair p;
  (void)state;
  FOR_EACH_CHUNK(&p) {
    weir_rpc_call *c = pair_start(&p, "/t.S/Unary", NULL, 0, WEIR_NEVER);
    pair_send(c, "", true);
    pair_pump(&p);
    pair_send(p.server.call, "", false);
    pair_send(p.server.call, "", false);
    pair_finish(p.server.call, WEIR_OK, "", NULL, 0);
    pair_pump(&p);
    pair_expect(&p.server, "CALL /t.S/Unary at test user-agent=weir-c/0\nMESSAGE \nHALF_CLOSE\nEND OK\n");
    pair_expect(&p.client, "HEADERS\nMESSAGE \nMESSAGE \nEND OK\n");
  }
}

static void client_stream(void **state) {
  pair p;
  (void)state;
  FOR_EACH_CHUNK(&p) {
    weir_rpc_call *c = pair_start(&p, "/t.S/Up", NULL, 0, WEIR_NEVER);
    pair_pump(&p);
    pair_expect(&p.server, "CALL /t.S/Up at test user-agent=weir-c/0\n");
    pair_send(c, "one", false);
    pair_send(c, "two", false);
    pair_pump(&p);
    pair_expect(&p.server, "MESSAGE one\nMESSAGE two\n");
    pair_send(c, "three", false);
    assert_int_equal(weir_rpc_half_close(c), WEIR_EOK);
    pair_pump(&p);
    pair_expect(&p.server, "MESSAGE three\nHALF_CLOSE\n");
    pair_send(p.server.call, "sum", false);
    pair_finish(p.server.call, WEIR_OK, "", NULL, 0);
    pair_pump(&p);
    pair_expect(&p.client, "HEADERS\nMESSAGE sum\nEND OK\n");
    pair_expect(&p.server, "END OK\n");
  }
}

static void server_stream(void **state) {
  pair p;
  (void)state;
  FOR_EACH_CHUNK(&p) {
    weir_rpc_call *c = pair_start(&p, "/t.S/Down", NULL, 0, WEIR_NEVER);
    pair_send(c, "go", true);
    pair_pump(&p);
    pair_forget(&p);
    pair_send(p.server.call, "one", false);
    pair_pump(&p);
    pair_expect(&p.client, "HEADERS\nMESSAGE one\n");
    pair_send(p.server.call, "two", false);
    pair_send(p.server.call, "three", false);
    pair_finish(p.server.call, WEIR_OUT_OF_RANGE, "no more", NULL, 0);
    pair_pump(&p);
    pair_expect(&p.client, "MESSAGE two\nMESSAGE three\nEND OUT_OF_RANGE \"no more\"\n");
    pair_expect(&p.server, "END OK\n");
  }
}

static void bidi(void **state) {
  pair p;
  (void)state;
  FOR_EACH_CHUNK(&p) {
    p.server.echoes = true;
    weir_rpc_call *c = pair_start(&p, "/t.S/Both", NULL, 0, WEIR_NEVER);
    for (int i = 0; i < 3; i++) {
      pair_send(c, "hey", false);
      pair_pump(&p);
      pair_expect(&p.client, i ? "MESSAGE hey\n" : "HEADERS\nMESSAGE hey\n");
    }
    weir_rpc_half_close(c);
    pair_pump(&p);
    pair_expect(&p.client, "END OK\n");
  }
}

static void empty_stream(void **state) {
  pair p;
  (void)state;
  FOR_EACH_CHUNK(&p) {
    p.server.echoes = true;
    weir_rpc_half_close(pair_start(&p, "/t.S/Both", NULL, 0, WEIR_NEVER));
    pair_pump(&p);
    pair_expect(&p.client, "END OK\n"); /* Trailers-Only */
    pair_expect(&p.server, "CALL /t.S/Both at test user-agent=weir-c/0\nHALF_CLOSE\nEND OK\n");
  }
}

static void many_messages_in_one_frame(void **state) {
  pair p;
  (void)state;
  FOR_EACH_CHUNK(&p) {
    weir_rpc_call *c = pair_start(&p, "/t.S/Up", NULL, 0, WEIR_NEVER);
    weir_bytes want = weir_bytes_in(WEIR_MEM_DEFAULT);
    pair_pump(&p);
    pair_forget(&p);
    for (int i = 0; i < 200; i++) {
      char text[16];
      snprintf(text, sizeof text, "m%d", i);
      pair_send(c, text, i == 199);
      weir_bytes_printf(&want, "MESSAGE %s\n", text);
    }
    weir_bytes_append(&want, "HALF_CLOSE\n", 12);
    pair_pump(&p);
    pair_expect(&p.server, weir_bytes_view(&want).data);
    weir_bytes_fini(&want);
  }
}

/* ---- metadata and status ----------------------------------------------------------------------------------------- */

static void metadata_both_ways(void **state) {
  static const weir_kv up[] = {KV("k", "v"), KV("k", "w"), KV("x-bin", "\xab\xab\xab"), KV("e-bin", "")};
  static const weir_kv initial[] = {KV("first", "1"), KV("f-bin", "\0\1")};
  static const weir_kv trailing[] = {KV("last", "2"), KV("grpc-status-details-bin", "\x08\x05")};
  pair p;
  (void)state;
  FOR_EACH_CHUNK(&p) {
    weir_rpc_call *c = pair_start(&p, "/t.S/M", up, 4, WEIR_NEVER);
    pair_send(c, "x", true);
    pair_pump(&p);
    pair_expect(&p.server, "CALL /t.S/M at test user-agent=weir-c/0 k=v k=w x-bin=\\xab\\xab\\xab e-bin=\n"
                           "MESSAGE x\nHALF_CLOSE\n");
    assert_int_equal(weir_rpc_send_headers(p.server.call, initial, 2), WEIR_EOK);
    assert_int_equal(weir_rpc_send_headers(p.server.call, initial, 2), WEIR_ECLOSED);
    pair_pump(&p);
    pair_expect(&p.client, "HEADERS first=1 f-bin=\\x00\\x01\n");
    pair_finish(p.server.call, WEIR_NOT_FOUND, "no \xe2\x98\xba\r\n", trailing, 2);
    pair_pump(&p);
    pair_expect(&p.client,
                "END NOT_FOUND \"no \\xe2\\x98\\xba\\x0d\\x0a\" last=2 grpc-status-details-bin=\\x08\\x05\n");
    pair_expect(&p.server, "END OK\n");
  }
}

static void trailers_only(void **state) {
  static const weir_kv trailing[] = {KV("last", "2")};
  pair p;
  (void)state;
  FOR_EACH_CHUNK(&p) {
    pair_send(pair_start(&p, "/t.S/M", NULL, 0, WEIR_NEVER), "x", true);
    pair_pump(&p);
    pair_finish(p.server.call, WEIR_UNIMPLEMENTED, "unknown method", trailing, 1);
    pair_pump(&p);
    pair_expect(&p.client, "END UNIMPLEMENTED \"unknown method\" last=2\n");
  }
}

static void illegal_metadata_is_refused(void **state) {
  static const weir_kv bad[] = {KV("UP", "x")};
  static const char *const paths[] = {"", "a/b", "/a b", "/a\n", "/\x80"};
  pair p;
  weir_rpc_call *c = NULL;
  (void)state;
  pair_init(&p, PAIR_RPC, 0);
  weir_rpc_start_opts o = {.path = WEIR_STR("/a/b"), .metadata = bad, .n_metadata = 1, .deadline = WEIR_NEVER};
  assert_int_equal(weir_rpc_start(p.client.rpc, &o, &c), WEIR_EINVALID);
  for (size_t i = 0; i < 5; i++) {
    o = (weir_rpc_start_opts){.path = weir_str_of(paths[i]), .deadline = WEIR_NEVER};
    assert_int_equal(weir_rpc_start(p.client.rpc, &o, &c), WEIR_EINVALID);
  }
  assert_null(c);
  pair_send(pair_start(&p, "/a/b", NULL, 0, WEIR_NEVER), "x", true);
  pair_pump(&p);
  assert_int_equal(weir_rpc_send_headers(p.server.call, bad, 1), WEIR_EINVALID);
  assert_int_equal(weir_rpc_finish(p.server.call, WEIR_OK, (weir_str){0}, bad, 1), WEIR_EINVALID);
  pair_finish(p.server.call, WEIR_OK, "", NULL, 0); /* nothing had been sent */
  pair_pump(&p);
  pair_expect(&p.client, "END OK\n");
  pair_fini(&p);
}

static void over_the_peers_header_limit(void **state) {
  static char big[20000];
  const weir_kv kv = {{"big", 3}, {big, sizeof big}};
  pair p;
  (void)state;
  memset(big, 'x', sizeof big);
  FOR_EACH_CHUNK(&p) {
    pair_send(pair_start(&p, "/t.S/M", &kv, 1, WEIR_NEVER), "x", true);
    pair_pump(&p);
    pair_expect(&p.server, ""); /* never heard of it */
    pair_expect(&p.client, "END RESOURCE_EXHAUSTED \"received metadata is larger than the limit\"\n");
    for (int trailers = 0; trailers < 2; trailers++) {
      pair_send(pair_start(&p, "/t.S/M", NULL, 0, WEIR_NEVER), "x", true);
      pair_pump(&p);
      pair_forget(&p);
      if (!trailers) assert_int_equal(weir_rpc_send_headers(p.server.call, &kv, 1), WEIR_EOK);
      if (trailers) pair_finish(p.server.call, WEIR_OK, "", &kv, 1);
      pair_pump(&p);
      pair_expect(&p.client, "END RESOURCE_EXHAUSTED \"received metadata is larger than the limit\"\n");
      pair_expect_like(&p.server, trailers ? "END OK\n" : "END CANCELLED *\n");
    }
  }
}

/* ---- deadlines and cancellation ------------------------------------------------------------------------------------ */

static void deadline_on_both_ends(void **state) {
  pair p;
  (void)state;
  FOR_EACH_CHUNK(&p) {
    pair_start(&p, "/t.S/Slow", NULL, 0, WEIR_MS(5));
    pair_pump(&p);
    pair_expect(&p.server, "CALL /t.S/Slow at test timeout=5000000 user-agent=weir-c/0\n");
    assert_int_equal(weir_rpc_deadline(p.client.rpc), p.now + WEIR_MS(5));
    assert_int_equal(weir_rpc_deadline(p.server.rpc), p.now + WEIR_MS(5));
    pair_tick(&p, WEIR_MS(5) - 1);
    pair_expect(&p.client, "");
    pair_expect(&p.server, "");
    p.is_cut = true; /* each finds out by itself */
    pair_tick(&p, 1);
    pair_expect(&p.client, "END DEADLINE_EXCEEDED \"Deadline Exceeded\"\n");
    pair_expect(&p.server, "END DEADLINE_EXCEEDED \"Deadline Exceeded\"\n");
    p.is_cut = false;
    pair_pump(&p);
    pair_expect(&p.client, "");
    pair_expect(&p.server, "");
    assert_int_equal(weir_rpc_n_calls(p.client.rpc), 0);
  }
}

static void deadline_of_the_client_resets(void **state) {
  pair p;
  (void)state;
  FOR_EACH_CHUNK(&p) {
    pair_start(&p, "/t.S/Slow", NULL, 0, WEIR_MS(5));
    pair_pump(&p);
    pair_forget(&p);
    weir_rpc_tick(p.client.rpc, p.now + WEIR_MS(5));
    pair_pump(&p);
    pair_expect(&p.client, "END DEADLINE_EXCEEDED \"Deadline Exceeded\"\n");
    pair_expect(&p.server, "END CANCELLED \"reset by the peer (HTTP/2 CANCEL)\"\n");
  }
}

static void deadline_that_has_passed(void **state) {
  pair p;
  (void)state;
  pair_init(&p, PAIR_RPC, 0);
  weir_rpc_call *c = pair_start(&p, "/t.S/Slow", NULL, 0, 0);
  assert_int_equal(weir_rpc_send(c, WEIR_STR("x"), NULL, true), WEIR_ECLOSED);
  pair_pump(&p);
  pair_expect(&p.client, "END DEADLINE_EXCEEDED \"Deadline Exceeded\" unprocessed\n");
  pair_expect(&p.server, "");
  pair_fini(&p);
}

static void deadline_after_the_status(void **state) {
  pair p;
  (void)state;
  pair_init(&p, PAIR_RPC, 0);
  p.server.echoes = true;
  pair_send(pair_start(&p, "/t.S/Unary", NULL, 0, WEIR_MS(5)), "x", true);
  pair_pump(&p);
  pair_expect(&p.client, "HEADERS\nMESSAGE x\nEND OK\n");
  pair_tick(&p, WEIR_MS(10));
  pair_expect(&p.client, "");
  pair_fini(&p);
}

static void cancel_by_the_client(void **state) {
  pair p;
  (void)state;
  FOR_EACH_CHUNK(&p) {
    weir_rpc_call *c = pair_start(&p, "/t.S/Both", NULL, 0, WEIR_NEVER);
    pair_send(c, "x", false);
    pair_pump(&p);
    pair_forget(&p);
    weir_rpc_cancel(c, WEIR_CANCELLED, WEIR_STR("enough"));
    weir_rpc_cancel(c, WEIR_UNKNOWN, WEIR_STR("again"));
    assert_int_equal(weir_rpc_half_close(c), WEIR_ECLOSED);
    pair_pump(&p);
    pair_expect(&p.client, "END CANCELLED \"enough\"\n");
    pair_expect(&p.server, "END CANCELLED \"reset by the peer (HTTP/2 CANCEL)\"\n");
    /* before anything was written */
    weir_rpc_cancel(pair_start(&p, "/t.S/Both", NULL, 0, WEIR_NEVER), WEIR_CANCELLED, (weir_str){0});
    pair_pump(&p);
    pair_expect(&p.client, "END CANCELLED\n");
  }
}

static void cancel_by_the_server(void **state) {
  pair p;
  (void)state;
  FOR_EACH_CHUNK(&p) {
    pair_send(pair_start(&p, "/t.S/Both", NULL, 0, WEIR_NEVER), "x", false);
    pair_pump(&p);
    pair_forget(&p);
    weir_rpc_cancel(p.server.call, WEIR_ABORTED, WEIR_STR("handler died"));
    pair_pump(&p);
    pair_expect(&p.server, "END ABORTED \"handler died\"\n");
    pair_expect(&p.client, "END CANCELLED \"reset by the peer (HTTP/2 CANCEL)\"\n");
  }
}

static void cancel_with_messages_waiting(void **state) {
  pair p;
  (void)state;
  pair_init(&p, PAIR_RPC, 0);
  weir_rpc_call *c = pair_start(&p, "/t.S/Up", NULL, 0, WEIR_NEVER);
  pair_pump(&p);
  for (int i = 0; i < 5; i++) pair_send(c, "x", false);
  weir_str out[4];
  size_t n = weir_rpc_peek(p.client.rpc, out, 4);
  assert_int_equal(n, 1);
  weir_rpc_event ev;
  weir_rpc_recv(p.server.rpc, &out[0], &ev);
  assert_int_equal(ev.kind, WEIR_RPC_EV_MESSAGE);
  weir_rpc_cancel(ev.call, WEIR_INTERNAL, WEIR_STR("stop"));
  weir_rpc_recv(p.server.rpc, &out[0], &ev);
  assert_int_equal(ev.kind, WEIR_RPC_EV_END);
  while (ev.kind) {
    weir_rpc_recv(p.server.rpc, &out[0], &ev);
    assert_int_equal(ev.kind, WEIR_RPC_EV_NONE);
  }
  pair_fini(&p);
}

/* ---- early ends ------------------------------------------------------------------------------------------------------ */

static void server_done_before_its_client(void **state) {
  pair p;
  (void)state;
  FOR_EACH_CHUNK(&p) {
    weir_rpc_call *c = pair_start(&p, "/t.S/Up", NULL, 0, WEIR_NEVER);
    pair_send(c, "x", false);
    pair_pump(&p);
    pair_forget(&p);
    pair_send(p.server.call, "that will do", false);
    pair_finish(p.server.call, WEIR_OK, "", NULL, 0);
    pair_pump(&p);
    pair_expect(&p.client, "HEADERS\nMESSAGE that will do\nEND OK\n");
    pair_expect(&p.server, "END OK\n");
  }
}

static void server_done_while_its_client_sends(void **state) {
  static char big[3000000];
  pair p;
  (void)state;
  pair_init(&p, PAIR_RPC, 0);
  weir_rpc_call *c = pair_start(&p, "/t.S/Up", NULL, 0, WEIR_NEVER);
  pair_pump(&p);
  p.server.keeps_flow = true;
  for (int i = 0; i < 2; i++) weir_rpc_send(c, (weir_str){big, 1000000}, NULL, false);
  pair_pump(&p);
  pair_forget(&p);
  assert_true(weir_rpc_queued(c) > 0);
  pair_finish(p.server.call, WEIR_OK, "", NULL, 0);
  pair_pump(&p);
  pair_expect(&p.client, "END OK\n");
  pair_expect(&p.server, "END OK\n");
  pair_fini(&p);
}

/* ---- limits, flow ------------------------------------------------------------------------------------------------------ */

static void message_over_the_limit(void **state) {
  static char big[200];
  const weir_rpc_opts client = {.authority = WEIR_STR("t"), .max_recv_bytes = 50, .max_send_bytes = 150};
  const weir_rpc_opts server = {.max_recv_bytes = 100};
  (void)state;
  for (size_t i = 0; i < sizeof chunks / sizeof *chunks; i++) {
    pair p;
    assert_true(pair_make(&p, PAIR_RPC, chunks[i], &client, &server));
    weir_rpc_call *c = pair_start(&p, "/t.S/M", NULL, 0, WEIR_NEVER);
    assert_int_equal(weir_rpc_send(c, (weir_str){big, 151}, NULL, true), WEIR_ELIMIT);
    assert_int_equal(weir_rpc_send(c, (weir_str){big, 100}, NULL, false), WEIR_EOK);
    pair_pump(&p);
    pair_expect(&p.server, "READY\nCALL /t.S/M at t\nMESSAGE (100 bytes)\n");
    assert_int_equal(weir_rpc_send(c, (weir_str){big, 101}, NULL, false), WEIR_EOK);
    pair_pump(&p);
    pair_expect(&p.server,
                "END RESOURCE_EXHAUSTED \"received message is larger than the limit (101 vs. 100)\"\n");
    pair_expect(
        &p.client,
        "READY\nEND RESOURCE_EXHAUSTED \"received message is larger than the limit (101 vs. 100)\"\n");
    pair_start(&p, "/t.S/M", NULL, 0, WEIR_NEVER); /* the connection lives */
    pair_pump(&p);
    pair_forget(&p);
    weir_rpc_send(p.server.call, (weir_str){big, 51}, NULL, false);
    pair_pump(&p);
    pair_expect(
        &p.client,
        "HEADERS\nEND RESOURCE_EXHAUSTED \"received message is larger than the limit (51 vs. 50)\"\n");
    pair_expect(&p.server, "END CANCELLED \"reset by the peer (HTTP/2 CANCEL)\"\n");
    pair_fini(&p);
  }
}

static void large_messages(void **state) {
  enum { LEN = 4 * 1024 * 1024 };
  static const size_t sizes[] = {0, 1000, 65536};
  char *data = malloc(LEN);
  (void)state;
  assert_non_null(data);
  for (size_t i = 0; i < LEN; i++) data[i] = (char)(i * 7 + (i >> 13));
  for (size_t i = 0; i < 3; i++) {
    pair p;
    pair_init(&p, PAIR_RPC, sizes[i]);
    p.server.echoes = true;
    weir_buf *body = weir_buf_copy(data, LEN);
    weir_rpc_call *c = pair_start(&p, "/t.S/Big", NULL, 0, WEIR_NEVER);
    assert_int_equal(weir_rpc_send(c, (weir_str){0}, body, true), WEIR_EOK);
    weir_buf_unref(body);
    pair_pump(&p);
    pair_expect(&p.client, "HEADERS\nMESSAGE (4194304 bytes)\nEND OK\n");
    pair_fini(&p);
  }
  free(data);
}

static void a_reader_that_stops_stops_its_sender_only(void **state) {
  static char data[100000];
  pair p;
  (void)state;
  pair_init(&p, PAIR_RPC, 0);
  p.server.keeps_flow = true;
  weir_rpc_call *calls[8];
  for (int i = 0; i < 8; i++) { /* together far more than 4 MiB */
    calls[i] = pair_start(&p, "/t.S/Up", NULL, 0, WEIR_NEVER);
    for (int k = 0; k < 20; k++) weir_rpc_send(calls[i], (weir_str){data, sizeof data}, NULL, false);
    pair_pump(&p);
    size_t left = 20 * (sizeof data + 5) - 1024 * 1024;
    assert_int_equal(weir_rpc_queued(calls[i]), left); /* a window of it went */
  }
  pair_forget(&p);
  p.server.keeps_flow = false;
  p.server.echoes = true;
  pair_send(pair_start(&p, "/t.S/Unary", NULL, 0, WEIR_NEVER), "still here", true);
  pair_pump(&p);
  pair_expect(&p.client, "HEADERS\nMESSAGE still here\nEND OK\n");
  pair_fini(&p);
}

static void flow_comes_back_and_writable_follows(void **state) {
  static char data[300000];
  pair p;
  (void)state;
  pair_init(&p, PAIR_RPC, 0);
  p.server.keeps_flow = true;
  weir_rpc_call *c = pair_start(&p, "/t.S/Up", NULL, 0, WEIR_NEVER);
  for (int k = 0; k < 5; k++) weir_rpc_send(c, (weir_str){data, sizeof data}, NULL, false);
  pair_pump(&p);
  pair_expect(&p.server,
              "CALL /t.S/Up at test user-agent=weir-c/0\nMESSAGE (300000 bytes)\nMESSAGE (300000 bytes)\n"
              "MESSAGE (300000 bytes)\n");
  pair_expect(&p.client, "");
  assert_true(weir_rpc_queued(c) > 400000);
  weir_rpc_consume(p.server.call, p.server.unread);
  pair_pump(&p);
  assert_int_equal(weir_rpc_queued(c), 0);
  pair_expect(&p.server, "MESSAGE (300000 bytes)\nMESSAGE (300000 bytes)\n");
  pair_expect(&p.client, "WRITABLE\n");
  pair_fini(&p);
}

static void a_message_beyond_the_window_behind_unread_ones(void **state) {
  static char data[1500000];
  pair p;
  (void)state;
  pair_init(&p, PAIR_RPC, 0);
  p.server.keeps_flow = true;
  weir_rpc_call *c = pair_start(&p, "/t.S/Up", NULL, 0, WEIR_NEVER);
  pair_send(c, "first", false);
  weir_rpc_send(c, (weir_str){data, sizeof data}, NULL, true);
  pair_pump(&p);
  pair_expect(&p.server, "CALL /t.S/Up at test user-agent=weir-c/0\nMESSAGE first\n");
  assert_int_equal(weir_rpc_queued(c), sizeof data + 10 + 5 - 1024 * 1024);
  weir_rpc_consume(p.server.call, 10);
  pair_pump(&p);
  pair_expect(&p.server, "MESSAGE (1500000 bytes)\nHALF_CLOSE\n");
  pair_fini(&p);
}

/* ---- the connection ------------------------------------------------------------------------------------------------------ */

static void drain(void **state) {
  pair p;
  (void)state;
  FOR_EACH_CHUNK(&p) {
    weir_rpc_call *c = pair_start(&p, "/t.S/Both", NULL, 0, WEIR_NEVER);
    pair_pump(&p);
    pair_forget(&p);
    weir_rpc_drain(p.server.rpc, "bye");
    pair_pump(&p);
    pair_expect_like(&p.client, "GOAWAY UNAVAILABLE bye\n*");
    pair_forget(&p);
    assert_false(weir_rpc_can_start(p.client.rpc));
    weir_rpc_call *none = NULL;
    weir_rpc_start_opts o = {.path = WEIR_STR("/a/b"), .deadline = WEIR_NEVER};
    assert_int_equal(weir_rpc_start(p.client.rpc, &o, &none), WEIR_ELIMIT);
    assert_false(weir_rpc_is_done(p.server.rpc));
    pair_send(c, "running calls go on", true);
    pair_pump(&p);
    pair_expect(&p.server, "MESSAGE running calls go on\nHALF_CLOSE\n");
    pair_finish(p.server.call, WEIR_OK, "", NULL, 0);
    pair_pump(&p);
    pair_expect_like(&p.client, "END OK\nCLOSED UNAVAILABLE GOAWAY NO_ERROR: bye\n");
    pair_expect(&p.server, "END OK\nCLOSED OK drained\n");
    assert_true(weir_rpc_is_done(p.server.rpc));
    assert_true(weir_rpc_is_done(p.client.rpc));
  }
}

static void drain_of_an_idle_connection(void **state) {
  pair p;
  (void)state;
  FOR_EACH_CHUNK(&p) {
    weir_rpc_drain(p.server.rpc, "bye");
    pair_pump(&p);
    pair_tick(&p, WEIR_SECONDS(2));
    assert_true(p.server.is_closed && p.client.is_closed);
  }
}

static void ping(void **state) {
  pair p;
  (void)state;
  FOR_EACH_CHUNK(&p) {
    weir_rpc_ping(p.client.rpc, 0xabcdef);
    weir_rpc_ping(p.server.rpc, 7);
    pair_pump(&p);
    pair_expect(&p.client, "PING_ACK abcdef\n");
    pair_expect(&p.server, "PING_ACK 7\n");
  }
}

static void lost(void **state) {
  pair p;
  (void)state;
  FOR_EACH_CHUNK(&p) {
    pair_start(&p, "/t.S/A", NULL, 0, WEIR_MS(1));
    pair_pump(&p);
    pair_forget(&p);
    pair_start(&p, "/t.S/B", NULL, 0, WEIR_NEVER); /* no byte of it leaves */
    p.is_cut = true;
    weir_rpc_lost(p.client.rpc, "reset by peer");
    weir_rpc_lost(p.server.rpc, "end of file");
    weir_rpc_lost(p.server.rpc, "again");
    pair_pump(&p);
    pair_expect(&p.client, "END UNAVAILABLE \"connection lost: reset by peer\"\n"
                           "END UNAVAILABLE \"connection lost: reset by peer\" unprocessed\n"
                           "CLOSED UNAVAILABLE connection lost: reset by peer\n");
    pair_expect(&p.server, "END CANCELLED \"connection lost: end of file\"\n"
                           "CLOSED UNAVAILABLE connection lost: end of file\n");
    assert_true(weir_rpc_is_done(p.client.rpc));
    assert_int_equal(weir_rpc_deadline(p.client.rpc), WEIR_NEVER);
    weir_rpc_tick(p.client.rpc, p.now + WEIR_MS(1));
    pair_pump(&p);
    pair_expect(&p.client, "");
  }
}

static void broken_by_the_peer(void **state) {
  static const char bad[] = "\0\0\1\6\0\0\0\0\0x"; /* a PING of one byte */
  pair p;
  (void)state;
  for (int i = 0; i < 2; i++) {
    pair_init(&p, PAIR_RPC, 0);
    pair_start(&p, "/t.S/A", NULL, 0, WEIR_NEVER);
    pair_pump(&p);
    pair_forget(&p);
    pair_inject(&p, i ? &p.client : &p.server, bad, sizeof bad - 1);
    pair_expect_like(i ? &p.client : &p.server,
                     i ? "END UNAVAILABLE \"the peer broke HTTP/2: FRAME_SIZE_ERROR: *\"\n"
                         "CLOSED UNAVAILABLE the peer broke HTTP/2: FRAME_SIZE_ERROR: *\n"
                       : "END CANCELLED \"the peer broke HTTP/2: FRAME_SIZE_ERROR: *\"\n"
                         "CLOSED UNAVAILABLE the peer broke HTTP/2: FRAME_SIZE_ERROR: *\n");
    assert_true(weir_rpc_is_done(i ? p.client.rpc : p.server.rpc));
    pair_fini(&p);
  }
}

static void max_concurrent_streams(void **state) {
  const weir_rpc_opts client = {.authority = WEIR_STR("t")};
  const weir_rpc_opts server = {.h2 = {.max_concurrent_streams = 2}};
  pair p;
  (void)state;
  assert_true(pair_make(&p, PAIR_RPC, 0, &client, &server));
  p.server.echoes = true;
  weir_rpc_call *c = pair_start(&p, "/a/b", NULL, 0, WEIR_NEVER);
  pair_start(&p, "/a/b", NULL, 0, WEIR_NEVER);
  pair_pump(&p);
  assert_false(weir_rpc_can_start(p.client.rpc));
  weir_rpc_half_close(c);
  pair_pump(&p);
  assert_true(weir_rpc_can_start(p.client.rpc));
  pair_fini(&p);
}

static void many_calls(void **state) {
  enum { N = 1000 };
  pair p;
  (void)state;
  for (size_t i = 0; i < 2; i++) {
    pair_init(&p, PAIR_RPC, i ? 333 : 0);
    p.server.echoes = true;
    for (int round = 0; round < 3; round++) {
      size_t before = p.client.n_ends;
      for (int k = 0; k < N; k++)
        pair_send(pair_start(&p, "/t.S/Unary", NULL, 0, k % 3 ? WEIR_SECONDS(1 + k) : WEIR_NEVER), "payload",
                  true);
      assert_int_equal(weir_rpc_n_calls(p.client.rpc), N);
      pair_pump(&p);
      assert_int_equal(p.client.n_ends, before + N);
      assert_int_equal(weir_rpc_n_calls(p.client.rpc), 0);
      assert_int_equal(weir_rpc_n_calls(p.server.rpc), 0);
      pair_forget(&p);
    }
    pair_fini(&p);
  }
}

static void user_pointers(void **state) {
  pair p;
  int tag;
  weir_rpc_event ev;
  (void)state;
  pair_init(&p, PAIR_RPC, 0);
  weir_rpc_call *c = pair_start(&p, "/a/b", NULL, 0, WEIR_NEVER);
  weir_rpc_set_user(c, &tag);
  weir_rpc_cancel(c, WEIR_CANCELLED, (weir_str){0});
  weir_rpc_recv(p.client.rpc, &(weir_str){0}, &ev);
  assert_int_equal(ev.kind, WEIR_RPC_EV_END);
  assert_ptr_equal(ev.user, &tag);
  assert_ptr_equal(ev.call, c);
  pair_fini(&p);
}

/* ---- requests that are not gRPC ----------------------------------------------------------------------------------------- */

static void http_is_for_the_server_only(void **state) {
  pair p;
  (void)state;
  pair_init(&p, PAIR_RPC, 0);
  pair_send(pair_start(&p, "/a/b", NULL, 0, WEIR_NEVER), "x", true);
  pair_pump(&p);
  assert_int_equal(weir_rpc_http_reply(p.server.call, 200, (weir_str){0}, (weir_str){0}), WEIR_ECLOSED);
  pair_fini(&p);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(unary),
      cmocka_unit_test(empty_messages),
      cmocka_unit_test(client_stream),
      cmocka_unit_test(server_stream),
      cmocka_unit_test(bidi),
      cmocka_unit_test(empty_stream),
      cmocka_unit_test(many_messages_in_one_frame),
      cmocka_unit_test(metadata_both_ways),
      cmocka_unit_test(trailers_only),
      cmocka_unit_test(illegal_metadata_is_refused),
      cmocka_unit_test(over_the_peers_header_limit),
      cmocka_unit_test(deadline_on_both_ends),
      cmocka_unit_test(deadline_of_the_client_resets),
      cmocka_unit_test(deadline_that_has_passed),
      cmocka_unit_test(deadline_after_the_status),
      cmocka_unit_test(cancel_by_the_client),
      cmocka_unit_test(cancel_by_the_server),
      cmocka_unit_test(cancel_with_messages_waiting),
      cmocka_unit_test(server_done_before_its_client),
      cmocka_unit_test(server_done_while_its_client_sends),
      cmocka_unit_test(message_over_the_limit),
      cmocka_unit_test(large_messages),
      cmocka_unit_test(a_reader_that_stops_stops_its_sender_only),
      cmocka_unit_test(flow_comes_back_and_writable_follows),
      cmocka_unit_test(a_message_beyond_the_window_behind_unread_ones),
      cmocka_unit_test(drain),
      cmocka_unit_test(drain_of_an_idle_connection),
      cmocka_unit_test(ping),
      cmocka_unit_test(lost),
      cmocka_unit_test(broken_by_the_peer),
      cmocka_unit_test(max_concurrent_streams),
      cmocka_unit_test(many_calls),
      cmocka_unit_test(user_pointers),
      cmocka_unit_test(http_is_for_the_server_only),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
