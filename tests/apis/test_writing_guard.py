"""The guard of APIs that change rows: one statement over tables, in each dialect, however it is written."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apis.corpus_writes import GOOD, GOOD_OF, HOSTILE
from opsloom.apis.sql.writing import read

DIALECTS = ["postgres", "mysql", "sqlite"]
NAMES = frozenset({"id", "name"})
ALL_GOOD = [(dialect, sql) for dialect in DIALECTS for sql in [*GOOD, *GOOD_OF[dialect]]]


def test_the_corpus_is_large_enough() -> None:
    assert len(set(HOSTILE)) >= 110
    assert len(ALL_GOOD) >= 40


@pytest.mark.parametrize("dialect", DIALECTS)
def test_what_must_not_run_is_refused(dialect: str) -> None:
    passed = [sql for sql in HOSTILE if not read(sql, dialect, NAMES).findings]
    assert passed == []


@pytest.mark.parametrize(("dialect", "sql"), ALL_GOOD)
def test_what_may_run_passes(dialect: str, sql: str) -> None:
    assert read(sql, dialect, NAMES).findings == ()


@settings(max_examples=200, deadline=None)
@given(
    st.sampled_from(HOSTILE),
    st.sampled_from(DIALECTS),
    st.sampled_from([str.upper, str.title, str.lower, str]),
    st.sampled_from(["\n", "\t", " /* x */ ", " -- y\n"]),
    st.sampled_from(["{}", "{};", "/* a */ {}", "({})", "explain {}"]),
)
def test_mutations_are_refused_too(sql: str, dialect: str, case: object, blank: str, cover: str) -> None:
    assert callable(case)
    changed = cover.format(case(sql).replace(" ", blank) if "'" not in sql else case(sql))
    assert read(changed, dialect, NAMES).findings, changed


@given(st.text(max_size=150), st.sampled_from(DIALECTS))
def test_no_text_makes_it_stumble(text: str, dialect: str) -> None:
    read(text, dialect, NAMES)


def test_the_rows_before_are_asked_for_where_one_query_can() -> None:
    assert (
        read("update orders set name = :name where id = :id", "postgres", NAMES).before
        == "SELECT * FROM orders WHERE id = :id"
    )
    assert read("delete from orders where id = 1", "sqlite", NAMES).before == "SELECT * FROM orders WHERE id = 1"
    assert read("insert into orders (id) values (:id)", "sqlite", NAMES).before is None
    assert read(GOOD_OF["postgres"][1], "postgres", NAMES).before is None


def test_findings_say_where() -> None:
    found = read("update orders\nset name = pg_sleep(1)\nwhere id = :id", "postgres", NAMES).findings[0]
    assert (found.code, found.line) == ("function_not_allowed", 2)
