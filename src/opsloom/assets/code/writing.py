"""Writes JSON values as YAML 1.2 that a person would write: blocks, plain words where they are safe, text of several lines as it is.

An emitter of our own because the format is small and has to stay the same byte for byte from release to release, and because
ten thousand files are written in one request. Invariant, held by a property test: reading what was written gives the value back.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Final

import orjson

from opsloom.assets.code.reading import Json

_INDENT: Final = "  "
# What a plain word may begin with and hold; everything else is quoted.
_PLAIN: Final = re.compile(r"[^\s\-?:,\[\]{}#&*!|>'\"%@`=<~+.\d](?:[^\n\r\t]*\S)?")
_NOT_PLAIN: Final = re.compile(r": |:$| #|\s$")
_ESCAPED: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]")
_CONTROL: Final = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")
# Words of the core schema, and those that YAML 1.1 readers take for truth values.
_WORDS: Final = frozenset({"null", "true", "false", "yes", "no", "on", "off", "y", "n"})
_LONGEST_KEY: Final = 500


def write(value: Json) -> str:
    """A document, ending in a line feed."""
    return "\n".join(_lines(value, "")) + "\n"


def _lines(value: Json, indent: str) -> Iterator[str]:
    if isinstance(value, Mapping) and value:
        for key, each in value.items():
            yield from _entry(_word(key), each, indent)
    elif isinstance(value, list) and value:
        for each in value:
            yield from _item(each, indent)
    else:
        yield indent + _flow(value, indent)


def _entry(key: str, value: Json, indent: str) -> Iterator[str]:
    head = f"{indent}{key}:" if len(key) <= _LONGEST_KEY else f"{indent}? {key}\n{indent}:"
    if isinstance(value, (Mapping, list)) and value:
        yield head
        yield from _lines(value, indent + _INDENT)
    else:
        yield f"{head} {_flow(value, indent + _INDENT)}"


def _item(value: Json, indent: str) -> Iterator[str]:
    """A collection in a list begins on the line of its dash."""
    if isinstance(value, (Mapping, list)) and value:
        inner = indent + _INDENT
        first = True
        for line in _lines(value, inner):
            yield f"{indent}- {line[len(inner) :]}" if first else line
            first = False
    else:
        yield f"{indent}- {_flow(value, indent + _INDENT)}"


def _flow(value: Json, indent: str) -> str:
    """A value that needs no lines of its own, or a block of text whose lines stand at `indent`."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return repr(value)
    if isinstance(value, str):
        return _text(value, indent)
    return "{}" if isinstance(value, Mapping) else "[]"


def _text(text: str, indent: str) -> str:
    if "\n" in text and _fits_block(text):
        body = text.rstrip("\n")
        ends = len(text) - len(body)
        chomp = "-" if ends == 0 else "" if ends == 1 else "+"
        lines = [f"{indent}{line}" if line else "" for line in body.split("\n")] + [""] * max(0, ends - 1)
        return "\n".join([f"|{chomp}", *lines])
    return _word(text)


def _fits_block(text: str) -> bool:
    """Text whose first line says where the block begins and that holds no character a block cannot carry."""
    return not (text[0].isspace() or _ESCAPED.search(text) or "\t" in text or not text.strip("\n"))


def _word(text: str) -> str:
    if _PLAIN.fullmatch(text) and not _NOT_PLAIN.search(text) and not _ESCAPED.search(text):
        return f'"{text}"' if text.lower() in _WORDS else text
    if (
        ('"' in text or "\\" in text)
        and "'" not in text
        and "\n" not in text
        and not _ESCAPED.search(text)
        and "\t" not in text
    ):
        return f"'{text}'"
    return _CONTROL.sub(lambda found: f"\\u{ord(found.group()):04x}", orjson.dumps(text).decode())
