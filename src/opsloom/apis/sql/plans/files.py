"""SQLite's EXPLAIN QUERY PLAN, which gives steps without figures, and DuckDB's JSON."""

import re
from collections.abc import Sequence

from opsloom.apis.sql.plans.model import Json, PlanUnreadable, PlanWarning, Step, Worry, number

_AROUND = {"", "RESULT_COLLECTOR", "EXPLAIN_ANALYZE"}
_SHOWN_ELSEWHERE = {"Table", "Estimated Cardinality"}
_SCAN = re.compile(r"(SCAN|SEARCH) (?:TABLE )?(\S+)(.*)", re.DOTALL)


def sqlite_step(rows: Sequence[Sequence[Json]]) -> Step:
    """Rows of (id, parent, not used, detail). Raises PlanUnreadable."""
    root = Step("QUERY")
    steps = {0: root}
    for row in rows:
        if len(row) < 4:
            raise PlanUnreadable("SQLite's plan has another form")
        steps[int(row[0])] = step = _sqlite(str(row[3]))
        steps.get(int(row[1]), root).children.append(step)
    return root.children[0] if len(root.children) == 1 else root


def _sqlite(detail: str) -> Step:
    found = _SCAN.match(detail)
    if found is not None:
        word, table, rest = found.groups()
        step = Step(word, relation=table, details=[rest.strip()] if rest.strip() else [])
        step.reads_whole = word == "SCAN" and "INDEX" not in rest and not table.startswith("(")
        return step
    step = Step(detail)
    if detail.startswith("USE TEMP B-TREE"):
        step.warnings.append(
            PlanWarning(code=Worry.TEMPORARY, values={"of": detail.removeprefix("USE TEMP B-TREE FOR ")})
        )
    return step


def duckdb_step(document: Json) -> tuple[Step, float | None]:
    """The root and the milliseconds; a measured plan is one object, a planned one a list. Raises PlanUnreadable."""
    if isinstance(document, list) and document:
        return _duckdb(document[0]), None
    if not isinstance(document, dict):
        raise PlanUnreadable("DuckDB's plan has another form")
    query = document.get("query")
    seconds = number(query.get("total_time") if isinstance(query, dict) else document.get("latency"))
    below = document.get("operator") or document.get("children")
    node = below[0] if isinstance(below, list) and below else document
    while _named(node) in _AROUND and len(node.get("children", ())) == 1:
        node = node["children"][0]
    return _duckdb(node), None if seconds is None else seconds * 1e3


def _named(node: Json) -> str:
    for key in ("type", "operator_name", "operator_type", "name"):
        if node.get(key):
            return str(node[key]).strip()
    return ""


def _duckdb(node: Json) -> Step:
    """Releases differ in what they call the figures."""
    if not isinstance(node, dict):
        raise PlanUnreadable("DuckDB's plan has another form")
    extra = node.get("extra_info")
    facts = extra if isinstance(extra, dict) else {}
    timing = number(node.get("timing", node.get("operator_timing")))
    return Step(
        label=_named(node) or "?",
        relation=str(facts.get("Table") or ""),
        details=[f"{key.lower()}: {_joined(value)}" for key, value in facts.items() if key not in _SHOWN_ELSEWHERE],
        rows_estimated=number(str(facts.get("Estimated Cardinality", "")).lstrip("~")),
        rows_actual=number(node.get("intermediate_rows", node.get("operator_cardinality"))),
        own_ms=None if timing is None else timing * 1e3,
        reads_whole=facts.get("Type") == "Sequential Scan" and "Filters" in facts,
        read_rows=number(node.get("rows_scanned", node.get("operator_rows_scanned"))),
        children=[_duckdb(each) for each in node.get("children", ())],
    )


def _joined(value: Json) -> str:
    return ", ".join(str(each) for each in value) if isinstance(value, list) else str(value)
