"""Lays a statement out over lines. Pure.

Invariant: only blanks change. The words of the text, their letters and its comments stay as they are and in their order, so
the text means what it meant; the result is read again to make sure, and whatever does not hold is refused.
"""

import re
from dataclasses import dataclass, field

import sqlglot
from sqlglot.errors import SqlglotError
from sqlglot.tokenizer_core import Token

_INDENT = "  "
_WIDTH = 100
_CLAUSES = frozenset(
    {
        *(
            "SELECT",
            "FROM",
            "WHERE",
            "GROUP BY",
            "HAVING",
            "ORDER BY",
            "LIMIT",
            "OFFSET",
            "FETCH",
            "WINDOW",
            "QUALIFY",
            "WITH",
        ),
        *("UNION", "INTERSECT", "EXCEPT", "VALUES", "SET", "RETURNING", "INSERT", "UPDATE", "DELETE", "MERGE"),
    }
)
_JOINING = frozenset({"JOIN", "LEFT", "RIGHT", "FULL", "INNER", "CROSS", "NATURAL"})
_LISTS = frozenset({"SELECT", "GROUP BY", "ORDER BY", "SET", "RETURNING", "WITH"})
_AFTER_JOINING = frozenset({*_JOINING, "OUTER", "LATERAL"})
_LINE_COMMENT = re.compile(r"--|#")


class NotLaidOut(ValueError):
    """The text cannot be read word by word."""


@dataclass(slots=True)
class _Word:
    """A word, and what stood before it: a comment or nothing, a blank or nothing."""

    text: str
    name: str
    comment: str
    was_apart: bool
    was_below: bool


@dataclass(slots=True)
class _Level:
    """What is inside one pair of parentheses. `opened`: a query stands in it, which has lines of its own."""

    opened: bool
    clause: str = ""
    breaks: bool = False
    between: bool = False


@dataclass(slots=True)
class _Text:
    lines: list[str] = field(default_factory=lambda: [""])

    def line(self, depth: int) -> None:
        if self.lines[-1].strip():
            self.lines[-1] = self.lines[-1].rstrip()
            self.lines.append("")
        self.lines[-1] = _INDENT * depth

    def add(self, text: str, *, apart: bool) -> None:
        if apart and self.lines[-1].strip() and not self.lines[-1].endswith((" ", "(")):
            self.lines[-1] += " "
        first, *rest = text.split("\n")
        self.lines[-1] += first
        self.lines += rest


def laid_out(source: str, dialect: str) -> str:
    """The same statement, a clause to a line. Raises NotLaidOut."""
    words, tail = _words(source, dialect)
    if not words:
        raise NotLaidOut("there is no statement")
    text = "\n".join(_lines(words, tail)).strip("\n")
    if _essence(text, dialect) != _essence(source, dialect):
        raise NotLaidOut("the statement cannot be laid out without changing it")
    return text


def _lines(words: list[_Word], tail: str) -> list[str]:
    text, levels = _Text(), [_Level(True)]
    for index, word in enumerate(words):
        before = words[index - 1] if index else None
        after = words[index + 1] if index + 1 < len(words) else None
        if word.name == ")" and len(levels) > 1 and levels.pop().opened:
            text.line(_depth(levels))
        _place(text, levels, word, before)
        if word.name == "(":
            opened = after is not None and after.name in {"SELECT", "WITH", "VALUES"} and _is_long(words, index)
            levels.append(_Level(opened))
            if opened:
                text.line(_depth(levels) - 1)
        _follow(text, levels, words, index)
    if tail:
        text.add(tail, apart=True)
    return [line.rstrip() for line in text.lines]


def _place(text: _Text, levels: list[_Level], word: _Word, before: _Word | None) -> None:
    """Put the word down, on a line of its own where it asks for one, with its comment where that stood."""
    level = levels[-1]
    begins = before is not None and level.opened and word.name in _CLAUSES and not _continues(word, before)
    wanted = _own_line(level, word, before, _depth(levels))
    if word.comment:
        if word.was_below and before is not None:
            text.line(wanted if wanted is not None else _depth(levels))
        text.add(word.comment, apart=before is not None)
        if wanted is None and (word.was_below or _LINE_COMMENT.search(word.comment)):
            wanted = _depth(levels)
    if wanted is not None and (before is not None or word.comment):
        text.line(wanted if before is not None else 0)
    glued = before is not None and not word.was_apart and before.name != ","
    text.add(word.text, apart=not glued and word.name not in {",", ")", ";"} and (before is None or before.name != "("))
    if begins or (before is None and word.name in _CLAUSES):
        level.clause, level.breaks = word.name, False
    level.between = word.name == "BETWEEN" or (level.between and word.name != "AND")


def _own_line(level: _Level, word: _Word, before: _Word | None, depth: int) -> int | None:
    """How deep the line is indented that the word begins; None when it goes on with the one before."""
    if not level.opened or before is None:
        return None
    if word.name in _CLAUSES:
        return None if _continues(word, before) else depth - 1
    if word.name in _JOINING and before.name not in _AFTER_JOINING and level.clause == "FROM":
        return depth - 1
    if word.name in {"AND", "OR"} and level.clause in {"WHERE", "HAVING", "FROM"} and not level.between:
        return depth
    return None


def _follow(text: _Text, levels: list[_Level], words: list[_Word], index: int) -> None:
    """Lists that are too long for a line have an item to a line."""
    level, word = levels[-1], words[index]
    if not level.opened:
        return
    if word.name in _LISTS and word.name == level.clause:
        level.breaks = word.name != "WITH" and _list_width(words, index) > _WIDTH
        if level.breaks:
            text.line(_depth(levels))
    elif word.name == "," and (level.breaks or level.clause == "WITH"):
        text.line(_depth(levels) if level.clause != "WITH" else _depth(levels) - 1)


def _continues(word: _Word, before: _Word) -> bool:
    """Words of clauses that are something else here: `is distinct from`, `for update`, `on conflict … do update set`."""
    if word.name == "FROM":
        return before.name in {"DISTINCT", "DELETE"}
    if word.name in {"UPDATE", "DELETE", "INSERT"}:
        return before.name in {"FOR", "DO", "KEY", "THEN", "ON"}
    return (word.name == "SET" and before.name in {"UPDATE", "CHARACTER"}) or (
        word.name == "WITH" and before.name != "("
    )


def _depth(levels: list[_Level]) -> int:
    return sum(2 if index and level.opened else 1 if level.opened else 0 for index, level in enumerate(levels))


def _is_long(words: list[_Word], index: int) -> bool:
    """Whether what the parenthesis at `index` holds is worth lines of its own."""
    depth, width = 0, 0
    for word in words[index:]:
        depth += {"(": 1, ")": -1}.get(word.name, 0)
        width += len(word.text) + 1
        if depth == 0:
            break
    return width > _WIDTH // 2


def _list_width(words: list[_Word], index: int) -> int:
    depth, width = 0, 0
    for word in words[index + 1 :]:
        depth += {"(": 1, ")": -1}.get(word.name, 0)
        if depth < 0 or (depth == 0 and word.name in _CLAUSES):
            break
        width += len(word.text) + 1
    return width


def _words(source: str, dialect: str) -> tuple[list[_Word], str]:
    """The words with the comments before them, and what follows the last."""
    words: list[_Word] = []
    end = 0
    for token in _tokens(source, dialect):
        gap = source[end : token.start]
        text = source[token.start : token.end + 1]
        between = gap.strip()
        if words and _is_string(words[-1].text) and _is_string(text):
            between, gap = "", ""  # strings over several lines are one: PostgreSQL wants the line's end between them
            words[-1].text += source[end : token.start] + text
        else:
            name = " ".join(text.upper().split())
            below = "\n" in gap[: gap.find(between)] if between else False
            words.append(_Word(text, name, between, bool(gap), below))
        end = token.end + 1
    return words, source[end:].strip()


def _is_string(text: str) -> bool:
    return text.endswith("'")


def _tokens(source: str, dialect: str) -> list[Token]:
    try:
        return sqlglot.tokenize(source, read=dialect)
    except (SqlglotError, RecursionError, ValueError, AttributeError, TypeError, KeyError, IndexError):
        raise NotLaidOut("the statement cannot be read") from None


def _essence(source: str, dialect: str) -> tuple[list[tuple[object, str]], list[str]]:
    """Everything but the blanks: the words as they are written, and what stands between them."""
    words: list[tuple[object, str]] = []
    gaps: list[str] = []
    end = 0
    for token in _tokens(source, dialect):
        gaps += _pieces(source[end : token.start])
        words.append((token.token_type, " ".join(source[token.start : token.end + 1].split())
                      if token.token_type.name.endswith("_BY") else source[token.start : token.end + 1]))  # fmt: skip
        end = token.end + 1
    return words, [*gaps, *_pieces(source[end:])]


def _pieces(gap: str) -> list[str]:
    return [gap.strip()] if gap.strip() else []
