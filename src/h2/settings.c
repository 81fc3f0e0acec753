/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
#include "h2/settings.h"

#include "base/cursor.h"

/* RFC 9113 6.5.2, by id. */
static const struct {
  uint32_t initial, min, max;
  uint32_t code; /* of the connection error for a value outside */
  const char *why;
} setting_rules[WEIR_H2_SETTING_IDS] = {
    /* clang-format off */
    /*                                    initial     min    max         error outside */
    [WEIR_H2_HEADER_TABLE_SIZE]      = { 4096,       0,     UINT32_MAX, WEIR_H2_NO_ERROR, NULL },
    [WEIR_H2_ENABLE_PUSH]            = { 1,          0,     1,          WEIR_H2_PROTOCOL_ERROR, "SETTINGS_ENABLE_PUSH is neither 0 nor 1" },
    [WEIR_H2_MAX_CONCURRENT_STREAMS] = { UINT32_MAX, 0,     UINT32_MAX, WEIR_H2_NO_ERROR, NULL },
    [WEIR_H2_INITIAL_WINDOW_SIZE]    = { 65535,      0,     0x7fffffff, WEIR_H2_FLOW_CONTROL_ERROR, "SETTINGS_INITIAL_WINDOW_SIZE above 2^31-1" },
    [WEIR_H2_MAX_FRAME_SIZE]         = { 16384,      16384, 0xffffff,   WEIR_H2_PROTOCOL_ERROR, "SETTINGS_MAX_FRAME_SIZE out of range" },
    [WEIR_H2_MAX_HEADER_LIST_SIZE]   = { UINT32_MAX, 0,     UINT32_MAX, WEIR_H2_NO_ERROR, NULL },
    /* clang-format on */
};

weir_h2_settings weir_h2_settings_initial(void) {
  weir_h2_settings s = {{0}};
  for (unsigned id = 1; id < WEIR_H2_SETTING_IDS; id++) s.value[id] = setting_rules[id].initial;
  return s;
}

weir_h2_error weir_h2_settings_store(weir_h2_settings *s, uint16_t id, uint32_t value, bool peer_is_server) {
  if (id == 0 || id >= WEIR_H2_SETTING_IDS) return weir_h2_no_error();
  if (value < setting_rules[id].min || value > setting_rules[id].max)
    return weir_h2_conn_err(setting_rules[id].code, setting_rules[id].why);
  if (id == WEIR_H2_ENABLE_PUSH && value && peer_is_server)
    return weir_h2_conn_err(WEIR_H2_PROTOCOL_ERROR, "a server may not enable push");
  s->value[id] = value;
  return weir_h2_no_error();
}

size_t weir_h2_settings_write(const weir_h2_settings *s, char *out) {
  uint8_t *p = (uint8_t *)out;
  for (unsigned id = 1; id < WEIR_H2_SETTING_IDS; id++) {
    if (s->value[id] == setting_rules[id].initial) continue;
    weir_store_be16(p, id);
    weir_store_be32(p + 2, s->value[id]);
    p += WEIR_H2_SETTING_SIZE;
  }
  return (size_t)(p - (uint8_t *)out);
}
