"""What has changed between two scans.

A database does not tell that something was renamed: the old name is gone and a new one is there. Such pairs are listed as
candidates, with how alike they are, beside the removal and the addition; nothing is decided for anybody.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from enum import StrEnum
from typing import Final

from pydantic import Field

from opsloom.connections.catalog.facts import Column, ForeignKey, Index, TableFacts, UniqueKey
from opsloom.kit.model import Shown

MAX_CHANGES: Final = 2000
ALIKE: Final = 0.7
"""How alike two tables must be to be one under a new name."""
COMMON: Final = 50
"""A column that more new tables have than this says nothing about which is which; comparing all pairs would not end."""


class ChangeKind(StrEnum):
    """What happened to a table or to one of its columns."""

    TABLE_ADDED = "table_added"
    TABLE_REMOVED = "table_removed"
    TABLE_KIND_CHANGED = "table_kind_changed"
    TABLE_COMMENT_CHANGED = "table_comment_changed"
    COLUMN_ADDED = "column_added"
    COLUMN_REMOVED = "column_removed"
    TYPE_CHANGED = "type_changed"
    NULLABLE_CHANGED = "nullable_changed"
    DEFAULT_CHANGED = "default_changed"
    COLUMN_COMMENT_CHANGED = "column_comment_changed"
    PRIMARY_KEY_CHANGED = "primary_key_changed"
    FOREIGN_KEY_ADDED = "foreign_key_added"
    FOREIGN_KEY_REMOVED = "foreign_key_removed"
    UNIQUE_KEY_ADDED = "unique_key_added"
    UNIQUE_KEY_REMOVED = "unique_key_removed"
    INDEX_ADDED = "index_added"
    INDEX_REMOVED = "index_removed"


class Change(Shown):
    """`before` and `after` are as the database writes them."""

    kind: ChangeKind
    table: str
    column: str | None = None
    before: str | None = None
    after: str | None = None


class RenameCandidate(Shown):
    """Perhaps the same under a new name; with columns, those of `table_after`. `likeness` is between 0 and 1."""

    table_before: str
    table_after: str
    column_before: str | None = None
    column_after: str | None = None
    likeness: float


class Diff(Shown):
    """`counts` holds all changes by kind; `truncated`: not all of them are listed."""

    counts: dict[ChangeKind, int] = Field(default_factory=dict)
    changes: list[Change] = Field(default_factory=list)
    candidates: list[RenameCandidate] = Field(default_factory=list)
    truncated: bool = False


def compare(before: Mapping[str, TableFacts], after: Mapping[str, TableFacts]) -> Diff:
    """What has changed, by table path. Tables that are the same on both sides may be left out of both."""
    removed = [path for path in before if path not in after]
    added = [path for path in after if path not in before]
    changes = [Change(kind=ChangeKind.TABLE_REMOVED, table=path) for path in removed]
    changes += [Change(kind=ChangeKind.TABLE_ADDED, table=path) for path in added]
    candidates = list(_renamed_tables([before[path] for path in removed], [after[path] for path in added]))
    for path, now in after.items():
        if path in before:
            changes += _table_changes(before[path], now)
            candidates += _renamed_columns(before[path], now)
    changes.sort(key=lambda change: (change.table, change.column is not None))
    return Diff(
        counts=dict(Counter(change.kind for change in changes)),
        changes=changes[:MAX_CHANGES],
        candidates=candidates[:MAX_CHANGES],
        truncated=len(changes) > MAX_CHANGES or len(candidates) > MAX_CHANGES,
    )


def _table_changes(before: TableFacts, after: TableFacts) -> Iterator[Change]:
    path = after.path
    for kind, was, now in (
        (ChangeKind.TABLE_KIND_CHANGED, before.kind.value, after.kind.value),
        (ChangeKind.TABLE_COMMENT_CHANGED, before.comment, after.comment),
        (ChangeKind.PRIMARY_KEY_CHANGED, ", ".join(before.primary_key), ", ".join(after.primary_key)),
    ):
        if was != now:
            yield Change(kind=kind, table=path, before=was or None, after=now or None)
    yield from _column_changes(path, before.columns, after.columns)
    for gone, new, was_set, now_set in (
        (
            ChangeKind.FOREIGN_KEY_REMOVED, ChangeKind.FOREIGN_KEY_ADDED,
            [_foreign(each) for each in before.foreign_keys], [_foreign(each) for each in after.foreign_keys],
        ),
        (
            ChangeKind.UNIQUE_KEY_REMOVED, ChangeKind.UNIQUE_KEY_ADDED,
            [_unique(each) for each in before.unique_keys], [_unique(each) for each in after.unique_keys],
        ),
        (
            ChangeKind.INDEX_REMOVED, ChangeKind.INDEX_ADDED,
            [_index(each) for each in before.indexes], [_index(each) for each in after.indexes],
        ),
    ):  # fmt: skip
        yield from (Change(kind=gone, table=path, before=each) for each in was_set if each not in now_set)
        yield from (Change(kind=new, table=path, after=each) for each in now_set if each not in was_set)


def _column_changes(path: str, before: Sequence[Column], after: Sequence[Column]) -> Iterator[Change]:
    had, has = {column.name: column for column in before}, {column.name: column for column in after}
    for name, was in had.items():
        if name not in has:
            yield Change(kind=ChangeKind.COLUMN_REMOVED, table=path, column=name, before=was.type)
    for name, now in has.items():
        if name not in had:
            yield Change(kind=ChangeKind.COLUMN_ADDED, table=path, column=name, after=now.type)
            continue
        was = had[name]
        for kind, one, other in (
            (ChangeKind.TYPE_CHANGED, _typed(was), _typed(now)),
            (ChangeKind.NULLABLE_CHANGED, _nullable(was), _nullable(now)),
            (ChangeKind.DEFAULT_CHANGED, was.default, now.default),
            (ChangeKind.COLUMN_COMMENT_CHANGED, was.comment, now.comment),
        ):
            if one != other:
                yield Change(kind=kind, table=path, column=name, before=one, after=other)


def _typed(column: Column) -> str:
    return f"{column.type} ({', '.join(column.values)})" if column.values else column.type


def _nullable(column: Column) -> str:
    return "null" if column.nullable else "not null"


def _foreign(key: ForeignKey) -> str:
    return f"({', '.join(key.columns)}) → {key.target} ({', '.join(key.referred_columns)})"


def _unique(key: UniqueKey) -> str:
    return f"({', '.join(key.columns)})"


def _index(index: Index) -> str:
    return f"{'unique ' if index.unique else ''}{index.name or ''} ({', '.join(index.columns)})"


def _renamed_tables(removed: Sequence[TableFacts], added: Sequence[TableFacts]) -> Iterator[RenameCandidate]:
    """Pairs of a gone and a new table with mostly the same columns, each table once, the most alike first."""
    shapes = {facts.path: {(column.name, column.type) for column in facts.columns} for facts in (*removed, *added)}
    by_column: dict[tuple[str, str], list[str]] = {}
    for facts in added:
        for column in shapes[facts.path]:
            by_column.setdefault(column, []).append(facts.path)
    pairs = []
    for facts in removed:
        shape = shapes[facts.path]
        telling = [by_column[column] for column in shape if 0 < len(by_column.get(column, ())) <= COMMON]
        for path in {path for paths in telling for path in paths}:
            likeness = len(shape & shapes[path]) / len(shape | shapes[path])
            if likeness >= ALIKE:
                pairs.append((likeness, SequenceMatcher(None, facts.path, path).ratio(), facts.path, path))
    taken: set[str] = set()
    for likeness, _, old, new in sorted(pairs, key=lambda pair: (-pair[0], -pair[1], pair[2], pair[3])):
        if old not in taken and new not in taken:
            taken |= {old, new}
            yield RenameCandidate(table_before=old, table_after=new, likeness=round(likeness, 3))


def _renamed_columns(before: TableFacts, after: TableFacts) -> Iterator[RenameCandidate]:
    """A gone and a new column of the same type, nullability and default, at the same place or with a similar name."""
    had, has = {column.name for column in before.columns}, {column.name for column in after.columns}
    gone = [(place, column) for place, column in enumerate(before.columns) if column.name not in has]
    new = [(place, column) for place, column in enumerate(after.columns) if column.name not in had]
    taken: set[str] = set()
    for place, was in gone:
        options = [
            (0.5 * (place == now_place) + 0.5 * SequenceMatcher(None, was.name, now.name).ratio(), now.name)
            for now_place, now in new
            if now.name not in taken and (now.type, now.nullable, now.default) == (was.type, was.nullable, was.default)
        ]
        likeness, name = max(options, default=(0.0, ""))
        if likeness >= 0.4:
            taken.add(name)
            yield RenameCandidate(
                table_before=before.path,
                table_after=after.path,
                column_before=was.name,
                column_after=name,
                likeness=round(likeness, 3),
            )
