"""Laying a statement out changes blanks and nothing else."""

import sqlite3

import pytest
import sqlglot
from hypothesis import given, settings
from hypothesis import strategies as st

from apis.corpus import HOSTILE
from apis.corpus_good import GOOD
from opsloom.apis.sql.layout import NotLaidOut, laid_out

DIALECTS = ["postgres", "mysql", "sqlite", "duckdb"]


def _meaning(sql: str) -> list[str]:
    return [each.sql("postgres", comments=False) for each in sqlglot.parse(sql, read="postgres") if each is not None]


@pytest.mark.parametrize("sql", GOOD)
def test_the_good_corpus_means_what_it_meant(sql: str) -> None:
    text = laid_out(sql, "postgres")
    assert laid_out(text, "postgres") == text
    if ":from" not in sql:  # sqlglot reads no parameter that is called like a word of SQL
        try:
            before = _meaning(sql)
        except sqlglot.errors.ParseError:
            return
        assert _meaning(text) == before


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from([*GOOD, *HOSTILE]),
    st.sampled_from(DIALECTS),
    st.sampled_from([" ", "\n", "\t ", " /* x */ ", " -- y\n"]),
)
def test_words_comments_and_parameters_survive(sql: str, dialect: str, blank: str) -> None:
    source = sql.replace(" ", blank) if "'" not in sql and '"' not in sql and "$" not in sql else sql
    try:
        text = laid_out(source, dialect)
    except NotLaidOut:
        return
    assert "".join(text.split()) == "".join(source.split())
    assert laid_out(text, dialect) == text


def test_a_clause_has_its_line_and_a_comment_its_place() -> None:
    sql = (
        "select m.time, i.name from data.metrics m left join data.items i on i.id = m.item_id -- whose\n"
        "where m.metric = :metric and (m.value > 3 or m.value between 1 and :most) /* high */ order by time desc limit 10"
    )
    assert laid_out(sql, "postgres").split("\n") == [
        "select m.time, i.name",
        "from data.metrics m",
        "left join data.items i on i.id = m.item_id -- whose",
        "where m.metric = :metric",
        "  and (m.value > 3 or m.value between 1 and :most) /* high */",
        "order by time desc",
        "limit 10",
    ]


@pytest.mark.parametrize("text", ["select 'never closed", "", "-- nothing", "select /* open"])
def test_what_cannot_be_read_stays_as_it_is(text: str) -> None:
    with pytest.raises(NotLaidOut):
        laid_out(text, "postgres")


def test_strings_over_lines_stay_over_lines() -> None:
    assert "'a'\n'b'" in laid_out("select 'a'\n'b' as x from t where y = 1", "postgres")


def test_writes_are_laid_out_too() -> None:
    text = laid_out("update t set a = :a, b = b + 1 where id = :id and b > 0 returning id", "sqlite")
    assert text.split("\n") == ["update t", "set a = :a, b = b + 1", "where id = :id", "  and b > 0", "returning id"]
    with sqlite3.connect(":memory:") as db:
        db.execute("create table t (id integer, a text, b integer)")
        db.execute("insert into t values (1, 'x', 1)")
        assert db.execute(text, {"a": "y", "id": 1}).fetchall() == [(1,)]
