"""All parts of the gate together."""

from __future__ import annotations

from opsloom.screens.document.screen import Screen
from opsloom.screens.gate.bindings import bindings
from opsloom.screens.gate.budget import budget
from opsloom.screens.gate.finding import Finding, Level
from opsloom.screens.gate.labels import labels
from opsloom.screens.gate.safety import safety
from opsloom.screens.gate.structure import structure

MOST_FINDINGS = 500


def judge(screen: Screen) -> list[Finding]:
    """What is wrong, errors first and in the order of the document; at most 500 findings."""
    found = [finding for part in (structure, bindings, safety, budget, labels) for finding in part(screen)]
    return sorted(found, key=lambda each: each.level is not Level.ERROR)[:MOST_FINDINGS]
