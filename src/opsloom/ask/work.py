"""One question being answered: what it tells on its way, and its record however it ends."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from uuid import UUID

from opsloom.ask.blocks import Answer, AnswerStatus, Stage
from opsloom.ask.pipeline import Asked, Asker
from opsloom.ask.plan import Clarify, Decision, DirectReply, Planned, Refusal
from opsloom.ask.planning.planner import language_of
from opsloom.ask.records import Posed, row_of, shown
from opsloom.ask.schemas import QuestionShown
from opsloom.ask.stages import Decided, Finished, SoFar, StageDone, StepDone
from opsloom.identity.scope import Scope
from opsloom.infra import recording
from opsloom.infra.parts import AssetUsed, Failure, TraceKind, TraceStatus
from opsloom.infra.telemetry import span
from opsloom.kit.errors import OpsloomError


@dataclass(frozen=True)
class Begun:
    """A question is under way; by this id it is followed and stopped."""

    question_id: UUID
    thread_id: UUID | None


@dataclass(frozen=True)
class Recorded:
    """The end of a question: it is stored, and this is it."""

    question: QuestionShown


@dataclass(frozen=True)
class Broken:
    """The end of a question that could not be answered at all."""

    problem: OpsloomError


Told = Begun | Stage | Decision | StepDone | SoFar | Recorded | Broken


_BAD = {AnswerStatus.FAILED: TraceStatus.ERROR, AnswerStatus.PARTIAL: TraceStatus.WARNING}


def _tell(answer: Answer) -> None:
    """What the trace says of the answer as a whole."""
    used = (AssetUsed(one.kind, one.asset_id, one.name, one.version) for one in answer.assets)
    recording.about(TraceKind.QUESTION, "", *used)
    status = _BAD.get(answer.status)
    if status is not None:
        gap = answer.gaps[0] if answer.gaps else None
        recording.went_wrong(
            Failure(gap.family if gap else "planning", answer.status.value, gap.detail if gap else "", status)
        )


@dataclass(frozen=True)
class Work:
    """A question that has been accepted, ready to be answered once."""

    asker: Asker
    scope: Scope
    posed: Posed
    asked: Asked
    began: float  # on the clock that only goes forward

    async def follow(self) -> AsyncGenerator[Told, None]:
        """Answers and stores it, telling what happens meanwhile; the last one is `Recorded`. Raises ConnectionLost."""
        with span("ask", owner=self.scope, zone=self.asked.zone.key, question=str(self.posed.id)) as current:
            recording.about(TraceKind.QUESTION, self.asked.text[:500], subject_id=self.posed.id)
            async with aclosing(self.asker.answer(self.scope, self.asked)) as every:
                async for progress in every:
                    match progress:
                        case StageDone(stage):
                            yield stage
                        case Decided(decision):
                            yield decision
                        case StepDone() | SoFar():
                            yield progress
                        case Finished(decision, answer):
                            current.set_attribute("status", answer.status.value)
                            _tell(answer)
                            yield Recorded(await self._store(decision, answer))

    async def stopped(self, told: Sequence[Told]) -> QuestionShown:
        """Stores what had arrived when the question was stopped. The answer itself, where it was just being stored."""
        stored = [one for one in told if isinstance(one, Recorded)]
        if stored:
            return stored[-1].question
        said = [one.answer for one in told if isinstance(one, SoFar)]
        decisions = [one for one in told if isinstance(one, Planned | Clarify | Refusal | DirectReply)]
        empty = Answer(language=language_of(self.posed.text), status=AnswerStatus.STOPPED, blocks=[])
        stages = [one for one in told if isinstance(one, Stage)]
        answer = (said[-1] if said else empty).model_copy(update={"status": AnswerStatus.STOPPED, "stages": stages})
        return await self._store(decisions[-1] if decisions else None, answer)

    async def _store(self, decision: Decision | None, answer: Answer) -> QuestionShown:
        took_ms = round((self.asker.clock.monotonic() - self.began) * 1000, 3)
        row = row_of(self.scope, self.posed, decision, answer, took_ms)
        async with self.asker.db.transaction(self.scope) as session:
            session.add(row)
        return shown(row)
