"""Buyers who are known: a shop's key, the flags of serve for it, and what proves each. For test/load, test/contract and test/bench."""

import base64
import hashlib
import hmac
import json
import pathlib
import secrets
import subprocess
import time
import uuid

ISSUER, AUDIENCE = "https://shop.example", "seckill"
ADMIN = "token-of-a-test"  # a sale that knows its buyers knows its operators


def flags(keys):
    """Those of serve, for the keys of a shop."""
    return ["--buyer-auth", "jwt", "--buyer-keys", f"file:{keys}", "--buyer-issuer", ISSUER, "--buyer-audience", AUDIENCE]


def part(value):
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


class Shop:
    """A shop with a key in folder."""

    def __init__(self, folder):
        self.key = secrets.token_bytes(32)
        keys = pathlib.Path(folder) / "buyers.json"
        keys.write_text(json.dumps({"kty": "oct", "alg": "HS256", "kid": "1", "k": part(self.key)}))
        self.flags = flags(keys)

    def token(self, user, life=3600):
        claims = {"iss": ISSUER, "aud": AUDIENCE, "sub": user, "exp": int(time.time()) + life}
        signed = part(b'{"alg":"HS256","kid":"1"}') + "." + part(json.dumps(claims).encode())
        return signed + "." + part(hmac.new(self.key, signed.encode(), hashlib.sha256).digest())

    def tokens(self, count):
        """Lines of user,token."""
        users = (str(uuid.uuid4()) for _ in range(count))
        return "".join(f"{user},{self.token(user)}\n" for user in users)


def passes(binary, place, count):
    """Lines of user,pass for the sale in place, which are flags of `seckill pass`."""
    return subprocess.run([str(binary), "pass", *place, "--count", str(count)], check=True, stdout=subprocess.PIPE, text=True).stdout
