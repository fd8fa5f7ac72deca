"""What the words of operations questions mean, in both languages.

A cue is a kind and a value. Korean words are matched inside longer runs (particles follow without a space), English ones between word
boundaries. The longest word wins, so "디스크 여유 공간" is not a "디스크".
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from enum import StrEnum
from importlib.resources import files
from typing import Any, Final


class CueKind(StrEnum):
    METRIC = "metric"  # value: canonical metric
    METRIC_GROUP = "metric_group"  # value: a word that could be several metrics
    AGGREGATE = "aggregate"
    EXTREME = "extreme"  # value: max or min; the most of a ranking, or the most a value reached
    ITEM_TYPE = "item_type"  # value: comma-separated types
    ITEMS = "items"  # "things in the inventory"
    ALERTS = "alerts"
    EVENTS = "events"
    STATE = "state"  # value: comma-separated alert states
    SEVERITY = "severity"
    RELATIONS = "relations"  # value: a view, or a verb whose direction the sentence tells
    HERE = "here"
    MOST = "most"
    LEAST = "least"
    WHICH = "which"
    COUNT = "count"
    LIST = "list"
    SERIES = "series"
    COMPARE = "compare"
    STATUS = "status"
    NEWEST = "newest"
    WHEN = "when"
    BY_ITEM = "by_item"
    GREETING = "greeting"
    THANKS = "thanks"
    HELP = "help"
    NOT_YET = "not_yet"  # value: what it would take
    HAPPENING = "happening"  # value: comma-separated prefixes of event types
    RESULT = "result"  # value: how a work ended
    RATE = "rate"  # value: the result whose share is meant
    SHARE = "share"
    DURATION = "duration"
    LONGEST = "longest"  # value: asc or desc
    FIELD = "field"  # value: what happenings are grouped by or asked for
    CAUSE = "cause"
    DIRECT = "direct"
    TRANSITIVE = "transitive"
    WHY = "why"
    SYMPTOM = "symptom"  # value: the metric that shows it, if one does
    CORRELATE = "correlate"
    HYPOTHESIS = "hypothesis"
    ATTRIBUTE = "attribute"  # value: its name
    VALUE = "value"  # value: how an attribute's value begins
    OLDEST = "oldest"
    NOT = "not"
    DIDNT = "didnt"
    THOSE = "those"  # value: strong when only an earlier question can be meant
    ALSO = "also"
    ONLY = "only"
    DOCUMENT = "document"
    FILLER = "filler"


@dataclass(frozen=True)
class Cue:
    kind: CueKind
    value: str = ""


# What to read instead where an item has no series of the metric asked for.
FALLBACKS: Final[dict[str, tuple[str, ...]]] = {
    "cpu.usage": ("process.cpu_usage",),
    "memory.usage": ("process.resident_bytes",),
}


def _load(name: str) -> dict[str, Any]:
    return tomllib.loads((files("opsloom.ask.language") / name).read_text(encoding="utf-8"))


_BOOKS: Final = (_load("vocabulary.toml"), _load("happenings.toml"))
_CUES: Final = [entry for book in _BOOKS for entry in book["cue"]]
FILLER_EN: Final = frozenset(word for book in _BOOKS for word in book["filler"]["en"])
FILLER_KO: Final = frozenset(word for book in _BOOKS for word in book["filler"]["ko"])
# A word that could be several metrics, and which.
METRIC_GROUPS: Final[dict[str, tuple[str, ...]]] = {
    entry["value"]: tuple(entry["members"]) for entry in _CUES if entry["kind"] == CueKind.METRIC_GROUP
}


def lexicon() -> dict[str, Cue]:
    """Every content word in lower case with what it means."""
    return {
        word: Cue(CueKind(entry["kind"]), entry.get("value", ""))
        for entry in _CUES
        for word in (*entry["en"], *entry["ko"])
    }
