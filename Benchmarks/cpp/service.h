// The user service over the benchmark's table, with gRPC's callback API.
#ifndef CPP_SERVICE_H
#define CPP_SERVICE_H

#include "table.h"
#include "userservice/user_service.grpc.pb.h"

// GetUser, ListUsers (page_size alone; 0 means the table once) and SyncUsers; the rest is UNIMPLEMENTED.
class TableService final : public userservice::UserService::CallbackService {
 public:
  grpc::ServerUnaryReactor* GetUser(grpc::CallbackServerContext* context,
                                    const userservice::GetUserRequest* request,
                                    userservice::User* reply) override;

  grpc::ServerWriteReactor<userservice::User>* ListUsers(
      grpc::CallbackServerContext* context, const userservice::ListUsersRequest* request) override;

  grpc::ServerBidiReactor<userservice::UserUpdate, userservice::SyncResult>* SyncUsers(
      grpc::CallbackServerContext* context) override;

 private:
  const Table table_;
};

#endif
