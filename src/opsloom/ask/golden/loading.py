"""Puts the golden questions about the made-up company into a tenant. What is there already stays as people have made it."""

from sqlalchemy.ext.asyncio import AsyncSession

from opsloom.ask.golden import files
from opsloom.ask.golden.kind import GOLDEN
from opsloom.assets import service as assets
from opsloom.identity.scope import Scope


async def load(session: AsyncSession, scope: Scope) -> int:
    """Publishes what is missing, or asks for a review where a policy wants one; how many were made."""
    made = 0
    for one in files.demo():
        if await assets.by_key(session, GOLDEN, one.key) is not None:
            continue
        name = f"{one.golden.question[:160]} ({one.key})"
        content = one.golden.model_dump(mode="json")
        tags = ["example", one.golden.category]
        asset = await assets.create_draft(session, scope, GOLDEN, name, content, key=one.key, tags=tags)
        await assets.publish_or_ask(session, scope, GOLDEN, asset)
        made += 1
    return made
