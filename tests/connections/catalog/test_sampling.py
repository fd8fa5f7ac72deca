"""Samples are cut, plain, and hold no private column."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, NullPool, create_engine, event

from opsloom.connections.catalog.content import SampleWishes
from opsloom.connections.catalog.facts import Column, Family, MaskReason, Samples, TableFacts, TableKind
from opsloom.connections.catalog.sampling import KEPT_CHARS, sample


@pytest.fixture
def file(tmp_path: Path) -> Iterator[Engine]:
    engine = create_engine(f"sqlite:///{tmp_path / 'a.db'}", poolclass=NullPool)
    yield engine
    engine.dispose()


def column(name: str, family: Family = Family.TEXT) -> Column:
    return Column(name=name, type=family.value, family=family, nullable=True)


def table(*columns: Column, kind: TableKind = TableKind.TABLE) -> TableFacts:
    return TableFacts(schema_name="main", name='odd "name"', kind=kind, columns=list(columns))


def taken(
    engine: Engine, facts: TableFacts, statements: list[str], wishes: SampleWishes
) -> tuple[Samples | None, list[str]]:
    said: list[str] = []
    with engine.begin() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)
        event.listen(connection, "before_cursor_execute", lambda *args: said.append(args[2]))
        return sample(connection, facts, wishes), said


def test_private_columns_are_not_even_asked_for(file: Engine) -> None:
    facts = table(
        column("id", Family.INTEGER), column("email"), column("mine"), column("photo", Family.BINARY), column("note")
    )
    statements = [
        'create table "odd ""name""" (id integer, email text, mine text, photo blob, note text)',
        "insert into \"odd \"\"name\"\"\" values (1, 'a@b.c', 'x', x'00', 'hello'), (2, 'd@e.f', 'y', x'01', 'call 010-1234-5678')",
    ]
    samples, said = taken(file, facts, statements, SampleWishes(rows=5, mask=["mine"]))
    assert samples is not None
    assert [each.masked for each in samples.columns] == [
        None, MaskReason.NAME, MaskReason.DECLARED, MaskReason.BINARY, MaskReason.VALUE,
    ]  # fmt: skip
    assert samples.rows == [[1, None, None, None, None], [2, None, None, None, None]]
    assert not any(word in said[-1] for word in ("email", "mine", "photo"))


def test_long_text_is_cut_by_the_database_and_judged_beyond_what_is_kept(file: Engine) -> None:
    facts = table(column("long"), column("hidden"))
    statements = [
        'create table "odd ""name""" (long text, hidden text)',
        f'insert into "odd ""name""" values (\'{"x " * 5000}\', \'{"y " * 150}kim@example.com\')',
    ]
    samples, said = taken(file, facts, statements, SampleWishes(rows=1))
    assert samples is not None
    [[kept, hidden]] = samples.rows
    assert isinstance(kept, str)
    assert len(kept) == KEPT_CHARS
    assert kept.endswith("…")
    assert hidden is None
    assert "substr" in said[-1]


def test_views_are_not_sampled(file: Engine) -> None:
    samples, said = taken(file, table(column("a"), kind=TableKind.VIEW), [], SampleWishes())
    assert samples is None
    assert said == []


def test_a_table_of_private_columns_alone_is_not_asked(file: Engine) -> None:
    samples, said = taken(file, table(column("password")), [], SampleWishes())
    assert samples == Samples.model_validate({"columns": [{"name": "password", "masked": "name"}], "rows": []})
    assert said == []
