// Messages to and from the byte buffers of the core.
#ifndef FLOOR_PAYLOAD_H
#define FLOOR_PAYLOAD_H

#include <grpc/grpc.h>
#include <protobuf-c/protobuf-c.h>

// Encodes a message. The caller destroys the buffer.
grpc_byte_buffer *payload_encode(const ProtobufCMessage *message);

// Decodes a message into the arena and leaves the buffer to the caller; NULL for bytes that are no such
// message.
void *payload_decode(const ProtobufCMessageDescriptor *descriptor, grpc_byte_buffer *buffer);

#endif
