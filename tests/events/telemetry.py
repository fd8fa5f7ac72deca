"""Requests as collectors and Prometheus write them, shared by the tests of reading and of the routes."""

from datetime import datetime

import cramjam
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest

from opsloom.events.formats.remote_write import V1, V2, new_message

PROTOBUF = "application/x-protobuf"


def nanos(moment: datetime) -> int:
    """As OTLP writes a time."""
    return int(moment.timestamp() * 1_000_000) * 1000


def logs(moment: datetime, *messages: str, service: str = "checkout") -> ExportLogsServiceRequest:
    """A record a message, of one service on one host."""
    request = ExportLogsServiceRequest()
    group = request.resource_logs.add()
    for name, value in (("service.name", service), ("host.name", "app-01")):
        group.resource.attributes.add(key=name).value.string_value = value
    scope = group.scope_logs.add()
    for message in messages:
        record = scope.log_records.add(time_unix_nano=nanos(moment), severity_number=17, trace_id=bytes(range(16)))
        record.body.string_value = message
        record.attributes.add(key="retries").value.int_value = 3
    return request


def metrics(moment: datetime, values: dict[str, float], *, service: str = "checkout") -> ExportMetricsServiceRequest:
    """A gauge a name."""
    request = ExportMetricsServiceRequest()
    group = request.resource_metrics.add()
    group.resource.attributes.add(key="service.name").value.string_value = service
    scope = group.scope_metrics.add()
    for name, value in values.items():
        point = scope.metrics.add(name=name, unit="%").gauge.data_points.add(time_unix_nano=nanos(moment))
        point.as_double = value
    return request


def write(moment: datetime, *series: tuple[dict[str, str], float]) -> bytes:
    """A remote-write 1.0 request, packed."""
    request = new_message(V1)
    for labels, value in series:
        each = request.timeseries.add()
        for name, text in labels.items():
            each.labels.add(name=name, value=text)
        each.samples.add(value=value, timestamp=int(moment.timestamp() * 1000))
    return packed(request.SerializeToString())


def write_2(moment: datetime, *series: tuple[dict[str, str], float]) -> bytes:
    """The same as 2.0."""
    request = new_message(V2)
    request.symbols.append("")
    for labels, value in series:
        each = request.timeseries.add()
        for part in (text for pair in labels.items() for text in pair):
            each.labels_refs.append(len(request.symbols))
            request.symbols.append(part)
        each.samples.add(value=value, timestamp=int(moment.timestamp() * 1000))
    return packed(request.SerializeToString())


def packed(body: bytes) -> bytes:
    """Snappy's raw form."""
    return bytes(cramjam.snappy.compress_raw(body))
