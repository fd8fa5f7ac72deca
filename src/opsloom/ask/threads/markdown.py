"""A thread as Markdown. What was asked and found is text: nothing in it becomes markup. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

from opsloom.ask.threads.paper import Grid, Heading, Listing, Paragraph, Part, Point

_MARKUP = re.compile(r"([\\`_\[\]<>#|])")
_RUN = re.compile(r"`+")


def markdown(parts: Sequence[Part]) -> str:
    """A document that ends with a line break."""
    return "\n".join(_written(part) for part in parts) + "\n"


def _written(part: Part) -> str:
    match part:
        case Heading(text, level):
            return f"{'#' * level} {_plain(text)}\n"
        case Paragraph(text):
            return f"{_plain(text)}\n"
        case Point(text):
            return f"- {_plain(text)}"
        case Listing(text):
            fence = "`" * max(3, *(len(run) + 1 for run in _RUN.findall(text) or [""]))
            return f"\n{fence}sql\n{text}\n{fence}\n"
        case Grid():
            return _grid(part)


def _grid(grid: Grid) -> str:
    lines = [_row(grid.header), _row(tuple("---" for _ in grid.header), plain=False), *map(_row, grid.rows)]
    if grid.left_out:
        lines.append(_row((f"… {grid.left_out}", *("" for _ in grid.header[1:]))))
    return "\n".join(lines) + "\n"


def _row(cells: Sequence[str], *, plain: bool = True) -> str:
    return f"| {' | '.join(_plain(cell) if plain else cell for cell in cells)} |"


def _plain(text: str) -> str:
    """One line, with what Markdown would read as markup escaped; the stars of answers stay, they are meant."""
    return _MARKUP.sub(r"\\\1", " ".join(text.split()))
