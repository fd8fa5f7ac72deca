"""The visual builder's two ways: nothing is lost between a drawing and its SQL, and what cannot be drawn says why."""

import sqlite3
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apis.corpus_good import GOOD
from opsloom.apis.sql.drawing.model import (
    Aggregate,
    BooleanValue,
    ColumnRef,
    Comparison,
    Condition,
    Drawing,
    Group,
    Join,
    JoinKind,
    NumberValue,
    Operator,
    Ordering,
    OutputItem,
    Pair,
    ParameterValue,
    Source,
    TextValue,
)
from opsloom.apis.sql.drawing.read import NotDrawable, drawn
from opsloom.apis.sql.drawing.write import sql_of

DIALECTS = ["postgres", "sqlite", "duckdb", "mysql"]
NAMES = st.sampled_from(
    ["item", "value", "order", "from", "Größe", "한글", "Mixed", "a b", 'q"x', "user", "metrics", "t1", "key"]
)
PARAMETERS = st.builds(ParameterValue, name=st.sampled_from(["host", "from", "limit", "n", "order", "select"]))
NUMBERS = st.builds(NumberValue, value=st.from_regex(r"\A-?[1-9][0-9]{0,8}(\.[0-9]{1,4})?\Z"))
TEXTS = st.builds(
    TextValue, value=st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=12)
)
VALUES = st.one_of(PARAMETERS, NUMBERS, TEXTS, st.builds(BooleanValue, value=st.booleans()))
COLUMNS = st.builds(ColumnRef, table=st.one_of(st.just(""), NAMES), column=NAMES)
_FEW = {Operator.IN: (1, 4), Operator.NOT_IN: (1, 4), Operator.BETWEEN: (2, 2), Operator.NOT_BETWEEN: (2, 2),
        Operator.IS_NULL: (0, 0), Operator.IS_NOT_NULL: (0, 0)}  # fmt: skip


@st.composite
def comparisons(draw: st.DrawFn) -> Comparison:
    operator = draw(st.sampled_from(Operator))
    least, most = _FEW.get(operator, (1, 1))
    values = draw(st.lists(VALUES, min_size=least, max_size=most))
    return Comparison(left=draw(COLUMNS), operator=operator, values=values)


def _groups(items: st.SearchStrategy[Condition]) -> st.SearchStrategy[Group]:
    return st.builds(
        Group,
        combinator=st.sampled_from(["and", "or"]),
        negated=st.booleans(),
        items=st.lists(items, min_size=1, max_size=3),
    )


CONDITIONS: st.SearchStrategy[Condition] = st.recursive(comparisons(), _groups, max_leaves=6)
SOURCES = st.builds(Source, schema_name=st.one_of(st.just(""), NAMES), name=NAMES, alias=st.one_of(st.just(""), NAMES))
JOINS = st.builds(
    Join,
    kind=st.sampled_from(JoinKind),
    source=SOURCES,
    on=st.lists(st.builds(Pair, left=COLUMNS, right=COLUMNS), min_size=1, max_size=2),
)
ITEMS = st.one_of(
    st.builds(OutputItem, aggregate=st.one_of(st.none(), st.sampled_from(Aggregate)), of=COLUMNS, label=st.one_of(st.just(""), NAMES)),
    st.builds(OutputItem, aggregate=st.just(Aggregate.COUNT), of=st.none(), label=NAMES),
)  # fmt: skip
DRAWINGS = st.builds(
    Drawing,
    source=SOURCES,
    joins=st.lists(JOINS, max_size=2),
    distinct=st.booleans(),
    columns=st.lists(ITEMS, max_size=4),
    filter=st.one_of(st.none(), _groups(CONDITIONS)),
    group_by=st.lists(COLUMNS, max_size=2),
    order_by=st.lists(st.builds(Ordering, by=COLUMNS, descending=st.booleans()), max_size=2),
    limit=st.one_of(st.none(), PARAMETERS, st.builds(NumberValue, value=st.from_regex(r"\A[1-9][0-9]{0,5}\Z"))),
)


@settings(max_examples=80, deadline=None)
@given(DRAWINGS, st.sampled_from(DIALECTS))
def test_a_drawing_comes_back_as_it_was(drawing: Drawing, dialect: str) -> None:
    assert drawn(sql_of(drawing, dialect), dialect) == drawing


REPRESENTABLE = [
    "select * from orders",
    "SELECT id, name FROM orders o WHERE (o.total) > 10 AND NOT name LIKE 'order 1%' ORDER BY id DESC LIMIT 5",
    "select o.name, count(*) n, sum(i.price) as paid from orders as o left outer join items i on (i.order_id = o.id) "
    "group by o.name order by paid desc, o.name",
    "select distinct total from orders where total between 3 and 9 or (id in (1, 2) and total is not null)",
    "select count(distinct order_id) as n, avg(price) as a, min(price) as lo, max(price) as hi from items",
    "select name from orders where not (id = 1 or id = 2) and ((total < 20)) order by name limit 3",
]


@pytest.fixture(scope="module")
def orders() -> sqlite3.Connection:
    db = sqlite3.connect(":memory:")
    db.execute("create table orders (id integer primary key, name text, total real)")
    db.execute("create table items (id integer primary key, order_id integer, price real)")
    db.executemany("insert into orders values (?, ?, ?)", [(n, f"order {n}", n * 1.5) for n in range(1, 21)])
    db.executemany("insert into items values (?, ?, ?)", [(n, n % 7 + 1, n * 0.5) for n in range(1, 40)])
    return db


@pytest.mark.parametrize("sql", REPRESENTABLE)
def test_what_is_drawn_means_the_same(orders: sqlite3.Connection, sql: str) -> None:
    again = sql_of(drawn(sql, "sqlite"), "sqlite")
    assert orders.execute(again).fetchall() == orders.execute(sql).fetchall()
    assert sql_of(drawn(again, "sqlite"), "sqlite") == again


@pytest.mark.parametrize("sql", GOOD)
def test_the_good_corpus_is_drawn_or_says_why(sql: str) -> None:
    try:
        drawing = drawn(sql, "postgres")
    except NotDrawable:
        return
    assert drawn(sql_of(drawing, "postgres"), "postgres") == drawing


@pytest.mark.parametrize(
    ("sql", "reason", "place"),
    [
        ("select a -- why\nfrom t", "comments", (1, 1)),
        ("select a,\n  b + 1 as c from t", "expression", (2, 3)),
        ("with x as (select 1) select * from x", "with", (1, 6)),
        ("select a from t union select b from u", "set_operation", (1, 8)),
        ("select a from t group by a having count(*) > 1", "having", (1, 35)),
        ("select a from (select 1 as a) s", "subquery", (1, 23)),
        ("select a from t where a = (select 1)", "value", (1, 35)),
        ("select a from t order by a nulls first", "other", (1, 1)),
        ("select a from t offset 3", "offset", (1, 24)),
        ("select t.* from t", "star", (1, 8)),
        ("select a from t for update", "lock", (1, 1)),
        ("select a from t cross join u", "join", (1, 28)),
        ("select a from t, u", "join", (1, 18)),
        ("select", "no_table", (1, 1)),
        ("select (", "syntax", (1, 1)),
        ("delete from t", "not_select", (1, 13)),
    ],
)
def test_what_cannot_be_drawn_says_why_and_where(sql: str, reason: str, place: tuple[int, int]) -> None:
    with pytest.raises(NotDrawable) as refused:
        drawn(sql, "postgres")
    assert (refused.value.reason, (refused.value.line, refused.value.column)) == (reason, place)


@given(st.text(max_size=120), st.sampled_from(DIALECTS))
def test_no_text_makes_it_stumble(text: str, dialect: str) -> None:
    with suppress(NotDrawable):
        drawn(text, dialect)
