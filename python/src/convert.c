/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
#include "held.h"

#include <math.h>
#include <string.h>

#define KEEP_GIL_MAX (64u * 1024) /* bytes that are copied without letting the GIL go */
#define LARGE_MAX    (4u * 1024 * 1024)
#define COPY_MAX     (32u * 1024) /* bytes; copying less costs less than keeping the object */

/* Messages of a megabyte live for one call. As it starts, glibc gives their pages back to the system each time, to have
 * them zeroed anew for the next: that costs more than all the copying. It learns what sizes come and go from what is
 * freed; so it is shown one. */
static void expect_large(py_state *st) {
  if (st->expects_large) return;
  st->expects_large = true;
  void *volatile one = malloc(LARGE_MAX); /* volatile: compilers know what malloc does */
  free(one);
}

weir_buf *py_to_message(py_state *st, PyObject *o) {
  weir_buf *b = NULL;
  Py_buffer view;
  if (PyBytes_CheckExact(o) && (size_t)PyBytes_GET_SIZE(o) <= COPY_MAX) {
    b = weir_buf_copy(PyBytes_AS_STRING(o), (size_t)PyBytes_GET_SIZE(o));
  } else {
    expect_large(st);
    if (PyObject_GetBuffer(o, &view, PyBUF_SIMPLE)) return NULL;
    b = (size_t)view.len <= COPY_MAX ? weir_buf_copy(view.buf, (size_t)view.len)
                                     : py_held_wrap(st->trash, &view);
    if (!b || (size_t)view.len <= COPY_MAX) PyBuffer_Release(&view);
  }
  if (!b) PyErr_NoMemory();
  return b;
}

PyObject *py_from_message(py_state *st, weir_buf *b) {
  weir_str v = weir_buf_view(b);
  bool large = v.len > KEEP_GIL_MAX;
  if (large) expect_large(st);
  PyObject *o = PyBytes_FromStringAndSize(large ? NULL : v.data, (Py_ssize_t)v.len);
  if (o && large) {
    char *to = PyBytes_AS_STRING(o); /* nobody else knows of it yet */
    Py_BEGIN_ALLOW_THREADS
    memcpy(to, v.data, v.len);
    Py_END_ALLOW_THREADS
  }
  weir_buf_unref(b);
  return o;
}

/* str as UTF-8, bytes as they are. */
static bool to_text(PyObject *o, weir_str *s) {
  if (PyUnicode_Check(o)) {
    Py_ssize_t len;
    s->data = PyUnicode_AsUTF8AndSize(o, &len);
    s->len = (size_t)len;
    return s->data != NULL;
  }
  if (PyBytes_Check(o)) {
    *s = (weir_str){PyBytes_AS_STRING(o), (size_t)PyBytes_GET_SIZE(o)};
    return true;
  }
  PyErr_Format(PyExc_TypeError, "Expected str, not %R", (PyObject *)Py_TYPE(o));
  return false;
}

static bool to_pair(PyObject *item, PyObject *keep, weir_kv *kv) {
  PyObject *pair = PySequence_Fast(item, "metadata must be a sequence of (key, value) pairs");
  if (!pair) return false;
  bool ok = PyList_Append(keep, pair) == 0;
  if (ok && PySequence_Fast_GET_SIZE(pair) != 2) {
    PyErr_SetString(PyExc_ValueError, "metadata must be a sequence of (key, value) pairs");
    ok = false;
  }
  ok = ok && to_text(PySequence_Fast_GET_ITEM(pair, 0), &kv->key) &&
       to_text(PySequence_Fast_GET_ITEM(pair, 1), &kv->val);
  Py_DECREF(pair);
  return ok;
}

bool py_to_metadata(PyObject *o, py_metadata *md) {
  *md = (py_metadata){NULL, 0, NULL};
  if (!o || o == Py_None) return true;
  PyObject *items = PySequence_Tuple(o);
  if (!items) return false;
  size_t n = (size_t)PyTuple_GET_SIZE(items);
  md->keep = PyList_New(0);
  md->kvs = PyMem_Calloc(n ? n : 1, sizeof *md->kvs);
  if (md->keep && !md->kvs) PyErr_NoMemory();
  bool ok = md->keep && md->kvs && PyList_Append(md->keep, items) == 0;
  for (; ok && md->n < n; md->n++)
    ok = to_pair(PyTuple_GET_ITEM(items, (Py_ssize_t)md->n), md->keep, &md->kvs[md->n]);
  Py_DECREF(items);
  return ok;
}

void py_metadata_fini(py_metadata *md) {
  PyMem_Free(md->kvs);
  Py_XDECREF(md->keep);
}

static bool is_binary(weir_str key) { return key.len >= 4 && memcmp(key.data + key.len - 4, "-bin", 4) == 0; }

static PyObject *from_pair(py_state *st, const weir_kv *kv) {
  PyObject *key = PyUnicode_DecodeLatin1(kv->key.data, (Py_ssize_t)kv->key.len, NULL), *val, *pair = NULL;
  if (is_binary(kv->key))
    val = PyBytes_FromStringAndSize(kv->val.data, (Py_ssize_t)kv->val.len);
  else
    val = PyUnicode_DecodeLatin1(kv->val.data, (Py_ssize_t)kv->val.len, NULL);
  if (key && val) pair = PyObject_CallFunctionObjArgs(st->metadatum, key, val, NULL);
  Py_XDECREF(key);
  Py_XDECREF(val);
  return pair;
}

PyObject *py_from_metadata(py_state *st, const weir_kv *kvs, size_t n) {
  PyObject *all = PyTuple_New((Py_ssize_t)n);
  for (size_t i = 0; all && i < n; i++) {
    PyObject *pair = from_pair(st, &kvs[i]);
    if (!pair) {
      Py_CLEAR(all);
      break;
    }
    PyTuple_SET_ITEM(all, (Py_ssize_t)i, pair);
  }
  return all;
}

bool py_to_timeout(PyObject *o, int64_t *timeout_ns) {
  *timeout_ns = 0;
  if (o == Py_None) return true;
  double seconds = PyFloat_AsDouble(o);
  if (seconds == -1.0 && PyErr_Occurred()) return false;
  if (isnan(seconds)) {
    PyErr_SetString(PyExc_ValueError, "timeout is not a number");
    return false;
  }
  if (seconds <= 0)
    *timeout_ns = -1;
  else if (seconds < 9e9)
    *timeout_ns = (int64_t)(seconds * 1e9) > 0 ? (int64_t)(seconds * 1e9) : 1;
  return true;
}

PyObject *py_from_text(weir_str s) { return PyUnicode_DecodeUTF8(s.data, (Py_ssize_t)s.len, "replace"); }

bool py_to_view(PyObject *o, weir_str *s) {
  *s = (weir_str){NULL, 0};
  if (o == Py_None) return true;
  if (!PyBytes_Check(o)) {
    PyErr_Format(PyExc_TypeError, "expected bytes, not %R", (PyObject *)Py_TYPE(o));
    return false;
  }
  *s = (weir_str){PyBytes_AS_STRING(o), (size_t)PyBytes_GET_SIZE(o)};
  return true;
}

PyObject *py_raise(const weir_error *e) {
  PyErr_SetString(PyExc_RuntimeError, e->msg);
  return NULL;
}
