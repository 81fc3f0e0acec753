/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* buf.h - the inside of weir_buf: a buffer that is written where it lies, while nobody else has it. */
#ifndef WEIR_BASE_BUF_H
#define WEIR_BASE_BUF_H

#include <weir/base.h>

/** A new buffer (b NULL) with room for len bytes, uninitialised; or b, made by this function and with no other owner,
 * with room for len, what it holds kept. Its view is all of it. NULL when out of memory, b is then as it was. */
weir_buf *weir_buf_resize(weir_buf *b, size_t len);
/** Its view is the first len bytes, which it has room for. */
void weir_buf_set_len(weir_buf *b, size_t len);
/** The bytes of a buffer made by weir_buf_resize. */
char *weir_buf_bytes(weir_buf *b);

#endif
