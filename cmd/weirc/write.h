/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* write.h - output files, all of them or none: each is written beside its place under another name first; when all
 * are, they are renamed. */
#ifndef WEIRC_WRITE_H
#define WEIRC_WRITE_H

#include "args.h"

typedef struct weirc_output {
  weir_str path;
  weir_str text;
  weir_str temporary;
} weirc_output;

typedef struct weirc_outputs {
  weirc_output *data;
  uint32_t len, cap;
} weirc_outputs;

/** Writes all outputs; missing folders below `root_len` bytes of each path are made by the caller's wish through
 * weirc_make_folders. False after a message; nothing is left behind then. */
bool weirc_write_all(weirc_args *args, weirc_outputs *outputs);

/** Makes the folders of `name` within the folder `dir`. False after a message. */
bool weirc_make_folders(weirc_args *args, weir_str dir, weir_str name);

#endif
