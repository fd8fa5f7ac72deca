"""Links that carry a right: what they say is sealed with the tenant's key for one purpose, so nobody reads it, changes it, or uses it
for anything else. The tenant's id before the seal only says whose key to take. What a link leads to, how long and how often, its
purpose decides.
"""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from opsloom.infra.secrets import Secrets, SecretText, SecretUnreadable


class LinkUnreadable(Exception):
    """The token was not made here, or not for this."""


async def seal(session: AsyncSession, secrets: Secrets, tenant_id: UUID, purpose: str, text: str) -> str:
    """A token that says `text`."""
    return f"{tenant_id.hex}.{await secrets.seal(session, tenant_id, purpose, SecretText(text))}"


def tenant_of(token: str) -> UUID:
    """Whose link it claims to be. Raises LinkUnreadable."""
    try:
        return UUID(hex=token.partition(".")[0])
    except ValueError:
        raise LinkUnreadable from None


async def read(session: AsyncSession, secrets: Secrets, purpose: str, token: str) -> str:
    """What a token says. Raises LinkUnreadable."""
    try:
        return (await secrets.open(session, tenant_of(token), purpose, token.partition(".")[2])).reveal()
    except SecretUnreadable:
        raise LinkUnreadable from None
