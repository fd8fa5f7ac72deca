"""Expected results against actual ones."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opsloom.kit.comparing import MOST
from opsloom.tools.comparing import as_failed, differences
from opsloom.tools.schemas import Contains, Equals, Fails, Succeeds

TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=4)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.floats(allow_nan=False, allow_infinity=False) | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=12,
)


def equals(value: Any) -> Equals:
    return Equals(type="equals", value=value)


def contains(value: Any) -> Contains:
    return Contains(type="contains", value=value)


@given(JSON)
def test_everything_is_like_itself(value: Any) -> None:
    assert differences(equals(value), value) == []
    assert differences(contains(value), value) == []


@given(st.dictionaries(TEXT, JSON, max_size=4), st.dictionaries(TEXT, JSON, max_size=4))
def test_more_fields_are_fine_only_when_asked_for_a_part(part: dict[str, Any], more: dict[str, Any]) -> None:
    whole = more | part
    assert differences(contains(part), whole) == []
    assert bool(differences(equals(part), whole)) == (set(whole) != set(part))


@pytest.mark.parametrize(
    ("expected", "actual", "pointers"),
    [
        ({"a": 1}, {"a": 2}, ["/a"]),
        ({"a": [1, 2]}, {"a": [1, 3, 4]}, ["/a/1", "/a/2"]),
        ({"a/b": {"~": 1}}, {"a/b": {"~": "1"}}, ["/a~1b/~0"]),
        ({"a": 1}, {}, ["/a"]),
        ({}, {"a": 1}, ["/a"]),
        (True, 1, ["/"]),
        (1, 1.0, []),
        (None, {}, ["/"]),
    ],
)
def test_differences_say_where(expected: Any, actual: Any, pointers: list[str]) -> None:
    assert [each.pointer for each in differences(equals(expected), actual)] == pointers


def test_a_part_of_a_list_may_stand_anywhere_but_only_once() -> None:
    rows = [{"id": 1, "n": "a"}, {"id": 2, "n": "b"}]
    assert differences(contains([{"id": 2}]), rows) == []
    assert [each.pointer for each in differences(contains([{"id": 2}, {"id": 2}]), rows)] == ["/1"]


def test_only_so_many_are_told_and_long_ones_are_cut() -> None:
    found = differences(equals(list(range(1000))), ["x" * 1000] * 1000)
    assert len(found) == MOST
    assert len(found[0].actual) < 400


def test_expected_failures() -> None:
    assert as_failed(Fails(type="fails", code="tool_arguments_invalid"), "tool_arguments_invalid")
    assert not as_failed(Fails(type="fails", code="x"), "y")
    assert not as_failed(Succeeds(), "x")
