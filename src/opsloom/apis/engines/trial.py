"""What only a trial may say of a workflow: outputs to go on with, and where to begin."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Trial:
    """`known` are outputs with their ports by node; `start` is run whatever led to it, with what follows it."""

    known: Mapping[str, tuple[Any, str]] = field(default_factory=dict)
    start: str | None = None


_current: ContextVar[Trial | None] = ContextVar("opsloom_trial", default=None)


@contextmanager
def trying(trial: Trial | None) -> Iterator[None]:
    """Let the workflow that the body runs begin so."""
    token = _current.set(trial)
    try:
        yield
    finally:
        _current.reset(token)


def taken() -> Trial:
    """What holds for this workflow; none of it holds for what it calls."""
    found = _current.get()
    _current.set(None)
    return found or Trial()
