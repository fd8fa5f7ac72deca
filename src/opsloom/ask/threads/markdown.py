"""A thread as Markdown. What was asked and found is text: nothing in it becomes markup. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

from opsloom.ask.threads.paper import Grid, Heading, Listing, Paragraph, Part, Point

_MARKUP = re.compile(r"([\\`_\[\]<>#|])")
_RUN = re.compile(r"`+")


def markdown(parts: Sequence[Part]) -> str:
    """A document that ends with a line break."""
    lines = [""]
    for part, after in zip(parts, (*parts[1:], None), strict=True):
        lines.append(_written(part))
        # What follows a list must not become its last point's.
        if not (isinstance(part, Point) and isinstance(after, Point)):
            lines.append("")
    return "\n".join(lines[1:-1]) + "\n"


def _written(part: Part) -> str:
    match part:
        case Heading(text, level):
            return f"{'#' * level} {_plain(text)}"
        case Paragraph(text):
            return _plain(text)
        case Point(text):
            return f"- {_plain(text)}"
        case Listing(text, language):
            fence = "`" * max(3, *(len(run) + 1 for run in _RUN.findall(text) or [""]))
            return f"{fence}{language}\n{text}\n{fence}"
        case Grid():
            return _grid(part)


def _grid(grid: Grid) -> str:
    lines = [_row(grid.header), _row(tuple("---" for _ in grid.header), plain=False), *map(_row, grid.rows)]
    if grid.left_out:
        lines.append(_row((f"… {grid.left_out}", *("" for _ in grid.header[1:]))))
    return "\n".join(lines)


def _row(cells: Sequence[str], *, plain: bool = True) -> str:
    return f"| {' | '.join(_plain(cell) if plain else cell for cell in cells)} |"


def _plain(text: str) -> str:
    """One line, with what Markdown would read as markup escaped; the stars of answers stay, they are meant."""
    return _MARKUP.sub(r"\\\1", " ".join(text.split()))
