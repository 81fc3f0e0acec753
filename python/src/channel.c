/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* channel.c - _weir.Channel: where calls start. */
#include "creds.h"

typedef struct py_channel {
  PyObject_HEAD weir_channel *ch;
  py_state *st;
} py_channel;

/* What a call refers to for life. Raw messages; the path is the call's own. */
static const weir_method kinds[] = {
    {sizeof(weir_method), WEIR_UNARY, "", NULL, NULL},
    {sizeof(weir_method), WEIR_CLIENT_STREAM, "", NULL, NULL},
    {sizeof(weir_method), WEIR_SERVER_STREAM, "", NULL, NULL},
    {sizeof(weir_method), WEIR_BIDI, "", NULL, NULL},
};

static PyObject *channel_new(PyTypeObject *type, PyObject *args, PyObject *kw) {
  static char *names[] = {"target",   "creds",          "authority",      "user_agent",  "max_recv",
                          "max_send", "min_backoff_ns", "max_backoff_ns", "compression", NULL};
  py_state *st = py_state_of(type);
  const char *target;
  PyObject *creds = Py_None;
  weir_channel_opts o = {.size = sizeof o};
  weir_error e = {.msg = ""};
  long long min = 0, max = 0;
  if (!PyArg_ParseTupleAndKeywords(args, kw, "s|OzzIILLI", names, &target, &creds, &o.authority, &o.user_agent,
                                   &o.max_recv_bytes, &o.max_send_bytes, &min, &max, &o.compression))
    return NULL;
  o.min_backoff_ns = min;
  o.max_backoff_ns = max;
  weir_creds *c = py_to_creds(st, creds);
  if (!c) return NULL;
  weir_channel *ch = weir_channel_new(target, c, &o, &e);
  if (!ch) return py_raise(&e);
  py_channel *self = (py_channel *)PyType_GenericAlloc(type, 0);
  if (self) {
    self->ch = ch;
    self->st = st;
  } else {
    weir_channel_unref(ch);
  }
  return (PyObject *)self;
}

static void cancel_all(weir_channel *ch, const char *text) {
  weir_shard_enter(ch->shard);
  for (weir_list *n = ch->calls.next, *next; n != &ch->calls; n = next) {
    next = n->next;
    weir_call_cancel(WEIR_LIST_OF(n, weir_call, client.node), WEIR_CANCELLED, text);
  }
  for (weir_list *n = ch->waiting.next, *next; n != &ch->waiting; n = next) {
    next = n->next;
    weir_call_cancel(WEIR_LIST_OF(n, weir_call, client.node), WEIR_CANCELLED, text);
  }
  weir_shard_leave(ch->shard);
}

static void channel_drop(py_channel *self, const char *text) {
  weir_channel *ch = self->ch;
  self->ch = NULL;
  if (!ch) return;
  Py_BEGIN_ALLOW_THREADS
  cancel_all(ch, text);
  weir_channel_unref(ch);
  Py_END_ALLOW_THREADS
}

static void channel_dealloc(PyObject *self) {
  PyTypeObject *type = Py_TYPE(self);
  channel_drop((py_channel *)self, "Channel deallocated!");
  PyObject_Free(self);
  Py_DECREF(type);
}

static PyObject *channel_close(PyObject *self, PyObject *none) {
  (void)none;
  channel_drop((py_channel *)self, "Channel closed!");
  Py_RETURN_NONE;
}

/* With a reference, for as long as the GIL is not held. */
static weir_channel *channel_open(PyObject *self) {
  weir_channel *ch = ((py_channel *)self)->ch;
  if (ch) return weir_channel_ref(ch);
  PyErr_SetString(PyExc_ValueError, "Cannot invoke RPC on closed channel!");
  return NULL;
}

/* ---- starting calls ------------------------------------------------------------------------------------------------------ */

/* Of what Python gives as flags: WEIR_WAIT_FOR_READY and so on; above them the compression's number. */
#define FLAGS_MASK        0xFFu
#define COMPRESSION_SHIFT 8

typedef struct start_args {
  weir_channel *ch;
  const char *path;
  long kind;
  int64_t timeout_ns;
  py_metadata md;
  unsigned long flags;
  weir_buf *body; /* the only message; NULL: a stream of them */
} start_args;

/* (path: bytes, kind, timeout, metadata, flags, message or None) */
static bool start_parse(PyObject *self, PyObject *const *args, Py_ssize_t n, start_args *a) {
  py_state *st = ((py_channel *)self)->st;
  *a = (start_args){.ch = NULL};
  py_trash_empty(st->trash);
  if (n != 6 || !PyBytes_Check(args[0])) {
    PyErr_SetString(PyExc_TypeError, "expected path, kind, timeout, metadata, flags, message");
    return false;
  }
  a->path = PyBytes_AS_STRING(args[0]);
  a->kind = PyLong_AsLong(args[1]);
  a->flags = PyLong_AsUnsignedLong(args[4]);
  if (PyErr_Occurred() || !py_to_timeout(args[2], &a->timeout_ns) || !py_to_metadata(args[3], &a->md))
    return false;
  if (a->kind < 0 || a->kind > WEIR_BIDI) {
    PyErr_SetString(PyExc_ValueError, "no such kind of method");
    return false;
  }
  if (args[5] != Py_None && !(a->body = py_to_message(st, args[5]))) return false;
  a->ch = channel_open(self);
  return a->ch != NULL;
}

static void start_fini(start_args *a) {
  py_metadata_fini(&a->md);
  weir_buf_unref(a->body);
  weir_channel_unref(a->ch);
}

/* NULL when out of memory; else with the lock held. */
static weir_call *start_locked(start_args *a) {
  const weir_method m = {sizeof m, (uint32_t)a->kind, a->path, NULL, NULL};
  weir_call_opts o = {.size = sizeof o,
                      .timeout_ns = a->timeout_ns,
                      .metadata = a->md.kvs,
                      .n_metadata = a->md.n,
                      .flags = (uint32_t)a->flags & FLAGS_MASK,
                      .compression = (uint32_t)a->flags >> COMPRESSION_SHIFT};
  weir_call *c = weir_client_call_new(a->ch, &m, &o);
  if (!c) return NULL;
  c->method = &kinds[a->kind];
  c->consume_early = a->kind == WEIR_UNARY;
  size_t len = a->body ? weir_buf_view(a->body).len : 0;
  unsigned flags = WEIR_RPC_LAST;
  if (a->body && py_call_packs(c)) a->body = py_call_pack(c, a->body, &flags);
  weir_shard_enter(c->shard);
  weir_code code = a->body ? weir_call_put(c, (weir_str){NULL, 0}, a->body, flags) : WEIR_OK;
  if (code && c->state != WEIR_CALL_ENDED) {
    char text[96];
    snprintf(text, sizeof text, "CLIENT: Sent message larger than max (%zu vs. %u)", len, c->max_send);
    weir_call_end(c, code, weir_str_of(text), NULL, 0);
  }
  weir_client_call_go(c);
  return c;
}

static PyObject *channel_start(PyObject *self, PyObject *const *args, Py_ssize_t n) {
  start_args a;
  weir_call *c = NULL;
  if (start_parse(self, args, n, &a)) {
    Py_BEGIN_ALLOW_THREADS
    c = start_locked(&a);
    if (c) weir_shard_leave(c->shard);
    Py_END_ALLOW_THREADS
    if (!c) PyErr_NoMemory();
  }
  start_fini(&a);
  return c ? py_call_new(((py_channel *)self)->st, c, NULL, NULL) : NULL;
}

/* Lock held, before and after; the GIL is not. False: a signal's handler raised. */
static bool unary_wait(weir_call *c, bool is_main, PyThreadState **ts) {
  weir_shard *s = c->shard;
  while (c->state != WEIR_CALL_ENDED) {
    if (!is_main) {
      (void)weir_call_block(c, &c->finish);
    } else if (weir_call_block_until(c, &c->finish, weir_io_after(weir_shard_now(s), WEIR_MS(100)))) {
      weir_shard_leave(s);
      PyEval_RestoreThread(*ts);
      bool ok = PyErr_CheckSignals() == 0;
      *ts = PyEval_SaveThread();
      weir_shard_enter(s);
      if (!ok) return false;
    }
  }
  return true;
}

static PyObject *channel_unary(PyObject *self, PyObject *const *args, Py_ssize_t n) {
  py_state *st = ((py_channel *)self)->st;
  start_args a;
  if (!start_parse(self, args, n, &a)) {
    start_fini(&a);
    return NULL;
  }
  bool is_main = PyThread_get_thread_ident() == st->main_thread, ok = true;
  weir_buf *reply = NULL;
  PyThreadState *ts = PyEval_SaveThread();
  weir_call *c = start_locked(&a);
  if (c) {
    ok = unary_wait(c, is_main, &ts);
    bool packed = false;
    weir_error e;
    if (ok && c->code == WEIR_OK) (void)weir_call_take(c, &reply, &packed);
    weir_shard_leave(c->shard);
    weir_code code = reply ? weir_call_unpack(c, &reply, packed, &e) : WEIR_OK;
    if (code) weir_call_spoil(c, code, e.msg);
    if (!ok || reply) weir_call_unref(c);
  }
  PyEval_RestoreThread(ts);
  start_fini(&a);
  if (!ok) return NULL;
  if (!c) return PyErr_NoMemory();
  return reply ? py_from_message(st, reply) : py_call_new(st, c, NULL, NULL);
}

/* ---- state --------------------------------------------------------------------------------------------------------------- */

static PyObject *channel_state(PyObject *self, PyObject *connect) {
  weir_channel *ch = ((py_channel *)self)->ch;
  int state = WEIR_SHUTDOWN;
  if (ch) {
    weir_channel_ref(ch);
    Py_BEGIN_ALLOW_THREADS
    state = weir_channel_state(ch, connect == Py_True);
    weir_channel_unref(ch);
    Py_END_ALLOW_THREADS
  }
  return PyLong_FromLong(state);
}

/* (last state, seconds): True if it is another one now. */
static PyObject *channel_watch(PyObject *self, PyObject *args) {
  int last;
  double seconds;
  weir_channel *ch = ((py_channel *)self)->ch;
  if (!PyArg_ParseTuple(args, "id", &last, &seconds)) return NULL;
  if (!ch) return PyBool_FromLong(last != WEIR_SHUTDOWN);
  weir_code code;
  weir_channel_ref(ch);
  Py_BEGIN_ALLOW_THREADS
  code = weir_channel_watch(ch, last, (int64_t)(seconds * 1e9), NULL, NULL);
  weir_channel_unref(ch);
  Py_END_ALLOW_THREADS
  if (PyErr_CheckSignals()) return NULL;
  return PyBool_FromLong(code == WEIR_OK);
}

static PyMethodDef channel_methods[] = {
    {"unary", (PyCFunction)(void (*)(void))channel_unary, METH_FASTCALL,
     "unary(path, kind, timeout, metadata, flags, message) -> bytes, or the Call if it failed."},
    {"start", (PyCFunction)(void (*)(void))channel_start, METH_FASTCALL,
     "start(path, kind, timeout, metadata, flags, message or None) -> Call"},
    {"state", channel_state, METH_O, "state(connect) -> int"},
    {"watch", channel_watch, METH_VARARGS, "watch(last, seconds) -> True once the state is not `last`."},
    {"close", channel_close, METH_NOARGS, "close(): ends all calls."},
    {NULL, NULL, 0, NULL},
};

static PyType_Slot channel_slots[] = {
    {Py_tp_new, channel_new},
    {Py_tp_dealloc, channel_dealloc},
    {Py_tp_methods, channel_methods},
    {0, NULL},
};

PyType_Spec py_channel_spec = {
    .name = "grpc._weir.Channel",
    .basicsize = sizeof(py_channel),
    .flags = Py_TPFLAGS_DEFAULT,
    .slots = channel_slots,
};
