"""Keys over whole columns: what parts the rows of a batch, and how far each key has come row by row."""

import json
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from opsloom.rules.facts import Batch, Fact, Ints, Value
from opsloom.rules.predicate import Column, ValueType, type_of


class Part(NamedTuple):
    """One part of a key: the code of each row's value, and the values, NULL last, where the code -1 points."""

    codes: Ints
    values: Sequence[Value]


def part_of(fact: Fact, key: Column | None) -> Value:
    """What one fact has of a key; None is its series."""
    return plain(fact.series if key is None else fact.read(key))


def plain(value: Value) -> Value:
    """A value that can name a key: a nested one is written out."""
    return value if value is None or isinstance(value, int | float | str) else json.dumps(value, sort_keys=True)


def part(batch: Batch, key: Column | None) -> Part:
    """The same for every row of a batch."""
    if key is None or type_of(key) is ValueType.TEXT:
        words = (batch.series() if key is None else batch.text(key)).present()
        return Part(words.codes.astype(np.int64), [*words.words, None])
    read = batch.json(key.path) if key.name == "data" else [fact.read(key) for fact in batch.facts()]
    index: dict[Value, int] = {}
    values = (value if type(value) is str else plain(value) for value in read)
    codes = [-1 if value is None else index.setdefault(value, len(index)) for value in values]
    return Part(np.array(codes, dtype=np.int64), [*index, None])


def distinct(parts: Sequence[Part], count: int) -> tuple[Ints, Ints]:
    """The first row of each combination in order of rows, and the number of each row's combination."""
    combined = np.zeros(count, dtype=np.int64)
    for one in parts:
        combined = combined * len(one.values) + one.codes
        if len(parts) > 1:  # the product of many columns would not fit
            combined = np.unique(combined, return_inverse=True)[1].reshape(-1)
    _, first, numbers = np.unique(combined, return_index=True, return_inverse=True)
    order = np.argsort(first)
    place = np.empty_like(order)
    place[order] = np.arange(len(order))
    return first[order], place[numbers.reshape(-1)]


def newest_so_far(codes: Ints, times: Ints, first: Ints) -> Ints:
    """The newest time of each row's key up to and with that row; `first` is that before the batch."""
    order = np.argsort(codes, kind="stable")
    values, ranks = np.unique(np.maximum(times, first)[order], return_inverse=True)
    ordered = codes[order]
    key = np.concatenate([[0], np.cumsum(ordered[1:] != ordered[:-1])]) * len(values)
    # Each key's ranks lie above those of the key before it, so that one running maximum serves all keys.
    highest = np.maximum.accumulate(ranks.reshape(-1) + key) - key
    newest = np.empty_like(times)
    newest[order] = values[highest]
    return newest
