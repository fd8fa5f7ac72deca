"""Logs, traces and metrics: structlog JSON lines that carry the trace id, OpenTelemetry spans, Prometheus counters."""

import logging
import sys
import threading
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from contextvars import Token
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import structlog
from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.trace import Span, SpanKind, StatusCode
from prometheus_client import Counter

from opsloom.infra import recording
from opsloom.infra.parts import Owner

_tracer = trace.get_tracer("opsloom")

FAILURES = Counter(
    "opsloom_failures_total", "Failures that were handled at a boundary, by place and kind.", ["place", "kind"]
)

Attribute = str | bool | int | float

_exporting = False


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
    """Trace ids always exist; spans leave the process only when an endpoint is set. They wait in a queue of bounded length
    that a thread empties: a collector that is slow or away costs spans, never time."""
    global _exporting  # noqa: PLW0603  # one provider a process, as in OpenTelemetry itself
    _exporting = otlp_endpoint is not None
    provider = TracerProvider(resource=Resource.create({"service.name": "opsloom"}), shutdown_on_exit=False)
    if otlp_endpoint is not None:
        from opentelemetry.sdk.trace.export import BatchSpanProcessor  # heavy, rarely needed

        from opsloom.infra.span_export import CountedExporter

        provider.add_span_processor(BatchSpanProcessor(CountedExporter(traces_address(otlp_endpoint))))
    trace.set_tracer_provider(provider)
    return provider


def traces_address(otlp_endpoint: str) -> str:
    """A collector's address without a path gets the one the OTLP specification gives to traces."""
    parts = urlsplit(otlp_endpoint)
    return otlp_endpoint if parts.path.strip("/") else urlunsplit(parts._replace(path="/v1/traces"))


def end_traces(provider: TracerProvider, limit_s: float = 3.0) -> None:
    """Send what is still queued; a collector that does not take it holds nobody up longer than the limit."""
    ending = threading.Thread(target=provider.shutdown, name="traces-end", daemon=True)
    ending.start()
    ending.join(limit_s)
    if ending.is_alive():
        get_logger(__name__).warning("traces.cut_off")


def is_exporting() -> bool:
    """Spans leave this process, so a request is worth one."""
    return _exporting


def begin_bare_trace(traceparent: str) -> tuple[recording.Bare, Token[recording.Bare | None]]:
    """A trace id without a span, the caller's if he names one: where no span leaves, making one would be the dearest part of a
    short request. `span` goes on from it, and `current_trace_id` tells it."""
    return recording.begin_bare(traceparent)


def _bare_parent() -> Context | None:
    """What a first span inside a bare trace belongs to."""
    bare = recording.current_bare()
    if bare is None or trace.get_current_span().get_span_context().is_valid:
        return None
    return bare.context(_tracer)


@contextmanager
def span(
    name: str,
    *,
    parent: Context | None = None,
    kind: SpanKind = SpanKind.INTERNAL,
    owner: Owner | None = None,
    **attributes: Attribute,
) -> Iterator[Span]:
    """A span around a step of the work; `owner` is whose work it is where nobody around has said so. A failure inside is raised
    on; the span tells only its type, for spans leave the machine and an exception's text may quote what a user typed. The log
    has it all."""
    recorded = recording.opened(owner)
    try:
        with _tracer.start_as_current_span(
            name,
            parent or _bare_parent(),
            kind,
            attributes=attributes,
            record_exception=False,
            set_status_on_exception=False,
        ) as current:
            if recorded is not None:
                recorded.span = current
            try:
                yield current
            except Exception as error:
                current.set_attribute("error.type", type(error).__name__)
                current.set_status(StatusCode.ERROR)
                if recorded is not None:
                    recording.failed(recorded, error)
                raise
    finally:
        if recorded is not None:
            recording.closed(recorded)


def current_trace_id() -> str | None:
    """The running trace's id, 32 hexadecimal digits."""
    context = trace.get_current_span().get_span_context()
    if context.is_valid:
        return f"{context.trace_id:032x}"
    bare = recording.current_bare()
    return bare.trace_id if bare is not None else None


def note_failure(place: str, error: BaseException) -> None:
    """Count a failure that a boundary handled; the boundary logs it too."""
    FAILURES.labels(place=place, kind=type(error).__name__).inc()


def _add_trace(_logger: object, _method: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    trace_id = current_trace_id()
    if trace_id is not None:
        line["trace_id"] = trace_id
    return line
