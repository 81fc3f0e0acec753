/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* parse_file.c - the statements at the top of a file. */
#include "schema/advise.h"
#include "schema/locate.h"

/* Field numbers of FileDescriptorProto. */
enum {
  PACKAGE = 2,
  DEPENDENCY = 3,
  OPTIONS = 8,
  PUBLIC = 10,
  WEAK = 11,
  SYNTAX = 12,
  OPTION_DEPENDENCY = 15
};

static bool set_edition(weir_parser *p, weir_pos pos, weir_str name) {
  static const struct {
    const char *name;
    int32_t number;
  } known[] = {
      {"LEGACY", WEIR_EDITION_LEGACY},
      {"2023", WEIR_EDITION_2023},
      {"2024", WEIR_EDITION_2024},
      {"2026", WEIR_EDITION_2026},
      {"1_TEST_ONLY", 1},
      {"2_TEST_ONLY", 2},
      {"99997_TEST_ONLY", 99997},
      {"99998_TEST_ONLY", 99998},
      {"99999_TEST_ONLY", 99999},
      {"MAX", INT32_MAX},
      {"UNSTABLE", WEIR_EDITION_UNSTABLE},
  };
  for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
    if (!weir_str_eq(name, weir_str_of(known[i].name))) continue;
    p->file->syntax = WEIR_EDITIONS;
    p->file->edition = known[i].number;
    return true;
  }
  weir_schema_error(p->schema, p->file, pos, "Unknown edition \"" WEIR_FMT "\".", WEIR_ARG(name));
  return false;
}

static bool parse_syntax(weir_parser *p) {
  bool is_edition = weir_parse_at(p, "edition");
  weir_loc loc = weir_loc_field(p, p->file->def.loc, SYNTAX);
  p->file->syntax_pos = p->lexer.token.pos;
  weir_lexer_next(&p->lexer);
  if (!weir_parse_want(p, "=")) return false;
  weir_pos pos = p->lexer.token.pos;
  weir_str name;
  if (!weir_parse_string(p, &name, "Expected syntax identifier.")) return false;
  if (!weir_parse_want_end(p, ";", &p->file->def.doc)) return false;
  weir_loc_attach(p, loc, &p->file->def.doc);
  weir_loc_close(p, loc);
  if (is_edition) return set_edition(p, pos, name);
  if (weir_str_eq(name, WEIR_STR("proto3"))) {
    p->file->syntax = WEIR_PROTO3;
    p->file->edition = WEIR_EDITION_PROTO3;
  } else if (!weir_str_eq(name, WEIR_STR("proto2"))) {
    weir_schema_error(p->schema, p->file, pos,
                      "Unrecognized syntax identifier \"" WEIR_FMT
                      "\".  This parser only recognizes \"proto2\" and \"proto3\".",
                      WEIR_ARG(name));
    return false;
  }
  return true;
}

static bool parse_package(weir_parser *p) {
  weir_def_file *file = p->file;
  if (file->has_package) weir_parse_error(p, "Multiple package definitions.");
  file->package_pos = p->lexer.token.pos;
  file->has_package = false;
  weir_loc loc = weir_loc_field(p, file->def.loc, PACKAGE);
  weir_lexer_next(&p->lexer);
  weir_bytes name = weir_bytes_in(p->schema->mem);
  do {
    weir_str part;
    if (name.len) weir_bytes_append_cstr(&name, ".");
    if (!weir_parse_ident(p, &part, "Expected identifier.")) return false;
    file->has_package = true;
    weir_bytes_append_str(&name, part);
  } while (weir_parse_take(p, "."));
  file->package = weir_schema_check(p->schema, weir_bytes_view(&name));
  return weir_parse_end(p, ";", loc);
}

/* public and weak have a location of their own, which covers the word. */
static void parse_import_kind(weir_parser *p, weir_import *import) {
  bool *flag = weir_parse_at(p, "public") ? &import->is_public
               : weir_parse_at(p, "weak") ? &import->is_weak
                                          : NULL;
  if (!flag) return;
  if (flag == &import->is_weak && p->file->syntax == WEIR_EDITIONS && p->file->edition >= WEIR_EDITION_2024)
    weir_parse_error(p,
                     "weak import is not supported in edition 2024 and above. Consider using option import "
                     "instead.");
  bool is_public = flag == &import->is_public;
  weir_loc loc = weir_loc_item(p, p->file->def.loc, is_public ? PUBLIC : WEAK,
                               is_public ? p->public_imports++ : p->weak_imports++);
  weir_lexer_next(&p->lexer);
  weir_loc_close(p, loc);
  *flag = true;
}

static bool parse_import(weir_parser *p) {
  weir_import import = {.pos = p->lexer.token.pos};
  weir_lexer_next(&p->lexer);
  weir_loc loc;
  if (weir_parse_at(p, "option")) {
    if (p->file->syntax != WEIR_EDITIONS || p->file->edition < WEIR_EDITION_2024)
      weir_parse_error(p, "option import is not supported before edition 2024.");
    loc = weir_loc_item(p, p->file->def.loc, OPTION_DEPENDENCY, p->option_imports++);
    weir_lexer_next(&p->lexer);
    import.is_option = true;
  } else {
    loc = weir_loc_item(p, p->file->def.loc, DEPENDENCY, p->file->imports.len - p->option_imports);
    if (p->option_imports)
      weir_parse_error(p, "imports should precede any option imports to ensure proto files can roundtrip.");
    parse_import_kind(p, &import);
  }
  weir_loc_start_at(p, loc, import.pos);
  if (!weir_parse_string(p, &import.name, "Expected a string naming the file to import.")) return false;
  weir_schema_push(p->schema, &p->file->imports, import);
  return weir_parse_end(p, ";", loc);
}

bool weir_parse_visibility(weir_parser *p, weir_visibility *out) {
  *out = WEIR_VISIBILITY_UNSET;
  if (p->file->syntax != WEIR_EDITIONS || p->file->edition <= WEIR_EDITION_2023) return true;
  if (weir_parse_take(p, "export"))
    *out = WEIR_VISIBILITY_EXPORT;
  else if (weir_parse_take(p, "local"))
    *out = WEIR_VISIBILITY_LOCAL;
  if (*out == WEIR_VISIBILITY_UNSET || weir_parse_at(p, "message") || weir_parse_at(p, "enum")) return true;
  weir_parse_error(p, "'local' and 'export' visibility modifiers are valid only on 'message' and 'enum'");
  return false;
}

static bool parse_statement(weir_parser *p) {
  p->depth = 0;
  weir_visibility visibility;
  if (weir_parse_take_end(p, ";", NULL)) return true;
  if (!weir_parse_visibility(p, &visibility)) return false;
  if (weir_parse_at(p, "message")) return weir_parse_message(p, NULL, visibility);
  if (weir_parse_at(p, "enum")) return weir_parse_enum(p, NULL, visibility);
  if (weir_parse_at(p, "service")) return weir_parse_service(p);
  if (weir_parse_at(p, "extend")) return weir_parse_extend(p, NULL);
  if (weir_parse_at(p, "import")) return parse_import(p);
  if (weir_parse_at(p, "package")) return parse_package(p);
  if (weir_parse_at(p, "option")) return weir_parse_option_statement(p, &p->file->def, OPTIONS);
  weir_parse_error(p, "Expected top-level statement (e.g. \"message\").");
  weir_advise_statement(p->schema, p->lexer.token.text);
  return false;
}

static void parse_statements(weir_parser *p) {
  while (p->lexer.token.kind != WEIR_TOKEN_END) {
    if (parse_statement(p)) continue;
    weir_parse_skip_statement(p);
    if (weir_parse_at(p, "}")) {
      weir_parse_error(p, "Unmatched \"}\".");
      weir_lexer_next_doc(&p->lexer, &p->upcoming);
    }
  }
}

bool weir_parse_file(weir_schema *s, weir_def_file *file) {
  uint32_t before = s->report.errors;
  weir_parser p = {.schema = s, .file = file, .lexer = weir_lexer_of(s, file, file->source)};
  file->edition = WEIR_EDITION_PROTO2;
  file->syntax_pos = WEIR_NO_POS;
  file->package_pos = WEIR_NO_POS;
  weir_lexer_next_doc(&p.lexer, &p.upcoming);
  file->def.name_pos = p.lexer.token.pos;
  file->def.loc = weir_loc_root(&p);
  if ((!weir_parse_at(&p, "syntax") && !weir_parse_at(&p, "edition")) || parse_syntax(&p))
    parse_statements(&p);
  weir_loc_close(&p, file->def.loc);
  return s->report.errors == before;
}
