/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* outtree.h - what is to be written to one output location, by all generators that write there: files are made, and
 * text is put in at the insertion points of those that are there (plugin.proto, CodeGeneratorResponse.File). No I/O. */
#ifndef WEIR_CODEGEN_OUTTREE_H
#define WEIR_CODEGEN_OUTTREE_H

#include "base/bytes.h"
#include "base/map.h"

typedef struct weir_outfile {
  weir_str name; /* as the generator gave it; owned */
  weir_bytes text;
  bool keep; /* a file that is there already stays as it is */
} weir_outfile;

/** Memory is the heap's, since texts grow. Allocation failures latch in `failed`. */
typedef struct weir_outtree {
  weir_mem mem;
  weir_outfile **files; /* in the order they were made, until weir_outtree_sort */
  size_t len, cap;
  weir_map by_name;
  bool wrong;  /* something could not be placed; the report says what */
  bool failed; /* out of memory */
} weir_outtree;

void weir_outtree_init(weir_outtree *t, weir_mem mem);
void weir_outtree_fini(weir_outtree *t);

/** Makes an empty file. NULL if there is one already (said in `report`, and `wrong` is set), or without memory. */
weir_outfile *weir_outtree_add(weir_outtree *t, weir_str name, weir_bytes *report);

/** The file with this name, or NULL. */
weir_outfile *weir_outtree_find(const weir_outtree *t, weir_str name);

/**
 * Puts text into a file, above the line with `@@protoc_insertion_point(POINT)` and as far indented as that line, or
 * directly in front of an inline comment that holds it. Insertions at one point stay in order.
 *
 * report   gets a line if there is no such file or point; `wrong` is then set
 */
void weir_outtree_insert(weir_outtree *t, weir_str name, weir_str point, weir_str text, weir_bytes *report);

/** Sorts files by name: the order in archives and in make rules. */
void weir_outtree_sort(weir_outtree *t);

#endif
