"""The messages and stubs of the user service, made by grpcio-tools from the project's protos at import."""

import sys
from pathlib import Path

import grpc

sys.path.append(str(Path(__file__).resolve().parents[2] / "protos"))

messages, stubs = grpc.protos_and_services("userservice/user_service.proto")
