"""The guard: is this text one harmless query over the schema `data`?

Invariant: a statement passes only if every piece of it is on a list of what is allowed, never because nothing forbidden was
found. Two readings must agree: the tokens of our own lexer (a name before a parenthesis is an allowed function, a piece of
grammar, a type or an alias of this statement, and nothing else) and sqlglot's tree (kinds of nodes, relations, types). The
tree alone would not do, because sqlglot gives many functions its own names. What passes here still needs PostgreSQL's own
verdict (`verdict.py`) before it is published, and runs inside the walls of `statement.py`.
"""

import logging
from collections.abc import Iterator
from dataclasses import dataclass

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from opsloom.apis.sql.functions import Catalog
from opsloom.apis.sql.lexer import Kind, Prepared, Token, Unreadable, prepare
from opsloom.kit.position import line_and_column

SCHEMA = "data"


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_GRAMMAR = _words(
    """
    select from where and or not in values as on using when then else case with materialized recursive lateral join over
    filter exists any all some union intersect except distinct by having limit offset between like ilike is within group
    order partition rows range groups array row sets grouping rollup cube cast extract overlay position substring trim
    coalesce nullif greatest least normalize ordinality similar to first next search cycle return
    json_object json_array json_objectagg json_arrayagg json_scalar json_exists json_value json_query collation
    current_timestamp current_time localtime localtimestamp
    numeric decimal varchar char character varying time timestamp timestamptz timetz bit float interval second precision
    """
)
_REVEALING_WORDS = frozenset(
    {"current_user", "session_user", "user", "current_role", "current_catalog", "current_schema", "system_user"}
)
_NODES = _words(
    """
    Add Alias All Any AtTimeZone Between BitwiseAnd BitwiseLeftShift BitwiseNot BitwiseOr BitwiseRightShift BitwiseXor
    Boolean Bracket Collate Column ColumnDef CTE Cube DataType DataTypeParam Distinct Div Dot DPipe EQ Except Fetch Filter
    From Glob Group GroupingSets GT GTE Having Identifier ILike In Intersect Interval IntDiv Is JoinHint Join JSONPath
    JSONPathKey JSONPathRoot JSONPathSubscript JSONPathWildcard Kwarg PropertyEQ Lateral Like Limit LimitOptions Literal LT
    LTE Mod Mul National Neg NEQ Not Null NullSafeEQ NullSafeNEQ Offset Order Ordered Parameter Paren Pow PropertyEQ
    RegexpILike Rollup Schema Select SimilarTo Slice Star Sub Subquery Table TableAlias Tuple Union Values Var Where Window
    WindowSpec With WithinGroup ByteString HexString BitString RawString Escape Overlaps IntervalSpan Operator
    """
)
_TYPES = _words(
    """
    ARRAY BIGDECIMAL BIGINT BIT BOOLEAN CHAR DATE DATEMULTIRANGE DATERANGE DECIMAL DOUBLE FLOAT INET INT INT4MULTIRANGE
    INT4RANGE INT8MULTIRANGE INT8RANGE INTERVAL JSON JSONB MONEY NCHAR NUMMULTIRANGE NUMRANGE NVARCHAR REAL SMALLINT TEXT TIME
    TIMESTAMP TIMESTAMPNTZ TIMESTAMPTZ TIMETZ TSMULTIRANGE TSRANGE TSTZMULTIRANGE TSTZRANGE UUID VARBINARY VARBIT VARCHAR
    """
)
_NAMED = (exp.Func, exp.Case, exp.Cast, exp.Subquery, exp.Exists, exp.Window, exp.Filter, exp.Bracket, exp.WithinGroup)

logging.getLogger("sqlglot").setLevel(logging.CRITICAL)  # it logs what it falls back to; we refuse it instead


@dataclass(frozen=True, slots=True)
class Finding:
    """Why a statement is refused and where; line and column count from 1."""

    code: str
    message: str
    line: int = 1
    column: int = 1
    pointer: str = "/logic/sql"


@dataclass(frozen=True, slots=True)
class Reading:
    """What the guard made of a text. With findings, it must not run."""

    prepared: Prepared | None
    findings: tuple[Finding, ...]

    @property
    def passes(self) -> bool:
        return self.prepared is not None and not self.findings


def read(source: str, catalog: Catalog, declared: frozenset[str] | None = None) -> Reading:
    """Check a user's statement. `declared` are the parameters of the API; None leaves them unchecked."""
    try:
        prepared = prepare(source)
    except Unreadable as problem:
        return Reading(None, (_at(source, problem.offset, "unreadable", problem.message),))
    findings = list(_undeclared(prepared, declared)) if declared is not None else []
    try:
        statements = sqlglot.parse(prepared.skeleton, read="postgres")
    except SqlglotError as problem:
        return Reading(prepared, (*findings, _syntax(prepared, problem)))
    except (RecursionError, ValueError, AttributeError, TypeError, KeyError, IndexError):
        # sqlglot trips over some hostile texts; whatever it cannot read is refused
        return Reading(prepared, (*findings, Finding("syntax", "the statement cannot be read")))
    root = statements[0] if len(statements) == 1 else None
    if not isinstance(root, exp.Query | exp.Values):
        findings.append(Finding("not_a_query", "only one SELECT, VALUES or WITH query is allowed"))
        return Reading(prepared, tuple(findings))
    try:
        findings += _Walk(prepared, catalog, root).findings()
    except RecursionError:
        findings.append(Finding("syntax", "the statement is nested too deeply"))
    return Reading(prepared, tuple(sorted(set(findings), key=lambda f: (f.line, f.column, f.message))))


def _undeclared(prepared: Prepared, declared: frozenset[str]) -> Iterator[Finding]:
    for token in prepared.tokens:
        if token.kind is Kind.PARAMETER and token.text[1:] not in declared:
            message = f"the parameter {token.text} is not declared"
            yield _at(prepared.source, token.offset, "parameter_undeclared", message)


def _syntax(prepared: Prepared, problem: SqlglotError) -> Finding:
    errors = getattr(problem, "errors", None) or [{}]
    message = str(errors[0].get("description") or "the statement cannot be read")
    line, column = errors[0].get("line"), errors[0].get("col")
    if not isinstance(line, int) or not isinstance(column, int):
        return Finding("syntax", message)
    lines = prepared.skeleton.split("\n")
    offset = sum(len(text) + 1 for text in lines[: line - 1]) + max(column - 1, 0)
    return _at(prepared.source, prepared.skeleton_marks.source_offset(offset), "syntax", message)


def _at(source: str, offset: int, code: str, message: str) -> Finding:
    line, column = line_and_column(source, offset)
    return Finding(code, message, line, column)


class _Walk:
    """One pass over tokens and tree of one statement."""

    def __init__(self, prepared: Prepared, catalog: Catalog, root: exp.Expr) -> None:
        self._prepared = prepared
        self._catalog = catalog
        self._root = root
        self._ctes = {_folded(cte.args["alias"].this) for cte in root.find_all(exp.CTE)}
        aliases = (alias for alias in root.find_all(exp.TableAlias) if alias.args.get("columns"))
        self._aliases = frozenset(_folded(alias.this) for alias in aliases)

    def findings(self) -> Iterator[Finding]:
        yield from self._words()
        for node in self._root.walk():
            yield from self._node(node)
        yield from self._columns()

    def _words(self) -> Iterator[Finding]:
        tokens = self._prepared.tokens
        for index, token in enumerate(tokens):
            if token.kind not in (Kind.WORD, Kind.NAME):
                continue
            before = tokens[index - 1] if index else None
            if index + 1 < len(tokens) and tokens[index + 1].text == "(":
                yield from self._called(token, before, tokens[index - 2] if index > 1 else None)
            is_label = before is not None and (before.text == "." or before.name == "as")
            if token.kind is Kind.WORD and token.name in _REVEALING_WORDS and not is_label:
                yield self._token(token, "function_not_allowed", f"{token.text} is not available to APIs")

    def _called(self, token: Token, before: Token | None, owner: Token | None) -> Iterator[Finding]:
        name = token.name
        if before is not None and before.text == ".":
            if owner is None or owner.name != "pg_catalog" or name not in self._catalog.allowed:
                yield self._token(token, "function_not_allowed", f"the function {name} is not available to APIs")
            return
        if name in self._catalog.allowed or (token.kind is Kind.WORD and name in _GRAMMAR):
            return
        if name in self._catalog.known:
            yield self._token(token, "function_not_allowed", f"the function {name} is not available to APIs")
        elif name not in self._aliases:
            yield self._token(token, "function_unknown", f"there is no function {name}")

    def _node(self, node: exp.Expr) -> Iterator[Finding]:
        kind = type(node).__name__
        if isinstance(node, exp.Table):
            yield from self._relation(node)
        elif isinstance(node, exp.DataType):
            if not isinstance(node.this, exp.DataType.Type) or node.this.name not in _TYPES:
                yield self._place(node, "type_not_allowed", f"the type {node.sql('postgres')} is not available to APIs")
        elif isinstance(node, exp.CTE | exp.Exists) and not isinstance(node.this, exp.Query | exp.Values):
            yield self._place(node, "not_a_query", "only a query may stand here")
        elif not isinstance(node, exp.Func) and kind not in _NODES:
            yield self._place(node, "form_not_allowed", f"{_spoken(node)} is not available to APIs")

    def _relation(self, table: exp.Table) -> Iterator[Finding]:
        if isinstance(table.this, exp.Func) or not table.name:
            return
        if any(table.args.get(part) for part in ("only", "for_", "when", "version", "changes", "pattern")):
            yield self._place(table, "form_not_allowed", "this form of reading a relation is not available to APIs")
        name, schema = _folded(table.this), _folded(table.args.get("db"))
        if not table.catalog and not schema and name in self._ctes and not name.startswith("pg_"):
            return
        if table.catalog or schema not in ("", SCHEMA) or name not in self._catalog.relations:
            shown = ".".join(part for part in (table.catalog, table.db, table.name) if part)
            offered = ", ".join(sorted(self._catalog.relations))
            message = f"there is no relation {shown} for APIs; there are {offered} in the schema {SCHEMA}"
            yield self._place(table, "relation_not_allowed", message)

    def _columns(self) -> Iterator[Finding]:
        query = self._root
        while isinstance(query, exp.SetOperation | exp.Subquery):
            query = query.this
        if not isinstance(query, exp.Select):
            return
        seen: set[str] = set()
        for column in query.expressions:
            if column.is_star:
                continue
            name = column.alias_or_name if isinstance(column, exp.Alias | exp.Column | exp.Dot) else ""
            if not name and not isinstance(column, _NAMED):
                yield self._place(column, "column_unnamed", "give every output column a name with AS")
            elif name and name in seen:
                yield self._place(column, "column_repeated", f"two output columns are called {name}")
            seen.add(name)

    def _place(self, node: exp.Expr, code: str, message: str) -> Finding:
        """Where the first piece of the node stands, as far as sqlglot kept it."""
        starts = [piece.meta.get("start") for piece in node.walk() if piece.meta]
        start = min((start for start in starts if isinstance(start, int)), default=0)
        offset = self._prepared.skeleton_marks.source_offset(start)
        return _at(self._prepared.source, offset, code, message)

    def _token(self, token: Token, code: str, message: str) -> Finding:
        return _at(self._prepared.source, token.offset, code, message)


def _folded(identifier: object) -> str:
    """A name as PostgreSQL compares it."""
    if not isinstance(identifier, exp.Identifier):
        return ""
    return identifier.name if identifier.args.get("quoted") else identifier.name.lower()


def _spoken(node: exp.Expr) -> str:
    """What the user wrote, as far as it can be said in a word or two."""
    words = {"Lock": "FOR UPDATE or FOR SHARE", "Into": "SELECT INTO", "TableSample": "TABLESAMPLE"}
    name = type(node).__name__
    return words.get(name, name.upper())
