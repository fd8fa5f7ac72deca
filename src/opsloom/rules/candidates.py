"""A document ready to be tried although it is not in force, with the rules that it joins."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from opsloom.assets import service as assets
from opsloom.rules.document import AnyRule, CompositeRule, RuleDocument
from opsloom.rules.errors import RuleInvalid
from opsloom.rules.kind import RULE
from opsloom.rules.model import FactSource
from opsloom.rules.program import Identity, Program, compile_rule

MOST_MEMBERS: Final = 60


@dataclass(frozen=True)
class Candidate:
    """A document ready to be tried, with the rules it joins."""

    rule: Program
    members: Sequence[Program]

    @property
    def sources(self) -> Sequence[FactSource]:
        """Which facts have to be read for it."""
        programs = self.members if isinstance(self.rule.rule, CompositeRule) else (self.rule,)
        return [program.source for program in programs]


async def candidate(session: AsyncSession, rule: AnyRule, identity: Identity) -> Candidate:
    """A document and, if it joins others, the published documents of those. Raises ConditionInvalid, RuleInvalid."""
    members: dict[str, Program] = {}
    wanted = [member.rule for member in rule.members] if isinstance(rule, CompositeRule) else []
    while wanted:
        key = wanted.pop()
        if key in members:
            continue
        if len(members) >= MOST_MEMBERS:
            raise RuleInvalid(f"It joins more than {MOST_MEMBERS} rules.")
        members[key], inner = await _member(session, key)
        wanted += inner
    return Candidate(compile_rule(rule, identity), list(reversed(members.values())))


async def _member(session: AsyncSession, key: str) -> tuple[Program, list[str]]:
    asset = await assets.by_key(session, RULE, key)
    if asset is None:
        raise RuleInvalid(f"There is no rule with the key {key}.")
    content = asset.draft
    if asset.published_version is not None:
        content = (await assets.get_version(session, asset.id, asset.published_version)).content
    rule = RuleDocument.model_validate(content).root
    inner = [member.rule for member in rule.members] if isinstance(rule, CompositeRule) else []
    return compile_rule(rule, Identity(asset.id, asset.published_version or 0, asset.name, key=key)), inner
