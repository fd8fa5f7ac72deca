"""Export, plan and apply on the real database: whole or not at all."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import event, text

from assets.code.conftest import Shop
from assets.code.worlds import part_file, part_files
from opsloom.assets import service as assets
from opsloom.assets.code.errors import Drifted, FilesInvalid, KindForbidden
from opsloom.assets.code.planner import Action, DriftKind
from opsloom.assets.errors import BreaksDependants
from opsloom.assets.service import Asset
from opsloom.identity.permissions import Permission
from opsloom.identity.scope import Actor, ActorKind, Scope
from opsloom.kit.errors import InvalidInput

EVE = Actor(ActorKind.USER, None, "eve")


def actions(found: Any) -> dict[str, Action]:
    return {step.ref[1]: step.action for step in found.steps}


async def edit(shop: Shop, key: str, content: dict[str, Any], *, publish: bool = False) -> Asset:
    """Somebody saves a draft on the page."""
    scope = replace(shop.scope, actor=EVE)
    async with shop.core.db.transaction(scope) as session:
        asset = await assets.by_key(session, shop.kind, key)
        assert asset is not None
        change = (asset.name, content)
        await assets.save_draft(session, scope, shop.kind, asset.id, change, if_revision=asset.draft_revision)
        if publish:
            await assets.publish(session, scope, shop.kind, asset.id)
        return asset


async def in_force(shop: Shop) -> dict[str, dict[str, Any]]:
    async with shop.core.db.transaction(shop.scope) as session:
        return {asset.slug: version.content for asset, version in await assets.list_published(session, shop.kind)}


async def test_a_folder_comes_in_and_nothing_is_left_to_do(shop: Shop) -> None:
    files = part_files(a="{uses: [b], text: one}", b="{uses: [c]}", c="{}")
    plan = await shop.plan(files, publish=True)
    assert [(step.ref[1], step.action) for step in plan.steps] == [(key, Action.CREATE) for key in "cba"]
    await shop.apply(files, publish=True)
    assert {key: content["text"] for key, content in (await in_force(shop)).items()} == {"a": "one", "b": "", "c": ""}
    again = await shop.plan(files, publish=True)
    assert not again.changes
    assert set(actions(again).values()) == {Action.UNCHANGED}
    before = await shop.rows()
    await shop.apply(files, publish=True)
    after = await shop.rows()
    assert (after["assets"], after["asset_versions"]) == (before["assets"], before["asset_versions"])


async def test_drafts_first_and_published_later(shop: Shop) -> None:
    files = part_files(a="{text: one}")
    await shop.apply(files)
    assert await in_force(shop) == {}
    assert actions(await shop.plan(files)) == {"a": Action.UNCHANGED}
    assert actions(await shop.plan(files, publish=True)) == {"a": Action.PUBLISH}
    await shop.apply(files, publish=True)
    assert (await in_force(shop))["a"]["made"] == "made of one"


async def test_an_edit_on_the_page_is_drift_with_who_and_when(shop: Shop) -> None:
    files = part_files(a="{text: one}")
    await shop.apply(files, publish=True)
    asset = await edit(shop, "a", {"text": "by hand"})
    [step] = (await shop.plan(files, publish=True)).steps
    assert step.drift is not None
    assert (step.action, step.drift.kind, step.drift.by, step.drift.at) == (
        Action.UPDATE,
        DriftKind.EDITED,
        "eve",
        asset.updated_at,
    )
    before = await shop.rows()
    with pytest.raises(Drifted, match=r"part/a was edited on the server by eve at \d{4}-") as caught:
        await shop.apply(files, publish=True)
    assert [(detail.code, getattr(detail, "file", "")) for detail in caught.value.details] == [("drift", "part/a.yaml")]
    assert await shop.rows() == before
    await shop.apply(files, publish=True, force=True)
    assert not (await shop.plan(files, publish=True)).changes


async def test_the_edit_brought_into_the_files_is_no_drift(shop: Shop) -> None:
    await shop.apply(part_files(a="{text: one}"), publish=True)
    await edit(shop, "a", {"text": "by hand"}, publish=True)
    [step] = (await shop.plan(part_files(a="{text: one}"), publish=True)).steps
    assert step.drift is not None
    exported = await shop.export()
    assert not (await shop.plan(exported, publish=True)).changes
    await shop.apply(exported, publish=True)
    assert not (await shop.plan(exported, publish=True)).changes


async def test_unpublishing_and_archiving_on_the_page_are_drift(shop: Shop) -> None:
    files = part_files(a="{}", b="{}")
    done = await shop.apply(files, publish=True)
    async with shop.core.db.transaction(shop.scope) as session:
        await assets.unpublish(session, shop.scope, shop.kind, done.ids["part", "a"])
        await assets.archive(session, shop.scope, shop.kind, done.ids["part", "b"])
    plan = await shop.plan(files, publish=True)
    assert {step.ref[1]: (step.action, step.drift and step.drift.kind) for step in plan.steps} == {
        "a": (Action.PUBLISH, DriftKind.UNPUBLISHED),
        "b": (Action.CREATE, DriftKind.ARCHIVED),
    }


async def test_pruning_archives_users_before_what_they_use(shop: Shop) -> None:
    await shop.apply(part_files(a="{uses: [b]}", b="{uses: [c]}", c="{}", kept="{}"), publish=True)
    rest = part_files(kept="{}")
    assert actions(await shop.plan(rest, publish=True)) == {"kept": Action.UNCHANGED}
    await shop.apply(rest, publish=True, prune=True)
    assert sorted(await in_force(shop)) == ["kept"]
    assert not (await shop.plan(rest, publish=True, prune=True)).changes


async def test_pruning_what_somebody_else_uses_is_refused(shop: Shop) -> None:
    await shop.apply(part_files(a="{}", kept="{}"), publish=True)
    await shop.apply(part_files(user="{uses: [a]}"), publish=True, source="others")
    before = await shop.rows()
    with pytest.raises(BreaksDependants, match=r"part/a\.yaml: "):
        await shop.apply(part_files(kept="{}"), publish=True, prune=True)
    assert await shop.rows() == before


async def test_a_change_and_its_users_together_break_nothing(shop: Shop) -> None:
    user = "{uses: [a], flags: {relies: true}}"
    await shop.apply(part_files(a="{level: 1}", user=user), publish=True)
    before = await shop.rows()
    with pytest.raises(BreaksDependants, match=r"part/a\.yaml:1:1: "):
        await shop.apply(part_files(a="{level: 2}", user=user), publish=True)
    assert await shop.rows() == before
    builder = replace(shop.scope, permissions=shop.scope.permissions - {Permission.ASSETS_FORCE})
    await Shop(shop.core, builder).apply(part_files(a="{level: 2}", user="{uses: [a]}"), publish=True)
    assert (await in_force(shop))["a"]["level"] == 2


async def test_another_sources_asset_is_taken_over_by_force_only(shop: Shop) -> None:
    await shop.apply(part_files(a="{text: one}"), source="team-a")
    with pytest.raises(Drifted, match="brought by team-a"):
        await shop.apply(part_files(a="{text: two}"), source="team-b")
    await shop.apply(part_files(a="{text: two}"), source="team-b", force=True)
    assert not (await shop.plan(part_files(a="{text: two}"), source="team-b")).changes


async def test_what_a_kind_refuses_is_told_with_file_and_line_and_nothing_is_changed(shop: Shop) -> None:
    await shop.apply(part_files(a="{text: one}"), publish=True)
    before = await shop.rows()
    files = part_files(a="{text: two}", b="{uses: [a]}") | {
        "part/c.yaml": "kind: part\nkey: c\nname: c\ncontent:\n  uses: [b]\n  text: refused\n"
    }
    with pytest.raises(InvalidInput) as caught:
        await shop.apply(files, publish=True)
    assert caught.value.message == "part/c.yaml:6:3: The part cannot be published."
    [detail] = caught.value.details
    assert detail.model_dump() == {
        "pointer": "/content/text", "detail": "This text is refused.", "code": "refused",
        "file": "part/c.yaml", "line": 6, "column": 3,
    }  # fmt: skip
    assert await shop.rows() == before


async def test_a_failure_in_whichever_statement_changes_nothing(shop: Shop) -> None:
    """Each statement of an apply that creates, changes, publishes and prunes fails once; the last time none does."""
    await shop.apply(part_files(a="{text: one}", gone="{uses: [a]}"), publish=True)
    files = part_files(a="{text: two}", b="{uses: [a]}")
    before, engine = await shop.rows(), shop.core.db._engine.sync_engine
    sent, failing_at = 0, 1

    class Injected(Exception):
        """The statement that was to fail."""

    def fail(_connection: Any, _cursor: Any, _statement: str, *_rest: Any) -> None:
        nonlocal sent
        sent += 1
        if sent == failing_at:
            raise Injected

    while True:
        sent = 0
        event.listen(engine, "before_cursor_execute", fail)
        try:
            await shop.apply(files, publish=True, prune=True)
            break
        except Injected:
            pass
        finally:
            event.remove(engine, "before_cursor_execute", fail)
        assert await shop.rows() == before, f"after statement {failing_at}"
        failing_at += 1
    assert failing_at > 40
    assert sorted(await in_force(shop)) == ["a", "b"]


async def test_a_client_that_goes_away_changes_nothing(shop: Shop) -> None:
    """The request is cancelled while it waits for a lock in the middle of its work."""
    done = await shop.apply(part_files(a="{text: one}"), publish=True)
    before = await shop.rows()
    async with shop.core.db.transaction(shop.scope) as session:
        await session.execute(text("select 1 from assets where id = :id for update"), {"id": done.ids["part", "a"]})
        applying = asyncio.ensure_future(shop.apply(part_files(a="{text: two}", b="{}"), publish=True))
        waiting = text("select count(*) from pg_locks where not granted")
        while not await session.scalar(waiting):
            await asyncio.sleep(0.01)
        applying.cancel()
        with pytest.raises(asyncio.CancelledError):
            await applying
    assert await shop.rows() == before


async def test_two_at_once_come_one_after_the_other(shop: Shop) -> None:
    texts = [f"text{n}" for n in range(4)]
    await asyncio.gather(*(shop.apply(part_files(a=f"{{text: {each}}}"), publish=True, force=True) for each in texts))
    async with shop.core.db.transaction(shop.scope) as session:
        versions = await session.execute(text("select version, content->>'text' from asset_versions order by version"))
        found = [(row[0], row[1]) for row in versions]
    assert [number for number, _ in found] == [1, 2, 3, 4]
    assert sorted(each for _, each in found) == texts


async def test_each_kind_asks_for_its_own_permission(shop: Shop) -> None:
    files = part_files(a="{text: one}")
    await shop.apply(files)
    reader = Shop(
        shop.core, Scope(shop.scope.tenant_id, EVE, frozenset({Permission.ASSETS_WRITE, Permission.RULES_READ}))
    )
    await reader.apply(files)  # nothing to change, nothing to ask for
    with pytest.raises(KindForbidden, match=r"part \(rules\.write\)"):
        await reader.apply(part_files(a="{text: two}"))
    stranger = Shop(shop.core, Scope(shop.scope.tenant_id, EVE, frozenset({Permission.ASSETS_READ})))
    with pytest.raises(KindForbidden, match=r"part \(rules\.read\)"):
        await stranger.plan(files)
    assert await stranger.export() == {}


async def test_another_tenant_sees_and_touches_nothing(shop: Shop, other_shop: Shop) -> None:
    await shop.apply(part_files(a="{text: one}"), publish=True)
    before = await shop.rows()
    assert await other_shop.export() == {}
    assert actions(await other_shop.plan(part_files(a="{text: two}"))) == {"a": Action.CREATE}
    with pytest.raises(FilesInvalid, match="no part “a”"):
        await other_shop.plan(part_files(b="{uses: [a]}"))
    await other_shop.apply(part_files(a="{text: two}"), publish=True, prune=True)
    assert await shop.rows() == before


async def test_a_draft_is_exported_where_it_is_asked_for(shop: Shop) -> None:
    await shop.apply(part_files(a="{text: one}"), publish=True)
    await edit(shop, "a", {"text": "draft"})
    assert "text: one" in (await shop.export())["part/a.yaml"]
    assert "text: draft" in (await shop.export(drafts=True))["part/a.yaml"]


async def test_a_literal_secret_on_the_server_is_never_exported(shop: Shop) -> None:
    async with shop.core.db.transaction(shop.scope) as session:
        await assets.create_draft(session, shop.scope, shop.kind, "leaky", {"text": "postgresql://u:hunter2@db/x"})
    assert await shop.export() == {}


async def test_renaming_keeps_the_key(shop: Shop) -> None:
    await shop.apply({"part/a.yaml": part_file("a", name="Before")}, publish=True)
    await shop.apply({"part/a.yaml": part_file("a", name="After")}, publish=True)
    async with shop.core.db.transaction(shop.scope) as session:
        [(asset, version)] = await assets.list_published(session, shop.kind)
    assert (asset.slug, asset.name, version.name, version.version) == ("a", "After", "After", 2)


_CONTENT = st.fixed_dictionaries(
    {},
    optional={
        "text": st.text("ab \n:#'\"한글{}", max_size=30),
        "level": st.floats(allow_nan=False, allow_infinity=False),
        "flags": st.dictionaries(st.text("abc", min_size=1, max_size=3), st.booleans(), max_size=3),
    },
)


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@example(contents={"k0": {"level": -0.0}, "k1": {"level": 1e20, "text": "-0.0"}})
@given(contents=st.dictionaries(st.sampled_from([f"k{n}" for n in range(8)]), _CONTENT, min_size=1))
async def test_export_into_an_empty_tenant_gives_the_same_hashes(core: Any, contents: dict[str, Any]) -> None:
    from fixtures.tenants import make_tenant

    first, second = Shop(core, (await make_tenant(core)).scope), Shop(core, (await make_tenant(core)).scope)
    previous: str | None = None
    async with core.db.transaction(first.scope) as session:
        for key, content in contents.items():
            linked = content | ({"uses": [previous]} if previous else {})
            made = await assets.create_draft(session, first.scope, first.kind, key, linked, key=key, tags=["x"])
            await assets.publish(session, first.scope, first.kind, made.id)
            previous = key
    await second.apply(await first.export(), publish=True)
    hashes = text(
        "select a.kind, a.slug, a.name, a.description, a.tags, a.draft_hash, a.published_hash, v.content_hash"
        " from assets a join asset_versions v on v.asset_id = a.id and v.version = a.published_version order by a.slug"
    )
    found = []
    for shop in (first, second):
        async with core.db.transaction(shop.scope) as session:
            found.append([tuple(row) for row in await session.execute(hashes)])
    assert found[0] == found[1]
    assert len(found[0]) == len(contents)
    assert await second.export() == await first.export()
