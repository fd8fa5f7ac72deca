"""Patterns of strangers: whole texts, linear, and refused where they cannot be both."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opsloom.kit.patterns import LONGEST, PatternInvalid, compiled


def test_a_pattern_fits_the_whole_text() -> None:
    pattern = compiled("web-[0-9]+|db")
    assert [pattern.fits(text) for text in ("web-12", "db", "web-", "xdb", "web-1\n", "")] == [True, True, *[False] * 4]
    assert compiled("").fits("")
    assert compiled("서버.*").fits("서버-1")


@pytest.mark.parametrize("text", ["(a+)+", "(a|aa)+", "(.*a){20}", "([a-z]+)*x", r"(\w*\w*)*"])
def test_a_pattern_that_would_go_back_and_forth_elsewhere_answers(text: str) -> None:
    assert compiled(text).fits("a" * 50_000 + "!") is False


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("(", "unclosed group"),
        ("a)(b", "unopened group"),
        (r"(a)\1", "backreferences are not supported"),
        ("(?=a)a", "look-around"),
        ("(a{100}){100}", "repetitions multiply"),
        ("(?:a{1,40}){1,40}", "repetitions multiply"),
        (r"(?:\pL{30}){30}", "size limit"),
        ("a" * (LONGEST + 1), "at most 500 characters"),
        ("a{99999999999999999999}", "repetitions multiply"),
    ],
)
def test_what_cannot_be_bounded_is_refused_with_its_cause(text: str, cause: str) -> None:
    with pytest.raises(PatternInvalid, match=cause):
        compiled(text)


@given(st.text(max_size=40))
def test_any_text_is_a_pattern_or_is_refused(text: str) -> None:
    try:
        found = compiled(text)
    except PatternInvalid:
        return
    assert found.fits("web-1") in (True, False)
