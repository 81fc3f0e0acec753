/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
#include "inputs.h"

#include <stdlib.h>
#include <string.h>

#define MAX_NUMBER 536870911

/* ---- what a file may have ------------------------------------------------------------------------------ */

static bool is_listed(const weirc_allowed *a, weir_str name) {
  for (uint32_t i = 0; i < a->names.len; i++)
    if (weir_str_eq(a->names.data[i], name)) return true;
  return false;
}

/* Each %s of the message becomes the name. */
static void complain(const weir_def_file *file, weir_str message, weir_str import) {
  fprintf(weirc_err, WEIR_FMT ": ", WEIR_ARG(file->def.name));
  for (const char *p = message.data; *p; p++) {
    if (p[0] == '%' && p[1] == 's') {
      fwrite(import.data, 1, import.len, weirc_err);
      p++;
    } else {
      fputc(*p, weirc_err);
    }
  }
  fputs("\n", weirc_err);
}

/* Of imports for options only, or of the others. */
static bool imports_allowed(const weirc_allowed *a, const weir_def_file *file, bool of_options) {
  bool ok = true;
  for (uint32_t i = 0; a->given && i < file->imports.len; i++) {
    if (file->imports.data[i].is_option != of_options || is_listed(a, file->imports.data[i].name)) continue;
    complain(file, a->message, file->imports.data[i].name);
    ok = false;
  }
  return ok;
}

bool weirc_input_allowed(const weirc_args *args, const weir_def_file *file) {
  if (args->disallow_services && file->services.len) {
    fprintf(weirc_err, WEIR_FMT ": This file contains services, but --disallow_services was used.\n",
            WEIR_ARG(file->def.name));
    return false;
  }
  bool direct = imports_allowed(&args->direct, file, false);
  return imports_allowed(&args->option, file, true) && direct;
}

/* ---- free numbers -------------------------------------------------------------------------------------- */

typedef struct span {
  int32_t start, end; /* exclusive */
} span;

typedef WEIR_LIST(span) spans;

static int compare(const void *a, const void *b) {
  const span *x = a, *y = b;
  if (x->start != y->start) return x->start < y->start ? -1 : 1;
  return (x->end > y->end) - (x->end < y->end);
}

static void print_free(const weir_def_message *m, const spans *taken) {
  fprintf(weirc_out, "%-35.*s free:", (int)m->def.full_name.len, m->def.full_name.data);
  int32_t next = 1;
  for (uint32_t i = 0; i < taken->len; i++) {
    const span *s = &taken->data[i];
    if (next >= s->end) continue;
    if (next + 1 == s->start) fprintf(weirc_out, " %d", (int)next);
    if (next + 1 < s->start) fprintf(weirc_out, " %d-%d", (int)next, (int)s->start - 1);
    next = s->end;
  }
  if (next <= MAX_NUMBER) fprintf(weirc_out, " %d-INF", (int)next);
  fputs("\n", weirc_out);
}

static void free_numbers(weirc_args *args, const weir_def_message *m) {
  spans taken = {0};
  for (uint32_t i = 0; i < m->messages.len; i++) free_numbers(args, m->messages.data[i]);
  for (uint32_t i = 0; i < m->fields.len; i++) {
    int32_t number = m->fields.data[i]->number;
    weirc_push(args, &taken, (span){number, number + 1});
  }
  for (uint32_t i = 0; i < m->extension_ranges.len; i++)
    weirc_push(args, &taken, (span){m->extension_ranges.data[i].start, m->extension_ranges.data[i].end});
  for (uint32_t i = 0; i < m->reserved_ranges.len; i++)
    weirc_push(args, &taken, (span){m->reserved_ranges.data[i].start, m->reserved_ranges.data[i].end});
  if (taken.len) qsort(taken.data, taken.len, sizeof *taken.data, compare);
  print_free(m, &taken);
}

void weirc_print_free_numbers(weirc_args *args, const weir_def_file *file) {
  for (uint32_t i = 0; i < file->messages.len; i++) free_numbers(args, file->messages.data[i]);
}
