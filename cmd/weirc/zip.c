/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
#include "zip.h"

#include "schema/wire.h"

#include <string.h>

#define ZIP_MAX_ENTRIES 65535
#define ZIP_MAX_SIZE    UINT32_MAX
#define ZIP_VERSION     10           /* needed to extract: 1.0 */
#define ZIP_DATE        (1 << 5 | 1) /* 1980-01-01 */

static bool ends_with(weir_str text, const char *end) {
  size_t len = strlen(end);
  return text.len >= len && memcmp(text.data + text.len - len, end, len) == 0;
}

bool weirc_is_jar(weir_str path) { return ends_with(path, ".jar"); }

bool weirc_is_archive(weir_str path) {
  return ends_with(path, ".zip") || weirc_is_jar(path) || ends_with(path, ".srcjar");
}

void weirc_zip_manifest(weir_outtree *tree) {
  weir_str name = WEIR_STR("META-INF/MANIFEST.MF");
  if (weir_outtree_find(tree, name)) return;
  weir_bytes none = weir_bytes_in(tree->mem);
  weir_outfile *f = weir_outtree_add(tree, name, &none);
  if (f) weir_bytes_append_cstr(&f->text, "Manifest-Version: 1.0\nCreated-By: 1.6.0 (protoc)\n\n");
  weir_bytes_fini(&none);
}

/* CRC-32 as in ISO 3309, reflected. */
static uint32_t crc_of(weir_str text) {
  static const uint32_t nibbles[16] = {0,          0x1DB71064, 0x3B6E20C8, 0x26D930AC, 0x76DC4190, 0x6B6B51F4,
                                       0x4DB26158, 0x5005713C, 0xEDB88320, 0xF00F9344, 0xD6D6A3E8, 0xCB61B38C,
                                       0x9B64C2B0, 0x86D3D2D4, 0xA00AE278, 0xBDBDF21C};
  uint32_t crc = UINT32_MAX;
  for (size_t i = 0; i < text.len; i++) {
    crc ^= (unsigned char)text.data[i];
    crc = nibbles[crc & 15] ^ crc >> 4;
    crc = nibbles[crc & 15] ^ crc >> 4;
  }
  return ~crc;
}

static void put16(weir_bytes *out, uint32_t value) {
  char bytes[2] = {(char)value, (char)(value >> 8)};
  weir_bytes_append(out, bytes, 2);
}

/* What the header before a file and its entry in the directory have in common. */
static void put_facts(weir_bytes *out, const weir_outfile *f, uint32_t crc) {
  uint32_t size = (uint32_t)weir_bytes_size(&f->text);
  put16(out, ZIP_VERSION);
  put16(out, 0); /* flags */
  put16(out, 0); /* stored */
  put16(out, 0); /* time */
  put16(out, ZIP_DATE);
  weir_wire_put32(out, crc);
  weir_wire_put32(out, size);
  weir_wire_put32(out, size);
  put16(out, (uint32_t)f->name.len);
  put16(out, 0); /* extra field */
}

static void put_file(weir_bytes *out, const weir_outfile *f) {
  weir_wire_put32(out, 0x04034B50);
  put_facts(out, f, crc_of(weir_bytes_view(&f->text)));
  weir_bytes_append_str(out, f->name);
  weir_bytes_append_str(out, weir_bytes_view(&f->text));
}

static void put_entry(weir_bytes *out, const weir_outfile *f, size_t offset) {
  weir_wire_put32(out, 0x02014B50);
  put16(out, ZIP_VERSION); /* made by */
  put_facts(out, f, crc_of(weir_bytes_view(&f->text)));
  put16(out, 0); /* comment */
  put16(out, 0); /* disk */
  put16(out, 0); /* internal attributes */
  weir_wire_put32(out, 0);
  weir_wire_put32(out, (uint32_t)offset);
  weir_bytes_append_str(out, f->name);
}

static void put_end(weir_bytes *out, size_t n, size_t directory) {
  size_t size = weir_bytes_size(out) - directory;
  weir_wire_put32(out, 0x06054B50);
  put16(out, 0); /* disks */
  put16(out, 0);
  put16(out, (uint32_t)n);
  put16(out, (uint32_t)n);
  weir_wire_put32(out, (uint32_t)size);
  weir_wire_put32(out, (uint32_t)directory);
  put16(out, 0); /* comment */
}

bool weirc_zip(const weir_outtree *tree, weir_bytes *out) {
  if (tree->len > ZIP_MAX_ENTRIES) return false;
  size_t offset = 0;
  for (size_t i = 0; i < tree->len; i++) {
    if (tree->files[i]->name.len > UINT16_MAX) return false;
    put_file(out, tree->files[i]);
  }
  size_t directory = weir_bytes_size(out);
  for (size_t i = 0; i < tree->len; i++) {
    const weir_outfile *f = tree->files[i];
    put_entry(out, f, offset);
    offset += 30 + f->name.len + weir_bytes_size(&f->text);
  }
  put_end(out, tree->len, directory);
  return weir_bytes_size(out) <= ZIP_MAX_SIZE;
}
