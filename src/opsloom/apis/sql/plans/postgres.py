"""PostgreSQL: EXPLAIN (FORMAT JSON), with or without ANALYZE. Its times and rows are averages over loops."""

from opsloom.apis.sql.plans.model import Json, PlanUnreadable, PlanWarning, Step, Worry, number

_DETAILS = (
    ("Index Name", "index"), ("Index Cond", "index condition"), ("Recheck Cond", "recheck"), ("Filter", "filter"),
    ("Hash Cond", "hash condition"), ("Merge Cond", "merge condition"), ("Join Filter", "join filter"),
    ("Sort Key", "sort by"), ("Sort Method", "sorted by"), ("Group Key", "group by"), ("Function Name", "function"),
    ("CTE Name", "from"), ("Subplan Name", "named"), ("Strategy", "strategy"), ("Rows Removed by Filter", "rows filtered out"),
)  # fmt: skip


def step_of(plan: Json) -> tuple[Step, float | None, float | None]:
    """The root, the milliseconds of running and of planning. Raises PlanUnreadable."""
    try:
        document = plan[0]
        root = _step(document["Plan"])
    except (KeyError, IndexError, TypeError) as error:
        raise PlanUnreadable("PostgreSQL's plan has another form") from error
    return root, number(document.get("Execution Time")), number(document.get("Planning Time"))


def _step(node: Json) -> Step:
    label = str(node["Node Type"])
    if node.get("Join Type") not in {None, "Inner"}:
        label = f"{label} ({str(node['Join Type']).lower()})"
    loops, rows, time = (
        number(node.get("Actual Loops")),
        number(node.get("Actual Rows")),
        number(node.get("Actual Total Time")),
    )
    removed = number(node.get("Rows Removed by Filter")) or 0.0
    step = Step(
        label=label,
        relation=_relation(node),
        details=[f"{word}: {_text(node[key])}" for key, word in _DETAILS if key in node],
        total_cost=number(node.get("Total Cost")),
        rows_estimated=number(node.get("Plan Rows")),
        rows_actual=None if rows is None else rows * (loops or 0.0),
        loops=loops,
        total_ms=None if time is None else time * (loops or 0.0),
        reads_whole=node["Node Type"] == "Seq Scan" and "Filter" in node,
        children=[_step(each) for each in node.get("Plans", ())],
    )
    if step.rows_actual is not None:
        step.read_rows = step.rows_actual + removed * (loops or 0.0)
    if step.rows_estimated is not None and loops is not None and loops > 1:
        step.rows_estimated *= loops
    step.warnings = _worries(node)
    return step


def _relation(node: Json) -> str:
    name, alias = str(node.get("Relation Name") or ""), str(node.get("Alias") or "")
    if name and alias and alias != name:
        return f"{name} {alias}"
    return name or str(node.get("CTE Name") or node.get("Function Name") or "")


def _worries(node: Json) -> list[PlanWarning]:
    found = []
    if node.get("Sort Space Type") == "Disk":
        found.append(PlanWarning(code=Worry.SORT_ON_DISK, values={"kb": number(node.get("Sort Space Used")) or 0.0}))
    if (number(node.get("Hash Batches")) or 1) > 1 or (number(node.get("HashAgg Batches")) or 1) > 1:
        found.append(PlanWarning(code=Worry.HASH_ON_DISK, values={"kb": number(node.get("Disk Usage")) or 0.0}))
    if (number(node.get("Lossy Heap Blocks")) or 0) > 0:
        found.append(PlanWarning(code=Worry.LOSSY))
    return found


def _text(value: Json) -> str:
    return ", ".join(str(each) for each in value) if isinstance(value, list) else str(value)
