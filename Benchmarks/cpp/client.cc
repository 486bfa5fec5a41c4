// cpp-client: the load of the benchmark on gRPC C++ with its callback API.

#include <grpcpp/create_channel.h>
#include <grpcpp/support/channel_arguments.h>
#include <stdio.h>
#include <unistd.h>

#include <memory>
#include <vector>

#include "lane.h"
#include "measurement.h"
#include "options.h"
#include "report.h"
#include "signals.h"
#include "table.h"

using userservice::UserService;

namespace {

std::shared_ptr<grpc::Channel> CreateChannel(const std::string& address) {
  grpc::ChannelArguments arguments;
  // Retrying costs a buffered copy of each request, and nothing here needs it.
  arguments.SetInt(GRPC_ARG_ENABLE_RETRIES, 0);
  // The benchmark measures the server it names, whatever the environment says.
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  // Each channel has a connection of its own.
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  return grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), arguments);
}

std::unique_ptr<Lane> MakeLane(const Load& load, UserService::StubInterface& stub, unsigned index) {
  switch (load.options.scenario) {
    case Scenario::kUnaryPingpong:
    case Scenario::kUnaryLoad: return MakeUnaryLane(load, stub, index);
    case Scenario::kList: return MakeListLane(load, stub, index);
    case Scenario::kSyncPingpong:
    case Scenario::kBytes: return MakeSyncLane(load, stub, index);
  }
  return nullptr;
}

Counters Total(const std::vector<std::unique_ptr<Lane>>& lanes) {
  Counters total;
  for (const auto& lane : lanes) {
    total.calls += lane->counters().calls;
    total.messages += lane->counters().messages;
    total.operations += lane->counters().operations;
    total.payload_bytes += lane->counters().payload_bytes;
  }
  return total;
}

}  // namespace

int main(int argument_count, char** arguments) {
  const Options options = ParseOptions(argument_count, arguments);
  BlockSignals();
  const Table table;
  const auto measurement = std::make_unique<Measurement>(options);
  const Load load{options, table, *measurement};

  std::vector<std::unique_ptr<UserService::Stub>> stubs;
  for (unsigned index = 0; index < options.channels; index++) {
    stubs.push_back(UserService::NewStub(CreateChannel(options.address)));
  }
  std::vector<std::unique_ptr<Lane>> lanes;
  for (unsigned index = 0; index < options.concurrency; index++) {
    lanes.push_back(MakeLane(load, *stubs[index % stubs.size()], index));
  }
  for (const auto& lane : lanes) lane->Start();
  const bool all_closed = measurement->Run();
  PrintReport(options, *measurement, Total(lanes));
  // Lanes that are still open own calls that gRPC will report to: nothing may be freed.
  if (!all_closed) _exit(1);
  return measurement->errors() == 0 ? 0 : 1;
}
