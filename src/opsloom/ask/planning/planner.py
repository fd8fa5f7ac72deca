"""The deterministic planner: question in, decision out. No model, no network, no clock of its own.

Invariant: for any text it returns a decision and never raises; what it did not understand is named, what it assumed is
noted, and a name that could be two things is never chosen silently.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
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
from opsloom.ask.planning import metric_plan
from opsloom.ask.planning.alert_plan import metric_of_alert, plan_alerts
from opsloom.ask.planning.cause_plan import asks_cause, asks_why_alert, plan_cause, plan_correlation, plan_why
from opsloom.ask.planning.chain_plan import chains, plan_alerting, plan_chain
from opsloom.ask.planning.draft import Draft
from opsloom.ask.planning.dropped import dropped_words
from opsloom.ask.planning.follow_up import carried_over, leans, patched, with_time_of
from opsloom.ask.planning.history_plan import plan_events
from opsloom.ask.planning.item_plan import plan_items
from opsloom.ask.planning.modes import narrowed
from opsloom.ask.planning.previous import ALONE, Context
from opsloom.ask.planning.reading import Reading, read
from opsloom.ask.planning.relation_plan import implied_view, plan_relations, view_of
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
    reading = carried_over(read(source, world, now, zone, context), world)
    return Understood(language, reading, route(reading, world))


def make_plan(reading: Reading, world: World, now: datetime, language: Language) -> Planned | Clarify | Refusal:
    """The plan of a question that was routed to one, or why there is none after all."""
    if leans(reading):
        plan = patched(reading, world, now)
        if isinstance(plan, Plan):
            return Planned(plan=plan.model_copy(update={"language": language}))
        if not reading.metrics and not reading.has(
            CueKind.ALERTS, CueKind.EVENTS, CueKind.HAPPENING, CueKind.RELATIONS
        ):
            return plan
        reading = _over_the_same(reading)
    draft = _draft(reading, world, now)
    if isinstance(draft, Draft):
        draft = narrowed(draft, reading.context.mode)
    if isinstance(draft, Clarify | Refusal):
        return draft
    lost = dropped_words(reading, draft)
    if lost:
        return Refusal(reason=RefusalReason.NOT_UNDERSTOOD, words=lost)
    return Planned(plan=with_time_of(_plan(draft, reading, world, language), reading))


def _over_the_same(reading: Reading) -> Reading:
    """ "and the alerts?": a new subject for the items of the question before."""
    previous = reading.context.previous
    if previous is None or reading.links:
        return reading
    return replace(reading, carried=tuple(one.id for one in previous.plan.entities) or previous.listed)


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
    if asks_why_alert(reading):
        return plan_why(reading, world, now)
    if reading.has(CueKind.CORRELATE):
        return plan_correlation(reading, world, now)
    view = view_of(reading) or implied_view(reading, world)
    if asks_cause(reading) and (view is None or reading.has(CueKind.WHY)) and not reading.has(CueKind.ALERTS):
        return plan_cause(reading, world, now)
    if view is not None and entities(reading, world):
        if chains(reading) and view not in ("impact", "path", "composition"):
            return plan_chain(reading, world, view, now)
        return plan_relations(reading, world, view, now)
    reading = metric_plan.settled_metric(reading, world)
    unclear = metric_plan.ambiguous_metric(reading)
    if unclear is not None:
        return unclear
    if view is not None and not chains(reading) and not reading.held:
        return Refusal(reason=RefusalReason.NOT_UNDERSTOOD, words=[reading.phrase(CueKind.RELATIONS)])
    return _of_subjects(reading, world, now)


def _of_subjects(reading: Reading, world: World, now: datetime) -> Draft | Refusal:
    """A question about what is recorded of items: alerts, events, metrics, or the items themselves."""
    alerts, events = reading.has(CueKind.ALERTS), reading.has(CueKind.EVENTS, CueKind.HAPPENING)
    if reading.metrics and not (alerts and metric_of_alert(reading)) and not (events and reading.has(CueKind.RATE)):
        if alerts and reading.has(CueKind.ITEM_TYPE, CueKind.ITEMS) and not reading.certain_ids:
            return plan_alerting(reading, world, now)
        draft = metric_plan.plan_metrics(reading, world, now)
        if isinstance(draft, Draft) and alerts:
            draft.join(plan_alerts(reading, world, now))
        elif isinstance(draft, Draft) and events:
            draft.join(plan_events(reading, world, now))
        return draft
    if alerts:
        return plan_alerts(reading, world, now)
    if events or (reading.has(CueKind.SEVERITY) and not reading.has(CueKind.ITEM_TYPE)):
        return plan_events(reading, world, now)
    return plan_items(reading, world, now)


def _plan(draft: Draft, reading: Reading, world: World, language: Language) -> Plan:
    notes = [*draft.notes, *notes_of(reading.times)]
    notes += [
        Note(code=NoteCode.NAME_CORRECTED, text=f"{link.text} → {link.items[0][1]}")
        for link in reading.links
        if link.score < 100 and len(link.items) == 1
    ]
    if reading.unknown:
        notes.append(Note(code=NoteCode.WORDS_IGNORED, text=", ".join(reading.unknown[:10])))
    if reading.carried:
        notes.append(Note(code=NoteCode.CARRIED_OVER, text=_carried(reading, world)))
    return Plan(
        language=language,
        intent=draft.intent,
        zone=reading.zone.key,
        mode=reading.context.mode,
        output=draft.output,
        entities=entities(reading, world),
        steps=draft.steps,
        notes=notes,
    )


def _carried(reading: Reading, world: World) -> str:
    names = [world.things[one].name for one in reading.carried if one in world.things]
    return ", ".join(names[:5]) + (" …" if len(names) > 5 else "")
