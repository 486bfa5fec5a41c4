"""Servers that an xDS control plane configures."""

import socket
import time
from concurrent.futures import ThreadPoolExecutor

import grpc
import pytest
from envoy.config.rbac.v3 import rbac_pb2
from envoy.extensions.filters.http.rbac.v3 import rbac_pb2 as rbac_filter_pb2

from peers import CHANNEL_OPTIONS, PATIENCE, eventually
from xds_control_plane import LISTENER, ControlPlane
from xds_peers import CALL, Caller, Peer, XDSServer, environment
from xds_resources import http_filter, route, server_listener, simple_service


@pytest.fixture
def control_plane():
    with ControlPlane() as running:
        yield running


@pytest.fixture
def server(control_plane, tmp_path):
    with XDSServer(control_plane, tmp_path) as running:
        yield running


def call(address: str, method: str = CALL, timeout: float = PATIENCE, wait: bool = False, **metadata: str) -> str:
    """The answer to one call on a connection of its own, or its status."""
    with grpc.insecure_channel(address, options=CHANNEL_OPTIONS) as channel:
        try:
            return channel.unary_unary(method)(
                b"", timeout=timeout, wait_for_ready=wait, metadata=list(metadata.items())).decode()
        except grpc.RpcError as error:
            return error.code().name


def refuses(address: str) -> bool:
    host, _, port = address.rpartition(":")
    try:
        socket.create_connection((host, int(port)), timeout=PATIENCE).close()
    except ConnectionRefusedError:
        return True
    return False


def test_an_address_is_served_once_its_listener_arrives(control_plane, server):
    assert refuses(server.address)
    control_plane.set(server_listener(server.address))
    assert server.next() == {"address": server.address, "isServing": True}
    assert call(server.address, wait=True) == "server"
    control_plane.remove(LISTENER, f"server/{server.address}")
    assert server.next() == {
        "address": server.address, "isServing": False, "problem": "NOT_FOUND: Requested listener does not exist"}
    eventually(lambda: call(server.address, timeout=1) in ("UNAVAILABLE", "DEADLINE_EXCEEDED"), "calls are refused")
    control_plane.set(server_listener(server.address))
    assert server.next()["isServing"]
    assert call(server.address, wait=True) == "server"


def test_no_call_fails_while_the_listener_changes(control_plane, server):
    """Connections made before are told to end when their calls have."""
    control_plane.set(server_listener(server.address))
    assert server.next()["isServing"]
    others = route("")
    others.ClearField("route")
    others.match.prefix = "/xds.Peer/"
    others.non_forwarding_action.SetInParent()
    with Caller({}) as caller:
        caller.open("plain", server.address)
        eventually(lambda: caller.calls("plain", 4) == {"server": 4}, "the server serves")
        caller.tell("load", "plain")
        for change in range(10):
            control_plane.set(server_listener(server.address, *([others] if change % 2 == 0 else [])))
            control_plane.wait_for_acceptance(LISTENER)
            time.sleep(0.05)
        outcomes = caller.ask("unload")
    assert set(outcomes) == {"server"} and outcomes["server"] > 10, outcomes


def test_a_listener_of_another_address_is_not_served(control_plane, server):
    wrong = server_listener(server.address)
    wrong.address.socket_address.port_value += 1
    control_plane.set(wrong)
    assert server.next() == {
        "address": server.address, "isServing": False,
        "problem": "FAILED_PRECONDITION: Address in LDS update does not match listening address"}
    assert refuses(server.address)
    control_plane.set(server_listener(server.address))
    assert server.next()["isServing"]
    assert call(server.address, wait=True) == "server"


def test_a_bad_listener_is_refused_and_the_old_one_kept(control_plane, server):
    control_plane.set(server_listener(server.address))
    assert server.next()["isServing"]
    bad = server_listener(server.address)
    bad.default_filter_chain.ClearField("filters")
    control_plane.set(bad)
    eventually(lambda: control_plane.refusals(LISTENER), "the server refuses the Listener")
    assert call(server.address, wait=True) == "server"


class Held:
    """Connections to an address that stay."""

    def __init__(self, address: str):
        host, _, port = address.rpartition(":")
        self.place, self.connections = (host, int(port)), []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for connection in self.connections:
            connection.close()

    def is_let_in(self) -> bool:
        """Whether a new connection is greeted; it then stays."""
        try:
            connection = socket.create_connection(self.place, timeout=PATIENCE)
            if not connection.recv(1):
                return False
        except (ConnectionRefusedError, ConnectionResetError):
            return False
        self.connections.append(connection)
        return True

    def leave(self):
        self.connections.pop().close()


def test_the_limits_hold_for_a_listener_that_the_core_opens_late(control_plane, tmp_path):
    with XDSServer(control_plane, tmp_path, options=["--two-connections"]) as server, Held(server.address) as held:
        control_plane.set(server_listener(server.address))
        assert server.next()["isServing"]
        eventually(held.is_let_in, "the listener is open")
        assert held.is_let_in()
        assert not held.is_let_in()
        assert not held.is_let_in()
        held.leave()
        eventually(held.is_let_in, "there is room again")
        assert not held.is_let_in()


def test_servers_at_the_same_port_of_different_addresses_count_for_themselves(control_plane, tmp_path):
    with XDSServer(control_plane, tmp_path, options=["--two-connections", "--also"]) as server:
        other = server.address.replace("127.0.0.1", "127.0.0.2")
        control_plane.set(server_listener(server.address), server_listener(other))
        assert server.next()["isServing"] and server.next()["isServing"]
        with Held(server.address) as first, Held(other) as second:
            for held in (first, second):
                eventually(held.is_let_in, "the listener is open")
            assert first.is_let_in() and second.is_let_in()
            assert not first.is_let_in() and not second.is_let_in()
            first.leave()
            eventually(first.is_let_in, "there is room again")
            assert not first.is_let_in() and not second.is_let_in()


@pytest.mark.parametrize("address", ["0.0.0.0:0", "[::]:0", "[::1]:0"])
def test_the_limits_hold_at_addresses_of_all_kinds(control_plane, tmp_path, address):
    with XDSServer(control_plane, tmp_path, address=address, options=["--two-connections"]) as server:
        control_plane.set(server_listener(server.address))
        assert server.next()["isServing"]
        with Held(f"{'::1' if '::1' in address else '127.0.0.1'}:{server.address.rpartition(':')[2]}") as held:
            eventually(held.is_let_in, "the listener is open")
            assert held.is_let_in()
            assert not held.is_let_in()


def test_routes_decide_what_is_served(control_plane, server):
    only = route("")
    only.ClearField("route")
    only.match.prefix = "/xds.Peer/Other"
    only.non_forwarding_action.SetInParent()
    control_plane.set(server_listener(server.address, only, route("elsewhere", "/xds.Peer/Call")))
    assert server.next()["isServing"]
    assert call(server.address, "/xds.Peer/Other", wait=True) == "server"
    assert call(server.address) == "UNAVAILABLE"


def test_access_is_controlled_by_the_filter(control_plane, server):
    rules = rbac_pb2.RBAC(action=rbac_pb2.RBAC.DENY)
    policy = rules.policies["no bronze"]
    policy.permissions.add().any = True
    policy.principals.add().header.name = "tier"
    policy.principals[0].header.exact_match = "bronze"
    control_plane.set(
        server_listener(server.address, filters=[http_filter("rbac", rbac_filter_pb2.RBAC(rules=rules))]))
    assert server.next()["isServing"]
    assert call(server.address, wait=True) == "server"
    assert call(server.address, tier="bronze") == "PERMISSION_DENIED"
    assert call(server.address, tier="gold") == "server"
    # Changed while it serves.
    rules.action = rbac_pb2.RBAC.ALLOW
    control_plane.set(
        server_listener(server.address, filters=[http_filter("rbac", rbac_filter_pb2.RBAC(rules=rules))]))
    eventually(lambda: call(server.address, wait=True) == "PERMISSION_DENIED", "bronze alone is let in")
    assert call(server.address, tier="bronze") == "server"


def test_a_client_and_a_server_of_one_control_plane(control_plane, server, tmp_path):
    control_plane.set(server_listener(server.address), *simple_service("service", server.address))
    assert server.next()["isServing"]
    with Caller(environment(control_plane, tmp_path)) as caller:
        caller.open("service", "xds:///service")
        eventually(lambda: caller.calls("service", 10) == {"server": 10}, "the server is found")


def test_a_server_goes_on_while_the_control_plane_is_away(control_plane, server):
    control_plane.set(server_listener(server.address))
    assert server.next()["isServing"]
    assert call(server.address, wait=True) == "server"
    control_plane.stop()
    assert call(server.address) == "server"
    control_plane.start()
    control_plane.remove(LISTENER, f"server/{server.address}")
    assert not server.next()["isServing"]


def test_a_listener_that_never_comes_is_told_in_time(control_plane, server):
    # The core waits 15 s for it.
    status = server.next()
    assert (status["isServing"], status["problem"]) == (False, "NOT_FOUND: Requested listener does not exist")
    assert refuses(server.address)


def test_a_port_is_taken_at_once(control_plane, server, tmp_path):
    """Long before the control plane has it listened on: then it would be too late, and the core end the process."""
    host, port = server.address.split(":")
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        with pytest.raises(OSError, match="Address already in use"):
            other.bind((host, int(port)))
    with Peer("serve", "second", server.address, environment=environment(control_plane, tmp_path)) as second:
        assert second.next()["setupError"] == f"Cannot listen on {server.address}: the address is in use"
    control_plane.set(server_listener(server.address))
    assert server.next()["isServing"]
    assert call(server.address, wait=True) == "server"


@pytest.mark.parametrize("address", ["0.0.0.0:0", "[::1]:0", "[::]:0"])
def test_other_addresses_are_served(control_plane, tmp_path, address):
    with XDSServer(control_plane, tmp_path, address=address) as server:
        host, _, port = address.rpartition(":")
        assert server.address.startswith(f"{host}:") and not server.address.endswith(":0")
        control_plane.set(server_listener(server.address))
        assert server.next() == {"address": server.address, "isServing": True}
        target = server.address.replace("0.0.0.0", "127.0.0.1").replace("[::]", "[::1]")
        assert call(target, wait=True) == "server"


@pytest.mark.parametrize("address", ["localhost:0", "unix:/tmp/xds.sock", "unix-abstract:xds"])
def test_addresses_that_no_listener_can_have_are_refused(control_plane, tmp_path, address):
    with Peer("serve", "server", address, environment=environment(control_plane, tmp_path)) as server:
        assert "the Listeners of a control plane have numeric addresses" in server.next()["setupError"]


@pytest.mark.parametrize("variables, problem", [
    ({}, "There is no xDS bootstrap"),
    ({"GRPC_XDS_BOOTSTRAP_CONFIG": '{"xds_servers": [{"server_uri": "127.0.0.1:1", "channel_creds": [{"type": "insecure"}]}]}'},
     "has no server_listener_resource_name_template"),
])
def test_a_server_needs_a_bootstrap(variables, problem):
    with Peer("serve", "server", "127.0.0.1:0", environment=variables) as server:
        assert problem in server.next()["setupError"]


def test_a_server_stops_at_any_time(control_plane, tmp_path):
    """Also just when its Listener comes."""
    def life(delay: float):
        with XDSServer(control_plane, tmp_path) as server:
            control_plane.set(server_listener(server.address))
            time.sleep(delay)
            server.tell("stop", 1)
            while "stopped" not in server.next():
                pass

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(life, [step * 0.002 for step in range(24)]))


def test_a_stop_lets_the_calls_finish(control_plane, server):
    control_plane.set(server_listener(server.address))
    assert server.next()["isServing"]
    assert call(server.address, wait=True) == "server"
    assert server.ask("stop", 5) == {"stopped": "server"}
    assert refuses(server.address)
