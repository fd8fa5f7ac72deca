"""No number without evidence; numbers and times written the same everywhere."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ask.cast import WEB_1
from opsloom.ask.blocks import AnswerStatus
from opsloom.ask.compose import formats
from opsloom.ask.compose.composer import compose, present
from opsloom.ask.compose.numbers import check_numbers
from opsloom.ask.execute import Execution
from opsloom.ask.plan import Intent, Language, MetricStep, Plan, TimeWindow
from opsloom.ask.tools.contract import Evidence, ToolResult, ToolStatus
from opsloom.ask.validate import DEFAULT, validate
from opsloom.inventory.schemas import Query

NOW = datetime(2026, 11, 18, 5, 30, tzinfo=UTC)
WINDOW = TimeWindow(start=NOW - timedelta(minutes=10), end=NOW, zone="Asia/Seoul")


@pytest.mark.parametrize(
    ("text", "evidence", "stated", "wrong"),
    [
        ("The highest was 93.1 % [r1].", [93.14], [], []),
        ("The highest was 93.2 % [r1].", [93.14], [], ["93.2"]),
        ("About 12.3 GB, 5 samples", [12_345_678_901.0, 5.0], [], []),
        ("About 12.4 GB", [12_345_678_901.0], [], ["12.4"]),
        ("web-01 at 14:20 was 7 %", [7.0], ["web-01", "14:20"], []),
        ("web-01 was 8 %", [7.0], ["web-01"], ["8"]),
        ("web-02 was 7 %", [7.0], ["web-01"], ["02"]),
        ("1,234 events and 12 more", [1234.0], [], ["12"]),
        ("from 40 to 50, +10 pp", [40.0, 50.0, 10.0], [], []),
        ("no numbers here", [], [], []),
        ("[r1] [r12]", [], [], []),
        ("7", [], [], ["7"]),
    ],
)
def test_numbers_must_come_from_the_evidence(
    text: str, evidence: list[float], stated: list[str], wrong: list[str]
) -> None:
    assert check_numbers(text, evidence, stated) == wrong


units = st.sampled_from(["percent", "bytes", "bytes/s", "count", "1/s", "ms", "s", ""])
values = st.floats(min_value=0, max_value=1e14, allow_nan=False)


@given(values, units)
def test_what_we_write_is_always_supported_by_what_we_read(value: float, unit: str) -> None:
    assert check_numbers(formats.number(value, unit), [value], []) == []


@given(st.floats(min_value=10, max_value=99), st.floats(min_value=1, max_value=9))
def test_a_changed_percentage_is_always_caught(value: float, change: float) -> None:
    assert check_numbers(formats.number(value + change, "percent"), [value], [])


@given(st.text(max_size=300), st.lists(st.floats(allow_nan=False, allow_infinity=False), max_size=5))
def test_checking_never_fails_on_any_text(text: str, evidence: list[float]) -> None:
    check_numbers(text, evidence, [])


@pytest.mark.parametrize(
    ("value", "unit", "shown"),
    [
        (93.14, "percent", "93.1 %"), (12_345_678_901, "bytes", "12.3 GB"), (1500, "bytes/s", "1.5 kB/s"), (12, "count", "12"),
        (1234567, "count", "1,234,567"), (0.2534, "1/s", "0.253 /s"), (153.4, "ms", "153 ms"), (0, "percent", "0.0 %"),
    ],
)  # fmt: skip
def test_numbers_are_written_for_people(value: float, unit: str, shown: str) -> None:
    assert formats.number(value, unit) == shown


@pytest.mark.parametrize(
    ("word", "expected"),
    [("서버", "는"), ("알림", "은"), ("web-01", "은"), ("web-02", "는"), ("checkout", "는"), ("mysql", "은")],
)
def test_particles_fit_the_last_sound(word: str, expected: str) -> None:
    assert formats.particle(word, "은", "는") == expected


def one_step(**changes: object) -> MetricStep:
    base = MetricStep(id="s1", metric="cpu.usage", item_ids=[WEB_1], scope_name="web-01", window=WINDOW)
    return base.model_copy(update=changes)


def made(*steps: MetricStep, language: Language = Language.EN) -> Plan:
    return Plan(language=language, intent=Intent.VALUE, zone="Asia/Seoul", steps=list(steps))


def executed(status: ToolStatus, *rows: dict[str, str | int | float | bool | None]) -> Execution:
    evidence = Evidence(Query(sql="select 1"), ("value",), rows, False, NOW, 1.0)
    return Execution({"s1": ToolResult("metric_query", "s1", status, evidence)}, 0)


@pytest.mark.parametrize(("language", "words"), [(Language.EN, "from 120 samples"), (Language.KO, "표본 120개")])
def test_the_sentence_states_number_interval_zone_and_reference(language: Language, words: str) -> None:
    sheet = compose(
        made(one_step(), language=language),
        executed(ToolStatus.SUCCESS, {"value": 93.14, "unit": "percent", "samples": 120}),
    )
    answer, withheld = present(sheet)
    text = next(block.text for block in answer.blocks if block.type == "markdown")
    assert not withheld
    for part in ("93.1 %", "[r1]", "2026-11-18 14:20", "14:30", "Asia/Seoul", words, "web-01"):
        assert part in text


def test_a_sentence_with_an_unsupported_number_is_withheld() -> None:
    sheet = compose(made(one_step()), executed(ToolStatus.SUCCESS, {"value": 93.14, "unit": "percent", "samples": 120}))
    sheet.write("It will reach 97.5 % soon [r1].", "r1")
    answer, withheld = present(sheet)
    assert withheld == ["97.5"]
    assert answer.status is AnswerStatus.FAILED
    assert "97.5" not in answer.model_dump_json()


def test_nothing_found_is_an_answer_with_its_query() -> None:
    answer, _withheld = present(compose(made(one_step()), executed(ToolStatus.NO_DATA)))
    assert answer.status is AnswerStatus.NO_DATA
    assert [one.sql for one in answer.references] == ["select 1"]


def test_limits_are_applied_and_noted() -> None:
    long = TimeWindow(start=NOW - timedelta(days=900), end=NOW, zone="UTC")
    checked = validate(made(one_step(shape="series", step_s=1, limit=10**6, window=long)), DEFAULT, {"metric"})
    assert isinstance(checked, Plan)
    [step] = checked.steps
    assert isinstance(step, MetricStep)
    assert step.limit == DEFAULT.max_rows
    assert step.window.end - step.window.start == timedelta(days=DEFAULT.max_days)
    assert step.step_s is not None
    assert (step.window.end - step.window.start).total_seconds() / step.step_s <= DEFAULT.max_points
    assert [note.code for note in checked.notes] == ["clamped"] * 3


@pytest.mark.parametrize(
    "steps",
    [
        [],
        [one_step(), one_step()],
        [one_step(needs=["s9"])],
        [one_step(needs=["s1"])],
        [one_step(id=f"s{n}") for n in range(40)],
        [one_step(window=TimeWindow(start=NOW, end=NOW, zone="UTC"))],
    ],
)
def test_a_plan_that_makes_no_sense_is_refused(steps: list[MetricStep]) -> None:
    assert not isinstance(validate(made(*steps), DEFAULT, {"metric"}), Plan)


def test_a_step_without_a_tool_is_refused() -> None:
    assert not isinstance(validate(made(one_step()), DEFAULT, {"items"}), Plan)
