/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* base.h - what every other header of weir is built on: text views, arenas, status codes, errors, metadata
 * pairs, raw buffers and the one callback type.
 *
 * Conventions, stated once and true for the whole API:
 * - Arguments are borrowed for the call: whatever must outlive it is copied. Results live in the arena that
 *   the caller passes, or in the object they are read from.
 * - Handles are opaque. `_ref` adds an owner, `_unref` drops one; `_free` and `_unref` accept NULL.
 * - Option structs start with `size` (use WEIR_OPTS); zero in a member always means its default.
 * - `weir_error *` may be NULL. It is written only on failure.
 * - Functions are safe from every thread unless their comment names the thread they belong to.
 * - Times are nanoseconds, lengths bytes, counts elements, unless the name says otherwise. */
#ifndef WEIR_BASE_H
#define WEIR_BASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#if defined(__GNUC__)
#define WEIR_API               __attribute__((visibility("default")))
#define WEIR_PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))
#else
#define WEIR_API
#define WEIR_PRINTF(fmt, args)
#endif

#ifdef __cplusplus
#define WEIR_T(T) T
extern "C" {
#else
#define WEIR_T(T) (T)
#endif

/* Opaque handles. All are reference counted and safe from any thread, except weir_arena: one owner, one
 * thread at a time. */
typedef struct weir_arena weir_arena;
typedef struct weir_buf weir_buf;
typedef struct weir_call weir_call;
typedef struct weir_channel weir_channel;
typedef struct weir_creds weir_creds;
typedef struct weir_loop weir_loop;
typedef struct weir_queue weir_queue;
typedef struct weir_server weir_server;

/* ---- text and bytes ---------------------------------------------------------------------------------- */

/** Borrowed text or bytes. There is no NUL at data[len] unless a function promises one. */
typedef struct weir_str {
  const char *data;
  size_t len;
} weir_str;

#ifdef __cplusplus
#define WEIR_STR(lit) \
  weir_str { (lit), sizeof(lit) - 1 }
#else
#define WEIR_STR(lit) ((weir_str){(lit), sizeof(lit) - 1})
#endif
/** printf("Hello, " WEIR_FMT "\n", WEIR_ARG(name)) */
#define WEIR_FMT    "%.*s"
#define WEIR_ARG(s) (int)(s).len, (s).data

/** A weir_str over a NUL-terminated string; NULL gives the empty view. */
WEIR_API weir_str weir_str_of(const char *cstr);
/** True if both views hold the same bytes. */
WEIR_API bool weir_str_eq(weir_str a, weir_str b);

/** Pointer to an option struct on the stack with its size filled in: WEIR_OPTS(weir_call_opts, .timeout_ns = 1).
 * C only; in C++ write: weir_call_opts o = {}; o.size = sizeof o; */
#define WEIR_OPTS(T, ...) (&WEIR_T(T){.size = sizeof(T), __VA_ARGS__})
#define WEIR_MS(n)        ((int64_t)(n)*1000000)
#define WEIR_SECONDS(n)   ((int64_t)(n)*1000000000)

/* ---- status codes and errors ------------------------------------------------------------------------- */

/** The outcome of a call (grpc doc/statuscodes.md), and nothing else. Fixed width: never a bare enum in the
 * ABI. Negative values are not statuses and never travel. */
typedef int32_t weir_code;
enum {
  WEIR_OK = 0,
  WEIR_CANCELLED = 1,
  WEIR_UNKNOWN = 2,
  WEIR_INVALID_ARGUMENT = 3,
  WEIR_DEADLINE_EXCEEDED = 4,
  WEIR_NOT_FOUND = 5,
  WEIR_ALREADY_EXISTS = 6,
  WEIR_PERMISSION_DENIED = 7,
  WEIR_RESOURCE_EXHAUSTED = 8,
  WEIR_FAILED_PRECONDITION = 9,
  WEIR_ABORTED = 10,
  WEIR_OUT_OF_RANGE = 11,
  WEIR_UNIMPLEMENTED = 12,
  WEIR_INTERNAL = 13,
  WEIR_UNAVAILABLE = 14,
  WEIR_DATA_LOSS = 15,
  WEIR_UNAUTHENTICATED = 16,
  WEIR_PENDING = -1, /* an asynchronous operation goes on; its callback will come exactly once */
  WEIR_EOF = -2      /* weir_recv: the peer has half-closed, no message will follow */
};

/** The upper-case name, as "DEADLINE_EXCEEDED"; "PENDING" and "EOF" for those; "CODE(n)" never: unknown
 * values give "UNKNOWN_CODE". Static storage. */
WEIR_API const char *weir_code_name(weir_code code);

/** What went wrong, on the caller's stack; 256 bytes for ever. `sys` is an errno value or 0. */
typedef struct weir_error {
  weir_code code;
  int32_t sys;
  char msg[248]; /* NUL-terminated, cut at a UTF-8 boundary */
} weir_error;

/** Fills *e (NULL allowed) and returns `code`, so that a function may `return weir_error_set(e, ...)`. */
WEIR_API weir_code weir_error_set(weir_error *e, weir_code code, int sys, const char *fmt, ...)
    WEIR_PRINTF(4, 5);

/* ---- metadata ----------------------------------------------------------------------------------------- */

/** One metadata pair. Keys are lower case; the value of a key that ends in "-bin" is raw bytes here and
 * base64 on the wire only. */
typedef struct weir_kv {
  weir_str key, val;
} weir_kv;

/** Finds the first pair with `key`; false and *val untouched if there is none. */
WEIR_API bool weir_kv_get(const weir_kv *kvs, size_t n, const char *key, weir_str *val);

/* ---- arenas ------------------------------------------------------------------------------------------- */

/** Makes a bump allocator. `first_block` (a stack array, say) is used before any heap memory; NULL, 0 for
 * none. Returns NULL when out of memory, which cannot happen if size is 256 or more. */
WEIR_API weir_arena *weir_arena_new(void *first_block, size_t size);
/** Zeroed, 16-aligned memory that lives until reset or free; NULL when out of memory. size 0 gives a
 * unique pointer. */
WEIR_API void *weir_alloc(weir_arena *a, size_t size);
/** Copies s into the arena with a NUL behind it; the view {NULL, 0} when out of memory. */
WEIR_API weir_str weir_dup(weir_arena *a, weir_str s);
/** Formats into the arena with a NUL behind it; the view {NULL, 0} when out of memory. */
WEIR_API weir_str weir_printf(weir_arena *a, const char *fmt, ...) WEIR_PRINTF(2, 3);
/** Forgets everything allocated, keeps the memory for the next round. */
WEIR_API void weir_arena_reset(weir_arena *a);
WEIR_API void weir_arena_free(weir_arena *a);

/* ---- raw buffers --------------------------------------------------------------------------------------- */

/** Wraps bytes that the caller owns as a reference-counted buffer: release(arg) runs when the last reference
 * goes (on whichever thread that is); release may be NULL for static bytes. NULL when out of memory (then
 * release was not called). */
WEIR_API weir_buf *weir_buf_wrap(const void *data, size_t len, void (*release)(void *arg), void *arg);
/** A buffer with its own copy of the bytes; NULL when out of memory. */
WEIR_API weir_buf *weir_buf_copy(const void *data, size_t len);
WEIR_API weir_buf *weir_buf_ref(weir_buf *b);
/** The bytes; they live as long as the caller's reference. */
WEIR_API weir_str weir_buf_view(const weir_buf *b);
WEIR_API void weir_buf_unref(weir_buf *b);

/* ---- callbacks and hooks ------------------------------------------------------------------------------- */

/** The callback type, everywhere. `call` is NULL where no call is concerned. Callbacks of one call never run
 * at the same time, and every function of the API may be called from one, except that blocking functions on
 * a loop's thread fail with WEIR_FAILED_PRECONDITION instead of deadlocking. */
typedef void weir_fn(void *arg, weir_call *call, weir_code code);

enum { WEIR_LOG_ERROR = 1, WEIR_LOG_WARN = 2, WEIR_LOG_INFO = 3, WEIR_LOG_DEBUG = 4 };

/** Memory and log hooks of one loop. alloc: p NULL allocates, new_size 0 frees, else resizes; returns NULL
 * on failure with p untouched. log: any thread. */
typedef struct weir_hooks {
  size_t size;
  void *(*alloc)(void *ctx, void *p, size_t old_size, size_t new_size);
  void (*log)(void *ctx, int level, const char *component, const char *text);
  void *ctx;
} weir_hooks;

/** The library's version, as "1.0.0". */
WEIR_API const char *weir_version(void);

#ifdef __cplusplus
}
#endif
#endif
