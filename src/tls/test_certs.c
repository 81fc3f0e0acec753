/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
#include "test_certs.h"

#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MUST(expr) ((expr) ? (void)0 : (fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #expr), abort()))
#define HOUR       3600L

static char *certs_text(BIO *bio) {
  char *data;
  size_t len = (size_t)BIO_get_mem_data(bio, &data);
  char *text = malloc(len + 1);
  MUST(text);
  memcpy(text, data, len);
  text[len] = 0;
  BIO_free(bio);
  return text;
}

static void certs_extend(X509 *cert, X509 *issuer, int nid, const char *value) {
  X509V3_CTX ctx;
  X509V3_set_ctx(&ctx, issuer, cert, NULL, NULL, 0);
  X509_EXTENSION *ext = X509V3_EXT_conf_nid(NULL, &ctx, nid, value);
  MUST(ext && X509_add_ext(cert, ext, -1));
  X509_EXTENSION_free(ext);
}

static X509 *certs_parse(const char *pem, EVP_PKEY **key, const char *key_pem) {
  BIO *bio = BIO_new_mem_buf(pem, -1), *key_bio = BIO_new_mem_buf(key_pem, -1);
  X509 *cert = PEM_read_bio_X509(bio, NULL, NULL, NULL);
  *key = PEM_read_bio_PrivateKey(key_bio, NULL, NULL, NULL);
  MUST(cert && *key);
  BIO_free(bio);
  BIO_free(key_bio);
  return cert;
}

test_cert test_cert_make(const char *name, const char *san, const test_cert *issuer, int flags) {
  static long serial = 1;
  EVP_PKEY *key = EVP_EC_gen("P-256"), *ca_key = key;
  X509 *cert = X509_new(), *ca = cert;
  MUST(key && cert);
  if (issuer) ca = certs_parse(issuer->cert, &ca_key, issuer->key);
  MUST(X509_set_version(cert, X509_VERSION_3) && ASN1_INTEGER_set(X509_get_serialNumber(cert), serial++));
  MUST(X509_gmtime_adj(X509_getm_notBefore(cert), flags & TEST_NOT_YET ? HOUR : -2 * HOUR));
  MUST(X509_gmtime_adj(X509_getm_notAfter(cert), flags & TEST_EXPIRED ? -HOUR : 24 * HOUR));
  X509_NAME *subject = X509_get_subject_name(cert);
  MUST(X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, (const unsigned char *)name, -1, -1, 0));
  MUST(X509_set_issuer_name(cert, X509_get_subject_name(ca)) && X509_set_pubkey(cert, key));
  certs_extend(cert, ca, NID_basic_constraints, flags & TEST_CA ? "critical,CA:TRUE" : "CA:FALSE");
  if (flags & TEST_ONLY_SERVER) certs_extend(cert, ca, NID_ext_key_usage, "serverAuth");
  if (flags & TEST_ONLY_CLIENT) certs_extend(cert, ca, NID_ext_key_usage, "clientAuth");
  if (san) certs_extend(cert, ca, NID_subject_alt_name, san);
  MUST(X509_sign(cert, ca_key, EVP_sha256()));

  BIO *cert_bio = BIO_new(BIO_s_mem()), *key_bio = BIO_new(BIO_s_mem());
  MUST(PEM_write_bio_X509(cert_bio, cert) && PEM_write_bio_PrivateKey(key_bio, key, NULL, NULL, 0, NULL, NULL));
  test_cert made = {certs_text(cert_bio), certs_text(key_bio)};
  if (issuer) {
    X509_free(ca);
    EVP_PKEY_free(ca_key);
  }
  X509_free(cert);
  EVP_PKEY_free(key);
  return made;
}

void test_cert_free(test_cert *c) {
  free(c->cert);
  free(c->key);
}
