"""Kinds and files made for these tests, and the product's own kinds with content of every shape."""

from collections.abc import Collection, Sequence
from typing import Annotated, Literal

from pydantic import BaseModel, Field
from sqlalchemy.ext.asyncio import AsyncSession

from opsloom.assets.kinds import Breaking, Kinds, Link, PlainKind
from opsloom.assets.service import Asset
from opsloom.identity.permissions import Permission
from opsloom.identity.scope import Scope
from opsloom.kit.errors import FieldProblem, InvalidInput
from opsloom.kit.model import Text, Wire


class Webhook(Wire):
    type: Literal["webhook"] = "webhook"
    url: str
    secret: dict[str, str] | None = None


class Inside(Wire):
    type: Literal["inside"] = "inside"


class Part(Wire):
    """A part of something; may use others."""

    uses: list[Text] = Field(default_factory=list)
    text: Text = ""
    level: float = 1.0
    flags: dict[str, bool] = Field(default_factory=dict)
    target: Annotated[Webhook | Inside, Field(discriminator="type")] = Inside()
    made: str | None = None


class PartKind(PlainKind):
    """`refuse` names texts that cannot be published. Users that rely on the level notice when it changes."""

    name = "part"
    model: type[BaseModel] = Part
    read = Permission.RULES_READ
    write = Permission.RULES_WRITE
    derived: Collection[str] = ("made",)

    def __init__(self, refuse: Collection[str] = ("refused",)) -> None:
        self.refuse = set(refuse)
        self.published_texts: list[str] = []

    def links(self, content: BaseModel) -> Sequence[Link]:
        assert isinstance(content, Part)
        needs = ("level",) if content.flags.get("relies") else ("other",)
        return [Link("part", key, "uses", f"/uses/{place}", needs) for place, key in enumerate(content.uses)]

    def breaking(self, before: BaseModel, after: BaseModel) -> Sequence[Breaking]:
        assert isinstance(before, Part)
        assert isinstance(after, Part)
        return [Breaking("level", "Its level is another.")] if before.level != after.level else []

    async def check(self, session: AsyncSession, scope: Scope, asset: Asset, content: BaseModel) -> None:
        assert isinstance(content, Part)
        if content.text in self.refuse:
            problem = FieldProblem(pointer="/text", detail="This text is refused.", code="refused")
            raise InvalidInput("The part cannot be published.", details=[problem])
        content.made = f"made of {content.text}"

    async def published(self, session: AsyncSession, scope: Scope, asset: Asset, content: BaseModel) -> None:
        assert isinstance(content, Part)
        self.published_texts.append(content.text)


def part_kinds(kind: PartKind | None = None) -> Kinds:
    kinds = Kinds()
    kinds.add(kind or PartKind())
    return kinds


def part_file(key: str, content: str = "{}", name: str | None = None) -> str:
    """A file of a part; `content` is YAML in one line."""
    return f"kind: part\nkey: {key}\nname: {name or key}\ncontent: {content}\n"


def part_files(**contents: str) -> dict[str, str]:
    """Files by key."""
    return {f"part/{key}.yaml": part_file(key, content) for key, content in contents.items()}
