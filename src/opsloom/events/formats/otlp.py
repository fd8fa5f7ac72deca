"""OTLP over HTTP, as protobuf or JSON: the parts that logs and metrics share.

JSON is read item by item, so that a bad one costs only itself; protobuf has no such seams, and bytes that cannot be read
are no request at all. In JSON, ids are hex where protobuf's own rule says base64: each hex text is also valid base64, so
encoding what was read gives the text back. Source: OpenTelemetry Protocol 1.5, OTLP/HTTP.
"""

import json
from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Any, Final, Generic, NamedTuple, TypeVar

import orjson
from google.protobuf import json_format
from google.protobuf.message import DecodeError, Message

from opsloom.events.checks import Refused, depth_of
from opsloom.events.errors import EventFormatUnknown, EventsTooLarge, EventsUnreadable
from opsloom.events.event import MAX_BATCH_ITEMS, MAX_DEPTH, RejectCode
from opsloom.events.formats.drafts import as_base64

_DEEPEST_REQUEST: Final = MAX_DEPTH + 12  # what surrounds a value in a request
M = TypeVar("M", bound=Message)


class Encoding(StrEnum):
    """How a request is written, by its content type."""

    PROTOBUF = "application/x-protobuf"
    JSON = "application/json"


class Item(NamedTuple, Generic[M]):
    """One record or metric with what its resource says of itself; `message` is None when it could not be read."""

    resource: Mapping[str, Any]
    message: M | None
    refusal: Refused | None
    raw: bytes
    pointer: str


def encoding_of(content_type: str) -> Encoding:
    """Raises EventFormatUnknown."""
    media = content_type.split(";", maxsplit=1)[0].strip().lower()
    if media not in set(Encoding):
        raise EventFormatUnknown(
            f"The content type {media[:100]!r} is not accepted.", hint=f"OTLP is {' or '.join(Encoding)}."
        )
    return Encoding(media)


def parse(body: bytes, message: M) -> M:
    """A protobuf request. Raises EventsUnreadable."""
    try:
        message.ParseFromString(body)
    except DecodeError:
        raise EventsUnreadable("The body is not a protobuf message of OTLP.") from None
    return message


def parse_json(body: bytes, keys: tuple[str, str, str], kind: type[M]) -> Iterator[Item[M]]:
    """The items of a JSON request, in `keys`: the list of resources, in each the list of scopes, in each the items.

    Raises EventsUnreadable, EventsTooLarge.
    """
    resources, scopes, items = keys
    try:
        request = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise EventsUnreadable(f"The body is not valid JSON: {error.msg}.") from None
    if not isinstance(request, dict) or depth_of(request) > _DEEPEST_REQUEST:
        raise EventsUnreadable("The body is not a JSON object of OTLP.")
    count = 0
    for r, resource in enumerate(_objects(request, resources)):
        said = _resource(resource)
        for s, scope in enumerate(_objects(resource, scopes)):
            for i, each in enumerate(_list(scope, items)):
                count += 1
                if count > MAX_BATCH_ITEMS:
                    raise EventsTooLarge(f"At most {MAX_BATCH_ITEMS} items are taken at once.")
                pointer = f"/{resources}/{r}/{scopes}/{s}/{items}/{i}"
                yield _item(said, each, kind, pointer)


def _item(said: Mapping[str, Any] | Refused, each: object, kind: type[M], pointer: str) -> Item[M]:
    raw = orjson.dumps(each)
    if isinstance(said, Refused):
        return Item({}, None, said, raw, pointer)
    if not isinstance(each, dict):
        return Item(said, None, Refused(RejectCode.INVALID_TYPE, "is not an object"), raw, pointer)
    try:
        message = json_format.ParseDict(each, kind(), ignore_unknown_fields=True)
    except (json_format.ParseError, ValueError, TypeError, AttributeError, RecursionError) as error:
        reason = f"is not what OTLP says: {str(error)[:200]}"
        return Item(said, None, Refused(RejectCode.INVALID_TYPE, reason), raw, pointer)
    return Item(said, message, None, raw, pointer)


def _resource(resource: Mapping[str, Any]) -> Mapping[str, Any] | Refused:
    """The attributes of a resource in JSON; what is wrong with them is wrong with all its items."""
    from opentelemetry.proto.resource.v1.resource_pb2 import Resource

    found = resource.get("resource")
    if found is None:
        return {}
    try:
        return values_of(json_format.ParseDict(found, Resource(), ignore_unknown_fields=True).attributes)
    except (json_format.ParseError, ValueError, TypeError, AttributeError, RecursionError):
        return Refused(RejectCode.INVALID_TYPE, "belongs to a resource that cannot be read")


def _objects(of: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    """The objects of a list; what is not one holds no items."""
    return [each for each in _list(of, name) if isinstance(each, dict)]


def _list(of: Mapping[str, Any], name: str) -> list[Any]:
    found = of.get(name)
    return found if isinstance(found, list) else []


def values_of(pairs: Any) -> dict[str, Any]:
    """Key and value pairs of OTLP as JSON; the last of repeated keys counts."""
    return {pair.key: value_of(pair.value) for pair in pairs}


def value_of(value: Any, depth: int = 0) -> Any:
    """An AnyValue as JSON. Raises Refused for one that is nested too deeply."""
    if depth > MAX_DEPTH:
        raise Refused(RejectCode.TOO_DEEP, f"is nested deeper than {MAX_DEPTH} levels")
    match value.WhichOneof("value"):
        case "array_value":
            return [value_of(each, depth + 1) for each in value.array_value.values]
        case "kvlist_value":
            return {pair.key: value_of(pair.value, depth + 1) for pair in value.kvlist_value.values}
        case "bytes_value":
            return as_base64(value.bytes_value)
        case None:
            return None
        case name:
            return getattr(value, name)


def id_text(raw: bytes, encoding: Encoding) -> str:
    """A trace's or a span's id in hex; empty for none."""
    return as_base64(raw).lower() if encoding is Encoding.JSON else raw.hex()


def source_of(resource: Mapping[str, Any]) -> str:
    """Who says it: the service, its host, or nobody in particular."""
    for name in ("service.name", "host.name", "k8s.pod.name", "container.name"):
        found = resource.get(name)
        if isinstance(found, str) and found and not found.startswith("unknown_service"):
            return found
    return "otlp"


def answer(message: Message, encoding: Encoding) -> bytes:
    """An answer in the request's own encoding."""
    if encoding is Encoding.PROTOBUF:
        return bytes(message.SerializeToString())
    return json.dumps(json_format.MessageToDict(message)).encode()
