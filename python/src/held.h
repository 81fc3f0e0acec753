/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
#ifndef WEIR_PY_HELD_H
#define WEIR_PY_HELD_H

#include "weir_py.h"

struct py_held {
  py_held *next;
  py_trash *trash;
  Py_buffer view;
};

/** A message over a Python buffer, which it takes over; NULL when out of memory (then it does not). */
weir_buf *py_held_wrap(py_trash *t, const Py_buffer *view);

#endif
