"""Files of golden questions: a category and its questions, each with a key of its own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any, Final

from pydantic import Field, StringConstraints, ValidationError

from opsloom.ask.golden.content import GoldenQuestion
from opsloom.assets.code.document import model_flaws
from opsloom.assets.code.errors import FilesInvalid, Flaw
from opsloom.assets.code.reading import Unreadable, read
from opsloom.kit.model import Text, Wire

_DEMO: Final = "demo"


class KeyedQuestion(GoldenQuestion):
    key: Annotated[Text, StringConstraints(pattern=r"^[a-z0-9]+(?:-[a-z0-9]+)*$", max_length=80)]


class GoldenFile(Wire):
    """What a file holds."""

    category: Annotated[Text, StringConstraints(min_length=1, max_length=100)]
    questions: Annotated[list[KeyedQuestion], Field(min_length=1, max_length=1000)]


@dataclass(frozen=True)
class Keyed:
    """A question with the key it is known by."""

    key: str
    golden: GoldenQuestion
    source: str = ""


def load(paths: Sequence[Path]) -> list[Keyed]:
    """The questions of files, and of the files in folders. Raises FilesInvalid with every flaw."""
    listed = [one for path in paths for one in (sorted(path.glob("*.yaml")) if path.is_dir() else [path])]
    found = [one for path in listed for one in _read(str(path), path.read_text(encoding="utf-8"))]
    twice = {one.key for one in found if sum(other.key == one.key for other in found) > 1}
    if twice:
        raise FilesInvalid([Flaw(found[0].source, 0, 0, f"Several questions are called {min(twice)}.", "twice")])
    return found


def demo() -> list[Keyed]:
    """The questions about the made-up company."""
    folder = files("opsloom.ask.golden") / _DEMO
    each = sorted((one for one in folder.iterdir() if one.name.endswith(".yaml")), key=lambda one: one.name)
    return [found for one in each for found in _read(one.name, one.read_text(encoding="utf-8"))]


def _read(path: str, text: str) -> Iterator[Keyed]:
    try:
        source = read(path, text)
    except Unreadable as error:
        raise FilesInvalid(error.flaws) from error
    try:
        held = GoldenFile.model_validate(source.value)
    except ValidationError as error:
        raise FilesInvalid(list(model_flaws(path, source, error, ()))) from error
    for one in held.questions:
        content: dict[str, Any] = one.model_dump(exclude={"key", "category"})
        yield Keyed(one.key, GoldenQuestion(**content, category=held.category), path)
