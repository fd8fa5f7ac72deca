"""Plans of each database as one tree: own times, the worst step, and what is worth a word."""

from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from opsloom.apis.sql.plans.model import PlanNode, PlanUnreadable, Worry
from opsloom.apis.sql.plans.read import plan_of

SCAN = {
    "Node Type": "Seq Scan", "Relation Name": "orders", "Alias": "o", "Total Cost": 400.0, "Plan Rows": 50, "Filter": "(total > 3)",
    "Actual Total Time": 30.0, "Actual Rows": 9000, "Actual Loops": 1, "Rows Removed by Filter": 11000,
}  # fmt: skip
SORT = {
    "Node Type": "Sort", "Total Cost": 500.0, "Plan Rows": 50, "Sort Key": ["o.name", "o.id"], "Sort Method": "external merge",
    "Sort Space Type": "Disk", "Sort Space Used": 2048, "Actual Total Time": 40.0, "Actual Rows": 9000, "Actual Loops": 1,
    "Plans": [SCAN],
}  # fmt: skip


def postgres(root: dict[str, Any], *, measured: bool = True) -> Any:
    document = [{"Plan": root, "Execution Time": 41.5, "Planning Time": 0.4}]
    return plan_of("postgres", [[orjson.dumps(document).decode()]], measured=measured)


def words(node: PlanNode) -> set[Worry]:
    return {each.code for each in node.warnings}


def test_a_step_has_its_own_part_of_the_time() -> None:
    plan = postgres(SORT)
    sort, scan = plan.root, plan.root.children[0]
    assert (sort.ms, scan.ms, plan.total_ms, plan.planning_ms) == (10.0, 30.0, 41.5, 0.4)
    assert (sort.share, scan.share) == (0.25, 0.75)
    assert (sort.is_worst, scan.is_worst) == (False, True)
    assert (scan.relation, sort.details[0]) == ("orders o", "sort by: o.name, o.id")


def test_without_times_the_cost_is_shared() -> None:
    planned = {key: value for key, value in SCAN.items() if not key.startswith("Actual")}
    plan = postgres(
        {**{k: v for k, v in SORT.items() if not k.startswith("Actual")}, "Plans": [planned]}, measured=False
    )
    assert (plan.root.share, plan.root.children[0].share, plan.root.ms) == (0.2, 0.8, None)
    assert Worry.ESTIMATE not in words(plan.root)


def test_what_is_worth_a_word() -> None:
    plan = postgres(SORT)
    assert words(plan.root) == {Worry.SORT_ON_DISK, Worry.ESTIMATE}
    assert words(plan.root.children[0]) == {Worry.SEQ_SCAN, Worry.ESTIMATE}
    off = next(each for each in plan.root.warnings if each.code is Worry.ESTIMATE)
    assert off.values == {"estimated": 50.0, "actual": 9000.0, "factor": 180.0}


@pytest.mark.parametrize(("actual", "warns"), [(500, False), (501, True), (5, False), (4, True)])
def test_an_estimate_is_wrong_beyond_ten_times(actual: int, warns: bool) -> None:
    node = {
        **SCAN,
        "Actual Rows": actual,
        "Plan Rows": 50 if actual > 5 else 100 * actual // 10 if actual == 5 else 100,
    }
    if actual <= 5:
        node |= {"Actual Rows": actual * 10, "Plan Rows": 500}
    assert (Worry.ESTIMATE in words(postgres(node).root)) == warns


def test_small_tables_and_few_rows_are_left_in_peace() -> None:
    assert not words(postgres({**SCAN, "Actual Rows": 40, "Plan Rows": 1, "Rows Removed by Filter": 50}).root)


def test_loops_multiply() -> None:
    node = postgres({**SCAN, "Actual Loops": 10, "Actual Rows": 3, "Plan Rows": 3, "Actual Total Time": 2.0}).root
    assert (node.rows_actual, node.rows_estimated, node.ms) == (30, 30, 20.0)


def test_sqlite_has_steps_without_figures() -> None:
    rows = [
        [2, 0, 0, "SCAN orders"],
        [9, 0, 0, "SEARCH items USING INDEX by_order (order_id=?)"],
        [20, 0, 0, "USE TEMP B-TREE FOR ORDER BY"],
    ]
    plan = plan_of("sqlite", rows, measured=False)
    assert [each.relation for each in plan.root.children] == ["orders", "items", ""]
    assert [words(each) for each in plan.root.children] == [{Worry.SEQ_SCAN}, set(), {Worry.TEMPORARY}]
    assert plan.root.share is None


def test_mysql_and_mariadb_are_blocks() -> None:
    table = {"table_name": "orders", "access_type": "ALL", "r_loops": 1, "rows": 20000, "r_rows": 19997.0, "r_total_time_ms": 8.0,
             "attached_condition": "total > 3", "cost": 3.0}  # fmt: skip
    block = {
        "r_loops": 1,
        "r_total_time_ms": 10.0,
        "cost": 4.0,
        "nested_loop": [{"read_sorted_file": {"filesort": {"sort_key": "name", "table": table}}}],
    }
    plan = plan_of("mysql", [[orjson.dumps({"query_block": block}).decode()]], measured=True)
    leaf = plan.root.children[0].children[0].children[0]
    assert (leaf.relation, leaf.rows_actual, leaf.ms, leaf.is_worst) == ("orders", 19997, 8.0, True)
    assert words(leaf) == {Worry.SEQ_SCAN}


PLAN_KEYS = ["Plan", "Plans", "Node Type", "query_block", "table", "children", "type", "rows", "cost"]


@given(
    st.sampled_from(["postgres", "mysql", "duckdb", "sqlite", "oracle"]),
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=5),
        lambda inner: st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(PLAN_KEYS), inner, max_size=4),
        max_leaves=12,
    ),
)  # fmt: skip
def test_no_plan_makes_it_stumble(dialect: str, document: Any) -> None:
    try:
        plan_of(dialect, [[orjson.dumps(document).decode()] * 4], measured=True)
    except PlanUnreadable as why:
        caught = str(why)
        assert caught
    except (OverflowError, orjson.JSONEncodeError):
        return
