/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* Header blocks from a stranger, one after the other in one decoder: each is a length byte (times 8) and so many bytes.
 * What decodes is encoded by us, decoded again, and must be the same. */
#include "base/bytes.h"
#include "hpack/hpack.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void check(bool ok) {
  if (!ok) abort();
}

static void round_trip(weir_hpack_encoder *e, weir_hpack_decoder *back, const weir_hpack_block *b) {
  weir_bytes wire = weir_bytes_in(WEIR_MEM_DEFAULT);
  weir_hpack_block again;
  check(weir_hpack_encode(e, b->fields, b->n, &wire) == WEIR_EOK);
  check(weir_hpack_decode(back, weir_bytes_view(&wire), &again) == WEIR_EOK);
  check(again.n == b->n && !again.over);
  for (size_t i = 0; i < b->n; i++) {
    check(weir_str_eq(again.fields[i].name, b->fields[i].name));
    check(weir_str_eq(again.fields[i].value, b->fields[i].value));
    check(again.fields[i].never_index == b->fields[i].never_index);
  }
  weir_bytes_fini(&wire);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len) {
  weir_hpack_decoder_opts o = {.max_table_size = 512, .max_list_size = 4096, .max_fields = 64};
  weir_hpack_decoder_opts large = {.max_table_size = 4096, .max_list_size = 1 << 20, .max_fields = 1000};
  weir_hpack_decoder *d = weir_hpack_decoder_new(&o), *back = weir_hpack_decoder_new(&large);
  weir_hpack_encoder *e = weir_hpack_encoder_new(WEIR_MEM_DEFAULT, 4096);
  check(d && back && e);
  while (len) {
    size_t n = (size_t)data[0] * 8;
    data++, len--;
    if (n > len || n == 0) n = len;
    char *copy = malloc(n + 1); /* of its own, so that a read past the end shows */
    check(copy != NULL);
    if (n) memcpy(copy, data, n);
    weir_hpack_block b;
    weir_err err = weir_hpack_decode(d, (weir_str){copy, n}, &b);
    if (!err) round_trip(e, back, &b);
    free(copy);
    if (err) break;
    data += n;
    len -= n;
  }
  weir_hpack_decoder_free(d);
  weir_hpack_decoder_free(back);
  weir_hpack_encoder_free(e);
  return 0;
}
