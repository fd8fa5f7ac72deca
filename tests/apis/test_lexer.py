"""The lexer loses nothing, finds parameters only where they are, and maps places back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opsloom.apis.sql.lexer import Unreadable, lex, prepare
from opsloom.kit.position import line_and_column


@pytest.mark.parametrize(
    ("source", "text", "names"),
    [
        ("select :a, :b, :a", "select $1, $2, $1", ("a", "b")),
        ("select x::int, :n::int", "select x::int, $1::int", ("n",)),
        ("select ':no', \":no\", $$ :no $$, $t$ :no $t$, E'\\':no'", None, ()),
        ("select 1 -- :no\n, :yes /* :no /* :no */ */", "select 1 , $1", ("yes",)),
        ("select a[1 : 2], f(x := :v)", "select a[1 : 2], f(x := $1)", ("v",)),
        ("select :이름;  ", "select $1", ("이름",)),
        ("select 1--\n+--\n:a", "select 1 + $1", ("a",)),
    ],
)
def test_parameters_are_found_only_where_they_are(source: str, text: str | None, names: tuple[str, ...]) -> None:
    prepared = prepare(source)
    assert prepared.text == (text or source)
    assert prepared.parameters == names


@given(st.text(alphabet="abeE'\"$:-/*; \n\r\\()1x_é\u00a0", max_size=60))
def test_tokens_are_the_text_or_it_is_refused(source: str) -> None:
    try:
        tokens = list(lex(source))
    except Unreadable:
        return
    assert "".join(token.text for token in tokens) == source
    assert [token.offset for token in tokens] == [sum(len(t.text) for t in tokens[:i]) for i in range(len(tokens))]


@given(st.lists(st.sampled_from(["select", " ", "\n", "-- c\n", "/* c */", ":abc", "x", "'a b'", ","]), max_size=30))
def test_places_map_back_to_the_source(parts: list[str]) -> None:
    source = "select 1 as one, " + " ".join(parts)
    try:
        prepared = prepare(source)
    except Unreadable:
        return
    for token, ours in zip(prepared.tokens, prepared.marks.ours, strict=True):
        assert prepared.marks.source_offset(ours) == token.offset


def test_strings_reach_sqlglot_without_surprises() -> None:
    prepared = prepare("select 'it''s', E'\\'', $$a'b$$, 'plain'")
    assert prepared.skeleton == "select 'x', 'x', 'x', 'plain'"
    assert prepared.text == "select 'it''s', E'\\'', $$a'b$$, 'plain'"


def test_lines_and_columns_count_from_one() -> None:
    assert line_and_column("ab\ncd", 0) == (1, 1)
    assert line_and_column("ab\ncd", 4) == (2, 2)
