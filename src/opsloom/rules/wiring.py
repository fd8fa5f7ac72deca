"""Puts the rule engine together for one process; the composition root calls it."""

from collections.abc import Sequence

from opsloom.infra.core import Component, Core
from opsloom.rules.engine import RuleEngine


def components(core: Core) -> Sequence[Component]:
    """What an engine process runs."""
    return [RuleEngine(core)]
