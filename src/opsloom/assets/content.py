"""Content as it is stored and hashed: canonical JSON, so that equal content has an equal hash everywhere."""

import hashlib
import json
import re
import unicodedata
from collections.abc import Collection, Mapping
from typing import Any, Final, TypeVar

from pydantic import BaseModel, ValidationError

from opsloom.assets.errors import AssetUnreadable, KeyInvalid
from opsloom.assets.kinds import Kind
from opsloom.kit.errors import FieldProblem, InvalidInput, OpsloomError

M = TypeVar("M", bound=BaseModel)
KEY: Final = re.compile(r"\w[\w.-]{0,79}")


def content_hash(content: Mapping[str, object]) -> str:
    """SHA-256 of the canonical JSON (sorted keys, no blanks, UTF-8, zero without a sign), 64 hexadecimal digits."""
    text = _canonical(content)
    if "-0.0" in text:  # PostgreSQL keeps no sign of zero: what comes back must have the hash of what was stored
        text = _canonical(json.loads(text, parse_float=lambda number: float(number) + 0.0))
    return hashlib.sha256(text.encode()).hexdigest()


def _canonical(content: Mapping[str, object]) -> str:
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def written(content: Mapping[str, Any], derived: Collection[str]) -> dict[str, Any]:
    """What people wrote of it: without the fields that publication derives."""
    return {name: value for name, value in content.items() if name not in derived}


def source_hash(kind: Kind, content: Mapping[str, Any]) -> str:
    """The hash of what people wrote; equal for a draft and the version that was made of it."""
    return content_hash(written(content, kind.derived))


def slug_of(name: str) -> str:
    """A name as it may stand in an address: letters of any script and digits, joined by hyphens."""
    plain = unicodedata.normalize("NFKC", name).casefold()
    slug = re.sub(r"[^\w]+", "-", plain).strip("-_")
    return slug[:80] or "asset"


def is_key(text: str) -> bool:
    """Whether an asset could have this key."""
    return KEY.fullmatch(text) is not None and text == unicodedata.normalize("NFKC", text).casefold()


def read_key(text: str) -> str:
    """A key somebody chose. Raises KeyInvalid."""
    if not is_key(text):
        raise KeyInvalid(
            f"“{text[:100]}” cannot be a key.",
            hint=f"Keys are lower case letters, digits, - . and _, at most 80, such as {slug_of(text)}.",
        )
    return text


def read_content(kind: Kind, content: Mapping[str, Any]) -> BaseModel:
    """Content in the kind's own type. Raises InvalidInput that names every field."""
    return _read(kind.name, kind.model, content)


def read_stored(kind: Kind, content: Mapping[str, Any]) -> BaseModel:
    """Stored content in the kind's own type. Raises AssetUnreadable that says what does not fit."""
    return read_stored_as(kind.name, kind.model, content)


def read_stored_as(kind_name: str, model: type[M], content: Mapping[str, Any]) -> M:
    """The same for who knows the type. Raises AssetUnreadable."""
    try:
        return _read(kind_name, model, content)
    except InvalidInput as error:
        raise AssetUnreadable(
            f"What is stored is not a valid {kind_name}: {why(error)}.",
            details=error.details,
            hint="Repair and save it on the asset's page.",
        ) from error


def read_or_why(kind_name: str, model: type[M], content: Mapping[str, Any]) -> tuple[M | None, str | None]:
    """Stored content in the kind's own type, or why it cannot be read: where many are listed, one hides no other."""
    try:
        return read_stored_as(kind_name, model, content), None
    except AssetUnreadable as error:
        return None, error.message


def _read(kind_name: str, model: type[M], content: Mapping[str, Any]) -> M:
    try:
        return model.model_validate(content)
    except ValidationError as error:
        details = [
            FieldProblem(pointer=pointer_of(each["loc"]), detail=each["msg"], code=each["type"])
            for each in error.errors(include_url=False)
        ]
        raise InvalidInput(f"This is not a valid {kind_name}.", details=details, hint="See `errors`.") from None


def why(error: OpsloomError) -> str:
    """An error in one line, with the places it names."""
    places = [f"{each.pointer}: {each.detail}" for each in error.details[:5]]
    return "; ".join(places) or error.message


def pointer_of(parts: Collection[str | int]) -> str:
    """A JSON Pointer (RFC 6901) to a place."""
    return "".join(f"/{escape(str(part))}" for part in parts)


def escape(part: str) -> str:
    """One segment of a JSON Pointer."""
    return part.replace("~", "~0").replace("/", "~1")


def segments(pointer: str) -> list[str]:
    """A JSON Pointer's segments."""
    return [part.replace("~1", "/").replace("~0", "~") for part in pointer.split("/")[1:]]
