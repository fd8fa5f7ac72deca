"""What a change of an API breaks, for whom."""

from typing import Any

import pytest

from opsloom.apis.compatibility import breaking
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
