// The channels of the programs that call.
#ifndef FLOOR_CHANNEL_H
#define FLOOR_CHANNEL_H

#include <grpc/grpc.h>

// Opens a channel with a connection of its own; with TLS where `tls` names the folder of certificates, and not where it is NULL.
grpc_channel *channel_open(const char *address, const char *tls);

#endif
