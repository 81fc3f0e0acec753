/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
#include "world.h"

#include "hostile.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ADDR         "127.0.0.1:7000"
#define TARGET       "localhost:7000"
#define HOSTILE_ADDR "127.0.0.1:7001"
#define MAX_CHANNELS 4u
#define MAX_HOSTILE  4u

typedef struct world world;

/* One client call: a small state machine per kind over the asynchronous API. */
typedef struct sim_call {
  world *w;
  weir_call *call;
  const weir_method *method;
  size_t to_send, sent, received, bytes_sent;
  void *got;
  int ends;
  bool sending, receiving;
  bool hostile; /* its server may answer anything */
} sim_call;

struct world {
  const sim_world_opts *o;
  uint64_t random, random_alloc;
  weir_loop *loop;
  weir_server *server;
  weir_channel *channels[MAX_CHANNELS];
  hostile *hostile[MAX_HOSTILE + 1];
  bool may_fail; /* allocations */
  echo_stats stats;
  echo_impl impl;
  sim_call *calls;
  size_t n_left;
  bool stopping;
  sim_result r;
};

static uint32_t world_random(world *w, uint32_t below) {
  w->random += 0x9e3779b97f4a7c15u;
  uint64_t z = w->random;
  z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
  z = (z ^ z >> 27) * 0x94d049bb133111ebu;
  return (uint32_t)((z ^ z >> 31) % below);
}

/* The loop's memory. A stream of random numbers of its own: the calls stay the same. */
static void *world_alloc(void *ctx, void *p, size_t old_size, size_t new_size) {
  world *w = ctx;
  if (new_size && w->may_fail && w->o->alloc_1_in) {
    w->random_alloc = w->random_alloc * 6364136223846793005u + 1442695040888963407u;
    if ((w->random_alloc >> 33) % w->o->alloc_1_in == 0) return w->r.allocs_failed++, NULL;
  }
  w->r.bytes_left += (long)new_size - (p ? (long)old_size : 0);
  if (w->r.bytes_left > w->r.bytes_most) w->r.bytes_most = w->r.bytes_left;
  if (new_size) return realloc(p, new_size);
  free(p);
  return NULL;
}

static void world_trace(world *w, uint64_t what) { w->r.trace = (w->r.trace ^ what) * 0x100000001b3u + 1; }

static void world_wrong(world *w, const char *what, const sim_call *sc) {
  if (!*w->r.wrong)
    snprintf(w->r.wrong, sizeof w->r.wrong, "%s (call %d, %s, sent %zu, received %zu)", what,
             (int)(sc - w->calls), sc->method->path, sc->sent, sc->received);
}

/* ---- calls --------------------------------------------------------------------------------------------------------------- */

static void call_ended(void *arg, weir_call *c, weir_code code) {
  sim_call *sc = arg;
  world *w = sc->w;
  size_t i = (size_t)(sc - w->calls);
  if (++sc->ends > 1) world_wrong(w, "a call ended twice", sc);
  if (code < 0 || code > WEIR_UNAUTHENTICATED) world_wrong(w, "a call ended with what is no status", sc);
  if (sc->method == &echo_unary) {
    weir_buf *rep = weir_reply_msg(c);
    if ((code == WEIR_OK) != (rep != NULL)) world_wrong(w, "a reply without OK, or OK without a reply", sc);
    weir_buf_unref(rep);
  } else if (code == WEIR_OK && !sc->hostile) {
    if (sc->method == &echo_chat && sc->received != sc->to_send)
      world_wrong(w, "OK, but not every message came back", sc);
    if (sc->method == &echo_count && sc->received != sc->to_send)
      world_wrong(w, "OK, but not every message came", sc);
    if (sc->method == &echo_sum && sc->received != 1) world_wrong(w, "OK, but no sum came", sc);
  }
  world_trace(w, i << 8 | (uint32_t)code);
  w->r.ended++;
  w->r.ended_ok += code == WEIR_OK;
  weir_call_unref(c);
  if (--w->n_left == 0) weir_loop_stop(w->loop);
}

static void recv_steps(sim_call *sc);
static void send_steps(sim_call *sc);

/* Both directions are over: the status is due. */
static void maybe_finish(sim_call *sc) {
  if (sc->sending || sc->receiving) return;
  weir_code code = weir_finish_async(sc->call, call_ended, sc);
  if (code != WEIR_PENDING) call_ended(sc, sc->call, code);
}

static bool took_message(sim_call *sc) {
  weir_buf *b = sc->got;
  weir_str s = weir_buf_view(b);
  size_t number = s.len >= 8 ? strtoul(s.data, NULL, 10) : 0;
  bool right = true;
  if (sc->method == &echo_chat) right = number == sc->received;
  if (sc->method == &echo_count) right = number == sc->to_send - sc->received;
  if (sc->method == &echo_sum) {
    char text[32];
    snprintf(text, sizeof text, "%zu", sc->bytes_sent);
    right = weir_str_eq(s, weir_str_of(text));
  }
  sc->received++;
  weir_buf_unref(b);
  if (!right && !sc->hostile) world_wrong(sc->w, "the wrong message came", sc);
  return right;
}

static void recv_go_on(void *arg, weir_call *c, weir_code code) {
  sim_call *sc = arg;
  (void)c;
  if (code == WEIR_OK) {
    took_message(sc);
    recv_steps(sc);
  } else {
    sc->receiving = false;
    maybe_finish(sc);
  }
}

static void recv_steps(sim_call *sc) {
  weir_code code;
  while ((code = weir_recv_async(sc->call, NULL, &sc->got, recv_go_on, sc)) == WEIR_OK) took_message(sc);
  if (code == WEIR_PENDING) return;
  sc->receiving = false;
  maybe_finish(sc);
}

static weir_buf *make_message(sim_call *sc) {
  char text[6000] = "";
  size_t len = 8 + world_random(sc->w, sizeof text - 8);
  if (sc->method == &echo_count)
    len = (size_t)snprintf(text, sizeof text, "%zu", sc->to_send);
  else
    snprintf(text, sizeof text, "%zu", sc->sent);
  sc->bytes_sent += len;
  return weir_buf_copy(text, len);
}

static void send_go_on(void *arg, weir_call *c, weir_code code) {
  sim_call *sc = arg;
  (void)c;
  if (code == WEIR_OK) {
    send_steps(sc);
  } else {
    sc->sending = false;
    maybe_finish(sc);
  }
}

static void send_steps(sim_call *sc) {
  size_t n = sc->method == &echo_count ? 1 : sc->to_send;
  weir_code code = WEIR_OK;
  while (code == WEIR_OK && sc->sent < n) {
    weir_buf *b = make_message(sc);
    sc->sent++;
    code = b ? weir_send_async(sc->call, b, send_go_on, sc) : WEIR_RESOURCE_EXHAUSTED;
    weir_buf_unref(b);
  }
  if (code == WEIR_PENDING) return;
  if (code == WEIR_OK) weir_half_close(sc->call);
  if (code == WEIR_RESOURCE_EXHAUSTED) weir_cancel(sc->call);
  sc->sending = false;
  maybe_finish(sc);
}

static void cancel_later(void *arg, weir_call *c, weir_code code) {
  (void)c;
  (void)code;
  weir_cancel(arg);
  weir_call_unref(arg);
}

static weir_channel *world_channel(sim_call *sc) {
  world *w = sc->w;
  sc->hostile = w->o->hostile_server && world_random(w, 3) == 0;
  if (sc->hostile) return w->channels[MAX_CHANNELS - 1];
  return w->channels[w->o->n_channels > 1 ? world_random(w, (uint32_t)w->o->n_channels) : 0];
}

static void start_streaming(sim_call *sc, const weir_call_opts *o) {
  world *w = sc->w;
  sc->call = weir_call_start(world_channel(sc), sc->method, o);
  if (!sc->call) {
    if (--w->n_left == 0) weir_loop_stop(w->loop);
    return;
  }
  w->r.started++;
  if (w->o->with_cancels && world_random(w, 4) == 0 &&
      weir_loop_post(w->loop, WEIR_MS(world_random(w, 50)), cancel_later, sc->call) == WEIR_OK)
    weir_call_ref(sc->call);
  sc->sending = sc->receiving = true;
  weir_call_ref(sc->call); /* the two directions may end the call before the other is begun */
  weir_call *c = sc->call;
  send_steps(sc);
  recv_steps(sc);
  weir_call_unref(c);
}

static void start_call(void *arg, weir_call *none, weir_code code) {
  static const weir_method *const methods[] = {&echo_unary, &echo_sum, &echo_count, &echo_chat};
  sim_call *sc = arg;
  world *w = sc->w;
  (void)none;
  (void)code;
  sc->method = methods[world_random(w, 4)];
  sc->to_send = 1 + world_random(w, sc->method == &echo_count ? 100 : 20);
  weir_call_opts o = {.size = sizeof o};
  if (w->o->with_deadlines) o.timeout_ns = WEIR_MS(1 + world_random(w, 300));
  if (world_random(w, 2)) o.flags = WEIR_WAIT_FOR_READY;
  if (sc->method != &echo_unary) {
    start_streaming(sc, &o);
    return;
  }
  weir_buf *b = make_message(sc);
  sc->call = b ? weir_unary_async(world_channel(sc), &echo_unary, b, &o, call_ended, sc) : NULL;
  weir_buf_unref(b);
  w->r.started += sc->call != NULL;
  if (!sc->call && --w->n_left == 0) weir_loop_stop(w->loop);
}

/* ---- the world -------------------------------------------------------------------------------------------------------------- */

static weir_server *server_up(world *w) {
  weir_server *s = weir_server_new(WEIR_OPTS(weir_server_opts, .loop = w->loop), NULL);
  if (!s) return NULL;
  if (weir_server_add(s, &echo_service, &w->impl, NULL, WEIR_ON_LOOP) ||
      weir_server_listen(s, ADDR, w->o->server_creds ? w->o->server_creds : weir_creds_insecure(), NULL, NULL) ||
      weir_server_start(s, NULL)) {
    weir_server_unref(s);
    return NULL;
  }
  return s;
}

static void old_server_gone(void *arg, weir_call *c, weir_code code) {
  (void)c;
  (void)code;
  weir_server_unref(arg);
}

static void change_servers(void *arg, weir_call *c, weir_code code) {
  world *w = arg;
  weir_server *old = w->server;
  (void)c;
  (void)code;
  if (w->stopping) return;
  if (weir_server_shutdown(old, WEIR_SECONDS(1), old_server_gone, old) != WEIR_PENDING)
    weir_server_unref(old);
  w->server = server_up(w);
}

/* Nothing can happen any more, but calls are left: says which. */
static void world_stuck(world *w) {
  for (size_t i = 0; i < w->o->n_calls; i++)
    if (!w->calls[i].ends && w->calls[i].method) world_wrong(w, "a call never ended", &w->calls[i]);
  if (!*w->r.wrong) snprintf(w->r.wrong, sizeof w->r.wrong, "%zu calls never started", w->n_left);
}

/* The hostile ones. */
static bool world_invite(world *w) {
  const sim_world_opts *o = w->o;
  for (size_t i = 0; i < o->n_hostile && i < MAX_HOSTILE; i++)
    w->hostile[i] = hostile_client(w->loop, ADDR, o->net.seed * MAX_HOSTILE + i);
  if (!o->hostile_server) return true;
  w->hostile[MAX_HOSTILE] = hostile_server(w->loop, HOSTILE_ADDR, o->net.seed);
  w->channels[MAX_CHANNELS - 1] =
      weir_channel_new(HOSTILE_ADDR, weir_creds_insecure(),
                       WEIR_OPTS(weir_channel_opts, .loop = w->loop, .min_backoff_ns = WEIR_MS(5)), NULL);
  return w->channels[MAX_CHANNELS - 1] != NULL;
}

static void world_start(world *w) {
  const sim_world_opts *o = w->o;
  weir_hooks hooks = {.size = sizeof hooks, .alloc = world_alloc, .ctx = w};
  w->loop = weir_loop_new_sim(&o->net, &hooks);
  if (!w->loop) return;
  w->server = server_up(w);
  for (size_t i = 0; i < o->n_channels || i == 0; i++) {
    w->channels[i] =
        weir_channel_new(i % 2 ? ADDR : TARGET, o->client_creds ? o->client_creds : weir_creds_insecure(),
                         WEIR_OPTS(weir_channel_opts, .loop = w->loop, .min_backoff_ns = WEIR_MS(5)), NULL);
    if (!w->channels[i]) return;
  }
  if (!w->server || !world_invite(w)) return;
  for (size_t i = 0; i < o->n_calls; i++) {
    w->calls[i].w = w;
    if (weir_loop_post(w->loop, WEIR_MS(world_random(w, 100)), start_call, &w->calls[i]) == WEIR_OK)
      w->n_left++;
  }
  w->may_fail = true;
  if (o->drain) weir_loop_post(w->loop, WEIR_MS(40), change_servers, w);
  if (w->n_left && weir_loop_run(w->loop, -1) != WEIR_CANCELLED) world_stuck(w);
}

sim_result sim_world_run(const sim_world_opts *o) {
  world w = {.o = o, .random = o->net.seed * 77 + 1, .impl = {true, &w.stats}};
  w.calls = calloc(o->n_calls, sizeof *w.calls);
  if (!w.calls) return w.r;
  world_start(&w);
  w.stopping = true;
  for (size_t i = 0; i <= MAX_HOSTILE; i++) hostile_free(w.hostile[i]);
  for (size_t i = 0; i < MAX_CHANNELS; i++) weir_channel_unref(w.channels[i]);
  weir_server_unref(w.server);
  if (w.loop) {
    while (weir_loop_run(w.loop, WEIR_SECONDS(5)) == WEIR_OK)
      continue; /* what is still under way comes to rest */
    w.r.sockets_left = weir_sim_open_sockets(w.loop);
  }
  weir_loop_unref(w.loop);
  w.r.handlers_left = atomic_load(&w.stats.started) - atomic_load(&w.stats.ended);
  free(w.calls);
  return w.r;
}
