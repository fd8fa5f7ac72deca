"""A thread as PDF. Korean is set in HYGothic-Medium, one of the fonts that every reader of PDF has a stand-in for."""

from __future__ import annotations

import re
from collections.abc import Sequence
from io import BytesIO
from typing import Any
from xml.sax.saxutils import escape

from opsloom.ask.threads.paper import Grid, Heading, Listing, Paragraph, Part, Point

FONT = "HYGothic-Medium"
_LATIN = "Helvetica"
_LATIN_RUN = re.compile(r"[\x21-\x7e][\x20-\x7e]*")
_MARGIN = 50
_WIDEST = 6
"""More columns than this do not fit a page; the first ones are printed."""


def pdf(parts: Sequence[Part], title: str) -> bytes:
    """A4 pages. Costs some ten milliseconds a page: call it off the event loop."""
    from reportlab.lib.pagesizes import A4  # heavy, rarely needed
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    from reportlab.platypus import SimpleDocTemplate

    pdfmetrics.registerFont(UnicodeCIDFont(FONT))
    out = BytesIO()
    margins = dict.fromkeys(("leftMargin", "rightMargin", "topMargin", "bottomMargin"), _MARGIN)
    page = SimpleDocTemplate(out, pagesize=A4, title=title, author="Opsloom", **margins)
    styles = _styles()
    page.build([flowable for part in parts for flowable in _set(part, styles, page.width)])
    return out.getvalue()


def _styles() -> dict[str, Any]:
    from reportlab.lib.colors import HexColor
    from reportlab.lib.styles import ParagraphStyle

    body = ParagraphStyle("body", fontName=FONT, fontSize=9.5, leading=15, spaceAfter=4, wordWrap="CJK")
    dark = HexColor("#1d2733")
    return {
        "body": body,
        "point": ParagraphStyle("point", body, leftIndent=12, bulletIndent=2, spaceAfter=2),
        "cell": ParagraphStyle("cell", body, fontSize=8, leading=11, spaceAfter=0),
        "listing": ParagraphStyle(
            "listing", body, fontSize=7.5, leading=10.5, leftIndent=6, backColor=HexColor("#f3f5f7"), borderPadding=4,
            spaceBefore=4, spaceAfter=10,
        ),
        "h1": ParagraphStyle("h1", body, fontSize=17, leading=24, textColor=dark, spaceAfter=6),
        "h2": ParagraphStyle("h2", body, fontSize=12.5, leading=19, textColor=dark, spaceBefore=14, spaceAfter=4),
        "h3": ParagraphStyle("h3", body, fontSize=10.5, leading=16, textColor=dark, spaceBefore=8, spaceAfter=3),
    }  # fmt: skip


def _set(part: Part, styles: dict[str, Any], width: float) -> list[Any]:
    from reportlab.platypus import Paragraph as Text
    from reportlab.platypus import Spacer

    match part:
        case Heading(text, level):
            return [Text(_marked(text), styles[f"h{level}"])]
        case Paragraph(text):
            return [Text(_marked(text.replace("**", "")), styles["body"])]
        case Point(text):
            return [Text(_marked(text.replace("**", "")), styles["point"], bulletText="•")]
        case Listing(text):
            lines = [_indented(line) for line in text.splitlines()]
            return [Text("<br/>".join(lines), styles["listing"])]
        case Grid():
            return [_grid(part, styles, width), Spacer(1, 6)]


def _marked(text: str) -> str:
    """Latin letters in a font that is made for them; nothing of the text becomes markup."""
    return _LATIN_RUN.sub(lambda run: f'<font face="{_LATIN}">{escape(run[0])}</font>', text.replace("\u2212", "-"))


def _indented(line: str) -> str:
    bare = line.lstrip(" ")
    margin = "&nbsp;" * (len(line) - len(bare))
    return f'<font face="{_LATIN}">{margin}</font>{_marked(bare)}' if margin else _marked(bare)


def _grid(grid: Grid, styles: dict[str, Any], width: float) -> Any:
    from reportlab.lib.colors import HexColor
    from reportlab.platypus import LongTable
    from reportlab.platypus import Paragraph as Text

    columns = min(len(grid.header), _WIDEST)
    more = [(f"… {grid.left_out}",)] if grid.left_out else []
    lines = [grid.header, *grid.rows, *more]
    rows = [[Text(_marked(cell), styles["cell"]) for cell in (*line, *[""] * columns)[:columns]] for line in lines]
    grey, faint = HexColor("#c9d1d9"), HexColor("#eef1f4")
    style = [
        ("LINEBELOW", (0, 0), (-1, -1), 0.4, grey),
        ("BACKGROUND", (0, 0), (-1, 0), faint),
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("TOPPADDING", (0, 0), (-1, -1), 2),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 3),
    ]
    return LongTable(rows, colWidths=[width / columns] * columns, repeatRows=1, style=style, hAlign="LEFT")
