"""The life of an asset, on a kind made for the test."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from fixtures.tenants import TestTenant
from opsloom.assets import service
from opsloom.assets.content import content_hash, slug_of
from opsloom.assets.errors import (
    Archived,
    AssetNotFound,
    AssetProtected,
    NameTaken,
    NotPublished,
    RevisionRequired,
    StaleDraft,
)
from opsloom.assets.kinds import PlainKind
from opsloom.assets.models import Asset
from opsloom.identity.permissions import Permission, Role
from opsloom.identity.scope import Actor, ActorKind, Scope
from opsloom.infra.core import Core
from opsloom.kit.errors import Conflict, InvalidInput


class Note(BaseModel):
    model_config = ConfigDict(extra="forbid")
    body: str
    level: int = 1


class NoteKind(PlainKind):
    """Remembers what it was told; refuses to publish the word "no"."""

    name = "note"
    model: type[BaseModel] = Note
    read = Permission.ASSETS_READ
    write = Permission.ASSETS_WRITE

    def __init__(self) -> None:
        self.told: list[str] = []

    async def check(self, session: AsyncSession, scope: Scope, asset: Asset, content: BaseModel) -> None:
        assert isinstance(content, Note)
        if content.body == "no":
            raise Conflict("no")

    async def published(self, session: AsyncSession, scope: Scope, asset: Asset, content: BaseModel) -> None:
        assert isinstance(content, Note)
        self.told.append(f"published {content.body}")

    async def withdrawn(self, session: AsyncSession, scope: Scope, asset: Asset) -> None:
        self.told.append("withdrawn")


async def _create(core: Core, scope: Scope, kind: NoteKind, content: Mapping[str, Any], name: str = "First") -> Asset:
    async with core.db.transaction(scope) as session:
        return await service.create_draft(session, scope, kind, name, content)


async def _save(core: Core, scope: Scope, kind: NoteKind, asset: Asset, body: str, revision: int | None) -> Asset:
    async with core.db.transaction(scope) as session:
        return await service.save_draft(
            session, scope, kind, asset.id, (asset.name, {"body": body}), if_revision=revision
        )


async def _publish(core: Core, scope: Scope, kind: NoteKind, asset: Asset) -> int:
    async with core.db.transaction(scope) as session:
        return (await service.publish(session, scope, kind, asset.id)).version


async def test_rollback_brings_the_content_back(core: Core, tenant: TestTenant) -> None:
    kind = NoteKind()
    asset = await _create(core, tenant.scope, kind, {"body": "one"})
    assert await _publish(core, tenant.scope, kind, asset) == 1
    await _save(core, tenant.scope, kind, asset, "two", 1)
    assert await _publish(core, tenant.scope, kind, asset) == 2
    async with core.db.transaction(tenant.scope) as session:
        await service.rollback(session, tenant.scope, kind, asset.id, 1)
    async with core.db.transaction(tenant.scope) as session:
        now = await service.get(session, kind, asset.id)
        in_force = await service.list_published(session, kind)
    assert now.draft == {"body": "one", "level": 1}
    assert now.published_version == 1
    assert [version.content["body"] for _, version in in_force] == ["one"]
    assert kind.told == ["published one", "published two", "published one"]


async def test_publishing_the_same_again_makes_no_new_version(core: Core, tenant: TestTenant) -> None:
    kind = NoteKind()
    asset = await _create(core, tenant.scope, kind, {"body": "same"})
    assert await _publish(core, tenant.scope, kind, asset) == 1
    assert await _publish(core, tenant.scope, kind, asset) == 1


async def test_a_stale_save_is_refused_and_names_who_was_first(core: Core, tenant: TestTenant) -> None:
    kind = NoteKind()
    asset = await _create(core, tenant.scope, kind, {"body": "one"})
    await _save(core, tenant.scope, kind, asset, "two", 1)
    with pytest.raises(StaleDraft, match="system saved revision 2"):
        await _save(core, tenant.scope, kind, asset, "three", 1)
    with pytest.raises(RevisionRequired):
        await _save(core, tenant.scope, kind, asset, "three", None)


async def test_a_refused_publication_changes_nothing(core: Core, tenant: TestTenant) -> None:
    kind = NoteKind()
    asset = await _create(core, tenant.scope, kind, {"body": "no"})
    with pytest.raises(Conflict):
        await _publish(core, tenant.scope, kind, asset)
    async with core.db.transaction(tenant.scope) as session:
        now = await service.get(session, kind, asset.id)
        assert now.state == "draft"
        assert await service.list_versions(session, kind, asset.id, limit=10) == []


async def test_unpublish_and_archive_withdraw_it(core: Core, tenant: TestTenant) -> None:
    kind = NoteKind()
    asset = await _create(core, tenant.scope, kind, {"body": "one"})
    await _publish(core, tenant.scope, kind, asset)
    async with core.db.transaction(tenant.scope) as session:
        await service.unpublish(session, tenant.scope, kind, asset.id)
    with pytest.raises(NotPublished):
        async with core.db.transaction(tenant.scope) as session:
            await service.unpublish(session, tenant.scope, kind, asset.id)
    async with core.db.transaction(tenant.scope) as session:
        await service.archive(session, tenant.scope, kind, asset.id)
    with pytest.raises(Archived):
        await _publish(core, tenant.scope, kind, asset)
    await _create(core, tenant.scope, kind, {"body": "again"})
    assert kind.told == ["published one", "withdrawn", "withdrawn"]


async def test_names_are_unique_within_a_kind(core: Core, tenant: TestTenant) -> None:
    await _create(core, tenant.scope, NoteKind(), {"body": "one"}, name="결제 CPU 경보")
    with pytest.raises(NameTaken):
        await _create(core, tenant.scope, NoteKind(), {"body": "two"}, name="결제  cpu 경보!")


async def test_unreadable_content_names_each_field(core: Core, tenant: TestTenant) -> None:
    with pytest.raises(InvalidInput) as caught:
        await _create(core, tenant.scope, NoteKind(), {"level": "high", "colour": "red"})
    assert {detail.pointer for detail in caught.value.details} == {"/body", "/level", "/colour"}


async def test_another_tenant_finds_nothing(core: Core, tenant: TestTenant, other_tenant: TestTenant) -> None:
    kind = NoteKind()
    asset = await _create(core, tenant.scope, kind, {"body": "mine"})
    with pytest.raises(AssetNotFound):
        async with core.db.transaction(other_tenant.scope) as session:
            await service.get(session, kind, asset.id)


async def test_the_server_may_not_change_a_version(core: Core, tenant: TestTenant) -> None:
    kind = NoteKind()
    asset = await _create(core, tenant.scope, kind, {"body": "one"})
    await _publish(core, tenant.scope, kind, asset)
    with pytest.raises(DBAPIError, match="permission denied"):
        async with core.db.transaction(tenant.scope) as session:
            await session.execute(text("update asset_versions set content = '{}'"))


async def test_each_change_is_one_message(core: Core, tenant: TestTenant) -> None:
    kind = NoteKind()
    asset = await _create(core, tenant.scope, kind, {"body": "one"})
    await _publish(core, tenant.scope, kind, asset)
    async with core.db.transaction(tenant.scope) as session:
        rows = await session.execute(text("select payload->>'type' from stream_messages order by txid, id"))
        assert [row[0] for row in rows] == ["asset.created", "asset.published"]
        audited = await session.execute(text("select action from audit_entries order by seq"))
        assert [row[0] for row in audited] == ["note.created", "note.published"]


@given(st.dictionaries(st.text(), st.integers() | st.text() | st.none()))
def test_the_hash_does_not_depend_on_order(content: dict[str, Any]) -> None:
    turned = dict(reversed(list(content.items())))
    try:
        digest = content_hash(content)
    except UnicodeEncodeError:
        return
    assert content_hash(turned) == digest


def test_slugs_keep_hangul() -> None:
    assert slug_of("결제 서비스 – CPU > 90%") == "결제-서비스-cpu-90"
    assert slug_of("!!!") == "asset"


async def test_what_belongs_to_opsloom_is_changed_by_opsloom_alone(core: Core, tenant: TestTenant) -> None:
    kind = NoteKind()
    person = replace(tenant.scope, actor=Actor(ActorKind.USER, tenant.user_ids[Role.OWNER], "owner"))
    async with core.db.transaction(tenant.scope) as session:
        asset = await service.create_draft(session, tenant.scope, kind, "Ours", {"body": "one"}, protected=True)
        await service.publish(session, tenant.scope, kind, asset.id)
    steps: dict[str, Callable[[AsyncSession, Scope], Awaitable[object]]] = {
        "save": lambda session, scope: service.save_draft(
            session, scope, kind, asset.id, ("Theirs", {"body": "two"}), if_revision=1
        ),
        "label": lambda session, scope: service.label(session, scope, kind, asset.id, ["x"]),
        "rollback": lambda session, scope: service.rollback(session, scope, kind, asset.id, 1),
        "unpublish": lambda session, scope: service.unpublish(session, scope, kind, asset.id),
        "archive": lambda session, scope: service.archive(session, scope, kind, asset.id),
    }
    for step in steps.values():
        with pytest.raises(AssetProtected):
            async with core.db.transaction(person) as session:
                await step(session, person)
    async with core.db.transaction(tenant.scope) as session:
        await steps["archive"](session, tenant.scope)


async def test_by_key_and_in_force(core: Core, tenant: TestTenant) -> None:
    kind = NoteKind()
    asset = await _create(core, tenant.scope, kind, {"body": "one"}, name="Night watch")
    async with core.db.transaction(tenant.scope) as session:
        named = await service.by_key(session, kind, "night-watch")
        assert named is not None
        assert named.id == asset.id
        with pytest.raises(NotPublished):
            await service.in_force(session, "note", "night-watch")
        with pytest.raises(AssetNotFound):
            await service.in_force(session, "note", "day-watch")
    await _publish(core, tenant.scope, kind, asset)
    await _save(core, tenant.scope, kind, asset, "two", 1)
    async with core.db.transaction(tenant.scope) as session:
        found, version = await service.in_force(session, "note", "night-watch")
        assert (found.id, version.content["body"]) == (asset.id, "one")
    async with core.db.transaction(tenant.scope) as session:
        await service.archive(session, tenant.scope, kind, asset.id)
        assert await service.by_key(session, "note", "night-watch") is None
