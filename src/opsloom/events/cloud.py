"""CloudEvents 1.0: the JSON format (structured and batch) and the HTTP binary mode.

The specification's names become ours: extensions, `datacontenttype` and `dataschema` are kept as attributes; an
extension `severity` in words we know fills the severity. Source: CloudEvents 1.0.2, core, JSON format, HTTP binding.
"""

import base64
import binascii
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Final
from urllib.parse import unquote_to_bytes

import msgspec
import orjson
from msgspec import Meta

from opsloom.events.checks import (
    Refused,
    check_name,
    check_nul,
    check_time,
    escaped,
    json_text,
    read_refusal,
    storable_json,
)
from opsloom.events.event import (
    MAX_ATTRIBUTE_CHARS,
    MAX_ATTRIBUTES,
    MAX_DATA_BYTES,
    MAX_ID_CHARS,
    MAX_SOURCE_CHARS,
    MAX_SUBJECT_CHARS,
    MAX_TYPE_CHARS,
    SEVERITIES,
    NewEvent,
    RejectCode,
)

VERSION: Final = "1.0"
_NAME: Final = re.compile(r"[a-z0-9]{1,64}")
_READ_AS: Final = frozenset({"specversion", "id", "source", "type", "subject", "time"})
_DATA: Final = frozenset({"data", "data_base64"})
_PREFIX: Final = "ce-"

Extension = (
    Annotated[str, Meta(max_length=MAX_ATTRIBUTE_CHARS)] | Annotated[int, Meta(ge=-(2**63), le=2**63 - 1)] | bool
)


class _Core(msgspec.Struct, gc=False):
    """The attributes the specification names; everything beside them is an extension."""

    id: Annotated[str, Meta(min_length=1, max_length=MAX_ID_CHARS)]
    source: Annotated[str, Meta(min_length=1, max_length=MAX_SOURCE_CHARS)]
    type: Annotated[str, Meta(min_length=1, max_length=MAX_TYPE_CHARS)]
    specversion: str
    subject: Annotated[str, Meta(min_length=1, max_length=MAX_SUBJECT_CHARS)] | None = None
    time: Annotated[datetime, Meta(tz=True)] | None = None


_members: Final = msgspec.json.Decoder(dict[str, msgspec.Raw])
_core: Final = msgspec.json.Decoder(_Core)
_extension: Final = msgspec.json.Decoder(Extension | None)


def take_structured(raw: bytes | msgspec.Raw | memoryview, index: int, now: datetime) -> NewEvent:
    """Read one event of the JSON format. Raises Refused."""
    try:
        members = _members.decode(raw)
        core = _core.decode(raw)
    except msgspec.ValidationError as error:
        raise read_refusal(error) from None
    except msgspec.DecodeError as error:
        raise Refused(RejectCode.INVALID_JSON, f"is not valid JSON: {error}") from None
    except RecursionError:
        raise Refused(RejectCode.TOO_DEEP, "is nested too deeply") from None
    attributes: dict[str, str | int | bool] = {}
    for name, value in members.items():
        if name in _READ_AS or name in _DATA:
            continue
        found = _read_extension(name, value)
        if found is not None:
            attributes[name] = found
    return _event(core, attributes, _structured_data(members, attributes), index, now)


def take_binary(headers: Mapping[str, str], content_type: str, body: bytes, now: datetime) -> NewEvent:
    """Read one event of the binary mode: attributes in `ce-` headers, the body is the data. Raises Refused."""
    values = {name[len(_PREFIX) :]: _header(name, text) for name, text in headers.items() if name.startswith(_PREFIX)}
    try:
        core = msgspec.convert({name: values[name] for name in _READ_AS & values.keys()}, _Core)
    except msgspec.ValidationError as error:
        raise read_refusal(error) from None
    attributes: dict[str, str | int | bool] = {}
    for name, text in values.items():
        if name in _READ_AS:
            continue
        _check_name(name)
        if len(text) > MAX_ATTRIBUTE_CHARS:
            raise Refused(RejectCode.INVALID_VALUE, f"is longer than {MAX_ATTRIBUTE_CHARS} characters", f"/{name}")
        attributes[name] = text
    if content_type:
        attributes["datacontenttype"] = content_type
    return _event(core, attributes, _body_data(content_type, body), 0, now)


def is_binary(headers: Mapping[str, str]) -> bool:
    """Whether the headers carry a CloudEvent."""
    return any(name in headers for name in ("ce-specversion", "ce-id", "ce-type", "ce-source"))


def _event(core: _Core, attributes: dict[str, str | int | bool], data: str, index: int, now: datetime) -> NewEvent:
    if core.specversion != VERSION:
        raise Refused(RejectCode.UNSUPPORTED_VERSION, f"must be {VERSION!r}", "/specversion")
    for name, text in (("id", core.id), ("source", core.source), ("type", core.type), ("subject", core.subject or "")):
        check_name(text, f"/{name}")
    if core.time is not None:
        check_time(core.time, now)
    if len(attributes) > MAX_ATTRIBUTES:
        raise Refused(RejectCode.INVALID_VALUE, f"has more than {MAX_ATTRIBUTES} extensions")
    severity = SEVERITIES.get(str(attributes.get("severity", "")).lower())
    if severity is not None:
        del attributes["severity"]
    return NewEvent(
        index,
        core.source,
        core.id,
        core.type,
        core.subject,
        None if severity is None else severity.value,
        core.time or now,
        data,
        orjson.dumps(attributes).decode() if attributes else "{}",
    )


def _read_extension(name: str, raw: msgspec.Raw) -> str | int | bool | None:
    _check_name(name)
    try:
        value: str | int | bool | None = _extension.decode(raw)
    except msgspec.ValidationError as error:
        refusal = read_refusal(error)
        raise Refused(refusal.code, refusal.detail, f"/{name}") from None
    if isinstance(value, str):
        check_nul(value, f"/{name}")
    return value


def _check_name(name: str) -> None:
    if not _NAME.fullmatch(name):
        raise Refused(
            RejectCode.UNKNOWN_FIELD,
            f"has a field {name[:64]!r}; names of extensions are lower-case letters and digits",
            f"/{escaped(name[:64])}",
        )


def _structured_data(members: dict[str, msgspec.Raw], attributes: dict[str, str | int | bool]) -> str:
    if "data_base64" not in members:
        return storable_json(memoryview(members["data"]), "/data") if "data" in members else "{}"
    if "data" in members:
        raise Refused(RejectCode.INVALID_VALUE, "has both data and data_base64", "/data_base64")
    try:
        text = msgspec.json.decode(members["data_base64"], type=str)
        content = base64.b64decode(text, validate=True)
    except (msgspec.ValidationError, binascii.Error, ValueError):
        raise Refused(RejectCode.INVALID_VALUE, "is not base64 text", "/data_base64") from None
    return _body_data(str(attributes.get("datacontenttype", "application/octet-stream")), content)


def _body_data(content_type: str, body: bytes) -> str:
    """JSON is kept as it is, text as a JSON string, anything else as {"base64": …}."""
    if not body:
        return "{}"
    if len(body) > MAX_DATA_BYTES:
        raise Refused(RejectCode.TOO_LARGE, f"is larger than {MAX_DATA_BYTES} bytes", "/data")
    media = content_type.split(";", maxsplit=1)[0].strip().lower()
    if media in {"", "application/json", "text/json"} or media.endswith("+json"):
        return storable_json(body, "/data")
    if media.startswith("text/") or media.endswith(("/xml", "+xml", "/yaml")):
        try:
            return json_text(body.decode(), "/data")
        except UnicodeDecodeError:
            raise Refused(RejectCode.INVALID_VALUE, "is not valid UTF-8", "/data") from None
    return orjson.dumps({"base64": base64.b64encode(body).decode()}).decode()


def _header(name: str, text: str) -> str:
    """A header's value: quotes taken off, percent signs decoded."""
    if len(text) > 1 and text[0] == text[-1] == '"':
        text = re.sub(r"\\(.)", r"\1", text[1:-1])
    try:
        value = unquote_to_bytes(text.encode("latin-1")).decode()
    except UnicodeError:
        raise Refused(
            RejectCode.INVALID_VALUE, "is not percent-encoded UTF-8", f"/{name.removeprefix(_PREFIX)}"
        ) from None
    check_nul(value, f"/{name.removeprefix(_PREFIX)}")
    return value
