"""The life of one key under a rule of any kind: inactive → pending → firing → inactive, in event time.

The outcome is a function of the key's accepted facts in order of arrival and of how far its clock has come, nothing else:

- An observation says whether the condition is true, false or unknown at its time; that holds until the next one. Most come
  with a fact. A verdict does not: time alone brings it (the end of a window), and it says nothing about a key that has fallen
  silent. A sign of life is a fact that says nothing yet (one inside a window) but ends a silence.
- True starts a pending run; when it has held for `for`, it fires. False or unknown ends a pending run: what is not known
  to be true does not fire. Unknown does not resolve either.
- While it fires, the clear signal (the resolve condition, or the condition being false) that has held for
  `resolve_after` resolves it. `cooldown` after that nothing fires for the key.
- A deadline earlier than a fact's time is decided before the fact, one at the fact's own time after it. So it makes no
  difference whether a timer or the next fact brings the clock past a deadline, nor how facts are cut into batches.
- A fact older than the newest one of its key is late: within the grace it counts as having come at the newest time,
  beyond it has no effect (`accepted_time`).
- A fact that comes after a timer has fired its key, but is older than that, counts at the time of firing.
- When a key has been silent for `no_data_after`, the no-data policy decides. The fact that ends the silence ends the alert
  that silence opened; an alert already open stays open through the silence when the policy is to alert. Cooldown bars
  only what the condition would fire.

- Where what is observed is over in the same moment (`momentary`: a sequence that matched), cooldown swallows it.

A state of None is inactive.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final, NamedTuple

from opsloom.rules.facts import Json

MAX_EVIDENCE: Final = 8


class NoDataPolicy(StrEnum):
    KEEP = "keep"
    RESOLVE = "resolve"
    ALERT = "alert"


class Phase(StrEnum):
    PENDING = "pending"
    FIRING = "firing"
    COOLING = "cooling"


class Cause(StrEnum):
    """Why a key fires."""

    CONDITION = "condition"
    NO_DATA = "no_data"


class Change(StrEnum):
    PENDED = "pended"
    FIRED = "fired"
    RESOLVED = "resolved"
    DROPPED = "dropped"


class Reason(StrEnum):
    """Why a change happened."""

    CONDITION_TRUE = "condition_true"
    CONDITION_HELD = "condition_held"
    CONDITION_CLEARED = "condition_cleared"
    CONDITION_UNKNOWN = "condition_unknown"
    NO_DATA = "no_data"
    DATA_RETURNED = "data_returned"


@dataclass(frozen=True, slots=True)
class Policy:
    """The numbers of a rule, in microseconds."""

    for_us: int = 0
    resolve_after_us: int = 0
    cooldown_us: int = 0
    no_data: NoDataPolicy = NoDataPolicy.KEEP
    no_data_after_us: int = 0
    momentary: bool = False


class Evidence(NamedTuple):
    """A fact that took part in a decision: its time, its place in the feed, and the values the conditions read.

    `step` is the step of a sequence that took it.
    """

    time: int
    ref: str
    values: dict[str, Json]
    step: str = ""


class Sign(StrEnum):
    """What an observation stands for."""

    FACT = "fact"
    VERDICT = "verdict"
    LIFE = "life"


class Observation(NamedTuple):
    """What is seen at a time: is the condition true, is the clear signal there; None is unknown."""

    time: int
    holds: bool | None
    clears: bool | None
    evidence: tuple[Evidence, ...]
    sign: Sign = Sign.FACT


@dataclass(frozen=True, slots=True)
class KeyState:
    """`since` is where the pending run began; `cool_until` bars firing before it."""

    phase: Phase
    since: int
    fired_at: int = 0
    cause: Cause = Cause.CONDITION
    clear_since: int | None = None
    cool_until: int = 0
    evidence: tuple[Evidence, ...] = ()


class Decision(NamedTuple):
    """One change of one key. `since` names the episode: the same for all its changes."""

    change: Change
    at: int
    since: int
    reason: Reason
    evidence: tuple[Evidence, ...]


class Outcome(NamedTuple):
    state: KeyState | None
    decisions: Sequence[Decision]


def accepted_time(time: int, newest: int | None, grace_us: int) -> int | None:
    """The time a fact counts at, or None when it is too late to count."""
    if newest is None or time >= newest:
        return time
    return newest if newest - time <= grace_us else None


def observe(policy: Policy, state: KeyState | None, last_seen: int | None, seen: Observation) -> Outcome:
    """Take in one observation; `last_seen` is the time of the key's fact before it."""
    decided: list[Decision] = []
    state = _pass_deadlines(policy, state, last_seen, seen.time - 1, decided)
    silent = state is not None and state.phase is Phase.FIRING and state.cause is Cause.NO_DATA
    if seen.sign is Sign.VERDICT and (silent or _fell_silent(policy, last_seen, seen.time)):
        return Outcome(state, decided)
    if state is not None and state.fired_at > seen.time:
        seen = seen._replace(time=state.fired_at)
    if state is not None and silent:
        decided.append(Decision(Change.RESOLVED, seen.time, state.since, Reason.DATA_RETURNED, seen.evidence))
        state = None
    was_pending = state is not None and state.phase is Phase.PENDING
    if seen.sign is not Sign.LIFE:
        state = _take_in(policy, state, seen, decided)
    began = not was_pending and state is not None and state.phase is Phase.PENDING
    after = _pass_deadlines(policy, state, last_seen if seen.sign is Sign.VERDICT else seen.time, seen.time, decided)
    if began and after is state and state is not None:
        decided.append(Decision(Change.PENDED, seen.time, state.since, Reason.CONDITION_TRUE, state.evidence))
    return Outcome(after, decided)


def advance(policy: Policy, state: KeyState | None, last_seen: int | None, clock: int) -> Outcome:
    """Let the key's clock come to `clock` without a new fact."""
    decided: list[Decision] = []
    return Outcome(_pass_deadlines(policy, state, last_seen, clock, decided), decided)


def _take_in(policy: Policy, state: KeyState | None, seen: Observation, decided: list[Decision]) -> KeyState | None:
    if state is None or state.phase is Phase.COOLING:
        if seen.holds is not True or (policy.momentary and state is not None and state.cool_until > seen.time):
            return state
        cool_until = state.cool_until if state else 0
        return KeyState(Phase.PENDING, seen.time, cool_until=cool_until, evidence=seen.evidence)
    if state.phase is Phase.PENDING:
        if seen.holds is True:
            return replace(state, evidence=_with(state.evidence, seen.evidence))
        reason = Reason.CONDITION_CLEARED if seen.holds is False else Reason.CONDITION_UNKNOWN
        decided.append(Decision(Change.DROPPED, seen.time, state.since, reason, seen.evidence))
        return _rest(state.cool_until, seen.time)
    if seen.clears is True and state.clear_since is None:
        return replace(state, clear_since=seen.time, evidence=seen.evidence)
    if seen.clears is False and state.clear_since is not None:
        return replace(state, clear_since=None, evidence=())
    return state


def is_timed(policy: Policy, state: KeyState) -> bool:
    """Whether time alone may change a state."""
    return policy.no_data is not NoDataPolicy.KEEP or state.phase is not Phase.FIRING or state.clear_since is not None


class _Deadline(NamedTuple):
    at: int
    change: Change | None
    reason: Reason


def _next_deadline(policy: Policy, state: KeyState | None, last_seen: int | None) -> _Deadline | None:
    own: _Deadline | None = None
    if state is not None and state.phase is Phase.PENDING:
        own = _Deadline(max(state.since + policy.for_us, state.cool_until), Change.FIRED, Reason.CONDITION_HELD)
    elif state is not None and state.phase is Phase.COOLING:
        own = _Deadline(state.cool_until, None, Reason.CONDITION_CLEARED)
    elif state is not None and state.clear_since is not None:
        own = _Deadline(state.clear_since + policy.resolve_after_us, Change.RESOLVED, Reason.CONDITION_CLEARED)
    silence = _silence(policy, state, last_seen)
    if own is None or (silence is not None and silence.at < own.at):
        return silence
    return own


def _fell_silent(policy: Policy, last_seen: int | None, time: int) -> bool:
    """Whether a key has been silent for so long before a time that its policy has decided."""
    if policy.no_data is NoDataPolicy.KEEP or last_seen is None:
        return False
    return last_seen + policy.no_data_after_us < time


def _silence(policy: Policy, state: KeyState | None, last_seen: int | None) -> _Deadline | None:
    if policy.no_data is NoDataPolicy.KEEP or last_seen is None:
        return None
    firing = state is not None and state.phase is Phase.FIRING
    pending = state is not None and state.phase is Phase.PENDING
    at = last_seen + policy.no_data_after_us
    if policy.no_data is NoDataPolicy.RESOLVE:
        if firing:
            return _Deadline(at, Change.RESOLVED, Reason.NO_DATA)
        return _Deadline(at, Change.DROPPED, Reason.NO_DATA) if pending else None
    if state is None or not firing:
        return _Deadline(at, Change.FIRED, Reason.NO_DATA)
    # Silence also stops the clear signal: nobody knows whether it still holds.
    return _Deadline(at, None, Reason.NO_DATA) if state.clear_since is not None else None


def _pass_deadlines(
    policy: Policy, state: KeyState | None, last_seen: int | None, limit: int, decided: list[Decision]
) -> KeyState | None:
    if state is None and policy.no_data is NoDataPolicy.KEEP:
        return None
    while (due := _next_deadline(policy, state, last_seen)) is not None and due.at <= limit:
        state = _meet(policy, state, due, decided)
    return state


def _meet(policy: Policy, state: KeyState | None, due: _Deadline, decided: list[Decision]) -> KeyState | None:
    if due.change is None:
        stopped = state is not None and due.reason is Reason.NO_DATA
        return replace(state, clear_since=None, evidence=()) if state is not None and stopped else None
    if due.change is Change.FIRED and due.reason is Reason.NO_DATA:
        if state is not None and state.phase is Phase.PENDING:
            decided.append(Decision(Change.DROPPED, due.at, state.since, Reason.NO_DATA, state.evidence))
        decided.append(Decision(Change.FIRED, due.at, due.at, Reason.NO_DATA, ()))
        return KeyState(Phase.FIRING, due.at, due.at, Cause.NO_DATA)
    if state is None:
        raise AssertionError("only silence can fall due for an inactive key")
    decided.append(Decision(due.change, due.at, state.since, due.reason, state.evidence))
    if due.change is Change.FIRED:
        return KeyState(Phase.FIRING, state.since, due.at)
    if due.change is Change.DROPPED:
        return _rest(state.cool_until, due.at)
    return _rest(due.at + policy.cooldown_us, due.at)


def _rest(cool_until: int, now: int) -> KeyState | None:
    return KeyState(Phase.COOLING, now, cool_until=cool_until) if cool_until > now else None


def _with(evidence: tuple[Evidence, ...], more: tuple[Evidence, ...]) -> tuple[Evidence, ...]:
    """Keep the first and the latest few: enough to show when it began and that it still held."""
    if len(evidence) + len(more) <= MAX_EVIDENCE:
        return evidence + more
    return (evidence[0], *(evidence[1:] + more)[1 - MAX_EVIDENCE :])
