"""Finds the content words of a question and says which of the rest were not understood.

Invariant: every letter of the text ends up in exactly one of: a region consumed before (name, time), a cue, filler, or an unknown word; so
coverage is a statement about the whole text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from opsloom.ask.language.words import FILLER_EN, FILLER_KO, Cue, lexicon

_HANGUL = "가-힣ㄱ-ㅎㅏ-ㅣ"
_PIECE = re.compile(rf"[{_HANGUL}]+|[A-Za-z]+(?:'[a-z]+)?|\d+(?:\.\d+)?%?|[^\W\d_]+")
_LONGEST_FILLER = max(map(len, FILLER_KO))
_LONGEST_RUN = 40
BLANK = " "


@dataclass(frozen=True)
class FoundCue:
    cue: Cue
    start: int
    end: int
    text: str


@dataclass(frozen=True)
class Words:
    cues: tuple[FoundCue, ...]
    unknown: tuple[str, ...]
    numbers: tuple[str, ...]
    understood: int  # content words read as something

    def coverage(self) -> float:
        """Understood content words over all content words; 1 for a text without any."""
        total = self.understood + len(self.unknown)
        return self.understood / total if total else 1.0


@cache
def _table() -> tuple[re.Pattern[str], dict[str, Cue]]:
    """One pattern for all words. Where two groups could match at one place the one with the longer words stands first."""
    words = lexicon()
    groups: dict[str, list[str]] = {"mixed": [], "korean": [], "lone": [], "english": []}
    for word in sorted(words, key=len, reverse=True):
        groups[_group(word)].append(_body(word))
    pattern = "|".join(
        (
            f"(?<![A-Za-z])(?:{'|'.join(groups['mixed'])})",
            f"(?:{'|'.join(groups['korean'])})",
            f"(?<![{_HANGUL}])(?:{'|'.join(groups['lone'])})",
            f"(?<![A-Za-z0-9])(?:{'|'.join(groups['english'])})(?![A-Za-z0-9])",
        )
    )
    return re.compile(pattern, re.IGNORECASE), {_key(word): cue for word, cue in words.items()}


def _is_hangul(char: str) -> bool:
    return "가" <= char <= "힣" or "ㄱ" <= char <= "ㅣ"


def _group(word: str) -> str:
    """A one-syllable word must not begin inside another, nor one that begins like the particle 이."""
    if not any(map(_is_hangul, word)):
        return "english"
    if not _is_hangul(word[0]):
        return "mixed"
    return "lone" if len(word.replace(" ", "")) == 1 or word[0] == "이" else "korean"


def _key(word: str) -> str:
    lowered = word.lower().split()
    return "".join(lowered) if any(map(_is_hangul, word)) else " ".join(lowered)


def _body(word: str) -> str:
    """Spacing is free inside a Korean term."""
    return re.escape(word).replace(r"\ ", r"\s?" if any(map(_is_hangul, word)) else r"\s")


def blank(text: str, spans: Iterable[tuple[int, int]]) -> str:
    """The text with regions blanked out, same length."""
    chars = list(text)
    for start, end in spans:
        chars[start:end] = BLANK * (end - start)
    return "".join(chars)


def find_cues(text: str) -> list[FoundCue]:
    """Content words in reading order, longest first where they overlap."""
    pattern, words = _table()
    return [
        FoundCue(words[_key(match.group())], match.start(), match.end(), match.group())
        for match in pattern.finditer(text)
    ]


def read_words(text: str, consumed: Iterable[tuple[int, int]]) -> Words:
    """Cues and unknown words of what the regions consumed before leave over; each of those regions counts as one understood word."""
    regions = list(consumed)
    rest = blank(text, regions)
    cues = find_cues(rest)
    rest = blank(rest, [(one.start, one.end) for one in cues])
    unknown: list[str] = []
    numbers: list[str] = []
    for match in _PIECE.finditer(rest):
        piece = match.group()
        if piece[0].isdigit():
            numbers.append(piece)
        elif not _is_filler(piece):
            unknown.append(piece)
    return Words(tuple(cues), tuple(unknown), tuple(numbers), len(cues) + len(regions))


def _is_filler(piece: str) -> bool:
    if "가" <= piece[0] <= "힣":
        return _is_korean_filler(piece)
    return piece.lower() in FILLER_EN


def _is_korean_filler(run: str) -> bool:
    """Whether function words, endings and particles make up the whole run."""
    if len(run) > _LONGEST_RUN:
        return False
    reachable = [True, *([False] * len(run))]
    for end in range(1, len(run) + 1):
        reachable[end] = any(
            reachable[start] and run[start:end] in FILLER_KO for start in range(max(0, end - _LONGEST_FILLER), end)
        )
    return reachable[len(run)]
