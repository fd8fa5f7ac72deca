"""Modes: the asker narrows which kinds of answer are wanted. Pure."""

from __future__ import annotations

from opsloom.ask.plan import Mode, Refusal, RefusalReason, Step, inputs_of
from opsloom.ask.planning.draft import Draft

_KINDS: dict[Mode, frozenset[str]] = {
    Mode.CONFIGURATION: frozenset({"items", "relations", "compare"}),
    Mode.METRIC: frozenset({"metric", "compare", "correlate", "relations", "items"}),
    Mode.HISTORY: frozenset({"events", "alerts", "compare", "why", "cause", "relations"}),
    Mode.RELATION: frozenset({"relations", "items"}),
}
# A step that only leads to another one does not make an answer of its mode.
_MAIN: dict[Mode, frozenset[str]] = {
    Mode.CONFIGURATION: frozenset({"items", "relations"}),
    Mode.METRIC: frozenset({"metric"}),
    Mode.HISTORY: frozenset({"events", "alerts", "why", "cause"}),
    Mode.RELATION: frozenset({"relations"}),
}


def narrowed(draft: Draft, mode: Mode) -> Draft | Refusal:
    """The draft without the steps that the mode leaves out, or why nothing is left."""
    if mode is Mode.DOCUMENT:
        return Refusal(reason=RefusalReason.NO_DOCUMENTS)
    kinds = _KINDS.get(mode)
    if kinds is None:
        return draft
    kept: list[Step] = []
    for step in draft.steps:
        if step.kind in kinds and set(inputs_of(step)) <= {one.id for one in kept}:
            kept.append(step)
    if not any(step.kind in _MAIN[mode] for step in kept):
        return Refusal(reason=RefusalReason.WRONG_MODE, words=[mode.value])
    left = Draft(draft.intent, [], list(draft.notes), draft.output)
    left.join(Draft(draft.intent, kept))
    return left
