/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
#include "h2/out.h"

#include "base/assert.h"
#include "h2/limits.h"

void weir_h2_out_init(weir_h2_out *o, weir_mem mem) {
  *o = (weir_h2_out){weir_bytes_in(mem), weir_bytes_in(mem), weir_bytes_in(mem), 0, 0, 0};
}

static weir_h2_segment *out_first_segment(const weir_h2_out *o) {
  return (weir_h2_segment *)(void *)(o->segments.data + o->segments.at);
}
static size_t out_n_segments(const weir_h2_out *o) {
  return weir_bytes_size(&o->segments) / sizeof(weir_h2_segment);
}
static weir_h2_mark *out_first_mark(const weir_h2_out *o) {
  return (weir_h2_mark *)(void *)(o->marks.data + o->marks.at);
}
static size_t out_n_marks(const weir_h2_out *o) { return weir_bytes_size(&o->marks) / sizeof(weir_h2_mark); }

void weir_h2_out_fini(weir_h2_out *o) {
  for (size_t i = 0, n = out_n_segments(o); i < n; i++) weir_buf_unref(out_first_segment(o)[i].body);
  weir_bytes_fini(&o->bytes);
  weir_bytes_fini(&o->segments);
  weir_bytes_fini(&o->marks);
}

char *weir_h2_out_reserve(weir_h2_out *o, size_t n) {
  if (!weir_bytes_reserve(&o->segments, 3 * sizeof(weir_h2_segment))) return NULL;
  if (!weir_bytes_reserve(&o->marks, sizeof(weir_h2_mark))) return NULL;
  return weir_bytes_reserve(&o->bytes, n);
}

static void out_push_segment(weir_h2_out *o, weir_h2_segment s) {
  WEIR_ASSERT(o->segments.cap - o->segments.len >= sizeof s);
  *(weir_h2_segment *)(void *)(o->segments.data + o->segments.len) = s;
  o->segments.len += sizeof s;
}

void weir_h2_out_commit(weir_h2_out *o, size_t n) {
  o->bytes.len += n;
  o->put += n;
  size_t n_segments = out_n_segments(o);
  weir_h2_segment *last = n_segments ? &out_first_segment(o)[n_segments - 1] : NULL;
  if (last && !last->body)
    last->len += n;
  else
    out_push_segment(o, (weir_h2_segment){NULL, NULL, n});
}

void weir_h2_out_add_body(weir_h2_out *o, weir_buf *body, weir_str view) {
  out_push_segment(o, (weir_h2_segment){weir_buf_ref(body), view.data, view.len});
  o->put += view.len;
}

void weir_h2_out_mark(weir_h2_out *o, weir_h2_mark m) {
  m.end = o->put;
  o->acks += m.acks;
  size_t n = out_n_marks(o);
  weir_h2_mark *last = n ? &out_first_mark(o)[n - 1] : NULL;
  if (last && last->stream == m.stream) {
    last->end = m.end;
    last->bytes += m.bytes;
    last->acks += m.acks;
    last->end_stream |= m.end_stream;
    return;
  }
  WEIR_ASSERT(o->marks.cap - o->marks.len >= sizeof m);
  *(weir_h2_mark *)(void *)(o->marks.data + o->marks.len) = m;
  o->marks.len += sizeof m;
}

size_t weir_h2_out_peek(const weir_h2_out *o, weir_str out[], size_t cap) {
  size_t n = out_n_segments(o);
  if (n > cap) n = cap;
  if (n == 0) return 0; /* data may be NULL */
  const char *copied = o->bytes.data + o->bytes.at;
  for (size_t i = 0; i < n; i++) {
    const weir_h2_segment *s = &out_first_segment(o)[i];
    out[i] = (weir_str){s->body ? s->data : copied, s->len};
    if (!s->body) copied += s->len;
  }
  return n;
}

void weir_h2_out_take(weir_h2_out *o, size_t len) {
  WEIR_CHECK(len <= weir_h2_out_size(o));
  o->taken += len;
  while (len) {
    weir_h2_segment *s = out_first_segment(o);
    size_t part = len < s->len ? len : s->len;
    if (s->body)
      s->data += part;
    else
      weir_bytes_consume(&o->bytes, part);
    s->len -= part;
    len -= part;
    if (s->len) break;
    weir_buf_unref(s->body);
    weir_bytes_consume(&o->segments, sizeof *s);
  }
  if (o->put == o->taken && o->bytes.cap > WEIR_H2_KEEP_BUFFER) weir_bytes_fini(&o->bytes);
}

bool weir_h2_out_next_mark(weir_h2_out *o, weir_h2_mark *m) {
  if (out_n_marks(o) == 0 || out_first_mark(o)->end > o->taken) return false;
  *m = *out_first_mark(o);
  o->acks -= m->acks;
  weir_bytes_consume(&o->marks, sizeof *m);
  return true;
}

void weir_h2_out_check(const weir_h2_out *o) {
  uint64_t len = 0, copied = 0, end = o->taken;
  for (size_t i = 0, n = out_n_segments(o); i < n; i++) {
    const weir_h2_segment *s = &out_first_segment(o)[i];
    WEIR_CHECK(s->len > 0);
    len += s->len;
    if (!s->body) copied += s->len;
  }
  WEIR_CHECK(len == o->put - o->taken);
  WEIR_CHECK(copied == weir_bytes_size(&o->bytes));
  uint32_t acks = 0;
  for (size_t i = 0, n = out_n_marks(o); i < n; i++) {
    const weir_h2_mark *m = &out_first_mark(o)[i];
    WEIR_CHECK(m->end >= end && m->end <= o->put);
    end = m->end;
    acks += m->acks;
  }
  WEIR_CHECK(acks == o->acks);
}
