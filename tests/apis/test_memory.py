"""What a process keeps between calls: rates, answers, paths; and the forms answers leave in."""

import json
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opsloom.apis.cache import AnswerCache, Kept
from opsloom.apis.engines.protocol import EngineResult, Pace
from opsloom.apis.formats import Format, by_accept, split_suffix, to_ndjson
from opsloom.apis.published import PathTable, Unserved
from opsloom.apis.rates import BURST_S, Buckets
from opsloom.apis.schemas import ApiDefinition


def _answer(size: int) -> Kept:
    return Kept(EngineResult(b"x" * size, 1, truncated=False, queue_ms=0, database_ms=0), fresh_until=0)


@given(st.integers(1, 6000), st.lists(st.floats(0, 30), min_size=1, max_size=200))
def test_a_bucket_never_passes_more_than_its_rate(per_minute: int, pauses: list[float]) -> None:
    buckets, now, passed = Buckets(), 0.0, 0
    for pause in pauses:
        now += pause
        quota = buckets.take("k", per_minute, now)
        passed += quota.retry_s == 0
        assert quota.remaining >= 0
    burst = max(1.0, per_minute / 60 * BURST_S)
    assert passed <= burst + now * per_minute / 60 + 1e-6


def test_waiting_as_told_is_enough() -> None:
    buckets = Buckets()
    while not (quota := buckets.take("k", 7, 0.0)).retry_s:
        pass
    assert buckets.take("k", 7, quota.retry_s + 1e-9).retry_s == 0
    assert buckets.take("other", 7, 0.0).retry_s == 0


def test_answers_end_with_their_time_and_the_oldest_leave_first() -> None:
    cache = AnswerCache(most_bytes=4_000)
    cache.put("a", _answer(500), until=10)
    assert cache.get("a", 9.9) is not None
    assert cache.get("a", 10) is None
    for number in range(10):
        cache.put(number, _answer(500), until=100)
    assert cache.size_bytes <= 4_000
    assert cache.get(0, 1) is None
    assert cache.get(9, 1) is not None
    cache.put("huge", _answer(2_000), until=100)
    assert cache.get("huge", 1) is None


def test_a_pace_forgets() -> None:
    pace = Pace()
    pace.note(90_000)
    assert pace.is_slow
    for _ in range(20):
        pace.note(1)
    assert not pace.is_slow


def _entry(path: str) -> Unserved:
    names = [part[1:-1] for part in path.split("/") if part.startswith("{")]
    declared = [{"name": name, "where": "path"} for name in names]
    definition = ApiDefinition.model_validate({"path": path, "logic": {"sql": "select 1 as a"}, "parameters": declared})
    return Unserved(UUID(int=0), definition.path, path)


@pytest.mark.parametrize(
    ("path", "expected", "values"),
    [
        ("hosts", "hosts", {}),
        ("hosts/web-1", "hosts/{host}", {"host": "web-1"}),
        ("hosts/all", "hosts/all", {}),
        ("hosts/all/cpu", "hosts/all/{metric}", {"metric": "cpu"}),
        ("hosts/x/cpu", "hosts/{host}/cpu", {"host": "x"}),
        ("hosts/x/disk", None, {}),
        ("hosts/", None, {}),
        ("", None, {}),
    ],
)
def test_fixed_segments_win_over_parameters(path: str, expected: str | None, values: dict[str, str]) -> None:
    paths = ("hosts", "hosts/{host}", "hosts/all", "hosts/{host}/cpu", "hosts/all/{metric}")
    found = PathTable([_entry(each) for each in paths]).find(path)
    if expected is None:
        assert found is None
        return
    assert found is not None
    assert isinstance(found[0], Unserved)
    assert (found[0].path, found[1]) == (expected, values)


@pytest.mark.parametrize("path", ["", "/", "a//b", "a b", "a/{b", "a/{b}/{b}", "x.csv", "a?b", "../a", "{1}"])
def test_paths_that_cannot_be_served(path: str) -> None:
    with pytest.raises(ValueError, match=r"path|parameter|suffix"):
        _entry(path)


def test_forms_are_chosen_by_suffix_or_accept() -> None:
    assert split_suffix("a/b.csv") == ("a/b", Format.CSV)
    assert split_suffix("a.b/c") == ("a.b/c", None)
    assert by_accept("text/html, text/csv;q=0.9, */*") is Format.CSV
    assert by_accept("*/*") is Format.JSON


def test_ndjson_keeps_every_digit_and_one_line_a_row() -> None:
    rows = b'[{"n":12345678901234567890.123456789,"j":{"a": 1,\n "b": 2}}, \n {"n":1}]'
    lines = to_ndjson(rows).splitlines()
    assert len(lines) == 2
    assert b"12345678901234567890.123456789" in lines[0]
    assert json.loads(lines[0])["j"] == {"a": 1, "b": 2}
