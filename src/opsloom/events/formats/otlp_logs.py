"""OTLP log records as events.

A record has no id: one with a time is told from its repetition by a digest of all it says, one without is each time a new
event. Source: OpenTelemetry log data model (severity numbers 1 to 24).
"""

import hashlib
from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

import orjson
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import (
    ExportLogsPartialSuccess,
    ExportLogsServiceRequest,
    ExportLogsServiceResponse,
)
from opentelemetry.proto.logs.v1.logs_pb2 import LogRecord

from opsloom.events.checks import Refused
from opsloom.events.errors import EventsTooLarge
from opsloom.events.event import MAX_BATCH_ITEMS, SEVERITIES, Decoded, NewEvent, Rejection, Severity
from opsloom.events.formats.drafts import Draft, at_nanos
from opsloom.events.formats.otlp import (
    Encoding,
    Item,
    answer,
    id_text,
    parse,
    parse_json,
    source_of,
    value_of,
    values_of,
)

DEFAULT_TYPE: Final = "log"
_KEYS: Final = ("resourceLogs", "scopeLogs", "logRecords")
_UP_TO: Final = (
    (8, Severity.DEBUG), (12, Severity.INFO), (16, Severity.WARNING), (20, Severity.ERROR), (24, Severity.CRITICAL),
)  # fmt: skip


def read_logs(body: bytes, encoding: Encoding, now: datetime) -> Decoded:
    """Every record of a request. Raises EventsUnreadable, EventsTooLarge."""
    items = parse_json(body, _KEYS, LogRecord) if encoding is Encoding.JSON else _of_protobuf(body)
    events: list[NewEvent] = []
    rejections: list[Rejection] = []
    for index, item in enumerate(items):
        try:
            events.append(_event(item, encoding, index, now))
        except Refused as refusal:
            rejections.append(
                Rejection(index, refusal.code, refusal.detail, item.pointer + refusal.pointer, _shown(item))
            )
    return Decoded(events, rejections)


def answer_logs(rejected: int, reason: str, encoding: Encoding) -> bytes:
    """The answer; what was refused is told as the protocol's partial success."""
    if not rejected:
        return answer(ExportLogsServiceResponse(), encoding)
    partial = ExportLogsPartialSuccess(rejected_log_records=rejected, error_message=reason)
    return answer(ExportLogsServiceResponse(partial_success=partial), encoding)


def _of_protobuf(body: bytes) -> Iterator[Item[LogRecord]]:
    request = parse(body, ExportLogsServiceRequest())
    if sum(len(scope.log_records) for each in request.resource_logs for scope in each.scope_logs) > MAX_BATCH_ITEMS:
        raise EventsTooLarge(f"At most {MAX_BATCH_ITEMS} records are taken at once.", hint="Send smaller batches.")
    for r, each in enumerate(request.resource_logs):
        refusal, said = None, {}
        try:
            said = values_of(each.resource.attributes)
        except Refused as refused:
            refusal = refused
        for s, scope in enumerate(each.scope_logs):
            for i, record in enumerate(scope.log_records):
                pointer = f"/resourceLogs/{r}/scopeLogs/{s}/logRecords/{i}"
                yield Item(said, None if refusal else record, refusal, b"", pointer)


def _shown(item: Item[LogRecord]) -> bytes:
    return item.raw or (str(item.message)[:4000].encode("utf-8", "replace") if item.message is not None else b"")


def _event(item: Item[LogRecord], encoding: Encoding, index: int, now: datetime) -> NewEvent:
    record = item.message
    if record is None:
        assert item.refusal is not None
        raise item.refusal
    said = values_of(record.attributes)
    body = value_of(record.body)
    time = at_nanos(record.time_unix_nano, "/timeUnixNano") or at_nanos(
        record.observed_time_unix_nano, "/observedTimeUnixNano"
    )
    data: dict[str, Any] = (
        body if isinstance(body, dict) else {"message": body} if isinstance(body, str) else {"body": body}
    )
    trace, span = id_text(record.trace_id, encoding), id_text(record.span_id, encoding)
    more = {name: value for name, value in (("trace_id", trace), ("span_id", span)) if value}
    uid = said.get("log.record.uid")
    draft = Draft(
        source=source_of(item.resource)[:256],
        type=str(record.event_name or said.get("event.name") or DEFAULT_TYPE),
        time=time,
        event_id=str(uid) if uid else _digest(item, record) if record.time_unix_nano else None,
        subject=_text(item.resource.get("host.name") or item.resource.get("service.instance.id")),
        severity=_severity(record),
        data=data | more,
        labels={**item.resource, **said},
    )
    return draft.finish(index, now)


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _severity(record: LogRecord) -> str | None:
    number = record.severity_number
    if number > 0:
        return next((each.value for most, each in _UP_TO if number <= most), Severity.CRITICAL.value)
    found = SEVERITIES.get(record.severity_text.lower())
    return None if found is None else found.value


def _digest(item: Item[LogRecord], record: LogRecord) -> str:
    told = orjson.dumps(item.resource, option=orjson.OPT_SORT_KEYS)
    return hashlib.blake2b(told + record.SerializeToString(deterministic=True), digest_size=16).hexdigest()
