/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
#include "args.h"

#include <stdarg.h>
#include <sys/stat.h>

const char *const weirc_generator_names[WEIRC_GENERATORS] = {"weir", "python", "pyi", "grpc_python"};

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

weir_str weirc_canonical(weirc_args *args, weir_str path) {
  char *out = weirc_must(weir_alloc(args->arena, path.len + 1));
  size_t len = 0;
  if (path.len && path.data[0] == '/') out[len++] = '/';
  for (size_t at = 0; at < path.len;) {
    size_t end = at;
    while (end < path.len && path.data[end] != '/') end++;
    bool is_dot = end - at == 1 && path.data[at] == '.';
    if (end > at && !is_dot) {
      if (len && out[len - 1] != '/') out[len++] = '/';
      memcpy(out + len, path.data + at, end - at);
      len += end - at;
    }
    at = end + 1;
  }
  return (weir_str){out, len};
}

/* ---- values -------------------------------------------------------------------------------------------- */

static bool add_mapping(weirc_args *args, weir_str part) {
  const char *equals = memchr(part.data, '=', part.len);
  weir_str name = {"", 0}, disk = part;
  if (equals) {
    name = (weir_str){part.data, (size_t)(equals - part.data)};
    disk = (weir_str){equals + 1, (size_t)(part.data + part.len - equals - 1)};
  }
  if (!disk.len) {
    fprintf(weirc_err, "--proto_path passed empty directory name.  (Use \".\" for current directory.)\n");
    return false;
  }
  weir_str shown = weirc_printf(args, WEIR_FMT, WEIR_ARG(disk));
  struct stat st;
  if (stat(shown.data, &st) != 0) fprintf(weirc_err, "%s: warning: directory does not exist.\n", shown.data);
  weirc_mapping m = {weirc_canonical(args, name), weirc_canonical(args, disk)};
  weirc_push(args, &args->paths, m);
  return true;
}

/* A list of folders, or of NAME=FOLDER. */
static bool take_proto_path(weirc_args *args, const char *value) {
  for (const char *p = value;;) {
    size_t len = strcspn(p, ":");
    if (len && !add_mapping(args, (weir_str){p, len})) return false;
    if (!len && !*value) return add_mapping(args, (weir_str){p, 0});
    if (!p[len]) return true;
    p += len + 1;
  }
}

static bool set_once(weir_str *slot, const char *flag, const char *value) {
  if (slot->data) {
    fprintf(weirc_err, "%s may only be passed once.\n", flag);
    return false;
  }
  if (!*value) {
    fprintf(weirc_err, "%s requires a non-empty value.\n", flag);
    return false;
  }
  *slot = weir_str_of(value);
  return true;
}

static void add_options(weirc_args *args, weirc_directive *d, weir_str value) {
  d->options = d->options.len
                   ? weirc_printf(args, WEIR_FMT "," WEIR_FMT, WEIR_ARG(d->options), WEIR_ARG(value))
                   : value;
}

/* [options:]folder */
static bool take_out(weirc_args *args, weirc_directive *d, const char *name, const char *value) {
  const char *colon = strchr(value, ':');
  if (colon) {
    weir_str options = {value, (size_t)(colon - value)};
    if (options.len) add_options(args, d, options);
    value = colon + 1;
  }
  return set_once(&d->folder, name, value);
}

/* "--NAME_out" and "--NAME_opt"; false if it is none. */
static bool find_generator(weir_str flag, weirc_generator *out, bool *is_opt) {
  for (int i = 0; i < WEIRC_GENERATORS; i++) {
    size_t len = strlen(weirc_generator_names[i]);
    if (flag.len != len + 6 || memcmp(flag.data + 2, weirc_generator_names[i], len) != 0) continue;
    weir_str end = {flag.data + 2 + len, 4};
    *out = (weirc_generator)i;
    *is_opt = weir_str_eq(end, WEIR_STR("_opt"));
    if (*is_opt || weir_str_eq(end, WEIR_STR("_out"))) return true;
  }
  return false;
}

static bool apply_generator(weirc_args *args, weirc_generator g, bool is_opt, weir_str flag,
                            const char *value) {
  weirc_directive *d = &args->generators[g];
  if (!is_opt) return take_out(args, d, weirc_printf(args, WEIR_FMT, WEIR_ARG(flag)).data, value);
  d->has_opt = true;
  add_options(args, d, weir_str_of(value));
  return true;
}

typedef enum flag_id {
  FLAG_PROTO_PATH,
  FLAG_DESCRIPTOR_OUT,
  FLAG_DEPENDENCY_OUT,
  FLAG_INCLUDE_IMPORTS,
  FLAG_HELP,
  FLAG_VERSION
} flag_id;

static const struct {
  const char *name;
  flag_id id;
  bool has_value;
} flags[] = {
    {"-I", FLAG_PROTO_PATH, true},
    {"--proto_path", FLAG_PROTO_PATH, true},
    {"-o", FLAG_DESCRIPTOR_OUT, true},
    {"--descriptor_set_out", FLAG_DESCRIPTOR_OUT, true},
    {"--dependency_out", FLAG_DEPENDENCY_OUT, true},
    {"--include_imports", FLAG_INCLUDE_IMPORTS, false},
    {"-h", FLAG_HELP, false},
    {"--help", FLAG_HELP, false},
    {"--version", FLAG_VERSION, false},
};

static bool apply(weirc_args *args, flag_id id, const char *name, const char *value) {
  switch (id) {
  case FLAG_PROTO_PATH: return take_proto_path(args, value);
  case FLAG_DESCRIPTOR_OUT: return set_once(&args->descriptor_out, name, value);
  case FLAG_DEPENDENCY_OUT: return set_once(&args->dependency_out, name, value);
  case FLAG_INCLUDE_IMPORTS: args->include_imports = true; return true;
  case FLAG_HELP: args->help = true; return true;
  case FLAG_VERSION: args->version = true; return true;
  }
  return false;
}

/* ---- the line ------------------------------------------------------------------------------------------ */

/* Splits "-Ifoo", "--flag=foo" and "--flag"; *value is NULL if it stands in the next argument. */
static size_t split_flag(const char *arg, const char **value) {
  *value = NULL;
  if (arg[1] != '-') {
    if (arg[1] && arg[2]) *value = arg + 2;
    return arg[1] ? 2 : 1;
  }
  size_t len = strcspn(arg, "=");
  if (arg[len]) *value = arg + len + 1;
  return len;
}

static bool find_flag(weir_str flag, size_t *out) {
  for (size_t i = 0; i < sizeof flags / sizeof *flags; i++)
    if (weir_str_eq(flag, weir_str_of(flags[ *out = i].name))) return true;
  return false;
}

static bool want_value(weir_str flag, char **next, int *used, const char **value) {
  if (*value) return true;
  if (!*next || (*next)[0] == '-') {
    fprintf(weirc_err, "Missing value for flag: " WEIR_FMT "\n", WEIR_ARG(flag));
    return false;
  }
  *value = *next;
  ++*used;
  return true;
}

static bool parse_flag(weirc_args *args, const char *arg, char **next, int *used) {
  const char *value;
  weir_str flag = {arg, split_flag(arg, &value)};
  weirc_generator generator;
  bool is_opt;
  size_t i;
  if (find_generator(flag, &generator, &is_opt))
    return want_value(flag, next, used, &value) && apply_generator(args, generator, is_opt, flag, value);
  if (!find_flag(flag, &i)) {
    fprintf(weirc_err, "Unknown flag: " WEIR_FMT "\n", WEIR_ARG(flag));
    return false;
  }
  if (flags[i].has_value)
    return want_value(flag, next, used, &value) && apply(args, flags[i].id, flags[i].name, value);
  if (!value) return apply(args, flags[i].id, flags[i].name, "");
  fprintf(weirc_err, "%s does not take a parameter.\n", flags[i].name);
  return false;
}

static bool check(const weirc_args *args) {
  if (args->help || args->version) return true;
  if (!args->inputs.len) {
    fputs("Missing input file.\n", weirc_err);
    return false;
  }
  bool any_out = false;
  for (int i = 0; i < WEIRC_GENERATORS; i++) {
    const weirc_directive *d = &args->generators[i];
    any_out = any_out || d->folder.data;
    if (!d->has_opt || d->folder.data) continue;
    fprintf(weirc_err, "Unknown flag: --%s_opt\n", weirc_generator_names[i]);
    return false;
  }
  if (!any_out && !args->descriptor_out.data && !args->dependency_out.data) {
    fputs("Missing output directives.\n", weirc_err);
    return false;
  }
  if (args->dependency_out.data && args->inputs.len > 1) {
    fputs("Can only process one input file when using --dependency_out=FILE.\n", weirc_err);
    return false;
  }
  if (args->include_imports && !args->descriptor_out.data)
    fputs("--include_imports only makes sense when combined with --descriptor_set_out.\n", weirc_err);
  return true;
}

bool weirc_args_parse(weirc_args *args, int argc, char **argv) {
  if (argc < 2) {
    args->help = true;
    return true;
  }
  for (int i = 1; i < argc; i++) {
    if (argv[i][0] != '-' || !argv[i][1]) {
      weirc_push(args, &args->inputs, weir_str_of(argv[i]));
      continue;
    }
    int used = 0;
    if (!parse_flag(args, argv[i], argv + i + 1, &used)) return false;
    i += used;
  }
  if (!args->paths.len) weirc_push(args, &args->paths, (weirc_mapping){{"", 0}, {"", 0}});
  return check(args);
}
