/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
#include "generate.h"

#include "codegen/plugin.h"
#include "codegen/request.h"
#include "codegen/response.h"
#include "schema/suggest.h"
#include "spawn.h"
#include "zip.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

extern char **environ;

typedef struct generation {
  weirc_args *args;
  weir_schema *schema;
  const weir_file_list *files;
  weir_bytes report;          /* what outtree and response say; printed as it comes */
  weir_bytes request, answer; /* of the plugin at hand */
} generation;

static weir_err must(weir_err err) {
  if (err == WEIR_ENOMEM) weirc_must(NULL);
  return err;
}

static void print_report(generation *g) {
  weir_str text = weir_bytes_view(&g->report);
  if (g->report.failed) weirc_must(NULL);
  if (text.len) fwrite(text.data, 1, text.len, weirc_err);
  weir_bytes_clear(&g->report);
}

/* ---- locations ----------------------------------------------------------------------------------------- */

static weirc_location *location_of(weirc_args *args, weirc_locations *list, weir_str folder) {
  weir_str path = folder;
  if (folder.len && folder.data[folder.len - 1] != '/' && !weirc_is_archive(folder))
    path = weirc_printf(args, WEIR_FMT "/", WEIR_ARG(folder));
  for (uint32_t i = 0; i < list->len; i++)
    if (weir_str_eq(list->data[i]->path, path)) return list->data[i];
  weirc_location *l = weirc_must(weir_alloc(args->arena, sizeof *l));
  *l = (weirc_location){.path = path, .archive = weir_bytes_in(WEIR_MEM_DEFAULT)};
  weir_outtree_init(&l->tree, WEIR_MEM_DEFAULT);
  weirc_push(args, list, l);
  return l;
}

void weirc_locations_fini(weirc_locations *list) {
  for (uint32_t i = 0; i < list->len; i++) {
    weir_outtree_fini(&list->data[i]->tree);
    weir_bytes_fini(&list->data[i]->archive);
  }
  list->len = 0;
}

/* ---- generators that are part of weirc ----------------------------------------------------------------------- */

static void place_all(generation *g, weirc_location *l, const weir_outputs *made) {
  for (uint32_t i = 0; i < made->len; i++) {
    const weir_output *o = &made->data[i];
    if (o->keep && weir_outtree_find(&l->tree, o->name)) continue;
    weir_outfile *f = weir_outtree_add(&l->tree, o->name, &g->report);
    if (!f) continue;
    f->keep = o->keep;
    weir_bytes_append_str(&f->text, o->text);
    l->tree.failed = l->tree.failed || f->text.failed;
  }
}

static bool generate_builtin(generation *g, const weirc_directive *d, weir_codegen_fn *generate_one,
                             weir_str options, weirc_location *l) {
  weir_outputs made = {0};
  bool ok = true;
  for (uint32_t i = 0; i < g->files->len; i++) {
    weir_def_file *file = g->files->data[i];
    weir_str error = {NULL, 0};
    ok = must(generate_one(g->schema, file, options, &made, &error)) == WEIR_EOK && ok;
    if (!error.len) continue;
    fprintf(weirc_err, WEIR_FMT ": " WEIR_FMT ": " WEIR_FMT "\n", WEIR_ARG(d->flag), WEIR_ARG(file->def.name),
            WEIR_ARG(error));
    return false;
  }
  if (ok) place_all(g, l, &made);
  print_report(g);
  return ok;
}

/* ---- plugins ------------------------------------------------------------------------------------------- */

static char *zero_ended(weirc_args *args, weir_str text) {
  return (char *)(uintptr_t)weirc_printf(args, WEIR_FMT, WEIR_ARG(text)).data;
}

/* The environment, with the mark that --enable_codegen_trace sets for plugins. */
static char *const *environment_for(weirc_args *args) {
  static const char mark[] = "PROTOC_CODEGEN_TRACE";
  if (!args->codegen_trace || getenv(mark)) return environ;
  WEIR_LIST(char *) all = {0};
  for (char **p = environ; *p; p++) weirc_push(args, &all, *p);
  weirc_push(args, &all, (char *)(uintptr_t) "PROTOC_CODEGEN_TRACE=yes");
  weirc_push(args, &all, NULL);
  return all.data;
}

/* The program, behind the words of its --X_prefix if there are any. */
static weirc_command command_for(weirc_args *args, const weirc_plugin *p, weir_str name) {
  WEIR_LIST(char *) argv = {0};
  bool has_prefix = p && p->prefix.len, has_path = p && p->path.data;
  for (uint32_t i = 0; has_prefix && i < p->prefix.len; i++)
    weirc_push(args, &argv, zero_ended(args, p->prefix.data[i]));
  weirc_push(args, &argv, zero_ended(args, has_path ? p->path : name));
  weirc_push(args, &argv, NULL);
  return (weirc_command){.argv = argv.data, .envp = environment_for(args), .search = has_prefix || !has_path};
}

/* A name that protoc has a generator for and weirc has not, or one that was mistyped: the error alone would not tell what
 * to do. */
static void explain_missing(const weirc_directive *d) {
  static const char *const protocs[] = {"cpp", "csharp", "java", "kotlin", "objc",
                                        "php", "rbs",    "ruby", "rust"};
  static const char *const ours[] = {"weir", "python", "pyi", "grpc_python"};
  weir_suggestion s = weir_suggestion_for(d->name);
  for (size_t i = 0; i < sizeof ours / sizeof *ours; i++) weir_suggestion_offer(&s, weir_str_of(ours[i]));
  if (s.best.len) fprintf(weirc_err, "note: did you mean --" WEIR_FMT "_out?\n", WEIR_ARG(s.best));
  for (size_t i = 0; i < sizeof protocs / sizeof *protocs; i++)
    if (weir_str_eq(d->name, weir_str_of(protocs[i])))
      fprintf(weirc_err,
              "note: protoc has a generator for %s built in; weirc has those for C (--weir_out) and Python "
              "(--python_out, --pyi_out, --grpc_python_out), and runs plugins for all others.\n",
              protocs[i]);
}

static bool plugin_fails(const weirc_directive *d, weir_str plugin, const char *fmt, int number) {
  fprintf(weirc_err, WEIR_FMT ": " WEIR_FMT ": ", WEIR_ARG(d->flag), WEIR_ARG(plugin));
  fprintf(weirc_err, fmt, number);
  fputs("\n", weirc_err);
  if (strstr(fmt, "status") && number == 1) explain_missing(d);
  return false;
}

static bool run_plugin(generation *g, const weirc_directive *d, weir_str plugin) {
  weirc_command command = command_for(g->args, weirc_args_plugin(g->args, plugin), plugin);
  int number;
  fflush(weirc_err); /* the plugin writes there too */
  weirc_ended ended = weirc_spawn(&command, weir_bytes_view(&g->request), &g->answer, &number);
  if (g->answer.failed) weirc_must(NULL);
  if (ended == WEIRC_NOT_STARTED) {
    fprintf(weirc_err, WEIR_FMT ": " WEIR_FMT ": %s\n", WEIR_ARG(d->flag), WEIR_ARG(plugin), strerror(number));
    return false;
  }
  if (ended == WEIRC_KILLED) return plugin_fails(d, plugin, "Plugin killed by signal %d.", number);
  return number ? plugin_fails(d, plugin, "Plugin failed with status code %d.", number) : true;
}

/* With the escapes of C, in octal. */
static void print_escaped(weir_str text) {
  static const char plain[] = "\n\r\t\"'\\", letters[] = "nrt\"'\\";
  for (size_t i = 0; i < text.len; i++) {
    unsigned char c = (unsigned char)text.data[i];
    const char *at = c ? strchr(plain, c) : NULL;
    if (at)
      fprintf(weirc_err, "\\%c", letters[at - plain]);
    else
      fprintf(weirc_err, c < 0x20 || c >= 0x7F ? "\\%03o" : "%c", c);
  }
  fputs("\n", weirc_err);
}

static bool take_answer(generation *g, const weirc_directive *d, weir_str plugin, weirc_location *l) {
  weir_response response;
  weir_str bytes = weir_bytes_view(&g->answer);
  if (!weir_response_read(bytes.data ? bytes : WEIR_STR(""), &response)) {
    fprintf(weirc_err, WEIR_FMT ": " WEIR_FMT ": Plugin output is unparseable: ", WEIR_ARG(d->flag),
            WEIR_ARG(plugin));
    print_escaped(bytes);
    return false;
  }
  bool ok = weir_response_place(&response, &l->tree, &g->report);
  print_report(g);
  if (!ok) {
    fprintf(weirc_err,
            WEIR_FMT ": " WEIR_FMT ": First file chunk returned by plugin did not specify a file name.\n",
            WEIR_ARG(d->flag), WEIR_ARG(plugin));
    return false;
  }
  ok = weir_response_supports(&response, plugin.data, g->files->data, g->files->len, !g->args->any_edition,
                              &g->report);
  print_report(g);
  if (!response.error.len) return ok;
  fprintf(weirc_err, WEIR_FMT ": " WEIR_FMT "\n", WEIR_ARG(d->flag), WEIR_ARG(response.error));
  return false;
}

static bool generate_by_plugin(generation *g, const weirc_directive *d, weir_str plugin, weir_str options,
                               weirc_location *l) {
  weir_bytes_clear(&g->request);
  weir_bytes_clear(&g->answer);
  must(weir_request_encode(g->schema, g->files, plugin.data, options, &g->request));
  return run_plugin(g, d, plugin) && take_answer(g, d, plugin, l);
}

/* ---- all ----------------------------------------------------------------------------------------------- */

static weir_str options_for(weirc_args *args, const weirc_directive *d, const weirc_plugin *p) {
  if (!p || !p->options.len) return d->options;
  if (!d->options.len) return p->options;
  return weirc_printf(args, WEIR_FMT "," WEIR_FMT, WEIR_ARG(d->options), WEIR_ARG(p->options));
}

/* protoc's own names mean what is built in, whatever plugins there are; for the rest, --plugin decides. */
static bool wants_plugin(const weirc_directive *d, const weirc_plugin *p) {
  bool is_protocs = weir_str_eq(d->name, WEIR_STR("python")) || weir_str_eq(d->name, WEIR_STR("pyi"));
  return p && p->path.data && !is_protocs;
}

static weir_codegen_fn *builtin_for(weirc_args *args, const weirc_directive *d, const weirc_plugin *p) {
  return wants_plugin(d, p) ? NULL : weir_codegen_by_name(zero_ended(args, d->name));
}

static weir_str plugin_name(weirc_args *args, const weirc_directive *d) {
  return weirc_printf(args, "protoc-gen-" WEIR_FMT, WEIR_ARG(d->name));
}

bool weirc_runs_plugins(weirc_args *args) {
  for (uint32_t i = 0; i < args->directives.len; i++) {
    const weirc_directive *d = &args->directives.data[i];
    if (!builtin_for(args, d, weirc_args_plugin(args, plugin_name(args, d)))) return true;
  }
  return false;
}

static bool generate_one(generation *g, const weirc_directive *d, weirc_locations *out) {
  weir_str plugin = plugin_name(g->args, d);
  const weirc_plugin *p = weirc_args_plugin(g->args, plugin);
  weir_str options = options_for(g->args, d, p);
  weirc_location *l = location_of(g->args, out, d->folder);
  weir_codegen_fn *builtin = builtin_for(g->args, d, p);
  bool ok =
      builtin ? generate_builtin(g, d, builtin, options, l) : generate_by_plugin(g, d, plugin, options, l);
  if (l->tree.failed) weirc_must(NULL);
  return ok;
}

static bool generate_all(generation *g, weirc_locations *out) {
  for (uint32_t i = 0; i < g->args->directives.len; i++) {
    const weirc_directive *d = &g->args->directives.data[i];
    if (d->folder.len) continue;
    fprintf(weirc_err, WEIR_FMT " names no folder. (Use \".\" for the current one.)\n", WEIR_ARG(d->flag));
    return false;
  }
  for (uint32_t i = 0; i < g->args->directives.len; i++)
    if (!generate_one(g, &g->args->directives.data[i], out)) return false;
  return true;
}

bool weirc_generate(weirc_args *args, weir_schema *s, const weir_file_list *files, weirc_locations *out) {
  generation g = {.args = args, .schema = s, .files = files};
  g.report = g.request = g.answer = weir_bytes_in(WEIR_MEM_DEFAULT);
  jmp_buf *outer = weirc_out_of_memory, out_of_memory;
  volatile bool ok = false, failed = true;
  weirc_out_of_memory = &out_of_memory;
  if (!setjmp(out_of_memory)) {
    ok = generate_all(&g, out);
    failed = false;
  }
  weirc_out_of_memory = outer;
  weir_bytes_fini(&g.report);
  weir_bytes_fini(&g.request);
  weir_bytes_fini(&g.answer);
  if (failed) weirc_must(NULL);
  return ok;
}

/* ---- outputs ------------------------------------------------------------------------------------------- */

static bool folder_exists(weir_str folder) {
  if (access(folder.data, F_OK) == 0) return true;
  fprintf(weirc_err, WEIR_FMT ": %s\n", WEIR_ARG(folder), strerror(errno));
  return false;
}

static bool climbs(weir_str name) {
  for (size_t i = 0; i + 1 < name.len; i++)
    if (name.data[i] == '.' && name.data[i + 1] == '.') return true;
  return false;
}

static bool add_file(weirc_args *args, const weirc_location *l, const weir_outfile *f, weirc_outputs *out) {
  if (!args->allow_escape && climbs(f->name)) {
    fprintf(weirc_err,
            "Output file names must never have a relative path. (" WEIR_FMT
            "). Use --unsafe_allow_out_dir_escape to disable this error if intentional.\n",
            WEIR_ARG(f->name));
    return false;
  }
  weirc_output o = {.path = weirc_printf(args, WEIR_FMT WEIR_FMT, WEIR_ARG(l->path), WEIR_ARG(f->name)),
                    .text = weir_bytes_view(&f->text),
                    .root = l->path.len};
  struct stat st;
  if (f->keep && stat(o.path.data, &st) == 0) return true;
  weirc_push(args, out, o);
  return true;
}

static bool add_folder(weirc_args *args, const weirc_location *l, weirc_outputs *out) {
  if (!folder_exists(l->path)) return false;
  for (size_t i = 0; i < l->tree.len; i++)
    if (!add_file(args, l, l->tree.files[i], out)) return false;
  return true;
}

static bool add_archive(weirc_args *args, weirc_location *l, weirc_outputs *out) {
  for (size_t i = 0; i < l->tree.len; i++)
    if (!args->allow_escape && climbs(l->tree.files[i]->name))
      fprintf(weirc_err,
              "WARNING: Output file names must never have a relative path. (" WEIR_FMT
              "). This will become an error in a future breaking change release of Protobuf. Use "
              "--unsafe_allow_out_dir_escape to suppress this warning if intentional.\n",
              WEIR_ARG(l->tree.files[i]->name));
  if (!weirc_zip(&l->tree, &l->archive)) {
    fprintf(weirc_err, WEIR_FMT ": The archive is larger than the ZIP format allows.\n", WEIR_ARG(l->path));
    return false;
  }
  if (l->archive.failed) weirc_must(NULL);
  weirc_push(args, out,
             (weirc_output){.path = l->path, .root = l->path.len, .text = weir_bytes_view(&l->archive)});
  return true;
}

bool weirc_locations_outputs(weirc_args *args, weirc_locations *list, weirc_outputs *out) {
  bool ok = true;
  for (uint32_t i = 0; i < list->len; i++) {
    weirc_location *l = list->data[i];
    if (weirc_is_jar(l->path)) weirc_zip_manifest(&l->tree);
    if (l->tree.failed) weirc_must(NULL);
    weir_outtree_sort(&l->tree);
    ok = ok && !l->tree.wrong;
    if (ok) ok = weirc_is_archive(l->path) ? add_archive(args, l, out) : add_folder(args, l, out);
  }
  return ok;
}
