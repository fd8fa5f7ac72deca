"""Reads a question into slots: what was named, when, how much, and which words were not understood.

Order matters and is the same for both languages: thresholds, ranks and ordinals first (their numbers are no times), exact names and
values of attributes, times, content words, and only then near names among what is left.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from opsloom.ask.language.entities import Link, link_codes, link_exact, link_near, link_part
from opsloom.ask.language.lexicon import FoundCue, Words, blank, read_words
from opsloom.ask.language.normalise import Normalised
from opsloom.ask.language.times.grammar import find_times, find_zone
from opsloom.ask.language.times.match import TimeKind, TimeMatch
from opsloom.ask.language.words import Cue, CueKind
from opsloom.ask.planning.attributes import Held
from opsloom.ask.planning.ordinals import Nth, find_nth
from opsloom.ask.planning.previous import ALONE, Context
from opsloom.ask.planning.quantities import Rank, ThresholdText, find_count, find_rank, find_threshold
from opsloom.ask.planning.world import World
from opsloom.inventory.schemas import Aggregate

_CONTENT_WORD = re.compile(r"[A-Za-z][A-Za-z0-9]{3,}|[가-힣]{3,}")
_MOST_NEAR_TRIES = 12
# "this week compared to last week" is two times, not one that ends with the other
_COMPARED = re.compile(r"\b(?:compared?|relative)\s(?:to|with)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Reading:
    source: Normalised
    zone: ZoneInfo
    times: tuple[TimeMatch, ...]
    links: tuple[Link, ...]
    cues: tuple[FoundCue, ...]
    metrics: tuple[str, ...]
    threshold: ThresholdText | None
    rank: Rank | None
    count: int | None
    unknown: tuple[str, ...]
    coverage: float
    nth: Nth | None = None
    held: tuple[Held, ...] = ()  # values of attributes
    context: Context = ALONE
    carried: tuple[UUID, ...] = ()  # items taken over from the question before

    def has(self, *kinds: CueKind) -> bool:
        return any(cue.cue.kind in kinds for cue in self.cues)

    def values(self, kind: CueKind) -> tuple[str, ...]:
        """Values of a kind's cues in reading order, comma lists flattened."""
        listed = (value for cue in self.cues if cue.cue.kind is kind for value in cue.cue.value.split(","))
        return tuple(dict.fromkeys(listed))

    def phrase(self, kind: CueKind) -> str:
        """The first words that gave a cue of a kind."""
        return next((cue.text for cue in self.cues if cue.cue.kind is kind), "")

    def first(self, kind: CueKind) -> FoundCue | None:
        return next((cue for cue in self.cues if cue.cue.kind is kind), None)

    def views(self, *views: str) -> bool:
        """Whether a word about relations means one of these views or verbs."""
        return any(cue.cue.kind is CueKind.RELATIONS and cue.cue.value in views for cue in self.cues)

    @property
    def windows(self) -> tuple[TimeMatch, ...]:
        return tuple(one for one in self.times if one.kind is TimeKind.WINDOW)

    @property
    def step_s(self) -> int | None:
        return next((one.step_s for one in self.times if one.kind is TimeKind.STEP), None)

    @property
    def wants_now(self) -> bool:
        return any(one.kind is TimeKind.NOW for one in self.times)

    @property
    def aggregates(self) -> tuple[Aggregate, ...]:
        """What is asked for by name; a superlative is one too where nothing else is said ("the highest CPU")."""
        named = self.values(CueKind.AGGREGATE) or self.values(CueKind.EXTREME)
        return tuple(Aggregate(value) for value in named)

    @property
    def extremes(self) -> tuple[str, ...]:
        return self.values(CueKind.EXTREME)

    @property
    def certain_ids(self) -> tuple[UUID, ...]:
        """The items named, or those taken over from the question before."""
        return tuple(dict.fromkeys(link.items[0][0] for link in self.links if len(link.items) == 1)) or self.carried


@dataclass(frozen=True)
class _Numbers:
    """What is read before names and times, since its digits are neither."""

    threshold: ThresholdText | None
    rank: Rank | None
    nth: Nth | None

    @property
    def spans(self) -> list[tuple[int, int]]:
        return [(one.start, one.end) for one in (self.threshold, self.rank, self.nth) if one is not None]


def read(source: Normalised, world: World, now: datetime, default_zone: ZoneInfo, context: Context = ALONE) -> Reading:
    """Fills the slots. Cost is bounded by the text's length, which `normalise` caps."""
    numbers = _numbers(source.masked)
    links, spans = _names(source, world, numbers.spans)
    held = world.attributes.find(blank(source.text, spans))
    spans += [(one.start, one.end) for one in held]
    spans, metric_codes = _metric_codes(source, world, spans)
    # Codes stay masked, so no time or word is read out of a name; names that are plain words are blanked like anything consumed.
    masked = blank(source.masked, spans)
    zone, zone_span = find_zone(masked, default_zone)
    times = find_times(_COMPARED.sub(lambda found: ";" * len(found.group()), masked), now, zone)
    time_spans = [(one.start_at, one.end_at) for one in times] + ([zone_span] if zone_span else [])
    counted = None if numbers.rank else find_count(blank(masked, time_spans))
    code_links = link_codes(source.codes, spans, world.index)
    consumed = spans + time_spans + [(one.start, one.end) for one in code_links]
    consumed += [(counted[1], counted[2])] if counted else []
    words = read_words(masked, consumed)
    near, unknown = _near_names(masked, words.unknown, world)
    understood = words.understood + len(near)
    total = understood + len(unknown)
    metrics = [*metric_codes, *(one.cue.value for one in words.cues if one.cue.kind is CueKind.METRIC)]
    reading = Reading(
        source=source,
        zone=zone,
        times=tuple(times),
        links=tuple(_settle(one, context.chosen) for one in sorted([*links, *code_links, *near], key=_start)),
        cues=words.cues,
        metrics=tuple(dict.fromkeys(metrics)),
        threshold=numbers.threshold,
        rank=numbers.rank,
        count=counted[0] if counted else None,
        unknown=tuple(unknown),
        coverage=understood / total if total else 1.0,
        nth=numbers.nth,
        held=_spoken_values(held, words, world),
        context=context,
    )
    return _conditions(_states(_event_types(_routine(_failures(_rates(_counts(reading))))), world), world)


def _rates(reading: Reading) -> Reading:
    """The failure rate of works is no metric: it is the share of them that failed."""
    if not reading.has(CueKind.HAPPENING):
        return reading
    cues = tuple(
        replace(one, cue=Cue(CueKind.RATE, "failed")) if one.text.lower() in ("failure rate", "실패율") else one
        for one in reading.cues
    )
    if cues == reading.cues:
        return reading
    metrics = tuple(one for one in reading.metrics if one != "service.error_rate")
    return replace(reading, cues=cues, metrics=metrics)


_NUMBER_OF = re.compile(r"(?<=[가-힣A-Za-z])\s?수(?:는|를|가|만|은|도)?(?=[\s?.,]|$)")
_ROUTINE = {"backup.": ("backup.finished", "backup.failed"), "job": ("job.finished", "job.failed")}
_EVENT_TYPE = re.compile(r"[a-z][a-z_]*(?:\.[a-z][a-z_]*)+\.?")


def _counts(reading: Reading) -> Reading:
    """ "이벤트 수": a count, unless the word belongs to a metric ("연결 수")."""
    if reading.has(CueKind.COUNT):
        return reading
    those = reading.first(CueKind.THOSE)
    if those is not None and those.text.lower().startswith("how many"):
        return replace(reading, cues=(replace(those, cue=Cue(CueKind.COUNT)), *reading.cues))
    for match in _NUMBER_OF.finditer(reading.source.masked):
        if not any(one.start < match.end() and match.start() < one.end for one in reading.cues):
            found = FoundCue(Cue(CueKind.COUNT), match.start(), match.end(), match.group().strip())
            return replace(reading, cues=(*reading.cues, found))
    return reading


def _failures(reading: Reading) -> Reading:
    """ "did any deployment fail" is the result of a work, "if san-01 failed" is something that goes down."""
    if reading.has(CueKind.HYPOTHESIS) and not reading.has(CueKind.HAPPENING):
        down = Cue(CueKind.RELATIONS, "down")
        fails = (one.cue.kind is CueKind.RESULT and one.cue.value == "failed" for one in reading.cues)
        return replace(
            reading,
            cues=tuple(replace(one, cue=down) if told else one for one, told in zip(reading.cues, fails, strict=True)),
        )
    if not reading.has(CueKind.HAPPENING) or reading.has(CueKind.HYPOTHESIS):
        return reading
    failed = Cue(CueKind.RESULT, "failed")
    told = [one.cue.kind is CueKind.RELATIONS and one.text.lower() in ("fail", "fails") for one in reading.cues]
    cues = tuple(replace(one, cue=failed) if fails else one for one, fails in zip(reading.cues, told, strict=True))
    return replace(reading, cues=cues) if any(told) else reading


def _routine(reading: Reading) -> Reading:
    """Routine runs have no result of their own: how they ended is the type of their event."""
    result = reading.first(CueKind.RESULT)
    if result is None or result.cue.value not in ("ok", "failed"):
        return reading
    for one in reading.cues:
        told = one.cue.kind is CueKind.HAPPENING or (
            one.cue.kind is CueKind.ITEM_TYPE and not reading.has(CueKind.HAPPENING)
        )
        if told and one.cue.value in _ROUTINE:
            ended = _ROUTINE[one.cue.value][result.cue.value == "failed"]
            kept = (other for other in reading.cues if other is not result)
            told_of = replace(one, cue=Cue(CueKind.HAPPENING, ended))
            if one.cue.kind is CueKind.ITEM_TYPE:
                return replace(reading, cues=(*kept, told_of))
            return replace(reading, cues=tuple(told_of if other is one else other for other in kept))
    return reading


def _event_types(reading: Reading) -> Reading:
    """ "events of type login.failed": a dotted word that names no item is a type of events where the question is about events."""
    if not reading.has(CueKind.EVENTS):
        return reading
    types = [link for link in reading.links if not link.items and _EVENT_TYPE.fullmatch(link.text)]
    if not types:
        return reading
    cues = (*reading.cues, *(FoundCue(Cue(CueKind.HAPPENING, one.text), one.start, one.end, one.text) for one in types))
    return replace(reading, links=tuple(one for one in reading.links if one not in types), cues=cues)


def _states(reading: Reading, world: World) -> Reading:
    """Words that are a status or a schedule where the question speaks of that, and else a kind of work or the grain of a series."""
    book = world.attributes
    if reading.has(CueKind.STATUS, CueKind.ATTRIBUTE) and reading.has(CueKind.ITEM_TYPE, CueKind.ITEMS):
        for cue in reading.cues:
            held = (
                book.of_word(cue.text, cue.start, cue.end)
                if cue.cue.kind in (CueKind.HAPPENING, CueKind.STATE)
                else None
            )
            if held is not None:
                return replace(
                    reading, cues=tuple(one for one in reading.cues if one is not cue), held=(*reading.held, held)
                )
    if "job" in reading.values(CueKind.ITEM_TYPE) or "schedule" in reading.values(CueKind.ATTRIBUTE):
        for time in reading.times:
            held = book.of_word(time.phrase, time.start_at, time.end_at) if time.kind is TimeKind.STEP else None
            if held is not None:
                return replace(
                    reading, times=tuple(one for one in reading.times if one is not time), held=(*reading.held, held)
                )
    return reading


def _start(link: Link) -> int:
    return link.start


def _numbers(masked: str) -> _Numbers:
    threshold = find_threshold(masked)
    rank = find_rank(masked)
    taken = [(one.start, one.end) for one in (threshold, rank) if one is not None]
    return _Numbers(threshold, rank, find_nth(blank(masked, taken)))


def _names(source: Normalised, world: World, spans: list[tuple[int, int]]) -> tuple[list[Link], list[tuple[int, int]]]:
    """Exact names, and all that is consumed with them."""
    links = [one for one in link_exact(blank(source.text, spans), world.index) if one.text not in world.metrics]
    return links, [*spans, *((one.start, one.end) for one in links)]


def _spoken_values(held: list[Held], words: Words, world: World) -> tuple[Held, ...]:
    """Values as they stand in the text, and those that a word of the vocabulary stands for."""
    found = list(held)
    for cue in words.cues:
        if cue.cue.kind is CueKind.VALUE:
            value = world.attributes.of_word(cue.cue.value, cue.start, cue.end)
            found += [value] if value is not None else []
    return tuple(sorted(found, key=lambda one: one.start))


def _conditions(reading: Reading, world: World) -> Reading:
    """Names that stand for a condition: "servers in seoul-dc" are those whose site it is, not the site itself."""
    asked = set(reading.values(CueKind.ATTRIBUTE)) | ({"owner"} if "team" in reading.values(CueKind.FIELD) else set())
    about = reading.metrics or reading.has(
        CueKind.ITEM_TYPE, CueKind.ITEMS, CueKind.ALERTS, CueKind.EVENTS, CueKind.HAPPENING
    )
    links: list[Link] = []
    held = list(reading.held)
    for link in reading.links:
        value = world.attributes.with_value(link.items[0][1]) if len(link.items) == 1 else None
        spoken = world.attributes.with_value(link.text)
        if value is not None and value[0] == link.items[0][2] and about and not reading.has(CueKind.RELATIONS):
            held.append(Held(value[0], (value[1],), link.start, link.end))
        elif spoken is not None and spoken[0] in asked and about:
            held.append(Held(spoken[0], (spoken[1],), link.start, link.end))
        else:
            links.append(link)
    if len(links) == len(reading.links):
        return reading
    return replace(reading, links=tuple(links), held=tuple(sorted(held, key=lambda one: one.start)))


def _settle(link: Link, chosen: UUID | None) -> Link:
    """The link narrowed to the item that the asker chose among its options."""
    picked = tuple(item for item in (*link.items, *link.suggestions) if item[0] == chosen)
    return replace(link, items=picked[:1], score=100.0) if picked else link


def _metric_codes(
    source: Normalised, world: World, spans: list[tuple[int, int]]
) -> tuple[list[tuple[int, int]], list[str]]:
    """Codes that are metric names of the tenant ("orders.count", "cpu.usage"), whether canonical or not."""
    found = [code for code in source.codes if code.text in world.metrics]
    return [*spans, *((code.start, code.end) for code in found)], [code.text for code in found]


def _near_names(masked: str, unknown: tuple[str, ...], world: World) -> tuple[list[Link], list[str]]:
    """Misspelt names among the words nobody understood."""
    links: list[Link] = []
    rest: list[str] = []
    for word in unknown:
        link = None
        if len(links) + len(rest) < _MOST_NEAR_TRIES and _CONTENT_WORD.fullmatch(word):
            link = link_near(word, masked.find(word), world.index)
        if link is None:
            rest.append(word)
        else:
            links.append(link)
    return links, rest


def parts_of_names(reading: Reading, world: World) -> Link | None:
    """The first word that nobody understood and that is a part of names: whoever asks has to say which."""
    for word in reading.unknown[:_MOST_NEAR_TRIES]:
        start = reading.source.text.find(word)
        link = link_part(word, start, world.index) if start >= 0 else None
        if link is not None:
            return link
    return None
