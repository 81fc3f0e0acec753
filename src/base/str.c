/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* str.c - views, status code names, error structs, metadata look-up. */
#include "base/err.h"
#include <weir/base.h>

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

weir_str weir_str_of(const char *cstr) { return (weir_str){cstr, cstr ? strlen(cstr) : 0}; }

bool weir_str_eq(weir_str a, weir_str b) {
  return a.len == b.len && (!a.len || !memcmp(a.data, b.data, a.len));
}

const char *weir_code_name(weir_code code) {
  static const char *const names[] = {
      [WEIR_OK] = "OK",
      [WEIR_CANCELLED] = "CANCELLED",
      [WEIR_UNKNOWN] = "UNKNOWN",
      [WEIR_INVALID_ARGUMENT] = "INVALID_ARGUMENT",
      [WEIR_DEADLINE_EXCEEDED] = "DEADLINE_EXCEEDED",
      [WEIR_NOT_FOUND] = "NOT_FOUND",
      [WEIR_ALREADY_EXISTS] = "ALREADY_EXISTS",
      [WEIR_PERMISSION_DENIED] = "PERMISSION_DENIED",
      [WEIR_RESOURCE_EXHAUSTED] = "RESOURCE_EXHAUSTED",
      [WEIR_FAILED_PRECONDITION] = "FAILED_PRECONDITION",
      [WEIR_ABORTED] = "ABORTED",
      [WEIR_OUT_OF_RANGE] = "OUT_OF_RANGE",
      [WEIR_UNIMPLEMENTED] = "UNIMPLEMENTED",
      [WEIR_INTERNAL] = "INTERNAL",
      [WEIR_UNAVAILABLE] = "UNAVAILABLE",
      [WEIR_DATA_LOSS] = "DATA_LOSS",
      [WEIR_UNAUTHENTICATED] = "UNAUTHENTICATED",
  };
  if (code >= 0 && code < (weir_code)(sizeof names / sizeof *names)) return names[code];
  return code == WEIR_PENDING ? "PENDING" : code == WEIR_EOF ? "EOF" : "UNKNOWN_CODE";
}

/* Drops a UTF-8 sequence that the end of the buffer cut in two. */
static void trim_utf8(char *s, size_t len) {
  size_t lead = len;
  while (lead > 0 && ((unsigned char)s[lead - 1] & 0xc0) == 0x80) lead--;
  if (lead == 0) return;
  unsigned char c = (unsigned char)s[lead - 1];
  size_t want = c < 0x80 ? 1 : c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : 2;
  if (len - (lead - 1) < want) s[lead - 1] = 0;
}

weir_code weir_error_set(weir_error *e, weir_code code, int sys, const char *fmt, ...) {
  if (!e) return code;
  char text[sizeof e->msg]; /* the arguments may point into *e */
  va_list ap;
  va_start(ap, fmt);
  int len = vsnprintf(text, sizeof text, fmt, ap);
  va_end(ap);
  if (len < 0) text[0] = 0;
  if (len >= (int)sizeof text) trim_utf8(text, sizeof text - 1);
  e->code = code;
  e->sys = sys;
  memcpy(e->msg, text, sizeof text);
  return code;
}

bool weir_kv_get(const weir_kv *kvs, size_t n, const char *key, weir_str *val) {
  weir_str want = weir_str_of(key);
  for (size_t i = 0; i < n; i++)
    if (weir_str_eq(kvs[i].key, want)) return *val = kvs[i].val, true;
  return false;
}

const char *weir_err_text(weir_err err) {
  switch (err) {
  case WEIR_EOK: return "success";
#define X(name, text) \
  case WEIR_E##name: return text;
    WEIR_ERR_MAP(X)
#undef X
  }
  return "unknown error";
}

#ifndef WEIR_VERSION
#define WEIR_VERSION "0.1.0"
#endif
const char *weir_version(void) { return WEIR_VERSION; }
