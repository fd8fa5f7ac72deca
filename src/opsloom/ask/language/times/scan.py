"""Turns text into time atoms: every rule of both languages looks over the whole text, then the leftmost and longest reading wins."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from opsloom.ask.language.times.meaning import Atom, Meaning


@dataclass(frozen=True)
class Rule:
    pattern: re.Pattern[str]
    read: Callable[[re.Match[str]], Meaning | None]  # None: it looked like a match and is not


def word_rule(pattern: str, meaning: Meaning) -> Rule:
    return Rule(re.compile(pattern, re.IGNORECASE), lambda _match: meaning)


def scan(text: str, rules: Iterable[Rule]) -> list[Atom]:
    """Non-overlapping atoms in reading order. Cost: rules x length, so callers bound the length."""
    found: list[tuple[int, int, int, Atom]] = []
    for order, rule in enumerate(rules):
        for match in rule.pattern.finditer(text):
            if match.end() == match.start():
                continue
            meaning = rule.read(match)
            if meaning is not None:
                found.append((match.start(), -match.end(), order, Atom(meaning, match.start(), match.end())))
    found.sort(key=lambda entry: entry[:3])
    atoms: list[Atom] = []
    reached = 0
    for start, _end, _order, atom in found:
        if start >= reached:
            atoms.append(atom)
            reached = atom.end
    return atoms
