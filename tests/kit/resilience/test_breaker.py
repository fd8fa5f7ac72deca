"""The breaker against a model written the slow, obvious way, and the sentences of its specification one by one."""

from dataclasses import dataclass, field

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, multiple, rule

from opsloom.kit.resilience.breaker import Breaker, BreakerPolicy, BreakerState, Refusal, Transition, TripReason


class Now:
    def __init__(self) -> None:
        self.at = 500.0

    def __call__(self) -> float:
        return self.at


def permit_of(breaker: Breaker) -> int:
    permit, _ = breaker.admit()
    assert not isinstance(permit, Refusal)
    return permit


def fail_times(breaker: Breaker, times: int) -> Transition | None:
    change = None
    for _ in range(times):
        change = breaker.fail(permit_of(breaker))
    return change


@pytest.fixture
def now() -> Now:
    return Now()


@pytest.fixture
def breaker(now: Now) -> Breaker:
    return Breaker("shop-api", BreakerPolicy(), now)


def test_five_consecutive_failures_open_it(breaker: Breaker, now: Now) -> None:
    assert fail_times(breaker, 4) is None
    change = breaker.fail(permit_of(breaker))
    assert change == Transition(
        "shop-api", BreakerState.CLOSED, BreakerState.OPEN, TripReason.CONSECUTIVE_FAILURES, now.at
    )
    assert breaker.admit() == (Refusal(60.0), None)


def test_a_success_in_between_starts_the_count_again(breaker: Breaker) -> None:
    fail_times(breaker, 4)
    breaker.succeed(permit_of(breaker))
    assert fail_times(breaker, 4) is None
    assert breaker.state is BreakerState.CLOSED


def test_it_refuses_for_the_whole_pause_and_then_lets_one_probe_through(breaker: Breaker, now: Now) -> None:
    fail_times(breaker, 5)
    now.at += 59.999
    refusal, _ = breaker.admit()
    assert isinstance(refusal, Refusal)
    assert refusal.retry_after_s == pytest.approx(0.001)
    now.at += 0.002
    probe, change = breaker.admit()
    assert change is not None
    assert (change.before, change.after, change.reason) == (
        BreakerState.OPEN,
        BreakerState.HALF_OPEN,
        TripReason.PAUSE_OVER,
    )
    assert all(isinstance(breaker.admit()[0], Refusal) for _ in range(50))
    assert isinstance(probe, int)
    closed = breaker.succeed(probe)
    assert closed is not None
    assert closed.reason is TripReason.PROBE_SUCCEEDED
    assert breaker.state is BreakerState.CLOSED


def test_a_failed_probe_opens_it_for_another_pause(breaker: Breaker, now: Now) -> None:
    fail_times(breaker, 5)
    now.at += 60
    change = breaker.fail(permit_of(breaker))
    assert change is not None
    assert (change.after, change.reason) == (BreakerState.OPEN, TripReason.PROBE_FAILED)
    assert breaker.admit() == (Refusal(60.0), None)


def test_answers_to_calls_from_before_the_trip_change_nothing(breaker: Breaker, now: Now) -> None:
    early, late = permit_of(breaker), permit_of(breaker)
    fail_times(breaker, 5)
    assert breaker.succeed(early) is None
    assert breaker.state is BreakerState.OPEN
    now.at += 60
    probe = permit_of(breaker)
    assert breaker.succeed(late) is None
    assert breaker.fail(late) is None
    assert breaker.state is BreakerState.HALF_OPEN
    assert breaker.succeed(probe) is not None


def test_a_probe_that_never_reports_is_replaced_and_its_late_answer_ignored(breaker: Breaker, now: Now) -> None:
    fail_times(breaker, 5)
    now.at += 60
    lost = permit_of(breaker)
    now.at += 60
    second = permit_of(breaker)
    assert breaker.fail(lost) is None
    assert breaker.succeed(second) is not None


def test_an_abandoned_probe_gives_its_place_to_the_next_call(breaker: Breaker, now: Now) -> None:
    fail_times(breaker, 5)
    now.at += 60
    breaker.abandon(permit_of(breaker))
    assert breaker.state is BreakerState.HALF_OPEN
    assert breaker.succeed(permit_of(breaker)) is not None


def test_reset_closes_it_and_forgets(breaker: Breaker) -> None:
    fail_times(breaker, 5)
    change = breaker.reset()
    assert change is not None
    assert change.reason is TripReason.RESET
    assert fail_times(breaker, 4) is None
    assert breaker.reset() is None
    assert fail_times(breaker, 4) is None


def test_the_failure_ratio_needs_the_minimum_of_calls(now: Now) -> None:
    breaker = Breaker("shop-api", BreakerPolicy(failures=1000, ratio=0.5, window_s=10, minimum_calls=10), now)
    for _ in range(4):
        breaker.succeed(permit_of(breaker))
        assert breaker.fail(permit_of(breaker)) is None
    breaker.succeed(permit_of(breaker))
    change = breaker.fail(permit_of(breaker))
    assert change is not None
    assert change.reason is TripReason.FAILURE_RATIO


def test_failures_older_than_the_window_are_forgotten(now: Now) -> None:
    breaker = Breaker("shop-api", BreakerPolicy(failures=1000, ratio=0.5, window_s=10, minimum_calls=10), now)
    fail_times(breaker, 9)
    now.at += 11
    assert fail_times(breaker, 9) is None
    assert breaker.fail(permit_of(breaker)) is not None


@pytest.mark.parametrize(
    "wrong", [{"failures": 0}, {"open_s": 0}, {"ratio": 0.0}, {"ratio": 1.5}, {"window_s": -1}, {"minimum_calls": 0}]
)
def test_a_policy_that_makes_no_sense_is_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=r"breaker|ratio"):
        BreakerPolicy(**wrong)  # type: ignore[arg-type]


@dataclass
class Model:
    """The specification, with everything remembered and nothing clever: a list of outcomes and moments."""

    policy: BreakerPolicy
    state: str = "closed"
    era: int = 0
    streak: int = 0
    opened: float = 0.0
    probe_since: float | None = None
    calls: list[tuple[float, bool]] = field(default_factory=list)

    def ask(self, now: float) -> int | None:
        if self.state == "closed":
            return self.era
        if self.state == "open" and now >= self.opened + self.policy.open_s:
            self.state, self.era, self.probe_since = "half_open", self.era + 1, now
            return self.era
        if self.state == "half_open":
            if self.probe_since is None:
                self.era, self.probe_since = self.era + 1, now
                return self.era
            if now >= self.probe_since + self.policy.probe_s:
                self.era, self.probe_since = self.era + 1, now
                return self.era
        return None

    def answer(self, era: int, failed: bool, now: float) -> None:
        if era != self.era or self.state == "open":
            return
        if self.state == "half_open":
            self.state, self.era = ("open" if failed else "closed"), self.era + 1
            self.opened, self.streak, self.calls = now, 0, []
            return
        self.streak = self.streak + 1 if failed else 0
        self.calls.append((now, failed))
        if failed and (self.streak >= self.policy.failures or self._ratio(now)):
            self.state, self.era, self.opened = "open", self.era + 1, now

    def _ratio(self, now: float) -> bool:
        if self.policy.ratio is None:
            return False
        slice_s = self.policy.window_s / 10
        recent = [failed for at, failed in self.calls if now // slice_s - at // slice_s < 10]
        return len(recent) >= self.policy.minimum_calls and sum(recent) >= self.policy.ratio * len(recent)


class BreakerMachine(RuleBasedStateMachine):
    """Any interleaving of calls, answers, losses, pauses, resets and moves to another process agrees with the model."""

    permits = Bundle("permits")
    policy = BreakerPolicy(failures=3, open_s=10, probe_s=7)

    def __init__(self) -> None:
        super().__init__()
        self.now = Now()
        self.breaker = Breaker("k", self.policy, self.now)
        self.model = Model(self.policy)

    @rule(target=permits)
    def ask(self):  # type: ignore[no-untyped-def]
        permit, change = self.breaker.admit()
        era = self.model.ask(self.now.at)
        assert isinstance(permit, Refusal) == (era is None)
        assert (change is None) or change.after is BreakerState.HALF_OPEN
        return multiple() if isinstance(permit, Refusal) else (permit, era)

    @rule(pair=permits, failed=st.booleans())
    def answer(self, pair: tuple[int, int], failed: bool) -> None:
        change = self.breaker.fail(pair[0]) if failed else self.breaker.succeed(pair[0])
        before = self.model.state
        self.model.answer(pair[1], failed, self.now.at)
        assert (change is not None) == (before != self.model.state)

    @rule(pair=permits)
    def lose(self, pair: tuple[int, int]) -> None:
        self.breaker.abandon(pair[0])
        if pair[1] == self.model.era and self.model.state == "half_open":
            self.model.probe_since = None

    @rule(seconds=st.sampled_from([0.1, 1.0, 3.0, 6.9, 7.0, 9.9, 10.0, 30.0]))
    def wait(self, seconds: float) -> None:
        self.now.at += seconds

    @rule()
    def reset(self) -> None:
        changed = self.breaker.reset() is not None
        assert changed == (self.model.state != "closed")
        if changed:
            self.model.state, self.model.era = "closed", self.model.era + 1
        self.model.streak, self.model.calls = 0, []

    @rule()
    def move_to_another_process(self) -> None:
        moved = Breaker("k", self.policy, self.now)
        moved.load(self.breaker.dump())
        assert moved.dump() == self.breaker.dump()
        self.breaker = moved

    @invariant()
    def same_state(self) -> None:
        assert self.breaker.state.value == self.model.state
        if self.model.state == "closed":
            assert self.breaker.failures == self.model.streak


class RatioMachine(BreakerMachine):
    policy = BreakerPolicy(failures=50, open_s=10, probe_s=7, ratio=0.5, window_s=20, minimum_calls=4)


TestBreakerAgainstModel = BreakerMachine.TestCase
TestBreakerAgainstModel.settings = settings(max_examples=150, stateful_step_count=60, deadline=None)
TestRatioAgainstModel = RatioMachine.TestCase
TestRatioAgainstModel.settings = settings(max_examples=100, stateful_step_count=60, deadline=None)
