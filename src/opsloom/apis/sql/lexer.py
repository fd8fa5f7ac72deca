"""A lexer of PostgreSQL's text, so that `:name` parameters are found and nothing hides in strings or comments.

Invariant: wherever this lexer and PostgreSQL's could see different tokens, the text is refused. That concerns strings
continued over lines, `U&` escapes, `$` outside a plain dollar quote, signs outside ASCII that are not letters, and letters
that fold to ASCII ones. What is left reads the same to this lexer, to sqlglot (which gets a skeleton with neutral string
contents) and to the server (which gets the text without comments, `:name` turned into `$n`).
"""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

LONGEST_STATEMENT = 50_000
DEEPEST_NESTING = 60
_WORD = re.compile(r"[^\W\d]\w*")
_NUMBER = re.compile(r"(?:\d|\.\d)[\w.]*", re.ASCII)
_DOLLAR = re.compile(r"\$(?:[A-Za-z_][A-Za-z0-9_]*)?\$", re.ASCII)
_COMMENT_EDGE = re.compile(r"/\*|\*/")
_LINE_END = re.compile(r"[\r\n]")
_STRING = re.compile(r"'(?:[^']|'')*'")
_ESCAPED_STRING = re.compile(r"'(?:[^'\\]|''|\\.)*'", re.DOTALL)
_QUOTED_NAME = re.compile(r'"(?:[^"]|"")*"')
_PLAIN_CONTENT = re.compile(r"[\w :.,%+/-]*\Z")
_BLANK = re.compile(r"[ \t\r\n\f\v]+")


class Kind(StrEnum):
    BLANK = "blank"
    COMMENT = "comment"
    STRING = "string"
    NAME = "name"
    WORD = "word"
    NUMBER = "number"
    PARAMETER = "parameter"
    END = "end"
    SIGN = "sign"


class Unreadable(ValueError):
    """The text is not SQL that can be read safely; `offset` is where."""

    def __init__(self, message: str, offset: int) -> None:
        super().__init__(message)
        self.message = message
        self.offset = offset


@dataclass(frozen=True, slots=True)
class Token:
    kind: Kind
    text: str
    offset: int

    @property
    def name(self) -> str:
        """As PostgreSQL compares it: words fold to lower case, quoted names stay."""
        return self.text[1:-1].replace('""', '"') if self.kind is Kind.NAME else self.text.lower()


def lex(source: str) -> Iterator[Token]:
    """The tokens of `source`, all of it. Raises Unreadable."""
    at = 0
    while at < len(source):
        kind, end = _next(source, at)
        yield Token(kind, source[at:end], at)
        at = end


def _next(source: str, at: int) -> tuple[Kind, int]:
    for reader in (_blank_or_comment, _quoted, _word_or_number, _parameter):
        found = reader(source, at)
        if found:
            return found
    sign = source[at]
    if sign == "$":
        return Kind.STRING, _dollar_end(source, at)
    if not " " <= sign <= "~":
        raise Unreadable(f"the sign {sign!a} may stand only inside quotes", at)
    return (Kind.END if sign == ";" else Kind.SIGN), at + 1


def _blank_or_comment(source: str, at: int) -> tuple[Kind, int] | None:
    if blank := _BLANK.match(source, at):
        return Kind.BLANK, blank.end()
    if source.startswith("--", at):
        line_end = _LINE_END.search(source, at)
        return Kind.COMMENT, line_end.start() if line_end else len(source)
    if source.startswith("/*", at):
        return Kind.COMMENT, _comment_end(source, at)
    return None


def _word_or_number(source: str, at: int) -> tuple[Kind, int] | None:
    if word := _WORD.match(source, at):
        return Kind.WORD, _checked_word(source, at, word.end())
    if number := _NUMBER.match(source, at):
        return Kind.NUMBER, number.end()
    return None


def _parameter(source: str, at: int) -> tuple[Kind, int] | None:
    if source.startswith(("::", ":="), at):
        return Kind.SIGN, at + 2
    if source[at] == ":" and (word := _WORD.match(source, at + 1)):
        return Kind.PARAMETER, _checked_word(source, at + 1, word.end())
    return None


def _quoted(source: str, at: int) -> tuple[Kind, int] | None:
    """Strings and quoted names, with their prefixes."""
    prefix = source[at : at + 3].upper()
    if prefix in ("U&'", 'U&"'):
        raise Unreadable("write the characters themselves instead of U& escapes", at)
    if source[at] == '"':
        if name := _QUOTED_NAME.match(source, at):
            return Kind.NAME, name.end()
        raise Unreadable("a quoted name is not closed", at)
    start = at + 1 if prefix[0] in "EBXN" and prefix[1:2] == "'" else at
    if source[start : start + 1] != "'":
        return None
    form = _ESCAPED_STRING if prefix[0] == "E" else _STRING
    if string := form.match(source, start):
        return Kind.STRING, string.end()
    raise Unreadable("a string is not closed", at)


def _comment_end(source: str, at: int) -> int:
    depth = 0
    for edge in _COMMENT_EDGE.finditer(source, at):
        depth += 1 if edge.group() == "/*" else -1
        if not depth:
            return edge.end()
    raise Unreadable("a comment is not closed", at)


def _dollar_end(source: str, at: int) -> int:
    tag = _DOLLAR.match(source, at)
    if tag is None:
        raise Unreadable("write parameters as :name; `$` only opens a dollar-quoted string", at)
    end = source.find(tag.group(), tag.end())
    if end < 0:
        raise Unreadable("a dollar-quoted string is not closed", at)
    return end + len(tag.group())


def _checked_word(source: str, at: int, end: int) -> int:
    for letter in source[at:end]:
        if letter > "\x7f" and any(c < "\x80" for c in letter.upper() + letter.lower()):
            raise Unreadable(f"the letter {letter!a} looks like an ASCII one", at)
    if source[end : end + 1] == "$":
        raise Unreadable("a name with `$` must be quoted", at)
    return end


@dataclass(frozen=True, slots=True)
class Marks:
    """Which offset of a rewritten text came from which offset of the source, at token starts."""

    ours: tuple[int, ...]
    theirs: tuple[int, ...]

    def source_offset(self, offset: int) -> int:
        at = max(bisect_right(self.ours, offset) - 1, 0)
        return self.theirs[at] + max(offset - self.ours[at], 0) if self.ours else 0


@dataclass(frozen=True, slots=True)
class Prepared:
    """A statement ready for PostgreSQL (`text`) and for sqlglot (`skeleton`). `parameters` are in the order of `$n`."""

    source: str
    tokens: tuple[Token, ...]
    parameters: tuple[str, ...]
    text: str
    marks: Marks
    skeleton: str
    skeleton_marks: Marks

    def with_values(self, values: Sequence[str]) -> tuple[str, Marks]:
        """The text with one SQL expression in the place of each parameter."""
        by_name = dict(zip(self.parameters, values, strict=True))
        return _rewritten(self.tokens, lambda token: by_name[token.text[1:]] if _is_parameter(token) else token.text)


def prepare(source: str) -> Prepared:
    """Read one statement; a trailing semicolon is dropped. Raises Unreadable."""
    if len(source) > LONGEST_STATEMENT:
        raise Unreadable(f"the statement is longer than {LONGEST_STATEMENT} characters", 0)
    tokens = tuple(_solid(source))
    names = list(dict.fromkeys(token.text[1:] for token in tokens if _is_parameter(token)))
    numbers = {name: f"${number}" for number, name in enumerate(names, 1)}

    def numbered(token: Token) -> str:
        return numbers[token.text[1:]] if _is_parameter(token) else token.text

    def neutral(token: Token) -> str:
        return _neutral(token.text) if token.kind is Kind.STRING else numbered(token)

    text, marks = _rewritten(tokens, numbered)
    skeleton, skeleton_marks = _rewritten(tokens, neutral)
    return Prepared(source, tokens, tuple(names), text, marks, skeleton, skeleton_marks)


def _is_parameter(token: Token) -> bool:
    return token.kind is Kind.PARAMETER


def _neutral(string: str) -> str:
    """A string whose content cannot be read in two ways stays, since sqlglot looks into some of them (units, fields)."""
    is_plain = string[0] == "'" and _PLAIN_CONTENT.match(string[1:-1])
    return string if is_plain else "'x'"


def _solid(source: str) -> list[Token]:
    """Tokens that mean something, of exactly one statement."""
    tokens: list[Token] = []
    end: Token | None = None
    depth = 0
    for token in lex(source):
        if token.kind in (Kind.BLANK, Kind.COMMENT):
            continue
        if token.kind is Kind.END:
            end = end or token
            continue
        if end is not None:
            raise Unreadable("only one statement is allowed", token.offset)
        if token.kind is Kind.STRING and tokens and tokens[-1].kind is Kind.STRING:
            raise Unreadable("join strings with || instead of writing them side by side", token.offset)
        depth += (token.text in "([") - (token.text in ")]") if token.kind is Kind.SIGN else 0
        if depth > DEEPEST_NESTING:
            raise Unreadable("the statement is nested too deeply", token.offset)
        tokens.append(token)
    if not tokens:
        raise Unreadable("there is no statement", 0)
    return tokens


def _rewritten(tokens: Sequence[Token], shown: Callable[[Token], str]) -> tuple[str, Marks]:
    """The tokens with one blank where there was room between them, so that signs neither join nor part."""
    parts: list[str] = []
    ours: list[int] = []
    size, previous_end = 0, 0
    for token in tokens:
        if parts and token.offset > previous_end:
            parts.append(" ")
            size += 1
        ours.append(size)
        text = shown(token)
        parts.append(text)
        size += len(text)
        previous_end = token.offset + len(token.text)
    return "".join(parts), Marks(tuple(ours), tuple(token.offset for token in tokens))
