"""What a transaction may see, for the few places where that changes inside one transaction: a log-in that has proven
an account, a user who enters another tenant of his, a tenant that is being created."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

_SET = text("select set_config(:name, :value, true)")
_TENANT = text("select current_setting('opsloom.tenant', true)")
_USER = text("select current_setting('opsloom.user', true)")


async def claim_login(session: AsyncSession, email: str) -> None:
    """Accounts with this address become visible, so that a password can be compared."""
    await session.execute(_SET, {"name": "opsloom.login", "value": email})


async def claim_user(session: AsyncSession, user_id: UUID) -> None:
    """The account, its memberships and its sessions become visible."""
    await session.execute(_SET, {"name": "opsloom.user", "value": str(user_id)})


@asynccontextmanager
async def as_user(session: AsyncSession, user_id: UUID) -> AsyncIterator[None]:
    """`claim_user` for the statements inside the block."""
    before = (await session.execute(_USER)).scalar_one()
    await claim_user(session, user_id)
    yield
    await session.execute(_SET, {"name": "opsloom.user", "value": before or ""})


@asynccontextmanager
async def inside_tenant(session: AsyncSession, tenant_id: UUID) -> AsyncIterator[None]:
    """Statements inside the block run in `tenant_id`; afterwards the transaction is where it was."""
    before = (await session.execute(_TENANT)).scalar_one()
    if before == str(tenant_id):
        yield
        return
    await session.flush()
    await session.execute(_SET, {"name": "opsloom.tenant", "value": str(tenant_id)})
    yield
    await session.flush()
    await session.execute(_SET, {"name": "opsloom.tenant", "value": before or ""})
