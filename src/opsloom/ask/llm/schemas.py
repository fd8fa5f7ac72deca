"""What goes out of the log of calls to language models."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from opsloom.ask.llm.calls import Outcome
from opsloom.ask.llm.policy import ModelPolicy
from opsloom.ask.plan import Language
from opsloom.ask.prompts.purposes import Purpose
from opsloom.kit.model import JsonObject, Shown, Text, Wire
from opsloom.kit.paging import Cursor, Limit
from opsloom.kit.resilience.breaker import BreakerState


class LlmCallSummary(Shown):
    """One call with all its attempts. Counts are null where the provider does not tell, `cost` (US dollars) where no price is known;
    without `prompt_key` the built-in text was said."""

    id: UUID
    at: datetime
    purpose: Purpose
    trace_id: str | None
    asked_by_name: str
    connection: str
    provider: str
    model: str
    prompt_key: str | None
    prompt_version: int | None
    attempts: int
    tokens_in: int | None
    tokens_out: int | None
    cost: float | None
    took_ms: float
    outcome: Outcome
    family: str | None
    detail: str


class LlmCallQuery(Wire):
    """Which calls; what is left out holds for all. `trace_id` gives the calls of one question."""

    limit: Limit = 50
    cursor: Cursor = None
    purpose: Purpose | None = None
    outcome: Outcome | None = None
    connection: Annotated[Text | None, Field(max_length=200)] = None
    trace_id: Annotated[Text | None, Field(max_length=64)] = None


class LlmCallShown(LlmCallSummary):
    """With its masked texts, for who asked and for administrators; `hidden` to others, and null where none were kept."""

    prompt: str | None
    answer: str | None
    hidden: bool
    question_id: UUID | None = Field(description="The caller's own question that the call was made for.")


class LlmModelShown(Shown):
    """A model of the policy. `fault` says why it cannot be asked; `state` is its circuit breaker's, null before the first call."""

    connection: str
    provider: str | None
    model: str | None
    fault: str | None
    state: BreakerState | None
    failures: int
    retry_after_s: float


class LlmBudget(Shown):
    """Today (UTC): what was taken, what calls under way hold, and the limits."""

    day: date
    tokens: int
    held_tokens: int
    cost: float
    held_cost: float
    tokens_per_day: int
    cost_per_day: float | None


class LlmTotals(Shown):
    """One day (UTC) of one model. `unpriced` calls have no known cost and are not in `cost`."""

    day: date
    connection: str
    model: str
    calls: int
    unused: int
    tokens_in: int
    tokens_out: int
    cost: float
    unpriced: int
    average_ms: float


class LlmState(Shown):
    """Whether models are asked, under which policy, how they are, and what they took. `policy` is null: none is asked."""

    policy: ModelPolicy | None
    policy_key: str | None
    policy_version: int | None
    models: list[LlmModelShown]
    budget: LlmBudget | None
    totals: list[LlmTotals]
    kept_days: int


class RuleWish(Wire):
    """What a rule should watch for, in a person's words; `base` is a document to change instead of a new one."""

    text: Annotated[Text, Field(min_length=5, max_length=2000)]
    language: Language = Language.EN
    base: JsonObject | None = None


class RuleProposal(Shown):
    """A document that passes every check of a rule, proposed and not saved; `call_id` is the call in the log."""

    name: str
    content: JsonObject
    base: JsonObject | None
    repaired: bool
    call_id: UUID
