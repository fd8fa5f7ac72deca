"""The forms an answer can leave in. Pure: JSON as PostgreSQL made it, or the same rows as CSV or NDJSON."""

import csv
import io
from enum import StrEnum

import msgspec


class Format(StrEnum):
    JSON = "json"
    CSV = "csv"
    NDJSON = "ndjson"


MEDIA_TYPES = {
    Format.JSON: "application/json",
    Format.CSV: "text/csv; charset=utf-8",
    Format.NDJSON: "application/x-ndjson",
}
_BY_MEDIA_TYPE = {
    "application/json": Format.JSON,
    "text/csv": Format.CSV,
    "application/x-ndjson": Format.NDJSON,
    "application/ndjson": Format.NDJSON,
}
_rows = msgspec.json.Decoder(list[msgspec.Raw])
_fields = msgspec.json.Decoder(dict[str, msgspec.Raw])
_text = msgspec.json.Decoder(str)
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def split_suffix(path: str) -> tuple[str, Format | None]:
    """`hosts.csv` → (`hosts`, CSV)."""
    stem, dot, suffix = path.rpartition(".")
    if dot and stem and suffix in ("json", "csv", "ndjson"):
        return stem, Format(suffix)
    return path, None


def by_accept(accept: str) -> Format:
    """The first form the caller names that we have; JSON otherwise."""
    for part in accept.split(","):
        found = _BY_MEDIA_TYPE.get(part.partition(";")[0].strip().lower())
        if found is not None:
            return found
    return Format.JSON


def to_ndjson(rows: bytes) -> bytes:
    """One row a line; numbers keep every digit, since nothing is decoded."""
    lines = [bytes(row) for row in _rows.decode(rows)]
    return b"".join((msgspec.json.format(line, indent=-1) if b"\n" in line else line) + b"\n" for line in lines)


def to_csv(rows: bytes, columns: list[str]) -> bytes:
    """RFC 4180 with a header. Text that a spreadsheet would take for a formula gets an apostrophe in front.

    Without columns those that the rows have are written; a row that is no object is one column called value."""
    out = io.StringIO()
    writer = csv.writer(out)
    read = [_as_fields(row) for row in _rows.decode(rows)]
    columns = columns or list(dict.fromkeys(name for fields in read for name in fields))
    writer.writerow(columns)
    for fields in read:
        writer.writerow([_cell(bytes(fields[name])) if name in fields else "" for name in columns])
    return out.getvalue().encode()


def _as_fields(row: msgspec.Raw) -> dict[str, msgspec.Raw]:
    if bytes(memoryview(row)[:64]).lstrip()[:1] == b"{":
        return _fields.decode(row)
    return {"value": row}


def _cell(raw: bytes) -> str:
    if raw == b"null":
        return ""
    if raw[:1] != b'"':
        return raw.decode()
    text = _text.decode(raw)
    return f"'{text}" if text.startswith(_FORMULA) else text
