"""A statement with `:name` parameters, read by the database's own grammar: what stands in quotes and comments is no parameter.

A name inside a literal must not be replaced: drivers that fill in values themselves would put a quoted value inside quotes,
which is an injection.
"""

from collections.abc import Mapping
from enum import StrEnum
from itertools import pairwise
from typing import Any

from opsloom.connections.errors import QueryRefused

_MAX_CHARS = 200_000


class Style(StrEnum):
    """How a driver wants its parameters written."""

    PERCENT = "percent"
    """`%(name)s`, and every other percent sign twice."""
    COLON = "colon"
    DOLLAR = "dollar"


def tokens(sql: str, grammar: str) -> list[Any]:
    """The statement's words with their places. Raises QueryRefused."""
    from sqlglot import tokenize
    from sqlglot.errors import TokenError

    if len(sql) > _MAX_CHARS:
        raise QueryRefused(f"The statement is longer than {_MAX_CHARS} characters.")
    try:
        return list(tokenize(sql, read=grammar))
    except TokenError as error:
        raise QueryRefused("A quotation or comment of the statement does not end.") from error


def bind(sql: str, params: Mapping[str, object], grammar: str, style: Style) -> tuple[str, dict[str, object]]:
    """The statement as the driver wants it, with the values it uses. Raises QueryRefused."""
    found = _places(sql, grammar)
    for name in found.values():
        if name not in params:
            raise QueryRefused(
                f"There is no value for the parameter :{name}.",
                hint="Put a blank after a colon that begins no parameter.",
            )
    used = {name: params[name] for name in found.values()}
    if style is Style.COLON:
        return sql, used
    pieces: list[str] = []
    at = 0
    for start in sorted(found):
        name = found[start]
        pieces += [_plain(sql[at:start], style), f"%({name})s" if style is Style.PERCENT else f"${name}"]
        at = start + 1 + len(name)
    return "".join([*pieces, _plain(sql[at:], style)]), used


def _plain(text: str, style: Style) -> str:
    return text.replace("%", "%%") if style is Style.PERCENT else text


def _places(sql: str, grammar: str) -> dict[int, str]:
    """Where each parameter's colon stands, and its name."""
    return {
        colon.start: sql[word.start : word.end + 1]
        for colon, word in pairwise(tokens(sql, grammar))
        if colon.text == ":"
        and colon.end == colon.start
        and word.start == colon.end + 1
        and sql[word.start : word.end + 1].isidentifier()
    }
