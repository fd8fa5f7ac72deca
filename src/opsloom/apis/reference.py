"""What callers may read of published APIs: reference, examples, changes between versions, who uses them."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from opsloom.apis.cases import store
from opsloom.apis.cases.models import ApiCase
from opsloom.apis.compatibility import Change, changes
from opsloom.apis.document import Described, gives_rows, row_schema_of
from opsloom.apis.examples import Example, ExampleSource, chosen
from opsloom.apis.kind import ApiKind
from opsloom.apis.models import ApiRun
from opsloom.apis.schemas import ApiDefinition
from opsloom.apis.service import definition_of, with_output
from opsloom.assets import service as assets
from opsloom.assets.errors import AssetUnreadable
from opsloom.assets.kinds import Breaking, Kinds
from opsloom.assets.service import Asset, AssetVersion, Dependant
from opsloom.identity.scope import Scope
from opsloom.infra.core import Core

DRAFT = 0


@dataclass(frozen=True, slots=True)
class Comparison:
    """What changed, and who uses the API; `hidden` of them the caller may not read."""

    from_version: int | None
    changes: Sequence[Change]
    consumers: Sequence[Dependant]
    hidden: int


@dataclass(frozen=True, slots=True)
class Release:
    """A version, with what it changed against the one before."""

    version: AssetVersion
    changes: Sequence[Change]


async def published(session: AsyncSession, kind: ApiKind) -> list[tuple[Asset, AssetVersion, ApiDefinition]]:
    """Everything in force that can be read; the list of assets shows the rest with its cause."""
    found = []
    for asset, version in await assets.list_published(session, kind):
        try:
            found.append((asset, version, definition_of(version.content)))
        except AssetUnreadable:
            continue
    return found


async def described(session: AsyncSession, kind: ApiKind) -> list[Described]:
    """Everything in force with its examples, for the OpenAPI document."""
    found = await published(session, kind)
    cases = await store.good_cases(session, [asset.id for asset, _, _ in found])
    return [
        Described(
            id=str(asset.id),
            name=version.name,
            version=version.version,
            definition=definition,
            examples=_chosen([_of_case(each) for each in cases.get(asset.id, ())], definition),
        )
        for asset, version, definition in found
    ]


async def one(session: AsyncSession, kind: ApiKind, api_id: UUID) -> tuple[Asset, AssetVersion, ApiDefinition]:
    """The version in force. Raises AssetNotFound, NotPublished, AssetUnreadable."""
    asset = await assets.get(session, kind, api_id)
    _, version = await assets.in_force(session, kind.name, asset.slug)
    return asset, version, definition_of(version.content)


async def examples(session: AsyncSession, api_id: UUID, definition: ApiDefinition) -> list[Example]:
    """Saved cases that passed; the last good run where there are none."""
    cases = (await store.good_cases(session, [api_id])).get(api_id, [])
    return _chosen([_of_case(each) for each in cases] or await _last_good_run(session, api_id), definition)


async def consumers(core: Core, session: AsyncSession, scope: Scope, asset: Asset) -> tuple[list[Dependant], int]:
    """Who in force uses the API, and how many of them the caller may not read."""
    return _readable(core, scope, (await assets.who_notices(session, asset, [])).dependants)


async def compare(core: Core, scope: Scope, api_id: UUID, span: tuple[int | None, int]) -> Comparison:
    """From one version (None: what is in force) to another (0: the draft). Raises AssetNotFound, VersionNotFound."""
    kind, (start, to) = core.part(ApiKind), span
    async with core.db.transaction(scope) as session:
        asset = await assets.get(session, kind, api_id)
        start = start if start is not None else asset.published_version
        before = None if start is None else await _definition(session, asset, start)
        after = await _definition(session, asset, to)
    if before is not None:  # what a draft answers is only known to whoever judges its logic
        before = await with_output(core, scope, before)
    after = await with_output(core, scope, after)
    found = [] if before is None else list(changes(before, after))
    async with core.db.transaction(scope) as session:
        broken = [Breaking(each.part, each.reason, each.hits) for each in found if each.breaks]
        users = (await assets.who_notices(session, asset, broken)).dependants
    shown, hidden = _readable(core, scope, users)
    return Comparison(start, found, shown, hidden)


async def releases(
    session: AsyncSession, kind: ApiKind, api_id: UUID, *, limit: int, below: int | None
) -> list[Release]:
    """Versions, newest first, one more than `limit`, each with what it changed."""
    asset = await assets.get(session, kind, api_id)
    versions = await assets.list_versions(session, kind, asset.id, limit=limit + 1, below=below)
    read = [_readable_definition(each) for each in versions]
    pairs = zip(read, [*read[1:], None], strict=True)
    told = [() if new is None or old is None else tuple(changes(old, new)) for new, old in pairs]
    return [Release(version, found) for version, found in zip(versions, told, strict=True)][: limit + 1]


async def _definition(session: AsyncSession, asset: Asset, version: int) -> ApiDefinition:
    if version == DRAFT:
        return definition_of(asset.draft)
    return definition_of((await assets.get_version(session, asset.id, version)).content)


def _readable_definition(version: AssetVersion) -> ApiDefinition | None:
    try:
        return definition_of(version.content)
    except AssetUnreadable:
        return None


def _readable(core: Core, scope: Scope, found: Sequence[Dependant]) -> tuple[list[Dependant], int]:
    kinds = core.part(Kinds)
    shown = [each for each in found if each.asset.kind in kinds and scope.allows(kinds.named(each.asset.kind).read)]
    return shown, len(found) - len(shown)


def _chosen(found: Sequence[Example], definition: ApiDefinition) -> list[Example]:
    return chosen(found, definition, row_schema_of(definition), whole=not gives_rows(definition))


def _of_case(case: ApiCase) -> Example:
    good = case.good or {}
    status = case.expectation.get("status", 200)
    return Example(case.name, ExampleSource.CASE, case.parameters, good.get("answer"), status)


async def _last_good_run(session: AsyncSession, api_id: UUID) -> list[Example]:
    """Its values as the log kept them; its answer is not kept."""
    query = (
        select(ApiRun)
        .where(ApiRun.api_id == api_id, ApiRun.status < 300)
        .order_by(ApiRun.at.desc(), ApiRun.id.desc())
        .limit(1)
    )
    run = (await session.execute(query)).scalar_one_or_none()
    if run is None:
        return []
    values = {name: value for name, value in run.parameters.items() if value is not None}
    return [Example("", ExampleSource.RUN, values, None, run.status)]
