/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* frame.h - frames as bytes (RFC 9113 4 and 6): heads, and one function per kind of payload. Knows nothing of
 * connections or streams. Payloads are views of what was passed in. */
#ifndef WEIR_H2_FRAME_H
#define WEIR_H2_FRAME_H

#include "base/cursor.h"
#include "h2/h2.h"

enum weir_h2_frame_type {
  WEIR_H2_DATA = 0,
  WEIR_H2_HEADERS = 1,
  WEIR_H2_PRIORITY = 2,
  WEIR_H2_RST_STREAM = 3,
  WEIR_H2_SETTINGS = 4,
  WEIR_H2_PUSH_PROMISE = 5,
  WEIR_H2_PING = 6,
  WEIR_H2_GOAWAY = 7,
  WEIR_H2_WINDOW_UPDATE = 8,
  WEIR_H2_CONTINUATION = 9,
  WEIR_H2_FRAME_TYPES /* types from here on are ignored (RFC 9113 5.5) */
};

enum {
  WEIR_H2_FLAG_END_STREAM = 0x1,
  WEIR_H2_FLAG_ACK = 0x1,
  WEIR_H2_FLAG_END_HEADERS = 0x4,
  WEIR_H2_FLAG_PADDED = 0x8,
  WEIR_H2_FLAG_PRIORITY = 0x20,

  WEIR_H2_FRAME_HEAD = 9,   /* bytes */
  WEIR_H2_SETTING_SIZE = 6, /* bytes */
  WEIR_H2_PREFACE_LEN = 24,
  WEIR_H2_MAX_WINDOW = 0x7fffffff,
  WEIR_H2_MAX_STREAM_ID = 0x7fffffff,
};

#define WEIR_H2_PREFACE "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"

typedef struct weir_h2_frame {
  uint32_t len;
  uint8_t type, flags;
  uint32_t stream; /* the reserved bit is dropped */
} weir_h2_frame;

weir_h2_frame weir_h2_frame_read(const uint8_t head[WEIR_H2_FRAME_HEAD]);
static inline void weir_h2_frame_write(char *head, size_t len, uint8_t type, uint8_t flags, uint32_t stream) {
  uint8_t *p = (uint8_t *)head;
  weir_store_be32(p, (uint32_t)len << 8 | type);
  p[4] = flags;
  weir_store_be32(p + 5, stream);
}

static inline weir_h2_error weir_h2_no_error(void) { return (weir_h2_error){WEIR_H2_SCOPE_NONE, 0, NULL}; }
static inline weir_h2_error weir_h2_conn_err(uint32_t code, const char *why) {
  return (weir_h2_error){WEIR_H2_SCOPE_CONN, code, why};
}
static inline weir_h2_error weir_h2_stream_err(uint32_t code, const char *why) {
  return (weir_h2_error){WEIR_H2_SCOPE_STREAM, code, why};
}

/** What RFC 9113 6 says of a frame's head alone: its length and whether it belongs to a stream. Frames of unknown
 * type are always right. max_len is our SETTINGS_MAX_FRAME_SIZE. */
weir_h2_error weir_h2_frame_check(const weir_h2_frame *f, uint32_t max_len);

typedef struct weir_h2_priority {
  uint32_t depends_on;
  bool exclusive;
  uint8_t weight; /* one less than the weight it means, as on the wire */
} weir_h2_priority;

typedef struct weir_h2_headers_payload {
  bool has_priority;
  weir_h2_priority priority;
  weir_str fragment;
} weir_h2_headers_payload;

typedef struct weir_h2_push_payload {
  uint32_t promised;
  weir_str fragment;
} weir_h2_push_payload;

typedef struct weir_h2_goaway_payload {
  uint32_t last_stream, code;
  weir_str debug;
} weir_h2_goaway_payload;

/* Each takes the whole payload of a frame that weir_h2_frame_check has passed. */
weir_h2_error weir_h2_read_data(const weir_h2_frame *f, weir_str payload, weir_str *data);
weir_h2_error weir_h2_read_headers(const weir_h2_frame *f, weir_str payload, weir_h2_headers_payload *out);
weir_h2_error weir_h2_read_push(const weir_h2_frame *f, weir_str payload, weir_h2_push_payload *out);
weir_h2_error weir_h2_read_priority(const weir_h2_frame *f, weir_str payload, weir_h2_priority *out);
weir_h2_error weir_h2_read_window_update(const weir_h2_frame *f, weir_str payload, uint32_t *increment);
uint32_t weir_h2_read_rst_stream(weir_str payload);
uint64_t weir_h2_read_ping(weir_str payload);
weir_h2_goaway_payload weir_h2_read_goaway(weir_str payload);
/** The i-th entry of a SETTINGS payload. */
void weir_h2_read_setting(weir_str payload, size_t i, uint16_t *id, uint32_t *value);

#endif
