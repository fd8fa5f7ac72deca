"""From bytes to a document: JSON here, YAML where it may be killed."""

import asyncio
from typing import Any

import orjson

from opsloom.apis.openapi.errors import Broken, DocumentRefused, DocumentTooLarge
from opsloom.infra.aside import Aside, ExpressionTooCostly, TextUnreadable
from opsloom.kit.errors import FieldProblem

MOST_BYTES = 8_000_000


async def load(aside: Aside, text: bytes) -> dict[str, Any]:
    """The document as JSON. Raises DocumentTooLarge, DocumentRefused with the line and column."""
    if len(text) > MOST_BYTES:
        raise DocumentTooLarge(f"The document is larger than {MOST_BYTES} bytes.", hint="Leave out what is not needed.")
    plain = text.removeprefix(b"\xef\xbb\xbf").strip()
    is_json = plain[:1] in (b"{", b"[")
    found = await asyncio.to_thread(_json, plain) if is_json else await _yaml(aside, plain)
    if not isinstance(found, dict):
        raise Broken("/", "it is no object", "document").refused()
    return found


def _json(text: bytes) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise _unreadable(f"{error.msg} at line {error.lineno}, column {error.colno}") from None


async def _yaml(aside: Aside, text: bytes) -> Any:
    try:
        return await aside.yaml(text)
    except TextUnreadable as error:
        raise _unreadable(error.message) from None
    except ExpressionTooCostly as error:
        raise _unreadable(f"reading it costs too much ({error.message.rstrip('.')}); send it as JSON") from None


def _unreadable(why: str) -> DocumentRefused:
    problem = FieldProblem(pointer="/", detail=why, code="syntax")
    return DocumentRefused(f"The document is neither JSON nor YAML: {why}.", details=[problem])
