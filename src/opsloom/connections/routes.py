"""HTTP of connections beside their life as assets: health, tests, browsing, safety, types."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query

from opsloom.assets.service import Asset
from opsloom.connections import directory, repository
from opsloom.connections.content import ConnectionContent, ConnectionType, Limits, secrets_of
from opsloom.connections.kind import NAME
from opsloom.connections.models import ConnectionTest
from opsloom.connections.results import Step
from opsloom.connections.schemas import (
    BreakerShown,
    ConnectionShown,
    LayerShown,
    NodeShown,
    NodesShown,
    PoolShown,
    PromqlRequest,
    PromqlShown,
    SafetyShown,
    SeriesShown,
    StepShown,
    TestRequest,
    TestSavedRequest,
    TestShown,
    TypeShown,
    TypesShown,
)
from opsloom.connections.service import Connections, Range, breaker_key
from opsloom.connections.types import described
from opsloom.identity import audit
from opsloom.identity.access import Caller, Work, allowed, core_of, work
from opsloom.identity.permissions import Permission
from opsloom.infra.core import Core
from opsloom.kit.model import Text
from opsloom.kit.paging import Cursor, Limit, Page, decode_cursor, page_of
from opsloom.kit.resilience.board import BreakerView

router = APIRouter(prefix="/api/v1", tags=["connections"])

CoreOf = Annotated[Core, Depends(core_of)]
Reading = Annotated[Work, Depends(work(Permission.CONNECTIONS_READ), scope="function")]
Writing = Annotated[Work, Depends(work(Permission.CONNECTIONS_WRITE), scope="function")]
# Another system is asked in these; no transaction of ours is open meanwhile.
Using = Annotated[Caller, Depends(allowed(Permission.CONNECTIONS_READ))]
Building = Annotated[Caller, Depends(allowed(Permission.CONNECTIONS_WRITE))]


@router.get("/connections")
async def list_connections(
    w: Reading,
    limit: Limit = 50,
    cursor: Cursor = None,
    q: Annotated[Text | None, Query(max_length=200, description="In name and key.")] = None,
    type: Annotated[ConnectionType | None, Query(description="Only of this type.")] = None,
) -> Page[ConnectionShown]:
    """Connections with their health, newest first. Saving and publishing them is that of all assets."""
    after = decode_cursor(cursor, UUID)[0] if cursor else None
    assert after is None or isinstance(after, UUID)
    found = await repository.assets_after(w.session, NAME, limit=limit, after=after, text=q, type_=type)
    tests = await repository.tests_of(w.session, [asset.id for asset in found])
    breakers = {view.key: view for view in await w.core.breakers.views()}
    shown = [_shown(w, asset, tests.get(asset.id), breakers) for asset in found]
    return page_of(shown, limit, lambda each: (each.id,))


@router.get("/connections/{asset_id}")
async def get_connection(w: Reading, asset_id: UUID) -> ConnectionShown:
    """One connection with its health."""
    asset = await directory.need(w.session, asset_id)
    tests = await repository.tests_of(w.session, [asset.id])
    breakers = {view.key: view for view in await w.core.breakers.views()}
    return _shown(w, asset, tests.get(asset.id), breakers)


@router.get("/connection-types", dependencies=[Depends(allowed(Permission.CONNECTIONS_READ))])
async def list_connection_types() -> TypesShown:
    """Every type with the JSON Schema of its config, the places where it names secrets, and what it can do."""
    items = [
        TypeShown(type=kind, config_schema=schema, secrets=secrets, can=can)
        for kind, schema, secrets, can in described()
    ]
    return TypesShown(items=items, limits_schema=Limits.model_json_schema())


@router.post("/connections/test")
async def try_config(caller: Building, core: CoreOf, body: TestRequest) -> TestShown:
    """Try a connection that is not saved, step by step."""
    content = ConnectionContent(config=body.config, limits=body.limits)
    steps = await core.part(Connections).test_content(caller.scope, content, body.secrets)
    return _tested(caller, core, steps)


@router.post("/connections/{asset_id}/test")
async def try_connection(
    caller: Building, core: CoreOf, asset_id: UUID, body: TestSavedRequest | None = None
) -> TestShown:
    """Try a saved connection, step by step: the version in force, or the draft where there is none or it is asked for."""
    async with core.db.transaction(caller.scope) as session:
        asset = await directory.need(session, asset_id)
        content = directory.need_content(asset)
    connections = core.part(Connections)
    if (body is not None and body.draft) or asset.published_version is None:
        steps = await connections.test_content(caller.scope, content, {})
    else:
        steps = await connections.test(caller.scope, asset.slug)
    async with core.db.transaction(caller.scope) as session:
        await directory.keep_test(session, caller.scope, asset, steps)
    return _tested(caller, core, steps)


@router.get("/connections/{asset_id}/browse")
async def browse_connection(
    caller: Using,
    core: CoreOf,
    asset_id: UUID,
    path: Annotated[Text, Query(max_length=2000, description="As a node gave it; left out: the top.")] = "",
) -> NodesShown:
    """What is below a path: schemas, tables and columns; metrics; keys."""
    key = await _key(core, caller, asset_id)
    found = await core.part(Connections).browse(caller.scope, key, path)
    return NodesShown(items=[NodeShown.model_validate(node) for node in found])


@router.post("/connections/{asset_id}/promql")
async def ask_prometheus(caller: Using, core: CoreOf, asset_id: UUID, body: PromqlRequest) -> PromqlShown:
    """The series of a PromQL expression, through a connection to a Prometheus."""
    key = await _key(core, caller, asset_id)
    at: float | Range | None = body.at.timestamp() if body.at is not None else None
    if body.from_ is not None and body.to is not None and body.step_s is not None:
        at = Range(body.from_.timestamp(), body.to.timestamp(), body.step_s)
    found = await core.part(Connections).promql(caller.scope, key, body.query, at)
    return PromqlShown(series=[SeriesShown.model_validate(each) for each in found])


@router.get("/connections/{asset_id}/safety")
async def inspect_safety(caller: Using, core: CoreOf, asset_id: UUID) -> SafetyShown:
    """Which safety layers hold, found out by trying; what is tried is rolled back."""
    key = await _key(core, caller, asset_id)
    connections = core.part(Connections)
    layers = await connections.safety(caller.scope, key)
    ready = await connections.ready(caller.scope, key)
    return SafetyShown(type=ready.type, layers=[LayerShown.model_validate(layer) for layer in layers])


@router.post("/connections/{asset_id}/breaker/reset")
async def reset_connection_breaker(w: Writing, asset_id: UUID) -> ConnectionShown:
    """Let calls go on at once after repeated failures."""
    await directory.need(w.session, asset_id)
    if await w.core.breakers.reset(breaker_key(w.scope.tenant_id, asset_id)):
        await audit.record(w.session, w.scope, "connection.breaker_reset", NAME, asset_id)
    return await get_connection(w, asset_id)


async def _key(core: Core, caller: Caller, asset_id: UUID) -> str:
    async with core.db.transaction(caller.scope) as session:
        return (await directory.need(session, asset_id)).slug


def _tested(caller: Caller, core: Core, steps: list[Step]) -> TestShown:
    return TestShown(
        ok=all(step.ok for step in steps),
        steps=[StepShown.model_validate(step) for step in steps],
        tested_at=core.clock.now(),
        tested_by=caller.scope.actor.name,
    )


def _shown(w: Work, asset: Asset, test: ConnectionTest | None, breakers: dict[str, BreakerView]) -> ConnectionShown:
    found = directory.read(asset.draft)
    content = None if isinstance(found, str) else found
    breaker = breakers.get(breaker_key(w.scope.tenant_id, asset.id))
    line = w.core.part(Connections).lines.peek(w.scope.tenant_id, asset.id)
    return ConnectionShown(
        id=asset.id,
        key=asset.slug,
        name=asset.name,
        type=directory.type_of(asset),
        description=asset.description,
        state=asset.state,
        published_version=asset.published_version,
        revision=asset.draft_revision,
        config=content.config if content else None,
        limits=content.limits if content else None,
        secrets=sorted({name for _, name in secrets_of(content.config)}) if content else [],
        fault=found if isinstance(found, str) else None,
        last_test=TestShown.model_validate(test) if test else None,
        breaker=BreakerShown.model_validate(breaker) if breaker else None,
        pool=PoolShown(size=line.pool, in_use=line.opened.in_use) if line else None,
        created_at=asset.created_at,
        created_by=asset.created_by,
        updated_at=asset.updated_at,
        updated_by=asset.updated_by,
    )
