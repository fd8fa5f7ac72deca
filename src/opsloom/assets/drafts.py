"""What a draft is made of: a name and a key nobody else of the kind has, content in the kind's form, its links."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from opsloom.assets import links, repository
from opsloom.assets.content import read_content, read_key, slug_of, source_hash
from opsloom.assets.errors import KeyTaken, NameTaken, StaleDraft
from opsloom.assets.kinds import Kind, Link
from opsloom.assets.models import Asset
from opsloom.identity.scope import Scope

_KEYS_TRIED = 1_000


async def write(
    session: AsyncSession, scope: Scope, kind: Kind, asset: Asset, content: Mapping[str, Any]
) -> list[Link]:
    """Put content into the draft; the answer is to be stored as the draft's links. Raises InvalidInput, ReferenceInvalid.

    Assets that the content names by id it names by key from here on: ids mean nothing in another tenant.
    """
    read = read_content(kind, content)
    found = links.extract(kind, read)
    stored, translated = await links.by_key(session, read.model_dump(mode="json"), found)
    if translated:
        found = links.extract(kind, read_content(kind, stored))
    asset.draft = stored
    asset.draft_hash = source_hash(kind, stored)
    asset.draft_by = scope.actor.user_id
    return found


async def new_key(session: AsyncSession, kind: Kind, name: str, wanted: str | None) -> str:
    """The key of a new asset: the one asked for, or one made of its name. Raises KeyInvalid, KeyTaken, NameTaken."""
    await free_name(session, kind, name, None)
    if wanted is not None:
        holder = await repository.named(session, kind.name, read_key(wanted))
        if holder is not None:
            raise KeyTaken(f"The {kind.name} “{holder.name}” has the key {wanted}.", hint="Choose another key.")
        return wanted
    slug = slug_of(name)
    holder = await repository.named(session, kind.name, slug)
    if holder is not None and slug_of(holder.name) == slug:
        raise _taken(kind, name)
    # Its holder was renamed since: the name is free, the key is not.
    for number in range(2, _KEYS_TRIED):
        if holder is None:
            return slug
        slug = f"{slug_of(name)[:70]}-{number}"
        holder = await repository.named(session, kind.name, slug)
    raise _taken(kind, name)


async def free_name(session: AsyncSession, kind: Kind, name: str, asset: Asset | None) -> None:
    """Raises NameTaken when another live asset of the kind has this name, in whatever case."""
    other = await repository.called(session, kind.name, name)
    if other is not None and (asset is None or other.id != asset.id):
        raise _taken(kind, name)


def stale(
    asset: Asset, base_revision: int, change: tuple[str, Mapping[str, Any]], about: Mapping[str, object]
) -> StaleDraft:
    """The refusal of a save that would undo somebody else's, with both sides."""
    name, content = change
    theirs = {
        "name": asset.name,
        "description": asset.description,
        "tags": asset.tags,
        "content": asset.draft,
        "revision": asset.draft_revision,
        "saved_at": asset.updated_at.isoformat(),
        "saved_by": asset.updated_by,
    }
    yours = {
        "name": name,
        "description": about.get("description", asset.description),
        "tags": about.get("tags", asset.tags),
        "content": content,
    }
    return StaleDraft(
        f"{asset.updated_by} saved revision {asset.draft_revision}; you edited revision {base_revision}.",
        hint="Load it again, bring your change in, and save with the new revision.",
        extensions={"yours": yours, "theirs": theirs, "base_revision": base_revision},
    )


def plain_tags(tags: Iterable[str]) -> list[str]:
    """Each tag once, in the order given."""
    return list(dict.fromkeys(tags))


def _taken(kind: Kind, name: str) -> NameTaken:
    return NameTaken(f"There is already a {kind.name} named “{name}”.", hint="Choose another name.")
