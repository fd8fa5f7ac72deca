"""Steps under construction, and the plain moves over them that every kind of plan shares."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from opsloom.ask.plan import CompareStep, Intent, Note, Output, Step


@dataclass
class Draft:
    """Steps under construction."""

    intent: Intent
    steps: list[Step] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    output: Output = Output.AUTO

    def note(self, notes: Iterable[Note]) -> None:
        self.notes += [one for one in notes if one not in self.notes]

    @property
    def next_id(self) -> str:
        return f"s{len(self.steps) + 1}"

    def add(self, step: Step, **changes: object) -> Step:
        """Appends a copy under the next id."""
        added = step.model_copy(update={**changes, "id": self.next_id})
        self.steps.append(added)
        return added

    def join(self, other: Draft) -> None:
        """Appends another draft's steps, renumbered."""
        ids = {step.id: f"s{len(self.steps) + place}" for place, step in enumerate(other.steps, start=1)}
        for step in other.steps:
            changes: dict[str, object] = {"needs": [ids[one] for one in step.needs]}
            if step.items_from is not None:
                changes["items_from"] = ids[step.items_from]
            for side in ("left", "right"):
                if hasattr(step, side):
                    changes[side] = ids[getattr(step, side)]
            self.add(step, **changes)
        self.note(other.notes)


def compare(draft: Draft, left: Step, right: Step, names: tuple[str, str], mode: str = "difference") -> None:
    """Appends two sides and what is between them."""
    one, two = draft.add(left), draft.add(right)
    draft.steps.append(
        CompareStep(
            id=draft.next_id,
            needs=[one.id, two.id],
            mode=mode,
            left=one.id,
            right=two.id,
            left_name=names[0],
            right_name=names[1],
        )
    )
