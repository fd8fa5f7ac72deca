"""The kind `prompt` of the asset registry, and which prompt is in force for a purpose."""

from dataclasses import dataclass
from typing import Final

from pydantic import BaseModel, ValidationError
from sqlalchemy.ext.asyncio import AsyncSession

from opsloom.ask.plan import Language
from opsloom.ask.prompts.builtin import TEXTS
from opsloom.ask.prompts.content import PromptContent
from opsloom.ask.prompts.purposes import Purpose
from opsloom.assets import service as assets
from opsloom.assets.kinds import PlainKind
from opsloom.assets.service import Asset
from opsloom.identity.permissions import Permission
from opsloom.identity.scope import Scope
from opsloom.kit.errors import Conflict


class OneInForce(Conflict):
    """Another asset of the kind is in force for the same purpose."""

    code, title = "one_in_force", "Only one can be in force"


@dataclass(frozen=True)
class Prompt:
    """The text to say; `key` is None for the built-in one."""

    text: str
    key: str | None = None
    version: int | None = None


class PromptKind(PlainKind):
    """What is published is used by the next question."""

    name = "prompt"
    model: type[BaseModel] = PromptContent
    read = Permission.ASSETS_READ
    write = Permission.ASSETS_WRITE

    async def check(self, session: AsyncSession, scope: Scope, asset: Asset, content: BaseModel) -> None:
        """Raises OneInForce."""
        del scope
        assert isinstance(content, PromptContent)
        for other, version in await assets.list_published(session, self):
            if other.id == asset.id:
                continue
            same = (version.content.get("purpose"), version.content.get("language", "any"))
            if same == (content.purpose.value, content.language):
                raise OneInForce(
                    f"“{other.name}” is in force for {content.purpose} in the same language.",
                    hint="Edit that one, or take it out of force first.",
                )


PROMPT: Final = PromptKind()


async def in_force(session: AsyncSession, purpose: Purpose, language: Language) -> Prompt:
    """The published prompt for the language, else the one for any, else the built-in text."""
    found: dict[str, Prompt] = {}
    for asset, version in await assets.list_published(session, PROMPT):
        try:
            content = PromptContent.model_validate(version.content)
        except ValidationError:  # of an older shape: the registry lists it with its fault, and the built-in text serves
            continue
        if content.purpose is purpose:
            found[content.language] = Prompt(content.text, asset.slug, version.version)
    return found.get(language.value) or found.get("any") or Prompt(TEXTS[purpose])
