"""What a control plane may send, and should not: the process goes on, and so do its calls."""

import time

import pytest

from peers import eventually
from xds_control_plane import CLUSTER, ENDPOINTS, ROUTES, ControlPlane
from xds_peers import Backend, Caller, environment
from xds_resources import cluster, endpoints, listener, locality, route, routes, server_listener, simple_service

NAME = "service"


@pytest.fixture
def control_plane():
    with ControlPlane() as running:
        yield running


@pytest.fixture
def backends():
    with Backend("first") as first, Backend("second") as second:
        yield first.address, second.address


@pytest.fixture
def caller(control_plane, backends, tmp_path):
    """A client with a channel that is served by the first backend."""
    control_plane.set(*simple_service(NAME, backends[0]))
    with Caller(environment(control_plane, tmp_path)) as running:
        running.open(NAME, f"xds:///{NAME}")
        assert running.calls(NAME, 4) == {"first": 4}
        yield running


def bad_port(address: str):
    found = locality("zone", address)
    found.lb_endpoints[0].endpoint.address.socket_address.port_value = 99999
    return endpoints(NAME, found)


def bad_expression():
    found = route(NAME)
    found.match.safe_regex.regex = "("
    return routes(NAME, found)


REFUSED = {
    "a locality twice": lambda first, second: endpoints(NAME, locality("zone", first), locality("zone", second)),
    "an address twice": lambda first, second: endpoints(NAME, locality("zone", second, second)),
    "a gap in the priorities": lambda first, second: endpoints(
        NAME, locality("near", first), locality("far", second, priority=5)),
    "weights whose sum is too large": lambda first, second: endpoints(
        NAME, locality("near", first, weight=2**32 - 1), locality("far", second, weight=2**32 - 1)),
    "a port that is none": lambda first, second: bad_port(second),
    "a name for an address": lambda first, second: endpoints(NAME, locality("zone", "localhost:1")),
    "a broken regular expression": lambda first, second: bad_expression(),
    "a policy that is not known": lambda first, second: cluster(NAME, "MAGLEV"),
}


@pytest.mark.parametrize("resource", REFUSED.values(), ids=REFUSED)
def test_it_is_refused_and_the_old_one_kept(control_plane, caller, backends, resource):
    control_plane.set(resource(*backends))
    eventually(
        lambda: any(control_plane.refusals(kind) for kind in (CLUSTER, ENDPOINTS, ROUTES)), "the client refuses it")
    assert caller.calls(NAME, 20) == {"first": 20}


def response_with(control_plane, change):
    """Has the control plane send what `change` makes of a response with clusters."""
    response = control_plane._response

    def changed(stream, kind):
        made = response(stream, kind)
        if kind == CLUSTER:
            change(made)
        return made

    control_plane._response = changed
    control_plane.set(cluster(NAME))


@pytest.mark.parametrize("change", [
    lambda response: response.resources.add(type_url="type.googleapis.com/foo.Bar", value=b"x"),
    lambda response: response.resources.add(),
    lambda response: response.resources.add(type_url=CLUSTER, value=b"\xff\xff\xff"),
], ids=["of another type", "empty", "garbage"])
def test_what_is_beside_a_good_resource_does_it_no_harm(control_plane, caller, change):
    response_with(control_plane, change)
    eventually(lambda: control_plane.refusals(CLUSTER), "the client refuses it")
    assert caller.calls(NAME, 20) == {"first": 20}


def test_clusters_that_nobody_asked_for_are_passed_over(control_plane, caller):
    def add(response):
        for number in range(2000):
            response.resources.add().Pack(cluster(f"other{number}"))

    response_with(control_plane, add)
    control_plane.wait_for_acceptance(CLUSTER)
    assert caller.calls(NAME, 20) == {"first": 20}


def test_a_listener_that_is_of_a_server_is_none_for_a_client(control_plane, caller):
    wrong = server_listener("127.0.0.1:1")
    wrong.name = NAME
    control_plane.set(wrong)
    time.sleep(0.2)
    # The core reports an error, and goes on with what it had.
    assert caller.calls(NAME, 20) == {"first": 20}
    control_plane.set(listener(NAME, NAME))
    assert caller.calls(NAME, 20) == {"first": 20}


def test_localities_swap_their_priorities(control_plane, caller, backends):
    for turn in range(20):
        control_plane.set(
            endpoints(
                NAME, locality("near", backends[0], priority=turn % 2),
                locality("far", backends[1], priority=1 - turn % 2)))
        time.sleep(0.01)
    eventually(lambda: caller.calls(NAME, 20) == {"second": 20}, "the last word holds")


def test_an_address_moves_between_localities(control_plane, caller, backends):
    for turn in range(20):
        control_plane.set(
            endpoints(NAME, locality(("near", "far")[turn % 2], backends[1]), locality("zone", backends[0])))
        time.sleep(0.01)
    eventually(lambda: set(caller.calls(NAME, 40)) == {"first", "second"}, "both are called")


def test_many_changes_in_a_row(control_plane, caller, backends):
    caller.tell("load", NAME)
    for turn in range(300):
        control_plane.set(endpoints(NAME, locality("zone", backends[turn % 2])))
    outcomes = caller.ask("unload")
    assert set(outcomes) <= {"first", "second"}, outcomes
    eventually(lambda: caller.calls(NAME, 20) == {"second": 20}, "the last word holds")


def test_a_control_plane_that_goes_and_comes(control_plane, caller):
    for _ in range(10):
        control_plane.stop()
        control_plane.start()
    assert caller.calls(NAME, 20) == {"first": 20}
