"""Sends spans to a collector over OTLP/HTTP. Imported only when an endpoint is set: the exporter's packages are heavy."""

from collections.abc import Sequence

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SpanExportResult
from prometheus_client import Counter

_SPANS = Counter("opsloom_spans_exported_total", "Spans handed to the collector, by outcome.", ["outcome"])
TIMEOUT_S = 5.0


class CountedExporter(OTLPSpanExporter):
    """The exporter logs what it could not send; here it is counted too."""

    def __init__(self, address: str) -> None:
        super().__init__(endpoint=address, timeout=TIMEOUT_S)

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """Send a batch; blocks its own thread only, retries included not longer than the timeout."""
        result = super().export(spans)
        _SPANS.labels("sent" if result is SpanExportResult.SUCCESS else "lost").inc(len(spans))
        return result
