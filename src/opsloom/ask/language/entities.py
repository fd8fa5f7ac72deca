"""Names in a question, linked to items.

Invariant (the digit guard): a name is linked only to an item whose digit groups are exactly those of the text. `web-13`
never becomes `web-12`, however similar they look. Exact matches of names, aliases and addresses come first; near matches
need a clear lead over the next item, else the asker chooses.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from rapidfuzz import fuzz, process

from opsloom.ask.language.normalise import Code, clean, is_plain_words
from opsloom.ask.language.words import lexicon

MAX_WORDS = 5
CUTOFF = 82.0
CUTOFF_HANGUL = 86.0
LEAD = 4.0
SUGGESTIONS = 5
MOST_PARTS = 10
_WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:/-]*|[가-힣]+|/[A-Za-z0-9_./-]*")
_NUMBERED = re.compile(r"[\s_-]*\d+(?:\s?호기|번)?$")
_PARTS = re.compile(r"[a-z]+|[가-힣]+")
_DIGITS = re.compile(r"\d+")
_PARTICLES = (
    *(
        "에서의",
        "에서는",
        "으로는",
        "이랑",
        "에는",
        "하고",
        "에게",
        "까지",
        "부터",
        "보다",
        "에서",
        "으로",
        "이나",
        "상의",
    ),
    *("은", "는", "이", "가", "을", "를", "의", "에", "로", "와", "과", "랑", "도", "만", "나", "들", "쪽", "측", "별"),
)
_PLAIN_WORDS = frozenset(lexicon())


@dataclass(frozen=True)
class Name:
    item_id: UUID
    item: str
    type: str
    text: str
    key: str
    letters: str  # the key with syllables taken apart


@dataclass(frozen=True)
class Link:
    """A stretch of text and the items it may mean, best first: one item is certain, several are a choice, none is an unknown name."""

    text: str
    start: int
    end: int
    items: tuple[tuple[UUID, str, str], ...]  # id, name, type
    score: float = 100.0
    suggestions: tuple[tuple[UUID, str, str], ...] = ()


def squeeze(text: str) -> str:
    """One spelling for names that differ in case, spaces and separators only; between digits a separator keeps its meaning."""
    lowered = clean(text).casefold()
    return re.sub(r"(?<!\d)[\s_-]+|[\s_-]+(?!\d)", "", lowered)


def spelt(text: str) -> str:
    """The letters of a name, Korean syllables taken apart: one wrong letter is a small difference in every script."""
    return unicodedata.normalize("NFD", squeeze(text))


def digits(text: str) -> tuple[str, ...]:
    """The digit groups of a name, leading zeros dropped: `web-01` and `web1` are the same server."""
    return tuple(group.lstrip("0") or "0" for group in _DIGITS.findall(text))


class NameIndex:
    """All names of a tenant's items, ready for look-up."""

    def __init__(self, names: Iterable[tuple[UUID, str, str, Sequence[str]]]) -> None:
        self.names: list[Name] = []
        self._exact: dict[str, dict[UUID, Name]] = {}
        for item_id, item, kind, spellings in names:
            for spelling in spellings:
                key = squeeze(spelling)
                if len(key) < 2 or spelling.casefold() in _PLAIN_WORDS:
                    continue
                name = Name(item_id, item, kind, spelling, key, spelt(spelling))
                self.names.append(name)
                self._exact.setdefault(key, {}).setdefault(item_id, name)
        self._by_digits: dict[tuple[str, ...], list[int]] = {}
        self._by_stem: dict[str, dict[UUID, Name]] = {}
        self._by_word: dict[str, list[int]] = {}
        for place, name in enumerate(self.names):
            self._by_digits.setdefault(digits(name.text), []).append(place)
            stem = squeeze(_NUMBERED.sub("", name.text))
            if len(stem) > 1 and stem != name.key and _NUMBERED.sub("", name.text).casefold() not in _PLAIN_WORDS:
                self._by_stem.setdefault(stem, {}).setdefault(name.item_id, name)
            for word in _PARTS.findall(name.text.casefold()):
                self._by_word.setdefault(word, []).append(place)

    def exact(self, text: str) -> list[Name]:
        """Items that have exactly this name."""
        return list(self._exact.get(squeeze(text), {}).values())

    def family(self, text: str) -> list[Name]:
        """Items whose names are this and a number ("core-switch", "코어 스위치"), when there are several."""
        found = list(self._by_stem.get(squeeze(text), {}).values())
        return found if len(found) > 1 else []

    def meant_by(self, text: str) -> list[Name]:
        """The items of a family; those of a single word ("결제") also what else has it in its name."""
        found = self.family(text)
        others = self.holding(text) if found and " " not in text and "-" not in text else []
        return list({one.item_id: one for one in (*found, *others)}.values())

    def near(self, text: str) -> list[tuple[Name, float]]:
        """Items whose digit groups are the same and whose letters are close, best first, one entry an item."""
        key = spelt(text)
        places = self._by_digits.get(digits(text), [])
        cutoff = CUTOFF if key.isascii() else CUTOFF_HANGUL
        found = process.extract(
            key, [self.names[place].letters for place in places], scorer=fuzz.ratio, score_cutoff=cutoff, limit=20
        )
        best: dict[UUID, tuple[Name, float]] = {}
        for _key, score, index in found:
            name = self.names[places[index]]
            if name.item_id not in best or best[name.item_id][1] < score:
                best[name.item_id] = (name, score)
        return sorted(best.values(), key=lambda pair: -pair[1])

    def holding(self, word: str) -> list[Name]:
        """Items one of whose names has this word in it."""
        places = self._by_word.get(word.casefold(), ())
        return list({self.names[place].item_id: self.names[place] for place in places}.values())

    def similar(self, text: str) -> list[Name]:
        """Names to suggest for one that does not exist: digits may differ here, since nothing is decided."""
        found = process.extract(
            squeeze(text), [name.key for name in self.names], scorer=fuzz.ratio, score_cutoff=60, limit=20
        )
        return list({self.names[index].item_id: self.names[index] for _key, _score, index in found}.values())[
            :SUGGESTIONS
        ]


def link_exact(text: str, index: NameIndex) -> list[Link]:
    """Exact names, longest first, without overlaps."""
    words = [(match.start(), match.end()) for match in _WORD.finditer(text)]
    links: list[Link] = []
    place = 0
    while place < len(words):
        link, used = _longest(text, words, place, index)
        if link is not None:
            links.append(link)
        place += used
    return links


def _longest(text: str, words: list[tuple[int, int]], place: int, index: NameIndex) -> tuple[Link | None, int]:
    start = words[place][0]
    for count in range(min(MAX_WORDS, len(words) - place), 0, -1):
        for end in _ends(text, words[place + count - 1]):
            names = index.exact(text[start:end]) or index.meant_by(text[start:end])
            if names:
                return Link(text[start:end], start, end, _items(names[:MOST_PARTS])), count
    return None, 1


def _ends(text: str, word: tuple[int, int]) -> list[int]:
    """Where a name may end in its last word: at its end, or before a particle or a full stop."""
    start, end = word
    ends = [end]
    run = text[start:end]
    if run[-1] in ".:/":
        ends.append(start + len(run.rstrip(".:/")))
    ends += [end - len(particle) for particle in _PARTICLES if run.endswith(particle) and len(run) > len(particle)]
    return ends


def _items(names: Iterable[Name]) -> tuple[tuple[UUID, str, str], ...]:
    return tuple((name.item_id, name.item, name.type) for name in names)


def link_near(word: str, start: int, index: NameIndex) -> Link | None:
    """A misspelt name. Several items within the lead are a choice."""
    found: list[tuple[Name, float]] = []
    for end in _ends(word, (0, len(word))):
        found = index.near(word[:end])
        if found:
            word = word[:end]
            break
    if not found:
        return None
    best = found[0][1]
    close = [name for name, score in found if best - score < LEAD]
    return Link(word, start, start + len(word), _items(close[:SUGGESTIONS]), best)


def link_part(word: str, start: int, index: NameIndex) -> Link | None:
    """A word that is only a part of names ("결제", "pay"): those names are a choice, even a single one."""
    for end in _ends(word, (0, len(word))):
        names = index.holding(word[:end])
        if names:
            return Link(word[:end], start, start + end, (), 0.0, _items(names[:MOST_PARTS]))
    return None


def link_codes(codes: Sequence[Code], taken: Sequence[tuple[int, int]], index: NameIndex) -> list[Link]:
    """Codes that no exact name claimed: near names, or an unknown name with suggestions. Plain hyphenated English may stay unlinked."""
    links: list[Link] = []
    for code in codes:
        if any(start < code.end and code.start < end for start, end in taken):
            continue
        near = link_near(code.text, code.start, index)
        if near is not None:
            links.append(near)
        elif not is_plain_words(code.text) or index.similar(code.text):
            links.append(Link(code.text, code.start, code.end, (), 0.0, _items(index.similar(code.text))))
    return links
