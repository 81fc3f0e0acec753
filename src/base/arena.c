/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
#include "base/arena.h"

#include <stdarg.h>

struct weir_arena_block {
  weir_arena_block *next;
  size_t size; /* with this header */
};

#define BLOCK_HEAD ((sizeof(weir_arena_block) + WEIR_ARENA_ALIGN - 1) & ~(size_t)(WEIR_ARENA_ALIGN - 1))

static char *align_up(char *p) {
  return p + ((WEIR_ARENA_ALIGN - ((uintptr_t)p & (WEIR_ARENA_ALIGN - 1))) & (WEIR_ARENA_ALIGN - 1));
}

/* Room for the struct itself in the caller's block: 16-aligned and with something left behind it. */
static weir_arena *arena_place(weir_mem mem, char *block, size_t size) {
  char *at = block ? align_up(block) : NULL;
  size_t lost = block ? (size_t)(at - block) : 0;
  size_t own = (sizeof(weir_arena) + WEIR_ARENA_ALIGN - 1) & ~(size_t)(WEIR_ARENA_ALIGN - 1);
  weir_arena *a;
  bool fits = block && size >= lost + own;
  if (fits) {
    a = (weir_arena *)(void *)at;
    at += own;
    lost += own;
  } else {
    a = weir_mem_alloc(mem, sizeof *a);
    if (!a) return NULL;
    if (lost > size) at = NULL;
  }
  *a = (weir_arena){.mem = mem, .next_size = WEIR_ARENA_MIN_BLOCK, .on_heap = !fits};
  if (at) {
    a->first = at;
    a->first_end = at + ((size - lost) & ~(size_t)(WEIR_ARENA_ALIGN - 1));
  }
  a->ptr = a->first;
  a->end = a->first_end;
  return a;
}

weir_arena *weir_arena_new_in(weir_mem mem, void *first_block, size_t size) {
  return arena_place(mem, first_block, size);
}

weir_arena *weir_arena_new(void *first_block, size_t size) {
  return arena_place(WEIR_MEM_DEFAULT, first_block, size);
}

void *weir_arena_take_slow(weir_arena *a, size_t size) {
  if (size == 0) size = 1;
  if (size > SIZE_MAX / 2) {
    a->failed = true;
    return NULL;
  }
  size_t need = (size + WEIR_ARENA_ALIGN - 1) & ~(size_t)(WEIR_ARENA_ALIGN - 1);
  if (need <= (size_t)(a->end - a->ptr)) {
    void *p = a->ptr;
    a->ptr += need;
    return p;
  }
  size_t block_size = a->next_size;
  bool own_block = need > block_size - BLOCK_HEAD;
  if (own_block) block_size = need + BLOCK_HEAD;
  weir_arena_block *b = weir_mem_alloc(a->mem, block_size);
  if (!b) {
    a->failed = true;
    return NULL;
  }
  *b = (weir_arena_block){a->blocks, block_size};
  a->blocks = b;
  char *p = (char *)b + BLOCK_HEAD;
  if (own_block && a->end - a->ptr > (ptrdiff_t)WEIR_ARENA_MIN_BLOCK / 4)
    return p; /* keep the current rest */
  a->ptr = p + need;
  a->end = (char *)b + (block_size & ~(size_t)(WEIR_ARENA_ALIGN - 1));
  if (a->next_size < WEIR_ARENA_MAX_BLOCK) a->next_size *= 2;
  return p;
}

void *weir_arena_grow(weir_arena *a, void *p, size_t old_size, size_t new_size) {
  size_t old_need = (old_size + WEIR_ARENA_ALIGN - 1) & ~(size_t)(WEIR_ARENA_ALIGN - 1);
  if (p && new_size <= old_need) return p;
  if (p && (char *)p + old_need == a->ptr && new_size <= SIZE_MAX / 2) {
    size_t new_need = (new_size + WEIR_ARENA_ALIGN - 1) & ~(size_t)(WEIR_ARENA_ALIGN - 1);
    if (new_need - old_need <= (size_t)(a->end - a->ptr)) {
      a->ptr += new_need - old_need;
      return p;
    }
  }
  void *q = weir_arena_take(a, new_size);
  if (q && old_size) memcpy(q, p, old_size);
  return q;
}

void weir_arena_trim(weir_arena *a, void *p, size_t old_size, size_t new_size) {
  size_t old_need = (old_size + WEIR_ARENA_ALIGN - 1) & ~(size_t)(WEIR_ARENA_ALIGN - 1);
  size_t new_need = (new_size + WEIR_ARENA_ALIGN - 1) & ~(size_t)(WEIR_ARENA_ALIGN - 1);
  if ((char *)p + old_need == a->ptr && new_need < old_need) a->ptr -= old_need - new_need;
}

void *weir_alloc(weir_arena *a, size_t size) {
  void *p = weir_arena_take(a, size);
  return p ? memset(p, 0, size) : NULL;
}

weir_str weir_dup(weir_arena *a, weir_str s) {
  char *p = s.len < SIZE_MAX ? weir_arena_take(a, s.len + 1) : NULL;
  if (!p) return (weir_str){NULL, 0};
  if (s.len) memcpy(p, s.data, s.len);
  p[s.len] = 0;
  return (weir_str){p, s.len};
}

/* Most texts are strings put together: formats of %s and %.*s alone are done here, at a fraction of vsnprintf's cost.
 * The length without the final NUL, or SIZE_MAX: there is something else in fmt, or it needs more room. */
static size_t format_strings(char *to, size_t room, const char *fmt, va_list ap) {
  size_t len = 0, n;
  for (; *fmt; len += n) {
    const char *piece = fmt;
    if (*fmt != '%') {
      while (*fmt && *fmt != '%') fmt++;
      n = (size_t)(fmt - piece);
    } else if (fmt[1] == 's') {
      piece = va_arg(ap, const char *);
      if (!piece) return SIZE_MAX;
      n = strlen(piece);
      fmt += 2;
    } else if (fmt[1] == '.' && fmt[2] == '*' && fmt[3] == 's') {
      int most = va_arg(ap, int);
      piece = va_arg(ap, const char *);
      if (most < 0 || (most && !piece)) return SIZE_MAX;
      n = most ? strnlen(piece, (size_t)most) : 0;
      fmt += 4;
    } else {
      return SIZE_MAX;
    }
    if (room - len <= n) return SIZE_MAX;
    if (n) memcpy(to + len, piece, n);
  }
  return len;
}

/* Formats into the rest of the block first; only what does not fit is formatted twice. */
static weir_str arena_vprintf(weir_arena *a, const char *fmt, va_list ap) {
  va_list again;
  va_copy(again, ap);
  size_t room = (size_t)(a->end - a->ptr);
  int len = vsnprintf(a->ptr, room, fmt, ap);
  char *p = len < 0 ? NULL : weir_arena_take(a, (size_t)len + 1);
  if (p && (size_t)len >= room) vsnprintf(p, (size_t)len + 1, fmt, again);
  va_end(again);
  return p ? (weir_str){p, (size_t)len} : (weir_str){NULL, 0};
}

weir_str weir_printf(weir_arena *a, const char *fmt, ...) {
  va_list ap;
  va_start(ap, fmt);
  size_t room = (size_t)(a->end - a->ptr), len = room ? format_strings(a->ptr, room, fmt, ap) : SIZE_MAX;
  va_end(ap);
  if (len != SIZE_MAX) {
    a->ptr[len] = 0;
    return (weir_str){weir_arena_take(a, len + 1), len};
  }
  va_start(ap, fmt);
  weir_str s = arena_vprintf(a, fmt, ap);
  va_end(ap);
  return s;
}

/* What reset may keep. */
#define KEEP_MOST (4 * WEIR_ARENA_MAX_BLOCK)

/* Keeps the largest block within reason. If a round took several, the next block opened is as large as all of them, so
 * that a loop of equal rounds stops calling malloc. */
void weir_arena_reset(weir_arena *a) {
  weir_arena_block *keep = NULL;
  size_t total = 0;
  for (weir_arena_block *b = a->blocks; b; b = b->next) {
    total += b->size;
    if (b->size <= KEEP_MOST && (!keep || b->size > keep->size)) keep = b;
  }
  if (keep && total > keep->size) a->next_size = total < KEEP_MOST ? total : KEEP_MOST;
  for (weir_arena_block *b = a->blocks, *next; b; b = next) {
    next = b->next;
    if (b != keep) weir_mem_free(a->mem, b, b->size);
  }
  a->blocks = keep;
  if (keep) keep->next = NULL;
  bool use_first = a->first && (!keep || (size_t)(a->first_end - a->first) + BLOCK_HEAD >= keep->size);
  a->ptr = use_first || !keep ? a->first : (char *)keep + BLOCK_HEAD;
  a->end = use_first || !keep ? a->first_end : (char *)keep + (keep->size & ~(size_t)(WEIR_ARENA_ALIGN - 1));
  a->failed = false;
}

size_t weir_arena_heap_size(const weir_arena *a) {
  size_t n = 0;
  for (const weir_arena_block *b = a->blocks; b; b = b->next) n += b->size;
  return n;
}

void weir_arena_free(weir_arena *a) {
  if (!a) return;
  for (weir_arena_block *b = a->blocks, *next; b; b = next) {
    next = b->next;
    weir_mem_free(a->mem, b, b->size);
  }
  if (a->on_heap) weir_mem_free(a->mem, a, sizeof *a);
}
