"""Channels that an xDS control plane leads to their backends."""

import itertools
import json
import time
from contextlib import ExitStack

import pytest

from peers import eventually
from xds_control_plane import CLUSTER, ENDPOINTS, LISTENER, ROUTES, ControlPlane
from xds_peers import Backend, Caller, Peer, bootstrap, environment
from xds_resources import (
    DRAINING, aggregate, cluster, endpoints, listener, locality, route, routes, simple_service, weighted_route)


@pytest.fixture(scope="module")
def control_plane():
    with ControlPlane() as running:
        yield running


@pytest.fixture(scope="module")
def backends():
    with ExitStack() as stack:
        yield [stack.enter_context(Backend(f"backend{number}")) for number in range(4)]


@pytest.fixture
def caller(control_plane, tmp_path):
    with Caller(environment(control_plane, tmp_path)) as running:
        yield running


numbers = itertools.count()


@pytest.fixture
def service():
    """The name of a service that no other test has; the test pushes its resources, then opens a channel of its name."""
    return f"service{next(numbers)}"


def names(outcomes: dict[str, int]) -> set[str]:
    return set(outcomes)


def share(outcomes: dict[str, int], name: str) -> float:
    return outcomes.get(name, 0) / sum(outcomes.values())


def settle(caller, service: str, expected: set[str], **headers):
    """Waits until calls are answered by those expected and no others."""
    eventually(lambda: names(caller.calls(service, 40, **headers)) == expected, f"answers come from {expected}")


def test_endpoints_are_pushed_and_replaced(control_plane, caller, service, backends):
    control_plane.set(*simple_service(service, backends[0].address))
    caller.open(service, f"xds:///{service}")
    assert caller.calls(service, 20) == {"backend0": 20}
    control_plane.set(endpoints(service, locality("zone", backends[0].address, backends[1].address)))
    settle(caller, service, {"backend0", "backend1"})
    outcomes = caller.calls(service, 200)
    assert 0.45 < share(outcomes, "backend0") < 0.55, outcomes
    control_plane.set(endpoints(service, locality("zone", backends[2].address)))
    settle(caller, service, {"backend2"})


def test_weights_of_clusters_are_moved(control_plane, caller, service, backends):
    first, second = f"{service}-first", f"{service}-second"
    control_plane.set(
        cluster(first), cluster(second), endpoints(first, locality("zone", backends[0].address)),
        endpoints(second, locality("zone", backends[1].address)), listener(service, service),
        routes(service, weighted_route(**{first: 90, second: 10})))
    caller.open(service, f"xds:///{service}")
    settle(caller, service, {"backend0", "backend1"})
    outcomes = caller.calls(service, 1000)
    # Drawn a thousand times: four standard deviations.
    assert 0.06 < share(outcomes, "backend1") < 0.14, outcomes
    control_plane.set(routes(service, weighted_route(**{first: 25, second: 75})))
    control_plane.wait_for_acceptance(ROUTES)
    eventually(lambda: share(caller.calls(service, 100), "backend1") > 0.5, "the weights are moved")
    outcomes = caller.calls(service, 1000)
    assert 0.69 < share(outcomes, "backend1") < 0.81, outcomes
    control_plane.set(routes(service, weighted_route(**{first: 100, second: 0})))
    settle(caller, service, {"backend0"})


def test_weights_of_localities_are_moved(control_plane, caller, service, backends):
    def parted(first: int, second: int):
        return endpoints(
            service, locality("first", backends[0].address, weight=first),
            locality("second", backends[1].address, weight=second))

    control_plane.set(*simple_service(service, backends[0].address))
    control_plane.set(parted(1, 3))
    caller.open(service, f"xds:///{service}")
    settle(caller, service, {"backend0", "backend1"})
    outcomes = caller.calls(service, 1000)
    assert 0.69 < share(outcomes, "backend1") < 0.81, outcomes
    control_plane.set(parted(4, 1))
    eventually(lambda: share(caller.calls(service, 100), "backend0") > 0.6, "the weights are moved")
    outcomes = caller.calls(service, 1000)
    assert 0.75 < share(outcomes, "backend0") < 0.85, outcomes


@pytest.mark.parametrize("how", ["draining", "removed"])
def test_a_backend_is_drained_without_a_failed_call(control_plane, caller, service, tmp_path, how):
    """One of two leaves, and stops once it is told to serve the calls it has; and comes back. Under load all the while."""
    def server(name):
        return Peer("serve", name, "127.0.0.1:0", "--plain", environment={})

    with server("stays") as stays, server("leaves") as leaves, server("comes") as comes:
        stays_at, leaves_at, comes_at = (peer.next()["listening"] for peer in (stays, leaves, comes))
        control_plane.set(*simple_service(service, stays_at, leaves_at))
        caller.open(service, f"xds:///{service}")
        settle(caller, service, {"stays", "leaves"})
        caller.tell("load", service)
        time.sleep(0.3)
        both = locality("zone", stays_at, leaves_at)
        if how == "draining":
            both.lb_endpoints[1].health_status = DRAINING
        else:
            del both.lb_endpoints[1]
        control_plane.set(endpoints(service, both))
        control_plane.wait_for_acceptance(ENDPOINTS)
        assert leaves.ask("stop", 20) == {"stopped": "leaves"}
        control_plane.set(endpoints(service, locality("zone", stays_at, comes_at)))
        control_plane.wait_for_acceptance(ENDPOINTS)
        time.sleep(0.5)
        outcomes = caller.ask("unload")
    assert names(outcomes) == {"stays", "leaves", "comes"}, outcomes
    assert min(outcomes.values()) > 10, outcomes


def test_routes_go_by_path_and_header(control_plane, caller, service, backends):
    parts = {"other": backends[1], "header": backends[2], "all": backends[0]}
    for name, backend in parts.items():
        control_plane.set(
            cluster(f"{service}-{name}"), endpoints(f"{service}-{name}", locality("zone", backend.address)))
    control_plane.set(
        listener(service, service),
        routes(
            service, route(f"{service}-other", "/xds.Peer/Other"), route(f"{service}-header", tier="gold"),
            route(f"{service}-all")))
    caller.open(service, f"xds:///{service}")
    assert caller.calls(service, 10) == {"backend0": 10}
    assert caller.calls(service, 10, "Other") == {"backend1": 10}
    assert caller.calls(service, 10, tier="gold") == {"backend2": 10}
    assert caller.calls(service, 10, "Other", tier="gold") == {"backend1": 10}
    assert caller.calls(service, 10, tier="silver") == {"backend0": 10}


def test_a_call_without_a_route_fails(control_plane, caller, service, backends):
    control_plane.set(*simple_service(service, backends[0].address))
    control_plane.set(routes(service, route(service, "/xds.Peer/Other")))
    caller.open(service, f"xds:///{service}")
    assert caller.calls(service, 4, "Other") == {"backend0": 4}
    [(outcome, count)] = caller.calls(service, 4).items()
    # gRPC wants UNAVAILABLE; this core says so.
    assert outcome.startswith("INTERNAL") and "unknown cluster" in outcome and count == 4


def test_ring_hash_is_refused(control_plane, caller, service, backends):
    """By itself this core would take it, and end the process when an endpoint changes."""
    control_plane.set(*simple_service(service, backends[0].address))
    control_plane.set(cluster(service, "RING_HASH"))
    caller.open(service, f"xds:///{service}")
    for backend in backends:
        control_plane.set(endpoints(service, locality("zone", backend.address)))
        [(outcome, count)] = caller.calls(service, 4).items()
        assert outcome.startswith("UNAVAILABLE") and "No known policies in list: ring_hash" in outcome and count == 4
    control_plane.set(cluster(service))
    settle(caller, service, {"backend3"})


def test_a_bad_resource_is_refused_and_the_old_one_kept(control_plane, caller, service, backends):
    control_plane.set(*simple_service(service, backends[0].address))
    caller.open(service, f"xds:///{service}")
    assert caller.calls(service, 4) == {"backend0": 4}
    before = len(control_plane.refusals(CLUSTER))
    control_plane.set(cluster(service, "MAGLEV"))
    eventually(lambda: len(control_plane.refusals(CLUSTER)) > before, "the client refuses the cluster")
    assert "LB policy is not supported" in control_plane.refusals(CLUSTER)[-1]
    assert caller.calls(service, 20) == {"backend0": 20}
    [state] = [config for config in caller.state().generic_xds_configs if (config.name, config.type_url) == (service, CLUSTER)]
    assert "LB policy is not supported" in state.error_state.details
    control_plane.set(cluster(service))
    control_plane.wait_for_acceptance(CLUSTER)
    assert caller.calls(service, 20) == {"backend0": 20}


def test_calls_go_on_while_the_control_plane_is_away(control_plane, caller, service, backends):
    control_plane.set(*simple_service(service, backends[0].address))
    caller.open(service, f"xds:///{service}")
    assert caller.calls(service, 4) == {"backend0": 4}
    control_plane.stop()
    assert caller.calls(service, 100) == {"backend0": 100}
    control_plane.set(endpoints(service, locality("zone", backends[1].address)))
    control_plane.start()
    settle(caller, service, {"backend1"})


def test_a_cluster_that_goes_and_comes(control_plane, caller, service, backends):
    control_plane.set(*simple_service(service, backends[0].address))
    caller.open(service, f"xds:///{service}")
    assert caller.calls(service, 4) == {"backend0": 4}
    control_plane.remove(CLUSTER, service)
    eventually(
        lambda: f'CDS resource "{service}" does not exist' in str(caller.calls(service, 4)), "the cluster is gone")
    control_plane.set(cluster(service))
    settle(caller, service, {"backend0"})


def test_a_listener_that_goes_and_comes(control_plane, caller, service, backends):
    control_plane.set(*simple_service(service, backends[0].address))
    caller.open(service, f"xds:///{service}")
    assert caller.calls(service, 4) == {"backend0": 4}
    control_plane.remove(LISTENER, service)
    eventually(lambda: "does not exist" in str(caller.calls(service, 4)), "the Listener is gone")
    # This core takes routes again only if they are others than before.
    changed = routes(service, route(service, "/xds.Peer/"))
    control_plane.set(listener(service, service), changed)
    settle(caller, service, {"backend0"})


def test_calls_go_to_the_next_priority(control_plane, caller, service, backends):
    with Backend("first") as first:
        control_plane.set(*simple_service(service, first.address))
        control_plane.set(
            endpoints(service, locality("near", first.address), locality("far", backends[1].address, priority=1)))
        caller.open(service, f"xds:///{service}")
        assert caller.calls(service, 20) == {"first": 20}
    settle(caller, service, {"backend1"})


def aggregated(control_plane, service: str, first: str, second: str, **how):
    """Pushes a service whose cluster is made of two, each with an address."""
    one, two = f"{service}-one", f"{service}-two"
    control_plane.set(
        listener(service, service), routes(service, route(service)), aggregate(service, one, two, **how),
        cluster(one), cluster(two), endpoints(one, locality("zone", first)), endpoints(two, locality("zone", second)))


def test_a_cluster_of_clusters_takes_the_first_that_is_there(control_plane, caller, service, backends):
    with Backend("first") as first:
        aggregated(control_plane, service, first.address, backends[1].address)
        caller.open(service, f"xds:///{service}")
        assert caller.calls(service, 20) == {"first": 20}
    settle(caller, service, {"backend1"})
    with Backend("again", address=first.address):
        settle(caller, service, {"again"})
    # One below another.
    control_plane.set(aggregate(service, f"{service}-inner"), aggregate(f"{service}-inner", f"{service}-two"))
    settle(caller, service, {"backend1"})


def test_a_cluster_of_clusters_is_refused_with_the_balancing_that_envoy_demands(control_plane, caller, service, backends):
    aggregated(control_plane, service, backends[0].address, backends[1].address, policy="CLUSTER_PROVIDED")
    caller.open(service, f"xds:///{service}")
    (outcome,) = caller.calls(service, 4)
    assert outcome.startswith("UNAVAILABLE") and "LB policy is not supported" in outcome, outcome
    eventually(
        lambda: any("LB policy is not supported" in problem for problem in control_plane.refusals(CLUSTER)),
        "the control plane is told")


def test_outlier_detection_sends_a_failing_backend_away(control_plane, caller, service, backends):
    with Backend("sick") as sick:
        detecting = cluster(service)
        detecting.outlier_detection.interval.FromMilliseconds(200)
        detecting.outlier_detection.base_ejection_time.FromSeconds(30)
        detecting.outlier_detection.max_ejection_percent.value = 50
        detecting.outlier_detection.failure_percentage_threshold.value = 50
        detecting.outlier_detection.enforcing_failure_percentage.value = 100
        detecting.outlier_detection.failure_percentage_minimum_hosts.value = 2
        detecting.outlier_detection.failure_percentage_request_volume.value = 5
        detecting.outlier_detection.enforcing_success_rate.value = 0
        control_plane.set(*simple_service(service, sick.address, backends[0].address))
        control_plane.set(detecting)
        caller.open(service, f"xds:///{service}")
        settle(caller, service, {"sick", "backend0"})
        sick.fails = True
        eventually(lambda: caller.calls(service, 40) == {"backend0": 40}, "the sick backend is not called")


def test_faults_are_injected(control_plane, caller, service, backends):
    from envoy.extensions.filters.http.fault.v3 import fault_pb2
    from envoy.type.v3 import percent_pb2
    from xds_resources import http_filter

    fault = fault_pb2.HTTPFault()
    fault.abort.grpc_status = 10
    fault.abort.percentage.numerator = 50
    fault.abort.percentage.denominator = percent_pb2.FractionalPercent.HUNDRED
    control_plane.set(*simple_service(service, backends[0].address))
    control_plane.set(listener(service, service, [http_filter("fault", fault)]))
    caller.open(service, f"xds:///{service}")
    outcomes = caller.calls(service, 400)
    assert len(outcomes) == 2 and 0.38 < share(outcomes, "backend0") < 0.62, outcomes
    assert any(outcome.startswith("ABORTED") for outcome in outcomes), outcomes


def test_a_route_says_which_calls_are_retried(control_plane, caller, service, backends):
    with Backend("sick") as sick:
        sick.fails = True
        retrying = route(service)
        retrying.route.retry_policy.retry_on = "internal"
        retrying.route.retry_policy.num_retries.value = 3
        retrying.route.retry_policy.retry_back_off.base_interval.FromMilliseconds(10)
        control_plane.set(*simple_service(service, sick.address, backends[0].address))
        control_plane.set(routes(service, retrying))
        caller.open(service, f"xds:///{service}")
        eventually(lambda: caller.calls(service, 40) == {"backend0": 40}, "what the sick one fails is made again")


def test_what_the_control_plane_sent_is_told(control_plane, caller, service, backends):
    control_plane.set(*simple_service(service, backends[0].address))
    caller.open(service, f"xds:///{service}")
    assert caller.calls(service, 1) == {"backend0": 1}
    state = caller.state()
    assert state.node.id == "test" and state.node.user_agent_name.startswith("gRPC C-core")
    ours = {config.type_url for config in state.generic_xds_configs if config.name == service}
    assert ours == {LISTENER, ROUTES, CLUSTER, ENDPOINTS}


def test_a_bootstrap_in_code_goes_before_the_environment(control_plane, caller, service, backends, tmp_path):
    """Two control planes in one process."""
    with ControlPlane() as second:
        control_plane.set(*simple_service(service, backends[0].address))
        second.set(*simple_service(service, backends[1].address))
        file = tmp_path / "second.json"
        file.write_text(json.dumps(bootstrap(second, node="second")))
        caller.open(service, f"xds:///{service}")
        caller.open("second", f"xds:///{service}", file)
        assert caller.calls(service, 10) == {"backend0": 10}
        assert caller.calls("second", 10) == {"backend1": 10}
        assert {stream.node for stream in second.streams} == {"second"}


def test_channels_of_one_bootstrap_share_its_connection(backends, tmp_path):
    with ControlPlane() as only, Caller({}) as caller:
        for name in ("first", "second"):
            only.set(*simple_service(name, backends[0].address))
            file = tmp_path / f"{name}.json"
            file.write_text(json.dumps(bootstrap(only)))
            caller.open(name, f"xds:///{name}", file)
            assert caller.calls(name, 4) == {"backend0": 4}
        assert len(only.streams) == 1
        assert {"first", "second"} <= {config.name for config in caller.state().generic_xds_configs}


@pytest.mark.parametrize("variables, problem", [
    ({}, "neither is one given, nor is GRPC_XDS_BOOTSTRAP (a file) or GRPC_XDS_BOOTSTRAP_CONFIG (JSON) set"),
    ({"GRPC_XDS_BOOTSTRAP": "/nowhere/bootstrap.json"}, "/nowhere/bootstrap.json, which GRPC_XDS_BOOTSTRAP names,"),
    ({"GRPC_XDS_BOOTSTRAP_CONFIG": '{"xds_servers": []}'}, "GRPC_XDS_BOOTSTRAP_CONFIG is not valid: xds_servers: is empty"),
])
def test_a_bootstrap_that_is_none_is_an_error_before_any_call(variables, problem):
    with Caller(variables) as caller:
        assert problem in caller.open("none", "xds:///service")["setupError"]
        # Nothing else needs one.
        assert caller.open("plain", "127.0.0.1:1") == {"opened": "plain"}


@pytest.mark.parametrize("how", ["left out", "without endpoints", "draining", "without weight"])
def test_a_cluster_that_is_scaled_to_none_ends_no_process(control_plane, caller, service, how):
    """By itself this core would end it with the first call after the last endpoint's connection has gone."""
    with Backend("only") as only:
        none = {
            "left out": [], "without endpoints": [locality("zone")],
            "draining": [locality("zone", only.address, health=DRAINING)],
            "without weight": [locality("zone", only.address, weight=0)]}[how]
        control_plane.set(*simple_service(service, only.address))
        caller.open(service, f"xds:///{service}")
        assert caller.calls(service, 4) == {"only": 4}
        control_plane.set(endpoints(service, *none))
        eventually(lambda: "UNAVAILABLE" in str(caller.calls(service, 4)), "no endpoint is left")
    for _ in range(10):
        assert "no children in weighted_target policy: EDS resource" in str(caller.calls(service, 4))
        time.sleep(0.02)
    with Backend("again") as again:
        control_plane.set(endpoints(service, locality("zone", again.address)))
        settle(caller, service, {"again"})
