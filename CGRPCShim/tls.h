// What the core's TLS credentials can do beyond the functions of its headers. Not with fcntl.h, whose struct stat Swift's Glibc has too.
#ifndef THINGRPC_CGRPCSHIM_TLS_H
#define THINGRPC_CGRPCSHIM_TLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <grpc/grpc_security.h>
#include <grpc/support/string_util.h>

// grpc_core::FileWatcherCertificateProvider::ForceUpdate by its name in C++, where the core has it, else NULL: reads the files now.
extern void thin_linked_force_update(grpc_tls_certificate_provider *)
    __asm__("_ZN9grpc_core30FileWatcherCertificateProvider11ForceUpdateEv") __attribute__((weak));

static inline bool thin_can_force_update(void) { return thin_linked_force_update != NULL; }
static inline void thin_force_update(grpc_tls_certificate_provider *provider) { thin_linked_force_update(provider); }

// A file that is in memory alone, closed when another program is run; -1 and errno where there is none to be had.
static inline int thin_memory_file(void) { return (int)syscall(SYS_memfd_create, "certificates", 1u /* MFD_CLOEXEC */); }

// Has `descriptor` stand for the file of another one, in one step; -1 and errno on failure.
static inline int thin_replace_descriptor(int descriptor, int other) {
  return (int)syscall(SYS_dup3, other, descriptor, 02000000 /* O_CLOEXEC */);
}

// The settings of TLS options that show where the versions are, which the C API does not set.
typedef struct {
  int32_t certificate_request;
  uint8_t verifies_server;
  uint8_t padding[3];
  // 0 is TLS 1.2, and 1 is TLS 1.3.
  int32_t minimum;
  int32_t maximum;
} thin_tls_settings;

// Whether the settings are at `place`: there, setters change what they should, and the versions are those by default.
static inline bool thin_has_tls_settings(grpc_tls_credentials_options *options, const void *place) {
  thin_tls_settings changed, original;
  grpc_tls_credentials_options_set_cert_request_type(options, GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY);
  grpc_tls_credentials_options_set_verify_server_cert(options, 0);
  memcpy(&changed, place, sizeof(changed));
  grpc_tls_credentials_options_set_cert_request_type(options, GRPC_SSL_DONT_REQUEST_CLIENT_CERTIFICATE);
  grpc_tls_credentials_options_set_verify_server_cert(options, 1);
  memcpy(&original, place, sizeof(original));
  return changed.certificate_request == GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY &&
         changed.verifies_server == 0 && original.certificate_request == GRPC_SSL_DONT_REQUEST_CLIENT_CERTIFICATE &&
         original.verifies_server == 1 && original.minimum == 0 && original.maximum == 1;
}

// Has TLS 1.3 required, in options that were just created; false where the core's options do not have the expected form.
static inline bool thin_require_tls_1_3(grpc_tls_credentials_options *options) {
  // After a table of functions and a count of references, with what traces it in Debian's build.
  for (int words = 2; words <= 3; words++) {
    char *place = (char *)options + words * sizeof(void *);
    if (!thin_has_tls_settings(options, place)) continue;
    const int32_t minimum = 1;
    memcpy(place + offsetof(thin_tls_settings, minimum), &minimum, sizeof(minimum));
    return true;
  }
  return false;
}

#endif
