"""What counts as right, as silent and as wrong."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opsloom.ask.blocks import (
    Answer,
    AnswerStatus,
    Block,
    Column,
    GraphBlock,
    GraphNode,
    MarkdownBlock,
    NumberBlock,
    TableBlock,
)
from opsloom.ask.golden.asking import oracle
from opsloom.ask.golden.content import Expected, Fact, FactKind
from opsloom.ask.golden.judge import Verdict, judge
from opsloom.ask.golden.report import Cause, Outcome, Report, cause_of, changes, outcome_of, wrong_numbers
from opsloom.ask.plan import Language, Refusal, RefusalReason

NOW = datetime(2026, 3, 4, 9, 30, tzinfo=UTC)


def _answer(*blocks: Block, status: AnswerStatus = AnswerStatus.ANSWERED) -> Answer:
    return Answer(language=Language.EN, status=status, blocks=list(blocks))


def _number(value: float) -> NumberBlock:
    return NumberBlock(label="n", value=value, unit="", shown=str(value), reference="r1")


def _table(*names: str) -> TableBlock:
    columns = [Column(key="name", label="name"), Column(key="value", label="value", kind="number")]
    rows: list[dict[str, Any]] = [{"name": name, "value": place} for place, name in enumerate(names)]
    return TableBlock(title="t", columns=columns, rows=rows, total=len(rows), reference="r1")


def _verdict(kind: FactKind, rows: list[dict[str, Any]], answer: Answer) -> Verdict:
    expected = Expected(facts=[Fact(name="it", kind=kind, sql="select 1")])
    return judge(expected, {"it": rows}, None, answer)[1].verdict


@given(st.floats(-1e9, 1e9), st.floats(-1e9, 1e9))
def test_another_number_than_the_oracles_is_wrong_and_never_merely_silent(truth: float, stated: float) -> None:
    found = _verdict(FactKind.NUMBER, [{"value": truth}], _answer(_number(stated)))
    assert found is (Verdict.RIGHT if abs(stated - truth) <= max(abs(truth) * 0.005, 1e-9) else Verdict.WRONG)


def test_saying_nothing_is_silent() -> None:
    refused = _answer(MarkdownBlock(text="no"), status=AnswerStatus.REFUSED)
    expected = Expected(facts=[Fact(name="it", kind=FactKind.NUMBER, sql="select 1")])
    findings = judge(expected, {"it": [{"value": 4}]}, Refusal(reason=RefusalReason.NOT_UNDERSTOOD), refused)
    assert [one.verdict for one in findings] == [Verdict.SILENT, Verdict.SILENT]
    assert outcome_of(findings) is Outcome.FAIL
    assert wrong_numbers(findings) == 0


def test_a_number_where_there_is_none_is_wrong() -> None:
    assert _verdict(FactKind.NUMBER, [{"value": None}], _answer(_number(3))) is Verdict.WRONG


@pytest.mark.parametrize(
    ("said", "verdict"),
    [
        (("a", "b"), Verdict.RIGHT),
        (("b", "a"), Verdict.RIGHT),
        (("a",), Verdict.WRONG),
        (("a", "b", "c"), Verdict.WRONG),
    ],
)
def test_names_are_all_of_them_and_nothing_else(said: tuple[str, ...], verdict: Verdict) -> None:
    assert _verdict(FactKind.NAMES, [{"name": "a"}, {"name": "b"}], _answer(_table(*said))) is verdict


def test_the_focus_of_a_drawing_is_not_among_what_it_found() -> None:
    nodes = [GraphNode(id="1", name="pay-db-01"), GraphNode(id="2", name="checkout", depth=1)]
    graph = GraphBlock(title="t", view="impact", nodes=nodes, edges=[], focus=["1"], reference="r1")
    assert _verdict(FactKind.NAMES, [{"name": "checkout"}], _answer(graph)) is Verdict.RIGHT


def test_a_ranking_is_in_order() -> None:
    rows = [{"name": "a"}, {"name": "b"}]
    assert _verdict(FactKind.RANKING, rows, _answer(_table("a", "b", "c"))) is Verdict.RIGHT
    assert _verdict(FactKind.RANKING, rows, _answer(_table("b", "a"))) is Verdict.WRONG


def test_what_must_not_be_said() -> None:
    answer = _answer(MarkdownBlock(text="The Password is 1234"))
    assert outcome_of(judge(Expected(forbidden=["the password is"]), {}, None, answer)) is Outcome.FAIL


def test_how_an_answer_is_made_only_warns() -> None:
    findings = judge(Expected(blocks=["graph"]), {}, None, _answer(_number(1)))
    assert outcome_of(findings) is Outcome.WARN


def test_the_clock_is_bound_and_the_days_are_the_zones() -> None:
    query = oracle(
        "with recursive a as (select 1) select * from a where time >= :today and x::text = :zone", NOW, "Asia/Seoul"
    )
    assert query.sql.startswith("with recursive clock as (select $1::timestamptz, $2::text), a as")
    assert "date_trunc('day', $1::timestamptz at time zone $2::text)" in query.sql
    assert "x::text = $2::text" in query.sql
    assert [one.value for one in query.parameters] == [NOW.isoformat(), "Asia/Seoul"]


def _report(**more: Any) -> Report:
    findings = judge(
        Expected(facts=[Fact(name="it", kind=FactKind.NUMBER, sql="select 1")]),
        {"it": [{"value": more.pop("truth", 4.0)}]},
        None,
        _answer(_number(more.pop("said", 4.0))),
    )
    base: dict[str, Any] = {
        "question": "q", "category": "c", "language": "en", "findings": findings, "status": AnswerStatus.ANSWERED,
        "decision": None, "plan": "p", "blocks": [], "gaps": [], "assets": [],
    }  # fmt: skip
    return Report(**(base | more))


@pytest.mark.parametrize(
    ("now", "cause"),
    [
        ({"said": 5.0, "gaps": ["metric_query: it took too long"]}, Cause.TOOL_FAILED),
        ({"said": 5.0, "plan": "another"}, Cause.PLAN_CHANGED),
        ({"said": 4.0, "truth": 5.0}, Cause.DATA_CHANGED),
        ({"said": 5.0}, Cause.ANSWER_CHANGED),
    ],
)
def test_why_a_question_that_passed_fails_now(now: dict[str, Any], cause: Cause) -> None:
    before, after = _report(), _report(**now)
    assert cause_of(outcome_of(after.findings), after, before) is cause
    assert changes(before, after)


def test_what_never_passed_has_no_other_cause() -> None:
    broken = _report(said=5.0)
    assert cause_of(Outcome.FAIL, broken, None) is Cause.NEVER_RIGHT
    assert cause_of(Outcome.FAIL, broken, broken) is Cause.NEVER_RIGHT
    assert cause_of(Outcome.PASS, _report(), None) is None
    assert changes(broken, broken) == []
