"""The kind `policy`: rules about how assets may be changed. What it may ask for: other people's approval, and saved
cases that pass."""

from typing import Annotated, Literal

from pydantic import BaseModel, Field, StringConstraints
from sqlalchemy.ext.asyncio import AsyncSession

from opsloom.assets.kinds import Kinds, PlainKind
from opsloom.assets.models import Asset
from opsloom.identity.permissions import Permission
from opsloom.identity.scope import Scope
from opsloom.kit.errors import FieldProblem, InvalidInput
from opsloom.kit.model import Name, Text, Wire

POLICY = "policy"


class ReviewPolicy(Wire):
    """Assets of these kinds and tags (empty: of all) go into force when `approvals` other people have agreed, and, where
    `green_cases` says so and the kind has saved cases, when all of them have passed on what is to be published."""

    type: Literal["review"] = "review"
    kinds: list[Annotated[Text, StringConstraints(min_length=1, max_length=60)]] = Field(
        default_factory=list, max_length=50
    )
    tags: list[Name] = Field(default_factory=list, max_length=50)
    approvals: Annotated[int, Field(ge=0, le=5)] = 1
    green_cases: bool = False

    def covers(self, asset: Asset) -> bool:
        """Whether the asset's publication is its business."""
        of_kind = not self.kinds or asset.kind in self.kinds
        return of_kind and (not self.tags or not set(self.tags).isdisjoint(asset.tags))


class PolicyKind(PlainKind):
    """Written by administrators: whoever is bound by a policy must not be able to take it away."""

    name = POLICY
    model: type[BaseModel] = ReviewPolicy
    read = Permission.ASSETS_READ
    write = Permission.SYSTEM_WRITE

    def __init__(self, kinds: Kinds) -> None:
        self._kinds = kinds

    async def check(self, session: AsyncSession, scope: Scope, asset: Asset, content: BaseModel) -> None:
        """Raises InvalidInput for kinds that this installation does not have: the policy would hold for nothing."""
        del session, scope, asset
        assert isinstance(content, ReviewPolicy)
        unknown = [place for place, name in enumerate(content.kinds) if name not in self._kinds]
        if unknown:
            known = ", ".join(each.name for each in self._kinds)
            details = [
                FieldProblem(pointer=f"/kinds/{place}", detail=f"There is no such kind. Kinds are: {known}.")
                for place in unknown
            ]
            raise InvalidInput("A kind of asset is not known.", details=details, hint="See `errors`.")
