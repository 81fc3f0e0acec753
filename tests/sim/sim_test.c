/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* sim_test.c - the whole client and server on the simulated network: every call ends exactly once with a status, what
 * ended OK had every message, nothing is left behind. WEIR_SIM_SEED=n replays one seed, WEIR_SIM_SEEDS=n runs so many. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "world.h"

#include <stdlib.h>

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
  return o;
}

static void check(uint64_t seed, const sim_world_opts *o, const sim_result *r) {
  bool all = r->ended == o->n_calls && !r->sockets_left && !r->handlers_left && !*r->wrong;
  bool calm = !o->net.reset_1_in && !o->net.refuse_1_in && !o->net.half_open_1_in && !o->with_deadlines &&
              !o->with_cancels && !o->drain;
  if (all && (!calm || r->ended_ok == o->n_calls)) return;
  fail_msg("seed %llu: %zu of %zu calls ended, %zu OK; %zu sockets and %d handlers left; %s (replay: "
           "WEIR_SIM_SEED=%llu)",
           (unsigned long long)seed, r->ended, o->n_calls, r->ended_ok, r->sockets_left, r->handlers_left,
           *r->wrong ? r->wrong : "nothing else wrong", (unsigned long long)seed);
}

static void seeds(void **state) {
  size_t ok = 0, all = 0;
  (void)state;
  for (uint64_t seed = first_seed; seed < first_seed + n_seeds; seed++) {
    sim_world_opts o = opts_of(seed);
    sim_result r = sim_world_run(&o);
    check(seed, &o, &r);
    ok += r.ended_ok;
    all += r.ended;
  }
  print_message("%llu seeds, %zu calls, %zu ended OK\n", (unsigned long long)n_seeds, all, ok);
  assert_true(n_seeds == 1 || (ok > all / 4 && ok < all)); /* the faults hit some, not all */
}

static void a_seed_replays(void **state) {
  (void)state;
  for (uint64_t seed = first_seed; seed < first_seed + (n_seeds < 50 ? n_seeds : 50); seed++) {
    sim_world_opts o = opts_of(seed);
    sim_result a = sim_world_run(&o), b = sim_world_run(&o);
    assert_true(a.trace == b.trace);
  }
}

int main(void) {
  const char *one = getenv("WEIR_SIM_SEED"), *many = getenv("WEIR_SIM_SEEDS");
  if (many) n_seeds = strtoull(many, NULL, 10);
  if (one) {
    first_seed = strtoull(one, NULL, 10);
    n_seeds = 1;
  }
  const struct CMUnitTest tests[] = {cmocka_unit_test(seeds), cmocka_unit_test(a_seed_replays)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
