/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* call.c - _weir.Call: a call of either side. */
#include "weir_py.h"

#include "rpc/metadata.h"

#include <string.h>

#define KEEP_GIL_MAX (16u * 1024) /* bytes that are sent without letting the GIL go */
#define LAZY_NS      200000       /* between sends of a server: faster ones are written together */
#define LAZY_BYTES   (16u * 1024)

PyObject *py_call_new(py_state *st, weir_call *c, struct py_server *server, py_served *served) {
  py_call *self = (py_call *)PyType_GenericAlloc(st->call, 0);
  if (!self) {
    weir_call_unref(c);
    return NULL;
  }
  self->c = c;
  self->st = st;
  self->served = served;
  self->server = server;
  Py_XINCREF(server);
  return (PyObject *)self;
}

/* ---- waiting ------------------------------------------------------------------------------------------------------------ */

bool py_call_has_ended(const weir_call *c) { return c->state == WEIR_CALL_ENDED; }
static bool has_message(const weir_call *c) { return c->inbox.first || c->in_closed || py_call_has_ended(c); }
static bool has_headers(const weir_call *c) { return c->got_headers || py_call_has_ended(c); }
static bool can_send(const weir_call *c) { return py_call_has_ended(c) || weir_call_has_room(c, false); }

static bool look(weir_call *c, py_ready_fn *ready) {
  weir_shard_enter(c->shard);
  bool is = ready(c);
  weir_shard_leave_later(c->shard);
  return is;
}

/* One slice of a wait: 1 ready, 0 `until` passed, -1 the slice is over, -2 it cannot be waited for. */
static int wait_slice(weir_call *c, weir_call_op *op, py_ready_fn *ready, weir_io_nanos until,
                      int64_t slice_ns) {
  weir_shard *s = c->shard;
  weir_io_nanos end = slice_ns ? weir_io_after(weir_shard_now(s), slice_ns) : WEIR_IO_NEVER;
  while (!ready(c)) {
    weir_io_nanos at = end < until ? end : until;
    weir_code code = at == WEIR_IO_NEVER ? weir_call_block(c, op) : weir_call_block_until(c, op, at);
    if (code == WEIR_DEADLINE_EXCEEDED && !ready(c)) return at == until ? 0 : -1;
    if (code && code != WEIR_DEADLINE_EXCEEDED) return -2;
  }
  return 1;
}

int py_call_wait(py_state *st, weir_call *c, weir_call_op *op, py_ready_fn *ready, int64_t timeout_ns) {
  if (look(c, ready)) return 1;
  if (timeout_ns == 0) return 0;
  bool is_main = PyThread_get_thread_ident() == st->main_thread;
  weir_io_nanos until = WEIR_IO_NEVER;
  for (bool first = true;; first = false) {
    int r;
    Py_BEGIN_ALLOW_THREADS
    weir_shard_enter(c->shard);
    if (first && timeout_ns > 0) until = weir_io_after(weir_shard_now(c->shard), timeout_ns);
    r = wait_slice(c, op, ready, until, is_main ? WEIR_MS(100) : 0);
    weir_shard_leave(c->shard);
    Py_END_ALLOW_THREADS
    if (r >= 0) return r;
    if (r == -2) PyErr_SetString(PyExc_RuntimeError, "this thread cannot wait for the call");
    if (r == -2 || PyErr_CheckSignals()) return -1;
  }
}

/* ---- messages ------------------------------------------------------------------------------------------------------------ */

/* Nothing can be made of what was received: the call ends, and has the reason for a status. */
static PyObject *spoilt(weir_call *c, weir_code code, const weir_error *e) {
  weir_shard_enter(c->shard);
  weir_call_refuse(c, code, e->msg);
  weir_shard_leave(c->shard);
  Py_RETURN_NONE;
}

static PyObject *call_recv(PyObject *o, PyObject *none) {
  py_call *self = (py_call *)o;
  weir_call *c = self->c;
  (void)none;
  for (;;) {
    weir_buf *buf = NULL;
    bool packed = false;
    weir_shard_enter(c->shard);
    weir_code code = weir_call_take(c, &buf, &packed);
    weir_shard_leave(c->shard);
    if (!code) {
      weir_error e;
      PyThreadState *ts = packed ? PyEval_SaveThread() : NULL;
      code = weir_call_unpack(c, &buf, packed, &e);
      if (ts) PyEval_RestoreThread(ts);
      return code ? spoilt(c, code, &e) : py_from_message(self->st, buf);
    }
    if (code != WEIR_PENDING) Py_RETURN_NONE;
    if (py_call_wait(self->st, c, &c->recv, has_message, -1) < 0) return NULL;
  }
}

/* A server's messages that follow each other quickly are written together. */
static void leave_after_send(py_call *self) {
  weir_call *c = self->c;
  bool lazy = false;
  if (self->server) {
    weir_io_nanos now = weir_shard_now(c->shard);
    lazy = now - self->sent_at < LAZY_NS && c->rpc && weir_rpc_queued(c->rpc) < LAZY_BYTES;
    self->sent_at = now;
  }
  if (!lazy) {
    weir_shard_leave(c->shard);
    return;
  }
  py_server_poke(self->server);
  weir_shard_leave_later(c->shard);
}

weir_buf *py_call_pack(weir_call *c, weir_buf *body, unsigned *flags) {
  weir_buf *packed = weir_call_pack(c, weir_buf_view(body));
  if (!packed) return body;
  weir_buf_unref(body);
  *flags |= WEIR_RPC_COMPRESSED;
  return packed;
}

static weir_code put(py_call *self, weir_buf *body, unsigned flags) {
  weir_shard_enter(self->c->shard);
  weir_code code = weir_call_put(self->c, (weir_str){NULL, 0}, body, flags);
  leave_after_send(self);
  return code;
}

/* (message) -> 0, or why not: the code of a call that is over, EOF (-2) if it ended with OK. */
static PyObject *call_send(PyObject *o, PyObject *message) {
  py_call *self = (py_call *)o;
  weir_code code;
  py_trash_empty(self->st->trash);
  weir_buf *body = py_to_message(self->st, message);
  if (!body) return NULL;
  if (py_call_wait(self->st, self->c, &self->c->send, can_send, -1) < 0) {
    weir_buf_unref(body);
    return NULL;
  }
  unsigned flags = 0;
  if (weir_buf_view(body).len <= KEEP_GIL_MAX && !py_call_packs(self->c)) {
    code = put(self, body, flags);
  } else {
    Py_BEGIN_ALLOW_THREADS
    body = py_call_pack(self->c, body, &flags);
    code = put(self, body, flags);
    Py_END_ALLOW_THREADS
  }
  weir_buf_unref(body);
  return PyLong_FromLong(code);
}

static PyObject *call_half_close(PyObject *o, PyObject *none) {
  weir_code code;
  (void)none;
  Py_BEGIN_ALLOW_THREADS
  code = weir_half_close(((py_call *)o)->c);
  Py_END_ALLOW_THREADS
  return PyLong_FromLong(code);
}

/* ---- the call -------------------------------------------------------------------------------------------------------------- */

static PyObject *call_wait(PyObject *o, PyObject *seconds) {
  py_call *self = (py_call *)o;
  int64_t ns = -1;
  if (seconds != Py_None) {
    double s = PyFloat_AsDouble(seconds);
    if (s == -1.0 && PyErr_Occurred()) return NULL;
    ns = s <= 0 ? 0 : s < 9e9 ? (int64_t)(s * 1e9) : -1;
  }
  int r = py_call_wait(self->st, self->c, &self->c->finish, py_call_has_ended, ns);
  return r < 0 ? NULL : PyBool_FromLong(r);
}

static PyObject *call_ended(PyObject *o, PyObject *none) {
  (void)none;
  return PyBool_FromLong(look(((py_call *)o)->c, py_call_has_ended));
}

static PyObject *call_is_cancelled(PyObject *o, PyObject *none) {
  weir_call *c = ((py_call *)o)->c;
  (void)none;
  weir_shard_enter(c->shard);
  bool is = c->cancelled || (c->is_server && c->state == WEIR_CALL_ENDED);
  weir_shard_leave_later(c->shard);
  return PyBool_FromLong(is);
}

static PyObject *call_headers(PyObject *o, PyObject *none) {
  py_call *self = (py_call *)o;
  (void)none;
  if (py_call_wait(self->st, self->c, &self->c->head, has_headers, -1) < 0) return NULL;
  size_t n;
  const weir_kv *kvs = weir_headers(self->c, &n);
  return py_from_metadata(self->st, kvs, n);
}

static PyObject *call_trailers(PyObject *o, PyObject *none) {
  py_call *self = (py_call *)o;
  (void)none;
  size_t n;
  const weir_kv *kvs = weir_trailers(self->c, &n);
  return py_from_metadata(self->st, kvs, n);
}

static PyObject *call_status(PyObject *o, PyObject *none) {
  weir_call *c = ((py_call *)o)->c;
  (void)none;
  weir_shard_enter(c->shard);
  bool ended = c->state == WEIR_CALL_ENDED;
  weir_code code = c->code;
  weir_str text = c->text;
  weir_shard_leave_later(c->shard);
  if (!ended) Py_RETURN_NONE;
  PyObject *details = py_from_text(text);
  return details ? Py_BuildValue("iN", (int)code, details) : NULL;
}

static PyObject *call_cancel(PyObject *o, PyObject *args) {
  weir_call *c = ((py_call *)o)->c;
  int code;
  const char *text;
  if (!PyArg_ParseTuple(args, "is", &code, &text)) return NULL;
  PyObject *keep = PyTuple_GET_ITEM(args, 1);
  Py_INCREF(keep);
  Py_BEGIN_ALLOW_THREADS
  weir_shard_enter(c->shard);
  weir_call_cancel(c, code, text);
  weir_shard_leave(c->shard);
  Py_END_ALLOW_THREADS
  Py_DECREF(keep);
  Py_RETURN_NONE;
}

static PyObject *call_time_left(PyObject *o, PyObject *none) {
  weir_call *c = ((py_call *)o)->c;
  (void)none;
  weir_shard_enter(c->shard);
  int64_t left = c->deadline == WEIR_IO_NEVER ? INT64_MAX : c->deadline - weir_shard_now(c->shard);
  weir_shard_leave_later(c->shard);
  if (left == INT64_MAX) Py_RETURN_NONE;
  return PyFloat_FromDouble(left > 0 ? (double)left / 1e9 : 0.0);
}

static PyObject *call_peer(PyObject *o, PyObject *none) {
  (void)none;
  return PyUnicode_DecodeUTF8(weir_call_peer(((py_call *)o)->c), (Py_ssize_t)strlen(((py_call *)o)->c->peer),
                              "replace");
}

static PyObject *call_method(PyObject *o, PyObject *none) {
  (void)none;
  return py_from_text(weir_str_of(weir_call_method(((py_call *)o)->c)));
}

static PyObject *call_is_secure(PyObject *o, PyObject *none) {
  (void)none;
  return PyBool_FromLong(((py_call *)o)->served && ((py_call *)o)->served->is_secure);
}

/* (events, tag): tag will come out of events: client: when the call is over; server: if it is cancelled before it is
 * completed. */
static PyObject *call_on_end(PyObject *o, PyObject *args) {
  py_call *self = (py_call *)o;
  PyObject *events, *tag;
  if (!PyArg_ParseTuple(args, "O!O", self->st->events, &events, &tag)) return NULL;
  if (self->server && (self->on_cancel || self->completed)) Py_RETURN_NONE;
  py_event *e = py_event_new(events, tag);
  if (!e) return NULL;
  if (self->server) {
    self->on_cancel = e;
    weir_on_cancel(self->c, py_event_push, e);
  } else if (weir_finish_async(self->c, py_event_push, e) != WEIR_PENDING) {
    py_event_push(e, self->c, WEIR_OK);
  }
  Py_RETURN_NONE;
}

/* ---- of a server ------------------------------------------------------------------------------------------------------------ */

static PyObject *call_send_headers(PyObject *o, PyObject *pairs) {
  py_metadata md;
  weir_code code;
  if (!py_to_metadata(pairs, &md)) {
    py_metadata_fini(&md);
    return NULL;
  }
  Py_BEGIN_ALLOW_THREADS
  code = weir_send_headers(((py_call *)o)->c, md.kvs, md.n);
  Py_END_ALLOW_THREADS
  py_metadata_fini(&md);
  return PyLong_FromLong(code);
}

static PyObject *call_set_trailers(PyObject *o, PyObject *pairs) {
  py_metadata md;
  weir_code code = WEIR_INVALID_ARGUMENT;
  bool ok = py_to_metadata(pairs, &md);
  if (ok) code = weir_set_trailers(((py_call *)o)->c, md.kvs, md.n);
  py_metadata_fini(&md);
  return ok ? PyLong_FromLong(code) : NULL;
}

static PyObject *call_set_compression(PyObject *o, PyObject *number) {
  unsigned long compression = PyLong_AsUnsignedLong(number);
  if (PyErr_Occurred()) return NULL;
  return PyLong_FromLong(weir_set_compression(((py_call *)o)->c, (uint32_t)compression));
}

static PyObject *call_next_plain(PyObject *o, PyObject *none) {
  (void)none;
  weir_next_uncompressed(((py_call *)o)->c);
  Py_RETURN_NONE;
}

/* Lock held. */
static void finish_running(weir_call *c, weir_code code, weir_str text, weir_buf *body, unsigned flags) {
  if (body) {
    weir_err err = weir_rpc_send(c->rpc, (weir_str){NULL, 0}, body, flags);
    if (err == WEIR_ELIMIT || err == WEIR_ENOMEM) {
      code = WEIR_RESOURCE_EXHAUSTED;
      text = weir_call_send_error(err);
    }
  }
  c->out_closed = true;
  c->discard = true;
  weir_call_tell(c->conn, c->rpc, weir_call_status_of(code), text, c->server.trailers.kvs,
                 c->server.trailers.n);
}

/* The event if it will not come any more. Written by the next who waits, or the dispatcher. */
static py_event *complete(py_call *self, weir_code code, weir_str text, weir_buf *body, unsigned flags) {
  weir_call *c = self->c;
  weir_shard_enter(c->shard);
  if (c->state == WEIR_CALL_RUNNING && !c->out_closed) finish_running(c, code, text, body, flags);
  c->server.completed = true;
  weir_server_load_less(c);
  py_event *e = c->on_cancel ? c->on_cancel_arg : NULL;
  c->on_cancel = NULL;
  self->completed = true;
  self->on_cancel = NULL;
  atomic_fetch_sub_explicit(&c->users, 1, memory_order_acq_rel); /* the handler's; self has another */
  py_server_less(self->server, self->served);
  py_server_poke(self->server);
  weir_shard_leave_later(c->shard);
  return e;
}

/* (code, details as bytes, message or None) */
static PyObject *call_complete(PyObject *o, PyObject *const *args, Py_ssize_t n) {
  py_call *self = (py_call *)o;
  weir_buf *body = NULL;
  weir_str text;
  if (n != 3 || !self->server)
    return PyErr_Format(PyExc_TypeError, "expected code, details, message or None");
  long code = PyLong_AsLong(args[0]);
  if ((code == -1 && PyErr_Occurred()) || !py_to_view(args[1], &text)) return NULL;
  if (self->completed) Py_RETURN_FALSE;
  if (args[2] != Py_None && !(body = py_to_message(self->st, args[2]))) return NULL;
  unsigned flags = 0;
  if (body && py_call_packs(self->c)) {
    Py_BEGIN_ALLOW_THREADS
    body = py_call_pack(self->c, body, &flags);
    Py_END_ALLOW_THREADS
  }
  py_event_free(complete(self, (weir_code)code, text, body, flags));
  weir_buf_unref(body);
  py_trash_empty(self->st->trash);
  Py_RETURN_TRUE;
}

/* As weir_call_unref, but what waits to be written goes on waiting. */
static void server_call_unref(py_call *self) {
  weir_call *c = self->c;
  weir_shard *s = c->shard;
  if (!self->completed)
    py_event_free(complete(self, WEIR_UNKNOWN, WEIR_STR("the call was dropped"), NULL, 0));
  weir_shard_enter(s);
  if (atomic_fetch_sub_explicit(&c->users, 1, memory_order_acq_rel) == 1) weir_call_release(c);
  weir_shard_leave_later(s);
}

static void call_dealloc(PyObject *o) {
  py_call *self = (py_call *)o;
  PyTypeObject *type = Py_TYPE(o);
  if (self->server)
    server_call_unref(self);
  else
    weir_call_unref(self->c);
  Py_XDECREF(self->server);
  PyObject_Free(o);
  Py_DECREF(type);
}

static PyMethodDef call_methods[] = {
    {"send", call_send, METH_O, "send(message) -> 0 or the call's final code"},
    {"recv", call_recv, METH_NOARGS, "recv() -> bytes, or None: the end of the stream or of the call"},
    {"half_close", call_half_close, METH_NOARGS, "half_close() -> code"},
    {"wait", call_wait, METH_O, "wait(seconds or None) -> True once the call has ended"},
    {"ended", call_ended, METH_NOARGS, "ended() -> bool"},
    {"is_cancelled", call_is_cancelled, METH_NOARGS, "is_cancelled() -> bool"},
    {"headers", call_headers, METH_NOARGS, "headers() -> the peer's metadata; waits for them"},
    {"trailers", call_trailers, METH_NOARGS, "trailers() -> metadata"},
    {"status", call_status, METH_NOARGS, "status() -> (code, details) or None while it runs"},
    {"cancel", call_cancel, METH_VARARGS, "cancel(code, details)"},
    {"time_left", call_time_left, METH_NOARGS, "time_left() -> seconds or None"},
    {"peer", call_peer, METH_NOARGS, "peer() -> str"},
    {"method", call_method, METH_NOARGS, "method() -> str"},
    {"is_secure", call_is_secure, METH_NOARGS, "is_secure() -> bool, of a server's call"},
    {"on_end", call_on_end, METH_VARARGS, "on_end(events, tag)"},
    {"send_headers", call_send_headers, METH_O, "send_headers(pairs) -> code"},
    {"set_trailers", call_set_trailers, METH_O, "set_trailers(pairs) -> code"},
    {"set_compression", call_set_compression, METH_O, "set_compression(number) -> code"},
    {"next_plain", call_next_plain, METH_NOARGS, "next_plain(): the next message is not compressed"},
    {"complete", (PyCFunction)(void (*)(void))call_complete, METH_FASTCALL,
     "complete(code, details, message or None) -> False if it was completed before"},
    {NULL, NULL, 0, NULL},
};

static PyType_Slot call_slots[] = {
    {Py_tp_dealloc, call_dealloc},
    {Py_tp_methods, call_methods},
    {0, NULL},
};

PyType_Spec py_call_spec = {
    .name = "grpc._weir.Call",
    .basicsize = sizeof(py_call),
    .flags = Py_TPFLAGS_DEFAULT,
    .slots = call_slots,
};
