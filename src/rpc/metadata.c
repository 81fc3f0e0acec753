/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
#include "rpc/metadata.h"

#include "base/vec.h"
#include "rpc/status.h"

#include <string.h>

/* ---- names -------------------------------------------------------------------------------------------------- */

static bool name_is(weir_str name, const char *text) { return memcmp(name.data, text, name.len) == 0; }

weir_field_id weir_field_identify(weir_str name) {
  switch (name.len) {
  case 2: return name_is(name, "te") ? WEIR_FIELD_TE : WEIR_FIELD_CUSTOM;
  case 4: return name_is(name, "host") ? WEIR_FIELD_HOST : WEIR_FIELD_CUSTOM;
  case 5: return name_is(name, ":path") ? WEIR_FIELD_PATH : WEIR_FIELD_CUSTOM;
  case 7:
    if (name.data[0] != ':') return WEIR_FIELD_CUSTOM;
    if (name_is(name, ":status")) return WEIR_FIELD_STATUS;
    if (name_is(name, ":method")) return WEIR_FIELD_METHOD;
    return name_is(name, ":scheme") ? WEIR_FIELD_SCHEME : WEIR_FIELD_CUSTOM;
  case 10: return name_is(name, ":authority") ? WEIR_FIELD_AUTHORITY : WEIR_FIELD_CUSTOM;
  case 11: return name_is(name, "grpc-status") ? WEIR_FIELD_GRPC_STATUS : WEIR_FIELD_CUSTOM;
  case 12:
    if (name_is(name, "content-type")) return WEIR_FIELD_CONTENT_TYPE;
    if (name_is(name, "grpc-message")) return WEIR_FIELD_GRPC_MESSAGE;
    return name_is(name, "grpc-timeout") ? WEIR_FIELD_GRPC_TIMEOUT : WEIR_FIELD_CUSTOM;
  case 13: return name_is(name, "grpc-encoding") ? WEIR_FIELD_GRPC_ENCODING : WEIR_FIELD_CUSTOM;
  case 14: return name_is(name, "content-length") ? WEIR_FIELD_CONTENT_LENGTH : WEIR_FIELD_CUSTOM;
  case 17: return name_is(name, "grpc-message-type") ? WEIR_FIELD_GRPC_MESSAGE_TYPE : WEIR_FIELD_CUSTOM;
  case 20: return name_is(name, "grpc-accept-encoding") ? WEIR_FIELD_GRPC_ACCEPT_ENCODING : WEIR_FIELD_CUSTOM;
  default: return WEIR_FIELD_CUSTOM;
  }
}

static bool key_has_legal_bytes(weir_str key) {
  for (size_t i = 0; i < key.len; i++) {
    char c = key.data[i];
    if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.')) return false;
  }
  return key.len > 0;
}

/* What starts with "grpc-" is reserved, but for these: the layers above send them as metadata. */
static bool key_is_reserved(weir_str key) {
  static const char *const open[] = {
      "grpc-status-details-bin", "grpc-retry-pushback-ms", "grpc-previous-rpc-attempts",
      "grpc-trace-bin",          "grpc-tags-bin",          "grpc-server-stats-bin"};
  if (key.len < 5 || memcmp(key.data, "grpc-", 5) != 0) return false;
  for (size_t i = 0; i < sizeof open / sizeof *open; i++)
    if (weir_str_eq(key, weir_str_of(open[i]))) return false;
  return true;
}

/* RFC 9113 8.2.2: fields of the connection make a message malformed; user-agent is the engine's to write. */
static bool key_is_of_connection(weir_str key) {
  static const char *const names[] = {"connection",        "keep-alive", "proxy-connection",
                                      "transfer-encoding", "upgrade",    "user-agent"};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    if (weir_str_eq(key, weir_str_of(names[i]))) return true;
  return false;
}

bool weir_metadata_is_legal(const weir_kv *kv) {
  if (!key_has_legal_bytes(kv->key) || key_is_reserved(kv->key) || key_is_of_connection(kv->key))
    return false;
  if (weir_field_identify(kv->key) != WEIR_FIELD_CUSTOM) return false;
  if (weir_metadata_is_bin(kv->key)) return true;
  for (size_t i = 0; i < kv->val.len; i++)
    if (kv->val.data[i] < 0x20 || kv->val.data[i] > 0x7e) return false;
  return true;
}

/* ---- base64 ------------------------------------------------------------------------------------------------- */

static const char base64_alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

size_t weir_base64_encode(weir_str in, char *out) {
  const unsigned char *p = (const unsigned char *)in.data;
  char *q = out;
  size_t n = in.len;
  for (; n >= 3; n -= 3, p += 3) {
    *q++ = base64_alphabet[p[0] >> 2];
    *q++ = base64_alphabet[(p[0] & 3) << 4 | p[1] >> 4];
    *q++ = base64_alphabet[(p[1] & 15) << 2 | p[2] >> 6];
    *q++ = base64_alphabet[p[2] & 63];
  }
  if (n) {
    *q++ = base64_alphabet[p[0] >> 2];
    *q++ = base64_alphabet[(p[0] & 3) << 4 | (n == 2 ? p[1] >> 4 : 0)];
    if (n == 2) *q++ = base64_alphabet[(p[1] & 15) << 2];
  }
  return (size_t)(q - out);
}

static int base64_digit(char c) {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (c >= '0' && c <= '9') return c - '0' + 52;
  return c == '+' ? 62 : c == '/' ? 63 : -1;
}

bool weir_base64_decode(weir_str in, char *out, size_t *out_len) {
  size_t n = in.len, len = 0;
  if (n && n % 4 == 0) { /* padding fills the last group, or is absent */
    if (in.data[n - 1] == '=') n--;
    if (n < in.len && in.data[n - 1] == '=') n--;
  }
  if (n % 4 == 1) return false;
  uint32_t bits = 0;
  for (size_t i = 0; i < n; i++) {
    int digit = base64_digit(in.data[i]);
    if (digit < 0) return false;
    bits = bits << 6 | (uint32_t)digit;
    if (i % 4 == 0) continue;
    out[len++] = (char)(bits >> (6 - 2 * (i % 4)) & 0xff);
  }
  *out_len = len;
  return true;
}

/* RFC 9113 8.2.1: a field value neither starts nor ends with white space. */
static weir_str value_trim(weir_str v) {
  while (v.len && v.data[0] == ' ') v.data++, v.len--;
  while (v.len && v.data[v.len - 1] == ' ') v.len--;
  return v;
}

/* ---- reading ------------------------------------------------------------------------------------------------ */

static weir_err metadata_add(weir_metadata *m, weir_mem mem, weir_str key, weir_str val) {
  if (m->n == WEIR_METADATA_MAX_PAIRS) return WEIR_ELIMIT;
  struct {
    weir_kv *data;
    size_t len, cap;
  } v = {m->kvs, m->n, m->cap};
  if (!WEIR_VEC_RESERVE(mem, &v, 1)) return WEIR_ENOMEM;
  v.data[v.len++] = (weir_kv){key, val};
  m->kvs = v.data;
  m->n = v.len;
  m->cap = v.cap;
  return WEIR_EOK;
}

/* Values of one name may have been joined with commas on the way, which base64 does not have. */
static weir_err metadata_add_bin(weir_metadata *m, weir_mem mem, weir_str key, weir_str joined) {
  for (bool last = false; !last;) {
    const char *comma = joined.len ? memchr(joined.data, ',', joined.len) : NULL;
    weir_str part = {joined.data, comma ? (size_t)(comma - joined.data) : joined.len};
    last = !comma;
    if (comma) joined = (weir_str){comma + 1, joined.len - part.len - 1};
    char *out = m->bin + m->bin_len; /* room was made for the whole block */
    size_t len = 0;
    if (!weir_base64_decode(value_trim(part), out, &len)) return WEIR_EINVALID;
    m->bin_len += len;
    weir_err err = metadata_add(m, mem, key, (weir_str){out, len});
    if (err) return err;
  }
  return WEIR_EOK;
}

/* Room for all that will be decoded: views into it must not move. */
static bool metadata_room(weir_metadata *m, weir_mem mem, const weir_hpack_field *fields, size_t n) {
  size_t need = 0;
  m->bin_len = 0;
  for (size_t i = 0; i < n; i++)
    if (weir_metadata_is_bin(fields[i].name) || weir_field_identify(fields[i].name) == WEIR_FIELD_GRPC_MESSAGE)
      need += fields[i].value.len + 1; /* never NULL where something is decoded */
  if (need <= m->bin_cap) return true;
  char *p = weir_mem_resize(mem, m->bin, m->bin_cap, need);
  if (!p) return false;
  m->bin = p;
  m->bin_cap = need;
  return true;
}

static weir_err metadata_read_one(weir_metadata *m, weir_mem mem, weir_str name, weir_str value) {
  weir_field_id id = weir_field_identify(name);
  if (id == WEIR_FIELD_CUSTOM) {
    if (weir_metadata_is_bin(name)) return metadata_add_bin(m, mem, name, value);
    return metadata_add(m, mem, name, value);
  }
  if (m->known[id].data) return WEIR_EOK;
  m->known[id] = value.data ? value : WEIR_STR("");
  if (id == WEIR_FIELD_GRPC_MESSAGE) {
    m->known[id] = weir_status_decode_text(m->known[id], m->bin + m->bin_len);
    m->bin_len += value.len;
  }
  return WEIR_EOK;
}

weir_err weir_metadata_read(weir_metadata *m, weir_mem mem, const weir_hpack_field *fields, size_t n,
                            weir_str *bad_key) {
  weir_err err = WEIR_EOK;
  weir_zero(m->known, sizeof m->known);
  m->n = 0;
  if (!metadata_room(m, mem, fields, n)) return WEIR_ENOMEM;
  for (size_t i = 0; i < n; i++) {
    weir_err e = metadata_read_one(m, mem, fields[i].name, fields[i].value);
    if (e && e != WEIR_EINVALID) return e;
    if (e && !err) *bad_key = fields[i].name, err = e;
  }
  return err;
}

void weir_metadata_fini(weir_metadata *m, weir_mem mem) {
  weir_mem_free(mem, m->kvs, m->cap * sizeof *m->kvs);
  weir_mem_free(mem, m->bin, m->bin_cap);
  *m = (weir_metadata){0};
}

/* ---- writing ------------------------------------------------------------------------------------------------ */

static bool fields_text_room(weir_field_list *l, weir_mem mem, size_t n) {
  if (l->text_cap >= n) return true;
  char *p = weir_mem_resize(mem, l->text, l->text_cap, n);
  if (!p) return false;
  l->text = p;
  l->text_cap = n;
  return true;
}

weir_err weir_fields_begin(weir_field_list *l, weir_mem mem, size_t n_own, size_t text_len,
                           const weir_kv *kvs, size_t n) {
  l->len = l->text_len = 0;
  for (size_t i = 0; i < n; i++) {
    if (!weir_metadata_is_legal(&kvs[i])) return WEIR_EINVALID;
    if (weir_metadata_is_bin(kvs[i].key)) text_len += weir_base64_len(kvs[i].val.len);
  }
  if (!WEIR_VEC_RESERVE(mem, l, n_own + n) || !fields_text_room(l, mem, text_len)) return WEIR_ENOMEM;
  return WEIR_EOK;
}

void weir_fields_add_metadata(weir_field_list *l, const weir_kv *kvs, size_t n) {
  for (size_t i = 0; i < n; i++) {
    weir_hpack_field f = {.name = kvs[i].key};
    if (weir_metadata_is_bin(kvs[i].key)) {
      size_t len = weir_base64_len(kvs[i].val.len);
      f.value = (weir_str){weir_fields_text(l, len), len};
      weir_base64_encode(kvs[i].val, (char *)(uintptr_t)f.value.data);
      f.no_index = true; /* mostly ids that never come again */
    } else {
      f.value = value_trim(kvs[i].val);
    }
    weir_fields_add(l, f);
  }
}

void weir_fields_fini(weir_field_list *l, weir_mem mem) {
  WEIR_VEC_FREE(mem, l);
  weir_mem_free(mem, l->text, l->text_cap);
  *l = (weir_field_list){0};
}
