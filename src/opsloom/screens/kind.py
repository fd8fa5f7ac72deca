"""The kind `screen` of the asset registry."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import BaseModel
from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from opsloom.assets.kinds import Breaking, Hits, Link, PlainKind
from opsloom.assets.service import Asset
from opsloom.identity.permissions import Permission
from opsloom.identity.scope import Scope
from opsloom.infra.aside import Aside
from opsloom.kit.errors import FieldProblem
from opsloom.screens.document.screen import Screen
from opsloom.screens.errors import AddressTaken, ScreenRefused
from opsloom.screens.expressions import unreadable_expressions
from opsloom.screens.gate.finding import Finding, Level
from opsloom.screens.gate.judge import judge
from opsloom.screens.links import links
from opsloom.screens.models import ScreenAddress


class ScreenKind(PlainKind):
    """In force only if it passes the gate; then it answers at its address."""

    name = "screen"
    model: type[BaseModel] = Screen
    read = Permission.SCREENS_READ
    write = Permission.SCREENS_WRITE

    def __init__(self, aside: Aside) -> None:
        self._aside = aside

    def links(self, content: BaseModel) -> Sequence[Link]:
        assert isinstance(content, Screen)
        return list(links(content))

    def breaking(self, before: BaseModel, after: BaseModel) -> Sequence[Breaking]:
        """Whoever leads here notices another address, and a parameter that has become due."""
        assert isinstance(before, Screen)
        assert isinstance(after, Screen)
        found = []
        if before.slug != after.slug:
            found.append(Breaking("address", f"its address changes from /s/{before.slug} to /s/{after.slug}"))
        due = {each.name for each in before.parameters if each.required}
        found += [
            Breaking(f"parameter.{each.name}", f"the parameter “{each.name}” has become due", Hits.OTHERS)
            for each in after.parameters
            if each.required and each.name not in due
        ]
        return found

    async def findings(self, screen: Screen) -> list[Finding]:
        """All that the gate finds, errors first. Raises ExpressionTooCostly."""
        return [*await unreadable_expressions(self._aside, screen), *judge(screen)]

    async def check(self, session: AsyncSession, scope: Scope, asset: Asset, content: BaseModel) -> None:
        """Raises ScreenRefused with every error and its place."""
        assert isinstance(content, Screen)
        errors = [each for each in await self.findings(content) if each.level is Level.ERROR]
        if errors:
            details = [FieldProblem(pointer=each.pointer, detail=each.message) for each in errors]
            raise ScreenRefused(errors[0].message, details=details, hint="See `errors`.")

    async def published(self, session: AsyncSession, scope: Scope, asset: Asset, content: BaseModel) -> None:
        """Take the address. Raises AddressTaken."""
        assert isinstance(content, Screen)
        await self.withdrawn(session, scope, asset)
        claim = insert(ScreenAddress).values(tenant_id=scope.tenant_id, slug=content.slug, screen_id=asset.id)
        claimed = await session.execute(claim.on_conflict_do_nothing().returning(ScreenAddress.screen_id))
        if claimed.scalar_one_or_none() is None:
            holder = await session.scalar(
                select(Asset.name)
                .join(ScreenAddress, ScreenAddress.screen_id == Asset.id)
                .where(ScreenAddress.slug == content.slug)
            )
            raise AddressTaken(
                f"“{holder}” is already published at /s/{content.slug}.",
                hint="Choose another slug, or unpublish that one first.",
            )

    async def withdrawn(self, session: AsyncSession, scope: Scope, asset: Asset) -> None:
        """Free the address."""
        await session.execute(delete(ScreenAddress).where(ScreenAddress.screen_id == asset.id))
