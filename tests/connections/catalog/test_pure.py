"""Differences, diagrams, selections and words, without any database."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.connections.catalog.conftest import content_of

from opsloom.connections.catalog.diagram import draw
from opsloom.connections.catalog.diff import ChangeKind, Diff, compare
from opsloom.connections.catalog.facts import (
    Column,
    Family,
    ForeignKey,
    Index,
    Samples,
    TableFacts,
    TableKind,
    UniqueKey,
    fingerprint,
    path_of,
)
from opsloom.connections.catalog.packing import pack
from opsloom.connections.catalog.selection import Selection
from opsloom.connections.catalog.survey import Found
from opsloom.connections.catalog.words import Orphan, orphans, shown_samples, spoken, worded


def column(name: str, kind: str = "integer", **more: object) -> Column:
    return Column.model_validate({"name": name, "type": kind, "family": Family.INTEGER, "nullable": True, **more})


def table(name: str, *columns: str | Column, **more: object) -> TableFacts:
    made = [each if isinstance(each, Column) else column(each) for each in columns]
    return TableFacts.model_validate({"schema_name": "s", "name": name, "columns": made, **more})


def by_path(*tables: TableFacts) -> dict[str, TableFacts]:
    return {each.path: each for each in tables}


def kinds(diff: Diff) -> list[tuple[str, str | None]]:
    return [(str(each.kind), each.column) for each in diff.changes]


def test_each_kind_of_change_is_told() -> None:
    before = table(
        "t", "id", column("a", "integer", nullable=False), column("b", default="1"), column("gone", "text"),
        primary_key=["id"], unique_keys=[UniqueKey(name="u", columns=["a"])], comment="old",
        foreign_keys=[ForeignKey(name="f", columns=["a"], target="s.x", referred_columns=["id"])],
        indexes=[Index(name="i", columns=["b"], unique=False)],
    )  # fmt: skip
    after = table(
        "t", "id", column("a", "bigint"), column("b", default="2", comment="said"), "added",
        primary_key=["id", "a"], unique_keys=[UniqueKey(name="u", columns=["b"])], comment="new", kind=TableKind.VIEW,
        foreign_keys=[ForeignKey(name="f", columns=["a"], target="s.y", referred_columns=["id"])],
        indexes=[Index(name="i", columns=["b"], unique=True)],
    )  # fmt: skip
    diff = compare(by_path(before, table("removed", "x")), by_path(after, table("new_one", "y", "z")))
    assert set(diff.counts) == set(ChangeKind)
    assert diff.counts[ChangeKind.TYPE_CHANGED] == 1
    [changed] = [each for each in diff.changes if each.kind is ChangeKind.TYPE_CHANGED]
    assert (changed.before, changed.after, changed.column) == ("integer", "bigint", "a")


NAMES = st.sampled_from(["id", "a", "b", "c", "d"])
TABLES = st.lists(
    st.builds(lambda name, columns: table(name, *columns), st.sampled_from("pqrs"), st.lists(NAMES, unique=True)),
    unique_by=lambda facts: facts.name,
).map(lambda tables: by_path(*tables))


@given(TABLES)
def test_nothing_changes_against_itself(tables: dict[str, TableFacts]) -> None:
    assert compare(tables, tables) == Diff()


@given(TABLES, TABLES)
def test_the_way_back_is_the_mirror(one: dict[str, TableFacts], other: dict[str, TableFacts]) -> None:
    there, back = compare(one, other), compare(other, one)
    mirrored = {"added": "removed", "removed": "added"}

    def turned(kind: str) -> str:
        head, _, tail = kind.rpartition("_")
        return f"{head}_{mirrored.get(tail, tail)}"

    assert sorted((turned(str(each.kind)), each.table, each.column or "") for each in there.changes) == sorted(
        (str(each.kind), each.table, each.column or "") for each in back.changes
    )


@given(TABLES)
def test_equal_structures_have_equal_prints(tables: dict[str, TableFacts]) -> None:
    prints = {path: fingerprint(facts) for path, facts in tables.items()}
    again = {
        path: fingerprint(TableFacts.model_validate_json(facts.model_dump_json())) for path, facts in tables.items()
    }
    assert prints == again
    for path, facts in tables.items():
        assert fingerprint(facts.model_copy(update={"comment": "other"})) != prints[path]


def test_the_order_of_keys_is_no_structure() -> None:
    keys = [UniqueKey(name=None, columns=["a"]), UniqueKey(name="u", columns=["b"])]
    assert fingerprint(table("t", "a", "b", unique_keys=keys)) == fingerprint(
        table("t", "a", "b", unique_keys=keys[::-1])
    )
    assert fingerprint(table("t", "a", "b")) != fingerprint(table("t", "b", "a")), "that of columns is"


def test_renamed_tables_are_candidates_once_each() -> None:
    old = [table("orders", "id", "total", "at"), table("users", "id", "name", "email", "x")]
    new = [table("purchases", "id", "total", "at"), table("people", "id", "name", "email", "y"), table("other", "q")]
    diff = compare(by_path(*old), by_path(*new))
    assert [(each.table_before, each.table_after, each.likeness) for each in diff.candidates] == [
        ("s.orders", "s.purchases", 1.0)
    ], "three of five columns in common are not enough"


def test_thousands_of_new_tables_of_one_shape_are_compared_in_reasonable_work() -> None:
    old = by_path(*(table(f"old_{n}", "id", "a", "b") for n in range(3000)))
    new = by_path(*(table(f"new_{n}", "id", "a", "b") for n in range(3000)))
    diff = compare(old, new)
    assert diff.truncated
    assert diff.counts == {ChangeKind.TABLE_REMOVED: 3000, ChangeKind.TABLE_ADDED: 3000}
    assert diff.candidates == [], "where every pair is alike nothing can be said"


def foreign(*targets: str) -> list[ForeignKey]:
    return [ForeignKey(name=None, columns=["x"], target=target, referred_columns=["id"]) for target in targets]


def test_a_diagram_shows_the_chosen_and_their_neighbours() -> None:
    keys = {"a": foreign("b"), "b": foreign("c"), "c": foreign("a", "c"), "d": foreign("c", "not_here"), "e": []}
    drawing = draw(keys, ["a", "nobody"], 10)
    assert drawing.tables == ["a", "b", "c"]
    assert {(edge.source, edge.key.target) for edge in drawing.edges} == {
        ("a", "b"),
        ("b", "c"),
        ("c", "a"),
        ("c", "c"),
    }
    assert (drawing.missing, drawing.truncated) == (["nobody"], False)
    cut = draw(keys, ["a"], 2)
    assert cut.truncated
    assert [(edge.source, edge.key.target) for edge in cut.edges] == [("a", "b")]
    assert draw(keys, [], 2).tables == ["c", "a"], "without a choice the most connected ones"
    assert draw({}, [], 5).tables == []


@pytest.mark.parametrize(
    ("include", "exclude", "taken"),
    [
        ([], [], True), (["orders"], [], True), (["ORD*"], [], True), (["sales.*"], [], True), (["s?les.orders"], [], True),
        (["public.*"], [], False), (["items"], [], False), ([], ["orders"], False), (["*"], ["sales.o*"], False),
        (["[orders"], [], False),
    ],
)  # fmt: skip
def test_selections(include: list[str], exclude: list[str], taken: bool) -> None:
    assert Selection(include, exclude).takes("sales", "orders") is taken


def test_schemas_that_are_looked_into() -> None:
    every = ["public", "pg_catalog", "information_schema", "sales", "pg_toast_temp_1"]
    assert Selection().schemas("postgresql", every, "public") == ["public", "sales"]
    assert Selection().schemas("mysql", ["a", "b", "mysql", "sys"], "a") == ["a"]
    assert Selection(include=["b.*"]).schemas("mysql", ["a", "b", "mysql"], "a") == ["a", "b"]


@pytest.mark.parametrize(
    ("schema", "name", "path"),
    [("s", "t", "s.t"), ("", "t", "t"), ("s", "a.b", 's."a.b"'), ('q"', "t", '"q""".t'), ("s", "열 이름", "s.열 이름")],
)  # fmt: skip
def test_paths(schema: str, name: str, path: str) -> None:
    assert path_of(schema, name) == path


@given(st.tuples(st.text(min_size=1), st.text(min_size=1)), st.tuples(st.text(min_size=1), st.text(min_size=1)))
def test_no_two_tables_share_a_path(one: tuple[str, str], other: tuple[str, str]) -> None:
    assert (path_of(*one) == path_of(*other)) == (one == other)


@given(st.text(alphabet=st.sampled_from("a\\u0\x00\"'é"), max_size=30))
def test_what_is_packed_can_be_stored(comment: str) -> None:
    packed = pack(Found("s", "t", TableKind.TABLE), table("t", column("c", comment=comment)), None, None)
    plain = json.loads(packed.facts)
    assert "\x00" not in plain["columns"][0]["comment"]
    assert plain["columns"][0]["comment"] == comment.replace("\x00", "")


def test_only_what_is_enabled_is_spoken_of() -> None:
    facts = table(
        "orders", "id", "customer_id", "secret_id", primary_key=["id"],
        foreign_keys=[
            ForeignKey(name=None, columns=["customer_id"], target="s.customers", referred_columns=["id"]),
            ForeignKey(name=None, columns=["secret_id"], target="s.secrets", referred_columns=["id"]),
            ForeignKey(name=None, columns=["id"], target="s.off", referred_columns=["id"]),
        ],
    )  # fmt: skip
    words = {
        "s.orders": {
            "description": {"en": "Sales", "ko": "판매"},
            "synonyms": {"ko": ["주문"]},
            "columns": {"secret_id": {"enabled": False}, "id": {"synonyms": {"en": ["order number"]}}},
        },
        "s.off": {"enabled": False},
    }
    content = content_of(tables=words)
    told = spoken(content, facts)
    assert told is not None
    assert [each.name for each in told.columns] == ["id", "customer_id"]
    assert [key.target for key in told.foreign_keys] == ["s.customers"]
    assert (told.description.ko, told.synonyms.ko) == ("판매", ["주문"])
    assert told.columns[0].synonyms.en == ["order number"]
    assert spoken(content, table("off", "id")) is None
    assert spoken(content, table("nobody_spoke_of", "id")) is not None
    assert worded(content, "주문") == {"s.orders"}
    assert worded(content, "ORDER num") == {"s.orders"}
    assert worded(content, "x") == set()


def test_words_that_lost_what_they_were_about() -> None:
    content = content_of(tables={"s.a": {"columns": {"x": {}, "y": {}}}, "s.b": {}})
    assert orphans(content, {"s.a": {"x"}}) == [Orphan(table="s.a", column="y"), Orphan(table="s.b")]


def test_a_mask_holds_from_the_moment_it_is_declared() -> None:
    samples = Samples.model_validate({"columns": [{"name": "a"}, {"name": "b"}], "rows": [["x", 1], ["y", 2]]})
    wishes = content_of(samples={"rows": 1, "mask": ["t.a"]}).samples
    shown = shown_samples(samples, table("t", "a", "b"), wishes)
    assert shown is not None
    assert [each.masked for each in shown.columns] == ["declared", None]
    assert shown.rows == [[None, 1]]
    assert shown_samples(samples, table("t", "a", "b"), None) is None
