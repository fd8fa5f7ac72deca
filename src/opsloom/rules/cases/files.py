"""Files of cases: one YAML document names a rule (or holds it) and its cases. They run without a server and without a database.

`rule` and each of `members` is a path, from the file's own place, to an asset file as `opsloom export` writes it or to a file of
cases that holds its rule, or the rule itself. A file is read whole or refused with the place of every flaw.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Final
from uuid import NAMESPACE_URL, UUID, uuid5

from pydantic import Field, ValidationError

from opsloom.assets.code.document import model_flaws
from opsloom.assets.code.errors import FilesInvalid, Flaw
from opsloom.assets.code.reading import Read, Unreadable, read
from opsloom.kit.errors import OpsloomError
from opsloom.kit.model import Wire
from opsloom.rules.cases.play import play
from opsloom.rules.cases.schemas import CaseOutcome, RuleCaseBody
from opsloom.rules.checks import check_document
from opsloom.rules.document import AnyRule, RuleDocument
from opsloom.rules.program import Identity, Program, compile_rule

MAX_BYTES: Final = 2_000_000
_AROUND: Final = ("name", "key", "kind", "description", "tags", "content")
_KIND: Final = "rule"


class CaseFile(Wire):
    """What a file holds."""

    rule: str | dict[str, Any]
    members: Annotated[dict[str, str | dict[str, Any]], Field(max_length=20)] = Field(default_factory=dict)
    cases: Annotated[list[RuleCaseBody], Field(min_length=1, max_length=500)]


@dataclass(frozen=True)
class Loaded:
    """A file that can be played. `places` is the line of each case."""

    path: str
    rule: Program
    members: Sequence[Program]
    cases: Sequence[RuleCaseBody]
    places: Sequence[int]

    def play(self) -> list[tuple[RuleCaseBody, CaseOutcome]]:
        """Every case and what came of it, in order."""
        return [(case, play(self.rule, self.members, case)) for case in self.cases]


def load(path: Path) -> Loaded:
    """Raises FilesInvalid with every flaw."""
    source = _source(path)
    found = _read(str(path), source)
    members = {key: _rule(path, source, key, one, ("members", key)) for key, one in found.members.items()}
    rule = _rule(path, source, None, found.rule, ("rule",))
    places = [source.start(("cases", place))[0] for place in range(len(found.cases))]
    return Loaded(str(path), rule, list(members.values()), found.cases, places)


def rule_id(key: str) -> UUID:
    """The id that a rule has while it is played from files."""
    return uuid5(NAMESPACE_URL, f"opsloom:rule:{key}")


def _rule(
    path: Path, source: Read, key: str | None, written: str | Mapping[str, Any], where: tuple[str, ...]
) -> Program:
    """A rule written in place, or in the file that is named."""
    shown = str(path)
    if isinstance(written, str):
        other = path.parent / written
        if not other.is_file():
            raise FilesInvalid([Flaw(shown, *source.begin(where), f"There is no file {written}.", "missing")])
        shown, source = str(other), _source(other)
        found: dict[str, Any] = source.value if isinstance(source.value, dict) else {}
        is_of_cases = isinstance(found.get("rule"), dict)
        written, where = (found["rule"], ("rule",)) if is_of_cases else (found, ())
    content = written.get("content") if isinstance(written.get("content"), dict) else None
    if content is None:
        content = {name: value for name, value in written.items() if name not in ("name", "key")}
    else:
        where = (*where, "content")
    name = str(written.get("name") or key or "rule")
    named = key or str(written.get("key") or name)
    try:
        document = RuleDocument.model_validate(content)
    except ValidationError as error:
        raise FilesInvalid(list(model_flaws(shown, source, error, where))) from error
    return _compiled(shown, source, document.root, Identity(rule_id(named), 0, name, key=named), where)


def _compiled(shown: str, source: Read, rule: AnyRule, identity: Identity, where: tuple[str, ...]) -> Program:
    try:
        check_document(rule)
        return compile_rule(rule, identity)
    except OpsloomError as error:
        pointer = getattr(error, "pointer", "")
        reached = source.reached(
            (*where, *(int(step) if step.isdecimal() else step for step in pointer.split("/")[1:]))
        )
        raise FilesInvalid([Flaw(shown, *source.begin(reached), error.message, error.code, pointer)]) from error


def _source(path: Path) -> Read:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise FilesInvalid([Flaw(str(path), 0, 0, f"It is larger than {MAX_BYTES:,} bytes.", "too_large")])
        return read(str(path), path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise FilesInvalid([Flaw(str(path), 0, 0, f"It cannot be read: {error}.", "unreadable")]) from error
    except Unreadable as error:
        raise FilesInvalid(error.flaws) from error


def _read(path: str, source: Read) -> CaseFile:
    try:
        return CaseFile.model_validate(source.value)
    except ValidationError as error:
        raise FilesInvalid(list(model_flaws(path, source, error, ()))) from error
