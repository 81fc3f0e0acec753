/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* What goes out, in which order and in how many pieces. */
#include "h2/h2_test.h"

static const weir_hpack_field ok[] = {FIELD(":status", "200")}, trailers[] = {FIELD("grpc-status", "0")};
static const weir_hpack_field post[] = {FIELD(":method", "POST"), FIELD(":scheme", "http"),
                                        FIELD(":path", "/")};
static const weir_str none = {NULL, 0};

static void feed(weir_h2 *h2, const char *hex, transcript *t) {
  weir_bytes b = test_hex(hex);
  test_feed(h2, weir_bytes_view(&b), t, NULL, NULL);
  weir_bytes_fini(&b);
}

/* Only recv, no output taken. */
static weir_err recv_all(weir_h2 *h2, const char *hex, transcript *t) {
  weir_bytes b = test_hex(hex);
  weir_str in = weir_bytes_view(&b);
  weir_h2_event ev;
  weir_err err;
  while (!(err = weir_h2_recv(h2, &in, &ev)) && ev.kind) transcript_event(t, &ev);
  weir_bytes_fini(&b);
  return err;
}

static void expect(transcript *t, const char *text) {
  assert_string_equal(transcript_text(t), text);
  weir_bytes_clear(&t->text);
}

static weir_h2 *server(void) { return test_connected(&(weir_h2_opts){0}); }
static weir_h2 *client(void) { return test_connected(&(weir_h2_opts){.is_client = true}); }

static void test_response_is_one_slice(void **state) {
  (void)state;
  weir_h2 *h2 = server();
  transcript t = transcript_new();
  feed(h2, "000003" HEADERS "05" S1 POST "000003" HEADERS "05" S3 POST, &t);
  for (uint32_t id = 1; id <= 3; id += 2) {
    assert_int_equal(weir_h2_send_headers(h2, id, ok, 1, false), WEIR_EOK);
    assert_int_equal(weir_h2_send_bytes(h2, id, WEIR_STR("\0\0\0\0\5"), WEIR_STR("hello"), false), WEIR_EOK);
    assert_int_equal(weir_h2_send_headers(h2, id, trailers, 1, true), WEIR_EOK);
    assert_int_equal(weir_h2_send_bytes(h2, id, none, WEIR_STR("x"), false), WEIR_ECLOSED);
    assert_int_equal(weir_h2_send_headers(h2, id, trailers, 1, true), WEIR_ECLOSED);
  }
  weir_str out[4];
  assert_int_equal(weir_h2_peek(h2, out, 4), 1);
  expect(
      &t,
      "headers 1 :method=POST :scheme=http :path=/ END\nheaders 3 :method=POST :scheme=http :path=/ END\n");
  test_pump(h2, &t);
  feed(h2, "", &t);
  expect(&t, "> headers 1 :status=200\n> data 1 10\n> headers 1 grpc-status=0 END\n> headers 3 "
             ":status=200\n> data 3 10\n"
             "> headers 3 grpc-status=0 END\nclosed 1\nclosed 3\n");
  transcript_free(&t);
  weir_h2_free(h2);
}

static int released;
static void release(void *arg) { (void)arg, released++; }

static void test_big_body_goes_by_reference(void **state) {
  (void)state;
  weir_h2 *h2 = server();
  transcript t = transcript_new();
  static char bytes[50000];
  memset(bytes, 'x', sizeof bytes);
  feed(h2, "000003" HEADERS "05" S1 POST, &t);
  weir_buf *b = weir_buf_wrap(bytes, sizeof bytes, release, NULL);
  released = 0;
  assert_int_equal(weir_h2_send_data(h2, 1, WEIR_STR("12345"), b, true), WEIR_EOK);
  weir_buf_unref(b);
  assert_int_equal(released, 0);
  assert_int_equal(weir_h2_queued(h2, 1), 50005);
  weir_str out[16];
  size_t n = weir_h2_peek(h2, out, 16), by_reference = 0;
  for (size_t i = 0; i < n; i++)
    if (out[i].data >= bytes && out[i].data < bytes + sizeof bytes) by_reference += out[i].len;
  assert_int_equal(by_reference, 3 * 16384 - 5);                        /* the short rest is copied */
  for (size_t left = 50005 + 4 * 9; left; left--) weir_h2_wrote(h2, 1); /* a byte at a time */
  assert_int_equal(released, 1);
  assert_int_equal(weir_h2_queued(h2, 1), 0);
  weir_bytes_clear(&t.text);
  feed(h2, "", &t);
  expect(&t, "closed 1\n");
  transcript_free(&t);
  weir_h2_free(h2);
}

/* What is not in a frame can be taken back, and something else be said in its place. */
static void test_unsend(void **state) {
  (void)state;
  weir_h2 *h2 = server();
  transcript t = transcript_new();
  feed(h2,
       "000006" SETTINGS "00" S0 "000400000004"
       "000003" HEADERS "05" S1 POST "000003" HEADERS "05" S3 POST,
       &t);
  assert_true(weir_h2_unsend(h2, 1)); /* nothing to take back */
  weir_h2_send_headers(h2, 1, ok, 1, false);
  weir_h2_send_bytes(h2, 1, none, WEIR_STR("0123456789"), false);
  weir_h2_send_headers(h2, 1, trailers, 1, true);
  test_pump(h2, &t);
  weir_bytes_clear(&t.text);
  assert_int_equal(weir_h2_queued(h2, 1), 6);
  assert_true(weir_h2_unsend(h2, 1));
  assert_int_equal(weir_h2_queued(h2, 1), 0);
  assert_int_equal(weir_h2_send_headers(h2, 1, trailers, 1, true), WEIR_EOK);
  assert_false(weir_h2_unsend(h2, 1)); /* END_STREAM is in a frame */
  assert_false(weir_h2_unsend(h2, 5));
  test_pump(h2, &t);
  feed(h2, "", &t);
  expect(&t, "> headers 1 grpc-status=0 END\nclosed 1\n");
  transcript_free(&t);
  weir_h2_free(h2);
}

/* DATA waits for both windows; trailers wait behind it; the rest of the world does not wait. */
static void test_windows(void **state) {
  (void)state;
  weir_h2 *h2 = client();
  transcript t = transcript_new();
  uint32_t a, b;
  feed(h2, "000006" SETTINGS "00" S0 "000400000004", &t); /* windows of 4 bytes */
  expect(&t, "settings\n> settings ack\n");
  weir_h2_open(h2, post, 3, false, NULL, &a);
  weir_h2_open(h2, post, 3, false, NULL, &b);
  weir_h2_send_bytes(h2, a, none, WEIR_STR("0123456789"), false);
  weir_h2_send_headers(h2, a, trailers, 1, true);
  weir_h2_send_bytes(h2, b, none, WEIR_STR("abc"), true);
  weir_h2_ping(h2, 7);
  test_pump(h2, &t);
  expect(&t, "> headers 1 :method=POST :scheme=http :path=/\n> headers 3 :method=POST :scheme=http "
             ":path=/\n> ping 7\n"
             "> data 1 4\n> data 3 3 END\n");
  assert_int_equal(weir_h2_queued(h2, a), 6);
  feed(h2, "000004" WINDOW_UPDATE "00" S1 "00000005", &t);
  expect(&t, "> data 1 5\n");
  feed(h2, "000006" SETTINGS "00" S0 "000400000002", &t); /* 2 less: the window is -2 now (RFC 9113 6.9.2) */
  feed(h2, "000004" WINDOW_UPDATE "00" S1 "00000002", &t);
  expect(&t, "settings\n> settings ack\n"); /* 0 */
  feed(h2, "000006" SETTINGS "00" S0 "000400000003", &t);
  expect(&t, "settings\n> settings ack\n> data 1 1\n> headers 1 grpc-status=0 END\n");
  transcript_free(&t);
  weir_h2_free(h2);
}

static void test_connection_window(void **state) {
  (void)state;
  weir_h2 *h2 = client();
  transcript t = transcript_new();
  uint32_t id[3];
  static char bytes[40000];
  feed(h2, "000006" SETTINGS "00" S0 "00047fffffff", &t);
  for (int i = 0; i < 3; i++) {
    weir_h2_open(h2, post, 3, false, NULL, &id[i]);
    weir_h2_send_bytes(h2, id[i], none, (weir_str){bytes, sizeof bytes}, true);
  }
  weir_bytes_clear(&t.text);
  test_pump(h2, &t);
  expect(&t, "> headers 1 :method=POST :scheme=http :path=/\n> headers 3 :method=POST :scheme=http :path=/\n"
             "> headers 5 :method=POST :scheme=http :path=/\n"
             "> data 1 16384\n> data 3 16384\n> data 5 16384\n> data 1 16383\n"); /* by turns, 65535 in all */
  weir_h2_reset(h2, id[1], WEIR_H2_CANCEL);
  feed(h2, "000004" WINDOW_UPDATE "00" S0 "00010000", &t);
  expect(&t,
         "writable 1\n> rst 3 CANCEL\nwritable 5\n> data 1 7233 END\n> data 5 16384\n> data 5 7232 END\n");
  transcript_free(&t);
  weir_h2_free(h2);
}

static void test_writable(void **state) {
  (void)state;
  weir_h2 *h2 = test_connected(&(weir_h2_opts){.low_water = 100});
  transcript t = transcript_new();
  static char bytes[300];
  feed(h2, "000003" HEADERS "05" S1 POST, &t);
  weir_bytes_clear(&t.text);
  weir_h2_send_bytes(h2, 1, none, (weir_str){bytes, 99}, false);
  recv_all(h2, "", &t);
  weir_str out[4];
  weir_h2_wrote(h2, (weir_h2_peek(h2, out, 4), out[0].len));
  recv_all(h2, "", &t);
  expect(&t, ""); /* it was never above */
  for (int i = 0; i < 3; i++) weir_h2_send_bytes(h2, 1, none, (weir_str){bytes, 300}, false);
  assert_int_equal(weir_h2_queued(h2, 1), 900);
  weir_h2_wrote(h2, (weir_h2_peek(h2, out, 4), out[0].len));
  recv_all(h2, "", &t);
  expect(&t, "writable 1\n");
  transcript_free(&t);
  weir_h2_free(h2);
}

/* Small messages that wait share frames. */
static void test_waiting_messages_join(void **state) {
  (void)state;
  weir_h2 *h2 = client();
  transcript t = transcript_new();
  uint32_t a;
  feed(h2, "000006" SETTINGS "00" S0 "000400000000", &t);
  weir_h2_open(h2, post, 3, false, NULL, &a);
  for (int i = 0; i < 10; i++) weir_h2_send_bytes(h2, a, WEIR_STR("\0\0\0\0\1"), WEIR_STR("x"), i == 9);
  test_pump(h2, &t);
  weir_bytes_clear(&t.text);
  feed(h2, "000006" SETTINGS "00" S0 "000400001000", &t);
  expect(&t, "settings\n> settings ack\n> data 1 60 END\n");
  transcript_free(&t);
  weir_h2_free(h2);
}

static void test_long_header_blocks_continue(void **state) {
  (void)state;
  weir_h2 *h2 = server();
  transcript t = transcript_new();
  feed(h2, "000003" HEADERS "05" S1 POST, &t);
  static char value[40000];
  for (size_t i = 0; i < sizeof value; i++) value[i] = (char)(0x80 + i % 100); /* Huffman cannot shorten it */
  weir_hpack_field big[] = {FIELD(":status", "200"),
                            {.name = WEIR_STR("big"), .value = {value, sizeof value}}};
  assert_int_equal(weir_h2_send_headers(h2, 1, big, 2, true), WEIR_EOK);
  weir_str out[4];
  assert_int_equal(weir_h2_peek(h2, out, 4), 1);
  weir_bytes block = weir_bytes_in(WEIR_MEM_DEFAULT);
  static const uint8_t types[] = {WEIR_H2_HEADERS, WEIR_H2_CONTINUATION, WEIR_H2_CONTINUATION};
  const char *p = out[0].data;
  for (int i = 0; i < 3; i++) {
    weir_h2_frame f = weir_h2_frame_read((const uint8_t *)p);
    assert_int_equal(f.type, types[i]);
    assert_int_equal(f.stream, 1);
    assert_int_equal(f.flags, i == 0 ? WEIR_H2_FLAG_END_STREAM : i == 2 ? WEIR_H2_FLAG_END_HEADERS : 0);
    weir_bytes_append(&block, p + WEIR_H2_FRAME_HEAD, f.len);
    p += WEIR_H2_FRAME_HEAD + f.len;
  }
  assert_ptr_equal(p, out[0].data + out[0].len);
  weir_hpack_block b;
  assert_int_equal(weir_hpack_decode(t.decoder, weir_bytes_view(&block), &b), WEIR_EOK);
  assert_true(weir_str_eq(b.fields[1].value, big[1].value));
  weir_bytes_fini(&block);
  transcript_free(&t);
  weir_h2_free(h2);
}

/* RFC 9113 8.1: a response that is complete before its request ends with RST_STREAM(NO_ERROR), behind all of it. */
static void test_reset_after_early_response(void **state) {
  (void)state;
  for (int waits = 0; waits < 2; waits++) {
    weir_h2 *h2 = server();
    transcript t = transcript_new();
    if (waits) feed(h2, "000006" SETTINGS "00" S0 "000400000000", &t);
    feed(h2, "000003" HEADERS "04" S1 POST, &t);
    weir_bytes_clear(&t.text);
    weir_h2_send_headers(h2, 1, ok, 1, false);
    weir_h2_send_bytes(h2, 1, none, WEIR_STR("early"), false);
    weir_h2_send_headers(h2, 1, trailers, 1, true);
    weir_h2_reset(h2, 1, WEIR_H2_NO_ERROR);
    feed(h2, "000002" DATA "00" S1 "(hi)", &t); /* dropped */
    if (waits) {
      expect(&t, "> headers 1 :status=200\n");
      feed(h2, "000004" WINDOW_UPDATE "00" S1 "00000010", &t);
      expect(&t, "> data 1 5\n> headers 1 grpc-status=0 END\n> rst 1 NO_ERROR\n");
    } else {
      expect(&t, "> headers 1 :status=200\n> data 1 5\n> headers 1 grpc-status=0 END\n> rst 1 NO_ERROR\n");
    }
    assert_int_equal(weir_h2_n_streams(h2), 0);
    transcript_free(&t);
    weir_h2_free(h2);
  }
}

static void test_reset(void **state) {
  (void)state;
  weir_h2 *h2 = client();
  transcript t = transcript_new();
  uint32_t id;
  weir_h2_open(h2, post, 3, true, NULL, &id);
  weir_h2_reset(h2, id, WEIR_H2_CANCEL);
  weir_h2_reset(h2, id, WEIR_H2_CANCEL);
  weir_h2_reset(h2, 99, WEIR_H2_CANCEL);
  test_pump(h2, &t);
  feed(h2, "000001" HEADERS "05" S1 OK_200, &t);
  expect(&t, "> headers 1 :method=POST :scheme=http :path=/ END\n> rst 1 CANCEL\n");
  /* A stream whose end is not delivered yet can be reset too: then it never is. */
  weir_h2_open(h2, post, 3, true, NULL, &id);
  test_pump(h2, &t);
  weir_bytes b = test_hex("000001" HEADERS "05" S3 OK_200 "000004" RST_STREAM "00" S3 "00000000");
  weir_str in = weir_bytes_view(&b);
  weir_h2_event ev;
  assert_int_equal(weir_h2_recv(h2, &in, &ev), WEIR_EOK);
  assert_int_equal(ev.kind, WEIR_H2_EV_HEADERS);
  weir_h2_reset(h2, id, WEIR_H2_CANCEL);
  assert_int_equal(weir_h2_recv(h2, &in, &ev), WEIR_EOK);
  assert_int_equal(ev.kind, WEIR_H2_EV_NONE);
  assert_int_equal(weir_h2_n_streams(h2), 0);
  weir_bytes_fini(&b);
  transcript_free(&t);
  weir_h2_free(h2);
}

static void test_client_ids_and_limit(void **state) {
  (void)state;
  weir_h2 *h2 = client();
  transcript t = transcript_new();
  uint32_t id;
  int user;
  feed(h2, "000006" SETTINGS "00" S0 "000300000001", &t); /* one stream at a time */
  assert_int_equal(weir_h2_open(h2, post, 3, true, &user, &id), WEIR_EOK);
  assert_int_equal(id, 1);
  assert_false(weir_h2_can_open(h2));
  assert_int_equal(weir_h2_open(h2, post, 3, true, NULL, &id), WEIR_ELIMIT);
  test_pump(h2, &t);
  weir_bytes b = test_hex("000001" HEADERS "05" S1 OK_200);
  weir_str in = weir_bytes_view(&b);
  weir_h2_event ev;
  assert_int_equal(weir_h2_recv(h2, &in, &ev), WEIR_EOK);
  assert_ptr_equal(ev.user, &user);
  assert_int_equal(weir_h2_recv(h2, &in, &ev), WEIR_EOK);
  assert_int_equal(ev.kind, WEIR_H2_EV_CLOSED);
  assert_ptr_equal(ev.user, &user);
  assert_true(weir_h2_can_open(h2));
  assert_int_equal(weir_h2_open(h2, post, 3, true, NULL, &id), WEIR_EOK);
  assert_int_equal(id, 3);
  weir_bytes_fini(&b);
  transcript_free(&t);
  weir_h2_free(h2);
}

/* Without a stream, too, a drain is done only when the last id was said. */
static void test_idle_drain(void **state) {
  (void)state;
  weir_h2 *h2 = server();
  transcript t = transcript_new();
  weir_h2_drain(h2, NULL);
  test_pump(h2, &t);
  assert_false(weir_h2_is_done(h2));
  feed(h2, "000008" PING "01" S0 "7765697264726e21", &t);
  assert_true(weir_h2_is_done(h2));
  transcript_free(&t);
  weir_h2_free(h2);
}

/* RFC 9113 6.8: the server announces, waits for its PING, then says which request was its last. */
static void test_drain(void **state) {
  (void)state;
  for (int in_time = 0; in_time < 2; in_time++) {
    weir_h2 *h2 = server();
    transcript t = transcript_new();
    weir_h2_tick(h2, 1000);
    feed(h2, "000003" HEADERS "04" S1 POST, &t);
    weir_bytes_clear(&t.text);
    weir_h2_drain(h2, "max_age");
    weir_h2_drain(h2, "max_age");
    assert_true(weir_h2_is_draining(h2));
    feed(h2, "000003" HEADERS "05" S3 GET, &t); /* was on its way */
    expect(&t, "headers 3 :method=GET :scheme=http :path=/ END\n> goaway NO_ERROR last=2147483647 'max_age'\n"
               "> ping 7765697264726e21\n");
    assert_int_equal(weir_h2_deadline(h2), 1000 + WEIR_H2_DRAIN_NS);
    if (in_time)
      feed(h2, "000008" PING "01" S0 "7765697264726e21", &t);
    else
      weir_h2_tick(h2, 1000 + WEIR_H2_DRAIN_NS);
    test_pump(h2, &t);
    expect(&t, "> goaway NO_ERROR last=3 'max_age'\n");
    feed(h2, "000003" HEADERS "05" S5 GET "000000" DATA "01" S1, &t);
    expect(&t, "data 1 '' END\n"); /* 5 came too late */
    for (uint32_t id = 1; id <= 3; id += 2) {
      assert_false(weir_h2_is_done(h2));
      weir_h2_send_headers(h2, id, ok, 1, true);
      feed(h2, "", &t);
    }
    assert_true(weir_h2_is_done(h2));
    transcript_free(&t);
    weir_h2_free(h2);
  }
}

static void test_goaway(void **state) {
  (void)state;
  weir_h2 *h2 = server();
  transcript t = transcript_new();
  feed(h2, "000003" HEADERS "04" S1 POST "000003" HEADERS "05" S3 GET, &t);
  weir_bytes_clear(&t.text);
  weir_h2_goaway(h2, WEIR_H2_ENHANCE_YOUR_CALM, "too_many_pings");
  feed(h2, "000003" HEADERS "05" S5 GET "000008" PING "00" S0 "0000000000000001", &t);
  expect(
      &t,
      "reset 1 ENHANCE_YOUR_CALM by us: too_many_pings\n> goaway ENHANCE_YOUR_CALM last=3 'too_many_pings'\n"
      "reset 3 ENHANCE_YOUR_CALM by us: too_many_pings\n");
  assert_true(weir_h2_is_done(h2));
  transcript_free(&t);
  weir_h2_free(h2);
}

/* A stream that has ended in good order is not reset by what comes before its CLOSED is taken. */
static void test_goaway_leaves_what_has_ended(void **state) {
  (void)state;
  weir_h2 *h2 = client();
  transcript t = transcript_new();
  uint32_t id;
  weir_h2_open(h2, post, 3, true, NULL, &id);
  test_pump(h2, &t);
  weir_bytes b = test_hex("000001" HEADERS "05" S1 OK_200);
  weir_str in = weir_bytes_view(&b);
  weir_h2_event ev;
  assert_int_equal(weir_h2_recv(h2, &in, &ev), WEIR_EOK);
  assert_true(ev.end_stream);
  weir_h2_goaway(h2, WEIR_H2_INTERNAL_ERROR, NULL);
  assert_int_equal(weir_h2_recv(h2, &in, &ev), WEIR_EOK);
  assert_int_equal(ev.kind, WEIR_H2_EV_CLOSED);
  weir_bytes_fini(&b);
  transcript_free(&t);
  weir_h2_free(h2);
}

static void test_client_drain(void **state) {
  (void)state;
  weir_h2 *h2 = client();
  transcript t = transcript_new();
  uint32_t id;
  weir_h2_open(h2, post, 3, true, NULL, &id);
  weir_h2_drain(h2, NULL);
  assert_int_equal(weir_h2_open(h2, post, 3, true, NULL, &id), WEIR_ELIMIT);
  feed(h2, "000001" HEADERS "05" S1 OK_200, &t);
  assert_true(weir_h2_is_done(h2));
  expect(&t, "headers 1 :status=200 END\n> headers 1 :method=POST :scheme=http :path=/ END\n> goaway "
             "NO_ERROR last=0 ''\n"
             "closed 1\n");
  transcript_free(&t);
  weir_h2_free(h2);
}

/* Our settings as the peer sees them, and the timeouts that go with them. */
static void test_handshake(void **state) {
  (void)state;
  weir_h2 *h2 =
      weir_h2_new(&(weir_h2_opts){.is_client = true, .stream_window = 1 << 20, .max_header_list = 8192});
  weir_str out[4];
  assert_int_equal(weir_h2_peek(h2, out, 4), 1);
  weir_bytes wanted = test_hex(PREFACE "000012" SETTINGS "00" S0 "000200000000"
                                       "000400100000"
                                       "000600002000"
                                       "000004" WINDOW_UPDATE "00" S0 "000f0001");
  assert_int_equal(out[0].len, weir_bytes_size(&wanted));
  assert_memory_equal(out[0].data, weir_bytes_view(&wanted).data, out[0].len);
  weir_bytes_fini(&wanted);
  transcript t = transcript_new();
  weir_h2_wrote(h2, out[0].len);
  assert_true(weir_h2_deadline(h2) == WEIR_NEVER);
  weir_h2_tick(h2, 5);
  assert_true(weir_h2_deadline(h2) == 5 + WEIR_H2_HANDSHAKE_NS);
  feed(h2, "000006" SETTINGS "00" S0 "000600001000", &t);
  assert_int_equal(weir_h2_peer_max_header_list(h2), 4096);
  assert_true(weir_h2_deadline(h2) == 5 + WEIR_H2_SETTINGS_NS);
  weir_h2_tick(h2, 4 + WEIR_H2_SETTINGS_NS);
  feed(h2, "", &t);
  expect(&t, "settings\n> settings ack\n");
  weir_h2_tick(h2, 5 + WEIR_H2_SETTINGS_NS);
  assert_int_equal(recv_all(h2, "", &t), WEIR_EPROTO);
  test_pump(h2, &t);
  expect(&t, "> goaway SETTINGS_TIMEOUT last=0 'SETTINGS were not acknowledged'\n");
  assert_int_equal(weir_h2_conn_error(h2).code, WEIR_H2_SETTINGS_TIMEOUT);
  transcript_free(&t);
  weir_h2_free(h2);
}

/* A larger window than the initial one holds from the acknowledgement on. */
static void test_own_window_counts_from_ack(void **state) {
  (void)state;
  for (int acked = 0; acked < 2; acked++) {
    weir_h2 *h2 = weir_h2_new(&(weir_h2_opts){.stream_window = 10});
    transcript t = transcript_new();
    feed(h2, PREFACE "000000" SETTINGS "00" S0 "000003" HEADERS "04" S1 POST, &t);
    if (acked) feed(h2, "000000" SETTINGS "01" S0, &t);
    weir_bytes_clear(&t.text);
    feed(h2, "000014" DATA "00" S1 "(01234567890123456789)", &t);
    expect(&t, acked ? "reset 1 FLOW_CONTROL_ERROR by us: DATA beyond the stream's window\n> rst 1 "
                       "FLOW_CONTROL_ERROR\n"
                     : "data 1 '01234567890123456789'\n");
    transcript_free(&t);
    weir_h2_free(h2);
  }
}

/* Our smaller window takes effect when much was given back to the initial one already: that is announced then. */
static void test_smaller_window_does_not_stall(void **state) {
  (void)state;
  weir_h2 *h2 = weir_h2_new(&(weir_h2_opts){.stream_window = 10});
  transcript t = transcript_new();
  feed(h2, PREFACE "000000" SETTINGS "00" S0 "000003" HEADERS "04" S1 POST, &t);
  feed(h2, "000014" DATA "00" S1 "(01234567890123456789)", &t);
  weir_bytes_clear(&t.text);
  feed(h2, "000000" SETTINGS "01" S0, &t);
  expect(&t, "data 1 '01234567890123456789'\n> window 1 +20\n");
  transcript_free(&t);
  weir_h2_free(h2);
}

/* An END_STREAM of its own does not overtake DATA that waits for the stream's window. */
static void test_end_waits_behind_data(void **state) {
  (void)state;
  weir_h2 *h2 = client();
  transcript t = transcript_new();
  uint32_t id;
  feed(h2, "000006" SETTINGS "00" S0 "000400000000", &t);
  weir_h2_open(h2, post, 3, false, NULL, &id);
  weir_h2_send_bytes(h2, id, none, WEIR_STR("data"), false);
  weir_h2_send_bytes(h2, id, none, none, true);
  test_pump(h2, &t);
  weir_bytes_clear(&t.text);
  feed(h2, "000004" WINDOW_UPDATE "00" S1 "00000010", &t);
  expect(&t, "> data 1 4 END\n");
  transcript_free(&t);
  weir_h2_free(h2);
}

/* So many bytes of a window, which were received, are with the user. */
static void expect_held(const weir_h2_recv_window *w, int64_t held) {
  assert_true(w->left + w->unsaid + held == w->size);
}

/* What the user never sees, or no longer wants, is given back by the engine. */
static void test_nothing_is_lost_from_windows(void **state) {
  (void)state;
  weir_h2 *h2 = server();
  transcript t = transcript_new();
  recv_all(h2, "000003" HEADERS "04" S1 POST "000008" DATA "08" S1 "05(hi)0000000000", &t);
  expect_held(&h2->recv_window, 2); /* without the padding */
  expect_held(&weir_h2_streams_find(&h2->streams, 1)->recv_window, 2);
  recv_all(h2, "000003" HEADERS "04" S3 POST "000004" DATA "08" S3 "01(a)", &t); /* in parts */
  weir_h2_send_bytes(h2, 3, none, none, true);
  expect_held(&h2->recv_window, 2 + 2);
  weir_h2_reset(h2, 3, WEIR_H2_NO_ERROR);
  recv_all(h2, "(b)00", &t);
  expect_held(&h2->recv_window, 2 + 1);
  weir_h2_consume(h2, 3, 1);
  weir_h2_consume(h2, 1, 2);
  expect_held(&h2->recv_window, 0);
  expect(&t, "headers 1 :method=POST :scheme=http :path=/\ndata 1 'hi'\nheaders 3 :method=POST :scheme=http "
             ":path=/\n"
             "data 3 'a'\n");
  transcript_free(&t);
  weir_h2_free(h2);
}

/* The same while the stream is still to send what is queued. */
static void test_data_for_a_detached_stream(void **state) {
  (void)state;
  weir_h2 *h2 = server();
  transcript t = transcript_new();
  recv_all(h2,
           "000006" SETTINGS "00" S0 "000400000000"
           "000003" HEADERS "04" S1 POST "000004" DATA "00" S1 "(a)",
           &t);
  weir_h2_send_bytes(h2, 1, none, WEIR_STR("answer"), true);
  weir_h2_reset(h2, 1, WEIR_H2_NO_ERROR);
  assert_int_equal(weir_h2_n_streams(h2), 1);
  recv_all(h2,
           "(bcd)"
           "000001" DATA "00" S1 "(e)",
           &t);
  weir_h2_consume(h2, 1, 1);
  assert_true(h2->recv_window.left + h2->recv_window.unsaid == h2->recv_window.size);
  expect(&t, "settings\nheaders 1 :method=POST :scheme=http :path=/\ndata 1 'a'\n");
  transcript_free(&t);
  weir_h2_free(h2);
}

static void test_ended_streams_get_no_window(void **state) {
  (void)state;
  weir_h2 *h2 = test_connected(&(weir_h2_opts){.stream_window = 4});
  transcript t = transcript_new();
  feed(h2, "000003" HEADERS "04" S1 POST "000004" DATA "00" S1 "(abcd)", &t);
  feed(h2, "000004" DATA "01" S1 "(efgh)", &t);
  expect(&t,
         "headers 1 :method=POST :scheme=http :path=/\ndata 1 'abcd'\n> window 1 +4\ndata 1 'efgh' END\n");
  transcript_free(&t);
  weir_h2_free(h2);
}

/* A WINDOW_UPDATE for each half of a window, not for each DATA frame. */
static void test_updates_are_joined(void **state) {
  (void)state;
  weir_h2 *h2 = test_connected(&(weir_h2_opts){.stream_window = 8});
  transcript t = transcript_new();
  feed(h2, "000003" HEADERS "04" S1 POST "000003" DATA "00" S1 "(abc)", &t);
  expect(&t, "headers 1 :method=POST :scheme=http :path=/\ndata 1 'abc'\n");
  feed(h2, "000001" DATA "00" S1 "(d)", &t);
  expect(&t, "data 1 'd'\n> window 1 +4\n");
  transcript_free(&t);
  weir_h2_free(h2);
}

static void test_queued_trailers_keep_their_flags(void **state) {
  (void)state;
  weir_h2 *h2 = client();
  transcript t = transcript_new();
  uint32_t id;
  weir_hpack_field trailers_of_both_kinds[] = {
      {.name = WEIR_STR("secret"), .value = WEIR_STR("s"), .never_index = true},
      {.name = WEIR_STR("once"), .value = WEIR_STR("1"), .no_index = true},
  };
  feed(h2, "000006" SETTINGS "00" S0 "000400000000", &t);
  weir_h2_open(h2, post, 3, false, NULL, &id);
  weir_h2_send_bytes(h2, id, none, WEIR_STR("data"), false);
  weir_h2_send_headers(h2, id, trailers_of_both_kinds, 2, true);
  test_pump(h2, &t);
  weir_bytes_clear(&t.text);
  feed(h2, "000004" WINDOW_UPDATE "00" S1 "00000010", &t);
  expect(&t, "> data 1 4\n> headers 1 secret=s! once=1 END\n");
  assert_int_equal(h2->encoder && weir_bytes_size(&h2->out.bytes), 0);
  weir_h2_open(h2, trailers_of_both_kinds + 1, 1, true, NULL, &id); /* it took no room in the table */
  weir_str out[1];
  assert_int_equal(weir_h2_peek(h2, out, 1), 1);
  assert_int_equal(out[0].len, WEIR_H2_FRAME_HEAD + 1 + 4 + 2);
  transcript_free(&t);
  weir_h2_free(h2);
}

static void test_response_to_head(void **state) {
  (void)state;
  weir_h2 *h2 = client();
  transcript t = transcript_new();
  uint32_t id;
  weir_hpack_field head[] = {FIELD(":method", "HEAD"), FIELD(":scheme", "http"), FIELD(":path", "/")};
  weir_h2_open(h2, head, 3, true, NULL, &id);
  test_pump(h2, &t);
  weir_bytes_clear(&t.text);
  feed(h2,
       "000005" HEADERS "05" S1 "88"
       "0f0d01(3)",
       &t);
  expect(&t, "headers 1 :status=200 content-length=3 END\nclosed 1\n");
  transcript_free(&t);
  weir_h2_free(h2);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_response_is_one_slice),
      cmocka_unit_test(test_big_body_goes_by_reference),
      cmocka_unit_test(test_unsend),
      cmocka_unit_test(test_windows),
      cmocka_unit_test(test_connection_window),
      cmocka_unit_test(test_writable),
      cmocka_unit_test(test_waiting_messages_join),
      cmocka_unit_test(test_long_header_blocks_continue),
      cmocka_unit_test(test_reset_after_early_response),
      cmocka_unit_test(test_reset),
      cmocka_unit_test(test_client_ids_and_limit),
      cmocka_unit_test(test_drain),
      cmocka_unit_test(test_idle_drain),
      cmocka_unit_test(test_goaway),
      cmocka_unit_test(test_goaway_leaves_what_has_ended),
      cmocka_unit_test(test_client_drain),
      cmocka_unit_test(test_handshake),
      cmocka_unit_test(test_own_window_counts_from_ack),
      cmocka_unit_test(test_smaller_window_does_not_stall),
      cmocka_unit_test(test_end_waits_behind_data),
      cmocka_unit_test(test_nothing_is_lost_from_windows),
      cmocka_unit_test(test_data_for_a_detached_stream),
      cmocka_unit_test(test_ended_streams_get_no_window),
      cmocka_unit_test(test_updates_are_joined),
      cmocka_unit_test(test_queued_trailers_keep_their_flags),
      cmocka_unit_test(test_response_to_head),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
