"""The guard refuses every hostile statement and no good one, however they are written."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apis.corpus import HOSTILE, HOSTILE_ANYWHERE
from apis.corpus_good import GOOD
from opsloom.apis.sql.functions import Catalog, Procedure, catalog_of
from opsloom.apis.sql.guard import Reading, read
from opsloom.apis.sql.lexer import Kind, Unreadable, lex
from opsloom.apis.sql.verdict import load_catalog
from opsloom.infra.core import Core

OTHER = "00000000-0000-7000-8000-000000000001"
SEPARATORS = (" ", "\n", "\t", "\r\n", " /* ' */ ", ' -- " $$\n', "/* /* nested */ */", "\f")


class Guard:
    """The guard with the test database's catalog, kept out of Hypothesis' reports."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog

    def __call__(self, statement: str, declared: frozenset[str] | None = None) -> Reading:
        return read(statement, self._catalog, declared)


@pytest.fixture(scope="session")
async def guard(core: Core) -> Guard:
    return Guard(await load_catalog(core.db))


def test_the_corpora_are_large_enough() -> None:
    assert len(set(HOSTILE)) >= 300
    assert len(set(GOOD)) >= 60


@pytest.mark.parametrize("statement", HOSTILE)
def test_hostile_statements_are_refused(guard: Guard, statement: str) -> None:
    reading = guard(statement.replace("{other}", OTHER))
    assert not reading.passes
    assert all(found.message and found.line >= 1 and found.column >= 1 for found in reading.findings)


@pytest.mark.parametrize("statement", GOOD)
def test_good_statements_pass(guard: Guard, statement: str) -> None:
    assert guard(statement).findings == ()


def _rewritten(draw: st.DrawFn, statement: str) -> str:
    """The same statement with other letters' case and other blanks and comments between its tokens."""
    parts = []
    for token in lex(statement):
        text = token.text
        if token.kind is Kind.WORD and text.isascii():
            text = "".join(draw(st.sampled_from((c.lower(), c.upper()))) for c in text) if draw(st.booleans()) else text
        if token.kind in (Kind.BLANK, Kind.COMMENT):
            text = draw(st.sampled_from(SEPARATORS))
        elif text in "(),;" and draw(st.integers(0, 4)) == 0:
            text = draw(st.sampled_from(SEPARATORS)) + text
        parts.append(text)
    return "".join(parts)


def _readable(statement: str) -> bool:
    try:
        return bool(list(lex(statement)))
    except Unreadable:
        return False


def _closes_too_much(statement: str) -> bool:
    depth = 0
    for sign in statement:
        depth += {"(": 1, ")": -1}.get(sign, 0)
        if depth < 0:
            return True
    return False


@st.composite
def rewritten_good(draw: st.DrawFn) -> str:
    return _rewritten(draw, draw(st.sampled_from(GOOD)))


@st.composite
def rewritten_hostile(draw: st.DrawFn) -> str:
    """Rewritten, and perhaps hidden inside another query. One that closes a parenthesis it has not opened would be a whole
    of another meaning inside of one, and perhaps a harmless one."""
    statement = _rewritten(draw, draw(st.sampled_from([s for s in HOSTILE_ANYWHERE if _readable(s)]))).replace(
        "{other}", OTHER
    )
    if _closes_too_much(statement):
        return statement
    cover = draw(
        st.sampled_from(
            (
                "{}",
                "({})",
                "select * from ({}) as s",
                "with c as ({}) select * from c",
                "with recursive c as materialized ({}) select 1 as one from c",
                "select 1 as one where exists ({})",
                "select array({}) as a",
                "select m.value from data.metrics m cross join lateral ({}) as s",
            )
        )
    )
    return cover.replace("{}", statement + "\n")


_fast = settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))


@_fast
@given(statement=rewritten_good())
def test_good_statements_pass_however_they_are_written(guard: Guard, statement: str) -> None:
    assert guard(statement).findings == ()


@_fast
@given(statement=rewritten_hostile())
def test_hostile_statements_are_refused_however_they_are_hidden(guard: Guard, statement: str) -> None:
    assert not guard(statement).passes


@settings(max_examples=200, deadline=None)
@given(text=st.text(max_size=200))
def test_no_text_makes_the_guard_fail(guard: Guard, text: str) -> None:
    reading = guard(text)
    assert reading.passes or reading.findings


def test_findings_point_into_the_users_text(guard: Guard) -> None:
    text = "select item, -- a comment\n       pg_sleep(1) as s, :nope as n\nfrom data.secrets"
    found = {each.code: (each.line, each.column) for each in guard(text, frozenset()).findings}
    assert found == {
        "function_not_allowed": (2, 8),
        "parameter_undeclared": (2, 26),
        "relation_not_allowed": (3, 6),
    }


def test_a_name_with_a_bad_overload_is_refused_whole() -> None:
    catalog = catalog_of(
        [
            Procedure(1, "mixed", "pg_catalog", "i", is_internal=False),
            Procedure(2, "mixed", "pg_catalog", "v", is_internal=False),
            Procedure(3, "pure", "pg_catalog", "i", is_internal=False),
            Procedure(4, "pure", "public", "v", is_internal=False),
        ],
        [],
    )
    assert catalog.allowed == {"pure"}
    assert catalog.allowed_oids == {1, 3}
    assert read("select mixed() as a", catalog).findings[0].code == "function_not_allowed"
    assert read("select pure() as a", catalog).passes


@pytest.mark.parametrize("depth", [70, 2_000])
def test_deep_nesting_is_refused_not_followed(guard: Guard, depth: int) -> None:
    assert not guard("select " + "(" * depth + "1" + ")" * depth + " as a").passes


def test_a_long_chain_is_read_or_refused(guard: Guard) -> None:
    reading = guard("select " + " + ".join(["1"] * 12_000) + " as a")
    assert reading.passes or reading.findings
