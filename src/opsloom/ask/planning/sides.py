"""Questions with two sides ("this week and last week", "web-01 vs web-02", "심각 알림 비율"): each is the question read with less. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from opsloom.ask.language.words import CueKind
from opsloom.ask.planning.reading import Reading

_SPLIT_BY_CUE = (CueKind.SEVERITY, CueKind.RESULT, CueKind.HAPPENING, CueKind.ITEM_TYPE)
_NARROWING = (CueKind.SEVERITY, CueKind.STATE, CueKind.RESULT)


@dataclass(frozen=True)
class Side:
    name: str
    reading: Reading


def two_sides(reading: Reading, now: datetime) -> tuple[Side, Side] | None:
    """The two readings that a comparison is between, older period first; None when nothing is compared."""
    if len(reading.windows) == 2 and not reading.has(CueKind.SERIES):
        first, second = sorted(reading.windows, key=lambda one: (one.start or now, one.end or now))
        rest = tuple(one for one in reading.times if one not in (first, second))
        return (
            Side(first.phrase, replace(reading, times=(first, *rest))),
            Side(second.phrase, replace(reading, times=(second, *rest))),
        )
    if not reading.has(CueKind.COMPARE):
        return None
    return _of_items(reading) or _of_values(reading) or _of_cues(reading)


def _of_items(reading: Reading) -> tuple[Side, Side] | None:
    links = list({link.items[0][0]: link for link in reading.links if len(link.items) == 1}.values())
    if len(links) != 2:
        return None
    one, two = links
    return (
        Side(one.items[0][1], replace(reading, links=(one,))),
        Side(two.items[0][1], replace(reading, links=(two,))),
    )


def _of_values(reading: Reading) -> tuple[Side, Side] | None:
    """ "servers in Seoul and in Busan": two values of one attribute."""
    if len(reading.held) != 2 or reading.held[0].key != reading.held[1].key:
        return None
    one, two = reading.held
    return (
        Side(", ".join(one.values), replace(reading, held=(one,))),
        Side(", ".join(two.values), replace(reading, held=(two,))),
    )


def _of_cues(reading: Reading) -> tuple[Side, Side] | None:
    """ "failed and successful deployments", "servers and databases"."""
    for kind in _SPLIT_BY_CUE:
        cues = list({cue.cue.value: cue for cue in reading.cues if cue.cue.kind is kind}.values())
        if len(cues) == 2:
            one, two = (
                replace(reading, cues=tuple(cue for cue in reading.cues if cue.cue.value != other.cue.value))
                for other in (cues[1], cues[0])
            )
            return Side(cues[0].text, one), Side(cues[1].text, two)
    return None


def whole_of(reading: Reading) -> Reading | None:
    """What a share is of: the question without what narrows it; None when nothing does."""
    narrowing = [kind for kind in _NARROWING if reading.has(kind)]
    if narrowing:
        return without(reading, *narrowing)
    if reading.has(CueKind.HAPPENING) and reading.has(CueKind.EVENTS):
        return without(reading, CueKind.HAPPENING)
    if reading.held:
        return replace(reading, held=())
    if reading.links or reading.carried:
        return replace(reading, links=(), carried=())
    return None


def without(reading: Reading, *kinds: CueKind) -> Reading:
    """The reading as if words of these kinds were not there."""
    return replace(reading, cues=tuple(cue for cue in reading.cues if cue.cue.kind not in kinds))


def narrowed_by(reading: Reading) -> str:
    """The words that make the part of a whole."""
    words = [cue.text for cue in reading.cues if cue.cue.kind in (*_NARROWING, CueKind.RATE)]
    words = words or [cue.text for cue in reading.cues if cue.cue.kind is CueKind.HAPPENING]
    return " ".join(dict.fromkeys(words or [value for one in reading.held for value in one.values]))
