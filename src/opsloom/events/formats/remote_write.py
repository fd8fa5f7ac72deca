"""Prometheus remote write, versions 1.0 and 2.0: series of float samples.

What is measured is the `instance` label (with its port left away it is the host's name), else the `job`. Marks of a series
that ended are no values and pass silently. Native histograms and exemplars are not kept; the answer's headers say how many
samples were. Source: Prometheus remote-write specifications 1.0 and 2.0.
"""

import struct
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any, Final, NamedTuple

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
from google.protobuf.message import DecodeError

from opsloom.events.checks import Refused
from opsloom.events.errors import EventFormatUnknown, EventsTooLarge, EventsUnreadable
from opsloom.events.event import RejectCode, Rejection
from opsloom.events.formats.drafts import at_millis
from opsloom.events.formats.points import MAX_POINTS, Point, Points, Thing, check_metric, check_point, labels_of, thing

V1: Final = "prometheus.WriteRequest"
V2: Final = "io.prometheus.write.v2.Request"
_STALE: Final = struct.pack(">Q", 0x7FF0000000000002)
_FIELD: Final = descriptor_pb2.FieldDescriptorProto

# (message, field, number, type, repeated): the parts of the two formats that are read.
_V1_FIELDS: Final = (
    ("Label", "name", 1, _FIELD.TYPE_STRING, False),
    ("Label", "value", 2, _FIELD.TYPE_STRING, False),
    ("Sample", "value", 1, _FIELD.TYPE_DOUBLE, False),
    ("Sample", "timestamp", 2, _FIELD.TYPE_INT64, False),
    ("TimeSeries", "labels", 1, "Label", True),
    ("TimeSeries", "samples", 2, "Sample", True),
    ("WriteRequest", "timeseries", 1, "TimeSeries", True),
)
_V2_FIELDS: Final = (
    ("Sample", "value", 1, _FIELD.TYPE_DOUBLE, False),
    ("Sample", "timestamp", 2, _FIELD.TYPE_INT64, False),
    ("TimeSeries", "labels_refs", 1, _FIELD.TYPE_UINT32, True),
    ("TimeSeries", "samples", 2, "Sample", True),
    ("Request", "symbols", 4, _FIELD.TYPE_STRING, True),
    ("Request", "timeseries", 5, "TimeSeries", True),
)


class _Series(NamedTuple):
    labels: Mapping[str, str]
    samples: Sequence[Any]
    refusal: Refused | None = None


def version_of(content_type: str) -> str:
    """The message that a request holds, by its content type. Raises EventFormatUnknown."""
    media, *parameters = (part.strip() for part in content_type.split(";"))
    named = next((part[6:].strip('"') for part in parameters if part.startswith("proto=")), V1)
    if media.lower() != "application/x-protobuf" or named not in {V1, V2}:
        raise EventFormatUnknown(
            f"The content type {content_type[:100]!r} is not accepted.",
            hint=f"Remote write is application/x-protobuf with {V1} or {V2}.",
        )
    return named


def read_writes(body: bytes, version: str, now: datetime) -> Points:
    """Every sample of a request. Raises EventsUnreadable, EventsTooLarge."""
    points: list[Point] = []
    rejections: list[Rejection] = []
    count = 0
    for number, series in enumerate(_series(body, version)):
        for place, sample in enumerate(series.samples):
            count += 1
            if count > MAX_POINTS:
                raise EventsTooLarge(f"At most {MAX_POINTS} samples are taken at once.", hint="Send smaller batches.")
            if struct.pack(">d", sample.value) == _STALE:
                continue
            try:
                points.append(_point(series, sample, count - 1, now))
            except Refused as refusal:
                pointer = f"/timeseries/{number}/samples/{place}{refusal.pointer}"
                shown = f"{dict(series.labels)} {sample.value} @ {sample.timestamp}".encode("utf-8", "replace")
                rejections.append(Rejection(count - 1, refusal.code, refusal.detail, pointer, shown[:4000]))
    return Points(points, rejections)


def _point(series: _Series, sample: Any, index: int, now: datetime) -> Point:
    if series.refusal is not None:
        raise series.refusal
    metric = series.labels.get("__name__", "")
    check_metric(metric)
    measured = _thing(series.labels)
    time = at_millis(sample.timestamp, "/timestamp")
    check_point(sample.value, time, now)
    labels = labels_of({name: value for name, value in series.labels.items() if name not in {"__name__", "instance"}})
    return Point(index, measured, metric, labels, "", time, sample.value)


def _thing(labels: Mapping[str, str]) -> Thing:
    if instance := labels.get("instance"):
        host, colon, port = instance.rpartition(":")
        return thing("host", host.strip("[]") if colon and port.isdigit() and host else instance)
    if job := labels.get("job"):
        return thing("service", job)
    raise Refused(RejectCode.MISSING_FIELD, "has neither the label instance nor job", "/labels")


def _series(body: bytes, version: str) -> Iterator[_Series]:
    request = new_message(version)
    try:
        request.ParseFromString(body)
    except DecodeError:
        raise EventsUnreadable(f"The body is not a {version}.") from None
    if version == V1:
        for each in request.timeseries:
            yield _Series({label.name: label.value for label in each.labels}, each.samples)
        return
    symbols = request.symbols
    for each in request.timeseries:
        refs = each.labels_refs
        if len(refs) % 2 or any(ref >= len(symbols) for ref in refs):
            bad = Refused(RejectCode.INVALID_VALUE, "names symbols that are not there", "/labelsRefs")
            yield _Series({}, each.samples, bad)
        else:
            yield _Series({symbols[a]: symbols[b] for a, b in zip(refs[::2], refs[1::2], strict=True)}, each.samples)


def new_message(version: str) -> Any:
    """An empty request of that format."""
    return _class(version)()


@cache
def _class(version: str) -> Any:
    package = version.rpartition(".")[0]
    file = descriptor_pb2.FileDescriptorProto(name=f"opsloom/{package}.proto", package=package, syntax="proto3")
    messages: dict[str, descriptor_pb2.DescriptorProto] = {}
    for owner, field, number, kind, repeated in _V1_FIELDS if version == V1 else _V2_FIELDS:
        if owner not in messages:
            messages[owner] = file.message_type.add(name=owner)
        label = _FIELD.LABEL_REPEATED if repeated else _FIELD.LABEL_OPTIONAL
        added = messages[owner].field.add(name=field, number=number, label=label)
        if isinstance(kind, str):
            added.type, added.type_name = _FIELD.TYPE_MESSAGE, f".{package}.{kind}"
        else:
            added.type = kind
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return message_factory.GetMessageClass(pool.FindMessageTypeByName(version))
