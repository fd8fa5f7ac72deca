"""Talking to an OpenID Connect provider (OpenID Connect Core 1.0, authorization code flow with PKCE).

The provider is the operator's choice, so its host may be a private one; every other host its metadata names is held to the
usual egress rules. An id token counts only when its signature, issuer, audience, times and nonce all hold; symmetric
algorithms and `none` are never accepted.
"""

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, TypeVar
from urllib.parse import quote, urlencode, urlsplit

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from joserfc.jwt import Claims, JWTClaimsRegistry
from pydantic import BaseModel, ValidationError

from opsloom.identity.addresses import normal_email
from opsloom.identity.errors import OidcRefused, OidcUnavailable
from opsloom.infra.addresses import EgressPolicy
from opsloom.infra.http import Answer, CallLimits, Http
from opsloom.kit.clock import Clock
from opsloom.kit.errors import OpsloomError
from opsloom.settings import Environment, Settings, is_loopback

_ALGORITHMS: Final = ["RS256", "PS256", "ES256", "ES384", "EdDSA", "Ed25519"]
_LEEWAY_S: Final = 60
_METADATA_S: Final = 3600.0
_KEYS_AGAIN_S: Final = 30.0
_M = TypeVar("_M", bound=BaseModel)
_LIMITS: Final = CallLimits(connect_s=5, read_s=10, total_s=15, max_bytes=1024 * 1024)


class Metadata(BaseModel):
    """The part of the provider's discovery document that is used."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    token_endpoint_auth_methods_supported: list[str] = ["client_secret_basic"]


class _Tokens(BaseModel):
    id_token: str


@dataclass(frozen=True, slots=True)
class Identity:
    """What the provider vouches for. `email` is normalised; `email_verified` is None when the provider does not say."""

    issuer: str
    subject: str
    email: str
    email_verified: bool | None
    name: str


def code_challenge(verifier: str) -> str:
    """PKCE with S256 (RFC 7636, section 4.2)."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")


class OidcProvider:
    """One configured provider with its cached metadata and keys."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        assert settings.oidc_issuer is not None, "made only when single sign-on is set up"
        assert settings.oidc_client_id is not None, "Settings asks for the three together"
        assert settings.oidc_client_secret is not None, "Settings asks for the three together"
        self.issuer = settings.oidc_issuer.rstrip("/")
        self._client_id = settings.oidc_client_id
        self._client_secret = settings.oidc_client_secret
        self._strict = settings.env is Environment.PRODUCTION
        self._clock = clock
        host = (urlsplit(self.issuer).hostname or "").lower()
        policy = EgressPolicy.read(settings.egress_allow)
        self._http = Http(EgressPolicy(policy.networks, policy.names | {host}, policy.suffixes), connections=4)
        self._metadata: tuple[float, Metadata] | None = None
        self._keys: tuple[float, KeySet] | None = None

    async def close(self) -> None:
        await self._http.close()

    async def authorize_url(self, *, redirect_uri: str, state: str, nonce: str, verifier: str) -> str:
        """Where to send the browser. Raises OidcUnavailable."""
        endpoint = (await self.metadata()).authorization_endpoint
        query = {
            "response_type": "code",
            "client_id": self._client_id,
            "redirect_uri": redirect_uri,
            "scope": "openid email profile",
            "state": state,
            "nonce": nonce,
            "code_challenge": code_challenge(verifier),
            "code_challenge_method": "S256",
        }
        return f"{endpoint}{'&' if '?' in endpoint else '?'}{urlencode(query)}"

    async def redeem(self, *, code: str, redirect_uri: str, verifier: str, nonce: str) -> Identity:
        """Trade a code for a proven identity. Raises OidcRefused, OidcUnavailable."""
        metadata = await self.metadata()
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect_uri,
            "code_verifier": verifier,
        }
        headers = {"content-type": "application/x-www-form-urlencoded", "accept": "application/json"}
        secret = self._client_secret.get_secret_value()
        if "client_secret_basic" in metadata.token_endpoint_auth_methods_supported:
            pair = f"{quote(self._client_id, safe='')}:{quote(secret, safe='')}"  # RFC 6749, section 2.3.1
            headers["authorization"] = "Basic " + base64.b64encode(pair.encode()).decode()
        else:
            form |= {"client_id": self._client_id, "client_secret": secret}
        answer = await self._call("POST", metadata.token_endpoint, headers, urlencode(form).encode())
        if 400 <= answer.status < 500:
            raise OidcRefused("The sign-in provider did not accept the code.", hint="Start the sign-in again.")
        token = _read(answer, _Tokens).id_token
        return await self._verify(token, metadata, nonce)

    async def metadata(self) -> Metadata:
        """The discovery document, at most an hour old. Raises OidcUnavailable."""
        if self._metadata is not None and self._clock.monotonic() - self._metadata[0] < _METADATA_S:
            return self._metadata[1]
        found = _read(await self._call("GET", f"{self.issuer}/.well-known/openid-configuration"), Metadata)
        if found.issuer.rstrip("/") != self.issuer:
            raise OidcUnavailable("The provider's metadata names another issuer.", hint="Check OPSLOOM_OIDC_ISSUER.")
        self._metadata = (self._clock.monotonic(), found)
        return found

    async def _verify(self, token: str, metadata: Metadata, nonce: str) -> Identity:
        try:
            decoded = await self._decode(token, metadata)
            rules = JWTClaimsRegistry(
                now=int(self._clock.now().timestamp()),
                leeway=_LEEWAY_S,
                iss={"essential": True, "value": metadata.issuer},
                aud={"essential": True, "value": self._client_id},
                exp={"essential": True},
                iat={"essential": True},
                sub={"essential": True},
                nonce={"essential": True, "value": nonce},
            )
            rules.validate(decoded)
        except (JoseError, ValueError, TypeError) as error:
            raise OidcRefused(f"The id token was not accepted: {type(error).__name__}.") from error
        audience = decoded["aud"]
        if isinstance(audience, list) and len(audience) > 1 and decoded.get("azp") != self._client_id:
            raise OidcRefused("The id token was issued to another client.")
        return _identity(metadata.issuer, decoded)

    async def _decode(self, token: str, metadata: Metadata) -> Claims:
        """The claims of a correctly signed token. Keys are fetched again, but not often, when they do not fit."""
        keys, fetched = await self._key_set(metadata)
        try:
            return jwt.decode(token, keys, algorithms=_ALGORITHMS).claims
        except (JoseError, ValueError):
            if fetched or not self._may_fetch_again():
                raise
        self._keys = None
        keys, _ = await self._key_set(metadata)
        return jwt.decode(token, keys, algorithms=_ALGORITHMS).claims

    def _may_fetch_again(self) -> bool:
        return self._keys is None or self._clock.monotonic() - self._keys[0] > _KEYS_AGAIN_S

    async def _key_set(self, metadata: Metadata) -> tuple[KeySet, bool]:
        if self._keys is not None:
            return self._keys[1], False
        answer = await self._call("GET", metadata.jwks_uri)
        try:
            keys = KeySet.import_key_set(answer.json())  # type: ignore[arg-type]  # checked by the import itself
        except (JoseError, ValueError, TypeError, KeyError, AttributeError) as error:
            raise OidcUnavailable("The provider's keys could not be read.") from error
        self._keys = (self._clock.monotonic(), keys)
        return keys, True

    async def _call(
        self, method: str, url: str, headers: Mapping[str, str] | None = None, content: bytes | None = None
    ) -> Answer:
        parts = urlsplit(url)
        if self._strict and parts.scheme != "https" and not is_loopback(parts.hostname or ""):
            raise OidcUnavailable("In production the sign-in provider must be reached over https.")
        try:
            answer = await self._http.request(method, url, headers=headers, content=content, limits=_LIMITS)
        except OpsloomError as error:
            raise OidcUnavailable(f"The sign-in provider cannot be reached: {error.message}") from error
        if answer.status >= 500 or (method == "GET" and not answer.is_success):
            raise OidcUnavailable(f"The sign-in provider answered {answer.status}.")
        return answer


def _read(answer: Answer, kind: type[_M]) -> _M:
    try:
        return kind.model_validate_json(answer.body)
    except ValidationError as error:
        raise OidcUnavailable("The sign-in provider's answer could not be read.") from error


def _identity(issuer: str, claims: Mapping[str, object]) -> Identity:
    subject, name, verified = claims.get("sub"), claims.get("name"), claims.get("email_verified")
    try:
        email = normal_email(str(claims.get("email", "")))
    except ValueError as error:
        raise OidcRefused("The sign-in provider did not tell an e-mail address.") from error
    if not isinstance(subject, str) or not subject:
        raise OidcRefused("The id token names nobody.")
    return Identity(
        issuer=issuer,
        subject=subject,
        email=email,
        email_verified=verified if isinstance(verified, bool) else None,
        name=name if isinstance(name, str) and name.strip() else email.partition("@")[0],
    )
