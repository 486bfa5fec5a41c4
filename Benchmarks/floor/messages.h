// The messages of userservice.UserService that the benchmark uses, as protobuf-c's structs.
//
// Written by hand: protoc-c 1.4 refuses a file with proto3 `optional` fields, although none of these
// messages has one. Layout and descriptors are what protoc-c makes for proto3.
#ifndef FLOOR_MESSAGES_H
#define FLOOR_MESSAGES_H

#include <protobuf-c/protobuf-c.h>

typedef struct {
  ProtobufCMessage base;
  int64_t seconds;
  int32_t nanos;
} Timestamp;

typedef struct {
  ProtobufCMessage base;
  char *id;
  char *email;
  char *name;
  int plan;
  Timestamp *created_at;
} User;

typedef struct {
  ProtobufCMessage base;
  char *id;
} GetUserRequest;

typedef struct {
  ProtobufCMessage base;
  int32_t page_size;
  char *filter;
  char *page_token;
} ListUsersRequest;

typedef struct {
  ProtobufCMessage base;
  char *id;
  char *email;
  char *name;
  int plan;
  protobuf_c_boolean delete;
} UserUpdate;

typedef struct {
  ProtobufCMessage base;
  char *id;
  protobuf_c_boolean ok;
  char *message;
  int32_t code;
} SyncResult;

extern const ProtobufCMessageDescriptor timestamp_descriptor;
extern const ProtobufCMessageDescriptor user_descriptor;
extern const ProtobufCMessageDescriptor get_user_request_descriptor;
extern const ProtobufCMessageDescriptor list_users_request_descriptor;
extern const ProtobufCMessageDescriptor user_update_descriptor;
extern const ProtobufCMessageDescriptor sync_result_descriptor;

// Sets every field of a message to its proto3 default.
void timestamp_init(Timestamp *message);
void user_init(User *message);
void get_user_request_init(GetUserRequest *message);
void list_users_request_init(ListUsersRequest *message);
void user_update_init(UserUpdate *message);
void sync_result_init(SyncResult *message);

#endif
