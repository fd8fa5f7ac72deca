"""What the history keeps of arguments."""

from typing import Any

import orjson
from hypothesis import given
from hypothesis import strategies as st

from opsloom.kit.masking import HIDDEN, masked

SECRET = "hunter2-secret"
SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "plain": {"type": "string"},
        "password": {"type": "string", "format": "password"},
        "nested": {"type": "object", "properties": {"key": {"writeOnly": True}}},
        "list": {"type": "array", "items": {"$ref": "#/$defs/login"}},
        "either": {"anyOf": [{"type": "null"}, {"$ref": "#/$defs/login"}]},
        "loop": {"$ref": "#/$defs/loop"},
    },
    "additionalProperties": {"writeOnly": True},
    "$defs": {
        "login": {"type": "object", "properties": {"token": {"type": "string", "writeOnly": True}}},
        "loop": {"$ref": "#/$defs/loop"},
    },
}


def test_what_a_schema_calls_secret_is_hidden_at_any_depth() -> None:
    arguments = {
        "plain": "shown",
        "password": SECRET,
        "nested": {"key": SECRET, "other": 1},
        "list": [{"token": SECRET}, {"token": [SECRET]}],
        "either": {"token": {"x": SECRET}},
        "unknown": SECRET,
        "loop": "fine",
    }
    kept = masked(SCHEMA, arguments)
    assert SECRET not in orjson.dumps(kept).decode()
    assert (kept["plain"], kept["nested"]["other"], kept["password"]) == ("shown", 1, HIDDEN)


def test_long_and_deep_arguments_are_cut() -> None:
    deep: dict[str, Any] = {}
    inner = deep
    for _ in range(200):
        inner["a"] = {}
        inner = inner["a"]
    kept = masked({}, {"text": "x" * 10_000, "deep": deep})
    assert len(kept["text"]) < 600
    assert len(orjson.dumps(kept)) < 2_000
    assert list(masked({}, {str(n): "x" * 400 for n in range(100)})) == ["…"]


@given(st.dictionaries(st.text(), st.recursive(st.text() | st.integers(), st.lists, max_leaves=5)))
def test_what_is_kept_can_be_stored(arguments: dict[str, Any]) -> None:
    assert "\\u0000" not in orjson.dumps(list(masked({}, arguments).values())).decode()
