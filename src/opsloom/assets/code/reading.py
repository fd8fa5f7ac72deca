"""Reads one YAML document into plain JSON values and remembers where each stood.

Only the parser of ruamel.yaml is used; what a scalar means is decided here, by the core schema of YAML 1.2, so that `on` is a
word, `010` is ten and a date is text. Invariant: what comes out can be written as JSON and stored in PostgreSQL, every mapping
has each of its keys once, and the work is bounded by the length of the text: anchors, aliases and tags are refused, depth and
number of values are limited.
"""

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from opsloom.assets.code.errors import Flaw

MAX_CHARACTERS: Final = 1_000_000
MAX_DEPTH: Final = 50
MAX_VALUES: Final = 50_000
SMALLEST: Final = -(2**63)
LARGEST: Final = 2**64 - 1

_NULL: Final = frozenset({"", "~", "null", "Null", "NULL"})
_TRUTH: Final = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_INTEGER: Final = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_NUMBER: Final = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_NOT_FINITE: Final = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
_UNSTORABLE: Final = re.compile("[\x00\ud800-\udfff]")

Json = Any  # a JSON value; its shape is checked by the model that reads it
Place = tuple[int, int]
Step = str | int


@dataclass
class Read:
    """A document's value, and for each part of it (by its path) where its key or item begins and where its value does."""

    value: Json
    starts: dict[tuple[Step, ...], Place] = field(default_factory=dict)
    values: dict[tuple[Step, ...], Place] = field(default_factory=dict)

    def reached(self, location: Sequence[Step]) -> tuple[Step, ...]:
        """The part of a location that exists. Steps that name no part (tags of unions) are passed over."""
        here, found = self.value, list[Step]()
        for step in location:
            in_list = isinstance(here, list) and isinstance(step, int) and 0 <= step < len(here)
            if in_list or (isinstance(here, dict) and step in here):
                here = here[step]
                found.append(step)
        return tuple(found)

    def start(self, path: Sequence[Step]) -> Place:
        """Where the key of the part begins, or the nearest part around it."""
        path = tuple(path)
        while path not in self.starts:
            path = path[:-1]
        return self.starts[path]

    def begin(self, path: Sequence[Step]) -> Place:
        """Where the value of the part begins, or the nearest part around it."""
        return self.values.get(tuple(path)) or self.start(path)


class Unreadable(Exception):
    """The text is no document that can be used; carries its flaws."""

    def __init__(self, flaws: Sequence[Flaw]) -> None:
        super().__init__(str(flaws[0]))
        self.flaws = list(flaws)


def decode(file: str, raw: bytes) -> str:
    """The text of a file: UTF-8, with or without a byte order mark. Raises Unreadable with the place of the first bad byte."""
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise Unreadable([Flaw(file, 1, 1, "This is UTF-16; save the file as UTF-8.", "encoding")])
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = raw[: error.start].decode("utf-8", "replace")
        line, column = _position(before, len(before))
        message = f"The byte 0x{raw[error.start]:02x} is not UTF-8; save the file as UTF-8."
        raise Unreadable([Flaw(file, line, column, message, "encoding")]) from None


def read(file: str, text: str) -> Read:
    """One document. Raises Unreadable."""
    if len(text) > MAX_CHARACTERS:
        message = f"The file has {len(text):,} characters; at most {MAX_CHARACTERS:,} are read."
        raise Unreadable([Flaw(file, 0, 0, message, "too_large")])
    from ruamel.yaml import YAML  # read by those who use files only
    from ruamel.yaml.error import MarkedYAMLError
    from ruamel.yaml.reader import ReaderError

    parser = YAML(typ="safe", pure=True)
    plain = text.removeprefix("\ufeff")
    builder = _Builder(file)
    try:
        for event in parser.parse(plain):
            builder.take(event)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (0, 0)
        raise Unreadable([Flaw(file, line, column, _explained(error, plain, mark), "yaml")]) from None
    except ReaderError as error:
        line, column = _position(plain, error.position)
        message = f"The character U+{error.character:04X} cannot stand in YAML; write it as an escape in double quotes."
        raise Unreadable([Flaw(file, line, column, message, "yaml")]) from None
    except (ValueError, IndexError) as error:  # the parser's own way of refusing impossible escapes
        raise Unreadable([Flaw(file, 0, 0, f"This is not YAML: {str(error)[:200]}.", "yaml")]) from None
    return builder.done()


def _position(text: str, index: int) -> Place:
    before = text[:index]
    return before.count("\n") + 1, index - (before.rfind("\n") + 1) + 1


def _explained(error: Any, text: str, mark: Any) -> str:
    problem = " ".join(str(error.problem or error.context or "this is not YAML").split())
    index = mark.index if mark else 0
    if text[index : index + 1] == "\t" or "'\\t'" in problem:
        return "A tab stands where only spaces may; indent with spaces."
    if error.context and error.problem:
        problem = f"{problem} ({' '.join(str(error.context).split())})"
    return f"This is not YAML: {problem}."


@dataclass
class _Open:
    """A collection that is being read; `key` is the key whose value comes next."""

    path: tuple[Step, ...]
    value: dict[str, Json] | list[Json]
    key: str | None = None
    key_place: Place = (1, 1)


class _Builder:
    """Takes the parser's events one by one; holds no more than the value so far."""

    def __init__(self, file: str) -> None:
        self._file = file
        self._open: list[_Open] = []
        self._read = Read(None)
        self._documents = 0
        self._flaws: list[Flaw] = []

    def take(self, event: Any) -> None:
        name = type(event).__name__
        if name == "DocumentStartEvent":
            self._documents += 1
            if self._documents > 1:
                self._refuse(event, "A file holds one document; this is a second one.")
        elif name == "AliasEvent" or getattr(event, "anchor", None):
            self._refuse(event, "Anchors and aliases are not used here; write the value out.")
        elif getattr(event, "tag", None):
            self._refuse(event, f"Tags such as {str(event.tag)[:40]} are not used here; leave it out.")
        elif name == "ScalarEvent":
            self._scalar(event)
        elif name in {"MappingStartEvent", "SequenceStartEvent"}:
            self._begin(event, {} if name.startswith("Mapping") else [])
        elif name in {"MappingEndEvent", "SequenceEndEvent"}:
            self._open.pop()

    def done(self) -> Read:
        if self._flaws:
            raise Unreadable(self._flaws)
        if not self._read.starts:
            raise Unreadable([Flaw(self._file, 1, 1, "The file is empty.", "empty")])
        return self._read

    def _begin(self, event: Any, collection: dict[str, Json] | list[Json]) -> None:
        if len(self._open) >= MAX_DEPTH:
            self._refuse(event, f"It is nested deeper than {MAX_DEPTH} levels.")
        around = self._open[-1] if self._open else None
        if around is not None and isinstance(around.value, dict) and around.key is None:
            self._refuse(event, "A key must be text; write it in one word or in quotes.")
        self._open.append(_Open(self._put(event, collection), collection))

    def _scalar(self, event: Any) -> None:
        around = self._open[-1] if self._open else None
        if around is not None and isinstance(around.value, dict) and around.key is None:
            self._key(event, around)
        else:
            self._put(event, self._meaning(event))

    def _key(self, event: Any, around: _Open) -> None:
        if event.implicit[0] and not isinstance(self._meaning(event), str):
            self._refuse(event, f"The key {event.value or 'null'} must be text; write it in quotes.")
        key, place = str(event.value), _place(event)
        self._check_text(event, key)
        if key in around.value:
            line = self._read.starts[(*around.path, key)][0]
            self._note(event, f"The key {key[:80]} is there already, in line {line}.", "duplicate_key")
        around.key, around.key_place = key, place

    def _put(self, event: Any, value: Json) -> tuple[Step, ...]:
        """Put a value where it belongs and remember its places; answers its path."""
        if len(self._read.values) >= MAX_VALUES:
            self._refuse(event, f"The file holds more than {MAX_VALUES:,} values.")
        if not self._open:
            self._read.value = value
            self._read.starts[()] = self._read.values[()] = _place(event)
            return ()
        around = self._open[-1]
        if isinstance(around.value, list):
            around.value.append(value)
            path: tuple[Step, ...] = (*around.path, len(around.value) - 1)
            start = _place(event)
        else:
            assert around.key is not None
            around.value[around.key] = value
            path, start, around.key = (*around.path, around.key), around.key_place, None
        self._read.starts[path], self._read.values[path] = start, _place(event)
        return path

    def _meaning(self, event: Any) -> Json:
        text = str(event.value)
        if not event.implicit[0]:
            self._check_text(event, text)
            return text
        if text in _NULL:
            return None
        if text in _TRUTH:
            return _TRUTH[text]
        if _INTEGER.fullmatch(text):
            return self._integer(event, text)
        if _NUMBER.fullmatch(text):
            number = float(text)
            if not math.isfinite(number):
                self._note(event, f"The number {text[:40]} is too large.", "number")
            return number
        if _NOT_FINITE.fullmatch(text):
            self._note(event, f"{text} is not a number that can be stored.", "number")
        self._check_text(event, text)
        return text

    def _integer(self, event: Any, text: str) -> int:
        base = 8 if text.startswith("0o") else 16 if text.startswith("0x") else 10
        if len(text) > 40:
            self._note(event, "The number is too large.", "number")
            return 0
        number = int(text[2:] if base != 10 else text, base)
        if not SMALLEST <= number <= LARGEST:
            self._note(event, f"The number {text} is too large.", "number")
        return number

    def _check_text(self, event: Any, text: str) -> None:
        if bad := _UNSTORABLE.search(text):
            self._note(event, f"The text holds U+{ord(bad.group()):04X}, which cannot be stored.", "text")

    def _note(self, event: Any, message: str, code: str = "yaml") -> None:
        self._flaws.append(Flaw(self._file, *_place(event), message, code))

    def _refuse(self, event: Any, message: str) -> None:
        self._note(event, message)
        raise Unreadable(self._flaws)


def _place(event: Any) -> Place:
    return event.start_mark.line + 1, event.start_mark.column + 1


def pointer_of(path: Sequence[Step]) -> str:
    """A path as a JSON Pointer (RFC 6901)."""
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in path)


def strings_of(value: Json, path: tuple[Step, ...] = ()) -> Iterator[tuple[tuple[Step, ...], str]]:
    """Every text in a value with its path."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict):
        for key, each in value.items():
            yield from strings_of(each, (*path, key))
    elif isinstance(value, list):
        for index, each in enumerate(value):
            yield from strings_of(each, (*path, index))
