"""The tree holds every span once, own time stays within a span, and the critical path is one line through time."""

from hypothesis import given
from hypothesis import strategies as st

from opsloom.traces.compare import Change, compare
from opsloom.traces.tree import Node, Timed, build, walk


def span(name: str, parent: str, began: int, ended: int, error: str = "") -> Timed:
    return Timed(name, parent, name, began, ended, error)


@st.composite
def traces(draw: st.DrawFn) -> list[Timed]:
    """Any spans: unknown parents, loops, ends before beginnings, the same id twice."""
    ids = st.sampled_from("abcdefghij")
    moment = st.integers(0, 1000)
    make = st.builds(
        Timed, ids, ids | st.just(""), st.sampled_from(["x", "y", "z"]), moment, moment, st.sampled_from(["", "Bad"])
    )
    return draw(st.lists(make, max_size=25))


def by_name(tops: list[Node]) -> dict[str, Node]:
    return {node.span.name: node for node in walk(tops)}


def test_own_time_is_what_children_do_not_cover() -> None:
    tops = build(
        [span("top", "", 0, 100), span("a", "top", 10, 40), span("b", "top", 30, 60), span("late", "top", 90, 150)]
    )
    found = by_name(tops)
    assert [node.span.name for node in walk(tops)] == ["top", "a", "b", "late"]
    assert found["top"].own_ns == 100 - 50 - 10
    assert found["a"].depth == 1


def test_the_critical_path_goes_through_what_ended_last() -> None:
    spans = [
        span("top", "", 0, 100),
        span("quick", "top", 10, 20),
        span("slow", "top", 10, 80),
        span("inside", "slow", 30, 70),
    ]
    found = by_name(build(spans))
    assert found["quick"].critical_ns == 0
    assert (found["top"].critical_ns, found["slow"].critical_ns, found["inside"].critical_ns) == (30, 30, 40)


def test_a_loop_is_broken_at_what_began_first() -> None:
    tops = build([span("a", "b", 5, 9), span("b", "a", 3, 9), span("own", "own", 1, 2)])
    assert [(node.span.name, node.depth) for node in walk(tops)] == [("own", 0), ("b", 0), ("a", 1)]


@given(traces())
def test_any_spans_make_a_tree(spans: list[Timed]) -> None:
    tops = build(spans)
    nodes = list(walk(tops))
    assert sorted(node.span.id for node in nodes) == sorted({each.id for each in spans})
    for node in nodes:
        assert 0 <= node.own_ns <= node.end_ns - node.span.began_ns
        assert node.critical_ns >= 0
    whole = max((node.end_ns for node in nodes), default=0) - min((node.span.began_ns for node in nodes), default=0)
    assert sum(node.critical_ns for node in nodes) <= whole


@given(traces(), traces())
def test_each_span_of_either_trace_is_in_one_pair(left: list[Timed], right: list[Timed]) -> None:
    before, after = build(left), build(right)
    pairs = list(compare(before, after))
    assert sorted(pair.before.span.id for pair in pairs if pair.before) == sorted({each.id for each in left})
    assert sorted(pair.after.span.id for pair in pairs if pair.after) == sorted({each.id for each in right})
    assert all(pair.before or pair.after for pair in pairs)


@given(traces())
def test_a_trace_is_the_same_as_itself(spans: list[Timed]) -> None:
    assert {pair.change for pair in compare(build(spans), build(spans))} <= {Change.SAME}


def test_what_changed_is_named() -> None:
    ms = 1_000_000
    before = build(
        [span("top", "", 0, 100 * ms), span("gone", "top", 1, 2), span("q", "top", 0, 10 * ms), span("e", "top", 0, 9)]
    )
    after = build(
        [
            span("top", "", 0, 99 * ms),
            span("q", "top", 0, 40 * ms),
            span("new", "top", 0, 1),
            span("e", "top", 0, 9, "Bad"),
        ]
    )
    found = {pair.name: pair.change for pair in compare(before, after)}
    assert found == {
        "top": Change.SAME,
        "gone": Change.REMOVED,
        "q": Change.SLOWER,
        "new": Change.ADDED,
        "e": Change.FAILED,
    }
