"""`/public/{tenant}/{path}`: published APIs that anybody may call.

Invariant: nothing answers here unless three people agreed to it: the operator named the tenant in `OPSLOOM_PUBLIC_APIS`, the
API's author made it public, and somebody who may change the server's settings published it. Taking any of the three back
closes it. Whatever is not open answers as if it did not exist, in another tenant as in this one.
"""

from collections.abc import Sequence
from uuid import UUID

from fastapi import APIRouter
from sqlalchemy import text
from starlette.requests import Request
from starlette.responses import Response

from opsloom.apis.errors import no_such_path
from opsloom.apis.runtime import respond
from opsloom.identity.access import network_of
from opsloom.identity.permissions import Permission
from opsloom.identity.scope import ANONYMOUS, Scope
from opsloom.infra.core import Core
from opsloom.infra.db import Database
from opsloom.infra.telemetry import current_trace_id

router = APIRouter(tags=["runtime"])

_TENANT = text("select id from tenants where slug = :slug")


class PublicTenants:
    """The tenants whose APIs may be public, by the slugs in the settings. Nothing else a caller names is looked up."""

    def __init__(self, db: Database, slugs: Sequence[str]) -> None:
        self._db = db
        self._slugs = frozenset(slugs)
        self._known: dict[str, UUID] = {}

    async def find(self, slug: str) -> UUID | None:
        """The tenant, when the operator has allowed it."""
        if slug not in self._slugs:
            return None
        if slug not in self._known:
            async with self._db.transaction(Scope.outside()) as session:
                found = (await session.execute(_TENANT, {"slug": slug})).scalar_one_or_none()
            if found is None:
                return None
            self._known[slug] = found
        return self._known[slug]

    async def allow(self, tenant_id: UUID) -> bool:
        """Whether the tenant is one of them."""
        return tenant_id in [await self.find(slug) for slug in self._slugs]


async def call_public_api(request: Request) -> Response:
    """Run a public API of the tenant, with nobody's rights and within its limits for one network address."""
    core: Core = request.app.state.core
    tenant_id = await core.part(PublicTenants).find(request.path_params["tenant"])
    if tenant_id is None:
        raise no_such_path()
    scope = Scope(tenant_id, ANONYMOUS, frozenset({Permission.APIS_RUN}), current_trace_id() or "")
    return await respond(request, scope, network_of(request))


router.add_route("/public/{tenant}/{path:path}", call_public_api, methods=["GET", "POST"], name="call_public_api")
