/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
#include "h2_recv.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len) {
  fuzz_recv(data, len, true);
  return 0;
}
