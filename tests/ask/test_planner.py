"""What questions become: tables of plans, honest refusals, choices, and properties over any input."""

import random
import string
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ask.cast import CHECKOUT, DATABASE, HOST, PAY_1, PAY_2, PAYMENT, ROOT, SERVER, WEB_1, WEB_2, company
from opsloom.ask.plan import (
    AlertsStep,
    Clarify,
    CompareStep,
    Decision,
    EventsStep,
    Language,
    MetricStep,
    Plan,
    Planned,
    Refusal,
)
from opsloom.ask.planning.planner import decide
from opsloom.ask.planning.previous import Context

SEOUL = ZoneInfo("Asia/Seoul")
NOW = datetime(2026, 11, 18, 14, 30, tzinfo=SEOUL)
WORLD = company()


def decision(text: str, chosen: UUID | None = None) -> Decision:
    return decide(text, WORLD, NOW, SEOUL, Context(chosen=chosen))[0]


def plan(text: str) -> Plan:
    made = decision(text)
    assert isinstance(made, Planned), made
    return made.plan


def window(step: MetricStep | EventsStep | AlertsStep) -> str:
    assert step.window is not None
    start, end = step.window.start.astimezone(SEOUL), step.window.end.astimezone(SEOUL)
    return f"{start:%m-%d %H:%M} {end:%m-%d %H:%M}"


LAST_HOUR, YESTERDAY = "11-18 13:30 11-18 14:30", "11-17 00:00 11-18 00:00"

VALUES = [
    ("What was the highest CPU of this host in the last 10 minutes?", "cpu.usage", "max", [HOST], "11-18 14:20 11-18 14:30"),
    ("이 서버의 최근 10분 CPU 최고값은?", "cpu.usage", "max", [HOST], "11-18 14:20 11-18 14:30"),
    ("여기 CPU 최근 10분 최댓값", "cpu.usage", "max", [HOST], "11-18 14:20 11-18 14:30"),
    ("maximum cpu usage on this server over the past hour", "cpu.usage", "max", [HOST], LAST_HOUR),
    ("어제 web-01의 평균 메모리 사용률은 얼마였어?", "memory.usage", "avg", [WEB_1], YESTERDAY),
    ("What is the average memory usage of web-01 yesterday?", "memory.usage", "avg", [WEB_1], YESTERDAY),
    ("웹 2호기 CPU 최저값 지난 1시간", "cpu.usage", "min", [WEB_2], LAST_HOUR),
    ("lowest cpu of web-02 last hour", "cpu.usage", "min", [WEB_2], LAST_HOUR),
    ("결제서비스 응답 시간 p95 최근 1시간", "service.latency_ms", "p95", [PAYMENT], LAST_HOUR),
    ("95th percentile latency of payment-gateway last hour", "service.latency_ms", "p95", [PAYMENT], LAST_HOUR),
    ("median response time of the payment gateway yesterday", "service.latency_ms", "p50", [PAYMENT], YESTERDAY),
    ("체크아웃 오류율 어제 평균", "service.error_rate", "avg", [CHECKOUT], YESTERDAY),
    ("지금 이 서버 디스크 사용률 몇 %야?", "disk.usage", "latest", [ROOT], "11-18 14:15 11-18 14:30"),
    ("disk usage of this server", "disk.usage", "latest", [ROOT], "11-18 14:15 11-18 14:30"),
    ("이 서버의 DB 연결 수 현재", "postgres.connections", "latest", [DATABASE], "11-18 14:15 11-18 14:30"),
    ("opsloom cpu last hour", "process.cpu_usage", "avg", [SERVER], LAST_HOUR),
    ("10.20.3.11 CPU 지난 1시간 평균", "cpu.usage", "avg", [PAY_1], LAST_HOUR),
    ("orders.count of checkout last hour", "orders.count", "avg", [CHECKOUT], LAST_HOUR),
    ("when was the cpu of web-02 highest yesterday?", "cpu.usage", "max", [WEB_2], YESTERDAY),
    ("결제 DB 1호기 연결 수 합계 어제", "postgres.connections", "sum", [PAY_1], YESTERDAY),
    ("ｗｅｂ－０１ ＣＰＵ 어제 평균", "cpu.usage", "avg", [WEB_1], YESTERDAY),
]  # fmt: skip


@pytest.mark.parametrize(("text", "metric", "aggregate", "items", "span"), VALUES)
def test_a_value_is_planned_with_its_curve(
    text: str, metric: str, aggregate: str, items: list[UUID], span: str
) -> None:
    steps = plan(text).steps
    value, curve = steps[0], steps[-1]
    assert isinstance(value, MetricStep)
    assert isinstance(curve, MetricStep)
    assert (value.shape, curve.shape) == ("value", "series")
    assert (value.metric, value.aggregate, value.item_ids, window(value)) == (metric, aggregate, items, span)
    assert (curve.metric, curve.item_ids, window(curve)) == (metric, items, span)
    assert curve.step_s is not None


RANKINGS = [
    ("Top 5 servers by CPU in the last hour", 5, False, "avg"),
    ("지난 1시간 CPU 상위 3개 서버", 3, False, "avg"),
    ("bottom 2 servers by cpu last hour", 2, True, "avg"),
    ("어떤 서버의 CPU가 가장 높아?", 5, False, "max"),
    ("Which server has the lowest CPU?", 5, True, "min"),
]


@pytest.mark.parametrize(("text", "limit", "ascending", "aggregate"), RANKINGS)
def test_a_ranking_is_one_step(text: str, limit: int, ascending: bool, aggregate: str) -> None:
    [step] = plan(text).steps
    assert isinstance(step, MetricStep)
    assert (step.shape, step.limit, step.ascending, step.aggregate) == ("by_item", limit, ascending, aggregate)
    assert set(step.item_ids) == {HOST, WEB_1, WEB_2}


@pytest.mark.parametrize(
    ("text", "comparison", "value", "aggregate"),
    [
        ("Which servers ran above 80 % CPU yesterday?", ">", 80, "max"),
        ("어제 CPU 80% 넘은 서버는?", ">", 80, "max"),
        ("어제 CPU가 10% 미만이었던 서버", "<", 10, "min"),
        ("servers with average cpu at least 50 percent yesterday", ">=", 50, "avg"),
        ("응답 시간이 2초 이상인 서비스 어제", ">=", 2000, "max"),
    ],
)
def test_a_threshold_filters(text: str, comparison: str, value: float, aggregate: str) -> None:
    [step] = plan(text).steps
    assert isinstance(step, MetricStep)
    assert step.having is not None
    assert (step.having.comparison, step.having.value, step.aggregate) == (comparison, value, aggregate)
    assert window(step) == YESTERDAY


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Compare the CPU of web-01 yesterday and today", ("yesterday", "today")),
        ("이번 주와 지난주 web-01 CPU 평균 비교", ("지난주", "이번 주")),
        ("pay-db-01과 pay-db-02의 CPU 비교해줘", ("pay-db-01", "pay-db-02")),
        ("cpu of web-01 vs web-02 in the last hour", ("web-01", "web-02")),
    ],
)
def test_a_comparison_has_two_sides_and_a_difference(text: str, names: tuple[str, str]) -> None:
    left, right, difference = plan(text).steps
    assert isinstance(difference, CompareStep)
    assert (difference.left_name, difference.right_name) == names
    assert difference.needs == [left.id, right.id]
    assert left != right.model_copy(update={"id": left.id})


@pytest.mark.parametrize(
    ("text", "step_s"),
    [
        ("web-01 CPU 추이 최근 6시간", 300),
        ("5분 단위로 web-01 CPU 추이 어제", 300),
        ("web-01 memory, last 3 days hourly", 3600),
    ],
)
def test_a_series_has_a_grain(text: str, step_s: int) -> None:
    [step] = plan(text).steps
    assert isinstance(step, MetricStep)
    assert (step.shape, step.step_s) == ("series", step_s)


@pytest.mark.parametrize(
    ("text", "mode", "states"),
    [
        ("현재 열린 알림은 몇 개야?", "count", ["firing", "acknowledged"]),
        ("How many alerts fired today?", "count", []),
        ("list the latest 5 alerts", "list", []),
        ("지난주 결제 서비스에서 가장 많이 발생한 알림은?", "by_rule", []),
        ("which rule raised the most alerts last week?", "by_rule", []),
        ("Which rules fired most often last week?", "by_rule", []),
        ("지난주에 가장 많이 울린 규칙은?", "by_rule", []),
        ("open critical alerts", "list", ["firing", "acknowledged"]),
        ("해결된 알림 목록 어제", "list", ["resolved"]),
    ],
)
def test_alerts_are_counted_listed_and_ranked(text: str, mode: str, states: list[str]) -> None:
    step = plan(text).steps[0]
    assert isinstance(step, AlertsStep)
    assert (step.mode, step.states) == (mode, states)


@pytest.mark.parametrize(
    ("text", "mode", "severities"),
    [
        ("오늘 발생한 critical 이벤트 몇 건?", "count", ["critical"]),
        ("How many error events in the last 24 hours?", "count", ["error"]),
        ("가장 많이 발생한 이벤트는?", "by_type", []),
        ("show events of yesterday", "list", []),
        ("어떤 서버에서 이벤트가 가장 많이 발생했어?", "by_subject", []),
    ],
)
def test_events_are_counted_listed_and_ranked(text: str, mode: str, severities: list[str]) -> None:
    step = plan(text).steps[0]
    assert isinstance(step, EventsStep)
    assert (step.mode, step.severities) == (mode, severities)


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("서버 몇 대야?", ["items", "items"]),
        ("list all databases", ["items"]),
        ("what depends on checkout?", ["relations"]),
        ("체크아웃과 연결된 것은?", ["relations"]),
        ("이 서버 상태 어때?", ["items", "alerts", "metric", "metric", "metric", "metric"]),
        ("CPU와 메모리 최근 10분 최고, web-01", ["metric", "metric", "metric", "metric"]),
    ],
)
def test_other_questions_become_steps(text: str, kinds: list[str]) -> None:
    assert [step.kind for step in plan(text).steps] == kinds


REFUSALS = [
    ("", "empty"), ("   ", "empty"), ("!?!", "empty"), ("x" * 2001, "too_long"),
    ("what's the weather like in Seoul?", "out_of_scope"), ("오늘 점심 뭐 먹지?", "out_of_scope"),
    ("who is the president of France?", "out_of_scope"), ("asdf qwer zxcv", "out_of_scope"),
    ("CPU flibbertigibbet wobble gronk snark", "not_understood"),
    ("web-01 재시작해줘", "changes_things"), ("delete all alerts", "changes_things"), ("drop table users", "changes_things"),
    ("알림 전부 삭제해", "changes_things"),
    ("predict the cpu of web-01", "not_yet"),
    ("내일 CPU는?", "future"), ("cpu of web-01 next week", "future"),
    ("배포 전후 10분 web-01 CPU", "time_unreadable"), ("cpu of web-01 on 2026-02-31", "time_unreadable"),
    ("체크아웃의 디스크 사용률", "no_such_metric"), ("swap of web-01", "no_such_metric"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "reason"), REFUSALS)
def test_what_cannot_be_answered_is_refused_with_its_reason(text: str, reason: str) -> None:
    made = decision(text)
    assert isinstance(made, Refusal)
    assert made.reason == reason


def test_a_refusal_names_the_words_it_did_not_understand() -> None:
    made = decision("CPU flibbertigibbet wobble gronk snark")
    assert isinstance(made, Refusal)
    assert made.words == ["flibbertigibbet", "wobble", "gronk", "snark"]


def test_this_server_means_nothing_where_none_is_monitored() -> None:
    bare = type(WORLD)(WORLD.things, WORLD.index, (), WORLD.metrics, WORLD.parts)
    made, _language = decide("이 서버의 최근 10분 CPU 최고값은?", bare, NOW, SEOUL)
    assert isinstance(made, Refusal)
    assert made.reason == "no_monitored_host"


@pytest.mark.parametrize(
    ("text", "about", "labels"),
    [
        ("front CPU", "item", {"web-01", "web-02"}),
        ("web-13 CPU 알려줘", "unknown_item", {"web-01", "web-02"}),
        ("cpu of zz-unknown-77", "unknown_item", set()),
        ("네트워크 트래픽 최근 10분", "metric", {"네트워크 수신량", "네트워크 송신량"}),
        ("network traffic last hour", "metric", {"network receive rate", "network transmit rate"}),
    ],
)
def test_what_could_be_several_things_is_asked_back(text: str, about: str, labels: set[str]) -> None:
    made = decision(text)
    assert isinstance(made, Clarify)
    assert made.about == about
    assert {one.label for one in made.candidates} == labels
    for one in made.candidates:
        again = decision(one.question)
        assert isinstance(again, Planned), one.question
        if one.item_id is not None:
            assert [entity.id for entity in again.plan.entities] == [one.item_id]


def test_a_choice_settles_an_ambiguous_name() -> None:
    made = decision("front CPU", chosen=WEB_2)
    assert isinstance(made, Planned)
    assert [entity.id for entity in made.plan.entities] == [WEB_2]


@pytest.mark.parametrize(
    ("text", "item", "note"),
    [
        ("payment-gatway latency", PAYMENT, "name_corrected"),
        ("pay-db1 cpu", PAY_1, "name_corrected"),
        ("pay-db2 CPU", PAY_2, "name_corrected"),
    ],
)
def test_a_misspelt_name_is_corrected_and_said(text: str, item: UUID, note: str) -> None:
    made = plan(text)
    assert [entity.id for entity in made.entities] == [item]
    assert note in [one.code for one in made.notes]


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("CPU 최고값은?", Language.KO),
        ("payment-gateway-production-01 CPU 최고값은?", Language.KO),
        ("highest CPU?", Language.EN),
        ("What is the CPU of 결제 DB 1호기?", Language.EN),
        ("web-01 cpu", Language.EN),
    ],
)
def test_the_answer_is_in_the_language_of_the_question(text: str, language: Language) -> None:
    assert decide(text, WORLD, NOW, SEOUL)[1] is language


@pytest.mark.parametrize(
    ("text", "topic"), [("안녕하세요", "greeting"), ("hello", "greeting"), ("도와줘", "help"), ("thanks", "thanks")]
)
def test_small_talk_is_answered_directly(text: str, topic: str) -> None:
    made = decision(text)
    assert (made.kind, getattr(made, "topic", None)) == ("direct", topic)


@pytest.mark.parametrize("word", ["which", "this", "history", "ship", "hierarchy"])
def test_a_word_that_contains_hi_is_no_greeting(word: str) -> None:
    assert decision(f"{word} cpu of web-01 last hour").kind == "planned"


PIECES = st.sampled_from(
    [
        "CPU",
        "메모리",
        "서버",
        "web-01",
        "web-99",
        "pay-db-01",
        "알림",
        "이벤트",
        "최근",
        "10분",
        "어제",
        "highest",
        "average",
        "top",
        "5",
        "80%",
        "넘은",
        "above",
        "which",
        "어떤",
        "이",
        "서버",
        "결제서비스",
        "front",
        "비교",
        "vs",
        "왜",
        "'",
        '"',
        ";",
        "--",
        "$1",
        "%s",
        "{}",
        "[r1]",
        "\u202e",
        "\x00",
        "\u200b",
        "🙂",
        "﷽",
        "٣",
        "ꙮ",
        "NaN",
        "1e999",
        "null",
    ]
)


@settings(max_examples=400, deadline=None)
@given(st.one_of(st.text(max_size=400), st.lists(PIECES, max_size=20).map(" ".join)))
def test_any_text_gets_a_decision(text: str) -> None:
    made, language = decide(text, WORLD, NOW, SEOUL)
    assert made.kind in ("planned", "clarify", "refusal", "direct")
    assert language in Language
    if isinstance(made, Planned):
        assert made.plan.steps
        assert {step.id for step in made.plan.steps} == {f"s{n + 1}" for n in range(len(made.plan.steps))}


def test_a_decision_is_the_same_every_time() -> None:
    for text, *_rest in VALUES:
        assert decision(text) == decision(text)


MEGABYTE = 1_000_000
HUGE = [
    "a" * MEGABYTE, "가" * MEGABYTE, "1" * MEGABYTE, " " * MEGABYTE, "-" * MEGABYTE, "web-01 " * (MEGABYTE // 7),
    "어제부터 " * (MEGABYTE // 5), "".join(random.Random(7).choices(string.printable, k=MEGABYTE)), "\u0301" * MEGABYTE,
]  # fmt: skip


@pytest.mark.parametrize("text", HUGE, ids=range(len(HUGE)))
def test_a_megabyte_is_refused_unread(text: str) -> None:
    made = decision(text)
    assert isinstance(made, Refusal)
    assert made.reason == "too_long"


@pytest.mark.parametrize(
    "unit",
    ["a", "가", "1", "-", "10분 ", "web-01 ", "어제부터 ", "a-", "1.", "가 ", "3시 ", "CPU", "알림", "[", "은는이가"],
)
def test_the_longest_allowed_text_of_one_kind_is_decided(unit: str) -> None:
    text = (unit * 2000)[:2000]
    assert decision(text).kind in ("planned", "clarify", "refusal", "direct")
