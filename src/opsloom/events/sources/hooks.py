"""Takes in what a signed source sends: proof first, then once only, then its mapping, then the way of all events.

Invariant: a receipt is written after its events are on disk and before the answer. A server that dies between the two takes the
request again when it is sent again, and the events' ids keep them single.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from opsloom.assets import service as assets
from opsloom.events import taking
from opsloom.events.errors import EventsBacklogged, MappingFailed, WebhookRefused
from opsloom.events.event import RejectCode, Rejection
from opsloom.events.schemas import Ingested
from opsloom.events.sources import address, mapping, repository, service, signing
from opsloom.events.sources.mapping import MAPPING, MappingContent
from opsloom.events.sources.signing import Scheme, Verified
from opsloom.events.taking import Taken
from opsloom.identity.scope import Scope
from opsloom.infra.aside import Aside
from opsloom.infra.core import Core
from opsloom.infra.secrets import Secrets
from opsloom.kit.errors import Conflict, NotFound

MAX_BODY_BYTES: Final = 1024 * 1024
# A mapping sees what tells about the request, and nothing that proves who is calling.
_HIDDEN: Final = frozenset({"authorization", "cookie", "x-api-key", "proxy-authorization"})


@dataclass(frozen=True)
class _Source:
    """What is needed of a source to judge and read a request."""

    id: UUID
    name: str
    scheme: Scheme
    keys: Sequence[str]
    expression: str | None
    problem: str | None

    @property
    def door(self) -> str:
        return str(self.id)


class Hooks:
    """A part of the core. Whoever cannot be proven costs a look-up and a digest; so many requests at most are looked at at once."""

    def __init__(self, *, most_at_once: int = 64) -> None:
        self._most_at_once = most_at_once
        self._now = 0

    async def take(self, core: Core, hook: str, body: bytes, headers: Mapping[str, str]) -> Ingested:
        """Header names are lower case.

        Raises WebhookRefused, MappingFailed, EventsRejected, EventsUnreadable, EventsTooLarge, EventsBacklogged and those of
        the group commit.
        """
        if self._now >= self._most_at_once:
            raise EventsBacklogged(
                "Too many webhooks at once; nothing of this request was taken.", hint="Send it again.", retry_after_s=1
            )
        self._now += 1
        try:
            return await _take(core, hook, body, headers)
        finally:
            self._now -= 1


async def _take(core: Core, hook: str, body: bytes, headers: Mapping[str, str]) -> Ingested:
    claimed = address.read(hook)
    if claimed is None:
        raise _nobody()
    scope = Scope.claimed(claimed[0])
    async with core.db.transaction(scope) as session:
        source = await _source(core, session, scope, claimed[1])
        verified = _verified(core, scope, source, body, headers)
        known = await repository.was_taken(session, scope.tenant_id, source.id, verified.digest)
    if known:
        taken = Taken(0, 1, ())
        taking.note(core, scope, source.door, taken)
        return taking.told(taken)
    taken = await _stored(core, scope, source, verified, (body, headers))
    answer = taking.told(taken)
    async with core.db.transaction(scope) as session:
        await repository.add_receipt(session, scope.tenant_id, source.id, verified.digest, core.clock.now())
    return answer


async def _stored(
    core: Core, scope: Scope, source: _Source, verified: Verified, request: tuple[bytes, Mapping[str, str]]
) -> Taken:
    body, headers = request
    try:
        async with taking.watched(core, scope, source.door):
            if source.problem is not None:
                raise MappingFailed(source.problem, hint="See the source's page.")
            shown = {name: value for name, value in headers.items() if name not in _HIDDEN}
            if source.expression is None:
                items = mapping.unmapped(body, shown)
            else:
                items = await mapping.run(core.part(Aside), source.expression, body, shown)
            decoded = mapping.as_events(items, source.name, core.clock, verified.digest.hex()[:32])
    except MappingFailed as error:
        failed = Rejection(0, RejectCode.MAPPING_FAILED, error.message, "", body)
        taking.note(core, scope, source.door, Taken(0, 0, [failed]))
        raise
    return await taking.take(core, scope, source.door, decoded)


def _verified(core: Core, scope: Scope, source: _Source, body: bytes, headers: Mapping[str, str]) -> Verified:
    try:
        return signing.verify(source.scheme, source.keys, headers, body, core.clock.now())
    except WebhookRefused as error:
        failed = Rejection(0, RejectCode.NOT_SIGNED, error.message, "", body)
        taking.note(core, scope, source.door, Taken(0, 0, [failed]))
        raise


async def _source(core: Core, session: AsyncSession, scope: Scope, source_id: UUID) -> _Source:
    row = await repository.source(session, scope.tenant_id, source_id)
    if row is None or not row.enabled:
        raise _nobody()
    sealed = [row.secret]
    if row.previous_secret is not None and _still(row.previous_until, core.clock.now()):
        sealed.append(row.previous_secret)
    vault = core.part(Secrets)
    keys = [(await vault.open(session, scope.tenant_id, service.purpose(row.id), each)).reveal() for each in sealed]
    expression, problem = await _expression(session, row.mapping)
    return _Source(row.id, row.name, service.SCHEME.validate_python(row.scheme), keys, expression, problem)


async def _expression(session: AsyncSession, key: str | None) -> tuple[str | None, str | None]:
    """The mapping in force, or why there is none."""
    if key is None:
        return None, None
    try:
        _, version = await assets.in_force(session, MAPPING, key)
    except (NotFound, Conflict) as error:
        return None, f"The mapping of this source is not in force: {error.message}"
    return assets.read_stored_as(MAPPING, MappingContent, version.content).expression, None


def _still(until: datetime | None, now: datetime) -> bool:
    return until is not None and now < until


def _nobody() -> WebhookRefused:
    return WebhookRefused("No source listens at this address.", hint="Copy the address from the page of sources.")
