/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* zip.h - a ZIP archive of an output location (APPNOTE 6.3): entries stored, sorted by name, without a date: the same
 * files give the same bytes, and the bytes that protoc writes. */
#ifndef WEIRC_ZIP_H
#define WEIRC_ZIP_H

#include "codegen/outtree.h"

/** "x.zip", "x.jar" and "x.srcjar" are archives. */
bool weirc_is_archive(weir_str path);
bool weirc_is_jar(weir_str path);

/** Adds META-INF/MANIFEST.MF unless there is one. */
void weirc_zip_manifest(weir_outtree *tree);

/** Appends the archive of a sorted tree. False if it is larger than the format allows; failure of memory latches. */
bool weirc_zip(const weir_outtree *tree, weir_bytes *out);

#endif
