"""The model planner as the pipeline of questions calls it: with what this caller may use, and without ever raising."""

from collections.abc import Collection, Sequence

from opsloom.ask.blocks import Answer, AssetUse
from opsloom.ask.language.normalise import normalise
from opsloom.ask.llm.calls import Models, Terms
from opsloom.ask.llm.offer import ModelQuestion
from opsloom.ask.llm.planner import Attempt, ModelPlanner
from opsloom.ask.llm.wording import ModelWords
from opsloom.ask.pipeline import Asked, ModelPlan
from opsloom.ask.plan import Language, Planned, Refusal
from opsloom.ask.planning.world import World
from opsloom.ask.prompts.purposes import Purpose
from opsloom.ask.validate import Policy, Usable
from opsloom.connections.catalog import service as catalogs
from opsloom.identity.permissions import Permission
from opsloom.identity.scope import Scope
from opsloom.infra.core import Core
from opsloom.infra.telemetry import get_logger, note_failure
from opsloom.kit.errors import OpsloomError
from opsloom.kit.model import JsonObject
from opsloom.tools.schemas import BuiltinLogic, Capability
from opsloom.tools.service import Tools

_MOST_TABLES = 40
_MOST_COLUMNS = 40
_LONGEST = 500
_log = get_logger(__name__)


class ModelDecider:
    """What the pipeline calls `ModelPlanner`."""

    def __init__(self, core: Core, policy: Policy, kinds: Collection[str]) -> None:
        self._core, self._kinds = core, frozenset(kinds)
        self._planner = ModelPlanner(core.part(Models), policy)
        self._words = ModelWords(core.part(Models))

    async def decide(self, scope: Scope, asked: Asked, world: World) -> ModelPlan:
        """The model's plan, or why there is none; a refusal of the model's own leaves the other planner's decision as it is."""
        language = Language.KO if normalise(asked.text[:200]).korean else Language.EN
        try:
            if await self._core.part(Models).terms(scope, (Purpose.PLAN,), language) is None:
                return ModelPlan(None, Attempt.why)
            attempt = await self._planner.attempt(scope, await self._question(scope, asked, world), language)
        except OpsloomError as error:
            note_failure("llm.decide", error)
            _log.warning("llm.decide_failed", code=error.code, cause=error.message)
            return ModelPlan(None, error.message)
        used = _used(attempt.terms) if attempt.terms is not None else ()
        if isinstance(attempt.decision, Planned):
            return ModelPlan(attempt.decision, assets=used)
        if isinstance(attempt.decision, Refusal):
            return ModelPlan(None, f"the model refused: {attempt.decision.reason.value}", used)
        return ModelPlan(None, attempt.why, used)

    async def reword(self, scope: Scope, answer: Answer) -> tuple[Answer, str]:
        """Our answer in the model's words where a policy wants that and every fact stands; else ours, and why."""
        made = await self._words.reword(scope, answer)
        return made.answer, made.outcome

    async def _question(self, scope: Scope, asked: Asked, world: World) -> ModelQuestion:
        tools = await self._tools(scope)
        tables = await self._tables(scope)
        return ModelQuestion(
            text=asked.text,
            world=world,
            now=asked.now,
            zone=asked.zone,
            kinds=self._kinds,
            usable=Usable(
                apis=frozenset(),  # one that is to be used is exported as a tool, which says when to use it
                tools=frozenset(str(tool["tool"]) for tool in tools),
                connections=frozenset(str(table["connection"]) for table in tables),
            ),
            previous=asked.previous,
            tools=tools,
            tables=tables,
        )

    async def _tools(self, scope: Scope) -> Sequence[JsonObject]:
        """The tools of the registry that this caller may run and that change nothing; what is built in are steps of their own."""
        offers = await self._core.part(Tools).offers(scope)
        return [
            {
                "tool": offer.key,
                "description": offer.content.description[:_LONGEST],
                "when_to_use": offer.content.when_to_use[:_LONGEST],
                "arguments": offer.content.input_schema,
            }
            for offer in offers
            if Capability.READ_ONLY in offer.content.capabilities and not isinstance(offer.content.logic, BuiltinLogic)
        ]

    async def _tables(self, scope: Scope) -> Sequence[JsonObject]:
        """The enabled tables of published catalogs, for a caller who may use connections."""
        if not scope.allows(Permission.CONNECTIONS_READ):
            return []
        async with self._core.db.looking(scope) as session:
            spoken = await catalogs.vocabulary(session, scope, limit=_MOST_TABLES)
        return [
            {
                "connection": each.connection,
                "table": f"{table.schema_name}.{table.name}",
                "columns": {column.name: column.type for column in table.columns[:_MOST_COLUMNS]},
            }
            for each in spoken
            for table in each.tables
        ]


def _used(terms: Terms) -> tuple[AssetUse, ...]:
    """The prompt and the policy that the plan rests on."""
    found = [AssetUse(kind="model_policy", name=terms.in_force.key, version=terms.in_force.version)]
    prompt = terms.prompts[Purpose.PLAN]
    if prompt.key is not None and prompt.version is not None:
        found.append(AssetUse(kind="prompt", name=prompt.key, version=prompt.version))
    return tuple(found)
