/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* message.h - length-prefixed messages (grpc doc/PROTOCOL-HTTP2.md "Length-Prefixed-Message"): one flag byte, a
 * 32-bit big-endian length, the bytes. Borders of DATA frames mean nothing. */
#ifndef WEIR_RPC_MESSAGE_H
#define WEIR_RPC_MESSAGE_H

#include "base/buf.h"
#include "base/mem.h"

#define WEIR_MESSAGE_PREFIX 5

typedef enum weir_message_result {
  WEIR_MESSAGE_MORE,       /* the input is used up, no message is whole */
  WEIR_MESSAGE_WHOLE,      /* out is a message */
  WEIR_MESSAGE_TOO_LARGE,  /* the announced length is over the limit; nothing was allocated for it */
  WEIR_MESSAGE_COMPRESSED, /* the compressed flag is set, and there is no encoding */
  WEIR_MESSAGE_BAD_FLAG,   /* the flag byte is neither 0 nor 1 */
  WEIR_MESSAGE_NOMEM
} weir_message_result;

/** Puts messages together. Start it zeroed; after a result other than MORE and WHOLE it is of no more use. */
typedef struct weir_message_reader {
  uint8_t prefix[WEIR_MESSAGE_PREFIX];
  uint8_t prefix_len; /* bytes of it that have come; 5 while a body is awaited */
  uint32_t len;       /* announced */
  char *body;         /* collects a message that does not lie in one piece; grows as data comes */
  size_t got, cap;
  weir_buf *large; /* has body, once it is large; NULL: mem has it */
} weir_message_reader;

/** Takes bytes from the front of *in until a message is whole or *in is empty. *out views *in where the body lay there
 * in one piece, else the reader's own memory; both are good until the next call on the reader. encoded: messages may
 * be compressed, and max is of what travels. */
weir_message_result weir_message_next(weir_message_reader *m, weir_mem mem, uint32_t max, bool encoded,
                                      weir_str *in, weir_str *out);
/** After WHOLE: the message is compressed. */
static inline bool weir_message_is_compressed(const weir_message_reader *m) { return m->prefix[0] != 0; }
/** True in the middle of a message: the stream must not end here. */
static inline bool weir_message_partial(const weir_message_reader *m) { return m->prefix_len != 0; }
/** After WHOLE with `out`: the buffer that it views all of, for who wants to keep it; NULL where there is none. */
weir_buf *weir_message_buf(const weir_message_reader *m, weir_str out);
/** Gives the memory back and is as new. */
void weir_message_reset(weir_message_reader *m, weir_mem mem);

void weir_message_prefix(uint8_t out[WEIR_MESSAGE_PREFIX], bool compressed, uint32_t len);

#endif
