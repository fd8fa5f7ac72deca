"""Requests that no well-behaved client sends, made from the API document by rule rather than by chance."""

import json
from collections.abc import Iterator

from meta.operations import Operation, example
from meta.requests import Raw, header_pairs

MEGABYTE = 1024 * 1024
JSON = "application/json"

BAD_BODIES: tuple[tuple[str, bytes], ...] = (
    ("nothing", b""),
    ("blank", b"   \n"),
    ("cut off", b'{"name": "x'),
    ("no JSON", b"name=x&value=1"),
    ("single quotes", b"{'name': 'x'}"),
    ("trailing comma", b'{"name": "x",}'),
    ("two documents", b'{"name": "x"} {"name": "y"}'),
    ("comment", b'{"name": "x"} // why'),
    ("null", b"null"),
    ("true", b"true"),
    ("number", b"3"),
    ("text", b'"text"'),
    ("list", b"[]"),
    ("list of lists", b"[[[]]]"),
    ("empty object", b"{}"),
    ("unknown fields", b'{"surely_not_a_field": 1, "__proto__": {}, "": 2}'),
    ("not a number", b'{"name": NaN, "value": -Infinity}'),
    ("huge integer", b'{"name": ' + b"9" * 4000 + b"}"),
    ("integer Python refuses to read", b'{"name": ' + b"9" * 6000 + b"}"),
    ("huge exponent", b'{"name": 1e999999}'),
    ("NUL escaped", b'{"name": "a\\u0000b", "email": "a\\u0000@b.example"}'),
    ("NUL raw", b'{"name": "a\x00b"}'),
    ("lone surrogate", b'{"name": "\\ud800", "text": "\\udfff"}'),
    ("bad UTF-8", b'{"name": "\xff\xfe\xfa"}'),
    ("cut UTF-8", b'{"name": "\xed\x95"}'),
    ("UTF-16", '{"name": "x"}'.encode("utf-16")),
    ("byte order mark", b'\xef\xbb\xbf{"name": "x"}'),
    ("deep lists", b"[" * 20_000 + b"]" * 20_000),
    ("deep objects", b'{"a":' * 20_000 + b"1" + b"}" * 20_000),
    ("deep inside a field", b'{"name": ' + b"[" * 5_000 + b"]" * 5_000 + b"}"),
    ("repeated key", b'{"name": "a", "name": "b"}'),
    ("long text", b'{"name": "' + b"x" * 200_000 + b'"}'),
    ("many fields", json.dumps({f"f{n}": n for n in range(5000)}).encode()),
    ("oversized", b'{"name": "' + b"x" * (MEGABYTE + 10) + b'"}'),
)
BAD_TYPES = ("", "text/plain", "application/xml", "application/x-www-form-urlencoded", "application/json; charset=utf-16",
             "multipart/form-data", "multipart/form-data; boundary=x", "nonsense", "application/json" * 50, "\xff")  # fmt: skip
WRONG_VALUES = (None, True, -1, 0, 2**31, 2**63, 2**70, 1.5, 1e308, "", "x", "x" * 5000, "\x00", "\ud800", [], [None], {}, {"a": {}},
                "2026-13-45T99:99:99Z", "00000000-0000-0000-0000-000000000000")  # fmt: skip
BAD_SEGMENTS = (
    "x",
    "%00",
    "..",
    "%2e%2e%2f",
    "\x00",
    "-1",
    "9" * 400,
    "{}",
    "null",
    "' or 1=1 --",
    "\u202e",
    "a" * 3000,
)
BAD_QUERIES = (b"limit=0", b"limit=-1", b"limit=999999999999999999999", b"limit=x", b"limit=1.5", b"limit=", b"limit=1&limit=2",
               b"limit=%00", b"limit=NaN", b"limit=" + b"9" * 5000, b"cursor=%00", b"cursor=%ff%fe", b"cursor=x", b"cursor=W10",
               b"cursor=WzFd", b"cursor=WyJ4Il0", b"cursor=bnVsbA", b"cursor=" + b"W" * 499, b"cursor=W1tbW1tbW1tbXV1dXV1dXV1d",
               b"from=yesterday", b"from=0001-01-01T00:00:00Z", b"to=9999-12-31T23:59:59.999999%2B14:00",
               b"from=2026-01-01T00:00:00", b"q=%00", b"q=%ff", b"=", b"&&&", b"%", b"%zz=%zz", b"topics=%00")  # fmt: skip
BAD_HEADERS: tuple[dict[str, str], ...] = (
    {"authorization": "Bearer"},
    {"authorization": "Bearer \xff\xfe"},
    {"authorization": "Bearer " + "a" * 9000},
    {"authorization": "\xff"},
    {"x-api-key": "\xff"},
    {"x-api-key": "olk_" + "\xe9" * 77},
    {"cookie": "opsloom_session=\xff; opsloom_csrf="},
    {"cookie": "=;;;=" * 500},
    {"traceparent": "00-zzzz-\xff-01"},
    {"accept": "\xff"},
    {"content-length": "-5"},
    {"content-length": "99999999999999999999"},
    {"content-type": JSON, "content-encoding": "gzip"},
    {"if-match": "\xff"},
    {"if-match": '"' + "9" * 500 + '"'},
    {"last-event-id": "\xff-9"},
    {"last-event-id": "9" * 60},
    {"x-csrf-token": "\xff"},
    {"user-agent": "\xff" * 3000},
    {"range": "bytes=0-"},
)


def malformed(operation: Operation, credentials: dict[str, str]) -> Iterator[tuple[str, Raw]]:
    """Every malformed form of one operation, each with its name."""
    yield from _bodies(operation, credentials)
    path = operation.url({each.name: operation.sample(each) for each in operation.in_path()})
    takes_query = any(each.place == "query" for each in operation.parameters)
    for query in BAD_QUERIES if takes_query else ():
        yield f"query {query[:40]!r}", Raw(operation.method, path, query, header_pairs(credentials))
    # The same code reads them for every operation: each operation gets a few.
    begin = len(operation.id) % 3
    for header in BAD_HEADERS[begin::3]:
        yield f"header {str(header)[:40]}", Raw(operation.method, path, b"", header_pairs(credentials | header))
    for segment in BAD_SEGMENTS if operation.in_path() else ():
        broken = operation.url({each.name: segment for each in operation.in_path()})
        yield f"segment {segment[:20]!r}", Raw(operation.method, broken, b"", header_pairs(credentials))


def _bodies(operation: Operation, credentials: dict[str, str]) -> Iterator[tuple[str, Raw]]:
    if not operation.media:
        return
    path = operation.url({each.name: operation.sample(each) for each in operation.in_path()})
    headers = header_pairs(credentials | {"content-type": JSON})
    for name, body in BAD_BODIES:
        yield f"body {name}", Raw(operation.method, path, b"", headers, body)
    for kind in BAD_TYPES:
        yield (
            f"type {kind[:30]}",
            Raw(operation.method, path, b"", header_pairs(credentials | {"content-type": kind}), b"{}"),
        )
    for name, body in _wrong_values(operation):
        yield f"value {name}", Raw(operation.method, path, b"", headers, body)


def _wrong_values(operation: Operation) -> Iterator[tuple[str, bytes]]:
    """The valid body with each field in turn holding something else."""
    valid = example(operation.body or {})
    if not isinstance(valid, dict):
        return
    for field in valid:
        for value in WRONG_VALUES:
            yield f"{field}={str(value)[:20]!r}", json.dumps(valid | {field: value}).encode("utf-8")
