"""Call credentials of every kind, as a server of grpcio sees them over TLS; and that none are sent without."""

import json
import subprocess
import threading
from concurrent import futures
from pathlib import Path

import grpc
import pytest

from peers import PATIENCE
from xds_peers import Peer

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def certificates(tmp_path_factory):
    folder = tmp_path_factory.mktemp("certificates")
    subprocess.run([ROOT / "scripts/make-certificates", "--all", folder], check=True)
    return folder


class Listener:
    """A server that answers a call with the credentials that came with it, and counts the calls."""

    def __init__(self, certificates: Path | None, name: str = "server"):
        self.count, self.lock = 0, threading.Lock()
        self.server = grpc.server(futures.ThreadPoolExecutor(max_workers=8))
        handler = grpc.unary_unary_rpc_method_handler(self.answer)
        self.server.add_generic_rpc_handlers([grpc.method_handlers_generic_handler("xds.Peer", {"Call": handler})])
        if certificates:
            credentials = grpc.ssl_server_credentials(
                [((certificates / f"{name}.key").read_bytes(), (certificates / f"{name}.pem").read_bytes())])
            port = self.server.add_secure_port("127.0.0.1:0", credentials)
        else:
            port = self.server.add_insecure_port("127.0.0.1:0")
        self.address = f"127.0.0.1:{port}"
        self.server.start()

    def answer(self, _, context) -> bytes:
        with self.lock:
            self.count += 1
        found = [f"{key}={value}" for key, value in context.invocation_metadata() if key == "authorization" or key.startswith("x-")]
        return json.dumps(found).encode()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.server.stop(grace=0).wait(PATIENCE)


@pytest.fixture(scope="module")
def listener(certificates):
    with Listener(certificates) as running:
        yield running


class CredentialsPeer(Peer):
    """The client; credentials are written as its source says."""

    def __init__(self, listener, certificates, roots: str = "ca.pem"):
        super().__init__("credentials", listener.address, str(certificates / roots), environment={})

    def calls(self, of_channel: str, of_call: str, count: int = 1, security: str = "tls") -> dict:
        opened = self.ask("open", security, of_channel)
        return self.ask("calls", count, of_call) if "opened" in opened else opened


@pytest.fixture
def peer(listener, certificates):
    with CredentialsPeer(listener, certificates) as running:
        yield running


@pytest.mark.parametrize("of_channel, of_call, expected", [
    ("none", "none", []),
    ("none", "bearer:one", ["authorization=Bearer one"]),
    ("bearer:one", "none", ["authorization=Bearer one"]),
    ("none", "provider:two", ["authorization=Bearer two"]),
    ("provider:two", "none", ["authorization=Bearer two"]),
    ("none", "metadata:x-key=value", ["x-key=value"]),
    ("bearer:one", "metadata:x-key=value", ["authorization=Bearer one", "x-key=value"]),
    ("provider:one", "bearer:two", ["authorization=Bearer one", "authorization=Bearer two"]),
    ("metadata:x-key=1", "metadata:x-key=2+metadata:x-other=3", ["x-key=1", "x-key=2", "x-other=3"]),
    ("provider:one+metadata:x-a=1", "metadata:x-b=2", ["authorization=Bearer one", "x-a=1", "x-b=2"]),
])
def test_a_server_of_grpcio_gets_what_is_sent(peer, of_channel, of_call, expected):
    answer = peer.calls(of_channel, of_call)
    assert [json.loads(text) for text in answer["outcomes"]] == [expected]


def test_a_token_of_every_character_that_there_may_be(peer):
    # But for the plus sign, which means something to the program.
    token = "".join(chr(code) for code in range(0x21, 0x7F)).replace("+", "")
    (text,) = peer.calls("none", f"bearer:{token}")["outcomes"]
    assert json.loads(text) == [f"authorization=Bearer {token}"]


def test_a_token_in_a_file(peer, tmp_path):
    path = tmp_path / "token"
    path.write_text("from-a-file\n")
    (text,) = peer.calls("none", f"file:{path}")["outcomes"]
    assert json.loads(text) == ["authorization=Bearer from-a-file"]


def test_a_provider_is_asked_once_for_calls_at_the_same_time(peer, listener):
    before = listener.count
    answer = peer.calls("provider:shared", "none", count=40)
    assert answer == {"outcomes": {'["authorization=Bearer shared"]': 40}, "fetched": 1}
    assert listener.count == before + 40


@pytest.mark.parametrize("of_channel, of_call", [("failing", "none"), ("none", "failing"), ("bearer:one", "failing")])
def test_without_a_token_there_is_no_call(peer, listener, of_channel, of_call):
    before = listener.count
    (outcome,) = peer.calls(of_channel, of_call)["outcomes"]
    assert outcome.startswith("UNAVAILABLE") and "there is no token today" in outcome
    assert listener.count == before


@pytest.mark.parametrize("credentials", ["bearer:one", "provider:one", "metadata:x-key=value", "bearer:one+metadata:x-key=value"])
def test_without_tls_nothing_is_sent(certificates, credentials):
    with Listener(None) as plain, CredentialsPeer(plain, certificates) as peer:
        assert "transport security" in peer.calls(credentials, "none", security="insecure")["setupError"]
        answer = peer.calls("none", credentials, security="insecure")
        (outcome,) = answer["outcomes"]
        assert outcome.startswith("UNAUTHENTICATED") and "transport security" in outcome
        assert answer["fetched"] == 0 and plain.count == 0


@pytest.mark.parametrize("name", ["other-server", "wrong-name-server", "expired-server"])
def test_a_server_that_is_not_trusted_gets_no_token(certificates, name):
    with Listener(certificates, name) as stranger, CredentialsPeer(stranger, certificates) as peer:
        (outcome,) = peer.calls("bearer:one", "bearer:two")["outcomes"]
        assert outcome.startswith("UNAVAILABLE")
        assert stranger.count == 0
