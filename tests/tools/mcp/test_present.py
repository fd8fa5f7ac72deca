"""How tools look to a client of the protocol: names it accepts, schemas that stand alone, results and refusals it can read."""

import re

import jsonschema_rs
import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from opsloom.kit.errors import FieldProblem, InvalidInput
from opsloom.tools.mcp import present
from opsloom.tools.mcp.present import Offer, as_tool, failed, named, search, succeeded

ROWS = {"type": "array", "items": {"$ref": "#/$defs/row"}, "$defs": {"row": {"type": "object", "required": ["host"]}}}


def offer(key: str = "open-alerts", **changes: object) -> Offer:
    plain = {
        "title": "Open alerts",
        "description": "Alerts that are open now.",
        "when_to_use": "Somebody asks what is broken.",
        "input_schema": {"properties": {"severity": {"type": "string"}}},
        "output_schema": None,
        "capabilities": frozenset({"read_only"}),
    }
    return Offer(key=key, **{**plain, **changes})  # type: ignore[arg-type]


@given(st.lists(st.text(min_size=1, max_size=90), min_size=1, max_size=20, unique=True))
def test_every_key_gets_a_name_the_protocol_takes_and_finds_its_way_back(keys: list[str]) -> None:
    offers = [offer(key) for key in keys]
    for each in offers:
        assert re.fullmatch(r"[A-Za-z0-9_-]{1,64}", each.name)
        assert named(offers, each.name) == each


def test_a_korean_key_keeps_what_is_plain_of_it() -> None:
    assert re.fullmatch(r"cpu-top-[0-9a-f]{8}", offer("cpu-최고-top").name)
    assert re.fullmatch(r"tool-[0-9a-f]{8}", offer("결제").name)


def test_a_tool_is_shown_with_its_text_and_hints() -> None:
    shown = as_tool(offer())
    assert shown.description == "Alerts that are open now.\n\nWhen to use: Somebody asks what is broken."
    assert shown.input_schema == {"type": "object", "properties": {"severity": {"type": "string"}}}
    assert shown.annotations is not None
    assert (shown.annotations.read_only_hint, shown.annotations.destructive_hint) == (True, False)


def test_an_answer_that_is_no_object_is_wrapped_and_still_fits_its_schema() -> None:
    listed = offer(output_schema=ROWS)
    schema = as_tool(listed).output_schema
    result = succeeded([{"host": "web-1"}], listed)
    assert schema is not None
    assert jsonschema_rs.is_valid(schema, result.structured_content)
    assert not jsonschema_rs.is_valid(schema, {"result": [{}]})
    assert orjson.loads(result.content[0].text) == [{"host": "web-1"}]  # type: ignore[union-attr]


def test_a_result_that_is_too_large_is_refused_with_advice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(present, "MOST_RESULT_BYTES", 10)
    result = succeeded(["a long result"], offer())
    assert result.is_error
    assert "Ask for less" in result.content[0].text  # type: ignore[union-attr]


def test_a_failure_says_what_and_where_and_what_to_do() -> None:
    wrong = InvalidInput("No.", hint="Use web-1.", details=[FieldProblem(pointer="/host", detail="unknown", code="x")])
    text = failed(wrong).content[0].text  # type: ignore[union-attr]
    assert text == "The input is not valid: No. [invalid_input]\n/host: unknown\nUse web-1."


def test_searching_finds_by_meaningful_words() -> None:
    offers = [offer(), offer("disk-usage", title="Disk usage", description="How full the disks are.", when_to_use="")]
    assert search(offers, "how full are my disks")[0]["name"] == "disk-usage"
