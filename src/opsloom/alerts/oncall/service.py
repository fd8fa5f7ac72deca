"""On-call schedules: kept, read at an instant or over a stretch of time, stood in for, and read by calendars."""

import hashlib
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from opsloom.alerts.oncall import repository
from opsloom.alerts.oncall.calendar import Entry, calendar
from opsloom.alerts.oncall.errors import (
    CalendarFeedNotFound,
    OncallOverrideNotFound,
    OncallScheduleInvalid,
    OncallScheduleNotFound,
)
from opsloom.alerts.oncall.models import OncallOverride, OncallSchedule
from opsloom.alerts.oncall.rotation import Layer, Override, Plan, Shift, handovers, in_order_at, rota
from opsloom.alerts.oncall.schemas import (
    HandoverShown,
    LayerBody,
    OncallPerson,
    OncallScheduleShown,
    OverrideBody,
    OverrideShown,
    RotaShown,
    ScheduleBody,
    ShiftShown,
)
from opsloom.identity import audit
from opsloom.identity import people as members
from opsloom.identity.permissions import Permission
from opsloom.identity.scope import Scope
from opsloom.infra.core import Core
from opsloom.kit import cron
from opsloom.kit.cron import CronInvalid
from opsloom.kit.errors import FieldProblem, PreconditionFailed, PreconditionRequired
from opsloom.kit.ids import new_id

LONGEST: Final = timedelta(days=100)
_AHEAD: Final = timedelta(days=14)
_FEED_BACK, _FEED_AHEAD = timedelta(days=14), timedelta(days=86)
_BLINK: Final = timedelta(microseconds=1)


@dataclass(frozen=True)
class Span:
    """A stretch of time. Raises OncallScheduleInvalid when it is empty or too long."""

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        if not timedelta(0) < self.end - self.start <= LONGEST or not 2000 <= self.start.year < 2200:
            raise _invalid("/to", f"a stretch of time ends after it begins, at most {LONGEST.days} days later")

    @staticmethod
    def around(at: datetime) -> datetime:
        """An instant at which schedules can be asked. Raises OncallScheduleInvalid."""
        return Span(at, at + _BLINK).start


async def people(session: AsyncSession, scope: Scope) -> dict[UUID, str]:
    """The members who may be on call, by id."""
    return {one.id: one.name for one in await members.able(session, scope, Permission.ALERTS_READ)}


async def create(session: AsyncSession, scope: Scope, asked: ScheduleBody, now: datetime) -> OncallSchedule:
    """Raises OncallScheduleInvalid."""
    row = OncallSchedule(
        tenant_id=scope.tenant_id, id=new_id(), revision=0, created_at=now, created_by=scope.actor.name
    )
    await _set(session, scope, row, asked, now)
    session.add(row)
    await session.flush()
    await audit.record(session, scope, "oncall_schedule.created", "oncall_schedule", row.id, {"name": row.name})
    return row


async def save(
    session: AsyncSession, scope: Scope, of: tuple[UUID, int | None], asked: ScheduleBody, now: datetime
) -> OncallSchedule:
    """Change a schedule that nobody else changed meanwhile. Raises OncallScheduleNotFound, OncallScheduleInvalid."""
    schedule_id, revision = of
    row = await get(session, schedule_id, lock=True)
    if revision is None:
        raise PreconditionRequired("Say which revision you edited.", hint="Send its ETag as If-Match.")
    if revision != row.revision:
        raise PreconditionFailed("Somebody else has changed the schedule.", hint="Load it again.")
    await _set(session, scope, row, asked, now)
    await session.flush()
    await audit.record(session, scope, "oncall_schedule.changed", "oncall_schedule", row.id, {"name": row.name})
    return row


async def remove(session: AsyncSession, scope: Scope, schedule_id: UUID) -> None:
    """With its overrides. Steps of policies that name it tell nobody then, and say so. Raises OncallScheduleNotFound."""
    row = await get(session, schedule_id, lock=True)
    await audit.record(session, scope, "oncall_schedule.deleted", "oncall_schedule", row.id, {"name": row.name})
    await session.delete(row)


async def get(session: AsyncSession, schedule_id: UUID, *, lock: bool = False) -> OncallSchedule:
    """Raises OncallScheduleNotFound."""
    row = await repository.load(session, schedule_id, lock=lock)
    if row is None:
        raise OncallScheduleNotFound("There is no such on-call schedule.")
    return row


async def listed(session: AsyncSession, *, limit: int, before: UUID | None) -> list[OncallSchedule]:
    """Newest first, one more than `limit`."""
    return await repository.page(session, limit=limit, before=before)


async def who(session: AsyncSession, schedule_id: UUID, at: datetime) -> tuple[str, list[UUID]]:
    """The schedule's name and who answers at an instant, with those who are next in order. Raises OncallScheduleNotFound."""
    row = await get(session, schedule_id)
    plan = _plan(row, await repository.overrides(session, [row.id], at, at + _BLINK))
    return row.name, in_order_at(plan, at)


async def shown(
    session: AsyncSession, scope: Scope, rows: Sequence[OncallSchedule], at: datetime
) -> list[OncallScheduleShown]:
    """Schedules with who answers at an instant, and for how long."""
    names = await people(session, scope)
    overrides = await repository.overrides(session, [row.id for row in rows], at, at + _AHEAD)
    made = []
    for row in rows:
        plan = _plan(row, [one for one in overrides if one.schedule_id == row.id])
        first, *more = rota(plan, at, at + _AHEAD).final
        layers = [LayerBody.model_validate(each) for each in row.layers]
        everybody = dict.fromkeys(member for layer in layers for member in layer.members)
        made.append(
            OncallScheduleShown(
                id=row.id, name=row.name, zone=row.zone, layers=layers, now=_person(first.user_id, names),
                until=first.end if more else None, people=[OncallPerson(id=one, name=names.get(one, "")) for one in everybody],
                has_feed=row.feed_hash is not None, revision=row.revision, created_at=row.created_at,
                created_by=row.created_by, updated_at=row.updated_at, updated_by=row.updated_by,
            )
        )  # fmt: skip
    return made


async def rota_of(session: AsyncSession, scope: Scope, schedule_id: UUID, span: Span) -> RotaShown:
    """What a schedule says of a stretch of time. Raises OncallScheduleNotFound."""
    row = await get(session, schedule_id)
    overrides = await repository.overrides(session, [row.id], span.start, span.end)
    return await _rota(session, scope, _plan(row, overrides), overrides, span)


async def preview(session: AsyncSession, scope: Scope, asked: ScheduleBody, span: Span) -> RotaShown:
    """What a schedule that is not saved yet would say. Raises OncallScheduleInvalid."""
    return await _rota(session, scope, Plan(zone_of(asked.zone), _layers(asked.layers)), [], span)


async def add_override(
    session: AsyncSession, scope: Scope, schedule_id: UUID, asked: OverrideBody, now: datetime
) -> OverrideShown:
    """Let somebody stand in. Raises OncallScheduleNotFound, OncallScheduleInvalid."""
    row = await get(session, schedule_id)
    if not timedelta(0) < asked.end - asked.start <= LONGEST:
        raise _invalid("/end", f"an override ends after it begins, at most {LONGEST.days} days later")
    names = await people(session, scope)
    _check_members([asked.user_id], names, "/user_id")
    made = OncallOverride(
        tenant_id=scope.tenant_id, id=new_id(), schedule_id=row.id, user_id=asked.user_id, start_at=asked.start,
        end_at=asked.end, note=asked.note, created_at=now, created_by=scope.actor.name,
    )  # fmt: skip
    session.add(made)
    await session.flush()
    detail = {"name": row.name, "user": str(asked.user_id), "from": asked.start, "to": asked.end}
    await audit.record(session, scope, "oncall_override.created", "oncall_schedule", row.id, detail)
    return _override_shown(made, names)


async def remove_override(session: AsyncSession, scope: Scope, schedule_id: UUID, override_id: UUID) -> None:
    """Raises OncallOverrideNotFound."""
    found = await repository.override(session, schedule_id, override_id)
    if found is None:
        raise OncallOverrideNotFound("There is no such override.")
    detail = {"user": str(found.user_id), "from": found.start_at, "to": found.end_at}
    await audit.record(session, scope, "oncall_override.deleted", "oncall_schedule", schedule_id, detail)
    await session.delete(found)


async def make_feed(session: AsyncSession, scope: Scope, schedule_id: UUID) -> str:
    """A fresh token under which calendars read the schedule; the one before opens nothing any more. Raises
    OncallScheduleNotFound."""
    row = await get(session, schedule_id, lock=True)
    token = f"{scope.tenant_id.hex}.{secrets.token_urlsafe(32)}"
    row.feed_hash = _digest(token)
    await session.flush()
    await audit.record(session, scope, "oncall_schedule.feed_made", "oncall_schedule", row.id)
    return token


async def read_feed(core: Core, token: str) -> str:
    """The calendar a token opens. Raises CalendarFeedNotFound.

    The tenant's id in the token is a claim: the token's hash is looked up within that tenant, so a wrong one finds nothing.
    """
    try:
        scope = Scope.claimed(UUID(hex=token.partition(".")[0]))
    except ValueError:
        raise CalendarFeedNotFound("There is no such calendar.") from None
    now = core.clock.now()
    async with core.db.transaction(scope) as session:
        row = await repository.of_feed(session, _digest(token))
        if row is None:
            raise CalendarFeedNotFound(
                "There is no such calendar.", hint="It may have been replaced; ask for a new one."
            )
        start, end = now - _FEED_BACK, now + _FEED_AHEAD
        plan = _plan(row, await repository.overrides(session, [row.id], start, end))
        names = await people(session, scope)
    final = rota(plan, start, end).final
    return calendar(row.name, _entries(row, [each for each in final if each.user_id is not None], names), now)


def _entries(row: OncallSchedule, shifts: Iterable[Shift], names: dict[UUID, str]) -> Iterable[Entry]:
    for shift in shifts:
        assert shift.user_id is not None
        name = names.get(shift.user_id, "?")
        uid = f"{row.id}-{shift.start:%Y%m%dT%H%M%SZ}-{shift.user_id.hex[:8]}@opsloom"
        yield Entry(uid, shift.start, shift.end, f"{row.name}: {name}")


async def _set(session: AsyncSession, scope: Scope, row: OncallSchedule, asked: ScheduleBody, now: datetime) -> None:
    zone_of(asked.zone)
    names = await people(session, scope)
    for place, layer in enumerate(asked.layers):
        _check_members(layer.members, names, f"/layers/{place}/members")
    row.name, row.zone = asked.name, asked.zone
    row.layers = [each.model_dump(mode="json") for each in asked.layers]
    row.revision, row.updated_at, row.updated_by = row.revision + 1, now, scope.actor.name


def _check_members(chosen: Sequence[UUID], names: dict[UUID, str], pointer: str) -> None:
    for place, one in enumerate(chosen):
        if one not in names:
            at = pointer if pointer == "/user_id" else f"{pointer}/{place}"
            raise _invalid(at, "this is no active member")


def zone_of(name: str) -> ZoneInfo:
    """A time zone by its IANA name. Raises OncallScheduleInvalid."""
    try:
        return cron.zone_of(name)
    except CronInvalid as error:
        raise _invalid("/zone", str(error)) from None


def _plan(row: OncallSchedule, overrides: Sequence[OncallOverride]) -> Plan:
    layers = _layers([LayerBody.model_validate(each) for each in row.layers])
    made = tuple(Override(one.id, one.user_id, one.start_at, one.end_at) for one in overrides)
    return Plan(zone_of(row.zone), layers, made)


def _layers(bodies: Sequence[LayerBody]) -> tuple[Layer, ...]:
    return tuple(each.layer() for each in bodies)


async def _rota(
    session: AsyncSession, scope: Scope, plan: Plan, overrides: Sequence[OncallOverride], span: Span
) -> RotaShown:
    names = await people(session, scope)
    whole = rota(plan, span.start, span.end)

    def shift(one: Shift) -> ShiftShown:
        return ShiftShown(
            start=one.start,
            end=one.end,
            person=_person(one.user_id, names),
            layer=one.layer,
            override_id=one.override_id,
        )

    return RotaShown(
        final=[shift(one) for one in whole.final],
        layers=[[shift(one) for one in layer] for layer in whole.layers],
        overrides=[_override_shown(one, names) for one in overrides],
        handovers=[
            HandoverShown(at=one.at, giver=_person(one.giver, names), taker=_person(one.taker, names))
            for one in handovers(whole.final)
        ],
        gaps=[shift(one) for one in whole.final if one.user_id is None],
    )


def _person(user_id: UUID | None, names: dict[UUID, str]) -> OncallPerson | None:
    return None if user_id is None else OncallPerson(id=user_id, name=names.get(user_id, ""))


def _override_shown(one: OncallOverride, names: dict[UUID, str]) -> OverrideShown:
    person = OncallPerson(id=one.user_id, name=names.get(one.user_id, ""))
    return OverrideShown(
        id=one.id, person=person, start=one.start_at, end=one.end_at, note=one.note, created_by=one.created_by
    )


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


def _invalid(pointer: str, detail: str) -> OncallScheduleInvalid:
    problem = FieldProblem(pointer=pointer, detail=detail, code="invalid")
    return OncallScheduleInvalid(f"The schedule is not valid: {detail}.", details=[problem])
