import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from opsloom.rules.builder import BuilderGroup, from_builder, to_builder
from opsloom.rules.condition import MAX_LENGTH, parse, parse_column
from opsloom.rules.errors import ConditionInvalid
from opsloom.rules.predicate import And, Column, Compare, Holds, Like, Moment, Not, Number, Text, columns
from opsloom.rules.printing import show
from rules.trees import drawable_predicates, predicates


@settings(max_examples=300, deadline=None)
@given(predicates)
def test_the_canonical_text_reads_back_as_the_same_tree(predicate):
    text = show(predicate)
    assert parse(text) == predicate
    assert show(parse(text)) == text


@settings(max_examples=200, deadline=None)
@given(drawable_predicates)
def test_a_drawing_reads_back_as_the_same_tree(predicate):
    drawing = to_builder(predicate)
    assert drawing is not None
    stored = drawing.model_dump(by_alias=True, mode="json")
    assert from_builder(BuilderGroup.model_validate(stored)) == predicate


def test_what_cannot_be_drawn_says_so():
    assert to_builder(parse("abs(value) > 3 AND item = 'a'")) is None
    assert to_builder(parse("value + 1 > 3")) is None


def test_a_drawing_from_the_editor_is_understood():
    drawn = {
        "combinator": "and",
        "id": "root",
        "rules": [
            {"field": "value", "operator": ">", "value": "90", "id": "1"},
            {"combinator": "or", "not": True, "rules": [{"field": "item", "operator": "contains", "value": "50%"}]},
        ],
    }
    assert show(from_builder(BuilderGroup.model_validate(drawn))) == "value > 90 AND item NOT LIKE '%50\\%%'"


def test_an_empty_group_is_refused():
    with pytest.raises(ConditionInvalid, match="at least one"):
        from_builder(BuilderGroup(rules=[]))


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("VALUE > 90", Compare(">", Column("value"), Number(90))),
        ("value > -1", Compare(">", Column("value"), Number(-1))),
        ("data.a.B[0] = 'x'", Compare("=", Column("data", ("a", "B", 0)), Text("x"))),
        ("data['a b'].c", Holds(Column("data", ("a b", "c")))),
        ("time >= '2026-01-01T09:00:00+09:00'", Compare(">=", Column("time"), Moment(1_767_225_600_000_000))),
        ("item NOT LIKE 'a%'", Not(Like(Column("item"), "a%"))),
        ("NOT item ILIKE 'a%'", Not(Like(Column("item"), "a%", True))),
        ("value > 1 -- high\n AND (value < 2 AND value <> 3)", None),
    ],
)
def test_forms_of_writing(text, tree):
    read = parse(text)
    if tree is None:
        assert isinstance(read, And)
        assert len(read.parts) == 3
    else:
        assert read == tree


@pytest.mark.parametrize(
    ("text", "line", "column", "says"),
    [
        ("", 1, 1, "empty"),
        ("value >", 1, 7, "missing"),
        ("value > 1 AND\n  valu < 3", 2, 3, "no column valu"),
        ("value > 90 AND\nitem = 3", 2, 1, "Cannot compare number with text"),
        ("value > now()", 1, 9, "not part"),
        ("value > 1; DROP TABLE users", 1, 12, "Unexpected token"),
        ("SELECT 1", 1, 1, "Unexpected token"),
        ("EXISTS (SELECT 1)", 1, 16, "not part"),
        ("item IN (SELECT 1)", 1, 1, "not possible"),
        ("value = NULL", 1, 1, "never true"),
        ("value", 1, 1, "is a number"),
        ("sum(value) OVER () > 1", 1, 1, "not possible"),
        ("attrs = 'x'", 1, 1, "one key"),
        ("data = 'x'", 1, 1, "path"),
        ("item.name = 'x'", 1, 1, "no parts"),
        ("time > 'yesterday'", 1, 1, "not a time"),
        ("time > '9999-12-31T23:59:59-14:00'", 1, 1, "not a time"),
        ("value > 1e999", 1, 9, "too large"),
        ("value BETWEEN SYMMETRIC 1 AND 2", 1, 1, "not possible"),
        ("item LIKE 'a' ESCAPE '!'", 1, 1, "not part"),
        ("item = 'abc", 1, 12, "not complete"),
        ("data.ok < TRUE", 1, 1, "cannot be compared"),
        ("value > 1 \x00", 1, 11, "Control characters"),
        ("value > CASE WHEN TRUE THEN 1 END", 1, 29, "not possible"),
        ("data.list[0] = 1", 1, 11, "not part"),
        ("data.t > time", 1, 1, "Cannot compare"),
    ],
)
def test_what_is_refused_and_where(text, line, column, says):
    with pytest.raises(ConditionInvalid) as refused:
        parse(text)
    assert says in refused.value.flaw.message
    assert (refused.value.flaw.line, refused.value.flaw.column) == (line, column)


def test_hostile_sizes_are_refused():
    for text in (
        "(" * 900 + "value > 1" + ")" * 900,
        "NOT " * 900 + "value > 1",
        "value > " + "-(" * 60 + "1" + ")" * 60,
    ):
        with pytest.raises(ConditionInvalid, match="nested"):
            parse(text)
    with pytest.raises(ConditionInvalid, match="at most"):
        parse("value > 1 OR " * MAX_LENGTH)
    assert len(columns(parse(" OR ".join(["value > 1"] * 200)))) == 1


def test_a_misspelt_column_is_pointed_out():
    with pytest.raises(ConditionInvalid) as refused:
        parse("serverity = 'critical'")
    assert refused.value.hint == "Did you mean severity?"


def test_keys_are_single_columns():
    assert parse_column("attrs['mount']") == Column("attrs", ("mount",))
    for text in ("value + 1", "", "value > 1", "nothing", "\ud800", "item\x00"):
        with pytest.raises(ConditionInvalid):
            parse_column(text)


TOKENS = ["value", "item", "attrs", "data", "[", "]", "(", ")", "'a'", '"b"', ".", ",", "1", "1e9", "-", "+", "*", "/", "%",
          "=", "<>", "<", ">", "AND", "OR", "NOT", "IN", "BETWEEN", "LIKE", "IS", "NULL", "CAST", "AS", "DOUBLE", "::", "CASE",
          "WHEN", "END", "TIMESTAMP", "SELECT", "coalesce", "length", "||", "--", "/*", ";", "'", "$1", ":p", "?", "@", "{", "}",
          "INTERVAL", "EXISTS", "ARRAY", "OVER", "\\", "서버", "\n", "~", "->", "^", "&", "x'0'", "date", "left"]  # fmt: skip


@settings(max_examples=700, deadline=None)
@given(st.lists(st.sampled_from(TOKENS), max_size=14).map(" ".join) | st.text(max_size=30))
def test_any_text_is_read_or_refused_with_a_place(text):
    flaw = None
    try:
        predicate = parse(text)
    except ConditionInvalid as refused:
        flaw = refused.flaw
    if flaw is None:
        assert parse(show(predicate)) == predicate
    else:
        assert 0 <= flaw.offset <= len(text)
        assert min(flaw.line, flaw.column) >= 1
