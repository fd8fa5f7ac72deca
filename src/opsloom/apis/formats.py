"""The forms an answer can leave in. Pure: JSON as PostgreSQL made it, or the same rows as CSV, NDJSON, Parquet or Arrow.

A row-wise form has a writer, so that it can also be made of a part of the rows at a time."""

import csv
import io
from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import Protocol

import msgspec

from opsloom.apis.columnar import Row, as_fields


class Format(StrEnum):
    JSON = "json"
    CSV = "csv"
    NDJSON = "ndjson"
    PARQUET = "parquet"
    ARROW = "arrow"


SUFFIXES = tuple(f".{form}" for form in Format)
MEDIA_TYPES = {
    Format.JSON: "application/json",
    Format.CSV: "text/csv; charset=utf-8",
    Format.NDJSON: "application/x-ndjson",
    Format.PARQUET: "application/vnd.apache.parquet",
    Format.ARROW: "application/vnd.apache.arrow.stream",
}
_BY_MEDIA_TYPE = {
    "application/json": Format.JSON,
    "text/csv": Format.CSV,
    "application/x-ndjson": Format.NDJSON,
    "application/ndjson": Format.NDJSON,
    "application/vnd.apache.parquet": Format.PARQUET,
    "application/vnd.apache.arrow.stream": Format.ARROW,
}
_rows = msgspec.json.Decoder(list[msgspec.Raw])
_text = msgspec.json.Decoder(str)
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def split_suffix(path: str) -> tuple[str, Format | None]:
    """`hosts.csv` → (`hosts`, CSV)."""
    stem, dot, suffix = path.rpartition(".")
    if dot and stem and f".{suffix}" in SUFFIXES:
        return stem, Format(suffix)
    return path, None


def by_accept(accept: str) -> Format:
    """The first form the caller names that we have; JSON otherwise."""
    for part in accept.split(","):
        found = _BY_MEDIA_TYPE.get(part.partition(";")[0].strip().lower())
        if found is not None:
            return found
    return Format.JSON


class Writer(Protocol):
    """Writes an answer in parts: `head`, then rows as often as there are some, then `end`."""

    def head(self) -> bytes: ...

    def rows(self, rows: Sequence[Row]) -> bytes: ...

    def end(self) -> bytes: ...


class NdjsonWriter:
    """One row a line; numbers keep every digit, since nothing is decoded."""

    def head(self) -> bytes:
        return b""

    def rows(self, rows: Sequence[Row]) -> bytes:
        lines = map(bytes, rows)
        return b"".join((msgspec.json.format(line, indent=-1) if b"\n" in line else line) + b"\n" for line in lines)

    def end(self) -> bytes:
        return b""


class CsvWriter:
    """RFC 4180 with a header. Text that a spreadsheet would take for a formula gets an apostrophe in front."""

    def __init__(self, columns: Sequence[str]) -> None:
        self._columns = columns

    def head(self) -> bytes:
        return self._written([self._columns])

    def rows(self, rows: Sequence[Row]) -> bytes:
        names = self._columns
        read = map(as_fields, rows)
        return self._written([_cell(bytes(each[name])) if name in each else "" for name in names] for each in read)

    def end(self) -> bytes:
        return b""

    def _written(self, lines: Iterable[Sequence[str]]) -> bytes:
        out = io.StringIO()
        csv.writer(out).writerows(lines)
        return out.getvalue().encode()


def to_ndjson(rows: bytes) -> bytes:
    """All rows at once."""
    return NdjsonWriter().rows(_rows.decode(rows))


def to_csv(rows: bytes, columns: Sequence[str]) -> bytes:
    """All rows at once. Without columns those that the rows have are written; a row that is no object is one column called
    value."""
    read = _rows.decode(rows)
    writer = CsvWriter(columns or list(dict.fromkeys(name for row in read for name in as_fields(row))))
    return writer.head() + writer.rows(read)


def _cell(raw: bytes) -> str:
    if raw == b"null":
        return ""
    if raw[:1] != b'"':
        return raw.decode()
    text = _text.decode(raw)
    return f"'{text}" if text.startswith(_FORMULA) else text
