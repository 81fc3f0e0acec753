/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* module.c - grpc._weir: the module, its state, its types. */
#include "weir_py.h"

static struct PyModuleDef weir_module;

py_state *py_state_of(PyTypeObject *type) { return PyType_GetModuleState(type); }

static PyObject *set_metadatum(PyObject *m, PyObject *cls) {
  py_state *st = PyModule_GetState(m);
  Py_INCREF(cls);
  Py_XSETREF(st->metadatum, cls);
  Py_RETURN_NONE;
}

static PyObject *version(PyObject *m, PyObject *none) {
  (void)m;
  (void)none;
  return PyUnicode_FromString(weir_version());
}

static PyMethodDef module_methods[] = {
    {"set_metadatum", set_metadatum, METH_O, "set_metadatum(cls): what pairs of metadata are made of."},
    {"version", version, METH_NOARGS, "version() -> str, of libweir."},
    {NULL, NULL, 0, NULL},
};

static bool add_type(PyObject *m, PyTypeObject **at, PyType_Spec *spec, const char *name) {
  *at = (PyTypeObject *)PyType_FromModuleAndSpec(m, spec, NULL);
  if (!*at) return false;
  Py_INCREF(*at);
  if (PyModule_AddObject(m, name, (PyObject *)*at) == 0) return true;
  Py_DECREF(*at);
  return false;
}

/* Signals are the main thread's, whoever imports this. */
static bool find_main_thread(py_state *st) {
  PyObject *threading = PyImport_ImportModule("threading");
  PyObject *thread = threading ? PyObject_CallMethod(threading, "main_thread", NULL) : NULL;
  PyObject *ident = thread ? PyObject_GetAttrString(thread, "ident") : NULL;
  if (ident && ident != Py_None) st->main_thread = PyLong_AsUnsignedLong(ident);
  Py_XDECREF(ident);
  Py_XDECREF(thread);
  Py_XDECREF(threading);
  return !PyErr_Occurred();
}

static int module_exec(PyObject *m) {
  py_state *st = PyModule_GetState(m);
  st->trash = py_trash_new();
  if (!st->trash) return PyErr_NoMemory(), -1;
  Py_INCREF(&PyTuple_Type);
  st->metadatum = (PyObject *)&PyTuple_Type;
  bool ok =
      find_main_thread(st) && add_type(m, &st->channel, &py_channel_spec, "Channel") &&
      add_type(m, &st->call, &py_call_spec, "Call") && add_type(m, &st->server, &py_server_spec, "Server") &&
      add_type(m, &st->creds, &py_creds_spec, "Creds") && add_type(m, &st->events, &py_events_spec, "Events");
  return ok ? 0 : -1;
}

static int module_traverse(PyObject *m, visitproc visit, void *arg) {
  py_state *st = PyModule_GetState(m);
  Py_VISIT(st->channel);
  Py_VISIT(st->call);
  Py_VISIT(st->server);
  Py_VISIT(st->creds);
  Py_VISIT(st->events);
  Py_VISIT(st->metadatum);
  return 0;
}

static int module_clear(PyObject *m) {
  py_state *st = PyModule_GetState(m);
  Py_CLEAR(st->channel);
  Py_CLEAR(st->call);
  Py_CLEAR(st->server);
  Py_CLEAR(st->creds);
  Py_CLEAR(st->events);
  Py_CLEAR(st->metadatum);
  return 0;
}

static void module_free(void *m) {
  py_state *st = PyModule_GetState(m);
  (void)module_clear(m);
  if (st->trash) py_trash_empty(st->trash);
  py_trash_unref(st->trash);
  st->trash = NULL;
}

static PyModuleDef_Slot module_slots[] = {
    {Py_mod_exec, module_exec},
    {0, NULL},
};

static struct PyModuleDef weir_module = {
    PyModuleDef_HEAD_INIT,
    .m_name = "grpc._weir",
    .m_doc = "libweir for Python; private to the package grpc.",
    .m_size = sizeof(py_state),
    .m_methods = module_methods,
    .m_slots = module_slots,
    .m_traverse = module_traverse,
    .m_clear = module_clear,
    .m_free = module_free,
};

PyMODINIT_FUNC PyInit__weir(void) { return PyModuleDef_Init(&weir_module); }
