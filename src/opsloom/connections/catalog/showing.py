"""Stored rows, scanned facts and people's words put together for the wire. Pure."""

from collections.abc import Mapping, Sequence
from typing import Final

from opsloom.connections.catalog.content import CatalogContent
from opsloom.connections.catalog.diagram import Drawing
from opsloom.connections.catalog.facts import Column, RowCount, Samples, TableFacts
from opsloom.connections.catalog.models import CatalogScan, CatalogTable
from opsloom.connections.catalog.schemas import (
    ColumnShown,
    DiagramColumn,
    DiagramEdge,
    DiagramShown,
    DiagramTable,
    ReferencedBy,
    ScanShown,
    SchemaProblem,
    TableDetail,
    TableShown,
    TableStructure,
)
from opsloom.connections.catalog.words import NO_COLUMN_WORDS, shown_samples, words_of

DRAWN_COLUMNS: Final = 40


def scan_shown(scan: CatalogScan) -> ScanShown:
    """A scan for the wire."""
    problems = [SchemaProblem(schema_name=name, cause=said) for name, said in scan.problems.items()]
    fields = {name: getattr(scan, name) for name in ScanShown.model_fields if name != "problems"}
    return ScanShown.model_validate(fields | {"problems": problems})


def table_shown(table: CatalogTable, content: CatalogContent) -> TableShown:
    """A table in a list."""
    words = words_of(content, table.path)
    return TableShown(
        path=table.path,
        schema_name=table.schema_name,
        name=table.name,
        kind=table.kind,
        comment=table.comment,
        columns=table.columns,
        rows=RowCount.model_validate(table.rows) if table.rows else None,
        problem=table.problem,
        enabled=words.enabled,
        description=words.description,
        synonyms=words.synonyms,
        first_seen_at=table.first_seen_at,
        changed_at=table.changed_at,
        read_at=table.read_at,
    )


def table_detail(table: CatalogTable, leading: Sequence[ReferencedBy], content: CatalogContent) -> TableDetail:
    """A table with everything known of it; `leading` are the foreign keys of others to it."""
    facts = TableFacts.model_validate(table.facts)
    samples = Samples.model_validate(table.samples) if table.samples else None
    structure = TableStructure(
        columns=[_column(column, facts, content) for column in facts.columns],
        primary_key=facts.primary_key,
        unique_keys=facts.unique_keys,
        foreign_keys=facts.foreign_keys,
        referenced_by=list(leading),
        indexes=facts.indexes,
    )
    shown = shown_samples(samples, facts, content.samples)
    return TableDetail(**dict(table_shown(table, content)), structure=structure, samples=shown)


def _column(column: Column, facts: TableFacts, content: CatalogContent) -> ColumnShown:
    words = words_of(content, facts.path).columns.get(column.name, NO_COLUMN_WORDS)
    return ColumnShown(
        **dict(column),
        primary=column.name in facts.primary_key,
        references=[key.target for key in facts.foreign_keys if column.name in key.columns],
        enabled=words.enabled,
        description=words.description,
        synonyms=words.synonyms,
    )


def diagram_shown(
    drawing: Drawing, facts: Mapping[str, TableFacts], content: CatalogContent, chosen: Sequence[str]
) -> DiagramShown:
    """A drawing for the wire."""
    return DiagramShown(
        tables=[_drawn(facts[path], content, path in chosen) for path in drawing.tables if path in facts],
        edges=[
            DiagramEdge(
                source=edge.source,
                target=edge.key.target,
                name=edge.key.name,
                columns=edge.key.columns,
                referred_columns=edge.key.referred_columns,
            )
            for edge in drawing.edges
        ],
        missing=drawing.missing,
        truncated=drawing.truncated,
    )


def _drawn(facts: TableFacts, content: CatalogContent, chosen: bool) -> DiagramTable:
    """Keys first: they are what the edges end at."""
    foreign = {name for key in facts.foreign_keys for name in key.columns}
    keyed = {*facts.primary_key, *foreign}
    columns = sorted(facts.columns, key=lambda column: column.name not in keyed)
    return DiagramTable(
        path=facts.path,
        kind=facts.kind,
        enabled=words_of(content, facts.path).enabled,
        chosen=chosen,
        columns=[
            DiagramColumn(
                name=column.name,
                type=column.type,
                primary=column.name in facts.primary_key,
                foreign=column.name in foreign,
            )
            for column in columns[:DRAWN_COLUMNS]
        ],
        more_columns=max(0, len(columns) - DRAWN_COLUMNS),
    )
