"""Asking a model: under the policy, within budget and deadline, repeated where that can help, and logged however it ends.

No transaction is held while the provider is asked: policy and budget are read and written before, budget and log after.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from prometheus_client import Counter, Histogram

from opsloom.ask.llm import budget, policy
from opsloom.ask.llm.bridge import Bridge
from opsloom.ask.llm.budget import Held, Limits
from opsloom.ask.llm.errors import AnswerUnusable, BudgetSpent, ModelOff
from opsloom.ask.llm.masking import masked, storable
from opsloom.ask.llm.models import LlmCall
from opsloom.ask.llm.policy import InForce, ModelPolicy
from opsloom.ask.llm.prices import cost_of, tokens_at_most
from opsloom.ask.llm.providers import Libraries, Message, Reply
from opsloom.ask.plan import Language
from opsloom.ask.prompts import kind as prompts
from opsloom.ask.prompts.kind import Prompt
from opsloom.ask.prompts.purposes import Purpose
from opsloom.connections.content import ModelConfig
from opsloom.connections.errors import ConnectionTypeUnfit
from opsloom.connections.service import Connections, HttpAnswer, HttpCall, Take
from opsloom.identity.scope import Scope
from opsloom.infra import stream
from opsloom.infra.core import Core
from opsloom.infra.telemetry import current_trace_id, get_logger, note_failure, span
from opsloom.kit.errors import (
    CircuitOpen,
    ConnectionLost,
    DeadlinePassed,
    ExternalServiceFailed,
    Forbidden,
    InvalidInput,
    OpsloomError,
)
from opsloom.kit.ids import new_id
from opsloom.kit.resilience import deadline
from opsloom.kit.resilience.retry import RetryPolicy, retrying

CALLS = Counter("opsloom_llm_calls_total", "Calls to language models by purpose and outcome.", ["purpose", "outcome"])
TOKENS = Counter("opsloom_llm_tokens_total", "Tokens of language models.", ["direction"])
SECONDS = Histogram("opsloom_llm_seconds", "Time of calls to language models, with their repeats.", ["purpose"])
TOPIC: Final = "llm_calls"
RETRIES: Final = RetryPolicy(attempts=3, base_s=0.2, max_s=2.0)
_EARLY_S: Final = 0.05
"""How much sooner a request ends than its caller's time, so that it is the provider that was slow, and not a cancelled call."""
_log = get_logger(__name__)


class Outcome(StrEnum):
    """How a call ended: `unusable` came back and is not what was asked for, `refused` never left."""

    USED = "used"
    UNUSABLE = "unusable"
    FAILED = "failed"
    REFUSED = "refused"


@dataclass(frozen=True)
class Request:
    """What is asked. `messages` begin with the system's text; data follows as data."""

    purpose: Purpose
    prompt: Prompt
    messages: Sequence[Message]


@dataclass(frozen=True)
class Terms:
    """The policy that holds and the prompts in force, read once for a question."""

    in_force: InForce
    prompts: dict[Purpose, Prompt]

    @property
    def policy(self) -> ModelPolicy:
        return self.in_force.policy


@dataclass
class _Call:
    """One call as it is logged."""

    id: UUID
    at: datetime
    began: float
    connection: str
    request: Request
    config: ModelConfig | None = None
    held: Held | None = None
    attempts: int = 0
    reply: Reply | None = None
    outcome: Outcome = Outcome.FAILED
    family: str | None = None
    detail: str = ""


@dataclass(frozen=True)
class Said:
    """An answer, and the call in the log."""

    text: str
    call_id: UUID
    purpose: Purpose


@dataclass
class Models:
    """A part of the core: the language models of every tenant, as this process uses them."""

    core: Core
    libraries: Libraries = field(default_factory=Libraries)

    async def terms(self, scope: Scope, purposes: Sequence[Purpose], language: Language) -> Terms | None:
        """What holds for the purposes; None: no model may be asked for the first of them."""
        async with self.core.db.looking(scope) as session:
            found = await policy.in_force(session)
            if found is None or not found.policy.allows(purposes[0]):
                return None
            return Terms(found, {each: await prompts.in_force(session, each, language) for each in purposes})

    async def need(self, scope: Scope, purpose: Purpose, language: Language) -> Terms:
        """The same where a model must be. Raises ModelOff."""
        found = await self.terms(scope, (purpose, Purpose.REPAIR), language)
        if found is None:
            raise ModelOff(
                "No language model may be used for this.",
                hint="Publish a policy of models that allows it, see the guide.",
            )
        return found

    async def say(self, scope: Scope, terms: Terms, connection: str, request: Request) -> Said:
        """A model's answer. Raises BudgetSpent, AnswerUnusable, CircuitOpen, DeadlinePassed and what a connection raises."""
        call = _Call(new_id(), self.core.clock.now(), self.core.clock.monotonic(), connection, request)
        try:
            with span("llm.call", purpose=request.purpose.value, connection=connection) as current:
                call.reply = await self._ask(scope, terms, call)
                current.set_attribute("attempts", call.attempts)
            call.outcome = Outcome.USED
            return Said(call.reply.text, call.id, request.purpose)
        except OpsloomError as error:
            call.outcome, call.family, call.detail = outcome_of(error), family_of(error), sentence_of(error, connection)
            raise
        except asyncio.CancelledError:
            call.family, call.detail = "deadline", "It was given up before it ended."
            raise
        finally:
            await asyncio.shield(self._record(scope, terms, call))

    async def judge(self, scope: Scope, said: Said, problem: str) -> None:
        """Note that an answer, which came back well, is not what was asked for."""
        CALLS.labels(said.purpose.value, Outcome.UNUSABLE.value).inc()
        async with self.core.db.transaction(scope) as session:
            row = await session.get(LlmCall, (scope.tenant_id, said.call_id))
            if row is not None:
                row.outcome, row.family, row.detail = Outcome.UNUSABLE.value, "planning", storable(problem)[:1000]

    async def _ask(self, scope: Scope, terms: Terms, call: _Call) -> Reply:
        connections = self.core.part(Connections)
        ready = await connections.ready(scope, call.connection)
        if not isinstance(ready.config, ModelConfig):
            raise ConnectionTypeUnfit(f"“{ready.name}” is of type {ready.type}, which is no language model.")
        call.config = config = ready.config
        await self.libraries.load(config.provider)
        most, texts = terms.policy.answer_tokens, [text for _role, text in call.request.messages]
        tokens_in = tokens_at_most(texts)
        limits = Limits(terms.policy.tokens_per_day, terms.policy.cost_per_day)
        wanted = (tokens_in + most, cost_of(config, tokens_in, most))
        call.held = await budget.reserve(self.core.db, scope, limits, self.core.clock.now(), wanted)

        async def send(http_call: HttpCall) -> HttpAnswer:
            call.attempts += 1
            return await connections.converse(scope, call.connection, http_call, Take(total_s=_time_left()))

        async def once() -> Reply:
            return await self.libraries.speak(config, Bridge(send), call.request.messages, most)

        return await retrying(once, RETRIES)

    async def _record(self, scope: Scope, terms: Terms, call: _Call) -> None:
        took_s = self.core.clock.monotonic() - call.began
        CALLS.labels(call.request.purpose.value, call.outcome.value).inc()
        SECONDS.labels(call.request.purpose.value).observe(took_s)
        row = _row(scope, terms.policy, call, took_s)
        TOKENS.labels("in").inc(row.tokens_in or 0)
        TOKENS.labels("out").inc(row.tokens_out or 0)
        try:
            async with self.core.db.transaction(scope) as session:
                if call.held is not None:
                    tokens, cost = _taken(call, row)
                    await budget.settle(session, scope, call.held, tokens, cost)
                session.add(row)
                await session.flush()
                message = {"type": "llm.called", "id": str(row.id), "outcome": row.outcome}
                await stream.publish(session, scope.tenant_id, TOPIC, message)
        except OpsloomError as error:  # the answer is there; a log that cannot be written must not take it away
            note_failure("llm.log", error)
            _log.error("llm.call_unlogged", code=error.code, cause=error.message)


def _time_left() -> float | None:
    left = deadline.remaining()
    return None if left is None else max(left - _EARLY_S, _EARLY_S)


def _taken(call: _Call, row: LlmCall) -> tuple[int, float]:
    """What is settled: the counts that were told; all that was held where a provider worked on it and told none."""
    assert call.held is not None
    if row.tokens_in is not None and row.tokens_out is not None:
        return row.tokens_in + row.tokens_out, row.cost or 0.0
    asked = call.reply is not None or (call.attempts > 0 and call.family == "deadline")
    return (call.held.tokens, call.held.cost) if asked else (0, 0.0)


def _row(scope: Scope, terms: ModelPolicy, call: _Call, took_s: float) -> LlmCall:
    told, config = call.reply, call.config
    counts = (told.tokens_in, told.tokens_out) if told is not None else (None, None)
    cost = None
    if config is not None and counts[0] is not None and counts[1] is not None:
        cost = cost_of(config, counts[0], counts[1])
    spoken = "\n\n".join(f"[{role}]\n{text}" for role, text in call.request.messages)
    return LlmCall(
        tenant_id=scope.tenant_id,
        id=call.id,
        at=call.at,
        purpose=call.request.purpose.value,
        trace_id=current_trace_id(),
        asked_by=scope.user_id,
        asked_by_name=scope.actor.name,
        connection=call.connection,
        provider=config.provider.value if config is not None else "",
        model=config.model if config is not None else "",
        prompt_key=call.request.prompt.key,
        prompt_version=call.request.prompt.version,
        attempts=call.attempts,
        tokens_in=counts[0],
        tokens_out=counts[1],
        cost=cost,
        took_ms=round(took_s * 1000, 3),
        outcome=call.outcome.value,
        family=call.family,
        detail=storable(masked(call.detail))[:1000],
        prompt=storable(masked(spoken)) if terms.keep_text else None,
        answer=storable(masked(told.text)) if terms.keep_text and told is not None else None,
    )


def sentence_of(error: OpsloomError, connection: str) -> str:
    """What is told of an error; a breaker's own names its key, which says nothing to people."""
    return f"Calls to {connection} are paused after failures." if isinstance(error, CircuitOpen) else error.message


def outcome_of(error: OpsloomError) -> Outcome:
    """How a call that raised is listed."""
    if isinstance(error, AnswerUnusable):
        return Outcome.UNUSABLE
    return Outcome.REFUSED if isinstance(error, BudgetSpent | CircuitOpen) else Outcome.FAILED


def family_of(error: OpsloomError) -> str:
    """The families of errors that questions know."""
    if isinstance(error, CircuitOpen):
        return "circuit"
    if isinstance(error, DeadlinePassed):
        return "deadline"
    if isinstance(error, AnswerUnusable):
        return "planning"
    if isinstance(error, BudgetSpent | Forbidden | InvalidInput):
        return "policy"
    return "tool" if isinstance(error, ConnectionLost | ExternalServiceFailed) else "policy"
