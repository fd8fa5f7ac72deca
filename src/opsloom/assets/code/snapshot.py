"""What is there, as the planner needs it."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from pydantic import ValidationError
from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncSession

from opsloom.assets.code import repository
from opsloom.assets.code.canonical import fingerprint
from opsloom.assets.code.document import AssetFile, Ref
from opsloom.assets.code.planner import Applied, Current, Goal, Signature, Snapshot
from opsloom.assets.code.reading import Json
from opsloom.assets.kinds import Kinds
from opsloom.assets.models import AssetState


async def take(
    session: AsyncSession, kinds: Kinds, files: Sequence[AssetFile], goal: Goal, *, lock: bool = False
) -> Snapshot:
    """Everything that these files and this goal concern; locked, so that it stays as it is."""
    by_ref = {file.ref: file for file in files}
    remembered = {(row.kind, row.key): row for row in await repository.applied(session, list(by_ref), goal.source)}
    refs = {*by_ref, *(remembered if goal.prune else ())}
    current = {}
    for row in await repository.live(session, sorted(refs), lock=lock):
        current[(row.kind, row.slug)] = _current(kinds, row, by_ref.get((row.kind, row.slug)))
    applied = {ref: _applied(ref, row) for ref, row in remembered.items()}
    gone = [each.asset_id for ref, each in applied.items() if ref in by_ref and ref not in current]
    targets = {(link.kind, link.key) for file in files for link in file.links} - by_ref.keys()
    return Snapshot(
        current=current,
        applied=applied,
        gone=await _archived(session, kinds, gone),
        in_force=await repository.published_among(session, sorted(targets)),
    )


async def _archived(session: AsyncSession, kinds: Kinds, ids: Sequence[UUID]) -> Mapping[UUID, Current]:
    rows = await repository.by_id(session, ids)
    return {row.id: _current(kinds, row, None) for row in rows if row.state == AssetState.ARCHIVED}


def _applied(ref: Ref, row: Any) -> Applied:
    return Applied(ref, row.asset_id, row.source, row.digest, row.content_hash, row.published)


def _current(kinds: Kinds, row: Row[Any], file: AssetFile | None) -> Current:
    tags = tuple(row.tags)
    draft = Signature(row.name, row.description, tags, _hash(kinds, row.kind, (row.draft, row.draft_hash), file))
    published = None
    if row.published_hash is not None:
        digest = _hash(kinds, row.kind, (row.published_content, row.published_hash), file)
        published = Signature(row.published_name, row.description, tags, digest)
    return Current(
        id=row.id,
        ref=(row.kind, row.slug),
        draft=draft,
        draft_content=row.draft,
        revision=row.draft_revision,
        published=published,
        published_content=row.published_content,
        archived=row.state == AssetState.ARCHIVED,
        protected=row.protected,
        updated_at=row.updated_at,
        updated_by=row.updated_by,
    )


def _hash(kinds: Kinds, kind: str, stored: tuple[Mapping[str, Json], str], file: AssetFile | None) -> str:
    """The stored hash; where it differs from the file's, that of the content as the kind reads it today: a field that came
    with a later release is no change that somebody made."""
    content, digest = stored
    if file is None or digest == file.hash or kind not in kinds:
        return digest
    try:
        return fingerprint(kinds.named(kind), kinds.named(kind).model.model_validate(content))
    except ValidationError:
        return digest
