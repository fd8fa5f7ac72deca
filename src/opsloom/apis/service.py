"""What people do with APIs: the registry's life cycle, checks, trial runs."""

from typing import Any
from uuid import UUID

import orjson
from sqlalchemy.ext.asyncio import AsyncSession

from opsloom.apis.engines.protocol import Engine, Validation
from opsloom.apis.execute import Executor, Run, Way
from opsloom.apis.kind import ApiKind
from opsloom.apis.params import Place, Values
from opsloom.apis.published import Published, Served
from opsloom.apis.schemas import ApiDefinition, CheckRequest, RunRequest
from opsloom.assets import service as assets
from opsloom.assets.service import Asset, content_hash
from opsloom.identity.scope import Scope
from opsloom.infra.core import Core


class Engines(dict[str, Engine]):
    """The engines by type of logic; a class of its own so that it can be found among the core's parts."""


async def check(core: Core, request: CheckRequest) -> Validation:
    """Judge logic that may not have been saved yet."""
    # Where parameters are read from has no bearing on the logic; in a path they would need their places.
    flat = [parameter.model_copy(update={"where": Place.QUERY}) for parameter in request.parameters]
    definition = ApiDefinition(path="check", logic=request.logic, parameters=flat)
    return await core.part(Engines)[request.logic.type].validate(definition)


def definition_of(content: dict[str, Any]) -> ApiDefinition:
    return ApiDefinition.model_validate(content)


async def try_out(core: Core, scope: Scope, api_id: UUID, request: RunRequest) -> tuple[Served, Run]:
    """Run the draft or a version the way a published one runs. Reading the definition ends before the run begins."""
    kind = core.part(ApiKind)
    async with core.db.transaction(scope) as session:
        asset = await assets.get(session, kind, api_id)
        terms = await _terms(session, asset, request.version)
    served = await core.part(Published).prepare(scope.tenant_id, asset.id, asset.name, terms)
    path = terms[2].path

    def read() -> Values:
        given = request.parameters
        placed = {name: str(given[name]) for name in terms[2].path_parameters if given.get(name) is not None}
        rest = {name: value for name, value in given.items() if name not in placed}
        return served.reader.read((), placed, rest)

    way = Way("POST", path, read, may_cache=request.version is not None)
    return served, await core.part(Executor).run(served, scope, way)


async def _terms(session: AsyncSession, asset: Asset, version: int | None) -> tuple[int, str, ApiDefinition]:
    if version is None:
        definition = definition_of(asset.draft)
        return 0, content_hash(definition.model_dump(mode="json")), definition
    found = await assets.get_version(session, asset.id, version)
    return found.version, found.content_hash, definition_of(found.content)


def rows_of(run: Run) -> list[Any]:
    rows: list[Any] = orjson.loads(run.result.body)
    return rows
