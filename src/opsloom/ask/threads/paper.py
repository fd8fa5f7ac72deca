"""What an export of a thread holds: questions, answers, tables, references with their SQL, as parts that any format can write. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from opsloom.ask.blocks import (
    Block,
    ChartBlock,
    GraphBlock,
    HypothesesBlock,
    PathBlock,
    Reference,
    TableBlock,
    TimelineBlock,
)
from opsloom.ask.plan import Language
from opsloom.ask.schemas import QuestionShown
from opsloom.ask.threads.schemas import ThreadSummary
from opsloom.inventory.schemas import Scalar

MOST_ROWS = 50
_POINTS = 20


@dataclass(frozen=True)
class Heading:
    text: str
    level: int


@dataclass(frozen=True)
class Paragraph:
    text: str


@dataclass(frozen=True)
class Point:
    """A line of a list."""

    text: str


@dataclass(frozen=True)
class Grid:
    """A table; `left_out` rows are not in it."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    left_out: int = 0


@dataclass(frozen=True)
class Listing:
    """SQL as it ran, or what was bound to it."""

    text: str
    language: str = "sql"


Part = Heading | Paragraph | Point | Grid | Listing


def paper(thread: ThreadSummary, questions: Sequence[QuestionShown], language: Language) -> list[Part]:
    """The whole thread, oldest question first."""
    writer = _Writer(language)
    count = writer.say(f"{len(questions)} questions", f"질문 {len(questions)}개")
    parts: list[Part] = [Heading(thread.title, 1), Paragraph(f"{thread.owner_name}, {count}")]
    for question in questions:
        parts += writer.question(question)
    return parts


@dataclass(frozen=True)
class _Writer:
    language: Language

    def say(self, english: str, korean: str) -> str:
        return korean if self.language is Language.KO else english

    def question(self, question: QuestionShown) -> Iterator[Part]:
        zone = ZoneInfo(question.time_zone)
        yield Heading(question.text or "–", 2)
        yield Paragraph(f"{_time(question.asked_at, zone)} ({question.time_zone}), {question.status.value}")
        for block in question.blocks:
            yield from self.block(block, zone)
        for gap in question.gaps:
            missing = f"{gap.what} ({gap.family}): {gap.detail}"
            yield Point(self.say(f"Missing: {missing}", f"누락: {missing}"))
        if question.references:
            yield Heading(self.say("References", "근거"), 3)
        for reference in question.references:
            yield from self.reference(reference, zone)

    def block(self, block: Block, zone: ZoneInfo) -> Iterator[Part]:
        match block.type:
            case "markdown":
                yield from _lines(block.text)
            case "number":
                yield Paragraph(f"{block.label}: {block.shown} [{block.reference}]")
            case "table" | "chart":
                yield Paragraph(f"{block.title} [{block.reference}]")
                yield _grid(block, zone) if block.type == "table" else _bars(block, zone)
            case "timeseries":
                names = ", ".join(f"{line.name} ({len(line.points)})" for line in block.series[:_POINTS])
                points = self.say("series and their points", "시계열과 점의 수")
                yield Paragraph(f"{block.title} [{block.reference}]: {points}: {names}")
            case "candidates":
                yield from (Point(f"{one.label} {one.detail}".strip()) for one in block.candidates)
            case "graph" | "path":
                yield from self.drawing(block)
            case "timeline" | "hypotheses":
                yield from _moments(block, zone) if block.type == "timeline" else self.hypotheses(block)
            case "references" | "next_actions":  # stand below, or are for the page
                return

    def drawing(self, block: GraphBlock | PathBlock) -> Iterator[Part]:
        yield Paragraph(f"{block.title} [{block.reference}]")
        names = {node.id: node.name for node in block.nodes}
        for edge in block.edges[:MOST_ROWS]:
            yield Point(f"{names.get(edge.source, edge.source)} {edge.type} {names.get(edge.target, edge.target)}")

    def hypotheses(self, block: HypothesesBlock) -> Iterator[Part]:
        yield Paragraph(f"{block.title}: {block.symptom} [{block.reference}]")
        for one in block.hypotheses:
            yield Point(f"{one.statement} ({one.score:g}, {one.confidence})")
            for finding in one.supports:
                yield Point(f"+ {finding.text} [{finding.reference}]")
            for finding in one.contradicts:
                yield Point(f"− {finding.text} [{finding.reference}]")

    def reference(self, reference: Reference, zone: ZoneInfo) -> Iterator[Part]:
        rows = self.say(f"{reference.row_count} rows", f"{reference.row_count}행")
        yield Paragraph(f"[{reference.id}] {reference.title}, {rows}, {_time(reference.ran_at, zone)}")
        yield Listing(reference.sql.strip())
        bound = [f"${at} = {_bound(one.value)}" for at, one in enumerate(reference.parameters, 1)]
        if bound:
            yield Listing("\n".join(bound), "text")


def _grid(block: TableBlock, zone: ZoneInfo) -> Grid:
    keys = [column.key for column in block.columns]
    rows = tuple(tuple(_cell(row.get(key), zone) for key in keys) for row in block.rows[:MOST_ROWS])
    return Grid(tuple(column.label for column in block.columns), rows, max(block.total - len(rows), 0))


def _bars(block: ChartBlock, zone: ZoneInfo) -> Grid:
    rows = [(label, _cell(value, zone)) for label, value in zip(block.labels, block.values, strict=False)]
    return Grid(("", block.unit), tuple(rows[:MOST_ROWS]), max(len(rows) - MOST_ROWS, 0))


def _moments(block: TimelineBlock, zone: ZoneInfo) -> Iterator[Part]:
    yield Paragraph(f"{block.title} [{block.reference}]")
    for moment in block.moments[:MOST_ROWS]:
        yield Point(f"{_time(moment.time, zone)} {moment.kind}: {moment.label}")


def _lines(text: str) -> Iterator[Part]:
    for line in text.splitlines():
        if line.startswith("- "):
            yield Point(line[2:])
        elif line.strip():
            yield Paragraph(line)


def _time(moment: datetime, zone: ZoneInfo) -> str:
    return moment.astimezone(zone).strftime("%Y-%m-%d %H:%M:%S")


def _cell(value: Scalar, zone: ZoneInfo) -> str:
    if value is None:
        return "–"
    if isinstance(value, float):
        return f"{value:.6g}"
    if isinstance(value, str) and len(value) > 18 and value[10:11] == "T":
        try:
            return _time(datetime.fromisoformat(value), zone)
        except ValueError:
            return value
    return str(value)


def _bound(value: object) -> str:
    text = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    return text if len(text) <= 300 else f"{text[:299]}…"
