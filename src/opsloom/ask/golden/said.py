"""What an answer says, without its wording: its numbers, names, moments and texts. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import chain

from opsloom.ask.blocks import (
    Answer,
    CandidatesBlock,
    ChartBlock,
    GraphBlock,
    HypothesesBlock,
    MarkdownBlock,
    NumberBlock,
    PathBlock,
    TableBlock,
    TimelineBlock,
    TimeseriesBlock,
)


def numbers(answer: Answer) -> list[float]:
    """What stands as the answer's number; without one, how many rows its first table has, or the numbers of its only row."""
    shown = [block.value for block in answer.blocks if isinstance(block, NumberBlock) and block.value is not None]
    if shown:
        return shown
    table = next((block for block in answer.blocks if isinstance(block, TableBlock)), None)
    if table is None:
        return []
    found = [float(table.total)]
    if len(table.rows) == 1:
        found += _numeric(list(table.rows[0].values()))
    return found


def rankings(answer: Answer) -> Iterator[list[str]]:
    """Every list of names, in its order: columns of text, bars, the focus of a number, ways, hypotheses."""
    for block in answer.blocks:
        match block:
            case TableBlock():
                for column in block.columns:
                    yield [str(row.get(column.key)) for row in block.rows if isinstance(row.get(column.key), str)]
            case ChartBlock():
                yield list(block.labels)
            case NumberBlock() if block.item:
                yield [block.item]
            case PathBlock():
                yield [node.name for node in block.nodes]
            case GraphBlock():
                yield [node.name for node in block.nodes if node.id not in block.focus]
            case TimeseriesBlock():
                yield [line.name for line in block.series]
            case HypothesesBlock():
                yield [one.item for one in block.hypotheses]
            case _:
                pass


def series(answer: Answer) -> Iterator[list[float]]:
    """Every row of numbers, in its order: lines, bars, columns."""
    for block in answer.blocks:
        match block:
            case TimeseriesBlock():
                yield from ([value for _, value in line.points if value is not None] for line in block.series)
            case ChartBlock():
                yield [value for value in block.values if value is not None]
            case TableBlock():
                for column in block.columns:
                    yield _numeric([row.get(column.key) for row in block.rows])
            case _:
                pass


def moments(answer: Answer) -> Iterator[datetime]:
    """Every time that is shown: of numbers, of tables from the top, of timelines."""
    for block in answer.blocks:
        match block:
            case NumberBlock() if block.at is not None:
                yield block.at
            case TableBlock():
                for row in block.rows:
                    yield from _times(list(row.values()))
            case _:
                pass
    for block in answer.blocks:
        if isinstance(block, TimelineBlock):
            yield from (one.time for one in block.moments)


def first_cause(answer: Answer) -> str | None:
    """The item that the best hypothesis names."""
    block = next((one for one in answer.blocks if isinstance(one, HypothesesBlock)), None)
    return block.hypotheses[0].item if block is not None and block.hypotheses and block.observed else None


def text(answer: Answer) -> str:
    """All that can be read."""
    parts: list[str] = []
    for block in answer.blocks:
        match block:
            case MarkdownBlock():
                parts.append(block.text)
            case NumberBlock():
                parts += [block.label, block.shown, block.item or ""]
            case TableBlock():
                parts += [str(cell) for row in block.rows for cell in row.values()]
            case TimelineBlock():
                parts += [f"{one.label} {one.kind} {one.item}" for one in block.moments]
            case HypothesesBlock():
                parts += [one.statement for one in block.hypotheses]
            case _:
                pass
    return "\n".join(chain(parts, *rankings(answer)))


def offered(answer: Answer) -> str:
    """The choices that are put."""
    blocks = [block for block in answer.blocks if isinstance(block, CandidatesBlock)]
    return "\n".join(f"{one.label} {one.detail} {one.question}" for block in blocks for one in block.candidates)


def _numeric(cells: Sequence[object]) -> list[float]:
    return [float(cell) for cell in cells if isinstance(cell, int | float) and not isinstance(cell, bool)]


def _times(cells: Sequence[object]) -> Iterator[datetime]:
    for cell in cells:
        if isinstance(cell, str) and len(cell) >= 16 and cell[:4].isdigit() and cell[10] in "T ":
            try:
                yield datetime.fromisoformat(cell)
            except ValueError:
                continue
