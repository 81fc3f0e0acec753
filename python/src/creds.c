/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* creds.c - _weir.Creds: TLS credentials of either side. */
#include "creds.h"

static PyObject *creds_new(PyTypeObject *type, PyObject *args, PyObject *kw) {
  static char *names[] = {"ca", "cert", "key", "server_name", "need_client_cert", NULL};
  PyObject *ca = Py_None, *cert = Py_None, *key = Py_None;
  weir_tls_opts o = {.size = sizeof o};
  weir_error e = {.msg = ""};
  if (!PyArg_ParseTupleAndKeywords(args, kw, "|OOOzI", names, &ca, &cert, &key, &o.server_name,
                                   &o.need_client_cert))
    return NULL;
  if (!py_to_view(ca, &o.ca_pem) || !py_to_view(cert, &o.cert_pem) || !py_to_view(key, &o.key_pem))
    return NULL;
  weir_creds *creds = weir_creds_tls(&o, &e);
  if (!creds) {
    PyErr_SetString(PyExc_ValueError, e.msg);
    return NULL;
  }
  py_creds *self = (py_creds *)PyType_GenericAlloc(type, 0);
  if (self)
    self->creds = creds;
  else
    weir_creds_unref(creds);
  return (PyObject *)self;
}

static void creds_dealloc(PyObject *self) {
  PyTypeObject *type = Py_TYPE(self);
  weir_creds_unref(((py_creds *)self)->creds);
  PyObject_Free(self);
  Py_DECREF(type);
}

weir_creds *py_to_creds(py_state *st, PyObject *o) {
  if (o == Py_None) return weir_creds_insecure();
  if (Py_TYPE(o) == st->creds) return ((py_creds *)o)->creds;
  PyErr_SetString(PyExc_TypeError, "expected _weir.Creds or None");
  return NULL;
}

static PyType_Slot creds_slots[] = {
    {Py_tp_new, creds_new},
    {Py_tp_dealloc, creds_dealloc},
    {0, NULL},
};

PyType_Spec py_creds_spec = {
    .name = "grpc._weir.Creds",
    .basicsize = sizeof(py_creds),
    .flags = Py_TPFLAGS_DEFAULT,
    .slots = creds_slots,
};
