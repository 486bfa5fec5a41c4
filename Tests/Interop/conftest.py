"""The servers and clients that the tests ask for by name."""

import os

# This process starts children; they never use its gRPC. Set before gRPC is imported.
os.environ["GRPC_ENABLE_FORK_SUPPORT"] = "0"

import pytest  # noqa: E402

from peers import Userctl, Userd, client  # noqa: E402
from reference_server import ReferenceServer  # noqa: E402


def pytest_make_parametrize_id(val, argname):
    # Bytes of a message differ from one run to the next, and workers that share the tests must call them alike.
    return argname if isinstance(val, bytes) else None


# The same promises hold for userd and for the reference on grpcio, which so proves the tests.
@pytest.fixture(scope="module", params=["userd", "reference"])
def server(request, tmp_path_factory):
    """A running user service; its tests share it."""
    if request.param == "reference":
        running = ReferenceServer()
    else:
        running = Userd(tmp_path_factory.mktemp("userd") / "users.sqlite")
    with running:
        yield running


@pytest.fixture(scope="module")
def users(server):
    """A grpcio client of the server."""
    with client(server.address) as stub:
        yield stub


@pytest.fixture
def userd(tmp_path):
    """A userd of the test's own, which it may kill."""
    with Userd(tmp_path / "users.sqlite") as daemon:
        yield daemon


@pytest.fixture
def userctl(server):
    """userctl, calling the server."""
    return Userctl(server.address)
