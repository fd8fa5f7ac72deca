"""People's words laid over scanned facts. Pure."""

from collections.abc import Collection, Iterator, Mapping
from typing import Final

from pydantic import Field

from opsloom.connections.catalog.content import (
    CatalogContent,
    ColumnWords,
    Description,
    SampleWishes,
    Synonyms,
    TableWords,
)
from opsloom.connections.catalog.facts import Column, Family, ForeignKey, MaskReason, Samples, TableFacts
from opsloom.connections.catalog.masking import by_declaration
from opsloom.kit.model import Shown

NO_WORDS: Final = TableWords()
NO_COLUMN_WORDS: Final = ColumnWords()


class Orphan(Shown):
    """Words about something that is no longer there."""

    table: str
    column: str | None = None


class SpokenColumn(Shown):
    """A column as questions may use it."""

    name: str
    type: str
    family: Family
    values: list[str]
    comment: str | None
    description: Description
    synonyms: Synonyms


class SpokenTable(Shown):
    """A table as questions may use it: enabled columns only."""

    path: str
    schema_name: str
    name: str
    comment: str | None
    description: Description
    synonyms: Synonyms
    primary_key: list[str]
    foreign_keys: list[ForeignKey] = Field(default_factory=list)
    columns: list[SpokenColumn]


def words_of(content: CatalogContent, path: str) -> TableWords:
    """What was said about a table."""
    return content.tables.get(path, NO_WORDS)


def worded(content: CatalogContent, text: str) -> set[str]:
    """Paths of tables in whose words, or whose columns' words, the text is."""
    wanted = text.casefold()
    return {
        path
        for path, words in content.tables.items()
        if any(wanted in said.casefold() for each in (words, *words.columns.values()) for said in _said(each))
    }


def _said(words: ColumnWords) -> Iterator[str]:
    yield from (words.description.en, words.description.ko, *words.synonyms.en, *words.synonyms.ko)


def orphans(content: CatalogContent, columns: Mapping[str, Collection[str]]) -> list[Orphan]:
    """Words that no longer belong to anything; `columns` holds what is there, by table path."""
    found = []
    for path, words in content.tables.items():
        if path not in columns:
            found.append(Orphan(table=path))
        else:
            found += [Orphan(table=path, column=name) for name in words.columns if name not in columns[path]]
    return found


def shown_samples(samples: Samples | None, facts: TableFacts, wishes: SampleWishes | None) -> Samples | None:
    """Samples as they may be shown now: a mask that was declared since the scan holds at once."""
    if samples is None or wishes is None:
        return None
    hidden = [column.masked or _declared(wishes, facts, column.name) for column in samples.columns]
    columns = [column.model_copy(update={"masked": mask}) for column, mask in zip(samples.columns, hidden, strict=True)]
    rows = [[None if mask else value for value, mask in zip(row, hidden, strict=True)] for row in samples.rows]
    return Samples(columns=columns, rows=rows[: wishes.rows])


def _declared(wishes: SampleWishes, facts: TableFacts, column: str) -> MaskReason | None:
    return MaskReason.DECLARED if by_declaration(wishes.mask, facts.schema_name, facts.name, column) else None


def spoken(content: CatalogContent, facts: TableFacts) -> SpokenTable | None:
    """A table in people's words, or None when it is not to be used. Keys over columns that are off are left out."""
    words = words_of(content, facts.path)
    columns = [column for column in facts.columns if words.columns.get(column.name, NO_COLUMN_WORDS).enabled]
    if not words.enabled or not columns:
        return None
    names = {column.name for column in columns}
    return SpokenTable(
        path=facts.path,
        schema_name=facts.schema_name,
        name=facts.name,
        comment=facts.comment,
        description=words.description,
        synonyms=words.synonyms,
        primary_key=facts.primary_key if names.issuperset(facts.primary_key) else [],
        foreign_keys=[key for key in facts.foreign_keys if names.issuperset(key.columns) and _is_on(content, key)],
        columns=[_spoken_column(column, words) for column in columns],
    )


def _is_on(content: CatalogContent, key: ForeignKey) -> bool:
    target = words_of(content, key.target)
    return target.enabled and all(target.columns.get(name, NO_COLUMN_WORDS).enabled for name in key.referred_columns)


def _spoken_column(column: Column, words: TableWords) -> SpokenColumn:
    said = words.columns.get(column.name, NO_COLUMN_WORDS)
    return SpokenColumn(
        name=column.name,
        type=column.type,
        family=column.family,
        values=column.values,
        comment=column.comment,
        description=said.description,
        synonyms=said.synonyms,
    )
