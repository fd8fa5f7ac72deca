"""What a follow-up question refers to: the question before it, as it was planned and what it listed."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from opsloom.ask.plan import Mode, Plan

MAX_LISTED = 200


@dataclass(frozen=True)
class Previous:
    """The last planned question of a thread. `listed` are the items its answer named, best first, at most `MAX_LISTED`."""

    plan: Plan
    question: str = ""
    listed: tuple[UUID, ...] = ()


@dataclass(frozen=True)
class Context:
    """What else a question is read with: the candidate picked after an earlier question back, the mode, the question before."""

    chosen: UUID | None = None
    mode: Mode = Mode.AUTO
    previous: Previous | None = None


ALONE = Context()
