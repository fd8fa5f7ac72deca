"""Events as senders write them, and ways to write them wrong, shared by the tests of decoding and of the route."""

import json
from typing import Any

GOOD: dict[str, Any] = {
    "source": "checkout",
    "id": "evt-1",
    "type": "order.failed",
    "time": "2026-03-02T08:59:00+09:00",
    "subject": "order/42",
    "severity": "warn",
    "data": {"message": "결제 실패", "amount": 12.5},
    "attributes": {"region": "ap-northeast-2", "retries": 3, "vip": True},
}

CLOUD: dict[str, Any] = {
    "specversion": "1.0",
    "id": "c-1",
    "source": "/sensors/tn-1234567/alerts",
    "type": "com.example.alert",
    "time": "2026-03-02T08:59:00Z",
    "datacontenttype": "application/json",
    "data": {"value": 91},
    "sequence": 7,
    "severity": "critical",
}

# field changes → the code it is refused with, and where
BAD_PLAIN: dict[str, tuple[dict[str, Any], str, str]] = {
    "no source": ({"source": None}, "invalid_type", "/source"),
    "empty source": ({"source": ""}, "invalid_value", "/source"),
    "long source": ({"source": "x" * 257}, "invalid_value", "/source"),
    "long id": ({"id": "x" * 257}, "invalid_value", "/id"),
    "number as id": ({"id": 7}, "invalid_type", "/id"),
    "list as type": ({"type": []}, "invalid_type", "/type"),
    "unknown field": ({"sevurity": "info"}, "unknown_field", "/sevurity"),
    "unknown field with a slash": ({"a/b~c": 1}, "unknown_field", "/a~1b~0c"),
    "time without zone": ({"time": "2026-03-02T08:59:00"}, "invalid_time", "/time"),
    "time that is none": ({"time": "yesterday"}, "invalid_time", "/time"),
    "31st of February": ({"time": "2026-02-31T00:00:00Z"}, "invalid_time", "/time"),
    "time as a number": ({"time": 1772409600}, "invalid_type", "/time"),
    "far future": ({"time": "2027-03-02T00:00:00Z"}, "time_out_of_range", "/time"),
    "year one": ({"time": "0001-01-01T00:00:00+14:00"}, "time_out_of_range", "/time"),
    "year 9999": ({"time": "9999-12-31T23:59:59-12:00"}, "time_out_of_range", "/time"),
    "unknown severity": ({"severity": "purple"}, "unknown_severity", "/severity"),
    "NUL in source": ({"source": "a\x00b"}, "nul_character", "/source"),
    "separator in source": ({"source": "a\x1fb"}, "control_character", "/source"),
    "null marker as id": ({"id": "\x1e"}, "control_character", "/id"),
    "line break in type": ({"type": "a\nb"}, "control_character", "/type"),
    "tab in subject": ({"subject": "a\tb"}, "control_character", "/subject"),
    "NUL in subject": ({"subject": "\x00"}, "nul_character", "/subject"),
    "NUL in data": ({"data": {"deep": ["a\x00"]}}, "nul_character", "/data"),
    "NUL in a name": ({"data": {"a\x00": 1}}, "nul_character", "/data"),
    "NUL in an attribute": ({"attributes": {"a": "\x00"}}, "nul_character", "/attributes"),
    "nested attribute": ({"attributes": {"a": {"b": 1}}}, "invalid_type", "/attributes"),
    "too many attributes": ({"attributes": {f"a{i}": i for i in range(65)}}, "invalid_value", "/attributes"),
    "huge attribute number": ({"attributes": {"a": 2**63}}, "number_out_of_range", "/attributes"),
    "huge number": ({"data": {"a": 10**400}}, "number_out_of_range", "/data"),
    "deep data": ({"data": json.loads("[" * 40 + "]" * 40)}, "too_deep", "/data"),
    "very deep data": ({"data": json.loads('{"a":' * 300 + "1" + "}" * 300)}, "too_deep", "/data"),
    "large data": ({"data": "x" * (256 * 1024)}, "too_large", "/data"),
}

# bodies of application/json that no item can be read from
UNREADABLE: dict[str, bytes] = {
    "nothing": b"",
    "blanks": b" \n ",
    "half an object": b'{"source": "a"',
    "half an array": b'[{"source": "a"}, ',
    "two values": b'{"source": "a"} {"source": "b"}',
    "a number": b"42",
    "a string": b'"event"',
    "null": b"null",
    "not JSON": b"source=a&id=b",
    "single quotes": b"{'source': 'a'}",
    "NaN": b'[{"source": "a", "data": NaN}]',
    "trailing comma": b'[{"source": "a"},]',
    "bad UTF-8": b'{"source": "\xff\xfe"}',
    "encoded surrogate": b'{"source": "\xed\xa0\x80"}',
    "lone surrogate": b'{"source": "\\ud800"}',
    "surrogates the wrong way round": b'[{"source": "a", "data": "\\udc00\\ud800"}]',
    "a raw NUL": b'{"source": "a\x00b"}',
    "very deep": b"[" * 100_000,
    "deep and closed": b"[" * 5_000 + b"]" * 5_000,
}


def changed(changes: dict[str, Any]) -> dict[str, Any]:
    """The good event with some fields replaced."""
    return GOOD | changes
