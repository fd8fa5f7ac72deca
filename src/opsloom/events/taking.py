"""The one way by which events of every format are stored: group commit, counts, refusals, what types are made of."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from opsloom.events import telemetry
from opsloom.events.commit import GroupCommit
from opsloom.events.errors import EventFormatUnknown, EventsRejected, EventsTooLarge, EventsUnreadable
from opsloom.events.event import Decoded, RejectCode, Rejection
from opsloom.events.intake_log import IntakeLog
from opsloom.events.schemas import Ingested, RejectedItem
from opsloom.events.type_book import TypeBook
from opsloom.identity.scope import Scope
from opsloom.infra.core import Core
from opsloom.kit.errors import FieldProblem, OpsloomError

_WHOLE: dict[type[OpsloomError], RejectCode] = {
    EventsUnreadable: RejectCode.UNREADABLE,
    EventsTooLarge: RejectCode.TOO_LARGE,
    EventFormatUnknown: RejectCode.UNKNOWN_FORMAT,
}


@dataclass(frozen=True)
class Taken:
    """What became of a request's items; the accepted ones are on disk."""

    accepted: int
    duplicates: int
    refused: Sequence[Rejection]

    @property
    def nothing_good(self) -> bool:
        """Whether there was something, and none of it could be taken."""
        return bool(self.refused) and not self.accepted and not self.duplicates


async def take(core: Core, scope: Scope, door: str, decoded: Decoded) -> Taken:
    """Store what is good. Raises the errors of `GroupCommit.store`, after which nothing counts as taken."""
    outcome = await core.part(GroupCommit).store(scope.tenant_id, decoded.events)
    refused = sorted([*decoded.rejections, *outcome.refused], key=lambda each: each.index)
    core.part(TypeBook).observe(scope.tenant_id, decoded.events, core.clock.now())
    taken = Taken(outcome.accepted, outcome.duplicates, refused)
    note(core, scope, door, taken)
    return taken


def note(core: Core, scope: Scope, door: str, taken: Taken) -> None:
    """Count what became of a request, and keep what was refused for the page of sources."""
    for each in taken.refused:
        telemetry.REJECTED.labels(each.code.value).inc()
    counts = (taken.accepted, taken.duplicates)
    core.part(IntakeLog).note(scope.tenant_id, door, counts, taken.refused, core.clock.now())


@asynccontextmanager
async def watched(core: Core, scope: Scope, door: str) -> AsyncIterator[None]:
    """Notes a request that is refused as a whole, so that whoever looks after the door sees why."""
    try:
        yield
    except (EventsUnreadable, EventsTooLarge, EventFormatUnknown) as error:
        note(core, scope, door, Taken(0, 0, [Rejection(0, _WHOLE[type(error)], error.message, "")]))
        raise


def told(taken: Taken) -> Ingested:
    """As the answer says it. Raises EventsRejected when nothing was good."""
    if taken.nothing_good:
        details = [FieldProblem(pointer=e.pointer, detail=e.detail, code=e.code.value) for e in taken.refused]
        first = taken.refused[0]
        raise EventsRejected(
            f"None of {len(taken.refused)} events was accepted. The first {first.detail}.",
            hint="See `errors` for each of them.",
            details=details,
        )
    items = [RejectedItem(index=e.index, code=e.code, detail=e.detail, pointer=e.pointer) for e in taken.refused]
    return Ingested(accepted=taken.accepted, duplicates=taken.duplicates, rejected=items)
