#include "credentials.h"

#include <stdio.h>
#include <stdlib.h>

// The text of a file; ends the program where there is none. Never freed: it is read once.
static char *text_of(const char *folder, const char *name) {
  static char texts[3][16384];
  static unsigned count;
  char path[4096];
  snprintf(path, sizeof path, "%s/%s", folder, name);
  FILE *const file = fopen(path, "rb");
  char *const text = texts[count++];
  size_t const length = file == NULL ? 0 : fread(text, 1, sizeof texts[0] - 1, file);
  if (length == 0) {
    fprintf(stderr, "floor: cannot read %s\n", path);
    exit(66);
  }
  fclose(file);
  return text;
}

grpc_channel_credentials *channel_credentials(const char *folder) {
  if (folder == NULL) return grpc_insecure_credentials_create();
  static char *roots;
  if (roots == NULL) roots = text_of(folder, "ca.pem");
  return grpc_ssl_credentials_create_ex(roots, NULL, NULL, NULL);
}

grpc_server_credentials *server_credentials(const char *folder) {
  if (folder == NULL) return grpc_insecure_server_credentials_create();
  grpc_ssl_pem_key_cert_pair pair = {text_of(folder, "server.key"), text_of(folder, "server.pem")};
  return grpc_ssl_server_credentials_create_ex(NULL, &pair, 1, GRPC_SSL_DONT_REQUEST_CLIENT_CERTIFICATE, NULL);
}
