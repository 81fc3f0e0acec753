/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* limits.h - what a peer may make us do, in numbers: each limit with its value, its reason, and what happens at
 * it. Limits that a program may set (window sizes, streams, header list) are members of weir_h2_opts. */
#ifndef WEIR_H2_LIMITS_H
#define WEIR_H2_LIMITS_H

enum {
  /* ---- defaults of weir_h2_opts ---- */
  WEIR_H2_DEFAULT_MAX_STREAMS =
      10000,                      /* each costs us memory before it costs its sender any; grpc's own have no
                                                limit */
  WEIR_H2_DEFAULT_WINDOW = 65535, /* bytes; RFC 9113 6.5.2 */
  WEIR_H2_DEFAULT_CONN_WINDOW = 1024 * 1024, /* bytes; several streams at once without waiting */
  WEIR_H2_DEFAULT_FRAME_SIZE = 16384,        /* bytes; RFC 9113 6.5.2, the least that is allowed */
  WEIR_H2_DEFAULT_HEADER_LIST = 16 * 1024,   /* bytes; gRPC suggests 8 KiB, C-core's hard limit is 16 KiB */
  WEIR_H2_DEFAULT_TABLE_SIZE = 4096,         /* bytes; RFC 9113 6.5.2 */
  WEIR_H2_DEFAULT_LOW_WATER = 32 * 1024,     /* bytes */
  WEIR_H2_DEFAULT_WINDOWS =
      64 * 1024 * 1024, /* bytes: what the windows of all streams together may grow to by measure */
  WEIR_H2_DEFAULT_MAX_QUEUED =
      64 * 1024 * 1024,              /* bytes that wait on all streams of a connection because the peer does
                                                    not take them: a new stream is then refused (CVE-2019-9517,
                                                    CVE-2026-49975) */
  WEIR_H2_ASSUMED_MAX_STREAMS = 100, /* until the peer's SETTINGS come (RFC 9113 6.5.2 suggests no less) */

  /* ---- header blocks: all are connection errors ENHANCE_YOUR_CALM ---- */
  WEIR_H2_MAX_BLOCK = 64 * 1024,  /* coded bytes of a block, or max_header_list if that is more: a block over
                                     max_header_list is still decoded, so this bounds memory (CVE-2024-27316) */
  WEIR_H2_MAX_CONTINUATIONS = 16, /* frames per block: empty or tiny fragments cost us, not the peer */
  WEIR_H2_MAX_FIELDS = 512,       /* per block; tiny indexed fields cost more than the 32 bytes they count
                                     (CVE-2016-6581); like max_header_list, beyond it fields are dropped */

  /* ---- frames that make us answer: connection error ENHANCE_YOUR_CALM ---- */
  WEIR_H2_MAX_QUEUED_ACKS = 1000, /* PING and SETTINGS acknowledgements and RST_STREAMs for stream errors that
                                     wait because the peer does not read (CVE-2019-9512, -9514, -9515) */
  WEIR_H2_MAX_SETTINGS = 32,      /* entries per SETTINGS frame */

  /* ---- rates: a budget of `burst`, refilled by so many a second; connection error ENHANCE_YOUR_CALM ---- */
  WEIR_H2_RESET_BURST = 1000, /* streams the peer reset, or made us reset by a stream error: both cost us a
                                 request that was begun for nothing (CVE-2023-44487, CVE-2025-8671) */
  WEIR_H2_RESET_RATE_HZ = 200,
  WEIR_H2_USELESS_BURST = 10000, /* frames that are legal and achieve nothing: empty DATA, PRIORITY, unknown
                                    types, 1xx, repeated SETTINGS (CVE-2019-9513, -9518) */
  WEIR_H2_USELESS_RATE_HZ = 500,
  WEIR_H2_TINY_UPDATE =
      64, /* bytes; a smaller WINDOW_UPDATE for a stream that waits for it is useless: a frame for
                               each would cost us more than the peer (CVE-2019-9511) */
  WEIR_H2_STREAMS_PER_TOKEN = 16, /* SETTINGS costs 1 + streams / this: windows of all streams may change */

  /* ---- what we queue ---- */
  WEIR_H2_OUT_HIGH = 256 * 1024, /* bytes put into frames ahead of the socket; more waits in stream queues, so
                                    that streams take turns and control frames do not wait long */
  WEIR_H2_COPY_MAX = 1024,       /* bytes; a smaller body is copied rather than referenced */
  WEIR_H2_SEND_FRAME = 16384,    /* bytes; larger DATA frames would only make other streams wait */
  WEIR_H2_KEEP_BUFFER = 32 * 1024, /* bytes; an output buffer above it is freed when it is empty */
  WEIR_H2_KEEP_STREAMS = 256,      /* stream slots kept for reuse */
  WEIR_H2_KEEP_CHUNKS = 64,        /* queue entries kept for reuse */
  WEIR_H2_KEEP_CHUNK = 8192,       /* bytes an entry kept for reuse may hold */
  WEIR_H2_MAX_DEBUG = 128,         /* bytes of GOAWAY's debug data kept from the peer */

  /* ---- memory of closed streams ---- */
  WEIR_H2_RECENT = 128, /* stream ids whose end is remembered, a power of two: frames still come for streams
                           that we reset (RFC 9113 5.1) */
};

/* ---- times, in nanoseconds; they count from the first tick ---- */
#define WEIR_H2_HANDSHAKE_NS 20000000000 /* the peer's preface and SETTINGS; against slow-preface peers */
#define WEIR_H2_SETTINGS_NS  60000000000 /* the acknowledgement of ours (RFC 9113 6.5.3) */
#define WEIR_H2_DRAIN_NS     1000000000  /* a drain's PING; after it the final GOAWAY goes out anyway */
/* A header block, or a frame other than DATA, once it is begun: against peers that send a byte at a time; connection
 * error ENHANCE_YOUR_CALM. */
#define WEIR_H2_UNFINISHED_NS 30000000000
/* Default of weir_h2_opts.stall_ns. */
#define WEIR_H2_STALL_NS 300000000000

#endif
