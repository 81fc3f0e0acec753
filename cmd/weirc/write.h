/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* write.h - output files, all of them or none: each is written beside its place under another name first; when all
 * are, they are renamed. */
#ifndef WEIRC_WRITE_H
#define WEIRC_WRITE_H

#include "args.h"

typedef struct weirc_output {
  weir_str path;
  weir_str text;
  size_t root; /* so many bytes of the path must be there; folders behind them are made */
  weir_str temporary;
} weirc_output;

typedef WEIR_LIST(weirc_output) weirc_outputs;

/** Writes all outputs. False after a message; then nothing is left behind, folders included. */
bool weirc_write_all(weirc_args *args, weirc_outputs *outputs);

#endif
