"""An open connection, whatever its type: what can be asked of each, and what only some can do."""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Protocol

from opsloom.connections.results import Layer, Node, Step
from opsloom.kit.errors import OpsloomError


class Note:
    """What a step may say about itself."""

    def __init__(self) -> None:
        self.detail = ""


class Steps:
    """The steps of one test, in order; the first that fails ends it."""

    def __init__(self) -> None:
        self.done: list[Step] = []
        self._running: tuple[str, float] | None = None

    @asynccontextmanager
    async def step(self, name: str) -> AsyncIterator[Note]:
        """Time the body and record how it ended. What it raises goes on."""
        began = time.monotonic()
        note = Note()
        self._running = (name, began)
        try:
            yield note
        except OpsloomError as error:
            self._add(name, False, " ".join(filter(None, (error.message, error.hint))), began)
            raise
        self._add(name, True, note.detail, began)

    def cut_off(self, sentence: str) -> None:
        """The test ended without the step's own doing: its time was over."""
        if self._running is not None:
            self._add(self._running[0], False, sentence, self._running[1])
        elif not self.done or self.done[-1].ok:
            self.done.append(Step("test", False, sentence, 0.0))

    def _add(self, name: str, ok: bool, detail: str, began: float) -> None:
        self._running = None
        self.done.append(Step(name, ok, detail, round((time.monotonic() - began) * 1000, 1)))


class Opened(Protocol):
    """One version of a connection, with whatever it holds open."""

    async def test(self, steps: Steps) -> None:
        """Try it, step by step. Raises the OpsloomError of the step that failed."""
        ...

    async def browse(self, path: str) -> list[Node]:
        """What is below `path`; the empty path is the top. Raises NotFound kinds for a path that leads nowhere."""
        ...

    async def safety(self) -> list[Layer]:
        """Which safety layers hold."""
        ...

    @property
    def in_use(self) -> int:
        """How many uses are under way, as far as a pool knows."""
        ...

    async def close(self) -> None:
        """Let go of everything it holds."""
        ...
