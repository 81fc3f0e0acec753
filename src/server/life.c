/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* life.c - how long a connection may last (gRFC A9): its age, the grace after that, and idleness. One timer for all. */
#include "server/server.h"

static void life_tick(void *arg);

/* In [-n/10, n/10]: connections that came together do not leave together. xorshift; nothing depends on its quality. */
static int64_t life_jitter(server_shard *sh, int64_t n) {
  uint64_t x = sh->rand ? sh->rand : 0x9e3779b97f4a7c15u ^ (uint64_t)weir_shard_now(sh->shard);
  x ^= x << 13;
  x ^= x >> 7;
  x ^= x << 17;
  sh->rand = x;
  return (int64_t)((double)n * 0.2 * ((double)(x >> 11) / 9007199254740992.0 - 0.5));
}

static weir_io_nanos life_idle_at(const server_conn *sc) {
  weir_rpc *rpc = weir_conn_rpc(sc->conn);
  weir_io_nanos from = weir_rpc_n_calls(rpc) ? weir_shard_now(sc->home->shard) : sc->idle_since;
  return sc->is_old ? WEIR_IO_NEVER : weir_io_after(from, sc->home->server->max_idle_ns);
}

static void life_arm(server_conn *sc) {
  weir_io_nanos idle_at = life_idle_at(sc);
  sc->timer = (weir_timer){.fn = life_tick, .arg = sc};
  if (weir_timer_set(sc->home->shard, &sc->timer, sc->age_at < idle_at ? sc->age_at : idle_at))
    weir_conn_abort(sc->conn, "out of memory for a timer");
}

static void life_goaway(server_conn *sc, const char *why) {
  sc->is_old = true;
  sc->age_at = weir_io_after(weir_shard_now(sc->home->shard), sc->home->server->max_age_grace_ns);
  weir_rpc_drain(weir_conn_rpc(sc->conn), why);
  weir_conn_kick(sc->conn);
}

static void life_tick(void *arg) {
  server_conn *sc = arg;
  weir_io_nanos now = weir_shard_now(sc->home->shard);
  if (sc->is_old && now >= sc->age_at) {
    weir_conn_abort(sc->conn, "the grace after max_connection_age is over");
    return;
  }
  if (!sc->is_old && now >= sc->age_at)
    life_goaway(sc, "max_age");
  else if (now >= life_idle_at(sc))
    life_goaway(sc, "max_idle");
  life_arm(sc);
}

void weir_server_life_begin(server_conn *sc) {
  weir_io_nanos now = weir_shard_now(sc->home->shard);
  int64_t age = sc->home->server->max_age_ns;
  weir_timer_stop(sc->home->shard, &sc->timer);
  sc->idle_since = now;
  sc->age_at = age < 0 ? WEIR_IO_NEVER
                       : weir_io_after(now, age < INT64_MAX / 2 ? age + life_jitter(sc->home, age) : -1);
  life_arm(sc);
}
