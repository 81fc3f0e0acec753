/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* server.c - _weir.Server: hands calls to the workers of a Python executor.
 *
 * The loop is a private one: a worker that waits for calls drives it. So one worker reads a batch of calls, takes the
 * GIL once, handles one after the other, and what they answer is written when it waits again: no other thread takes
 * part. That is right while handlers are quick. The dispatcher, a thread without the GIL, looks every millisecond
 * while there is traffic: what was not written by then it writes; if calls wait and the workers do not come back for
 * them, it wakes idle workers, or asks Python to submit more of them to the executor.
 *
 * A handler that waits for something (wall time well above CPU time) turns `slow` on: then calls are given to as many
 * workers as there are calls, at once. It is tried anew every second whether that is still so. */
#include "creds.h"

#include <errno.h>
#include <time.h>

#define TICK_NS      1000000
#define IDLE_TICKS   20
#define SLOW_AGAIN_N 1000 /* ticks after which `slow` is tried anew */

typedef struct worker {
  weir_list node; /* idle; lock held */
  weir_waiter waiter;
  weir_timer timer;
  struct py_server *server;
  pthread_t thread;
} worker;

typedef struct py_server {
  PyObject_HEAD weir_server *s;
  weir_shard *shard;
  py_state *st;

  /* shard's lock held */
  weir_list ready, active, idle;
  size_t n_ready, n_active, n_idle;
  size_t n_workers; /* begun or asked for */
  size_t max_workers, max_active;
  uint64_t n_taken, taken_before;
  bool dirty; /* something waits to be written, or was a moment ago */
  bool draining, stopped;
  bool slow;
  unsigned slow_ticks, idle_ticks;

  /* the dispatcher's sleep */
  pthread_mutex_t mu;
  pthread_cond_t wake;
  atomic_bool asleep;
} py_server;

weir_shard *py_server_shard(struct py_server *s) { return s->shard; }

void py_server_poke(struct py_server *s) {
  s->dirty = true;
  if (!atomic_load(&s->asleep) || !atomic_exchange(&s->asleep, false)) return;
  pthread_mutex_lock(&s->mu);
  pthread_cond_signal(&s->wake);
  pthread_mutex_unlock(&s->mu);
}

void py_server_less(struct py_server *s, py_served *served) {
  if (!weir_list_linked(&served->active)) return;
  weir_list_remove(&served->active);
  s->n_active--;
}

/* ---- calls come -------------------------------------------------------------------------------------------------------- */

static void wake_worker(py_server *s, worker *w) {
  weir_list_remove(&w->node);
  s->n_idle--;
  weir_waiter_wake(s->shard, &w->waiter);
}

/* Lock held. The worker that drives the loop comes first: it need not be woken. */
static void wake_one(py_server *s) {
  pthread_t self = pthread_self();
  worker *any = NULL;
  for (weir_list *n = s->idle.next; n != &s->idle; n = n->next) {
    any = WEIR_LIST_OF(n, worker, node);
    if (pthread_equal(any->thread, self)) break;
  }
  if (any) wake_worker(s, any);
}

static weir_code on_call(weir_call *c, const void *impl, void *ctx, const void *req, void *rep) {
  py_server *s = ctx;
  (void)impl, (void)req, (void)rep;
  py_served *v = weir_alloc(weir_call_arena(c), sizeof *v);
  if (!v) return weir_fail(c, WEIR_RESOURCE_EXHAUSTED, "out of memory");
  v->call = c;
  weir_shard_enter(s->shard);
  v->is_secure = c->conn && weir_conn_is_tls(c->conn);
  bool full = s->max_active && s->n_active >= s->max_active, draining = s->draining;
  if (!full && !draining) {
    weir_call_ref(c);
    weir_list_push(&s->ready, &v->ready);
    weir_list_push(&s->active, &v->active);
    s->n_active++;
    /* The others that came with this one are taken by the same worker, unless that may take long. */
    if (++s->n_ready == 1 || s->slow) wake_one(s);
    py_server_poke(s);
  }
  weir_shard_leave(s->shard);
  if (full) return weir_fail(c, WEIR_RESOURCE_EXHAUSTED, "Concurrent RPC limit exceeded!");
  if (draining) return weir_fail(c, WEIR_UNAVAILABLE, "Server shutting down");
  return WEIR_PENDING;
}

/* ---- workers ------------------------------------------------------------------------------------------------------------ */

static py_served *take_ready(py_server *s) {
  weir_list *n = weir_list_pop(&s->ready);
  if (!n) return NULL;
  s->n_ready--;
  s->n_taken++;
  return WEIR_LIST_OF(n, py_served, ready);
}

static void worker_timeout(void *arg) {
  worker *w = arg;
  weir_waiter_wake(w->server->shard, &w->waiter);
}

/* Lock held. */
static py_served *wait_ready(py_server *s, int64_t linger_ns) {
  worker w = {.server = s, .thread = pthread_self()};
  w.timer = (weir_timer){.fn = worker_timeout, .arg = &w};
  if (weir_timer_set(s->shard, &w.timer, weir_io_after(weir_shard_now(s->shard), linger_ns))) return NULL;
  py_served *v;
  while (!(v = take_ready(s)) && w.timer.slot && !s->stopped) {
    w.waiter = (weir_waiter){0};
    weir_list_push(&s->idle, &w.node);
    s->n_idle++;
    weir_shard_wait(s->shard, &w.waiter);
    if (weir_list_linked(&w.node)) {
      weir_list_remove(&w.node);
      s->n_idle--;
    }
  }
  weir_timer_stop(s->shard, &w.timer);
  if (s->n_ready && s->slow) wake_one(s);
  return v;
}

static PyObject *served_call(py_server *s, py_served *v) {
  return v ? py_call_new(s->st, v->call, s, v) : NULL;
}

/* (seconds to linger): the next call, or None. */
static PyObject *server_take(PyObject *self, PyObject *linger) {
  py_server *s = (py_server *)self;
  double seconds = PyFloat_AsDouble(linger);
  if (seconds == -1.0 && PyErr_Occurred()) return NULL;
  py_trash_empty(s->st->trash);
  weir_shard_enter(s->shard);
  py_served *v = take_ready(s);
  weir_shard_leave_later(s->shard);
  if (!v && seconds > 0) {
    Py_BEGIN_ALLOW_THREADS
    weir_shard_enter(s->shard);
    v = wait_ready(s, (int64_t)(seconds * 1e9));
    weir_shard_leave(s->shard);
    Py_END_ALLOW_THREADS
  }
  if (v) return served_call(s, v);
  Py_RETURN_NONE;
}

/* A worker's loop has ended (or was never begun). */
static PyObject *server_worker_done(PyObject *self, PyObject *none) {
  py_server *s = (py_server *)self;
  (void)none;
  weir_shard_enter(s->shard);
  s->n_workers--;
  py_server_poke(s);
  weir_shard_leave_later(s->shard);
  Py_RETURN_NONE;
}

static PyObject *server_set_slow(PyObject *self, PyObject *slow) {
  py_server *s = (py_server *)self;
  weir_shard_enter(s->shard);
  s->slow = slow == Py_True;
  s->slow_ticks = 0;
  weir_shard_leave_later(s->shard);
  Py_RETURN_NONE;
}

/* ---- the dispatcher ------------------------------------------------------------------------------------------------------- */

/* Lock held. How many workers are to be submitted now. */
static size_t workers_needed(py_server *s) {
  bool stuck = s->n_ready && (s->n_taken == s->taken_before || s->slow || !s->n_workers);
  s->taken_before = s->n_taken;
  if (s->slow && ++s->slow_ticks > SLOW_AGAIN_N) s->slow = false;
  if (!stuck) return 0;
  size_t want = s->n_ready;
  while (want && s->n_idle) {
    wake_one(s);
    want--;
  }
  size_t free = s->max_workers - (s->n_workers < s->max_workers ? s->n_workers : s->max_workers);
  if (want > free) want = free;
  s->n_workers += want;
  return want;
}

static void cond_wait_ns(py_server *s, int64_t ns) {
  struct timespec until;
  clock_gettime(CLOCK_MONOTONIC, &until);
  until.tv_sec += (time_t)(ns / 1000000000);
  until.tv_nsec += (long)(ns % 1000000000);
  if (until.tv_nsec >= 1000000000) until.tv_sec++, until.tv_nsec -= 1000000000;
  pthread_cond_timedwait(&s->wake, &s->mu, &until);
}

static void dispatcher_sleep(py_server *s, bool deep) {
  pthread_mutex_lock(&s->mu);
  if (!deep)
    cond_wait_ns(s, TICK_NS);
  else if (atomic_load(&s->asleep))
    cond_wait_ns(s, WEIR_MS(500));
  atomic_store(&s->asleep, false);
  pthread_mutex_unlock(&s->mu);
}

/* One look; true if it may sleep deeply. */
static bool dispatcher_look(py_server *s, size_t *need) {
  weir_shard_enter(s->shard);
  *need = workers_needed(s);
  s->idle_ticks = s->dirty || s->n_ready ? 0 : s->idle_ticks + 1;
  s->dirty = false;
  bool deep = s->idle_ticks > IDLE_TICKS;
  if (deep) atomic_store(&s->asleep, true);
  weir_shard_leave(s->shard); /* what was left later is written here */
  return deep;
}

/* () -> how many workers to submit; -1 once the server has stopped and its calls are over. Returns now and then with
 * 0. */
static PyObject *server_need(PyObject *self, PyObject *none) {
  py_server *s = (py_server *)self;
  (void)none;
  size_t need = 0;
  bool over = false;
  Py_BEGIN_ALLOW_THREADS
  for (int i = 0; i < 500 && !need && !over; i++) {
    bool deep = dispatcher_look(s, &need);
    over = s->stopped && !s->n_active;
    if (!need && !over) {
      dispatcher_sleep(s, deep);
      if (deep) i += 499;
    }
  }
  Py_END_ALLOW_THREADS
  return PyLong_FromSsize_t(over ? -1 : (Py_ssize_t)need);
}

/* ---- life -------------------------------------------------------------------------------------------------------------------- */

static bool server_init(py_server *self, const weir_server_opts *o) {
  weir_error e = {.msg = ""};
  self->s = weir_server_new(o, &e);
  if (!self->s) return py_raise(&e), false;
  self->shard = weir_server_first(self->s);
  weir_code code = weir_server_on_unknown(self->s, on_call, NULL, self, WEIR_ON_LOOP);
  if (!code) return true;
  PyErr_SetString(PyExc_RuntimeError, weir_code_name(code));
  return false;
}

static PyObject *server_new(PyTypeObject *type, PyObject *args, PyObject *kw) {
  static char *names[] = {"max_workers",  "max_concurrent", "max_recv",    "max_send", "max_streams",
                          "max_metadata", "reuse_port",     "compression", NULL};
  weir_server_opts o = {.size = sizeof o};
  Py_ssize_t max_workers = 0, max_active = 0;
  int reuse_port = 0;
  if (!PyArg_ParseTupleAndKeywords(args, kw, "|nnIIIIpI", names, &max_workers, &max_active, &o.max_recv_bytes,
                                   &o.max_send_bytes, &o.max_concurrent_streams, &o.max_metadata_bytes,
                                   &reuse_port, &o.compression))
    return NULL;
  if (reuse_port) o.flags |= WEIR_REUSE_PORT;
  py_server *self = (py_server *)PyType_GenericAlloc(type, 0);
  if (!self) return NULL;
  self->st = py_state_of(type);
  self->max_workers = max_workers > 0 ? (size_t)max_workers : SIZE_MAX;
  self->max_active = (size_t)max_active;
  weir_list_init(&self->ready);
  weir_list_init(&self->active);
  weir_list_init(&self->idle);
  pthread_mutex_init(&self->mu, NULL);
  pthread_condattr_t attr;
  pthread_condattr_init(&attr);
  pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
  pthread_cond_init(&self->wake, &attr);
  pthread_condattr_destroy(&attr);
  if (!server_init(self, &o)) Py_CLEAR(self);
  return (PyObject *)self;
}

/* Lock held. Ends every call that is not over; their handlers find out, those that asked are told at the end. */
static void refuse_all(py_server *s, const char *text) {
  for (weir_list *n = s->active.next, *next; n != &s->active; n = next) {
    py_served *v = WEIR_LIST_OF(n, py_served, active);
    next = n->next;
    v->call->cancelled = true;
    weir_call_refuse(v->call, WEIR_UNAVAILABLE, text);
  }
}

/* Lock not held: completes what nobody took. */
static void drop_ready(py_server *s) {
  for (;;) {
    weir_shard_enter(s->shard);
    py_served *v = take_ready(s);
    if (v) py_server_less(s, v);
    weir_shard_leave(s->shard);
    if (!v) return;
    weir_call *c = v->call;
    weir_complete(c, weir_fail(c, WEIR_UNAVAILABLE, "Cancelling all calls"));
    weir_call_unref(c);
  }
}

/* on_stopped is told of self: it must have run before self goes. */
static void wait_stopped(py_server *self) {
  weir_server_shutdown(self->s, 0, NULL, NULL);
  for (bool over = false; !over;) {
    weir_shard_enter(self->shard);
    over = self->stopped;
    weir_shard_leave(self->shard);
    if (!over) nanosleep(&(struct timespec){0, TICK_NS}, NULL);
  }
}

static void server_dealloc(PyObject *o) {
  py_server *self = (py_server *)o;
  PyTypeObject *type = Py_TYPE(o);
  if (self->s) {
    Py_BEGIN_ALLOW_THREADS
    weir_shard_enter(self->shard);
    bool told = self->draining;
    self->draining = true;
    weir_shard_leave(self->shard);
    drop_ready(self);
    if (told) wait_stopped(self);
    weir_server_unref(self->s);
    Py_END_ALLOW_THREADS
  }
  pthread_cond_destroy(&self->wake);
  pthread_mutex_destroy(&self->mu);
  PyObject_Free(o);
  Py_DECREF(type);
}

/* (address, creds) -> port, or None if it cannot be listened on */
static PyObject *server_listen(PyObject *o, PyObject *args) {
  py_server *self = (py_server *)o;
  const char *addr;
  PyObject *creds;
  if (!PyArg_ParseTuple(args, "sO", &addr, &creds)) return NULL;
  weir_creds *c = py_to_creds(self->st, creds);
  if (!c) return NULL;
  uint16_t port = 0;
  weir_error e = {.msg = ""};
  weir_code code;
  Py_BEGIN_ALLOW_THREADS
  code = weir_server_listen(self->s, addr, c, &port, &e);
  Py_END_ALLOW_THREADS
  return code ? py_raise(&e) : PyLong_FromLong(port);
}

static PyObject *server_start(PyObject *o, PyObject *none) {
  (void)none;
  weir_error e = {.msg = ""};
  weir_code code;
  Py_BEGIN_ALLOW_THREADS
  code = weir_server_start(((py_server *)o)->s, &e);
  Py_END_ALLOW_THREADS
  if (code) return py_raise(&e);
  Py_RETURN_NONE;
}

static void on_stopped(void *arg, weir_call *call, weir_code code) {
  py_server *s = arg;
  (void)call, (void)code;
  weir_shard_enter(s->shard);
  s->stopped = true;
  while (s->n_idle) wake_one(s);
  py_server_poke(s);
  weir_shard_leave(s->shard);
}

static void ignore(void *arg, weir_call *call, weir_code code) { (void)arg, (void)call, (void)code; }

/* No new calls; running ones go on. */
static PyObject *server_drain(PyObject *o, PyObject *none) {
  py_server *self = (py_server *)o;
  (void)none;
  Py_BEGIN_ALLOW_THREADS
  weir_shard_enter(self->shard);
  bool first = !self->draining;
  self->draining = true;
  weir_shard_leave(self->shard);
  if (first) weir_server_shutdown(self->s, -1, on_stopped, self);
  Py_END_ALLOW_THREADS
  Py_RETURN_NONE;
}

/* Ends what still runs. */
static PyObject *server_cancel_all(PyObject *o, PyObject *none) {
  py_server *self = (py_server *)o;
  (void)none;
  Py_BEGIN_ALLOW_THREADS
  weir_shard_enter(self->shard);
  refuse_all(self, "Cancelling all calls");
  weir_shard_leave(self->shard);
  drop_ready(self);
  weir_server_shutdown(self->s, WEIR_MS(100), ignore, NULL);
  Py_END_ALLOW_THREADS
  Py_RETURN_NONE;
}

static PyObject *server_is_idle(PyObject *o, PyObject *none) {
  py_server *self = (py_server *)o;
  (void)none;
  weir_shard_enter(self->shard);
  bool idle = !self->n_active || self->stopped;
  weir_shard_leave_later(self->shard);
  return PyBool_FromLong(idle);
}

static PyMethodDef server_methods[] = {
    {"listen", server_listen, METH_VARARGS, "listen(address, creds or None) -> port"},
    {"start", server_start, METH_NOARGS, "start()"},
    {"take", server_take, METH_O, "take(seconds) -> the next Call, or None if none came"},
    {"need", server_need, METH_NOARGS, "need() -> how many workers to submit; -1: it is all over"},
    {"worker_done", server_worker_done, METH_NOARGS, "worker_done(): a worker that need() asked for has ended"},
    {"set_slow", server_set_slow, METH_O,
     "set_slow(bool): handlers wait for something; give calls out at once"},
    {"drain", server_drain, METH_NOARGS, "drain(): no new calls"},
    {"cancel_all", server_cancel_all, METH_NOARGS, "cancel_all(): after drain: ends what runs"},
    {"is_idle", server_is_idle, METH_NOARGS, "is_idle() -> True if no call runs"},
    {NULL, NULL, 0, NULL},
};

static PyType_Slot server_slots[] = {
    {Py_tp_new, server_new},
    {Py_tp_dealloc, server_dealloc},
    {Py_tp_methods, server_methods},
    {0, NULL},
};

PyType_Spec py_server_spec = {
    .name = "grpc._weir.Server",
    .basicsize = sizeof(py_server),
    .flags = Py_TPFLAGS_DEFAULT,
    .slots = server_slots,
};
