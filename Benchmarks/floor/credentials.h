// How connections are secured: not at all, or with the certificates of scripts/make-certificates.
#ifndef FLOOR_CREDENTIALS_H
#define FLOOR_CREDENTIALS_H

#include <grpc/grpc_security.h>

// A client's credentials, which trust ca.pem in `folder`; insecure ones where that is NULL.
grpc_channel_credentials *channel_credentials(const char *folder);

// A server's credentials, with server.pem and server.key in `folder`; insecure ones where that is NULL.
grpc_server_credentials *server_credentials(const char *folder);

#endif
