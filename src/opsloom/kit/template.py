"""Templates: text in which `{{ … }}` holds a JSONata expression. Pure; what evaluates expressions is elsewhere.

A template that is one expression and nothing else keeps the value's type; otherwise values become text. The end of an
expression is found by counting braces outside strings, so that `{{ {"a": {"b": 1}} }}` is one expression.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from opsloom.kit.position import line_and_column

Json = Any
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,62}\Z")
_WORDS = frozenset({"true", "false", "null", "and", "or", "in", "function"})


class Unclosed(Exception):
    """A `{{` without its `}}`; `line` and `column` count from 1."""

    def __init__(self, line: int, column: int) -> None:
        super().__init__("“{{” is not closed by “}}”")
        self.line, self.column = line, column


@dataclass(frozen=True, slots=True)
class Template:
    """Pieces in order: literal text at even places, expressions at odd ones; there is always a text at the end."""

    pieces: tuple[str, ...]
    starts: tuple[tuple[int, int], ...]

    @property
    def expressions(self) -> tuple[str, ...]:
        return self.pieces[1::2]

    @property
    def is_one_expression(self) -> bool:
        return len(self.pieces) == 3 and not self.pieces[0] and not self.pieces[2]

    def fill(self, values: Mapping[str, Json], shown: "Callable[[Json], str] | None" = None) -> Json:
        """The value, or the text with every expression replaced by its value as text."""
        if self.is_one_expression and shown is None:
            return values[self.pieces[1]]
        spoken = shown or as_text
        return "".join(spoken(values[piece]) if at % 2 else piece for at, piece in enumerate(self.pieces))


def read(text: str) -> Template:
    """Raises Unclosed."""
    pieces, starts, at = [], [], 0
    while (opening := text.find("{{", at)) >= 0:
        closing = _end(text, opening + 2)
        if closing < 0:
            raise Unclosed(*line_and_column(text, opening))
        inner = text[opening + 2 : closing]
        pieces += [text[at:opening], inner.strip()]
        starts.append(line_and_column(text, opening + 2 + len(inner) - len(inner.lstrip())))
        at = closing + 2
    pieces.append(text[at:])
    return Template(tuple(pieces), tuple(starts))


def _end(text: str, at: int) -> int:
    """Where the `}}` of an expression that begins at `at` stands; -1 if nowhere."""
    depth, quote = 0, ""
    while at < len(text):
        letter = text[at]
        if quote:
            at += 1 if letter == "\\" else 0
            quote = "" if letter == quote else quote
        elif letter in "\"'`":
            quote = letter
        elif letter == "{":
            depth += 1
        elif letter == "}" and depth:
            depth -= 1
        elif letter == "}" and text[at + 1 : at + 2] == "}":
            return at
        at += 1
    return -1


def as_text(value: Json) -> str:
    """A value inside text: nothing for null, JSON for lists and objects."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    return orjson.dumps(value).decode()


def plain_name(expression: str) -> str | None:
    """The field that an expression names, if it is nothing but a name: these need no evaluator."""
    return expression if _NAME.match(expression) and expression not in _WORDS else None


def split(expressions: Sequence[str]) -> tuple[list[str], list[str]]:
    """Names, and expressions that need the evaluator; each once, in order."""
    unique = list(dict.fromkeys(expressions))
    return [each for each in unique if plain_name(each)], [each for each in unique if not plain_name(each)]


def texts_in(value: Json, pointer: str) -> Iterator[tuple[str, str]]:
    """Every string of a JSON value with its pointer."""
    if isinstance(value, str):
        yield pointer, value
    elif isinstance(value, dict):
        for name, each in value.items():
            yield from texts_in(each, f"{pointer}/{name.replace('~', '~0').replace('/', '~1')}")
    elif isinstance(value, list):
        for at, each in enumerate(value):
            yield from texts_in(each, f"{pointer}/{at}")
