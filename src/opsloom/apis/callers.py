"""Who calls a published API: proven callers are remembered for a few seconds, so that a key costs no transaction a call.

Invariant: a remembered caller is used only while this process hears of changes to keys and memberships (a trigger on them
notifies, see the migration), and never longer than `KEPT_S`. Sessions are not remembered: browsers call seldom.
"""

from collections import OrderedDict
from uuid import UUID

from fastapi import Request
from fastapi.security import HTTPAuthorizationCredentials

from opsloom.apis.errors import CallerUnfit, no_such_path
from opsloom.apis.published import Served
from opsloom.apis.schemas import Audience
from opsloom.identity import access
from opsloom.identity.access import AT_MOST_HEADER, Caller, digest
from opsloom.identity.errors import PermissionMissing
from opsloom.identity.permissions import Permission
from opsloom.identity.scope import ActorKind, Scope
from opsloom.infra.recording import belongs_to
from opsloom.infra.telemetry import current_trace_id
from opsloom.infra.wakeups import ASSETS, Wakeups
from opsloom.kit.clock import Clock

KEPT_S = 5.0
_KEPT = 10_000
CHANNEL_KIND = "callers"
_NARROWER = AT_MOST_HEADER.lower().encode()


class Callers:
    """The proven callers of this process."""

    def __init__(self, clock: Clock, wakeups: Wakeups) -> None:
        self._clock = clock
        self._wakeups = wakeups
        self._known: OrderedDict[bytes, tuple[float, Scope]] = OrderedDict()
        wakeups.subscribe(ASSETS, self._heard)

    async def of(self, request: Request) -> Scope:
        """The caller's scope. Raises SignInRequired, CredentialInvalid, CsrfMismatch, PermissionMissing."""
        headers: dict[bytes, bytes] = dict(request.scope["headers"])
        kind, _, bearer = headers.get(b"authorization", b"").decode("latin-1").partition(" ")
        bearer = bearer.strip() if kind.lower() == "bearer" else ""
        key = headers.get(b"x-api-key", b"").decode("latin-1")
        presented = bearer or key
        narrower = _NARROWER in headers  # such a caller is proven each time: the key may do more
        known = None if narrower else self._remembered(presented)
        if known is not None:
            belongs_to(known)
            return known
        credentials = HTTPAuthorizationCredentials(scheme="Bearer", credentials=bearer) if bearer else None
        caller = await access.authenticated(
            request, credentials, key or None, request.cookies.get(access.SESSION_COOKIE)
        )
        if not caller.scope.allows(Permission.APIS_RUN):
            raise PermissionMissing(
                f"This needs the permission {Permission.APIS_RUN.value}.",
                hint="Ask an administrator for a role or key that has it.",
            )
        if not narrower:
            self._remember(presented, caller)
        return caller.scope

    def _remembered(self, presented: str) -> Scope | None:
        if not presented or not self._wakeups.listening.is_set():
            return None
        found = self._known.get(digest(presented))
        if found is None or found[0] <= self._clock.monotonic():
            return None
        scope = found[1]
        return Scope(scope.tenant_id, scope.actor, scope.permissions, current_trace_id() or "")

    def _remember(self, presented: str, caller: Caller) -> None:
        if presented and caller.scope.actor.kind is ActorKind.KEY and self._wakeups.listening.is_set():
            self._known[digest(presented)] = (self._clock.monotonic() + KEPT_S, caller.scope)
            if len(self._known) > _KEPT:
                self._known.popitem(last=False)

    def _heard(self, payload: str | None) -> None:
        tenant, _, kind = (payload or "").partition(":")
        if payload is None:
            self._known.clear()
        elif kind == CHANNEL_KIND:
            tenant_id = UUID(tenant)
            for known in [known for known, (_, scope) in self._known.items() if scope.tenant_id == tenant_id]:
                del self._known[known]


def refuse_unfit(served: Served, scope: Scope, address: str = "") -> None:
    """Whoever this API is not for; `address` is that of one without a credential. Raises ApiNotFound, CallerUnfit."""
    callers, kind = served.definition.auth.callers, scope.actor.kind
    if address and callers is not Audience.PUBLIC:
        raise no_such_path()
    if (callers is Audience.PEOPLE and kind is ActorKind.KEY) or (callers is Audience.KEYS and kind is ActorKind.USER):
        raise CallerUnfit(f"This API is called by {callers.value} only.", hint="Sign in, or use an API key.")
