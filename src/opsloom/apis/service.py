"""What people do with APIs: the registry's life cycle, checks, trial runs."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy.ext.asyncio import AsyncSession

from opsloom.apis.document import schemas_of
from opsloom.apis.effects import why_it_may_change
from opsloom.apis.engines.protocol import Engine, Validation, Writes
from opsloom.apis.engines.trial import Trial, trying
from opsloom.apis.execute import Executor, Run, Way
from opsloom.apis.kind import ApiKind
from opsloom.apis.links import links, logic_links
from opsloom.apis.logic import WriteLogic
from opsloom.apis.params import Place, Values
from opsloom.apis.published import Published, Served
from opsloom.apis.schemas import ApiDefinition, CheckRequest, Method, RunRequest
from opsloom.apis.sql.guard import Finding
from opsloom.assets import service as assets
from opsloom.assets.service import Asset, content_hash
from opsloom.identity.errors import PermissionMissing
from opsloom.identity.permissions import Permission
from opsloom.identity.scope import Scope
from opsloom.infra.core import Core
from opsloom.kit import frozen

__all__ = [
    "Finding",
    "logic_links",
    "schemas_of",
    "why_it_may_change",
]  # what exporting an API as something else needs belongs to this interface


@dataclass(frozen=True, slots=True)
class Named:
    """Whose logic runs, for limits and the log; version 0 is a draft."""

    id: UUID
    name: str
    version: int
    content_hash: str
    called_as: str


class Engines(dict[str, Engine]):
    """The engines by type of logic; a class of its own so that it can be found among the core's parts."""


async def check(core: Core, scope: Scope, request: CheckRequest) -> Validation:
    """Judge logic that may not have been saved yet."""
    # Where parameters are read from has no bearing on the logic; in a path they would need their places.
    flat = [parameter.model_copy(update={"where": Place.QUERY}) for parameter in request.parameters]
    method = Method.POST if isinstance(request.logic, WriteLogic) else Method.GET
    definition = ApiDefinition(path="check", method=method, logic=request.logic, parameters=flat)
    return await core.part(Engines)[request.logic.type].validate(definition, scope)


def definition_of(content: dict[str, Any]) -> ApiDefinition:
    """What a draft or version says. Raises AssetUnreadable."""
    return assets.read_stored_as("api", ApiDefinition, content)


async def try_out(core: Core, scope: Scope, api_id: UUID, request: RunRequest) -> tuple[Served, Run]:
    """Run the draft or a version the way a published one runs. Reading the definition ends before the run begins."""
    served = await load(core, scope, api_id, request.version)
    known = {node: (each.output, each.port) for node, each in request.known.items()}
    trial = Trial(known, request.from_node) if known or request.from_node else None
    may_cache = request.version is not None and trial is None
    with frozen.holding(frozen_of(core, request.now, request.seed)), trying(trial):
        return served, await run_loaded(core, scope, served, request.parameters, may_cache=may_cache)


def frozen_of(core: Core, now: datetime | None, seed: int | None) -> frozen.Frozen | None:
    """The clock and the chance of a trial; None when it has the world's."""
    return None if now is None and seed is None else frozen.Frozen(now or core.clock.now(), seed or 0)


async def load(core: Core, scope: Scope, api_id: UUID, version: int | None) -> Served:
    """The draft (None) or a version, ready to run. Raises AssetNotFound, VersionNotFound, LogicRefused, PermissionMissing."""
    kind = core.part(ApiKind)
    async with core.db.transaction(scope) as session:
        asset = await assets.get(session, kind, api_id)
        terms = await _terms(session, asset, version)
    if version is None:
        may_try(scope, terms[2])
    return await core.part(Published).prepare(scope.tenant_id, asset.id, asset.name, terms)


async def run_loaded(core: Core, scope: Scope, served: Served, given: Mapping[str, Any], *, may_cache: bool) -> Run:
    """Run what `load` gave. Raises as a call at /runtime."""
    may_cache = may_cache and frozen.current() is None
    way = Way("POST", served.path, reading(served, given), may_cache=may_cache, writes=Writes.TRIAL)
    return await core.part(Executor).run(served, scope, way)


async def with_output(core: Core, scope: Scope, definition: ApiDefinition) -> ApiDefinition:
    """The definition with what publishing it would learn of its rows; as it is where its logic is refused."""
    if definition.output or definition.row_schema:
        return definition
    found = await core.part(Engines)[definition.logic.type].validate(definition, scope)
    return definition.model_copy(update={"output": list(found.output) or None})


def may_try(scope: Scope, definition: ApiDefinition) -> None:
    """A draft that nobody with the right has published yet must not lend a connection to its author."""
    if any(links(definition)):
        may_connect(scope)


def may_connect(scope: Scope) -> None:
    """Raises PermissionMissing."""
    if not scope.allows(Permission.CONNECTIONS_READ):
        raise PermissionMissing(
            f"Running a draft that uses a connection needs the permission {Permission.CONNECTIONS_READ.value}.",
            hint="Ask an administrator for a role or key that has it.",
        )


async def findings_of(core: Core, scope: Scope, definition: ApiDefinition) -> tuple[Finding, ...]:
    """The reasons why a definition could not be published."""
    return (await core.part(Engines)[definition.logic.type].validate(definition, scope)).findings


async def run_definition(
    core: Core, scope: Scope, of: Named, definition: ApiDefinition, given: Mapping[str, Any]
) -> Run:
    """Run logic that belongs to something else than an API (a tool), the way an API runs. Raises as a call at /runtime."""
    if of.version == 0:
        may_try(scope, definition)
    terms = (of.version, of.content_hash, definition)
    served = await core.part(Published).prepare(scope.tenant_id, of.id, of.name, terms)
    return await core.part(Executor).run(served, scope, Way("TOOL", of.called_as, reading(served, given)))


async def published_by_key(core: Core, session: AsyncSession, key: str) -> ApiDefinition | None:
    """The definition in force of the API with this key."""
    for asset, version in await assets.list_published(session, core.part(ApiKind)):
        if asset.slug == key:
            return definition_of(version.content)
    return None


async def in_force(core: Core, scope: Scope, key: str) -> Named:
    """Which version the published API with this key is. Raises ApiNotFound, ApiUnservable."""
    served = await core.part(Published).by_key(scope.tenant_id, key)
    return Named(served.api_id, served.name, served.version, served.content_hash, key)


async def run_by_key(core: Core, scope: Scope, key: str, given: Mapping[str, Any], called_as: str) -> Run:
    """Run a published API; `called_as` is the path in its log. Raises ApiNotFound and what a call at /runtime raises."""
    served = await core.part(Published).by_key(scope.tenant_id, key)
    may_cache = frozen.current() is None  # what was made at another time is no answer for others
    return await core.part(Executor).run(served, scope, Way("TOOL", called_as, reading(served, given), may_cache))


def reading(served: Served, given: Mapping[str, Any]) -> Callable[[], Values]:
    """How values that came all in one object are read, wherever each has its place in a call over HTTP."""

    def read() -> Values:
        names = served.definition.path_parameters
        placed = {name: str(given[name]) for name in names if given.get(name) is not None}
        headers = {name: header for header, name in served.reader.headers.items() if given.get(name) is not None}
        rest = {name: value for name, value in given.items() if name not in placed and name not in headers}
        told = [(header, _text(given[name]).encode()) for name, header in headers.items()]
        return served.reader.read((), placed, rest, told)

    return read


def _text(value: object) -> str:
    return value if isinstance(value, str) else orjson.dumps(value).decode()


async def _terms(session: AsyncSession, asset: Asset, version: int | None) -> tuple[int, str, ApiDefinition]:
    if version is None:
        definition = definition_of(asset.draft)
        return 0, content_hash(definition.model_dump(mode="json")), definition
    found = await assets.get_version(session, asset.id, version)
    return found.version, found.content_hash, definition_of(found.content)


def rows_of(run: Run) -> list[Any]:
    """A whole answer that is no list stands in one row."""
    found: Any = orjson.loads(run.result.body)
    return found if isinstance(found, list) else [found]
