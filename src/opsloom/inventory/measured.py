"""Items that are known by what others measure of them: found by type and name, or made."""

from collections.abc import Collection
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import func, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from opsloom.identity.scope import Scope
from opsloom.inventory import repository
from opsloom.inventory.errors import SampleRefused
from opsloom.inventory.models import ConfigurationItem
from opsloom.kit.ids import new_id

MOST_ITEMS: Final = 10_000
"""So many items at most are made for a tenant because somebody measures them: a sender with a new name every minute is held."""

TypeAndName = tuple[str, str]


async def measured_items(
    session: AsyncSession, scope: Scope, wanted: Collection[TypeAndName], source: str, now: datetime
) -> dict[TypeAndName, UUID]:
    """The live item of each type and name, the oldest of several; what is not there is made. Raises SampleRefused."""
    of = ConfigurationItem
    query = select(of.type, of.name, of.id).where(of.retired_at.is_(None), tuple_(of.type, of.name).in_(list(wanted)))
    rows = (await session.execute(query.order_by(of.id.desc()))).all()
    found: dict[TypeAndName, UUID] = {(row[0], row[1]): row[2] for row in rows}
    missing = sorted(set(wanted) - found.keys())
    if not missing:
        return found
    made = await session.scalar(select(func.count()).select_from(of).where(of.source == source))
    if (made or 0) + len(missing) > MOST_ITEMS:
        raise SampleRefused(
            f"More than {MOST_ITEMS} items would be known only by their metrics.",
            hint="Send metrics under names that do not change, or retire items that are gone.",
        )
    keys = {f"{kind}:{name}": (kind, name) for kind, name in missing}
    await repository.upsert_items(
        session,
        [
            {
                "tenant_id": scope.tenant_id, "id": new_id(), "key": key, "type": kind, "name": name,
                "display_name": {"en": name, "ko": name}, "aliases": [], "addresses": [], "attributes": {},
                "source": source, "created_at": now, "updated_at": now,
            }
            for key, (kind, name) in keys.items()
        ],
    )  # fmt: skip
    ids = await repository.ids_by_key(session, list(keys))
    return found | {keys[key]: item_id for key, item_id in ids.items()}
