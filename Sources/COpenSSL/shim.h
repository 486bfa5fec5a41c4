// The OpenSSL that the gRPC core is linked with, as far as certificates are looked at before they are handed to the core: what
// its headers have as macros, as inline functions.
#ifndef THINGRPC_COPENSSL_SHIM_H
#define THINGRPC_COPENSSL_SHIM_H

#include <stdint.h>
#include <string.h>
#include <time.h>

#include <arpa/inet.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

// The last error of this thread, in OpenSSL's words; NULL if there is none.
static inline const char *thin_openssl_reason(void) {
  unsigned long error = ERR_peek_last_error();
  return error == 0 ? NULL : ERR_reason_error_string(error);
}

// Reads a key as the core does: without asking anybody for a passphrase.
static inline EVP_PKEY *thin_read_private_key(BIO *pem) { return PEM_read_bio_PrivateKey(pem, NULL, NULL, (void *)""); }

// Reads a certificate as the core does.
static inline X509 *thin_read_certificate(BIO *pem) { return PEM_read_bio_X509_AUX(pem, NULL, NULL, (void *)""); }

// The seconds since 1970 of a time in a certificate; INT64_MIN where it is none.
static inline int64_t thin_seconds(const ASN1_TIME *time) {
  struct tm parts;
  memset(&parts, 0, sizeof(parts));
  return time != NULL && ASN1_TIME_to_tm(time, &parts) == 1 ? (int64_t)timegm(&parts) : INT64_MIN;
}

// Writes a time as RFC 3339 has it, in UTC.
static inline void thin_format_seconds(int64_t seconds, char text[32]) {
  time_t time = (time_t)seconds;
  struct tm parts;
  gmtime_r(&time, &parts);
  strftime(text, 32, "%Y-%m-%dT%H:%M:%SZ", &parts);
}

// What a name in a certificate is.
typedef enum { THIN_NAME_SUBJECT, THIN_NAME_COMMON, THIN_NAME_DNS, THIN_NAME_URI, THIN_NAME_EMAIL, THIN_NAME_IP } thin_name_kind;

typedef void (*thin_name_visitor)(void *context, thin_name_kind kind, const char *bytes, size_t count);

static inline void thin_visit_string(void *context, thin_name_visitor visit, thin_name_kind kind, const ASN1_STRING *string) {
  unsigned char *utf8 = NULL;
  int count = ASN1_STRING_to_UTF8(&utf8, string);
  if (count >= 0) visit(context, kind, (const char *)utf8, (size_t)count);
  OPENSSL_free(utf8);
}

// Calls `visit` with the subject as RFC 2253 has it, its first common name, and the subject alternative names, each with its length: it may
// have zero bytes in it.
static inline void thin_visit_names(X509 *certificate, void *context, thin_name_visitor visit) {
  X509_NAME *subject = X509_get_subject_name(certificate);
  BIO *text = BIO_new(BIO_s_mem());
  if (text != NULL && X509_NAME_print_ex(text, subject, 0, XN_FLAG_RFC2253) >= 0) {
    char *bytes = NULL;
    long count = BIO_get_mem_data(text, &bytes);
    visit(context, THIN_NAME_SUBJECT, bytes, (size_t)count);
  }
  BIO_free(text);
  int index_of_name = X509_NAME_get_index_by_NID(subject, NID_commonName, -1);
  if (index_of_name >= 0)
    thin_visit_string(context, visit, THIN_NAME_COMMON, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, index_of_name)));
  GENERAL_NAMES *names = X509_get_ext_d2i(certificate, NID_subject_alt_name, NULL, NULL);
  for (int index = 0; index < sk_GENERAL_NAME_num(names); index++) {
    const GENERAL_NAME *name = sk_GENERAL_NAME_value(names, index);
    if (name->type == GEN_DNS) thin_visit_string(context, visit, THIN_NAME_DNS, name->d.dNSName);
    if (name->type == GEN_URI) thin_visit_string(context, visit, THIN_NAME_URI, name->d.uniformResourceIdentifier);
    if (name->type == GEN_EMAIL) thin_visit_string(context, visit, THIN_NAME_EMAIL, name->d.rfc822Name);
    if (name->type == GEN_IPADD) {
      int count = ASN1_STRING_length(name->d.iPAddress);
      char address[INET6_ADDRSTRLEN];
      if ((count == 4 || count == 16) && inet_ntop(count == 4 ? AF_INET : AF_INET6, ASN1_STRING_get0_data(name->d.iPAddress),
                                                   address, sizeof(address)) != NULL)
        visit(context, THIN_NAME_IP, address, strlen(address));
    }
  }
  GENERAL_NAMES_free(names);
}

#endif
