/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* run.c - weirc: reads the command line, compiles, generates, writes. */
#include "weirc.h"

#include "generate.h"
#include "inputs.h"
#include "tree.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MAX_ADVICE 100 /* mistakes for which it is looked up what was meant */

/* One run. Reports what is wrong on weirc_err. */
typedef struct run {
  weirc_args *args;
  weirc_tree tree;
  weir_schema *schema;
  weir_file_list files; /* the inputs */
  weirc_locations locations;
  weirc_outputs outputs;
  uint32_t n_reported; /* of the schema's report, what was printed */
} run;

static weir_err must(weir_err err) {
  if (err == WEIR_ENOMEM) weirc_must(NULL);
  return err;
}

/* ---- the report ---------------------------------------------------------------------------------------- */

/* On a terminal, unless NO_COLOR is set (no-color.org). */
static bool wants_colour(void) {
  const char *no = getenv("NO_COLOR"), *term = getenv("TERM");
  return !(no && *no) && !(term && strcmp(term, "dumb") == 0) && isatty(fileno(weirc_err));
}

static void print_one(const run *r, const weir_diagnostic *d, weir_pretty *pretty, weir_bytes *out) {
  switch (r->args->diagnostics) {
  case WEIRC_GCC: weir_diagnostic_print(d, out); break;
  case WEIRC_MSVS: weir_diagnostic_print_msvs(d, out); break;
  case WEIRC_PRETTY: weir_diagnostic_print_pretty(d, pretty, out); break;
  }
}

static void print_report(run *r) {
  const weir_report *report = &r->schema->report;
  weir_bytes out = weir_bytes_in(WEIR_MEM_DEFAULT);
  weir_pretty pretty = {.colour = wants_colour()};
  for (; r->n_reported < report->len; r->n_reported++)
    print_one(r, &report->data[r->n_reported], &pretty, &out);
  bool failed = out.failed;
  if (!failed && out.len) fwrite(out.data, 1, out.len, weirc_err);
  weir_bytes_fini(&out);
  if (failed) weirc_must(NULL);
}

static bool has_warnings(const run *r) {
  for (uint32_t i = 0; i < r->schema->report.len; i++)
    if (r->schema->report.data[i].severity == WEIR_SEVERITY_WARNING) return true;
  return false;
}

/* ---- inputs -------------------------------------------------------------------------------------------- */

static bool name_inputs(run *r, weirc_strings *names) {
  weirc_args *args = r->args;
  for (uint32_t i = 0; i < args->inputs.len; i++) {
    weir_str name;
    if (!weirc_tree_name(&r->tree, args->inputs.data[i], &name)) return false;
    weirc_push(args, names, name);
    if (args->paths.len) must(weir_schema_add_input(r->schema, name));
  }
  return true;
}

static bool load_inputs(run *r) {
  bool ok = true;
  weirc_strings names = {0};
  if (!name_inputs(r, &names)) return false;
  for (uint32_t i = 0; i < names.len; i++) {
    weir_def_file *file;
    if (must(weir_schema_load(r->schema, names.data[i], &file)) != WEIR_EOK) {
      ok = false;
      continue;
    }
    weirc_push(r->args, &r->files, file);
    print_report(r);
    ok = weirc_input_allowed(r->args, file) && ok;
  }
  print_report(r);
  return ok;
}

/* ---- outputs ------------------------------------------------------------------------------------------- */

static void encode_descriptors(run *r) {
  weirc_args *args = r->args;
  if (!args->descriptor_out.data) return;
  weir_file_list files = {0};
  weirc_output o = {.path = args->descriptor_out, .root = args->descriptor_out.len};
  unsigned flags = (args->include_source_info ? WEIR_ENCODE_SOURCE_INFO : 0u) |
                   (args->retain_options ? WEIR_ENCODE_RETAIN_OPTIONS : 0u);
  must(weir_schema_closure(r->schema, &r->files, args->include_imports, &files));
  must(weir_schema_encode(r->schema, &files, flags, &o.text));
  weirc_push(args, &r->outputs, o);
}

/* Blanks would end a name in a makefile. */
static void append_make_name(weir_bytes *out, weir_str path) {
  for (size_t i = 0; i < path.len; i++) {
    if (path.data[i] == ' ') weir_bytes_append_cstr(out, "\\");
    weir_bytes_append(out, path.data + i, 1);
  }
}

static void append_target(run *r, weir_bytes *out, weir_str folder, weir_str name) {
  weir_str path = weirc_printf(r->args, WEIR_FMT WEIR_FMT, WEIR_ARG(folder), WEIR_ARG(name));
  if (path.len > 2 && path.data[0] == '.' && path.data[1] == '/')
    path = (weir_str){path.data + 2, path.len - 2};
  if (out->len) weir_bytes_append_cstr(out, " \\\n");
  append_make_name(out, path);
}

static void append_targets(run *r, weir_bytes *out) {
  static const weir_str here = {"", 0};
  for (uint32_t i = 0; i < r->locations.len; i++)
    for (size_t k = 0; k < r->locations.data[i]->tree.len; k++)
      append_target(r, out, r->locations.data[i]->path, r->locations.data[i]->tree.files[k]->name);
  if (r->args->descriptor_out.data) append_target(r, out, here, r->args->descriptor_out);
  if (r->args->edition_defaults_out.data) append_target(r, out, here, r->args->edition_defaults_out);
}

/* "out \<newline>out: in\<newline> in": all outputs depend on the input and on what it imports from disk. */
static void make_rule(run *r) {
  if (!r->args->dependency_out.data) return;
  weir_file_list files = {0};
  must(weir_schema_closure(r->schema, &r->files, true, &files));
  weir_bytes out = weir_bytes_in(r->schema->mem);
  append_targets(r, &out);
  bool any = out.len, first = true;
  if (any) weir_bytes_append_cstr(&out, ":");
  for (uint32_t i = 0; any && i < files.len; i++) {
    if (files.data[i]->is_builtin) continue;
    weir_bytes_append_cstr(&out, first ? " " : "\\\n ");
    append_make_name(&out, files.data[i]->path);
    first = false;
  }
  if (out.failed) weirc_must(NULL);
  weirc_output o = {.path = r->args->dependency_out, .root = r->args->dependency_out.len};
  o.text = out.len ? weir_bytes_view(&out) : WEIR_STR("");
  weirc_push(r->args, &r->outputs, o);
}

/* ---- all ----------------------------------------------------------------------------------------------- */

/* Flags of protoc's that weirc takes but cannot obey: an error, rather than success without a result. */
static bool can_obey(const weirc_args *args) {
  const char *flag = NULL;
  if (args->mode == WEIRC_ENCODE) flag = "--encode";
  if (args->mode == WEIRC_DECODE) flag = args->codec_type.len ? "--decode" : "--decode_raw";
  if (args->edition_defaults_out.data) flag = "--edition_defaults_out";
  if (flag) fprintf(weirc_err, "weirc: %s is not supported; nothing was written. protoc has it.\n", flag);
  return !flag;
}

static bool compile(run *r) {
  if (!load_inputs(r) || !can_obey(r->args)) return false;
  bool ok = weirc_generate(r->args, r->schema, &r->files, &r->locations);
  print_report(r);
  if (!ok || !weirc_locations_outputs(r->args, &r->locations, &r->outputs)) return false;
  make_rule(r);
  encode_descriptors(r);
  if (!weirc_write_all(r->args, &r->outputs)) return false;
  if (r->args->fatal_warnings && has_warnings(r)) return false;
  for (uint32_t i = 0; r->args->mode == WEIRC_PRINT_FREE && i < r->files.len; i++)
    weirc_print_free_numbers(r->args, r->files.data[i]);
  return true;
}

static bool obey(run *r, int argc, char **argv) {
  r->args->arena = weirc_must(weir_arena_new(NULL, 0));
  weirc_next next = weirc_args_parse(r->args, argc, argv);
  if (next != WEIRC_GO_ON) return next == WEIRC_DONE;
  if (!weirc_tree_init(&r->tree, r->args)) return false;
  r->schema = weirc_must(weir_schema_new(WEIR_MEM_DEFAULT, weirc_tree_loader(&r->tree)));
  r->schema->advice_left = r->args->diagnostics == WEIRC_PRETTY ? MAX_ADVICE : 0;
  r->schema->keep_source_info = r->args->include_source_info || weirc_runs_plugins(r->args);
  return compile(r);
}

static bool obey_or_give_up(run *r, int argc, char **argv) {
  jmp_buf out_of_memory;
  weirc_out_of_memory = &out_of_memory;
  if (setjmp(out_of_memory)) {
    fputs("weirc: out of memory\n", weirc_err);
    return false;
  }
  return obey(r, argc, argv);
}

int weirc_main(int argc, char **argv, FILE *out, FILE *err) {
  weirc_args args = {0};
  run r = {.args = &args};
  weirc_out = out;
  weirc_err = err;
  bool ok = obey_or_give_up(&r, argc, argv);
  weirc_out_of_memory = NULL;
  weirc_locations_fini(&r.locations);
  weir_schema_free(r.schema);
  weir_arena_free(args.arena);
  fflush(out);
  fflush(err);
  weirc_out = weirc_err = NULL;
  return ok ? 0 : 1;
}
