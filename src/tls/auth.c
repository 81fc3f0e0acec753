/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* auth.c - what a handshake told of the peer, under the names of gRPC's auth properties. */
#include "tls/auth.h"

#include "base/arena.h"
#include "tls/context.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <arpa/inet.h>
#include <stdatomic.h>
#include <string.h>

#define AUTH_MAX 128 /* properties; a certificate may name any number of hosts, and the rest are left out */

struct weir_auth {
  atomic_uint refs;
  weir_arena *arena;
  weir_kv kvs[AUTH_MAX];
  size_t n;
};

static void auth_add(weir_auth *a, const char *key, weir_str val) {
  weir_str copy = weir_dup(a->arena, val);
  if (copy.data && a->n < AUTH_MAX) a->kvs[a->n++] = (weir_kv){weir_str_of(key), copy};
}

static void auth_add_bio(weir_auth *a, const char *key, BIO *bio) {
  char *data;
  long len = BIO_get_mem_data(bio, &data);
  if (len > 0) auth_add(a, key, (weir_str){data, (size_t)len});
}

static void auth_add_subject(weir_auth *a, X509 *cert) {
  X509_NAME *subject = X509_get_subject_name(cert);
  BIO *bio = BIO_new(BIO_s_mem());
  if (bio && X509_NAME_print_ex(bio, subject, 0, XN_FLAG_RFC2253) >= 0) auth_add_bio(a, "x509_subject", bio);
  BIO_free(bio);
  int at = X509_NAME_get_index_by_NID(subject, NID_commonName, -1);
  unsigned char *utf8 = NULL;
  int len =
      at < 0 ? -1 : ASN1_STRING_to_UTF8(&utf8, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, at)));
  if (len >= 0) auth_add(a, "x509_common_name", (weir_str){(const char *)utf8, (size_t)len});
  OPENSSL_free(utf8);
}

/* A name with a NUL in it is somebody's try to be taken for another: it is left out. */
static void auth_add_name(weir_auth *a, const char *key, weir_str name) {
  if (!name.len || memchr(name.data, 0, name.len)) return;
  auth_add(a, "x509_subject_alternative_name", name);
  auth_add(a, key, name);
  if (name.len > 9 && !memcmp(name.data, "spiffe://", 9)) auth_add(a, "peer_spiffe_id", name);
}

static void auth_add_ip(weir_auth *a, const ASN1_OCTET_STRING *ip) {
  char text[INET6_ADDRSTRLEN];
  int len = ASN1_STRING_length(ip);
  if (len != 4 && len != 16) return;
  if (inet_ntop(len == 4 ? AF_INET : AF_INET6, ASN1_STRING_get0_data(ip), text, sizeof text))
    auth_add_name(a, "peer_ip", weir_str_of(text));
}

static void auth_add_names(weir_auth *a, X509 *cert) {
  GENERAL_NAMES *names = X509_get_ext_d2i(cert, NID_subject_alt_name, NULL, NULL);
  for (int i = 0; i < sk_GENERAL_NAME_num(names); i++) {
    const GENERAL_NAME *name = sk_GENERAL_NAME_value(names, i);
    const char *key = name->type == GEN_DNS     ? "peer_dns"
                      : name->type == GEN_URI   ? "peer_uri"
                      : name->type == GEN_EMAIL ? "peer_email"
                                                : NULL;
    if (name->type == GEN_IPADD)
      auth_add_ip(a, name->d.iPAddress);
    else if (key) /* the three are one kind of string */
      auth_add_name(a, key,
                    (weir_str){(const char *)ASN1_STRING_get0_data(name->d.ia5),
                               (size_t)ASN1_STRING_length(name->d.ia5)});
  }
  GENERAL_NAMES_free(names);
}

static void auth_add_pem(weir_auth *a, const char *key, X509 *cert, STACK_OF(X509) * chain) {
  BIO *bio = BIO_new(BIO_s_mem());
  bool ok = bio && (!cert || PEM_write_bio_X509(bio, cert));
  for (int i = 0; ok && i < sk_X509_num(chain); i++) ok = PEM_write_bio_X509(bio, sk_X509_value(chain, i));
  if (ok) auth_add_bio(a, key, bio);
  BIO_free(bio);
}

weir_auth *weir_tls_auth(weir_tls *t) {
  SSL *ssl = weir_tls_ssl(t);
  weir_auth *a = calloc(1, sizeof *a);
  if (a) a->arena = weir_arena_new(NULL, 0);
  if (!a || !a->arena) {
    free(a);
    return NULL;
  }
  atomic_init(&a->refs, 1);
  auth_add(a, "transport_security_type", WEIR_STR("ssl"));
  auth_add(a, "security_level", WEIR_STR("TSI_PRIVACY_AND_INTEGRITY"));
  auth_add(a, "ssl_session_reused", SSL_session_reused(ssl) ? WEIR_STR("true") : WEIR_STR("false"));
  X509 *cert = SSL_get1_peer_certificate(ssl);
  if (cert) {
    STACK_OF(X509) *chain = SSL_get_peer_cert_chain(ssl);
    auth_add_subject(a, cert);
    auth_add_pem(a, "x509_pem_cert", cert, NULL);
    /* OpenSSL leaves the peer's own certificate out of what a server gets. */
    auth_add_pem(a, "x509_pem_cert_chain", weir_tls_is_client(t) ? NULL : cert, chain);
    auth_add_names(a, cert);
  }
  X509_free(cert);
  ERR_clear_error();
  return a;
}

weir_auth *weir_auth_ref(weir_auth *a) {
  if (a) atomic_fetch_add_explicit(&a->refs, 1, memory_order_relaxed);
  return a;
}

void weir_auth_unref(weir_auth *a) {
  if (!a || atomic_fetch_sub_explicit(&a->refs, 1, memory_order_acq_rel) != 1) return;
  weir_arena_free(a->arena);
  free(a);
}

const weir_kv *weir_auth_properties(const weir_auth *a, size_t *n) {
  *n = a ? a->n : 0;
  return a ? a->kvs : NULL;
}
