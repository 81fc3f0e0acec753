/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* Two owners that do whatever the contract allows, in an order that a seed chooses, over a pipe that cuts anywhere and
 * sometimes breaks: every call ends exactly once, and what was acknowledged was delivered, in order. WEIR_SEED=n replays
 * a seed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/assert.h"
#include "base/bytes.h"
#include "rpc/rpc.h"

#include <stdlib.h>
#include <string.h>

enum { MAX_CALLS = 40, N_STEPS = 400 };

/* A call as both owners know it. */
typedef struct talk {
  weir_rpc_call *client, *server; /* NULL: not begun, or ended there */
  bool client_began, server_began;
  int client_ends, server_ends;
  uint32_t up_sent, up_got, down_sent, down_got; /* messages */
  bool half_closed, finished, heard_half_close, stopped;
  weir_code code; /* the client's end */
} talk;

typedef struct world {
  uint64_t random;
  weir_rpc *client, *server;
  weir_bytes to_client, to_server; /* in flight */
  weir_nanos now;
  talk talks[MAX_CALLS];
  size_t n;
  bool lost, drained, client_closed, server_closed;
} world;

static uint32_t draw(world *w, uint32_t n) {
  w->random = w->random * 6364136223846793005u + 1442695040888963407u;
  return (uint32_t)(w->random >> 33) % n;
}

/* ---- messages whose place can be told -------------------------------------------------------------------------- */

static char message_bytes[80000];

static size_t message_len(size_t id, uint32_t seq) {
  uint32_t h = ((uint32_t)id * 31 + seq) * 2654435761u;
  return 8 + (h % 7 == 0 ? h % (sizeof message_bytes - 8) : h % 50);
}

static weir_err send_next(world *w, weir_rpc_call *c, size_t id, uint32_t seq, bool last) {
  size_t len = message_len(id, seq);
  uint32_t head[2] = {(uint32_t)id, seq};
  memcpy(message_bytes, head, sizeof head);
  if (draw(w, 2)) return weir_rpc_send(c, (weir_str){message_bytes, len}, NULL, last);
  weir_buf *body = weir_buf_copy(message_bytes, len);
  WEIR_CHECK(body);
  weir_err err = weir_rpc_send(c, (weir_str){NULL, 0}, body, last);
  weir_buf_unref(body);
  return err;
}

static void check_message(weir_str m, size_t id, uint32_t seq) {
  uint32_t head[2];
  WEIR_CHECK(m.len == message_len(id, seq));
  memcpy(head, m.data, sizeof head);
  WEIR_CHECK(head[0] == id && head[1] == seq);
}

/* ---- the owners -------------------------------------------------------------------------------------------------- */

static size_t talk_id(world *w, const weir_rpc_event *ev) { return (size_t)((talk *)ev->user - w->talks); }

static void client_on(world *w, const weir_rpc_event *ev) {
  WEIR_CHECK(!w->client_closed);
  talk *t = ev->user;
  switch (ev->kind) {
  case WEIR_RPC_EV_MESSAGE:
    check_message(ev->message, talk_id(w, ev), t->down_got++);
    weir_rpc_consume(ev->call, ev->flow);
    break;
  case WEIR_RPC_EV_END:
    WEIR_CHECK(t->client == ev->call);
    t->client = NULL;
    t->client_ends++;
    t->code = ev->code;
    WEIR_CHECK(!ev->unprocessed || !t->server_began);
    if (ev->code == WEIR_OK) WEIR_CHECK(t->finished && t->down_got == t->down_sent);
    break;
  case WEIR_RPC_EV_CLOSED: w->client_closed = true; break;
  default: break;
  }
}

static void server_on(world *w, const weir_rpc_event *ev) {
  WEIR_CHECK(!w->server_closed);
  talk *t = ev->user;
  switch (ev->kind) {
  case WEIR_RPC_EV_CALL:
    WEIR_CHECK(ev->n_metadata == 1 && ev->metadata[0].val.len == 1);
    t = &w->talks[(size_t)(uint8_t)ev->metadata[0].val.data[0]];
    WEIR_CHECK(t->client_began && !t->server_began);
    t->server_began = true;
    t->server = ev->call;
    weir_rpc_set_user(ev->call, t);
    break;
  case WEIR_RPC_EV_MESSAGE:
    WEIR_CHECK(!t->heard_half_close);
    check_message(ev->message, talk_id(w, ev), t->up_got++);
    weir_rpc_consume(ev->call, ev->flow);
    break;
  case WEIR_RPC_EV_HALF_CLOSE:
    WEIR_CHECK(t->half_closed && t->up_got == t->up_sent);
    t->heard_half_close = true;
    break;
  case WEIR_RPC_EV_END:
    WEIR_CHECK(t->server == ev->call);
    t->server = NULL;
    t->server_ends++;
    WEIR_CHECK(ev->code != WEIR_OK || t->finished);
    break;
  case WEIR_RPC_EV_CLOSED: w->server_closed = true; break;
  default: break;
  }
}

/* ---- the pipe ----------------------------------------------------------------------------------------------------- */

static void pull(world *w, bool is_client, const char *data, size_t len) {
  weir_rpc *r = is_client ? w->client : w->server;
  weir_rpc_event ev;
  char *copy = malloc(len ? len : 1);
  WEIR_CHECK(copy);
  if (len) memcpy(copy, data, len);
  weir_str in = {copy, len};
  for (weir_rpc_recv(r, &in, &ev); ev.kind; weir_rpc_recv(r, &in, &ev)) {
    if (is_client)
      client_on(w, &ev);
    else
      server_on(w, &ev);
  }
  free(copy);
}

static void write_some(world *w, bool is_client, size_t most) {
  weir_rpc *r = is_client ? w->client : w->server;
  weir_bytes *to = is_client ? &w->to_server : &w->to_client;
  weir_str out[3];
  size_t n = weir_rpc_peek(r, out, 3), len = 0;
  for (size_t i = 0; i < n && len < most; i++) {
    size_t part = out[i].len < most - len ? out[i].len : most - len;
    weir_bytes_append(to, out[i].data, part);
    len += part;
  }
  weir_rpc_wrote(r, len);
  pull(w, is_client, NULL, 0);
}

static void read_some(world *w, bool is_client, size_t most) {
  weir_bytes *from = is_client ? &w->to_client : &w->to_server;
  weir_str in = weir_bytes_view(from);
  if (in.len > most) in.len = most;
  pull(w, is_client, in.data, in.len);
  if (in.len) weir_bytes_consume(from, in.len);
}

static void lose(world *w) {
  w->lost = true;
  weir_rpc_lost(w->client, "broken pipe");
  weir_rpc_lost(w->server, "broken pipe");
  pull(w, true, NULL, 0);
  pull(w, false, NULL, 0);
}

/* ---- what may happen ------------------------------------------------------------------------------------------------ */

static void start(world *w) {
  if (w->n == MAX_CALLS || !weir_rpc_can_start(w->client)) return;
  char id = (char)w->n;
  weir_kv kv = {{"id-bin", 6}, {&id, 1}};
  talk *t = &w->talks[w->n++];
  weir_rpc_start_opts o = {.path = WEIR_STR("/t.S/M"), .metadata = &kv, .n_metadata = 1, .user = t};
  o.deadline = draw(w, 4) ? WEIR_NEVER : w->now + WEIR_MS(draw(w, 50));
  WEIR_CHECK(weir_rpc_start(w->client, &o, &t->client) == WEIR_EOK);
  t->client_began = true;
}

static void client_act(world *w, talk *t, size_t id) {
  if (!t->client) return;
  uint32_t what = draw(w, 20);
  if (what == 0) {
    weir_rpc_cancel(t->client, WEIR_CANCELLED, WEIR_STR("enough"));
  } else if (what < 4 && !t->half_closed) {
    t->half_closed = weir_rpc_half_close(t->client) == WEIR_EOK;
  } else if (!t->half_closed) {
    bool last = what == 4;
    if (send_next(w, t->client, id, t->up_sent, last)) return;
    t->up_sent++;
    t->half_closed = last;
  }
}

static void server_act(world *w, talk *t, size_t id) {
  if (!t->server || t->finished) return;
  uint32_t what = draw(w, 20);
  if (what == 0) {
    weir_rpc_cancel(t->server, WEIR_ABORTED, WEIR_STR("enough"));
  } else if (what == 1) {
    weir_rpc_send_headers(t->server, NULL, 0);
  } else if (what < 4 || (what < 10 && t->heard_half_close)) {
    t->finished = !weir_rpc_finish(t->server, draw(w, 3) ? WEIR_OK : WEIR_NOT_FOUND, WEIR_STR("x"), NULL, 0);
  } else if (!send_next(w, t->server, id, t->down_sent, false)) {
    t->down_sent++;
  }
}

static size_t portion(world *w) {
  static const uint32_t sizes[] = {1, 30, 1000, 100000, 1 << 30};
  return 1 + draw(w, sizes[draw(w, 5)]);
}

static void step(world *w) {
  size_t id = w->n ? draw(w, (uint32_t)w->n) : 0;
  switch (draw(w, 12)) {
  case 0: start(w); break;
  case 1:
  case 2: client_act(w, &w->talks[id], id); break;
  case 3:
  case 4: server_act(w, &w->talks[id], id); break;
  case 5:
  case 6: write_some(w, draw(w, 2), portion(w)); break;
  case 7:
    w->now += WEIR_MS(draw(w, 3));
    weir_rpc_tick(w->client, w->now);
    weir_rpc_tick(w->server, w->now);
    break;
  case 8:
    if (draw(w, 100) == 0) lose(w);
    if (draw(w, 100) == 0) weir_rpc_drain(w->server, "drain");
    break;
  default: read_some(w, draw(w, 2), portion(w)); break;
  }
}

/* Carries until nothing moves: what was begun in good order must then have ended so. */
static void come_to_rest(world *w) {
  for (size_t i = 0; i < w->n; i++) {
    talk *t = &w->talks[i];
    if (t->client && !t->half_closed) t->half_closed = weir_rpc_half_close(t->client) == WEIR_EOK;
  }
  for (int round = 0; round < 200; round++) {
    write_some(w, true, SIZE_MAX);
    read_some(w, false, SIZE_MAX);
    for (size_t i = 0; i < w->n; i++)
      if (w->talks[i].server && !w->talks[i].finished)
        w->talks[i].finished = !weir_rpc_finish(w->talks[i].server, WEIR_OK, (weir_str){NULL, 0}, NULL, 0);
    write_some(w, false, SIZE_MAX);
    read_some(w, true, SIZE_MAX);
  }
  for (size_t i = 0; i < w->n; i++) WEIR_CHECK(!w->talks[i].client && !w->talks[i].server);
}

static void run(uint64_t seed) {
  weir_rpc_opts client = {.h2 = {.is_client = true, .stream_window = 0}, .authority = WEIR_STR("t")},
                server = {0};
  world w = {.random = seed * 0x9e3779b97f4a7c15u, .now = 1};
  w.to_client = w.to_server = weir_bytes_in(WEIR_MEM_DEFAULT);
  if (draw(&w, 2)) client.h2.stream_window = server.h2.stream_window = 65535; /* messages beyond the window */
  if (draw(&w, 2)) server.h2.max_concurrent_streams = 5;
  w.client = weir_rpc_new(&client);
  w.server = weir_rpc_new(&server);
  WEIR_CHECK(w.client && w.server);
  weir_rpc_tick(w.client, w.now);
  weir_rpc_tick(w.server, w.now);
  for (int i = 0; i < N_STEPS && !w.lost; i++) step(&w);
  if (!w.lost) come_to_rest(&w);
  if (!w.lost) lose(&w);
  for (size_t i = 0; i < w.n; i++) {
    WEIR_CHECK(w.talks[i].client_ends == 1);
    WEIR_CHECK(w.talks[i].server_ends == w.talks[i].server_began);
  }
  WEIR_CHECK(w.client_closed && w.server_closed);
  weir_rpc_free(w.client);
  weir_rpc_free(w.server);
  weir_bytes_fini(&w.to_client);
  weir_bytes_fini(&w.to_server);
}

static void seeds(void **state) {
  const char *one = getenv("WEIR_SEED");
  uint64_t seed = one ? strtoull(one, NULL, 10) : 1, last = one ? seed : 1000;
  (void)state;
  for (; seed <= last; seed++) {
    printf("\rWEIR_SEED=%llu ", (unsigned long long)seed); /* the last one stands where a check failed */
    fflush(stdout);
    run(seed);
  }
  printf("\n");
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(seeds)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
