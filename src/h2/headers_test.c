/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
#include "h2/headers.h"

#include "h2/h2_test.h"

#define REQUEST_FIELDS FIELD(":method", "GET"), FIELD(":scheme", "http"), FIELD(":path", "/")

typedef struct row {
  weir_h2_block_kind kind;
  const char *why; /* NULL: well-formed */
  weir_hpack_field fields[6];
} row;

static const row rows[] = {
    /* RFC 9113 8.3.1 */
    {WEIR_H2_REQUEST, NULL, {REQUEST_FIELDS}},
    {WEIR_H2_REQUEST, NULL, {REQUEST_FIELDS, FIELD(":authority", "a"), FIELD("te", "trailers")}},
    {WEIR_H2_REQUEST,
     "request without :method, :scheme or :path",
     {FIELD(":scheme", "http"), FIELD(":path", "/")}},
    {WEIR_H2_REQUEST,
     "request without :method, :scheme or :path",
     {FIELD(":method", "GET"), FIELD(":path", "/")}},
    {WEIR_H2_REQUEST,
     "request without :method, :scheme or :path",
     {FIELD(":method", "GET"), FIELD(":scheme", "http")}},
    {WEIR_H2_REQUEST, "pseudo-header field sent twice", {REQUEST_FIELDS, FIELD(":method", "GET")}},
    {WEIR_H2_REQUEST, "pseudo-header field sent twice", {REQUEST_FIELDS, FIELD(":scheme", "http")}},
    {WEIR_H2_REQUEST, "pseudo-header field sent twice", {REQUEST_FIELDS, FIELD(":path", "/")}},
    {WEIR_H2_REQUEST, "empty :path", {FIELD(":method", "GET"), FIELD(":scheme", "http"), FIELD(":path", "")}},
    {WEIR_H2_REQUEST, "empty :method", {FIELD(":method", ""), FIELD(":scheme", "http"), FIELD(":path", "/")}},
    {WEIR_H2_REQUEST, NULL, {FIELD(":method", "CONNECT"), FIELD(":authority", "a:1")}},
    {WEIR_H2_REQUEST,
     "CONNECT with :scheme or :path",
     {FIELD(":method", "CONNECT"), FIELD(":authority", "a"), FIELD(":path", "/")}},
    {WEIR_H2_REQUEST, "request without :method, :scheme or :path", {FIELD(":method", "CONNECT")}},
    /* 8.3 */
    {WEIR_H2_REQUEST,
     "pseudo-header field that does not belong here",
     {REQUEST_FIELDS, FIELD(":status", "200")}},
    {WEIR_H2_REQUEST,
     "pseudo-header field that does not belong here",
     {REQUEST_FIELDS, FIELD(":protocol", "x")}},
    {WEIR_H2_REQUEST, "pseudo-header field that does not belong here", {REQUEST_FIELDS, FIELD(":", "x")}},
    {WEIR_H2_REQUEST, "pseudo-header field behind a regular one", {FIELD("a", "b"), REQUEST_FIELDS}},
    {WEIR_H2_RESPONSE,
     "pseudo-header field that does not belong here",
     {FIELD(":status", "200"), FIELD(":path", "/")}},
    {WEIR_H2_TRAILERS, "pseudo-header field that does not belong here", {FIELD(":status", "200")}},
    /* 8.3.2 */
    {WEIR_H2_RESPONSE, NULL, {FIELD(":status", "200"), FIELD("a", "b")}},
    {WEIR_H2_RESPONSE, "response without :status", {FIELD("a", "b")}},
    {WEIR_H2_RESPONSE, ":status is not a status code", {FIELD(":status", "20")}},
    {WEIR_H2_RESPONSE, ":status is not a status code", {FIELD(":status", "099")}},
    {WEIR_H2_RESPONSE, ":status is not a status code", {FIELD(":status", "2000")}},
    {WEIR_H2_RESPONSE, ":status is not a status code", {FIELD(":status", "2x0")}},
    /* 8.2.1 */
    {WEIR_H2_TRAILERS, NULL, {FIELD("grpc-status", "0"), FIELD("grpc-message", " spaces around ")}},
    {WEIR_H2_TRAILERS, NULL, {FIELD("a!#$%&'*+-.^_`|~9", "\x80\xff\t")}},
    {WEIR_H2_TRAILERS, "upper case in a header field name", {FIELD("aBc", "")}},
    {WEIR_H2_TRAILERS, "header field without a name", {FIELD("", "x")}},
    {WEIR_H2_TRAILERS, "character in a header field name", {FIELD("a b", "")}},
    {WEIR_H2_TRAILERS, "character in a header field name", {FIELD("a:b", "")}},
    {WEIR_H2_TRAILERS, "character in a header field name", {FIELD("a\x80", "")}},
    {WEIR_H2_TRAILERS, "character in a header field name", {FIELD("a\0", "")}},
    {WEIR_H2_TRAILERS, "character in a header field value", {FIELD("a", "x\0y")}},
    {WEIR_H2_TRAILERS, "character in a header field value", {FIELD("a", "x\r")}},
    {WEIR_H2_TRAILERS, "character in a header field value", {FIELD("a", "\ny")}},
    {WEIR_H2_REQUEST,
     "character in a header field value",
     {FIELD(":method", "GET"), FIELD(":scheme", "http"), FIELD(":path", "/\n")}},
    /* 8.2.2 */
    {WEIR_H2_TRAILERS, "te other than trailers", {FIELD("te", "gzip")}},
    {WEIR_H2_TRAILERS, "te other than trailers", {FIELD("te", "trailers, deflate")}},
    {WEIR_H2_TRAILERS, "connection-specific header field", {FIELD("connection", "close")}},
    {WEIR_H2_TRAILERS, "connection-specific header field", {FIELD("keep-alive", "1")}},
    {WEIR_H2_TRAILERS, "connection-specific header field", {FIELD("proxy-connection", "close")}},
    {WEIR_H2_TRAILERS, "connection-specific header field", {FIELD("transfer-encoding", "chunked")}},
    {WEIR_H2_TRAILERS, "connection-specific header field", {FIELD("upgrade", "h2c")}},
    /* 8.1.1 */
    {WEIR_H2_TRAILERS, "content-length is not a number", {FIELD("content-length", "")}},
    {WEIR_H2_TRAILERS, "content-length is not a number", {FIELD("content-length", "-1")}},
    {WEIR_H2_TRAILERS, "content-length is not a number", {FIELD("content-length", "1x")}},
    {WEIR_H2_TRAILERS, "content-length is not a number", {FIELD("content-length", "99999999999999999999")}},
    {WEIR_H2_TRAILERS,
     "two lengths of one content",
     {FIELD("content-length", "1"), FIELD("content-length", "2")}},
    {WEIR_H2_TRAILERS, NULL, {FIELD("content-length", "1"), FIELD("content-length", "01")}},
};

static void test_rules(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    size_t n = 0;
    while (n < 6 && rows[i].fields[n].name.data) n++;
    weir_h2_block_info info;
    weir_h2_error e = weir_h2_headers_check(rows[i].fields, n, rows[i].kind, false, &info);
    if (!rows[i].why) {
      if (e.scope) fail_msg("row %zu: %s", i, e.why);
      continue;
    }
    assert_int_equal(e.scope, WEIR_H2_SCOPE_STREAM);
    assert_int_equal(e.code, WEIR_H2_PROTOCOL_ERROR);
    if (strcmp(e.why, rows[i].why) != 0) fail_msg("row %zu: %s instead of %s", i, e.why, rows[i].why);
  }
}

static void test_info(void **state) {
  (void)state;
  weir_h2_block_info info;
  weir_hpack_field head[] = {FIELD(":method", "HEAD"), FIELD(":scheme", "http"), FIELD(":path", "/")};
  assert_false(weir_h2_headers_check(head, 3, WEIR_H2_REQUEST, false, &info).scope);
  assert_true(info.is_head);
  assert_true(info.content_length == WEIR_H2_NO_LENGTH);
  weir_hpack_field response[] = {FIELD(":status", "304"), FIELD("content-length", "1234567890123")};
  assert_false(weir_h2_headers_check(response, 2, WEIR_H2_RESPONSE, false, &info).scope);
  assert_int_equal(info.status, 304);
  assert_true(info.content_length == 1234567890123);
  /* What is missing may have been among the fields that were over the limit. */
  assert_false(weir_h2_headers_check(head, 1, WEIR_H2_REQUEST, true, &info).scope);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_rules), cmocka_unit_test(test_info)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
