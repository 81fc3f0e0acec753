/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
#include "h2/frame.h"

#include "base/cursor.h"

#define MAX UINT32_MAX /* only SETTINGS_MAX_FRAME_SIZE limits it */

enum { CONN = 1, STREAM = 2 };

static const struct {
  uint32_t min, max; /* payload, bytes */
  uint8_t on;        /* stream id 0 (CONN), another (STREAM) */
  uint8_t scope;     /* of a wrong length */
} frame_forms[WEIR_H2_FRAME_TYPES] = {
    /* clang-format off */
    /*                         min  max  on             wrong length */
    [WEIR_H2_DATA]          = { 0, MAX, STREAM,        WEIR_H2_SCOPE_CONN },
    [WEIR_H2_HEADERS]       = { 0, MAX, STREAM,        WEIR_H2_SCOPE_CONN },
    [WEIR_H2_PRIORITY]      = { 5, 5,   STREAM,        WEIR_H2_SCOPE_STREAM }, /* RFC 9113 6.3 */
    [WEIR_H2_RST_STREAM]    = { 4, 4,   STREAM,        WEIR_H2_SCOPE_CONN },
    [WEIR_H2_SETTINGS]      = { 0, MAX, CONN,          WEIR_H2_SCOPE_CONN },
    [WEIR_H2_PUSH_PROMISE]  = { 4, MAX, STREAM,        WEIR_H2_SCOPE_CONN },
    [WEIR_H2_PING]          = { 8, 8,   CONN,          WEIR_H2_SCOPE_CONN },
    [WEIR_H2_GOAWAY]        = { 8, MAX, CONN,          WEIR_H2_SCOPE_CONN },
    [WEIR_H2_WINDOW_UPDATE] = { 4, 4,   CONN | STREAM, WEIR_H2_SCOPE_CONN },
    [WEIR_H2_CONTINUATION]  = { 0, MAX, STREAM,        WEIR_H2_SCOPE_CONN },
    /* clang-format on */
};

weir_h2_frame weir_h2_frame_read(const uint8_t head[WEIR_H2_FRAME_HEAD]) {
  return (weir_h2_frame){
      .len = weir_load_be24(head),
      .type = head[3],
      .flags = head[4],
      .stream = weir_load_be32(head + 5) & WEIR_H2_MAX_STREAM_ID,
  };
}

weir_h2_error weir_h2_frame_check(const weir_h2_frame *f, uint32_t max_len) {
  if (f->len > max_len)
    return weir_h2_conn_err(WEIR_H2_FRAME_SIZE_ERROR, "frame longer than SETTINGS_MAX_FRAME_SIZE");
  if (f->type >= WEIR_H2_FRAME_TYPES) return weir_h2_no_error();
  if (!(frame_forms[f->type].on & (f->stream ? STREAM : CONN)))
    return weir_h2_conn_err(WEIR_H2_PROTOCOL_ERROR, f->stream ? "connection frame with a stream id"
                                                              : "stream frame without a stream id");
  bool fits = f->len >= frame_forms[f->type].min && f->len <= frame_forms[f->type].max;
  if (f->type == WEIR_H2_SETTINGS)
    fits = f->flags & WEIR_H2_FLAG_ACK ? f->len == 0 : f->len % WEIR_H2_SETTING_SIZE == 0;
  if (fits) return weir_h2_no_error();
  const char *why = "frame of a wrong length";
  return frame_forms[f->type].scope == WEIR_H2_SCOPE_STREAM ? weir_h2_stream_err(WEIR_H2_FRAME_SIZE_ERROR, why)
                                                            : weir_h2_conn_err(WEIR_H2_FRAME_SIZE_ERROR, why);
}

/* Takes the pad length from the front and the padding from the end. */
static weir_h2_error frame_unpad(const weir_h2_frame *f, weir_str *payload) {
  if (!(f->flags & WEIR_H2_FLAG_PADDED)) return weir_h2_no_error();
  if (payload->len < 1)
    return weir_h2_conn_err(WEIR_H2_FRAME_SIZE_ERROR, "padded frame without a pad length");
  size_t pad = (uint8_t)payload->data[0];
  if (pad >= payload->len)
    return weir_h2_conn_err(WEIR_H2_PROTOCOL_ERROR, "padding as long as its frame or longer");
  *payload = (weir_str){payload->data + 1, payload->len - 1 - pad};
  return weir_h2_no_error();
}

static weir_h2_priority priority_of(const uint8_t *p) {
  uint32_t on = weir_load_be32(p);
  return (weir_h2_priority){on & WEIR_H2_MAX_STREAM_ID, on >> 31, p[4]};
}

static weir_h2_error priority_check(const weir_h2_frame *f, const weir_h2_priority *p) {
  if (p->depends_on != f->stream) return weir_h2_no_error();
  return weir_h2_stream_err(WEIR_H2_PROTOCOL_ERROR, "stream that depends on itself"); /* RFC 7540 5.3.1 */
}

weir_h2_error weir_h2_read_data(const weir_h2_frame *f, weir_str payload, weir_str *data) {
  weir_h2_error e = frame_unpad(f, &payload);
  *data = payload;
  return e;
}

weir_h2_error weir_h2_read_headers(const weir_h2_frame *f, weir_str payload, weir_h2_headers_payload *out) {
  *out = (weir_h2_headers_payload){.has_priority = f->flags & WEIR_H2_FLAG_PRIORITY};
  weir_h2_error e = frame_unpad(f, &payload);
  if (e.scope) return e;
  if (out->has_priority) {
    if (payload.len < 5)
      return weir_h2_conn_err(WEIR_H2_FRAME_SIZE_ERROR, "HEADERS too short for its priority");
    out->priority = priority_of((const uint8_t *)payload.data);
    payload = (weir_str){payload.data + 5, payload.len - 5};
    e = priority_check(f, &out->priority);
  }
  out->fragment = payload;
  return e;
}

weir_h2_error weir_h2_read_push(const weir_h2_frame *f, weir_str payload, weir_h2_push_payload *out) {
  weir_h2_error e = frame_unpad(f, &payload);
  if (e.scope) return e;
  if (payload.len < 4) return weir_h2_conn_err(WEIR_H2_FRAME_SIZE_ERROR, "PUSH_PROMISE too short");
  out->promised = weir_load_be32((const uint8_t *)payload.data) & WEIR_H2_MAX_STREAM_ID;
  if (out->promised == 0 || out->promised % 2)
    return weir_h2_conn_err(WEIR_H2_PROTOCOL_ERROR, "PUSH_PROMISE of a stream id that no server may use");
  out->fragment = (weir_str){payload.data + 4, payload.len - 4};
  return e;
}

weir_h2_error weir_h2_read_priority(const weir_h2_frame *f, weir_str payload, weir_h2_priority *out) {
  *out = priority_of((const uint8_t *)payload.data);
  return priority_check(f, out);
}

weir_h2_error weir_h2_read_window_update(const weir_h2_frame *f, weir_str payload, uint32_t *increment) {
  *increment = weir_load_be32((const uint8_t *)payload.data) & WEIR_H2_MAX_WINDOW;
  if (*increment) return weir_h2_no_error();
  const char *why = "WINDOW_UPDATE by 0"; /* RFC 9113 6.9 */
  return f->stream ? weir_h2_stream_err(WEIR_H2_PROTOCOL_ERROR, why)
                   : weir_h2_conn_err(WEIR_H2_PROTOCOL_ERROR, why);
}

uint32_t weir_h2_read_rst_stream(weir_str payload) { return weir_load_be32((const uint8_t *)payload.data); }

uint64_t weir_h2_read_ping(weir_str payload) {
  const uint8_t *p = (const uint8_t *)payload.data;
  return (uint64_t)weir_load_be32(p) << 32 | weir_load_be32(p + 4);
}

weir_h2_goaway_payload weir_h2_read_goaway(weir_str payload) {
  const uint8_t *p = (const uint8_t *)payload.data;
  return (weir_h2_goaway_payload){
      weir_load_be32(p) & WEIR_H2_MAX_STREAM_ID, weir_load_be32(p + 4), {payload.data + 8, payload.len - 8}};
}

void weir_h2_read_setting(weir_str payload, size_t i, uint16_t *id, uint32_t *value) {
  const uint8_t *p = (const uint8_t *)payload.data + i * WEIR_H2_SETTING_SIZE;
  *id = (uint16_t)weir_load_be16(p);
  *value = weir_load_be32(p + 2);
}

const char *weir_h2_code_name(uint32_t code) {
  static const char *const names[] = {
      "NO_ERROR",
      "PROTOCOL_ERROR",
      "INTERNAL_ERROR",
      "FLOW_CONTROL_ERROR",
      "SETTINGS_TIMEOUT",
      "STREAM_CLOSED",
      "FRAME_SIZE_ERROR",
      "REFUSED_STREAM",
      "CANCEL",
      "COMPRESSION_ERROR",
      "CONNECT_ERROR",
      "ENHANCE_YOUR_CALM",
      "INADEQUATE_SECURITY",
      "HTTP_1_1_REQUIRED",
  };
  return code < sizeof names / sizeof names[0] ? names[code] : "UNKNOWN_ERROR";
}
