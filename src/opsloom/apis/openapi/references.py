"""Following `$ref` inside one document. Nothing is fetched, and circles are found, not followed."""

from typing import Any
from urllib.parse import unquote

from opsloom.apis.openapi.errors import Broken

Json = Any
Node = dict[str, Any]
_MOST_HOPS = 50


def escaped(part: object) -> str:
    """One step of a JSON Pointer."""
    return str(part).replace("~", "~0").replace("/", "~1")


def at(document: Node, reference: str, pointer: str) -> Json:
    """What a reference points at. Raises Broken for one that leaves the document or points at nothing."""
    if not reference.startswith("#"):
        raise Broken(
            pointer, f"the reference {reference[:200]} leaves the document, which is not followed", "remote_reference"
        )
    found: Json = document
    for raw in reference[1:].split("/")[1:]:
        part = unquote(raw).replace("~1", "/").replace("~0", "~")
        if isinstance(found, dict) and part in found:
            found = found[part]
        elif isinstance(found, list) and part.isascii() and part.isdigit() and int(part) < len(found):
            found = found[int(part)]
        else:
            raise Broken(pointer, f"the reference {reference[:200]} points at nothing", "missing_reference")
    return found


def resolved(document: Node, value: Json, pointer: str) -> tuple[Json, str]:
    """The value, or what it refers to, and where that stands. Raises Broken for circles."""
    seen: list[str] = []
    while isinstance(value, dict) and isinstance(value.get("$ref"), str):
        reference: str = value["$ref"]
        if reference in seen or len(seen) > _MOST_HOPS:
            raise Broken(pointer, f"the reference {reference[:200]} leads back to itself", "circular_reference")
        seen.append(reference)
        value = at(document, reference, pointer)
        pointer = reference[1:]
    return value, pointer


def node(document: Node, value: Json, pointer: str, what: str) -> tuple[Node, str]:
    """As `resolved`, and it must be an object. Raises Broken."""
    found, place = resolved(document, value, pointer)
    if not isinstance(found, dict):
        raise Broken(place, f"{what} must be an object")
    return found, place
