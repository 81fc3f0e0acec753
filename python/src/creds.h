/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
#ifndef WEIR_PY_CREDS_H
#define WEIR_PY_CREDS_H

#include "weir_py.h"

typedef struct py_creds {
  PyObject_HEAD weir_creds *creds;
} py_creds;

/** Borrowed; None: plaintext. NULL with an exception. */
weir_creds *py_to_creds(py_state *st, PyObject *o);

#endif
