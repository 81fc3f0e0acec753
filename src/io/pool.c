/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* pool.c - threads for functions that may block. One starts when a task finds no idle thread, up to `max`; one
 * that was idle for a while ends. */
#include "io/shard.h"

#include <errno.h>

#define DEFAULT_MAX 32
#define IDLE_NS     10000000000

typedef struct pool_thread {
  weir_list node; /* in pool->threads or pool->ended */
  weir_pool *pool;
  pthread_t thread;
} pool_thread;

weir_err weir_pool_init(weir_pool *p, weir_loop *l, size_t max) {
  *p = (weir_pool){.loop = l, .max = max ? max : DEFAULT_MAX, .idle_ns = IDLE_NS};
  weir_list_init(&p->queue);
  weir_list_init(&p->threads);
  weir_list_init(&p->ended);
  if (pthread_mutex_init(&p->lock, NULL) != 0) return WEIR_ENOMEM;
  if (weir_cond_init(&p->work)) return WEIR_EOK;
  pthread_mutex_destroy(&p->lock);
  return WEIR_ENOMEM;
}

/* Pool locked. False if the thread was idle for too long, or the pool stops. */
static bool pool_wait_work(weir_pool *p) {
  weir_io_nanos until = weir_clock_now() + p->idle_ns;
  p->n_idle++;
  while (!p->n_queued && !p->stopping && weir_clock_now() < until) weir_cond_wait(&p->work, &p->lock, until);
  p->n_idle--;
  return p->n_queued && !p->stopping;
}

static void pool_run_one(weir_pool *p) {
  weir_task *t = WEIR_LIST_OF(weir_list_pop(&p->queue), weir_task, node);
  p->n_queued--;
  pthread_mutex_unlock(&p->lock);
  t->fn(t->arg);
  if (!weir_self_.doomed) pthread_mutex_lock(&p->lock);
}

static void *pool_main(void *arg) {
  pool_thread *self = arg;
  weir_pool *p = self->pool;
  weir_self_.pool_of = p->loop;
  pthread_mutex_lock(&p->lock);
  while (!weir_self_.doomed && pool_wait_work(p)) pool_run_one(p);
  if (weir_self_.doomed) {
    weir_loop_destroy(weir_self_.doomed);
    return NULL;
  }
  p->n_threads--;
  weir_list_remove(&self->node);
  weir_list_push(&p->ended, &self->node);
  pthread_mutex_unlock(&p->lock);
  return NULL;
}

static void pool_reap(weir_pool *p, weir_list *threads) {
  for (weir_list *node; (node = weir_list_pop(threads));) {
    pool_thread *t = WEIR_LIST_OF(node, pool_thread, node);
    if (pthread_equal(t->thread, pthread_self()))
      pthread_detach(t->thread);
    else
      pthread_join(t->thread, NULL);
    weir_mem_free(p->loop->mem, t, sizeof *t);
  }
}

/* Pool locked. */
static weir_err pool_grow(weir_pool *p) {
  pool_reap(p, &p->ended); /* they have let the lock go, so they are all but over */
  pool_thread *t = weir_mem_zalloc(p->loop->mem, sizeof *t);
  if (!t) return WEIR_ENOMEM;
  t->pool = p;
  int err = weir_thread_start(&t->thread, pool_main, t);
  if (err) {
    weir_mem_free(p->loop->mem, t, sizeof *t);
    errno = err;
    return WEIR_ESYS;
  }
  weir_list_push(&p->threads, &t->node);
  p->n_threads++;
  return WEIR_EOK;
}

/* With a thread at work, a task can wait: only the first thread must start. */
weir_err weir_pool_add(weir_pool *p, weir_task *t) {
  weir_err err = WEIR_EOK;
  pthread_mutex_lock(&p->lock);
  if (p->n_idle <= p->n_queued && p->n_threads < p->max) err = pool_grow(p);
  if (p->n_threads) err = WEIR_EOK;
  if (!err && !weir_list_linked(&t->node)) {
    weir_list_push(&p->queue, &t->node);
    p->n_queued++;
  }
  pthread_cond_signal(&p->work);
  pthread_mutex_unlock(&p->lock);
  return err;
}

void weir_pool_fini(weir_pool *p) {
  pthread_mutex_lock(&p->lock);
  p->stopping = true;
  pthread_cond_broadcast(&p->work);
  weir_list ending;
  weir_list_init(&ending);
  bool is_ours = weir_self_.pool_of == p->loop;
  for (weir_list *node; (node = p->threads.next) != &p->threads;) {
    pool_thread *t = WEIR_LIST_OF(node, pool_thread, node);
    bool is_self = is_ours && pthread_equal(t->thread, pthread_self());
    if (is_self) {
      weir_list_remove(node);
      weir_list_push(&ending, node);
      continue;
    }
    pthread_mutex_unlock(&p->lock); /* it moves itself to `ended` */
    pthread_join(t->thread, NULL);
    pthread_mutex_lock(&p->lock);
    weir_list_remove(node);
    weir_mem_free(p->loop->mem, t, sizeof *t);
  }
  pthread_mutex_unlock(&p->lock);
  pool_reap(p, &p->ended);
  pool_reap(p, &ending);
  pthread_cond_destroy(&p->work);
  pthread_mutex_destroy(&p->lock);
}
