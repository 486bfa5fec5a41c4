#include <grpcpp/client_context.h>

#include <optional>

#include "lane.h"

using userservice::User;

void VerifyUser(const User& user, const User& expected, Measurement& measurement) {
  if (user.id() != expected.id() || user.email() != expected.email() || user.name() != expected.name() ||
      user.plan() != expected.plan() || user.created_at().seconds() != expected.created_at().seconds() ||
      user.created_at().nanos() != 0) {
    measurement.Fail("a User whose fields are not those of " + expected.id());
  }
}

namespace {

// GetUser over and over. The form of the call with a function at its end: it makes one batch of a call, a
// reactor two. Request and reply are reused, and with them the memory of their strings.
class UnaryLane final : public Lane {
 public:
  using Lane::Lane;

  void Start() override {
    started_ = Measurement::Now();
    StartCall();
  }

 private:
  void StartCall() {
    context_.emplace();
    request_.set_id(user().id());
    stub_.async()->GetUser(&*context_, &request_, &reply_,
                           [this](const grpc::Status& status) { Completed(status); });
  }

  void Completed(const grpc::Status& status) {
    Measurement& measurement = load_.measurement;
    if (!status.ok()) {
      measurement.FailCall(status);
      measurement.CloseLane();
      return;
    }
    VerifyUser(reply_, user(), measurement);
    if (measurement.IsMeasuring()) {
      counters_.calls++;
      counters_.messages++;
      counters_.operations++;
      counters_.payload_bytes += request_.ByteSizeLong() + reply_.ByteSizeLong();
    }
    started_ = measurement.AddLatency(started_);
    Advance();
    if (measurement.IsOver()) {
      measurement.CloseLane();
    } else {
      StartCall();
    }
  }

  uint64_t started_ = 0;
  std::optional<grpc::ClientContext> context_;
  userservice::GetUserRequest request_;
  User reply_;
};

}  // namespace

std::unique_ptr<Lane> MakeUnaryLane(const Load& load, userservice::UserService::StubInterface& stub,
                                    unsigned index) {
  return std::make_unique<UnaryLane>(load, stub, index);
}
