"""What a change of an API breaks, for whom."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opsloom.apis.compatibility import breaking, changes
from opsloom.apis.schemas import ApiDefinition


def api(**changes: Any) -> ApiDefinition:
    """An API with two parameters and two columns."""
    base: dict[str, Any] = {
        "path": "hosts/cpu",
        "logic": {"type": "sql", "sql": "select 1"},
        "parameters": [{"name": "host"}, {"name": "limit", "type": "integer", "minimum": 1, "maximum": 100}],
        "output": [{"name": "item", "type": "text"}, {"name": "value", "type": "float8"}],
    }
    return ApiDefinition.model_validate(base | changes)


def parts(**changes: Any) -> list[str]:
    return [each.part for each in breaking(api(), api(**changes))]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, []),
        ({"description": "better", "limits": {"max_rows": 5}}, []),
        ({"path": "hosts/load"}, ["path"]),
        ({"method": "POST"}, ["method"]),
        ({"parameters": [{"name": "host"}]}, ["parameter.limit"]),
        ({"parameters": [{"name": "host"}, {"name": "limit", "type": "number"}]}, ["parameter.limit"]),
        ({"parameters": [{"name": "host"}, {"name": "limit", "type": "integer", "maximum": 200}]}, []),
        ({"parameters": [{"name": "host"}, {"name": "limit", "type": "integer", "maximum": 50}]}, ["parameter.limit"]),
        ({"parameters": [{"name": "host"}, {"name": "limit", "type": "integer", "minimum": 2}]}, ["parameter.limit"]),
        ({"output": [{"name": "item", "type": "text"}]}, ["column.value"]),
        ({"output": [{"name": "item", "type": "text"}, {"name": "value", "type": "text"}]}, ["column.value"]),
        ({"output": [{"name": name, "type": "text"} for name in ("item", "new")] + [{"name": "value", "type": "float8"}]}, []),
        ({"output": None}, []),
    ],
)  # fmt: skip
def test_what_a_caller_could_notice(changes: dict[str, Any], expected: list[str]) -> None:
    assert parts(**changes) == expected


def test_a_parameter_that_becomes_due_hits_those_who_do_not_pass_it() -> None:
    required = [
        {"name": "host", "required": True},
        {"name": "limit", "type": "integer"},
        {"name": "unit", "required": True},
    ]
    found = {each.part: each for each in breaking(api(), api(parameters=required))}
    assert set(found) == {"parameter.host", "parameter.unit"}
    passes_host = ("call", "parameter.host")
    assert not found["parameter.host"].breaks(passes_host)
    assert found["parameter.unit"].breaks(passes_host)
    assert found["parameter.host"].breaks(()), "of whom nothing is known may be hit by anything"


def said(before: dict[str, Any], after: dict[str, Any]) -> list[tuple[str, bool]]:
    return [(each.part, each.breaks) for each in changes(api(**before), api(**after))]


HOST = {"name": "host"}
KINDS = {"name": "kind", "type": "enum", "enum": ["host", "disk"]}


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ({}, {}, []),
        ({}, {"description": "better", "tags": ["hosts"]}, [("description", False), ("tags", False)]),
        ({}, {"logic": {"type": "sql", "sql": "select 2"}}, [("logic", False)]),
        ({"path": "a/{host}", "parameters": [HOST | {"where": "path"}]},
         {"path": "a/{name}", "parameters": [{"name": "name", "where": "path"}]},
         [("path", False), ("parameter.host", True), ("parameter.name", True)]),
        ({"method": "POST"}, {}, [("method", False)]),
        ({}, {"limits": {"max_rows": 5}}, [("limits.max_rows", True)]),
        ({"limits": {"max_rows": 5}}, {}, [("limits.max_rows", False)]),
        ({}, {"limits": {"caller_rate": 60}}, [("limits.caller_rate", True)]),
        ({"limits": {"tenant_rate": 60}}, {}, [("limits.tenant_rate", False)]),
        ({}, {"auth": {"callers": "keys"}}, [("auth.callers", True)]),
        ({"auth": {"callers": "keys"}}, {}, [("auth.callers", False)]),
        ({"parameters": [HOST]}, {"parameters": [HOST, {"name": "unit"}]}, [("parameter.unit", False)]),
        ({"parameters": [HOST]}, {"parameters": [HOST | {"default": "web-1"}]}, [("parameter.host", False)]),
        ({"parameters": [HOST]}, {"parameters": [HOST | {"description": "its name"}]}, [("parameter.host", False)]),
        ({"parameters": [HOST | {"required": True}]}, {"parameters": [HOST]}, [("parameter.host", False)]),
        ({"parameters": [KINDS]}, {"parameters": [KINDS | {"enum": ["host"]}]}, [("parameter.kind", True)]),
        ({"parameters": [KINDS]}, {"parameters": [KINDS | {"enum": ["host", "disk", "site"]}]}, [("parameter.kind", False)]),
    ],
)  # fmt: skip
def test_every_change_is_told_and_judged(
    before: dict[str, Any], after: dict[str, Any], expected: list[tuple[str, bool]]
) -> None:
    assert said(before, after) == expected


def rows(**properties: Any) -> dict[str, Any]:
    return {"output": None, "row_schema": {"type": "object", "properties": properties, "required": sorted(properties)}}


@pytest.mark.parametrize(
    ("before", "after", "breaks"),
    [
        ({"type": "string"}, {"type": ["string", "null"]}, True),
        ({"type": ["string", "null"]}, {"type": "string"}, False),
        ({"type": "number"}, {"type": "integer"}, False),
        ({"type": "integer"}, {"type": "number"}, True),
        ({}, {"type": "string"}, False),
        ({"type": "string"}, {}, True),
        ({"enum": ["a", "b"]}, {"enum": ["a"]}, None),
        ({"enum": ["a"]}, {"enum": ["a", "b"]}, True),
        ({"type": "object", "properties": {"in": {"type": "string"}}}, {"type": "object", "properties": {}}, True),
        ({"type": "array", "items": {"properties": {"in": {"type": "string"}}}},
         {"type": "array", "items": {"properties": {"in": {"type": "integer"}}}}, True),
        ({"type": "object"}, {"type": "object", "properties": {"in": {}}}, False),
    ],
)  # fmt: skip
def test_answers_may_become_stricter_and_not_looser(before: Any, after: Any, breaks: bool | None) -> None:
    assert said(rows(x=before), rows(x=after)) == ([] if breaks is None else [("column.x", breaks)])


def test_a_field_that_may_be_missing_now_breaks() -> None:
    after = rows(x={"type": "string"})
    after["row_schema"]["required"] = []
    assert said(rows(x={"type": "string"}), after) == [("column.x", True)]


definitions = st.builds(
    lambda parameters, limits, row: api(parameters=parameters, limits=limits, row_schema=row, output=None),
    st.lists(
        st.fixed_dictionaries({"name": st.sampled_from("abc"), "required": st.booleans()}, optional={"minimum": st.integers(0, 9)}),
        unique_by=lambda each: each["name"],
    ),
    st.fixed_dictionaries({}, optional={"max_rows": st.integers(1, 9), "caller_rate": st.integers(1, 9)}),
    st.none() | st.dictionaries(st.sampled_from("xyz"), st.sampled_from([{}, {"type": "string"}, {"type": "null"}])).map(
        lambda properties: {"type": "object", "properties": properties}
    ),
)  # fmt: skip


@given(definitions, definitions)
def test_the_same_definition_changes_nothing_and_what_holds_up_a_publication_is_told(
    one: ApiDefinition, other: ApiDefinition
) -> None:
    assert list(changes(one, one)) == []
    told = {(each.part, each.reason) for each in changes(one, other) if each.breaks}
    assert {(each.part, each.reason) for each in breaking(one, other)} <= told
    if one.model_dump() != other.model_dump() and None not in (one.row_schema, other.row_schema):
        assert list(changes(one, other))
