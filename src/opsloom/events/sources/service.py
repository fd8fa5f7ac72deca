"""Making and changing sources, and trying mappings."""

import base64
import secrets as chance
from datetime import timedelta
from typing import Final
from uuid import UUID

import orjson
from pydantic import TypeAdapter
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from opsloom.assets import service as assets
from opsloom.events.doors import Door
from opsloom.events.errors import SourceNameTaken, SourceUnknown
from opsloom.events.models import EventIntake, EventSource
from opsloom.events.sources import address, mapping, repository
from opsloom.events.sources.schemas import (
    DoorCounts,
    EventDoorShown,
    EventRefusalShown,
    EventSourceEdit,
    EventSourceMade,
    EventSourceShown,
    EventSourcesShown,
    MappedEvent,
    MappedRefusal,
    MappingPreview,
    MappingTrial,
    NewEventSource,
    NewSourceSecret,
)
from opsloom.events.sources.signing import STANDARD_PREFIX, Scheme, key_of
from opsloom.identity import audit
from opsloom.identity.access import Work
from opsloom.infra.aside import Aside
from opsloom.infra.core import Core
from opsloom.infra.secrets import Secrets, SecretText
from opsloom.kit.errors import InvalidInput
from opsloom.kit.ids import new_id
from opsloom.kit.paging import Page, decode_cursor, page_of

KEPT_SECRET: Final = timedelta(days=1)
_SHORTEST: Final = 8
SCHEME: Final[TypeAdapter[Scheme]] = TypeAdapter(Scheme)
PATHS: Final = {
    Door.EVENTS: "/api/v1/events",
    Door.ALERTMANAGER: "/ingest/alertmanager",
    Door.OTLP_LOGS: "/ingest/otlp/v1/logs",
    Door.OTLP_METRICS: "/ingest/otlp/v1/metrics",
    Door.PROMETHEUS: "/ingest/prometheus/write",
}


def purpose(source_id: UUID) -> str:
    """What a source's secret is sealed for."""
    return f"event-source/{source_id}"


async def list_sources(w: Work) -> EventSourcesShown:
    """Every way in, with what came by it."""
    tenant_id = w.scope.tenant_id
    counts = await repository.counts(w.session, tenant_id)
    rows = await repository.sources(w.session, tenant_id)
    return EventSourcesShown(
        doors=[EventDoorShown(door=door, path=PATHS[door], counts=_counts(counts.get(door))) for door in Door],
        items=[_shown(row, counts.get(str(row.id))) for row in rows],
    )


async def list_refusals(w: Work, door: str | None, limit: int, cursor: str | None) -> Page[EventRefusalShown]:
    """What was refused lately, the newest first. Raises InvalidInput for a foreign cursor."""
    before = decode_cursor(cursor, UUID)[0] if cursor else None
    assert before is None or isinstance(before, UUID)
    rows = await repository.refusals(w.session, w.scope.tenant_id, door, limit + 1, before)
    return page_of([EventRefusalShown.model_validate(row) for row in rows], limit, lambda shown: (shown.id,))


async def create(w: Work, new: NewEventSource) -> EventSourceMade:
    """Raises SourceNameTaken, InvalidInput for a secret or a mapping that will not do."""
    await _check_mapping(w, new.mapping)
    source_id, now = new_id(), w.core.clock.now()
    secret, made = _secret(new.scheme, new.secret)
    row = EventSource(
        tenant_id=w.scope.tenant_id,
        id=source_id,
        name=new.name,
        scheme=new.scheme.model_dump(mode="json"),
        mapping=new.mapping,
        enabled=new.enabled,
        secret=await _sealed(w, source_id, secret),
        previous_secret=None,
        previous_until=None,
        created_at=now,
        created_by=w.scope.actor.name,
        changed_at=now,
    )
    await _save(w.session, row)
    await audit.record(w.session, w.scope, "event_source.created", "event_source", source_id, {"name": new.name})
    return EventSourceMade(source=_shown(row, None), secret=made)


async def save(w: Work, source_id: UUID, edit: EventSourceEdit) -> EventSourceShown:
    """Raises SourceUnknown, SourceNameTaken, InvalidInput."""
    row = await _get(w, source_id)
    await _check_mapping(w, edit.mapping)
    row.name, row.mapping, row.enabled = edit.name, edit.mapping, edit.enabled
    row.scheme, row.changed_at = edit.scheme.model_dump(mode="json"), w.core.clock.now()
    await _save(w.session, row)
    await audit.record(w.session, w.scope, "event_source.changed", "event_source", source_id, {"name": edit.name})
    counts = await repository.counts(w.session, w.scope.tenant_id)
    return _shown(row, counts.get(str(source_id)))


async def renew(w: Work, source_id: UUID, given: NewSourceSecret) -> EventSourceMade:
    """Put another secret in place; the one before stays good for a day. Raises SourceUnknown, InvalidInput."""
    row = await _get(w, source_id)
    now = w.core.clock.now()
    secret, made = _secret(SCHEME.validate_python(row.scheme), given.secret)
    row.previous_secret, row.previous_until = row.secret, now + KEPT_SECRET
    row.secret, row.changed_at = await _sealed(w, source_id, secret), now
    await w.session.flush()
    await audit.record(w.session, w.scope, "event_source.secret_renewed", "event_source", source_id, {"name": row.name})
    counts = await repository.counts(w.session, w.scope.tenant_id)
    return EventSourceMade(source=_shown(row, counts.get(str(source_id))), secret=made)


async def remove(w: Work, source_id: UUID) -> None:
    """Its events stay. Raises SourceUnknown."""
    row = await _get(w, source_id)
    await w.session.delete(row)
    await repository.forget_door(w.session, w.scope.tenant_id, str(source_id))
    await audit.record(w.session, w.scope, "event_source.removed", "event_source", source_id, {"name": row.name})


async def preview(core: Core, trial: MappingTrial) -> MappingPreview:
    """What a mapping would make of a body. Raises MappingFailed, EventsTooLarge."""
    headers = {name.lower(): value for name, value in trial.headers.items()}
    items = await mapping.run(core.part(Aside), trial.expression, orjson.dumps(trial.body), headers)
    decoded = mapping.as_events(items, trial.source, core.clock)
    return MappingPreview(
        events=[
            MappedEvent(
                source=each.source, id=each.event_id, type=each.type, subject=each.subject, severity=each.severity,
                time=each.time, data=orjson.loads(each.data), attributes=orjson.loads(each.attributes),
            )
            for each in decoded.events
        ],
        refused=[
            MappedRefusal(index=each.index, code=each.code, detail=each.detail, pointer=each.pointer)
            for each in decoded.rejections
        ],
    )  # fmt: skip


async def _get(w: Work, source_id: UUID) -> EventSource:
    row = await repository.source(w.session, w.scope.tenant_id, source_id)
    if row is None:
        raise SourceUnknown("There is no such source.")
    return row


async def _save(session: AsyncSession, row: EventSource) -> None:
    session.add(row)
    try:
        async with session.begin_nested():
            await session.flush()
    except IntegrityError:
        raise SourceNameTaken("Another source has that name.", hint="Choose another name.") from None


async def _check_mapping(w: Work, key: str | None) -> None:
    if key is None:
        return
    found = await assets.by_key(w.session, mapping.MAPPING, key)
    if found is None or found.published_version is None:
        raise InvalidInput(f"There is no published mapping “{key}”.", hint="Publish the mapping first.")


async def _sealed(w: Work, source_id: UUID, secret: str) -> str:
    return await w.core.part(Secrets).seal(w.session, w.scope.tenant_id, purpose(source_id), SecretText(secret))


def _secret(scheme: Scheme, given: SecretText | None) -> tuple[str, str | None]:
    """The secret, and what to tell of it: what was given is known already."""
    if given is None:
        made = STANDARD_PREFIX + base64.b64encode(chance.token_bytes(32)).decode()
        made = made if scheme.type == "standard" else chance.token_urlsafe(32)
        return made, made
    if len(given.reveal()) < _SHORTEST:
        raise InvalidInput(f"The secret is shorter than {_SHORTEST} characters.")
    key_of(scheme, given.reveal())
    return given.reveal(), None


def _counts(row: EventIntake | None) -> DoorCounts:
    return DoorCounts() if row is None else DoorCounts.model_validate(row, from_attributes=True)


def _shown(row: EventSource, counts: EventIntake | None) -> EventSourceShown:
    return EventSourceShown(
        id=row.id,
        name=row.name,
        scheme=SCHEME.validate_python(row.scheme),
        mapping=row.mapping,
        enabled=row.enabled,
        path=f"/ingest/hooks/{address.write(row.tenant_id, row.id)}",
        previous_until=row.previous_until,
        created_at=row.created_at,
        created_by=row.created_by,
        changed_at=row.changed_at,
        counts=_counts(counts),
    )
