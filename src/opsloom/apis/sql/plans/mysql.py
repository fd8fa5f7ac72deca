"""MySQL's and MariaDB's EXPLAIN FORMAT=JSON and MariaDB's ANALYZE FORMAT=JSON: blocks in blocks, a table in each."""

from opsloom.apis.sql.plans.model import Json, PlanUnreadable, PlanWarning, Step, Worry, number

_BLOCKS = {
    "query_block": "query", "ordering_operation": "sort", "grouping_operation": "group", "duplicates_removal": "distinct",
    "filesort": "sort", "temporary_table": "temporary table", "read_sorted_file": "read sorted", "union_result": "union",
    "materialized": "materialized", "materialized_from_subquery": "materialized", "buffer_result": "buffer",
    "block-nl-join": "block nested loop", "windows_computation": "window", "window_functions_computation": "window",
    "having_subqueries": "subquery", "attached_subquery": "subquery", "optimized_away_subqueries": "subquery",
}  # fmt: skip
_LISTS = ("nested_loop", "query_specifications", "subqueries", "attached_subqueries", "select_list_subqueries")
_DETAILS = (("access_type", "access"), ("key", "index"), ("used_key_parts", "by"), ("attached_condition", "filter"))


def step_of(document: Json) -> Step:
    """The root. Raises PlanUnreadable."""
    if not isinstance(document, dict) or "query_block" not in document:
        raise PlanUnreadable("MySQL's plan has another form")
    return _block("query_block", document["query_block"])


def _block(name: str, node: Json) -> Step:
    costs = node.get("cost_info") if isinstance(node.get("cost_info"), dict) else {}
    step = Step(
        label=_BLOCKS.get(name, name),
        total_cost=number(costs.get("query_cost")) or number(node.get("cost")),
        total_ms=number(node.get("r_total_time_ms")),
        loops=number(node.get("r_loops")),
        details=[f"by: {node['sort_key']}"] if "sort_key" in node else [],
        children=list(_below(node)),
    )
    if name in {"filesort", "temporary_table"} or node.get("using_temporary_table") or node.get("using_filesort"):
        step.warnings.append(PlanWarning(code=Worry.TEMPORARY, values={"of": step.label}))
    return step


def _below(node: Json) -> list[Step]:
    found: list[Step] = []
    for key, value in node.items():
        if key == "table" and isinstance(value, dict):
            found.append(_table(value))
        elif key in _BLOCKS and isinstance(value, dict):
            found.append(_block(key, value))
        elif key in _LISTS and isinstance(value, list):
            for each in value:
                found += _below(each) if isinstance(each, dict) else []
    return found


def _table(node: Json) -> Step:
    costs = node.get("cost_info") if isinstance(node.get("cost_info"), dict) else {}
    loops, actual = number(node.get("r_loops")), number(node.get("r_rows"))
    estimated = number(node.get("rows_produced_per_join")) or number(node.get("rows"))
    step = Step(
        label=str(node.get("access_type") or "table"),
        relation=str(node.get("table_name") or ""),
        details=[f"{word}: {_text(node[key])}" for key, word in _DETAILS if key in node],
        total_cost=number(costs.get("prefix_cost")) or number(node.get("cost")),
        rows_estimated=estimated,
        rows_actual=None if actual is None else actual * (loops or 1.0),
        loops=loops,
        own_ms=number(node.get("r_total_time_ms")),
        reads_whole=node.get("access_type") == "ALL",
        read_rows=number(node.get("rows_examined_per_scan")) or number(node.get("rows")),
        children=_below({key: value for key, value in node.items() if key != "table"}),
    )
    if estimated is not None and loops is not None and loops > 1:
        step.rows_estimated = estimated * loops
    return step


def _text(value: Json) -> str:
    return ", ".join(str(each) for each in value) if isinstance(value, list) else str(value)
