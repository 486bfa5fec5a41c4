// cpp-server: UserService on gRPC C++ with its callback API.

#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>
#include <stdio.h>

#include <cstring>
#include <memory>
#include <string>

#include "service.h"
#include "signals.h"

namespace {

// The address with the port that the system chose, where it has one.
std::string Announced(const std::string& address, int port) {
  const size_t colon = address.rfind(':');
  if (address.rfind("unix", 0) == 0 || colon == std::string::npos) return address;
  return address.substr(0, colon + 1) + std::to_string(port);
}

}  // namespace

int main(int argument_count, char** arguments) {
  if (argument_count != 3 || std::strcmp(arguments[1], "--listen") != 0) {
    fprintf(stderr, "usage: cpp-server --listen HOST:PORT|unix:PATH\n");
    return 64;
  }
  const std::string address = arguments[2];
  BlockSignals();

  TableService service;
  int port = 0;
  grpc::ServerBuilder builder;
  // The bytes scenario may be asked for messages above the default of 4 MiB.
  builder.SetMaxReceiveMessageSize(-1);
  builder.AddListeningPort(address, grpc::InsecureServerCredentials(), &port);
  builder.RegisterService(&service);
  const std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  if (server == nullptr || port == 0) {
    fprintf(stderr, "cpp-server: cannot listen on %s\n", address.c_str());
    return 1;
  }
  printf("listening on %s\n", Announced(address, port).c_str());
  fflush(stdout);
  WaitForTermination();
  // A deadline that has passed: what is open is cancelled.
  server->Shutdown(std::chrono::system_clock::now());
  server->Wait();
  return 0;
}
