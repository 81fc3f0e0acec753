/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
#include "schema/wire.h"

#include <string.h>

#define MAX_VARINT 10

static size_t put_varint(char *p, uint64_t value) {
  size_t n = 0;
  for (; value >= 0x80; value >>= 7) p[n++] = (char)(value | 0x80);
  p[n++] = (char)value;
  return n;
}

void weir_wire_varint(weir_bytes *out, uint64_t value) {
  char *p = weir_bytes_reserve(out, MAX_VARINT);
  if (p) out->len += put_varint(p, value);
}

void weir_wire_tag(weir_bytes *out, uint32_t field, uint32_t wire_type) {
  weir_wire_varint(out, (uint64_t)field << 3 | wire_type);
}

void weir_wire_int(weir_bytes *out, uint32_t field, int64_t value) {
  weir_wire_tag(out, field, 0);
  weir_wire_varint(out, (uint64_t)value);
}

void weir_wire_str(weir_bytes *out, uint32_t field, weir_str text) {
  weir_wire_tag(out, field, 2);
  weir_wire_varint(out, text.len);
  weir_bytes_append_str(out, text);
}

static void put_fixed(weir_bytes *out, uint64_t bits, size_t n) {
  char *p = weir_bytes_reserve(out, n);
  if (!p) return;
  for (size_t i = 0; i < n; i++) p[i] = (char)(bits >> (8 * i));
  out->len += n;
}

void weir_wire_put32(weir_bytes *out, uint32_t bits) { put_fixed(out, bits, 4); }
void weir_wire_put64(weir_bytes *out, uint64_t bits) { put_fixed(out, bits, 8); }

void weir_wire_fixed32(weir_bytes *out, uint32_t field, uint32_t bits) {
  weir_wire_tag(out, field, 5);
  put_fixed(out, bits, 4);
}

void weir_wire_fixed64(weir_bytes *out, uint32_t field, uint64_t bits) {
  weir_wire_tag(out, field, 1);
  put_fixed(out, bits, 8);
}

/* One byte is left for the length; a longer one moves the body. */
size_t weir_wire_open(weir_bytes *out, uint32_t field) {
  weir_wire_tag(out, field, 2);
  weir_wire_varint(out, 0);
  return out->len;
}

void weir_wire_close(weir_bytes *out, size_t opened) {
  char length[MAX_VARINT];
  if (out->failed) return;
  size_t len = out->len - opened, n = put_varint(length, len);
  if (!weir_bytes_reserve(out, n)) return;
  memmove(out->data + opened - 1 + n, out->data + opened, len);
  memcpy(out->data + opened - 1, length, n);
  out->len += n - 1;
}
