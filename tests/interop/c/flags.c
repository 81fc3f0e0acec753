/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
#include "flags.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FLAGS_MAX_FILE (1u << 20)

static const char *const flags_kinds[] = {"TEXT", "true|false", "N"};

static bool flag_set(const flag *f, const char *text) {
  char *end;
  if (f->kind == FLAG_TEXT) {
    *(const char **)f->value = text;
    return true;
  }
  if (f->kind == FLAG_BOOL) {
    *(bool *)f->value = strcmp(text, "true") == 0;
    return *(bool *)f->value || strcmp(text, "false") == 0;
  }
  errno = 0;
  *(int64_t *)f->value = strtoll(text, &end, 10);
  return end != text && !*end && !errno && *(int64_t *)f->value >= 0;
}

static const flag *flag_find(const flag *flags, size_t n, const char *arg, size_t len) {
  for (size_t i = 0; i < n; i++)
    if (strlen(flags[i].name) == len && memcmp(flags[i].name, arg, len) == 0) return &flags[i];
  return NULL;
}

void flags_parse(const flag *flags, size_t n, int argc, char **argv) {
  for (int i = 1; i < argc; i++) {
    if (strcmp(argv[i], "--help") == 0) {
      for (size_t k = 0; k < n; k++) printf("--%s=%s\n", flags[k].name, flags_kinds[flags[k].kind]);
      exit(0);
    }
    const char *equals = strchr(argv[i], '=');
    const flag *f = NULL;
    if (strncmp(argv[i], "--", 2) == 0 && equals)
      f = flag_find(flags, n, argv[i] + 2, (size_t)(equals - argv[i]) - 2);
    if (f && flag_set(f, equals + 1)) continue;
    fprintf(stderr, "%s: %s %s; --help lists the flags\n", argv[0], argv[i],
            f ? "has a value that does not fit" : "is no flag of this program");
    exit(2);
  }
}

weir_str flags_read_file(const char *name, const char *path, weir_arena *a) {
  if (!path) {
    fprintf(stderr, "--%s is needed with --use_tls=true\n", name);
    exit(2);
  }
  char *text = weir_alloc(a, FLAGS_MAX_FILE);
  FILE *f = fopen(path, "r");
  size_t len = f && text ? fread(text, 1, FLAGS_MAX_FILE, f) : 0;
  if (f && text && !ferror(f) && len < FLAGS_MAX_FILE) {
    fclose(f);
    return (weir_str){text, len};
  }
  fprintf(stderr, "--%s=%s: cannot be read: %s\n", name, path, errno ? strerror(errno) : "too long");
  exit(2);
}
