"""The part of a fact that decides: what proofs keep of it."""

from collections.abc import Iterable, Mapping

from opsloom.rules.facts import Fact, Json, Value, finite
from opsloom.rules.lifecycle import Evidence
from opsloom.rules.predicate import Column
from opsloom.rules.printing import show_operand


class Reading:
    """The columns some conditions read, and the names proofs give them."""

    def __init__(self, columns: Iterable[Column]) -> None:
        self.columns = tuple(dict.fromkeys(columns))
        self._texts = tuple(show_operand(column) for column in self.columns)

    def of(self, fact: Fact, time: int) -> tuple[Evidence]:
        """What a fact says where the conditions look; it counts at `time`."""
        return (Evidence(time, fact.ref, self.values(fact)),)

    def values(self, fact: Fact) -> dict[str, Json]:
        """The values by the columns' names."""
        return {text: kept(fact.read(column)) for text, column in zip(self._texts, self.columns, strict=True)}


def kept(value: Value) -> Json:
    """As much of a value as decides: of a nested one only that it is there, of a number what fits into float64."""
    if isinstance(value, bool | str) or value is None:
        return value
    if isinstance(value, int | float):
        return value if isinstance(value, int) and abs(value) < 2**53 else finite(value)
    return {} if isinstance(value, Mapping) else []
