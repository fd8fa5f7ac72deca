"""Key states as JSON, and back. What is written today must be readable by the next version, so names are spelled out here."""

from typing import Any

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
