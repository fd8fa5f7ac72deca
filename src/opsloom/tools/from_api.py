"""An API exported as a tool: schemas from its parameters and rows, linked to it, so that a change of one shows at the other."""

from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from opsloom.apis import service as apis
from opsloom.apis.schemas import ApiDefinition, HttpLogic, ScriptLogic, SqlLogic, WorkflowLogic
from opsloom.assets import service as assets
from opsloom.assets.kinds import Kinds
from opsloom.assets.service import Asset
from opsloom.identity.scope import Scope
from opsloom.infra.core import Core
from opsloom.kit.errors import FieldProblem
from opsloom.tools.errors import ToolRefused
from opsloom.tools.kind import ToolKind
from opsloom.tools.schemas import Capability, FromApi, MadeShown


async def export(core: Core, session: AsyncSession, scope: Scope, request: FromApi) -> MadeShown:
    """A new tool that wraps a published API. Raises ToolRefused, NameTaken, and when published what publishing raises."""
    kind, api = core.part(ToolKind), await assets.by_key(session, core.part(Kinds).named("api"), request.api)
    definition = await apis.published_by_key(core, session, request.api)
    if api is None or definition is None:
        problem = FieldProblem(pointer="/api", detail="no such API is published", code="not_published")
        raise ToolRefused(f"No API with the key “{request.api}” is published.", details=[problem])
    content = content_of(request.api, definition)
    content["description"] = definition.description if request.description is None else request.description
    content["when_to_use"] = request.when_to_use
    name = request.name or api.name
    asset = await assets.create_draft(session, scope, kind, name, content, tags=definition.tags)
    if request.publish:
        await assets.publish_or_ask(session, scope, kind, asset)
    return made(asset, asset.published_version)


def content_of(key: str, definition: ApiDefinition) -> dict[str, Any]:
    """The content of a tool that wraps the API with this key."""
    taken, given = apis.schemas_of(definition)
    return {
        "input_schema": taken,
        "output_schema": None if isinstance(definition.logic, ScriptLogic | WorkflowLogic) else given,
        "logic": {"type": "api", "api": key},
        "capabilities": [each.value for each in _capabilities(definition)],
        "limits": {"timeout_ms": min(definition.limits.timeout_ms + 1_000, 120_000)},
    }


def made(asset: Asset, version: int | None) -> MadeShown:
    """What became of it."""
    return MadeShown(asset_id=asset.id, kind=asset.kind, key=asset.key, name=asset.name, published_version=version)


def _capabilities(definition: ApiDefinition) -> list[Capability]:
    match definition.logic:
        case SqlLogic():
            return [Capability.READ_ONLY, Capability.IDEMPOTENT]
        case HttpLogic(method="GET"):
            return [Capability.READ_ONLY, Capability.OPEN_WORLD]
        case HttpLogic(method="DELETE"):
            return [Capability.DESTRUCTIVE, Capability.OPEN_WORLD]
    return [Capability.OPEN_WORLD]
