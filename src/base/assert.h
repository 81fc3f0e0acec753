/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* assert.h - for our own bugs and callers' broken preconditions only; never for input or allocation. */
#ifndef WEIR_BASE_ASSERT_H
#define WEIR_BASE_ASSERT_H

#include <stdio.h>
#include <stdlib.h>

#define WEIR_FAIL_(expr) \
  (fprintf(stderr, "%s:%d: weir bug: %s\n", __FILE__, __LINE__, expr), fflush(stderr), abort())

/** Also in release builds, where going on would corrupt memory. */
#define WEIR_CHECK(expr) ((expr) ? (void)0 : WEIR_FAIL_(#expr))

#ifdef WEIR_DEBUG
#define WEIR_ASSERT(expr) WEIR_CHECK(expr)
#else
#define WEIR_ASSERT(expr) ((void)sizeof(!(expr)))
#endif

#if defined(__GNUC__)
#define WEIR_LIKELY(x)   __builtin_expect(!!(x), 1)
#define WEIR_UNLIKELY(x) __builtin_expect(!!(x), 0)
#else
#define WEIR_LIKELY(x)   (x)
#define WEIR_UNLIKELY(x) (x)
#endif

#endif
