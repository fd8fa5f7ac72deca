"""What the validator lets through: plans within the policy, with what was cut said; nothing else, whoever wrote them."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opsloom.ask.plan import (
    ApiStep,
    EventsStep,
    Intent,
    ItemsStep,
    Language,
    MetricStep,
    Origin,
    Plan,
    Refusal,
    RelationsStep,
    SqlStep,
    Step,
    TimeWindow,
    ToolStep,
)
from opsloom.ask.validate import DEFAULT, DEPTHS, Usable, validate

KINDS = ("metric", "items", "relations", "alerts", "events", "api", "tool", "sql")
END = datetime(2026, 11, 18, tzinfo=UTC)
DAY = TimeWindow(start=END - timedelta(days=1), end=END, zone="UTC")
ITEM = UUID(int=1)


def plan(*steps: Step, origin: Origin = Origin.DETERMINISTIC) -> Plan:
    return Plan(language=Language.EN, intent=Intent.LIST, zone="UTC", steps=list(steps), origin=origin)


def checked(*steps: Step, origin: Origin = Origin.DETERMINISTIC, usable: Usable | None = None) -> Plan | Refusal:
    return validate(plan(*steps, origin=origin), DEFAULT, KINDS, usable or Usable())


def problem(made: Plan | Refusal) -> str:
    assert isinstance(made, Refusal), made
    assert made.reason == "invalid_plan"
    return made.words[0]


@given(view=st.sampled_from(sorted(DEPTHS)), depth=st.none() | st.integers(-5, 500))
def test_a_walk_is_never_deeper_than_the_policy(view: str, depth: int | None) -> None:
    step = RelationsStep(id="s1", item_ids=[ITEM], to_ids=[ITEM], view=view, depth=depth)
    made = checked(step)
    assert isinstance(made, Plan)
    kept = made.steps[0]
    assert isinstance(kept, RelationsStep)
    usual, most = DEPTHS[view]
    assert kept.depth == (usual if depth is None else min(max(depth, 1), most))
    assert bool(made.notes) == (depth is not None and depth != kept.depth)


def test_rows_and_time_are_cut_and_said() -> None:
    long = TimeWindow(start=END - timedelta(days=5000), end=END, zone="UTC")
    made = checked(EventsStep(id="s1", window=long, limit=10**9))
    assert isinstance(made, Plan)
    step = made.steps[0]
    assert isinstance(step, EventsStep)
    assert (step.limit, step.window.end - step.window.start) == (200, timedelta(days=400))
    assert [note.code for note in made.notes] == ["clamped", "clamped"]


def test_sql_is_only_a_models() -> None:
    step = SqlStep(id="s1", connection="erp", sql="select 1")
    assert "only a model" in problem(checked(step))
    assert "only a model" in problem(checked(step, origin=Origin.EDITED))
    assert isinstance(checked(step, origin=Origin.MODEL), Plan)
    huge = step.model_copy(update={"sql": "x" * 9000})
    assert "longer than" in problem(checked(huge, origin=Origin.MODEL))


@pytest.mark.parametrize(
    ("step", "usable"),
    [
        (ApiStep(id="s1", api="sales"), Usable(apis=frozenset({"orders"}))),
        (ToolStep(id="s1", tool="reset-all"), Usable(tools=frozenset())),
        (SqlStep(id="s1", connection="erp", sql="select 1"), Usable(connections=frozenset({"crm"}))),
    ],
)
def test_what_the_caller_may_not_use_is_refused_by_name(step: Step, usable: Usable) -> None:
    assert "not there or not allowed" in problem(checked(step, origin=Origin.MODEL, usable=usable))


def test_steps_are_a_graph_without_circles_and_not_too_deep() -> None:
    metric = MetricStep(id="s2", metric="cpu.usage", window=DAY, items_from="s1")
    assert "needs s1" in problem(checked(metric))
    assert isinstance(checked(ItemsStep(id="s1"), metric), Plan)
    chain = [ItemsStep(id=f"s{n}", items_from=f"s{n - 1}" if n else None) for n in range(7)]
    assert "waits for" in problem(checked(*chain))
    assert "17 steps" in problem(checked(*(ItemsStep(id=f"s{n}") for n in range(17))))


@pytest.mark.parametrize(
    ("step", "said"),
    [
        (RelationsStep(id="s1"), "names no item"),
        (RelationsStep(id="s1", item_ids=[ITEM], view="path"), "no end of the path"),
        (MetricStep(id="s1", metric="cpu.usage", window=DAY, shape="by_group"), "groups by nothing"),
        (EventsStep(id="s1", window=DAY, nth=-3), "the first is 1"),
        (EventsStep(id="s1", window=DAY.model_copy(update={"start": END})), "is empty"),
    ],
)
def test_a_step_that_makes_no_sense_is_refused(step: Step, said: str) -> None:
    assert said in problem(checked(step))


def test_a_plan_stored_before_there_was_more_still_loads() -> None:
    stored = {
        "version": 1, "language": "ko", "intent": "top", "zone": "Asia/Seoul",
        "steps": [
            {"kind": "relations", "id": "s1", "needs": [], "item_ids": [str(ITEM)], "limit": 100},
            {"kind": "events", "id": "s2", "mode": "by_type", "subjects": ["web-01"], "window": DAY.model_dump(mode="json")},
        ],
        "notes": [{"code": "window_assumed"}],
    }  # fmt: skip
    made = validate(Plan.model_validate(stored), DEFAULT, KINDS)
    assert isinstance(made, Plan)
    assert [step.kind for step in made.steps] == ["relations", "events"]
