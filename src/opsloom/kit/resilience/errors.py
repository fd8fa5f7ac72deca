"""Errors of the resilience helpers that no family covers."""

from opsloom.kit.errors import OpsloomError


class BulkheadFull(OpsloomError):
    """An upstream already has its share of calls under way, and the queue for it is full or too slow."""

    status, code, title, retryable = 503, "bulkhead_full", "Too many calls to one upstream at once", True
