/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
#include "rpc/status.h"

#include "h2/h2.h"

#include <string.h>

#define WEIR_STATUS_MAX WEIR_UNAUTHENTICATED

weir_code weir_status_parse(weir_str value) {
  if (value.len < 1 || value.len > 2) return WEIR_UNKNOWN;
  weir_code code = 0;
  for (size_t i = 0; i < value.len; i++) {
    if (value.data[i] < '0' || value.data[i] > '9') return WEIR_UNKNOWN;
    code = code * 10 + (value.data[i] - '0');
  }
  if (value.len == 2 && value.data[0] == '0') return WEIR_UNKNOWN;
  return code <= WEIR_STATUS_MAX ? code : WEIR_UNKNOWN;
}

weir_str weir_status_format(weir_code code) {
  static const char digits[] = "0123456789";
  static const char tens[] = "10111213141516";
  if (code < 0 || code > WEIR_STATUS_MAX) code = WEIR_UNKNOWN;
  return code < 10 ? (weir_str){digits + code, 1} : (weir_str){tens + 2 * (code - 10), 2};
}

weir_code weir_status_of_http(uint32_t http_status) {
  switch (http_status) {
  case 400:
  case 431: return WEIR_INTERNAL;
  case 401: return WEIR_UNAUTHENTICATED;
  case 403: return WEIR_PERMISSION_DENIED;
  case 404: return WEIR_UNIMPLEMENTED;
  case 429:
  case 502:
  case 503:
  case 504: return WEIR_UNAVAILABLE;
  default: return WEIR_UNKNOWN;
  }
}

weir_code weir_status_of_h2(uint32_t h2_code) {
  switch (h2_code) {
  case WEIR_H2_REFUSED_STREAM: return WEIR_UNAVAILABLE;
  case WEIR_H2_CANCEL: return WEIR_CANCELLED;
  case WEIR_H2_ENHANCE_YOUR_CALM: return WEIR_RESOURCE_EXHAUSTED;
  case WEIR_H2_INADEQUATE_SECURITY: return WEIR_PERMISSION_DENIED;
  default: return WEIR_INTERNAL;
  }
}

weir_code weir_status_of_err(weir_err err) {
  switch (err) {
  case WEIR_EOK: return WEIR_OK;
  case WEIR_ENOMEM:
  case WEIR_ELIMIT: return WEIR_RESOURCE_EXHAUSTED;
  case WEIR_EPROTO:
  case WEIR_ECLOSED:
  case WEIR_ESYS: return WEIR_UNAVAILABLE;
  case WEIR_EINVALID: break;
  }
  return WEIR_INTERNAL;
}

/* grpc doc/PROTOCOL-HTTP2.md "Percent-Byte-Unencoded". */
static bool status_is_plain(weir_str text, size_t i) {
  unsigned char c = (unsigned char)text.data[i];
  if (c == ' ') return i != 0 && i != text.len - 1;
  return c > 0x20 && c < 0x7f && c != '%';
}

size_t weir_status_encoded_len(weir_str text) {
  size_t n = text.len;
  for (size_t i = 0; i < text.len; i++)
    if (!status_is_plain(text, i)) n += 2;
  return n;
}

size_t weir_status_encode_text(weir_str text, char *out) {
  static const char hex[] = "0123456789ABCDEF";
  char *p = out;
  for (size_t i = 0; i < text.len; i++) {
    unsigned char c = (unsigned char)text.data[i];
    if (status_is_plain(text, i)) {
      *p++ = (char)c;
    } else {
      *p++ = '%';
      *p++ = hex[c >> 4];
      *p++ = hex[c & 15];
    }
  }
  return (size_t)(p - out);
}

static int status_hex(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

weir_str weir_status_decode_text(weir_str text, char *out) {
  if (!text.len || !memchr(text.data, '%', text.len)) return text;
  char *p = out;
  for (size_t i = 0; i < text.len; i++) {
    int high = -1, low = -1;
    if (text.data[i] == '%' && text.len - i > 2) {
      high = status_hex(text.data[i + 1]);
      low = status_hex(text.data[i + 2]);
    }
    if (high >= 0 && low >= 0) {
      *p++ = (char)(high << 4 | low);
      i += 2;
    } else {
      *p++ = text.data[i];
    }
  }
  return (weir_str){out, (size_t)(p - out)};
}
