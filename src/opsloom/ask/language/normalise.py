"""The text of a question in one spelling, with codes protected.

Invariant: `masked` has the same length as `text` and differs only inside codes (`pay-db-01`, `10.0.0.7`), whose characters are replaced, so
that no grammar reads a time or a number out of a name.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

MAX_CHARS = 2000
MASK = "\ufffc"

_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
_QUOTES = str.maketrans({"\u2018": "'", "\u2019": "'", "\u201c": '"', "\u201d": '"', "\u301c": "~", "\u223c": "~"})
_INVISIBLE = frozenset("\u200b\u200c\u200d\u2060\ufeff\u00ad\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_ADDRESS = r"\d{1,3}(?:\.\d{1,3}){3}"
_JOINED = r"[A-Za-z0-9_]{1,60}(?:[-_./:][A-Za-z0-9_]{1,60}){1,12}"
_CODE = re.compile(
    rf"(?<![A-Za-z0-9]){_ADDRESS}(?![\d.])|(?<![A-Za-z0-9]){_JOINED}|(?<![A-Za-z0-9])[A-Za-z]{{2,40}}\d{{1,6}}(?![A-Za-z0-9])"
)
_TIME_LIKE = re.compile(
    r"\d{1,4}[-/.:]\d{1,2}(?:[-/.:]\d{1,2})?(?:T\d{1,2}:\d{2}(?::\d{2})?)?Z?"
    r"|(?:\w+-)?\d*-?(?:seconds?|secs?|minutes?|mins?|hours?|hrs?|days?|weeks?|months?|years?)(?:-\w+)?"
    r"|\d{1,2}-\d{1,2}|(?:[A-Z][a-z]+/[A-Z][A-Za-z_]+)",
    re.IGNORECASE,
)
_WORD_PAIRS = re.compile(r"[A-Za-z]+(?:[-/][A-Za-z]+)+")
_PERCENTILE = re.compile(r"p\d{2}", re.IGNORECASE)
_HANGUL = re.compile(r"[가-힣ㄱ-ㅎㅏ-ㅣ]")
_ENGLISH_GRAMMAR = re.compile(
    r"\b(?:what|which|how|when|where|who|why|show|list|is|are|was|were|the|of|in|on|for|and|did|does|do|has|have|give|tell|me|last|between|from|since)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Code:
    text: str
    start: int
    end: int


@dataclass(frozen=True)
class Normalised:
    text: str
    masked: str
    codes: tuple[Code, ...]
    korean: bool  # the language to answer in


def clean(text: str) -> str:
    """NFC, half-width, one space between words, without control and invisible characters. Callers bound the length first."""
    text = unicodedata.normalize("NFC", text).translate(_FULL_WIDTH).translate(_QUOTES)
    kept = "".join(
        " " if unicodedata.category(char) in ("Cc", "Zl", "Zp", "Zs", "Cs") else char
        for char in text
        if char not in _INVISIBLE
    )
    return " ".join(kept.split())


def normalise(text: str) -> Normalised:
    """Cleans a question and finds its codes."""
    plain = clean(text[:MAX_CHARS])
    codes = tuple(find_codes(plain))
    masked = list(plain)
    for code in codes:
        masked[code.start : code.end] = MASK * (code.end - code.start)
    return Normalised(plain, "".join(masked), codes, is_korean(plain))


def find_codes(text: str) -> list[Code]:
    """Names and addresses that are written as codes. Dates, clock times and plain hyphenated English are not."""
    found = []
    for match in _CODE.finditer(text):
        word = match.group().rstrip("./:")
        if not any(char.isalpha() for char in word) and not re.fullmatch(_ADDRESS, word):
            continue
        if _TIME_LIKE.fullmatch(word) or _PERCENTILE.fullmatch(word):
            continue
        found.append(Code(word, match.start(), match.start() + len(word)))
    return found


def is_plain_words(code: str) -> bool:
    """Whether a code could as well be hyphenated English: then it is no proof of a name that must exist."""
    return _WORD_PAIRS.fullmatch(code) is not None


def is_korean(text: str) -> bool:
    """The language to answer in: Korean as soon as its grammar is there, unless English grammar words outnumber its words."""
    if not _HANGUL.search(text):
        return False
    korean_words = sum(1 for word in text.split() if _HANGUL.search(word))
    return korean_words >= len(_ENGLISH_GRAMMAR.findall(text))
