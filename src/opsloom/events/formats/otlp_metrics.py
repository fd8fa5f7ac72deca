"""OTLP metrics as points of our series.

A gauge and a sum are their number. A histogram is its count and sum (and smallest and largest where sent), a summary also its
quantiles: the buckets themselves are not kept. What is measured is the resource's service, else its host; the rest of the
resource is known by the item, and only the point's own attributes and the instance tell series apart.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Final

from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import (
    ExportMetricsPartialSuccess,
    ExportMetricsServiceRequest,
    ExportMetricsServiceResponse,
)
from opentelemetry.proto.metrics.v1.metrics_pb2 import Metric

from opsloom.events.checks import Refused
from opsloom.events.errors import EventsTooLarge
from opsloom.events.event import RejectCode, Rejection
from opsloom.events.formats.drafts import at_nanos
from opsloom.events.formats.otlp import Encoding, Item, answer, parse, parse_json, values_of
from opsloom.events.formats.points import MAX_POINTS, Point, Points, Thing, check_metric, check_point, labels_of, thing

_KEYS: Final = ("resourceMetrics", "scopeMetrics", "metrics")
_NO_VALUE: Final = 1  # the flag of a point that says it has none
_NAMERS: Final = (
    ("service.name", "service"), ("host.name", "host"), ("k8s.pod.name", "pod"), ("container.name", "container"),
)  # fmt: skip
_UNITS: Final = {"1": "", "By": "bytes", "%": "percent", "s": "s", "ms": "ms", "By/s": "bytes/s"}


def read_metrics(body: bytes, encoding: Encoding, now: datetime) -> Points:
    """Every data point of a request. Raises EventsUnreadable, EventsTooLarge."""
    items = parse_json(body, _KEYS, Metric) if encoding is Encoding.JSON else _of_protobuf(body)
    points: list[Point] = []
    rejections: list[Rejection] = []
    count = 0
    for item in items:
        for name, data in _points_of(item):
            try:
                points += _read(item, name, data, count, now)
            except Refused as refusal:
                shown = item.raw or str(data)[:4000].encode("utf-8", "replace")
                pointer = item.pointer + refusal.pointer
                rejections.append(Rejection(count, refusal.code, refusal.detail, pointer, shown))
            count += 1
            if len(points) > MAX_POINTS or count > MAX_POINTS:
                raise EventsTooLarge(f"At most {MAX_POINTS} points are taken at once.", hint="Send smaller batches.")
    return Points(points, rejections)


def answer_metrics(rejected: int, reason: str, encoding: Encoding) -> bytes:
    """The answer; what was refused is told as the protocol's partial success."""
    if not rejected:
        return answer(ExportMetricsServiceResponse(), encoding)
    partial = ExportMetricsPartialSuccess(rejected_data_points=rejected, error_message=reason)
    return answer(ExportMetricsServiceResponse(partial_success=partial), encoding)


def _of_protobuf(body: bytes) -> Iterator[Item[Metric]]:
    request = parse(body, ExportMetricsServiceRequest())
    for r, each in enumerate(request.resource_metrics):
        refusal, said = None, {}
        try:
            said = values_of(each.resource.attributes)
        except Refused as refused:
            refusal = refused
        for s, scope in enumerate(each.scope_metrics):
            for i, metric in enumerate(scope.metrics):
                yield Item(said, metric, refusal, b"", f"/resourceMetrics/{r}/scopeMetrics/{s}/metrics/{i}")


def _points_of(item: Item[Metric]) -> Iterator[tuple[str, Any]]:
    """Each point with its kind; an item that cannot be read, or has no points, is one of nothing."""
    kind = item.message.WhichOneof("data") if item.message is not None else None
    if item.refusal is not None or kind is None:
        yield "", None
        return
    for data in getattr(item.message, kind).data_points:
        yield kind, data


def _read(item: Item[Metric], kind: str, data: Any, index: int, now: datetime) -> list[Point]:
    if item.refusal is not None:
        raise item.refusal
    metric = item.message
    if metric is None or not kind:
        raise Refused(RejectCode.MISSING_FIELD, "has no data points")
    check_metric(metric.name)
    if data.flags & _NO_VALUE:
        return []
    measured, labels = _thing(item.resource), values_of(data.attributes)
    instance = item.resource.get("service.instance.id")
    if isinstance(instance, str) and instance and measured.type == "service":
        labels.setdefault("service.instance.id", instance)
    time = at_nanos(data.time_unix_nano, "/timeUnixNano") or now
    unit = _UNITS.get(metric.unit, metric.unit)[:50]
    made = []
    for suffix, value, more in _numbers(kind, data):
        check_point(value, time, now)
        told = labels_of({**labels, **more})
        made.append(
            Point(index, measured, metric.name + suffix, told, "count" if suffix == ".count" else unit, time, value)
        )
    return made


def _numbers(kind: str, data: Any) -> Iterator[tuple[str, float, Mapping[str, str]]]:
    """The numbers of a point: the end of the metric's name, the value, labels beside the point's own."""
    if kind in {"gauge", "sum"}:
        which = data.WhichOneof("value")
        if which is None:
            raise Refused(RejectCode.MISSING_FIELD, "has no value", "/value")
        yield "", float(getattr(data, which)), {}
        return
    yield ".count", float(data.count), {}
    if kind == "summary":
        yield ".sum", data.sum, {}
        for each in data.quantile_values:
            yield "", each.value, {"quantile": f"{each.quantile:g}"}
        return
    for name in ("sum", "min", "max"):
        if data.HasField(name):
            yield f".{name}", getattr(data, name), {}


def _thing(resource: Mapping[str, Any]) -> Thing:
    for attribute, kind in _NAMERS:
        name = resource.get(attribute)
        if isinstance(name, str) and name and not name.startswith("unknown_service"):
            return thing(kind, name)
    named = ", ".join(attribute for attribute, _ in _NAMERS)
    raise Refused(RejectCode.MISSING_FIELD, f"belongs to a resource that names nothing we know ({named})")
