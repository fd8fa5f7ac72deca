"""OpenAPI documents imported: listed first, then chosen operations become HTTP APIs, tools, or both."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy.ext.asyncio import AsyncSession

from opsloom.apis import openapi
from opsloom.apis.openapi import Draft, Found, Operation
from opsloom.assets import service as assets
from opsloom.assets.errors import NameTaken
from opsloom.assets.kinds import Kinds
from opsloom.connections.service import Connections, HttpCall, Take
from opsloom.identity.scope import Scope
from opsloom.infra.aside import Aside
from opsloom.infra.core import Core
from opsloom.kit.errors import ExternalServiceFailed, FieldProblem, InvalidInput, OpsloomError
from opsloom.tools import from_api
from opsloom.tools.import_schemas import (
    ImportApply,
    ImportedListShown,
    ImportedShown,
    ImportRead,
    ImportShown,
    OperationShown,
    ParameterShown,
    ProblemShown,
)

_FETCH_S = 20.0
_MOST_SCHEMA_BYTES = 4_000_000
_NAMES_TRIED = 50


@dataclass(frozen=True, slots=True)
class OwnDocument:
    """The OpenAPI document of this server; the application fills it in."""

    make: Callable[[], dict[str, Any]]


async def look(core: Core, scope: Scope, request: ImportRead) -> ImportShown:
    """The operations of a document. Raises DocumentRefused, DocumentTooLarge, and what calling a connection raises."""
    found = await _found(core, scope, request)
    return await asyncio.to_thread(_listed, found)


async def apply(core: Core, scope: Scope, request: ImportApply) -> ImportedListShown:
    """Make what was chosen; each in a transaction of its own, so that one that fails costs no other.

    Raises as `look`, InvalidInput for operations that are not in the document.
    """
    found = await _found(core, scope, request)
    by_id = {each.id: each for each in found.operations}
    unknown = [each for each in request.operations if each not in by_id]
    if unknown:
        problems = [
            FieldProblem(
                pointer=f"/operations/{request.operations.index(each)}", detail="no such operation", code="unknown"
            )
            for each in unknown
        ]
        raise InvalidInput("The document does not have these operations.", details=problems)
    base_path = request.base_path if request.base_path is not None else await _base_path(core, scope, request, found)
    made: list[ImportedShown] = []
    for operation_id in dict.fromkeys(request.operations):
        made += await _made(core, scope, request, (found, by_id[operation_id], base_path))
    return ImportedListShown(items=made)


async def _made(
    core: Core, scope: Scope, request: ImportApply, source: tuple[Found, Operation, str]
) -> list[ImportedShown]:
    """What became of one operation."""
    found, operation, base_path = source
    try:
        if not operation.usable:
            first = operation.problems[0]
            return [_failed(operation, first.code, f"{first.detail} ({first.pointer})")]
        draft = openapi.draft_of(found, operation, request.connection, base_path.rstrip("/"))
        async with core.db.transaction(scope) as session:
            return await _store(core, session, scope, request, (operation, draft))
    except openapi.Broken as broken:
        return [_failed(operation, broken.code, f"{broken.detail} ({broken.pointer})")]
    except OpsloomError as error:
        details = "; ".join(f"{each.pointer}: {each.detail}" for each in error.details[:5])
        return [_failed(operation, error.code, f"{error.message} {details}".strip())]


async def _store(
    core: Core, session: AsyncSession, scope: Scope, request: ImportApply, wanted: tuple[Operation, Draft]
) -> list[ImportedShown]:
    operation, draft = wanted
    kinds, made = core.part(Kinds), []
    api_key = ""
    if request.make != "tool":
        path = "/".join(part for part in (request.path_prefix.strip("/"), draft.path) if part)
        shown = await _asset(session, scope, kinds, ("api", draft.name, _api(draft, path)), request)
        api_key = shown.key or ""
        made.append(shown.model_copy(update={"operation": operation.id, "path": path}))
    if request.make != "api":
        content = _tool(draft) if request.make == "tool" else _tool(draft) | {"logic": {"type": "api", "api": api_key}}
        shown = await _asset(session, scope, kinds, ("tool", draft.name, content), request)
        made.append(shown.model_copy(update={"operation": operation.id}))
    return made


async def _asset(
    session: AsyncSession, scope: Scope, kinds: Kinds, wanted: tuple[str, str, dict[str, Any]], request: ImportApply
) -> ImportedShown:
    """A new asset with a name that is free, published if asked."""
    kind_name, name, content = wanted
    kind = kinds.named(kind_name)
    for count in range(1, _NAMES_TRIED):
        try:
            tried = name if count == 1 else f"{name[:190]} {count}"
            asset = await assets.create_draft(session, scope, kind, tried, content, tags=request.tags)
            break
        except NameTaken:
            continue
    else:
        raise NameTaken(f"There are {_NAMES_TRIED} named “{name}” already.")
    if request.publish:
        await assets.publish_or_ask(session, scope, kind, asset)
    shown = from_api.made(asset, asset.published_version)
    return ImportedShown(operation="", **shown.model_dump(), path=None, code=None, error=None)


def _api(draft: Draft, path: str) -> dict[str, Any]:
    return {
        "path": path,
        "method": draft.method,
        "description": draft.description,
        "tags": draft.tags,
        "logic": draft.logic,
        "parameters": draft.parameters,
        "row_schema": draft.row_schema,
    }


def _tool(draft: Draft) -> dict[str, Any]:
    return {
        "description": draft.description or draft.name,
        "input_schema": draft.input_schema,
        "output_schema": draft.output_schema,
        "logic": draft.logic,
        "capabilities": draft.capabilities,
    }


async def _found(core: Core, scope: Scope, request: ImportRead) -> Found:
    if request.own:
        return await asyncio.to_thread(lambda: openapi.read(core.part(OwnDocument).make()))
    if request.document is not None:
        text = request.document.encode("utf-8", "replace")
    else:
        text = await _fetched(core, scope, request)
    document = await openapi.load(core.part(Aside), text)
    return await asyncio.to_thread(openapi.read, document)


async def _fetched(core: Core, scope: Scope, request: ImportRead) -> bytes:
    path, _, query = request.path.partition("?")
    pairs = dict(each.partition("=")[::2] for each in query.split("&") if each)
    call = HttpCall("GET", path, pairs, {"accept": "application/json, application/yaml, */*;q=0.5"})
    take = Take(total_s=_FETCH_S, bytes=openapi.MOST_BYTES)
    answer = await core.part(Connections).call(scope, request.connection or "", call, take)
    if not 200 <= answer.status < 300:
        raise ExternalServiceFailed(
            f"The connection answered {answer.status} instead of a document.", hint="Check the path below its address."
        )
    return answer.body


async def _base_path(core: Core, scope: Scope, request: ImportApply, found: Found) -> str:
    """What stands before the document's paths, below the connection's URL: nothing where that ends in it already."""
    ready = await core.part(Connections).ready(scope, request.connection)
    url = str(getattr(ready.config, "url", "")).rstrip("/")
    return "" if url.endswith(found.base_path) else found.base_path


def _failed(operation: Operation, code: str, error: str) -> ImportedShown:
    return ImportedShown(
        operation=operation.id, asset_id=None, kind=None, key=None, name=operation.name, published_version=None,
        path=None, code=code, error=error[:1_000],
    )  # fmt: skip


def _listed(found: Found) -> ImportShown:
    """Every operation; once the schemas of the first ones are many megabytes, those of the others are left out."""
    operations, left = [], _MOST_SCHEMA_BYTES
    for operation in found.operations:
        shown = _shown(found, operation)
        left -= len(orjson.dumps([shown.input_schema, shown.output_schema]))
        operations.append(
            shown if left >= 0 else shown.model_copy(update={"input_schema": None, "output_schema": None})
        )
    return ImportShown(
        title=found.title,
        version=found.version,
        openapi=found.openapi,
        server=found.server,
        base_path=found.base_path,
        operations=operations,
    )


def _shown(found: Found, operation: Operation) -> OperationShown:
    """With its schemas where they can be followed; else with what is wrong."""
    problems = [ProblemShown.model_validate(each) for each in operation.problems]
    draft, usable = None, operation.usable
    if usable:
        try:
            draft = openapi.draft_of(found, operation, "", "")
        except openapi.Broken as broken:
            problems.append(ProblemShown(pointer=broken.pointer, detail=broken.detail, code=broken.code))
            usable = False
    return OperationShown(
        id=operation.id,
        method=operation.method,
        path=operation.path,
        name=operation.name,
        description=operation.description,
        tags=operation.tags,
        deprecated=operation.deprecated,
        usable=usable,
        problems=problems,
        parameters=[
            ParameterShown(name=each.name, place=each.place, required=each.required) for each in operation.parameters
        ],
        input_schema=draft.input_schema if draft else None,
        output_schema=draft.output_schema if draft else None,
    )
