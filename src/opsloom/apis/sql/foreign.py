"""The guard of SQL for other databases: is this text one query that reads?

Invariant: only a statement that sqlglot reads, in the database's own dialect, as exactly one query, none of whose parts
changes, locks, defines or loads anything, passes. It is the first of two walls: the connection's own (reading sessions, an
authorizer, sealed settings, the role) stands behind it and does not depend on it.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from opsloom.apis.sql.guard import Finding
from opsloom.kit.position import line_and_column


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_NOT_READING = tuple(
    found
    for name in _words(
        """
        DML DDL Command Into Lock Alter Drop Merge Copy Pragma Set SetItem Use Attach Detach LoadData Kill TruncateTable
        Transaction Commit Rollback Describe Export Install Grant Revoke Analyze Cache Uncache Refresh Summarize
        """
    )
    if isinstance(found := getattr(exp, name, None), type)
)
_OUTSIDE = _words(
    """
    pg_read_file pg_read_binary_file pg_ls_dir pg_stat_file lo_import lo_export dblink dblink_exec dblink_connect
    query_to_xml table_to_xml database_to_xml set_config pg_notify pg_terminate_backend pg_cancel_backend pg_reload_conf
    pg_advisory_lock pg_advisory_xact_lock pg_try_advisory_lock pg_sleep pg_sleep_for pg_sleep_until nextval setval
    load_file sleep benchmark get_lock release_lock is_free_lock master_pos_wait sys_exec sys_eval
    load_extension readfile writefile edit fts3_tokenizer zipfile
    read_csv read_csv_auto read_parquet parquet_scan read_json read_json_auto read_ndjson read_text read_blob glob
    sniff_csv read_xlsx sqlite_scan postgres_scan mysql_scan iceberg_scan delta_scan getenv
    """
)
"""Functions that reach files, other servers or sessions, or wait. Their databases refuse most of them already."""


@dataclass(frozen=True, slots=True)
class Judged:
    """With findings it must not run."""

    findings: tuple[Finding, ...]
    parameters: tuple[str, ...] = ()


def read(source: str, dialect: str, declared: frozenset[str]) -> Judged:
    """Check a query in a dialect of sqlglot's."""
    if "\0" in source:
        return Judged((Finding("syntax", "the statement holds a NUL character"),))
    try:
        statements = [each for each in sqlglot.parse(source, read=dialect) if each is not None]
    except SqlglotError as problem:
        return Judged((syntax(problem),))
    except (RecursionError, ValueError, AttributeError, TypeError, KeyError, IndexError):
        return Judged((Finding("syntax", "the statement cannot be read"),))
    root = statements[0] if len(statements) == 1 else None
    if not isinstance(root, exp.Query | exp.Values):
        return Judged((Finding("not_a_query", "only one SELECT, VALUES or WITH query is allowed"),))
    try:
        findings = list(dict.fromkeys([*_findings(root, source, declared), *_repeated(root, source)]))
        names = [each.name for each in root.find_all(exp.Placeholder) if each.name]
    except RecursionError:
        return Judged((Finding("syntax", "the statement is nested too deeply"),))
    return Judged(tuple(findings), tuple(dict.fromkeys(names)))


def _findings(root: exp.Expr, source: str, declared: frozenset[str]) -> Iterator[Finding]:
    for node in root.walk():
        if isinstance(node, _NOT_READING) and not isinstance(node, exp.Query):
            yield placed(node, source, "not_a_query", f"{type(node).__name__.upper()} is not reading")
        elif isinstance(node, exp.Placeholder) and node.name not in declared:
            shown = f":{node.name}" if node.name else "?"
            yield placed(node, source, "parameter_undeclared", f"the parameter {shown} is not declared")
        elif isinstance(node, exp.Func):
            name = (node.name if isinstance(node, exp.Anonymous) else node.sql_name()).lower()
            if name in _OUTSIDE:
                yield placed(node, source, "function_not_allowed", f"the function {name} is not available to APIs")
        elif isinstance(node, exp.Table) and any(sign in node.name for sign in _OF_PATHS):
            yield placed(node, source, "relation_not_allowed", "a file is no relation")
        if node.args.get("into"):
            yield placed(node, source, "not_a_query", "SELECT INTO is not reading")


def _repeated(root: exp.Expr, source: str) -> Iterator[Finding]:
    """A row of JSON has each name once."""
    query = root
    while isinstance(query, exp.SetOperation | exp.Subquery):
        query = query.this
    seen: set[str] = set()
    for column in query.expressions if isinstance(query, exp.Select) else ():
        name = "" if column.is_star else column.alias_or_name
        if name and name in seen:
            yield placed(column, source, "column_repeated", f"two output columns are called {name}")
        seen.add(name)


_OF_PATHS = frozenset("./\\*:")


def placed(node: exp.Expr, source: str, code: str, message: str) -> Finding:
    """Where the first piece of the node stands, as far as sqlglot kept it."""
    starts = [piece.meta.get("start") for piece in node.walk() if piece.meta]
    line, column = line_and_column(source, min((each for each in starts if isinstance(each, int)), default=0))
    return Finding(code, message, line, column)


def syntax(problem: SqlglotError) -> Finding:
    """What the reader says of a text it cannot read."""
    errors = getattr(problem, "errors", None) or [{}]
    message = str(errors[0].get("description") or "the statement cannot be read")
    line, column = errors[0].get("line"), errors[0].get("col")
    known = isinstance(line, int) and isinstance(column, int)
    return Finding("syntax", message, line if known else 1, max(column, 1) if known else 1)
