"""The deterministic planner: question in, decision out. No model, no network, no clock of its own.

Invariant: for any text it returns a decision and never raises; what it did not understand is named, what it assumed is
noted, and a name that could be two things is never chosen silently.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from opsloom.ask.language.normalise import MAX_CHARS, normalise
from opsloom.ask.language.words import CueKind
from opsloom.ask.plan import (
    Clarify,
    Decision,
    DirectReply,
    Language,
    Note,
    NoteCode,
    Plan,
    Planned,
    Refusal,
    RefusalReason,
)
from opsloom.ask.planning import metric_plan, thing_plan
from opsloom.ask.planning.metric_plan import Draft
from opsloom.ask.planning.previous import ALONE, Context
from opsloom.ask.planning.reading import Reading, read
from opsloom.ask.planning.route import route
from opsloom.ask.planning.scope import entities
from opsloom.ask.planning.windows import notes_of
from opsloom.ask.planning.world import World


@dataclass(frozen=True)
class Understood:
    """A question as it was read. `routed` is the decision when no plan is needed; `reading` is None for one too long to read."""

    language: Language
    reading: Reading | None
    routed: DirectReply | Clarify | Refusal | None


def understand(text: str, world: World, now: datetime, zone: ZoneInfo, context: Context = ALONE) -> Understood:
    """Reads and routes."""
    if len(text) > MAX_CHARS:
        return Understood(language_of(text), None, Refusal(reason=RefusalReason.TOO_LONG))
    source = normalise(text)
    language = Language.KO if source.korean else Language.EN
    reading = read(source, world, now, zone, context.chosen)
    return Understood(language, reading, route(reading, world))


def make_plan(reading: Reading, world: World, now: datetime, language: Language) -> Planned | Clarify | Refusal:
    """The plan of a question that was routed to one, or why there is none after all."""
    draft = _draft(reading, world, now)
    if isinstance(draft, Clarify | Refusal):
        return draft
    return Planned(plan=_plan(draft, reading, world, language))


def decide(
    text: str, world: World, now: datetime, zone: ZoneInfo, context: Context = ALONE
) -> tuple[Decision, Language]:
    """Both steps: what to do with a question, and the language to answer in."""
    understood = understand(text, world, now, zone, context)
    if understood.routed is not None:
        return understood.routed, understood.language
    assert understood.reading is not None
    return make_plan(understood.reading, world, now, understood.language), understood.language


def language_of(text: str) -> Language:
    """The language of a text too long to read, from its beginning."""
    return Language.KO if normalise(text[:200]).korean else Language.EN


def _draft(reading: Reading, world: World, now: datetime) -> Draft | Clarify | Refusal:
    if reading.has(CueKind.ALERTS) and not reading.metrics:
        return thing_plan.plan_alerts(reading, world, now)
    if reading.has(CueKind.EVENTS) and not reading.metrics:
        return thing_plan.plan_events(reading, world, now)
    unclear = metric_plan.ambiguous_metric(reading)
    if unclear is not None:
        return unclear
    if reading.metrics:
        return metric_plan.plan_metrics(reading, world, now)
    if reading.has(CueKind.RELATIONS):
        if entities(reading, world):
            return thing_plan.plan_relations(reading, world)
        return Refusal(reason=RefusalReason.NOT_UNDERSTOOD, words=[reading.phrase(CueKind.RELATIONS)])
    if reading.has(CueKind.SEVERITY):
        return thing_plan.plan_events(reading, world, now)
    return thing_plan.plan_items(reading, world, now)


def _plan(draft: Draft, reading: Reading, world: World, language: Language) -> Plan:
    notes = [*draft.notes, *notes_of(reading.times)]
    notes += [
        Note(code=NoteCode.NAME_CORRECTED, text=f"{link.text} → {link.items[0][1]}")
        for link in reading.links
        if link.score < 100 and len(link.items) == 1
    ]
    if reading.unknown:
        notes.append(Note(code=NoteCode.WORDS_IGNORED, text=", ".join(reading.unknown[:10])))
    return Plan(
        language=language,
        intent=draft.intent,
        zone=reading.zone.key,
        entities=entities(reading, world),
        steps=draft.steps,
        notes=notes,
    )
