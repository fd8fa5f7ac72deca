import pytest
from hypothesis import given
from hypothesis import strategies as st

from opsloom.kit.errors import ConnectionLost, ExternalServiceFailed, InvalidInput, RateLimited
from opsloom.kit.resilience import deadline
from opsloom.kit.resilience.retry import RetryPolicy, delay_s, retrying


class Upstream:
    """Raises what it is told to, then answers; counts calls and the waits between them."""

    def __init__(self, *errors: Exception) -> None:
        self.errors = list(errors)
        self.calls = 0
        self.waits: list[float] = []

    async def __call__(self) -> str:
        self.calls += 1
        if self.errors:
            raise self.errors.pop(0)
        return "answer"

    async def sleep(self, wait_s: float) -> None:
        self.waits.append(wait_s)


POLICY = RetryPolicy(attempts=4, base_s=1, max_s=3)


async def test_a_good_answer_is_asked_for_once() -> None:
    upstream = Upstream()
    assert await retrying(upstream, POLICY, sleep=upstream.sleep) == "answer"
    assert (upstream.calls, upstream.waits) == (1, [])


async def test_what_a_repeat_can_help_is_repeated_with_growing_waits() -> None:
    upstream = Upstream(*[ConnectionLost("reset")] * 3)
    assert await retrying(upstream, POLICY, sleep=upstream.sleep, chance=lambda: 1.0) == "answer"
    assert upstream.waits == [1, 2, 3]


async def test_it_ends_after_the_last_attempt_with_the_last_error() -> None:
    upstream = Upstream(*[ConnectionLost(f"reset {n}") for n in range(9)])
    with pytest.raises(ConnectionLost, match="reset 3"):
        await retrying(upstream, POLICY, sleep=upstream.sleep)
    assert upstream.calls == 4


@pytest.mark.parametrize("error", [InvalidInput("no"), ExternalServiceFailed("broken"), KeyError("bug")])
async def test_what_a_repeat_cannot_help_is_not_repeated(error: Exception) -> None:
    upstream = Upstream(error)
    with pytest.raises(type(error)):
        await retrying(upstream, POLICY, sleep=upstream.sleep)
    assert upstream.calls == 1


async def test_the_upstreams_own_wish_is_honoured() -> None:
    upstream = Upstream(RateLimited("slow down", retry_after_s=30))
    await retrying(upstream, POLICY, sleep=upstream.sleep)
    assert upstream.waits == [30]


async def test_no_wait_reaches_past_the_callers_deadline() -> None:
    upstream = Upstream(RateLimited("slow down", retry_after_s=30))
    with deadline.limit(20), pytest.raises(RateLimited):
        await retrying(upstream, POLICY, sleep=upstream.sleep)
    assert (upstream.calls, upstream.waits) == (1, [])


@given(
    failed=st.integers(1, 10_000),
    chance=st.floats(0, 1, exclude_max=True),
    after=st.none() | st.floats(0, 1e4),
    base=st.floats(0.001, 10),
    factor=st.floats(1, 1e5),
)
def test_waits_stay_between_half_a_step_and_the_cap(
    failed: int, chance: float, after: float | None, base: float, factor: float
) -> None:
    policy = RetryPolicy(attempts=3, base_s=base, max_s=base * factor)
    wait_s = delay_s(policy, failed, chance, after)
    assert wait_s >= base / 2
    assert wait_s >= (after or 0)
    assert wait_s <= max(policy.max_s, after or 0)


@pytest.mark.parametrize("wrong", [{"attempts": 0}, {"base_s": 0.0}, {"base_s": 9.0, "max_s": 1.0}])
def test_a_policy_that_makes_no_sense_is_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="retry policy"):
        RetryPolicy(**wrong)  # type: ignore[arg-type]
