#include <grpcpp/client_context.h>

#include <optional>

#include "lane.h"

using userservice::User;

namespace {

// ListUsers, a page a call.
class ListLane final : public Lane {
 public:
  ListLane(const Load& load, userservice::UserService::StubInterface& stub, unsigned index)
      : Lane(load, stub, index) {
    request_.set_page_size(load.options.page);
    // The sizes of the table's messages are known before, so that none need be computed as they come.
    for (unsigned user = 0; user < Table::kSize; user++)
      sizes_.push_back(load.table.user(user).ByteSizeLong());
  }

  void Start() override {
    started_ = Measurement::Now();
    StartCall();
  }

 private:
  // One call; a reactor serves no second one.
  class Call final : public grpc::ClientReadReactor<User> {
   public:
    explicit Call(ListLane& lane) : lane_(lane) {
      lane_.stub_.async()->ListUsers(&context_, &lane_.request_, this);
      StartRead(&user_);
      StartCall();
    }

    void OnReadDone(bool ok) override {
      if (!ok) return;
      lane_.Received(user_, received_++);
      StartRead(&user_);
    }

    void OnDone(const grpc::Status& status) override {
      ListLane& lane = lane_;
      const int32_t received = received_;
      delete this;
      lane.Completed(status, received);
    }

   private:
    ListLane& lane_;
    grpc::ClientContext context_;
    User user_;
    int32_t received_ = 0;
  };

  // A call frees itself when it is done.
  void StartCall() { new Call(*this); }

  void Received(const User& user, int32_t index) {
    const unsigned expected = static_cast<unsigned>(index) % Table::kSize;
    VerifyUser(user, load_.table.user(expected), load_.measurement);
    if (!load_.measurement.IsMeasuring()) return;
    counters_.messages++;
    counters_.operations++;
    counters_.payload_bytes += sizes_[expected];
  }

  void Completed(const grpc::Status& status, int32_t received) {
    Measurement& measurement = load_.measurement;
    if (!status.ok()) {
      measurement.FailCall(status);
      measurement.CloseLane();
      return;
    }
    if (received != load_.options.page) {
      measurement.Fail(std::to_string(received) + " users where " + std::to_string(load_.options.page) +
                       " were asked for");
    }
    if (measurement.IsMeasuring()) counters_.calls++;
    started_ = measurement.AddLatency(started_);
    if (measurement.IsOver()) {
      measurement.CloseLane();
    } else {
      StartCall();
    }
  }

  uint64_t started_ = 0;
  userservice::ListUsersRequest request_;
  std::vector<size_t> sizes_;
};

}  // namespace

std::unique_ptr<Lane> MakeListLane(const Load& load, userservice::UserService::StubInterface& stub,
                                   unsigned index) {
  return std::make_unique<ListLane>(load, stub, index);
}
