/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* args.c - flags are a table; each is obeyed as it is read, in protoc's order and words. */
#include "args.h"

#include "codegen/request.h"
#include "schema/suggest.h"

#include <stdarg.h>
#include <string.h>
#include <unistd.h>

_Thread_local jmp_buf *weirc_out_of_memory;
_Thread_local FILE *weirc_err, *weirc_out;

void *weirc_must(void *p) {
  if (!p) longjmp(*weirc_out_of_memory, 1);
  return p;
}

weir_str weirc_printf(weirc_args *args, const char *fmt, ...) {
  va_list ap, again;
  va_start(ap, fmt);
  va_copy(again, ap);
  int len = vsnprintf(NULL, 0, fmt, ap);
  va_end(ap);
  char *p = weirc_must(weir_alloc(args->arena, (size_t)(len < 0 ? 0 : len) + 1));
  vsnprintf(p, (size_t)(len < 0 ? 0 : len) + 1, fmt, again);
  va_end(again);
  return (weir_str){p, (size_t)(len < 0 ? 0 : len)};
}

static weirc_next wrong(const char *fmt, ...) WEIR_PRINTF(1, 2);
static weirc_next wrong(const char *fmt, ...) {
  va_list ap;
  va_start(ap, fmt);
  vfprintf(weirc_err, fmt, ap);
  va_end(ap);
  fputs("\n", weirc_err);
  return WEIRC_WRONG;
}

/* ---- lists --------------------------------------------------------------------------------------------- */

/* The parts of value between any of the separators; empty ones are left out. */
static weirc_strings split(weirc_args *args, const char *value, const char *separators) {
  weirc_strings parts = {0};
  for (const char *p = value; *p;) {
    size_t len = strcspn(p, separators);
    weir_str part = weirc_printf(args, "%.*s", (int)len, p);
    if (len) weirc_push(args, &parts, part);
    p += len + (p[len] != 0);
  }
  return parts;
}

static weirc_next add_mapping(weirc_args *args, weir_str part) {
  const char *equals = strchr(part.data, '=');
  weir_path_mapping m = {{"", 0}, part};
  if (equals) {
    m.name = (weir_str){part.data, (size_t)(equals - part.data)};
    m.disk = weir_str_of(equals + 1);
  }
  if (!m.disk.len)
    return wrong("--proto_path passed empty directory name.  (Use \".\" for current directory.)");
  if (access(m.disk.data, F_OK) < 0) {
    if (access(part.data, F_OK) < 0)
      fprintf(weirc_err, "%s: warning: directory does not exist.\n", m.disk.data);
    else
      m = (weir_path_mapping){{"", 0}, part}; /* a folder with a '=' in its name */
  }
  m.disk = weir_path_canonical(args->arena, m.disk);
  weirc_must((void *)(uintptr_t)m.disk.data);
  weirc_push(args, &args->paths, m);
  return WEIRC_GO_ON;
}

static weirc_next add_paths(weirc_args *args, const char *value) {
  weirc_strings parts = split(args, value, ":");
  weirc_next next = WEIRC_GO_ON;
  for (uint32_t i = 0; next == WEIRC_GO_ON && i < parts.len; i++) next = add_mapping(args, parts.data[i]);
  return next;
}

weirc_plugin *weirc_args_plugin(weirc_args *args, weir_str name) {
  for (uint32_t i = 0; i < args->plugins.len; i++)
    if (weir_str_eq(args->plugins.data[i].name, name)) return &args->plugins.data[i];
  return NULL;
}

static weirc_plugin *plugin_named(weirc_args *args, weir_str name) {
  weirc_plugin *p = weirc_args_plugin(args, name);
  if (p) return p;
  weirc_push(args, &args->plugins, (weirc_plugin){.name = name, .path = {NULL, 0}});
  return &args->plugins.data[args->plugins.len - 1];
}

/* ---- flags --------------------------------------------------------------------------------------------- */

static bool any_output(const weirc_args *args) { return args->directives.len || args->descriptor_out.data; }

static weirc_next set_once(weir_str *slot, const char *flag, const char *value) {
  if (slot->data) return wrong("%s may only be passed once.", flag);
  if (!*value) return wrong("%s requires a non-empty value.", flag);
  *slot = weir_str_of(value);
  return WEIRC_GO_ON;
}

static weirc_next set_flag_once(bool *slot, const char *flag) {
  if (*slot) return wrong("%s may only be passed once.", flag);
  *slot = true;
  return WEIRC_GO_ON;
}

static weirc_next set_allowed(weirc_args *args, weirc_allowed *a, const char *what, const char *flag,
                              const char *value) {
  if (a->given)
    return wrong("%s may only be passed once. To specify multiple %s dependencies, pass them all as a single "
                 "parameter separated by ':'.",
                 flag, what);
  a->given = true;
  a->names = split(args, value, ":");
  return WEIRC_GO_ON;
}

static weirc_next set_descriptor_sets(weirc_args *args, const char *flag, const char *value) {
  if (args->descriptor_sets.len)
    return wrong("%s may only be passed once. To specify multiple descriptor sets, pass them all as a single "
                 "parameter separated by ':'.",
                 flag);
  if (!*value) return wrong("%s requires a non-empty value.", flag);
  if (args->dependency_out.data) return wrong("%s cannot be used with --dependency_out.", flag);
  args->descriptor_sets = split(args, value, ":");
  return WEIRC_GO_ON;
}

static weirc_next set_descriptor_out(weirc_args *args, const char *flag, const char *value) {
  weirc_next next = set_once(&args->descriptor_out, flag, value);
  if (next == WEIRC_GO_ON && args->mode != WEIRC_COMPILE)
    return wrong("Cannot use --encode or --decode and generate descriptors at the same time.");
  return next;
}

static weirc_next set_dependency_out(weirc_args *args, const char *flag, const char *value) {
  weirc_next next = set_once(&args->dependency_out, flag, value);
  if (next == WEIRC_GO_ON && args->descriptor_sets.len)
    return wrong("%s cannot be used with --descriptor_set_in.", flag);
  return next;
}

static weirc_next set_codec(weirc_args *args, weirc_mode mode, const char *flag, const char *value) {
  bool raw = strcmp(flag, "--decode_raw") == 0;
  if (args->mode != WEIRC_COMPILE) return wrong("Only one of --encode and --decode can be specified.");
  if (any_output(args))
    return wrong("Cannot use %s and generate code or descriptors at the same time.", flag);
  args->mode = mode;
  if (!*value && !raw) {
    wrong("Type name for %s cannot be blank.", flag);
    return mode == WEIRC_DECODE ? wrong("To decode an unknown message, use --decode_raw.") : WEIRC_WRONG;
  }
  if (*value && raw) return wrong("--decode_raw does not take a parameter.");
  args->codec_type = weir_str_of(value);
  return WEIRC_GO_ON;
}

static weirc_next set_print_free(weirc_args *args, const char *flag) {
  if (args->mode != WEIRC_COMPILE)
    return wrong("Cannot use %s and use --encode, --decode or print other info at the same time.", flag);
  if (any_output(args))
    return wrong("Cannot use %s and generate code or descriptors at the same time.", flag);
  args->mode = WEIRC_PRINT_FREE;
  return WEIRC_GO_ON;
}

static weirc_next set_error_format(weirc_args *args, const char *value) {
  if (strcmp(value, "gcc") == 0)
    args->diagnostics = WEIRC_GCC;
  else if (strcmp(value, "msvs") == 0)
    args->diagnostics = WEIRC_MSVS;
  else
    return wrong("Unknown error format: %s", value);
  return WEIRC_GO_ON;
}

static weirc_next set_diagnostics(weirc_args *args, const char *value) {
  if (strcmp(value, "pretty") == 0)
    args->diagnostics = WEIRC_PRETTY;
  else if (strcmp(value, "plain") == 0)
    args->diagnostics = WEIRC_GCC;
  else
    return wrong("--diagnostics must be plain or pretty, not \"%s\".", value);
  return WEIRC_GO_ON;
}

static weirc_next set_edition(int32_t *slot, const char *flag, const char *value) {
  static const struct {
    const char *name;
    int32_t number;
  } editions[] = {{"LEGACY", 900},
                  {"PROTO2", 998},
                  {"PROTO3", 999},
                  {"2023", 1000},
                  {"2024", 1001},
                  {"2026", 1002},
                  {"UNSTABLE", 9999},
                  {"1_TEST_ONLY", 1},
                  {"2_TEST_ONLY", 2},
                  {"99997_TEST_ONLY", 99997},
                  {"99998_TEST_ONLY", 99998},
                  {"99999_TEST_ONLY", 99999},
                  {"MAX", INT32_MAX}};
  if (*slot) return wrong("%s may only be passed once.", flag);
  for (size_t i = 0; i < sizeof editions / sizeof *editions; i++)
    if (strcmp(editions[i].name, value) == 0) *slot = editions[i].number;
  if (*slot || strcmp(value, "UNKNOWN") == 0) return WEIRC_GO_ON;
  return wrong("%s unknown edition \"%s\".", flag, value);
}

static weirc_next set_edition_defaults_out(weirc_args *args, const char *flag, const char *value) {
  weirc_next next = set_once(&args->edition_defaults_out, flag, value);
  if (next == WEIRC_GO_ON && args->mode != WEIRC_COMPILE)
    return wrong("Cannot use --encode or --decode and generate defaults at the same time.");
  return next;
}

/* NAME=PATH; without NAME, that of the file. */
static weirc_next set_plugin(weirc_args *args, const char *value) {
  const char *equals = strchr(value, '='), *slash = strrchr(value, '/');
  weir_str name = weir_str_of(slash ? slash + 1 : value), path = weir_str_of(value);
  if (equals) {
    name = (weir_str){value, (size_t)(equals - value)};
    path = weir_str_of(equals + 1);
  }
  plugin_named(args, name)->path = path;
  return WEIRC_GO_ON;
}

static weirc_next print_version(const weirc_args *args) {
  const char *slash = strrchr(args->program, '/');
  fprintf(weirc_out, "libprotoc %d.%d\n", WEIR_PROTOC_MAJOR, WEIR_PROTOC_MINOR);
  if (strcmp(slash ? slash + 1 : args->program, "weirc") == 0)
    fprintf(weirc_out, "weirc %s\n", weir_version());
  return WEIRC_DONE;
}

static weirc_next print_text(const char *text) {
  fputs(text, weirc_out);
  return WEIRC_DONE;
}

typedef enum flag_id {
  FLAG_PROTO_PATH,
  FLAG_DIRECT,
  FLAG_DIRECT_MESSAGE,
  FLAG_OPTION,
  FLAG_OPTION_MESSAGE,
  FLAG_DESCRIPTOR_IN,
  FLAG_DESCRIPTOR_OUT,
  FLAG_DEPENDENCY_OUT,
  FLAG_INCLUDE_IMPORTS,
  FLAG_INCLUDE_SOURCE_INFO,
  FLAG_RETAIN_OPTIONS,
  FLAG_HELP,
  FLAG_VERSION,
  FLAG_NOTICES,
  FLAG_DISALLOW_SERVICES,
  FLAG_ALLOW_ESCAPE,
  FLAG_IGNORED,
  FLAG_ENCODE,
  FLAG_DECODE,
  FLAG_DETERMINISTIC,
  FLAG_ERROR_FORMAT,
  FLAG_DIAGNOSTICS,
  FLAG_FATAL_WARNINGS,
  FLAG_PLUGIN,
  FLAG_PRINT_FREE,
  FLAG_TRACE,
  FLAG_ANY_EDITION,
  FLAG_EDITION_DEFAULTS_OUT,
  FLAG_EDITION_DEFAULTS_MIN,
  FLAG_EDITION_DEFAULTS_MAX
} flag_id;

/* A flag without a value may still be given one by '=', which is then not looked at. */
static const struct {
  const char *name;
  flag_id id;
  bool has_value;
} flags[] = {
    {"-I", FLAG_PROTO_PATH, true},
    {"--proto_path", FLAG_PROTO_PATH, true},
    {"--direct_dependencies", FLAG_DIRECT, true},
    {"--direct_dependencies_violation_msg", FLAG_DIRECT_MESSAGE, true},
    {"--option_dependencies", FLAG_OPTION, true},
    {"--option_dependencies_violation_msg", FLAG_OPTION_MESSAGE, true},
    {"--descriptor_set_in", FLAG_DESCRIPTOR_IN, true},
    {"-o", FLAG_DESCRIPTOR_OUT, true},
    {"--descriptor_set_out", FLAG_DESCRIPTOR_OUT, true},
    {"--dependency_out", FLAG_DEPENDENCY_OUT, true},
    {"--include_imports", FLAG_INCLUDE_IMPORTS, false},
    {"--include_source_info", FLAG_INCLUDE_SOURCE_INFO, false},
    {"--retain_options", FLAG_RETAIN_OPTIONS, false},
    {"-h", FLAG_HELP, false},
    {"--help", FLAG_HELP, false},
    {"--version", FLAG_VERSION, false},
    {"--notices", FLAG_NOTICES, false},
    {"--disallow_services", FLAG_DISALLOW_SERVICES, false},
    {"--unsafe_allow_out_dir_escape", FLAG_ALLOW_ESCAPE, false},
    {"--experimental_allow_proto3_optional", FLAG_IGNORED, false},
    {"--encode", FLAG_ENCODE, true},
    {"--decode", FLAG_DECODE, true},
    {"--decode_raw", FLAG_DECODE, false},
    {"--deterministic_output", FLAG_DETERMINISTIC, false},
    {"--error_format", FLAG_ERROR_FORMAT, true},
    {"--diagnostics", FLAG_DIAGNOSTICS, true},
    {"--fatal_warnings", FLAG_FATAL_WARNINGS, false},
    {"--plugin", FLAG_PLUGIN, true},
    {"--print_free_field_numbers", FLAG_PRINT_FREE, false},
    {"--enable_codegen_trace", FLAG_TRACE, true}, /* protoc takes a value for it, and does not use it */
    {"--experimental_editions", FLAG_ANY_EDITION, false},
    {"--edition_defaults_out", FLAG_EDITION_DEFAULTS_OUT, true},
    {"--edition_defaults_minimum", FLAG_EDITION_DEFAULTS_MIN, true},
    {"--edition_defaults_maximum", FLAG_EDITION_DEFAULTS_MAX, true},
};
enum { N_FLAGS = sizeof flags / sizeof *flags };

static weirc_next apply(weirc_args *args, flag_id id, const char *name, const char *value) {
  switch (id) {
  case FLAG_PROTO_PATH: return add_paths(args, value);
  case FLAG_DIRECT: return set_allowed(args, &args->direct, "direct", name, value);
  case FLAG_OPTION: return set_allowed(args, &args->option, "option", name, value);
  case FLAG_DESCRIPTOR_IN: return set_descriptor_sets(args, name, value);
  case FLAG_DESCRIPTOR_OUT: return set_descriptor_out(args, name, value);
  case FLAG_DEPENDENCY_OUT: return set_dependency_out(args, name, value);
  case FLAG_INCLUDE_IMPORTS: return set_flag_once(&args->include_imports, name);
  case FLAG_INCLUDE_SOURCE_INFO: return set_flag_once(&args->include_source_info, name);
  case FLAG_RETAIN_OPTIONS: return set_flag_once(&args->retain_options, name);
  case FLAG_FATAL_WARNINGS: return set_flag_once(&args->fatal_warnings, name);
  case FLAG_HELP: return print_text(weirc_help);
  case FLAG_NOTICES: return print_text(weirc_notices);
  case FLAG_VERSION: return print_version(args);
  case FLAG_ENCODE: return set_codec(args, WEIRC_ENCODE, name, value);
  case FLAG_DECODE: return set_codec(args, WEIRC_DECODE, name, value);
  case FLAG_ERROR_FORMAT: return set_error_format(args, value);
  case FLAG_DIAGNOSTICS: return set_diagnostics(args, value);
  case FLAG_PLUGIN: return set_plugin(args, value);
  case FLAG_PRINT_FREE: return set_print_free(args, name);
  case FLAG_EDITION_DEFAULTS_OUT: return set_edition_defaults_out(args, name, value);
  case FLAG_EDITION_DEFAULTS_MIN: return set_edition(&args->edition_defaults_min, name, value);
  case FLAG_EDITION_DEFAULTS_MAX: return set_edition(&args->edition_defaults_max, name, value);
  case FLAG_DIRECT_MESSAGE: args->direct.message = weir_str_of(value); break;
  case FLAG_OPTION_MESSAGE: args->option.message = weir_str_of(value); break;
  case FLAG_DISALLOW_SERVICES: args->disallow_services = true; break;
  case FLAG_ALLOW_ESCAPE: args->allow_escape = true; break;
  case FLAG_DETERMINISTIC: args->deterministic = true; break;
  case FLAG_TRACE: args->codegen_trace = true; break;
  case FLAG_ANY_EDITION: args->any_edition = true; break;
  case FLAG_IGNORED: break;
  }
  return WEIRC_GO_ON;
}

/* ---- flags of generators: --X_out, --X_opt, --X_prefix ------------------------------------------------------ */

static bool ends_with(weir_str text, const char *end) {
  size_t len = strlen(end);
  return text.len >= len && memcmp(text.data + text.len - len, end, len) == 0;
}

/* The X. */
static weir_str generator_of(weir_str flag) {
  size_t end = flag.len;
  while (end > 2 && flag.data[end - 1] != '_') end--;
  return (weir_str){flag.data + 2, end > 2 ? end - 3 : 0};
}

static weirc_next add_directive(weirc_args *args, weir_str flag, const char *value) {
  if (args->mode != WEIRC_COMPILE)
    return wrong("Cannot use --encode, --decode or print .proto info and generate code at the same time.");
  weirc_directive d = {.flag = flag, .name = generator_of(flag), .options = {"", 0}};
  const char *colon = strchr(value, ':');
  if (colon) d.options = (weir_str){value, (size_t)(colon - value)};
  d.folder = weir_str_of(colon ? colon + 1 : value);
  weirc_push(args, &args->directives, d);
  return WEIRC_GO_ON;
}

static weirc_next add_prefix(weirc_args *args, weirc_plugin *p, const char *flag, const char *value) {
  if (p->prefix.len) return wrong("%s may only be passed once.", flag);
  if (strpbrk(value, "\"'"))
    return wrong(
        "%s: quotes are not supported in the value. Use a wrapper script for more complex invocations.", flag);
  weirc_strings words = split(args, value, " \t");
  if (!words.len) return wrong("%s requires a non-empty value.", flag);
  for (uint32_t i = 0; i < words.len; i++) weirc_push(args, &p->prefix, words.data[i]);
  return WEIRC_GO_ON;
}

/* A note that names the flag that may have been meant. */
static void suggest_flag(weir_str flag) {
  static const char *const generators[] = {"weir_out", "weir_opt", "python_out",      "python_opt",
                                           "pyi_out",  "pyi_opt",  "grpc_python_out", "grpc_python_opt"};
  if (flag.len < 3 || flag.data[1] != '-') return;
  weir_suggestion s = weir_suggestion_for((weir_str){flag.data + 2, flag.len - 2});
  for (int i = 0; i < N_FLAGS; i++)
    if (flags[i].name[1] == '-') weir_suggestion_offer(&s, weir_str_of(flags[i].name + 2));
  for (size_t i = 0; i < sizeof generators / sizeof *generators; i++)
    weir_suggestion_offer(&s, weir_str_of(generators[i]));
  if (s.best.len) fprintf(weirc_err, "note: did you mean --" WEIR_FMT "?\n", WEIR_ARG(s.best));
}

static weirc_next unknown_flag(weir_str flag) {
  wrong("Unknown flag: " WEIR_FMT, WEIR_ARG(flag));
  suggest_flag(flag);
  return WEIRC_WRONG;
}

static weirc_next apply_generator(weirc_args *args, weir_str flag, const char *value) {
  bool is_long = flag.len > 2 && flag.data[1] == '-';
  if (is_long && ends_with(flag, "_out")) return add_directive(args, flag, value);
  bool is_opt = ends_with(flag, "_opt"), is_prefix = ends_with(flag, "_prefix");
  if (!is_long || (!is_opt && !is_prefix)) return unknown_flag(flag);
  weirc_plugin *p =
      plugin_named(args, weirc_printf(args, "protoc-gen-" WEIR_FMT, WEIR_ARG(generator_of(flag))));
  if (is_prefix) return add_prefix(args, p, flag.data, value);
  p->has_options = true;
  p->options =
      p->options.len ? weirc_printf(args, WEIR_FMT ",%s", WEIR_ARG(p->options), value) : weir_str_of(value);
  return WEIRC_GO_ON;
}

/* ---- the line ------------------------------------------------------------------------------------------ */

static weirc_next read_argument_file(weirc_args *args, const char *path, weirc_strings *out) {
  FILE *f = fopen(path, "rb");
  if (!f) return wrong("Failed to open argument file: %s", path);
  char *line = NULL;
  size_t cap = 0;
  for (ssize_t n; (n = getline(&line, &cap, f)) >= 0;) {
    if (n && line[n - 1] == '\n') line[--n] = 0;
    weir_str copy = weir_dup(args->arena, (weir_str){line, (size_t)n});
    if (!copy.data) break;
    weirc_push(args, out, copy);
  }
  bool ok = !args->arena->failed;
  free(line);
  fclose(f);
  weirc_must(ok ? f : NULL);
  return WEIRC_GO_ON;
}

/* Splits "-Ifoo", "--flag=foo" and "--flag"; *value is NULL if none stands in it. */
static weir_str split_flag(weirc_args *args, const char *arg, const char **value) {
  *value = NULL;
  size_t len = 2;
  if (arg[1] == '-')
    len = strcspn(arg, "=");
  else if (arg[2])
    *value = arg + 2;
  if (arg[1] == '-' && arg[len]) *value = arg + len + 1;
  return weirc_printf(args, "%.*s", (int)len, arg);
}

static int find_flag(weir_str flag) {
  for (int i = 0; i < N_FLAGS; i++)
    if (weir_str_eq(flag, weir_str_of(flags[i].name))) return i;
  return -1;
}

/* next: the argument behind it, or NULL; *used says that it was the value. */
static weirc_next parse_flag(weirc_args *args, const char *arg, const char *next, bool *used) {
  const char *value;
  weir_str name = split_flag(args, arg, &value);
  int i = find_flag(name);
  *used = !value && (i < 0 || flags[i].has_value);
  if (*used && (!next || next[0] == '-')) {
    wrong("Missing value for flag: %s", name.data);
    if (i < 0 && !ends_with(name, "_out") && !ends_with(name, "_opt")) suggest_flag(name);
    return i >= 0 && strcmp(name.data, "--decode") == 0
               ? wrong("To decode an unknown message, use --decode_raw.")
               : WEIRC_WRONG;
  }
  if (!value) value = *used ? next : "";
  return i < 0 ? apply_generator(args, name, value) : apply(args, flags[i].id, name.data, value);
}

static weirc_next add_input(weirc_args *args, weir_str name) {
  if (!name.len)
    return wrong(
        "You seem to have passed an empty string as one of the arguments to %s.  This is actually sort of "
        "hard to do.  Congrats.  Unfortunately it is not valid input so the program is going to die now.",
        args->program);
  weirc_push(args, &args->inputs, name);
  return WEIRC_GO_ON;
}

/* An --X_opt without its --X_out is a mistake; not so for generators that are part of protoc. */
static bool is_option_of_nothing(const weirc_args *args, const weirc_plugin *p) {
  static const char *const builtin[] = {"cpp",  "java",   "kotlin", "python", "php",
                                        "ruby", "csharp", "objc",   "rust",   "rbs"};
  weir_str name = {p->name.data + 11, p->name.len < 11 ? 0 : p->name.len - 11};
  if (!p->has_options || p->path.data) return false;
  for (size_t i = 0; i < sizeof builtin / sizeof *builtin; i++)
    if (weir_str_eq(name, weir_str_of(builtin[i]))) return false;
  for (uint32_t i = 0; i < args->directives.len; i++)
    if (weir_str_eq(args->directives.data[i].name, name)) return false;
  return true;
}

static weirc_next check_options(const weirc_args *args) {
  weirc_next next = WEIRC_GO_ON;
  for (uint32_t i = 0; i < args->plugins.len; i++)
    if (is_option_of_nothing(args, &args->plugins.data[i]))
      next = wrong("Unknown flag: --%s_opt", args->plugins.data[i].name.data + 11);
  return next;
}

static bool lacks_input(const weirc_args *args) {
  if (args->inputs.len) return false;
  return args->mode == WEIRC_COMPILE || (!args->descriptor_sets.len && args->codec_type.len) ||
         (args->mode == WEIRC_PRINT_FREE && !args->descriptor_sets.len);
}

static weirc_next check(const weirc_args *args) {
  bool is_raw = args->mode == WEIRC_DECODE && !args->codec_type.len;
  if (is_raw && (args->inputs.len || args->descriptor_sets.len))
    return wrong("When using --decode_raw, no input files should be given.");
  if (lacks_input(args)) return wrong("Missing input file.");
  if (args->mode == WEIRC_COMPILE && !any_output(args) && !args->edition_defaults_out.data)
    return wrong("Missing output directives.");
  if (args->mode != WEIRC_COMPILE && args->dependency_out.data)
    return wrong("Can only use --dependency_out=FILE when generating code.");
  if (args->mode != WEIRC_ENCODE && args->deterministic)
    return wrong("Can only use --deterministic_output with --encode.");
  if (args->dependency_out.data && args->inputs.len > 1)
    return wrong("Can only process one input file when using --dependency_out=FILE.");
  static const char only[] = "%s only makes sense when combined with --descriptor_set_out.\n";
  if (args->descriptor_out.data) return WEIRC_GO_ON;
  if (args->include_imports) fprintf(weirc_err, only, "--include_imports");
  if (args->include_source_info) fprintf(weirc_err, only, "--include_source_info");
  if (args->retain_options) fprintf(weirc_err, only, "--retain_options");
  return WEIRC_GO_ON;
}

static weirc_next parse_all(weirc_args *args, const weirc_strings *line) {
  weirc_next next = WEIRC_GO_ON;
  for (uint32_t i = 0; next == WEIRC_GO_ON && i < line->len; i++) {
    weir_str arg = line->data[i];
    bool used = false;
    if (!arg.len || arg.data[0] != '-' || !arg.data[1])
      next = add_input(args, arg);
    else
      next = parse_flag(args, arg.data, i + 1 < line->len ? line->data[i + 1].data : NULL, &used);
    i += used;
  }
  return next;
}

weirc_next weirc_args_parse(weirc_args *args, int argc, char **argv) {
  weirc_strings line = {0};
  weirc_next next = WEIRC_GO_ON;
  args->program = argc ? argv[0] : "weirc";
  args->direct.message = WEIR_STR("File is imported but not declared in --direct_dependencies: %s");
  args->option.message = WEIR_STR("File is option imported but not declared in --option_dependencies: %s");
  args->codec_type = WEIR_STR("");
  for (int i = 1; next == WEIRC_GO_ON && i < argc; i++) {
    if (argv[i][0] == '@')
      next = read_argument_file(args, argv[i] + 1, &line);
    else
      weirc_push(args, &line, weir_str_of(argv[i]));
  }
  if (next == WEIRC_GO_ON && !line.len) return print_text(weirc_help);
  if (next == WEIRC_GO_ON) next = parse_all(args, &line);
  if (next == WEIRC_GO_ON) next = check_options(args);
  if (next != WEIRC_GO_ON) return next;
  if (!args->paths.len && !args->descriptor_sets.len)
    weirc_push(args, &args->paths, (weir_path_mapping){{"", 0}, {"", 0}});
  return check(args);
}
