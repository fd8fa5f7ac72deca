"""Logs, traces and metrics: structlog JSON lines that carry the trace id, OpenTelemetry spans, Prometheus counters."""

import logging
import sys
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from typing import Any

import structlog
from opentelemetry import trace
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.trace import Span
from prometheus_client import Counter

_tracer = trace.get_tracer("opsloom")

FAILURES = Counter(
    "opsloom_failures_total", "Failures that were handled at a boundary, by place and kind.", ["place", "kind"]
)

Attribute = str | bool | int | float


def get_logger(name: str) -> structlog.stdlib.BoundLogger:
    """A logger whose lines say where they come from."""
    logger: structlog.stdlib.BoundLogger = structlog.get_logger(name)
    return logger


def set_up_logs(level: str, *, json_lines: bool) -> None:
    """Send everything, also the standard library's records, through one pipeline to standard error."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        _add_trace,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
        structlog.processors.format_exc_info,
    ]
    renderer: Any = structlog.processors.JSONRenderer() if json_lines else structlog.dev.ConsoleRenderer()
    structlog.configure(
        processors=[structlog.stdlib.add_logger_name, *shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
            foreign_pre_chain=shared,
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for chatty in ("httpx2", "httpcore2", "procrastinate", "_granian", "alembic", "asyncio"):
        logging.getLogger(chatty).setLevel(max(logging.WARNING, root.level))


def set_up_traces(otlp_endpoint: str | None) -> TracerProvider:
    """Trace ids always exist; spans leave the process only when an endpoint is set."""
    provider = TracerProvider(resource=Resource.create({"service.name": "opsloom"}))
    if otlp_endpoint is not None:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter  # heavy, rarely needed
        from opentelemetry.sdk.trace.export import BatchSpanProcessor

        provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint=otlp_endpoint)))
    trace.set_tracer_provider(provider)
    return provider


@contextmanager
def span(name: str, **attributes: Attribute) -> Iterator[Span]:
    """A span around a step of the work; failures inside are recorded on it and raised on."""
    with _tracer.start_as_current_span(name, attributes=attributes) as current:
        yield current


def current_trace_id() -> str | None:
    """The running trace's id, 32 hexadecimal digits."""
    context = trace.get_current_span().get_span_context()
    return f"{context.trace_id:032x}" if context.is_valid else None


def note_failure(place: str, error: BaseException) -> None:
    """Count a failure that a boundary handled; the boundary logs it too."""
    FAILURES.labels(place=place, kind=type(error).__name__).inc()


def _add_trace(_logger: object, _method: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    trace_id = current_trace_id()
    if trace_id is not None:
        line["trace_id"] = trace_id
    return line
