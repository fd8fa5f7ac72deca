"""What every kind of rule is to the engine: a detector, which turns a rule's facts and the passing of time into observations.

The engine hands a detector the facts of its group in the order in which they count (per key never backwards in time) and asks it
at times what time alone has brought. What it observes goes through the lifecycle, which is the same for all kinds. Observations
of a key come in order of time, and those that time brings up to a fact's own time come before that fact's.

What a detector must remember of a key between two batches is the key's memory. It is stored with the states, in the same
transaction; a rule that fails is taken out of the running set, so what its detector did in that batch reaches no storage.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Final, NamedTuple, Protocol

from opsloom.rules.facts import Fact, Json
from opsloom.rules.failing import Failing
from opsloom.rules.keys import Admission, KeyTable
from opsloom.rules.lifecycle import Decision, Observation
from opsloom.rules.predicate_index import Shape

MAX_BATCH_S: Final = 2.0
"""How long one rule may take for one batch, or for one look at its timers."""

MAX_MEMORY_BYTES: Final = 128 * 1024 * 1024
"""How much one rule may remember."""


class RuleOverBudget(Exception):
    """A rule took more than one rule may take; the others go on without it."""


class Seen(NamedTuple):
    """An observation of a key; `last_seen` is the time of the key's fact before it, as far as it is the rule's business."""

    code: int
    last_seen: int | None
    observation: Observation


class Watch(Protocol):
    """What a detector may ask about the keys of its rule. Answers change while its observations are taken."""

    @property
    def hears(self) -> bool:
        """Whether silence matters, so that each fact must be told at least as a sign of life."""
        ...

    def rests(self, code: int) -> bool:
        """Whether for this key nothing but a true condition can change anything."""
        ...

    def lively(self, admitted: Admission) -> Collection[int] | None:
        """The keys in a batch that did not rest before it; None is all."""
        ...


class Detector(Protocol):
    """Finds for one rule. Built by its logic; `matched` and `late` are counts the engine sets back to zero."""

    matched: int
    late: int

    @property
    def waits(self) -> bool:
        """Whether time alone may bring an observation."""
        ...

    def observe(self, admitted: Admission, candidates: Sequence[int] | None, watch: Watch) -> Iterable[Seen]:
        """What a batch brings. Without `candidates` the condition may be true anywhere, else only in those rows."""
        ...

    def pass_time(self, now: int, watch: Watch) -> Iterable[Seen]:
        """What time alone has brought when the wall clock (in microseconds) shows `now` and all facts that came are taken."""
        ...

    def changed(self) -> Collection[int]:
        """Keys whose memory is not what is stored."""
        ...

    def settled(self) -> None:
        """All memories are stored."""
        ...

    def memory(self, code: int) -> bytes | None:
        """What must be stored of a key; None for nothing."""
        ...

    def restore(self, code: int, memory: bytes) -> None:
        """Bring back what was stored."""
        ...

    def size(self) -> int:
        """About how many bytes its memory takes."""
        ...

    def failing(self, code: int, last: Fact) -> Failing | None:
        """The first thing that keeps a key from firing now, `last` being its newest fact; None when nothing does."""
        ...


class ClaimStep(NamedTuple):
    """A step of a sequence: which facts it takes, how many in a row, or that it must not happen."""

    name: str
    condition: str
    min: int = 1
    max: int | None = 1
    negated: bool = False


class Claim(NamedTuple):
    """A statement about the facts of a decision that can be evaluated again.

    Each fact satisfies `condition`, which may use `names` besides a fact's columns. With `within_us` it is that so long nothing
    came after them. With `steps` each fact is one of a step, in order, and all lie within `within_us`.
    """

    condition: str
    names: tuple[str, ...] = ()
    within_us: int = 0
    steps: tuple[ClaimStep, ...] = ()


class Logic(Protocol):
    """What a rule asks, read from its document once. One class a kind."""

    @property
    def meaning(self) -> str:
        """What states and memories depend on: when it is unchanged in a new version, both live on."""
        ...

    @property
    def shape(self) -> Shape | None:
        """The condition as the index of many rules keeps it; None when the rule must be asked about every batch."""
        ...

    def claim(self, decision: Decision) -> Claim:
        """What the facts of a decision show."""
        ...

    def values(self, fact: Fact) -> dict[str, Json]:
        """What the rule reads of a fact, by name."""
        ...

    def detector(self, table: KeyTable, started_us: int) -> Detector:
        """A detector for the keys of a table. Facts older than `started_us` are not the rule's business."""
        ...


class Forgetful:
    """The part of a detector that needs no memory."""

    matched = 0
    late = 0
    waits = False

    def pass_time(self, now: int, watch: Watch) -> Iterator[Seen]:
        """Time alone brings nothing."""
        return iter(())

    def changed(self) -> Collection[int]:
        """Nothing is remembered."""
        return ()

    def settled(self) -> None:
        """Nothing is remembered."""

    def memory(self, code: int) -> bytes | None:
        """Nothing is remembered."""
        return None

    def restore(self, code: int, memory: bytes) -> None:
        """Nothing was stored."""

    def size(self) -> int:
        """Nothing is remembered."""
        return 0
