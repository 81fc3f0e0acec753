/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* abi.h - Python.h. With Py_LIMITED_API, one build serves that version of Python and all later ones; what is a macro
 * over Python's structs is then a call, under the same name. */
#ifndef WEIR_PY_ABI_H
#define WEIR_PY_ABI_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>

#ifdef Py_LIMITED_API
#define PyBytes_AS_STRING PyBytes_AsString
#define PyBytes_GET_SIZE  PyBytes_Size
#define PyTuple_GET_ITEM  PyTuple_GetItem
#define PyTuple_SET_ITEM  PyTuple_SetItem
#define PyTuple_GET_SIZE  PyTuple_Size
#undef PySequence_Fast_GET_ITEM
#undef PySequence_Fast_GET_SIZE
#define PySequence_Fast_GET_ITEM(o, i) (PyList_Check(o) ? PyList_GetItem(o, i) : PyTuple_GetItem(o, i))
#define PySequence_Fast_GET_SIZE(o)    (PyList_Check(o) ? PyList_Size(o) : PyTuple_Size(o))
#define Py_INCREF(o)                   Py_INCREF((PyObject *)(o))
#define Py_DECREF(o)                   Py_DECREF((PyObject *)(o))
#define Py_XSETREF(at, o)                 \
  do {                                    \
    PyObject *before_ = (PyObject *)(at); \
    (at) = (o);                           \
    Py_XDECREF(before_);                  \
  } while (0)
#endif

#endif
