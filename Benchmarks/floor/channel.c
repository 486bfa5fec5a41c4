#include "channel.h"

#include "credentials.h"

grpc_channel *channel_open(const char *address, const char *tls) {
  grpc_arg arguments[] = {
      // Retrying costs a buffered copy and a quarter of the CPU of a unary call, and nothing here needs it.
      {.type = GRPC_ARG_INTEGER, .key = GRPC_ARG_ENABLE_RETRIES, .value.integer = 0},
      // The benchmark measures the server it names, whatever the environment says.
      {.type = GRPC_ARG_INTEGER, .key = GRPC_ARG_ENABLE_HTTP_PROXY, .value.integer = 0},
      // Otherwise all channels to one address share a connection.
      {.type = GRPC_ARG_INTEGER, .key = GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, .value.integer = 1},
  };
  grpc_channel_args const channel_arguments = {3, arguments};
  grpc_channel_credentials *credentials = channel_credentials(tls);
  grpc_channel *channel = grpc_channel_create(address, credentials, &channel_arguments);
  grpc_channel_credentials_release(credentials);
  return channel;
}
