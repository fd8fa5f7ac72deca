"""A database's plan as the tree that is drawn: each step's own part, the worst of them, and what is worth a word."""

from collections.abc import Iterator, Sequence

import orjson

from opsloom.apis.sql.plans import files, mysql, postgres
from opsloom.apis.sql.plans.model import (
    FAR_OFF,
    FEW_ROWS,
    LARGE_ROWS,
    Json,
    PlanNode,
    PlanUnreadable,
    PlanWarning,
    QueryPlan,
    Step,
    Worry,
)


def plan_of(dialect: str, rows: Sequence[Sequence[Json]], *, measured: bool) -> QueryPlan:
    """Raises PlanUnreadable."""
    total_ms = planning_ms = None
    try:
        match dialect:
            case "postgres":
                root, total_ms, planning_ms = postgres.step_of(_document(rows, 0))
            case "duckdb":
                root, total_ms = files.duckdb_step(_document(rows, -1))
            case "mysql":
                root = mysql.step_of(_document(rows, 0))
            case "sqlite":
                root = files.sqlite_step(rows)
            case _:
                raise PlanUnreadable(f"plans of {dialect} are not read")
    except (IndexError, KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
        if isinstance(error, PlanUnreadable):
            raise
        raise PlanUnreadable("the plan cannot be read") from error
    text = "\n".join(" ".join(str(value) for value in row) for row in rows)
    if dialect != "sqlite":
        text = orjson.dumps(_document(rows, -1 if dialect == "duckdb" else 0), option=orjson.OPT_INDENT_2).decode()
    shown = weighed(root)
    return QueryPlan(
        dialect=dialect, measured=measured, total_ms=total_ms, planning_ms=planning_ms, root=shown, text=text
    )


def _document(rows: Sequence[Sequence[Json]], place: int) -> Json:
    found = rows[0][place]
    return orjson.loads(found) if isinstance(found, str) else found


def weighed(root: Step) -> PlanNode:
    """Times and costs of steps include those below; what is left of each is its own."""
    timed = any(each.total_ms is not None or each.own_ms is not None for each in _all(root))
    whole = sum(_own(each, timed=timed) for each in _all(root)) or 0.0
    shown = _node(root, "0", timed, whole)
    worst = max(_nodes(shown), key=lambda node: node.share or 0.0)
    worst.is_worst = (worst.share or 0.0) > 0.0
    return shown


def _node(step: Step, name: str, timed: bool, whole: float) -> PlanNode:
    own = _own(step, timed=timed)
    return PlanNode(
        id=name,
        label=step.label,
        relation=step.relation,
        details=step.details,
        cost=step.total_cost,
        rows_estimated=step.rows_estimated,
        rows_actual=step.rows_actual,
        loops=step.loops,
        ms=own if timed else None,
        share=own / whole if whole > 0 else None,
        warnings=[*step.warnings, *_worries(step)],
        children=[_node(each, f"{name}.{index}", timed, whole) for index, each in enumerate(step.children)],
    )


def _own(step: Step, *, timed: bool) -> float:
    if timed and step.own_ms is not None:
        return step.own_ms
    with_below = step.total_ms if timed else step.total_cost
    if with_below is None:
        return 0.0
    below = sum(_with_below(each, timed=timed) for each in step.children)
    return max(with_below - below, 0.0)


def _with_below(step: Step, *, timed: bool) -> float:
    found = step.total_ms if timed else step.total_cost
    if found is not None:
        return found
    return (step.own_ms or 0.0 if timed else 0.0) + sum(_with_below(each, timed=timed) for each in step.children)


def _worries(step: Step) -> Iterator[PlanWarning]:
    rows = step.read_rows if step.read_rows is not None else step.rows_estimated
    if step.reads_whole and rows is None:
        yield PlanWarning(code=Worry.SEQ_SCAN, values={"relation": step.relation})
    elif step.reads_whole and rows is not None and rows >= LARGE_ROWS:
        yield PlanWarning(code=Worry.SEQ_SCAN, values={"relation": step.relation, "rows": rows})
    estimated, actual = step.rows_estimated, step.rows_actual
    if estimated is None or actual is None or max(estimated, actual) < FEW_ROWS:
        return
    factor = max(estimated, 1.0) / max(actual, 1.0)
    if factor > FAR_OFF or factor < 1 / FAR_OFF:
        off = factor if factor > 1 else 1 / factor
        yield PlanWarning(
            code=Worry.ESTIMATE, values={"estimated": estimated, "actual": actual, "factor": round(off, 1)}
        )


def _all(step: Step) -> Iterator[Step]:
    yield step
    for each in step.children:
        yield from _all(each)


def _nodes(node: PlanNode) -> Iterator[PlanNode]:
    yield node
    for each in node.children:
        yield from _nodes(each)
