/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* events.c - _weir.Events: what callbacks of the library bring to a Python thread, in batches. */
#include "weir_py.h"

#include <errno.h>
#include <time.h>

typedef struct py_events {
  PyObject_HEAD pthread_mutex_t mu; /* a leaf: taken on any thread */
  pthread_cond_t come;
  py_event *first, **last;
} py_events;

py_event *py_event_new(PyObject *events, PyObject *tag) {
  py_event *e = malloc(sizeof *e);
  if (!e) return (py_event *)PyErr_NoMemory();
  Py_INCREF(events);
  Py_INCREF(tag);
  *e = (py_event){NULL, (py_events *)events, tag};
  return e;
}

void py_event_free(py_event *e) {
  if (!e) return;
  Py_DECREF(e->events);
  Py_DECREF(e->tag);
  free(e);
}

void py_event_push(void *arg, weir_call *call, weir_code code) {
  py_event *e = arg;
  py_events *q = e->events;
  (void)call;
  (void)code;
  pthread_mutex_lock(&q->mu);
  *q->last = e;
  q->last = &e->next;
  pthread_cond_signal(&q->come);
  pthread_mutex_unlock(&q->mu);
}

static py_event *take_all(py_events *q, double seconds) {
  struct timespec until;
  clock_gettime(CLOCK_MONOTONIC, &until);
  until.tv_sec += (time_t)seconds;
  until.tv_nsec += (long)((seconds - (double)(time_t)seconds) * 1e9);
  if (until.tv_nsec >= 1000000000) until.tv_sec++, until.tv_nsec -= 1000000000;
  pthread_mutex_lock(&q->mu);
  int err = 0;
  while (!q->first && err != ETIMEDOUT) err = pthread_cond_timedwait(&q->come, &q->mu, &until);
  py_event *all = q->first;
  q->first = NULL;
  q->last = &q->first;
  pthread_mutex_unlock(&q->mu);
  return all;
}

static PyObject *events_take(PyObject *self, PyObject *seconds) {
  double s = PyFloat_AsDouble(seconds);
  if (s == -1.0 && PyErr_Occurred()) return NULL;
  py_event *e;
  Py_BEGIN_ALLOW_THREADS
  e = take_all((py_events *)self, s);
  Py_END_ALLOW_THREADS
  PyObject *tags = PyList_New(0);
  for (py_event *next; e; e = next) {
    next = e->next;
    if (tags && PyList_Append(tags, e->tag)) Py_CLEAR(tags);
    py_event_free(e);
  }
  return tags;
}

static PyObject *events_push(PyObject *self, PyObject *tag) {
  py_event *e = py_event_new(self, tag);
  if (!e) return NULL;
  py_event_push(e, NULL, WEIR_OK);
  Py_RETURN_NONE;
}

static PyObject *events_new(PyTypeObject *type, PyObject *args, PyObject *kw) {
  (void)args;
  (void)kw;
  py_events *q = (py_events *)PyType_GenericAlloc(type, 0);
  if (!q) return NULL;
  pthread_condattr_t attr;
  pthread_condattr_init(&attr);
  pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
  pthread_cond_init(&q->come, &attr);
  pthread_condattr_destroy(&attr);
  pthread_mutex_init(&q->mu, NULL);
  q->last = &q->first;
  return (PyObject *)q;
}

static void events_dealloc(PyObject *self) {
  py_events *q = (py_events *)self;
  PyTypeObject *type = Py_TYPE(self);
  pthread_cond_destroy(&q->come);
  pthread_mutex_destroy(&q->mu); /* no event is left: each has a reference */
  PyObject_Free(self);
  Py_DECREF(type);
}

static PyMethodDef events_methods[] = {
    {"take", events_take, METH_O, "take(seconds) -> list of tags; waits so long for the first."},
    {"push", events_push, METH_O, "push(tag): adds one."},
    {NULL, NULL, 0, NULL},
};

static PyType_Slot events_slots[] = {
    {Py_tp_new, events_new},
    {Py_tp_dealloc, events_dealloc},
    {Py_tp_methods, events_methods},
    {0, NULL},
};

PyType_Spec py_events_spec = {
    .name = "grpc._weir.Events",
    .basicsize = sizeof(py_events),
    .flags = Py_TPFLAGS_DEFAULT,
    .slots = events_slots,
};
