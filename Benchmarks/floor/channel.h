// The channels of the programs that call.
#ifndef FLOOR_CHANNEL_H
#define FLOOR_CHANNEL_H

#include <grpc/grpc.h>

// Opens a channel with a connection of its own.
grpc_channel *channel_open(const char *address);

#endif
