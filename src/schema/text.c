/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
#include "schema/text.h"

#include <float.h>
#include <math.h>

weir_str weir_text_of_double(weir_schema *s, double value) {
  if (isnan(value)) return WEIR_STR("nan");
  if (isinf(value)) return value > 0 ? WEIR_STR("inf") : WEIR_STR("-inf");
  weir_str text = weir_schema_printf(s, "%.*g", DBL_DIG, value);
  return strtod(text.data, NULL) == value ? text : weir_schema_printf(s, "%.*g", DBL_DIG + 2, value);
}

weir_str weir_text_of_float(weir_schema *s, float value) {
  if (isnan(value)) return WEIR_STR("nan");
  if (isinf(value)) return value > 0 ? WEIR_STR("inf") : WEIR_STR("-inf");
  weir_str text = weir_schema_printf(s, "%.*g", FLT_DIG, (double)value);
  return strtof(text.data, NULL) == value ? text : weir_schema_printf(s, "%.*g", FLT_DIG + 3, (double)value);
}

weir_str weir_text_escape(weir_schema *s, weir_str bytes) {
  static const char from[] = "\n\r\t\"'\\", to[] = "nrt\"'\\";
  char *out = weir_schema_alloc(s, bytes.len * 4 + 1), *p = out;
  for (size_t i = 0; i < bytes.len; i++) {
    unsigned char c = (unsigned char)bytes.data[i];
    const char *short_form = c ? strchr(from, c) : NULL;
    if (short_form) {
      *p++ = '\\';
      *p++ = to[short_form - from];
    } else if (c >= 0x20 && c < 0x7F) {
      *p++ = (char)c;
    } else {
      *p++ = '\\';
      *p++ = (char)('0' + (c >> 6));
      *p++ = (char)('0' + (c >> 3 & 7));
      *p++ = (char)('0' + (c & 7));
    }
  }
  return (weir_str){out, (size_t)(p - out)};
}

weir_str weir_text_json_name(weir_schema *s, weir_str name) {
  char *out = weir_schema_alloc(s, name.len + 1);
  size_t len = 0;
  bool upper = false;
  for (size_t i = 0; i < name.len; i++) {
    char c = name.data[i];
    if (c != '_') out[len++] = upper && c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
    upper = c == '_';
  }
  return (weir_str){out, len};
}
