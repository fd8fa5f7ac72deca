"""Names joined by AND, OR, NOT: what a composite rule says of its members. Read by hand: there is nothing in it but names.

A name becomes the comparison `name = 1`, so that proofs, explanations and SQL see an ordinary condition.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from opsloom.rules.errors import ConditionInvalid, Flaw
from opsloom.rules.predicate import NAMED, And, Column, Compare, Not, Number, Or, Predicate

POINTER: Final = "/expression"
_TOKEN: Final = re.compile(r"\s*(?:(?P<word>[A-Za-z_][A-Za-z0-9_]*)|(?P<mark>[()])|(?P<other>\S))")
_JOINING: Final = frozenset({"AND", "OR", "NOT"})
MAX_DEPTH: Final = 50


@dataclass(frozen=True, slots=True)
class _Token:
    text: str
    offset: int

    @property
    def word(self) -> str:
        """As it is compared: joining words are read in any case."""
        return self.text.upper() if self.text.upper() in _JOINING else self.text


class _Reader:
    def __init__(self, text: str, names: Collection[str]) -> None:
        self._text, self._names = text, frozenset(names)
        self._tokens = [
            _Token(found[0].strip(), found.start() + len(found[0]) - len(found[0].lstrip()))
            for found in _TOKEN.finditer(text)
            if found[0].strip()
        ]
        self._place = 0

    def whole(self) -> Predicate:
        """Everything there is."""
        predicate = self._either(0)
        if (token := self._next()) is not None:
            raise self._flaw(f"“{token.text}” does not belong here.", token)
        return predicate

    def _either(self, depth: int) -> Predicate:
        parts = [self._both(depth)]
        while self._takes("OR"):
            parts.append(self._both(depth))
        return parts[0] if len(parts) == 1 else Or(tuple(parts))

    def _both(self, depth: int) -> Predicate:
        parts = [self._one(depth)]
        while self._takes("AND"):
            parts.append(self._one(depth))
        return parts[0] if len(parts) == 1 else And(tuple(parts))

    def _one(self, depth: int) -> Predicate:
        if depth > MAX_DEPTH:
            raise self._flaw("The expression is nested too deeply.", self._next())
        if self._takes("NOT"):
            return Not(self._one(depth + 1))
        if self._takes("("):
            inner = self._either(depth + 1)
            if not self._takes(")"):
                raise self._flaw("A bracket is not closed.", self._next())
            return inner
        token = self._next()
        if token is None or token.word in _JOINING or token.text not in self._names:
            said = "The expression ends too early." if token is None else f"“{token.text}” is no member's name."
            raise self._flaw(said, token)
        self._place += 1
        return Compare("=", Column(NAMED, (token.text,)), Number(1.0))

    def _next(self) -> _Token | None:
        return self._tokens[self._place] if self._place < len(self._tokens) else None

    def _takes(self, word: str) -> bool:
        token = self._next()
        if token is None or token.word != word:
            return False
        self._place += 1
        return True

    def _flaw(self, message: str, token: _Token | None) -> ConditionInvalid:
        offset, length = (token.offset, len(token.text)) if token is not None else (len(self._text), 0)
        before = self._text[:offset]
        line, column = before.count("\n") + 1, offset - before.rfind("\n")
        hint = f"Names are {', '.join(sorted(self._names))}; they are joined by AND, OR, NOT and brackets."
        return ConditionInvalid(Flaw(message, line, column, offset, length, hint), pointer=POINTER)


def read_expression(text: str, names: Collection[str]) -> Predicate:
    """The condition over members. Raises ConditionInvalid with the place of the flaw."""
    return _Reader(text, names).whole()
