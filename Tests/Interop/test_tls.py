"""TLS with others: grpcio on one side, this library (as rpcbench) on the other, and what OpenSSL sees."""

import json
import re
import signal
import socket
import ssl
import subprocess
from concurrent import futures
from contextlib import contextmanager
from pathlib import Path

import grpc
import pytest

from peers import PATIENCE, program, unique_email
from reference_server import ReferenceService
from user_protos import FREE, messages, stubs

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def certificates(tmp_path_factory):
    """The folder of the certificates that scripts/make-certificates makes."""
    folder = tmp_path_factory.mktemp("certificates")
    subprocess.run([ROOT / "scripts/make-certificates", "--all", folder], check=True)
    return folder


@contextmanager
def rpcbench(*flags):
    """The address of an rpcbench that serves with these flags."""
    process = subprocess.Popen(
        [program("rpcbench"), "serve", "--listen", "127.0.0.1:0", *map(str, flags)], stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, text=True)
    try:
        line = process.stdout.readline()
        assert line.startswith("listening on "), process.stderr.read()
        yield line.split()[-1]
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(PATIENCE)


def served(folder, server, *flags):
    """An rpcbench with the certificate of that name."""
    return rpcbench("--tls-cert", folder / f"{server}.pem", "--tls-key", folder / f"{server}.key", *flags)


def call(folder, address, client=None, roots="ca.pem", name=None):
    """Makes a call with grpcio, and returns its status and message."""
    def text(file):
        return (folder / file).read_bytes()

    credentials = grpc.ssl_channel_credentials(
        text(roots), client and text(f"{client}.key"), client and text(f"{client}.pem"))
    options = [("grpc.enable_http_proxy", 0), ("grpc.use_local_subchannel_pool", 1)]
    if name:
        options.append(("grpc.ssl_target_name_override", name))
    with grpc.secure_channel(address, credentials, options) as channel:
        try:
            stubs.UserServiceStub(channel).CreateUser(
                messages.CreateUserRequest(email=unique_email(), name="Ada", plan=FREE), timeout=PATIENCE)
        except grpc.RpcError as error:
            return error.code(), error.details()
    return grpc.StatusCode.OK, ""


# What a client is told: by its own verification, or by a server that closes the connection.
VERIFY = "CERTIFICATE_VERIFY_FAILED|certificate verify failed"
NAME = "Hostname Verification Check failed|is not in peer certificate"
CLOSED = "closed|reset|Broken pipe|alert|GOAWAY|recvmsg"


@pytest.mark.parametrize("server, client, flags, roots, name, refusal", [
    ("server", None, [], "ca.pem", None, None),
    ("server", "client", ["--tls-client-ca"], "ca.pem", None, None),
    ("rsa-server", "client", ["--tls-client-ca"], "ca.pem", None, None),
    ("chain-server", "client", ["--tls-client-ca", "--tls-crl"], "ca.pem", None, None),
    ("wildcard-server", None, [], "ca.pem", "one.example.test", None),
    ("server", None, [], "other-ca.pem", None, VERIFY),
    ("server", None, [], "ca.pem", "elsewhere.example.test", NAME),
    ("wrong-name-server", None, [], "ca.pem", None, NAME),
    ("server", None, ["--tls-client-ca"], "ca.pem", None, CLOSED),
    ("server", "other-client", ["--tls-client-ca"], "ca.pem", None, CLOSED),
    ("server", "expired-client", ["--tls-client-ca"], "ca.pem", None, CLOSED),
    ("server", "future-client", ["--tls-client-ca"], "ca.pem", None, CLOSED),
    ("server", "revoked-client", ["--tls-client-ca"], "ca.pem", None, None),
    ("server", "revoked-client", ["--tls-client-ca", "--tls-crl"], "ca.pem", None, CLOSED),
])
def test_grpcio_as_the_client(certificates, server, client, flags, roots, name, refusal):
    """A client of grpcio is served, or refused, as the certificates say."""
    values = {"--tls-client-ca": certificates / "ca.pem", "--tls-crl": certificates / "crl"}
    with served(certificates, server, *(part for flag in flags for part in (flag, values[flag]))) as address:
        code, details = call(certificates, address, client, roots, name)
    print(f"grpcio to {server} as {client}: {code.name} {details}")
    if refusal is None:
        assert code is grpc.StatusCode.OK, details
    else:
        assert code is grpc.StatusCode.UNAVAILABLE
        assert re.search(refusal, details), details


@pytest.mark.parametrize("server, client, requires, flags, refusal", [
    ("server", None, False, [], None),
    ("server", "client", True, [], None),
    ("rsa-server", "client", True, [], None),
    ("chain-server", "client", True, [], None),
    ("wildcard-server", None, False, ["--tls-server-name", "one.example.test"], None),
    ("other-server", None, False, [], VERIFY),
    ("expired-server", None, False, [], VERIFY),
    ("future-server", None, False, [], VERIFY),
    ("wrong-name-server", None, False, [], NAME),
    ("server", None, False, ["--tls-server-name", "elsewhere.example.test"], NAME),
    ("server", None, True, [], CLOSED),
    ("server", "other-client", True, [], CLOSED),
])
def test_grpcio_as_the_server(certificates, server, client, requires, flags, refusal):
    """A server of grpcio is called, or refused, as the certificates say."""
    def text(file):
        return (certificates / file).read_bytes()

    running = grpc.server(futures.ThreadPoolExecutor(max_workers=4))
    stubs.add_UserServiceServicer_to_server(ReferenceService(), running)
    port = running.add_secure_port("127.0.0.1:0", grpc.ssl_server_credentials(
        [(text(f"{server}.key"), text(f"{server}.pem"))], text("ca.pem") if requires else None, requires))
    running.start()
    command = [
        program("rpcbench"), "load", "--addr", f"127.0.0.1:{port}", "--scenario", "create", "--calls", "3", "--json", "--tls-ca",
        certificates / "ca.pem", *flags]
    if client:
        command += ["--tls-cert", certificates / f"{client}.pem", "--tls-key", certificates / f"{client}.key"]
    try:
        result = subprocess.run(map(str, command), capture_output=True, text=True, timeout=PATIENCE)
    finally:
        running.stop(0).wait(PATIENCE)
    first_error = json.loads(result.stdout)["first_error"]
    print(f"rpcbench to {server} as {client}: {first_error}")
    if refusal is None:
        assert result.returncode == 0, first_error
    else:
        assert "unavailable" in first_error.lower()
        assert re.search(refusal, first_error), first_error


def test_bad_files_end_the_start(certificates):
    """A server whose certificate cannot be used does not start, and says which file and why."""
    for certificate, key, reason in [
        ("expired-server.pem", "expired-server.key", "it expired at 2021-01-01T00:00:00Z"),
        ("server.pem", "client.key", "does not match the certificate"),
        ("server.der", "server.key", "it is not PEM but DER"),
        ("missing.pem", "server.key", "it does not exist"),
    ]:
        result = subprocess.run(
            [program("rpcbench"), "serve", "--listen", "127.0.0.1:0", "--tls-cert", certificates / certificate, "--tls-key",
             certificates / key], capture_output=True, text=True, timeout=PATIENCE)
        assert result.returncode != 0
        assert reason in result.stderr and str(certificates) in result.stderr, result.stderr
        assert "Traceback" not in result.stderr and "Fatal" not in result.stderr


def s_client(address, *flags):
    """What openssl s_client prints of a handshake."""
    return subprocess.run(
        ["openssl", "s_client", "-connect", address, *map(str, flags)], input="", capture_output=True, text=True,
        errors="replace", timeout=PATIENCE)


def test_what_openssl_sees(certificates):
    """HTTP/2 alone is agreed on, over TLS 1.2 and 1.3 with ciphers that are fit for it, and nothing older."""
    with served(certificates, "server") as address:
        trusting = ["-CAfile", certificates / "ca.pem", "-verify_return_error", "-alpn", "h2,http/1.1"]
        for version, cipher in [("-tls1_3", "TLS_AES_128_GCM_SHA256|TLS_AES_256_GCM_SHA384|TLS_CHACHA20"),
                                ("-tls1_2", "ECDHE-ECDSA-AES(128|256)-GCM")]:
            seen = s_client(address, version, *trusting)
            assert "ALPN protocol: h2\n" in seen.stdout, seen.stdout + seen.stderr
            assert "Verify return code: 0 (ok)" in seen.stdout
            assert re.search(f"Cipher is ({cipher})", seen.stdout), seen.stdout
        # Wanted by the client, which could do them, and refused by the server.
        for version in ("-tls1_1", "-tls1"):
            seen = s_client(address, version, "-cipher", "ALL:@SECLEVEL=0", *trusting)
            assert seen.returncode != 0 and "Cipher is (NONE)" in seen.stdout, seen.stdout
            assert "no protocols available" not in seen.stderr, seen.stderr
        for weak in ("AES128-SHA", "ECDHE-ECDSA-AES128-SHA", "AES128-GCM-SHA256", "NULL"):
            seen = s_client(address, "-tls1_2", "-cipher", f"{weak}:@SECLEVEL=0", *trusting)
            assert "Cipher is (NONE)" in seen.stdout, f"{weak}: {seen.stdout}"
        # One that does not speak HTTP/2 gets no connection.
        context = ssl.create_default_context(cafile=certificates / "ca.pem")
        context.set_alpn_protocols(["http/1.1"])
        host, port = address.split(":")
        with socket.create_connection((host, int(port)), timeout=PATIENCE) as plain:
            try:
                with context.wrap_socket(plain, server_hostname=host) as connection:
                    assert connection.recv(1) == b""
            except (ssl.SSLError, ConnectionResetError):
                pass  # An alert, or no more than the end of the connection.


def test_handshakes_that_are_broken_off(certificates):
    """Clients that end a handshake in the middle, or speak something else, cost nobody else anything."""
    with served(certificates, "server", "--tls-client-ca", certificates / "ca.pem") as address:
        host, port = address.split(":")
        hello = bytes.fromhex("160301020001000001fc0303")
        for rest in [b"", hello, hello + bytes(100), b"GET / HTTP/1.1\r\n\r\n", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", bytes(3000), b"\x16\x03\x01\xff\xff"]:
            for _ in range(20):
                with socket.create_connection((host, int(port)), timeout=PATIENCE) as connection:
                    connection.sendall(rest)
        assert call(certificates, address, "client")[0] is grpc.StatusCode.OK
