"""What this process keeps of its own spans, for the inspector: spans grouped into parts of traces, with the tenant they belong to.

Invariant: recording never blocks, never raises into the work it watches, and holds a bounded number of spans and bytes (the sink
decides; what does not fit is counted in its part). A part belongs to exactly one tenant: one that nobody claimed, or that two
tenants claimed, is not kept. Payloads (inputs, outputs, queries) live beside the span, never in its attributes: attributes may
leave the machine for a collector.
"""

from __future__ import annotations

import random
import re
import time
from collections.abc import Mapping
from contextvars import ContextVar, Token
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

import orjson
from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace import Span as RealSpan
from opentelemetry.trace import NonRecordingSpan, Span, SpanContext, SpanKind, TraceFlags
from pydantic import BaseModel

from opsloom.infra.parts import AssetUsed, Failure, Owner, Part, Record, Sink, TraceKind, TraceStatus
from opsloom.kit.errors import OpsloomError

_TRACEPARENT: Final = re.compile(r"[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-[0-9a-f]{2}(-|\Z)")
MOST_PAYLOAD_BYTES: Final = 64_000


@dataclass(slots=True)
class Open:
    """A span that has not ended, as recording sees it."""

    part: Part
    before: Open | None
    is_first: bool
    span: Span | None = None
    error: str = ""
    payload: dict[str, object] | None = None


class Bare:
    """A request that has a trace id and no span: making one would be the dearest part of it. The span is made when something
    inside begins one."""

    __slots__ = ("began_ns", "owner", "part", "root", "trace_id", "traceparent")

    def __init__(self, traceparent: str) -> None:
        found = _TRACEPARENT.match(traceparent) if traceparent else None
        self.traceparent = (found.group(1), found.group(2)) if found else None
        self.trace_id = found.group(1) if found else f"{random.getrandbits(128) or 1:032x}"
        self.began_ns = time.time_ns()
        self.owner: Owner | None = None
        self.root: Span | None = None
        self.part: Part | None = None

    def context(self, tracer: trace.Tracer) -> Context:
        """What a first span inside belongs to."""
        if self.root is None:
            parent = int(self.traceparent[1], 16) if self.traceparent else random.getrandbits(64) or 1
            remote = SpanContext(int(self.trace_id, 16), parent, True, TraceFlags(TraceFlags.SAMPLED))
            around = trace.set_span_in_context(NonRecordingSpan(remote), Context())
            self.root = tracer.start_span("request", around, SpanKind.SERVER, start_time=self.began_ns)
        return trace.set_span_in_context(self.root)


def remote(trace_id: str) -> Context | None:
    """What a span belongs to that carries on a trace of which only the id is known."""
    if re.fullmatch(r"(?!0{32})[0-9a-f]{32}", trace_id) is None:
        return None
    parent = SpanContext(int(trace_id, 16), random.getrandbits(64) or 1, True, TraceFlags(TraceFlags.SAMPLED))
    return trace.set_span_in_context(NonRecordingSpan(parent), Context())


_sink: Sink | None = None
_here: ContextVar[Open | None] = ContextVar("opsloom_open_span", default=None)
_bare: ContextVar[Bare | None] = ContextVar("opsloom_bare_trace", default=None)


def send_to(sink: Sink | None) -> Sink | None:
    """From now on parts go there; returns where they went. One sink a process, as there is one provider of spans."""
    global _sink
    before, _sink = _sink, sink
    return before


# --- what the work says of itself ---


def belongs_to(owner: Owner) -> None:
    """The work around is this tenant's and was asked for by this actor."""
    here = _here.get()
    if here is not None:
        here.part.claim(owner)
        return
    bare = _bare.get()
    if bare is not None:
        bare.owner = owner


def about(kind: TraceKind, name: str = "", *used: AssetUsed, subject_id: UUID | None = None) -> None:
    """What the part around is: of several things that say so, the one of the highest kind names it; assets add up."""
    part = _part()
    if part is None:
        return
    part.is_quiet = False
    part.assets.extend(each for each in used if each not in part.assets)
    if kind.rank >= part.kind.rank:
        part.kind = kind
        part.name = name or part.name
        part.subject_id = subject_id or part.subject_id


def went_wrong(failure: Failure) -> None:
    """The part ended, or is ending, badly; the first error stays, a warning gives way to it."""
    part = _part()
    if part is None:
        return
    known = part.failure
    if known is None or (known.status is TraceStatus.WARNING and failure.status is TraceStatus.ERROR):
        part.failure = failure


def _part() -> Part | None:
    """The part around."""
    here = _here.get()
    if here is not None:
        return here.part
    bare = _bare.get()
    return bare.part if bare is not None else None


def failed_with(error: Exception) -> None:
    """The same, of an exception: its code and family, never its words, which may quote what a user typed. What the caller did
    wrong is a warning."""
    family = family_of(error)
    if not isinstance(error, OpsloomError):
        went_wrong(Failure(family, type(error).__name__))
        return
    status = TraceStatus.ERROR if error.status >= 500 else TraceStatus.WARNING
    went_wrong(Failure(family, error.code, status=status))


def keep(**payload: object) -> None:
    """Inputs and outputs of the span around: JSON values or models. They are masked before they are written down."""
    here = _here.get()
    if here is not None:
        here.payload = {**(here.payload or {}), **payload}


def nothing_happened() -> None:
    """The part around is not worth keeping if nothing goes wrong in it."""
    here = _here.get()
    if here is not None and here.is_first:
        here.part.is_quiet = True


def is_recorded() -> bool:
    """Whether the work around has spans that are recorded."""
    return _part() is not None


def family_of(error: BaseException) -> str:
    """The family of an error: the code of the class in `kit.errors` that it descends from, or `internal`."""
    for each in type(error).__mro__:
        if issubclass(each, OpsloomError) and each.__module__ == OpsloomError.__module__:
            return each.code
    return "deadline_passed" if isinstance(error, TimeoutError) else "internal"


# --- what telemetry calls around each span ---


def opened(owner: Owner | None) -> Open | None:
    """A span is about to begin; None while nobody records."""
    if _sink is None:
        return None
    around = _here.get()
    if around is None or around.part.is_closed:
        part, is_first = _part_of_bare() or (Part("", time.time_ns()), True)
    else:
        part, is_first = around.part, False
    if owner is not None:
        part.claim(owner)
    here = Open(part, around, is_first)
    _here.set(here)
    return here


def _part_of_bare() -> tuple[Part, bool] | None:
    bare = _bare.get()
    if bare is None:
        return None
    if bare.part is None:
        bare.part = Part(bare.trace_id, bare.began_ns, owner=bare.owner, kind=TraceKind.API)
    return bare.part, False


def failed(here: Open, error: Exception) -> None:
    """The span ends by an error; at the top of a part it is the part's, inside somebody may still deal with it."""
    here.error = type(error).__name__
    if here.is_first:
        failed_with(error)


def closed(here: Open) -> None:
    """The span has ended."""
    _here.set(here.before)
    part, span = here.part, here.span
    if isinstance(span, RealSpan):
        _add(part, _record(span, here))
    if here.is_first:
        _close(part)


def _record(span: ReadableSpan, here: Open) -> Record:
    context = span.context
    here.part.trace_id = here.part.trace_id or f"{context.trace_id:032x}"
    parent_id = span.parent.span_id if span.parent is not None else 0
    began = span.start_time or 0
    payload = _packed(here.payload) if here.payload else b""
    attributes: Mapping[str, Any] = span.attributes or {}
    ended = span.end_time or began
    return Record(context.span_id, parent_id, span.name, began, ended, here.error, attributes, payload)


def _add(part: Part, record: Record) -> None:
    sink = _sink
    if sink is None:
        return
    if not sink.admit(part, len(record.payload)):
        part.lost += 1
    elif part.is_closed:
        sink.take(part.late(record))
    else:
        part.records.append(record)


def _close(part: Part) -> None:
    part.is_closed = True
    part.ended_ns = max((each.ended_ns for each in part.records[-1:]), default=time.time_ns())
    part.name = part.name or (part.records[-1].name if part.records else "")
    if _sink is not None:
        _sink.take(part)


def _packed(payload: dict[str, object]) -> bytes:
    """As JSON; a value that is too large is replaced by its size, one that is no JSON by its type."""
    return b"{" + b",".join(orjson.dumps(name) + b":" + _small(value) for name, value in payload.items()) + b"}"


def _small(value: object) -> bytes:
    try:
        packed = orjson.dumps(value, default=_plain, option=orjson.OPT_NON_STR_KEYS)
    except (TypeError, ValueError, RecursionError):
        return orjson.dumps({"…": type(value).__name__})
    return packed if len(packed) <= MOST_PAYLOAD_BYTES else orjson.dumps({"…": f"{len(packed)} bytes"})


def _plain(value: object) -> object:
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json", exclude_none=True)
    if isinstance(value, set | frozenset):
        return sorted(map(str, value))
    return str(value) if not isinstance(value, Mapping) else dict(value)


# --- requests without a span ---


def begin_bare(traceparent: str) -> tuple[Bare, Token[Bare | None]]:
    """A trace id without a span, the caller's if he names one."""
    bare = Bare(traceparent)
    return bare, _bare.set(bare)


def end_bare(bare: Bare, token: Token[Bare | None], name: str, status: int) -> None:
    """The request is over; its span, if something inside asked for one, gets its name and ends."""
    _bare.reset(token)
    if bare.root is None:
        return
    bare.root.update_name(name)
    bare.root.set_attribute("http.response.status_code", status)
    bare.root.end()
    if bare.part is not None and isinstance(bare.root, RealSpan):
        here = Open(bare.part, None, is_first=True, span=bare.root)
        _add(bare.part, _record(bare.root, here))
        _close(bare.part)


def current_bare() -> Bare | None:
    """The request around, if it has no span of its own."""
    return _bare.get()
