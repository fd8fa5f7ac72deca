"""Silences, maintenance windows and inhibitions: what people arrange, and what is in force of it.

Whatever ends one of them early asks in the same transaction for those to be told who were spared because of it (`release`).
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from pydantic import TypeAdapter
from sqlalchemy.ext.asyncio import AsyncSession

from opsloom.alerts import repository as alerts
from opsloom.alerts.silences import repository, windows
from opsloom.alerts.silences.errors import (
    InhibitionNotFound,
    MuteChanged,
    MuteInvalid,
    MuteRevisionMissing,
    SilenceNotFound,
    SilenceOver,
    WindowNotFound,
)
from opsloom.alerts.silences.matchers import Matcher, all_fit, labels_of, says_nothing
from opsloom.alerts.silences.models import Inhibition, MaintenanceWindow, Silence
from opsloom.alerts.silences.repository import Row
from opsloom.alerts.silences.schemas import (
    InhibitionRequest,
    Matched,
    MatchedAlert,
    SilenceRequest,
    SilenceState,
    WindowRequest,
)
from opsloom.alerts.silences.windows import Timing, TimingInvalid
from opsloom.identity import audit
from opsloom.identity.scope import Scope
from opsloom.infra import jobs, stream
from opsloom.kit.cron import CronInvalid
from opsloom.kit.errors import FieldProblem, NotFound
from opsloom.kit.ids import new_id

RELEASE: Final = "alerts.release"
TOPIC: Final = "alerts"
_LOOKED_AT: Final = 10_000
_SHOWN: Final = 50
_TIMING: Final = TypeAdapter[Timing](Timing)
_MISSING: Final[dict[type[Silence] | type[MaintenanceWindow] | type[Inhibition], tuple[type[NotFound], str]]] = {
    Silence: (SilenceNotFound, "silence"),
    MaintenanceWindow: (WindowNotFound, "maintenance_window"),
    Inhibition: (InhibitionNotFound, "inhibition"),
}


def state_of(silence: Silence, now: datetime) -> SilenceState:
    """Where a silence is at an instant."""
    if silence.ends_at <= now:
        return SilenceState.EXPIRED
    return SilenceState.PENDING if silence.starts_at > now else SilenceState.ACTIVE


def timing_of(window: MaintenanceWindow) -> Timing:
    """When a window is open."""
    return _TIMING.validate_python(window.timing)


async def get(session: AsyncSession, table: type[Row], row_id: UUID) -> Row:
    """One of them. Raises SilenceNotFound, WindowNotFound, InhibitionNotFound."""
    return await _need(session, table, row_id, lock=False)


async def silence(
    session: AsyncSession, scope: Scope, asked: SilenceRequest, now: datetime, *, by: str | None = None
) -> Silence:
    """Keep alerts quiet. `by`: whom the caller says he does it for. Raises MuteInvalid."""
    starts_at = max(asked.starts_at or now, now)
    _check_silence(asked, starts_at, now)
    row = Silence(
        tenant_id=scope.tenant_id,
        id=new_id(),
        matchers=_plain(asked.matchers),
        starts_at=starts_at,
        ends_at=asked.ends_at,
        comment=asked.comment,
        created_by=f"{by} ({scope.actor.name})" if by and by != scope.actor.name else scope.actor.name,
        created_at=now,
        updated_at=now,
        revision=1,
    )
    session.add(row)
    await _tell(session, scope, row, "created")
    return row


async def change_silence(
    session: AsyncSession, scope: Scope, of: tuple[UUID, int | None], asked: SilenceRequest, now: datetime
) -> Silence:
    """Change one that is not over. Raises SilenceNotFound, SilenceOver, MuteInvalid, MuteChanged, MuteRevisionMissing."""
    row = await _editable(session, Silence, of)
    state = state_of(row, now)
    if state is SilenceState.EXPIRED:
        raise SilenceOver("The silence is over.", hint="Make a new one with the same matchers.")
    starts_at = row.starts_at if state is SilenceState.ACTIVE else max(asked.starts_at or now, now)
    _check_silence(asked, starts_at, now)
    row.matchers, row.comment = _plain(asked.matchers), asked.comment
    row.starts_at, row.ends_at = starts_at, asked.ends_at
    await _saved(session, scope, row, "saved", now)
    return row


async def expire(session: AsyncSession, scope: Scope, silence_id: UUID, now: datetime) -> Silence:
    """End one now; who was spared is told of what still fires. Raises SilenceNotFound, SilenceOver."""
    row = await _need(session, Silence, silence_id, lock=True)
    if state_of(row, now) is SilenceState.EXPIRED:
        raise SilenceOver("The silence is over already.")
    row.starts_at, row.ends_at = min(row.starts_at, now), now
    await _saved(session, scope, row, "expired", now)
    return row


def _check_silence(asked: SilenceRequest, starts_at: datetime, now: datetime) -> None:
    _check_matchers(asked.matchers, "/matchers")
    if asked.ends_at <= now:
        raise _invalid("/ends_at", "it must end in the future")
    if asked.ends_at <= starts_at:
        raise _invalid("/ends_at", "it must end after it starts")


async def open_window(session: AsyncSession, scope: Scope, asked: WindowRequest, now: datetime) -> MaintenanceWindow:
    """Plan a window. Raises MuteInvalid."""
    _check_window(asked, now)
    row = MaintenanceWindow(**_window(asked), **_new(scope, now))
    session.add(row)
    await _tell(session, scope, row, "created")
    return row


async def change_window(
    session: AsyncSession, scope: Scope, of: tuple[UUID, int | None], asked: WindowRequest, now: datetime
) -> MaintenanceWindow:
    """Plan it anew. Raises WindowNotFound, MuteInvalid, MuteChanged, MuteRevisionMissing."""
    row = await _editable(session, MaintenanceWindow, of)
    _check_window(asked, now)
    for name, value in _window(asked).items():
        setattr(row, name, value)
    await _saved(session, scope, row, "saved", now)
    return row


def _window(asked: WindowRequest) -> dict[str, object]:
    kept = {"name": asked.name, "comment": asked.comment, "enabled": asked.enabled}
    return kept | {"matchers": _plain(asked.matchers), "timing": asked.timing.model_dump(mode="json")}


def _check_window(asked: WindowRequest, now: datetime) -> None:
    _check_matchers(asked.matchers, "/matchers")
    check_timing(asked.timing, now)


def check_timing(timing: Timing, now: datetime) -> None:
    """Whether a timing can be kept to. Raises MuteInvalid."""
    try:
        windows.check(timing, now)
    except (TimingInvalid, CronInvalid) as error:
        raise _invalid(f"/timing/{error.field}", str(error)) from None


async def inhibit(session: AsyncSession, scope: Scope, asked: InhibitionRequest, now: datetime) -> Inhibition:
    """Let one kind of alert keep another quiet. Raises MuteInvalid."""
    _check_inhibition(asked)
    row = Inhibition(**_inhibition(asked), **_new(scope, now))
    session.add(row)
    await _tell(session, scope, row, "created")
    return row


async def change_inhibition(
    session: AsyncSession, scope: Scope, of: tuple[UUID, int | None], asked: InhibitionRequest, now: datetime
) -> Inhibition:
    """Change it. Raises InhibitionNotFound, MuteInvalid, MuteChanged, MuteRevisionMissing."""
    row = await _editable(session, Inhibition, of)
    _check_inhibition(asked)
    for name, value in _inhibition(asked).items():
        setattr(row, name, value)
    await _saved(session, scope, row, "saved", now)
    return row


def _inhibition(asked: InhibitionRequest) -> dict[str, object]:
    kept = {"name": asked.name, "comment": asked.comment, "enabled": asked.enabled, "equal": list(asked.equal)}
    return kept | {"source": _plain(asked.source), "target": _plain(asked.target)}


def _check_inhibition(asked: InhibitionRequest) -> None:
    _check_matchers(asked.source, "/source")
    _check_matchers(asked.target, "/target")


async def remove(session: AsyncSession, scope: Scope, table: type[Row], row_id: UUID) -> None:
    """Take a window or an inhibition away. Raises WindowNotFound, InhibitionNotFound."""
    row = await _need(session, table, row_id, lock=True)
    await _tell(session, scope, row, "deleted")
    await session.delete(row)
    await session.flush()


async def preview(session: AsyncSession, matchers: Sequence[Matcher]) -> Matched:
    """Which open alerts matchers fit."""
    found = await alerts.open_now(session, limit=_LOOKED_AT)
    looked = found[:_LOOKED_AT]
    fits = [one for one in looked if all_fit(matchers, labels_of(one.rule_name, one.severity, one.labels))]
    return Matched(
        count=len(fits),
        looked_at=len(looked),
        more=len(found) > len(looked),
        items=[MatchedAlert.model_validate(one) for one in fits[:_SHOWN]],
    )


def _check_matchers(matchers: Sequence[Matcher], pointer: str) -> None:
    if says_nothing(matchers):
        raise _invalid(pointer, "at least one matcher must not fit an empty value, or every alert is meant")


def _plain(matchers: Sequence[Matcher]) -> list[dict[str, object]]:
    return [matcher.model_dump(mode="json") for matcher in matchers]


def _new(scope: Scope, now: datetime) -> dict[str, object]:
    made = {"tenant_id": scope.tenant_id, "id": new_id(), "created_by": scope.actor.name, "revision": 1}
    return made | {"created_at": now, "updated_at": now}


async def _need(session: AsyncSession, table: type[Row], row_id: UUID, *, lock: bool) -> Row:
    row = await repository.load(session, table, row_id, lock=lock)
    if row is None:
        missing, name = _MISSING[table]
        raise missing(f"There is no such {name.replace('_', ' ')}.")
    return row


async def _editable(session: AsyncSession, table: type[Row], of: tuple[UUID, int | None]) -> Row:
    row_id, seen = of
    row = await _need(session, table, row_id, lock=True)
    if seen is None:
        raise MuteRevisionMissing("Send the revision you edited.", hint="If-Match takes the ETag you were given.")
    if seen != row.revision:
        raise MuteChanged(
            f"It is at revision {row.revision}, not {seen}.",
            hint="Load it again and look at what changed.",
            extensions={"revision": row.revision},
        )
    return row


async def _saved(session: AsyncSession, scope: Scope, row: Row, what: str, now: datetime) -> None:
    row.updated_at = now
    row.revision += 1
    await _tell(session, scope, row, what)


async def _tell(session: AsyncSession, scope: Scope, row: Row, what: str) -> None:
    """The audit log, open pages, and those who were spared."""
    await session.flush()
    _, name = _MISSING[type(row)]
    detail = {"comment": row.comment} if isinstance(row, Silence) else {"name": row.name}
    await audit.record(session, scope, f"{name}.{what}", name, row.id, detail)
    await stream.publish(session, scope.tenant_id, TOPIC, {"type": f"{name}.{what}", "id": str(row.id)})
    if what != "created":
        await jobs.defer(session, RELEASE, {"tenant_id": str(scope.tenant_id)})


def _invalid(pointer: str, detail: str) -> MuteInvalid:
    return MuteInvalid(f"It cannot be used: {detail}.", details=[FieldProblem(pointer=pointer, detail=detail)])
