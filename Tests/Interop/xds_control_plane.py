"""A small xDS control plane: aggregated discovery, state of the world, with versions and nonces.

It serves whatever resources it is given, sends a type anew when one of its resources changes, and takes down what its clients say of
each response.
"""

import threading
from concurrent import futures
from dataclasses import dataclass, field

import grpc
from envoy.config.cluster.v3 import cluster_pb2
from envoy.config.endpoint.v3 import endpoint_pb2
from envoy.config.listener.v3 import listener_pb2
from envoy.config.route.v3 import route_pb2
from envoy.service.discovery.v3 import discovery_pb2

from peers import PATIENCE, eventually

METHOD = "/envoy.service.discovery.v3.AggregatedDiscoveryService/StreamAggregatedResources"


def type_url(kind) -> str:
    return f"type.googleapis.com/{kind.DESCRIPTOR.full_name}"


LISTENER = type_url(listener_pb2.Listener)
ROUTES = type_url(route_pb2.RouteConfiguration)
CLUSTER = type_url(cluster_pb2.Cluster)
ENDPOINTS = type_url(endpoint_pb2.ClusterLoadAssignment)


def name_of(resource) -> str:
    return resource.cluster_name if isinstance(resource, endpoint_pb2.ClusterLoadAssignment) else resource.name


@dataclass
class Answer:
    """What a client says of a response."""

    type_url: str
    version: str
    nonce: str
    # Why it was not taken; empty if it was.
    problem: str


@dataclass
class Stream:
    """What one client has asked for, by type, and which version it was sent last."""

    wanted: dict[str, set[str]] = field(default_factory=dict)
    sent: dict[str, tuple[int, frozenset[str]]] = field(default_factory=dict)
    node: str = ""
    is_over: bool = False


class ControlPlane:
    """A running control plane, stopped at the end of a `with`. Its resources outlive a restart."""

    def __init__(self):
        self.changed = threading.Condition()
        self.resources: dict[str, dict[str, object]] = {}
        self.versions: dict[str, int] = {}
        self.answers: list[Answer] = []
        self.streams: list[Stream] = []
        self.nonces = 0
        self.port = 0
        self.server = None

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.stop()

    def start(self):
        """Serves; after the first time, on the same port as before."""
        self.server = grpc.server(
            futures.ThreadPoolExecutor(max_workers=16), options=[("grpc.so_reuseport", 0)])
        handler = grpc.stream_stream_rpc_method_handler(
            self._stream, request_deserializer=discovery_pb2.DiscoveryRequest.FromString,
            response_serializer=discovery_pb2.DiscoveryResponse.SerializeToString)
        service, method = METHOD.strip("/").split("/")
        self.server.add_generic_rpc_handlers([grpc.method_handlers_generic_handler(service, {method: handler})])
        self.port = self.server.add_insecure_port(f"127.0.0.1:{self.port}")
        self.server.start()

    def stop(self):
        """Ends as a crash would, for its clients."""
        with self.changed:
            for stream in self.streams:
                stream.is_over = True
            self.streams.clear()
            self.changed.notify_all()
        self.server.stop(grace=0).wait(PATIENCE)

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    def set(self, *resources):
        """Adds resources, or replaces those of the same name."""
        with self.changed:
            for resource in resources:
                kind = type_url(resource)
                self.resources.setdefault(kind, {})[name_of(resource)] = resource
            for kind in {type_url(resource) for resource in resources}:
                self.versions[kind] = self.versions.get(kind, 0) + 1
            self.changed.notify_all()

    def remove(self, kind: str, name: str):
        with self.changed:
            del self.resources[kind][name]
            self.versions[kind] += 1
            self.changed.notify_all()

    def version(self, kind: str) -> str:
        with self.changed:
            return str(self.versions.get(kind, 0))

    def refusals(self, kind: str) -> list[str]:
        """Why clients did not take responses of a type."""
        with self.changed:
            return [answer.problem for answer in self.answers if answer.type_url == kind and answer.problem]

    def wait_for_acceptance(self, kind: str):
        """Waits until a client has taken the newest version of a type."""
        version = self.version(kind)
        eventually(
            lambda: any(
                answer.type_url == kind and answer.version == version and not answer.problem
                for answer in list(self.answers)),
            f"version {version} of {kind} is taken")

    def _stream(self, requests, context):
        stream = Stream()
        with self.changed:
            self.streams.append(stream)

        def end():
            with self.changed:
                stream.is_over = True
                self.changed.notify_all()

        context.add_callback(end)
        threading.Thread(target=self._read, args=(requests, stream), daemon=True).start()
        while True:
            with self.changed:
                self.changed.wait_for(lambda: stream.is_over or self._due(stream))
                if stream.is_over:
                    return
                response = self._response(stream, self._due(stream)[0])
            yield response

    def _read(self, requests, stream: Stream):
        try:
            for request in requests:
                with self.changed:
                    stream.node = request.node.id or stream.node
                    if set(request.resource_names) - stream.wanted.get(request.type_url, set()):
                        # What is asked for anew is sent anew, whether it was before or not.
                        stream.sent.pop(request.type_url, None)
                    stream.wanted[request.type_url] = set(request.resource_names)
                    if request.response_nonce:
                        self.answers.append(
                            Answer(
                                request.type_url, request.version_info, request.response_nonce,
                                request.error_detail.message))
                    self.changed.notify_all()
        except grpc.RpcError:
            pass
        with self.changed:
            stream.is_over = True
            self.changed.notify_all()

    def _content(self, stream: Stream, kind: str) -> tuple[int, frozenset[str]]:
        """What a stream should have of a type: the version, and the names."""
        names = stream.wanted[kind] & self.resources.get(kind, {}).keys()
        return self.versions.get(kind, 0), frozenset(names)

    def _due(self, stream: Stream) -> list[str]:
        """The types that are to be sent: what holds others before what is held."""
        order = [CLUSTER, ENDPOINTS, LISTENER, ROUTES]
        return [
            kind for kind in order
            if kind in stream.wanted and self._content(stream, kind) != stream.sent.get(kind, (0, frozenset()))
            # Only clusters and Listeners are taken away by their absence.
            and (self._content(stream, kind)[1] or kind in (LISTENER, CLUSTER))]

    def _response(self, stream: Stream, kind: str):
        content = self._content(stream, kind)
        stream.sent[kind] = content
        self.nonces += 1
        response = discovery_pb2.DiscoveryResponse(
            type_url=kind, version_info=str(content[0]), nonce=str(self.nonces))
        for name in sorted(content[1]):
            response.resources.add().Pack(self.resources[kind][name])
        return response
