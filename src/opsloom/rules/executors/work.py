"""What an executor of each kind does: ask another system, then keep what it answered. The scheduler does the rest."""

from dataclasses import dataclass
from datetime import datetime
from typing import Generic, NamedTuple, Protocol, TypeVar
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from opsloom.identity.scope import Scope
from opsloom.kit.due import CatchUp
from opsloom.kit.model import Wire

Content = TypeVar("Content", bound=Wire)
Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class Asked(Generic[Content]):
    """One run: for which asset in force, what it says, and for which moment."""

    executor_id: UUID
    name: str
    version: int
    content_hash: str
    content: Content
    due_at: datetime
    asked_at: datetime


class Timing(NamedTuple):
    """When an executor runs: by a cron in a zone, or at a pace."""

    missed: CatchUp
    cron: str | None = None
    zone: str | None = None
    every_s: float | None = None


class Work(Protocol[Content, Answer]):
    """The part of an executor that depends on its kind."""

    def read(self, content: dict[str, object]) -> Content:
        """What a version says. Raises pydantic's ValidationError."""
        ...

    async def ask(self, scope: Scope, asked: Asked[Content]) -> Answer:
        """Ask the other system; no transaction is open. Raises OpsloomError."""
        ...

    async def keep(self, session: AsyncSession, scope: Scope, asked: Asked[Content], answer: Answer) -> int:
        """Store the answer in the caller's transaction; how many facts there were. Raises OpsloomError."""
        ...
