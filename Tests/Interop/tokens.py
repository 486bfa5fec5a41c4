"""JSON Web Tokens and the keys that verify them, made with openssl."""

import base64
import json
import subprocess
import time
from pathlib import Path


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class Issuer:
    """Signs tokens with an RSA key of its own."""

    def __init__(self, folder: Path, name: str):
        self.name, self.key = name, folder / f"{name}.key"
        subprocess.run(
            ["openssl", "genpkey", "-quiet", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048", "-out", self.key],
            check=True, capture_output=True)
        printed = subprocess.run(
            ["openssl", "rsa", "-in", self.key, "-noout", "-modulus"], check=True, capture_output=True, text=True)
        modulus = bytes.fromhex(printed.stdout.strip().removeprefix("Modulus="))
        self.jwk = {"kty": "RSA", "use": "sig", "alg": "RS256", "kid": name, "n": _text(modulus), "e": "AQAB"}

    def key_set(self) -> str:
        return json.dumps({"keys": [self.jwk]})

    def token(self, algorithm: str = "RS256", **claims) -> str:
        """A token of RS256, or without a signature."""
        now = int(time.time())
        claims = {"iss": "https://issuer", "aud": "users", "sub": "ada", "exp": now + 600, **claims}
        claims = {name: value for name, value in claims.items() if value is not None}
        header = {"alg": algorithm, "typ": "JWT", "kid": self.name}
        signed = ".".join(_text(json.dumps(part).encode()) for part in (header, claims))
        if algorithm == "none":
            return f"{signed}."
        signature = subprocess.run(
            ["openssl", "dgst", "-sha256", "-sign", self.key], input=signed.encode(), check=True, capture_output=True)
        return f"{signed}.{_text(signature.stdout)}"
