"""Puts the rules that come with Opsloom into a tenant. What is there already stays as people have made it."""

from collections.abc import Iterator, Sequence
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncSession

from opsloom.assets import service as assets
from opsloom.assets.code.reading import read
from opsloom.identity.scope import Scope
from opsloom.rules.document import RuleDocument
from opsloom.rules.kind import RULE

COMPANY: Final = "company"
"""A rule of each kind, over what the made-up company reports."""
ITSELF: Final = "itself"
"""What Opsloom reports of itself."""


def paths(folder: str) -> Sequence[Traversable]:
    """The files of a folder, by name."""
    found = (files(__package__) / folder).iterdir()
    return sorted((one for one in found if one.name.endswith(".test.yaml")), key=lambda one: one.name)


def _rules(folder: str) -> Iterator[dict[str, Any]]:
    """Those that join others last: a rule is published after what it names."""
    written = [read(one.name, one.read_text(encoding="utf-8")).value["rule"] for one in paths(folder)]
    return iter(sorted(written, key=lambda rule: rule["kind"] == "composite"))


async def load(session: AsyncSession, scope: Scope, folders: Sequence[str] = (COMPANY, ITSELF)) -> int:
    """Publishes what is missing, or asks for a review where a policy wants one; how many rules were made."""
    made = 0
    for rule in (each for folder in folders for each in _rules(folder)):
        key, name = rule.pop("key"), rule.pop("name")
        if await assets.by_key(session, RULE, key) is not None:
            continue
        content = RuleDocument.model_validate(rule).model_dump(mode="json")
        asset = await assets.create_draft(session, scope, RULE, name, content, key=key, tags=["example"])
        await assets.publish_or_ask(session, scope, RULE, asset)
        made += 1
    return made
