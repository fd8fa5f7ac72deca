"""What people say about a database: which of it counts, in which words. Versioned as the content of a `catalog`."""

from typing import Annotated

from pydantic import Field, StringConstraints

from opsloom.kit.model import Text, Wire

Pattern = Annotated[Text, StringConstraints(min_length=1, max_length=300, strip_whitespace=True)]
Path = Annotated[Text, Field(min_length=1, max_length=600)]
ColumnName = Annotated[Text, Field(min_length=1, max_length=300)]
Synonym = Annotated[Text, StringConstraints(min_length=1, max_length=100, strip_whitespace=True)]


class Description(Wire):
    """One text in each language; empty where nobody wrote one."""

    en: Annotated[Text, Field(max_length=2000)] = ""
    ko: Annotated[Text, Field(max_length=2000)] = ""


class Synonyms(Wire):
    """What people call it, by language."""

    en: list[Synonym] = Field(default_factory=list, max_length=30)
    ko: list[Synonym] = Field(default_factory=list, max_length=30)


class ColumnWords(Wire):
    """A column that is not enabled is not used in questions."""

    enabled: bool = True
    description: Description = Description()
    synonyms: Synonyms = Synonyms()


class TableWords(ColumnWords):
    """A table's words and those of its columns, by column name."""

    columns: dict[ColumnName, ColumnWords] = Field(default_factory=dict, max_length=2000)


class SampleWishes(Wire):
    """How many rows are kept of each table, and which columns never are: patterns such as `email`, `users.*`."""

    rows: Annotated[int, Field(ge=1, le=20)] = 5
    mask: list[Pattern] = Field(default_factory=list, max_length=200)


class CatalogContent(Wire):
    """`include` and `exclude` are patterns (`*`, `?`) of `schema.table`, or of a table's name where they hold no dot.

    With no `include` everything is taken that the connection can see, less the database's own schemas. Words are kept by
    `schema.table`; a table that nobody said a word about is enabled.
    """

    connection: Annotated[Text, Field(min_length=1, max_length=100, description="Key of the connection it describes.")]
    include: list[Pattern] = Field(default_factory=list, max_length=200)
    exclude: list[Pattern] = Field(default_factory=list, max_length=200)
    samples: SampleWishes | None = None
    tables: dict[Path, TableWords] = Field(default_factory=dict, max_length=20_000)
