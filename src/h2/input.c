/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* Input comes cut anywhere. Each phase takes what is there and names the next one:
 *
 *   preface (server) -> head -> payload  -> head    frames that are handled whole
 *                       head -> pad_len -> data -> skip -> head   DATA, handed on as it comes
 *                       head -> skip     -> head    frames that are ignored, padding
 */
#include "h2/conn.h"

#include <string.h>

static weir_h2_expect expect_payload, expect_pad_len, expect_data, expect_skip;

/* Which frame may come where, and who handles it. RFC 9113 5.1; what is not legal is answered by stream_rule. */
static const struct {
  weir_h2_handler *handle; /* NULL: DATA, which has phases of its own */
  uint8_t legal;           /* where its stream may stand */
} frame_rules[WEIR_H2_FRAME_TYPES] = {
#define IDLE     WEIR_H2_AT_IDLE
#define OPEN     WEIR_H2_AT_OPEN
#define CLOSED   WEIR_H2_AT_CLOSED
#define OVER     (WEIR_H2_AT_RESET | WEIR_H2_AT_ENDED | WEIR_H2_AT_FORGOTTEN)
#define ANYWHERE 0xff
    /* clang-format off */
    /*                         handler                     stream stands */
    [WEIR_H2_DATA]          = { NULL,                      OPEN },
    [WEIR_H2_HEADERS]       = { weir_h2_on_headers,        ANYWHERE }, /* judged when the block is decoded */
    [WEIR_H2_PRIORITY]      = { weir_h2_on_priority,       ANYWHERE },
    [WEIR_H2_RST_STREAM]    = { weir_h2_on_rst_stream,     OPEN | CLOSED | OVER },
    [WEIR_H2_SETTINGS]      = { weir_h2_on_settings,       ANYWHERE },
    [WEIR_H2_PUSH_PROMISE]  = { weir_h2_on_push_promise,   ANYWHERE },
    [WEIR_H2_PING]          = { weir_h2_on_ping,           ANYWHERE },
    [WEIR_H2_GOAWAY]        = { weir_h2_on_goaway,         ANYWHERE },
    [WEIR_H2_WINDOW_UPDATE] = { weir_h2_on_window_update,  OPEN | CLOSED | OVER },
    [WEIR_H2_CONTINUATION]  = { weir_h2_on_continuation,   ANYWHERE },
    /* clang-format on */
};

static bool stream_is_idle(const weir_h2 *h2, uint32_t id) {
  if (id % 2 == 0) return true; /* only push would use them */
  return h2->is_client ? id >= h2->next_id : id > h2->last_peer_id;
}

unsigned weir_h2_stream_at(const weir_h2 *h2, uint32_t id, weir_h2_stream **out) {
  weir_h2_stream *s = weir_h2_streams_find(&h2->streams, id);
  *out = s;
  if (s) {
    if (s->is_reset) return s->reset_by_peer ? WEIR_H2_AT_ENDED : WEIR_H2_AT_RESET;
    if (s->is_detached) return WEIR_H2_AT_RESET;
    return s->recv == WEIR_H2_OPEN ? WEIR_H2_AT_OPEN : WEIR_H2_AT_CLOSED;
  }
  if (stream_is_idle(h2, id)) return WEIR_H2_AT_IDLE;
  switch (weir_h2_streams_how_ended(&h2->streams, id)) {
  case WEIR_H2_RESET_BY_US: return WEIR_H2_AT_RESET;
  case WEIR_H2_ENDED: return WEIR_H2_AT_ENDED;
  default: return WEIR_H2_AT_FORGOTTEN;
  }
}

weir_h2_error weir_h2_stream_rule(const weir_h2 *h2, uint8_t type, unsigned at, bool *ignore) {
  *ignore = false;
  bool is_headers = type == WEIR_H2_HEADERS;
  switch (at) {
  case WEIR_H2_AT_IDLE: return weir_h2_conn_err(WEIR_H2_PROTOCOL_ERROR, "frame for an idle stream");
  case WEIR_H2_AT_OPEN: return weir_h2_no_error();
  case WEIR_H2_AT_CLOSED: return weir_h2_stream_err(WEIR_H2_STREAM_CLOSED, "frame behind END_STREAM");
  case WEIR_H2_AT_ENDED:
    return is_headers ? weir_h2_conn_err(WEIR_H2_STREAM_CLOSED, "HEADERS for a closed stream")
                      : weir_h2_stream_err(WEIR_H2_STREAM_CLOSED, "frame for a closed stream");
  case WEIR_H2_AT_FORGOTTEN:
    if (!h2->is_client)
      return is_headers
                 ? weir_h2_conn_err(WEIR_H2_PROTOCOL_ERROR, "stream id lower than one used before") /* 5.1.1 */
                 : weir_h2_stream_err(WEIR_H2_STREAM_CLOSED, "frame for a closed stream");
    break;
  default: break;
  }
  *ignore = true;
  return weir_h2_no_error();
}

/* ---- phases ---------------------------------------------------------------------------------------------- */

weir_h2_error weir_h2_expect_preface(weir_h2 *h2, weir_str *in, weir_h2_event *ev) {
  (void)ev;
  size_t n = WEIR_H2_PREFACE_LEN - h2->in.head_len;
  if (n > in->len) n = in->len;
  if (memcmp(in->data, &WEIR_H2_PREFACE[h2->in.head_len], n) != 0)
    return weir_h2_conn_err(WEIR_H2_PROTOCOL_ERROR, "not the HTTP/2 connection preface");
  *in = (weir_str){in->data + n, in->len - n};
  h2->in.head_len += n;
  if (h2->in.head_len == WEIR_H2_PREFACE_LEN) {
    h2->in.head_len = 0;
    h2->in.expect = weir_h2_expect_head;
  }
  return weir_h2_no_error();
}

static void input_skip(weir_h2 *h2, size_t len) {
  h2->in.left = len;
  h2->in.expect = len ? expect_skip : weir_h2_expect_head;
}

/* Order among frames: SETTINGS comes first (3.4), nothing comes between the parts of a block (4.3). */
static weir_h2_error frame_order_check(const weir_h2 *h2, const weir_h2_frame *f) {
  if (!h2->got_settings && (f->type != WEIR_H2_SETTINGS || f->flags & WEIR_H2_FLAG_ACK))
    return weir_h2_conn_err(WEIR_H2_PROTOCOL_ERROR, "first frame is not SETTINGS");
  if (h2->block.open && (f->type != WEIR_H2_CONTINUATION || f->stream != h2->block.stream))
    return weir_h2_conn_err(WEIR_H2_PROTOCOL_ERROR, "header block interrupted");
  if (!h2->block.open && f->type == WEIR_H2_CONTINUATION)
    return weir_h2_conn_err(WEIR_H2_PROTOCOL_ERROR, "CONTINUATION without a header block");
  return weir_h2_no_error();
}

static weir_h2_error data_start(weir_h2 *h2, size_t pad_len, size_t pad, weir_h2_event *ev);

static weir_h2_error frame_handle(weir_h2 *h2, weir_str payload, weir_h2_event *ev) {
  const weir_h2_frame *f = &h2->in.frame;
  h2->in.expect = weir_h2_expect_head;
  if (f->stream && frame_rules[f->type].legal != ANYWHERE) {
    weir_h2_stream *s;
    bool ignore;
    unsigned at = weir_h2_stream_at(h2, f->stream, &s);
    if (!(frame_rules[f->type].legal & at)) return weir_h2_stream_rule(h2, f->type, at, &ignore);
  }
  return frame_rules[f->type].handle(h2, f, payload, ev);
}

static weir_h2_error frame_start(weir_h2 *h2, weir_h2_event *ev) {
  const weir_h2_frame *f = &h2->in.frame;
  weir_h2_error e = weir_h2_frame_check(f, h2->opts.max_frame_size);
  if (e.scope == WEIR_H2_SCOPE_CONN) return e;
  weir_h2_error order = frame_order_check(h2, f);
  if (order.scope) return order;
  if (e.scope) {
    input_skip(h2, f->len);
    return e;
  }
  if (f->type >= WEIR_H2_FRAME_TYPES) {
    input_skip(h2, f->len);
    return weir_h2_useless(h2, 1);
  }
  weir_bytes_clear(&h2->in.payload);
  if (h2->in.payload.cap > WEIR_H2_KEEP_CHUNK) weir_bytes_fini(&h2->in.payload);
  if (f->type == WEIR_H2_DATA) {
    if (!(f->flags & WEIR_H2_FLAG_PADDED)) return data_start(h2, 0, 0, ev);
    if (f->len == 0) return weir_h2_conn_err(WEIR_H2_FRAME_SIZE_ERROR, "padded frame without a pad length");
    h2->in.expect = expect_pad_len;
    return weir_h2_no_error();
  }
  h2->in.expect = expect_payload;
  return f->len ? weir_h2_no_error() : frame_handle(h2, (weir_str){"", 0}, ev);
}

weir_h2_error weir_h2_expect_head(weir_h2 *h2, weir_str *in, weir_h2_event *ev) {
  if (h2->in.head_len == 0 && in->len >= WEIR_H2_FRAME_HEAD) {
    h2->in.frame = weir_h2_frame_read((const uint8_t *)in->data);
    *in = (weir_str){in->data + WEIR_H2_FRAME_HEAD, in->len - WEIR_H2_FRAME_HEAD};
    return frame_start(h2, ev);
  }
  size_t n = WEIR_H2_FRAME_HEAD - h2->in.head_len;
  if (n > in->len) n = in->len;
  memcpy(h2->in.head + h2->in.head_len, in->data, n);
  *in = (weir_str){in->data + n, in->len - n};
  h2->in.head_len += n;
  if (h2->in.head_len < WEIR_H2_FRAME_HEAD) return weir_h2_no_error();
  h2->in.head_len = 0;
  h2->in.frame = weir_h2_frame_read(h2->in.head);
  return frame_start(h2, ev);
}

/* A whole payload: where it lies if it came in one piece, or else gathered. */
static weir_h2_error expect_payload(weir_h2 *h2, weir_str *in, weir_h2_event *ev) {
  size_t have = weir_bytes_size(&h2->in.payload), n = h2->in.frame.len - have;
  if (n > in->len) n = in->len;
  weir_str part = {in->data, n};
  *in = (weir_str){in->data + n, in->len - n};
  if (n == h2->in.frame.len) return frame_handle(h2, part, ev);
  if (have == 0 && !weir_bytes_reserve(&h2->in.payload, h2->in.frame.len)) {
    weir_h2_fail(h2, WEIR_ENOMEM, weir_h2_conn_err(WEIR_H2_INTERNAL_ERROR, "out of memory"));
    return weir_h2_no_error();
  }
  weir_bytes_append_str(&h2->in.payload, part);
  if (have + n < h2->in.frame.len) return weir_h2_no_error();
  return frame_handle(h2, weir_bytes_view(&h2->in.payload), ev);
}

static weir_h2_error expect_skip(weir_h2 *h2, weir_str *in, weir_h2_event *ev) {
  (void)ev;
  size_t n = h2->in.left < in->len ? h2->in.left : in->len;
  *in = (weir_str){in->data + n, in->len - n};
  input_skip(h2, h2->in.left - n);
  return weir_h2_no_error();
}

bool weir_h2_input_is_unfinished(const weir_h2 *h2) {
  return h2->block.open || h2->in.head_len > 0 || h2->in.expect == expect_payload;
}

/* ---- DATA ------------------------------------------------------------------------------------------------ */

static weir_h2_error expect_pad_len(weir_h2 *h2, weir_str *in, weir_h2_event *ev) {
  size_t pad = (uint8_t)in->data[0];
  *in = (weir_str){in->data + 1, in->len - 1};
  if (pad + 1 > h2->in.frame.len)
    return weir_h2_conn_err(WEIR_H2_PROTOCOL_ERROR, "padding as long as its frame or longer");
  return data_start(h2, 1, pad, ev);
}

static weir_h2_error data_length_check(weir_h2_stream *s, size_t len, bool end_stream) {
  if (s->body_left == WEIR_H2_NO_LENGTH) return weir_h2_no_error();
  if (len > s->body_left || (end_stream && len != s->body_left)) /* RFC 9113 8.1.1 */
    return weir_h2_stream_err(WEIR_H2_PROTOCOL_ERROR, "content-length and DATA differ");
  s->body_left -= len;
  return weir_h2_no_error();
}

/* Is this DATA frame, of len bytes of data in f->len bytes of payload, in order? */
static weir_h2_error data_check(weir_h2 *h2, weir_h2_stream **s, size_t len, bool *ignore) {
  const weir_h2_frame *f = &h2->in.frame;
  h2->bdp.bytes += f->len;
  if (!weir_h2_window_charge(&h2->recv_window, f->len))
    return weir_h2_conn_err(WEIR_H2_FLOW_CONTROL_ERROR, "DATA beyond the connection's window");
  weir_h2_error e = weir_h2_stream_rule(h2, WEIR_H2_DATA, weir_h2_stream_at(h2, f->stream, s), ignore);
  if (e.scope || *ignore) return e;
  if (!weir_h2_window_charge(&(*s)->recv_window, f->len))
    return weir_h2_stream_err(WEIR_H2_FLOW_CONTROL_ERROR, "DATA beyond the stream's window");
  if (!(*s)->got_headers) return weir_h2_stream_err(WEIR_H2_PROTOCOL_ERROR, "DATA before HEADERS");
  return data_length_check(*s, len, f->flags & WEIR_H2_FLAG_END_STREAM);
}

static void data_hand_out(weir_h2 *h2, weir_h2_stream *s, weir_str data, weir_h2_event *ev) {
  *ev = (weir_h2_event){
      .kind = WEIR_H2_EV_DATA, .stream = s->id, .user = s->user, .data = data, .flow = data.len};
  if (h2->in.left || !(h2->in.frame.flags & WEIR_H2_FLAG_END_STREAM)) return;
  ev->end_stream = true;
  weir_h2_stream_set_recv(&h2->streams, s, WEIR_H2_CLOSED);
  weir_h2_stream_may_be_over(h2, s);
}

/* pad_len: bytes that the pad length took; they and the padding are given back at once. */
static weir_h2_error data_start(weir_h2 *h2, size_t pad_len, size_t pad, weir_h2_event *ev) {
  const weir_h2_frame *f = &h2->in.frame;
  size_t len = f->len - pad_len - pad;
  weir_h2_stream *s;
  bool ignore;
  weir_h2_error e = data_check(h2, &s, len, &ignore);
  if (e.scope == WEIR_H2_SCOPE_CONN) return e;
  if (e.scope || ignore) {
    weir_h2_give_back(h2, f->len);
    input_skip(h2, f->len - pad_len);
    return e;
  }
  if (pad_len) weir_h2_consume(h2, f->stream, pad_len + pad);
  if (len == 0) {
    h2->in.left = 0;
    if (f->flags & WEIR_H2_FLAG_END_STREAM) data_hand_out(h2, s, (weir_str){"", 0}, ev);
    input_skip(h2, pad);
    return ev->end_stream ? e : weir_h2_useless(h2, 1);
  }
  h2->in.left = len;
  h2->in.pad = pad;
  h2->in.expect = expect_data;
  return e;
}

static weir_h2_error expect_data(weir_h2 *h2, weir_str *in, weir_h2_event *ev) {
  weir_h2_stream *s = weir_h2_streams_find(&h2->streams, h2->in.frame.stream);
  if (!s || s->is_reset || s->is_detached) { /* the user reset it between two parts of the frame */
    weir_h2_give_back(h2, h2->in.left);
    input_skip(h2, h2->in.left + h2->in.pad);
    return weir_h2_no_error();
  }
  size_t n = h2->in.left < in->len ? h2->in.left : in->len;
  weir_str data = {in->data, n};
  *in = (weir_str){in->data + n, in->len - n};
  h2->in.left -= n;
  data_hand_out(h2, s, data, ev);
  if (h2->in.left == 0) input_skip(h2, h2->in.pad);
  return weir_h2_no_error();
}
