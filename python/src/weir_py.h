/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* weir_py.h - what the files of grpc._weir share. One file per Python type; Python objects are turned into C and back
 * in convert.c only.
 *
 * The rule about locks: a shard's lock may be taken with the GIL held, for something short; whoever holds a shard's
 * lock never takes the GIL. So whatever the library releases on its own threads goes to the trash, and is freed by
 * the next Python thread that comes by. */
#ifndef WEIR_PY_H
#define WEIR_PY_H

#include "abi.h"

#include "client/channel.h"
#include "client/start.h"
#include "net/call.h"
#include "server/server.h"
#include <weir/weir.h>

#include <pthread.h>
#include <stdatomic.h>

/* ---- trash ---------------------------------------------------------------------------------------------------------- */

typedef struct py_held py_held;

/** Buffers of Python objects that the library has let go. Outlives the module if the library still has some. */
typedef struct py_trash {
  _Atomic(py_held *) first;
  atomic_uint refs;
} py_trash;

py_trash *py_trash_new(void);
void py_trash_unref(py_trash *t);
/** GIL held. */
void py_trash_empty(py_trash *t);

/* ---- the module ------------------------------------------------------------------------------------------------------ */

typedef struct py_state {
  PyTypeObject *channel, *call, *server, *creds, *events;
  PyObject *metadatum; /* the class of pairs that Python sees */
  py_trash *trash;
  unsigned long main_thread;
  bool expects_large; /* see convert.c */
} py_state;

py_state *py_state_of(PyTypeObject *type);

extern PyType_Spec py_channel_spec, py_call_spec, py_server_spec, py_creds_spec, py_events_spec;

/* ---- convert.c --------------------------------------------------------------------------------------------------------- */

/** Any object with a buffer as a message: small ones are copied, others kept alive until they are sent. NULL with an
 * exception. */
weir_buf *py_to_message(py_state *st, PyObject *o);
/** bytes with the message's content; drops the reference. */
PyObject *py_from_message(py_state *st, weir_buf *b);

typedef struct py_metadata {
  weir_kv *kvs;
  size_t n;
  PyObject *keep; /* what the views belong to */
} py_metadata;
/** A sequence of pairs, or None. False with an exception. py_metadata_fini in any case. */
bool py_to_metadata(PyObject *o, py_metadata *md);
void py_metadata_fini(py_metadata *md);
PyObject *py_from_metadata(py_state *st, const weir_kv *kvs, size_t n);
/** Seconds, or None for no limit (0), as weir_call_opts.timeout_ns has it. False with an exception. */
bool py_to_timeout(PyObject *o, int64_t *timeout_ns);
/** Text, undecodable bytes replaced. */
PyObject *py_from_text(weir_str s);
/** bytes, or None for an empty view. */
bool py_to_view(PyObject *o, weir_str *s);
/** Raises RuntimeError with the text of e. */
PyObject *py_raise(const weir_error *e);

/* ---- events.c ------------------------------------------------------------------------------------------------------------ */

/** What a callback of the library carries: put into `events` when it runs. */
typedef struct py_event {
  struct py_event *next;
  struct py_events *events;
  PyObject *tag;
} py_event;
py_event *py_event_new(PyObject *events, PyObject *tag);
/** GIL held: it will not be pushed. */
void py_event_free(py_event *e);
/** arg: a py_event. */
weir_fn py_event_push;

/* ---- call.c ---------------------------------------------------------------------------------------------------------------- */

/** A call that a server was given; in the call's arena. */
typedef struct py_served {
  weir_list ready;  /* nobody has taken it */
  weir_list active; /* it has not been completed */
  weir_call *call;
  bool is_secure;
} py_served;

typedef struct py_call {
  PyObject_HEAD weir_call *c;
  py_state *st;
  struct py_server *server; /* NULL: a client's */
  py_served *served;
  py_event *on_cancel; /* server: registered, not yet called */
  weir_io_nanos sent_at;
  bool completed;
} py_call;

/** Takes over the reference to c. */
PyObject *py_call_new(py_state *st, weir_call *c, struct py_server *server, py_served *served);

/** Waits without the GIL, and with a look at signals now and then, until ready(c): 1; 0 after timeout_ns (< 0: none);
 * -1 with an exception. */
typedef bool py_ready_fn(const weir_call *c);
int py_call_wait(py_state *st, weir_call *c, weir_call_op *op, py_ready_fn *ready, int64_t timeout_ns);
bool py_call_has_ended(const weir_call *c);
/** Neither lock nor GIL held, unless nothing is compressed: body, or what it became compressed, which takes its place;
 * *flags has WEIR_RPC_COMPRESSED then. */
weir_buf *py_call_pack(weir_call *c, weir_buf *body, unsigned *flags);
static inline bool py_call_packs(const weir_call *c) { return c->out_encoding != WEIR_IDENTITY; }

/* ---- server.c ----------------------------------------------------------------------------------------------------------------- */

/** Shard's lock held: something waits to be written, or for a worker; the server's dispatcher will see to it. */
void py_server_poke(struct py_server *s);
weir_shard *py_server_shard(struct py_server *s);
/** Shard's lock held: the call is over for the server. */
void py_server_less(struct py_server *s, py_served *served);

#endif
