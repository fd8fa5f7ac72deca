"""What changed between two contents, told by structure instead of by lines.

Objects are compared by key. Items of a list are matched by who they are: by `id`, `key` or `name` where every item has one of
its own, a plain text by itself, anything else by longest common subsequence. Invariant: `apply(before, diff(before, after))`
is `after`, to the bit. In a pointer every segment counts in `after`, except the last one of something removed, which counts
in `before`; for something moved `before` and `after` are its two places in the list.
"""

import copy
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from enum import StrEnum
from typing import Any, Final

import orjson

from opsloom.assets.content import escape, segments

Json = Any
NAMES: Final = ("id", "key", "name")
_MOST_PAIRS: Final = 4_000_000
"""Longer lists of nameless things are compared place by place: the common subsequence costs their product."""


class Op(StrEnum):
    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    MOVED = "moved"


@dataclass(frozen=True, slots=True)
class Change:
    """`label` is the way to the place as people say it: items by their name instead of by number."""

    op: Op
    pointer: str
    label: str
    before: Json = None
    after: Json = None


@dataclass(frozen=True, slots=True)
class _Place:
    pointer: str = ""
    label: str = ""

    def step(self, part: str | int, said: str | None = None) -> "_Place":
        joined = said or str(part)
        return _Place(f"{self.pointer}/{escape(str(part))}", f"{self.label} › {joined}" if self.label else joined)


def diff(before: Json, after: Json) -> list[Change]:
    """The changes that make `after` of `before`."""
    return list(_diff(before, after, _Place()))


def same(before: Json, after: Json) -> bool:
    """Equal as JSON: 1, 1.0 and true are three things."""
    return _text(before) == _text(after)


def _diff(before: Json, after: Json, place: _Place) -> Iterator[Change]:
    if same(before, after):
        return
    if isinstance(before, dict) and isinstance(after, dict):
        yield from _objects(before, after, place)
    elif isinstance(before, list) and isinstance(after, list):
        yield from _lists(before, after, place)
    else:
        yield Change(Op.CHANGED, place.pointer, place.label, before, after)


def _objects(before: dict[str, Json], after: dict[str, Json], place: _Place) -> Iterator[Change]:
    for key, value in before.items():
        here = place.step(key)
        if key not in after:
            yield Change(Op.REMOVED, here.pointer, here.label, before=value)
        else:
            yield from _diff(value, after[key], here)
    for key, value in after.items():
        if key not in before:
            here = place.step(key)
            yield Change(Op.ADDED, here.pointer, here.label, after=value)


def _lists(before: list[Json], after: list[Json], place: _Place) -> Iterator[Change]:
    names = _names(before, after)
    if names is None:
        pairs, said_before, said_after = _aligned(before, after), None, None
    else:
        said_before, said_after = names
        where = {name: index for index, name in enumerate(said_before)}
        pairs = [(where[name], index) for index, name in enumerate(said_after) if name in where]
    kept_before, kept_after = {old for old, _ in pairs}, {new for _, new in pairs}
    for index, item in enumerate(before):
        if index not in kept_before:
            here = place.step(index, said_before[index] if said_before else None)
            yield Change(Op.REMOVED, here.pointer, here.label, before=item)
    in_order = _longest_rise([old for old, _ in pairs])
    for (old, new), stayed in zip(pairs, in_order, strict=True):
        here = place.step(new, said_after[new] if said_after else None)
        if not stayed:
            yield Change(Op.MOVED, here.pointer, here.label, before=old, after=new)
        yield from _diff(before[old], after[new], here)
    for index, item in enumerate(after):
        if index not in kept_after:
            here = place.step(index, said_after[index] if said_after else None)
            yield Change(Op.ADDED, here.pointer, here.label, after=item)


def _names(before: list[Json], after: list[Json]) -> tuple[list[str], list[str]] | None:
    """Who the items of both lists are, if each has a name of its own."""
    both = [*before, *after]
    if both and all(isinstance(each, str) for each in both):
        return (before, after) if _distinct(before) and _distinct(after) else None
    if not all(isinstance(each, dict) for each in both):
        return None
    for field_name in NAMES:
        if all(isinstance(each.get(field_name), str) for each in both):
            old, new = [each[field_name] for each in before], [each[field_name] for each in after]
            if _distinct(old) and _distinct(new):
                return old, new
    return None


def _distinct(names: Sequence[str]) -> bool:
    return len(set(names)) == len(names)


def _aligned(before: list[Json], after: list[Json]) -> list[tuple[int, int]]:
    """Which nameless items belong together: equal ones in order, and what stands between the same equal ones."""
    if len(before) * len(after) > _MOST_PAIRS:
        return list(zip(range(len(before)), range(len(after)), strict=False))
    old, new = [_text(each) for each in before], [_text(each) for each in after]
    pairs: list[tuple[int, int]] = []
    for _, i1, i2, j1, j2 in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        pairs += zip(range(i1, i2), range(j1, j2), strict=False)
    return pairs


def _longest_rise(numbers: Sequence[int]) -> list[bool]:
    """Which of the numbers belong to a longest rising subsequence: those did not move."""
    tails: list[int] = []
    at: list[int] = []
    before: list[int] = []
    for index, number in enumerate(numbers):
        place = bisect_left(tails, number)
        before.append(at[place - 1] if place else -1)
        if place == len(tails):
            tails.append(number)
            at.append(index)
        else:
            tails[place], at[place] = number, index
    stays = [False] * len(numbers)
    index = at[-1] if at else -1
    while index >= 0:
        stays[index] = True
        index = before[index]
    return stays


def _text(value: Json) -> bytes:
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)


@dataclass(slots=True)
class _Branch:
    """The changes at a place and below it."""

    here: dict[Op, Change] = field(default_factory=dict)
    below: dict[str, "_Branch"] = field(default_factory=dict)


def apply(before: Json, changes: Sequence[Change]) -> Json:
    """What `diff` told of, made from `before`; leaves `before` as it is."""
    root = _Branch()
    for change in changes:
        branch = root
        for part in segments(change.pointer):
            branch = branch.below.setdefault(part, _Branch())
        branch.here[change.op] = change
    return _applied(copy.deepcopy(before), root)


def _applied(value: Json, branch: _Branch) -> Json:
    if Op.CHANGED in branch.here:
        return branch.here[Op.CHANGED].after
    if isinstance(value, dict):
        return _applied_object(value, branch)
    if isinstance(value, list):
        return _applied_list(value, branch)
    return value


def _applied_object(value: dict[str, Json], branch: _Branch) -> dict[str, Json]:
    for key, child in branch.below.items():
        if Op.REMOVED in child.here:
            del value[key]
        elif Op.ADDED in child.here:
            value[key] = child.here[Op.ADDED].after
        else:
            value[key] = _applied(value[key], child)
    return value


def _applied_list(value: list[Json], branch: _Branch) -> list[Json]:
    children = {int(part): child for part, child in branch.below.items()}
    added = {index: child.here[Op.ADDED].after for index, child in children.items() if Op.ADDED in child.here}
    moved = {index: child.here[Op.MOVED].before for index, child in children.items() if Op.MOVED in child.here}
    gone = {index for index, child in children.items() if Op.REMOVED in child.here} | set(moved.values())
    rest = iter([item for index, item in enumerate(value) if index not in gone])
    removed = len(gone) - len(moved)
    result: list[Json] = []
    for index in range(len(value) - removed + len(added)):
        if index in added:
            result.append(added[index])
            continue
        item = value[moved[index]] if index in moved else next(rest)
        child = children.get(index)
        result.append(item if child is None else _applied(item, child))
    return result
