/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* opts.h - reading the API's option structs, which start with their size and only grow at the end: an older caller's
 * are shorter, a newer one's longer than ours. */
#ifndef WEIR_BASE_OPTS_H
#define WEIR_BASE_OPTS_H

#include <stddef.h>
#include <string.h>

/** Copies what both sides know from `given` (NULL: nothing) over *opts of full_size, whose other members keep their
 * values. A size of 0 means that WEIR_OPTS was not used: the struct is taken to be whole. */
static inline void weir_opts_read(void *opts, size_t full_size, const void *given) {
  size_t size;
  if (!given) return;
  memcpy(&size, given, sizeof size);
  memcpy(opts, given, size && size < full_size ? size : full_size);
}

#endif
