"""Rules from a person's words: a document that passes every check of a rule, proposed and never saved here."""

from typing import Final

import orjson
from pydantic import ValidationError

from opsloom.ask.llm.calls import Models, Request, Said, Terms
from opsloom.ask.llm.drafted import Unusable, object_in
from opsloom.ask.llm.errors import AnswerUnusable
from opsloom.ask.llm.masking import masked
from opsloom.ask.llm.providers import Message
from opsloom.ask.llm.schemas import RuleProposal, RuleWish
from opsloom.ask.plan import Language
from opsloom.ask.prompts.content import rendered
from opsloom.ask.prompts.purposes import Purpose
from opsloom.identity.permissions import Permission
from opsloom.identity.scope import Scope
from opsloom.infra.core import Core
from opsloom.inventory import service as inventory
from opsloom.kit.errors import FieldProblem, InvalidInput
from opsloom.kit.resilience import deadline
from opsloom.rules import service as rules
from opsloom.rules.schemas import RuleDraft

_MOST_METRICS: Final = 200
_MOST_PROBLEMS: Final = 8


async def draft_rule(core: Core, scope: Scope, wish: RuleWish) -> RuleProposal:
    """A proposal. Raises ModelOff, BudgetSpent, AnswerUnusable, CircuitOpen, DeadlinePassed and what a connection raises."""
    models = core.part(Models)
    terms = await models.need(scope, Purpose.DRAFT_RULE, wish.language)
    prompt = terms.prompts[Purpose.DRAFT_RULE]
    values = {
        "schema": orjson.dumps(RuleDraft.model_json_schema()).decode(),
        "language": "Korean" if wish.language is Language.KO else "English",
    }
    messages: list[Message] = [("system", rendered(prompt.text, values)), ("data", await _told(core, scope, wish))]
    async with deadline.within(terms.policy.draft_deadline_s):
        said = await models.say(scope, terms, terms.policy.model, Request(Purpose.DRAFT_RULE, prompt, messages))
        try:
            return _proposal(said, wish, repaired=False)
        except Unusable as error:
            await models.judge(scope, said, str(error))
            return await _repaired(models, scope, terms, wish, (messages, said, error))


async def _repaired(
    models: Models, scope: Scope, terms: Terms, wish: RuleWish, before: tuple[list[Message], Said, Unusable]
) -> RuleProposal:
    messages, said, problem = before
    repair = terms.prompts[Purpose.REPAIR]
    again: list[Message] = [
        *messages,
        ("answer", said.text[:40_000]),
        ("data", f"{repair.text}\n{orjson.dumps({'problems': list(problem.problems)}).decode()}"),
    ]
    second = await models.say(scope, terms, terms.policy.model, Request(Purpose.REPAIR, repair, again))
    try:
        return _proposal(second, wish, repaired=True)
    except Unusable as error:
        await models.judge(scope, second, str(error))
        details = [FieldProblem(pointer="", detail=each) for each in error.problems]
        raise AnswerUnusable(
            "What the model proposed is no rule, also after one repair.", details=details, hint="Say it more simply."
        ) from None


def _proposal(said: Said, wish: RuleWish, *, repaired: bool) -> RuleProposal:
    """Raises Unusable."""
    try:
        draft = RuleDraft.model_validate(object_in(said.text))
        rules.check_document(draft.root)
    except ValidationError as error:
        shown = error.errors(include_url=False, include_input=False, include_context=False)
        raise Unusable(
            *(f"{'/'.join(str(part) for part in one['loc'])}: {one['msg']}" for one in shown[:_MOST_PROBLEMS])
        ) from None
    except InvalidInput as error:
        raise Unusable(error.message, *(f"{each.pointer}: {each.detail}" for each in error.details)) from None
    return RuleProposal(
        name=draft.name, content=draft.content(), base=wish.base, repaired=repaired, call_id=said.call_id
    )


async def _told(core: Core, scope: Scope, wish: RuleWish) -> str:
    metrics: list[str] = []
    if scope.allows(Permission.INVENTORY_READ):
        async with core.db.transaction(scope) as session:
            metrics = sorted((await inventory.read_catalog(session, scope)).metrics)[:_MOST_METRICS]
    body = {"description": masked(wish.text), "metrics": metrics, "document_to_change": wish.base}
    return orjson.dumps(body).decode()
