"""From what the state machine decided to what alerts are told: words for people, a proof, and an id that never repeats."""

import re
from typing import Final
from uuid import UUID, uuid5

from opsloom.alerts.schemas import Decision, Step
from opsloom.rules.explain import prove
from opsloom.rules.facts import Json
from opsloom.rules.lifecycle import Change, Evidence, Reason
from opsloom.rules.lifecycle import Decision as Decided
from opsloom.rules.model import Notify
from opsloom.rules.moments import to_datetime
from opsloom.rules.program import Program
from opsloom.rules.run import Found

_NAMESPACE: Final = UUID("6f0a4e52-0d2c-5b7e-9d53-5a1c0b1f7a11")
_STEPS: Final = {
    Change.PENDED: Step.PEND,
    Change.FIRED: Step.FIRE,
    Change.RESOLVED: Step.CLEAR,
    Change.DROPPED: Step.DROP,
}
_NOTE: Final = 2_000
_PLACEHOLDER: Final = re.compile(r"\{\{\s*([^{}]*?)\s*\}\}")


def to_alert(found: Found) -> Decision:
    """What alerts are told. Handing the same decision over again gives the same id."""
    program, decision = found.program, found.decision
    key, labels = found.table.texts[found.code], found.table.labels[found.code]
    named = f"{program.rule_id}|{key}|{decision.since}|{decision.change}|{decision.at}"
    words = _words(program, labels, decision.evidence)
    title = render(program.rule.title, words) or default_title(program, labels)
    if decision.reason is Reason.NO_DATA and decision.change is Change.FIRED:
        title = f"{default_title(program, labels)} (no data)"  # there is no value that the rule's own title could show
    return Decision(
        id=uuid5(_NAMESPACE, named),
        rule_id=program.rule_id,
        rule_version=program.version,
        rule_name=program.name,
        key=key,
        step=_step(decision),
        at=to_datetime(decision.at),
        since=to_datetime(decision.since),
        reason=decision.reason.value,
        severity=program.rule.severity,
        title=title[:500],
        description=render(program.rule.description, words)[:4000],
        labels={**{name: value for name, value in labels.items() if value}, **program.rule.labels},
        channels=tuple(action.channel for action in program.rule.actions if isinstance(action, Notify)),
        item_id=found.table.items.get(found.code),
        annotations=_annotations(program, words),
        proof=prove(program, decision, labels).model_dump(mode="json"),
    )


def _step(decision: Decided) -> Step:
    """Silence ends an alert, but nobody has said that what it was about is over."""
    if decision.change is Change.RESOLVED and decision.reason is Reason.NO_DATA:
        return Step.LAPSE
    return _STEPS[decision.change]


def _annotations(program: Program, words: dict[str, Json]) -> dict[str, str]:
    filled = {name: render(text, words)[:_NOTE] for name, text in program.rule.annotations.items()}
    return {name: text for name, text in filled.items() if text}


def default_title(program: Program, labels: dict[str, str]) -> str:
    """The rule's name and what it is about."""
    about = ", ".join(value for value in labels.values() if value)
    return f"{program.name}: {about}" if about else program.name


def _words(program: Program, labels: dict[str, str], evidence: tuple[Evidence, ...]) -> dict[str, Json]:
    """What a title may name: the rule, the key's labels, and the latest values the condition read."""
    latest = evidence[-1].values if evidence else {}
    words: dict[str, Json] = {"rule": program.name, "severity": program.rule.severity.value}
    words |= {"metric": program.group.metric, "type": program.group.event_type, "source": program.group.event_source}
    for name, value in labels.items():
        words[name] = words[f"attrs.{name}"] = value
    for text, read in latest.items():
        words[text] = words[text.replace("['", ".").replace("']", "")] = read
    return words


def render(template: str, words: dict[str, Json]) -> str:
    """Fill `{{ place }}`s; one that is unknown becomes empty."""
    return _PLACEHOLDER.sub(lambda found: _plain(words.get(found[1])), template).strip()


def _plain(value: Json) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:.4g}" if abs(value) < 1e4 else f"{value:.0f}"
    return str(value)
