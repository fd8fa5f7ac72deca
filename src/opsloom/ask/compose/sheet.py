"""The answer under construction: blocks, references, gaps, and what the text may state."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from opsloom.ask.blocks import Block, Column, Gap, MarkdownBlock, Reference, TableBlock
from opsloom.ask.plan import Language, Plan, Step
from opsloom.ask.tools.contract import Evidence, Row, ToolResult, ToolStatus
from opsloom.inventory.schemas import Scalar

SHOWN_ROWS = 50


@dataclass
class Sheet:
    plan: Plan
    results: Mapping[str, ToolResult]
    blocks: list[Block] = field(default_factory=list)
    references: list[Reference] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)
    stated: list[str] = field(
        default_factory=list
    )  # words with digits that are no claims: names, times, the question's figures
    worked: list[float] = field(default_factory=list)  # the same quantities in other units
    _known: dict[int, str] = field(default_factory=dict)

    @property
    def language(self) -> Language:
        return self.plan.language

    def say(self, english: str, korean: str) -> str:
        """The variant in the answer's language."""
        return korean if self.language is Language.KO else english

    def state(self, text: str) -> str:
        """Marks text as stated, not measured."""
        self.stated.append(text)
        return text

    def work_out(self, value: float) -> float:
        """Marks a number as worked out from evidence, such as minutes from seconds."""
        self.worked.append(value)
        return value

    def result(self, step: Step) -> ToolResult:
        return self.results[step.id]

    def rows(self, step: Step) -> list[Row]:
        """The rows of a step that succeeded; none otherwise, with the gap recorded."""
        result = self.result(step)
        if result.status in (ToolStatus.ERROR, ToolStatus.FORBIDDEN, ToolStatus.AMBIGUOUS):
            self.gaps.append(Gap(step_id=step.id, what=step.kind, family=result.family or "tool", detail=result.detail))
        if result.evidence is None or result.status is not ToolStatus.SUCCESS:
            return []
        return list(result.evidence.rows)

    def cite(self, step: Step, title: str, unit: str = "", part: str = "") -> str:
        """The reference of a step's query, or of a further one it rests on; steps that shared a call share it."""
        result = self.result(step)
        evidence = result.parts[part] if part else result.evidence
        assert evidence is not None
        if id(evidence) not in self._known:
            name = f"r{len(self.references) + 1}"
            self._known[id(evidence)] = name
            self.references.append(_reference(name, step, result.tool, evidence, (title, unit, part)))
        return self._known[id(evidence)]

    def is_detail(self, step: Step) -> bool:
        """Whether another step says the same in fewer numbers: a list below its count, a curve below its value."""
        return any(
            _subject(other) == _subject(step) and _weight(other) > _weight(step)
            for other in self.plan.steps
            if other is not step
        )

    def total(self, rows: list[Row]) -> int:
        """How many there are, shown or not."""
        return int(as_number(rows[0].get("total")) or len(rows))

    def write(self, text: str, *references: str) -> None:
        """A paragraph."""
        self.blocks.append(MarkdownBlock(text=text, references=list(dict.fromkeys(references))))

    def table(self, title: str, columns: list[Column], rows: list[Row], total: int, reference: str) -> None:
        keys = [column.key for column in columns]
        kept = [{key: row.get(key) for key in keys} for row in rows]
        self.blocks.append(TableBlock(title=title, columns=columns, rows=kept, total=total, reference=reference))


def _subject(step: Step) -> tuple[str, str]:
    return step.kind, getattr(step, "metric", None) or ""


def _weight(step: Step) -> int:
    shape = getattr(step, "shape", None) or getattr(step, "mode", "")
    if shape in ("value", "count", "aggregate", "average_duration"):
        return 3
    return 2 if str(shape).startswith("by_") else 1


def _reference(name: str, step: Step, tool: str, evidence: Evidence, said: tuple[str, str, str]) -> Reference:
    title, unit, part = said
    return Reference(
        id=name,
        step_id=step.id,
        tool=tool,
        title=title,
        sql=evidence.query.sql,
        parameters=evidence.query.parameters,
        call=evidence.call,
        part=part,
        columns=list(evidence.columns),
        rows=[dict(row) for row in evidence.rows[:SHOWN_ROWS]],
        row_count=len(evidence.rows),
        truncated=evidence.truncated,
        value=main_value(evidence.rows),
        unit=unit,
        ran_at=evidence.ran_at,
        took_ms=evidence.took_ms,
    )


def main_value(rows: tuple[Row, ...] | list[Row]) -> float | None:
    """The number that a result of one row is about."""
    if len(rows) != 1:
        return None
    return as_number(rows[0].get("value"))


def as_number(value: Scalar) -> float | None:
    """A numeric cell; booleans are no numbers."""
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
