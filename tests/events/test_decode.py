"""Decoding never raises anything but typed refusals, keeps every good item, in order, and says where a bad one is bad."""

import base64
import gzip
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.shapes import BAD_PLAIN, CLOUD, GOOD, UNREADABLE, changed
from opsloom.events.decode import decode
from opsloom.events.errors import EventFormatUnknown, EventsTooLarge, EventsUnreadable
from opsloom.events.event import MAX_BATCH_ITEMS, Decoded

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
JSON = {"content-type": "application/json"}
NDJSON = {"content-type": "application/x-ndjson; charset=UTF-8"}
CLOUD_ONE = {"content-type": "application/cloudevents+json"}
CLOUD_MANY = {"content-type": "application/cloudevents-batch+json"}


def read(value: object, headers: dict[str, str] = JSON) -> Decoded:
    return decode(json.dumps(value).encode(), headers, NOW)


def test_a_plain_event_keeps_everything_it_says() -> None:
    (event,) = read(GOOD).events
    assert (event.index, event.source, event.event_id, event.type) == (0, "checkout", "evt-1", "order.failed")
    assert (event.subject, event.severity) == ("order/42", "warning")
    assert event.time == datetime(2026, 3, 1, 23, 59, tzinfo=UTC)
    assert json.loads(event.data) == GOOD["data"]
    assert json.loads(event.attributes) == GOOD["attributes"]


def test_only_the_source_is_needed() -> None:
    (event,) = read({"source": "cron"}).events
    assert (event.event_id, event.type, event.subject, event.severity) == (None, "event", None, None)
    assert (event.time, event.data, event.attributes) == (NOW, "{}", "{}")


def test_nothing_but_the_source_may_also_be_said_with_null() -> None:
    nulls = dict.fromkeys(("id", "type", "time", "subject", "severity", "data", "attributes"))
    assert read({"source": "cron", **nulls}) == read({"source": "cron"})


@pytest.mark.parametrize("name", BAD_PLAIN)
def test_a_bad_item_is_refused_with_its_place_and_costs_no_other(name: str) -> None:
    changes, code, pointer = BAD_PLAIN[name]
    alone = read(changed(changes))
    assert not alone.events
    assert [(each.code, each.pointer) for each in alone.rejections] == [(code, pointer)]
    among = read([GOOD, changed(changes), GOOD])
    assert [event.index for event in among.events] == [0, 2]
    assert [(each.index, each.code, each.pointer) for each in among.rejections] == [(1, code, f"/1{pointer}")]


def test_a_missing_source_is_named() -> None:
    (rejection,) = read([{"id": "a"}]).rejections
    assert (rejection.code, rejection.pointer, rejection.detail) == (
        "missing_field",
        "/0/source",
        "lacks the field 'source'",
    )


@pytest.mark.parametrize("item", [1, "a", None, [], [GOOD], True])
def test_what_is_not_an_object_is_refused_alone(item: object) -> None:
    found = read([item, GOOD])
    assert [event.index for event in found.events] == [1]
    assert found.rejections[0].code == "invalid_type"


@pytest.mark.parametrize("name", UNREADABLE)
def test_what_cannot_be_read_is_refused_whole(name: str) -> None:
    with pytest.raises(EventsUnreadable):
        decode(UNREADABLE[name], JSON, NOW)


def test_a_line_that_cannot_be_read_costs_only_itself() -> None:
    lines = [
        json.dumps(GOOD).encode(),
        b'{"source": ',
        b"",
        b"  \r",
        b"7",
        json.dumps({"source": "b"}).encode() + b"\r",
    ]
    found = decode(b"\n".join(lines), NDJSON, NOW)
    assert [(event.index, event.source) for event in found.events] == [(0, "checkout"), (3, "b")]
    assert [(each.index, each.code, each.pointer) for each in found.rejections] == [
        (1, "invalid_json", "/1"),
        (2, "invalid_type", "/2"),
    ]


def test_a_byte_order_mark_is_no_content() -> None:
    assert decode(b"\xef\xbb\xbf" + json.dumps(GOOD).encode(), JSON, NOW) == read(GOOD)


def test_the_last_of_repeated_names_counts_as_in_the_database() -> None:
    (event,) = decode(b'{"source": "a", "source": "b", "data": {"x": 1, "x": 2}}', JSON, NOW).events
    assert (event.source, json.loads(event.data)) == ("b", {"x": 2})


def test_a_backslash_before_u0000_is_no_nul() -> None:
    (event,) = read({"source": "a", "data": "C:\\u0000"}).events
    assert json.loads(event.data) == "C:\\u0000"


def test_numbers_too_small_or_too_long_for_the_database_become_doubles() -> None:
    (event,) = decode(
        b'{"source": "a", "data": [1e-20000, 0.' + b"0" * 20_000 + b"1, 1" + b"0" * 300 + b"]}", JSON, NOW
    ).events
    assert json.loads(event.data) == [0.0, 0.0, 1e300]


def test_a_batch_has_a_limit() -> None:
    most = b"[" + b",".join([b'{"source":"a"}'] * MAX_BATCH_ITEMS) + b"]"
    assert len(decode(most, JSON, NOW).events) == MAX_BATCH_ITEMS
    with pytest.raises(EventsTooLarge):
        decode(most[:-1] + b',{"source":"a"}]', JSON, NOW)
    with pytest.raises(EventsTooLarge):
        decode(b"1\n" * (MAX_BATCH_ITEMS + 1), NDJSON, NOW)


@pytest.mark.parametrize(
    "content_type",
    [
        "",
        "text/plain",
        "application/xml",
        "application/x-www-form-urlencoded",
        "json",
        "application/json; charset=latin-1",
        "\x00",
    ],
)
def test_another_content_type_is_refused_with_the_accepted_ones(content_type: str) -> None:
    with pytest.raises(EventFormatUnknown) as caught:
        decode(b"{}", {"content-type": content_type}, NOW)
    assert "application/cloudevents-batch+json" in str(caught.value.hint)


def test_a_cloud_event_keeps_extensions_as_attributes() -> None:
    (event,) = read(CLOUD, CLOUD_ONE).events
    assert (event.source, event.event_id, event.type, event.severity) == (
        CLOUD["source"],
        "c-1",
        CLOUD["type"],
        "critical",
    )
    assert json.loads(event.data) == {"value": 91}
    assert json.loads(event.attributes) == {"datacontenttype": "application/json", "sequence": 7}


def test_a_batch_of_cloud_events() -> None:
    found = read([CLOUD, CLOUD | {"specversion": "0.3"}, CLOUD | {"id": ""}, CLOUD | {"id": "c-2"}, {}], CLOUD_MANY)
    assert [event.event_id for event in found.events] == ["c-1", "c-2"]
    assert [(each.index, each.code, each.pointer) for each in found.rejections] == [
        (1, "unsupported_version", "/1/specversion"),
        (2, "invalid_value", "/2/id"),
        (4, "missing_field", "/4/id"),
    ]
    assert read([], CLOUD_MANY) == Decoded([], [])


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"my_extension": 1}, "unknown_field"),
        ({"nested": {}}, "invalid_type"),
        ({"fraction": 0.5}, "invalid_type"),
        ({"big": 2**63}, "number_out_of_range"),
        ({"data_base64": "AAA="}, "invalid_value"),
        ({"ext": "a\x00"}, "nul_character"),
        ({"data": "a\x00"}, "nul_character"),
        ({"subject": "s\x00"}, "nul_character"),
        ({"subject": ""}, "invalid_value"),
        ({"time": "0001-01-01T00:00:00Z"}, "time_out_of_range"),
        ({f"e{i}": 1 for i in range(70)}, "invalid_value"),
    ],
)
def test_bad_cloud_events(changes: dict[str, Any], code: str) -> None:
    found = read(CLOUD | changes, CLOUD_ONE)
    assert not found.events
    assert [each.code for each in found.rejections] == [code]


def test_structured_and_batch_are_told_apart() -> None:
    with pytest.raises(EventsUnreadable):
        read([CLOUD], CLOUD_ONE)
    with pytest.raises(EventsUnreadable):
        read(CLOUD, CLOUD_MANY)


@pytest.mark.parametrize(
    ("content_type", "content", "kept"),
    [
        ("application/json", b'{"a": 1}', {"a": 1}),
        ("application/vnd.app+json; charset=utf-8", b"[1]", [1]),
        ("text/plain", "값".encode(), "값"),
        ("application/octet-stream", b"\x00\xff", {"base64": base64.b64encode(b"\x00\xff").decode()}),
    ],
)
def test_data_in_base64_is_kept_by_its_type(content_type: str, content: bytes, kept: object) -> None:
    item = CLOUD | {"datacontenttype": content_type, "data_base64": base64.b64encode(content).decode()}
    del item["data"]
    (event,) = read(item, CLOUD_ONE).events
    assert json.loads(event.data) == kept


# What the CloudEvents SDK for Python 2.2.0 writes for one event in its two modes.
SDK_STRUCTURED = (
    b'{"id": "\\ud55c \\uae00", "source": "/a b", "type": "t", "time": "2026-03-02T08:00:00Z", "subject": "say \\"hi\\"",'
    b' "ext1": "\\uac12%20", "specversion": "1.0", "data": {"message": "\\uc548\\ub155"}}'
)
SDK_BINARY = {
    "ce-id": "%ED%95%9C%20%EA%B8%80",
    "ce-source": "/a%20b",
    "ce-type": "t",
    "ce-time": "2026-03-02T08:00:00Z",
    "ce-subject": "say%20%22hi%22",
    "ce-ext1": "%EA%B0%92%2520",
    "ce-specversion": "1.0",
}


def test_both_modes_of_the_cloud_events_sdk_say_the_same() -> None:
    structured = decode(SDK_STRUCTURED, CLOUD_ONE, NOW)
    binary = decode(b'{"message": "\\uc548\\ub155"}', SDK_BINARY, NOW)
    assert structured == binary
    (event,) = binary.events
    assert (event.event_id, event.source, event.subject) == ("한 글", "/a b", 'say "hi"')
    assert event.time == NOW - timedelta(hours=1)
    assert (json.loads(event.data), json.loads(event.attributes)) == ({"message": "안녕"}, {"ext1": "값%20"})


BINARY = {"ce-specversion": "1.0", "ce-id": "b", "ce-source": "s", "ce-type": "t"}


@pytest.mark.parametrize(
    ("changes", "body", "code"),
    [
        ({"ce-specversion": "2.0"}, b"{}", "unsupported_version"),
        ({"ce-id": ""}, b"{}", "invalid_value"),
        ({"ce-id": "%ff"}, b"{}", "invalid_value"),
        ({"ce-id": "%00"}, b"{}", "nul_character"),
        ({"ce-time": "noon"}, b"{}", "invalid_time"),
        ({"ce-bad_name": "x"}, b"{}", "unknown_field"),
        ({}, b"{", "invalid_json"),
        ({"content-type": "text/plain"}, b"\xff", "invalid_value"),
        ({"content-type": "text/plain"}, b"a\x00", "nul_character"),
        ({}, b'"' + b"x" * 300_000 + b'"', "too_large"),
    ],
)
def test_bad_binary_events(changes: dict[str, str], body: bytes, code: str) -> None:
    found = decode(body, JSON | BINARY | changes, NOW)
    assert not found.events
    assert [each.code for each in found.rejections] == [code]


def test_a_binary_event_without_its_id_is_refused_by_name() -> None:
    headers = JSON | BINARY
    del headers["ce-id"]
    (rejection,) = decode(b"{}", headers, NOW).rejections
    assert (rejection.code, rejection.pointer) == ("missing_field", "/id")


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(codec="utf-8")),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(st.characters(codec="utf-8"), max_size=8), inner, max_size=4)
    ),
    max_leaves=12,
)
field_names = st.sampled_from([*GOOD, *CLOUD, "extra", "data_base64"])
odd_items = st.dictionaries(field_names, json_values, max_size=6).map(lambda changes: GOOD | changes) | json_values
content_types = st.sampled_from([JSON, NDJSON, CLOUD_ONE, CLOUD_MANY, JSON | BINARY, {"content-type": "text/html"}])


@given(st.binary(max_size=200) | st.text().map(lambda text: text.encode("utf-8", "surrogatepass")), content_types)
def test_any_bytes_end_in_an_answer(body: bytes, headers: dict[str, str]) -> None:
    try:
        found = decode(body, headers, NOW)
    except (EventsUnreadable, EventFormatUnknown):
        return
    assert len(found.events) + len(found.rejections) >= 0


@given(st.lists(odd_items, max_size=8), st.sampled_from([JSON, CLOUD_MANY]))
def test_every_item_is_taken_or_refused_once_and_in_order(items: list[object], headers: dict[str, str]) -> None:
    found = read(items, headers)
    taken = [event.index for event in found.events]
    refused = [rejection.index for rejection in found.rejections]
    assert taken == sorted(taken)
    assert refused == sorted(refused)
    assert sorted(taken + refused) == list(range(len(items)))


@given(st.lists(st.tuples(st.booleans(), odd_items), max_size=8))
def test_good_items_come_through_whatever_is_beside_them(pairs: list[tuple[bool, object]]) -> None:
    items = [GOOD | {"id": f"good-{index}"} if good else odd for index, (good, odd) in enumerate(pairs)]
    taken = {event.event_id for event in read(items).events}
    assert {f"good-{index}" for index, (good, _) in enumerate(pairs) if good} <= taken


@given(st.lists(odd_items, max_size=6))
def test_lines_and_arrays_are_read_alike(items: list[object]) -> None:
    by_line = decode(b"\n".join(json.dumps(item).encode() for item in items), NDJSON, NOW)
    assert by_line == read(items)


@given(json_values)
def test_data_comes_back_as_it_was_sent(value: object) -> None:
    found = read({"source": "a", "data": value})
    for event in found.events:
        assert json.loads(event.data) == ({} if value is None else json.loads(json.dumps(value), parse_int=_as_stored))


def _as_stored(digits: str) -> int | float:
    number = int(digits)
    return number if -(2**63) <= number < 2**64 else float(number)


def test_compressed_bytes_are_not_text() -> None:
    with pytest.raises(EventsUnreadable):
        decode(gzip.compress(b"{}"), JSON, NOW)
