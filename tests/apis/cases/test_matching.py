"""Matchers of saved cases."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opsloom.apis.cases.matching import mismatches
from opsloom.apis.cases.schemas import CaseExpectation
from opsloom.kit.json_schema import Checker

CHECKER = Checker()
ROWS = [{"host": "web-1", "cpu": 91.5}, {"host": "web-2", "cpu": None}]
DECLARED = {"type": "array", "items": {"type": "object", "required": ["host"]}}


def places(matcher: dict[str, Any] | None, answer: Any = ROWS, **expected: Any) -> list[str]:
    expectation = CaseExpectation.model_validate({"matchers": [matcher] if matcher else [], **expected})
    return [each.pointer for each in mismatches(expectation, (200, "", answer), DECLARED, CHECKER)]


@pytest.mark.parametrize(
    ("matcher", "expected"),
    [
        (None, []),
        ({"type": "equals", "value": ROWS}, []),
        ({"type": "equals", "value": ROWS[:1]}, ["/1"]),
        ({"type": "equals", "pointer": "/0/cpu", "value": 91.5}, []),
        ({"type": "equals", "pointer": "/0/cpu", "value": 90}, ["/0/cpu"]),
        ({"type": "equals", "pointer": "/7/cpu", "value": None}, ["/7/cpu"]),
        ({"type": "equals", "pointer": "/0/none/deeper", "value": None}, ["/0/none/deeper"]),
        ({"type": "contains", "value": [{"host": "web-2"}]}, []),
        ({"type": "contains", "value": [{"host": "db-1"}]}, ["/0"]),
        ({"type": "contains", "pointer": "/0", "value": {"host": "web-1"}}, []),
        ({"type": "schema"}, []),
        ({"type": "schema", "answer_schema": {"items": {"properties": {"cpu": {"type": "number"}}}}}, ["/1/cpu"]),
        ({"type": "rows", "minimum": 2, "maximum": 2}, []),
        ({"type": "rows", "minimum": 3}, ["rows"]),
        ({"type": "rows", "maximum": 1}, ["rows"]),
    ],
)
def test_each_matcher_names_the_places(matcher: dict[str, Any] | None, expected: list[str]) -> None:
    assert places(matcher) == expected


def test_what_is_declared_is_the_schema_when_none_is_given() -> None:
    assert places({"type": "schema"}, [{"name": "x"}]) == ["/0/host"]


def test_a_failure_is_matched_by_status_and_code() -> None:
    def found(given: int, said: str, **expected: Any) -> list[str]:
        expectation = CaseExpectation.model_validate({"matchers": [{"type": "rows", "minimum": 1}], **expected})
        return [each.pointer for each in mismatches(expectation, (given, said, None), {}, CHECKER)]

    assert found(422, "api_parameters_invalid", status=422) == []
    assert found(422, "api_parameters_invalid", status=422, code="api_parameters_invalid") == []
    assert found(504, "api_timeout") == ["status"]
    assert found(422, "api_value_refused", status=422, code="api_parameters_invalid") == ["code"]
    assert found(404, "", status=404) == ["rows"], "a script that answers 404 still has an answer to look at"


values = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text("ab/~", max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("ab/~", max_size=2), inner, max_size=3),
    max_leaves=8,
)


@given(values)
def test_every_answer_equals_and_contains_itself(answer: Any) -> None:
    for kind in ("equals", "contains"):
        assert places({"type": kind, "value": answer}, answer) == []
