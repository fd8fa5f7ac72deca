"""What a kind of asset brings along. Domains above implement it and add it to `Kinds`; the registry itself knows none."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncSession

from opsloom.assets.errors import KindUnknown
from opsloom.assets.models import Asset
from opsloom.identity.permissions import Permission
from opsloom.identity.scope import Scope


@dataclass(frozen=True, slots=True)
class Link:
    """Content at `pointer` uses the asset `kind`/`key`. `needs` names the parts of it that are relied on
    (`parameter.host`, `column.value`); empty means: it is not known which, so any breaking change counts."""

    kind: str
    key: str
    role: str
    pointer: str
    needs: tuple[str, ...] = ()


class Hits(StrEnum):
    """Whom a breaking change hits: those that rely on the part, or those that leave it out (a value that has become due)."""

    USERS = "users"
    OTHERS = "others"


@dataclass(frozen=True, slots=True)
class Breaking:
    """A change that somebody who uses `part` would notice, with the sentence that says why."""

    part: str
    reason: str
    hits: Hits = Hits.USERS

    def breaks(self, needs: Collection[str]) -> bool:
        """Whether a link with these needs would notice; one whose needs are not known counts as hit."""
        return not needs or (self.part in needs) == (self.hits is Hits.USERS)


class Kind(Protocol):
    """`name` is stored with each asset; `model` reads and writes its content; `read` and `write` guard it."""

    @property
    def name(self) -> str: ...

    @property
    def model(self) -> type[BaseModel]: ...

    @property
    def read(self) -> Permission: ...

    @property
    def write(self) -> Permission: ...

    @property
    def derived(self) -> Collection[str]:
        """Top-level fields that `check` fills in when the content is published; people do not write them."""
        ...

    def links(self, content: BaseModel) -> Sequence[Link]:
        """What this content uses, in the order it stands there."""
        ...

    def breaking(self, before: BaseModel, after: BaseModel) -> Sequence[Breaking]:
        """What a dependant of `before` could notice once `after` is in force."""
        ...

    async def check(self, session: AsyncSession, scope: Scope, asset: Asset, content: BaseModel) -> None:
        """Before publishing: raise if this content could not work (InvalidInput with pointers, Conflict)."""
        ...

    async def published(self, session: AsyncSession, scope: Scope, asset: Asset, content: BaseModel) -> None:
        """After the pointer moved (publish, rollback), in the same transaction."""
        ...

    async def withdrawn(self, session: AsyncSession, scope: Scope, asset: Asset) -> None:
        """After it was unpublished or archived, in the same transaction."""
        ...


class PlainKind:
    """What a kind does that uses nothing, breaks nobody and keeps nothing beside its versions."""

    derived: Collection[str] = ()

    def links(self, content: BaseModel) -> Sequence[Link]:
        del content
        return ()

    def breaking(self, before: BaseModel, after: BaseModel) -> Sequence[Breaking]:
        del before, after
        return ()

    async def check(self, session: AsyncSession, scope: Scope, asset: Asset, content: BaseModel) -> None:
        """Valid content is good enough."""

    async def published(self, session: AsyncSession, scope: Scope, asset: Asset, content: BaseModel) -> None:
        """Nothing follows it."""

    async def withdrawn(self, session: AsyncSession, scope: Scope, asset: Asset) -> None:
        """Nothing followed it."""


class Kinds:
    """Every kind of this installation, by name; a part of the core."""

    def __init__(self) -> None:
        self._by_name: dict[str, Kind] = {}

    def add(self, kind: Kind) -> None:
        """Called by the wiring of the domain that owns the kind."""
        if kind.name in self._by_name:
            raise ValueError(f"the kind {kind.name} is there already")
        self._by_name[kind.name] = kind

    def named(self, name: str) -> Kind:
        """Raises KindUnknown."""
        kind = self._by_name.get(name)
        if kind is None:
            known = ", ".join(sorted(self._by_name))
            raise KindUnknown(f"There is no kind of asset called “{name}”.", hint=f"Kinds are: {known}.")
        return kind

    def __contains__(self, name: str) -> bool:
        return name in self._by_name

    def __iter__(self) -> Iterator[Kind]:
        return iter(sorted(self._by_name.values(), key=lambda kind: kind.name))


class Gate(Protocol):
    """What may hold a publication up beside what a kind itself checks. Raises OpsloomError."""

    async def __call__(
        self, session: AsyncSession, scope: Scope, kind: Kind, asset: Asset, content: BaseModel
    ) -> None: ...
