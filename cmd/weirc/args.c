/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
#include "args.h"

#include <stdarg.h>
#include <sys/stat.h>

void *weirc_must(void *p) {
  if (p) return p;
  fputs("weirc: out of memory\n", stderr);
  exit(1);
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
    fprintf(stderr, "--proto_path passed empty directory name.  (Use \".\" for current directory.)\n");
    return false;
  }
  weir_str shown = weirc_printf(args, WEIR_FMT, WEIR_ARG(disk));
  struct stat st;
  if (stat(shown.data, &st) != 0) fprintf(stderr, "%s: warning: directory does not exist.\n", shown.data);
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
    fprintf(stderr, "%s may only be passed once.\n", flag);
    return false;
  }
  if (!*value) {
    fprintf(stderr, "%s requires a non-empty value.\n", flag);
    return false;
  }
  *slot = weir_str_of(value);
  return true;
}

static void add_weir_opt(weirc_args *args, weir_str value) {
  args->weir_opt = args->weir_opt.len
                       ? weirc_printf(args, WEIR_FMT "," WEIR_FMT, WEIR_ARG(args->weir_opt), WEIR_ARG(value))
                       : value;
}

/* [options:]folder */
static bool take_weir_out(weirc_args *args, const char *value) {
  const char *colon = strchr(value, ':');
  if (colon) {
    weir_str options = {value, (size_t)(colon - value)};
    if (options.len) add_weir_opt(args, options);
    value = colon + 1;
  }
  return set_once(&args->weir_out, "--weir_out", value);
}

typedef enum flag_id {
  FLAG_PROTO_PATH,
  FLAG_WEIR_OUT,
  FLAG_WEIR_OPT,
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
    {"--weir_out", FLAG_WEIR_OUT, true},
    {"--weir_opt", FLAG_WEIR_OPT, true},
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
  case FLAG_WEIR_OUT: return take_weir_out(args, value);
  case FLAG_WEIR_OPT:
    args->has_weir_opt = true;
    add_weir_opt(args, weir_str_of(value));
    return true;
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

static bool parse_flag(weirc_args *args, const char *arg, char **next, int *used) {
  const char *value;
  size_t len = split_flag(arg, &value);
  for (size_t i = 0; i < sizeof flags / sizeof *flags; i++) {
    if (strlen(flags[i].name) != len || memcmp(flags[i].name, arg, len) != 0) continue;
    if (!flags[i].has_value) {
      if (!value) return apply(args, flags[i].id, flags[i].name, "");
      fprintf(stderr, "%s does not take a parameter.\n", flags[i].name);
      return false;
    }
    if (!value) {
      if (!*next || (*next)[0] == '-') {
        fprintf(stderr, "Missing value for flag: %s\n", flags[i].name);
        return false;
      }
      value = *next;
      ++*used;
    }
    return apply(args, flags[i].id, flags[i].name, value);
  }
  fprintf(stderr, "Unknown flag: %.*s\n", (int)len, arg);
  return false;
}

static bool check(const weirc_args *args) {
  if (args->help || args->version) return true;
  if (!args->inputs.len) {
    fputs("Missing input file.\n", stderr);
    return false;
  }
  if (args->has_weir_opt && !args->weir_out.data) {
    fputs("Unknown flag: --weir_opt\n", stderr);
    return false;
  }
  if (!args->weir_out.data && !args->descriptor_out.data && !args->dependency_out.data) {
    fputs("Missing output directives.\n", stderr);
    return false;
  }
  if (args->dependency_out.data && args->inputs.len > 1) {
    fputs("Can only process one input file when using --dependency_out=FILE.\n", stderr);
    return false;
  }
  if (args->include_imports && !args->descriptor_out.data)
    fputs("--include_imports only makes sense when combined with --descriptor_set_out.\n", stderr);
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
