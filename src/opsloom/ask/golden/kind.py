"""The kind `golden_question` of the asset registry."""

from __future__ import annotations

from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncSession

from opsloom.ask.golden.content import KIND, GoldenQuestion
from opsloom.assets.kinds import PlainKind
from opsloom.assets.service import Asset
from opsloom.identity.permissions import Permission
from opsloom.identity.scope import Scope
from opsloom.kit.errors import FieldProblem, InvalidInput


class GoldenKind(PlainKind):
    """What is published is asked by the next run."""

    name = KIND
    model: type[BaseModel] = GoldenQuestion
    read = Permission.ASSETS_READ
    write = Permission.ASSETS_WRITE

    async def check(self, session: AsyncSession, scope: Scope, asset: Asset, content: BaseModel) -> None:
        """Raises InvalidInput for a time zone that is not known, and for facts of the same name."""
        del session, scope, asset
        assert isinstance(content, GoldenQuestion)
        details = []
        try:
            ZoneInfo(content.zone)
        except (ZoneInfoNotFoundError, ValueError):
            details.append(FieldProblem(pointer="/zone", detail="There is no such time zone."))
        names = [fact.name for fact in content.expect.facts]
        details += [
            FieldProblem(pointer=f"/expect/facts/{place}/name", detail="Another fact has this name.")
            for place, name in enumerate(names)
            if name in names[:place]
        ]
        if details:
            raise InvalidInput("The golden question cannot be asked.", details=details, hint="See `errors`.")


GOLDEN: Final = GoldenKind()
