/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* _protoc.c - weirc within Python: run(args, capture=False). */
#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include "weirc/weirc.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

/* A command line as C has it, ending in NULL; to be freed as one block. NULL with an exception set. */
static char **argv_of(PyObject *args) {
  Py_ssize_t n = PyTuple_Size(args);
  char **argv = PyMem_Calloc((size_t)n + 1, sizeof *argv);
  if (!argv) return (char **)PyErr_NoMemory();
  for (Py_ssize_t i = 0; i < n; i++) {
    if (PyBytes_AsStringAndSize(PyTuple_GetItem(args, i), &argv[i], NULL) == 0) continue;
    PyMem_Free(argv);
    return NULL;
  }
  return argv;
}

/* Other threads go on meanwhile: a run shares nothing with them. */
static int run_unlocked(Py_ssize_t argc, char **argv, FILE *out, FILE *err) {
  int status;
  Py_BEGIN_ALLOW_THREADS
  status = weirc_main((int)argc, argv, out, err);
  Py_END_ALLOW_THREADS
  return status;
}

static PyObject *run_captured(Py_ssize_t argc, char **argv) {
  char *text = NULL;
  size_t len = 0;
  FILE *err = open_memstream(&text, &len);
  if (!err) return PyErr_SetFromErrno(PyExc_OSError);
  int status = run_unlocked(argc, argv, stdout, err);
  PyObject *result = fclose(err) == 0 ? Py_BuildValue("iy#", status, text, (Py_ssize_t)len) : PyErr_NoMemory();
  free(text);
  return result;
}

PyDoc_STRVAR(run_doc, "run(args, capture=False)\n--\n\n"
                      "Obeys a command line, a sequence of bytes whose first is not looked at.\n"
                      "Returns the exit status; if capture is true, a pair of it and of what would\n"
                      "have been written to standard error.");

static PyObject *run(PyObject *module, PyObject *args, PyObject *kwargs) {
  static char *names[] = {"args", "capture", NULL};
  PyObject *list;
  int capture = 0;
  (void)module;
  if (!PyArg_ParseTupleAndKeywords(args, kwargs, "O|p:run", names, &list, &capture)) return NULL;
  PyObject *fast = PySequence_Tuple(list); /* a copy: nobody changes it while the lock is released */
  if (!fast) return NULL;
  char **argv = argv_of(fast);
  PyObject *result = NULL;
  if (argv && PyTuple_Size(fast) > INT_MAX)
    PyErr_SetString(PyExc_OverflowError, "too many arguments");
  else if (argv && capture)
    result = run_captured(PyTuple_Size(fast), argv);
  else if (argv)
    result = PyLong_FromLong(run_unlocked(PyTuple_Size(fast), argv, stdout, stderr));
  PyMem_Free(argv);
  Py_DECREF(fast);
  return result;
}

static PyMethodDef methods[] = {
    {"run", (PyCFunction)(void (*)(void))run, METH_VARARGS | METH_KEYWORDS, run_doc},
    {NULL, NULL, 0, NULL},
};

static PyModuleDef_Slot slots[] = {
#if PY_VERSION_HEX >= 0x030C0000
    {Py_mod_multiple_interpreters, Py_MOD_PER_INTERPRETER_GIL_SUPPORTED},
#endif
#if PY_VERSION_HEX >= 0x030D0000
    {Py_mod_gil, Py_MOD_GIL_NOT_USED},
#endif
    {0, NULL},
};

static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT,
    .m_name = "grpc_tools._protoc",
    .m_doc = "The compiler weirc.",
    .m_methods = methods,
    .m_slots = slots,
};

PyMODINIT_FUNC PyInit__protoc(void) { return PyModuleDef_Init(&definition); }
