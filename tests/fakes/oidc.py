"""A small real OpenID Connect provider on a loopback port: discovery, authorization, token and key endpoints.

It checks what a provider has to check (client, redirect address, PKCE, one use per code), so that a client that leaves
something out fails here too. A test may twist what it says about a person, or how it signs.
"""

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qs, unquote, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, OctKey

CLIENT_ID = "opsloom-tests"
CLIENT_SECRET = "a secret: with/odd characters"

Claims = dict[str, Any]


@dataclass
class _Grant:
    challenge: str
    redirect_uri: str
    nonce: str


@dataclass
class OidcServer:
    """`person` is who signs in; `twist` may change the claims; `key` signs, `published` is what the key endpoint shows;
    a `careless` provider takes a code any number of times."""

    person: Claims = field(default_factory=dict)
    now: Callable[[], float] = time.time
    twist: Callable[[Claims], Claims] = lambda claims: claims
    header: Claims = field(default_factory=lambda: {"alg": "ES256"})
    metadata_twist: Callable[[Claims], Claims] = lambda metadata: metadata
    careless: bool = False
    calls: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.key: ECKey | OctKey = ECKey.generate_key("P-256", {"kid": "first", "use": "sig"})
        self.published: list[ECKey | OctKey] = [self.key]
        self._grants: dict[str, _Grant] = {}
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)

    @property
    def issuer(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_exc: object) -> None:
        self.stop()

    def stop(self) -> None:
        """Nobody answers at the address any more; may be called twice."""
        if self._thread.is_alive():
            self._server.shutdown()
            self._thread.join()
            self._server.server_close()

    def metadata(self) -> Claims:
        return self.metadata_twist(
            {
                "issuer": self.issuer,
                "authorization_endpoint": f"{self.issuer}/authorize",
                "token_endpoint": f"{self.issuer}/token",
                "jwks_uri": f"{self.issuer}/keys",
                "token_endpoint_auth_methods_supported": ["client_secret_basic"],
            }
        )

    def authorize(self, query: dict[str, str]) -> str:
        """Where the browser goes on; the person has consented."""
        assert query["response_type"] == "code"
        assert query["client_id"] == CLIENT_ID
        assert "openid" in query["scope"].split()
        assert query["code_challenge_method"] == "S256"
        code = secrets.token_urlsafe(16)
        self._grants[code] = _Grant(query["code_challenge"], query["redirect_uri"], query["nonce"])
        return f"{query['redirect_uri']}?{urlencode({'code': code, 'state': query['state']})}"

    def token(self, authorization: str, form: dict[str, str]) -> tuple[int, Claims]:
        pair = base64.b64decode(authorization.removeprefix("Basic ")).decode()
        user, _, password = pair.partition(":")
        if (unquote(user), unquote(password)) != (CLIENT_ID, CLIENT_SECRET):
            return 401, {"error": "invalid_client"}
        grant = self._grants.get(form.get("code", ""))
        if not self.careless:
            self._grants.pop(form.get("code", ""), None)
        verifier = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        if (
            grant is None
            or form.get("redirect_uri") != grant.redirect_uri
            or base64.urlsafe_b64encode(verifier).decode().rstrip("=") != grant.challenge
        ):
            return 400, {"error": "invalid_grant"}
        return 200, {"access_token": "unused", "token_type": "Bearer", "id_token": self.id_token(grant.nonce)}

    def id_token(self, nonce: str) -> str:
        now = int(self.now())
        claims = {"iss": self.issuer, "aud": CLIENT_ID, "iat": now, "exp": now + 300, "nonce": nonce, **self.person}
        header = {"kid": self.key.kid, **self.header} if self.key.kid else dict(self.header)
        return jwt.encode(header, self.twist(claims), self.key, algorithms=[self.header["alg"]])

    def keys(self) -> Claims:
        return dict(KeySet(list(self.published)).as_dict(private=False))


def _handler(server: OidcServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            url = urlsplit(self.path)
            server.calls.append(url.path)
            if url.path == "/.well-known/openid-configuration":
                self._json(200, server.metadata())
            elif url.path == "/keys":
                self._json(200, server.keys())
            elif url.path == "/authorize":
                query = {name: values[0] for name, values in parse_qs(url.query).items()}
                self.send_response(302)
                self.send_header("Location", server.authorize(query))
                self.send_header("Content-Length", "0")
                self.end_headers()
            else:
                self._json(404, {})

        def do_POST(self) -> None:
            server.calls.append(self.path)
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            form = {name: values[0] for name, values in parse_qs(body).items()}
            self._json(*server.token(self.headers.get("Authorization", ""), form))

        def _json(self, status: int, value: Claims) -> None:
            data = json.dumps(value).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_args: object) -> None:
            """Quiet."""

    return Handler
