/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* Every allocation failed in turn: nothing leaks, nothing crashes, the failure shows as WEIR_ENOMEM. And none happens
 * per call once a connection is warm. */
#include "h2/h2_test.h"

typedef struct pair {
  weir_h2 *h2[2]; /* client, server */
} pair;

/* What is done at an event: requests are answered with a body that waits for the window, and trailers behind it. */
static weir_err on_event(weir_h2 *h2, bool is_client, const weir_h2_event *ev) {
  static char body[3000], big[20000];
  if (ev->kind == WEIR_H2_EV_DATA) weir_h2_consume(h2, ev->stream, ev->flow);
  if (is_client || !ev->end_stream) return WEIR_EOK;
  memset(big, '\xe1', sizeof big);
  weir_hpack_field ok[] = {FIELD(":status", "200"), {.name = WEIR_STR("big"), .value = {big, sizeof big}}};
  weir_hpack_field trailers[] = {FIELD("grpc-status", "0")};
  weir_err err = weir_h2_send_headers(h2, ev->stream, ok, ev->stream == 1 ? 2 : 1, false);
  if (!err) err = weir_h2_send_bytes(h2, ev->stream, WEIR_STR("head"), (weir_str){body, sizeof body}, false);
  weir_buf *b = err ? NULL : weir_buf_wrap(body, sizeof body, NULL, NULL);
  if (b) err = weir_h2_send_data(h2, ev->stream, WEIR_STR("head"), b, false);
  weir_buf_unref(b);
  if (!err) err = weir_h2_send_headers(h2, ev->stream, trailers, 1, true);
  return err;
}

static weir_err receive(pair *p, int to, weir_str in) {
  for (;;) {
    weir_h2_event ev;
    weir_err err = weir_h2_recv(p->h2[to], &in, &ev);
    if (!err) err = on_event(p->h2[to], to == 0, &ev);
    if (err || !ev.kind) return err;
  }
}

/* Takes what one end has to say to the other, in pieces of at most `piece`. */
static weir_err carry(pair *p, int from, size_t piece, size_t *moved) {
  weir_str out[3];
  size_t n = weir_h2_peek(p->h2[from], out, 3), len = 0;
  for (size_t i = 0; i < n; i++) {
    for (size_t at = 0; at < out[i].len; at += piece) {
      size_t part = out[i].len - at < piece ? out[i].len - at : piece;
      weir_err err = receive(p, !from, (weir_str){out[i].data + at, part});
      if (err) return err;
    }
    len += out[i].len;
  }
  weir_h2_wrote(p->h2[from], len);
  *moved += len;
  return receive(p, from, (weir_str){NULL, 0}); /* what was due, or had failed, in writing */
}

static weir_err calls(pair *p, int n, size_t piece) {
  static const weir_hpack_field post[] = {FIELD(":method", "POST"), FIELD(":scheme", "http"),
                                          FIELD(":path", "/a/b"), FIELD("content-type", "application/grpc")};
  for (int i = 0; i < n; i++) {
    uint32_t id;
    weir_err err = weir_h2_open(p->h2[0], post, 4, false, NULL, &id);
    if (!err) err = weir_h2_send_bytes(p->h2[0], id, WEIR_STR("12345"), WEIR_STR("hello"), true);
    for (size_t moved = 1; !err && moved;) {
      moved = 0;
      err = carry(p, 0, piece, &moved);
      if (!err) err = carry(p, 1, piece, &moved);
    }
    if (err) return err;
  }
  return WEIR_EOK;
}

static weir_h2 *new_end(bool is_client, weir_mem mem) {
  return weir_h2_new(
      &(weir_h2_opts){.is_client = is_client, .mem = mem, .stream_window = 1000, .max_header_list = 65536});
}

static void test_failures(void **state) {
  (void)state;
  for (int who = 0; who < 2; who++) {
    size_t fail_at = 1;
    for (;; fail_at++) {
      test_heap heap = {.fail_at = fail_at};
      weir_mem mem = {test_heap_fn, &heap};
      pair p = {{new_end(true, who == 0 ? mem : WEIR_MEM_DEFAULT),
                 new_end(false, who == 1 ? mem : WEIR_MEM_DEFAULT)}};
      weir_err err = p.h2[0] && p.h2[1] ? calls(&p, 3, 1000) : WEIR_ENOMEM;
      weir_h2_free(p.h2[0]);
      weir_h2_free(p.h2[1]);
      assert_int_equal(heap.live, 0);
      if (!heap.failed) {
        assert_int_equal(err, WEIR_EOK);
        break;
      }
      if (err != WEIR_ENOMEM && err != WEIR_EOK) fail_msg("allocation %zu: %s", fail_at, weir_err_text(err));
    }
    printf("%s: each of %zu allocations failed\n", who ? "server" : "client", fail_at - 1);
    assert_true(fail_at > 10);
  }
}

static void test_warm_connection_allocates_nothing(void **state) {
  (void)state;
  test_heap heap = {0};
  weir_mem mem = {test_heap_fn, &heap};
  pair p = {{new_end(true, mem), new_end(false, mem)}};
  assert_int_equal(calls(&p, 20, 5000), WEIR_EOK);
  size_t before = heap.n;
  assert_int_equal(calls(&p, 200, 5000), WEIR_EOK);
  assert_int_equal(heap.n, before);
  weir_h2_free(p.h2[0]);
  weir_h2_free(p.h2[1]);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_failures),
                                     cmocka_unit_test(test_warm_connection_allocates_nothing)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
