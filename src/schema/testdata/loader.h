/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* loader.h - for tests: sources from memory, or from one folder on disk. */
#ifndef WEIR_SCHEMA_TESTDATA_LOADER_H
#define WEIR_SCHEMA_TESTDATA_LOADER_H

#include "schema/schema.h"

/** Files in memory; all others but the built-in ones are not found. */
typedef struct memory_file {
  weir_str name, text;
} memory_file;
typedef struct memory_files {
  memory_file files[8];
  size_t n;
} memory_files;

static inline bool memory_open(void *ctx, weir_str name, weir_source *out, weir_open_error *why) {
  const memory_files *m = (const memory_files *)ctx;
  (void)why;
  for (size_t i = 0; i < m->n; i++) {
    if (!weir_str_eq(name, m->files[i].name)) continue;
    *out = (weir_source){.text = m->files[i].text, .path = m->files[i].name};
    return true;
  }
  return false;
}

/** A whole file in memory of its own (exactly its size, so that ASan sees a read behind it); {NULL, 0} if there is
 * none. The caller frees data. */
static inline weir_str read_file(const char *path) {
  FILE *f = fopen(path, "rb");
  if (!f) return (weir_str){NULL, 0};
  static char buffer[1 << 20];
  size_t len = fread(buffer, 1, sizeof buffer, f);
  WEIR_CHECK(feof(f) && !ferror(f)); /* test files are smaller than that */
  fclose(f);
  char *data = (char *)malloc(len ? len : 1);
  WEIR_CHECK(data);
  memcpy(data, buffer, len);
  return (weir_str){data, len};
}

/** A folder; what it opens is kept to be freed. */
typedef struct folder {
  const char *path;
  char *texts[64];
  size_t n_texts;
} folder;

static inline bool folder_open(void *ctx, weir_str name, weir_source *out, weir_open_error *why) {
  folder *f = (folder *)ctx;
  char path[512];
  if (memmem(name.data, name.len, "..", 2) || memmem(name.data, name.len, "//", 2)) {
    why->text =
        WEIR_STR("Backslashes, consecutive slashes, \".\", or \"..\" are not allowed in the virtual path");
    return false;
  }
  snprintf(path, sizeof path, "%s/" WEIR_FMT, f->path, WEIR_ARG(name));
  weir_str text = read_file(path);
  if (!text.data) return false;
  WEIR_CHECK(f->n_texts < sizeof f->texts / sizeof *f->texts);
  f->texts[f->n_texts++] = (char *)(uintptr_t)text.data;
  *out = (weir_source){.text = text, .path = name};
  return true;
}

static inline void folder_close(folder *f) {
  while (f->n_texts) free(f->texts[--f->n_texts]);
}

/** All lines of the report; the caller runs weir_bytes_fini. */
static inline weir_bytes report_text(const weir_schema *s) {
  weir_bytes out = weir_bytes_in(WEIR_MEM_DEFAULT);
  for (uint32_t i = 0; i < s->report.len; i++) weir_diagnostic_print(&s->report.data[i], &out);
  return out;
}

/** True if what stands in the file is `text`; with REFRESH=1 in the environment it is written there first. */
static inline bool matches_golden(const char *path, weir_str text) {
  if (getenv("REFRESH")) {
    FILE *f = fopen(path, "wb");
    WEIR_CHECK(f && fwrite(text.data ? text.data : "", 1, text.len, f) == text.len && fclose(f) == 0);
  }
  weir_str golden = read_file(path);
  bool same = golden.data && weir_str_eq(golden, text);
  if (!same)
    fprintf(stderr, "%s: want:\n" WEIR_FMT "got:\n" WEIR_FMT "(REFRESH=1 makes it so)\n", path,
            WEIR_ARG(golden), WEIR_ARG(text));
  free((char *)(uintptr_t)golden.data);
  return same;
}

#endif
