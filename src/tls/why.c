/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
#include "tls/why.h"

#include <openssl/err.h>
#include <openssl/x509v3.h>

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define ALERT(description) \
  (SSL_AD_REASON_OFFSET + (description)) /* an alert of the peer's, as an error's reason */

typedef struct why_row {
  int reason;
  const char *to_client, *to_server; /* NULL: as to the client */
} why_row;

static const char why_no_h2[] = "the peer did not agree on ALPN h2: no gRPC server over TLS is on that port";
static const char why_refused[] =
    "the peer refused our certificate: it needs one that it can verify in cert_pem";

/* The peer's alerts first (RFC 8446 6.2), then what we found ourselves. */
static const why_row why_rows[] = {
    {ALERT(SSL_AD_NO_APPLICATION_PROTOCOL), why_no_h2, NULL},
    {ALERT(SSL_AD_UNKNOWN_CA),
     "the server does not know the CA of our certificate: pass one that it signed as cert_pem",
     "the client does not know the CA of our certificate: give it that CA as its roots"},
    {ALERT(SSL_AD_BAD_CERTIFICATE), why_refused, "the client refused our certificate"},
    {ALERT(SSL_AD_UNSUPPORTED_CERTIFICATE), why_refused,
     "the client refused our certificate: not made for a server"},
    {ALERT(SSL_AD_CERTIFICATE_REVOKED), why_refused, "the client refused our certificate: revoked"},
    {ALERT(SSL_AD_CERTIFICATE_EXPIRED), "the server says that our certificate is expired: renew cert_pem",
     "the client says that our certificate is expired: renew cert_pem"},
    {ALERT(SSL_AD_CERTIFICATE_UNKNOWN), why_refused, "the client refused our certificate"},
    {ALERT(116 /* certificate_required */),
     "the server requires a client certificate: pass cert_pem and key_pem", NULL},
    {ALERT(SSL_AD_HANDSHAKE_FAILURE),
     "the server refused the handshake: no cipher suite in common, or it requires a client certificate "
     "(cert_pem)",
     "the client refused the handshake: no cipher suite in common"},
    {ALERT(SSL_AD_PROTOCOL_VERSION), "the peer does not speak TLS 1.2 or later", NULL},
    {ALERT(SSL_AD_UNRECOGNIZED_NAME), "the server has no certificate for this host name: set server_name",
     NULL},
    {SSL_R_WRONG_VERSION_NUMBER,
     "the server does not speak TLS on that port: is it plaintext (weir_creds_insecure)?",
     "the client does not speak TLS: did it mean to be plaintext?"},
    {SSL_R_HTTP_REQUEST, "the server does not speak TLS on that port",
     "the client sent plaintext HTTP to a TLS port"},
    {SSL_R_UNSUPPORTED_PROTOCOL, "the peer does not speak TLS 1.2 or later", NULL},
    {SSL_R_NO_SHARED_CIPHER,
     "no cipher suite in common with the peer (RFC 9113 9.2.2 allows forward-secret AEAD only)", NULL},
    {SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE, "the peer sent no certificate",
     "the client sent no certificate, and this server requires one (need_client_cert)"},
    {SSL_R_NO_APPLICATION_PROTOCOL, why_no_h2, "the client did not offer ALPN h2"},
};

void weir_tls_explain(char why[WEIR_TLS_WHY_CAP], unsigned long error, bool is_client) {
  int reason = ERR_GET_REASON(error);
  for (size_t i = 0; ERR_GET_LIB(error) == ERR_LIB_SSL && i < sizeof why_rows / sizeof *why_rows; i++) {
    const why_row *row = &why_rows[i];
    if (row->reason != reason) continue;
    snprintf(why, WEIR_TLS_WHY_CAP, "%s", is_client || !row->to_server ? row->to_client : row->to_server);
    return;
  }
  const char *text = error ? ERR_reason_error_string(error) : NULL;
  snprintf(why, WEIR_TLS_WHY_CAP, "TLS failed: %s", text ? text : "unknown reason");
}

static void why_add(char why[WEIR_TLS_WHY_CAP], const char *fmt, ...) {
  size_t len = strlen(why);
  va_list ap;
  va_start(ap, fmt);
  vsnprintf(why + len, WEIR_TLS_WHY_CAP - len, fmt, ap);
  va_end(ap);
}

/* The peer chose these bytes: only what is printable goes into a message. */
static void why_add_name(char why[WEIR_TLS_WHY_CAP], const ASN1_STRING *name) {
  const unsigned char *data = ASN1_STRING_get0_data(name);
  int len = ASN1_STRING_length(name);
  for (int i = 0; i < len && i < 64; i++)
    why_add(why, "%c", data[i] > 0x20 && data[i] < 0x7f ? data[i] : '?');
}

static void why_add_ip(char why[WEIR_TLS_WHY_CAP], const ASN1_STRING *ip) {
  const unsigned char *data = ASN1_STRING_get0_data(ip);
  int len = ASN1_STRING_length(ip);
  if (len == 4) why_add(why, "%d.%d.%d.%d", data[0], data[1], data[2], data[3]);
  for (int i = 0; len == 16 && i < 16; i += 2) why_add(why, "%s%x", i ? ":" : "", data[i] << 8 | data[i + 1]);
}

/* "foo.example, 127.0.0.1"; last in its text, which may be cut: the peer chose how long it is. */
static void why_add_names(char why[WEIR_TLS_WHY_CAP], X509 *cert) {
  GENERAL_NAMES *names = X509_get_ext_d2i(cert, NID_subject_alt_name, NULL, NULL);
  int n = 0;
  for (int i = 0; names && i < sk_GENERAL_NAME_num(names) && n < 4; i++) {
    const GENERAL_NAME *name = sk_GENERAL_NAME_value(names, i);
    if (name->type != GEN_DNS && name->type != GEN_IPADD) continue;
    why_add(why, "%s", n++ ? ", " : "");
    if (name->type == GEN_DNS)
      why_add_name(why, name->d.dNSName);
    else
      why_add_ip(why, name->d.iPAddress);
  }
  if (!n) why_add(why, "no name at all (subjectAltName)");
  GENERAL_NAMES_free(names);
}

static const char *why_remedy(int error) {
  switch (error) {
  case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
  case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
  case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
  case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
  case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE: return "; pass its CA as ca_pem";
  case X509_V_ERR_CERT_HAS_EXPIRED: return "; the peer must renew it, or this machine's clock is wrong";
  case X509_V_ERR_CERT_NOT_YET_VALID: return "; is this machine's clock right?";
  case X509_V_ERR_INVALID_PURPOSE: return "; its extendedKeyUsage does not allow this side of TLS";
  default: return "";
  }
}

void weir_tls_explain_cert(char why[WEIR_TLS_WHY_CAP], X509_STORE_CTX *store, const char *name) {
  int error = X509_STORE_CTX_get_error(store);
  X509 *cert = X509_STORE_CTX_get_current_cert(store);
  bool mismatch = error == X509_V_ERR_HOSTNAME_MISMATCH || error == X509_V_ERR_IP_ADDRESS_MISMATCH;
  snprintf(why, WEIR_TLS_WHY_CAP, "certificate verify failed: ");
  if (mismatch && cert && name) {
    why_add(why, "wanted %.60s (%d); set server_name, or connect by a name it is for: ", name, error);
    why_add_names(why, cert);
  } else {
    why_add(why, "%s (%d)%s", X509_verify_cert_error_string(error), error, why_remedy(error));
  }
}
