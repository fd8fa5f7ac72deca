"""Matchers: Alertmanager's way of writing them and of looking at labels; hostile patterns stay harmless."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from opsloom.alerts.silences.matchers import Matcher, MatchOp, all_fit, labels_of, parse, says_nothing

LABELS = labels_of("CPU high", "critical", {"item": "web-1", "env": "prod"})


@pytest.mark.parametrize(
    ("text", "fits"),
    [
        ('alertname="CPU high"', True),
        ("severity=critical", True),
        ("severity!=critical", False),
        ('item=~"web-[0-9]+"', True),
        ('item=~"web"', False),
        ('item!~"db.*"', True),
        ("team=", True),
        ('team!="x"', True),
        ("team=~.+", False),
        ("env!~", True),
    ],
)
def test_labels_are_looked_at_as_alertmanager_does(text: str, fits: bool) -> None:
    assert parse(text).fits(LABELS) is fits


def test_own_labels_come_before_those_every_alert_has() -> None:
    assert labels_of("Rule", "info", {"severity": "page"})["severity"] == "page"


@pytest.mark.parametrize(
    "text", ["", "x", "=y", 'a="b', "a==b=c\x00", 'a=~"("', "a=~(?=x)", 'a=~"(x{99}){99}"', "a b=c"]
)
def test_what_cannot_be_read_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"\S"):
        parse(text)


@given(
    st.builds(
        Matcher,
        name=st.from_regex(r"\A[a-zA-Z_][a-zA-Z0-9_.]{0,20}\Z"),
        op=st.sampled_from([MatchOp.EQUAL, MatchOp.DIFFERS]),
        value=st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=40),
    )
)
def test_what_is_written_is_read_back(matcher: Matcher) -> None:
    assert parse(str(matcher)) == matcher


def test_matchers_that_fit_everything_say_nothing() -> None:
    assert says_nothing([parse("a=~.*"), parse("b=")])
    assert not says_nothing([parse("a=~.*"), parse("b=x")])


def test_a_catastrophic_pattern_over_many_labels_answers() -> None:
    labels = {f"l{n}": "a" * 500 + "!" for n in range(10_000)}
    hostile = [Matcher(name=f"l{n}", op=MatchOp.FITS, value="(a|aa)+|(a+)+b") for n in range(0, 10_000, 250)]
    assert not all_fit(hostile, labels)
    assert all_fit([Matcher(name="l1", op=MatchOp.FITS_NOT, value="(x+x+)+y")], labels)
    with pytest.raises(ValidationError, match="at most 500 characters"):
        Matcher(name="x", op=MatchOp.FITS, value="(a+)+" * 200)
