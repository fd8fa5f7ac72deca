"""What can go wrong with traces."""

from opsloom.kit.errors import NotFound, RateLimited


class TraceNotFound(NotFound):
    code, title = "trace_not_found", "No such trace"


class SpanNotFound(NotFound):
    code, title = "span_not_found", "No such span"


class TooManyReports(RateLimited):
    code, title = "too_many_page_errors", "Too many errors of pages reported"
