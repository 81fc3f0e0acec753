/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* sim_test.c - the whole client and server on the simulated network: every call ends exactly once with a status, what
 * ended OK had every message, nothing is left behind. WEIR_SIM_SEED=n replays one seed, WEIR_SIM_SEEDS=n runs so many, from WEIR_SIM_FIRST=n on. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "world.h"

#ifdef WEIR_HAVE_TLS
#include "tls/test_certs.h"
#endif

#include <stdlib.h>

#define MOST_BYTES \
  (8 << 20) /* of the loop's memory, at any time: 20 calls, a few connections, what they hold */

static uint64_t first_seed = 1, n_seeds = 1000;

static sim_world_opts opts_of(uint64_t seed) {
  sim_world_opts o = {.net = {.seed = seed, .max_delay_us = 2000}, .n_calls = 20};
  if (seed % 2) o.net.partial_1_in = 3;
  if (seed % 3 == 1) o.net.reset_1_in = 200;
  if (seed % 5 == 1) o.net.refuse_1_in = 3;
  if (seed % 7 == 1) o.net.half_open_1_in = 300;
  o.with_deadlines = seed % 7 == 1 || seed % 4 == 1;
  o.with_cancels = seed % 4 >= 2;
  o.drain = seed % 6 == 2;
  o.n_channels = 1 + seed % 3;
  return o;
}

/* Everything at once, and worse. */
static sim_world_opts storm_of(uint64_t seed) {
  sim_world_opts o = opts_of(seed);
  o.net.partial_1_in = 2;
  o.net.reset_1_in = 20 + (uint32_t)(seed % 40);
  o.net.refuse_1_in = 2 + (uint32_t)(seed % 3);
  o.net.half_open_1_in = seed % 2 ? 100 : 0;
  o.with_deadlines = true;
  o.with_cancels = true;
  o.drain = seed % 2;
  return o;
}

/* The loop's memory fails now and then; half of the seeds in good weather, where nothing else hides a mistake. */
static sim_world_opts hunger_of(uint64_t seed) {
  sim_world_opts o = opts_of(seed);
  if (seed % 2) o.net = (weir_sim_opts){.seed = seed, .max_delay_us = 2000, .partial_1_in = 3};
  o.alloc_1_in = 10 + (uint32_t)(seed % 200);
  o.with_deadlines = true; /* a server without memory may leave a call to its deadline */
  return o;
}

/* Peers that mean it ill, and a clock that jumps as if the machine had slept. */
static sim_world_opts hostile_of(uint64_t seed) {
  sim_world_opts o = seed % 3 ? opts_of(seed) : storm_of(seed);
  o.net.jump_1_in = seed % 2 ? 300 : 0;
  o.n_hostile = seed % 4;
  o.hostile_server = seed % 2 == 0 || seed % 4 == 0;
  o.with_deadlines = true;
  if (seed % 5 == 0) o.alloc_1_in = 50 + (uint32_t)(seed % 200);
  return o;
}

static void check(uint64_t seed, const sim_world_opts *o, const sim_result *r) {
  bool all = r->ended == r->started && (o->alloc_1_in || r->started == o->n_calls) && !r->sockets_left &&
             !r->handlers_left && !r->bytes_left && r->bytes_most < MOST_BYTES && !*r->wrong;
  bool calm = !o->alloc_1_in && !o->net.reset_1_in && !o->net.refuse_1_in && !o->net.half_open_1_in &&
              !o->with_deadlines && !o->with_cancels && !o->drain;
  if (all && (!calm || r->ended_ok == o->n_calls)) return;
  fail_msg("seed %llu: %zu of %zu calls ended, %zu OK; %zu sockets, %d handlers and %ld bytes left, %ld at "
           "most; %s "
           "(replay: WEIR_SIM_SEED=%llu)",
           (unsigned long long)seed, r->ended, o->n_calls, r->ended_ok, r->sockets_left, r->handlers_left,
           r->bytes_left, r->bytes_most, *r->wrong ? r->wrong : "nothing else wrong",
           (unsigned long long)seed);
}

static void run(uint64_t n, sim_world_opts (*opts)(uint64_t seed)) {
  size_t ok = 0, all = 0, failed = 0;
  for (uint64_t seed = first_seed; seed < first_seed + n; seed++) {
    sim_world_opts o = opts(seed);
    sim_result r = sim_world_run(&o);
    check(seed, &o, &r);
    ok += r.ended_ok;
    all += r.ended;
    failed += r.allocs_failed;
  }
  print_message("%llu seeds, %zu calls, %zu ended OK, %zu allocations failed\n", (unsigned long long)n, all,
                ok, failed);
  assert_true(n == 1 || (ok > all / 20 && ok < all)); /* the faults hit some, not all */
}

static void seeds(void **state) {
  (void)state;
  run(n_seeds, opts_of);
}

static void storms(void **state) {
  (void)state;
  run(n_seeds, storm_of);
}

static void hunger(void **state) {
  (void)state;
  run(n_seeds, hunger_of);
}

static void hostile_peers(void **state) {
  (void)state;
  run(n_seeds, hostile_of);
}

#ifdef WEIR_HAVE_TLS
static weir_creds *tls_server, *tls_client;

static sim_world_opts tls_of(uint64_t seed) {
  sim_world_opts o = seed % 2 ? storm_of(seed) : opts_of(seed);
  o.server_creds = tls_server;
  o.client_creds = tls_client;
  o.n_channels = 1; /* the name is in the certificate, the address is not */
  return o;
}

static void over_tls(void **state) {
  test_cert ca = test_cert_make("ca", NULL, NULL, TEST_CA),
            cert = test_cert_make("s", "DNS:localhost", &ca, 0);
  (void)state;
  tls_server = weir_creds_tls(
      WEIR_OPTS(weir_tls_opts, .cert_pem = test_pem(cert.cert), .key_pem = test_pem(cert.key)), NULL);
  tls_client = weir_creds_tls(WEIR_OPTS(weir_tls_opts, .ca_pem = test_pem(ca.cert)), NULL);
  assert_true(tls_server && tls_client);
  run(n_seeds < 100 ? n_seeds : 100, tls_of);
  weir_creds_unref(tls_server);
  weir_creds_unref(tls_client);
  test_cert_free(&ca);
  test_cert_free(&cert);
}
#endif

static void a_seed_replays(void **state) {
  (void)state;
  for (uint64_t seed = first_seed; seed < first_seed + (n_seeds < 50 ? n_seeds : 50); seed++) {
    sim_world_opts o = opts_of(seed);
    sim_result a = sim_world_run(&o), b = sim_world_run(&o);
    assert_true(a.trace == b.trace);
  }
}

int main(void) {
  const char *one = getenv("WEIR_SIM_SEED"), *many = getenv("WEIR_SIM_SEEDS"),
             *first = getenv("WEIR_SIM_FIRST");
  if (first) first_seed = strtoull(first, NULL, 10);
  if (many) n_seeds = strtoull(many, NULL, 10);
  if (one) {
    first_seed = strtoull(one, NULL, 10);
    n_seeds = 1;
  }
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(seeds),          cmocka_unit_test(storms),
      cmocka_unit_test(hunger),         cmocka_unit_test(hostile_peers),
#ifdef WEIR_HAVE_TLS
      cmocka_unit_test(over_tls),
#endif
      cmocka_unit_test(a_seed_replays),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
