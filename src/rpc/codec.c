/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
#include "rpc/codec.h"

#include "base/assert.h"
#include "base/buf.h"

#include <limits.h>
#include <stdint.h>
#include <string.h>
#ifdef WEIR_HAVE_ZLIB
#include <zlib.h>
#endif
#ifdef WEIR_HAVE_ZSTD
#include <zstd.h>
#include <zstd_errors.h>
#endif

#define CODECS_KEEP 4u /* of each kind in a pool: as many threads compress at a time without new ones */
#define FIRST_RATIO 4u /* what is decompressed is first given so many times its compressed size */
#define FIRST_LEAST 512u
#define ZLIB_WINDOW 15 /* bits; the most there is: a peer may have used it */
#define ZLIB_GZIP   16 /* added to the window: a gzip wrapper */
#define ZSTD_WINDOW 23 /* bits; 8 MiB, what every decoder should take (RFC 8878 3.1.1.1.2); more is refused */

struct weir_codec {
  weir_codec *next; /* in a pool */
  unsigned behind;  /* in a pool: how many follow */
  weir_mem mem;
  uint8_t encoding;
  bool compresses;
#ifdef WEIR_HAVE_ZLIB
  z_stream z;
#endif
#ifdef WEIR_HAVE_ZSTD
  ZSTD_CCtx *zc;
  ZSTD_DCtx *zd;
#endif
};

/* Output that grows, up to a limit. */
typedef struct codec_out {
  weir_buf *buf;
  size_t len, cap, max; /* max: one more than is allowed, so that too much shows */
} codec_out;

#if defined(WEIR_HAVE_ZLIB) || defined(WEIR_HAVE_ZSTD)
/* Makes room. WEIR_ELIMIT: all that is allowed is used, and one byte more. */
static weir_err out_room(codec_out *o) {
  if (o->len < o->cap) return WEIR_EOK;
  if (o->cap >= o->max) return WEIR_ELIMIT;
  size_t cap = o->cap > o->max / 2 ? o->max : o->cap * 2;
  weir_buf *buf = weir_buf_resize(o->buf, cap);
  if (!buf) return WEIR_ENOMEM;
  o->buf = buf;
  o->cap = cap;
  return WEIR_EOK;
}
#endif

static weir_err out_start(codec_out *o, size_t in_len, uint32_t max) {
  size_t first = in_len > SIZE_MAX / FIRST_RATIO ? SIZE_MAX : in_len * FIRST_RATIO;
  *o = (codec_out){.max = (size_t)max + (SIZE_MAX > UINT32_MAX || max < UINT32_MAX)};
  if (first < FIRST_LEAST) first = FIRST_LEAST;
  o->cap = first < o->max ? first : o->max;
  o->buf = weir_buf_resize(NULL, o->cap);
  return o->buf ? WEIR_EOK : WEIR_ENOMEM;
}

/* The buffer goes to its new owner, cut to size. */
static weir_err out_give(codec_out *o, weir_err err, weir_buf **out) {
  if (!err && o->len == o->max) err = WEIR_ELIMIT;
  weir_buf *fit = err ? NULL : weir_buf_resize(o->buf, o->len);
  if (err || !fit) {
    weir_buf_unref(o->buf);
    return err ? err : WEIR_ENOMEM;
  }
  *out = fit;
  return WEIR_EOK;
}

/* ---- zlib ------------------------------------------------------------------------------------------------------- */

#ifdef WEIR_HAVE_ZLIB

/* zlib does not say how much it gives back, so that stands before it. */
enum { ZLIB_HEAD = 16 };

static void *zlib_alloc(void *mem, unsigned n, unsigned size) {
  size_t len = (size_t)n * size + ZLIB_HEAD;
  char *p = weir_mem_alloc(*(weir_mem *)mem, len);
  if (!p) return NULL;
  memcpy(p, &len, sizeof len);
  return p + ZLIB_HEAD;
}

static void zlib_free(void *mem, void *at) {
  char *p = (char *)at - ZLIB_HEAD;
  size_t len;
  memcpy(&len, p, sizeof len);
  weir_mem_free(*(weir_mem *)mem, p, len);
}

static bool zlib_init(weir_codec *c) {
  int bits = ZLIB_WINDOW + (c->encoding == WEIR_GZIP ? ZLIB_GZIP : 0);
  c->z = (z_stream){.zalloc = zlib_alloc, .zfree = zlib_free, .opaque = &c->mem};
  int got = c->compresses ? deflateInit2(&c->z, Z_DEFAULT_COMPRESSION, Z_DEFLATED, bits, 8, Z_DEFAULT_STRATEGY)
                          : inflateInit2(&c->z, bits);
  return got == Z_OK;
}

static void zlib_fini(weir_codec *c) {
  if (c->compresses)
    deflateEnd(&c->z);
  else
    inflateEnd(&c->z);
}

static void zlib_set_in(weir_codec *c, weir_str in) {
  c->z.next_in = (Bytef *)(uintptr_t)in.data;
  c->z.avail_in = (uInt)in.len; /* a message's length has 32 bits */
}

static weir_err zlib_compress(weir_codec *c, weir_str in, char *to, size_t cap, size_t *len) {
  deflateReset(&c->z);
  zlib_set_in(c, in);
  c->z.next_out = (Bytef *)to;
  c->z.avail_out = (uInt)cap;
  if (deflate(&c->z, Z_FINISH) != Z_STREAM_END) return WEIR_ELIMIT;
  *len = cap - c->z.avail_out;
  return WEIR_EOK;
}

/* After the end of a stream: gzip may have several in a row (RFC 1952 2.2). True if there is another. */
static bool zlib_next_member(weir_codec *c) {
  return c->encoding == WEIR_GZIP && c->z.avail_in && inflateReset(&c->z) == Z_OK;
}

static weir_err zlib_decompress(weir_codec *c, weir_str in, codec_out *o) {
  inflateReset(&c->z);
  zlib_set_in(c, in);
  for (;;) {
    weir_err err = out_room(o);
    if (err) return err;
    size_t room = o->cap - o->len < UINT_MAX ? o->cap - o->len : UINT_MAX;
    c->z.next_out = (Bytef *)weir_buf_bytes(o->buf) + o->len;
    c->z.avail_out = (uInt)room;
    int got = inflate(&c->z, Z_NO_FLUSH);
    o->len += room - c->z.avail_out;
    if (got == Z_MEM_ERROR) return WEIR_ENOMEM;
    if (got == Z_STREAM_END && zlib_next_member(c)) continue;
    if (got == Z_STREAM_END) return c->z.avail_in ? WEIR_EINVALID : WEIR_EOK;
    if (got != Z_OK || (!c->z.avail_in && c->z.avail_out)) return WEIR_EINVALID; /* the end is missing */
  }
}

#else

static bool zlib_init(weir_codec *c) { return (void)c, false; }
static void zlib_fini(weir_codec *c) { (void)c; }
static weir_err zlib_compress(weir_codec *c, weir_str in, char *to, size_t cap, size_t *len) {
  return (void)c, (void)in, (void)to, (void)cap, (void)len, WEIR_ELIMIT;
}
static weir_err zlib_decompress(weir_codec *c, weir_str in, codec_out *o) {
  return (void)c, (void)in, (void)o, WEIR_EINVALID;
}

#endif

/* ---- zstd ------------------------------------------------------------------------------------------------------- */

#ifdef WEIR_HAVE_ZSTD

static bool zstd_init(weir_codec *c) {
  if (c->compresses) return (c->zc = ZSTD_createCCtx()) != NULL;
  c->zd = ZSTD_createDCtx();
  if (c->zd) ZSTD_DCtx_setParameter(c->zd, ZSTD_d_windowLogMax, ZSTD_WINDOW);
  return c->zd != NULL;
}

static void zstd_fini(weir_codec *c) {
  ZSTD_freeCCtx(c->zc);
  ZSTD_freeDCtx(c->zd);
}

static weir_err zstd_compress(weir_codec *c, weir_str in, char *to, size_t cap, size_t *len) {
  size_t got = ZSTD_compress2(c->zc, to, cap, in.data, in.len);
  if (ZSTD_isError(got))
    return ZSTD_getErrorCode(got) == ZSTD_error_memory_allocation ? WEIR_ENOMEM : WEIR_ELIMIT;
  *len = got;
  return WEIR_EOK;
}

static weir_err zstd_decompress(weir_codec *c, weir_str in, codec_out *o) {
  ZSTD_inBuffer from = {in.data, in.len, 0};
  ZSTD_DCtx_reset(c->zd, ZSTD_reset_session_only);
  for (;;) {
    weir_err err = out_room(o);
    if (err) return err;
    ZSTD_outBuffer to = {weir_buf_bytes(o->buf), o->cap, o->len};
    size_t got = ZSTD_decompressStream(c->zd, &to, &from);
    o->len = to.pos;
    if (ZSTD_isError(got))
      return ZSTD_getErrorCode(got) == ZSTD_error_memory_allocation ? WEIR_ENOMEM : WEIR_EINVALID;
    if (from.pos < from.size) continue;         /* no room, or another frame (RFC 8878 3.1) */
    if (!got) return WEIR_EOK;                  /* a frame's end, and all of it is here */
    if (to.pos < to.size) return WEIR_EINVALID; /* the end is missing */
  }
}

#else

static bool zstd_init(weir_codec *c) { return (void)c, false; }
static void zstd_fini(weir_codec *c) { (void)c; }
static weir_err zstd_compress(weir_codec *c, weir_str in, char *to, size_t cap, size_t *len) {
  return (void)c, (void)in, (void)to, (void)cap, (void)len, WEIR_ELIMIT;
}
static weir_err zstd_decompress(weir_codec *c, weir_str in, codec_out *o) {
  return (void)c, (void)in, (void)o, WEIR_EINVALID;
}

#endif

/* ---- codecs ------------------------------------------------------------------------------------------------------ */

weir_codec *weir_codec_new(weir_mem mem, uint32_t encoding, bool compresses) {
  if (encoding == WEIR_IDENTITY || !weir_encoding_is_built(encoding)) return NULL;
  weir_codec *c = weir_mem_zalloc(mem, sizeof *c);
  if (!c) return NULL;
  c->mem = mem;
  c->encoding = (uint8_t)encoding;
  c->compresses = compresses;
  if (encoding == WEIR_ZSTD ? zstd_init(c) : zlib_init(c)) return c;
  weir_mem_free(mem, c, sizeof *c);
  return NULL;
}

void weir_codec_free(weir_codec *c) {
  if (!c) return;
  if (c->encoding == WEIR_ZSTD)
    zstd_fini(c);
  else
    zlib_fini(c);
  weir_mem_free(c->mem, c, sizeof *c);
}

weir_err weir_codec_compress(weir_codec *c, weir_str in, weir_buf **out) {
  WEIR_ASSERT(c->compresses);
  if (in.len < 2) return WEIR_ELIMIT;
  codec_out o = {.max = in.len};
  o.buf = weir_buf_resize(NULL, in.len - 1);
  if (!o.buf) return WEIR_ENOMEM;
  char *to = weir_buf_bytes(o.buf);
  weir_err err = c->encoding == WEIR_ZSTD ? zstd_compress(c, in, to, in.len - 1, &o.len)
                                          : zlib_compress(c, in, to, in.len - 1, &o.len);
  return out_give(&o, err, out);
}

weir_err weir_codec_decompress(weir_codec *c, weir_str in, uint32_t max, weir_buf **out) {
  WEIR_ASSERT(!c->compresses);
  codec_out o;
  weir_err err = out_start(&o, in.len, max);
  if (err) return err;
  /* Nothing at all: some peers set the flag on an empty message and compress nothing. */
  if (in.len) err = c->encoding == WEIR_ZSTD ? zstd_decompress(c, in, &o) : zlib_decompress(c, in, &o);
  return out_give(&o, err, out);
}

/* ---- the pool ---------------------------------------------------------------------------------------------------- */

weir_codec *weir_codecs_take(weir_codecs *pool, uint32_t encoding, bool compresses) {
  weir_codec **first = &pool->idle[compresses][encoding], *c = *first;
  if (c) *first = c->next;
  return c;
}

bool weir_codecs_give(weir_codecs *pool, weir_codec *c) {
  weir_codec **first = &pool->idle[c->compresses][c->encoding];
  unsigned n = *first ? (*first)->behind + 1 : 0;
  if (n == CODECS_KEEP) return false;
  c->behind = n;
  c->next = *first;
  *first = c;
  return true;
}

void weir_codecs_fini(weir_codecs *pool) {
  for (unsigned way = 0; way < 2; way++)
    for (uint32_t e = 0; e < WEIR_ENCODINGS; e++)
      for (weir_codec *c; (c = weir_codecs_take(pool, e, way)) != NULL;) weir_codec_free(c);
}
