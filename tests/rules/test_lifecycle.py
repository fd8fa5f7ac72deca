import random

import pytest

from opsloom.rules.lifecycle import (
    Cause,
    Change,
    Evidence,
    KeyState,
    NoDataPolicy,
    Observation,
    Phase,
    Policy,
    Reason,
    accepted_time,
    advance,
    observe,
)

OTHER_THAN_TRUE = (False, None)


def fact(time, holds, clears=None, ref=""):
    return Observation(
        time, holds, (None if holds is None else not holds) if clears is None else clears, (Evidence(time, ref, {}),)
    )


def run(policy, facts, end=None):
    """Drive one key; returns (change, at, since, reason) of every decision."""
    state, last_seen, decided = None, None, []
    for one in facts:
        state, decisions = observe(policy, state, last_seen, one)
        last_seen = one.time
        decided += decisions
    if end is not None:
        state, decisions = advance(policy, state, last_seen, end)
        decided += decisions
    return [(d.change, d.at, d.since, d.reason) for d in decided], state


def changes(policy, facts, end=None):
    return [(change, at) for change, at, _, _ in run(policy, facts, end)[0]]


def test_without_for_it_fires_at_once_and_resolves_at_the_first_false():
    assert changes(Policy(), [fact(1, False), fact(2, True), fact(3, True), fact(4, False)]) == [
        (Change.FIRED, 2),
        (Change.RESOLVED, 4),
    ]


def test_it_is_pending_until_the_condition_has_held_for_long_enough():
    policy = Policy(for_us=10)
    assert changes(policy, [fact(0, True), fact(5, True), fact(10, True)]) == [(Change.PENDED, 0), (Change.FIRED, 10)]
    assert changes(policy, [fact(0, True), fact(9, True)], end=9) == [(Change.PENDED, 0)]


def test_a_false_fact_at_the_very_deadline_stops_it():
    assert changes(Policy(for_us=10), [fact(0, True), fact(10, False)]) == [(Change.PENDED, 0), (Change.DROPPED, 10)]


def test_a_timer_fires_it_when_nothing_new_comes():
    assert changes(Policy(for_us=10), [fact(0, True)], end=10) == [(Change.PENDED, 0), (Change.FIRED, 10)]


@pytest.mark.parametrize(("holds", "reason"), [(False, Reason.CONDITION_CLEARED), (None, Reason.CONDITION_UNKNOWN)])
def test_what_is_not_true_ends_a_pending_run(holds, reason):
    decided, state = run(Policy(for_us=10), [fact(0, True), fact(5, holds)])
    assert decided[-1] == (Change.DROPPED, 5, 0, reason)
    assert state is None


def test_unknown_does_not_resolve():
    assert changes(Policy(), [fact(0, True), fact(5, None), fact(6, None)], end=100) == [(Change.FIRED, 0)]


def test_resolving_waits_until_it_has_been_clear_for_long_enough():
    policy = Policy(resolve_after_us=10)
    facts = [fact(0, True), fact(5, False), fact(9, True), fact(12, False), fact(22, False)]
    assert changes(policy, facts) == [(Change.FIRED, 0), (Change.RESOLVED, 22)]


def test_a_resolve_condition_gives_hysteresis():
    facts = [fact(0, True, False), fact(1, False, False), fact(2, False, False), fact(3, False, True)]
    assert changes(Policy(), facts) == [(Change.FIRED, 0), (Change.RESOLVED, 3)]


def test_nothing_fires_while_it_cools_down():
    policy = Policy(cooldown_us=10)
    facts = [fact(0, True), fact(1, False), fact(2, True), fact(3, False), fact(8, True), fact(12, True)]
    assert changes(policy, facts) == [
        (Change.FIRED, 0),
        (Change.RESOLVED, 1),
        (Change.PENDED, 2),
        (Change.DROPPED, 3),
        (Change.PENDED, 8),
        (Change.FIRED, 11),
    ]


def test_silence_resolves_when_the_policy_says_so():
    policy = Policy(for_us=3, no_data=NoDataPolicy.RESOLVE, no_data_after_us=5)
    assert run(policy, [fact(0, True), fact(3, True)], end=20)[0][-1] == (Change.RESOLVED, 8, 0, Reason.NO_DATA)
    slow = Policy(for_us=30, no_data=NoDataPolicy.RESOLVE, no_data_after_us=5)
    assert run(slow, [fact(0, True)], end=20)[0][-1] == (Change.DROPPED, 5, 0, Reason.NO_DATA)


def test_silence_alerts_when_the_policy_says_so_and_data_ends_it():
    policy = Policy(no_data=NoDataPolicy.ALERT, no_data_after_us=5)
    decided, state = run(policy, [fact(0, False)], end=20)
    assert decided == [(Change.FIRED, 5, 5, Reason.NO_DATA)]
    assert state is not None
    assert state.cause is Cause.NO_DATA
    after = observe(policy, state, 0, fact(30, True))
    assert [(d.change, d.at, d.reason) for d in after.decisions] == [
        (Change.RESOLVED, 30, Reason.DATA_RETURNED),
        (Change.FIRED, 30, Reason.CONDITION_HELD),
    ]


def test_a_fact_from_before_a_timer_decision_counts_at_that_decision():
    policy = Policy(for_us=10)
    state, _ = advance(policy, observe(policy, None, None, fact(0, True)).state, 0, 15)
    outcome = observe(policy, state, 0, fact(8, False))
    assert [(d.change, d.at) for d in outcome.decisions] == [(Change.RESOLVED, 10)]


def test_late_facts():
    assert accepted_time(5, None, 0) == 5
    assert accepted_time(5, 5, 0) == 5
    assert accepted_time(4, 5, 0) is None
    assert accepted_time(4, 5, 1) == 5
    assert accepted_time(3, 5, 1) is None


def test_the_proof_keeps_the_first_and_the_latest_facts():
    state, last = None, None
    for time in range(40):
        state, decisions = observe(Policy(for_us=39), state, last, fact(time, True, ref=str(time)))
        last = time
    (fired,) = [d for d in decisions if d.change is Change.FIRED]
    assert [one.time for one in fired.evidence] == [0, 33, 34, 35, 36, 37, 38, 39]


class Oracle:
    """The same life, told second by second: no deadlines are computed, every tick looks at everything anew."""

    def __init__(self, policy):
        self.policy, self.said = policy, []
        self.pending = self.firing = self.silent = False
        self.since = self.clear = self.seen = None
        self.cool = 0

    def say(self, change, at):
        self.said.append((change, at))

    def look(self, now):
        """Everything that is due at this tick, in the order in which it fell due."""
        p = self.policy
        quiet = p.no_data is not NoDataPolicy.KEEP and self.seen is not None and now >= self.seen + p.no_data_after_us
        if self.pending and now >= self.since + p.for_us and now >= self.cool:
            self.pending, self.firing, self.clear = False, True, None
            self.say(Change.FIRED, now)
        if self.firing and not self.silent and self.clear is not None and now >= self.clear + p.resolve_after_us:
            self.stop(now)
        if quiet and p.no_data is NoDataPolicy.RESOLVE:
            if self.firing:
                self.stop(now)
            elif self.pending:
                self.pending = False
                self.say(Change.DROPPED, now)
        elif quiet and self.firing:
            self.clear = None
        elif quiet:
            if self.pending:
                self.pending = False
                self.say(Change.DROPPED, now)
            self.firing = self.silent = True
            self.say(Change.FIRED, now)

    def stop(self, now):
        self.firing, self.clear = False, None
        self.cool = now + self.policy.cooldown_us
        self.say(Change.RESOLVED, now)

    def hear(self, one):
        now = self.seen = one.time
        if self.silent:
            self.silent = self.firing = False
            self.cool = 0
            self.say(Change.RESOLVED, now)
        before = self.pending
        if self.firing:
            if one.clears is True:
                self.clear = now if self.clear is None else self.clear
            elif one.clears is False:
                self.clear = None
        elif one.holds is True and not self.pending:
            self.pending, self.since = True, now
        elif one.holds is not True and self.pending:
            self.pending = False
            self.say(Change.DROPPED, now)
        mark = len(self.said)
        self.look(now)
        if self.pending and not before and len(self.said) == mark:
            self.say(Change.PENDED, now)


def tell(policy, facts, end):
    """The oracle's account of one key's life up to `end`."""
    oracle, queue = Oracle(policy), list(facts)
    for tick in range(end + 1):
        while queue and queue[0].time == tick:
            oracle.hear(queue.pop(0))
        oracle.look(tick)
    return oracle.said


def random_life(rng):
    small = (0, 0, 1, 2, 3, 5)
    policy = Policy(
        for_us=rng.choice(small),
        resolve_after_us=rng.choice(small),
        cooldown_us=rng.choice(small),
        no_data=rng.choice(list(NoDataPolicy)),
        no_data_after_us=rng.choice((1, 2, 4)),
    )
    explicit = rng.random() < 0.3
    times = sorted(rng.choices(range(10), k=rng.randint(0, 6)))
    verdicts = (True, True, False, False, None)
    facts = [fact(t, rng.choice(verdicts), rng.choice((True, False)) if explicit else None) for t in times]
    return policy, facts


def test_a_hundred_thousand_random_lives_agree_with_the_second_by_second_oracle():
    rng = random.Random(20)
    for _ in range(100_000):
        policy, facts = random_life(rng)
        assert changes(policy, facts, end=12) == tell(policy, facts, 12), (policy, facts)


def test_it_makes_no_difference_when_timers_run():
    rng = random.Random(21)
    for _ in range(20_000):
        policy, facts = random_life(rng)
        state, last_seen, decided = None, None, []
        for one in facts:
            for clock in range((last_seen or 0) + rng.randint(0, 2), one.time):
                if last_seen is not None:
                    state, more = advance(policy, state, last_seen, clock)
                    decided += more
            state, more = observe(policy, state, last_seen, one)
            decided += more
            last_seen = one.time
        state, more = advance(policy, state, last_seen, 12)
        decided += more
        assert [(d.change, d.at) for d in decided] == changes(policy, facts, end=12), (policy, facts)


def test_states_are_values():
    assert KeyState(Phase.PENDING, 1) == KeyState(Phase.PENDING, 1)
