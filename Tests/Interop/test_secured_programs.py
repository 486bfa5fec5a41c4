"""userd and userctl on a network: TLS, client certificates, policies, tokens, and all of it changed while userd serves."""

import json
import os
import shutil
import signal
import subprocess
import time
from contextlib import contextmanager
from pathlib import Path

import grpc
import pytest

from peers import CHANNEL_OPTIONS, PATIENCE, Userctl, Userd, eventually, program
from tokens import Issuer
from user_protos import messages, stubs

ROOT = Path(__file__).resolve().parents[2]
USAGE, UNREADABLE, CONFIGURATION = 64, 66, 78
UNAUTHENTICATED, UNAVAILABLE, PERMISSION_DENIED, NOT_FOUND = 16, 14, 7, 5
TLS = "tls://127.0.0.1:0"


@pytest.fixture(scope="module")
def certificates(tmp_path_factory):
    folder = tmp_path_factory.mktemp("certificates")
    subprocess.run([ROOT / "scripts/make-certificates", "--all", folder], check=True)
    return folder


@contextmanager
def secured(store: Path, certificates: Path, *flags, listen: str = TLS):
    """userd with the server's certificate."""
    with Userd(
        store / "users.sqlite", "--tls-cert", str(certificates / "server.pem"), "--tls-key",
        str(certificates / "server.key"), *map(str, flags), listen=listen) as daemon:
        yield daemon


def get(daemon, *flags) -> tuple[int, str]:
    """How userctl's call for a user that is not there ends: 5 where it was let in."""
    result = Userctl(daemon.address).run("get", "42", *map(str, flags))
    return result.returncode, result.stderr


def attempt(daemon, certificates, identity: str | None = None, token: str | None = None) -> grpc.StatusCode:
    """How grpcio's call for it ends."""
    def read(name):
        return (certificates / name).read_bytes()

    credentials = grpc.ssl_channel_credentials(
        read("ca.pem"), identity and read(f"{identity}.key"), identity and read(f"{identity}.pem"))
    metadata = [("authorization", f"Bearer {token}")] if token else []
    address = daemon.address.removeprefix("tls://")
    with grpc.secure_channel(address, credentials, options=CHANNEL_OPTIONS) as channel:
        try:
            stubs.UserServiceStub(channel).GetUser(
                messages.GetUserRequest(id="42"), timeout=PATIENCE, metadata=metadata)
        except grpc.RpcError as error:
            return error.code()
    raise AssertionError("there is a user 42")


def says(daemon, text: str) -> bool:
    return any(text in line for line in daemon.log)


def start(*flags) -> subprocess.CompletedProcess:
    """A userd that is not to start."""
    return subprocess.run(
        [program("userd"), "--store", ":memory:", *map(str, flags)], capture_output=True, text=True, timeout=PATIENCE)


class SameDaemon:
    """The same daemon by another address."""

    def __init__(self, daemon, address):
        self.address, self.log = address, daemon.log


@pytest.mark.parametrize("flags", [
    ["--listen", "0.0.0.0:0"], ["--listen", "[::]:0"], ["--listen", "127.0.0.1:0", "--listen", "example.com:1"],
    ["--listen", "127.0.0.1.example.com:0"], ["--listen", "tls://127.0.0.1:0"], ["--listen", "tls://"],
    ["--tls-cert", "a", "--tls-key", "b"], ["--listen", TLS, "--tls-cert", "a"],
    ["--tls-client-ca", "a"], ["--listen", TLS, "--tls-cert", "a", "--tls-key", "b", "--require-client-cert"],
    ["--jwks", "a"], ["--jwks", "a", "--jwt-issuer", "i"], ["--jwt-audience", "a"],
])
def test_security_that_is_not_whole_is_bad_usage(flags):
    result = start(*flags)
    assert result.returncode == USAGE, result.stderr


def test_plaintext_for_the_network_has_to_be_asked_for(tmp_path):
    with Userd(tmp_path / "users.sqlite", "--allow-plaintext", listen="0.0.0.0:0") as daemon:
        assert get(SameDaemon(daemon, daemon.address.replace("0.0.0.0", "127.0.0.1")))[0] == NOT_FOUND


@pytest.mark.parametrize(("file", "content", "word"), [
    ("--tls-cert", None, "certificate"), ("--tls-cert", "x", "certificate"), ("--tls-key", "x", "key"),
    ("--policy", None, "policy"), ("--policy", "{", "policy"), ("--policy", "{}", "policy"),
    ("--jwks", None, "keys"), ("--jwks", "[]", "keys"),
])
def test_files_that_cannot_be_used_are_one_clear_line_and_78(tmp_path, certificates, file, content, word):
    path = tmp_path / "odd file"
    if content is not None:
        path.write_text(content)
    flags = {
        "--tls-cert": certificates / "server.pem", "--tls-key": certificates / "server.key", "--jwt-issuer": "i",
        "--jwt-audience": "a", "--jwks": tmp_path / "jwks"}
    (tmp_path / "jwks").write_text(Issuer(tmp_path, "one").key_set())
    flags[file] = path
    result = start("--listen", TLS, *[part for pair in flags.items() for part in pair])
    assert result.returncode == CONFIGURATION, result.stderr
    assert len(result.stderr.splitlines()) == 1 and "odd file" in result.stderr and word in result.stderr


def test_userctl_talks_tls_to_a_server_that_it_knows_and_to_no_other(tmp_path, certificates):
    ca = certificates / "ca.pem"
    with secured(tmp_path, certificates) as daemon:
        assert daemon.address.startswith("tls://")
        bare = SameDaemon(daemon, daemon.address.removeprefix("tls://"))
        assert get(daemon, "--ca", ca)[0] == NOT_FOUND
        assert get(bare, "--ca", ca, "--server-name", "localhost")[0] == NOT_FOUND
        code, message = get(daemon)
        assert code == UNAVAILABLE and "certificate verify failed" in message
        code, message = get(daemon, "--ca", ca, "--server-name", "example.com")
        assert code == UNAVAILABLE and "name" in message.lower()
        assert get(bare)[0] == UNAVAILABLE
        assert get(daemon, "--ca", tmp_path / "none.pem")[0] == UNREADABLE
        assert attempt(daemon, certificates) == grpc.StatusCode.NOT_FOUND


def test_each_address_has_credentials_of_its_own(tmp_path, certificates):
    socket = f"unix:{tmp_path}/userd.sock"
    with secured(tmp_path, certificates, "--listen", socket) as daemon:
        assert get(daemon, "--ca", certificates / "ca.pem")[0] == NOT_FOUND
        assert get(SameDaemon(daemon, socket))[0] == NOT_FOUND


@pytest.mark.parametrize("is_required", [False, True])
def test_client_certificates_are_verified_and_required_where_told(tmp_path, certificates, is_required):
    flags = ["--tls-client-ca", certificates / "ca.pem", *(["--require-client-cert"] if is_required else [])]
    with secured(tmp_path, certificates, *flags) as daemon:
        assert attempt(daemon, certificates, "client") == grpc.StatusCode.NOT_FOUND
        assert get(
            daemon, "--ca", certificates / "ca.pem", "--cert", certificates / "client.pem", "--key",
            certificates / "client.key")[0] == NOT_FOUND
        expected = grpc.StatusCode.UNAVAILABLE if is_required else grpc.StatusCode.NOT_FOUND
        assert attempt(daemon, certificates) == expected


def test_certificates_are_replaced_while_userd_serves(tmp_path, certificates):
    folder = tmp_path / "certificates"
    shutil.copytree(certificates, folder)
    with secured(tmp_path, folder) as daemon:
        assert attempt(daemon, folder) == grpc.StatusCode.NOT_FOUND
        # A key of another certificate: the pair before is used.
        shutil.copy(folder / "client.key", folder / "server.key")
        daemon.process.send_signal(signal.SIGHUP)
        eventually(lambda: says(daemon, "certificates not replaced"), "the refusal is logged")
        assert attempt(daemon, folder) == grpc.StatusCode.NOT_FOUND
        # Another authority's pair, under the same names: only those who know it are served now.
        other = tmp_path / "other"
        subprocess.run([ROOT / "scripts/make-certificates", other], check=True)
        for name in ("server.key", "server.pem"):
            os.replace(shutil.copy(other / name, folder / "new"), folder / name)
        daemon.process.send_signal(signal.SIGHUP)
        eventually(lambda: says(daemon, "certificates replaced"), "the change is logged")
        assert attempt(daemon, other) == grpc.StatusCode.NOT_FOUND
        assert attempt(daemon, folder) == grpc.StatusCode.UNAVAILABLE


def policy(*paths: str, principals: list[str] | None = None) -> str:
    rule = {"name": "rule", "request": {"paths": list(paths)}}
    if principals is not None:
        rule["source"] = {"principals": principals}
    return json.dumps({"name": "policy", "allow_rules": [rule]})


def test_a_policy_decides_who_may_call_what_and_is_changed_while_userd_serves(tmp_path, certificates):
    path = tmp_path / "policy.json"
    path.write_text(policy("/userservice.UserService/ListUsers"))
    with Userd(tmp_path / "users.sqlite", "--policy", str(path)) as daemon:
        assert get(daemon)[0] == PERMISSION_DENIED
        eventually(lambda: says(daemon, "call refused"), "the decision is logged")
        path.write_text(policy("*"))
        eventually(lambda: get(daemon)[0] == NOT_FOUND, "the other policy holds")
        for text in ["", "{", '{"name": "x"}']:
            path.write_text(text)
            daemon.log.clear()
            eventually(lambda: says(daemon, "policy not replaced"), "the refusal is logged")
            assert get(daemon)[0] == NOT_FOUND
        path.unlink()
        time.sleep(1.5)
        assert get(daemon)[0] == NOT_FOUND


def test_a_policy_knows_clients_by_their_certificates(tmp_path, certificates):
    path = tmp_path / "policy.json"
    path.write_text(policy("*", principals=["spiffe://nobody"]))
    flags = ["--tls-client-ca", certificates / "ca.pem", "--policy", path]
    with secured(tmp_path, certificates, *flags) as daemon:
        assert attempt(daemon, certificates, "client") == grpc.StatusCode.PERMISSION_DENIED
        # Whoever has shown a certificate that was verified.
        path.write_text(policy("*", principals=["*"]))
        eventually(
            lambda: attempt(daemon, certificates, "client") == grpc.StatusCode.NOT_FOUND, "the other policy holds")
        assert attempt(daemon, certificates) == grpc.StatusCode.PERMISSION_DENIED


def test_tokens_are_verified_and_their_keys_changed_while_userd_serves(tmp_path, certificates):
    one, two = Issuer(tmp_path, "one"), Issuer(tmp_path, "two")
    keys, token = tmp_path / "jwks.json", tmp_path / "token"
    keys.write_text(one.key_set())
    flags = ["--jwks", keys, "--jwt-issuer", "https://issuer", "--jwt-audience", "users"]
    with secured(tmp_path, certificates, *flags) as daemon:
        def outcome(token):
            return attempt(daemon, certificates, token=token)

        refused = grpc.StatusCode.UNAUTHENTICATED
        assert outcome(one.token()) == grpc.StatusCode.NOT_FOUND
        for bad in [
            None, "x", two.token(), one.token(exp=int(time.time()) - 600), one.token(exp=None), one.token(aud="others"),
            one.token(iss="https://other"), one.token(nbf=int(time.time()) + 600), one.token("none"), one.token()[:-5],
        ]:
            assert outcome(bad) == refused, bad
        token.write_text(one.token() + "\n")
        assert get(daemon, "--ca", certificates / "ca.pem", "--token-file", token)[0] == NOT_FOUND
        assert get(daemon, "--ca", certificates / "ca.pem")[0] == UNAUTHENTICATED
        keys.write_text("{")
        eventually(lambda: says(daemon, "keys of tokens not replaced"), "the refusal is logged")
        assert outcome(one.token()) == grpc.StatusCode.NOT_FOUND
        keys.write_text(two.key_set())
        eventually(lambda: outcome(two.token()) == grpc.StatusCode.NOT_FOUND, "the other keys hold")
        assert outcome(one.token()) == refused


def test_a_token_is_never_sent_without_tls(tmp_path):
    token = tmp_path / "token"
    token.write_text("secret-of-mine")
    with Userd(tmp_path / "users.sqlite") as daemon:
        code, message = get(daemon, "--token-file", token)
        assert code in {USAGE, UNAUTHENTICATED} and "secret-of-mine" not in message


def test_userctl_takes_a_service_config_and_says_what_is_wrong_with_one(tmp_path):
    path = tmp_path / "config.json"
    path.write_text('{"methodConfig": [{"name": [{"service": "userservice.UserService"}], "timeout": "5s"}]}')
    with Userd(tmp_path / "users.sqlite") as daemon:
        assert get(daemon, "--service-config", path)[0] == NOT_FOUND
        path.write_text('{"methodConfig": [{"name": [{}], "timeout": "-5s"}]}')
        code, message = get(daemon, "--service-config", path)
        assert code == USAGE and "methodConfig[0].timeout" in message and "config.json" in message
        for text in ["[" * 100_000, " " * (2 << 20), "\0", "{"]:
            path.write_text(text)
            code, message = get(daemon, "--service-config", path)
            assert code == USAGE and "config.json" in message and len(message.splitlines()) == 1
        for missing in (tmp_path / "none", tmp_path, "/dev/zero"):
            code, message = get(daemon, "--service-config", missing)
            assert code == USAGE and str(missing) in message
