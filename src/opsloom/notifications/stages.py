"""What may keep a transition from being told, decided in the transaction that made it.

Silences, maintenance windows and inhibition belong to alerts, which sit above notifications: they are handed in as stages by the
composition root and asked in its order. The first that drops ends the asking. A drop is no absence: each route that would have been
taken gets its line of the ledger, with the stage, the reason and what it was dropped by.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from sqlalchemy.ext.asyncio import AsyncSession

from opsloom.identity.scope import Scope
from opsloom.notifications.subject import Subject


@dataclass(frozen=True)
class Dropped:
    """Why a stage lets nobody be told. `code` is for programs (`silenced`), `detail` a sentence, `by` what it was: a silence's id,
    a window's name, the key of the alert that inhibits."""

    code: str
    detail: str
    by: str


class Stage(Protocol):
    """One reason after another for which people are spared."""

    @property
    def name(self) -> str:
        """What the ledger calls it, such as `silence`."""
        ...

    async def judge(self, session: AsyncSession, scope: Scope, subject: Subject) -> Dropped | None:
        """Why nobody is told of `subject`, or None. Reads only; the caller's transaction is that of the transition."""
        ...


@dataclass
class Stages:
    """The part of a process that holds the stages, in the order they are asked in."""

    each: list[Stage] = field(default_factory=list)


@dataclass(frozen=True)
class Stopped:
    """That a stage has dropped something."""

    stage: str
    dropped: Dropped


async def judge(stages: Sequence[Stage], session: AsyncSession, scope: Scope, subject: Subject) -> Stopped | None:
    """The first stage that drops `subject`, or None when all let it go on."""
    for stage in stages:
        dropped = await stage.judge(session, scope, subject)
        if dropped is not None:
            return Stopped(stage.name, dropped)
    return None
