"""Assets out of the registry into files."""

from collections.abc import Sequence
from typing import Any

from pydantic import ValidationError
from sqlalchemy import Row

from opsloom.assets.code.document import Header, path_of, write
from opsloom.assets.code.literals import secrets_in
from opsloom.assets.code.reading import pointer_of
from opsloom.assets.code.schemas import ExportShown, LeftOut
from opsloom.assets.kinds import Kinds


def written(kinds: Kinds, rows: Sequence[Row[Any]], *, drafts: bool) -> ExportShown:
    """Each as a file, or the reason why not: one that cannot be written never hides the others."""
    files: dict[str, str] = {}
    left_out: list[LeftOut] = []
    for row in rows:
        try:
            files[path_of(row.kind, row.slug)] = _file(kinds, row, drafts=drafts)
        except _NotWritten as error:
            left_out.append(LeftOut(kind=row.kind, key=row.slug, reason=str(error)))
    return ExportShown(files=files, left_out=left_out)


class _NotWritten(Exception):
    """The asset cannot be a file; the text says why."""


def _file(kinds: Kinds, row: Row[Any], *, drafts: bool) -> str:
    if row.kind not in kinds:
        raise _NotWritten("This installation does not have its kind.")
    kind = kinds.named(row.kind)
    as_draft = drafts or row.published_content is None
    stored = row.draft if as_draft else row.published_content
    try:
        content = kind.model.model_validate(stored)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = pointer_of([str(part) for part in first["loc"]])
        raise _NotWritten(f"Its content cannot be read: {where}: {first['msg']}.") from None
    for path, what in secrets_in(stored):
        raise _NotWritten(f"{what} at {pointer_of(path)}; keep it as a named secret.")
    header = Header.model_construct(
        kind=kind.name,
        key=row.slug,
        name=row.name if as_draft else row.published_name,
        description=row.description,
        tags=list(row.tags),
        content={},
    )
    return write(kind, header, content)
