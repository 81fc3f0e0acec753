/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
#include "hpack/table.h"

#include <string.h>

#define ROW(name, value)                                   \
  {                                                        \
    {name, sizeof(name) - 1}, { value, sizeof(value) - 1 } \
  }
const weir_hpack_pair weir_hpack_static[WEIR_HPACK_STATIC_LEN + 1] = {
    /* clang-format off */
    [1] = ROW(":authority", ""),
    [2] = ROW(":method", "GET"),
    [3] = ROW(":method", "POST"),
    [4] = ROW(":path", "/"),
    [5] = ROW(":path", "/index.html"),
    [6] = ROW(":scheme", "http"),
    [7] = ROW(":scheme", "https"),
    [8] = ROW(":status", "200"),
    [9] = ROW(":status", "204"),
    [10] = ROW(":status", "206"),
    [11] = ROW(":status", "304"),
    [12] = ROW(":status", "400"),
    [13] = ROW(":status", "404"),
    [14] = ROW(":status", "500"),
    [15] = ROW("accept-charset", ""),
    [16] = ROW("accept-encoding", "gzip, deflate"),
    [17] = ROW("accept-language", ""),
    [18] = ROW("accept-ranges", ""),
    [19] = ROW("accept", ""),
    [20] = ROW("access-control-allow-origin", ""),
    [21] = ROW("age", ""),
    [22] = ROW("allow", ""),
    [23] = ROW("authorization", ""),
    [24] = ROW("cache-control", ""),
    [25] = ROW("content-disposition", ""),
    [26] = ROW("content-encoding", ""),
    [27] = ROW("content-language", ""),
    [28] = ROW("content-length", ""),
    [29] = ROW("content-location", ""),
    [30] = ROW("content-range", ""),
    [31] = ROW("content-type", ""),
    [32] = ROW("cookie", ""),
    [33] = ROW("date", ""),
    [34] = ROW("etag", ""),
    [35] = ROW("expect", ""),
    [36] = ROW("expires", ""),
    [37] = ROW("from", ""),
    [38] = ROW("host", ""),
    [39] = ROW("if-match", ""),
    [40] = ROW("if-modified-since", ""),
    [41] = ROW("if-none-match", ""),
    [42] = ROW("if-range", ""),
    [43] = ROW("if-unmodified-since", ""),
    [44] = ROW("last-modified", ""),
    [45] = ROW("link", ""),
    [46] = ROW("location", ""),
    [47] = ROW("max-forwards", ""),
    [48] = ROW("proxy-authenticate", ""),
    [49] = ROW("proxy-authorization", ""),
    [50] = ROW("range", ""),
    [51] = ROW("referer", ""),
    [52] = ROW("refresh", ""),
    [53] = ROW("retry-after", ""),
    [54] = ROW("server", ""),
    [55] = ROW("set-cookie", ""),
    [56] = ROW("strict-transport-security", ""),
    [57] = ROW("transfer-encoding", ""),
    [58] = ROW("user-agent", ""),
    [59] = ROW("vary", ""),
    [60] = ROW("via", ""),
    [61] = ROW("www-authenticate", ""),
    /* clang-format on */
};
#undef ROW

/* First index of each name, by the name's length; 0 ends a row. */
enum { STATIC_LONGEST = 27 };
static const uint8_t static_by_len[STATIC_LONGEST + 1][7] = {
    /* clang-format off */
    [3] = {21, 60},
    [4] = {33, 34, 37, 38, 45, 59},
    [5] = {4, 22, 50},
    [6] = {19, 32, 35, 54},
    [7] = {2, 6, 8, 36, 51, 52},
    [8] = {39, 42, 46},
    [10] = {1, 55, 58},
    [11] = {53},
    [12] = {31, 47},
    [13] = {18, 23, 24, 30, 41, 44},
    [14] = {15, 28},
    [15] = {16, 17},
    [16] = {26, 27, 29, 61},
    [17] = {40, 57},
    [18] = {48},
    [19] = {25, 43, 49},
    [25] = {56},
    [27] = {20},
    /* clang-format on */
};

static bool bytes_equal(weir_str a, weir_str b) {
  return a.len == b.len && memcmp(a.data, b.data, b.len) == 0;
}

unsigned weir_hpack_static_find(weir_str name, weir_str value, bool *exact) {
  *exact = false;
  if (name.len == 0 || name.len > STATIC_LONGEST) return 0;
  const uint8_t *row = static_by_len[name.len];
  while (*row && memcmp(weir_hpack_static[*row].name.data, name.data, name.len) != 0) row++;
  unsigned first = *row;
  if (!first || value.len == 0) {
    *exact = first && weir_hpack_static[first].value.len == 0;
    return first;
  }
  for (unsigned i = first; i <= WEIR_HPACK_STATIC_LEN; i++) {
    const weir_hpack_pair *p = &weir_hpack_static[i];
    if (i > first && !bytes_equal(p->name, name)) break;
    if (bytes_equal(p->value, value)) {
      *exact = true;
      return i;
    }
  }
  return first;
}
