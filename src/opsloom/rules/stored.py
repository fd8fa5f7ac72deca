"""States of keys and waiting facts as JSON, and back. What is written today must be readable by the next version: names stay."""

from typing import Any
from uuid import UUID

from opsloom.rules.facts import Fact
from opsloom.rules.lifecycle import Cause, Evidence, KeyState, Phase


def to_json(state: KeyState) -> dict[str, Any]:
    """A state as it is stored."""
    return {
        "phase": state.phase.value,
        "since": state.since,
        "fired_at": state.fired_at,
        "cause": state.cause.value,
        "clear_since": state.clear_since,
        "cool_until": state.cool_until,
        "evidence": [
            {"time": one.time, "ref": one.ref, "values": one.values, "step": one.step} for one in state.evidence
        ],
    }


def from_json(stored: dict[str, Any]) -> KeyState:
    """A state that was stored."""
    return KeyState(
        phase=Phase(stored["phase"]),
        since=stored["since"],
        fired_at=stored["fired_at"],
        cause=Cause(stored["cause"]),
        clear_since=stored["clear_since"],
        cool_until=stored["cool_until"],
        evidence=tuple(
            Evidence(one["time"], one["ref"], one["values"], one.get("step", "")) for one in stored["evidence"]
        ),
    )


def fact_to_json(fact: Fact) -> dict[str, Any]:
    """A fact that waits; what it does not have is left out."""
    shown = {name: value for name, value in fact._asdict().items() if value or value in (0, False)}
    return shown | ({"item_id": str(fact.item_id)} if fact.item_id else {})


def fact_from_json(stored: dict[str, Any]) -> Fact:
    """A fact that was waiting."""
    item_id = stored.get("item_id")
    return Fact(**stored | ({"item_id": UUID(item_id)} if item_id else {}))
