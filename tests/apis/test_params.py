"""Parameters: read from query, path and body, every bad one named, and written as JSON Schema and back."""

from datetime import datetime, timedelta, timezone
from typing import Any
from uuid import UUID

import jsonschema_rs
import orjson
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from pydantic import ValidationError

from opsloom.apis.errors import ParametersInvalid
from opsloom.apis.params import Facts, Parameter, ParameterType, Place, Reader, property_schema
from opsloom.apis.secrecy import opens_something, withheld


def _reader(**fields: Any) -> Reader:
    return Reader([Parameter.model_validate({"name": "p", **fields})])


def _codes(error: ParametersInvalid) -> set[tuple[str, str]]:
    return {(each.pointer, each.code) for each in error.details}


@pytest.mark.parametrize(
    ("kind", "given_text", "value"),
    [
        ("string", "", ""),
        ("string", "가", "가"),
        ("integer", "-7", -7),
        ("integer", "9223372036854775807", 2**63 - 1),
        ("number", "1e3", 1000.0),
        ("number", ".5", 0.5),
        ("boolean", "TRUE", True),
        ("boolean", "0", False),
        ("date", "2026-02-28", "2026-02-28"),
        ("datetime", "2026-05-01T09:30:00Z", "2026-05-01T09:30:00+00:00"),
        ("datetime", "2026-05-01T18:30:00+09:00", "2026-05-01T09:30:00+00:00"),
        ("datetime", "2026-05-01T09:30", "2026-05-01T09:30:00+00:00"),
        ("uuid", "0190C0DE00007000800000000000ABCD", "0190c0de-0000-7000-8000-00000000abcd"),
    ],
)
def test_text_becomes_a_value(kind: str, given_text: str, value: object) -> None:
    assert _reader(type=kind).read([("p", given_text)]) == {"p": value}


@pytest.mark.parametrize(
    ("kind", "given_text"),
    [
        ("string", "a\0b"),
        ("string", "x" * 10_001),
        ("integer", "1.5"),
        ("integer", "9223372036854775808"),
        ("integer", "1_000"),
        ("integer", "٣"),
        ("integer", ""),
        ("number", "nan"),
        ("number", "inf"),
        ("number", "1e999"),
        ("number", "0x10"),
        ("boolean", "yes"),
        ("date", "2026-02-30"),
        ("date", "20260228"),
        ("datetime", "yesterday"),
        ("datetime", "2026-02-28"),
        ("uuid", "not-a-uuid"),
    ],
)
def test_text_that_is_no_such_value_is_refused(kind: str, given_text: str) -> None:
    with pytest.raises(ParametersInvalid) as refused:
        _reader(type=kind).read([("p", given_text)])
    assert _codes(refused.value) == {("p", "invalid")}


@pytest.mark.parametrize(
    ("kind", "item"),
    [
        ("string", 1),
        ("integer", True),
        ("integer", 1.5),
        ("integer", [1]),
        ("number", "x"),
        ("boolean", 1),
        ("uuid", 1),
    ],
)
def test_json_values_keep_their_types(kind: str, item: object) -> None:
    with pytest.raises(ParametersInvalid):
        _reader(type=kind).read(body={"p": item})


def test_every_bad_field_is_named_at_once() -> None:
    reader = Reader(
        [
            Parameter(name="host", required=True),
            Parameter(name="n", type=ParameterType.INTEGER, minimum=1, maximum=10),
            Parameter(name="level", type=ParameterType.ENUM, enum=["low", "high"]),
            Parameter(name="id", where=Place.PATH),
            Parameter(name="twice"),
        ]
    )
    with pytest.raises(ParametersInvalid) as refused:
        reader.read([("n", "11"), ("level", "middle"), ("twice", "1"), ("twice", "2"), ("colour", "red"), ("id", "x")])
    assert _codes(refused.value) == {
        ("host", "required"),
        ("n", "invalid"),
        ("level", "invalid"),
        ("twice", "repeated"),
        ("colour", "unknown"),
        ("id", "unknown"),
        ("id", "required"),
    }


def test_left_out_and_null_take_the_default() -> None:
    reader = _reader(type="integer", default=5)
    assert reader.read() == {"p": 5}
    assert reader.read(body={"p": None}) == {"p": 5}
    assert _reader().read() == {"p": None}


def test_a_name_in_query_and_body_is_refused() -> None:
    with pytest.raises(ParametersInvalid) as refused:
        _reader().read([("p", "1")], body={"p": "2"})
    assert _codes(refused.value) == {("p", "repeated")}


@pytest.mark.parametrize(
    "fields",
    [
        {"name": "1st"},
        {"name": "a b"},
        {"type": "enum"},
        {"enum": ["a"]},
        {"type": "integer", "minimum": 5, "maximum": 1},
        {"type": "integer", "default": "five"},
        {"type": "enum", "enum": ["a"], "default": "b"},
        {"type": "boolean", "minimum": 1},
        {"type": "datetime", "default": "soon"},
    ],
)
def test_definitions_that_contradict_themselves_are_refused(fields: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Parameter.model_validate({"name": "p", **fields})


@st.composite
def parameters(draw: st.DrawFn) -> Parameter:
    kind = draw(st.sampled_from(ParameterType))
    low, high = sorted(draw(st.tuples(st.integers(0, 50), st.integers(0, 50))))
    bounded = kind in (ParameterType.INTEGER, ParameterType.NUMBER, ParameterType.STRING) and draw(st.booleans())
    return Parameter(
        name=draw(st.from_regex(r"[a-z_][a-z0-9_]{0,10}", fullmatch=True)),
        type=kind,
        required=draw(st.booleans()),
        description=draw(st.text(max_size=20)),
        enum=draw(st.lists(st.text(min_size=1, max_size=5), min_size=1, max_size=3))
        if kind is ParameterType.ENUM
        else [],
        minimum=low if bounded else None,
        maximum=high if bounded else None,
        where=draw(st.sampled_from([Place.QUERY, Place.PATH, Place.BODY])),
        sensitive=draw(st.booleans()),
    )


@given(st.lists(parameters(), min_size=1, max_size=4, unique_by=lambda each: each.name), st.data())
def test_what_the_schema_accepts_in_a_body_the_reader_accepts(declared: list[Parameter], data: st.DataObject) -> None:
    flat = [each.model_copy(update={"where": Place.BODY}) for each in declared]
    schema = {
        "type": "object",
        "properties": {each.name: property_schema(each) for each in flat},
        "required": [each.name for each in flat if each.required],
        "additionalProperties": False,
    }
    plain = st.one_of(
        st.integers(-60, 60), st.booleans(), st.text(st.characters(codec="ascii", exclude_characters="\0"), max_size=60)
    )
    choices = {each.name: st.one_of(plain, st.sampled_from(each.enum or ["x"])) for each in flat}
    body = data.draw(st.fixed_dictionaries({}, optional=choices))
    if not jsonschema_rs.is_valid(schema, body, validate_formats=True):
        return
    values = Reader(flat).read(body=body)
    kinds = {each.name: each.type for each in flat}
    assert all(
        values[name] == (orjson.dumps(item).decode() if kinds[name] is ParameterType.JSON else item)
        for name, item in body.items()
    )


def test_sensitive_and_long_values_are_masked() -> None:
    reader = Reader([Parameter(name="a", sensitive=True), Parameter(name="b"), Parameter(name="c", sensitive=True)])
    assert reader.masked({"a": "secret", "b": "x" * 300, "c": None}) == {"a": "***", "b": "x" * 200 + "…", "c": None}


@pytest.mark.parametrize(
    "name", ["password", "db_password", "apiKey", "access_token", "client_secret", "Authorization", "pin", "비밀번호"]
)
def test_a_name_that_says_it_opens_something_is_masked_undeclared(name: str) -> None:
    assert opens_something(name)


@pytest.mark.parametrize("name", ["host", "spinning", "pinned", "monkey", "tokenizer", "secretary", "compass", "key"])
def test_names_that_only_sound_alike_are_kept(name: str) -> None:
    assert not opens_something(name)


def test_secrets_inside_a_json_value_are_masked_and_known_as_such() -> None:
    reader = Reader([Parameter(name="body", type=ParameterType.JSON), Parameter(name="note")])
    values = reader.read(body={"body": {"user": "ann", "login": {"apiToken": "hunter2"}}, "note": "plain"})
    kept = reader.masked(values)
    assert "hunter2" not in str(kept)
    assert '"ann"' in str(kept["body"])
    assert withheld(kept) == ["body"]


@given(st.text(min_size=3, max_size=300), st.text(max_size=50), st.text(max_size=50))
def test_no_message_quotes_a_hidden_value(secret: str, before: str, after: str) -> None:
    assume("*" not in secret)
    reader = Reader([Parameter(name="password")])
    assert secret not in reader.scrubbed(f"{before}{secret}{after}", {"password": secret})
    assert withheld(reader.masked({"password": secret})) == ["password"]


def test_a_header_is_read_where_it_is_declared() -> None:
    reader = Reader([Parameter(name="plant_id", where=Place.HEADER, required=True, type=ParameterType.INTEGER)])
    assert reader.read(headers=[(b"accept", b"*/*"), (b"plant-id", b" 7 ")]) == {"plant_id": 7}
    with pytest.raises(ParametersInvalid) as refused:
        reader.read([("plant_id", "7")], body={"plant-id": 7})
    assert _codes(refused.value) == {("plant_id", "unknown"), ("plant-id", "unknown"), ("plant_id", "required")}
    with pytest.raises(ParametersInvalid):
        reader.read(headers=[(b"plant-id", b"7"), (b"plant-id", b"8")])
    with pytest.raises(ParametersInvalid):
        _reader(where="header").read(headers=[(b"p", b"\xff")])


@pytest.mark.parametrize(
    "name", ["authorization", "Cookie", "x_api_key", "content_type", "X_CSRF_Token", "accept", "x_forwarded_for"]
)
def test_a_header_that_means_something_else_is_no_parameter(name: str) -> None:
    with pytest.raises(ValidationError, match="means something else"):
        Parameter(name=name, where=Place.HEADER)


FACTS = Facts("key of Ann", UUID(int=7), UUID(int=9), datetime(2026, 5, 1, 18, 30, tzinfo=timezone(timedelta(hours=9))))


@pytest.mark.parametrize(
    ("where", "kind", "value"),
    [
        ("caller", "string", "key of Ann"),
        ("caller", "uuid", "00000000-0000-0000-0000-000000000007"),
        ("tenant", "uuid", "00000000-0000-0000-0000-000000000009"),
        ("now", "datetime", "2026-05-01T09:30:00+00:00"),
        ("now", "date", "2026-05-01"),
    ],
)
def test_what_the_server_fills_in_no_caller_can_set(where: str, kind: str, value: str) -> None:
    reader = _reader(where=where, type=kind)
    assert reader.filled(reader.read(), FACTS) == {"p": value}
    for given_by in ({"query": [("p", "x")]}, {"path": {"p": "x"}}, {"body": {"p": None}}):
        with pytest.raises(ParametersInvalid, match="1 of") as refused:
            reader.read(**given_by)  # type: ignore[arg-type]
        assert refused.value.details[0].detail == "p is filled in by the server"
    assert reader.read(headers=[(b"p", b"x")]) == {"p": None}


@pytest.mark.parametrize(
    "fields",
    [{"type": "integer"}, {"type": "string", "default": "me"}, {"type": "string", "required": True}, {"type": "date"}],
)
def test_what_is_filled_in_must_fit(fields: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Parameter.model_validate({"name": "p", "where": "caller", **fields})
