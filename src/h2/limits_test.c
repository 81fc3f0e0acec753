/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* Attacks, and the limit that ends each: ENHANCE_YOUR_CALM, with what was asked for until then answered, and memory
 * bounded. And the same thing at a legal pace: nothing happens. */
#include "h2/h2_test.h"

/* Feeds the bytes until the connection fails, at most `most` times; output is not read. Returns how often it went. */
static int flood(weir_h2 *h2, const char *hex, int most, uint32_t *id) {
  weir_bytes b = test_hex(hex);
  int n = 0;
  for (; n < most; n++) {
    weir_str in = weir_bytes_view(&b);
    uint8_t *p = (uint8_t *)(uintptr_t)in.data;
    for (size_t at = 0; id && at < in.len; at += WEIR_H2_FRAME_HEAD + weir_load_be24(p + at))
      weir_store_be32(p + at + 5, *id); /* all frames are for the next stream */
    if (id) *id += 2;
    weir_h2_event ev;
    weir_err err;
    while (!(err = weir_h2_recv(h2, &in, &ev)) && ev.kind) {}
    if (err) break;
  }
  weir_bytes_fini(&b);
  return n;
}

static void expect_calm(weir_h2 *h2, const char *why) {
  weir_h2_error e = weir_h2_conn_error(h2);
  assert_int_equal(e.scope, WEIR_H2_SCOPE_CONN);
  assert_int_equal(e.code, WEIR_H2_ENHANCE_YOUR_CALM);
  assert_string_equal(e.why, why);
}

static void take_output(weir_h2 *h2) {
  weir_str out[8];
  for (size_t n; (n = weir_h2_peek(h2, out, 8)) > 0;)
    for (size_t i = 0; i < n; i++) weir_h2_wrote(h2, out[i].len);
}

#define RESETS  "too many streams reset"
#define ERRORS  "too many stream errors"
#define ACKS    "answers wait and nobody reads them"
#define USELESS "too many frames that achieve nothing"

typedef struct attack {
  const char *name, *hex, *why;
  bool each_on_a_new_stream, on_client;
  int allowed; /* times */
} attack;

static const attack attacks[] = {
    {"ping flood (CVE-2019-9512)", "000008" PING "00" S0 "0000000000000001", ACKS,
     .allowed = WEIR_H2_MAX_QUEUED_ACKS},
    {"settings flood (CVE-2019-9515)", "000000" SETTINGS "00" S0, ACKS, .allowed = WEIR_H2_MAX_QUEUED_ACKS},
    {"reset flood: requests that draw RST_STREAM (CVE-2019-9514)", "000001" HEADERS "05" S1 "82", ERRORS,
     true, .allowed = WEIR_H2_MAX_QUEUED_ACKS},
    {"rapid reset (CVE-2023-44487)", "000003" HEADERS "05" S1 GET "000004" RST_STREAM "00" S1 "00000008",
     RESETS, true, .allowed = WEIR_H2_RESET_BURST},
    {"made you reset: WINDOW_UPDATE by 0 (CVE-2025-8671)",
     "000003" HEADERS "05" S1 GET "000004" WINDOW_UPDATE "00" S1 "00000000", ERRORS, true,
     .allowed = WEIR_H2_RESET_BURST},
    {"made you reset: window overflow", "000003" HEADERS "05" S1 GET "000004" WINDOW_UPDATE "00" S1 "7fffffff",
     ERRORS, true, .allowed = WEIR_H2_RESET_BURST},
    {"made you reset: PRIORITY of a wrong length",
     "000003" HEADERS "05" S1 GET "000004" PRIORITY "00" S1 "00000000", ERRORS, true,
     .allowed = WEIR_H2_RESET_BURST},
    {"made you reset: DATA behind END_STREAM", "000003" HEADERS "05" S1 GET "000001" DATA "00" S1 "00",
     ERRORS, true, .allowed = WEIR_H2_RESET_BURST},
    {"made you reset: HEADERS behind END_STREAM", "000003" HEADERS "05" S1 GET "000003" HEADERS "05" S1 GET,
     ERRORS, true, .allowed = WEIR_H2_RESET_BURST},
    {"priority flood (CVE-2019-9513)", "000005" PRIORITY "00" S1 "0000000000", USELESS,
     .allowed = WEIR_H2_USELESS_BURST},
    {"empty DATA (CVE-2019-9518)", "000000" DATA "00" S1, USELESS, .allowed = WEIR_H2_USELESS_BURST},
    {"DATA of padding only", "000001" DATA "08" S1 "00", USELESS, .allowed = WEIR_H2_USELESS_BURST},
    {"unknown frames",
     "000000"
     "ee"
     "00" S0,
     USELESS, .allowed = WEIR_H2_USELESS_BURST},
    {"settings acknowledged again and again", "000000" SETTINGS "01" S0, USELESS,
     .allowed = WEIR_H2_USELESS_BURST},
    {"1xx for ever", "000005" HEADERS "04" S1 "0803(100)", USELESS, .on_client = true,
     .allowed = WEIR_H2_USELESS_BURST},
    {"CONTINUATION flood (CVE-2024-27316)", "000000" CONTINUATION "00" S1, "too many CONTINUATION frames",
     .allowed = WEIR_H2_MAX_CONTINUATIONS},
};

static weir_h2 *attacked(const attack *a) {
  static const weir_hpack_field get[] = {FIELD(":method", "GET"), FIELD(":scheme", "http"),
                                         FIELD(":path", "/")};
  weir_h2 *h2 = test_connected(&(weir_h2_opts){.is_client = a->on_client});
  uint32_t id;
  if (a->on_client) assert_int_equal(weir_h2_open(h2, get, 3, false, NULL, &id), WEIR_EOK);
  if (strstr(a->name, "DATA ") && !a->each_on_a_new_stream) flood(h2, "000003" HEADERS "04" S1 POST, 1, NULL);
  if (strstr(a->name, "DATA (") || !strcmp(a->name, "DATA of padding only"))
    assert_int_equal(weir_h2_n_streams(h2), 1);
  if (strstr(a->name, "CONTINUATION")) flood(h2, "000001" HEADERS "00" S1 "82", 1, NULL);
  return h2;
}

static void test_attacks(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof attacks / sizeof attacks[0]; i++) {
    const attack *a = &attacks[i];
    weir_h2 *h2 = attacked(a);
    uint32_t id = 1;
    int n = flood(h2, a->hex, 1000000, a->each_on_a_new_stream ? &id : NULL);
    if (n != a->allowed) fail_msg("%s: ended after %d, not %d", a->name, n, a->allowed);
    expect_calm(h2, a->why);
    if (weir_h2_out_size(&h2->out) > 100000)
      fail_msg("%s: %zu bytes queued", a->name, weir_h2_out_size(&h2->out));
    weir_h2_free(h2);
  }
}

/* The same at the rate that earns the budget back, with a peer that reads. */
static void test_legal_pace(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof attacks / sizeof attacks[0]; i++) {
    const attack *a = &attacks[i];
    if (strstr(a->name, "CONTINUATION")) continue;
    weir_h2 *h2 = attacked(a);
    uint32_t id = 1;
    weir_nanos now = 1;
    for (int k = 0; k < 3 * WEIR_H2_USELESS_BURST; k++) {
      weir_h2_tick(h2, now += 1000000000 / WEIR_H2_RESET_RATE_HZ);
      assert_int_equal(flood(h2, a->hex, 1, a->each_on_a_new_stream ? &id : NULL), 1);
      take_output(h2);
    }
    weir_h2_free(h2);
  }
}

static void test_header_block_too_long(void **state) {
  (void)state;
  weir_h2 *h2 = test_connected(&(weir_h2_opts){0});
  weir_bytes b = test_hex("004000" HEADERS "00" S1);
  for (int i = 0; i < 16384; i++) weir_bytes_append(&b, "\x82", 1);
  assert_int_equal(WEIR_H2_MAX_BLOCK, 4 * 16384);
  for (int i = 0; i < 5; i++) {
    weir_str in = weir_bytes_view(&b);
    weir_h2_event ev;
    assert_int_equal(weir_h2_recv(h2, &in, &ev), i < 4 ? WEIR_EOK : WEIR_EPROTO);
    b.data[3] = WEIR_H2_CONTINUATION;
  }
  expect_calm(h2, "header block too long");
  weir_bytes_fini(&b);
  weir_h2_free(h2);
}

/* One large table entry and thousands of references (CVE-2016-6581); tiny fields by the thousand. */
static void test_header_bombs(void **state) {
  (void)state;
  for (int tiny = 0; tiny < 2; tiny++) {
    weir_h2 *h2 = test_connected(&(weir_h2_opts){.max_header_list = tiny ? 1u << 20 : 0});
    weir_bytes b = test_hex("000000" HEADERS "05" S1 GET);
    if (tiny) {
      test_append_hex(&b, "4001(a)00", 9);
    } else {
      test_append_hex(&b, "4001(a)7f a11e", 14); /* a value of 127 + 33 + 30 * 128 = 4000 bytes */
      for (int i = 0; i < 4000; i++) weir_bytes_append(&b, "v", 1);
    }
    while (weir_bytes_size(&b) < 16384) weir_bytes_append(&b, "\xbe", 1);
    weir_store_be24((uint8_t *)b.data, (uint32_t)weir_bytes_size(&b) - WEIR_H2_FRAME_HEAD);
    weir_str in = weir_bytes_view(&b);
    weir_h2_event ev;
    assert_int_equal(weir_h2_recv(h2, &in, &ev), WEIR_EOK);
    assert_int_equal(ev.kind, WEIR_H2_EV_HEADERS);
    assert_true(ev.over_limit);
    assert_int_equal(ev.n_fields, tiny ? WEIR_H2_MAX_FIELDS : 3 + 4);
    weir_bytes_fini(&b);
    weir_h2_free(h2);
  }
}

static void test_too_many_settings(void **state) {
  (void)state;
  for (unsigned n = WEIR_H2_MAX_SETTINGS; n <= WEIR_H2_MAX_SETTINGS + 1; n++) {
    weir_h2 *h2 = test_connected(&(weir_h2_opts){0});
    weir_bytes b = test_hex("000000" SETTINGS "00" S0);
    for (unsigned i = 0; i < n; i++) test_append_hex(&b, "000300000010", 12);
    weir_store_be24((uint8_t *)b.data, n * WEIR_H2_SETTING_SIZE);
    weir_str in = weir_bytes_view(&b);
    weir_h2_event ev;
    bool fits = n <= WEIR_H2_MAX_SETTINGS;
    assert_int_equal(weir_h2_recv(h2, &in, &ev), fits ? WEIR_EOK : WEIR_EPROTO);
    if (!fits) expect_calm(h2, "too many settings in one frame");
    weir_bytes_fini(&b);
    weir_h2_free(h2);
  }
}

/* A header block, or a frame, a byte at a time. DATA may come as slowly as it likes. */
static void test_slow_frames(void **state) {
  (void)state;
  static const struct {
    const char *hex;
    bool ends;
  } rows[] = {
      {"000003" HEADERS "01" S1 GET, true}, /* no END_HEADERS */
      {"000003" HEADERS "05" S1 "82", true},
      {"0000", true},
      {"000008" PING "00" S0 "00", true},
      {"000003" HEADERS "04" S1 POST "000100" DATA "00" S1 "(slow)", false},
  };
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    weir_h2 *h2 = test_connected(&(weir_h2_opts){0});
    weir_h2_tick(h2, 1000);
    assert_true(weir_h2_deadline(h2) == WEIR_NEVER);
    flood(h2, rows[i].hex, 1, NULL);
    assert_true(weir_h2_deadline(h2) == (rows[i].ends ? 1000 + WEIR_H2_UNFINISHED_NS : WEIR_NEVER));
    weir_h2_tick(h2, 999 + WEIR_H2_UNFINISHED_NS);
    assert_int_equal(weir_h2_conn_error(h2).scope, WEIR_H2_SCOPE_NONE);
    weir_h2_tick(h2, 1000 + WEIR_H2_UNFINISHED_NS);
    if (rows[i].ends)
      expect_calm(h2, "a frame or header block was not finished in time");
    else
      assert_int_equal(weir_h2_conn_error(h2).scope, WEIR_H2_SCOPE_NONE);
    weir_h2_free(h2);
  }
  weir_h2 *h2 = test_connected(&(weir_h2_opts){0}); /* finished in time */
  weir_h2_tick(h2, 1000);
  flood(h2, "000008" PING "00" S0 "00", 1, NULL);
  flood(h2, "00000000000001", 1, NULL);
  assert_true(weir_h2_deadline(h2) == WEIR_NEVER);
  weir_h2_free(h2);
}

/* ---- peers that take nothing ------------------------------------------------------------------------------------------ */

/* A server with an answer of len bytes on stream 1 beyond its headers; complete, or to go on. */
static weir_h2 *answering(size_t len, bool complete) {
  static const weir_hpack_field ok[] = {FIELD(":status", "200")};
  static char bytes[200000];
  weir_h2 *h2 = test_connected(&(weir_h2_opts){0});
  weir_h2_tick(h2, 1000);
  flood(h2, "000003" HEADERS "05" S1 GET, 1, NULL);
  assert_int_equal(weir_h2_send_headers(h2, 1, ok, 1, false), WEIR_EOK);
  weir_str body = {bytes, len};
  assert_int_equal(weir_h2_send_bytes(h2, 1, (weir_str){NULL, 0}, body, complete), WEIR_EOK);
  return h2;
}

static void test_nobody_reads_the_socket(void **state) {
  (void)state;
  weir_h2 *h2 = answering(100, false);
  weir_str out[8];
  assert_true(weir_h2_deadline(h2) == WEIR_NEVER);
  assert_true(weir_h2_peek(h2, out, 8) > 0);
  weir_h2_tick(h2, 2000); /* from now on it waits */
  assert_true(weir_h2_deadline(h2) == 2000 + WEIR_H2_STALL_NS);
  weir_h2_tick(h2, 3000);
  weir_h2_peek(h2, out, 8);
  weir_h2_wrote(h2, 1); /* it does not */
  weir_h2_peek(h2, out, 8);
  weir_h2_tick(h2, 4000);
  weir_h2_tick(h2, 3999 + WEIR_H2_STALL_NS);
  assert_int_equal(weir_h2_conn_error(h2).scope, WEIR_H2_SCOPE_NONE);
  assert_true(weir_h2_deadline(h2) == 4000 + WEIR_H2_STALL_NS);
  weir_h2_tick(h2, 4000 + WEIR_H2_STALL_NS);
  expect_calm(h2, "nobody reads what was written");
  weir_h2_free(h2);
  h2 = answering(100, false); /* all was written: a quiet connection may be quiet */
  take_output(h2);
  weir_h2_tick(h2, 2000);
  assert_true(weir_h2_deadline(h2) == WEIR_NEVER);
  weir_h2_free(h2);
}

static void test_nobody_opens_the_window(void **state) {
  (void)state;
  weir_h2_event ev;
  weir_str nothing = {"", 0};
  weir_h2 *h2 = answering(200000, true);
  take_output(h2);
  assert_int_equal(weir_h2_queued(h2, 1), 200000 - 65535);
  weir_h2_tick(h2, 2000);
  flood(h2,
        "000004" WINDOW_UPDATE "00" S1 "00010000"
        "000004" WINDOW_UPDATE "00" S0 "00010000",
        1, NULL);
  take_output(h2); /* it moves */
  weir_h2_tick(h2, 5000);
  assert_true(weir_h2_deadline(h2) == 5000 + WEIR_H2_STALL_NS);
  weir_h2_tick(h2, 4999 + WEIR_H2_STALL_NS);
  assert_int_equal(weir_h2_n_streams(h2), 1);
  weir_h2_tick(h2, 5000 + WEIR_H2_STALL_NS);
  assert_int_equal(weir_h2_recv(h2, &nothing, &ev), WEIR_EOK);
  assert_int_equal(ev.kind, WEIR_H2_EV_RESET);
  assert_int_equal(ev.code, WEIR_H2_CANCEL);
  assert_string_equal(ev.why, "the peer opens no window");
  assert_int_equal(weir_h2_n_streams(h2), 0);
  assert_int_equal(h2->queued, 0);
  weir_h2_free(h2);

  h2 = answering(200000, true); /* the user has gone, and the request has not ended */
  weir_h2_reset(h2, 1, WEIR_H2_NO_ERROR);
  take_output(h2);
  weir_h2_tick(h2, 2000);
  weir_h2_tick(h2, 2000 + WEIR_H2_STALL_NS);
  assert_int_equal(weir_h2_n_streams(h2), 0);
  weir_h2_free(h2);

  h2 = answering(200000, false); /* the user goes on: it is for him to decide */
  take_output(h2);
  weir_h2_tick(h2, 2000);
  assert_true(weir_h2_deadline(h2) == WEIR_NEVER);
  weir_h2_free(h2);
}

/* A byte of window at a time (CVE-2019-9511). */
static void test_data_dribble(void **state) {
  (void)state;
  weir_h2 *h2 = answering(200000, true);
  take_output(h2);
  flood(h2, "000004" WINDOW_UPDATE "00" S0 "00100000", 1, NULL);
  int n = 0;
  for (; n < 1000000 && flood(h2, "000004" WINDOW_UPDATE "00" S1 "00000001", 1, NULL); n++) take_output(h2);
  assert_int_equal(n, WEIR_H2_USELESS_BURST);
  expect_calm(h2, USELESS);
  weir_h2_free(h2);
  h2 = answering(200000, true); /* as it may be */
  take_output(h2);
  flood(h2, "000004" WINDOW_UPDATE "00" S0 "00100000", 1, NULL);
  for (n = 0; n < 1000; n++) {
    assert_int_equal(flood(h2, "000004" WINDOW_UPDATE "00" S1 "00000040", 1, NULL), 1);
    take_output(h2);
  }
  assert_int_equal(h2->useless.spent, 0);
  weir_h2_free(h2);
}

/* Answers are asked for and none is taken (CVE-2019-9517). */
static void test_too_much_queued(void **state) {
  static const weir_hpack_field ok[] = {FIELD(":status", "200")};
  static char bytes[100000];
  (void)state;
  weir_h2 *h2 = test_connected(&(weir_h2_opts){.max_queued = 500000});
  uint32_t next = 1;
  size_t most = 0;
  while (flood(h2, "000003" HEADERS "05" S1 GET, 1, &next)) {
    weir_str body = {bytes, sizeof bytes};
    (void)weir_h2_send_headers(h2, next - 2, ok, 1, false);
    (void)weir_h2_send_bytes(h2, next - 2, (weir_str){NULL, 0}, body, true);
    take_output(h2);
    if (h2->queued > most) most = h2->queued;
  }
  assert_in_range(most, 500000, 600000);
  assert_in_range(weir_h2_n_streams(h2), 5, 7);
  expect_calm(h2, ERRORS);
  assert_int_equal((next - 1) / 2, 6 + WEIR_H2_RESET_BURST + 1);
  weir_h2_free(h2);
}

static void test_budget(void **state) {
  (void)state;
  weir_h2_budget b = {.burst = 10, .rate_hz = 5};
  weir_nanos s = 1000000000;
  for (int i = 0; i < 10; i++) assert_true(weir_h2_budget_spend(&b, s, 1));
  assert_false(weir_h2_budget_spend(&b, s, 1));
  assert_false(weir_h2_budget_spend(&b, s + s / 5 - 1, 1));
  assert_true(weir_h2_budget_spend(&b, s + s / 5, 1));
  assert_false(weir_h2_budget_spend(&b, s + s / 5, 1));
  assert_true(weir_h2_budget_spend(&b, 3 * s, 9));
  assert_false(weir_h2_budget_spend(&b, 3 * s, 1));
  assert_true(weir_h2_budget_spend(&b, 100 * s, 10));
  assert_false(weir_h2_budget_spend(&b, 100 * s, 1));
  assert_false(weir_h2_budget_spend(&b, 1000 * s, 11));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_attacks),
      cmocka_unit_test(test_legal_pace),
      cmocka_unit_test(test_header_block_too_long),
      cmocka_unit_test(test_header_bombs),
      cmocka_unit_test(test_too_many_settings),
      cmocka_unit_test(test_slow_frames),
      cmocka_unit_test(test_nobody_reads_the_socket),
      cmocka_unit_test(test_nobody_opens_the_window),
      cmocka_unit_test(test_data_dribble),
      cmocka_unit_test(test_too_much_queued),
      cmocka_unit_test(test_budget),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
