/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* run.c - weirc: reads the command line, compiles, writes. */
#include "weirc.h"

#include "args.h"
#include "codegen/plugin.h"
#include "tree.h"
#include "write.h"

#include <errno.h>
#include <sys/stat.h>

/* One run. Reports what is wrong on weirc_err. */
typedef struct run {
  weirc_args *args;
  weir_schema *schema;
  weir_file_list files; /* the inputs */
  weirc_outputs outputs;
} run;

static weir_err must(weir_err err) {
  if (err == WEIR_ENOMEM) weirc_must(NULL);
  return err;
}

static void print_report(const weir_report *report) {
  weir_bytes out = weir_bytes_in(WEIR_MEM_DEFAULT);
  for (uint32_t i = 0; i < report->len; i++) weir_diagnostic_print(&report->data[i], &out);
  if (out.failed) weirc_must(NULL);
  if (out.len) fwrite(out.data, 1, out.len, weirc_err);
  weir_bytes_fini(&out);
}

static bool load_inputs(run *r) {
  weirc_args *args = r->args;
  bool ok = true;
  WEIR_LIST(weir_str) names = {0};
  for (uint32_t i = 0; i < args->inputs.len; i++) {
    weir_str name;
    if (!weirc_tree_name(args, args->inputs.data[i], &name)) return false;
    weirc_push(args, &names, name);
    must(weir_schema_add_input(r->schema, name));
  }
  for (uint32_t i = 0; i < names.len; i++) {
    weir_def_file *file;
    if (must(weir_schema_load(r->schema, names.data[i], &file)) == WEIR_EOK)
      weirc_push(args, &r->files, file);
    else
      ok = false;
  }
  return ok;
}

static weir_str in_folder(weirc_args *args, weir_str dir, weir_str name) {
  const char *slash = dir.len && dir.data[dir.len - 1] == '/' ? "" : "/";
  return weirc_printf(args, WEIR_FMT "%s" WEIR_FMT, WEIR_ARG(dir), slash, WEIR_ARG(name));
}

static bool folder_exists(weirc_args *args, weir_str dir) {
  struct stat st;
  errno = ENOTDIR;
  if (stat(weirc_printf(args, WEIR_FMT, WEIR_ARG(dir)).data, &st) == 0 && S_ISDIR(st.st_mode)) return true;
  fprintf(weirc_err, WEIR_FMT "%s: %s\n", WEIR_ARG(dir), dir.data[dir.len - 1] == '/' ? "" : "/",
          strerror(errno));
  return false;
}

static bool add_output(run *r, weir_str folder, const weir_output *out) {
  weirc_args *args = r->args;
  struct stat st;
  weirc_output o = {.path = in_folder(args, folder, out->name), .text = out->text};
  if (out->keep && stat(o.path.data, &st) == 0) return true;
  for (uint32_t i = 0; i < r->outputs.len; i++) {
    if (!weir_str_eq(r->outputs.data[i].path, o.path)) continue;
    if (out->keep) return true;
    fprintf(weirc_err, WEIR_FMT ": Tried to write the same file twice.\n", WEIR_ARG(out->name));
    return false;
  }
  weirc_push(args, &r->outputs, o);
  return weirc_make_folders(args, folder, out->name);
}

static bool generate_with(run *r, weirc_generator g) {
  const weirc_directive *d = &r->args->generators[g];
  if (g == WEIRC_C && d->options.len) {
    fprintf(weirc_err, "--weir_out: Unknown generator option: " WEIR_FMT "\n", WEIR_ARG(d->options));
    return false;
  }
  if (!folder_exists(r->args, d->folder)) return false;
  weir_codegen_fn *generate_one = weir_codegen_by_name(weirc_generator_names[g]);
  weir_outputs out = {0};
  bool ok = true;
  for (uint32_t i = 0; i < r->files.len; i++) {
    weir_def_file *file = r->files.data[i];
    weir_str error = {NULL, 0};
    ok = must(generate_one(r->schema, file, d->options, &out, &error)) == WEIR_EOK && ok;
    if (!error.len) continue;
    fprintf(weirc_err, "--%s_out: " WEIR_FMT ": " WEIR_FMT "\n", weirc_generator_names[g],
            WEIR_ARG(file->def.name), WEIR_ARG(error));
    return false;
  }
  for (uint32_t i = 0; ok && i < out.len; i++) ok = add_output(r, d->folder, &out.data[i]);
  return ok;
}

static bool generate(run *r) {
  bool ok = true;
  for (int i = 0; ok && i < WEIRC_GENERATORS; i++)
    if (r->args->generators[i].folder.data) ok = generate_with(r, (weirc_generator)i);
  return ok;
}

static void encode_descriptors(run *r) {
  weirc_args *args = r->args;
  if (!args->descriptor_out.data) return;
  weir_file_list files = {0};
  weirc_output o = {.path = args->descriptor_out};
  must(weir_schema_closure(r->schema, &r->files, args->include_imports, &files));
  must(weir_schema_encode(r->schema, &files, 0, &o.text));
  weirc_push(args, &r->outputs, o);
}

/* Blanks would end a name in a makefile. */
static void append_make_name(weir_bytes *out, weir_str path) {
  if (path.len > 2 && path.data[0] == '.' && path.data[1] == '/')
    path = (weir_str){path.data + 2, path.len - 2};
  for (size_t i = 0; i < path.len; i++) {
    if (path.data[i] == ' ') weir_bytes_append_cstr(out, "\\");
    weir_bytes_append(out, path.data + i, 1);
  }
}

/* "out \<newline>out: in\<newline> in": all outputs depend on the input and on what it imports from disk. */
static bool make_rule(run *r) {
  weirc_args *args = r->args;
  if (!args->dependency_out.data) return true;
  if (!r->outputs.len) {
    fputs("Can only use --dependency_out=FILE when generating code.\n", weirc_err);
    return false;
  }
  weir_file_list files = {0};
  must(weir_schema_closure(r->schema, &r->files, true, &files));
  weir_bytes out = weir_bytes_in(r->schema->mem);
  for (uint32_t i = 0; i < r->outputs.len; i++) {
    if (i) weir_bytes_append_cstr(&out, " \\\n");
    append_make_name(&out, r->outputs.data[i].path);
  }
  weir_bytes_append_cstr(&out, ":");
  bool first = true;
  for (uint32_t i = 0; i < files.len; i++) {
    if (files.data[i]->is_builtin) continue;
    weir_bytes_append_cstr(&out, first ? " " : "\\\n ");
    append_make_name(&out, files.data[i]->path);
    first = false;
  }
  if (out.failed) weirc_must(NULL);
  weirc_output o = {.path = args->dependency_out, .text = weir_bytes_view(&out)};
  weirc_push(args, &r->outputs, o);
  return true;
}

static bool compile(run *r) {
  bool ok = load_inputs(r);
  ok = ok && generate(r);
  if (ok) encode_descriptors(r);
  ok = ok && make_rule(r);
  print_report(&r->schema->report);
  return ok && weirc_write_all(r->args, &r->outputs);
}

static bool obey(run *r, int argc, char **argv) {
  weirc_args *args = r->args;
  args->arena = weirc_must(weir_arena_new(NULL, 0));
  if (!weirc_args_parse(args, argc, argv)) return false;
  if (args->help) {
    fputs(weirc_help, weirc_out);
    return true;
  }
  if (args->version) {
    fprintf(weirc_out, "weirc %s\n", weir_version());
    return true;
  }
  r->schema = weirc_must(weir_schema_new(WEIR_MEM_DEFAULT, weirc_tree_loader(args)));
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
  weir_schema_free(r.schema);
  weir_arena_free(args.arena);
  fflush(out);
  fflush(err);
  weirc_out = weirc_err = NULL;
  return ok ? 0 : 1;
}
