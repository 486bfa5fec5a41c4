"""What has gone wrong elsewhere with certificates and the names in them, tried on userd and userctl."""

import json
import os
import shutil
import signal
import socket
import ssl
import subprocess
from pathlib import Path

import grpc
import pytest

from peers import CHANNEL_OPTIONS, PATIENCE, Userctl, Userd, eventually
from user_protos import messages, stubs

ROOT = Path(__file__).resolve().parents[2]
UNAVAILABLE, NOT_FOUND = 14, 5
SERVED, REFUSED, NO_CONNECTION = grpc.StatusCode.NOT_FOUND, grpc.StatusCode.PERMISSION_DENIED, grpc.StatusCode.UNAVAILABLE
LOCAL = "subjectAltName=DNS:localhost,IP:127.0.0.1"


@pytest.fixture(scope="module")
def certificates(tmp_path_factory):
    folder = tmp_path_factory.mktemp("certificates")
    subprocess.run([ROOT / "scripts/make-certificates", "--all", folder], check=True)
    return folder


def issue(folder: Path, name: str, subject: str, extensions: str, authority: str = "ca", config: str = "") -> Path:
    """Makes `name`.pem and .key, signed by another certificate there, with the authority's certificate after it."""
    def openssl(*arguments):
        subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True)

    (folder / f"{name}.ext").write_text(f"{extensions}\n{config}")
    openssl("req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", f"{name}.key", "-subj", subject,
            "-out", f"{name}.csr")
    openssl("x509", "-req", "-in", f"{name}.csr", "-CA", f"{authority}.pem", "-CAkey", f"{authority}.key", "-CAcreateserial", "-days", "30",
            "-extfile", f"{name}.ext", "-out", f"{name}.pem")
    if authority != "ca":
        with (folder / f"{name}.pem").open("a") as chain:
            chain.write((folder / f"{authority}.pem").read_text())
    return folder / f"{name}.pem"


def secured(store: Path, folder: Path, *flags, server: str = "server") -> Userd:
    return Userd(
        store / "users.sqlite", "--tls-cert", str(folder / f"{server}.pem"), "--tls-key", str(folder / f"{server}.key"),
        *map(str, flags), listen="tls://127.0.0.1:0")


def call(daemon: Userd, folder: Path, identity: str) -> grpc.StatusCode:
    """How grpcio's call with a certificate ends."""
    def read(name):
        return (folder / name).read_bytes()

    credentials = grpc.ssl_channel_credentials(read("ca.pem"), read(f"{identity}.key"), read(f"{identity}.pem"))
    with grpc.secure_channel(daemon.address.removeprefix("tls://"), credentials, CHANNEL_OPTIONS) as channel:
        with pytest.raises(grpc.RpcError) as failure:
            stubs.UserServiceStub(channel).GetUser(messages.GetUserRequest(id="42"), timeout=PATIENCE)
    return failure.value.code()


@pytest.fixture(scope="module")
def guarded(certificates, tmp_path_factory):
    """A userd that verifies clients, and a function that has it let in those of one name alone."""
    folder = tmp_path_factory.mktemp("guarded")
    path = folder / "policy.json"

    def allow(principal: str):
        count = sum("policy replaced" in line for line in daemon.log)
        name = f"{principal} {count}"
        rule = {"name": "one", "source": {"principals": [principal]}, "request": {"paths": ["*"], "headers": []}}
        path.write_text(json.dumps({"name": name, "allow_rules": [rule]}))
        eventually(lambda: sum("policy replaced" in line for line in daemon.log) > count, "the policy is taken over")

    path.write_text('{"name": "nobody", "allow_rules": []}')
    with secured(folder, certificates, "--tls-client-ca", certificates / "ca.pem", "--policy", path) as daemon:
        yield daemon, allow


# Of which the name is to be taken for another's: by separators in it (CVE-2021-44532), or by being of another kind (CVE-2021-44531).
@pytest.mark.parametrize("subject, names, principal, outcome", [
    ("/O=Example/CN=admin", "", "CN=admin,O=Example", SERVED),
    ("/CN=admin,O=Example", "", "CN=admin,O=Example", REFUSED),
    (r"/CN=x\/CN=admin", "", "cn:admin", REFUSED),
    ("/CN=admin\\+O=x", "", "cn:admin", REFUSED),
    ("/CN=x", "DNS:x,URI:spiffe://example.test/admin", "spiffe://example.test/admin", SERVED),
    ("/CN=x", "DNS:spiffe://example.test/admin", "spiffe://example.test/admin", REFUSED),
    ("/CN=x", "email:admin@example.test", "admin@example.test", REFUSED),
    (r"/CN=spiffe:\/\/example.test\/admin", "", "spiffe://example.test/admin", REFUSED),
    ("/CN=x", "URI:https://x/\\, URI:spiffe://example.test/admin", "spiffe://example.test/admin", REFUSED),
    ("/CN=x", "URI:spiffe://example.test/guest/../admin", "spiffe://example.test/admin", REFUSED),
    ("/CN=x", "URI:SPIFFE://EXAMPLE.TEST/admin", "spiffe://example.test/admin", REFUSED),
    ("/CN=x", "URI:cn:admin", "cn:admin", REFUSED),
    ("/CN=x", "URI:jwt:https://issuer#ada", "jwt:https://issuer#ada", REFUSED),
    ("/CN=x", "otherName:1.3.6.1.4.1.311.20.2.3;UTF8:spiffe://example.test/admin", "spiffe://example.test/admin", REFUSED),
    ("/CN=x", "IP:10.0.0.1", "10.0.0.1", REFUSED),
])
def test_no_name_in_a_certificate_passes_for_another(guarded, certificates, subject, names, principal, outcome):
    daemon, allow = guarded
    config = ""
    if "\\," in names:
        # A single URI, commas and all.
        names, config = "@names", "[names]\nURI.1=" + names.removeprefix("URI:").replace("\\,", ",")
    issue(certificates, "named", subject, f"subjectAltName={names}" if names else "", config=config)
    allow(principal)
    assert call(daemon, certificates, "named") == outcome


# Of the chain: that a certificate which is no authority's signs others (CVE-2002-0862, CVE-2020-0601 and many more).
@pytest.mark.parametrize("authority, extensions, outcome", [
    ("basicConstraints=critical,CA:true,pathlen:0", LOCAL, SERVED),
    ("basicConstraints=CA:false", LOCAL, NO_CONNECTION),
    ("keyUsage=digitalSignature", LOCAL, NO_CONNECTION),
    ("basicConstraints=critical,CA:true\nkeyUsage=critical,digitalSignature", LOCAL, NO_CONNECTION),
    ("basicConstraints=critical,CA:true\nnameConstraints=critical,permitted;DNS:example.test", "subjectAltName=DNS:evil.test", NO_CONNECTION),
    ("basicConstraints=critical,CA:true", "extendedKeyUsage=serverAuth", NO_CONNECTION),
    ("basicConstraints=critical,CA:true", "extendedKeyUsage=clientAuth", SERVED),
    ("basicConstraints=critical,CA:true", "1.2.3.4.5=critical,ASN1:NULL", NO_CONNECTION),
])
def test_a_chain_that_is_none_is_refused(guarded, certificates, authority, extensions, outcome):
    daemon, allow = guarded
    issue(certificates, "between", "/CN=between", authority)
    issue(certificates, "leaf", "/CN=leaf", extensions, authority="between")
    allow("*")
    assert call(daemon, certificates, "leaf") == outcome


def test_an_authority_of_the_same_name_is_another(guarded, certificates):
    daemon, allow = guarded
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", "twin.key", "-out", "twin.pem",
         "-subj", "/O=ThinGRPC/CN=ca", "-days", "30"], cwd=certificates, check=True, capture_output=True)
    issue(certificates, "of-twin", "/CN=client", "", authority="twin")
    allow("*")
    assert call(daemon, certificates, "of-twin") == NO_CONNECTION
    assert call(daemon, certificates, "twin") == NO_CONNECTION


# Of wildcards and of what counts as a name (swift-nio-ssl #580, CVE-2021-44533).
@pytest.mark.parametrize("names, wanted, is_good", [
    ("DNS:*.example.test", "a.example.test", True),
    ("DNS:*.example.test", "A.EXAMPLE.TEST", True),
    ("DNS:*.example.test", "a.b.example.test", False),
    ("DNS:*.example.test", "example.test", False),
    ("DNS:*", "localhost", False),
    ("DNS:*.test", "example.test", False),
    ("DNS:f*.example.test", "foo.example.test", False),
    ("DNS:*-5wao1o.example.test", "xn--rksmrgs-5wao1o.example.test", False),
    ("DNS:a.*.test", "a.example.test", False),
    ("DNS:*.*.test", "a.example.test", False),
    ("DNS:*.0.0.1", "127.0.0.1", False),
    ("URI:https://localhost", "localhost", False),
    ("email:x@localhost", "localhost", False),
    ("DNS:evil.test", "localhost", False),
    ("IP:127.0.0.1", "127.0.0.1", True),
    ("IP:127.0.0.2", "127.0.0.1", False),
])
def test_a_server_is_who_its_certificate_says(certificates, tmp_path, names, wanted, is_good):
    issue(certificates, "odd", "/CN=nobody", f"subjectAltName={names}")
    with secured(tmp_path, certificates, server="odd") as daemon:
        result = Userctl(daemon.address).run("get", "42", "--ca", str(certificates / "ca.pem"), "--server-name", wanted)
        assert result.returncode == (NOT_FOUND if is_good else UNAVAILABLE), result.stderr


def handshake(daemon: Userd, folder: Path, session: ssl.SSLSession | None, version: ssl.TLSVersion):
    """A connection with the client's certificate: its session and whether that is an old one; nil where it is refused."""
    context = ssl.create_default_context(cafile=folder / "ca.pem")
    context.load_cert_chain(folder / "client.pem", folder / "client.key")
    context.minimum_version = context.maximum_version = version
    context.set_alpn_protocols(["h2"])
    context.check_hostname = False
    if session is not None:
        context = session[1]
    host, port = daemon.address.removeprefix("tls://").split(":")
    try:
        with socket.create_connection((host, int(port)), timeout=PATIENCE) as plain:
            with context.wrap_socket(plain, session=session and session[0], server_hostname="localhost") as peer:
                # The server's SETTINGS: it has verified the client by now.
                if not peer.recv(9):
                    return None
                return (peer.session, context), peer.session_reused
    except OSError:
        return None


# A session that is taken up again must not spare a client the verification by roots of now (CVE-2022-21654, CVE-2025-23419).
@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_an_old_session_is_no_way_around_new_roots(certificates, tmp_path, version):
    roots = tmp_path / "roots.pem"
    shutil.copy(certificates / "ca.pem", roots)
    with secured(tmp_path, certificates, "--tls-client-ca", roots, "--require-client-cert") as daemon:
        session, _ = handshake(daemon, certificates, None, version)
        assert handshake(daemon, certificates, session, version) is not None
        os.replace(shutil.copy(certificates / "other-ca.pem", tmp_path / "new.pem"), roots)
        daemon.process.send_signal(signal.SIGHUP)
        eventually(lambda: any("certificates replaced" in line for line in daemon.log), "the roots are replaced")
        assert handshake(daemon, certificates, session, version) is None
        assert handshake(daemon, certificates, None, version) is None
