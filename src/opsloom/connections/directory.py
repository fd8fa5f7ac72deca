"""The tenant's connections as a list, with what each is worth knowing by."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from uuid import UUID

from pydantic import ValidationError
from sqlalchemy.ext.asyncio import AsyncSession

from opsloom.assets.service import Asset, AssetState
from opsloom.connections import repository
from opsloom.connections.content import ConnectionContent
from opsloom.connections.errors import ConnectionUnknown, ContentUnreadable
from opsloom.connections.kind import NAME
from opsloom.connections.results import Step
from opsloom.identity import audit
from opsloom.identity.scope import Scope
from opsloom.infra import stream


async def need(session: AsyncSession, asset_id: UUID) -> Asset:
    """A connection that is not archived. Raises ConnectionUnknown."""
    asset = await repository.asset(session, NAME, asset_id)
    if asset is None or asset.state == AssetState.ARCHIVED:
        raise ConnectionUnknown("There is no such connection.")
    return asset


def read(content: Mapping[str, object]) -> ConnectionContent | str:
    """Stored content, or the sentence that says why it cannot be read: one of an older shape hides nobody else."""
    try:
        return ConnectionContent.model_validate(content)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        return f"{'/'.join(str(part) for part in first['loc'])}: {first['msg']}"


def need_content(asset: Asset) -> ConnectionContent:
    """A connection's draft. Raises ContentUnreadable."""
    found = read(asset.draft)
    if isinstance(found, str):
        raise ContentUnreadable(f"The content of “{asset.name}” cannot be read: {found}.", hint="Save it anew.")
    return found


def type_of(asset: Asset) -> str:
    """What the draft says it is, also where the rest of it cannot be read."""
    config = asset.draft.get("config")
    return str(config.get("type", "")) if isinstance(config, dict) else ""


async def keep_test(session: AsyncSession, scope: Scope, asset: Asset, steps: Iterable[Step]) -> None:
    """Remember what a test said, and tell it."""
    found = list(steps)
    ok = all(step.ok for step in found)
    shown = [{"name": step.name, "ok": step.ok, "detail": step.detail, "ms": step.ms} for step in found]
    values = {
        "tenant_id": scope.tenant_id,
        "asset_id": asset.id,
        "ok": ok,
        "steps": shown,
        "tested_at": datetime.now(UTC),
        "tested_by": scope.actor.name,
    }
    await repository.keep_test(session, values)
    await audit.record(session, scope, "connection.tested", NAME, asset.id, {"ok": ok})
    message = {"type": "connection.tested", "id": str(asset.id), "key": asset.slug, "ok": ok}
    await stream.publish(session, scope.tenant_id, "connections", message)
