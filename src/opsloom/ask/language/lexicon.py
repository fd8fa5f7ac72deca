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
    words = lexicon()
    patterns = [_pattern(word) for word in sorted(words, key=len, reverse=True)]
    return re.compile("|".join(patterns), re.IGNORECASE), {_key(word): cue for word, cue in words.items()}


def _key(word: str) -> str:
    return "".join(word.lower().split()) if re.search(f"[{_HANGUL}]", word) else " ".join(word.lower().split())


def _pattern(word: str) -> str:
    escaped = re.escape(word).replace(r"\ ", " ")
    if re.search(f"[{_HANGUL}]", word):
        # Korean spacing is free inside a term, and a one-syllable word must not begin inside another.
        body = escaped.replace(" ", r"\s?")
        lone = len(word.replace(" ", "")) == 1 or word[0] == "이"
        left = f"(?<![{_HANGUL}])" if lone else ("(?<![A-Za-z])" if word[0].isascii() else "")
        return left + body
    return r"(?<![A-Za-z0-9])" + escaped.replace(" ", r"\s") + r"(?![A-Za-z0-9])"


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
