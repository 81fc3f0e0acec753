/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* settings.h - SETTINGS parameters (RFC 9113 6.5.2): one set for each side of a connection. */
#ifndef WEIR_H2_SETTINGS_H
#define WEIR_H2_SETTINGS_H

#include "h2/frame.h"

enum weir_h2_setting_id {
  WEIR_H2_HEADER_TABLE_SIZE = 1,
  WEIR_H2_ENABLE_PUSH = 2,
  WEIR_H2_MAX_CONCURRENT_STREAMS = 3,
  WEIR_H2_INITIAL_WINDOW_SIZE = 4,
  WEIR_H2_MAX_FRAME_SIZE = 5,
  WEIR_H2_MAX_HEADER_LIST_SIZE = 6,
  WEIR_H2_SETTING_IDS
};

typedef struct weir_h2_settings {
  uint32_t value[WEIR_H2_SETTING_IDS]; /* by id */
} weir_h2_settings;

/** What holds before any SETTINGS frame. */
weir_h2_settings weir_h2_settings_initial(void);
/** Stores one parameter that the peer sent; unknown ones are ignored. A connection error if its value is not
 * allowed. peer_is_server: it may not enable push. */
weir_h2_error weir_h2_settings_store(weir_h2_settings *s, uint16_t id, uint32_t value, bool peer_is_server);
/** Writes the parameters that differ from the initial ones; out has room for all. Returns the length. */
size_t weir_h2_settings_write(const weir_h2_settings *s, char *out);

#endif
