/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
#include "io/io_test.h"

#define N_TASKS 40

typedef struct gate {
  pthread_mutex_t lock;
  pthread_cond_t cond;
  int inside, most, over;
  bool open;
} gate;

typedef struct job {
  weir_task task;
  gate *gate;
} job;

static gate gate_new(void) {
  return (gate){.lock = PTHREAD_MUTEX_INITIALIZER, .cond = PTHREAD_COND_INITIALIZER};
}

static void gate_wait(gate *g, const int *what, int n) {
  pthread_mutex_lock(&g->lock);
  struct timespec t;
  clock_gettime(CLOCK_REALTIME, &t);
  t.tv_sec += 10;
  int err = 0;
  while (*what < n && !err) err = pthread_cond_timedwait(&g->cond, &g->lock, &t);
  assert_true(*what >= n);
  pthread_mutex_unlock(&g->lock);
}

static void gate_open(gate *g) {
  pthread_mutex_lock(&g->lock);
  g->open = true;
  pthread_cond_broadcast(&g->cond);
  pthread_mutex_unlock(&g->lock);
}

static void job_run(void *arg) {
  gate *g = arg;
  pthread_mutex_lock(&g->lock);
  g->inside++;
  if (g->inside > g->most) g->most = g->inside;
  pthread_cond_broadcast(&g->cond);
  while (!g->open) pthread_cond_wait(&g->cond, &g->lock);
  g->inside--;
  g->over++;
  pthread_cond_broadcast(&g->cond);
  pthread_mutex_unlock(&g->lock);
}

static size_t pool_threads(weir_pool *p) {
  pthread_mutex_lock(&p->lock);
  size_t n = p->n_threads;
  pthread_mutex_unlock(&p->lock);
  return n;
}

static void test_grows_to_its_bound_and_shrinks(void **state) {
  (void)state;
  weir_loop *l = weir_loop_new(WEIR_OPTS(weir_loop_opts, .pool_threads = 5), NULL);
  assert_non_null(l);
  l->pool.idle_ns = WEIR_MS(30);
  gate g = gate_new();
  static job jobs[N_TASKS];
  assert_int_equal(pool_threads(&l->pool), 0);
  for (int i = 0; i < N_TASKS; i++) {
    jobs[i] = (job){.task = {.fn = job_run, .arg = &g}};
    assert_int_equal(weir_loop_pool_run(l, &jobs[i].task), WEIR_EOK);
    if (i < 5) assert_int_equal(pool_threads(&l->pool), i + 1);
  }
  gate_wait(&g, &g.inside, 5);
  gate_open(&g);
  gate_wait(&g, &g.over, N_TASKS);
  assert_int_equal(g.most, 5);
  for (int i = 0; i < 1000 && pool_threads(&l->pool); i++) nanosleep(&(struct timespec){0, 5000000}, NULL);
  assert_int_equal(pool_threads(&l->pool), 0);
  jobs[0] = (job){.task = {.fn = job_run, .arg = &g}}; /* and grows again */
  assert_int_equal(weir_loop_pool_run(l, &jobs[0].task), WEIR_EOK);
  gate_wait(&g, &g.over, N_TASKS + 1);
  weir_loop_unref(l);
}

/* One task after the other is served by one thread. */
static void test_idle_thread_is_used(void **state) {
  (void)state;
  weir_loop *l = weir_loop_new(NULL, NULL);
  gate g = gate_new();
  gate_open(&g);
  job j = {.task = {.fn = job_run, .arg = &g}};
  for (int i = 0; i < 20; i++) {
    assert_int_equal(weir_loop_pool_run(l, &j.task), WEIR_EOK);
    gate_wait(&g, &g.over, i + 1);
    for (int k = 0; k < 1000; k++) { /* until it is idle */
      pthread_mutex_lock(&l->pool.lock);
      bool idle = l->pool.n_idle == 1;
      pthread_mutex_unlock(&l->pool.lock);
      if (idle) break;
      nanosleep(&(struct timespec){0, 1000000}, NULL);
    }
  }
  assert_int_equal(pool_threads(&l->pool), 1);
  weir_loop_unref(l);
}

/* The end waits for what runs, and drops what waits. */
static void *open_later(void *arg) {
  nanosleep(&(struct timespec){0, 30000000}, NULL);
  gate_open(arg);
  return NULL;
}

static void test_end_drops_queue(void **state) {
  (void)state;
  weir_loop *l = weir_loop_new(WEIR_OPTS(weir_loop_opts, .pool_threads = 2), NULL);
  gate g = gate_new();
  static job jobs[10];
  for (int i = 0; i < 10; i++) {
    jobs[i] = (job){.task = {.fn = job_run, .arg = &g}};
    assert_int_equal(weir_loop_pool_run(l, &jobs[i].task), WEIR_EOK);
  }
  gate_wait(&g, &g.inside, 2);
  pthread_t opener;
  pthread_create(&opener, NULL, open_later, &g);
  weir_loop_unref(l);
  pthread_join(opener, NULL);
  assert_int_equal(g.over, 2);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_grows_to_its_bound_and_shrinks),
      cmocka_unit_test(test_idle_thread_is_used),
      cmocka_unit_test(test_end_drops_queue),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
