"""How a connection proves itself over HTTP, and how its secrets are struck out of what comes back."""

import asyncio
import base64
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from urllib.parse import quote_plus, urlencode

from opsloom.connections.content import ApiKeyAuth, Auth, BasicAuth, BearerAuth, NoAuth, Oauth2Auth
from opsloom.connections.errors import CredentialsRefused, TargetFailed
from opsloom.infra.http import CallLimits, Http
from opsloom.infra.secrets import SecretText

_STRUCK_OUT = "********"
_SHORTEST_STRUCK = 6
_EARLY_S = 30.0
_SHORTEST_LIFE_S = 5.0
_TOKEN_BYTES = 64 * 1024
_LONGEST_TOKEN = 16_000


@dataclass(frozen=True)
class Proof:
    """What goes into a request."""

    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    query: Mapping[str, str] = field(default_factory=dict, repr=False)


class Credentials:
    """The credential of one version of a connection."""

    def __init__(self, auth: Auth, secrets: Mapping[str, SecretText], http: Http) -> None:
        self._auth = auth
        self._secrets = secrets
        self._http = http
        self._token: tuple[str, float] | None = None
        self._asking = asyncio.Lock()

    async def proof(self, limits: CallLimits) -> Proof:
        """Raises CredentialsRefused and what an HTTP call raises, for the token of OAuth 2."""
        auth = self._auth
        if isinstance(auth, NoAuth):
            return Proof()
        if isinstance(auth, BasicAuth):
            return Proof({"authorization": _basic(auth.user, self._secrets[auth.password.secret].reveal())})
        if isinstance(auth, BearerAuth):
            return Proof({"authorization": f"Bearer {self._secrets[auth.token.secret].reveal()}"})
        if isinstance(auth, ApiKeyAuth):
            given = {
                auth.name.lower() if auth.place == "header" else auth.name: self._secrets[auth.key.secret].reveal()
            }
            return Proof(headers=given) if auth.place == "header" else Proof(query=given)
        return Proof({"authorization": f"Bearer {await self._current_token(auth, limits)}"})

    def refused(self) -> bool:
        """The other side did not take the proof: forget what can be asked for anew. Tells whether a repeat can help."""
        had, self._token = self._token, None
        return had is not None

    async def _current_token(self, auth: Oauth2Auth, limits: CallLimits) -> str:
        async with self._asking:
            if self._token is None or time.monotonic() >= self._token[1]:
                self._token = await self._ask(auth, limits)
            return self._token[0]

    async def _ask(self, auth: Oauth2Auth, limits: CallLimits) -> tuple[str, float]:
        secret = self._secrets[auth.client_secret.secret].reveal()
        form = {"grant_type": "client_credentials", "scope": auth.scope, "audience": auth.audience}
        headers = {"content-type": "application/x-www-form-urlencoded", "accept": "application/json"}
        if auth.send_in == "body":
            form |= {"client_id": auth.client_id, "client_secret": secret}
        else:
            headers["authorization"] = _basic(quote_plus(auth.client_id), quote_plus(secret))
        body = urlencode({name: value for name, value in form.items() if value}).encode()
        few = CallLimits(limits.connect_s, limits.read_s, limits.total_s, max_bytes=_TOKEN_BYTES)
        answer = await self._http.request("POST", auth.token_url, headers=headers, content=body, limits=few)
        if answer.status in {400, 401, 403}:
            raise CredentialsRefused(f"The token URL refuses this client (status {answer.status}).")
        if not answer.is_success:
            raise TargetFailed(f"The token URL answered {answer.status}.")
        return _read_token(answer.json())

    def strike(self, text: bytes) -> bytes:
        """`text` without any secret of this connection in it."""
        for secret in self._spoken():
            if secret in text:
                text = text.replace(secret, _STRUCK_OUT.encode())
        return text

    def _spoken(self) -> Iterable[bytes]:
        plain = [each.reveal() for each in self._secrets.values()]
        if self._token is not None:
            plain.append(self._token[0])
        if isinstance(self._auth, BasicAuth):
            plain.append(
                _basic(self._auth.user, self._secrets[self._auth.password.secret].reveal()).removeprefix("Basic ")
            )
        written = {form for each in plain for form in (each, quote_plus(each), each.replace('"', '\\"'))}
        return sorted((each.encode() for each in written if len(each) >= _SHORTEST_STRUCK), key=len, reverse=True)


def _basic(user: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


def _read_token(answer: object) -> tuple[str, float]:
    """The token, and the moment from which it is asked for anew."""
    token = answer.get("access_token") if isinstance(answer, dict) else None
    kind = answer.get("token_type", "bearer") if isinstance(answer, dict) else None
    usable = isinstance(token, str) and 0 < len(token) <= _LONGEST_TOKEN and token.isascii() and token.isprintable()
    if not usable or not isinstance(kind, str) or kind.lower() != "bearer":
        raise TargetFailed("The token URL's answer holds no bearer token.")
    assert isinstance(answer, dict)
    life = answer.get("expires_in", 300)
    life_s = float(life) if isinstance(life, int | float | str) and str(life).isdigit() else 300.0
    return str(token), time.monotonic() + max(_SHORTEST_LIFE_S, life_s - _EARLY_S)
