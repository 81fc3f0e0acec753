/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* standalone.c - runs a fuzz target over files, and the files of folders, where libFuzzer is not linked. */

#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static size_t n_run;

static void fail(const char *path) {
  perror(path);
  exit(1);
}

static void run_file(const char *path) {
  FILE *f = fopen(path, "rb");
  if (!f || fseek(f, 0, SEEK_END) != 0) fail(path);
  long len = ftell(f);
  if (len < 0) fail(path);
  rewind(f);
  /* A block of exactly len bytes, so that the sanitizer sees a read past its end. */
  uint8_t *data = malloc(len ? (size_t)len : 1);
  if (!data || fread(data, 1, (size_t)len, f) != (size_t)len) fail(path);
  fclose(f);
  LLVMFuzzerTestOneInput(data, (size_t)len);
  free(data);
  n_run++;
}

static void run_path(const char *path) {
  DIR *dir = opendir(path);
  if (!dir) {
    run_file(path);
    return;
  }
  for (struct dirent *e; (e = readdir(dir));) {
    char name[4096];
    if (e->d_name[0] == '.') continue;
    snprintf(name, sizeof name, "%s/%s", path, e->d_name);
    run_path(name);
  }
  closedir(dir);
}

int main(int argc, char **argv) {
  for (int i = 1; i < argc; i++) run_path(argv[i]);
  printf("%zu inputs\n", n_run);
  return n_run ? 0 : 1;
}
