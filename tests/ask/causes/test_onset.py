"""When a symptom began and ended."""

from datetime import UTC, datetime, timedelta

import pytest

from opsloom.ask.causes.onset import symptom_of

START = datetime(2026, 11, 18, 3, 0, tzinfo=UTC)
ASKED = START + timedelta(hours=3)


def course(
    *spells: tuple[int, int, float], level: float = 100.0, hours: int = 5
) -> list[tuple[datetime, float, float]]:
    """Two-minute steps that vary a little around what is expected; spells (from minute, to minute, times)."""
    found = []
    for n in range(hours * 30):
        minute, value = n * 2, level + (n * 7 % 5 - 2)
        for begin, end, times in spells:
            value *= times if begin <= minute < end else 1.0
        found.append((START + timedelta(minutes=minute), value, level))
    return found


def test_the_worst_spell_is_found_with_its_ends() -> None:
    found = symptom_of({"service.latency_ms": course((200, 224, 3.0))}, ASKED, None)
    assert found is not None
    assert (found.stretch.start, found.stretch.end) == (START + timedelta(minutes=200), START + timedelta(minutes=224))


def test_it_may_have_begun_before_the_time_asked_about() -> None:
    found = symptom_of({"service.latency_ms": course((160, 200, 3.0))}, ASKED, None)
    assert found is not None
    assert found.stretch.start == START + timedelta(minutes=160)


@pytest.mark.parametrize("spells", [(), ((200, 202, 1.07),)])
def test_nothing_is_made_of_noise(spells: tuple[tuple[int, int, float], ...]) -> None:
    assert symptom_of({"service.latency_ms": course(*spells)}, ASKED, None) is None


def test_what_is_usual_at_that_time_is_no_symptom() -> None:
    rises = [
        (time, value * 2, expected * 2) if n > 90 else (time, value, expected)
        for n, (time, value, expected) in enumerate(course())
    ]
    assert symptom_of({"service.latency_ms": rises}, ASKED, None) is None


def test_a_metric_whose_fall_is_bad_and_one_that_has_no_bad_direction() -> None:
    falls, traffic = course((200, 230, 0.5)), course((200, 230, 5.0))
    found = symptom_of({"postgres.cache_hit": falls, "service.requests_s": traffic}, ASKED, None)
    assert found is not None
    assert found.metric == "postgres.cache_hit"
    asked = symptom_of({"postgres.cache_hit": falls, "service.requests_s": traffic}, ASKED, "service.requests_s")
    assert asked is not None
    assert asked.metric == "service.requests_s"


def test_one_value_is_enough_of_what_is_measured_seldom() -> None:
    seldom = [point for n, point in enumerate(course((180, 200, 2.0), hours=8)) if n % 15 == 0]
    found = symptom_of({"service.latency_ms": seldom}, START + timedelta(minutes=90), None)
    assert found is not None
    assert (found.stretch.start, found.stretch.step_s) == (START + timedelta(minutes=180), 1800)
