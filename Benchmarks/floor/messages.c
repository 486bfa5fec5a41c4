#include "messages.h"

#include <stddef.h>

// protobuf-c tells an unset proto3 string from a set one by this address, and never writes through it.
#define EMPTY ((char *)protobuf_c_empty_string)

#define FIELD(Message, number, field, field_type, sub_message, default_pointer) \
  {.name = #field,                                                              \
   .id = number,                                                                \
   .label = PROTOBUF_C_LABEL_NONE,                                              \
   .type = field_type,                                                          \
   .offset = offsetof(Message, field),                                          \
   .descriptor = sub_message,                                                   \
   .default_value = default_pointer}
#define STRING(Message, number, field) \
  FIELD(Message, number, field, PROTOBUF_C_TYPE_STRING, NULL, &protobuf_c_empty_string)
#define SCALAR(Message, number, field, type) FIELD(Message, number, field, PROTOBUF_C_TYPE_##type, NULL, NULL)

// The fields of every message here are numbered from 1 without a gap, so each has a single range. The index
// by name stays out: only a lookup by name, which nobody does, would read it.
#define DESCRIPTOR(Message, symbol, proto_package)                      \
  static const ProtobufCIntRange symbol##_ranges[] = {                  \
      {1, 0}, {0, sizeof symbol##_fields / sizeof symbol##_fields[0]}}; \
  const ProtobufCMessageDescriptor symbol##_descriptor = {              \
      .magic = PROTOBUF_C__MESSAGE_DESCRIPTOR_MAGIC,                    \
      .name = proto_package "." #Message,                               \
      .short_name = #Message,                                           \
      .c_name = #Message,                                               \
      .package_name = proto_package,                                    \
      .sizeof_message = sizeof(Message),                                \
      .n_fields = sizeof symbol##_fields / sizeof symbol##_fields[0],   \
      .fields = symbol##_fields,                                        \
      .n_field_ranges = 1,                                              \
      .field_ranges = symbol##_ranges,                                  \
      .message_init = (ProtobufCMessageInit)symbol##_init};

static const ProtobufCFieldDescriptor timestamp_fields[] = {
    SCALAR(Timestamp, 1, seconds, INT64),
    SCALAR(Timestamp, 2, nanos, INT32),
};
DESCRIPTOR(Timestamp, timestamp, "google.protobuf")

static const ProtobufCFieldDescriptor user_fields[] = {
    STRING(User, 1, id),
    STRING(User, 2, email),
    STRING(User, 3, name),
    SCALAR(User, 4, plan, ENUM),
    FIELD(User, 5, created_at, PROTOBUF_C_TYPE_MESSAGE, &timestamp_descriptor, NULL),
};
DESCRIPTOR(User, user, "userservice")

static const ProtobufCFieldDescriptor get_user_request_fields[] = {
    STRING(GetUserRequest, 1, id),
};
DESCRIPTOR(GetUserRequest, get_user_request, "userservice")

static const ProtobufCFieldDescriptor list_users_request_fields[] = {
    SCALAR(ListUsersRequest, 1, page_size, INT32),
    STRING(ListUsersRequest, 2, filter),
    STRING(ListUsersRequest, 3, page_token),
};
DESCRIPTOR(ListUsersRequest, list_users_request, "userservice")

static const ProtobufCFieldDescriptor user_update_fields[] = {
    STRING(UserUpdate, 1, id),         STRING(UserUpdate, 2, email),        STRING(UserUpdate, 3, name),
    SCALAR(UserUpdate, 4, plan, ENUM), SCALAR(UserUpdate, 5, delete, BOOL),
};
DESCRIPTOR(UserUpdate, user_update, "userservice")

static const ProtobufCFieldDescriptor sync_result_fields[] = {
    STRING(SyncResult, 1, id),
    SCALAR(SyncResult, 2, ok, BOOL),
    STRING(SyncResult, 3, message),
    SCALAR(SyncResult, 4, code, INT32),
};
DESCRIPTOR(SyncResult, sync_result, "userservice")

void timestamp_init(Timestamp *message) {
  *message = (Timestamp){.base = PROTOBUF_C_MESSAGE_INIT(&timestamp_descriptor)};
}

void user_init(User *message) {
  *message =
      (User){.base = PROTOBUF_C_MESSAGE_INIT(&user_descriptor), .id = EMPTY, .email = EMPTY, .name = EMPTY};
}

void get_user_request_init(GetUserRequest *message) {
  *message = (GetUserRequest){.base = PROTOBUF_C_MESSAGE_INIT(&get_user_request_descriptor), .id = EMPTY};
}

void list_users_request_init(ListUsersRequest *message) {
  *message = (ListUsersRequest){
      .base = PROTOBUF_C_MESSAGE_INIT(&list_users_request_descriptor), .filter = EMPTY, .page_token = EMPTY};
}

void user_update_init(UserUpdate *message) {
  *message = (UserUpdate){
      .base = PROTOBUF_C_MESSAGE_INIT(&user_update_descriptor), .id = EMPTY, .email = EMPTY, .name = EMPTY};
}

void sync_result_init(SyncResult *message) {
  *message =
      (SyncResult){.base = PROTOBUF_C_MESSAGE_INIT(&sync_result_descriptor), .id = EMPTY, .message = EMPTY};
}
