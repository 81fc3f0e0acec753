/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
#include "rpc/message.h"

#include "base/cursor.h"

#include <string.h>

#define MESSAGE_FIRST_ALLOC 4096u
#define MESSAGE_KEEP        (16u * 1024) /* a body buffer larger than this is not kept for the next message */

static size_t message_min(size_t a, size_t b) { return a < b ? a : b; }

static void message_take(weir_str *in, size_t n) {
  if (!n) return; /* data may be NULL */
  in->data += n;
  in->len -= n;
}

static void message_drop_body(weir_message_reader *m, weir_mem mem) {
  if (m->large)
    weir_buf_unref(m->large);
  else
    weir_mem_free(mem, m->body, m->cap);
  m->large = NULL;
  m->body = NULL;
  m->cap = 0;
}

/* In a buffer that can be handed on: a large message is not copied again. */
static bool message_grow_large(weir_message_reader *m, weir_mem mem, size_t cap) {
  weir_buf *b = weir_buf_resize(m->large, cap);
  if (!b) return false;
  if (!m->large) {
    if (m->got) memcpy(weir_buf_bytes(b), m->body, m->got);
    message_drop_body(m, mem);
  }
  m->large = b;
  m->body = weir_buf_bytes(b);
  m->cap = cap;
  return true;
}

/* Only what has come is paid for: a prefix that announces 4 GiB costs its sender 4 GiB. */
static bool message_room(weir_message_reader *m, weir_mem mem, size_t n) {
  if (m->cap - m->got >= n) return true;
  size_t cap = m->cap ? m->cap * (m->large ? 4 : 2) : MESSAGE_FIRST_ALLOC;
  if (cap < m->got + n) cap = m->got + n;
  if (cap > m->len) cap = m->len; /* got + n never exceeds len */
  if (cap > MESSAGE_KEEP) return message_grow_large(m, mem, cap);
  char *body = weir_mem_resize(mem, m->body, m->cap, cap);
  if (!body) return false;
  m->body = body;
  m->cap = cap;
  return true;
}

static weir_message_result message_check(weir_message_reader *m, uint32_t max, bool encoded) {
  if (m->prefix[0] > 1) return WEIR_MESSAGE_BAD_FLAG;
  m->len = weir_load_be32(m->prefix + 1);
  if (m->len > max) return WEIR_MESSAGE_TOO_LARGE;
  return m->prefix[0] && !encoded ? WEIR_MESSAGE_COMPRESSED : WEIR_MESSAGE_WHOLE;
}

static weir_message_result message_whole(weir_message_reader *m, weir_str body, weir_str *out) {
  m->prefix_len = 0;
  m->got = 0;
  *out = body;
  return WEIR_MESSAGE_WHOLE;
}

weir_message_result weir_message_next(weir_message_reader *m, weir_mem mem, uint32_t max, bool encoded,
                                      weir_str *in, weir_str *out) {
  if (m->prefix_len < WEIR_MESSAGE_PREFIX) {
    if (!m->prefix_len && m->cap > MESSAGE_KEEP) weir_message_reset(m, mem);
    size_t n = message_min(in->len, (size_t)(WEIR_MESSAGE_PREFIX - m->prefix_len));
    if (!n) return WEIR_MESSAGE_MORE;
    if (n == WEIR_MESSAGE_PREFIX)
      memcpy(m->prefix, in->data, WEIR_MESSAGE_PREFIX); /* the usual case: a size that the compiler knows */
    else
      memcpy(m->prefix + m->prefix_len, in->data, n);
    m->prefix_len = (uint8_t)(m->prefix_len + n);
    message_take(in, n);
    if (m->prefix_len < WEIR_MESSAGE_PREFIX) return WEIR_MESSAGE_MORE;
    weir_message_result bad = message_check(m, max, encoded);
    if (bad != WEIR_MESSAGE_WHOLE) return bad;
  }
  if (!m->got && in->len >= m->len) { /* the usual case: nothing is copied */
    weir_str body = {in->data, m->len};
    message_take(in, m->len);
    return message_whole(m, body, out);
  }
  size_t n = message_min(in->len, m->len - m->got);
  if (!n) return WEIR_MESSAGE_MORE;
  if (!message_room(m, mem, n)) return WEIR_MESSAGE_NOMEM;
  memcpy(m->body + m->got, in->data, n);
  m->got += n;
  message_take(in, n);
  return m->got == m->len ? message_whole(m, (weir_str){m->body, m->len}, out) : WEIR_MESSAGE_MORE;
}

weir_buf *weir_message_buf(const weir_message_reader *m, weir_str out) {
  if (!m->large || out.data != m->body) return NULL;
  weir_buf_set_len(m->large, out.len);
  return m->large;
}

void weir_message_reset(weir_message_reader *m, weir_mem mem) {
  message_drop_body(m, mem);
  *m = (weir_message_reader){0};
}

void weir_message_prefix(uint8_t out[WEIR_MESSAGE_PREFIX], bool compressed, uint32_t len) {
  out[0] = compressed;
  weir_store_be32(out + 1, len);
}
