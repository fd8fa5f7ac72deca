"""The tenant's channels: assets of kind `channel`, with their secrets sealed beside them."""

import asyncio
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final
from uuid import UUID

import orjson
from sqlalchemy.ext.asyncio import AsyncSession

from opsloom.assets import service as assets
from opsloom.assets.errors import AssetUnreadable, NotPublished
from opsloom.assets.service import Asset, AssetVersion, Load
from opsloom.identity import audit
from opsloom.identity.scope import Scope
from opsloom.infra.addresses import EgressPolicy, read_host
from opsloom.infra.core import Core
from opsloom.infra.http import read_url
from opsloom.infra.secrets import Secrets, SecretText
from opsloom.kit.clock import Clock
from opsloom.kit.errors import FieldProblem
from opsloom.notifications import repository, signing
from opsloom.notifications.channels.forms import ServiceBody
from opsloom.notifications.channels.services import BUILT, plugin_of
from opsloom.notifications.channels.types import Sealed
from opsloom.notifications.content import (
    Channel,
    ChannelContent,
    InAppConfig,
    ServiceConfig,
    WebhookConfig,
)
from opsloom.notifications.errors import ChannelTypeFixed, HeaderRefused, SecretNeeded
from opsloom.notifications.kinds import KIND, ROUTE
from opsloom.notifications.models import ChannelSecret
from opsloom.notifications.routing import RouteContent, Routing, in_order
from opsloom.notifications.schemas import ChannelBody, InAppBody, WebhookBody

DEFAULT_NAME: Final = "In-app"
_HEADER_NAME = re.compile(r"[a-z0-9!#$%&'*+.^_`|~-]{1,100}")
_HEADER_VALUE = re.compile(r"[\x20-\x7e\x80-\xff]{0,4000}")
_OWN_HEADERS: Final = {
    "connection", "content-encoding", "content-length", "content-type", "expect", "host", "keep-alive", "te", "trailer",
    "transfer-encoding", "upgrade", "user-agent", "webhook-id", "webhook-signature", "webhook-timestamp",
}  # fmt: skip


@dataclass(frozen=True)
class Tools:
    """What writing channels needs beside the session."""

    secrets: Secrets
    policy: EgressPolicy
    clock: Clock


@dataclass(frozen=True)
class Kept:
    """A channel's secrets, and those of a draft that waits for others' approval: they are the channel's once the content with
    the hash `waits_for` is in force."""

    sealed: Sealed
    waits_for: str | None = None
    waiting: Sealed | None = None

    def of(self, content_hash: str | None) -> Sealed:
        """Those that belong to some content."""
        return self.waiting if self.waiting is not None and self.waits_for == content_hash else self.sealed


@dataclass(frozen=True)
class Made:
    """A new channel; `secret` is set when it was generated here, and shown this once."""

    asset: Asset
    secret: SecretText | None


async def published(session: AsyncSession, scope: Scope) -> list[Channel]:
    """Every channel in force; a tenant that never had one gets its in-app channel now.

    One that cannot be read is reported where people see it, and the others go on.
    """
    found = await assets.list_published(session, KIND)
    if not found:
        await ensure_default(session, scope)
        found = await assets.list_published(session, KIND)
    channels: list[Channel] = []
    loads: list[Load] = []
    for asset, version in found:
        try:
            channels.append(channel_of(asset, version))
            loads.append(Load(asset, version.version, None))
        except AssetUnreadable as error:
            loads.append(Load(asset, version.version, error.message))
    await assets.settle_faults(session, scope, KIND.name, loads)
    return channels


async def routes(session: AsyncSession, scope: Scope) -> list[Routing]:
    """Every route in force, in the order they are asked; one that cannot be read is reported, and the others go on."""
    routings: list[Routing] = []
    loads: list[Load] = []
    for asset, version in await assets.list_published(session, ROUTE):
        try:
            content = assets.read_stored(ROUTE, version.content)
        except AssetUnreadable as error:
            loads.append(Load(asset, version.version, error.message))
            continue
        assert isinstance(content, RouteContent)
        routings.append(Routing(asset.id, version.name, content))
        loads.append(Load(asset, version.version, None))
    if loads:
        await assets.settle_faults(session, scope, ROUTE.name, loads)
    return in_order(routings)


async def ensure_default(session: AsyncSession, scope: Scope) -> None:
    """Make the in-app channel of a tenant that never had a channel; one that was deleted does not come back."""
    if await repository.had_channels(session):
        return
    await repository.one_at_a_time(session, scope.tenant_id)
    if await repository.had_channels(session):
        return
    system = Scope.system(scope.tenant_id, trace_id=scope.trace_id)
    content = ChannelContent(config=InAppConfig()).model_dump(mode="json")
    asset = await assets.create_draft(session, system, KIND, DEFAULT_NAME, content)
    await assets.publish(session, system, KIND, asset.id)


async def create(session: AsyncSession, scope: Scope, tools: Tools, body: ChannelBody) -> Made:
    """A new channel, in force at once, or once others agree where a policy wants it.

    Raises NameTaken, InvalidInput, EgressRefused, SecretUnusable, HeaderRefused.
    """
    await ensure_default(session, scope)
    content = await _content(tools, body, Sealed())
    asset = await assets.create_draft(session, scope, KIND, body.name, content.model_dump(mode="json"))
    made: SecretText | None = None
    if isinstance(body.config, WebhookBody) and not body.config.secret:
        made = signing.new_secret()
    if not isinstance(body.config, InAppBody):
        await _seal(session, scope, tools, asset.id, Kept(_secrets(body, Sealed(made))))
    await assets.publish_or_ask(session, scope, KIND, asset)
    return Made(asset, made)


async def update(
    session: AsyncSession, scope: Scope, tools: Tools, channel_id: UUID, change: tuple[ChannelBody, int | None]
) -> Asset:
    """Replace a channel and put it in force; secrets that are left out stay. `change` is the body and the revision edited.

    Where a policy wants others to agree first they are asked, and new secrets wait with the draft they came with: what is in
    force never sends them. Raises StaleDraft, RevisionRequired, ChannelTypeFixed and what `create` raises.
    """
    body, revision = change
    asset = await assets.get(session, KIND, channel_id)
    before = channel_content(asset)
    if before.config.type is not body.config.type:
        raise ChannelTypeFixed("A channel keeps its type.", hint="Create another channel.")
    kept = await _open(session, tools.secrets, scope.tenant_id, channel_id)
    held, live = kept.of(asset.draft_hash), kept.of(asset.published_hash) if asset.published_version else None
    content = await _content(tools, body, held)
    draft = (body.name, content.model_dump(mode="json"))
    asset = await assets.save_draft(session, scope, KIND, channel_id, draft, if_revision=revision)
    in_force = await assets.publish_or_ask(session, scope, KIND, asset)
    if not isinstance(body.config, InAppBody):
        # Back at what is in force: what waited with another draft stays out of it.
        left = live if live is not None and assets.is_in_force(asset) else held
        new = _secrets(body, left)
        kept = Kept(new) if in_force or live is None else Kept(live, asset.draft_hash, new)
        await _seal(session, scope, tools, channel_id, kept)
    if _writes_secrets(body):
        await audit.record(session, scope, "channel.secrets_changed", KIND.name, channel_id)
    return asset


async def remove(session: AsyncSession, scope: Scope, channel_id: UUID, *, force: bool = False) -> None:
    """Archive a channel and forget its secrets; its lines of the ledger stay. Raises BreaksDependants, unless forced."""
    await assets.archive(session, scope, KIND, channel_id, force=force)
    sealed = await repository.sealed(session, channel_id)
    if sealed is not None:
        await session.delete(sealed)


async def in_force(session: AsyncSession, channel_id: UUID) -> Channel | None:
    """A channel as it is in force now, or None."""
    asset = next((pair for pair in await assets.list_published(session, KIND) if pair[0].id == channel_id), None)
    return None if asset is None else channel_of(*asset)


async def need_in_force(session: AsyncSession, channel_id: UUID) -> Channel:
    """The same. Raises AssetNotFound, NotPublished."""
    asset = await assets.get(session, KIND, channel_id)
    found = await in_force(session, channel_id)
    if found is None:
        raise NotPublished(f"“{asset.name}” is not in force.")
    return found


async def open_sealed(session: AsyncSession, secrets: Secrets, tenant_id: UUID, channel: Channel) -> Sealed:
    """The secrets of a channel as it is in force, for its sender. Raises SecretUnreadable, MasterKeyUnusable."""
    kept = await _open(session, secrets, tenant_id, channel.id)
    return kept.of(assets.source_hash(KIND, channel.content.model_dump(mode="json")))


async def renew(
    session: AsyncSession, core: Core, scope: Scope, channel_id: UUID, values: Mapping[str, SecretText]
) -> None:
    """Keep what a receiver gave in place of a channel's secrets; what waits for approval stays as it is."""
    tools = Tools(core.part(Secrets), core.http.policy, core.clock)
    kept = await _open(session, tools.secrets, scope.tenant_id, channel_id)
    if all(kept.sealed.values.get(name) == value for name, value in values.items()):
        return
    sealed = replace(kept.sealed, values={**kept.sealed.values, **values})
    await _seal(session, scope, tools, channel_id, replace(kept, sealed=sealed))


async def _open(session: AsyncSession, secrets: Secrets, tenant_id: UUID, channel_id: UUID) -> Kept:
    row = await repository.sealed(session, channel_id)
    if row is None:
        return Kept(Sealed())
    opened = orjson.loads((await secrets.open(session, tenant_id, _purpose(channel_id), row.sealed)).reveal())
    waiting = opened.get("waiting")
    if waiting is None:
        return Kept(_unsealed(opened))
    return Kept(_unsealed(opened), waiting["for"], _unsealed(waiting))


def _unsealed(opened: Mapping[str, Any]) -> Sealed:
    secret = opened["secret"]
    headers, values = (
        {name: SecretText(value) for name, value in opened.get(part, {}).items()} for part in ("headers", "values")
    )
    return Sealed(None if secret is None else SecretText(secret), headers, values)


def channel_of(asset: Asset, version: AssetVersion) -> Channel:
    """A published asset as the pipeline's channel. Raises AssetUnreadable."""
    content = assets.read_stored(KIND, version.content)
    assert isinstance(content, ChannelContent)
    return Channel(id=asset.id, name=version.name, slug=asset.slug, content=content)


def channel_content(asset: Asset) -> ChannelContent:
    """What an asset of this kind says. Raises AssetUnreadable."""
    content = assets.read_stored(KIND, asset.draft)
    assert isinstance(content, ChannelContent)
    return content


def _secrets(body: ChannelBody, held: Sealed) -> Sealed:
    """The secrets that were written, and those that were left out as they are."""
    config = body.config
    if isinstance(config, ServiceBody):
        return Sealed(values={**held.values, **config.given()})
    assert isinstance(config, WebhookBody)
    return Sealed(config.secret or held.secret, held.headers if config.headers is None else config.headers)


def _writes_secrets(body: ChannelBody) -> bool:
    config = body.config
    if isinstance(config, ServiceBody):
        return bool(config.given())
    return isinstance(config, WebhookBody) and bool(config.secret or config.headers is not None)


async def _content(tools: Tools, body: ChannelBody, held: Sealed) -> ChannelContent:
    common = body.model_dump(include={"enabled", "route", "language", "template", "limit", "fallback"})
    if isinstance(body.config, InAppBody):
        return ChannelContent(**common, config=InAppConfig())
    if isinstance(body.config, ServiceBody):
        return ChannelContent(**common, config=await _service(body.config, held))
    return ChannelContent(**common, config=_webhook(tools, body.config, held))


async def _service(body: ServiceBody, held: Sealed) -> ServiceConfig:
    """A service's form, tried on the plugin that will send. Raises SecretNeeded, ServiceRefused."""
    values = {**held.values, **body.given()}
    missing = sorted(body.NEEDED - set(values))
    if missing:
        details = [FieldProblem(pointer=f"/config/{name}", detail="This is needed.") for name in missing]
        raise SecretNeeded(f"{', '.join(missing)} must be given.", details=details)
    kind, fields = body.kind, body.fields()
    if kind in BUILT:
        revealed = {name: value.reveal() for name, value in values.items()}
        # The first of a kind loads its plugin, which takes a while.
        await asyncio.to_thread(plugin_of, kind, {**fields, **revealed})
    return ServiceConfig.model_validate({"type": kind, "fields": fields, "secret_names": sorted(values)})


def _webhook(tools: Tools, config: WebhookBody, held: Sealed) -> WebhookConfig:
    host = read_host(read_url(config.url).raw_host.decode("ascii"))
    if not isinstance(host, str):
        tools.policy.check(str(host), [host])
    if config.secret:
        signing.key_of(config.secret)
    headers = held.headers if config.headers is None else config.headers
    _check_headers(headers)
    return WebhookConfig(url=config.url, header_names=sorted({name.lower() for name in headers}))


def _check_headers(headers: Mapping[str, SecretText]) -> None:
    problems: list[FieldProblem] = []
    for name, value in headers.items():
        if not _HEADER_NAME.fullmatch(name.lower()) or name.lower() in _OWN_HEADERS:
            problems.append(FieldProblem(pointer=f"/config/headers/{name[:100]}", detail="This header cannot be set."))
        elif not _HEADER_VALUE.fullmatch(value.reveal()):
            detail = "The value holds characters that a header cannot carry."
            problems.append(FieldProblem(pointer=f"/config/headers/{name}", detail=detail))
    if problems:
        raise HeaderRefused("A header cannot be set.", details=problems, hint="See `errors`.")


async def _seal(session: AsyncSession, scope: Scope, tools: Tools, channel_id: UUID, kept: Kept) -> None:
    plain = _plain(kept.sealed)
    if kept.waiting is not None:
        plain["waiting"] = {"for": kept.waits_for, **_plain(kept.waiting)}
    text = SecretText(orjson.dumps(plain).decode())
    closed = await tools.secrets.seal(session, scope.tenant_id, _purpose(channel_id), text)
    row = await repository.sealed(session, channel_id)
    if row is None:
        row = ChannelSecret(tenant_id=scope.tenant_id, channel_id=channel_id)
        session.add(row)
    row.sealed, row.updated_at = closed, tools.clock.now()
    await session.flush()


def _plain(sealed: Sealed) -> dict[str, Any]:
    return {
        "secret": sealed.secret.reveal() if sealed.secret else None,
        "headers": {name.lower(): value.reveal() for name, value in sealed.headers.items()},
        "values": {name: value.reveal() for name, value in sealed.values.items()},
    }


def _purpose(channel_id: UUID) -> str:
    return f"channel:{channel_id}"
