"""Reading and writing YAML: exact both ways, every flaw with its place, no input that runs away."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from opsloom.assets.code.reading import MAX_CHARACTERS, Unreadable, decode, read
from opsloom.assets.code.writing import write

_ANY_TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
_TRICKY = st.text("ab \n\t-#:'\"\\{}[]>|%&*!?,\r\u2028é한\x85\ufeff", max_size=20)
_WORDS = st.sampled_from(
    [
        "yes",
        "null",
        "0o7",
        "1e3",
        "2026-01-01",
        "~",
        "...",
        "---",
        "- a",
        ".inf",
        "0x1F",
        "1_000",
        "<<",
        "=",
        "{{ params.x }}",
    ]
)
TEXT = _ANY_TEXT | _TRICKY | _WORDS
_LEAF = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXT
)
VALUE = st.recursive(
    _LEAF, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4), max_leaves=15
)


@given(VALUE)
def test_what_is_written_reads_the_same(value: object) -> None:
    text = write(value)
    assert json.dumps(read("f", text).value) == json.dumps(value)
    # Another reader of YAML 1.2 agrees.
    assert json.dumps(YAML(typ="safe", pure=True).load(text)) == json.dumps(value)


def test_a_person_could_have_written_it() -> None:
    value = {
        "name": "CPU 사용률",
        "on": True,
        "sql": "select host,\n       avg(value)\nfrom samples\n",
        "note": "two lines\nno end",
        "list": [{"a": 1, "b": [1, 2.5]}, "plain words", "quo: ted", 'say "hi"', '"all"'],
        "none": None,
        "empty": {},
        "number": "42",
    }
    assert write(value) == (
        "name: CPU 사용률\n"
        '"on": true\n'
        "sql: |\n  select host,\n         avg(value)\n  from samples\n"
        "note: |-\n  two lines\n  no end\n"
        'list:\n  - a: 1\n    b:\n      - 1\n      - 2.5\n  - plain words\n  - "quo: ted"\n  - say "hi"\n  - \'"all"\'\n'
        "none: null\n"
        "empty: {}\n"
        'number: "42"\n'
    )


def test_words_mean_what_yaml_1_2_says() -> None:
    text = "a: on\nb: 010\nc: 0o10\nd: 2026-01-01\ne: 1_000\nf: 1e3\ng: ~\nh: 0x1F\ni: True\n"
    expected = {"a": "on", "b": 10, "c": 8, "d": "2026-01-01", "e": "1_000", "f": 1000.0, "g": None, "h": 31, "i": True}
    assert read("f", text).value == expected


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        ("a: 1\nb: 2\na: 3\n", (3, 1), "there already, in line 1"),
        ("a:\n\tb: 1\n", (2, 1), "indent with spaces"),
        ("a: &x 1\nb: *x\n", (1, 4), "Anchors and aliases"),
        ("a: *x\n", (1, 4), "Anchors and aliases"),
        ("a: !!python/object:os.system 1\n", (1, 4), "Tags such as"),
        ("a: [1, 2\nb: 3\n", (2, 2), "not YAML"),
        ("a: 1\n---\nb: 2\n", (2, 1), "second one"),
        ("1: a\n", (1, 1), "must be text"),
        ("? [a]\n: b\n", (1, 3), "must be text"),
        ("a: 99999999999999999999\n", (1, 4), "too large"),
        ("a: 1e999\n", (1, 4), "too large"),
        ("a: .nan\n", (1, 4), "can be stored"),
        ('a: "\\0"\n', (1, 4), "U+0000"),
        ('a: "\\ud800"\n', (1, 4), "cannot be stored"),
        ("a: \x07\n", (1, 4), "U+0007"),
        ("", (1, 1), "empty"),
        ("# only a comment\n", (1, 1), "empty"),
    ],
)
def test_flaws_have_their_place(text: str, place: tuple[int, int], words: str) -> None:
    with pytest.raises(Unreadable) as caught:
        read("rule/x.yaml", text)
    flaw = caught.value.flaws[0]
    assert (flaw.line, flaw.column) == place, flaw
    assert words in flaw.message
    assert str(flaw).startswith(f"rule/x.yaml:{place[0]}:{place[1]}: ")


def test_places_of_parts() -> None:
    found = read("f", "a: 1\nb:\n  - x: 1\n    y: |\n      text\n  - z\n")
    assert found.start(("b", 0, "y")) == (4, 5)
    assert found.begin(("b", 0, "y")) == (4, 8)
    assert found.start(("b", 1)) == (6, 5)
    assert found.start(("b", 0, "y", "of a union")) == (4, 5)
    assert found.reached(("b", 0, "tag of a union", "x", "missing")) == ("b", 0, "x")


@pytest.mark.parametrize(
    "text",
    [
        "[" * 100_000,
        "{a: " * 100_000,
        "- " * 100_000,
        "a: " * 100_000,
        "a: [" + "1, " * 150_000 + "]",
        "x" * (MAX_CHARACTERS + 1),
        "? " * 50_000,
        '"' * 99_999,
        "#" * 500_000,
    ],
    ids=["lists", "maps", "dashes", "colons", "values", "long", "questions", "quotes", "comment"],
)
def test_bombs_are_refused(text: str) -> None:
    with pytest.raises(Unreadable) as caught:
        read("f", text)
    assert caught.value.flaws


def test_encodings() -> None:
    assert decode("f", "이름".encode()) == "이름"
    assert decode("f", "\ufeffa: 1".encode()) == "a: 1"
    with pytest.raises(Unreadable, match="UTF-16"):
        decode("f", "a: 1".encode("utf-16"))
    with pytest.raises(Unreadable) as caught:
        decode("f", "a: 1\nb: caf\xe9\n".encode("latin-1"))
    assert (caught.value.flaws[0].line, caught.value.flaws[0].column) == (2, 7)
