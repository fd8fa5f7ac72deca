"""A table as a scan stores it."""

import re
from dataclasses import dataclass

from opsloom.connections.catalog.facts import Samples, TableFacts, fingerprint
from opsloom.connections.catalog.survey import Found

_SEARCHED_CHARS = 20_000
_NUL = re.compile(r"(?<!\\)((?:\\\\)*)\\u0000")


@dataclass(frozen=True)
class Taken:
    """What a scan has of one table. `facts` and `samples` are JSON; without `fingerprint` the structure could not be read."""

    found: Found
    facts: str
    fingerprint: str | None
    columns: int
    samples: str | None
    problem: str | None
    comment: str | None
    search: str

    @property
    def path(self) -> str:
        return self.found.path

    @property
    def mark(self) -> str | None:
        """Nothing to rely on next time when something went wrong this time."""
        return None if self.problem else self.found.mark


def pack(found: Found, facts: TableFacts | None, samples: Samples | None, problem: str | None) -> Taken:
    """Everything as text that PostgreSQL can hold."""
    known = facts or TableFacts(schema_name=found.schema, name=found.name, kind=found.kind)
    return Taken(
        found=found,
        facts=_storable(known.model_dump_json()),
        fingerprint=fingerprint(known) if facts else None,
        columns=len(known.columns),
        samples=_storable(samples.model_dump_json()) if samples else None,
        problem=problem.replace("\x00", "") if problem else None,
        comment=known.comment.replace("\x00", "") if known.comment else None,
        search=_searched(known),
    )


def _searched(facts: TableFacts) -> str:
    """What a search looks through: every name and comment, in lower case."""
    words = [facts.path, facts.comment or ""]
    for column in facts.columns:
        words += [column.name, column.comment or ""]
    return "\n".join(word for word in words if word).lower().replace("\x00", "")[:_SEARCHED_CHARS]


def _storable(json: str) -> str:
    """PostgreSQL's jsonb refuses the one character that its text cannot hold, also as an escape."""
    return _NUL.sub(r"\1", json)
