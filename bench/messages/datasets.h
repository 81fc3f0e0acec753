/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* datasets.h - the messages that bench/messages measures, made from a fixed seed. */
#ifndef BENCH_DATASETS_H
#define BENCH_DATASETS_H

#include "shapes.weir.h"
#include "telemetry.weir.h"
#include "timing.h"

#include <weir/google/protobuf/descriptor.weir.h>

#define N_DATASETS 7

typedef struct dataset {
  const char *name;
  const weir_pb_type *type;
  const void *msg;
} dataset;

/** descriptor_set: a file with a FileDescriptorSet, whose first file is one of the messages. */
void datasets_make(weir_arena *a, const char *descriptor_set, dataset sets[N_DATASETS]);

#endif
