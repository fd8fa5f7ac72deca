"""What changed, by structure. The property: what the diff tells is enough to make the later content, to the bit."""

from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from opsloom.assets.diff import Change, Op, apply, diff

plain = st.none() | st.booleans() | st.integers(-3, 3) | st.sampled_from([0.0, 1.0, 1.5]) | st.text("ab/~0", max_size=3)
names = st.sampled_from(["id", "name", "key", "x", "y/z"])
values: st.SearchStrategy[Any] = st.recursive(
    plain,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(names, inner, max_size=4)
        | st.lists(st.fixed_dictionaries({"name": st.sampled_from("abcd"), "x": inner}), max_size=4)
    ),
    max_leaves=12,
)


def text(value: Any) -> bytes:
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)


def brief(changes: list[Change]) -> list[tuple[str, str]]:
    return [(each.op.value, each.pointer) for each in changes]


@given(values, values)
def test_applying_the_changes_gives_the_later_content(before: Any, after: Any) -> None:
    kept = text(before)
    assert text(apply(before, diff(before, after))) == text(after)
    assert text(before) == kept, "the earlier content is left as it is"


@given(st.permutations([{"name": name, "x": [name]} for name in "abcdef"]), values)
def test_moved_and_changed_at_once(after: list[dict[str, Any]], value: Any) -> None:
    before = [{"name": name, "x": [name]} for name in "abcdef"]
    changed = [*after[:2], {"name": "new", "x": 1}, {**after[2], "x": value}, *after[4:]]
    changes = diff(before, changed)
    assert text(apply(before, changes)) == text(changed)
    assert sum(each.op is Op.REMOVED and each.pointer.count("/") == 1 for each in changes) == 1


@given(values)
def test_the_same_has_no_changes(value: Any) -> None:
    assert diff(value, orjson.loads(orjson.dumps(value))) == []


def test_items_are_matched_by_their_name() -> None:
    before = {"parameters": [{"name": "host", "type": "string"}, {"name": "limit", "type": "integer"}]}
    after = {
        "parameters": [
            {"name": "limit", "type": "number"},
            {"name": "since", "type": "date"},
            {"name": "host", "type": "string"},
        ]
    }
    changes = diff(before, after)
    assert set(brief(changes)) == {
        ("moved", "/parameters/0"),
        ("changed", "/parameters/0/type"),
        ("added", "/parameters/1"),
    }
    assert {each.label for each in changes} == {
        "parameters › limit",
        "parameters › limit › type",
        "parameters › since",
    }
    (moved,) = [each for each in changes if each.op is Op.MOVED]
    assert (moved.before, moved.after) == (1, 0)


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (["a", "b", "c"], ["c", "a", "b"], [("moved", "/0")]),
        ([[1], [2], [3]], [[1], [9], [2], [3]], [("added", "/1")]),
        ([[1], [2]], [[1], [2, 3]], [("added", "/1/1")]),
        ({"a": 1}, {"a": 1.0}, [("changed", "/a")]),
        ({"a": True}, {"a": 1}, [("changed", "/a")]),
        ({"a/b": 1}, {}, [("removed", "/a~1b")]),
        ({"a": []}, {"a": {}}, [("changed", "/a")]),
        (["a", "a"], ["a"], [("removed", "/1")]),
        ([{"name": "a"}, {"name": "a"}], [{"name": "a"}], [("removed", "/1")]),
    ],
)
def test_small_changes_are_told_small(before: Any, after: Any, expected: list[tuple[str, str]]) -> None:
    assert brief(diff(before, after)) == expected


def test_long_lists_without_names_are_compared_by_place() -> None:
    before, after = [[n] for n in range(2_100)], [[n] for n in range(1, 2_101)]
    changes = diff(before, after)
    assert len(changes) == 2_100
    assert apply(before, changes) == after
