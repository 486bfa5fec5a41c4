"""TLS between channels and servers whose certificates an xDS control plane names, and the bootstrap has (gRFC A29)."""

import itertools
import os
import shutil
import subprocess
from contextlib import contextmanager
from pathlib import Path

import grpc
import pytest
from envoy.config.rbac.v3 import rbac_pb2
from envoy.extensions.filters.http.rbac.v3 import rbac_pb2 as rbac_filter_pb2
from envoy.extensions.transport_sockets.tls.v3 import tls_pb2

from peers import CHANNEL_OPTIONS, PATIENCE, eventually
from xds_control_plane import CLUSTER, LISTENER, ControlPlane
from xds_peers import CALL, Caller, XDSServer, environment
from xds_resources import cluster, http_filter, server_listener, simple_service

ROOT = Path(__file__).resolve().parents[2]
SPIFFE_ID = "spiffe://example.test/client"


@pytest.fixture(scope="module")
def certificates(tmp_path_factory):
    folder = tmp_path_factory.mktemp("certificates")
    subprocess.run([ROOT / "scripts/make-certificates", "--all", folder], check=True)
    return folder


@pytest.fixture
def control_plane():
    with ControlPlane() as running:
        yield running


numbers = itertools.count()


@pytest.fixture
def service():
    """The name of a service; each test has its own."""
    return f"secured{next(numbers)}"


def providers(folder: Path, **pairs: str | None) -> dict:
    """The bootstrap's `certificate_providers`: for each name a certificate, or none, and the authority that both sides have."""
    def provider(name):
        files = {"ca_certificate_file": str(folder / "ca.pem"), "refresh_interval": "1s"}
        if name:
            files |= {"certificate_file": str(folder / f"{name}.pem"), "private_key_file": str(folder / f"{name}.key")}
        return {"plugin_name": "file_watcher", "config": files}

    return {"certificate_providers": {key: provider(name) for key, name in pairs.items()}}


def common(roots: str | None, identity: str | None, *names: str) -> tls_pb2.CommonTlsContext:
    """Which providers the roots and the certificate are from, and which names the other side may have."""
    context = tls_pb2.CommonTlsContext()
    if roots:
        context.validation_context.ca_certificate_provider_instance.instance_name = roots
    for name in names:
        context.validation_context.match_subject_alt_names.add(exact=name)
    if identity:
        context.tls_certificate_provider_instance.instance_name = identity
    return context


def secured_cluster(name: str, *names: str, roots: str = "own", identity: str | None = "own"):
    """A cluster that is talked to over TLS."""
    found = cluster(name)
    found.transport_socket.name = "envoy.transport_sockets.tls"
    found.transport_socket.typed_config.Pack(
        tls_pb2.UpstreamTlsContext(common_tls_context=common(roots, identity, *names)))
    return found


def secured_listener(address: str, requires: bool = True, filters=(), identity: str = "own"):
    """An address that is served over TLS."""
    context = tls_pb2.DownstreamTlsContext(common_tls_context=common("own", identity))
    context.require_client_certificate.value = requires
    found = server_listener(address, filters=filters)
    found.default_filter_chain.transport_socket.name = "envoy.transport_sockets.tls"
    found.default_filter_chain.transport_socket.typed_config.Pack(context)
    return found


@contextmanager
def peers(control_plane, service: str, tmp_path: Path, certificates: Path, *names: str, client: str | None = "client",
          of=None, server: str = "server", requires: bool = True, filters=()):
    """A server and a client, and how the calls of that end: once they are answered, or once they are not."""
    members = providers(certificates, own=server)
    with XDSServer(control_plane, tmp_path, **members) as serving:
        control_plane.set(
            secured_listener(serving.address, requires, filters), *simple_service(service, serving.address),
            secured_cluster(service, *names, identity=client and "own"))
        assert serving.next()["isServing"]
        with Caller(environment(control_plane, tmp_path, **providers(of or certificates, own=client))) as caller:
            caller.open(service, f"xds:///{service}")
            yield serving, lambda: caller.calls(service, 8)


GOOD = {"server": 8}


def the_error(outcomes: dict[str, int]) -> str:
    (outcome,) = outcomes
    assert outcome.startswith("UNAVAILABLE"), outcomes
    return outcome


def call(address: str, credentials: grpc.ChannelCredentials) -> str:
    """How the call of a client without a control plane ends."""
    with grpc.secure_channel(address, credentials, options=CHANNEL_OPTIONS) as channel:
        try:
            return channel.unary_unary(CALL)(b"", timeout=PATIENCE).decode()
        except grpc.RpcError as error:
            return error.code().name


def credentials(folder: Path, identity: str | None) -> grpc.ChannelCredentials:
    def read(name):
        return (folder / name).read_bytes()

    return grpc.ssl_channel_credentials(
        read("ca.pem"), identity and read(f"{identity}.key"), identity and read(f"{identity}.pem"))


def test_both_sides_prove_who_they_are(control_plane, service, tmp_path, certificates):
    with peers(control_plane, service, tmp_path, certificates, "localhost") as (serving, outcomes):
        eventually(lambda: outcomes() == GOOD, "calls are answered")
        assert call(serving.address, credentials(certificates, "client")) == "server"
        for stranger in (None, "other-client", "expired-client"):
            assert call(serving.address, credentials(certificates, stranger)) == "UNAVAILABLE"
        with grpc.insecure_channel(serving.address, options=CHANNEL_OPTIONS) as channel, pytest.raises(grpc.RpcError) as refusal:
            channel.unary_unary(CALL)(b"", timeout=PATIENCE)
        assert refusal.value.code() is grpc.StatusCode.UNAVAILABLE


def test_a_client_without_a_certificate_is_let_in_where_none_is_required(control_plane, service, tmp_path, certificates):
    with peers(control_plane, service, tmp_path, certificates, client=None, requires=False) as (_, outcomes):
        eventually(lambda: outcomes() == GOOD, "calls are answered")


@pytest.mark.parametrize("client", [None, "other-client", "expired-client"])
def test_a_client_with_no_good_certificate_is_refused(control_plane, service, tmp_path, certificates, client):
    with peers(control_plane, service, tmp_path, certificates, client=client) as (_, outcomes):
        assert the_error(outcomes())


@pytest.mark.parametrize("server", ["other-server", "expired-server"])
def test_a_server_with_no_good_certificate_is_refused(control_plane, service, tmp_path, certificates, server):
    with peers(control_plane, service, tmp_path, certificates, server=server) as (_, outcomes):
        assert "certificate" in the_error(outcomes()).lower()


@pytest.mark.parametrize("name, is_good", [
    ("localhost", True), ("127.0.0.1", True), ("localhost.example.test", False), ("", False), ("server", False),
])
def test_the_server_must_have_one_of_the_names(control_plane, service, tmp_path, certificates, name, is_good):
    with peers(control_plane, service, tmp_path, certificates, "other.example.test", name) as (_, outcomes):
        if is_good:
            eventually(lambda: outcomes() == GOOD, "calls are answered")
        else:
            assert "SANs" in the_error(outcomes())


def test_without_names_any_certificate_of_the_authority_will_do(control_plane, service, tmp_path, certificates):
    with peers(control_plane, service, tmp_path, certificates, server="wrong-name-server") as (_, outcomes):
        eventually(lambda: outcomes() == GOOD, "calls are answered")


def test_access_is_controlled_by_the_names_in_certificates(control_plane, service, tmp_path, certificates):
    def access(name):
        rules = rbac_pb2.RBAC(action=rbac_pb2.RBAC.ALLOW)
        rules.policies["one client"].permissions.add().any = True
        rules.policies["one client"].principals.add().authenticated.principal_name.exact = name
        return [http_filter("rbac", rbac_filter_pb2.RBAC(rules=rules))]

    with peers(control_plane, service, tmp_path, certificates, filters=access(SPIFFE_ID)) as (serving, outcomes):
        eventually(lambda: outcomes() == GOOD, "calls are answered")
        assert call(serving.address, credentials(certificates, "two-uris-client")) == "PERMISSION_DENIED"
        control_plane.set(secured_listener(serving.address, filters=access(SPIFFE_ID + "/not")))
        eventually(lambda: [*outcomes()][0].startswith("PERMISSION_DENIED"), "the client is not the one any more")


def test_certificates_are_replaced_in_their_files(control_plane, service, tmp_path, certificates):
    folder = tmp_path / "changing"
    shutil.copytree(certificates, folder)
    with peers(control_plane, service, tmp_path, folder, of=certificates) as (serving, outcomes):
        eventually(lambda: outcomes() == GOOD, "calls are answered")
        for name in ("pem", "key"):
            os.replace(shutil.copy(folder / f"other-server.{name}", folder / "new"), folder / f"server.{name}")
        eventually(
            lambda: call(serving.address, credentials(certificates, "client")) == "UNAVAILABLE", "the certificate is another")
        # The connection that is there goes on.
        assert outcomes() == GOOD


def test_a_provider_that_the_bootstrap_has_not_is_refused(control_plane, service, tmp_path, certificates):
    with peers(control_plane, service, tmp_path, certificates) as (serving, outcomes):
        eventually(lambda: outcomes() == GOOD, "calls are answered")
        control_plane.set(secured_cluster(service, roots="nobody's"), secured_listener(serving.address, identity="nobody's"))
        for kind in (CLUSTER, LISTENER):
            eventually(
                lambda: any("unrecognized certificate provider" in problem for problem in control_plane.refusals(kind)),
                "it is refused")
        assert outcomes() == GOOD
