/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* link.h - the passes that turn a parsed file, whose imports are linked, into a linked one. Each adds to the
 * report and goes on. */
#ifndef WEIR_SCHEMA_LINK_H
#define WEIR_SCHEMA_LINK_H

#include "schema/schema.h"

#define WEIR_MAX_FIELD_NUMBER      536870911 /* 2^29 - 1: what a tag can hold */
#define WEIR_FIRST_RESERVED_NUMBER 19000
#define WEIR_LAST_RESERVED_NUMBER  19999

/** All passes, in order. complete: its imports are all there; else the passes that need them are left out. False if
 * the file has errors, or is not complete. */
bool weir_link_file(weir_schema *s, weir_def_file *file, bool complete);

/** declare.c: full names into the symbol table; what a declaration must satisfy by itself. False: go no further. */
bool weir_link_declare(weir_schema *s, weir_def_file *file);
/** declare.c: numbers still free, where a number was wrong. */
void weir_link_hints(weir_schema *s, weir_def_file *file);
/** resolve.c: names to declarations. */
void weir_link_resolve(weir_schema *s, weir_def_file *file);
/** option.c: built-in options to values of the options messages. */
void weir_link_options(weir_schema *s, weir_def_file *file);
/** option.c: custom options, into the same values. */
void weir_link_custom_options(weir_schema *s, weir_def_file *file);
/** feature.c: resolved features, and what follows from them for fields. */
void weir_link_features(weir_schema *s, weir_def_file *file);
/** walk.c: names made for maps that are taken; it is looked for only where some name was found to be. */
void weir_link_map_names(weir_schema *s, weir_def_file *file);
/** check.c: what depends on types and options. */
void weir_link_check(weir_schema *s, weir_def_file *file);
/** resolve.c: warns of imports that nothing uses. */
void weir_link_unused_imports(weir_schema *s, weir_def_file *file);

/** style.c: names, limits and visibility, as later editions want them. */
void weir_link_style(weir_schema *s, weir_def_file *file);
/** lifetime.c: options that the file's edition does not have, or not any more; once all imports are linked. */
void weir_link_lifetimes(weir_schema *s, weir_def_file *file);
/** inputs.c: what only files must satisfy that the user asked for. False if one does not. */
bool weir_link_input(weir_schema *s, weir_def_file *file);

/* ---- name look-up (resolve.c) --------------------------------------------------------------------------- */

typedef struct weir_lookup {
  weir_def *found;            /* NULL: none that the file may see */
  const weir_def *undeclared; /* one that it would see with one more import ... */
  weir_str undeclared_name;   /* ... and its name */
  weir_str shadowed;          /* what the name means by its first part, where that does not exist */
} weir_lookup;

/** Finds `name` as seen from `scope` (a full name, whose last part is the user of the name): innermost scope
 * first; the scope that has the first part of the name decides. A leading dot: from the outermost scope. */
weir_lookup weir_link_lookup(weir_schema *s, weir_def_file *file, weir_str name, weir_str scope,
                             bool types_only);
/** Reports a look-up that found nothing. */
void weir_link_not_defined(weir_schema *s, weir_def_file *file, weir_pos pos, weir_str name,
                           const weir_lookup *l);

/** The declaration with this full name if `file` may see it, or NULL. */
weir_def *weir_link_find(weir_schema *s, weir_def_file *file, weir_str full_name, weir_lookup *l);

/** Its file, if the file being linked sees it, is no unused import. d may be NULL. */
void weir_link_touch(weir_schema *s, const weir_def *d);

/** option.c: the options message of a kind of declaration, in the built-in descriptor.proto. */
weir_def_message *weir_options_own_type(weir_schema *s, weir_def_kind kind);

static inline bool weir_def_is_type(const weir_def *d) {
  return d->kind == WEIR_DEF_MESSAGE || d->kind == WEIR_DEF_ENUM;
}

#endif
