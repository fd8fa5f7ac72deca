"""The kind `api` of the asset registry."""

from collections.abc import Awaitable, Callable, Sequence
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from opsloom.apis import compatibility
from opsloom.apis.engines.protocol import Engine
from opsloom.apis.engines.sql import refused
from opsloom.apis.errors import PathTaken
from opsloom.apis.links import links
from opsloom.apis.logic import WriteLogic
from opsloom.apis.models import ApiPath
from opsloom.apis.published import Published
from opsloom.apis.schemas import ApiDefinition, Audience
from opsloom.apis.sql.guard import Finding
from opsloom.assets.kinds import Breaking, Gate, Link, PlainKind
from opsloom.assets.service import Asset
from opsloom.identity.errors import PermissionMissing
from opsloom.identity.permissions import Permission
from opsloom.identity.scope import Scope


class ApiKind(PlainKind):
    """Checks what is published, keeps paths unique, and tells this process at once (others hear it by NOTIFY)."""

    name = "api"
    model: type[BaseModel] = ApiDefinition
    read = Permission.APIS_READ
    write = Permission.APIS_WRITE
    derived = ("output",)

    def __init__(self, engines: dict[str, Engine]) -> None:
        self._engines = engines
        self._published: Published | None = None
        self._gate: Gate | None = None
        self._may_be_public: Callable[[UUID], Awaitable[bool]] | None = None

    def hold_up(self, gate: Gate) -> None:
        """What else must agree before something goes into force."""
        self._gate = gate

    def open_to(self, allows: Callable[[UUID], Awaitable[bool]]) -> None:
        """Which tenants may have public APIs."""
        self._may_be_public = allows

    def tell(self, published: Published) -> None:
        """Whom to tell of changes; the two know each other."""
        self._published = published

    def links(self, content: BaseModel) -> Sequence[Link]:
        assert isinstance(content, ApiDefinition)
        return list(links(content))

    def breaking(self, before: BaseModel, after: BaseModel) -> Sequence[Breaking]:
        assert isinstance(before, ApiDefinition)
        assert isinstance(after, ApiDefinition)
        return list(compatibility.breaking(before, after))

    async def check(self, session: AsyncSession, scope: Scope, asset: Asset, content: BaseModel) -> None:
        """Judge the logic; what it gives becomes part of the version. Raises LogicRefused, and what the gate raises."""
        assert isinstance(content, ApiDefinition)
        if content.auth.callers is Audience.PUBLIC:
            await self._refuse_public(scope, content)
        validation = await self._engines[content.logic.type].validate(content, scope)
        if validation.findings:
            raise refused(validation.findings)
        if self._gate is not None:
            await self._gate(session, scope, self, asset, content)
        content.output = list(validation.output) or None

    async def _refuse_public(self, scope: Scope, content: ApiDefinition) -> None:
        """Raises LogicRefused, PermissionMissing."""
        if isinstance(content.logic, WriteLogic):
            told = "what changes rows is not for anybody: it asks for a caller who may"
            raise refused((Finding("public_changes", told, pointer="/auth/callers"),))
        if self._may_be_public is None or not await self._may_be_public(scope.tenant_id):
            told = "public APIs are not allowed for this tenant; the operator names it in OPSLOOM_PUBLIC_APIS"
            raise refused((Finding("public_not_allowed", told, pointer="/auth/callers"),))
        if not scope.allows(Permission.SYSTEM_WRITE):
            raise PermissionMissing(
                f"Publishing an API that anybody may call needs the permission {Permission.SYSTEM_WRITE.value}.",
                hint="Ask an administrator to publish it.",
            )

    async def published(self, session: AsyncSession, scope: Scope, asset: Asset, content: BaseModel) -> None:
        """Take the path. Raises PathTaken."""
        assert isinstance(content, ApiDefinition)
        await session.execute(delete(ApiPath).where(ApiPath.api_id == asset.id))
        claim = insert(ApiPath).values(tenant_id=scope.tenant_id, shape=content.path_shape, api_id=asset.id)
        claimed = await session.execute(claim.on_conflict_do_nothing().returning(ApiPath.api_id))
        if claimed.scalar_one_or_none() is None:
            taken_by = await session.scalar(
                select(Asset.name)
                .join(ApiPath, ApiPath.api_id == Asset.id)
                .where(ApiPath.shape == content.path_shape, Asset.tenant_id == scope.tenant_id)
            )
            raise PathTaken(
                f"“{taken_by}” is already published at /runtime/{content.path}.",
                hint="Choose another path, or unpublish that one first.",
            )
        self._forget(scope)

    async def withdrawn(self, session: AsyncSession, scope: Scope, asset: Asset) -> None:
        """Free the path."""
        await session.execute(delete(ApiPath).where(ApiPath.api_id == asset.id))
        self._forget(scope)

    def _forget(self, scope: Scope) -> None:
        if self._published is not None:
            self._published.forget(scope.tenant_id)
