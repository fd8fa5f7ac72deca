"""A clock that stands still and a seed, for trials that are to give the same again; they hold for everything a trial calls."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Frozen:
    """The moment that it is, and where chance begins."""

    now: datetime
    seed: int = 0


_current: ContextVar[Frozen | None] = ContextVar("opsloom_frozen", default=None)


def current() -> Frozen | None:
    """What holds here, if anything does."""
    return _current.get()


@contextmanager
def holding(frozen: Frozen | None) -> Iterator[None]:
    """Let it hold in the body and in tasks begun there."""
    token = _current.set(frozen)
    try:
        yield
    finally:
        _current.reset(token)
