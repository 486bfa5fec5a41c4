// The service: what each method of userservice.UserService does with a call.
#ifndef FLOOR_SERVICE_H
#define FLOOR_SERVICE_H

#include <grpc/grpc.h>

// Registers the methods. Call it before the server starts.
void service_register(grpc_server *server);

// Asks the started server for calls, several of each method ahead.
void service_open(void);

#endif
