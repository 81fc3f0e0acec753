/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
#include "codegen/names.h"

#include "codegen/shape.h"

/* Keywords of C11 and C++20, and object-like macros of their standard headers, of POSIX and of the compilers: a
 * member of that name would not compile, here or there. Sorted. */
static const char *const taken_words[] = {"BUFSIZ",
                                          "CLOCKS_PER_SEC",
                                          "DOMAIN",
                                          "EDOM",
                                          "EOF",
                                          "ERANGE",
                                          "FALSE",
                                          "HUGE_VAL",
                                          "I",
                                          "INFINITY",
                                          "NAN",
                                          "NULL",
                                          "OVERFLOW",
                                          "RAND_MAX",
                                          "TRUE",
                                          "UNDERFLOW",
                                          "_Alignas",
                                          "_Alignof",
                                          "_Atomic",
                                          "_Bool",
                                          "_Complex",
                                          "_Generic",
                                          "_Imaginary",
                                          "_Noreturn",
                                          "_Static_assert",
                                          "_Thread_local",
                                          "alignas",
                                          "alignof",
                                          "and",
                                          "and_eq",
                                          "asm",
                                          "assert",
                                          "atomic_cancel",
                                          "atomic_commit",
                                          "atomic_noexcept",
                                          "auto",
                                          "bitand",
                                          "bitor",
                                          "bool",
                                          "break",
                                          "case",
                                          "catch",
                                          "char",
                                          "char16_t",
                                          "char32_t",
                                          "char8_t",
                                          "class",
                                          "co_await",
                                          "co_return",
                                          "co_yield",
                                          "compl",
                                          "complex",
                                          "concept",
                                          "const",
                                          "const_cast",
                                          "consteval",
                                          "constexpr",
                                          "constinit",
                                          "continue",
                                          "decltype",
                                          "default",
                                          "delete",
                                          "do",
                                          "double",
                                          "dynamic_cast",
                                          "else",
                                          "enum",
                                          "environ",
                                          "errno",
                                          "explicit",
                                          "export",
                                          "extern",
                                          "false",
                                          "float",
                                          "for",
                                          "friend",
                                          "goto",
                                          "i386",
                                          "if",
                                          "imaginary",
                                          "inline",
                                          "int",
                                          "linux",
                                          "long",
                                          "major",
                                          "minor",
                                          "mutable",
                                          "namespace",
                                          "new",
                                          "noexcept",
                                          "noreturn",
                                          "not",
                                          "not_eq",
                                          "nullptr",
                                          "offsetof",
                                          "operator",
                                          "or",
                                          "or_eq",
                                          "private",
                                          "protected",
                                          "public",
                                          "reflexpr",
                                          "register",
                                          "reinterpret_cast",
                                          "requires",
                                          "restrict",
                                          "return",
                                          "short",
                                          "signed",
                                          "sizeof",
                                          "static",
                                          "static_assert",
                                          "static_cast",
                                          "stderr",
                                          "stdin",
                                          "stdout",
                                          "struct",
                                          "switch",
                                          "synchronized",
                                          "template",
                                          "this",
                                          "thread_local",
                                          "throw",
                                          "true",
                                          "try",
                                          "typedef",
                                          "typeid",
                                          "typename",
                                          "typeof",
                                          "union",
                                          "unix",
                                          "unsigned",
                                          "using",
                                          "virtual",
                                          "void",
                                          "volatile",
                                          "wchar_t",
                                          "while",
                                          "xor",
                                          "xor_eq"};

static bool is_taken_word(weir_str name) {
  for (size_t low = 0, high = sizeof taken_words / sizeof *taken_words; low < high;) {
    size_t mid = (low + high) / 2;
    int order = strncmp(name.data, taken_words[mid], name.len);
    if (!order) order = taken_words[mid][name.len] ? -1 : 0;
    if (!order) return true;
    if (order < 0)
      high = mid;
    else
      low = mid + 1;
  }
  return false;
}

static weir_str underscored(weir_schema *s, weir_str name) {
  char *p = weir_schema_alloc(s, name.len + 1);
  for (size_t i = 0; i < name.len; i++) {
    char c = name.data[i];
    bool keep = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    p[i] = keep ? c : '_';
  }
  return (weir_str){p, name.len};
}

weir_str weir_name_of(weir_schema *s, const weir_def *d) { return underscored(s, d->full_name); }

weir_str weir_name_of_value(weir_schema *s, const weir_def_value *v) {
  return weir_schema_printf(s, WEIR_FMT "_" WEIR_FMT, WEIR_ARG(weir_name_of(s, v->def.parent)),
                            WEIR_ARG(v->def.name));
}

weir_str weir_name_of_output(weir_schema *s, const weir_def_file *file, const char *suffix) {
  weir_str stem = file->def.name;
  if (stem.len > 6 && memcmp(stem.data + stem.len - 6, ".proto", 6) == 0) stem.len -= 6;
  return weir_schema_printf(s, WEIR_FMT "%s", WEIR_ARG(stem), suffix);
}

weir_str weir_name_of_include(weir_schema *s, const weir_def_file *file, const char *suffix) {
  weir_str output = weir_name_of_output(s, file, suffix), builtin;
  const char *form =
      weir_schema_builtin(file->def.name, &builtin) ? "<weir/" WEIR_FMT ">" : "\"" WEIR_FMT "\"";
  return weir_schema_printf(s, form, WEIR_ARG(output));
}

weir_str weir_name_of_guard(weir_schema *s, weir_str output) {
  return weir_schema_printf(s, "WEIR_GEN_" WEIR_FMT, WEIR_ARG(underscored(s, output)));
}

weir_str weir_name_of_file(weir_schema *s, const weir_def_file *file) {
  weir_str name = underscored(s, weir_name_of_output(s, file, "_file"));
  bool is_digit = name.data[0] >= '0' && name.data[0] <= '9';
  return is_digit ? weir_schema_printf(s, "_" WEIR_FMT, WEIR_ARG(name)) : name;
}

static weir_str with_line(weir_schema *s, weir_str name) {
  return weir_schema_printf(s, WEIR_FMT "_", WEIR_ARG(name));
}

weir_str weir_name_of_method(weir_schema *s, weir_str name) {
  return is_taken_word(name) || weir_str_eq(name, WEIR_STR("size")) ? with_line(s, name) : name;
}

/* ---- members ------------------------------------------------------------------------------------------- */

/* The field or oneof of m with this name, or NULL: looked up where the linker has it. */
static const weir_def *find_member(weir_schema *s, const weir_def_message *m, weir_str name) {
  weir_str full = weir_schema_printf(s, WEIR_FMT "." WEIR_FMT, WEIR_ARG(m->def.full_name), WEIR_ARG(name));
  const weir_def *d = weir_map_get(&s->symbols, full);
  if (!d || d->parent != &m->def) return NULL;
  if (d->kind == WEIR_DEF_FIELD)
    return ((const weir_def_field *)(const void *)d)->extendee_name.data ? NULL : d;
  if (d->kind != WEIR_DEF_ONEOF) return NULL;
  return ((const weir_def_oneof *)(const void *)d)->is_synthetic ? NULL : d;
}

static weir_str member_name(weir_schema *s, const weir_def_message *m, const weir_def *d);

/* True if the struct has a flag or case for the member with this C name: for `name` itself, or for what is called
 * `name` after some `_` were put behind it. */
static bool has_companion(weir_schema *s, const weir_def_message *m, weir_str name, weir_def_kind kind) {
  for (weir_str base = name; base.len; base.len--) {
    const weir_def *d = find_member(s, m, base);
    if (d && d->kind == kind && weir_str_eq(member_name(s, m, d), name))
      return kind == WEIR_DEF_ONEOF || weir_field_has_flag((const weir_def_field *)(const void *)d);
    if (base.data[base.len - 1] != '_') return false;
  }
  return false;
}

/* Another field's name, or a flag or case that the struct has. The names this asks for are shorter: it ends. */
static bool is_taken_in(weir_schema *s, const weir_def_message *m, weir_str name, const weir_def *but) {
  static const char has[] = "has_", case_[] = "_case";
  const size_t n_has = sizeof has - 1, n_case = sizeof case_ - 1;
  const weir_def *d = find_member(s, m, name);
  if (d && d != but) return true;
  if (name.len > n_has && memcmp(name.data, has, n_has) == 0 &&
      has_companion(s, m, (weir_str){name.data + n_has, name.len - n_has}, WEIR_DEF_FIELD))
    return true;
  if (name.len > n_case && memcmp(name.data + name.len - n_case, case_, n_case) == 0 &&
      has_companion(s, m, (weir_str){name.data, name.len - n_case}, WEIR_DEF_ONEOF))
    return true;
  return weir_str_eq(name, WEIR_STR("hdr_"));
}

static weir_str member_name(weir_schema *s, const weir_def_message *m, const weir_def *d) {
  weir_str name = d->name;
  while (is_taken_word(name) || is_taken_in(s, m, name, d)) name = with_line(s, name);
  return name;
}

weir_str weir_name_of_field(weir_schema *s, const weir_def_field *f) {
  return member_name(s, (const weir_def_message *)(const void *)f->def.parent, &f->def);
}

weir_str weir_name_of_oneof(weir_schema *s, const weir_def_oneof *o) {
  return member_name(s, (const weir_def_message *)(const void *)o->def.parent, &o->def);
}

/* ---- collisions ---------------------------------------------------------------------------------------- */

typedef struct claims {
  weir_schema *schema;
  weir_map *owners; /* C name -> weir_def; also "file name/" -> the file, once it is done */
  bool ok;
} claims;

static void claim(claims *c, const weir_def *owner, weir_str base, const char *link, weir_str rest) {
  weir_str name = weir_schema_printf(c->schema, WEIR_FMT "%s" WEIR_FMT, WEIR_ARG(base), link, WEIR_ARG(rest));
  if (is_taken_word(name)) {
    c->ok = false;
    weir_schema_error(c->schema, owner->file, owner->name_pos,
                      "C name \"" WEIR_FMT "\", made for \"" WEIR_FMT
                      "\", is a keyword or a macro; a package would help.",
                      WEIR_ARG(name), WEIR_ARG(owner->full_name));
    return;
  }
  const weir_def *other = weir_map_get(c->owners, name);
  if (!other) {
    weir_schema_put(c->schema, c->owners, name, (void *)(uintptr_t)owner);
    return;
  }
  c->ok = false;
  weir_schema_error(c->schema, owner->file, owner->name_pos,
                    "C name \"" WEIR_FMT "\", made for \"" WEIR_FMT "\", is also made for \"" WEIR_FMT "\".",
                    WEIR_ARG(name), WEIR_ARG(owner->full_name), WEIR_ARG(other->full_name));
}

static void claim_helpers(claims *c, const weir_def_field *f, weir_str m) {
  weir_str x = weir_name_of_field(c->schema, f);
  const weir_def *d = &f->def;
  if (f->is_map) {
    claim(c, d, m, "_put_", x);
    claim(c, d, m, "_find_", x);
    claim(c, d, m, "_remove_", x);
    weir_str base = weir_schema_printf(c->schema, WEIR_FMT "_" WEIR_FMT, WEIR_ARG(m), WEIR_ARG(x));
    claim(c, d, base, "_entry", (weir_str){"", 0});
    claim(c, d, base, "_entry_type", (weir_str){"", 0});
    claim(c, d, base, "_map", (weir_str){"", 0});
  } else if (f->label == WEIR_LABEL_REPEATED) {
    claim(c, d, m, "_add_", x);
  } else {
    if (weir_field_has_accessors(f)) {
      claim(c, d, m, "_get_", x);
      claim(c, d, m, "_set_", x);
    }
    if (f->message) claim(c, d, m, "_mut_", x);
  }
  const weir_def_oneof *o = weir_field_oneof(f);
  if (o)
    claim(c, d, m, "_",
          weir_schema_printf(c->schema, WEIR_FMT "_" WEIR_FMT, WEIR_ARG(weir_name_of_oneof(c->schema, o)),
                             WEIR_ARG(x)));
}

static void claim_enum(claims *c, const weir_def_enum *e) {
  weir_str name = weir_name_of(c->schema, &e->def), none = {"", 0};
  claim(c, &e->def, name, "", none);
  claim(c, &e->def, name, "_enum", none);
  for (uint32_t i = 0; i < e->values.len; i++)
    claim(c, &e->values.data[i]->def, weir_name_of_value(c->schema, e->values.data[i]), "", none);
}

static void claim_extension(claims *c, const weir_def_field *x) {
  static const char *const suffixes[] = {"", "_type", "_ext", "_of", "_in"};
  weir_str name = weir_name_of(c->schema, &x->def), none = {"", 0};
  for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes; i++) claim(c, &x->def, name, suffixes[i], none);
  if (x->label == WEIR_LABEL_REPEATED) {
    claim(c, &x->def, name, "_add_value", none);
  } else if (x->message) {
    claim(c, &x->def, name, "_mut_value", none);
  } else {
    claim(c, &x->def, name, "_get_value", none);
    claim(c, &x->def, name, "_set_value", none);
  }
}

static void claim_message(claims *c, const weir_def_message *m) {
  if (m->is_map_entry) return;
  static const char *const suffixes[] = {"", "_vec", "_type", "_new", "_decode", "_encode"};
  weir_str name = weir_name_of(c->schema, &m->def), none = {"", 0};
  for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes; i++) claim(c, &m->def, name, suffixes[i], none);
  for (uint32_t i = 0; i < m->fields.len; i++) {
    claim(c, &m->fields.data[i]->def, name, ".",
          weir_name_of_field(c->schema, m->fields.data[i])); /* the member */
    claim_helpers(c, m->fields.data[i], name);
  }
  for (uint32_t i = 0; i < m->oneofs.len; i++)
    if (!m->oneofs.data[i]->is_synthetic)
      claim(c, &m->oneofs.data[i]->def, name, "_",
            weir_schema_printf(c->schema, WEIR_FMT "_NONE",
                               WEIR_ARG(weir_name_of_oneof(c->schema, m->oneofs.data[i]))));
  for (uint32_t i = 0; i < m->enums.len; i++) claim_enum(c, m->enums.data[i]);
  for (uint32_t i = 0; i < m->messages.len; i++) claim_message(c, m->messages.data[i]);
  for (uint32_t i = 0; i < m->extensions.len; i++) claim_extension(c, m->extensions.data[i]);
}

static void claim_service(claims *c, const weir_def_service *service) {
  static const char *const unary[] = {"", "_m", "_async", "_reply", NULL};
  static const char *const stream[] = {"",
                                       "_m",
                                       "_send",
                                       "_recv",
                                       "_send_async",
                                       "_recv_async",
                                       "_server_send",
                                       "_server_recv",
                                       "_server_send_async",
                                       "_server_recv_async",
                                       NULL};
  weir_str name = weir_name_of(c->schema, &service->def), none = {"", 0};
  claim(c, &service->def, name, "", none);
  claim(c, &service->def, name, "_service", none);
  for (uint32_t i = 0; i < service->methods.len; i++) {
    const weir_def_method *m = service->methods.data[i];
    const char *const *suffix = m->client_streaming || m->server_streaming ? stream : unary;
    for (; *suffix; suffix++) claim(c, &m->def, weir_name_of(c->schema, &m->def), *suffix, none);
  }
}

static void claim_file(claims *c, const weir_def_file *file) {
  weir_str key = weir_schema_printf(c->schema, WEIR_FMT "/", WEIR_ARG(file->def.name));
  if (weir_map_get(c->owners, key)) return;
  weir_schema_put(c->schema, c->owners, key, (void *)(uintptr_t)file);
  for (uint32_t i = 0; i < file->enums.len; i++) claim_enum(c, file->enums.data[i]);
  for (uint32_t i = 0; i < file->messages.len; i++) claim_message(c, file->messages.data[i]);
  for (uint32_t i = 0; i < file->extensions.len; i++) claim_extension(c, file->extensions.data[i]);
  claim(c, &file->def, weir_name_of_file(c->schema, file), "", (weir_str){"", 0});
  for (uint32_t i = 0; i < file->services.len; i++) claim_service(c, file->services.data[i]);
}

bool weir_names_check(weir_schema *s, const weir_def_file *file, weir_map **claimed) {
  if (!*claimed) {
    *claimed = weir_schema_alloc(s, sizeof **claimed);
    weir_map_init(*claimed, s->mem, 0);
  }
  claims c = {s, *claimed, true};
  for (uint32_t i = 0; i < file->visible.len; i++) claim_file(&c, file->visible.data[i]);
  claim_file(&c, file);
  return c.ok;
}
