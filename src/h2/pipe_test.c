/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* Both roles joined by a pipe under a virtual clock. Random operations from a seed: streams opened, data of every size
 * sent and given back late, resets, pings, bytes cut anywhere. All data arrives as it was sent, each stream ends
 * exactly once at each end, no window is lost. Set WEIR_SEED to replay one. */
#include "h2/h2_test.h"

enum { STREAMS = 120, STEPS = 4000 };

typedef struct side {
  bool known, ended, recv_ended, send_ended, was_reset; /* reset by either end */
  size_t to_send, sent, received, held;                 /* held: received and not given back yet */
} side;

typedef struct end {
  weir_h2 *h2;
  bool is_client;
  weir_bytes wire; /* on its way to the other end */
  side streams[STREAMS];
  int pings, pongs;
} end;

typedef struct world {
  uint32_t seed, random;
  weir_nanos now;
  end ends[2];
  uint32_t opened;
  size_t ended_well, ended_by_reset, bytes;
} world;

static uint32_t roll(world *w, uint32_t n) {
  w->random = w->random * 1664525 + 1013904223;
  return (uint32_t)((uint64_t)w->random * n >> 32);
}

/* The byte at a place of a stream, in one direction. */
static char content(uint32_t id, bool from_client, size_t at) {
  return (char)((id * 31 + from_client * 7 + at * 13) >> 3);
}

static side *side_of(end *e, uint32_t id) { return &e->streams[id / 2]; }

static void check_data(world *w, end *e, const weir_h2_event *ev) {
  side *s = side_of(e, ev->stream);
  for (size_t i = 0; i < ev->data.len; i++)
    if (ev->data.data[i] != content(ev->stream, !e->is_client, s->received + i))
      fail_msg("seed %u: stream %u differs at %zu", w->seed, ev->stream, s->received + i);
  s->received += ev->data.len;
  s->held += ev->flow;
  w->bytes += ev->data.len;
}

static void start_answer(world *w, end *e, uint32_t id) {
  side *s = side_of(e, id);
  assert_false(s->known);
  s->known = true;
  s->to_send = roll(w, 4) ? roll(w, 3000) : roll(w, 200000);
  char path[16];
  snprintf(path, sizeof path, "%u", id);
  weir_hpack_field fields[] = {FIELD(":status", "200"), {.name = WEIR_STR("id"), .value = weir_str_of(path)}};
  assert_int_equal(weir_h2_send_headers(e->h2, id, fields, 2, false), WEIR_EOK);
}

static void check_headers(const world *w, const weir_h2_event *ev) {
  char id[16];
  snprintf(id, sizeof id, "%u", ev->stream);
  bool found = ev->is_trailers;
  for (size_t i = 0; i < ev->n_fields; i++)
    found |=
        weir_str_eq(ev->fields[i].name, WEIR_STR("id")) && weir_str_eq(ev->fields[i].value, weir_str_of(id));
  if (!found) fail_msg("seed %u: the wrong headers for stream %u", w->seed, ev->stream);
}

static void on_end(world *w, end *e, const weir_h2_event *ev) {
  side *s = side_of(e, ev->stream), *other = side_of(&w->ends[e->is_client], ev->stream);
  assert_true(s->known && !s->ended);
  s->ended = true;
  if (ev->kind == WEIR_H2_EV_RESET) {
    w->ended_by_reset++;
    s->was_reset = true;
    if (ev->code == WEIR_H2_NO_ERROR)
      assert_int_equal(s->received, other->to_send); /* an early, whole answer */
    return;
  }
  assert_true(s->recv_ended && s->send_ended);
  assert_int_equal(s->received, other->to_send);
  w->ended_well++;
}

static void on_event(world *w, end *e, const weir_h2_event *ev) {
  side *s = ev->stream ? side_of(e, ev->stream) : NULL;
  if (s) assert_false(s->ended);
  switch (ev->kind) {
  case WEIR_H2_EV_HEADERS:
    check_headers(w, ev);
    if (!e->is_client && !ev->is_trailers) start_answer(w, e, ev->stream);
    break;
  case WEIR_H2_EV_DATA: check_data(w, e, ev); break;
  case WEIR_H2_EV_RESET:
  case WEIR_H2_EV_CLOSED: on_end(w, e, ev); return;
  case WEIR_H2_EV_PING_ACK: e->pongs++; break;
  default: break;
  }
  if (ev->end_stream) s->recv_ended = true;
}

static void receive(world *w, end *e, weir_str in) {
  for (;;) {
    weir_h2_event ev;
    weir_err err = weir_h2_recv(e->h2, &in, &ev);
    if (err) fail_msg("seed %u: %s", w->seed, weir_h2_conn_error(e->h2).why);
    if (!ev.kind) return;
    on_event(w, e, &ev);
  }
}

/* ---- operations ------------------------------------------------------------------------------------------ */

static void do_open(world *w, end *e) {
  if (w->opened == STREAMS || !weir_h2_can_open(e->h2)) return;
  char id_text[16];
  uint32_t id;
  snprintf(id_text, sizeof id_text, "%u", w->opened * 2 + 1);
  weir_hpack_field fields[] = {FIELD(":method", "POST"),
                               FIELD(":scheme", "http"),
                               FIELD(":path", "/a"),
                               {.name = WEIR_STR("id"), .value = weir_str_of(id_text)}};
  bool at_once = roll(w, 5) == 0;
  assert_int_equal(weir_h2_open(e->h2, fields, 4, at_once, NULL, &id), WEIR_EOK);
  assert_int_equal(id, w->opened * 2 + 1);
  w->opened++;
  side *s = side_of(e, id);
  s->known = true;
  s->send_ended = at_once;
  if (!at_once) s->to_send = roll(w, 4) ? roll(w, 3000) : roll(w, 200000);
}

/* A stream of this end that may still be sent on, from a random place on; 0 if there is none. */
static uint32_t pick_sending(world *w, end *e) {
  for (uint32_t i = 0, from = roll(w, STREAMS); i < STREAMS; i++) {
    uint32_t k = (from + i) % STREAMS;
    if (e->streams[k].known && !e->streams[k].ended && !e->streams[k].send_ended) return 2 * k + 1;
  }
  return 0;
}

static void do_send(world *w, end *e) {
  uint32_t id = pick_sending(w, e);
  if (!id || weir_h2_queued(e->h2, id) > 64 * 1024) return;
  side *s = side_of(e, id);
  static char bytes[70000];
  size_t len = roll(w, 3) ? roll(w, 2000) : roll(w, sizeof bytes);
  if (len > s->to_send - s->sent) len = s->to_send - s->sent;
  for (size_t i = 0; i < len; i++) bytes[i] = content(id, e->is_client, s->sent + i);
  s->sent += len;
  bool last = s->sent == s->to_send, end_with_data = last && e->is_client;
  size_t head = len < 40 ? len : roll(w, 40);
  weir_str a = {bytes, head}, b = {bytes + head, len - head};
  weir_err err;
  if (roll(w, 2)) {
    weir_buf *body = weir_buf_copy(b.data, b.len);
    err = weir_h2_send_data(e->h2, id, a, body, end_with_data);
    weir_buf_unref(body);
  } else {
    err = weir_h2_send_bytes(e->h2, id, a, b, end_with_data);
  }
  if (last && !e->is_client && !err) {
    weir_hpack_field trailers[] = {FIELD("grpc-status", "0")};
    err = weir_h2_send_headers(e->h2, id, trailers, 1, true);
  }
  s->send_ended = last;
  if (last && !e->is_client && !s->recv_ended && !err && roll(w, 4) == 0) {
    weir_h2_reset(e->h2, id, WEIR_H2_NO_ERROR); /* the rest of the request is of no interest */
    s->ended = s->was_reset = true;
    w->ended_by_reset++;
  }
  /* The end may be on its way to us as an event. */
  if (err != WEIR_EOK) assert_int_equal(err, WEIR_ECLOSED);
}

static void do_give_back(world *w, end *e) {
  for (uint32_t i = 0, from = roll(w, STREAMS); i < STREAMS; i++) {
    side *s = &e->streams[(from + i) % STREAMS];
    if (!s->held) continue;
    size_t len = roll(w, 2) ? s->held : 1 + roll(w, (uint32_t)s->held);
    s->held -= len;
    weir_h2_consume(e->h2, (from + i) % STREAMS * 2 + 1, len);
    return;
  }
}

static void do_reset(world *w, end *e) {
  uint32_t id = roll(w, STREAMS) * 2 + 1;
  side *s = side_of(e, id);
  if (!s->known || s->ended) return;
  weir_h2_reset(e->h2, id, WEIR_H2_CANCEL);
  s->ended = s->was_reset = true;
  w->ended_by_reset++;
}

static void do_write(world *w, end *e, bool all) {
  weir_str out[5];
  size_t n = weir_h2_peek(e->h2, out, all ? 5 : 1 + roll(w, 5)), len = 0;
  for (size_t i = 0; i < n; i++) len += out[i].len;
  if (!len) return;
  if (!all) len = 1 + roll(w, (uint32_t)len);
  for (size_t i = 0, left = len; left; i++) {
    size_t part = out[i].len < left ? out[i].len : left;
    weir_bytes_append(&e->wire, out[i].data, part);
    left -= part;
  }
  weir_h2_wrote(e->h2, len);
}

static void do_deliver(world *w, end *from, bool all) {
  weir_str bytes = weir_bytes_view(&from->wire);
  if (!all && bytes.len) bytes.len = 1 + roll(w, (uint32_t)bytes.len);
  receive(w, &w->ends[from->is_client], bytes);
  weir_bytes_consume(&from->wire, bytes.len);
}

static void step(world *w) {
  end *e = &w->ends[roll(w, 2)];
  switch (roll(w, 16)) {
  case 0: do_open(w, &w->ends[0]); break;
  case 1:
    if (roll(w, 8) == 0) do_reset(w, e);
    break;
  case 2:
    weir_h2_ping(e->h2, w->random);
    e->pings++;
    break;
  case 3:
    w->now += roll(w, 10000000);
    weir_h2_tick(e->h2, w->now);
    break;
  case 4:
  case 5:
  case 6: do_send(w, e); break;
  case 7:
  case 8:
  case 9: do_give_back(w, e); break;
  case 10:
  case 11:
  case 12: do_write(w, e, false); break;
  default: do_deliver(w, e, false); break;
  }
}

/* Everything that was begun is brought to its end. */
static void settle(world *w) {
  for (int round = 0; round < 5000; round++) {
    bool open = false;
    for (int i = 0; i < 2; i++) {
      end *e = &w->ends[i];
      for (int k = 0; k < 20; k++) do_send(w, e);
      for (int k = 0; k < STREAMS; k++) do_give_back(w, e);
      do_write(w, e, true);
      do_deliver(w, e, true);
      for (int k = 0; k < STREAMS; k++)
        open |= e->streams[k].held || (e->streams[k].known && !e->streams[k].ended);
      open |= weir_bytes_size(&e->wire) > 0 || weir_h2_out_size(&e->h2->out) > 0 || e->pongs < e->pings;
    }
    if (!open) return;
  }
  fail_msg("seed %u: it does not come to an end", w->seed);
}

static void check_nothing_lost(world *w) {
  for (int i = 0; i < 2; i++) {
    const weir_h2 *h2 = w->ends[i].h2, *other = w->ends[!i].h2;
    assert_int_equal(weir_h2_n_streams(h2), 0);
    assert_true(h2->recv_window.left + h2->recv_window.unsaid == h2->recv_window.size);
    assert_true(h2->send_window == other->recv_window.left);
    assert_int_equal(w->ends[i].pings, w->ends[i].pongs);
  }
}

static void drain(world *w) {
  weir_h2_drain(w->ends[1].h2, "bye");
  for (int i = 0; i < 4; i++) {
    do_write(w, &w->ends[i % 2], true);
    do_deliver(w, &w->ends[i % 2], true);
    do_write(w, &w->ends[!(i % 2)], true);
    do_deliver(w, &w->ends[!(i % 2)], true);
  }
  assert_true(weir_h2_is_done(w->ends[0].h2) && weir_h2_is_done(w->ends[1].h2));
  assert_false(weir_h2_can_open(w->ends[0].h2));
}

static void run(uint32_t seed, world *totals) {
  static world w;
  memset(&w, 0, sizeof w);
  w.seed = seed;
  w.random = seed * 2654435761u;
  for (int i = 0; i < 2; i++) {
    weir_h2_opts o = {.is_client = i == 0,
                      .max_concurrent_streams = 1 + roll(&w, 40),
                      .stream_window = roll(&w, 2) ? 256 + roll(&w, 200000) : 0,
                      .conn_window = roll(&w, 2) ? 65535 + roll(&w, 400000) : 0,
                      .header_table_size = roll(&w, 2) ? 1 + roll(&w, 8000) : 0,
                      .low_water = roll(&w, 2) ? 1 + roll(&w, 20000) : 0};
    w.ends[i].is_client = o.is_client;
    w.ends[i].h2 = weir_h2_new(&o);
    w.ends[i].wire = weir_bytes_in(WEIR_MEM_DEFAULT);
    assert_non_null(w.ends[i].h2);
  }
  for (int i = 0; i < STEPS; i++) step(&w);
  settle(&w);
  check_nothing_lost(&w);
  drain(&w);
  for (int i = 0; i < 2; i++) {
    weir_bytes_fini(&w.ends[i].wire);
    weir_h2_free(w.ends[i].h2);
  }
  totals->opened += w.opened;
  totals->ended_well += w.ended_well;
  totals->ended_by_reset += w.ended_by_reset;
  totals->bytes += w.bytes;
}

static void test_random_traffic(void **state) {
  (void)state;
  world *totals = calloc(1, sizeof *totals);
  assert_non_null(totals);
  const char *one = getenv("WEIR_SEED");
  if (one) {
    run((uint32_t)atoi(one), totals);
  } else {
    for (uint32_t seed = 1; seed <= 300; seed++) run(seed, totals);
    assert_true(totals->ended_well > 1000 && totals->ended_by_reset > 100);
  }
  printf("%u streams, %zu ends in good order, %zu by reset, %zu bytes\n", totals->opened, totals->ended_well,
         totals->ended_by_reset, totals->bytes);
  free(totals);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_random_traffic)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
