"""The kind `model_policy`: which models may be asked for what, within which time and budget. Without one in force, none is."""

from dataclasses import dataclass
from typing import Annotated, Final

from pydantic import BaseModel, Field, ValidationError
from sqlalchemy.ext.asyncio import AsyncSession

from opsloom.ask.prompts.kind import OneInForce
from opsloom.ask.prompts.purposes import Purpose
from opsloom.assets import service as assets
from opsloom.assets.errors import AssetNotFound, NotPublished
from opsloom.assets.kinds import Link, PlainKind
from opsloom.assets.service import Asset
from opsloom.connections.service import ConnectionType
from opsloom.identity.permissions import Permission
from opsloom.identity.scope import Scope
from opsloom.kit.errors import FieldProblem, InvalidInput
from opsloom.kit.model import Text, Wire

LONGEST_S: Final = 5.0
Key = Annotated[Text, Field(min_length=1, max_length=200, description="Key of a connection of type `model`.")]


class ModelPolicy(Wire):
    """The content of an asset of kind `model_policy`. A day is one of UTC; costs are in US dollars."""

    model: Key
    fallback_model: Key | None = None
    planning: Annotated[
        bool, Field(description="Questions that the grammar does not cover may be planned by a model.")
    ] = True
    rephrasing: Annotated[bool, Field(description="A model may reword answers; numbers, dates and names stay.")] = False
    drafting: Annotated[bool, Field(description="A model may draft rules from a description.")] = False
    deadline_s: Annotated[float, Field(ge=0.1, le=LONGEST_S)] = 4.0
    draft_deadline_s: Annotated[float, Field(ge=0.1, le=120)] = 45.0
    answer_tokens: Annotated[int, Field(ge=100, le=16_000, description="Of one answer, at most.")] = 2000
    tokens_per_day: Annotated[int, Field(ge=0, le=1_000_000_000)] = 200_000
    cost_per_day: Annotated[float | None, Field(ge=0, le=1_000_000)] = None
    keep_text: Annotated[bool, Field(description="Prompts and answers are kept in the log, masked.")] = True

    def allows(self, purpose: Purpose) -> bool:
        """Whether a model may be asked for it."""
        match purpose:
            case Purpose.PLAN | Purpose.REPAIR:
                return self.planning
            case Purpose.REPHRASE:
                return self.rephrasing
            case _:
                return self.drafting

    @property
    def connections(self) -> tuple[str, ...]:
        """The model, then the one that is asked when it fails."""
        return (self.model,) if self.fallback_model is None else (self.model, self.fallback_model)


@dataclass(frozen=True)
class InForce:
    """The policy that holds, and which version of what it is."""

    policy: ModelPolicy
    key: str
    version: int


class ModelPolicyKind(PlainKind):
    """Written by administrators: it spends money and sends what people ask to somebody else."""

    name = "model_policy"
    model: type[BaseModel] = ModelPolicy
    read = Permission.ASSETS_READ
    write = Permission.SYSTEM_WRITE

    def links(self, content: BaseModel) -> list[Link]:
        assert isinstance(content, ModelPolicy)
        found = [Link("connection", content.model, "asks", "/model")]
        if content.fallback_model is not None:
            found.append(Link("connection", content.fallback_model, "falls back to", "/fallback_model"))
        return found

    async def check(self, session: AsyncSession, scope: Scope, asset: Asset, content: BaseModel) -> None:
        """Raises OneInForce, InvalidInput where a connection is not there or no model's."""
        del scope
        assert isinstance(content, ModelPolicy)
        for other, _version in await assets.list_published(session, self):
            if other.id != asset.id:
                raise OneInForce(f"“{other.name}” is in force.", hint="Edit that one, or take it out of force first.")
        for pointer, key in (("/model", content.model), ("/fallback_model", content.fallback_model)):
            if key is not None and not await _is_model(session, key):
                problem = FieldProblem(pointer=pointer, detail="no connection of type model in force", code="reference")
                raise InvalidInput(
                    f"There is no language model “{key[:100]}” in force.",
                    details=[problem],
                    hint="Publish a connection of type model first.",
                )


MODEL_POLICY: Final = ModelPolicyKind()


async def in_force(session: AsyncSession) -> InForce | None:
    """The policy that holds; None: no model is asked."""
    for asset, version in await assets.list_published(session, MODEL_POLICY):
        try:
            return InForce(ModelPolicy.model_validate(version.content), asset.slug, version.version)
        except ValidationError:  # of an older shape: the registry lists it with its fault; nothing is asked under it
            continue
    return None


async def _is_model(session: AsyncSession, key: str) -> bool:
    try:
        _asset, version = await assets.in_force(session, "connection", key)
    except (AssetNotFound, NotPublished):
        return False
    config = version.content.get("config")
    return isinstance(config, dict) and config.get("type") == ConnectionType.MODEL.value
