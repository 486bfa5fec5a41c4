#include <grpcpp/client_context.h>

#include <atomic>

#include "lane.h"

using userservice::SyncResult;
using userservice::UserUpdate;

namespace {

// One stream of SyncUsers for the whole run, one update in flight.
class SyncLane final : public Lane, private grpc::ClientBidiReactor<UserUpdate, SyncResult> {
 public:
  SyncLane(const Load& load, userservice::UserService::StubInterface& stub, unsigned index)
      : Lane(load, stub, index) {
    if (load.options.scenario == Scenario::kBytes) update_.set_name(std::string(load.options.size, 'x'));
  }

  void Start() override {
    started_ = Measurement::Now();
    stub_.async()->SyncUsers(&context_, this);
    SendUpdate();
    StartCall();
  }

 private:
  void SendUpdate() {
    const userservice::User& user = Lane::user();
    update_.set_id(user.id());
    update_.set_email(user.email());
    if (load_.options.scenario != Scenario::kBytes) update_.set_name(user.name());
    update_.set_plan(user.plan());
    // The result of an update may arrive before its write is reported as done.
    events_awaited_ = 2;
    StartRead(&result_);
    StartWrite(&update_);
  }

  void OnWriteDone(bool ok) override {
    if (!ok) broken_ = true;
    if (--events_awaited_ == 0) Proceed();
  }

  void OnReadDone(bool ok) override {
    if (ok) {
      Received();
    } else {
      broken_ = true;
    }
    if (--events_awaited_ == 0) Proceed();
  }

  void Received() {
    Measurement& measurement = load_.measurement;
    if (result_.id() != user().id() || !result_.ok() || result_.code() != 0 ||
        result_.message() != "updated") {
      measurement.Fail("a SyncResult that does not say that " + user().id() + " was updated");
    }
    if (measurement.IsMeasuring()) {
      counters_.messages++;
      counters_.operations++;
      counters_.payload_bytes += update_.ByteSizeLong() + result_.ByteSizeLong();
    }
    started_ = measurement.AddLatency(started_);
    Advance();
  }

  void Proceed() {
    // Of a stream that broke the end is reported soon.
    if (broken_) return;
    if (load_.measurement.IsOver()) {
      StartWritesDone();
    } else {
      SendUpdate();
    }
  }

  void OnDone(const grpc::Status& status) override {
    Measurement& measurement = load_.measurement;
    if (!status.ok()) {
      measurement.FailCall(status);
    } else if (!measurement.IsOver()) {
      measurement.FailCall(grpc::Status(grpc::StatusCode::OK, "the server ended the stream"));
    } else {
      // The stream was open all through the window: it is the window's call.
      counters_.calls = 1;
    }
    measurement.CloseLane();
  }

  uint64_t started_ = 0;
  grpc::ClientContext context_;
  UserUpdate update_;
  SyncResult result_;
  std::atomic<int> events_awaited_{0};
  std::atomic<bool> broken_{false};
};

}  // namespace

std::unique_ptr<Lane> MakeSyncLane(const Load& load, userservice::UserService::StubInterface& stub,
                                   unsigned index) {
  return std::make_unique<SyncLane>(load, stub, index);
}
