/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* err.h - failures local to this process. What the peer did wrong is a weir_h2_error, how a call ended is a
 * weir_code; the three are converted into one another in src/rpc/status.c only. */
#ifndef WEIR_BASE_ERR_H
#define WEIR_BASE_ERR_H

#define WEIR_ERR_MAP(X)                                           \
  X(NOMEM, "out of memory")                                       \
  X(PROTO, "the peer broke the protocol; the connection is over") \
  X(CLOSED, "the stream or connection is closed")                 \
  X(LIMIT, "a limit was reached")                                 \
  X(INVALID, "an argument is not valid")                          \
  X(SYS, "a system call failed; errno says why")

/** 0 is success; never -1, never "1 is success". "Need more input" is not an error. */
typedef enum weir_err {
  WEIR_EOK = 0,
#define X(name, text) WEIR_E##name,
  WEIR_ERR_MAP(X)
#undef X
} weir_err;

/** Static English text for `err`. */
const char *weir_err_text(weir_err err);

#endif
