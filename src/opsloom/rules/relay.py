"""From what rules decide to what composite rules see: a fact for each member it concerns, in order of the times decided about."""

from collections.abc import Iterable
from typing import Final
from uuid import UUID

from opsloom.rules.checks import DECISION
from opsloom.rules.document import CompositeRule
from opsloom.rules.facts import Fact
from opsloom.rules.lifecycle import Change
from opsloom.rules.program import Program
from opsloom.rules.run import Found

_TOLD: Final = frozenset({Change.FIRED, Change.RESOLVED})


class Relay:
    """Which composite rules of a running set wait for which rules."""

    def __init__(self) -> None:
        self._waiting: dict[str, list[tuple[UUID, str]]] = {}

    def add(self, program: Program) -> None:
        """A rule that joins others wants to hear of them."""
        if isinstance(program.rule, CompositeRule):
            for member in program.rule.members:
                self._waiting.setdefault(member.rule, []).append((program.rule_id, member.name))

    def remove(self, program: Program) -> None:
        """It hears of nothing any more."""
        if isinstance(program.rule, CompositeRule):
            for waiting in self._waiting.values():
                waiting[:] = [one for one in waiting if one[0] != program.rule_id]

    def facts(self, found: Iterable[Found]) -> list[Fact]:
        """What composite rules are told of decisions."""
        if not self._waiting:
            return []
        facts = [
            fact_of(one, rule_id, name)
            for one in found
            if one.decision.change in _TOLD
            for rule_id, name in self._waiting.get(one.program.key, ())
        ]
        return sorted(facts, key=lambda fact: fact.time)


def fact_of(found: Found, rule_id: UUID, name: str) -> Fact:
    """A decision as a composite rule sees it that calls its rule so."""
    key, labels = found.table.texts[found.code], found.table.labels[found.code]
    decision = found.decision
    return Fact(
        time=decision.at,
        ref=f"decision:{found.program.rule_id}:{decision.change}:{decision.at}",
        source=f"rule:{rule_id}",
        type=DECISION,
        subject=found.program.name,
        attrs={**labels, **found.program.rule.labels},
        data={"member": name, "key": key, "firing": decision.change is Change.FIRED},
        item_id=found.table.items.get(found.code),
    )
