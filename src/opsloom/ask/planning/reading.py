"""Reads a question into slots: what was named, when, how much, and which words were not understood.

Order matters and is the same for both languages: thresholds and ranks first (their numbers are no times), exact names,
times, content words, and only then near names among what is left.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from opsloom.ask.language.entities import Link, link_codes, link_exact, link_near
from opsloom.ask.language.lexicon import FoundCue, blank, read_words
from opsloom.ask.language.normalise import Normalised
from opsloom.ask.language.times.grammar import find_times, find_zone
from opsloom.ask.language.times.match import TimeKind, TimeMatch
from opsloom.ask.language.words import CueKind
from opsloom.ask.planning.quantities import Rank, ThresholdText, find_count, find_rank, find_threshold
from opsloom.ask.planning.world import World
from opsloom.inventory.schemas import Aggregate

_CONTENT_WORD = re.compile(r"[A-Za-z][A-Za-z0-9]{3,}|[가-힣]{3,}")
_MOST_NEAR_TRIES = 12


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

    def has(self, *kinds: CueKind) -> bool:
        return any(cue.cue.kind in kinds for cue in self.cues)

    def values(self, kind: CueKind) -> tuple[str, ...]:
        """Values of a kind's cues in reading order, comma lists flattened."""
        listed = (value for cue in self.cues if cue.cue.kind is kind for value in cue.cue.value.split(","))
        return tuple(dict.fromkeys(listed))

    def phrase(self, kind: CueKind) -> str:
        """The first words that gave a cue of a kind."""
        return next((cue.text for cue in self.cues if cue.cue.kind is kind), "")

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
        return tuple(Aggregate(value) for value in self.values(CueKind.AGGREGATE))

    @property
    def certain_ids(self) -> tuple[UUID, ...]:
        return tuple(dict.fromkeys(link.items[0][0] for link in self.links if len(link.items) == 1))


def read(
    source: Normalised, world: World, now: datetime, default_zone: ZoneInfo, chosen: UUID | None = None
) -> Reading:
    """Fills the slots. Cost is bounded by the text's length, which `normalise` caps."""
    text = source.text
    threshold = find_threshold(source.masked)
    rank = find_rank(source.masked)
    spans = [(one.start, one.end) for one in (threshold, rank) if one is not None]
    links = [one for one in link_exact(blank(text, spans), world.index) if not _is_metric_code(one, world)]
    spans += [(one.start, one.end) for one in links]
    spans, metric_codes = _metric_codes(source, world, spans)
    # Codes stay masked, so no time or word is read out of a name; names that are plain words are blanked like anything consumed.
    masked = blank(source.masked, spans)
    zone, zone_span = find_zone(masked, default_zone)
    times = find_times(masked, now, zone)
    time_spans = [(one.start_at, one.end_at) for one in times] + ([zone_span] if zone_span else [])
    counted = None if rank else find_count(blank(masked, time_spans))
    code_links = link_codes(source.codes, spans, world.index)
    links += code_links
    consumed = spans + time_spans + [(one.start, one.end) for one in code_links]
    consumed += [(counted[1], counted[2])] if counted else []
    words = read_words(masked, consumed)
    near, unknown = _near_names(masked, words.unknown, world)
    understood = words.understood + len(near)
    total = understood + len(unknown)
    cue_metrics = [one.cue.value for one in words.cues if one.cue.kind is CueKind.METRIC]
    return Reading(
        source=source,
        zone=zone,
        times=tuple(times),
        links=tuple(_settle(one, chosen) for one in sorted([*links, *near], key=lambda one: one.start)),
        cues=words.cues,
        metrics=tuple(dict.fromkeys([*metric_codes, *cue_metrics])),
        threshold=threshold,
        rank=rank,
        count=counted[0] if counted else None,
        unknown=tuple(unknown),
        coverage=understood / total if total else 1.0,
    )


def _settle(link: Link, chosen: UUID | None) -> Link:
    """The link narrowed to the item that the asker chose among its options."""
    picked = tuple(item for item in (*link.items, *link.suggestions) if item[0] == chosen)
    return replace(link, items=picked[:1], score=100.0) if picked else link


def _is_metric_code(link: Link, world: World) -> bool:
    return link.text in world.metrics


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
