"""Grouping, held against properties over random incidents and topologies."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from opsloom.alerts.incidents.correlate import Arrival, Candidate, Grouping, Tie, correlate, distances_from

START = datetime(2026, 3, 2, 9, tzinfo=UTC)
ids = st.integers(1, 4).map(lambda n: UUID(int=n))
times = st.integers(-12, 12).map(lambda n: START + timedelta(minutes=n))
labels = st.dictionaries(st.sampled_from(["service", "region"]), st.sampled_from(["a", "b"]))
keys = st.sampled_from(["k1", "k2"])
candidates = st.builds(
    Candidate,
    ids,
    st.frozensets(st.tuples(ids, keys), max_size=2),
    labels,
    st.frozensets(ids, max_size=3),
    times,
    st.booleans(),
)
several = st.lists(candidates, max_size=5, unique_by=lambda one: one.id)
arrivals = st.builds(Arrival, ids, keys, labels, st.none() | ids, times)
groupings = st.builds(
    Grouping,
    st.sampled_from([(), ("service",), ("service", "region")]),
    st.none() | st.integers(0, 3),
    st.sampled_from([0, 5, 10, 30, 30]).map(lambda n: timedelta(minutes=n)),
    st.sampled_from([0, 10, 60]).map(lambda n: timedelta(minutes=n)),
)
graphs = st.lists(st.tuples(ids, ids), max_size=8)


@given(several, arrivals, graphs, groupings, st.randoms(use_true_random=False))
def test_what_an_alert_joins_is_tied_to_it_as_said(incidents, alert, edges, grouping, chance) -> None:
    distances = distances_from(alert.item_id, edges, 3) if alert.item_id else {}
    joined = correlate(incidents, alert, distances, grouping)
    chance.shuffle(incidents)
    assert correlate(incidents, alert, distances, grouping) == joined
    came_back = {
        one.id
        for one in incidents
        if one.closed
        and (alert.rule_id, alert.key) in one.keys
        and abs(one.last_alert_at - alert.at) <= grouping.reopen
    }
    near = [one for one in incidents if not one.closed and abs(one.last_alert_at - alert.at) <= grouping.window]
    same_key = {one.id for one in near if (alert.rule_id, alert.key) in one.keys}
    by_labels = {
        one.id
        for one in near
        if grouping.labels and all(n in alert.labels and one.values.get(n) == alert.labels[n] for n in grouping.labels)
    }
    hops = {
        one.id: min(distances[item] for item in one.items & distances.keys())
        for one in near
        if grouping.hops is not None and one.items & distances.keys()
    }
    by_topology = {one for one, far in hops.items() if grouping.hops is not None and far <= grouping.hops}
    if joined is None:
        assert not same_key | by_labels | by_topology | came_back
    elif joined.tie is Tie.CAME_BACK:
        assert joined.incident_id in came_back
        assert not same_key | by_labels | by_topology
    elif joined.tie is Tie.SAME_KEY:
        assert joined.incident_id in same_key
    elif joined.tie is Tie.LABELS:
        assert joined.incident_id in by_labels
        assert not same_key
    else:
        assert joined.incident_id in by_topology
        assert hops[joined.incident_id] == min(hops[one] for one in by_topology) == int(joined.detail["hops"])
        assert not same_key | by_labels


@given(graphs, ids, st.integers(0, 4))
def test_distances_are_the_shortest(edges, item, hops) -> None:
    found = distances_from(item, edges, hops)
    assert found[item] == 0
    both = edges + [(b, a) for a, b in edges]
    for one, far in found.items():
        assert far <= hops
        assert one == item or any(b == one and found.get(a) == far - 1 for a, b in both)
    for a, b in both:
        assert a not in found or found[a] == hops or found[b] <= found[a] + 1


def test_the_strongest_tie_decides() -> None:
    item, beside = UUID(int=5), UUID(int=6)
    alert = Arrival(UUID(int=9), "k", {"service": "pay"}, item, START)
    none: frozenset[tuple[UUID, str]] = frozenset()
    same = frozenset({(alert.rule_id, "k")})
    told = (
        (Candidate(UUID(int=4), same, {}, frozenset(), START, closed=True), Tie.CAME_BACK),
        (Candidate(UUID(int=3), none, {}, frozenset({beside}), START), Tie.TOPOLOGY),
        (Candidate(UUID(int=2), none, {}, frozenset({item}), START), Tie.TOPOLOGY),
        (Candidate(UUID(int=1), none, {"service": "pay"}, frozenset(), START), Tie.LABELS),
        (Candidate(UUID(int=7), same, {}, frozenset(), START), Tie.SAME_KEY),
    )
    for count in range(1, len(told) + 1):
        strongest, tie = told[count - 1]
        joined = correlate([one for one, _ in told[:count]], alert, {item: 0, beside: 1}, Grouping())
        assert joined is not None
        assert (joined.incident_id, joined.tie) == (strongest.id, tie)


def test_the_incident_that_heard_last_is_joined_and_a_tie_states_its_reason() -> None:
    alert = Arrival(UUID(int=9), "k", {"service": "pay"}, None, START)
    older = Candidate(UUID(int=1), frozenset(), {"service": "pay"}, frozenset(), START - timedelta(minutes=9))
    newer = Candidate(UUID(int=2), frozenset(), {"service": "pay"}, frozenset(), START - timedelta(minutes=1))
    joined = correlate([older, newer], alert, {}, Grouping())
    assert joined is not None
    assert (joined.incident_id, joined.tie, joined.detail) == (newer.id, Tie.LABELS, {"service": "pay"})
    assert correlate([older], alert, {}, Grouping(window=timedelta(minutes=8))) is None
