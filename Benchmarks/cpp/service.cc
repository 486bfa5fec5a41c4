#include "service.h"

using userservice::SyncResult;
using userservice::User;
using userservice::UserUpdate;

namespace {

// Writes the users over and over until the page is full.
class ListCall final : public grpc::ServerWriteReactor<User> {
 public:
  ListCall(const Table& table, int page_size) : table_(table), remaining_(page_size) {
    // A hint beside the initial metadata keeps the write from ever completing.
    WriteNext(grpc::WriteOptions());
  }

  void OnWriteDone(bool ok) override {
    if (ok) {
      WriteNext(grpc::WriteOptions().set_buffer_hint());
    } else {
      Finish(grpc::Status::CANCELLED);
    }
  }

  void OnDone() override { delete this; }

 private:
  void WriteNext(grpc::WriteOptions options) {
    // The table's own message: it outlives the write, so nothing is copied.
    const User* user = &table_.user(next_user_);
    next_user_ = (next_user_ + 1) % Table::kSize;
    if (--remaining_ > 0) {
      StartWrite(user, options);
    } else {
      StartWriteAndFinish(user, grpc::WriteOptions(), grpc::Status::OK);
    }
  }

  const Table& table_;
  int remaining_;
  unsigned next_user_ = 0;
};

// A method refused before its stream has begun.
template <typename Reactor>
class RefusedCall final : public Reactor {
 public:
  explicit RefusedCall(const grpc::Status& status) { this->Finish(status); }
  void OnDone() override { delete this; }
};

// Answers each update. Its two messages are reused, and with them the memory of their strings.
class SyncCall final : public grpc::ServerBidiReactor<UserUpdate, SyncResult> {
 public:
  SyncCall() {
    result_.set_ok(true);
    result_.set_message("updated");
    StartRead(&update_);
  }

  void OnReadDone(bool ok) override {
    if (!ok) {
      Finish(grpc::Status::OK);
      return;
    }
    result_.set_id(update_.id());
    StartWrite(&result_);
  }

  void OnWriteDone(bool ok) override {
    if (ok) {
      StartRead(&update_);
    } else {
      Finish(grpc::Status::CANCELLED);
    }
  }

  void OnDone() override { delete this; }

 private:
  UserUpdate update_;
  SyncResult result_;
};

}  // namespace

grpc::ServerUnaryReactor* TableService::GetUser(grpc::CallbackServerContext* context,
                                                const userservice::GetUserRequest* request, User* reply) {
  grpc::ServerUnaryReactor* call = context->DefaultReactor();
  if (const User* user = table_.Find(request->id())) {
    *reply = *user;
    call->Finish(grpc::Status::OK);
  } else {
    call->Finish(grpc::Status(grpc::StatusCode::NOT_FOUND, "no such user"));
  }
  return call;
}

grpc::ServerWriteReactor<User>* TableService::ListUsers(grpc::CallbackServerContext*,
                                                        const userservice::ListUsersRequest* request) {
  const int page_size = request->page_size();
  if (page_size < 0) {
    return new RefusedCall<grpc::ServerWriteReactor<User>>(
        grpc::Status(grpc::StatusCode::INVALID_ARGUMENT, "page_size is below 0"));
  }
  return new ListCall(table_, page_size > 0 ? page_size : static_cast<int>(Table::kSize));
}

grpc::ServerBidiReactor<UserUpdate, SyncResult>* TableService::SyncUsers(grpc::CallbackServerContext*) {
  return new SyncCall();
}
