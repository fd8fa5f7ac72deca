"""Plans by a language model: the same type as the deterministic planner's, through the same validator.

One repair turn with the validator's errors, then the fallback model, then nothing, and the deterministic decision stands.
All of it within one deadline that belongs to the policy and is at most five seconds.
"""

from dataclasses import dataclass, replace

import orjson

from opsloom.ask.llm.calls import Models, Request, Said, Terms, family_of, sentence_of
from opsloom.ask.llm.drafted import Unusable, plan_of, schema_text
from opsloom.ask.llm.offer import ModelQuestion, Offer, offer_of, told
from opsloom.ask.llm.providers import Message
from opsloom.ask.plan import Language, Plan, Planned, Refusal
from opsloom.ask.prompts.content import rendered
from opsloom.ask.prompts.purposes import Purpose
from opsloom.ask.validate import Policy, validate
from opsloom.identity.scope import Scope
from opsloom.infra.telemetry import span
from opsloom.kit.errors import OpsloomError
from opsloom.kit.resilience import deadline

_SHARE_OF_THE_FIRST = 0.6
"""Of the deadline, where there is a fallback that also needs time."""


@dataclass
class Attempt:
    """What became of asking: a plan, the model's own refusal, or neither and why; `terms` are None where no model was asked."""

    decision: Planned | Refusal | None = None
    connection: str = ""
    why: str = "no language model is configured"
    repaired: bool = False
    terms: Terms | None = None


class ModelPlanner:
    """Plans questions with the models of their tenant."""

    def __init__(self, models: Models, policy: Policy) -> None:
        self._models, self._policy = models, policy

    async def attempt(self, scope: Scope, question: ModelQuestion, language: Language) -> Attempt:
        """Never raises for what a model or its provider does."""
        attempt = Attempt()
        attempt.terms = terms = await self._models.terms(scope, (Purpose.PLAN, Purpose.REPAIR), language)
        if terms is None:
            return attempt
        offer = offer_of(question)
        with span("ask.plan_by_model", items=len(offer.items)):
            try:
                async with deadline.within(terms.policy.deadline_s):
                    await self._first_that_plans(scope, terms, _Asking(question, offer, language), attempt)
            except OpsloomError as error:
                attempt.why = _why(error, attempt.connection)
        return attempt

    async def _first_that_plans(self, scope: Scope, terms: Terms, asking: "_Asking", attempt: Attempt) -> None:
        names = terms.policy.connections
        for place, connection in enumerate(names):
            share = _SHARE_OF_THE_FIRST if place == 0 and len(names) > 1 else 1.0
            attempt.connection = connection
            try:
                async with deadline.within((deadline.remaining() or terms.policy.deadline_s) * share):
                    attempt.decision = await self._ask(scope, terms, replace(asking, connection=connection), attempt)
                    return
            except Unusable as error:
                attempt.why = f"planning: {error}"
            except OpsloomError as error:
                attempt.why = _why(error, connection)

    async def _ask(self, scope: Scope, terms: Terms, asking: "_Asking", attempt: Attempt) -> Planned | Refusal:
        """One model, with one repair. Raises Unusable and what `Models.say` raises."""
        prompt = terms.prompts[Purpose.PLAN]
        messages: list[Message] = [("system", rendered(prompt.text, asking.values())), ("data", asking.data())]
        said = await self._models.say(scope, terms, asking.connection, Request(Purpose.PLAN, prompt, messages))
        try:
            return self._read(said, asking)
        except Unusable as error:
            problem = error
            await self._models.judge(scope, said, str(error))
        attempt.repaired = True
        repair = terms.prompts[Purpose.REPAIR]
        again: list[Message] = [
            *messages,
            ("answer", said.text[:20_000]),
            ("data", f"{repair.text}\n{orjson.dumps({'problems': list(problem.problems)}).decode()}"),
        ]
        second = await self._models.say(scope, terms, asking.connection, Request(Purpose.REPAIR, repair, again))
        try:
            return self._read(second, asking)
        except Unusable as error:
            await self._models.judge(scope, second, str(error))
            raise

    def _read(self, said: Said, asking: "_Asking") -> Planned | Refusal:
        found = plan_of(said.text, asking.question, asking.offer, asking.language)
        if isinstance(found, Refusal):
            return found
        checked = validate(found, self._policy, asking.offer.kinds, asking.offer.usable)
        if isinstance(checked, Refusal):
            raise Unusable(*checked.words)
        assert isinstance(checked, Plan)
        return Planned(plan=checked)


@dataclass(frozen=True)
class _Asking:
    question: ModelQuestion
    offer: Offer
    language: Language
    connection: str = ""

    def values(self) -> dict[str, str]:
        """What the plan's prompt fills in."""
        now = self.question.now.astimezone(self.question.zone)
        return {
            "schema": schema_text(self.offer.kinds),
            "kinds": ", ".join(sorted(self.offer.kinds)),
            "now": now.isoformat(timespec="minutes"),
            "zone": self.question.zone.key,
            "language": "Korean" if self.language is Language.KO else "English",
        }

    def data(self) -> str:
        return told(self.question, self.offer)


def _why(error: OpsloomError, connection: str) -> str:
    """The family of the error and its sentence, for the stage."""
    return f"{family_of(error)}: {sentence_of(error, connection)}"
