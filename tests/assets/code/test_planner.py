"""Plans: pure, against made-up snapshots."""

from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.code.worlds import part_files, part_kinds
from opsloom.assets.code.document import AssetFile, read_files
from opsloom.assets.code.errors import FilesInvalid
from opsloom.assets.code.order import in_order
from opsloom.assets.code.planner import (
    Action,
    Applied,
    Current,
    DriftKind,
    Goal,
    Plan,
    Signature,
    Snapshot,
    plan,
    signature,
)

KINDS = part_kinds()
AT = datetime(2026, 11, 1, 12, tzinfo=UTC)
ID = UUID(int=7)
NOTHING = Snapshot({}, {})


def files(**contents: str) -> list[AssetFile]:
    return in_order(read_files(part_files(**contents), KINDS))


FILE = files(a="{text: file}")[0]
SAME = signature(FILE)
OTHER = replace(SAME, hash="0" * 64)
THIRD = replace(SAME, hash="1" * 64)


def current(draft: Signature, published: Signature | None, key: str = "a") -> Current:
    content = {"text": "somehow"}
    return Current(
        id=ID, ref=("part", key), draft=draft, draft_content=content, revision=3, published=published,
        published_content=content if published else None, archived=False, protected=False, updated_at=AT, updated_by="eve",
    )  # fmt: skip


def applied(said: Signature, *, published: bool = True, source: str = "files", key: str = "a") -> Applied:
    return Applied(("part", key), ID, source, said.digest, said.hash, published)


def planned(draft: Signature, published: Signature | None, before: Signature | None, goal: Goal) -> Plan:
    known = {FILE.ref: applied(before)} if before else {}
    return plan([FILE], Snapshot({FILE.ref: current(draft, published)}, known), goal)


DRAFTS, PUBLISHED = Goal(), Goal(publish=True)


@pytest.mark.parametrize(
    ("draft", "published", "before", "goal", "expected"),
    [
        # Nothing to do.
        (SAME, SAME, SAME, PUBLISHED, (Action.UNCHANGED, False, False, None)),
        (SAME, SAME, None, PUBLISHED, (Action.UNCHANGED, False, False, None)),
        (SAME, None, SAME, DRAFTS, (Action.UNCHANGED, False, False, DriftKind.UNPUBLISHED)),
        (SAME, OTHER, None, DRAFTS, (Action.UNCHANGED, False, False, None)),
        # The file says something new.
        (OTHER, OTHER, OTHER, PUBLISHED, (Action.UPDATE, True, True, None)),
        (OTHER, OTHER, OTHER, DRAFTS, (Action.UPDATE, True, False, None)),
        (OTHER, None, None, PUBLISHED, (Action.UPDATE, True, True, None)),
        (SAME, OTHER, OTHER, PUBLISHED, (Action.PUBLISH, False, True, None)),
        (SAME, None, None, PUBLISHED, (Action.PUBLISH, False, True, None)),
        # Somebody works on a draft of an asset that files never brought: left alone, or about to be overwritten.
        (OTHER, SAME, None, PUBLISHED, (Action.UNCHANGED, False, False, None)),
        (OTHER, THIRD, None, PUBLISHED, (Action.UPDATE, True, True, DriftKind.EDITED)),
        # Somebody changed what files brought.
        (OTHER, SAME, SAME, PUBLISHED, (Action.UPDATE, True, False, DriftKind.EDITED)),
        (OTHER, OTHER, SAME, PUBLISHED, (Action.UPDATE, True, True, DriftKind.EDITED)),
        (OTHER, THIRD, THIRD, PUBLISHED, (Action.UPDATE, True, True, DriftKind.EDITED)),
        (SAME, OTHER, SAME, PUBLISHED, (Action.PUBLISH, False, True, DriftKind.PUBLISHED)),
        (SAME, None, SAME, PUBLISHED, (Action.PUBLISH, False, True, DriftKind.UNPUBLISHED)),
        # They made the same change as the file.
        (SAME, SAME, OTHER, PUBLISHED, (Action.UNCHANGED, False, False, None)),
    ],
)
def test_what_happens_to_an_asset(
    draft: Signature, published: Signature | None, before: Signature | None, goal: Goal,
    expected: tuple[Action, bool, bool, DriftKind | None],
) -> None:  # fmt: skip
    [step] = planned(draft, published, before, goal).steps
    assert (step.action, step.saves, step.publishes, step.drift.kind if step.drift else None) == expected
    if step.drift:
        assert (step.drift.by, step.drift.at) == ("eve", AT)


def test_a_new_asset_is_created_and_one_that_was_archived_is_drift() -> None:
    assert [step.action for step in plan([FILE], NOTHING, DRAFTS).steps] == [Action.CREATE]
    gone = Snapshot({}, {FILE.ref: applied(SAME)}, gone={ID: replace(current(SAME, None), archived=True)})
    [step] = plan([FILE], gone, DRAFTS).steps
    assert (step.action, step.drift and step.drift.kind) == (Action.CREATE, DriftKind.ARCHIVED)


def test_only_what_the_same_source_brought_is_pruned() -> None:
    brought = {
        ("part", "mine"): applied(SAME, key="mine"),
        ("part", "theirs"): applied(SAME, key="theirs", source="bundle:x"),
        ("part", "a"): applied(SAME),
    }
    there = {ref: current(SAME, SAME, ref[1]) for ref in (*brought, ("part", "by-hand"))}
    kept = plan([FILE], Snapshot(there, brought), Goal(publish=True))
    assert [step.action for step in kept.steps] == [Action.UNCHANGED]
    pruned = plan([FILE], Snapshot(there, brought), Goal(publish=True, prune=True))
    assert [(step.action, step.ref[1]) for step in pruned.steps] == [(Action.UNCHANGED, "a"), (Action.ARCHIVE, "mine")]


def test_whoever_brought_it_is_named() -> None:
    [step] = plan(
        [FILE], Snapshot({FILE.ref: current(OTHER, OTHER)}, {FILE.ref: applied(OTHER, source="bundle:x")}), DRAFTS
    ).steps
    assert (step.action, step.owner) == (Action.UPDATE, "bundle:x")


def test_links_must_lead_somewhere() -> None:
    user = files(a="{uses: [b]}")
    missing = plan(user, NOTHING, DRAFTS)
    assert [(flaw.code, flaw.line, flaw.column) for flaw in missing.flaws] == [("link_broken", 4, 18)]
    draft_only = Snapshot({}, {}, in_force={("part", "b"): False})
    assert plan(user, draft_only, DRAFTS).flaws == []
    assert [flaw.code for flaw in plan(user, draft_only, PUBLISHED).flaws] == ["link_broken"]
    assert plan(user, Snapshot({}, {}, in_force={("part", "b"): True}), PUBLISHED).flaws == []


def test_an_asset_that_stays_as_it_is_may_have_a_broken_link() -> None:
    [user] = files(a="{uses: [b]}")
    there = Snapshot({user.ref: current(signature(user), signature(user))}, {})
    assert plan([user], there, PUBLISHED).flaws == []


def test_a_circle_is_named_where_it_closes() -> None:
    with pytest.raises(FilesInvalid) as caught:
        files(a="{uses: [b]}", b="{uses: [c]}", c="{uses: [x, b]}", x="{}")
    [flaw] = caught.value.flaws
    assert (flaw.file, flaw.line, flaw.column, flaw.code) == ("part/c.yaml", 4, 21, "links_cyclic")
    assert "part/b → part/c → part/b" in flaw.message


def test_a_chain_as_long_as_there_are_files() -> None:
    chain = {f"k{n}": f"{{uses: [k{n + 1}]}}" for n in range(1200)} | {"k1200": "{}"}
    assert [file.header.key for file in files(**chain)] == [f"k{n}" for n in range(1200, -1, -1)]


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=25))
def test_what_is_used_comes_first(pairs: list[tuple[int, int]]) -> None:
    uses = {f"k{n}": sorted({f"k{low}" for low, high in pairs if high == n and low < n}) for n in range(10)}
    ordered = [file.header.key for file in files(**{key: f"{{uses: {targets}}}" for key, targets in uses.items()})]
    assert sorted(ordered) == sorted(uses)
    assert all(ordered.index(target) < ordered.index(key) for key, targets in uses.items() for target in targets)
