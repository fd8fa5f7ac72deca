"""The guard of SQL that changes rows: is this text one INSERT, UPDATE, DELETE or MERGE of one table, and nothing else?

Invariant: a statement passes only if every kind of node in its tree is on a list of what is allowed, and every function is one
that sqlglot knows by name and that only makes a value. What it may touch is decided by the rights of the connection's user.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from opsloom.apis.sql.foreign import Judged, placed, syntax
from opsloom.apis.sql.guard import Finding

OURS = "opsloom_writes"


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_NODES = _words(
    """
    Add Alias All And Any Between Boolean Bracket Case Cast Coalesce Column Concat CTE DataType DataTypeParam Delete Distinct
    Div DPipe EQ Except Exists Filter From Group GT GTE Having Identifier If ILike In Insert Intersect Interval Is Join Like
    Limit Literal LT LTE Merge Mod Mul Neg NEQ Not Null NullSafeEQ NullSafeNEQ Offset OnConflict Or Order Ordered Paren
    Placeholder PropertyEQ Returning Schema Select Star Sub Subquery Table TableAlias Tuple Union Update Values Var When Whens
    Where With JSONExtract JSONExtractScalar JSONPath JSONPathKey JSONPathRoot JSONPathSubscript Escape Parameter AtTimeZone
    """
)
_FUNCTIONS = _words(
    """
    abs avg cast ceil coalesce concat count current_date current_time current_timestamp date date_add date_sub date_trunc
    extract floor greatest if json_extract json_extract_scalar least left length lower lpad ltrim max md5 min mod now nullif
    now replace right round rpad rtrim sign split_part substr substring sum timestamp_trunc trim try_cast upper uuid
    gen_random_uuid ifnull strftime datetime julianday unixepoch time_to_str ts_or_ds_to_date case and or xor exists
    row_number any_value str_position
    """
)
_TOP = (exp.Insert, exp.Update, exp.Delete, exp.Merge)


@dataclass(frozen=True, slots=True)
class Writing(Judged):
    """`before` reads the rows that an UPDATE or DELETE is about to change; None where that cannot be said in one query."""

    before: str | None = None
    returns: bool = False


def read(source: str, dialect: str, declared: frozenset[str]) -> Writing:
    """Check a statement that writes, in a dialect of sqlglot's."""
    if "\0" in source:
        return Writing((Finding("syntax", "the statement holds a NUL character"),))
    if dialect == "mysql" and ("/*!" in source or "/*m!" in source.lower()):
        return Writing((Finding("form_not_allowed", "comments that the server would run are not taken"),))
    try:
        statements = [each for each in sqlglot.parse(source, read=dialect) if each is not None]
    except SqlglotError as problem:
        return Writing((syntax(problem),))
    except (RecursionError, ValueError, AttributeError, TypeError, KeyError, IndexError):
        return Writing((Finding("syntax", "the statement cannot be read"),))
    root = statements[0] if len(statements) == 1 else None
    if not isinstance(root, _TOP):
        return Writing((Finding("not_a_write", "only one INSERT, UPDATE, DELETE or MERGE is allowed"),))
    try:
        findings = tuple(dict.fromkeys(_findings(root, source, declared)))
        names = tuple(dict.fromkeys(each.name for each in root.find_all(exp.Placeholder) if each.name))
        before = _before(root, dialect) if not findings else None
    except RecursionError:
        return Writing((Finding("syntax", "the statement is nested too deeply"),))
    return Writing(findings, names, before, root.args.get("returning") is not None)


def _findings(root: exp.Expr, source: str, declared: frozenset[str]) -> Iterator[Finding]:
    target = root.find(exp.Table)
    if target is None:
        yield Finding("form_not_allowed", "the statement names no table")
    if isinstance(root, exp.Update | exp.Delete) and root.args.get("where") is None:
        yield placed(root, source, "no_condition", "say with WHERE which rows; WHERE true means all of them")
    if root.args.get("overwrite") or root.args.get("directory") or root.args.get("tables"):
        yield placed(root, source, "form_not_allowed", "this form of writing is not available to APIs")
    for node in root.walk():
        yield from _node(node, root, source, declared)


def _node(node: exp.Expr, root: exp.Expr, source: str, declared: frozenset[str]) -> Iterator[Finding]:
    kind = type(node).__name__
    if isinstance(node, _TOP) and node is not root and not isinstance(node.parent, exp.When):
        yield placed(node, source, "form_not_allowed", "one statement changes one table")
    elif isinstance(node, exp.Placeholder) and node.name not in declared:
        shown = f":{node.name}" if node.name else "?"
        yield placed(node, source, "parameter_undeclared", f"the parameter {shown} is not declared")
    elif isinstance(node, exp.Table):
        yield from _table(node, source)
    elif kind not in _NODES:
        if not isinstance(node, exp.Func):
            yield placed(node, source, "form_not_allowed", f"{kind.upper()} is not available to APIs that write")
            return
        name = (node.name if isinstance(node, exp.Anonymous) else node.sql_name()).lower()
        if name not in _FUNCTIONS:
            yield placed(
                node, source, "function_not_allowed", f"the function {name} is not available to APIs that write"
            )
    if node.args.get("into"):
        yield placed(node, source, "form_not_allowed", "SELECT INTO is not available to APIs that write")


def _table(table: exp.Table, source: str) -> Iterator[Finding]:
    name, schema = table.name.lower(), table.db.lower()
    if not isinstance(table.this, exp.Identifier):
        yield placed(table, source, "form_not_allowed", "a function is no table")
    elif name == OURS or name.startswith(("pg_", "sqlite_")):
        yield placed(table, source, "relation_not_allowed", f"the table {name} is not available to APIs")
    elif schema in {"pg_catalog", "information_schema", "mysql", "performance_schema", "sys"} or schema.startswith(
        "pg_"
    ):
        yield placed(table, source, "relation_not_allowed", f"the schema {schema} is not available to APIs")
    elif any(sign in name for sign in "./\\*:"):
        yield placed(table, source, "relation_not_allowed", "a file is no table")
    if any(
        table.args.get(part)
        for part in ("catalog", "only", "when", "version", "changes", "pattern", "sample", "partition")
    ):
        yield placed(table, source, "form_not_allowed", "this form of naming a table is not available to APIs")


def _before(root: exp.Expr, dialect: str) -> str | None:
    """`select * from the table where the condition`, for statements over a single table."""
    if not isinstance(root, exp.Update | exp.Delete) or not isinstance(root.this, exp.Table):
        return None
    others = ("from_", "from", "using", "with_", "with", "joins", "limit", "order")
    if any(root.args.get(part) for part in others) or root.this.args.get("joins"):
        return None
    where = root.args["where"]
    asked = exp.select("*").from_(root.this.copy()).where(where.this.copy())
    for placeholder in list(asked.find_all(exp.Placeholder)):
        placeholder.replace(exp.Var(this=f":{placeholder.name}"))
    found: str = asked.sql(dialect, comments=False)
    return found
