"""The tenant's connections as a list, with what each is worth knowing by, and who uses which secret."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from pydantic import BaseModel, ValidationError
from sqlalchemy.ext.asyncio import AsyncSession

from opsloom.assets.service import Asset, AssetState
from opsloom.connections import repository
from opsloom.connections.content import ConnectionContent, secrets_of
from opsloom.connections.errors import ConnectionUnknown, ContentUnreadable, SecretInUse
from opsloom.connections.kind import NAME
from opsloom.connections.results import Step
from opsloom.identity import audit
from opsloom.identity.scope import Scope
from opsloom.infra import stream


@dataclass(frozen=True)
class User:
    """A connection that names a secret; `published`: in the version in force."""

    id: UUID
    key: str
    name: str
    published: bool


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


async def users_of_secrets(session: AsyncSession) -> Mapping[str, list[User]]:
    """By the secret's name."""
    found: dict[str, list[User]] = defaultdict(list)
    for asset, in_force in await repository.contents(session, NAME):
        published = set() if in_force is None else set(_named(in_force))
        for name in sorted(published | set(_named(asset.draft))):
            found[name].append(User(asset.id, asset.slug, asset.name, name in published))
    return found


async def require_unused(session: AsyncSession, name: str) -> None:
    """Raises SecretInUse when a connection in force names the secret."""
    for user in (await users_of_secrets(session)).get(name, ()):
        if user.published:
            raise SecretInUse(
                f"The connection “{user.name}” needs this secret.", hint="Change or unpublish the connection first."
            )


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


def _named(content: Mapping[str, object]) -> Iterable[str]:
    found = read(content)
    config: BaseModel | None = None if isinstance(found, str) else found.config
    return [] if config is None else [name for _, name in secrets_of(config)]
