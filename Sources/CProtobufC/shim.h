// protobuf-c 1.4: the engine that packs and unpacks messages by descriptor tables.
#ifndef THINGRPC_CPROTOBUFC_SHIM_H
#define THINGRPC_CPROTOBUFC_SHIM_H

#include <protobuf-c/protobuf-c.h>

#endif
