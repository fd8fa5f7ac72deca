"""What is written down about items, as conditions: "in Busan", "Ubuntu servers", "more than 16 cores", "owned by payments". Pure.

Invariant: a condition is made only of an attribute and a value that some item of the tenant really has; a word that is neither stays
unknown, so that no filter is dropped without being said.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from uuid import UUID

from opsloom.ask.language.entities import squeeze
from opsloom.ask.language.lexicon import FoundCue
from opsloom.ask.language.words import CueKind, lexicon
from opsloom.ask.plan import Filter
from opsloom.inventory.schemas import Scalar

_WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:/-]*|[가-힣]+")
_MOST_WORDS = 4
_MOST_VALUES = 200  # an attribute with more is a name or a number, not a class
_NOT_CLASSES = frozenset({"monitored", "kernel", "boot_time"})
_GRAINS = frozenset({"hourly", "daily", "weekly", "monthly", "yearly"})  # the grain of a series before anything else
_PLAIN = frozenset(lexicon())


@dataclass(frozen=True)
class Held:
    """A stretch of text that is a value of an attribute; several values when the words name a family ("Ubuntu")."""

    key: str
    values: tuple[str, ...]
    start: int
    end: int

    def filter(self, *, negated: bool = False) -> Filter:
        if len(self.values) == 1:
            return Filter(field=f"attribute:{self.key}", op="!=" if negated else "=", value=self.values[0])
        return Filter(field=f"attribute:{self.key}", op="in", value=list(self.values))


@dataclass(frozen=True)
class AttributeBook:
    """The attributes of a tenant's items: who has what, and which words name a value."""

    of: Mapping[UUID, Mapping[str, Scalar]] = field(default_factory=dict)
    keys: frozenset[str] = frozenset()
    values: Mapping[str, tuple[tuple[str, str], ...]] = field(default_factory=dict)  # squeezed → (key, value)
    families: Mapping[str, tuple[tuple[str, str], ...]] = field(default_factory=dict)  # first word → (key, value)

    def find(self, text: str) -> list[Held]:
        """Values in a text, longest first, without overlaps. Words that mean something else as well are left to the cues."""
        words = [(match.start(), match.end()) for match in _WORD.finditer(text)]
        found: list[Held] = []
        place = 0
        while place < len(words):
            held, used = self._longest(text, words, place)
            if held is not None:
                found.append(held)
            place += used
        return found

    def _longest(self, text: str, words: list[tuple[int, int]], place: int) -> tuple[Held | None, int]:
        start = words[place][0]
        for count in range(min(_MOST_WORDS, len(words) - place), 0, -1):
            end = words[place + count - 1][1]
            key = squeeze(text[start:end])
            hits = self.values.get(key, ())
            if not hits and count == 1 and key not in _PLAIN:
                hits = self.families.get(key, ())
            if hits and (key not in _PLAIN or count > 1) and key not in _GRAINS:
                return _held(hits, start, end), count
        return None, 1

    def of_word(self, word: str, start: int, end: int) -> Held | None:
        """The values that a word of the vocabulary stands for ("서울": what begins with seoul)."""
        hits = self.values.get(squeeze(word), ()) or self.families.get(squeeze(word), ())
        return _held(hits, start, end) if hits else None

    def with_value(self, value: str) -> tuple[str, str] | None:
        """The attribute that has this value, if one does."""
        hits = self.values.get(squeeze(value), ())
        return hits[0] if hits else None

    def matching(self, items: Iterable[UUID], filters: Iterable[Filter]) -> tuple[UUID, ...]:
        """The items that meet all conditions on attributes."""
        conditions = [(one.field.removeprefix("attribute:"), one) for one in filters]
        return tuple(
            item for item in items if all(_meets(self.of.get(item, {}).get(key), one) for key, one in conditions)
        )


def _held(hits: tuple[tuple[str, str], ...], start: int, end: int) -> Held:
    key = hits[0][0]
    return Held(key, tuple(sorted({value for one, value in hits if one == key})), start, end)


def _meets(value: Scalar, wanted: Filter) -> bool:
    match wanted.op:
        case "=":
            return value is not None and str(value) == str(wanted.value)
        case "!=":
            return str(value) != str(wanted.value)
        case "in":
            return isinstance(wanted.value, list) and str(value) in wanted.value
        case _:
            return _ordered(value, wanted)


def _ordered(value: Scalar, wanted: Filter) -> bool:
    if not isinstance(value, int | float) or not isinstance(wanted.value, int | float):
        return False
    return {
        ">": value > wanted.value,
        ">=": value >= wanted.value,
        "<": value < wanted.value,
        "<=": value <= wanted.value,
    }.get(wanted.op, False)


def attribute_book(items: Iterable[tuple[UUID, Mapping[str, Scalar]]]) -> AttributeBook:
    """Indexes the attributes of items; cost grows with their number."""
    of = dict(items)
    held: dict[str, dict[str, None]] = {}
    for attributes in of.values():
        for key, value in attributes.items():
            if isinstance(value, str) and value and key not in _NOT_CLASSES:
                held.setdefault(key, {})[value] = None
    values: dict[str, list[tuple[str, str]]] = {}
    families: dict[str, list[tuple[str, str]]] = {}
    for key, listed in held.items():
        if len(listed) > _MOST_VALUES:
            continue
        for value in listed:
            values.setdefault(squeeze(value), []).append((key, value))
            first = re.split(r"[\s-]", value.casefold(), maxsplit=1)[0]
            if len(first) > 2 and first.isalpha():
                families.setdefault(first, []).append((key, value))
    keys = frozenset(key for attributes in of.values() for key in attributes)
    return AttributeBook(
        of, keys, {word: tuple(found) for word, found in values.items()},
        {word: tuple(found) for word, found in families.items()},
    )  # fmt: skip


def attribute_cues(cues: Iterable[FoundCue], book: AttributeBook) -> list[FoundCue]:
    """The cues that name an attribute the tenant has."""
    return [one for one in cues if one.cue.kind is CueKind.ATTRIBUTE and one.cue.value in book.keys]
