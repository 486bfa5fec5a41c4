// The scenarios: the calls that they make and what the replies must be.
#ifndef CPP_LANE_H
#define CPP_LANE_H

#include <memory>

#include "measurement.h"
#include "options.h"
#include "table.h"
#include "userservice/user_service.grpc.pb.h"

// What the lanes of a run share.
struct Load {
  const Options& options;
  const Table& table;
  Measurement& measurement;
};

// Makes one call after the other, each started by the end of the one before, on the threads of gRPC.
class Lane {
 public:
  // Lanes begin at different users.
  Lane(const Load& load, userservice::UserService::StubInterface& stub, unsigned index)
      : load_(load), stub_(stub), next_user_(index % Table::kSize) {}
  virtual ~Lane() = default;
  Lane(const Lane&) = delete;

  virtual void Start() = 0;

  // To be read when every lane has closed.
  const Counters& counters() const { return counters_; }

 protected:
  // The user that the message in flight is about.
  const userservice::User& user() const { return load_.table.user(next_user_); }
  void Advance() { next_user_ = (next_user_ + 1) % Table::kSize; }

  const Load& load_;
  userservice::UserService::StubInterface& stub_;
  Counters counters_;

 private:
  unsigned next_user_;
};

std::unique_ptr<Lane> MakeUnaryLane(const Load& load, userservice::UserService::StubInterface& stub,
                                    unsigned index);
std::unique_ptr<Lane> MakeListLane(const Load& load, userservice::UserService::StubInterface& stub,
                                   unsigned index);
std::unique_ptr<Lane> MakeSyncLane(const Load& load, userservice::UserService::StubInterface& stub,
                                   unsigned index);

// Counts an error where a reply is not the user that was expected, in every field.
void VerifyUser(const userservice::User& user, const userservice::User& expected, Measurement& measurement);

#endif
