"""The xDS resources that the tests push."""

from envoy.config.cluster.v3 import cluster_pb2
from envoy.config.core.v3 import health_check_pb2
from envoy.config.endpoint.v3 import endpoint_components_pb2, endpoint_pb2
from envoy.config.listener.v3 import listener_pb2
from envoy.config.route.v3 import route_components_pb2 as components_pb2
from envoy.config.route.v3 import route_pb2
from envoy.extensions.clusters.aggregate.v3 import cluster_pb2 as aggregate_pb2
from envoy.extensions.filters.http.router.v3 import router_pb2
from envoy.extensions.filters.network.http_connection_manager.v3 import http_connection_manager_pb2 as manager_pb2

DRAINING = health_check_pb2.DRAINING
HEALTHY = health_check_pb2.HEALTHY


def http_filter(name: str, configuration):
    found = manager_pb2.HttpFilter(name=name)
    found.typed_config.Pack(configuration)
    return found


def http_filters(*filters):
    """Filters, and the router, which comes last."""
    return [*filters, http_filter("router", router_pb2.Router())]


def listener(name: str, routes: str, filters=()) -> listener_pb2.Listener:
    """What a client asks for first: which routes it has."""
    manager = manager_pb2.HttpConnectionManager(http_filters=http_filters(*filters))
    manager.rds.route_config_name = routes
    manager.rds.config_source.ads.SetInParent()
    resource = listener_pb2.Listener(name=name)
    resource.api_listener.api_listener.Pack(manager)
    return resource


def route(cluster: str, prefix: str = "", **headers: str) -> components_pb2.Route:
    """A route of what begins with a path, and has headers, to a cluster."""
    found = components_pb2.Route(match=components_pb2.RouteMatch(prefix=prefix), route=components_pb2.RouteAction(cluster=cluster))
    for name, value in headers.items():
        # Of old: this core does not know its successor, string_match.
        found.match.headers.add(name=name, exact_match=value)
    return found


def weighted_route(**weights: int) -> components_pb2.Route:
    """A route that parts the calls between clusters."""
    found = components_pb2.Route(match=components_pb2.RouteMatch(prefix=""))
    for cluster, weight in weights.items():
        found.route.weighted_clusters.clusters.add(name=cluster).weight.value = weight
    return found


def routes(name: str, *found: components_pb2.Route) -> route_pb2.RouteConfiguration:
    host = components_pb2.VirtualHost(name="all", domains=["*"], routes=found)
    return route_pb2.RouteConfiguration(name=name, virtual_hosts=[host])


def cluster(name: str, policy: str = "ROUND_ROBIN") -> cluster_pb2.Cluster:
    found = cluster_pb2.Cluster(name=name, type=cluster_pb2.Cluster.EDS)
    found.eds_cluster_config.eds_config.ads.SetInParent()
    found.lb_policy = cluster_pb2.Cluster.LbPolicy.Value(policy)
    return found


def aggregate(name: str, *clusters: str, policy: str = "ROUND_ROBIN") -> cluster_pb2.Cluster:
    """A cluster of clusters: each is for when those before it are not to be had."""
    found = cluster_pb2.Cluster(name=name)
    found.cluster_type.name = "envoy.clusters.aggregate"
    found.cluster_type.typed_config.Pack(aggregate_pb2.ClusterConfig(clusters=clusters))
    found.lb_policy = cluster_pb2.Cluster.LbPolicy.Value(policy)
    return found


def locality(zone: str, *addresses: str, weight: int = 1, priority: int = 0, health=HEALTHY):
    found = endpoint_components_pb2.LocalityLbEndpoints(priority=priority)
    found.locality.zone = zone
    found.load_balancing_weight.value = weight
    for address in addresses:
        host, _, port = address.rpartition(":")
        place = found.lb_endpoints.add(health_status=health).endpoint.address.socket_address
        place.address, place.port_value = host, int(port)
    return found


def endpoints(name: str, *localities) -> endpoint_pb2.ClusterLoadAssignment:
    return endpoint_pb2.ClusterLoadAssignment(cluster_name=name, endpoints=localities)


def simple_service(name: str, *addresses: str):
    """All that leads from a Listener to some addresses."""
    return (
        listener(name, name), routes(name, route(name)), cluster(name), endpoints(name, locality("zone", *addresses)))


def server_listener(address: str, *found: components_pb2.Route, filters=()) -> listener_pb2.Listener:
    """How a server serves an address: the calls of the routes given, or all."""
    host, _, port = address.rpartition(":")
    resource = listener_pb2.Listener(name=f"server/{address}")
    resource.address.socket_address.address = host.strip("[]")
    resource.address.socket_address.port_value = int(port)
    manager = manager_pb2.HttpConnectionManager(http_filters=http_filters(*filters))
    if not found:
        everything = components_pb2.Route(match=components_pb2.RouteMatch(prefix=""))
        everything.non_forwarding_action.SetInParent()
        found = (everything,)
    manager.route_config.CopyFrom(routes("inbound", *found))
    connection_filter = resource.default_filter_chain.filters.add(name="manager")
    connection_filter.typed_config.Pack(manager)
    return resource
