/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* list.h - intrusive doubly linked list; a head is a node linked to itself. An unlinked node is {NULL, NULL}. */
#ifndef WEIR_BASE_LIST_H
#define WEIR_BASE_LIST_H

#include <stdbool.h>
#include <stddef.h>

typedef struct weir_list {
  struct weir_list *next, *prev;
} weir_list;

/** The struct that holds `node` as its member `member`. */
#define WEIR_LIST_OF(node, type, member) ((type *)(void *)((char *)(node)-offsetof(type, member)))

static inline void weir_list_init(weir_list *head) { head->next = head->prev = head; }
static inline bool weir_list_empty(const weir_list *head) { return head->next == head; }
static inline bool weir_list_linked(const weir_list *node) { return node->next != NULL; }

static inline void weir_list_insert(weir_list *before, weir_list *node) {
  node->prev = before->prev;
  node->next = before;
  before->prev->next = node;
  before->prev = node;
}
static inline void weir_list_push(weir_list *head, weir_list *node) { weir_list_insert(head, node); }

/** Unlinks node; harmless if it is not linked. */
static inline void weir_list_remove(weir_list *node) {
  if (!node->next) return;
  node->prev->next = node->next;
  node->next->prev = node->prev;
  node->next = node->prev = NULL;
}

/** Unlinks and returns the first node, or NULL. */
static inline weir_list *weir_list_pop(weir_list *head) {
  weir_list *node = head->next;
  if (node == head) return NULL;
  weir_list_remove(node);
  return node;
}

/** Moves all nodes of `from` to the empty head `to`. */
static inline void weir_list_take_all(weir_list *to, weir_list *from) {
  weir_list_init(to);
  if (weir_list_empty(from)) return;
  to->next = from->next;
  to->prev = from->prev;
  to->next->prev = to;
  to->prev->next = to;
  weir_list_init(from);
}

#endif
