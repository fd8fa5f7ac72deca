"""What people who do not see the page need: words on everything that is used or stands for something."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from opsloom.screens.document.base import Both, Words
from opsloom.screens.document.components import Drawer, Modal, Panel
from opsloom.screens.document.data import Chart, Table
from opsloom.screens.document.display import Button, Image, Link, Menu
from opsloom.screens.document.inputs import Input
from opsloom.screens.document.screen import Screen
from opsloom.screens.gate.finding import Finding, FindingCode, Level
from opsloom.screens.reading import components

_NEEDED: Final = (Button, Menu, Link, Input, Modal, Drawer, Panel)
_WANTED: Final = (Table, Chart)


def labels(screen: Screen) -> Iterator[Finding]:
    """Components without words; words in one language only."""
    if not _said(screen.title):
        told = "A screen needs a title."
        yield Finding(level=Level.ERROR, code=FindingCode.LABEL, pointer="/title", message=told)
    for placed in components(screen):
        one = placed.component
        if isinstance(one, Image):
            if not _said(one.alt):
                yield _finding(Level.WARNING, f"{placed.pointer}/alt", "Say what the picture shows.", one.id)
            continue
        if not isinstance(one, (*_NEEDED, *_WANTED)):
            continue
        if not _said(one.label):
            level = Level.ERROR if isinstance(one, _NEEDED) else Level.WARNING
            yield _finding(level, f"{placed.pointer}/label", "It has no label.", one.id)
        elif isinstance(one.label, Both) and not (one.label.ko.strip() and one.label.en.strip()):
            yield _finding(Level.WARNING, f"{placed.pointer}/label", "The label is there in one language only.", one.id)


def _said(words: Words) -> bool:
    return bool((words.ko + words.en).strip()) if isinstance(words, Both) else bool(words.strip())


def _finding(level: Level, pointer: str, message: str, owner: str) -> Finding:
    return Finding(level=level, code=FindingCode.LABEL, pointer=pointer, message=message, component=owner)
